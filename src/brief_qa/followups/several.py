"""Several questions in one: "Où et quand a lieu le vote ?", "Qui a gagné, et pourquoi ?"."""

from __future__ import annotations

import re
from itertools import pairwise

_MOST = 3
"""Questions asked at once; a sentence that seems to ask more is one that lists something."""
_LONGEST = 300
"""Characters of such a sentence."""
_PREPOSITION = (
    r"(?:(?:à partir |au bout |jusqu['’]à partir )?de|d['’]|à|aux?|par|pour|avec|sans|en|dans|sur"
    r"|chez|contre|depuis|jusqu['’](?:à|en)?|vers|sous|selon|entre)"
)
_SURE = (
    rf"(?:{_PREPOSITION} ?(?:qui|quoi|où|quand|combien|quel(?:le)?s?)"
    r"|quand|combien|comment|pourquoi|quel(?:le)?s?)\b"
)
"""What begins a question, and nothing else where it follows a comma or "et"."""
_ASKS = rf"(?:{_SURE}|qui\b|où\b|que\b|qu['’])"
_BEGINS = re.compile(rf"(?:(?:et|mais|alors|donc),? )?(?={_ASKS})", re.I)
_RELATIVE = re.compile(r"(?<!\best-ce)\s(?:qui|que|où|dont)\s|(?<!\best-ce)\squ['’]", re.I)
"""What a clause of a noun begins by: after one, "et qui", "et où" go on with that noun."""
_ADVERB = (
    rf"(?:(?:{_PREPOSITION} ?)?(?:qui|quoi|où|quand|combien|quel(?:le)?s? [\w-]+)"
    r"|comment|pourquoi)"
)
_SHARED = re.compile(rf"(?P<adverbs>{_ADVERB}(?:, {_ADVERB})*,? et {_ADVERB}) (?P<rest>\S.*)", re.I)
_BETWEEN = re.compile(
    rf"(?:\s*\?\s+(?:et\s+|mais\s+)?|,?\s+et\s+)(?={_ASKS})|,\s+(?={_SURE})", re.I
)
_JOINS = re.compile(r",? et |, ", re.I)


def separate(question: str) -> list[str]:
    """The questions that one sentence asks, in its own words: one alone where it is in doubt.

    "Où et quand vote-t-on ?" is two whole ones; in "Qui a gagné, et quand ?" the second leans
    on the first, as a follow-up does.
    """
    text = " ".join(question.split())
    base = text.rstrip(" ?!.")
    if len(text) > _LONGEST or not (asks := _BEGINS.match(base)):
        return [question]
    base = base[asks.end() :]
    if shared := _SHARED.fullmatch(base):
        pieces = [f"{one} {shared['rest']}" for one in _JOINS.split(shared["adverbs"])]
    else:
        pieces = _BETWEEN.split(base)
    told = any(_goes_on(before, after) for before, after in pairwise(pieces))
    if told or not 1 < len(pieces) <= _MOST:
        return [question]
    return [f"{one[:1].upper()}{one[1:]}{'' if one.endswith(')') else ' ?'}" for one in pieces]


def _goes_on(before: str, after: str) -> bool:
    """Whether a piece is no question but goes on with what is told of a noun before it."""
    return not re.match(_SURE, after, re.I) and _RELATIVE.search(before) is not None
