"""Search: candidates from vectors and from terms, on one scale, added.

Both legs propose passages. A candidate's cosine is told in standard deviations above the mean
cosine of this question with the archive; its terms score is the share of the question's
information that it holds, in [0, 1]. So both say how much a passage stands out for this
question, neither depends on who else is a candidate, and they can be added.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from brief_qa.domain import Article, Hit, Passage, ScoreParts
from brief_qa.facets import FacetRows, Filters
from brief_qa.french import Term, analyse, stems
from brief_qa.terms import TermIndex
from brief_qa.vectors import FloatArray, VectorIndex

CANDIDATES = 200
"""Passages asked of each leg."""
TERMS_WEIGHT = 6.4
"""Standard deviations of cosine that holding all of the question's words is worth. Swept on
PIAF train; see docs/experiments.md, "Fusion"."""

_beside = ThreadPoolExecutor(thread_name_prefix="brief_qa-search")
"""Its threads start when they are first needed, and do not outlive a fork."""


def _begin_anew() -> None:
    global _beside
    _beside = ThreadPoolExecutor(thread_name_prefix="brief_qa-search")


os.register_at_fork(after_in_child=_begin_anew)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages under consideration for one question, as columns of equal length."""

    ids: npt.NDArray[np.int64]
    dense: FloatArray
    terms: FloatArray
    centre: float
    """Mean cosine of the question with the archive."""
    spread: float
    """Standard deviation of that."""


def candidates(
    vector: FloatArray,
    question: Sequence[str],
    vectors: VectorIndex,
    facets: FacetRows,
    terms: TermIndex,
    filters: Filters,
) -> Candidates:
    """What both legs propose for a question given as vector (dimension,) and stems."""
    allowed = facets.mask(filters) if filters else None
    # Both legs leave Python for most of their time, so that they can run side by side.
    by_terms = _beside.submit(
        lambda: (terms.search(question, CANDIDATES, filters), vectors.centre_and_spread(vector))
    )
    near, cosines = vectors.search(vector, CANDIDATES, allowed)
    (found, shares), typical = by_terms.result()
    found_ids = np.array(found, dtype=np.int64)
    known = vectors.rows(found_ids) >= 0
    found_ids, found_shares = found_ids[known], np.array(shares, np.float32)[known]
    others = found_ids[np.isin(found_ids, near, invert=True)]
    ids = np.concatenate([near, others])
    cosines = np.concatenate([cosines, vectors.scores(vector, vectors.rows(others))])
    order = np.argsort(ids)
    term_scores = np.zeros(len(ids), np.float32)
    term_scores[order[np.searchsorted(ids, found_ids, sorter=order)]] = found_shares
    return Candidates(ids, cosines, term_scores, *typical)


def fuse(found: Candidates) -> FloatArray:
    """One score a candidate, higher is better."""
    dense = (found.dense - found.centre) / (found.spread + 1e-6)
    return np.asarray(dense + TERMS_WEIGHT * found.terms, np.float32)


def matched_words(question: str, terms: Sequence[Term], text: str) -> tuple[str, ...]:
    """Words of the question whose stems the text holds, as the question wrote them.

    ``terms`` are the question's, as :func:`brief_qa.french.analyse` gives them.
    """
    held = set(stems(text))
    words = {t.stem: question[t.start : t.end] for t in terms if t.stem in held}
    return tuple(words.values())


def as_hits(
    question: str,
    ranked: Sequence[tuple[Passage, float, float, float]],
    articles: dict[str, Article],
) -> list[Hit]:
    """Hits from (passage, score, cosine, BM25), best first."""
    hits, asked = [], analyse(question)
    for rank, (passage, score, dense, terms) in enumerate(ranked, 1):
        article = articles[passage.article_id]
        text = f"{article.title}\n{article.body[passage.start : passage.end]}"
        parts = ScoreParts(dense, terms, matched_words(question, asked, text))
        hits.append(Hit(passage, article, score, parts, rank))
    return hits
