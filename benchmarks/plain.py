"""The plain way: sentence-transformers in float32 on PyTorch, and an IndexFlatIP in float32."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import faiss
import numpy as np
from numpy.typing import NDArray

from brief_qa.encoder import DEFAULT_MODEL, default_cache
from brief_qa.models import model_folder

FloatArray = NDArray[np.float32]
_VECTORS = "plain.npy"


class Plain:
    """The default model as sentence-transformers runs it, on every processor."""

    def __init__(self) -> None:
        from sentence_transformers import SentenceTransformer

        folder = model_folder(DEFAULT_MODEL, default_cache())
        self._model: Any = SentenceTransformer(str(folder), device="cpu")

    def encode_questions(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), unit length."""
        return self._encode(texts, "query")

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), unit length."""
        return self._encode(texts, "passage")

    def _encode(self, texts: Sequence[str], prompt: str) -> FloatArray:
        # FAISS and PyTorch share one OpenMP, and a search of ours in this thread sets it to 1.
        faiss.omp_set_num_threads(len(os.sched_getaffinity(0)))
        vectors = self._model.encode(list(texts), prompt_name=prompt, show_progress_bar=False)
        return np.asarray(vectors, np.float32)


def write_vectors(folder: Path) -> None:
    """Beside the catalog of an index, its vectors as float32."""
    from brief_qa.index import Index  # here, so that the plain way does not import it

    index = Index(folder)
    with index.reading() as (view, _):
        rows = view.passages_since(0, int(view.fact("dimension") or 0))
    index.close()
    np.save(folder / _VECTORS, rows.vectors.astype(np.float32))


def read_flat(folder: Path) -> faiss.IndexFlatIP:
    """Those vectors, searchable."""
    vectors = np.load(folder / _VECTORS)
    flat = faiss.IndexFlatIP(vectors.shape[1])
    flat.add(vectors)
    return flat


def scan(flat: faiss.IndexFlatIP, vector: FloatArray, k: int) -> None:
    """Search it with one question, on one processor: more of them only wait for each other."""
    faiss.omp_set_num_threads(1)
    flat.search(vector, k)
