"""What an article must hold as it is written, and what it must not hold.

An expression is words that follow each other: « accord de Paris » is in "l'Accord, de Paris"
and not in "les accords de Paris". Case, accents and the signs between the words do not count.
The term index, which knows stems and no places, proposes articles; their text decides.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import replace
from functools import cache, lru_cache

from brief_qa.errors import InputError
from brief_qa.facets import Filters
from brief_qa.french import fold, stems
from brief_qa.index import Snapshot, words_of
from brief_qa.views import View

_BETWEEN = r"[^\w\n]{1,4}"
"""Between two words of an expression: a space, an apostrophe, a comma; no end of a paragraph."""
_LATIN_WITH_MARKS = range(0xC0, 0x250)
_LIGATURES = {"oe": "œ", "ae": "æ"}
_LETTER = re.compile(r"oe|ae|\w")


@lru_cache(maxsize=256)
def pattern(expression: str) -> re.Pattern[str]:
    """What finds an expression in a text. Raises InputError when it has no word to look for."""
    if not _needed(expression):
        raise InputError(
            f"« {expression} » n'a aucun mot à chercher : tous sont trop courants. Ajoutez-en un."
        )
    words = (_LETTER.sub(_any_form, fold(word)) for word in re.findall(r"\w+", expression))
    return re.compile(rf"(?<!\w){_BETWEEN.join(words)}(?!\w)", re.IGNORECASE)


def resolved(filters: Filters, snapshot: Snapshot, view: View) -> Filters:
    """The filters with the articles that hold their expressions, as of a view and its snapshot.

    Reads every article that has all words of an expression, in any place and form.
    """
    if not (filters.exactly or filters.without):
        return filters
    among = None if filters.among is None else set(filters.among)
    for expression in filters.exactly:
        holding = set(_holding(expression, snapshot, view))
        among = holding if among is None else among & holding
    barred = {number for one in filters.without for number in _holding(one, snapshot, view)}
    return replace(
        filters,
        among=None if among is None else tuple(sorted(among)),
        barred=tuple(sorted(barred)),
    )


def _holding(expression: str, snapshot: Snapshot, view: View) -> Iterator[int]:
    """Numbers of the articles that hold an expression."""
    holds = pattern(expression).search
    for number, _, article in view.numbered_articles(snapshot.terms.having(_needed(expression))):
        if holds(words_of(article)):
            yield number


def outside(text: str, expressions: Sequence[str]) -> str:
    """What a text says outside of some expressions."""
    for one in expressions:
        text = pattern(one).sub(" ", text)
    return text


def holds_all(text: str, expressions: Sequence[str]) -> bool:
    """Whether a text holds each of these expressions."""
    return all(pattern(one).search(text) for one in expressions)


def _needed(expression: str) -> list[str]:
    """Stems that every text has that holds an expression.

    Stop-words in capitals are stems, as they may be acronyms: elsewhere they may be none.
    """
    return stems(expression.lower()) or stems(expression)


def _any_form(letters: re.Match[str]) -> str:
    """A pattern of a letter with its marks or without, or of two that may be written as one."""
    forms = "".join(f"[{letter}{_marked().get(letter, '')}]" for letter in letters.group())
    one = _LIGATURES.get(letters.group())
    return f"(?:{forms}|{one})" if one else forms


@cache
def _marked() -> dict[str, str]:
    """Letter → those that are it with a mark."""
    marked: dict[str, str] = defaultdict(str)
    for letter in map(chr, _LATIN_WITH_MARKS):
        if len(plain := fold(letter)) == 1 and plain != letter.lower():
            marked[plain] += letter
    return dict(marked)
