"""The encoder beside plain sentence-transformers, float32 in PyTorch, on the same texts.

    python -m benchmarks.encoding [--passages 96] [--repetitions 5]

Both use all the processors. Repetitions alternate between the two and medians are taken,
so that what else the machine does falls on both: read the ratios, not the seconds.
"""

from __future__ import annotations

import argparse
import json
import statistics
import time
from collections.abc import Callable, Sequence
from importlib import resources
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from sentence_transformers import SentenceTransformer

from brief_qa.encoder import DEFAULT_MODEL, Encoder, default_cache
from brief_qa.models import model_folder

SAMPLE = Path(str(resources.files("brief_qa") / "sample"))
TOKENS = 78
"""Length of a passage: what articles cut at two or three sentences come to."""

Row = tuple[str, float, str]
FloatArray = NDArray[np.float32]


def run(passages: int = 96, repetitions: int = 5) -> list[Row]:
    """Measure, and return (what, figure, unit) rows."""
    started = time.perf_counter()
    encoder = Encoder.load()
    loaded = time.perf_counter() - started
    plain = SentenceTransformer(str(model_folder(DEFAULT_MODEL, default_cache())), device="cpu")
    texts, questions = _passages(encoder, passages), _questions()

    def plain_passages() -> FloatArray:
        return np.asarray(
            plain.encode(texts, prompt_name="passage", show_progress_bar=False), np.float32
        )

    def plain_questions() -> list[FloatArray]:
        return [np.asarray(plain.encode([text], prompt_name="query")) for text in questions]

    agreement = (encoder.encode_passages(texts) * plain_passages()).sum(axis=1)
    ours, theirs = _alternate(lambda: encoder.encode_passages(texts), plain_passages, repetitions)
    ours_one, theirs_one = _alternate(
        lambda: [encoder.encode_questions([text]) for text in questions],
        plain_questions,
        repetitions,
    )
    return [
        ("passages, brief_qa", len(texts) / ours, "/s"),
        ("passages, sentence-transformers", len(texts) / theirs, "/s"),
        ("passages, ratio (at least 2.5)", theirs / ours, "×"),
        ("one question, brief_qa", 1000 * ours_one / len(questions), "ms"),
        ("one question, sentence-transformers", 1000 * theirs_one / len(questions), "ms"),
        ("one question, ratio (at least 3)", theirs_one / ours_one, "×"),
        ("tokens a passage", statistics.mean(encoder.count_tokens(texts)), ""),
        ("cosine with float32, mean", float(agreement.mean()), ""),
        ("cosine with float32, lowest", float(agreement.min()), ""),
        ("loading, cache warm", loaded, "s"),
    ]


def _alternate(
    ours: Callable[[], object], theirs: Callable[[], object], repetitions: int
) -> tuple[float, float]:
    """Median seconds of each, run in turn; the first turn, which warms up, is left out."""
    seconds: tuple[list[float], list[float]] = ([], [])
    for _ in range(repetitions + 1):
        for call, taken in zip((ours, theirs), seconds, strict=True):
            started = time.perf_counter()
            call()
            taken.append(time.perf_counter() - started)
    return statistics.median(seconds[0][1:]), statistics.median(seconds[1][1:])


def _passages(encoder: Encoder, count: int) -> list[str]:
    """Consecutive pieces of the sample pages, TOKENS long on average (two thirds to four)."""
    pages = sorted(path for kind in ("*.txt", "*.md") for path in SAMPLE.rglob(kind))
    words = " ".join(path.read_text(encoding="utf-8") for path in pages).split()
    per_word = sum(encoder.count_tokens(words)) / len(words)
    lengths = np.random.default_rng(78).uniform(2 / 3, 4 / 3, count) * TOKENS / per_word
    ends = np.cumsum(lengths).astype(int)
    if ends[-1] > len(words):
        words *= int(ends[-1] / len(words)) + 1
    return [" ".join(words[a:b]) for a, b in zip([0, *ends], ends, strict=False)]


def _questions() -> list[str]:
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line)["question"] for line in lines][:20]


def table(rows: Sequence[Row]) -> str:
    """The rows as lines of text."""
    return "\n".join(f"{what:38s} {figure:9.3f} {unit}" for what, figure, unit in rows)


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=96)
    parser.add_argument("--repetitions", type=int, default=5)
    options = parser.parse_args()
    print(table(run(options.passages, options.repetitions)))
