"""What articles may tell differently: the figure of a thing, the day of an event.

Whether two sentences that answer one question contradict each other, by the words that answer.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from decimal import Decimal

from brief_qa import texts
from brief_qa.asked import Asked
from brief_qa.facts import Day, days_named
from brief_qa.french import fold, stems
from brief_qa.numerals import numbers
from brief_qa.periods import YEAR
from brief_qa.read import Weighed

_ALIKE = 3
"""How many times one figure may be another and still be of the same thing."""
_UNIT = 24
"""Characters after a bare number in which what it counts is said."""
_SCALES = frozenset(stems("mille millions milliards environ près plus moins"))


def other_figures(one: Weighed, other: Weighed) -> bool:
    """Whether two sentences give other figures of one thing.

    Only figures of one kind and about one size can differ: euros and stations do not, nor do
    the price of a line and that of a bolt. Who gives one figure alike agrees on it, whatever else
    is counted: "12 blessés, dont 3 graves".
    """
    (mine, my_unit), (theirs, their_unit) = _figures(one), _figures(other)
    if not (mine and theirs and my_unit & their_unit) or mine & theirs:
        return False
    return max(mine) <= _ALIKE * max(theirs) <= _ALIKE**2 * max(mine)


def _figures(weighed: Weighed) -> tuple[set[Decimal], set[str]]:
    """The numbers among the words that answer, and the words that say what they count."""
    (start, end), body = weighed.answer, weighed.hit.article.body
    bare = not re.search(r"[^\W\d]", weighed.answering)
    counted = body[start : end + _UNIT] if bare else weighed.answering
    words = (stem for stem in stems(counted) if not stem[0].isdigit())
    return numbers(fold(weighed.answering)), set(words) - _SCALES


def other_days(one: Weighed, other: Weighed) -> bool:
    """Whether two sentences tell of other days, months or years.

    What an article says of its own day is of another event, or its dateline.
    """
    mine, theirs = _days(one), _days(other)
    if not (mine and theirs) or _own_day(one, mine) or _own_day(other, theirs):
        return False
    return all(day.contradicts(another) for day in mine for another in theirs)


def _days(weighed: Weighed) -> set[Day]:
    years = (Day(int(year), None, None) for year in YEAR.findall(weighed.answering))
    return days_named(weighed.answering) or set(years)


def _own_day(weighed: Weighed, days: set[Day]) -> bool:
    """Whether one of the days is the article's own, or the one before or after."""
    if weighed.hit.article.published is None:
        return False
    own = weighed.hit.article.published.toordinal()
    near = [date.fromordinal(day) for day in (own - 1, own, own + 1) if _is_a_day(day)]
    return any(day.day and day.agrees(Day(*one.timetuple()[:3])) for day in days for one in near)


def _is_a_day(ordinal: int) -> bool:
    return date.min.toordinal() <= ordinal <= date.max.toordinal()


DIFFERENCES: dict[Asked, tuple[Callable[[Weighed, Weighed], bool], str]] = {
    Asked.NUMBER: (other_figures, texts.FIGURES_DIFFER),
    Asked.TIME: (other_days, texts.DAYS_DIFFER),
}
"""By what is asked for: whether two sentences differ in it, and what is said when some do."""
