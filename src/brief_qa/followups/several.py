"""Several questions in one: "Où et quand a lieu le vote ?", "Qui a gagné, et quand ?"."""

from __future__ import annotations

import re
import unicodedata
from itertools import pairwise

from brief_qa.followups.clauses import IMPERSONAL

_MOST = 4
"""Questions that one sentence may ask: qui, quoi, où, quand."""
_LONGEST = 300
"""Characters of such a sentence."""
_APART = re.compile(r"[«»“”\"()\[\];]")
"""Marks of words that are another's, or stand apart: such a sentence is left whole."""
_PREPOSITION = (
    r"(?:à partir de|d['’]|[àa]u?x?|de|par|pour|avec|sans|en|dans|sur|chez|contre|depuis"
    r"|jusqu['’](?:[àa] |en )?|vers|sous|selon|entre)"
)
_WITH = rf"{_PREPOSITION} ?(?:qui|quoi|o[ùu]|quand|combien|quel(?:le)?s?(?: [\w-]+)?)"
"""Question words after a preposition: "par qui", "à quelle heure"."""
_ADVERB = rf"(?:{_WITH}|quel jour|o[ùu]|quand|comment|pourquoi)"
_WAYS = rf"(?P<ways>(?P<first>{_ADVERB})(?:(?:,| et|, et) {_ADVERB})+)"
"""Several ways to ask one question: "où et quand"."""
_WAYS_ALONE = re.compile(_WAYS, re.I)
_SHARED = re.compile(rf"{_WAYS} (?P<rest>\S.*)", re.I)
_ASKS = rf"(?:{_WITH}|combien|comment|pourquoi|quand|quel(?:le)?s?|qui|que|qu['’]|où)\b"
_BETWEEN = re.compile(rf"\s*(?:\?\s+(?:et\s+)?|,?\s+et\s+|,\s+)(?={_ASKS}|ou\b)", re.I)
_WORDS_ALONE = re.compile(rf"{_ADVERB}|combien", re.I)
"""No question yet, where the sentence begins by it."""
_BARE = re.compile(rf"(?:{_ADVERB}|combien)(?: d(?:e |['’])[\w'’-]+(?: [\w'’-]+){{,3}})?", re.I)
"""A question that leaves all but its question words to the one before it."""
_LEANS = re.compile(
    rf"{_ASKS}[^,]*-(?:t-)?(?:ils?|elles?)\b[^,]*|qui (?:l['’]|l[ae]s? )\S[^,]*", re.I
)
"""One whose pronoun stands for something in the one before it."""
_RELATIVE = re.compile(r"(?<!\best-ce)\s(?:qui|que|où|dont)\s|(?<!\best-ce)\squ['’]", re.I)
"""What a clause of a noun begins by: after one, "et qui l'a lu" goes on with that noun."""


def separate(question: str) -> list[str]:
    """The questions that one sentence asks, in its own words: itself where that is in doubt.

    "Où et quand vote-t-on ?" is two whole ones; in "Qui a gagné, et quand ?" the second leans
    on the first, as a follow-up does. What does not lean on it is left where it stands.
    """
    text = " ".join(unicodedata.normalize("NFC", question).split())
    base = re.sub(r"^(?:et|mais|alors) ", "", text.rstrip(" ?!.…"), flags=re.I)
    if len(text) > _LONGEST or _APART.search(text) or not re.match(_ASKS, base, re.I):
        return [question]
    if shared := _SHARED.fullmatch(base):
        ways, rest = re.split(r",? et |, ", shared["ways"]), shared["rest"]
        fits = len({way.casefold() for way in ways}) == len(ways) and not _BETWEEN.search(rest)
        pieces = [f"{way} {rest}" for way in ways] if fits else []
    else:
        pieces = _BETWEEN.split(base)
        if _WORDS_ALONE.fullmatch(pieces[0]) or not all(_leans(*two) for two in pairwise(pieces)):
            return [question]
    if not 1 < len(pieces) <= _MOST:
        return [question]
    return [f"{one[:1].upper()}{one[1:]} ?" for one in pieces]


def first_way(core: str) -> str | None:
    """The first of several ways to ask that stand alone: "où", of "où et quand"; else None."""
    alone = _WAYS_ALONE.fullmatch(core)
    return alone["first"] if alone else None


def _leans(before: str, after: str) -> bool:
    """Whether a piece is a question that leans on the one before it."""
    if _BARE.fullmatch(after):
        return True
    if IMPERSONAL.search(after) or (after[:3].casefold() == "qui" and _RELATIVE.search(before)):
        return False
    return _LEANS.fullmatch(after) is not None
