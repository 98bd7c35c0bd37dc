"""Archives of 1,000 to 100,000 passages: questions, articles added and removed.

The plain way beside it: sentence-transformers in float32 on PyTorch, and an IndexFlatIP over
the same vectors in float32. It has no words, no filters, no texts to show and no answer.
Turns alternate, with a pause that lets the threads of one fall asleep before the other's turn.
"""

from __future__ import annotations

import statistics
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import faiss
import numpy as np
from numpy.typing import NDArray

from brief_qa.archive import Archive
from brief_qa.domain import Article, IngestReport
from brief_qa.ingest import Encodes
from brief_qa.passages import in_context, split

from .corpus import PASSAGES_PER_ARTICLE, Corpus, StandIn
from .encoding import SAMPLE
from .plain import Plain, read_flat, scan, write_vectors
from .store import seconds
from .table import Line, milliseconds, times

FloatArray = NDArray[np.float32]
K = 10
_PAUSE = 0.03
_A_TURN = 20
_WARMING = 150
"""Searches before those that are measured: a process that serves has met most words before."""
_SEARCH_TARGET = 0.005
_ANSWER_TARGET = 0.7
_ADD_TARGET = 0.5
_DELETE_TARGET = 0.05


class Timed:
    """An encoder, and how long it took for the last question."""

    def __init__(self, real: Encodes) -> None:
        self.name, self.fingerprint = real.name, real.fingerprint
        self.dimension, self.max_tokens = real.dimension, real.max_tokens
        self.count_tokens, self.encode_passages = real.count_tokens, real.encode_passages
        self._real = real
        self.last = 0.0

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """As the real one's."""
        started = time.perf_counter()
        vectors = self._real.encode_questions(texts)
        self.last = time.perf_counter() - started
        return vectors


class Known(Timed):
    """An encoder that has encoded the questions before: searching with it costs no encoding."""

    def __init__(self, real: Encodes, questions: Sequence[str]) -> None:
        super().__init__(real)
        self.vectors = dict(zip(questions, real.encode_questions(questions), strict=True))

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """The vectors that it knows."""
        return np.stack([self.vectors[text] for text in texts])


@dataclass(frozen=True, slots=True)
class Bench:
    """What every measurement here needs."""

    corpus: Corpus
    encoder: Encodes
    plain: Plain
    repetitions: int


def filled(folder: Path, bench: Bench, passages: int) -> IngestReport:
    """Fill an archive with so many passages, unless it is filled already."""
    texts = [article.body.split("\n\n")[0] for article in bench.corpus.articles(32)]
    with Archive.open(folder, encoder=StandIn(bench.encoder, texts)) as archive:
        report = archive.ingest(bench.corpus.articles(passages // PASSAGES_PER_ARTICLE))
    write_vectors(folder)
    return report


def delays(folder: Path, bench: Bench) -> list[Line]:
    """One question: encode, search, answer."""
    timed = Timed(bench.encoder)
    flat = read_flat(folder)
    questions = bench.corpus.questions(bench.repetitions + 2, flat.ntotal // PASSAGES_PER_ARTICLE)
    ours: list[tuple[float, float, float]] = []
    theirs: list[tuple[float, float]] = []
    with Archive.open(folder, encoder=timed) as archive:
        for question in questions:
            time.sleep(_PAUSE)
            spent = archive.ask(question).timings
            ours.append((timed.last, spent["search"] - timed.last, spent["read"]))
            time.sleep(_PAUSE)
            theirs.append(_plain_query(bench, flat, question))
    encode, search, read = _medians(ours[2:])  # the first two warm up
    plain_encode, plain_search = _medians(theirs[2:])
    size = f"{flat.ntotal:,} passages"
    return [
        _beside(f"question over {size}: encode", encode, plain_encode),
        _beside(f"question over {size}: search", search, plain_search),
        _beside(
            f"question over {size}: encode and search",
            encode + search,
            plain_encode + plain_search,
        ),
        Line(f"question over {size}: read and write", milliseconds(read), "none"),
        _judged(
            Line(
                f"question over {size}: whole answer", milliseconds(encode + search + read), "none"
            ),
            "≤ 0.7 s",
            encode + search + read <= _ANSWER_TARGET,
        ),
    ]


def _plain_query(bench: Bench, flat: faiss.IndexFlatIP, question: str) -> tuple[float, float]:
    started = time.perf_counter()
    vector = bench.plain.encode_questions([question])
    encoded = time.perf_counter()
    scan(flat, vector, K)
    return encoded - started, time.perf_counter() - encoded


def searches(folder: Path, bench: Bench) -> list[Line]:
    """``Archive.search`` whole, but for the encoding, beside one scan of an IndexFlatIP."""
    flat = read_flat(folder)
    articles = flat.ntotal // PASSAGES_PER_ARTICLE
    questions, others = (bench.corpus.questions(count, articles) for count in (60, _WARMING))
    known = Known(bench.encoder, questions + others)
    ours: list[float] = []
    theirs: list[float] = []
    processor: list[float] = []
    with Archive.open(folder, encoder=known) as archive:
        for question in others:
            archive.search(question, K)
        for turn in _turns(questions * max(1, bench.repetitions // 5)):
            for question in turn:
                busy = time.process_time()
                ours.append(seconds(lambda question=question: archive.search(question, K)))  # type: ignore[misc]
                processor.append(time.process_time() - busy)
            for question in turn:
                vector = known.vectors[question][None, :]
                theirs.append(seconds(lambda vector=vector: scan(flat, vector, K)))  # type: ignore[misc]
    found = statistics.median(ours)
    size = f"{flat.ntotal:,} passages"
    return [
        _judged(
            _beside(
                f"search of {size}, both legs, without encoding", found, statistics.median(theirs)
            ),
            "≤ 5 ms",
            found <= _SEARCH_TARGET,
        ),
        Line("the same, processor time of the process", milliseconds(statistics.median(processor))),
        Line("the same, slowest of 20", milliseconds(float(np.quantile(ours, 0.95)))),
    ]


def _turns(questions: Sequence[str]) -> Iterator[Sequence[str]]:
    """Some questions at a time: were it one, each side would find the caches full of the other."""
    for start in range(0, len(questions), _A_TURN):
        yield questions[start : start + _A_TURN]


def changes(folder: Path, bench: Bench) -> list[Line]:
    """Articles added and found, removed and no longer found."""
    flat = read_flat(folder)
    held = flat.ntotal
    numbers = range(held, held + bench.repetitions)
    added: list[tuple[float, float]] = []
    deleted: list[tuple[float, float]] = []
    found = gone = 0
    with Archive.open(folder, encoder=bench.encoder) as archive:
        archive.search("Une première question ?")
        for article in map(bench.corpus.article, numbers):
            texts = [in_context(article, *span) for span in split(article, bench.encoder)]
            time.sleep(_PAUSE)
            ours = seconds(lambda article=article: archive.ingest([article]))  # type: ignore[misc]
            found += _finds(archive, article)
            time.sleep(_PAUSE)
            added.append(
                (ours, seconds(lambda texts=texts: flat.add(bench.plain.encode_passages(texts))))  # type: ignore[misc]
            )
        for article in map(bench.corpus.article, numbers):
            ours = seconds(lambda article=article: archive.delete(article.id))  # type: ignore[misc]
            gone += not _finds(archive, article)
            deleted.append((ours, seconds(lambda: _drop_first(flat, PASSAGES_PER_ARTICLE))))
    ours_added, theirs_added = _medians(added)
    ours_deleted, theirs_deleted = _medians(deleted)
    size, count = f"{held:,} passages", len(numbers)
    bodies = [bench.corpus.article(number).body for number in numbers]
    tokens = statistics.mean(bench.encoder.count_tokens(bodies))
    return [
        _judged(
            _beside(
                f"one article of {tokens:,.0f} tokens added to {size}, encoding included",
                ours_added,
                theirs_added,
            ),
            "< 0.5 s",
            ours_added < _ADD_TARGET,
        ),
        Line("the next search finds it", f"{found} of {count}", "", "", "all", found == count),
        _judged(
            _beside(f"one article deleted from {size}", ours_deleted, theirs_deleted),
            "< 50 ms",
            ours_deleted < _DELETE_TARGET,
        ),
        Line(
            "the next search does not find it", f"{gone} of {count}", "", "", "all", gone == count
        ),
    ]


def _finds(archive: Archive, article: Article) -> bool:
    return any(hit.article.id == article.id for hit in archive.search(article.title, K))


def _drop_first(flat: faiss.IndexFlatIP, count: int) -> None:
    flat.remove_ids(faiss.IDSelectorRange(0, count))


def sample_ingest(bench: Bench) -> list[Line]:
    """The sample archive, from its files to a searchable index."""
    with tempfile.TemporaryDirectory() as folder:
        return _sample_ingest(Path(folder), bench)


def _sample_ingest(folder: Path, bench: Bench) -> list[Line]:
    ours, theirs = [], []
    texts = _sample_passages(folder / "first", bench)
    for number in range(max(2, bench.repetitions // 5)):
        with Archive.open(folder / str(number), encoder=bench.encoder) as archive:
            ours.append(archive.ingest([SAMPLE / "pages"]).seconds)
        time.sleep(_PAUSE)
        flat = faiss.IndexFlatIP(bench.encoder.dimension)
        theirs.append(seconds(lambda flat=flat: flat.add(bench.plain.encode_passages(texts))))  # type: ignore[misc]
    mine, plain = statistics.median(ours), statistics.median(theirs)
    return [
        Line(
            f"ingest of the sample's {len(texts)} passages: files read, cut, encoded, stored",
            f"{len(texts) / mine:.0f} passages/s",
            f"{len(texts) / plain:.0f} passages/s (ready-cut texts)",
            times(plain / mine),
        )
    ]


def _sample_passages(folder: Path, bench: Bench) -> list[str]:
    with Archive.open(folder, encoder=bench.encoder) as archive:
        archive.ingest([SAMPLE / "pages"])
        return [
            in_context(article, *span)
            for article in archive.articles()
            for span in split(article, bench.encoder)
        ]


def _beside(what: str, ours: float, theirs: float) -> Line:
    return Line(what, milliseconds(ours), milliseconds(theirs), times(theirs / ours))


def _judged(line: Line, target: str, met: bool) -> Line:
    return replace(line, target=target, met=met)


def _medians(rows: Sequence[tuple[float, ...]]) -> list[float]:
    return [statistics.median(column) for column in zip(*rows, strict=True)]


def steps(bench: Bench, folder: Path, sizes: Sequence[int]) -> list[Callable[[], list[Line]]]:
    """Everything here, in order; the last size is the one that targets are for."""

    def fill(size: int) -> list[Line]:
        report = filled(folder / str(size), bench, size)
        if not report.passages:
            return []
        rate = f"{report.passages / report.seconds:,.0f} passages/s"
        return [Line(f"ingest of {report.passages:,} passages that cost no encoding", rate)]

    largest = folder / str(sizes[-1])
    made: list[Callable[[], list[Line]]] = [lambda: sample_ingest(bench)]
    for size in sizes:
        made += [
            lambda size=size: fill(size),  # type: ignore[misc]
            lambda size=size: delays(folder / str(size), bench),  # type: ignore[misc]
        ]
    return [*made, lambda: searches(largest, bench), lambda: changes(largest, bench)]
