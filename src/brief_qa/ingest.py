"""Ingest: articles cut, encoded and stored, batch by batch, whatever some of them are worth."""

from __future__ import annotations

import os
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, get_args

import numpy as np

from brief_qa.catalog import EncodedArticle
from brief_qa.changes import Changes, Outcome, changes
from brief_qa.domain import Arrival, Article, IngestReport, Kind, Rejection, Remark, Withheld
from brief_qa.errors import EncoderMismatch, InputError
from brief_qa.facets import as_day
from brief_qa.identity import article_id, content_digest
from brief_qa.index import Index
from brief_qa.passages import in_context, split
from brief_qa.views import View

if TYPE_CHECKING:
    from brief_qa.remote import Remote
    from brief_qa.vectors import FloatArray

_BATCH = 32
"""Articles committed at once: what a crash during an ingest can make one do again."""


class Encodes(Protocol):
    """What the archive needs of an encoder; :class:`brief_qa.encoder.Encoder` is one."""

    name: str
    dimension: int
    max_tokens: int
    fingerprint: str

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), unit length."""

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), unit length."""

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far an ingest is. All that it counts is durable already."""

    articles: int
    """Articles taken in so far, unchanged ones included."""
    passages: int
    rejected: int
    bytes_done: int
    bytes_total: int
    """0 when it is not known (an iterable of articles)."""


class Ingest:
    """One run of an ingest: what is pending, and what has been counted."""

    def __init__(
        self,
        index: Index,
        encoder: Encodes,
        restore: bool,
        progress: Callable[[Progress], None] | None,
        root: Path | None = None,
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._restore = restore
        self._progress = progress
        self._root = root
        self._counts: Counter[Outcome] = Counter()
        self._passages = 0
        self._met: set[str] = set()
        """Ids of the articles that pages gave, in the batches that are stored."""
        self._rejected: list[Rejection] = []
        self._withheld: list[Withheld] = []
        self._remarks: list[Remark] = []
        self._ids: list[str] = []
        self._bytes = (0, 0)

    def run(
        self, source: Iterable[str | os.PathLike[str] | Remote] | Iterable[Article]
    ) -> IngestReport:
        """Take in what is given, batch by batch."""
        started = time.monotonic()
        if isinstance(source, (str, os.PathLike)):
            source = [source]
        for batch in self._batches(source):
            self._commit(batch)
        return IngestReport(
            added=self._counts["added"],
            updated=self._counts["updated"],
            unchanged=self._counts["unchanged"],
            passages=self._passages,
            rejected=tuple(self._rejected),
            withheld=tuple(self._withheld),
            seconds=time.monotonic() - started,
            article_ids=tuple(self._ids),
            remarks=tuple(self._remarks),
        )

    def _batches(
        self, source: Iterable[str | os.PathLike[str] | Remote] | Iterable[Article]
    ) -> Iterator[list[Arrival]]:
        """The articles, so many at once; those of one page are never in two batches."""
        batch: list[Arrival] = []
        for item in self._items(source):
            if isinstance(item, Rejection):
                self._rejected.append(item)
                continue
            if isinstance(item, Remark):
                self._remarks.append(item)
                continue
            full = len(batch) >= _BATCH
            if full and (item.origin is None or item.origin != batch[-1].origin):
                yield batch
                batch = []
            batch.append(item)
        yield batch

    def _items(
        self, source: Iterable[str | os.PathLike[str] | Remote] | Iterable[Article]
    ) -> Iterator[Arrival | Rejection | Remark]:
        from brief_qa.articles import first_ones, read_arrivals

        items = iter(source)
        for first in items:
            if isinstance(first, Article):
                self._restore = True  # whoever makes an Article means it
                articles: Iterator[object] = chain([first], items)
                yield from first_ones(map(_checked, articles), "Articles donnés", "du même envoi")
            else:
                paths = [first, *items]
                yield from read_arrivals(paths, advance=self._advance, root=self._root)  # type: ignore[arg-type]

    def _advance(self, done: int, total: int) -> None:
        self._bytes = (done, total)

    def _commit(self, batch: list[Arrival]) -> None:
        """Store a batch. The lock is held only while writing: a deletion need not wait long."""
        while True:
            planned = self._changes(batch)
            items = encoded(list(planned.news), self._encoder)
            if self._store(batch, planned, items):
                break
        self._counts.update(planned.outcomes)
        self._met.update(one.article.id for one in batch if one.origin)
        self._withheld += planned.withheld
        self._passages += sum(len(item.spans) for item in items)
        self._ids += planned.changed
        if self._progress:
            seen = self._counts.total()
            rejected = sum(one.count for one in self._rejected)
            self._progress(Progress(seen, self._passages, rejected, *self._bytes))

    def _store(
        self, batch: list[Arrival], planned: Changes, items: Sequence[EncodedArticle]
    ) -> bool:
        """Write what was planned; False when the archive is no longer what it was planned on.

        An article may have been deleted while its correction was encoded.
        """
        if not items and not planned.books:
            return True
        with self._index.writing() as writer:
            with self._index.catalog.reading() as view:  # another program may have written
                refuse_other_encoder(self._index.folder, view, self._encoder)
            if self._changes(batch) != planned:
                return False
            writer.put(items, encoder_facts(self._encoder), planned.books)
        return True

    def _changes(self, batch: list[Arrival]) -> Changes:
        with self._index.catalog.reading() as view:
            return changes(view, batch, self._met, self._restore)


def encoded(articles: list[Article], encoder: Encodes) -> list[EncodedArticle]:
    """Articles cut into passages, with their vectors, ready to be stored."""
    spans = [split(article, encoder) for article in articles]
    texts = [
        in_context(article, start, end)
        for article, its_spans in zip(articles, spans, strict=True)
        for start, end in its_spans
    ]
    vectors = encoder.encode_passages(texts).astype(np.float16)
    items, row = [], 0
    for article, its_spans in zip(articles, spans, strict=True):
        end_row = row + len(its_spans)
        items.append(
            EncodedArticle(article, content_digest(article), its_spans, vectors[row:end_row])
        )
        row = end_row
    return items


def encoder_facts(encoder: Encodes) -> dict[str, str]:
    """What an index records of the encoder it was made with."""
    return {
        "encoder": encoder.name,
        "fingerprint": encoder.fingerprint,
        "dimension": str(encoder.dimension),
    }


def _checked(item: object) -> Arrival | Rejection:
    if not isinstance(item, Article):
        return Rejection(
            repr(item)[:80], "Ce n'est pas un Article : donnez des Article ou des chemins."
        )
    try:
        item = _typed(item)
    except InputError as error:
        return Rejection(str(item.id)[:80], str(error))
    article = replace(
        item,
        id=whole(article_id(item)),
        title=whole(item.title),
        body=whole(item.body),
        url=whole(item.url) if item.url else None,
        source=whole(item.source) if item.source else None,
        authors=tuple(map(whole, item.authors)),
        section=whole(item.section) if item.section else None,
        parent_id=whole(item.parent_id) if item.parent_id else None,
    )
    if not article.body.strip():
        return Rejection(article.id, "L'article n'a pas de texte : rien à chercher ni à citer.")
    return Arrival(article)


def _typed(item: Article) -> Article:
    """The article with its days as days. Raises InputError where a field is of another type."""
    for name in ("id", "title", "body", "url", "source", "section", "parent_id"):
        value = getattr(item, name)
        if not isinstance(value, str) and (value is not None or name in ("id", "title", "body")):
            raise InputError(f"« {name} » vaut {value!r} : un texte était attendu.")
    if isinstance(item.authors, str) or not all(isinstance(one, str) for one in item.authors):
        raise InputError(f'« authors » vaut {item.authors!r} : des noms étaient attendus, ("…",).')
    if item.kind not in get_args(Kind):
        raise InputError(f"« {item.kind} » n'est pas un genre : {', '.join(get_args(Kind))}.")
    return replace(item, published=as_day(item.published), updated=as_day(item.updated))


def refuse_other_encoder(folder: Path, view: View, encoder: Encodes) -> None:
    """Raise EncoderMismatch when the folder's vectors are another encoder's."""
    recorded, fingerprint = view.fact("encoder"), view.fact("fingerprint")
    if fingerprint not in (None, encoder.fingerprint):
        raise EncoderMismatch(
            f"L'index « {folder} » a été fait avec l'encodeur « {recorded} », et "
            f"« {encoder.name} » donne d'autres vecteurs. Ouvrez-le avec le premier, ou "
            f"réencodez-le : brief-qa doctor --index {folder} --reencode"
        )


_NOT_STORED = re.compile("[\0\ud800-\udfff]")


def whole(text: str) -> str:
    """The text, each lone half of a character, and each NUL, replaced.

    JSON may hold them; no file can hold the first, and SQLite ends a JSON text at the second.
    """
    return _NOT_STORED.sub("\ufffd", text)
