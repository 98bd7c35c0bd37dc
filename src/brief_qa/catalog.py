"""The catalog: one SQLite file that holds articles, passages and vectors, and is the truth.

Every write is one transaction that raises the change counter by one. Everything else (the
vector index in memory, the term index on disk) is derived, and caught up from the rows
whose ``change`` is later than what it reflects. WAL mode gives many readers beside one
writer; ``synchronous=FULL`` means that a committed article survives a crash of the machine.
"""

from __future__ import annotations

import json
import os
import queue
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, cast

from brief_qa.domain import Article
from brief_qa.errors import ArchiveError, IndexDamaged
from brief_qa.identity import title_digest
from brief_qa.vectors import HalfArray
from brief_qa.versions import Clock, now, version
from brief_qa.views import COLUMNS, View, stored_moment

_FORMAT = 3
"""Each format so far adds tables to the one before: making what lacks is the whole migration."""
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
-- Articles that were deleted, so that an ingest does not bring them back; never their words.
CREATE TABLE IF NOT EXISTS deleted (
    id TEXT PRIMARY KEY, digest TEXT NOT NULL, day TEXT NOT NULL,
    page TEXT, title_digest TEXT NOT NULL, published TEXT
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS deleted_by_digest ON deleted (digest);
CREATE INDEX IF NOT EXISTS deleted_by_page ON deleted (page);
-- The page that gives an article whose id is made from its words: the page may change them.
CREATE TABLE IF NOT EXISTS origins (article_id TEXT PRIMARY KEY, page TEXT NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS origins_by_page ON origins (page);
-- When an article was taken in and corrected, since format 3; never the words that went.
CREATE TABLE IF NOT EXISTS versions (
    article_id TEXT NOT NULL, at TEXT NOT NULL, changed TEXT NOT NULL,
    added INTEGER NOT NULL, removed INTEGER NOT NULL
);
CREATE INDEX IF NOT EXISTS versions_by_article ON versions (article_id);
CREATE INDEX IF NOT EXISTS versions_by_time ON versions (at);
"""
_PATIENCE = 30.0
"""Seconds to wait for another process that holds the file, which none does for long."""
_WAL_KEPT = 64_000_000
"""Bytes of journal kept for reuse; what a long reader made it grow beyond is given back."""


@dataclass(frozen=True, slots=True)
class EncodedArticle:
    """An article ready to be stored: spans of its passages (start, end) and their vectors."""

    article: Article
    digest: str
    spans: Sequence[tuple[int, int]]
    vectors: HalfArray
    """(len(spans), dimension), unit length."""


@dataclass(frozen=True, slots=True)
class Bookkeeping:
    """What a write changes besides the articles that it stores."""

    replaced: Mapping[str, str] = field(default_factory=dict)
    """Old version of a page → the article that takes its place. It goes without a trace: it
    was not deleted, and the page may say it again."""
    origins: Mapping[str, str | None] = field(default_factory=dict)
    """Article → the page that gives it; None when that page no longer does."""
    restored: Sequence[str] = ()
    """Ids of deleted articles that no longer count as deleted."""

    def __bool__(self) -> bool:
        return bool(self.replaced or self.origins or self.restored)


class Writing(View):
    """A transaction that writes. ``number`` is the change it will be, once committed.

    All that it writes is written ``at`` one moment.
    """

    def __init__(self, connection: sqlite3.Connection, at: datetime) -> None:
        super().__init__(connection)
        self._at = at
        self.number = self.change() + 1
        self.set_fact("change", str(self.number))

    def set_fact(self, name: str, value: str) -> None:
        """Record a named fact about the index."""
        self._sql.execute("INSERT OR REPLACE INTO facts VALUES (?, ?)", (name, value))

    def put(self, item: EncodedArticle, replaces: str | None = None) -> list[int]:
        """Add an article or replace the one of its id; the ids of its new passages.

        ``replaces`` is the article that it is a version of, when that has another id.
        """
        self._keep_version(item.article, replaces or item.article.id)
        self._remove_passages(item.article.id)
        self._sql.execute(
            f"INSERT OR REPLACE INTO articles ({COLUMNS}, digest, change)"
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
        """Remove an article and its passages, and remember it; False when there was none."""
        if article := self.articles([article_id]).get(article_id):
            self._sql.execute(
                "INSERT OR REPLACE INTO deleted SELECT a.id, digest, date('now', 'localtime'),"
                " page, ?, published FROM articles a LEFT JOIN origins ON article_id = a.id"
                " WHERE a.id = ?",
                (title_digest(article.title), article_id),
            )
        return self._remove(article_id)

    def keep(self, books: Bookkeeping) -> None:
        """Do what is to be done besides; the articles must have been put before."""
        for old, new in books.replaced.items():
            self._sql.execute("UPDATE versions SET article_id = ? WHERE article_id = ?", (new, old))
            self._remove(old)
            self._sql.execute("UPDATE articles SET parent_id = ? WHERE parent_id = ?", (new, old))
        for article_id, page in books.origins.items():
            if page is None:
                self._sql.execute("DELETE FROM origins WHERE article_id = ?", (article_id,))
            else:
                self._sql.execute(
                    "INSERT OR REPLACE INTO origins VALUES (?, ?)", (article_id, page)
                )
        for article_id in books.restored:
            self._sql.execute("DELETE FROM deleted WHERE id = ?", (article_id,))

    def _keep_version(self, article: Article, before_id: str) -> None:
        before = self.articles([before_id]).get(before_id)
        if made := version(self._at, before, article):
            self._sql.execute(
                "INSERT INTO versions VALUES (?, ?, ?, ?, ?)",
                (
                    article.id,
                    stored_moment(made.at),
                    json.dumps(made.changed),
                    made.added,
                    made.removed,
                ),
            )
            self.set_fact("updated", stored_moment(self._at))

    def _remove(self, article_id: str) -> bool:
        self._remove_passages(article_id)
        self._sql.execute("DELETE FROM origins WHERE article_id = ?", (article_id,))
        self._sql.execute("DELETE FROM versions WHERE article_id = ?", (article_id,))
        self.set_fact("updated", stored_moment(self._at))
        cursor = self._sql.execute("DELETE FROM articles WHERE id = ?", (article_id,))
        return cursor.rowcount > 0

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

    def __init__(self, path: Path, clock: Clock = now) -> None:
        """Open the catalog, made if absent. Raises IndexDamaged.

        In a folder that cannot be written in, it is ``read_only``. ``clock`` says when a write is.
        """
        self._path = path
        self._clock = clock
        self.read_only = path.is_file() and not os.access(path.parent, os.W_OK)
        self._idle: queue.LifoQueue[sqlite3.Connection] = queue.LifoQueue()
        self._closed = False
        with self._connected() as connection:
            if not self.read_only:
                _create(connection)
            if (version := _version(connection)) != _FORMAT:
                remedy = (
                    "Mettez brief_qa à jour, ou choisissez un autre index."
                    if version > _FORMAT
                    else "Ouvrez-le une fois là où il peut être écrit : il sera mis à jour."
                )
                raise IndexDamaged(
                    f"« {path} » est au format {version}, cette version de brief_qa lit le "
                    f"format {_FORMAT}. {remedy}"
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
                yield Writing(connection, self._clock())
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
        if self.read_only:
            return _connect_read_only(self._path)
        connection = sqlite3.connect(
            self._path, timeout=_PATIENCE, isolation_level=None, check_same_thread=False
        )
        connection.execute("PRAGMA synchronous = FULL")
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute(f"PRAGMA journal_size_limit = {_WAL_KEPT}")
        return connection

    def _give_back(self, connection: sqlite3.Connection) -> None:
        if self.read_only:  # a file that is read as if it never changed is opened each time
            connection.close()
            return
        self._idle.put(connection)
        if self._closed:
            self.close()

    def close(self) -> None:
        """Close every connection, those in use as soon as they no longer are."""
        self._closed = True
        with suppress(queue.Empty):
            while True:
                self._idle.get_nowait().close()


def _connect_read_only(path: Path) -> sqlite3.Connection:
    """A connection that makes no file beside the catalog, where none can be made.

    Beside a writer at work, its journal is read with it. When there is no journal, the file is
    read as it is: a write that begins and ends during one such view may spoil that view.
    """
    address = path.absolute().as_uri()
    connection = sqlite3.connect(
        f"{address}?mode=ro", uri=True, isolation_level=None, check_same_thread=False
    )
    try:
        _version(connection)
        return connection
    except sqlite3.OperationalError:  # no shared index of the journal, and none can be made
        connection.close()
    journal = path.with_name(f"{path.name}-wal")
    if journal.exists() and journal.stat().st_size:
        raise ArchiveError(
            f"Les derniers articles de « {path.parent} » sont encore dans « {journal.name} », qui "
            "ne se lit pas dans un dossier en lecture seule. Ouvrez l'index une fois là où il "
            f"peut être écrit : brief-qa stats --index {path.parent}"
        )
    return sqlite3.connect(
        f"{address}?immutable=1", uri=True, isolation_level=None, check_same_thread=False
    )


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _create(connection: sqlite3.Connection) -> None:
    """Make the tables that are not there yet; several processes may be at it."""
    deadline = time.monotonic() + _PATIENCE
    while _version(connection) < _FORMAT:
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
