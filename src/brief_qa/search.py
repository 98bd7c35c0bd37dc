"""Search: candidates from vectors and from terms, on one scale, added.

Vectors propose passages, terms propose whole articles. A passage's cosine is told in standard
deviations above the mean cosine of this question with the archive; its article's terms score
is a share of the question's information, in [0, 1]. So both say how much it stands out for
this question, neither depends on who else is a candidate, and they can be added.

The time that a question speaks of adds to the score of the articles dated then; a filter on it
leaves out those dated otherwise. An article without a date is never left out by it.

An article is worth what its best passage is; which of its passages to show is a question of
its own, answered by looking at their words (:func:`best_hits`).
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence, Set
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from brief_qa.domain import Hit, Period, ScoreParts
from brief_qa.exact import holds_all
from brief_qa.facets import FacetRows, Filters
from brief_qa.french import Term, analyse
from brief_qa.index import Snapshot
from brief_qa.vectors import FloatArray, IdArray
from brief_qa.views import View
from brief_qa.wording import Wording

CANDIDATES = 120
"""Passages asked of the vectors, at least; twice as many as hits are wanted, if that is more."""
ARTICLES = 60
"""Articles that the terms propose, at least; as many as hits are wanted, if that is more. All
of their passages are candidates."""
SCORED = 200
"""Articles whose terms score is asked for: passages that the vectors propose need one too."""
TERMS_WEIGHT = 9.4
"""Standard deviations of cosine that a terms score of 1 is worth."""
LEAD_WEIGHT = 0.6
"""And that beginning its article is: news tell what matters first."""
WORDS_WEIGHT = 2.0
"""And that a passage's own holding of all of the question's words is, between those of one
article. All three: docs/experiments.md, "Articles of many passages"."""
HELD_WEIGHT = 100.0
"""And that a passage holds the expressions asked for: more than all else together."""
PERIOD_WEIGHT = 1.5
"""And that being dated in the period that the question speaks of is: docs/experiments.md, "The
time a question speaks of"."""
_PASSAGES_OF_ONE = 4
"""Passages looked at for each similar article, since several may be of one."""
_COMPARED = 2
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
    timely: FloatArray | float = 0.0
    """What the day of each passage's article adds."""


def within_period(filters: Filters, period: Period, snapshot: Snapshot) -> tuple[Filters, Period]:
    """The filters with those of the period that a question speaks of, and how that is used.

    A filter that no dated article would pass is unmet, and leaves out nothing.
    """
    if period.use != "filter":
        return filters, period
    first, last = period.days
    narrowed = replace(filters, since=first, until=last)
    if snapshot.vectors.alive(snapshot.facets.mask(narrowed)).any():
        return replace(narrowed, undated=True), period
    return filters, replace(period, use="unmet")


def candidates(
    vector: FloatArray,
    wording: Wording,
    snapshot: Snapshot,
    filters: Filters,
    k: int,
    period: Period | None = None,
) -> Candidates:
    """What both legs propose for a question given as vector (dimension,) and wording.

    Enough of it for ``k`` hits. Articles dated in ``period`` are put before others.
    """
    vectors, facets = snapshot.vectors, snapshot.facets

    def by_terms() -> tuple[dict[int, float], npt.NDArray[np.intp], FloatArray]:
        """Terms scores of articles, and of the best of these the rows and their cosines."""
        numbers, scores = snapshot.terms.matching(wording, max(SCORED, k), filters)
        rows = facets.rows_of(np.array(numbers[: max(ARTICLES, k)], np.int64))
        return dict(zip(numbers, scores, strict=True)), rows, vectors.scores(vector, rows)

    # Both legs leave Python for most of their time, so that they can run side by side.
    beside = _beside.submit(lambda: (by_terms(), vectors.centre_and_spread(vector)))
    allowed = facets.mask(filters) if filters else None
    near, near_cosines = vectors.search(vector, max(CANDIDATES, 2 * k), allowed)
    near_rows = vectors.rows(near)
    (score_of, rows, cosines), (centre, spread) = beside.result()
    proposed = np.zeros(len(vectors.ids), dtype=bool)
    proposed[rows] = True
    others = ~proposed[near_rows]
    rows = np.concatenate([rows, near_rows[others]])
    articles = facets.articles[rows]
    scores = [score_of.get(number, 0.0) for number in articles.tolist()]
    return Candidates(
        vectors.ids[rows],
        articles,
        np.concatenate([cosines, near_cosines[others]]),
        np.array(scores, np.float32),
        centre,
        spread,
        _timely(period, facets, rows) if period else 0.0,
    )


def _timely(period: Period, facets: FacetRows, rows: npt.NDArray[np.intp]) -> FloatArray:
    inside = facets.dated(*Filters(*period.days).days(), rows)
    return np.asarray(PERIOD_WEIGHT * inside, np.float32)


def fuse(found: Candidates) -> FloatArray:
    """One score a candidate, higher is better."""
    lead = LEAD_WEIGHT * (found.ids == found.articles)
    return np.asarray(
        _standing(found) + lead + TERMS_WEIGHT * found.terms + found.timely, np.float32
    )


def _standing(found: Candidates) -> FloatArray:
    """Standard deviations by which each cosine is above the archive's mean."""
    return (found.dense - found.centre) / (found.spread + 1e-6)


def best_hits(
    question: str,
    found: Candidates,
    wording: Wording,
    view: View,
    k: int,
    per_article: int,
    exactly: Sequence[str] = (),
) -> list[Hit]:
    """The ``k`` best passages, at most ``per_article`` of one article, best first.

    Articles are ordered by their best score. The passages of one are ordered by their cosine
    and by the share of the question's information that their own words hold: the best gets the
    article's score, each other so much less as it is behind. Those that hold all expressions
    of ``exactly`` come before those that do not.
    """
    scores, standing, asked = fuse(found), _standing(found), analyse(question)
    timely = np.broadcast_to(found.timely, scores.shape)
    held_most = HELD_WEIGHT if exactly else 0.0
    compared = len(found.ids) if exactly else _COMPARED * per_article
    groups = _best_articles(found, scores, k, compared)
    passages = view.passages(int(found.ids[place]) for group in groups for place in group)
    articles = view.articles({passage.article_id for passage in passages.values()})

    def weighed(place: int) -> tuple[float, int, set[str]]:
        """A passage's worth among those of its article, its place, its words of the question."""
        passage = passages[int(found.ids[place])]
        text = articles[passage.article_id].body[passage.start : passage.end]
        words = wording.held(text)
        share = share_held(wording.rarity, words)
        held = held_most if exactly and holds_all(text, exactly) else 0.0
        return float(standing[place]) + WORDS_WEIGHT * share + held, place, words

    hits: list[Hit] = []
    for group in groups:
        own: list[tuple[float, int, set[str]]] = []
        for place in sorted(group, key=lambda place: -standing[place]):
            most = standing[place] + WORDS_WEIGHT + held_most
            if len(own) >= per_article and most <= own[per_article - 1][0]:
                break  # all of the question's words would not be enough
            own = sorted([*own, weighed(place)], key=lambda one: -one[0])
        behind = own[0][0] - float(scores[group[0]])
        for worth, place, words in own[:per_article]:
            passage = passages[int(found.ids[place])]
            article = articles[passage.article_id]
            heading = f"{article.title}\n{', '.join(article.authors)}"
            parts = ScoreParts(
                dense=float(found.dense[place]),
                terms=float(found.terms[place]),
                period=float(timely[place]),
                matched=matched_words(question, asked, words | wording.held(heading)),
                read_as=wording.told(f"{heading}\n{article.body[passage.start : passage.end]}"),
            )
            hits.append(Hit(passage, article, worth - behind, parts, rank=0))
    hits.sort(key=lambda hit: -hit.score)
    return [replace(hit, rank=rank) for rank, hit in enumerate(hits[:k], 1)]


def _best_articles(found: Candidates, scores: FloatArray, k: int, most: int) -> list[list[int]]:
    """The places of the ``most`` best passages of each of the ``k`` best articles, in order."""
    order = np.lexsort((found.ids, -scores))
    numbers = found.articles[order]
    best = np.sort(np.unique(numbers, return_index=True)[1])[:k]
    groups: dict[int, list[int]] = {number: [] for number in numbers[best].tolist()}
    among = np.isin(numbers, numbers[best])
    for place, number in zip(order[among].tolist(), numbers[among].tolist(), strict=True):
        if len(groups[number]) < most:
            groups[number].append(place)
    return list(groups.values())


def similar_hits(number: int, snapshot: Snapshot, view: View, k: int) -> list[Hit]:
    """The ``k`` articles nearest to one, each by its nearest passage, best first.

    Near is the cosine with the mean of the article's own passages.
    """
    vectors, facets = snapshot.vectors, snapshot.facets
    own = facets.rows_of(np.array([number], np.int64))
    others = facets.articles != number
    ids, cosines = vectors.search(vectors.mean(own), _PASSAGES_OF_ONE * k, others)
    passages = view.passages(ids.tolist())
    articles = view.articles({passage.article_id for passage in passages.values()})
    hits: dict[str, Hit] = {}
    for id_, cosine in zip(ids.tolist(), cosines.tolist(), strict=True):
        passage = passages[id_]
        if passage.article_id not in hits and len(hits) < k:
            parts = ScoreParts(dense=cosine, terms=0.0)
            article = articles[passage.article_id]
            hits[article.id] = Hit(passage, article, cosine, parts, rank=len(hits) + 1)
    return list(hits.values())


def share_held(rarity: Mapping[str, float], words: Set[str]) -> float:
    """Share of a question's information, by rarity of its stems, that some words hold."""
    total = sum(rarity.values())
    return sum(weight for stem, weight in rarity.items() if stem in words) / total if total else 0.0


def matched_words(question: str, terms: Sequence[Term], stems: Set[str]) -> tuple[str, ...]:
    """Words of the question whose stems are among ``stems``, as the question wrote them.

    ``terms`` are the question's, as :func:`brief_qa.french.analyse` gives them.
    """
    words = {t.stem: question[t.start : t.end] for t in terms if t.stem in stems}
    return tuple(words.values())
