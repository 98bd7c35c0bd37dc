"""The store at size: open, add one, delete one, search, memory, beside a plain IndexFlatIP.

    python benchmarks/store.py [--passages 100000]

Vectors and words are synthetic and cost nothing to make, so what is timed is the store. Each
figure stands beside the plain way's in the same run: float32 vectors in one file, loaded
into an IndexFlatIP.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path

import faiss
import numpy as np

from brief_qa.catalog import EncodedArticle
from brief_qa.domain import Article
from brief_qa.facets import Filters
from brief_qa.index import Index
from brief_qa.search import candidates, fuse
from brief_qa.vectors import HalfArray
from brief_qa.wording import worded

DIMENSION = 384
_PER_ARTICLE = 3
_WORDS_A_PASSAGE = 100
_FACTS = {"encoder": "synthetic", "fingerprint": "synthetic", "dimension": str(DIMENSION)}


class Maker:
    """Articles of Zipfian words, with vectors that lie as those of e5 do."""

    def __init__(self, seed: int = 0) -> None:
        self._numbers = np.random.default_rng(seed)
        self._common = 2 * self._numbers.standard_normal(DIMENSION)
        self._topics = 0.7 * self._numbers.standard_normal((500, DIMENSION))

    def vectors(self, count: int) -> HalfArray:
        """(count, DIMENSION), unit length, cosines around 0.8."""
        topics = self._topics[self._numbers.integers(0, len(self._topics), count)]
        own = 0.6 * self._numbers.standard_normal((count, DIMENSION))
        vectors = self._common + topics + own
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return np.asarray(vectors / lengths, dtype=np.float16)

    def words(self, count: int) -> str:
        """So many words of a French-sized vocabulary, less its stop-words."""
        ranks = (20 * 3_000 ** self._numbers.random(count)).astype(int)
        return " ".join(f"mot{rank}" for rank in ranks)

    def article(self, number: int) -> EncodedArticle:
        """An article with its passages."""
        texts = [self.words(_WORDS_A_PASSAGE) for _ in range(_PER_ARTICLE)]
        body, spans, start = "\n".join(texts), [], 0
        for text in texts:
            spans.append((start, start + len(text)))
            start += len(text) + 1
        article = Article(
            id=f"article-{number}",
            title=self.words(8),
            body=body,
            source=f"source {number % 4}",
            section=f"rubrique {number % 15}",
            published=date(2024, 1, 1) + timedelta(number % 900),
            authors=(f"auteur {number % 60}",),
        )
        return EncodedArticle(article, f"{number:064}", spans, self.vectors(_PER_ARTICLE))

    def batches(self, articles: int, size: int) -> Iterator[list[EncodedArticle]]:
        """Articles 0…, ``size`` at a time."""
        for start in range(0, articles, size):
            yield [self.article(n) for n in range(start, min(start + size, articles))]


def seconds(action: Callable[[], object]) -> float:
    """How long it takes."""
    started = time.perf_counter()
    action()
    return time.perf_counter() - started


def median(times: list[float]) -> float:
    """The middle one."""
    return float(np.median(times))


def memory() -> float:
    """MB this process holds now."""
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * resource.getpagesize() / 1e6


def show(name: str, value: str, beside: str = "") -> None:
    """One line of the table."""
    print(f"| {name:<44} | {value:>18} | {beside:<40} |", flush=True)


def ingest(folder: Path, maker: Maker, passages: int, size: int) -> None:
    """Fill an index; print passages a second, the making of the articles left out."""
    index, spent = Index(folder), 0.0
    with index.writing() as writer:
        for batch in maker.batches(passages // _PER_ARTICLE, size):
            spent += seconds(lambda batch=batch: writer.put(batch, _FACTS))  # type: ignore[misc]
    spent += seconds(index.close)
    show(f"ingest, {size} articles a batch", f"{passages / spent:,.0f} passages/s")


def search(index: Index, maker: Maker, filters: Filters) -> None:
    """One search of both legs, fused, without encoding."""
    vector = maker.vectors(1)[0].astype(np.float32)
    question = maker.words(6)
    with index.reading() as (_, held):
        fuse(candidates(vector, worded(question, held.terms), held, filters, 10))


def flat_of(folder: Path) -> tuple[faiss.IndexFlatIP, float]:
    """The plain way: the same vectors as float32 in a file, into an IndexFlatIP; its seconds."""
    index = Index(folder)
    with index.reading() as (view, _):
        rows = view.passages_since(0, DIMENSION)
    index.close()
    path = folder / "plain.npy"
    np.save(path, rows.vectors.astype(np.float32))
    started = time.perf_counter()
    flat = faiss.IndexFlatIP(DIMENSION)
    flat.add(np.load(path))
    return flat, time.perf_counter() - started


def measure(folder: Path, maker: Maker, passages: int) -> None:
    """Everything but the ingest, on a full index."""
    before = memory()
    started = time.perf_counter()
    index = Index(folder)
    search(index, maker, Filters())
    opened = time.perf_counter() - started
    held = memory() - before
    none, some = Filters(), Filters(section="Rubrique 3", since=date(2024, 6, 1))
    plain = [seconds(lambda: search(index, maker, none)) for _ in range(200)]
    filtered = [seconds(lambda: search(index, maker, some)) for _ in range(50)]

    added, found = [], []
    for number in range(passages, passages + 25):
        item = maker.article(number)

        def add(item: EncodedArticle = item) -> None:
            with index.writing() as writer:
                writer.put([item], _FACTS)

        added.append(seconds(add))
        found.append(seconds(lambda: search(index, maker, none)))

    def delete(number: int) -> None:
        with index.writing() as writer:
            writer.delete(f"article-{number}")

    deleted = [seconds(lambda number=number: delete(number)) for number in range(25)]  # type: ignore[misc]
    holed = [seconds(lambda: search(index, maker, none)) for _ in range(50)]
    index.close()

    flat, loading = flat_of(folder)
    questions = maker.vectors(200).astype(np.float32)
    scans = [seconds(lambda q=q: flat.search(q[None, :], 10)) for q in questions]  # type: ignore[misc]
    plain_bytes = passages * DIMENSION * 4 / 1e6

    def of_flat(value: float) -> str:
        return f"{value / median(scans):.2f} of an IndexFlatIP scan"

    show(
        "open, and answer the first search",
        f"{opened:.2f} s",
        f"{opened / loading:.1f} of load and add",
    )
    show("memory of the open index", f"{held:.0f} MB", f"{held / plain_bytes:.2f} of float32")
    show("search, both legs fused, median", f"{1e3 * median(plain):.2f} ms", of_flat(median(plain)))
    show(
        "search with filters, median", f"{1e3 * median(filtered):.2f} ms", of_flat(median(filtered))
    )
    show(
        "search after 25 deletions, median", f"{1e3 * median(holed):.2f} ms", of_flat(median(holed))
    )
    show(
        "add one article, median",
        f"{1e3 * median(added):.0f} ms",
        f"worst {1e3 * max(added):.0f} ms",
    )
    show("first search after it, median", f"{1e3 * median(found):.1f} ms", of_flat(median(found)))
    show(
        "delete one article, median",
        f"{1e3 * median(deleted):.1f} ms",
        f"worst {1e3 * max(deleted):.1f} ms",
    )
    show("IndexFlatIP scan, median", f"{1e3 * median(scans):.2f} ms", "1")
    size = sum(file.stat().st_size for file in folder.rglob("*") if file.name != "plain.npy")
    show("on disk", f"{size / 1e6:.0f} MB", f"{size / 1e6 / plain_bytes:.2f} of float32")


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=100_000)
    parser.add_argument("--index", type=Path, help="an index that an earlier run left, kept")
    options = parser.parse_args()
    maker = Maker()
    show("store", f"{options.passages:,} passages", "")
    show("-" * 44, "-" * 18, "-" * 40)
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.index or Path(temporary) / "index"
        if not folder.exists():
            ingest(Path(temporary) / "small", maker, min(options.passages, 6000), 32)
            ingest(folder, maker, options.passages, 320)
        measure(folder, maker, options.passages)


if __name__ == "__main__":
    main()
