"""Stand-ins for what is heavy: small, deterministic, and real enough to rank by."""

from __future__ import annotations

import re
import sys
import unicodedata
import zlib
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from Stemmer import Stemmer

if TYPE_CHECKING:
    import pytest

FloatArray = NDArray[np.float32]

_WORD = re.compile(r"\w+")


class FakeEncoder:
    """An encoder whose vectors are hashed bags of French stems: same words, near vectors.

    A token is a word, so lengths and offsets are exact and easy to reckon by hand.
    """

    name = "fake"
    dimension = 64
    max_tokens = 64
    fingerprint = "fake-1"

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """Vectors of questions: (texts, 64) float32, each of unit length."""
        return self._encode(texts)

    def encode_passages(
        self, texts: Sequence[str], *, progress: Callable[[int], None] | None = None
    ) -> FloatArray:
        """Vectors of passages; ``progress`` gets the number done so far."""
        vectors = self._encode(texts)
        if progress and texts:
            progress(len(texts))
        return vectors

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Words of each text."""
        return [len(_WORD.findall(text)) for text in texts]

    def token_offsets(self, text: str) -> list[tuple[int, int]]:
        """Spans of the words."""
        return [found.span() for found in _WORD.finditer(text)]

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        vectors = np.zeros((len(texts), self.dimension), np.float32)
        stemmer = Stemmer("french")
        for row, text in enumerate(texts):
            words = _WORD.findall(text.lower())[: self.max_tokens]
            for stem in stemmer.stemWords(words):
                code = zlib.crc32(_fold(stem).encode())
                vectors[row, code % self.dimension] += 1 if code & 64 else -1
            if not vectors[row].any():
                vectors[row, 0] = 1
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        return vectors


def _fold(word: str) -> str:
    """Without accents."""
    return "".join(
        letter for letter in unicodedata.normalize("NFD", word) if not unicodedata.combining(letter)
    )


def hide(package: str, patch: pytest.MonkeyPatch) -> None:
    """Have a package, and the module of ours that needs it, be imported anew, and be missing."""

    class Missing:
        def find_spec(self, name: str, *_: object) -> None:
            if name == package:
                raise ModuleNotFoundError(f"No module named {name!r}", name=name)

    for name in list(sys.modules):
        if name.partition(".")[0] == package or name.startswith("brief_qa.integrations."):
            patch.delitem(sys.modules, name)
    patch.setattr(sys, "meta_path", [Missing(), *sys.meta_path])
