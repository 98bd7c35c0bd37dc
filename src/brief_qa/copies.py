"""Near-copies: among some articles, those that say what another does in nearly the same words."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache

import numpy as np
import numpy.typing as npt

from brief_qa.domain import Article
from brief_qa.identity import sequences

_ALIKE = 0.5
"""Resemblance from which two articles of one day are copies: 12 pairs of 12 were, in 13,191 news
articles, and at 0.49 come two competitions told in one form. See docs/experiments.md."""
_WHATEVER_DAY = 0.9
"""The same for articles of different or unknown days: below 0.8 stand the stages of one race, and
what comes back each year."""
_READ = 10_000
"""Characters compared of each: what bounds the work for very long texts."""
_KEPT = 1_024
"""Articles whose sequences are kept for the next search: some 5 kB each, their text included."""

_sequences = lru_cache(maxsize=_KEPT)(sequences)


def near_copies(articles: Sequence[Article]) -> dict[str, str]:
    """Article → the one that it nearly copies, which stands before it and is no copy itself.

    Ids both. Most like it, where several are. The resemblance is the share of three-word sequences
    that two have in common, of all that either has (Jaccard).
    """
    if len(articles) < 2:
        return {}
    alike = _resemblances([_sequences(one.body[:_READ]) for one in articles])
    found: dict[str, str] = {}
    for article, row in zip(articles, alike, strict=True):
        before = [
            (float(row[place]), articles[place].id)
            for place in np.flatnonzero(row >= _ALIKE).tolist()
            if articles[place].id not in found
            and (row[place] >= _WHATEVER_DAY or _same_day(article, articles[place]))
        ]
        if before:
            found[article.id] = max(before)[1]
    return found


def _same_day(one: Article, other: Article) -> bool:
    return one.published is not None and one.published == other.published


def _resemblances(texts: Sequence[npt.NDArray[np.int64]]) -> npt.NDArray[np.float64]:
    """(n, n): the resemblance of each to those before it, exactly; 0 elsewhere.

    Counted by the sequences that two texts have, few where most are strangers. A product of
    matrices is no quicker: on a busy machine, waking its threads takes longer than all of this.
    """
    many = len(texts)
    sizes = np.array([len(text) for text in texts])
    owners = np.repeat(np.arange(many), sizes)
    every = np.concatenate(texts)
    order = np.argsort(every, kind="stable")
    every, owners = every[order], owners[order]
    common = np.zeros(many * many, np.int64)
    for gap in range(1, many):
        same = np.flatnonzero(every[gap:] == every[:-gap])
        if not len(same):
            break
        common += np.bincount(owners[same + gap] * many + owners[same], minlength=many * many)
    both = common.reshape(many, many)
    return np.asarray(both / (sizes[:, None] + sizes[None, :] - both))
