"""A search asked by an address of the site, and what it found.

All of a search stands in its address: it can be kept, sent, and gone back to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from brief_qa.archive import Archive
from brief_qa.copies import near_copies
from brief_qa.domain import Article, Hit, Period
from brief_qa.errors import InputError
from brief_qa.web import words
from brief_qa.web.operators import Operators, read

MOST = 100
"""Articles of a search, at most: beyond them nearness says little."""
_SURELY = 10
"""So many are shown however few words of the question they hold; those after them hold some."""
_LIKE = 30
"""Articles shown that are like one: beyond them nearness says little."""
ON_A_PAGE = 20
NAMES = {
    "question": "q",
    "since": "depuis",
    "until": "jusqu",
    "section": "rubrique",
    "source": "source",
    "author": "auteur",
    "kind": "genre",
    "order": "tri",
    "dates": "dates",
    "page": "page",
    "similar": "semblables",
}
"""Field → parameter of the address."""
FILTERS = ("since", "until", "section", "source", "author", "kind")
BY_DATE = "date"
UNREAD = "non"


@dataclass(frozen=True, slots=True)
class Search:
    """What is searched for, as the address says it: all of it untrusted text."""

    question: str = ""
    since: str = ""
    until: str = ""
    section: str = ""
    source: str = ""
    author: str = ""
    kind: str = ""
    order: str = ""
    """``date``, or by how well they match."""
    dates: str = ""
    """``non`` when the dates of the question are not to be read."""
    page: str = ""
    similar: str = ""
    """The id of an article, for those like it; then there are neither question nor filters."""

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Search:
        """From the parameters of an address; others are passed over."""
        found = {field: parameters.get(name, "").strip() for field, name in NAMES.items()}
        if found["similar"]:
            return cls(similar=found["similar"], order=found["order"], page=found["page"])
        return cls(**found)

    @property
    def filters(self) -> dict[str, Any]:
        """Those that are set, as :meth:`Archive.search` takes them."""
        return {name: value for name in FILTERS if (value := getattr(self, name))}

    @property
    def page_number(self) -> int:
        """1 for the first page, and for what is no number."""
        return max(1, int(self.page[:4])) if self.page[:4].isdecimal() else 1

    def address(self, path: str = "recherche", **changes: str) -> str:
        """The address of this search, or of one that differs so. A change begins at page 1."""
        other = replace(self, **{"page": "", **changes})
        said = [(NAMES[f.name], v) for f in fields(other) if (v := getattr(other, f.name))]
        return f"{path}?{urlencode(said, errors='replace')}" if said else path


@dataclass(frozen=True)
class Found:
    """What a search found."""

    hits: tuple[Hit, ...] = ()
    """One an article, in the order asked for; empty when no question was given."""
    articles: tuple[Article, ...] = ()
    """Likewise; those that meet the filters when no question was given."""
    more: bool = False
    """Whether there may be more than these."""
    by_month: Mapping[str, int] | None = None
    """All that meet what was asked, by month, ``""`` for the undated; None where nearness decides
    what does."""
    period: Period | None = None
    asked: Operators = field(default_factory=Operators)
    """How the question was read."""
    loosened: bool = False
    """Whether no article holds what was to be held word for word, so that these may not."""
    trouble: str = ""
    """In French, why nothing could be searched."""
    like: Article | None = None
    """The article that these are like, when such were asked for."""

    @cached_property
    def _groups(self) -> list[list[int]]:
        """The places of the articles, near-copies together, the original first.

        The original is the one whose page can be opened; of several, the earliest.
        """
        nearly, groups = near_copies(self.articles), dict[str, list[int]]()
        for at, one in enumerate(self.articles):
            groups.setdefault(nearly.get(one.id, one.id), []).append(at)

        def originality(at: int) -> tuple[bool, str, int]:
            one = self.articles[at]
            return one.url is None, str(one.published or "9999"), at

        return [sorted(group, key=originality) for group in groups.values()]

    @cached_property
    def copies(self) -> dict[str, str]:
        """Article → the original that it nearly copies, by id."""
        return {
            self.articles[at].id: self.articles[group[0]].id
            for group in self._groups
            for at in group[1:]
        }

    @property
    def standing(self) -> list[int]:
        """The places of the articles that copy none."""
        return [group[0] for group in self._groups]

    def copies_of(self, article: Article) -> list[Article]:
        """The near-copies of one."""
        return [one for one in self.articles if self.copies.get(one.id) == article.id]

    @cached_property
    def counted(self) -> tuple[Article, ...]:
        """Those that hold words of the question; all of them where it asked for no words."""
        if not self.hits or self.like:
            return self.articles
        return tuple(hit.article for hit in self.hits if _holds_words(hit))

    @property
    def total(self) -> int | None:
        """How many meet what was asked, these among them; None where nearness decides."""
        return None if self.by_month is None else sum(self.by_month.values())

    @property
    def months(self) -> dict[str, int]:
        """Articles counted by month, ``"2024-04"``, in order, but undated ones."""
        if self.by_month is not None:
            return {month: many for month, many in self.by_month.items() if month}
        days = (article.published for article in self.counted)
        return dict(sorted(Counter(day.isoformat()[:7] for day in days if day).items()))


def found(archive: Archive, search: Search) -> Found:
    """Search; without a question, list what meets the filters, the newest first."""
    try:
        if search.similar:
            return _like(archive, search)
        asked = read(search.question)
        return _matching(archive, search, asked) if asked.words else _listed(archive, search, asked)
    except InputError as error:
        return Found(trouble=str(error))


def _matching(archive: Archive, search: Search, asked: Operators) -> Found:
    periods: list[Period] = []

    def hits_holding(exactly: Sequence[str]) -> list[Hit]:
        return archive.search(
            asked.words,
            MOST,
            **search.filters,
            exactly=exactly,
            without=asked.without,
            read_dates=search.dates != UNREAD,
            on_period=periods.append,
        )

    hits = hits_holding(asked.exactly)
    loosened = not hits and bool(asked.exactly)
    if loosened:
        hits = hits_holding(())
    kept = [hit for hit in hits if hit.rank <= _SURELY or _holds_words(hit)]
    ordered, period = _ordered(kept, search), periods[-1] if periods else None
    exact = asked.exactly and not loosened and not period
    return Found(
        ordered,
        tuple(hit.article for hit in ordered),
        more=len(hits) == MOST,
        by_month=_months(archive, search, asked) if exact else None,
        period=period,
        asked=asked,
        loosened=loosened and bool(ordered),
    )


def _holds_words(hit: Hit) -> bool:
    """Whether an article has words of the question, or what they were read as."""
    return bool(hit.parts.matched or hit.parts.read_as)


def _like(archive: Archive, search: Search) -> Found:
    article = archive.article(search.similar)
    if article is None:
        return Found(trouble=words.NO_SUCH_ARTICLE)
    hits = _ordered(archive.similar(article.id, _LIKE), search)
    articles = tuple(hit.article for hit in hits)
    return Found(hits, articles, more=len(hits) == _LIKE, like=article)


def _ordered(hits: Sequence[Hit], search: Search) -> tuple[Hit, ...]:
    if search.order != BY_DATE:
        return tuple(hits)
    newest_first = sorted(hits, key=lambda hit: str(hit.article.published or ""), reverse=True)
    return tuple(newest_first)


def _listed(archive: Archive, search: Search, asked: Operators) -> Found:
    those = archive.articles(**search.filters, without=asked.without)
    articles, by_month = tuple(islice(those, MOST)), _months(archive, search, asked)
    return Found(articles=articles, by_month=by_month, asked=asked)


def _months(archive: Archive, search: Search, asked: Operators) -> dict[str, int]:
    return archive.months(**search.filters, exactly=asked.exactly, without=asked.without)


def choices(archive: Archive) -> dict[str, dict[str, int]]:
    """What each filter of names can be set to, and how many articles each has."""
    return {
        "section": archive.names("section"),
        "source": archive.names("source"),
        "author": archive.names("author"),
        "kind": dict.fromkeys(words.KINDS, 0),
    }
