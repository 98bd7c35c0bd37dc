"""Speed and size: one table, each figure beside the plain way's in the same run.

    python -m benchmarks [--quick] [--folder FOLDER]

Ends with exit code 1 when a target is missed. The plain way is sentence-transformers in
float32 on PyTorch with an IndexFlatIP. The archives of 1,000 to 100,000 passages are made of
French-like text by the same path as any other, but for their vectors, which a stand-in of no
cost makes; questions and added articles are encoded by the real encoder. See
docs/benchmarks.md.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path

from brief_qa.encoder import Encoder

from . import encoding, fresh, search
from .corpus import PASSAGES_PER_ARTICLE, Corpus
from .plain import Plain
from .search import Bench
from .table import Line, load_average, table, times

_SIZES = (1_000, 10_000, 100_000)
_QUICK_SIZES = (1_000, 4_000)
_SEARCHED = 50


def encoder_lines(passages: int, repetitions: int) -> list[Line]:
    """The encoder by itself."""
    figures = {what: figure for what, figure, _ in encoding.run(passages, repetitions)}

    def line(what: str, measured: str, unit: str, least: float) -> Line:
        ours, theirs = (
            f"{figures[f'{measured}, {by}']:.1f} {unit}"
            for by in ("brief_qa", "sentence-transformers")
        )
        ratio = figures[f"{measured}, ratio (at least {least:g})"]
        return Line(what, ours, theirs, times(ratio), f"≥ {least:g}×", ratio >= least)

    tokens = figures["tokens a passage"]
    return [
        line(f"encoding passages of {tokens:.0f} tokens", "passages", "passages/s", 2.5),
        line("encoding one question", "one question", "ms", 3),
    ]


def measured(folder: Path, quick: bool) -> list[Line]:
    """Every line of the table, said as it is done."""
    sizes, repetitions = (_QUICK_SIZES, 5) if quick else (_SIZES, 11)
    corpus = Corpus()
    bench = Bench(corpus, Encoder.load(), Plain(), repetitions)
    largest = folder / str(sizes[-1])
    questions = corpus.questions(_SEARCHED, sizes[-1] // PASSAGES_PER_ARTICLE)
    steps: list[Callable[[], list[Line]]] = [
        lambda: encoder_lines(32 if quick else 96, max(3, repetitions // 2)),
        *search.steps(bench, folder, sizes),
        lambda: fresh.lines(largest, f"{sizes[-1]:,} passages", questions, repetitions),
    ]
    lines: list[Line] = []
    for step in steps:
        found = step()
        for line in found:
            print(f"{line.what}: {line.ours}", file=sys.stderr, flush=True)
        lines += found
    return lines


def main() -> int:
    """Print the table; 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--quick", action="store_true", help="few passages, few repetitions")
    parser.add_argument("--folder", type=Path, help="where the archives are kept for another run")
    options = parser.parse_args()
    before = load_average("at the start")
    with tempfile.TemporaryDirectory() as temporary:
        lines = measured(options.folder or Path(temporary), options.quick)
    missed = [line.what for line in lines if line.met is False]
    print(before, load_average("at the end"), "", table(lines), "", sep="\n")
    print(f"missed: {'; '.join(missed)}" if missed else "every target reached")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
