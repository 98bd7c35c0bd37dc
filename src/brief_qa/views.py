"""Views: what one transaction of the catalog sees, told as records."""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import lru_cache
from itertools import groupby, islice
from typing import Any, cast

import numpy as np

from brief_qa.domain import Article, Coverage, DateOrigin, Kind, Passage, Version
from brief_qa.errors import IndexDamaged
from brief_qa.facets import Facets, key
from brief_qa.vectors import HalfArray, IdArray

_ROWS_AT_ONCE = 4096
COLUMNS = (
    "id, title, body, url, source, published, updated, authors, section, kind, parent_id,"
    " date_origin"
)
"""Of an article, in the order that rows are read and written in."""
Place = tuple[date | None, str]
"""Where an article stands among all, newest first: its day and its id."""


@dataclass(frozen=True, slots=True)
class Deletion:
    """What is remembered of a deleted article: not its words."""

    id: str
    digest: str
    day: date
    """When it was deleted."""
    page: str | None
    """The page that gave it, when its id was made of its words."""
    title_digest: str
    published: date | None


@dataclass(frozen=True, slots=True)
class PassageRows:
    """Many passages as columns, in order of id."""

    ids: IdArray
    vectors: HalfArray
    articles: IdArray
    """The number of each passage's article: the id of its first passage."""
    facets: list[Facets]


class View:
    """The catalog as one transaction sees it: nothing changes under it."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self._sql = connection

    def fact(self, name: str) -> str | None:
        """A named fact about the index (encoder, fingerprint, dimension…)."""
        row = self._sql.execute("SELECT value FROM facts WHERE name = ?", (name,)).fetchone()
        return row[0] if row else None

    def change(self) -> int:
        """The change counter: how many transactions have written."""
        return int(self.fact("change") or 0)

    def latest_passage_change(self) -> int:
        """The change that added the newest passage; 0 when there is none."""
        return int(self._sql.execute("SELECT max(change) FROM passages").fetchone()[0] or 0)

    def articles(self, ids: Iterable[str]) -> dict[str, Article]:
        """The articles with these ids; unknown ids are left out."""
        wanted = json.dumps(list(ids))
        rows = self._sql.execute(
            f"SELECT {COLUMNS} FROM articles WHERE id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        return {row[0]: _article(row) for row in rows}

    def all_articles(
        self,
        numbers: Iterable[int] | None = None,
        changed_since: datetime | None = None,
        after: Place | None = None,
    ) -> Iterator[Article]:
        """Every article, newest first, undated last.

        Only those of these ``numbers``, if given, taken in or corrected at that time or later,
        and that follow the place ``after``, whether an article still stands there or not.
        """
        # SQLite puts NULL last in a falling order, and the index on days gives this one.
        order = "ORDER BY published DESC, id"
        only, given = ["TRUE"], list[str]()
        if numbers is not None:
            only.append(
                "id IN (SELECT article_id FROM passages"
                " WHERE id IN (SELECT value FROM json_each(?)))"
            )
            given.append(json.dumps(list(numbers)))
        if changed_since is not None:
            only.append("id IN (SELECT article_id FROM versions WHERE at >= ?)")
            given.append(stored_moment(changed_since))
        if after is not None:
            only.append("(ifnull(published, '') < ? OR ifnull(published, '') = ? AND id > ?)")
            day = after[0].isoformat() if after[0] else ""
            given += [day, day, after[1]]
        asked = f"SELECT {COLUMNS} FROM articles WHERE {' AND '.join(only)} {order}"
        for row in self._sql.execute(asked, given):
            yield _article(row)

    def titled(self, words: str, most: int) -> list[Article]:
        """The ``most`` newest articles whose titles hold all the words, folded; undated last."""
        wanted = key(words).split()
        rows = self._sql.execute("SELECT id, title FROM articles ORDER BY published DESC, id")
        named = ((one, key(title)) for one, title in rows)
        ids = list(islice((i for i, title in named if all(w in title for w in wanted)), most))
        found = self.articles(ids)
        return [found[one] for one in ids]

    def versions(self, article_id: str) -> list[Version]:
        """The versions of an article that are known, the first of them first."""
        rows = self._sql.execute(
            "SELECT at, changed, added, removed FROM versions WHERE article_id = ?"
            " ORDER BY at, rowid",
            (article_id,),
        )
        return [
            Version(datetime.fromisoformat(at), tuple(json.loads(changed)), added, removed)
            for at, changed, added, removed in rows
        ]

    def number_of(self, article_id: str) -> int | None:
        """The number of an article: the id of its first passage. None for an unknown one."""
        found = "SELECT min(id) FROM passages WHERE article_id = ?"
        number: int | None = self._sql.execute(found, (article_id,)).fetchone()[0]
        return number

    def passages(self, ids: Iterable[int]) -> dict[int, Passage]:
        """The passages with these ids; unknown ids are left out."""
        rows = self._sql.execute(
            "SELECT id, article_id, start, stop FROM passages"
            " WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return {row[0]: Passage(*row) for row in rows}

    def digests(self, ids: Iterable[str]) -> dict[str, str]:
        """Article id → digest, for the ids that are known."""
        rows = self._sql.execute(
            "SELECT id, digest FROM articles WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return dict(rows.fetchall())

    def holds(self, article_id: str) -> bool:
        """Whether there is anything under this id, if only passages that lost their article."""
        held = "SELECT 1 FROM articles WHERE id = :id UNION SELECT 1 FROM passages"
        row = self._sql.execute(f"{held} WHERE article_id = :id", {"id": article_id}).fetchone()
        return row is not None

    def ids_by_digest(self, digests: Iterable[str]) -> dict[str, str]:
        """Digest → id of an article that has it, for those of the digests that some article has."""
        rows = self._sql.execute(
            "SELECT digest, min(id) FROM articles"
            " WHERE digest IN (SELECT value FROM json_each(?)) GROUP BY digest",
            (json.dumps(list(digests)),),
        )
        return dict(rows.fetchall())

    def deletions(
        self, ids: Iterable[str], digests: Iterable[str] = (), pages: Iterable[str] = ()
    ) -> list[Deletion]:
        """The deleted articles with one of these ids or digests, or given by one of these pages."""
        rows = self._sql.execute(
            "SELECT id, digest, day, page, title_digest, published FROM deleted"
            " WHERE id IN (SELECT value FROM json_each(?))"
            " OR digest IN (SELECT value FROM json_each(?))"
            " OR page IN (SELECT value FROM json_each(?)) ORDER BY day, id",
            [json.dumps(list(some)) for some in (ids, digests, pages)],
        )
        return [
            Deletion(id_, digest, date.fromisoformat(day), page, title, _day(published))
            for id_, digest, day, page, title, published in rows
        ]

    def origins(self, ids: Iterable[str]) -> dict[str, str]:
        """Article id → the page that last gave it, for those where that is remembered."""
        rows = self._sql.execute(
            "SELECT article_id, page FROM origins"
            " WHERE article_id IN (SELECT value FROM json_each(?))",
            (json.dumps(list(ids)),),
        )
        return dict(rows.fetchall())

    def given_by(self, pages: Iterable[str]) -> dict[str, str]:
        """Article id → page, for the articles that one of these pages last gave."""
        rows = self._sql.execute(
            "SELECT article_id, page FROM origins WHERE page IN (SELECT value FROM json_each(?))"
            " ORDER BY article_id",
            (json.dumps(list(pages)),),
        )
        return dict(rows.fetchall())

    def passages_since(self, change: int, dimension: int) -> PassageRows:
        """The passages added after a change and still there."""
        since = "FROM passages WHERE change > ?"
        count = self._sql.execute(f"SELECT count(*) {since}", (change,)).fetchone()[0]
        ids, vectors = np.empty(count, np.int64), np.empty((count, dimension), np.float16)
        articles = np.empty(count, np.int64)
        numbers: dict[str, int] = {}
        facets: list[Facets] = []
        by_article = self._facets_since(change)
        # Ids grow with changes, so this is their order too, and the index gives it.
        order = "ORDER BY change, id"
        rows = self._sql.execute(f"SELECT id, article_id, vector {since} {order}", (change,))
        while some := rows.fetchmany(_ROWS_AT_ONCE):
            part = slice(len(facets), len(facets) + len(some))
            ids[part] = [row[0] for row in some]
            articles[part] = [numbers.setdefault(row[1], row[0]) for row in some]
            facets += [by_article[row[1]] for row in some]
            components = np.frombuffer(b"".join(row[2] for row in some), np.float16)
            if components.size != len(some) * dimension:
                raise IndexDamaged(
                    f"Les vecteurs du catalogue n'ont pas {dimension} dimensions : le fichier est "
                    "abîmé. Lancez « brief-qa doctor » pour savoir quoi réparer."
                )
            vectors[part] = components.reshape(-1, dimension)
        return PassageRows(ids, vectors, articles, facets)

    def _facets_since(self, change: int) -> dict[str, Facets]:
        rows = self._sql.execute(
            "SELECT id, published, section, source, kind, authors FROM articles"
            " WHERE id IN (SELECT article_id FROM passages WHERE change > ?)",
            (change,),
        )
        return {row[0]: _facets(*row[1:]) for row in rows}

    def numbered_articles(
        self, numbers: Iterable[int] | None = None
    ) -> Iterator[tuple[int, int, Article]]:
        """(number, change, article) of every article, or of those of these ``numbers``.

        An article's number is its first passage's id.
        """
        firsts = "SELECT min(id) AS number, article_id FROM passages GROUP BY article_id"
        given = list[str]()
        if numbers is not None:
            firsts = "SELECT id AS number, article_id FROM passages"
            firsts += " WHERE id IN (SELECT value FROM json_each(?))"
            given.append(json.dumps(list(numbers)))
        rows = self._sql.execute(
            f"SELECT p.number, a.change, {_prefixed('a')} FROM articles a"
            f" JOIN ({firsts}) p ON a.id = p.article_id",
            given,
        )
        for number, change, *columns in rows:
            yield number, change, _article(columns)

    def removed_since(self, change: int) -> list[int]:
        """Ids of the passages removed after a change."""
        rows = self._sql.execute("SELECT passage_id FROM removed WHERE change > ?", (change,))
        return [row[0] for row in rows]

    def article_numbers(self) -> list[int]:
        """The number of every article: the id of its first passage."""
        rows = self._sql.execute("SELECT min(id) FROM passages GROUP BY article_id")
        return [row[0] for row in rows]

    def coverage(self) -> Coverage:
        """How many articles, the first and last day of the dated ones, the last write."""
        count, first, last = self._sql.execute(
            "SELECT (SELECT count(*) FROM articles), (SELECT min(published) FROM articles),"
            " (SELECT max(published) FROM articles)"  # one each: an index gives it
        ).fetchone()
        updated = self.fact("updated")
        return Coverage(
            count, _day(first), _day(last), datetime.fromisoformat(updated) if updated else None
        )

    def counts(self, column: str) -> dict[str, int]:
        """Articles by value of ``column`` ("section", "source", "author", "kind" or "month")."""
        computed = {"month": "substr(published, 1, 7)", "author": "value"}
        expression = computed.get(column, column)
        table = "articles, json_each(authors)" if column == "author" else "articles"
        rows = self._sql.execute(
            f"SELECT {expression}, count(*) FROM {table} WHERE {expression} IS NOT NULL"
            f" GROUP BY 1 ORDER BY 1"
        )
        return dict(rows.fetchall())

    def count_articles(self) -> int:
        """How many articles there are."""
        return int(self._sql.execute("SELECT count(*) FROM articles").fetchone()[0])

    def count_passages(self) -> int:
        """How many passages there are."""
        return int(self._sql.execute("SELECT count(*) FROM passages").fetchone()[0])

    def stored(self) -> Iterator[tuple[str, str, list[tuple[int, int, bytes]]]]:
        """(article id, body, [(start, end, vector)…]) as they lie in the file, unchecked."""
        rows = self._sql.execute(
            "SELECT a.id, a.body, p.start, p.stop, p.vector"
            " FROM articles a LEFT JOIN passages p ON p.article_id = a.id ORDER BY a.id, p.start"
        )
        for (article_id, body), group in groupby(rows, key=lambda row: (row[0], row[1])):
            yield article_id, body, [row[2:] for row in group if row[2] is not None]

    def last_passage_id(self) -> int:
        """The highest passage id ever given; 0 when none was."""
        rows = self._sql.execute("SELECT seq FROM sqlite_sequence WHERE name = 'passages'")
        return next((int(row[0]) for row in rows), 0)

    def integrity(self) -> list[str]:
        """What SQLite finds wrong with the file; empty when it is sound."""
        rows = self._sql.execute("PRAGMA integrity_check").fetchall()
        orphans = self._sql.execute("PRAGMA foreign_key_check").fetchall()
        found = [row[0] for row in rows if row[0] != "ok"]
        return found + [f"passage sans article : {row[1]}" for row in orphans]


def stored_moment(at: datetime) -> str:
    """A moment as the catalog holds it: UTC, to the second, so that texts sort as moments do."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def _prefixed(table: str) -> str:
    return ", ".join(f"{table}.{column.strip()}" for column in COLUMNS.split(","))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _article(row: Sequence[Any]) -> Article:
    return Article(
        id=row[0],
        title=row[1],
        body=row[2],
        url=row[3],
        source=row[4],
        published=_day(row[5]),
        updated=_day(row[6]),
        authors=tuple(json.loads(row[7])),
        section=row[8],
        kind=cast(Kind, row[9]),
        parent_id=row[10],
        date_origin=cast(DateOrigin, row[11]),
    )


@lru_cache(maxsize=4096)
def _facets(published: str, section: str, source: str, kind: Kind, authors: str) -> Facets:
    """Many articles share section, source, day and authors: most come from the cache."""
    return Facets.of(
        Article(
            id="",
            title="",
            body="",
            published=_day(published),
            section=section,
            source=source,
            kind=kind,
            authors=tuple(json.loads(authors)),
        )
    )
