"""The trained reader: where in a passage the answer to a question is, and whether it is there.

    question, title, passage ──► tokens ──► 8-bit graph ──► relevance, spans

Its weights are a file of this package (``weights/reader.safetensors``, its card beside it); its
table of words is the default encoder's, which every installation has. ``training/`` made it.
"""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import NDArray

from . import graph
from .batches import in_batches, padded, processors
from .errors import EncoderError
from .french import stems
from .models import (
    DEFAULT_MODEL,
    default_cache,
    model_folder,
    open_tokenizer,
    read_state,
    write_once,
)

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FloatArray = NDArray[np.float32]

WEIGHTS = Path(__file__).parent / "weights" / "reader.safetensors"
CARD = WEIGHTS.with_suffix(".json")
"""What the reader was made from, what it scores, and the SHA-256 of its weights."""

MAX_TOKENS = 320
"""Of a question with a passage and its title; the passage's end is cut."""
_MAX_QUESTION_TOKENS = 64
_MAX_TITLE = 200
LAYOUT = graph.Layout(layers=12, heads=12, epsilon=1e-12, first_position=0, output="reader")
_CANDIDATES = 20
"""Spans among which some may say the same: with them, exact match of the first reader
was 0.460 rather than 0.449 on PIAF dev, 0.413 rather than 0.403 on AfriQA."""
_ECHO, _WHOLE_ECHO = 1.0, 2.0
"""How much less likely a span is whose words the question says, by their share, and when it says
all of them: F1 0.585 → 0.590 where it was chosen, on the questions left out, and 0.632 → 0.634 on
PIAF dev, 0.584 → 0.588 on AfriQA. Of their 2,216 questions 12 are answered by their own words."""
_LONGEST = 32
"""Tokens of an answer: 98 of 100 answers of PIAF's training questions have no more."""


@dataclass(frozen=True, slots=True)
class Paired:
    """A question with a passage, in tokens."""

    ids: list[int]
    spans: list[tuple[int, int]]
    """By token, its characters in the passage; (0, 0) outside the passage."""
    text: str
    """The passage."""


def paired(tokenizer: Tokenizer, question: str, title: str, text: str) -> Paired:
    """``<s> question </s></s> title, passage </s>``, as the reader was trained on."""
    head = f"{title[:_MAX_TITLE]}\n" if title else ""
    asked = tokenizer.encode(question).ids
    if len(asked) > _MAX_QUESTION_TOKENS:
        asked = [*asked[: _MAX_QUESTION_TOKENS - 1], asked[-1]]
    read = tokenizer.encode(head + text)
    closing = read.ids[-1]
    ids = [*asked, closing, *read.ids[1:]]
    spans = [(0, 0)] * (len(asked) + 1)
    spans += [
        _trimmed(text, start - len(head), end - len(head)) for start, end in read.offsets[1:-1]
    ]
    spans.append((0, 0))
    if len(ids) > MAX_TOKENS:
        ids, spans = [*ids[: MAX_TOKENS - 1], closing], [*spans[: MAX_TOKENS - 1], (0, 0)]
    return Paired(ids, spans, text)


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    """A token's characters without the space before them; (0, 0) for one outside the text."""
    start = max(0, start)
    while start < end and text[start].isspace():
        start += 1
    return (start, end) if start < end else (0, 0)


@dataclass(frozen=True, slots=True)
class Span:
    """A piece of a passage that may answer: its characters there."""

    start: int
    end: int
    likelihood: float
    """Natural logarithm of the probability that the answer is in these words, given that the
    passage holds it."""


@dataclass(frozen=True, slots=True)
class Reading:
    """What the reader makes of one passage."""

    text: str
    """The passage."""
    relevance: float
    """Log-odds that it answers the question, before calibration."""
    tokens: NDArray[np.int64]
    """(tokens, 2): characters in the passage."""
    starts: FloatArray
    ends: FloatArray
    """(tokens,): log-probabilities of beginning and of ending there."""
    said: frozenset[str] = frozenset()
    """The question's words, as stems."""

    def best(self, start: int, end: int) -> Span | None:
        """The likeliest answer between two characters of the passage, None when none is read.

        Spans that say the same words ("le 12 mars", "12 mars") stand for one answer: the likeliest
        of these is told, with the likelihood of all. What the question says itself is less likely.
        """
        inside = (self.tokens[:, 0] < end) & (self.tokens[:, 1] > start)
        places = np.flatnonzero(inside)
        if not len(places):
            return None
        both = self.starts[places, None] + self.ends[None, places]
        both[np.tril_indices(len(places), -1)] = -np.inf
        both[np.triu_indices(len(places), _LONGEST)] = -np.inf
        answers: dict[tuple[str, ...], list[Span]] = {}
        for place in np.argsort(-both, axis=None)[:_CANDIDATES]:
            first, last = np.unravel_index(int(place), both.shape)
            if both[first, last] > -np.inf:
                at = max(start, int(self.tokens[places[first], 0]))
                to = min(end, int(self.tokens[places[last], 1]))
                span = Span(at, to, float(both[first, last]))
                answers.setdefault(tuple(stems(self.text[at:to])), []).append(span)
        told = {
            words: np.logaddexp.reduce([s.likelihood for s in some]) - self._echo(words)
            for words, some in answers.items()
        }
        best = max(told, key=lambda words: told[words])
        return replace(answers[best][0], likelihood=float(told[best]))

    def _echo(self, words: Sequence[str]) -> float:
        if not words:
            return 0.0
        share = sum(word in self.said for word in words) / len(words)
        return _ECHO * share + _WHOLE_ECHO * (share == 1)


class Reader:
    """A loaded reader. Its methods may be called from several threads at once."""

    def __init__(self, session: Any, tokenizer: Tokenizer, threads: int) -> None:
        """Use :meth:`load`."""
        self._session = session
        self._tokenizer = tokenizer
        self._threads = threads

    @classmethod
    def load(cls, *, folder: Path | None = None, threads: int | None = None) -> Self:
        """Load the package's reader, preparing its graph in the cache when it is not there.

        ``folder`` is the cache. Raises EncoderError when that cannot be done.
        """
        folder = folder or default_cache()
        try:
            encoder = model_folder(DEFAULT_MODEL, folder)
            path = _prepared(encoder, folder) / "graph.onnx"
            session = graph.open_session(str(path), threads=1)
        except EncoderError:
            raise
        except Exception as error:  # onnxruntime's and safetensors' errors share no public class
            raise EncoderError(
                f"Le lecteur {WEIGHTS} ne se charge pas : {error}. Réinstallez brief_qa, ou "
                f"supprimez {folder / 'graphs'} : les graphes seront refaits."
            ) from error
        return cls(session, open_tokenizer(encoder), threads or processors())

    def read(self, question: str, passages: Sequence[tuple[str, str]]) -> list[Reading]:
        """One reading for each (title, text), in order."""
        pairs = [paired(self._tokenizer, question, *passage) for passage in passages]
        said = frozenset(stems(question))
        parts = in_batches([len(pair.ids) for pair in pairs])
        readings: dict[int, Reading] = {}
        with ThreadPoolExecutor(self._threads) as pool:
            run = pool.map(lambda part: self._run([pairs[number] for number in part], said), parts)
            for part, found in zip(parts, run, strict=True):
                readings.update(zip(part, found, strict=True))
        return [readings[number] for number in range(len(pairs))]

    def _run(self, pairs: Sequence[Paired], said: frozenset[str]) -> list[Reading]:
        inputs = padded([pair.ids for pair in pairs])
        spans, relevance = self._session.run(["spans", "relevance"], inputs)
        return [
            _reading(pair, spans[row], float(relevance[row]), said)
            for row, pair in enumerate(pairs)
        ]


def _reading(pair: Paired, logits: FloatArray, relevance: float, said: frozenset[str]) -> Reading:
    characters = np.array(pair.spans, np.int64)
    inside = characters[:, 0] < characters[:, 1]
    read = logits[: len(pair.ids)][inside]
    if len(read):
        top = read.max(axis=0)
        read = read - top - np.log(np.exp(read - top).sum(axis=0))
    return Reading(pair.text, relevance, characters[inside], read[:, 0], read[:, 1], said)


_loading = threading.Lock()


def shared_reader() -> Reader:
    """The reader that all archives of this process share; loaded at first use, once."""
    with _loading:
        return _loaded()


@cache
def _loaded() -> Reader:
    return Reader.load()


# -- the file ------------------------------------------------------------------------------


def damage() -> str | None:
    """What is wrong with the package's weights, in French; None when they are as made."""
    try:
        recorded = json.loads(CARD.read_text(encoding="utf-8"))["sha256"]
        found = digest()
    except (OSError, ValueError, KeyError) as error:
        return f"{WEIGHTS.name} ou {CARD.name} est illisible : {error}"
    return None if found == recorded else f"{WEIGHTS.name} n'est pas celui qui a été publié"


@cache
def digest() -> str:
    """SHA-256 of the package's weights, in hexadecimal."""
    with WEIGHTS.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _prepared(encoder: Path, folder: Path) -> Path:
    """The folder of the cache with the reader's graph, made if absent."""
    key = f"reader-{digest()[:12]}-{encoder.name.rsplit('-', 1)[-1]}-r{graph.RECIPE}"
    return write_once(folder / "graphs" / key, lambda place: _write_graph(encoder, place))


def _write_graph(encoder: Path, place: Path) -> None:
    from safetensors.numpy import load_file

    read = load_file(WEIGHTS)
    table = read_state(encoder)
    state = {name: value for name, value in table.items() if name.startswith("embeddings.")}
    products = {
        name.removesuffix(".weights"): graph.Product(
            value,
            read[f"{name.removesuffix('.weights')}.scales"],
            read.get(f"{name.removesuffix('.weights')}.factors"),
        )
        for name, value in read.items()
        if name.endswith(".weights")
    }
    content = graph.rounded(state | read, LAYOUT, products)
    (place / "graph.onnx").write_bytes(content)
