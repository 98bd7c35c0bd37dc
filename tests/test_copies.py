"""Near-copies: what is one, what is not, and that it takes little time."""

from __future__ import annotations

import json
import os
import random
from datetime import date, timedelta
from pathlib import Path

import numpy as np
import pytest

from brief_qa.copies import _resemblances, near_copies
from brief_qa.domain import Article
from brief_qa.identity import sequences

DAY = date(2024, 4, 2)
DATA = Path(os.environ.get("BRIEF_QA_DATA", Path(__file__).parents[2] / "shared" / "data"))


def article(name: str, words: range, day: date | None = DAY) -> Article:
    """One whose words are numbers: 50 words have 48 sequences of three."""
    return Article(id=name, title="", body=" ".join(f"mot{n}" for n in words), published=day)


def test_copies_of_one_day_are_told_by_half_of_their_sequences() -> None:
    one = article("a", range(50))
    like, unlike = article("b", range(16, 66)), article("c", range(17, 67))
    # 32 of 64, then 31 of 65
    assert near_copies([one, like]) == {"b": "a"}
    assert near_copies([like, one]) == {"a": "b"}
    assert near_copies([one, unlike]) == {}


@pytest.mark.parametrize("day", [DAY + timedelta(1), None])
def test_those_of_other_days_must_be_nearly_the_same_word_for_word(day: date | None) -> None:
    one = article("a", range(50))
    assert near_copies([one, article("b", range(2, 50), day)]) == {"b": "a"}  # 46 of 48
    assert near_copies([one, article("b", range(5, 55), day)]) == {}  # 43 of 53


def test_a_copy_of_a_copy_belongs_to_the_one_that_stands() -> None:
    places = {"a": 0, "b": 10, "c": 20}
    first, second, third = (article(name, range(n, n + 50)) for name, n in places.items())
    assert near_copies([first, second, third]) == {"b": "a"}
    assert near_copies([second, first, third]) == {"a": "b", "c": "b"}


def test_texts_of_few_words_and_none() -> None:
    bodies = {"a": "Un.", "b": "un", "c": "Une.", "d": "…"}
    short = [Article(id=name, title="", body=body) for name, body in bodies.items()]
    assert near_copies(short) == {"b": "a"}
    assert near_copies([]) == near_copies(short[:1]) == {}


def test_resemblances_are_those_of_sets() -> None:
    chance = random.Random(3)
    texts = [" ".join(chance.choices("abcd", k=chance.randrange(1, 60))) for _ in range(25)]
    sets = [set(sequences(text).tolist()) for text in texts]
    found = _resemblances([sequences(text) for text in texts])
    for later, one in enumerate(sets):
        for earlier, other in enumerate(sets[:later]):
            assert found[later, earlier] == pytest.approx(len(one & other) / len(one | other))
    assert np.all(found[np.triu_indices(len(texts))] == 0)


def test_sequences_are_blind_to_case_and_accents() -> None:
    assert sequences("L'Été à Paris").tolist() == sequences("l'ete A PARIS").tolist()
    assert sequences("un deux trois").tolist() != sequences("un trois deux").tolist()


@pytest.mark.data
def test_the_stages_of_a_race_are_no_copies() -> None:
    path = DATA / "wikinews_fr_winer" / "corpus.jsonl"
    if not path.exists():
        pytest.skip(f"{path} n'est pas là")
    rows = map(json.loads, path.read_text(encoding="utf-8").splitlines())
    stages = [
        Article(
            id=row["_id"],
            title="",
            body=row["text"],
            published=date.fromisoformat(row["date"][:10]),
        )
        for row in rows
        if "2016" in row["title"]
    ]
    assert len(stages) > 50 and near_copies(stages) == {}
