"""What an article can be filtered by, and the filters that ask for it.

Names are compared folded (case and accents ignored), in both legs of a search.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time
from typing import TypedDict, Unpack, get_args

import numpy as np
import numpy.typing as npt

from brief_qa.dates import parse_date
from brief_qa.domain import Article, Kind
from brief_qa.errors import InputError
from brief_qa.french import fold

IdArray = npt.NDArray[np.int64]
_NO_IDS: IdArray = np.empty(0, np.int64)
_ALL_ROWS = slice(None)
UNDATED = 0
"""The day of an undated article. Real days are proleptic ordinals, from 1."""
MOST_EXPRESSIONS = 8
"""Expressions to be held, or not to be held, in one search: each costs the reading of articles."""


def key(name: str) -> str:
    """The form under which two spellings of a name are one."""
    words = " ".join(fold(name).split())
    return words.encode("utf-8", "replace").decode()  # half a character is in no index


@dataclass(frozen=True, slots=True)
class Facets:
    """The filterable facts of one article, as keys."""

    day: int
    section: str
    source: str
    kind: str
    authors: tuple[str, ...]

    @classmethod
    def of(cls, article: Article) -> Facets:
        """The facets of an article; what is not known is ``""``."""
        return cls(
            day=article.published.toordinal() if article.published else UNDATED,
            section=key(article.section or ""),
            source=key(article.source or ""),
            kind=key(article.kind),
            authors=tuple(key(author) for author in article.authors),
        )

    def exact(self) -> Iterator[tuple[str, str]]:
        """The facets compared for equality, as (name, key); several authors give several."""
        yield from (("section", self.section), ("source", self.source), ("kind", self.kind))
        yield from (("author", author) for author in self.authors)


def as_day(value: date | str | None) -> date | None:
    """A day given as a date or as its text. Raises InputError when it is no day."""
    if isinstance(value, datetime):
        return value.date()
    if value is None or isinstance(value, date):
        return value
    if isinstance(value, str) and (day := parse_date(value)):
        return day
    raise InputError(f"« {value} » n'est pas un jour. Écrivez par exemple 2024-04-22.")


def as_moment(value: datetime | date | str | None) -> datetime | None:
    """A moment given as such, or as ISO 8601; a day begins at its midnight.

    One without a zone is in the machine's. Raises InputError when it is none.
    """
    if isinstance(value, str):
        try:
            value = datetime.fromisoformat(value.strip())
        except ValueError:
            value = as_day(value)
    if isinstance(value, date) and not isinstance(value, datetime):
        value = datetime.combine(value, time())
    try:
        return value.astimezone() if value else None
    except (ValueError, OverflowError) as error:  # another zone's, before the year 1 or after 9999
        raise InputError(f"« {value} » n'est pas un moment que l'on puisse situer.") from error


class Filtering(TypedDict, total=False):
    """Conditions on articles as a caller gives them; those left out or None ask for nothing.

    A day is a date, or its text ("2024-04-22", "22 avril 2024"); both ends are inclusive.
    """

    since: date | str | None
    until: date | str | None
    section: str | None
    source: str | None
    author: str | None
    kind: Kind | None
    exactly: Sequence[str] | None
    """Expressions to be held word for word; see :mod:`brief_qa.exact`."""
    without: Sequence[str] | None
    """Expressions not to be held."""


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on articles, all to be met. ``since`` and ``until`` are inclusive days.

    An undated article meets no condition on days, for it cannot be shown to lie in the period,
    unless ``undated`` lets it through. Those that ask for expressions are to be
    :func:`brief_qa.exact.resolved` before they are used.
    """

    since: date | None = None
    until: date | None = None
    section: str | None = None
    source: str | None = None
    author: str | None = None
    kind: Kind | None = None
    exactly: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    undated: bool = False
    among: tuple[int, ...] | None = None
    """Numbers of the articles looked at, those that hold what is to be held; None for all."""
    barred: tuple[int, ...] = ()
    """Numbers of those that hold what is not."""

    @classmethod
    def of(cls, **given: Unpack[Filtering]) -> Filters:
        """As a caller gives them. Raises InputError on what is no day or no kind."""
        if unknown := given.keys() - Filtering.__optional_keys__:
            raise TypeError(f"no such filter: {', '.join(sorted(unknown))}")
        return cls(
            as_day(given.get("since")),
            as_day(given.get("until")),
            given.get("section"),
            given.get("source"),
            given.get("author"),
            given.get("kind"),
            _expressions(given.get("exactly")),
            _expressions(given.get("without")),
        )

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise InputError(
                f"La période demandée est vide : depuis {self.since.isoformat()} "
                f"jusqu'à {self.until.isoformat()}. Le premier jour doit précéder le dernier."
            )
        if max(len(self.exactly), len(self.without)) > MOST_EXPRESSIONS:
            raise InputError(
                f"Trop d'expressions exactes ou exclues : {MOST_EXPRESSIONS} au plus de chaque."
            )
        if self.kind and key(self.kind) not in map(key, get_args(Kind)):
            raise InputError(
                f"« {self.kind} » n'est pas un genre. Il y a : {', '.join(get_args(Kind))}."
            )

    def __bool__(self) -> bool:
        return self != _NO_FILTERS

    def exact(self) -> Iterator[tuple[str, str]]:
        """The conditions of equality, as (name, key)."""
        for name in ("section", "source", "author", "kind"):
            if value := getattr(self, name):
                yield name, key(value)

    def days(self) -> tuple[int | None, int | None]:
        """First and last day as ordinals, None where open."""
        return (
            self.since.toordinal() if self.since else None,
            self.until.toordinal() if self.until else None,
        )


_NO_FILTERS = Filters()


def _expressions(given: Sequence[str] | None) -> tuple[str, ...]:
    """As they are given: a text alone is one."""
    return (given,) if isinstance(given, str) else tuple(given or ())


class FacetRows:
    """What article each row of a vector index is of, and its facets, by column.

    It never changes.
    """

    def __init__(self, articles: IdArray = _NO_IDS, facets: Sequence[Facets] = ()) -> None:
        """``articles`` (n,): the number of each row's article, the id of its first passage.

        The rows of an article stand together, and the numbers grow.
        """
        self.articles = articles
        self._days = np.array([one.day for one in facets], np.int32)
        self._columns = {
            name: _Column((), np.empty(0, np.int32)).extended([value(one) for one in facets])
            for name, value in _VALUES.items()
        }

    def __len__(self) -> int:
        return len(self._days)

    def rows_of(self, articles: IdArray) -> npt.NDArray[np.intp]:
        """The rows of the articles of these numbers, in their order; unknown ones have none."""
        firsts = np.searchsorted(self.articles, articles, side="left")
        counts = np.searchsorted(self.articles, articles, side="right") - firsts
        before = np.cumsum(counts) - counts
        rows = np.arange(counts.sum()) + np.repeat(firsts - before, counts)
        return np.asarray(rows, np.intp)

    def extended(self, articles: IdArray, facets: Sequence[Facets]) -> FacetRows:
        """These rows and more."""
        grown = FacetRows()
        grown.articles = np.concatenate([self.articles, articles])
        grown._days = np.concatenate([self._days, np.array([f.day for f in facets], np.int32)])
        grown._columns = {
            name: column.extended([_VALUES[name](one) for one in facets])
            for name, column in self._columns.items()
        }
        return grown

    def mask(self, filters: Filters) -> npt.NDArray[np.bool_]:
        """True for the rows that meet the filters."""
        met = np.ones(len(self), dtype=bool)
        for name, wanted in filters.exact():
            met &= self._columns[name].holding(wanted)
        if filters.among is not None:
            met &= np.isin(self.articles, np.array(filters.among, np.int64))
        if filters.barred:
            met &= ~np.isin(self.articles, np.array(filters.barred, np.int64))
        days = filters.days()
        if days != (None, None):
            inside = self.dated(*days)
            met &= inside | (self._days == UNDATED) if filters.undated else inside
        return met

    def by_month(self, rows: npt.NDArray[np.bool_]) -> dict[str, int]:
        """Articles of some rows by month, ``"2024-04"``, in order; undated ones under ``""``."""
        _, first = np.unique(self.articles[rows], return_index=True)
        days, counts = np.unique(self._days[rows][first], return_counts=True)
        found = Counter[str]()
        for day, many in zip(days.tolist(), counts.tolist(), strict=True):
            found["" if day == UNDATED else date.fromordinal(day).isoformat()[:7]] += many
        return dict(found)

    def dated(
        self,
        first: int | None,
        last: int | None,
        rows: npt.NDArray[np.intp] | slice = _ALL_ROWS,
    ) -> npt.NDArray[np.bool_]:
        """True for those of some rows whose day is known and lies within these, both inclusive."""
        days = self._days[rows]
        inside = days >= max(first or 1, UNDATED + 1)
        return inside if last is None else inside & (days <= last)


_VALUES: dict[str, Callable[[Facets], tuple[str, ...]]] = {
    "section": lambda facets: (facets.section,),
    "source": lambda facets: (facets.source,),
    "kind": lambda facets: (facets.kind,),
    "author": lambda facets: facets.authors,
}


@dataclass(frozen=True, slots=True)
class _Column:
    """One facet of every row: few distinct values, and a code a row."""

    distinct: tuple[tuple[str, ...], ...]
    codes: npt.NDArray[np.int32]

    def extended(self, values: Sequence[tuple[str, ...]]) -> _Column:
        code_of = {value: code for code, value in enumerate(self.distinct)}
        more = np.array([code_of.setdefault(value, len(code_of)) for value in values], np.int32)
        return _Column(tuple(code_of), np.concatenate([self.codes, more]))

    def holding(self, wanted: str) -> npt.NDArray[np.bool_]:
        holds = np.array([wanted in value for value in self.distinct], dtype=bool)
        return holds[self.codes] if len(holds) else np.zeros(len(self.codes), dtype=bool)
