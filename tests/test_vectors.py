"""The vector index against exact search in NumPy: one contract, run on several stores."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_qa.vectors import FloatArray, HalfArray, IdArray, Mask, VectorIndex

DIMENSION = 32


def unit(vectors: np.ndarray) -> HalfArray:
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float16)


def random_vectors(count: int, seed: int = 0, dimension: int = DIMENSION) -> HalfArray:
    return unit(np.random.default_rng(seed).standard_normal((count, dimension)))


def clustered(count: int, dimension: int = 384, seed: int = 1) -> HalfArray:
    """Vectors as e5 gives them: all near one direction, cosines around 0.8."""
    numbers = np.random.default_rng(seed)
    common, topics = numbers.standard_normal(dimension), numbers.standard_normal((60, dimension))
    own = numbers.standard_normal((count, dimension))
    return unit(2 * common + 0.7 * topics[numbers.integers(0, 60, count)] + 0.6 * own)


def exact(
    ids: IdArray, vectors: HalfArray, query: FloatArray, k: int, allowed: Mask
) -> tuple[list[int], FloatArray]:
    """What any store must answer: highest cosine first, equal ones by id."""
    cosines = vectors.astype(np.float32) @ query
    order = [int(row) for row in np.lexsort((ids, -cosines)) if allowed[row]][:k]
    return ids[order].tolist(), cosines[order]


def grown(ids: IdArray, vectors: HalfArray) -> VectorIndex:
    index = VectorIndex(ids[:0], vectors[:0])
    for start in range(0, len(ids), 37):
        index = index.extended(ids[start : start + 37], vectors[start : start + 37])
    return index


def thinned(ids: IdArray, vectors: HalfArray) -> VectorIndex:
    """The same passages, among others that were removed."""
    every = np.sort(np.concatenate([ids, ids + 1]))
    among = np.searchsorted(every, ids)
    mixed = random_vectors(len(every), seed=9, dimension=vectors.shape[1])
    mixed[among] = vectors
    return VectorIndex(every, mixed).without(ids + 1)


STORES = [VectorIndex, grown, thinned]
Build = Callable[[IdArray, HalfArray], VectorIndex]


def even_ids(count: int) -> IdArray:
    return np.arange(count, dtype=np.int64) * 2 + 10


@pytest.mark.parametrize("build", STORES)
@pytest.mark.parametrize("k", [1, 10, 300, 1000])
def test_ids_scores_and_order_are_those_of_exact_search(build: Build, k: int) -> None:
    ids, vectors = even_ids(300), random_vectors(300)
    index = build(ids, vectors)
    for query in random_vectors(20, seed=5).astype(np.float32):
        found, scores = index.search(query, k)
        expected, cosines = exact(ids, vectors, query, k, np.ones(300, bool))
        assert found.tolist() == expected
        np.testing.assert_allclose(scores, cosines, atol=1e-6)


@pytest.mark.parametrize("build", STORES)
def test_removed_passages_are_never_found(build: Build) -> None:
    ids, vectors = even_ids(200), random_vectors(200)
    gone = ids[::3]
    index = build(ids, vectors).without([*gone.tolist(), 999_999])
    keep = ~np.isin(ids, gone)
    assert len(index) == keep.sum()
    for query in vectors[::3][:10].astype(np.float32):  # each would be its own best hit
        found, _ = index.search(query, 200)
        assert found.tolist() == exact(ids, vectors, query, 200, keep)[0]


@pytest.mark.parametrize("build", STORES)
def test_a_mask_leaves_rows_out(build: Build) -> None:
    ids, vectors = even_ids(200), random_vectors(200)
    index = build(ids, vectors)
    chosen = np.random.default_rng(2).random(200) < 0.2
    allowed = np.isin(index.ids, ids[chosen])
    for query in random_vectors(10, seed=6).astype(np.float32):
        found, _ = index.search(query, 30, allowed)
        assert found.tolist() == exact(ids, vectors, query, 30, chosen)[0]
    nothing, scores = index.search(vectors[0].astype(np.float32), 5, np.zeros(len(allowed), bool))
    assert len(nothing) == len(scores) == 0


@pytest.mark.parametrize("build", STORES)
def test_equal_cosines_are_ordered_by_id(build: Build) -> None:
    vectors = np.repeat(random_vectors(5), 20, axis=0)
    ids = even_ids(100)
    found, scores = build(ids, vectors).search(vectors[0].astype(np.float32), 20)
    assert found.tolist() == ids[:20].tolist()
    assert len(set(scores.tolist())) == 1


@pytest.mark.parametrize("k", [0, -1])
def test_nothing_is_asked(k: int) -> None:
    found, scores = VectorIndex(even_ids(3), random_vectors(3)).search(
        random_vectors(1)[0].astype(np.float32), k
    )
    assert len(found) == len(scores) == 0


def test_an_empty_index_answers_with_nothing() -> None:
    index = VectorIndex(even_ids(0), random_vectors(0))
    query = random_vectors(1)[0].astype(np.float32)
    assert len(index) == index.dead == 0
    assert [len(part) for part in index.search(query, 5)] == [0, 0]
    assert index.rows(np.array([1, 2])).tolist() == [-1, -1]
    assert index.without([1]) is index


def test_an_index_emptied_by_removals_answers_with_nothing() -> None:
    index = VectorIndex(even_ids(3), random_vectors(3)).without([10, 12, 14])
    assert (len(index), index.dead) == (0, 3)
    assert [len(part) for part in index.search(random_vectors(1)[0].astype(np.float32), 5)] == [
        0,
        0,
    ]


def test_growing_and_thinning_leave_the_old_index_as_it_was() -> None:
    ids, vectors = even_ids(50), random_vectors(50)
    old = VectorIndex(ids, vectors)
    query = vectors[7].astype(np.float32)
    before = [part.tolist() for part in old.search(query, 60)]
    new = old.extended(ids + 1000, random_vectors(50, seed=3)).without(ids[:40].tolist())
    assert [part.tolist() for part in old.search(query, 60)] == before
    assert (len(old), len(new), new.dead) == (50, 60, 40)


def test_two_that_grow_from_one_do_not_meet() -> None:
    ids, vectors = even_ids(100), random_vectors(100)
    trunk = VectorIndex(ids[:80], vectors[:80]).extended(ids[80:], vectors[80:])
    query = random_vectors(1, seed=8)[0].astype(np.float32)
    branches = []
    for seed in (11, 12, 13):
        more = random_vectors(5, seed=seed)
        branches.append(
            (trunk.extended(even_ids(105)[100:], more), np.concatenate([vectors, more]))
        )
    for branch, its_vectors in branches:
        found, _ = branch.search(query, 105)
        assert found.tolist() == exact(
            even_ids(105), its_vectors, query, 105, np.ones(105, bool)
        )[0]  # fmt: skip


def test_rows_know_the_living_alone() -> None:
    index = VectorIndex(even_ids(4), random_vectors(4)).without([12])
    assert index.rows(np.array([10, 11, 12, 16, 17, 0])).tolist() == [0, -1, -1, 3, -1, -1]


def test_the_ten_best_are_exact_when_every_cosine_is_near() -> None:
    vectors, queries = np.split(clustered(20_050), [20_000])
    ids = even_ids(len(vectors))
    index = VectorIndex(ids, vectors)
    cosines = vectors[:500].astype(np.float32) @ queries[0].astype(np.float32)
    assert cosines.mean() > 0.75  # the case this test is about
    everything = np.ones(len(ids), bool)
    for query in queries.astype(np.float32):
        found, scores = index.search(query, 10)
        expected, best = exact(ids, vectors, query, 10, everything)
        assert found.tolist() == expected
        np.testing.assert_allclose(scores, best, atol=1e-6)


def test_components_larger_than_the_codes_hold_still_rank_exactly() -> None:
    spikes = np.random.default_rng(4).standard_normal((500, 8)) ** 3
    vectors = unit(spikes)
    assert np.abs(vectors).max() > 0.9
    ids = even_ids(500)
    index = VectorIndex(ids, vectors)
    for query in vectors[:50].astype(np.float32):
        found, _ = index.search(query, 5)
        assert found.tolist() == exact(ids, vectors, query, 5, np.ones(500, bool))[0]


@settings(max_examples=60)
@given(st.data())
def test_any_sequence_of_steps_equals_exact_search_on_what_is_left(data: st.DataObject) -> None:
    numbers = np.random.default_rng(data.draw(st.integers(0, 2**32 - 1)))
    index = VectorIndex(even_ids(0), random_vectors(0))
    ids, vectors, alive = even_ids(0), random_vectors(0), np.zeros(0, bool)
    for _ in range(data.draw(st.integers(1, 6))):
        count = data.draw(st.integers(0, 30))
        first = int(ids[-1]) + 1 if len(ids) else 1
        more = np.cumsum(numbers.integers(1, 4, count)) + first
        added = unit(numbers.standard_normal((count, DIMENSION)))
        index = index.extended(more, added)
        ids, vectors = np.concatenate([ids, more]), np.concatenate([vectors, added])
        alive = np.concatenate([alive, np.ones(count, bool)])
        gone = numbers.random(len(ids)) < 0.3
        index = index.without(ids[gone].tolist())
        alive &= ~gone
        query = numbers.standard_normal(DIMENSION).astype(np.float32)
        query /= np.linalg.norm(query)
        k = data.draw(st.integers(1, 200))
        found, _ = index.search(query, k)
        assert found.tolist() == exact(ids, vectors, query, k, alive)[0]
    assert len(index) == alive.sum()
