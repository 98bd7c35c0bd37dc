"""A search asked by an address of the site, and what it found.

All of a search stands in its address: it can be kept, sent, and gone back to.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from itertools import islice
from typing import Any
from urllib.parse import urlencode

from brief_qa.archive import Archive
from brief_qa.domain import Article, Hit, Period
from brief_qa.errors import InputError
from brief_qa.web import words

MOST = 100
"""Articles of a search, at most: beyond them nearness says little."""
_SURELY = 10
"""So many are shown however few words of the question they hold; those after them hold some."""
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

    @classmethod
    def of(cls, parameters: Mapping[str, str]) -> Search:
        """From the parameters of an address; others are passed over."""
        found = {field: parameters.get(name, "").strip() for field, name in NAMES.items()}
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


@dataclass(frozen=True, slots=True)
class Found:
    """What a search found."""

    hits: tuple[Hit, ...] = ()
    """One an article, in the order asked for; empty when no question was given."""
    articles: tuple[Article, ...] = ()
    """Likewise; those that meet the filters when no question was given."""
    more: bool = False
    """Whether there may be more than these."""
    period: Period | None = None
    trouble: str = ""
    """In French, why nothing could be searched."""

    @property
    def months(self) -> dict[str, int]:
        """Articles by month, ``"2024-04"``, in order; undated ones are not counted."""
        days = (article.published for article in self.articles)
        return dict(sorted(Counter(f"{day:%Y-%m}" for day in days if day).items()))


def found(archive: Archive, search: Search) -> Found:
    """Search; without a question, list what meets the filters, the newest first."""
    try:
        return _matching(archive, search) if search.question else _listed(archive, search)
    except InputError as error:
        return Found(trouble=str(error))


def _matching(archive: Archive, search: Search) -> Found:
    periods: list[Period] = []
    hits = archive.search(
        search.question,
        MOST,
        **search.filters,
        read_dates=search.dates != UNREAD,
        on_period=periods.append,
    )
    kept = [h for h in hits if h.rank <= _SURELY or h.parts.matched or h.parts.read_as]
    if search.order == BY_DATE:
        kept.sort(key=lambda hit: str(hit.article.published or ""), reverse=True)
    return Found(
        tuple(kept),
        tuple(hit.article for hit in kept),
        more=len(hits) == MOST,
        period=periods[0] if periods else None,
    )


def _listed(archive: Archive, search: Search) -> Found:
    articles = tuple(islice(archive.articles(**search.filters), MOST))
    return Found(articles=articles, more=len(articles) == MOST)


def choices(archive: Archive) -> dict[str, dict[str, int]]:
    """What each filter of names can be set to, and how many articles each has."""
    return {
        "section": archive.names("section"),
        "source": archive.names("source"),
        "author": archive.names("author"),
        "kind": dict.fromkeys(words.KINDS, 0),
    }
