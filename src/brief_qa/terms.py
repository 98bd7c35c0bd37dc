"""Words: the BM25 index over the French stems of whole articles.

Whole articles, because the words of a question are often spread over one: terms counted by
passage found the right article less often (docs/experiments.md, "Articles of many passages").
An article is known here by its number, the id of its first passage: it changes with every
version of the article, and is never given again.

The index is tantivy's, fed with the stems of :mod:`brief_qa.french`, so that what is
indexed, what is asked and what is shown in bold are cut by one function. BM25 is Robertson's,
with tantivy's k1 = 1.2 and b = 0.75, its lengths rounded above 40 words, its counts blind to
removals until segments merge.

The index on disk is derived from the catalog. It may run ahead of it (it is committed
first) and keeps for a while articles that the catalog has dropped; :meth:`TermIndex.as_of`
hides both, so that a search finds what one change of the catalog holds, and nothing else.
"""

from __future__ import annotations

import copy
import json
import math
import os
import shutil
import struct
import tempfile
import weakref
import zlib
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Self

import tantivy

from brief_qa import term_queries as queries
from brief_qa.acronyms import acronym_terms
from brief_qa.errors import ArchiveError, IndexDamaged
from brief_qa.facets import UNDATED, Facets, Filters
from brief_qa.french import stems
from brief_qa.names import name_terms
from brief_qa.wording import Wording

_HEAP_BYTES = 64_000_000
"""What the writer may hold in memory before it writes a segment."""
_ANY_CHANGE = 2**62


class TermIndex:
    """BM25 over articles, as of one commit of a folder. It never changes.

    Searching is safe from any thread. The files of its commit stay readable for as long as
    it is held, whatever is written, merged or removed in the folder meanwhile.
    """

    def __init__(self, folder: Path) -> None:
        """The latest commit in ``folder``, made if absent. Raises IndexDamaged."""
        self._folder = folder
        self._change = _ANY_CHANGE
        self._removed: frozenset[int] = frozenset()
        self._hidden = 0
        with _explained(folder):
            folder.mkdir(parents=True, exist_ok=True)
            self._links = None if os.access(folder, os.W_OK) else _Links(folder)
            opened = self._links.caught_up() if self._links else folder
            self._index = tantivy.Index(queries.schema(), str(opened), reuse=True)
            self._index.config_reader("manual")
            self._index.reload()
            self._searcher = self._index.searcher()
            self.frequency("")  # opens every file that a search will need
            self.latest_change()

    def refreshed(self) -> Self:
        """The latest commit, by whichever process; nothing in it is hidden."""
        twin = copy.copy(self)
        with _explained(self._folder):
            if self._links:
                self._links.caught_up()
            self._index.reload()
            twin._searcher = self._index.searcher()
        twin._change, twin._removed, twin._hidden = _ANY_CHANGE, frozenset(), 0
        return twin

    def as_of(self, change: int, removed: Iterable[int]) -> Self:
        """This commit, less the articles added after ``change`` and the ``removed`` numbers."""
        twin = copy.copy(self)
        twin._change, twin._removed = change, frozenset(removed)
        twin._hidden = len(twin._removed) + self._count(queries.changes(change + 1, None))
        return twin

    def count(self) -> int:
        """Articles that a search may find."""
        added = queries.changes(None, self._change)
        return self._count(added) - self._count(queries.both(added, queries.among(self._removed)))

    def _count(self, query: Any) -> int:
        return int(self._searcher.search(query, 1, count=True).count)

    def latest_change(self) -> int:
        """The highest change number of any indexed article, hidden or not; 0 for none."""
        found = self._searcher.search(
            tantivy.Query.all_query(), 1, count=False, order_by_field="change"
        ).hits
        return int(found[0][0]) if found else 0

    def numbers(self) -> list[int]:
        """Every indexed article's number, hidden or not."""
        every = max(1, int(self._searcher.num_docs))
        found = self._searcher.search(tantivy.Query.all_query(), every, count=False)
        return list(self._searcher.fast_field_values("number", [a for _, a in found.hits]))

    def damaged_files(self) -> list[str]:
        """Names of the files whose bytes are not those that were written, by their checksums."""
        commit = json.loads((self._folder / "meta.json").read_text("utf-8"))
        used = {one["segment_id"].replace("-", "") for one in commit["segments"]}
        files = sorted(one for one in self._folder.iterdir() if one.suffix in _CHECKED)
        return [one.name for one in files if one.stem in used and not _sound(one.read_bytes())]

    def segments(self) -> int:
        """How many segments the commit has; a search visits each."""
        return int(self._searcher.num_segments)

    def search(
        self, question: Sequence[str], k: int, filters: Filters | None = None
    ) -> tuple[list[int], list[float]]:
        """The ``k`` best articles for these stems: numbers and scores in [0, 1], best first.

        A score is the article's BM25 and the rarity of the stems that it holds at all, as a
        share of the most there can be: 1 for a very short article that holds every stem any
        number of times. A stem counts once however often the question repeats it.
        """
        return self.matching(Wording(self.rarity(question)), k, filters)

    def matching(
        self, wording: Wording, k: int, filters: Filters | None = None
    ) -> tuple[list[int], list[float]]:
        """The same, for words that may be read otherwise, and names that keep together."""
        if not wording.rarity or k < 1:
            return [], []
        query = queries.matching(wording)
        if filters:
            query = queries.both(query, *self._filter(filters))
        with _explained(self._folder):
            found = self._found(query, k)
        most = queries.most(wording)
        return [number for number, _ in found], [score / most for _, score in found]

    def _found(self, query: Any, k: int) -> list[tuple[int, float]]:
        """(number, score) of the ``k`` best articles that are not hidden."""
        hits = self._searcher.search(query, k + self._hidden, count=False).hits
        addresses = [address for _, address in hits]
        numbers = self._searcher.fast_field_values("number", addresses)
        found = [(number, hit[0]) for number, hit in zip(numbers, hits, strict=True)]
        if self._hidden:
            changes = self._searcher.fast_field_values("change", addresses)
            found = [one for one, at in zip(found, changes, strict=True) if self._seen(one, at)]
        return found[:k]

    def _seen(self, found: tuple[int, float], change: int) -> bool:
        return found[0] not in self._removed and change <= self._change

    def having(self, stems: Iterable[str]) -> list[int]:
        """The numbers of the articles that have all of these stems; at least one is needed."""
        every = max(1, int(self._searcher.num_docs))
        with _explained(self._folder):
            return [number for number, _ in self._found(queries.together(stems), every)]

    def writer(self) -> TermWriter:
        """A writer of the folder; one at a time, to be closed."""
        return TermWriter(self._folder)

    def frequency(self, stem: str) -> int:
        """How many articles hold this stem, hidden ones included."""
        return int(self._searcher.doc_freq("stems", stem))

    def rarity(self, stems: Iterable[str]) -> dict[str, float]:
        """The :meth:`information` of each stem."""
        return {stem: self.information(self.frequency(stem)) for stem in stems}

    def information(self, frequency: int) -> float:
        """Inverse document frequency, ``ln(1 + (N − n + 0.5) / (n + 0.5))``, > 0."""
        # Frequencies include removed articles until segments merge, and the number does not.
        articles = max(int(self._searcher.num_docs), frequency)
        return math.log1p((articles - frequency + 0.5) / (frequency + 0.5))

    def name_frequency(self, term: str) -> int:
        """How many articles hold this one of :func:`name_terms`, hidden ones included."""
        return int(self._searcher.doc_freq("names", term))

    def names_beginning(self, start: str) -> list[tuple[str, int]]:
        """The terms of names that begin so, and how many articles hold each."""
        return list(self._searcher.terms_with_prefix("names", start))

    def acronyms_beginning(self, start: str) -> list[str]:
        """Those of :func:`acronym_terms` that begin so, the most frequent first.

        Only what an article says that a search may find: what a removed one said of an acronym
        must not be told.
        """
        if not (found := self._searcher.terms_with_prefix("acronyms", start)):
            return []
        ordered = [term for term, _ in sorted(found, key=lambda one: (-one[1], one[0]))]
        return [
            term for term in ordered if self._found(queries.holding("acronyms", term, "basic"), 1)
        ]

    def _filter(self, filters: Filters) -> Iterator[Any]:
        for name, value in filters.exact():
            yield tantivy.Query.term_query(queries.schema(), name, value, "basic")
        if filters.among is not None:
            yield queries.among(filters.among)
        if filters.barred:
            yield queries.none_of(filters.barred)
        first, last = filters.days()
        if first is not None or last is not None:
            inside = queries.in_range("day", max(1, first or 1), last)
            yield (
                queries.either(inside, queries.in_range("day", UNDATED, UNDATED))
                if filters.undated
                else inside
            )


class _Links:
    """A folder of links to the files of a folder that tantivy cannot make its locks in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder.absolute()
        self._made = Path(tempfile.mkdtemp(prefix="brief_qa-"))
        weakref.finalize(self, shutil.rmtree, self._made, ignore_errors=True)

    def caught_up(self) -> Path:
        """The links, with one to each file that there now is, but those of the writer."""
        for file in self._folder.iterdir():
            if not file.name.startswith("."):
                with suppress(FileExistsError):
                    (self._made / file.name).symlink_to(file)
        return self._made


class TermWriter:
    """The one writer of a term index; nothing is seen before :meth:`commit`.

    tantivy's own writer is opened when it is first needed, on the folder as it is then.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._opened: Any = None
        self._uncommitted = False

    @property
    def _writer(self) -> Any:
        if self._opened is None:
            with _stored(self._folder):
                index = tantivy.Index(queries.schema(), str(self._folder), reuse=True)
                self._opened = index.writer(heap_size=_HEAP_BYTES, num_threads=1)
                # What a killed writer left may bear the name of a file that the next one makes.
                self._opened.garbage_collect_files()
        self._uncommitted = True
        return self._opened

    def add(self, number: int, change: int, text: str, facets: Facets) -> None:
        """Add an article; ``text`` is all that its words are looked for in."""
        document = tantivy.Document()
        document.add_integer("number", number)
        document.add_integer("change", change)
        document.add_text("stems", " ".join(stems(text)))
        document.add_text("names", " ".join(name_terms(text)))
        document.add_text("acronyms", " ".join(acronym_terms(text)))
        document.add_integer("day", facets.day)
        for name, value in facets.exact():
            document.add_text(name, value)
        with _stored(self._folder):
            self._writer.add_document(document)

    def remove(self, numbers: Iterable[int]) -> None:
        """Remove articles; unknown numbers are no error."""
        for number in numbers:
            self._writer.delete_documents_by_term("number", number)

    def remove_after(self, change: int) -> None:
        """Remove what was added by changes later than ``change``."""
        self._writer.delete_documents_by_query(queries.changes(change + 1, None))

    def clear(self) -> None:
        """Remove everything."""
        self._writer.delete_all_documents()

    def commit(self) -> None:
        """Make all that was added and removed durable, at once."""
        with _stored(self._folder):
            self._writer.commit()
            self._uncommitted = False
            self._share()

    def close(self) -> None:
        """Drop what was not committed, let merges end, and let the folder's lock go."""
        if self._opened is not None:
            writer, self._opened = self._opened, None
            with _stored(self._folder):
                if self._uncommitted:
                    writer.rollback()  # this stops merges too: done always, none would ever end
                writer.wait_merging_threads()
                self._share()

    def _share(self) -> None:
        """Let those who may read the folder read its list of files too, which tantivy hides."""
        (self._folder / "meta.json").chmod(self._folder.stat().st_mode & 0o666)


def rebuild_folder(folder: Path) -> None:
    """Throw a term index away; it is derived, so the catalog can fill it again."""
    shutil.rmtree(folder, ignore_errors=True)


_CHECKED = (".fast", ".fieldnorm", ".idx", ".pos", ".store", ".term")
_FOOTER = struct.Struct("<II")
_FOOTER_MARK = 1337


def _sound(content: bytes) -> bool:
    """Whether a file of tantivy's has the checksum that its footer tells.

    The file ends with a JSON object, its length and a mark (tantivy's ``directory/footer.rs``).
    """
    with suppress(ValueError, KeyError, struct.error):
        length, mark = _FOOTER.unpack(content[-_FOOTER.size :])
        end = len(content) - _FOOTER.size
        told = json.loads(content[end - length : end])["crc"]
        return bool(mark == _FOOTER_MARK and zlib.crc32(content[: end - length]) == told)
    return False


@contextmanager
def _stored(folder: Path) -> Iterator[None]:
    """What cannot be written, to a full disk for the most part, as our error, with the way out."""
    try:
        yield
    except (ValueError, OSError) as error:
        raise ArchiveError(
            f"L'index de termes « {folder} » ne peut être écrit ({error}). Vérifiez la place libre "
            "sur le disque et les droits sur le dossier, puis recommencez : ce qui avait été "
            "accepté est gardé."
        ) from error


@contextmanager
def _explained(folder: Path) -> Iterator[None]:
    """For any file that it cannot read, tantivy raises ValueError or panics."""
    try:
        yield
    except BaseException as error:
        if isinstance(error, ValueError) or type(error).__name__ == "PanicException":
            older = "schema does not match" in str(error)
            fault = "vient d'une autre version de brief_qa" if older else f"est illisible ({error})"
            raise IndexDamaged(
                f"L'index de termes « {folder} » {fault}. Il se refait à partir du catalogue : "
                f"brief-qa doctor --repair --index {folder.parent}"
            ) from error
        raise
