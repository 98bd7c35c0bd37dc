"""The catalog: one SQLite file that holds articles, passages and vectors, and is the truth.

Every write is one transaction that raises the change counter by one. Everything else (the
vector index in memory, the term index on disk) is derived, and caught up from the rows
whose ``change`` is later than what it reflects. WAL mode gives many readers beside one
writer; ``synchronous=FULL`` means that a committed article survives a crash of the machine.
"""

from __future__ import annotations

import json
import queue
import sqlite3
import time
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from itertools import groupby
from pathlib import Path
from typing import Any, cast

import numpy as np

from brief_qa.domain import Article, Coverage, DateOrigin, Kind, Passage
from brief_qa.errors import ArchiveError, IndexDamaged
from brief_qa.facets import Facets
from brief_qa.vectors import HalfArray, IdArray

_FORMAT = 1
_SCHEMA = """
CREATE TABLE IF NOT EXISTS facts (name TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS articles (
    id TEXT PRIMARY KEY, title TEXT NOT NULL, url TEXT, source TEXT, published TEXT,
    updated TEXT, authors TEXT NOT NULL, section TEXT, kind TEXT NOT NULL, parent_id TEXT,
    date_origin TEXT NOT NULL, digest TEXT NOT NULL, change INTEGER NOT NULL,
    body TEXT NOT NULL  -- last: what stands before it is read without it
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS articles_by_digest ON articles (digest);
CREATE INDEX IF NOT EXISTS articles_by_parent ON articles (parent_id);
CREATE INDEX IF NOT EXISTS articles_by_day ON articles (published DESC);
-- AUTOINCREMENT: the id of a removed passage is never given again.
CREATE TABLE IF NOT EXISTS passages (
    id INTEGER PRIMARY KEY AUTOINCREMENT, article_id TEXT NOT NULL REFERENCES articles (id),
    start INTEGER NOT NULL, stop INTEGER NOT NULL, vector BLOB NOT NULL, change INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS passages_by_article ON passages (article_id);
CREATE INDEX IF NOT EXISTS passages_by_change ON passages (change);
CREATE TABLE IF NOT EXISTS removed (passage_id INTEGER PRIMARY KEY, change INTEGER NOT NULL);
CREATE INDEX IF NOT EXISTS removed_by_change ON removed (change);
"""
_ROWS_AT_ONCE = 4096
_PATIENCE = 30.0
"""Seconds to wait for another process that holds the file, which none does for long."""
_WAL_KEPT = 64_000_000
"""Bytes of journal kept for reuse; what a long reader made it grow beyond is given back."""
_COLUMNS = (
    "id, title, body, url, source, published, updated, authors, section, kind, parent_id,"
    " date_origin"
)


@dataclass(frozen=True, slots=True)
class EncodedArticle:
    """An article ready to be stored: spans of its passages (start, end) and their vectors."""

    article: Article
    digest: str
    spans: Sequence[tuple[int, int]]
    vectors: HalfArray
    """(len(spans), dimension), unit length."""


@dataclass(frozen=True, slots=True)
class PassageRows:
    """Many passages as columns, in order of id."""

    ids: IdArray
    vectors: HalfArray
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
            f"SELECT {_COLUMNS} FROM articles WHERE id IN (SELECT value FROM json_each(?))",
            (wanted,),
        )
        return {row[0]: _article(row) for row in rows}

    def all_articles(self) -> Iterator[Article]:
        """Every article, newest first, undated last."""
        # SQLite puts NULL last in a falling order, and the index on days gives this one.
        order = "ORDER BY published DESC, id"
        for row in self._sql.execute(f"SELECT {_COLUMNS} FROM articles {order}"):
            yield _article(row)

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

    def known_digests(self, digests: Iterable[str]) -> set[str]:
        """Those of the digests that some article has."""
        rows = self._sql.execute(
            "SELECT DISTINCT digest FROM articles WHERE digest IN (SELECT value FROM json_each(?))",
            (json.dumps(list(digests)),),
        )
        return {row[0] for row in rows}

    def passages_since(self, change: int, dimension: int) -> PassageRows:
        """The passages added after a change and still there."""
        since = "FROM passages WHERE change > ?"
        count = self._sql.execute(f"SELECT count(*) {since}", (change,)).fetchone()[0]
        ids, vectors = np.empty(count, np.int64), np.empty((count, dimension), np.float16)
        facets: list[Facets] = []
        by_article = self._facets_since(change)
        # Ids grow with changes, so this is their order too, and the index gives it.
        order = "ORDER BY change, id"
        rows = self._sql.execute(f"SELECT id, article_id, vector {since} {order}", (change,))
        while some := rows.fetchmany(_ROWS_AT_ONCE):
            part = slice(len(facets), len(facets) + len(some))
            ids[part] = [row[0] for row in some]
            facets += [by_article[row[1]] for row in some]
            numbers = np.frombuffer(b"".join(row[2] for row in some), np.float16)
            if numbers.size != len(some) * dimension:
                raise IndexDamaged(
                    f"Les vecteurs du catalogue n'ont pas {dimension} dimensions : le fichier est "
                    "abîmé. Lancez « brief-qa doctor » pour savoir quoi réparer."
                )
            vectors[part] = numbers.reshape(-1, dimension)
        return PassageRows(ids, vectors, facets)

    def _facets_since(self, change: int) -> dict[str, Facets]:
        rows = self._sql.execute(
            "SELECT id, published, section, source, kind, authors FROM articles"
            " WHERE id IN (SELECT article_id FROM passages WHERE change > ?)",
            (change,),
        )
        return {row[0]: _facets(*row[1:]) for row in rows}

    def texts_since(self, change: int) -> Iterator[tuple[int, int, Article, int, int]]:
        """(passage id, change, article, start, end) of the passages added after a change."""
        rows = self._sql.execute(
            f"SELECT p.id, p.change, p.start, p.stop, {_prefixed('a')}"
            " FROM passages p JOIN articles a ON a.id = p.article_id"
            " WHERE p.change > ? ORDER BY p.change, p.id",
            (change,),
        )
        for passage_id, at, start, stop, *columns in rows:
            yield passage_id, at, _article(columns), start, stop

    def removed_since(self, change: int) -> list[int]:
        """Ids of the passages removed after a change."""
        rows = self._sql.execute("SELECT passage_id FROM removed WHERE change > ?", (change,))
        return [row[0] for row in rows]

    def passage_ids(self) -> list[int]:
        """Every passage id, in order."""
        return [row[0] for row in self._sql.execute("SELECT id FROM passages ORDER BY id")]

    def coverage(self) -> Coverage:
        """How many articles, and the first and last day of the dated ones."""
        count, first, last = self._sql.execute(
            "SELECT count(*), min(published), max(published) FROM articles"
        ).fetchone()
        return Coverage(count, _day(first), _day(last))

    def counts(self, column: str) -> dict[str, int]:
        """Articles by value of ``column`` ("section", "source", "kind" or "month")."""
        expression = {"month": "substr(published, 1, 7)"}.get(column, column)
        rows = self._sql.execute(
            f"SELECT {expression}, count(*) FROM articles WHERE {expression} IS NOT NULL"
            f" GROUP BY 1 ORDER BY 1"
        )
        return dict(rows.fetchall())

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


class Writing(View):
    """A transaction that writes. ``number`` is the change it will be, once committed."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        super().__init__(connection)
        self.number = self.change() + 1
        self.set_fact("change", str(self.number))

    def set_fact(self, name: str, value: str) -> None:
        """Record a named fact about the index."""
        self._sql.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def put(self, item: EncodedArticle) -> list[int]:
        """Add an article or replace the one of its id; the ids of its new passages."""
        self._remove_passages(item.article.id)
        self._sql.execute(
            f"INSERT OR REPLACE INTO articles ({_COLUMNS}, digest, change)"
            " VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            (*_row(item.article), item.digest, self.number),
        )
        ids = []
        for (start, stop), vector in zip(item.spans, item.vectors, strict=True):
            cursor = self._sql.execute(
                "INSERT INTO passages (article_id, start, stop, vector, change)"
                " VALUES (?, ?, ?, ?, ?)",
                (item.article.id, start, stop, vector.tobytes(), self.number),
            )
            ids.append(cast(int, cursor.lastrowid))
        return ids

    def delete(self, article_id: str) -> bool:
        """Remove an article and its passages; False when there was none."""
        self._remove_passages(article_id)
        cursor = self._sql.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        return cursor.rowcount > 0

    def replace_vector(self, passage_id: int, vector: bytes) -> None:
        """Give a passage the vector of another encoder."""
        self._sql.execute("UPDATE passages SET vector = ? WHERE id = ?", (vector, passage_id))

    def _remove_passages(self, article_id: str) -> None:
        self._sql.execute(
            "INSERT INTO removed SELECT id, ? FROM passages WHERE article_id = ?",
            (self.number, article_id),
        )
        self._sql.execute("DELETE FROM passages WHERE article_id = ?", (article_id,))


class Catalog:
    """The file itself. Reading is safe from any thread; one process writes at a time.

    Each view has a connection of its own while it lasts. A process that was forked off must
    open its own catalog.
    """

    def __init__(self, path: Path) -> None:
        """Open the catalog, made if absent. Raises IndexDamaged."""
        self._path = path
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._closed = False
        with self._connected() as connection:
            _create(connection)
            if (version := _version(connection)) != _FORMAT:
                raise IndexDamaged(
                    f"« {path} » est au format {version}, cette version de brief_qa lit le "
                    f"format {_FORMAT}. Mettez brief_qa à jour, ou choisissez un autre index."
                )

    @contextmanager
    def reading(self) -> Iterator[View]:
        """One consistent view of the catalog, for as long as it is held."""
        with self._connected() as connection:
            connection.execute("BEGIN")
            try:
                yield View(connection)
            finally:
                connection.rollback()

    @contextmanager
    def writing(self) -> Iterator[Writing]:
        """One transaction: committed when the block ends, undone when it raises."""
        with self._connected() as connection:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield Writing(connection)
                connection.execute("COMMIT")
            except BaseException:
                connection.rollback()
                raise

    @contextmanager
    def _connected(self) -> Iterator[sqlite3.Connection]:
        if self._closed:
            raise ArchiveError(
                f"L'archive « {self._path.parent} » a été fermée : rouvrez-la avec Archive.open."
            )
        try:
            connection = self._idle.get_nowait()
        except queue.Empty:
            with _explained(self._path):
                connection = self._connect()
        try:
            with _explained(self._path):
                yield connection
        except ArchiveError:
            connection.close()
            raise
        except BaseException:
            self._give_back(connection)
            raise
        self._give_back(connection)

    def _connect(self) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT}")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        self._idle.put(connection)
        if self._closed:
            self.close()

    def close(self) -> None:
        """Close every connection, those in use as soon as they no longer are."""
        self._closed = True
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables, unless they are there; several processes may be at it."""
    deadline = time.monotonic() + _PATIENCE
    while _version(connection) == 0:
        try:
            connection.execute("PRAGMA journal_mode = WAL")  # does not wait for others by itself
            connection.executescript(
                f"BEGIN IMMEDIATE; {_SCHEMA} PRAGMA user_version = {_FORMAT}; COMMIT;"
            )
        except sqlite3.OperationalError as error:
            connection.rollback()
            if error.sqlite_errorcode != sqlite3.SQLITE_BUSY or time.monotonic() > deadline:
                raise
            time.sleep(0.02)


@contextmanager
def _explained(path: Path) -> Iterator[None]:
    """SQLite's errors as ours, with the way out."""
    try:
        yield
    except sqlite3.DatabaseError as error:
        if type(error) is sqlite3.DatabaseError:
            raise IndexDamaged(
                f"« {path} » n'est pas un catalogue lisible ({error}). Restaurez-le d'une "
                "sauvegarde, ou choisissez un autre dossier avec --index."
            ) from error
        if not isinstance(error, sqlite3.OperationalError):
            raise
        raise ArchiveError(
            f"Le catalogue « {path} » ne peut être lu ou écrit ({error}). Vérifiez la place "
            "libre sur le disque et les droits sur le dossier, puis recommencez."
        ) from error


def _prefixed(table: str) -> str:
    return ", ".join(f"{table}.{column.strip()}" for column in _COLUMNS.split(","))


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _row(article: Article) -> tuple[Any, ...]:
    return (
        article.id,
        article.title,
        article.body,
        article.url,
        article.source,
        article.published.isoformat() if article.published else None,
        article.updated.isoformat() if article.updated else None,
        json.dumps(article.authors, ensure_ascii=False),
        article.section,
        article.kind,
        article.parent_id,
        article.date_origin,
    )


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
