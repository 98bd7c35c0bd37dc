"""Proper names: where a text has them, and which spellings may be those of one name.

A name is kept as its *sound*, a key that a transliteration does not change: Poutine and Putin,
Mohammed and Muhammad, Laftit and Laftite have one each. The keys say nothing of how a name is
spoken; they only bring together what newspapers write for the same Arabic, Russian, Ukrainian
or Hebrew letters, and the letters that French does not sound.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

from brief_qa.french import STOP_WORDS, fold

PARTICLES = frozenset(
    "abd abou abu al ad ag as at ben bin bint d da de del den der des di dos du el ibn l la"
    " le les ould van von y zu".split()
)
"""Small words inside a name, that one writes and another leaves out or writes otherwise."""
_CAPITALISED = re.compile(r"(?<![^\W_])[A-ZÀ-ÖØ-ÞĀ-ž][^\W\d_]*(?![^\W_])")
_BETWEEN = re.compile(
    rf"(?:[ \u00a0\u202f'’-]|\b(?:{'|'.join(sorted(PARTICLES))})\b|\b[A-Z]\.)*", re.IGNORECASE
)
"""What may stand between two words of one name: "Charles de Gaulle", "George W. Bush"."""
_MOST_BETWEEN = 16


def name_runs(text: str) -> list[list[tuple[int, int]]]:
    """Spans of the capitalised words of a text, those of one name together.

    Without particles ("El Othmani" gives "Othmani") and without words that carry no topic. The
    first word of a sentence is capitalised too: what is made of it is only ever looked up.
    """
    found = _CAPITALISED.finditer(text)
    return in_runs(text, (match.span() for match in found if _may_be_name(match.group())))


def in_runs(text: str, words: Iterable[tuple[int, int]]) -> list[list[tuple[int, int]]]:
    """Spans of words, in order, those together between which a name may go on."""
    runs: list[list[tuple[int, int]]] = []
    end = -1
    for span in words:
        if 0 <= end >= span[0] - _MOST_BETWEEN and _BETWEEN.fullmatch(text, end, span[0]):
            runs[-1].append(span)
        else:
            runs.append([span])
        end = span[1]
    return runs


@lru_cache(maxsize=50_000)
def _may_be_name(word: str) -> bool:
    folded = fold(word)
    known = folded in STOP_WORDS or folded in PARTICLES
    return len(word) > 1 and word[0].isupper() and (not known or (word.isupper() and len(word) > 2))


def sounds(text: str) -> list[str]:
    """The sound of each name's word in a text, in order, repeated as often as they occur."""
    return [sound(text[start:end]) for run in name_runs(text) for start, end in run]


def name_terms(text: str) -> list[str]:
    """What a text's names are indexed under: the sound of each word, and of each two together."""
    found = []
    for run in name_runs(text):
        heard = [sound(text[start:end]) for start, end in run]
        found += heard
        found += map(together, heard, heard[1:])
    return found


def together(first: str, second: str) -> str:
    """The term of two words that follow each other in a name, given by their sounds."""
    return f"+{first}+{second}"


# -- sounds --------------------------------------------------------------------------------

_OTHERWISE = {
    "kyiv": "kiev", "kyiw": "kiev", "beijing": "pekin", "kharkiv": "kharkov", "lviv": "lvov",
    "odesa": "odessa", "mumbai": "bombay", "myanmar": "birmanie", "kuwait": "koweit",
    "gaddafi": "kadhafi", "gadhafi": "kadhafi", "ghaddafi": "kadhafi", "gueddafi": "kadhafi",
    "hizbullah": "hezbollah", "hizbollah": "hezbollah", "jazira": "jazeera", "djazira": "jazeera",
    "qaida": "qaeda", "kaida": "qaeda", "zedong": "tsetoung", "eltsine": "yeltsin",
}  # fmt: skip
"""Folded: what newspapers write in two ways that no rule brings together."""
_RULES = [
    (re.compile(form), letters)
    for form, letters in (
        (r"chtch|shch|tsch|tch|tsh|sch|ch|sh", "C"),
        (r"dzh|dj|zh", "j"),
        (r"kh|ck|qu(?=[aeio])|q", "k"),
        (r"gu(?=[ei])|gh", "g"),
        (r"ph", "f"),
        (r"c(?=[eiy])", "s"),
        (r"c", "k"),
        (r"x", "ks"),
        (r"ou|oo|w", "u"),
        (r"y", "i"),
        (r"h", ""),
        (r"^ie", "e"),
        (r"ij$", "i"),
        (r"off?$", "ov"),
        (r"(?<=[iu][nt])e$", ""),  # Poutine, Laftite; Hollande is not Holland
    )
]
_LATER_E = re.compile(r"(?<=[aeiu])([^aeiu]+.*)")
_SHORTEST_VAGUE = 5
"""Letters of a word from which on its later e and a are one: Mohamed, Muhammad."""
_SHORTEST_ROUND = 6
"""And from which on its o and u are; from the first on when it begins with one of them. Bosch
is not Bush."""


@lru_cache(maxsize=100_000)
def sound(word: str) -> str:
    """A key that spellings of one name share. Martin and Marin, Merkel and Markle do not."""
    folded = re.sub(r"[^\w]|_", "", fold(word))
    key = folded = _OTHERWISE.get(folded, folded)
    for form, letters in _RULES:
        key = form.sub(letters, key)
    if len(folded) >= _SHORTEST_VAGUE:
        key = _LATER_E.sub(lambda later: re.sub("e(?!$)", "a", later[0]), key, count=1)
    if len(folded) >= _SHORTEST_ROUND or key[:1] in ("o", "u"):
        key = key.replace("o", "u")
    return re.sub(r"(.)\1+", r"\1", key) or folded


SHORTEST_SLIP = 8
"""Letters of a sound that may be one slip away from what was meant: with 6, Macron would be
read for Marcon, with 7 Barnier for Bernier."""
_SHORTEST_TWO_SLIPS = 11
_SLIPS_WITHIN = 8
"""Letters; thousands of names are compared with one that is unknown."""


def is_slip(one: str, other: str, shortest: int = SHORTEST_SLIP) -> bool:
    """Whether a sound may be another one with a slip of the pen in it, two when it is long.

    A slip is a letter more, less, or another, or two that changed places; never the first, and
    never just an ending, which makes another word (Gabriel, Gabrielle; Robert, Roberts).
    """
    shorter = min(len(one), len(other))
    ending = one.startswith(other) or other.startswith(one)
    if one[:1] != other[:1] or shorter < shortest or ending:
        return False
    return 0 < _slips(one, other) <= (2 if shorter >= _SHORTEST_TWO_SLIPS else 1)


def _slips(one: str, other: str) -> int:
    """Optimal string alignment distance, what is the same at both ends left aside.

    3 for more, and where slips are further apart than _SLIPS_WITHIN.
    """
    start = 0
    while start < min(len(one), len(other)) and one[start] == other[start]:
        start += 1
    one, other = one[start:], other[start:]
    while one and other and one[-1] == other[-1]:
        one, other = one[:-1], other[:-1]
    if abs(len(one) - len(other)) > 2 or max(len(one), len(other)) > _SLIPS_WITHIN:
        return 3
    rows = [list(range(len(other) + 1))]
    for i, letter in enumerate(one, 1):
        row = [i]
        for j, its in enumerate(other, 1):
            least = min(rows[-1][j] + 1, row[-1] + 1, rows[-1][j - 1] + (letter != its))
            if i > 1 and j > 1 and letter == other[j - 2] and one[i - 2] == its:
                least = min(least, rows[-2][j - 2] + 1)
            row.append(least)
        rows.append(row)
    return min(rows[-1][-1], 3)


def alike(one: str, other: str) -> bool:
    """Whether two words may be spellings of one name, or one a slip for the other."""
    first, second = sound(one), sound(other)
    return first == second or is_slip(first, second)
