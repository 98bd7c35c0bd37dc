"""Texts to vectors: any sentence-transformers model by name, quick on a plain processor.

    name ──► sentence-transformers folder ──► 8-bit ONNX graph, kept in the cache ──► vectors

``brief_qa.models`` finds and prepares the model, without ever asking the network.
Architectures that ``brief_qa.graph`` does not cover run in PyTorch, as they are.

With a warm cache only numpy, tokenizers and onnxruntime are imported.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from .batches import in_batches, padded, processors
from .errors import EncoderError
from .models import DEFAULT_MODEL, Manifest, default_cache, open_model, sentence_transformer

if TYPE_CHECKING:
    from tokenizers import Tokenizer

__all__ = ["DEFAULT_MODEL", "Encoder", "default_cache"]

FloatArray = NDArray[np.float32]
Progress = Callable[[int], None]


class _Engine(Protocol):
    """Vectors of unit length for texts that already carry their prefix."""

    def encode(self, texts: list[str], progress: Progress | None) -> FloatArray: ...


class Encoder:
    """A loaded model. Its methods may be called from several threads at once."""

    def __init__(
        self, name: str, manifest: Manifest, engine: _Engine, tokenizer: Tokenizer
    ) -> None:
        self.name = name
        self.dimension = manifest.dimension
        self.max_tokens = manifest.max_tokens
        """Longest input, special tokens and prefix included; the rest is cut."""
        self.fingerprint = manifest.fingerprint
        """Equal on two machines if and only if vectors may be compared."""
        self._manifest = manifest
        self._engine = engine
        self._tokenizer = tokenizer

    @classmethod
    def load(
        cls,
        name: str = DEFAULT_MODEL,
        *,
        cache: Path | None = None,
        threads: int | None = None,
    ) -> Self:
        """Load a model, preparing it first when the cache does not hold it.

        ``name`` is a sentence-transformers folder or the name of a model of the local
        Hugging Face cache; ``threads`` is None for all the processors of this process.
        Raises EncoderError when the model is not on this machine or cannot be run.
        """
        model = open_model(name, cache or default_cache())
        engine: _Engine
        if model.graph:
            engine = _GraphEngine(model.graph, model.tokenizer, model.manifest, threads)
        else:
            engine = _TorchEngine(model.folder)
        return cls(name, model.manifest, engine, model.tokenizer)

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of questions: (texts, dimension) float32, each of unit length."""
        prefix = self._manifest.question_prefix
        return self._encode([prefix + text for text in texts], None)

    def encode_passages(
        self, texts: Sequence[str], *, progress: Progress | None = None
    ) -> FloatArray:
        """Vectors of passages, as above; ``progress`` gets the number done so far."""
        prefix = self._manifest.passage_prefix
        return self._encode([prefix + text for text in texts], progress)

    def _encode(self, texts: list[str], progress: Progress | None) -> FloatArray:
        if not texts:
            return np.zeros((0, self.dimension), np.float32)
        return self._engine.encode(texts, progress)

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, without prefix or special tokens, nothing cut."""
        found = self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        return [len(encoding.ids) for encoding in found]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Character spans of the tokens in ``text``: within it, never going back."""
        offsets = self._tokenizer.encode(text, add_special_tokens=False).offsets
        spans, start = [], 0
        for first, last in offsets:
            start = max(start, first)
            spans.append((start, max(start, last)))
        return spans


class _GraphEngine:
    """The 8-bit graph under onnxruntime, in two ways of using the processors.

    One batch is shared between them: that is quickest for a question. Several batches go
    one to a processor, with no waiting for each other at each of the graph's 500 steps:
    on a busy machine that is twice as quick. The second way's session takes 150 MB, and
    is made when first needed.
    """

    def __init__(
        self, path: Path, tokenizer: Tokenizer, manifest: Manifest, threads: int | None
    ) -> None:
        self._path = path
        self._threads = threads or processors()
        self._shared = self._open(self._threads)
        self._single: Any = self._shared if self._threads == 1 else None
        self._opening = threading.Lock()
        self._tokenizer = tokenizer
        self._max_tokens = manifest.max_tokens
        self._dimension = manifest.dimension

    def _open(self, threads: int) -> Any:
        from .graph import open_session

        try:
            return open_session(str(self._path), threads)
        except Exception as error:  # onnxruntime's errors share no public class
            raise EncoderError(
                f"Le modèle préparé {self._path} ne se charge pas : {error}. "
                f"Supprimez le dossier {self._path.parent} : il sera refait."
            ) from error

    def encode(self, texts: list[str], progress: Progress | None) -> FloatArray:
        ids = [self._cut(encoding.ids) for encoding in self._tokenizer.encode_batch_fast(texts)]
        batches = in_batches([len(text) for text in ids])
        inputs = ([ids[number] for number in batch] for batch in batches)
        if len(batches) == 1:
            return self._fill(batches, map(partial(_run, self._shared), inputs), progress)
        with self._opening:
            self._single = self._single or self._open(1)
        with ThreadPoolExecutor(self._threads) as pool:
            try:
                return self._fill(batches, pool.map(partial(_run, self._single), inputs), progress)
            except BaseException:  # Ctrl-C above all: do not compute the rest first
                pool.shutdown(wait=False, cancel_futures=True)
                raise

    def _fill(
        self,
        batches: list[list[int]],
        results: Iterable[FloatArray],
        progress: Progress | None,
    ) -> FloatArray:
        """Each batch's vectors at their texts' places."""
        vectors = np.empty((sum(map(len, batches)), self._dimension), np.float32)
        done = 0
        for batch, found in zip(batches, results, strict=True):
            vectors[batch] = found
            done += len(batch)
            if progress:
                progress(done)
        return vectors

    def _cut(self, ids: list[int]) -> list[int]:
        """At most ``max_tokens``, the closing token kept."""
        return ids if len(ids) <= self._max_tokens else ids[: self._max_tokens - 1] + ids[-1:]


def _run(session: Any, texts: list[list[int]]) -> FloatArray:
    vectors: FloatArray = session.run(["vectors"], padded(texts))[0]
    return vectors


class _TorchEngine:
    """A sentence-transformers model as it is, in PyTorch."""

    def __init__(self, folder: Path) -> None:
        self._model = sentence_transformer(folder)

    def encode(self, texts: list[str], progress: Progress | None) -> FloatArray:
        vectors = np.empty((len(texts), self._model.get_embedding_dimension()), np.float32)
        order = sorted(range(len(texts)), key=lambda number: -len(texts[number]))
        for start in range(0, len(order), 32):
            batch = order[start : start + 32]
            vectors[batch] = self._model.encode(
                [texts[number] for number in batch],
                prompt="",  # the prefix is already there
                normalize_embeddings=True,
                show_progress_bar=False,
            )
            if progress:
                progress(start + len(batch))
        return vectors
