"""What an article can be filtered by, and the filters that ask for it.

Names are compared folded (case and accents ignored), in both legs of a search.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date

from brief_qa.domain import Article, Kind
from brief_qa.errors import InputError
from brief_qa.french import fold

UNDATED = 0
"""The day of an undated article. Real days are proleptic ordinals, from 1."""


def key(name: str) -> str:
    """The form under which two spellings of a name are one."""
    return " ".join(fold(name).split())


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


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on articles, all to be met. ``since`` and ``until`` are inclusive days.

    An undated article meets no condition on days: it cannot be shown to lie in the period.
    """

    since: date | None = None
    until: date | None = None
    section: str | None = None
    source: str | None = None
    author: str | None = None
    kind: Kind | None = None

    def __post_init__(self) -> None:
        if self.since and self.until and self.since > self.until:
            raise InputError(
                f"La période demandée est vide : depuis {self.since.isoformat()} "
                f"jusqu'à {self.until.isoformat()}. Le premier jour doit précéder le dernier."
            )

    def __bool__(self) -> bool:
        return any((self.since, self.until, self.section, self.source, self.author, self.kind))

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

    def met_by(self, facets: Facets) -> bool:
        """Whether an article with these facets meets every condition."""
        held = set(facets.exact())
        if not all(condition in held for condition in self.exact()):
            return False
        first, last = self.days()
        if first is None and last is None:
            return True
        return facets.day != UNDATED and (first or 1) <= facets.day <= (last or facets.day)
