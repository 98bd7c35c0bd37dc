"""Search: candidates from vectors and from terms, on one scale, added.

Vectors propose passages, terms propose whole articles. A passage's cosine is told in standard
deviations above the mean cosine of this question with the archive; its article's terms score
is a share of the question's information, in [0, 1]. So both say how much it stands out for
this question, neither depends on who else is a candidate, and they can be added.

An article is worth what its best passage is; which of its passages to show is a question of
its own, answered by looking at their words (:func:`best_hits`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np

from brief_qa.domain import Hit, ScoreParts
from brief_qa.facets import FacetRows, Filters
from brief_qa.french import Term, analyse, stems
from brief_qa.terms import TermIndex
from brief_qa.vectors import FloatArray, IdArray, VectorIndex
from brief_qa.views import View

CANDIDATES = 200
"""Passages asked of the vectors, and articles of the terms."""
TERMS_WEIGHT = 9.4
"""Standard deviations of cosine that a terms score of 1 is worth."""
LEAD_WEIGHT = 0.6
"""And that beginning its article is: news tell what matters first."""
WORDS_WEIGHT = 2.0
"""And that a passage's own holding of all of the question's words is, between those of one
article. All three: docs/experiments.md, "Articles of many passages"."""
_COMPARED = 4
"""Passages of one article whose words are looked at, for each one wanted of it."""

_beside = ThreadPoolExecutor(thread_name_prefix="brief_qa-search")
"""Its threads start when they are first needed, and do not outlive a fork."""


def _begin_anew() -> None:
    global _beside
    _beside = ThreadPoolExecutor(thread_name_prefix="brief_qa-search")


os.register_at_fork(after_in_child=_begin_anew)


@dataclass(frozen=True, slots=True)
class Candidates:
    """Passages under consideration for one question, as columns of equal length."""

    ids: IdArray
    articles: IdArray
    """The number of each passage's article: the id of its first passage."""
    dense: FloatArray
    terms: FloatArray
    """The terms score of each passage's article."""
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
    near, _ = vectors.search(vector, CANDIDATES, allowed)
    (numbers, shares), (centre, spread) = by_terms.result()
    rows = np.union1d(vectors.rows(near), facets.rows_of(np.array(numbers, np.int64)))
    articles = facets.articles[rows]
    share_of = dict(zip(numbers, shares, strict=True))
    held = [share_of.get(number, 0.0) for number in articles.tolist()]
    return Candidates(
        vectors.ids[rows],
        articles,
        vectors.scores(vector, rows),
        np.array(held, np.float32),
        centre,
        spread,
    )


def fuse(found: Candidates) -> FloatArray:
    """One score a candidate, higher is better."""
    lead = LEAD_WEIGHT * (found.ids == found.articles)
    return np.asarray(_standing(found) + lead + TERMS_WEIGHT * found.terms, np.float32)


def _standing(found: Candidates) -> FloatArray:
    """Standard deviations by which each cosine is above the archive's mean."""
    return (found.dense - found.centre) / (found.spread + 1e-6)


def best_hits(
    question: str,
    found: Candidates,
    rarity: Mapping[str, float],
    view: View,
    k: int,
    per_article: int,
) -> list[Hit]:
    """The ``k`` best passages, at most ``per_article`` of one article, best first.

    ``rarity`` gives the information of each of the question's stems. Articles are ordered by
    their best score. The passages of one are ordered by their cosine and by the share of that
    information that their own words hold: the best gets the article's score, each other so
    much less as it is behind.
    """
    scores, standing, asked = fuse(found), _standing(found), analyse(question)
    groups = _best_articles(found, scores, k, _COMPARED * per_article)
    passages = view.passages(int(found.ids[place]) for group in groups for place in group)
    articles = view.articles({passage.article_id for passage in passages.values()})
    hits: list[Hit] = []
    for group in groups:
        own = []
        for place in group:
            passage = passages[int(found.ids[place])]
            article = articles[passage.article_id]
            words = set(stems(article.body[passage.start : passage.end]))
            heading = f"{article.title}\n{', '.join(article.authors)}"
            worth = float(standing[place]) + WORDS_WEIGHT * share_held(rarity, words)
            parts = ScoreParts(
                dense=float(found.dense[place]),
                terms=float(found.terms[place]),
                matched=matched_words(question, asked, words.union(stems(heading))),
            )
            own.append(Hit(passage, article, worth, parts, rank=0))
        own.sort(key=lambda hit: -hit.score)
        behind = own[0].score - float(scores[group[0]])
        hits += [replace(hit, score=hit.score - behind) for hit in own[:per_article]]
    hits.sort(key=lambda hit: -hit.score)
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits[:k], 1)]


def _best_articles(found: Candidates, scores: FloatArray, k: int, most: int) -> list[list[int]]:
    """The places of the ``most`` best passages of each of the ``k`` best articles, in order."""
    groups: dict[int, list[int]] = {}
    for place in np.lexsort((found.ids, -scores)).tolist():
        number = int(found.articles[place])
        if number in groups or len(groups) < k:
            group = groups.setdefault(number, [])
            if len(group) < most:
                group.append(place)
    return list(groups.values())


def share_held(rarity: Mapping[str, float], words: Set[str]) -> float:
    """Share of a question's information, by rarity of its stems, that some words hold."""
    total = sum(rarity.values())
    return sum(weight for stem, weight in rarity.items() if stem in words) / total if total else 0.0


def matched_words(question: str, terms: Sequence[Term], held: Set[str]) -> tuple[str, ...]:
    """Words of the question whose stems are among ``held``, as the question wrote them.

    ``terms`` are the question's, as :func:`brief_qa.french.analyse` gives them.
    """
    words = {t.stem: question[t.start : t.end] for t in terms if t.stem in held}
    return tuple(words.values())
