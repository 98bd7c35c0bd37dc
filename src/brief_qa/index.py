"""The index folder: the catalog, and what is derived from it, kept in step.

    index/catalog.sqlite    the truth
    index/terms/            BM25 over stems, derived
    index/write.lock        held by the one writer, while it writes

A write goes to the term index first and is published by the catalog's COMMIT, the one
moment at which it becomes visible. So the term index may know passages that the catalog
does not know yet, or any more; searches drop those. Whatever moment a crash falls on, the
next writer finds by the change numbers what to take back or to fill in.

A reader holds one view of the catalog and the snapshot of vectors made from exactly that
view: it never sees half a write, in this process or another.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path


from brief_qa.catalog import Catalog, EncodedArticle, View, Writing
from brief_qa.domain import Article
from brief_qa.errors import IndexLocked
from brief_qa.facets import Facets
from brief_qa.search import FacetRows
from brief_qa.terms import TermIndex, TermWriter, rebuild_folder
from brief_qa.vectors import VectorIndex

_log = logging.getLogger(__name__)
_DEAD_SHARE = 0.25
"""When more of the rows than this are dead, the vector index is made anew."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """The vectors as of one change of the catalog."""

    change: int
    vectors: VectorIndex
    facets: FacetRows


class Index:
    """One index folder, open. Safe to use from any thread."""

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, made if absent."""
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.catalog = Catalog(folder / "catalog.sqlite")
        self._snapshot: Snapshot | None = None
        self._syncing = threading.Lock()
        self._writing = threading.Lock()
        self.terms = self._open_terms()

    def _open_terms(self) -> TermIndex:
        folder = self.folder / "terms"
        try:
            terms = TermIndex(folder)
        except ValueError as error:  # tantivy's word for any file that it cannot read
            _log.warning("index de termes illisible (%s) : il est refait du catalogue", error)
            with self._locked():
                rebuild_folder(folder)
                terms = TermIndex(folder)
        with self.catalog.reading() as view:
            behind = terms.latest_change() < view.latest_passage_change()
        if behind:
            _log.warning("index de termes incomplet : il est refait du catalogue")
            with self._locked(), self.catalog.reading() as view, terms.writing() as writer:
                fill(writer, view)
            terms.refresh()
        return terms

    @contextmanager
    def reading(self) -> Iterator[tuple[View, Snapshot]]:
        """A view of the catalog, and the vectors of exactly that view."""
        while True:
            with self.catalog.reading() as view:
                snapshot = self._snapshot_of(view)
                if snapshot is not None:
                    yield view, snapshot
                    return

    def _snapshot_of(self, view: View) -> Snapshot | None:
        """The snapshot of this view; None when another thread has gone past it."""
        change = view.change()
        if self._snapshot is not None and self._snapshot.change == change:
            return self._snapshot
        with self._syncing:
            held = self._snapshot
            if held is not None and held.change > change:
                return None
            if held is None or held.change < change:
                self.terms.refresh()
                held = self._snapshot = _caught_up(held, view, change)
            return held

    @contextmanager
    def writing(self, timeout: float = 30.0) -> Iterator[Writer]:
        """Be the one writer. Raises IndexLocked when another is, for longer than ``timeout`` s."""
        with self._locked(timeout), self.terms.writing() as terms:
            self.terms.refresh()
            yield Writer(self.catalog, terms, self.terms.latest_change())

    @contextmanager
    def _locked(self, timeout: float = 30.0) -> Iterator[None]:
        path = self.folder / "write.lock"
        deadline = time.monotonic() + timeout
        with self._writing, path.open("a+") as file:
            while not _try_lock(file.fileno()):
                if time.monotonic() > deadline:
                    raise IndexLocked(
                        f"Un autre programme écrit dans «{self.folder}» (processus "
                        f"{path.read_text().strip() or 'inconnu'}). Attendez qu'il ait fini, "
                        "ou arrêtez-le."
                    )
                time.sleep(0.05)
            file.truncate(0)
            file.write(str(os.getpid()))
            file.flush()
            yield

    def close(self) -> None:
        """Let the files go. Nothing need be saved: every write already is."""
        self.catalog.close()


class Writer:
    """The one writer of an index, for as long as it holds the lock."""

    def __init__(self, catalog: Catalog, terms: TermWriter, latest_in_terms: int) -> None:
        self._catalog = catalog
        self._terms = terms
        self._latest_in_terms = latest_in_terms

    def put(self, items: Sequence[EncodedArticle], facts: dict[str, str] | None = None) -> None:
        """Add or replace articles, all or none; on return they are durable and visible."""
        with self._catalog.writing() as writing:
            for name, value in (facts or {}).items():
                writing.set_fact(name, value)
            self._take_back(writing)
            for item in items:
                facets = Facets.of(item.article)
                spans = zip(writing.put(item), item.spans, strict=True)
                for passage_id, (start, end) in spans:
                    text = _searched_text(item.article, start, end)
                    self._terms.add(passage_id, writing.number, text, facets)
            self._terms.commit()
            self._latest_in_terms = writing.number

    def delete(self, article_id: str) -> bool:
        """Remove an article for good; False when there was none."""
        with self._catalog.writing() as writing:
            if self._take_back(writing):
                self._terms.commit()
            return writing.delete(article_id)

    def _take_back(self, writing: Writing) -> bool:
        """Bring the term index to where the catalog was before this transaction."""
        before = writing.number - 1
        removed = writing.removed_since(int(writing.fact("terms_removed") or 0))
        self._terms.remove(removed)
        writing.set_fact("terms_removed", str(before))
        ahead = self._latest_in_terms > before
        if ahead:  # a writer was killed between the two commits
            self._terms.remove_after(before)
        self._latest_in_terms = min(self._latest_in_terms, before)
        return bool(removed) or ahead


def fill(writer: TermWriter, view: View) -> None:
    """Make the term index anew from the catalog."""
    writer.clear()
    for passage_id, change, article, start, end in view.texts_since(0):
        writer.add(passage_id, change, _searched_text(article, start, end), Facets.of(article))
    writer.commit()


def _searched_text(article: Article, start: int, end: int) -> str:
    return f"{article.title}\n{article.body[start:end]}"


def _caught_up(held: Snapshot | None, view: View, change: int) -> Snapshot:
    dimension = int(view.fact("dimension") or 1)
    if held is not None and len(held.vectors.ids) > 0:
        vectors = held.vectors.without(view.removed_since(held.change))
        if vectors.dead <= _DEAD_SHARE * len(vectors.ids):
            rows = view.passages_since(held.change, dimension)
            return Snapshot(
                change,
                vectors.extended(rows.ids, rows.vectors),
                held.facets.extended(rows.facets),
            )
    rows = view.passages_since(0, dimension)
    return Snapshot(change, VectorIndex(rows.ids, rows.vectors), FacetRows(rows.facets))


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
