"""Sentences: where the sentences of a French text begin and end."""

from __future__ import annotations

import re

# A full stop after one of these does not end a sentence.
ABBREVIATIONS = frozenset(
    """
    m mm mme mmes mlle mlles me mes dr drs pr prs st ste sts mgr cie cf ex env etc art al av bd fig
    hab janv févr fév avr juil sept oct nov déc n no nos p pp vol chap éd rév tél réf min max
    boul apr j.-c j.c
    """.split()
)
_NUMBERED = frozenset("art chap fig max min no nos pp sept vol".split())
"""Those that are ordinary words as well, unless a number follows: "vol. 2", "art. 49"."""
_NUMBER = re.compile(r"[ \u00a0\u202f]++(?:\d|[IVXLC]+\b)")
# Nothing is tried again inside a run of stops or of spaces: that would take quadratic time.
_END = re.compile(r"(?<![.!?…])[.!?…]++[ \u00a0\u202f]?[»”\")\]]*(?=[ \u00a0\u202f]++\S)")
_OPENING = re.compile(r"[ \u00a0\u202f]++[«“\"(\[—–-]*+[ \u00a0\u202f]*+[A-ZÀ-ÖØ-Þ\d]")
_LAST_WORD = re.compile(r"[\w.\-]*\w$")
_LABEL = re.compile(r"[a-zà-ÿ][ \u00a0\u202f][A-Z]$")
_BEGINS_ANEW = re.compile(
    r"[ \u00a0\u202f]++(?:(?:Ils?|Elles?|On|Ce|Cet|Cette|Ces|Son|Sa|Ses|Leurs?|Les|Une?|En|Aux?|À"
    r"|Dans|Pour|Mais|Et|Selon|Sur|Avec|Après|Depuis)\b"
    r"|(?:Le|La|De|Du|Des) [a-zà-ÿ]|[LD]['’][a-zà-ÿ])"
)
"""After "la ligne B." a sentence begins so; after "le poète P." a name does not."""


def sentences(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text`` as (start, end): in order, no overlap, no blank edges.

    A line break always ends a sentence, so a subhead is one of its own. Together they hold
    every character that is not white space. Abbreviations ("M. Dupont"), initials
    ("J. Dupont") and stops inside numbers end nothing.
    """
    spans = []
    for line in re.finditer(r"[^\n]+", text):
        start = line.start()
        for cut in _cuts(line.group()):
            spans.append(_trimmed(text, start, line.start() + cut))
            start = line.start() + cut
        spans.append(_trimmed(text, start, line.end()))
    return [(start, end) for start, end in spans if start < end]


def speeches(text: str) -> list[tuple[int, int]]:
    """The sentences of ``text``, those of one quotation together, as far as its line goes."""
    joined: list[tuple[int, int]] = []
    for start, end in sentences(text):
        if (
            joined
            and _goes_on(text[slice(*joined[-1])])
            and "\n" not in text[joined[-1][1] : start]
        ):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


_LONGEST_SPEECH = 800
"""Characters past which guillemets that were opened are taken to have been left open."""


def _goes_on(piece: str) -> bool:
    """Whether a quotation is open at the end of a piece, and not yet endless."""
    opened = piece.count("«") > piece.count("»") or piece.count("“") > piece.count("”")
    return opened and len(piece) < _LONGEST_SPEECH


def is_spoken(sentence: str) -> bool:
    """Whether there is anything in it to be said: a letter or a digit."""
    return any(map(str.isalnum, sentence))


_SUBHEAD = 80
"""Characters of the longest line taken for a subhead."""


def is_subhead(line: str) -> bool:
    """Whether a line that is not blank is a subhead: short, and not ended as a sentence is."""
    return len(line) <= _SUBHEAD and line.rstrip()[-1].isalnum()


def _cuts(line: str) -> list[int]:
    return [m.end() for m in _END.finditer(line) if _ends(line, m)]


def _ends(line: str, match: re.Match[str]) -> bool:
    if not _OPENING.match(line, match.end()):
        return False
    if "".join(match.group().split()) != ".":
        return True
    word = _LAST_WORD.search(line, max(0, match.start() - 20), match.start())
    if word is None:
        return True
    last = word.group()
    if last.lower() in _NUMBERED:
        return _NUMBER.match(line, match.end()) is None
    if re.fullmatch(r"[A-ZÀ-ÞŒ](?:\.-?[A-ZÀ-ÞŒ])*", last):
        label = _LABEL.search(line, max(0, match.start() - 3), match.start())
        return label is not None and _BEGINS_ANEW.match(line, match.end()) is not None
    return last == "BD" or last.lower() not in ABBREVIATIONS


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
