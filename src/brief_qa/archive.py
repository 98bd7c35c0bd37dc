"""The archive: what other programs hold. Ingest, search, ask, delete; one folder on disk.

from brief_qa import Archive
archive = Archive.open("index/")
archive.ingest(["pages/"])
archive.ask("Qui a rencontré qui à Rabat ?").text
"""

from __future__ import annotations

import os
import threading
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Literal, Self, Unpack

import numpy as np

from brief_qa import texts
from brief_qa.answers import quoting, with_parts
from brief_qa.domain import (
    Answer,
    Article,
    Coverage,
    Hit,
    IngestReport,
    Period,
    Stats,
    Version,
)
from brief_qa.errors import InputError
from brief_qa.facets import Filtering, Filters, as_moment
from brief_qa.finding import Found, Wanted, find, period_asked, rows_meeting
from brief_qa.followups import separate, understood
from brief_qa.generate import Llm, generated
from brief_qa.index import Index, Snapshot
from brief_qa.ingest import Encodes, Ingest, Progress, refuse_other_encoder, whole
from brief_qa.llm import LlmSettings
from brief_qa.questions import article_asked_about, refuse_unusable, subject_of
from brief_qa.read import READ_PER_ARTICLE
from brief_qa.search import similar_hits
from brief_qa.versions import Clock, now
from brief_qa.views import Place, View

if TYPE_CHECKING:
    from brief_qa.remote import Remote
    from brief_qa.vectors import FloatArray

DEFAULT_INDEX = "index"
READ = 12
"""Passages read for an answer."""


class Archive:
    """An archive of news articles, open. Safe to use from any thread.

    Many processes may read one folder while one writes to it; each search sees every write
    that was finished when it began.
    """

    def __init__(
        self,
        folder: Path,
        encoder: Encodes | str | None,
        llm: LlmSettings | None = None,
        clock: Clock = now,
    ) -> None:
        """Use :meth:`open`."""
        self._index = Index(folder, clock)
        self._given = encoder
        self._llm = llm
        self._encoder: Encodes | None = None
        self._loading = threading.Lock()

    @classmethod
    def open(
        cls,
        folder: str | os.PathLike[str] = DEFAULT_INDEX,
        *,
        encoder: Encodes | str | None = None,
        llm: LlmSettings | None = None,
        clock: Clock = now,
    ) -> Self:
        """Open the archive in ``folder``, made if absent.

        ``encoder`` is an encoder, or the name of a sentence-transformers model; by default
        the one the folder was made with. It is loaded when first needed; one that differs
        from the folder's raises EncoderMismatch then.

        ``llm`` is a server that words the answers; what it writes is checked against the
        articles sentence by sentence, and where it cannot, :meth:`ask` answers without it.

        ``clock`` gives the time, with its zone, at which articles are taken in.
        """
        return cls(Path(folder), encoder, llm, clock)

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
        source: Iterable[str | os.PathLike[str] | Remote] | Iterable[Article],
        *,
        restore: bool = False,
        progress: Callable[[Progress], None] | None = None,
        root: Path | None = None,
    ) -> IngestReport:
        """Take in articles, or the pages under paths; whatever was taken in before is skipped.

        What was deleted stays deleted: when the pages are ingested again, an article with the
        id or the very words of a deleted one is left aside and reported as ``withheld``. With
        ``restore`` it is taken in, and its deletion forgotten; so it is when it is given as an
        Article, since whoever makes one means it.

        An article takes the place of the one of its id, as it does everywhere; a page that
        has no address is known by its file, so that a correction made in it takes the place
        of what it said before.

        Committed by batches: after each, ``progress`` is called, and what it counts survives
        a crash and is found by the next search. What cannot be read is reported, not raised.

        ``root`` is a folder that holds the paths for now only: pages are named and known by
        their place in it, wherever it stands, so that one sent again is the same page.
        """
        return Ingest(self._index, self.encoder, restore, progress, root).run(source)

    def delete(self, article_id: str) -> bool:
        """Remove an article: it is gone from the next answer. False when there was none.

        That it was deleted is remembered, by its id and a digest of its words: pages that are
        ingested again bring it back only with ``restore``.
        """
        with self._index.writing() as writer:
            return writer.delete(whole(article_id))

    # -- reading ---------------------------------------------------------------------

    def search(
        self,
        question: str,
        k: int = 10,
        *,
        per_article: int = 1,
        today: date | None = None,
        read_dates: bool = True,
        on_period: Callable[[Period], None] | None = None,
        **filtering: Unpack[Filtering],
    ) -> list[Hit]:
        """The ``k`` best passages for a question or some words, best first.

        At most ``per_article`` of one article. Filters (``since``, ``until``, ``section``,
        ``source``, ``author``, ``kind``, ``exactly``, ``without``) must all be met, names are
        compared without regard to case and accents, days are inclusive; an undated article meets
        no condition on days. A day is a date, or its text ("2024-04-22", "22 avril 2024"). A name
        that no article has finds nothing: :meth:`names` gives those there are. ``exactly`` and
        ``without`` are expressions that articles hold word for word, or do not
        (:mod:`brief_qa.exact`). Raises InputError on an empty or endless question, a text that
        is no day, no kind, or an expression without a word to look for.

        Unless ``since``, ``until`` or ``read_dates`` settle it, the question's own words say of
        which time ("la semaine dernière", reckoned from ``today``): ``on_period`` is told so.
        """
        filters = Filters.of(**filtering)
        refuse_unusable(question)
        question = whole(question)
        if k < 1:
            raise InputError(f"Nombre de résultats demandé : {k}. Il en faut au moins 1.")
        if per_article < 1:
            raise InputError(
                f"Passages demandés par article : {per_article}. Il en faut au moins 1."
            )
        period = period_asked(question, filters, today) if read_dates else None
        wanted = Wanted(question, self._vector(question), k, per_article, filters, period)
        with self._index.reading() as (view, snapshot):
            found = self._found(wanted, snapshot, view)
        if found.period and on_period:
            on_period(found.period)
        return found.hits

    def ask(
        self,
        question: str,
        history: Sequence[tuple[str, str]] = (),
        *,
        as_written: bool = False,
        today: date | None = None,
        read_dates: bool = True,
        on_hits: Callable[[Sequence[Hit]], None] | None = None,
        on_sentence: Callable[[Answer], None] | None = None,
        stop: threading.Event | None = None,
        **filtering: Unpack[Filtering],
    ) -> Answer:
        """Answer in French with numbered quotations, or refuse and show what is near.

        With an LLM, the answer is its prose, whose every sentence was found in what it cites;
        ``on_sentence`` is called with the answer so far each time one has been. When it fails,
        even midway, the answer is the quotations, with a ``notice``. Once ``stop`` is set,
        it is not waited for any longer.

        ``history`` holds earlier (question, answer) pairs: "Et en 2025 ?" is made complete from
        the question before it, and the answer says how it was ``understood``; "Qui a gagné, et
        quand ?" is two, and what the articles cited say to each is quoted. With ``as_written`` it
        is asked as it is. ``on_hits`` is called with what was found before it is read, which takes
        longer. Filters, dates and errors are those of :meth:`search`.
        """
        started = time.perf_counter()
        filters = Filters.of(**filtering)
        refuse_unusable(question, history)
        before = () if as_written else [(whole(asked), whole(said)) for asked, said in history]
        read = understood(whole(question), before)
        complete = read.question
        period = period_asked(complete, filters, today) if read_dates else None
        subject = article_asked_about(complete)
        complete = subject or complete
        found, coverage = self._looked_for(complete, filters, period)
        searched = time.perf_counter()
        if on_hits:
            on_hits(found.hits)
        answer = quoting(complete, found, coverage, signed=subject is not None)
        parts = separate(complete)
        if len(parts) > 1 and not (as_written or subject or answer.refused):
            answer = with_parts(
                answer,
                complete,
                parts,
                look=lambda part, articles: self._looked_for(part, filters, None, articles)[0],
            )
        timings = {"search": searched - started, "read": time.perf_counter() - searched}
        # Who signed an article is told by what stands before the quotations: no model is asked.
        llm = None if subject else self._llm
        if llm and not answer.refused and not (stop and stop.is_set()):
            asked_at = time.perf_counter()
            answer = generated(_writer(llm), complete, answer, on_sentence=on_sentence, stop=stop)
            timings["write"] = time.perf_counter() - asked_at
        return replace(
            answer,
            timings=timings | {"total": time.perf_counter() - started},
            understood=read if read.carried else None,
            period=found.period,
        )

    def _looked_for(
        self,
        question: str,
        filters: Filters,
        period: Period | None,
        articles: Sequence[str] = (),
    ) -> tuple[Found, Coverage]:
        """What an answer is made from, of the ``articles`` with these ids, if any are given."""
        about = subject_of(question)
        vector = self._vector(about)
        with self._index.reading() as (view, snapshot):
            if articles:
                numbers = filter(None, map(view.number_of, articles))
                filters = replace(filters, among=tuple(sorted(numbers)))
            wanted = Wanted(about, vector, READ, READ_PER_ARTICLE, filters, period)
            return self._found(wanted, snapshot, view), view.coverage()

    def article(self, article_id: str) -> Article | None:
        """One article, None when the archive does not have it."""
        with self._index.catalog.reading() as view:
            return view.articles([whole(article_id)]).get(whole(article_id))

    def articles(
        self,
        *,
        changed_since: datetime | date | str | None = None,
        after: Place | None = None,
        **filtering: Unpack[Filtering],
    ) -> Iterator[Article]:
        """Every article that meets the filters, newest first, undated last, as of now.

        With ``changed_since``, only what was taken in or corrected at that moment or later; what
        an archive held before it kept such times is not. With ``after``, the day and the id of one
        of them, those that follow it: what is written between two such calls moves none of the
        others. Other filters, and errors, are those of :meth:`search`.
        """
        filters = Filters.of(**filtering)
        return self._articles(filters, as_moment(changed_since), after)

    def _articles(
        self, filters: Filters, changed_since: datetime | None, after: Place | None
    ) -> Iterator[Article]:
        if not filters:
            with self._index.catalog.reading() as view:
                yield from view.all_articles(None, changed_since, after)
            return
        with self._index.reading() as (view, snapshot):
            numbers = np.unique(snapshot.facets.articles[rows_meeting(filters, snapshot, view)])
            yield from view.all_articles(numbers.tolist(), changed_since, after)

    def months(self, **filtering: Unpack[Filtering]) -> dict[str, int]:
        """How many articles meet the filters, by month (``"2024-04"``); ``""``: the undated.

        In order, months without any left out. Filters, and errors, are those of :meth:`search`.
        """
        filters = Filters.of(**filtering)
        with self._index.reading() as (view, snapshot):
            return snapshot.facets.by_month(rows_meeting(filters, snapshot, view))

    def versions(self, article_id: str) -> list[Version]:
        """When an article was taken in and corrected, and what each time changed, in order.

        Empty for an unknown article; what was before the archive kept such times is not in it.
        """
        with self._index.catalog.reading() as view:
            return view.versions(whole(article_id))

    def similar(self, article_id: str, k: int = 5) -> list[Hit]:
        """The ``k`` articles that say what is nearest to what one says, nearest first.

        Each by its nearest passage; the score is a cosine. Empty for an unknown article.
        """
        with self._index.reading() as (view, snapshot):
            number = view.number_of(whole(article_id))
            return similar_hits(number, snapshot, view, k) if number else []

    def titled(self, words: str, most: int) -> list[Article]:
        """The ``most`` newest articles whose titles hold all these words, or parts of words.

        Case and accents do not count; no word at all is in every title.
        """
        with self._index.catalog.reading() as view:
            return view.titled(words, most)

    def names(self, facet: Literal["section", "source", "author"]) -> dict[str, int]:
        """The names that a filter of :meth:`search` can ask for, and how many articles each."""
        with self._index.catalog.reading() as view:
            return view.counts(facet)

    def coverage(self) -> Coverage:
        """How many articles there are, and the period that they cover."""
        with self._index.catalog.reading() as view:
            return view.coverage()

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
                bytes_on_disk=_size(self.folder),
                updated=coverage.updated,
            )

    @property
    def read_only(self) -> bool:
        """Whether its folder cannot be written in."""
        return self._index.catalog.read_only

    # -- inside ----------------------------------------------------------------------

    @property
    def encoder(self) -> Encodes:
        """The encoder, loaded at first use and checked against the folder's."""
        with self._loading:
            if self._encoder is None:
                self._encoder = self._load_encoder()
            return self._encoder

    @property
    def folder(self) -> Path:
        """The folder it is in."""
        return self._index.folder

    @property
    def writer(self) -> str:
        """Who is to word the answers: the name of a model, or ``extraits`` for quotations."""
        return self._llm.model if self._llm else texts.EXTRACTS

    def _load_encoder(self) -> Encodes:
        with self._index.catalog.reading() as view:
            recorded = view.fact("encoder")
        if self._given is None or isinstance(self._given, str):
            from brief_qa.encoder import DEFAULT_MODEL, Encoder

            encoder: Encodes = Encoder.load(self._given or recorded or DEFAULT_MODEL)
        else:
            encoder = self._given
        with self._index.catalog.reading() as view:
            refuse_other_encoder(self._index.folder, view, encoder)
        return encoder

    def _vector(self, question: str) -> FloatArray:
        return np.asarray(self.encoder.encode_questions([question])[0], np.float32)

    def _found(self, wanted: Wanted, snapshot: Snapshot, view: View) -> Found:
        if len(snapshot.vectors):  # an empty folder takes any encoder
            refuse_other_encoder(self._index.folder, view, self.encoder)
        return find(wanted, snapshot, view)


def _writer(settings: LlmSettings) -> Llm:
    from brief_qa.backends.openai_compatible import OpenAICompatible

    return OpenAICompatible(settings)


def _size(folder: Path) -> int:
    """Bytes of its files, but for those that a writer takes away meanwhile."""
    total = 0
    for place, _, files in os.walk(folder):
        for name in files:
            with suppress(FileNotFoundError):
                total += (Path(place) / name).stat().st_size
    return total
