"""Quality floors, on data that is not shipped: what the fused search finds, and what is answered.

A floor holds for the data it was measured on, named by its digest: other data is another
measurement, and the test says so. To lower a floor is a decision to explain in
docs/quality.md. The sets over 12,000 articles take a quarter of an hour or more on two
cores: ``make floors`` runs them too.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from brief_qa.evaluate import Sampling, evaluate

DATA = Path(os.environ.get("BRIEF_QA_DATA") or Path(__file__).parents[2] / "shared" / "data")


@dataclass(frozen=True)
class Floor:
    """nDCG@10 that the fused search of a set of questions may not fall below."""

    queries: str
    ndcg: float
    digest: str
    """First digits of the digest of the data it was measured on."""
    answers: dict[str, float] = field(default_factory=dict)
    """Measure of answers → what it may not fall below, over ASKED questions."""


ASKED = 60
"""Questions asked for answers, spread over the set: a share of them is known to about 0.06, so
these floors stand two of these below what docs/quality.md says of many more."""
FLOORS = [
    Floor(
        "piaf/queries_dev.jsonl",
        0.82,
        "04373c46a0e2",
        {"reader_exact": 0.36, "reader_f1": 0.54, "read_first": 0.66, "sentence": 0.58}
        | {"any_sentence": 0.58, "refused_without": 0.45, "auroc": 0.78, "auroc_unanswered": 0.80},
    ),
    Floor(
        "afriqa_fon_fr/queries.jsonl",
        0.905,
        "acc6a15c1ae0",
        {"reader_exact": 0.30, "reader_f1": 0.48, "read_first": 0.70, "sentence": 0.56}
        | {"any_sentence": 0.56, "refused_without": 0.45, "auroc": 0.72, "auroc_unanswered": 0.76},
    ),
    Floor("wikinews_fr_winer/queries.jsonl", 0.935, "03830aa28de7"),
]
SLOW_FLOORS = [
    Floor("orange_news/queries_heading_valid.jsonl", 0.88, "6d74355ba649"),
    Floor("orange_news/queries_title_valid.jsonl", 0.885, "2d895741108f"),
]


@pytest.mark.model
@pytest.mark.data
@pytest.mark.parametrize(
    "floor",
    [
        *FLOORS,
        *(pytest.param(floor, marks=pytest.mark.slow) for floor in SLOW_FLOORS),
    ],
    ids=lambda floor: floor.queries,
)
def test_search_and_answers_are_above_their_floors(floor: Floor) -> None:
    queries = DATA / floor.queries
    if not queries.is_file():
        pytest.skip(f"données absentes : {queries} (BRIEF_QA_DATA dit où elles sont)")
    sampling = Sampling(answers=ASKED if floor.answers else 0)
    measured = evaluate(queries.parent, queries=queries, sampling=sampling)
    assert measured.digest.startswith(floor.digest), "other data: measure, then set its floor"
    legs = {leg: scores["nDCG@10"] for leg, scores in measured.sets[0].legs.items()}
    assert legs["fused"] >= floor.ndcg
    assert legs["fused"] >= max(legs["dense"], legs["terms"])
    answered = measured.sets[0].answers
    if answered:  # reading must not undo what the search found; three of sixty are chance
        assert answered.read_first >= answered.found_first - 0.05
    for measure, least in floor.answers.items():
        assert getattr(answered, measure) >= least, measure
