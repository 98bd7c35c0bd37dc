"""Acronyms: the pairs that a text explains, "Organisation mondiale de la santé (OMS)".

After Schwartz and Hearst, "A simple algorithm for identifying abbreviation definitions in
biomedical text" (2003): one of the two stands in brackets behind the other, and the letters of
the short one are found in the long one, in order. For French, small words need no letter but
may have one (CEDEAO), and an acronym taken from another language may have its letters in the
opposite order (OTAN, NATO).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

from brief_qa.french import STOP_WORDS, fold, stems


@dataclass(frozen=True, slots=True)
class Acronym:
    """A short form and the long one that a text gives for it, as it writes them."""

    short: str
    long: str


_SHORT = r"(?:[A-ZÀ-Þ]\.){2,8}|[A-ZÀ-Þ][A-ZÀ-Þa-zà-ÿ]{1,9}(?:-[A-ZÀ-Þ]{1,4})?"
_IN_BRACKETS = re.compile(
    rf"[(\[]\s*(?:l['’]|les?\ |la\ )?(?P<short>{_SHORT})\s*(?:[),;:/\]]|en\ )"
)
_BEFORE_BRACKETS = re.compile(
    rf"(?<![\w.])(?P<short>{_SHORT})\s*[(\[](?P<long>[^()\[\]\n]{{6,160}})[)\]]"
)
_WORD = re.compile(r"[^\W_]+")
_STOPS = re.compile(r"[.;:()\[\]\n!?,«“\"]")
_CLOSING = ' »”"*_\u00a0\u202f'
_LOOKED_BACK = 160
"""Characters before a bracket among which the long form is looked for."""
_SMALL = STOP_WORDS | frozenset("and for of on the to in y del und der fur".split())
"""Words that an acronym mostly passes over."""


@dataclass(frozen=True, slots=True)
class _Word:
    start: int
    folded: str
    small: bool


def acronyms(text: str) -> Iterator[Acronym]:
    """What a text says its acronyms stand for, in its order; the same pair may come again."""
    if "(" not in text and "[" not in text:
        return
    for match in _IN_BRACKETS.finditer(text):
        if letters := _letters(match["short"]):
            before = text[max(0, match.start() - _LOOKED_BACK) : match.start()].rstrip(_CLOSING)
            if long := _ending(letters, _last_clause(before), _is_strict(match["short"])):
                yield Acronym(match["short"], long)
    for match in _BEFORE_BRACKETS.finditer(text):
        if letters := _letters(match["short"]):
            for part in dict.fromkeys([match["long"], *re.split(r"[:;,/]|\bou\b", match["long"])]):
                words = _words(part)
                if _spells(letters, words, _is_strict(match["short"])) or _reversed(letters, words):
                    yield Acronym(match["short"], part.strip(' «»“”"\u00a0\u202f'))
                    break


def acronym_terms(text: str) -> list[str]:
    """What the pairs of a text are indexed under: from the short to the long form, and back."""
    found: dict[str, None] = {}
    for one in acronyms(text):
        long = stems(one.long)
        if len(long) > 1:
            found |= {f"{prefix_of_short(one.short)}{'_'.join(long)}": None}
            found |= {f"{prefix_of_long(long)}={key(one.short)}": None}
    return list(found)


def key(short: str) -> str:
    """A short form, however it is written: "O.N.U.", "Onu" and "ONU" are one."""
    return fold(short).replace(".", "")


def prefix_of_short(short: str) -> str:
    """What the terms of a short form begin with; the stems of a long one follow, joined."""
    return f"{key(short)}="


def prefix_of_long(long: Sequence[str]) -> str:
    """What the terms of long forms begin with whose stems begin with these."""
    return f"_{'_'.join(long)}"


def _letters(short: str) -> str:
    letters = re.sub(r"[^\w]", "", fold(short))
    return letters if (3 if _is_strict(short) else 2) <= len(letters) <= 10 else ""


def _is_strict(short: str) -> bool:
    """Whether it is written like a name (Onu, Insee): then each letter must begin a word."""
    return not short.replace(".", "").replace("-", "").isupper()


def _last_clause(text: str) -> str:
    stops = list(_STOPS.finditer(text))
    return text[stops[-1].end() :] if stops else text


def _words(text: str) -> list[_Word]:
    found = ((match.start(), fold(match.group())) for match in _WORD.finditer(text))
    return [_Word(start, folded, folded in _SMALL) for start, folded in found]


def _ending(letters: str, text: str, strict: bool) -> str | None:
    """The shortest end of a text that spells the letters."""
    words = _words(text)
    for first in range(len(words) - 1, -1, -1):
        some = words[first:]
        if sum(not word.small for word in some) > len(letters) + 2:
            return None
        if not some[0].small and (_spells(letters, some, strict) or _reversed(letters, some)):
            return text[some[0].start :]
    return None


def _spells(letters: str, words: Sequence[_Word], strict: bool = False) -> bool:
    """Whether the letters are those that the words begin with, in order.

    The first and last word that are not small must give theirs. With three letters or more, and
    unless ``strict``, one may come from inside a word ("acide désoxyribonucléique"), or else one
    word may give none, two when there are four letters.
    """
    if sum(not word.small for word in words) < 2 or words[-1].small:
        return False
    loose = len(letters) > 2 and not strict
    most_skips = loose * (2 if len(letters) > 3 else 1)

    @cache  # small words may give their letter or not: too many ways to try each anew
    def fits(at: int, letter: int, inside: bool, skips: int) -> bool:
        if at == len(words):
            return letter == len(letters)
        word = words[at]
        if letter < len(letters) and word.folded[0] == letters[letter]:
            if fits(at + 1, letter + 1, inside, skips):
                return True
            more = letters[letter + 1 : letter + 2]
            within = more and not word.small and more in word.folded[1:]
            if within and inside and fits(at + 1, letter + 2, False, 0):
                return True
        if word.small:
            return fits(at + 1, letter, inside, skips)
        inner = 0 < at < len(words) - 1
        return bool(inner and skips and fits(at + 1, letter, False, skips - 1))

    return not words[0].small and fits(0, 0, loose, most_skips)


def _reversed(letters: str, words: Sequence[_Word]) -> bool:
    """Whether the words spell an acronym of a language that puts them the other way round.

    "Organisation du traité de l'Atlantique nord": NATO. Of four or more, one may be another
    word there ("mondial" for "Global").
    """
    initials = [word.folded[0] for word in reversed(words) if not word.small]
    if len(letters) < 3 or len(initials) != len(letters) or words[0].small or words[-1].small:
        return False
    others = sum(one != other for one, other in zip(letters, initials, strict=True))
    return others <= (1 if len(letters) > 3 else 0)
