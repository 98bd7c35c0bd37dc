"""Words: the BM25 index over the French stems of passages.

The index is tantivy's, fed with the stems of :mod:`brief_qa.french`, so that what is
indexed, what is asked and what is shown in bold are cut by one function. BM25 is Robertson's, with
tantivy's k1 = 1.2 and b = 0.75.

The index on disk is derived from the catalog. It may run ahead of it (it is committed
first) or keep passages that the catalog has dropped: the caller maps ids through the
catalog and drops those it does not know.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import Any

import tantivy

from brief_qa.facets import Facets, Filters
from brief_qa.french import stems


class TermIndex:
    """BM25 over passages, kept in a folder. Searching is safe from any thread."""

    def __init__(self, folder: Path) -> None:
        """Open the index in ``folder``, made if absent."""
        folder.mkdir(parents=True, exist_ok=True)
        self._schema = _schema()
        self._index = tantivy.Index(self._schema, str(folder), reuse=True)
        self._index.config_reader("manual")
        self.refresh()

    def refresh(self) -> None:
        """See what has been committed since, by whichever process."""
        self._index.reload()
        self._searcher = self._index.searcher()

    def count(self) -> int:
        """Passages indexed, those that the catalog no longer knows included."""
        return int(self._searcher.num_docs)

    def latest_change(self) -> int:
        """The highest change number of any indexed passage; 0 when there is none."""
        found = self._searcher.search(
            tantivy.Query.all_query(), 1, count=False, order_by_field="change"
        ).hits
        return int(found[0][0]) if found else 0

    def passage_ids(self) -> list[int]:
        """Every indexed passage id."""
        found = self._searcher.search(tantivy.Query.all_query(), max(1, self.count()), count=False)
        return list(self._searcher.fast_field_values("passage", [a for _, a in found.hits]))

    def search(
        self, question: Sequence[str], k: int, filters: Filters | None = None
    ) -> tuple[list[int], list[float]]:
        """The ``k`` best passages for these stems: ids and BM25 scores, best first.

        A stem counts once however often the question repeats it.
        """
        if not question:
            return [], []
        query = self._query(question)
        if filters:
            query = _both(query, *self._filter(filters))
        hits = self._searcher.search(query, k, count=False).hits
        ids = self._searcher.fast_field_values("passage", [address for _, address in hits])
        return list(ids), [score for score, _ in hits]

    def frequency(self, stem: str) -> int:
        """How many passages hold this stem."""
        return int(self._searcher.doc_freq("stems", stem))

    def _query(self, question: Sequence[str]) -> Any:
        should = tantivy.Occur.Should
        return tantivy.Query.boolean_query(
            [
                (should, tantivy.Query.term_query(self._schema, "stems", stem, "freq"))
                for stem in dict.fromkeys(question)
            ]
        )

    def _filter(self, filters: Filters) -> Iterator[Any]:
        query, schema = tantivy.Query, self._schema
        for name, value in filters.exact():
            yield query.term_query(schema, name, value, "basic")
        first, last = filters.days()
        if first is not None or last is not None:
            yield query.range_query(
                schema, "day", tantivy.FieldType.Integer, max(1, first or 1), last
            )

    @contextmanager
    def writing(self) -> Iterator[TermWriter]:
        """Write to the index; nothing is seen before :meth:`TermWriter.commit`."""
        writer = TermWriter(self._index.writer(heap_size=64_000_000, num_threads=1))
        try:
            yield writer
        finally:
            writer.close()


class TermWriter:
    """The one writer of a term index."""

    def __init__(self, writer: Any) -> None:
        self._writer = writer

    def add(self, passage_id: int, change: int, text: str, facets: Facets) -> None:
        """Add a passage; ``text`` is all that its words are looked for in."""
        document = tantivy.Document()
        document.add_integer("passage", passage_id)
        document.add_integer("change", change)
        document.add_text("stems", " ".join(stems(text)))
        document.add_integer("day", facets.day)
        for name, value in facets.exact():
            document.add_text(name, value)
        self._writer.add_document(document)

    def remove(self, passage_ids: Iterable[int]) -> None:
        """Remove passages; unknown ids are no error."""
        for passage_id in passage_ids:
            self._writer.delete_documents_by_term("passage", passage_id)

    def remove_after(self, change: int) -> None:
        """Remove what was added by changes later than ``change``."""
        self._writer.delete_documents_by_query(
            tantivy.Query.range_query(
                _schema(), "change", tantivy.FieldType.Integer, change + 1, None
            )
        )

    def clear(self) -> None:
        """Remove everything."""
        self._writer.delete_all_documents()

    def commit(self) -> None:
        """Make all that was added and removed durable, at once."""
        self._writer.commit()

    def close(self) -> None:
        """Drop what was not committed, and let the index's lock go."""
        self._writer.rollback()
        self._writer.wait_merging_threads()


def _both(scored: Any, *conditions: Any) -> Any:
    must, query = tantivy.Occur.Must, tantivy.Query
    return query.boolean_query(
        [(must, scored), *((must, query.const_score_query(c, 0.0)) for c in conditions)]
    )


@cache
def _schema() -> Any:
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("passage", indexed=True, fast=True)
    builder.add_integer_field("change", indexed=True, fast=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    for name in ("section", "source", "author", "kind"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()


def rebuild_folder(folder: Path) -> None:
    """Throw a term index away; it is derived, so the catalog can fill it again."""
    shutil.rmtree(folder, ignore_errors=True)
