"""The archive: what other programs hold. Ingest, search, ask, delete; one folder on disk.

from brief_qa import Archive
archive = Archive.open("index/")
archive.ingest(["pages/"])
archive.ask("Qui a rencontré qui à Rabat ?").text
"""

from __future__ import annotations

import os
import re
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Protocol, Self

import numpy as np

from brief_qa import write
from brief_qa.catalog import EncodedArticle, View
from brief_qa.domain import Answer, Article, Hit, IngestReport, Kind, Passage, Rejection, Stats
from brief_qa.errors import EncoderMismatch, InputError
from brief_qa.facets import Filters
from brief_qa.french import stems
from brief_qa.identity import article_id, content_digest
from brief_qa.index import Index, Snapshot, Writer
from brief_qa.passages import in_context, split
from brief_qa.questions import completed
from brief_qa.read import Question, weigh
from brief_qa.search import as_hits, candidates, fuse

if TYPE_CHECKING:
    from brief_qa.vectors import FloatArray

DEFAULT_INDEX = "index"
QUESTION_LIMIT = 4_000
"""Characters of a question; a longer text is an article, not a question."""
_READ = 12
"""Passages read for an answer."""
_READ_PER_ARTICLE = 3
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


class Archive:
    """An archive of news articles, open. Safe to use from any thread.

    Many processes may read one folder while one writes to it; each search sees every write
    that was finished when it began.
    """

    def __init__(self, folder: Path, encoder: Encodes | str | None) -> None:
        """Use :meth:`open`."""
        self._index = Index(folder)
        self._given = encoder
        self._encoder: Encodes | None = None
        self._loading = threading.Lock()

    @classmethod
    def open(
        cls, folder: str | os.PathLike[str] = DEFAULT_INDEX, *, encoder: Encodes | str | None = None
    ) -> Self:
        """Open the archive in ``folder``, made if absent.

        ``encoder`` is an encoder, or the name of a sentence-transformers model; by default
        the one the folder was made with. It is loaded when first needed; one that differs
        from the folder's raises EncoderMismatch then.
        """
        return cls(Path(folder), encoder)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        """Let the files go."""
        self._index.close()

    # -- writing ---------------------------------------------------------------------

    def ingest(
        self,
        source: Iterable[str | os.PathLike[str]] | Iterable[Article],
        *,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Take in articles, or the pages under paths; whatever was taken in before is skipped.

        Committed by batches: after each, ``progress`` is called, and what it counts survives
        a crash and is found by the next search. What cannot be read is reported, not raised.
        """
        return _Ingest(self._index, self.encoder, progress).run(source)

    def delete(self, article_id: str) -> bool:
        """Remove an article: it is gone from the next answer. False when there was none."""
        with self._index.writing() as writer:
            return writer.delete(article_id)

    # -- reading ---------------------------------------------------------------------

    def search(
        self,
        question: str,
        k: int = 10,
        *,
        since: date | None = None,
        until: date | None = None,
        section: str | None = None,
        source: str | None = None,
        author: str | None = None,
        kind: Kind | None = None,
        per_article: int = 1,
    ) -> list[Hit]:
        """The ``k`` best passages for a question or some words, best first.

        At most ``per_article`` of one article. Filters must all be met, names are compared
        without regard to case and accents, days are inclusive; an undated article meets no
        condition on days. Raises InputError on an empty or endless question.
        """
        filters = Filters(since, until, section, source, author, kind)
        question = _whole(question)
        vector = self._question_vector(question, k)
        with self._index.reading() as (view, snapshot):
            return self._hits(view, snapshot, question, vector, k, filters, per_article)

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        since: date | None = None,
        until: date | None = None,
        section: str | None = None,
        source: str | None = None,
        author: str | None = None,
        kind: Kind | None = None,
    ) -> Answer:
        """Answer in French with numbered quotations, or refuse and show what is near.

        ``history`` holds earlier (question, answer) pairs: "Et en 2025 ?" is read together
        with the question before it. Filters and errors are those of :meth:`search`.
        """
        started = time.perf_counter()
        filters = Filters(since, until, section, source, author, kind)
        complete = _whole(completed(question, history))
        vector = self._question_vector(complete, _READ)
        with self._index.reading() as (view, snapshot):
            hits = self._hits(view, snapshot, complete, vector, _READ, filters, _READ_PER_ARTICLE)
            coverage = view.coverage()
        searched = time.perf_counter()
        asked = Question(complete, vector, snapshot.terms.rarity(stems(complete)))
        answer = write.answer(
            asked, weigh(asked, hits, self.encoder.encode_passages), hits, coverage
        )
        done = time.perf_counter()
        timings = {"search": searched - started, "read": done - searched, "total": done - started}
        return replace(answer, timings=timings)

    def article(self, article_id: str) -> Article | None:
        """One article, None when the archive does not have it."""
        with self._index.catalog.reading() as view:
            return view.articles([article_id]).get(article_id)

    def articles(self) -> Iterator[Article]:
        """Every article, newest first, undated last, as of now."""
        with self._index.catalog.reading() as view:
            yield from view.all_articles()

    def stats(self) -> Stats:
        """What the archive holds, counted."""
        with self._index.catalog.reading() as view:
            coverage = view.coverage()
            by_month = view.counts("month")
            return Stats(
                articles=coverage.articles,
                briefs=view.counts("kind").get("brève", 0),
                undated=coverage.articles - sum(by_month.values()),
                passages=view.count_passages(),
                first=coverage.first,
                last=coverage.last,
                by_month=by_month,
                by_section=view.counts("section"),
                by_source=view.counts("source"),
                encoder=view.fact("encoder") or "",
                change=view.change(),
                bytes_on_disk=_size(self._index.folder),
            )

    # -- inside ----------------------------------------------------------------------

    @property
    def encoder(self) -> Encodes:
        """The encoder, loaded at first use and checked against the folder's."""
        with self._loading:
            if self._encoder is None:
                self._encoder = self._load_encoder()
            return self._encoder

    def _load_encoder(self) -> Encodes:
        with self._index.catalog.reading() as view:
            recorded = view.fact("encoder")
        if self._given is None or isinstance(self._given, str):
            from brief_qa.encoder import DEFAULT_MODEL, Encoder

            encoder: Encodes = Encoder.load(self._given or recorded or DEFAULT_MODEL)
        else:
            encoder = self._given
        with self._index.catalog.reading() as view:
            _refuse_other_encoder(self._index.folder, view, encoder)
        return encoder

    def _question_vector(self, question: str, k: int) -> FloatArray:
        if k < 1:
            raise InputError(f"Nombre de résultats demandé : {k}. Il en faut au moins 1.")
        if not question.strip():
            raise InputError("La question est vide. Écrivez une question ou quelques mots.")
        if len(question) > QUESTION_LIMIT:
            raise InputError(
                f"La question compte {len(question)} caractères ; la limite est de "
                f"{QUESTION_LIMIT}. Raccourcissez-la."
            )
        return self.encoder.encode_questions([question])[0]

    def _hits(
        self,
        view: View,
        snapshot: Snapshot,
        question: str,
        vector: FloatArray,
        k: int,
        filters: Filters,
        per_article: int,
    ) -> list[Hit]:
        if len(snapshot.vectors) == 0:
            return []
        _refuse_other_encoder(self._index.folder, view, self.encoder)
        found = candidates(
            vector, stems(question), snapshot.vectors, snapshot.facets, snapshot.terms, filters
        )
        if len(found.ids) == 0:
            return []
        scores = fuse(found)
        order = np.lexsort((found.ids, -scores))
        passages = view.passages(found.ids.tolist())
        ranked: list[tuple[Passage, float, float, float]] = []
        taken: dict[str, int] = {}
        for i in order:
            passage = passages[int(found.ids[i])]
            if taken.get(passage.article_id, 0) < per_article and len(ranked) < k:
                taken[passage.article_id] = taken.get(passage.article_id, 0) + 1
                ranked.append(
                    (passage, float(scores[i]), float(found.dense[i]), float(found.terms[i]))
                )
        return as_hits(question, ranked, view.articles(taken))


class _Ingest:
    """One run of an ingest: what is pending, and what has been counted."""

    def __init__(
        self, index: Index, encoder: Encodes, progress: Callable[[Progress], None] | None
    ) -> None:
        self._index = index
        self._encoder = encoder
        self._progress = progress
        self._added = self._updated = self._unchanged = self._passages = 0
        self._rejected: list[Rejection] = []
        self._ids: list[str] = []
        self._bytes = (0, 0)

    def run(self, source: Iterable[str | os.PathLike[str]] | Iterable[Article]) -> IngestReport:
        started = time.monotonic()
        if isinstance(source, (str, os.PathLike)):
            source = [source]
        batch: list[Article] = []
        with self._index.writing() as writer:
            with self._index.catalog.reading() as view:  # another program may have written first
                _refuse_other_encoder(self._index.folder, view, self._encoder)
            for item in self._items(source):
                if isinstance(item, Rejection):
                    self._rejected.append(item)
                    continue
                batch.append(item)
                if len(batch) == _BATCH:
                    self._commit(writer, batch)
                    batch = []
            self._commit(writer, batch)
        return IngestReport(
            added=self._added,
            updated=self._updated,
            unchanged=self._unchanged,
            passages=self._passages,
            rejected=tuple(self._rejected),
            seconds=time.monotonic() - started,
            article_ids=tuple(self._ids),
        )

    def _items(
        self, source: Iterable[str | os.PathLike[str]] | Iterable[Article]
    ) -> Iterator[Article | Rejection]:
        items = iter(source)
        for first in items:
            if isinstance(first, Article):
                articles: Iterator[object] = chain([first], items)
                yield from (_checked(article) for article in articles)
            else:
                from brief_qa.articles import read_articles

                paths = [first, *items]
                yield from read_articles(paths, advance=self._advance)  # type: ignore[arg-type]

    def _advance(self, done: int, total: int) -> None:
        self._bytes = (done, total)

    def _commit(self, writer: Writer, batch: list[Article]) -> None:
        news = self._news(batch)
        items = encoded(news, self._encoder)
        if items:
            writer.put(items, encoder_facts(self._encoder))
        self._passages += sum(len(item.spans) for item in items)
        self._ids += [item.article.id for item in items]
        if self._progress:
            seen = self._added + self._updated + self._unchanged
            self._progress(Progress(seen, self._passages, len(self._rejected), *self._bytes))

    def _news(self, batch: list[Article]) -> list[Article]:
        """Those articles of the batch that the archive does not hold as they are."""
        with self._index.catalog.reading() as view:
            held = view.articles(article.id for article in batch)
            digests = view.known_digests(map(content_digest, batch))
        news: dict[str, Article] = {}
        for article in batch:
            before = news.get(article.id) or held.get(article.id)
            digest = content_digest(article)
            if before == article or (before is None and digest in digests and _derived(article)):
                self._unchanged += 1
                continue
            digests.add(digest)
            self._added += before is None
            self._updated += before is not None
            news[article.id] = article
        return list(news.values())


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


def _checked(item: object) -> Article | Rejection:
    if not isinstance(item, Article):
        return Rejection(
            repr(item)[:80], "Ce n'est pas un Article : donnez des Article ou des chemins."
        )
    article = replace(
        item,
        id=_whole(article_id(item)),
        title=_whole(item.title),
        body=_whole(item.body),
        url=_whole(item.url) if item.url else None,
        source=_whole(item.source) if item.source else None,
        authors=tuple(map(_whole, item.authors)),
        section=_whole(item.section) if item.section else None,
        parent_id=_whole(item.parent_id) if item.parent_id else None,
    )
    if not article.body.strip():
        return Rejection(article.id, "L'article n'a pas de texte : rien à chercher ni à citer.")
    return article


_HALVES = re.compile("[\ud800-\udfff]")


def _whole(text: str) -> str:
    """The text, each lone half of a character replaced: JSON may hold one, no file can."""
    return _HALVES.sub("\ufffd", text)


def _refuse_other_encoder(folder: Path, view: View, encoder: Encodes) -> None:
    recorded, fingerprint = view.fact("encoder"), view.fact("fingerprint")
    if fingerprint not in (None, encoder.fingerprint):
        raise EncoderMismatch(
            f"L'index «{folder}» a été fait avec l'encodeur «{recorded}», et "
            f"«{encoder.name}» donne d'autres vecteurs. Ouvrez-le avec le premier, ou "
            f"réencodez-le : brief-qa doctor --index {folder} --reencode"
        )


def _derived(article: Article) -> bool:
    """Whether the id was made from the article, rather than given by its owner."""
    return article.id == article_id(replace(article, id=""))


def _size(folder: Path) -> int:
    return sum(file.stat().st_size for file in folder.rglob("*") if file.is_file())
