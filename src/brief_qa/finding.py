"""A question looked for in the archive as of one change: what is wanted, and what was found."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from brief_qa.domain import Hit, Period
from brief_qa.exact import outside, resolved
from brief_qa.facets import Filters, as_day
from brief_qa.index import Snapshot
from brief_qa.periods import period_of
from brief_qa.search import best_hits, candidates, within_period
from brief_qa.vectors import FloatArray, Mask
from brief_qa.views import View
from brief_qa.wording import Wording, worded


@dataclass(frozen=True, slots=True)
class Wanted:
    """A question to look for."""

    question: str
    vector: FloatArray
    k: int
    per_article: int
    filters: Filters
    period: Period | None


@dataclass(frozen=True, slots=True)
class Found:
    """What was found, the time that was meant in the end, and what the words were read as."""

    hits: list[Hit]
    period: Period | None
    wording: Wording


def find(wanted: Wanted, snapshot: Snapshot, view: View) -> Found:
    """Filters and time settled, candidates of both legs, the best of them."""
    if len(snapshot.vectors) == 0:
        return Found([], wanted.period, Wording({}))
    wording, period = worded(wanted.question, snapshot.terms), None
    filters = resolved(wanted.filters, snapshot, view)
    if wanted.period:
        filters, period = within_period(filters, wanted.period, snapshot)
    some = candidates(wanted.vector, wording, snapshot, filters, wanted.k, period)
    hits = best_hits(
        wanted.question, some, wording, view, wanted.k, wanted.per_article, filters.exactly
    )
    return Found(hits, period, wording)


def rows_meeting(filters: Filters, snapshot: Snapshot, view: View) -> Mask:
    """Which rows of the vectors are passages of articles that meet the filters."""
    filters = resolved(filters, snapshot, view)
    return snapshot.vectors.alive(snapshot.facets.mask(filters))


def period_asked(question: str, filters: Filters, today: date | None) -> Period | None:
    """The time that a question speaks of, unless the filters settle it.

    What is to be held word for word names no time: it is a text.
    """
    if filters.since or filters.until:
        return None
    said = outside(question, filters.exactly)
    return period_of(said, as_day(today) or date.today())
