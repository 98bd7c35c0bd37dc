"""Vectors: exact nearest passages by cosine, over FAISS, and safe to read while it grows.

A VectorIndex never changes: :meth:`VectorIndex.extended` and :meth:`VectorIndex.without`
give a new one that shares what it can. So a search that began on the old one ends on it,
and no lock is needed (FAISS's own ``add`` and ``remove_ids`` are not safe beside a search).
Sharing makes growing cheap: vectors stand in one array with room at its end, codes in a few
FAISS indexes, each at least twice the size of the next, so that a row is seldom copied.

FAISS scans 8-bit codes, scaled by dimension (a few times faster than float32), then the best
candidates are scored again from the 16-bit vectors, so that scores are exact, and the ten best
are those of exact search even where all cosines are near (tests/test_vectors.py). FAISS's −1
for "nothing found" does not leave this module.
"""

from __future__ import annotations

import copy
import threading
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import faiss
import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float32]
HalfArray = npt.NDArray[np.float16]
IdArray = npt.NDArray[np.int64]
Mask = npt.NDArray[np.bool_]

_REACH = 5.0
"""The codes of a component reach this many times its root mean square; what lies beyond is
cut in the scan and exact in the second scoring."""
_REFIT = 4
"""The scale of the codes is fitted anew each time the index has grown this many times."""
_RESCORED_MORE = 32
_ROWS_AT_ONCE = 8192
_SAMPLE = 2000
_ROOM = 8
"""When the array of vectors must grow, it gets an eighth more than it needs."""


class VectorIndex:
    """Passage ids, in growing order, and their unit vectors."""

    def __init__(self, ids: IdArray, vectors: HalfArray) -> None:
        """``ids`` (n,) strictly growing; ``vectors`` (n, dimension), unit length."""
        self._ids = ids
        self._rows = _Rows(vectors, len(vectors))
        self._alive: Mask = np.ones(len(ids), dtype=bool)
        self._living: int | None = len(ids)
        """Counted when it is first asked for: a count takes 0.1 ms of 100,000 rows."""
        self._sample: FloatArray | None = None
        self._fitted = len(ids)
        self._step = _step(vectors)
        self._parts = (self._coded(vectors),)

    def __len__(self) -> int:
        if self._living is None:
            self._living = int(np.count_nonzero(self._alive))  # ten times as fast as a sum
        return self._living

    @property
    def ids(self) -> IdArray:
        """The ids of the rows, dead ones included, in growing order."""
        return self._ids

    @property
    def dead(self) -> int:
        """Rows that :meth:`without` left behind."""
        return len(self._ids) - len(self)

    def extended(self, ids: IdArray, vectors: HalfArray) -> VectorIndex:
        """This index and more passages; their ids must be greater than all it has."""
        if len(ids) == 0:
            return self
        grown = self._shallow_copy()
        grown._ids = np.concatenate([self._ids, ids])
        grown._alive = np.concatenate([self._alive, np.ones(len(ids), dtype=bool)])
        grown._living = None
        grown._rows = self._rows.extended(vectors)
        if len(grown._ids) > _REFIT * self._fitted:
            grown._fitted = len(grown._ids)
            grown._step = _step(grown._vectors)
            grown._parts = (grown._coded(grown._vectors),)
        else:
            grown._parts = _merged((*self._parts, self._coded(vectors)))
        return grown

    def without(self, ids: Iterable[int]) -> VectorIndex:
        """This index less some passages; unknown ids are no error."""
        rows = self.rows(np.fromiter(ids, dtype=np.int64))
        rows = rows[rows >= 0]
        if len(rows) == 0:
            return self
        smaller = self._shallow_copy()
        smaller._alive = self._alive.copy()
        smaller._alive[rows] = False
        smaller._living = None
        return smaller

    @property
    def _vectors(self) -> HalfArray:
        return self._rows.array[: self._rows.count]

    def _coded(self, vectors: HalfArray) -> Any:
        codes: Any = faiss.IndexScalarQuantizer(
            vectors.shape[1],
            faiss.ScalarQuantizer.QT_8bit_direct_signed,
            faiss.METRIC_INNER_PRODUCT,
        )
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            some = vectors[start : start + _ROWS_AT_ONCE].astype(np.float32)
            codes.add(np.clip(np.rint(some / self._step), -127, 127))
        return codes

    def _question_codes(self, query: FloatArray) -> FloatArray:
        """(1, dimension): FAISS rounds questions to 8 bits too, so all of them are used."""
        scaled = query * self._step
        widest = max(float(np.abs(scaled).max()), 1e-30)
        return np.asarray(np.rint(scaled * (127 / widest))[None, :], dtype=np.float32)

    def _shallow_copy(self) -> VectorIndex:
        twin = copy.copy(self)
        twin._sample = None
        return twin

    def alive(self, rows: Mask) -> Mask:
        """The mask (n,) less the rows that :meth:`without` left behind."""
        return np.asarray(self._alive & rows)

    def mean(self, rows: npt.NDArray[np.intp]) -> FloatArray:
        """The unit vector (dimension,) in the midst of those of some rows."""
        total = self._vectors[rows].astype(np.float32).sum(axis=0)
        return np.asarray(total / max(float(np.linalg.norm(total)), 1e-12), np.float32)

    def rows(self, ids: IdArray) -> npt.NDArray[np.intp]:
        """The row of each id, −1 for the unknown and the dead."""
        if len(self._ids) == 0:
            return np.full(len(ids), -1)
        rows = np.minimum(np.searchsorted(self._ids, ids), len(self._ids) - 1)
        known = (self._ids[rows] == ids) & self._alive[rows]
        return np.where(known, rows, -1)

    def scores(self, query: FloatArray, rows: npt.NDArray[np.intp]) -> FloatArray:
        """Cosine of ``query`` (dimension,) with each of these rows."""
        return _cosines(self._vectors[rows].astype(np.float32), query)

    def search(
        self, query: FloatArray, k: int, allowed: Mask | None = None
    ) -> tuple[IdArray, FloatArray]:
        """The ``k`` nearest passages to ``query`` (dimension,): ids and cosines, best first.

        ``allowed`` (n,) leaves out the rows where it is False. Fewer than ``k`` come back
        when there are fewer. Equal cosines are ordered by id.
        """
        everything = allowed is None and len(self) == len(self._alive)
        mask = self._alive if allowed is None else self._alive & allowed
        found = len(self) if allowed is None else int(np.count_nonzero(mask))
        if found == 0 or k < 1:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        rows = self._near(query, min(found, k + _RESCORED_MORE), None if everything else mask)
        cosines = self.scores(query, rows)
        best = np.lexsort((rows, -cosines))[:k]
        return self._ids[rows[best]], cosines[best]

    def _near(self, query: FloatArray, depth: int, mask: Mask | None) -> npt.NDArray[np.intp]:
        """The rows with the highest products of codes, among those that a mask allows."""
        codes, first = self._question_codes(query), 0
        products, rows = [], []
        for part in self._parts:
            count, parameters = min(depth, part.ntotal), None
            if mask is not None:
                allowed = mask[first : first + part.ntotal]
                count = min(depth, int(np.count_nonzero(allowed)))
                parameters = _only(np.packbits(allowed, bitorder="little"))
            if count:
                with _one_processor():
                    near, places = part.search(codes, count, params=parameters)
                there = places[0] >= 0
                products.append(near[0][there])
                rows.append(places[0][there] + first)
            first += part.ntotal
        best = np.argsort(-np.concatenate(products), kind="stable")[:depth]
        return np.asarray(np.concatenate(rows)[best], dtype=np.intp)

    def centre_and_spread(self, query: FloatArray) -> tuple[float, float]:
        """Mean and standard deviation of the query's cosine with a sample of the passages."""
        if self._sample is None:
            step = max(1, len(self) // _SAMPLE)
            rows = np.flatnonzero(self._alive)[::step]
            self._sample = self._vectors[rows].astype(np.float32)
        cosines = _cosines(self._sample, query)
        return float(cosines.mean()), float(cosines.std())


class _Rows:
    """The first ``count`` rows of an array that may have room for more, shared by its users."""

    def __init__(self, array: HalfArray, count: int) -> None:
        self.array = array
        self.count = count
        self._taken = [count]
        """Rows of the array in use by anyone: held once for all that share it."""
        self._growing = threading.Lock()

    def extended(self, more: HalfArray) -> _Rows:
        """These rows and more: in place when there is room and nobody has taken it."""
        count = self.count + len(more)
        with self._growing:
            if self._taken[0] == self.count and count <= len(self.array):
                self.array[self.count : count] = more
                self._taken[0] = count
                longer = copy.copy(self)
                longer.count = count
                return longer
        array = np.empty((count + count // _ROOM, more.shape[1]), np.float16)
        array[: self.count] = self.array[: self.count]
        array[self.count : count] = more
        return _Rows(array, count)


@contextmanager
def _one_processor() -> Iterator[None]:
    """One question gains nothing from more; whatever else this thread computes may.

    FAISS shares its setting with PyTorch, where both are loaded.
    """
    before = faiss.omp_get_max_threads()
    faiss.omp_set_num_threads(1)
    try:
        yield
    finally:
        faiss.omp_set_num_threads(before)


def _merged(parts: tuple[Any, ...]) -> tuple[Any, ...]:
    """The same rows in fewer parts, each at least twice the size of the next."""
    while len(parts) > 1 and parts[-2].ntotal < 2 * parts[-1].ntotal:
        both = faiss.clone_index(parts[-2])
        both.merge_from(faiss.clone_index(parts[-1]))  # it empties what it is given
        parts = (*parts[:-2], both)
    return parts


def _cosines(vectors: FloatArray, query: FloatArray) -> FloatArray:
    """Not ``@``: so small a product costs less than waking the threads that would share it."""
    return np.asarray(np.einsum("ij,j->i", vectors, query), dtype=np.float32)


def _only(bits: npt.NDArray[np.uint8]) -> Any:
    """Search parameters that let FAISS see only the rows whose bit is set."""
    untyped: Any = faiss  # its stubs describe the C++ constructors, not Python's
    return untyped.SearchParameters(sel=untyped.IDSelectorBitmap(bits))


def _step(vectors: HalfArray) -> FloatArray:
    """What one step of the codes is worth in each dimension, for vectors like these."""
    squares = np.zeros(vectors.shape[1], np.float64)
    for start in range(0, len(vectors), _ROWS_AT_ONCE):
        squares += np.square(vectors[start : start + _ROWS_AT_ONCE].astype(np.float32)).sum(axis=0)
    typical = np.sqrt(squares / max(1, len(vectors)))
    return np.asarray(np.maximum(typical, 1e-4) * _REACH / 127, dtype=np.float32)
