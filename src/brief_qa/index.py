"""The index folder: the catalog, and what is derived from it, kept in step.

    index/catalog.sqlite    the truth
    index/terms/            BM25 over the stems of articles, derived
    index/write.lock        held by the one writer, while it writes; never removed

New articles go to the term index first and are published by the catalog's COMMIT, the one
moment at which a write becomes visible. Removed ones leave the catalog first, and the term
index at a later write. So the term index may hold articles that the catalog does not hold
yet, or any more, and never lacks one that it holds. Each document carries the number of the
change that added it, which tells the former; the catalog lists the latter. A writer begins
by settling: it takes back what a write that was killed or failed left in the term index,
and fills the term index anew when it is not what the catalog says that it should be.

A search holds one view of the catalog, the vectors of exactly that view, and a commit of the
term index with the rest hidden: it never sees half a write, of this process or another. A
process that was forked off must open its own index.
"""

from __future__ import annotations

import fcntl
import logging
import os
import threading
import time
from collections.abc import Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path

from brief_qa.catalog import Bookkeeping, Catalog, EncodedArticle, Writing
from brief_qa.domain import Article
from brief_qa.errors import IndexDamaged, IndexLocked, IndexReadOnly
from brief_qa.facets import FacetRows, Facets
from brief_qa.terms import TermIndex, rebuild_folder
from brief_qa.vectors import VectorIndex
from brief_qa.versions import Clock, now
from brief_qa.views import View

_log = logging.getLogger(__name__)
_DEAD_SHARE = 0.25
"""When more of the rows than this are dead, the vector index is made anew."""
_REMOVED_KEPT = 1000
"""Removed passages left in the term index, where each lengthens every search a little, before
a removal pays for taking them out (a commit of the term index: some ten files made durable)."""


@dataclass(frozen=True, slots=True)
class Snapshot:
    """Everything derived, as of one change of the catalog."""

    change: int
    fingerprint: str | None
    """The encoder that made the vectors; None while there are none."""
    vectors: VectorIndex
    facets: FacetRows
    terms: TermIndex


class Index:
    """One index folder, open. Safe to use from any thread."""

    def __init__(self, folder: Path, clock: Clock = now) -> None:
        """Open the index in ``folder``, made if absent; ``clock`` says when a write is.

        A term index that is missing, unreadable or not in step is made anew. Raises
        IndexDamaged when it is the catalog that cannot be read, or when nothing can be written.
        """
        folder.mkdir(parents=True, exist_ok=True)
        self.folder = folder
        self.catalog = Catalog(folder / "catalog.sqlite", clock)
        self._snapshot: Snapshot | None = None
        self._syncing = threading.Lock()
        self._writing = threading.Lock()
        try:
            self._terms = TermIndex(folder / "terms")
        except IndexDamaged as error:
            if self.catalog.read_only:
                raise
            _log.warning("%s", error)
            with self._locked():
                self._terms = _remade(folder / "terms")
        with self._view_and_terms() as (view, terms):
            sound = in_step(view, terms)
        if not sound:
            with self.writing() as writer:
                writer.settle()

    @contextmanager
    def reading(self) -> Iterator[tuple[View, Snapshot]]:
        """A view of the catalog, and what is derived from exactly that view."""
        held = self._snapshot
        with self.catalog.reading() as view:
            if held is not None and held.change == view.change():
                yield view, held
                return
        with ExitStack() as stack:
            with self._syncing:
                view, terms = stack.enter_context(self._view_and_terms())
                held = self._snapshot = _caught_up(self._snapshot, view, terms)
            yield view, held

    @contextmanager
    def _view_and_terms(self) -> Iterator[tuple[View, TermIndex]]:
        """A view, and the commit of the term index that belongs to it.

        The commit is read second, so it has all that the view has; and nothing the view has
        was removed from it as long as no later change was published before it was read.
        """
        while True:
            with self.catalog.reading() as view:
                change = view.change()
                terms = self._terms.refreshed().as_of(change, _left_in_terms(view))
                with self.catalog.reading() as later:
                    unmoved = later.change() == change
                if unmoved:
                    yield view, terms
                    return

    @contextmanager
    def writing(self, timeout: float = 30.0) -> Iterator[Writer]:
        """Be the one writer. Raises IndexLocked when another is, for longer than ``timeout`` s."""
        with self._locked(timeout), closing(Writer(self.catalog, self._terms)) as writer:
            yield writer

    @contextmanager
    def _locked(self, timeout: float = 30.0) -> Iterator[None]:
        if self.catalog.read_only:
            raise IndexReadOnly(
                f"L'index « {self.folder} » est en lecture seule : il peut être interrogé, mais "
                "rien n'y peut être ajouté, retiré ou refait. Demandez le droit d'écrire dans le "
                "dossier, ou copiez-le ailleurs."
            )
        path = self.folder / "write.lock"
        deadline = time.monotonic() + timeout
        if not self._writing.acquire(timeout=timeout):
            raise IndexLocked(_locked_by(self.folder, str(os.getpid())))
        try:
            with path.open("ab+", buffering=0) as file:
                while not _try_lock(file.fileno()):
                    if time.monotonic() > deadline:
                        raise IndexLocked(_locked_by(self.folder, path.read_text().strip()))
                    time.sleep(0.05)
                with suppress(OSError):  # on a full disk, what is to be written will say so
                    file.truncate(0)
                    file.write(str(os.getpid()).encode())
                yield
        finally:
            self._writing.release()

    def refill_terms(self) -> None:
        """Make the term index anew from the catalog."""
        with self.writing() as writer:
            writer.refill_terms()

    def close(self) -> None:
        """Let the files go. Nothing need be saved: every write already is."""
        self.catalog.close()
        self._snapshot = None


class Writer:
    """The one writer of an index, for as long as it holds the lock."""

    def __init__(self, catalog: Catalog, terms: TermIndex) -> None:
        """Use :meth:`Index.writing`."""
        self._catalog = catalog
        self._term_index = terms
        self._terms = terms.writer()
        self._settled = False

    def put(
        self,
        items: Iterable[EncodedArticle],
        facts: dict[str, str] | None = None,
        books: Bookkeeping | None = None,
    ) -> None:
        """Add or replace articles, all or none; on return they are durable and visible.

        ``books`` is what changes with them, at the same moment.
        """
        books = books or Bookkeeping()
        before = {new: old for old, new in books.replaced.items()}
        with self._transaction() as writing:
            for name, value in (facts or {}).items():
                writing.set_fact(name, value)
            self._take_out_removed(writing)
            for item in items:
                facets = Facets.of(item.article)
                number = writing.put(item, before.get(item.article.id))[0]
                self._terms.add(number, writing.number, words_of(item.article), facets)
            writing.keep(books)
            self._terms.commit()

    def delete(self, article_id: str) -> bool:
        """Remove an article and remember that it was; False when there was none."""
        with self._catalog.reading() as view:
            if not view.holds(article_id):
                return False
        with self._transaction() as writing:
            if len(_left_in_terms(writing)) > _REMOVED_KEPT:
                self._take_out_removed(writing)
                self._terms.commit()
            return writing.delete(article_id)

    def refill_terms(self) -> None:
        """Make the term index anew from the catalog."""
        with self._catalog.reading() as view:
            self._terms.clear()
            for number, change, article in view.numbered_articles():
                self._terms.add(number, change, words_of(article), Facets.of(article))
            self._terms.commit()

    def settle(self) -> None:
        """Make the term index hold what the catalog says, whatever was cut short before."""
        terms = self._term_index.refreshed()
        with self._catalog.reading() as view:
            change = view.change()
            sound = in_step(view, terms.as_of(change, _left_in_terms(view)))
        if not sound:
            _log.warning("index de termes incomplet : il est refait à partir du catalogue")
            self.refill_terms()
        elif terms.latest_change() > change:
            self._terms.remove_after(change)
            self._terms.commit()
        self._settled = True

    def close(self) -> None:
        """End the session."""
        self._terms.close()

    @contextmanager
    def _transaction(self) -> Iterator[Writing]:
        if not self._settled:
            self.settle()
        self._settled = False
        try:
            with self._catalog.writing() as writing:
                yield writing
        except BaseException:
            self._terms.close()  # what was added but not committed must not be committed later
            raise
        self._settled = True

    def _take_out_removed(self, writing: Writing) -> None:
        """Take out of the term index what was removed before this transaction."""
        self._terms.remove(_left_in_terms(writing))
        writing.set_fact(_TAKEN_OUT, str(writing.number - 1))


_TAKEN_OUT = "terms_removed"
"""Name of the fact: up to which change the removed passages have left the term index."""


def _left_in_terms(view: View) -> list[int]:
    """Passages that the catalog has removed, and the term index may still hold."""
    return view.removed_since(int(view.fact(_TAKEN_OUT) or 0))


def in_step(view: View, terms: TermIndex) -> bool:
    """Whether a term index, as of the view's change, holds the articles that the view holds.

    Judged by their number and their latest change: enough for any mix of a catalog and a
    term index of one history (one of them restored, lost, cut short), not for files edited.
    """
    return (
        terms.count() == view.count_articles()
        and terms.latest_change() >= view.latest_passage_change()
    )


def words_of(article: Article) -> str:
    """What the words of a question are looked for in: who signed an article is asked for too."""
    return f"{article.title}\n{', '.join(article.authors)}\n{article.body}"


def _remade(folder: Path) -> TermIndex:
    try:
        return TermIndex(folder)  # another process may have remade it while we waited
    except IndexDamaged:
        rebuild_folder(folder)
        return TermIndex(folder)


def _caught_up(held: Snapshot | None, view: View, terms: TermIndex) -> Snapshot:
    """The snapshot of a view; a held one that is older saves most of the work."""
    change, fingerprint = view.change(), view.fact("fingerprint")
    dimension = int(view.fact("dimension") or 1)
    if held is not None and held.change == change:
        return held
    if held is not None and held.change < change and held.fingerprint == fingerprint:
        vectors = held.vectors.without(view.removed_since(held.change))
        if vectors.dead <= _DEAD_SHARE * len(vectors.ids):
            rows = view.passages_since(held.change, dimension)
            vectors = vectors.extended(rows.ids, rows.vectors)
            facets = held.facets.extended(rows.articles, rows.facets)
            return Snapshot(change, fingerprint, vectors, facets, terms)
    rows = view.passages_since(0, dimension)
    vectors = VectorIndex(rows.ids, rows.vectors)
    return Snapshot(change, fingerprint, vectors, FacetRows(rows.articles, rows.facets), terms)


def _locked_by(folder: Path, process: str) -> str:
    return (
        f"Un autre programme écrit dans « {folder} » (processus {process or 'inconnu'}). "
        "Attendez qu'il ait fini, ou arrêtez-le."
    )


def _try_lock(descriptor: int) -> bool:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True
