"""The trained reader: what it sees of a passage, what it gives back, and its file."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa import reader
from brief_qa.french import stems
from brief_qa.models import DEFAULT_MODEL, default_cache, model_folder, open_tokenizer
from brief_qa.reader import MAX_TOKENS, Paired, Reader, Reading, paired, shared_reader

TITLE = "Le tramway"
TRAM = (
    "La maire Hélène Marchand a inauguré mardi le tramway de Nantes. "
    "Le chantier, qui a duré quatre ans, a coûté 42 millions d'euros."
)
WEATHER = "Il a plu toute la semaine sur la côte, et le vent reste fort en mer du Nord."


def pair(question: str, title: str, text: str) -> Paired:
    tokenizer = open_tokenizer(model_folder(DEFAULT_MODEL, default_cache()))
    return paired(tokenizer, question, title, text)


@pytest.mark.model
def test_only_the_passage_may_answer() -> None:
    pieces = [TRAM[start:end] for start, end in pair("Qui ?", TITLE, TRAM).spans if end]
    assert pieces[0] == "La"
    assert not any(piece != piece.strip() for piece in pieces)
    assert "".join(pieces) == TRAM.replace(" ", "")


@pytest.mark.model
def test_what_is_too_long_is_cut_and_closed() -> None:
    long = pair("quoi " * 900, TITLE, TRAM * 40)
    assert len(long.ids) == len(long.spans) == MAX_TOKENS
    assert long.ids[-1] == pair("Qui ?", TITLE, TRAM).ids[-1]
    assert sum(end > 0 for _, end in long.spans) > MAX_TOKENS // 2


@pytest.mark.model
@given(st.text(max_size=300), st.text(max_size=80), st.text(max_size=300))
def test_any_text_is_read_and_spans_lie_in_it(question: str, title: str, text: str) -> None:
    (reading,) = shared_reader().read(question, [(title, text)])
    assert np.isfinite(reading.relevance)
    span = reading.best(0, len(text))
    if span:
        assert 0 <= span.start < span.end <= len(text)
        assert span.likelihood <= 1e-3


def test_the_best_answer_is_looked_for_where_it_may_be() -> None:
    tokens = np.array([(0, 2), (3, 5), (6, 8), (9, 11)])
    starts, ends = np.log([[0.1, 0.6, 0.2, 0.1], [0.1, 0.1, 0.7, 0.1]])
    reading = Reading("ab cd ef gh", 0.0, tokens, starts, ends)
    whole, last = reading.best(0, 11), reading.best(8, 11)
    assert whole and (whole.start, whole.end) == (3, 8)
    assert whole.likelihood == pytest.approx(np.log(0.42))
    assert last and (last.start, last.end) == (9, 11)
    assert reading.best(20, 30) is None


def test_spans_that_say_the_same_words_stand_for_one_answer() -> None:
    tokens = np.array([(0, 2), (3, 8), (9, 15)])  # le, pont, fermé
    starts, ends = np.log([[0.4, 0.3, 0.3], [0.01, 0.6, 0.39]])
    best = Reading("le pont  fermé.", 0.0, tokens, starts, ends).best(0, 15)
    assert best and (best.start, best.end) == (0, 8)
    assert best.likelihood == pytest.approx(np.log(0.4 * 0.6 + 0.3 * 0.6))


def test_what_the_question_says_itself_is_a_lesser_answer() -> None:
    text = "la maire, Anne Roy"
    tokens = np.array([(0, 2), (3, 8), (10, 14), (15, 18)])
    starts, ends = np.log([[0.05, 0.45, 0.45, 0.05], [0.05, 0.5, 0.05, 0.4]])
    for question, answer in (("Qui vient ?", "maire"), ("Qui est la maire ?", "Anne Roy")):
        said = frozenset(stems(question))
        best = Reading(text, 0.0, tokens, starts, ends, said).best(0, len(text))
        assert best and text[best.start : best.end] == answer


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Qui a inauguré le tramway ?", "Hélène Marchand"),
        ("Combien le chantier a-t-il coûté ?", "42 millions d'euros"),
        ("Combien de temps le chantier a-t-il duré ?", "quatre ans"),
    ],
)
def test_it_reads_french(question: str, answer: str) -> None:
    here, elsewhere = shared_reader().read(question, [(TITLE, TRAM), ("Météo", WEATHER)])
    span = here.best(0, len(TRAM))
    assert span and answer in TRAM[span.start : span.end]
    assert here.relevance > elsewhere.relevance + 2


@pytest.mark.model
def test_a_reading_does_not_depend_on_its_neighbours_or_on_threads() -> None:
    passages = [(TITLE, TRAM), ("Météo", WEATHER), ("", TRAM + " " + WEATHER)] * 4
    together = shared_reader().read("Qui a inauguré le tramway ?", passages)
    with ThreadPoolExecutor(4) as pool:
        alone = pool.map(
            lambda one: shared_reader().read("Qui a inauguré le tramway ?", [one])[0], passages
        )
        for one, other in zip(together, alone, strict=True):
            assert one.relevance == pytest.approx(other.relevance, abs=1e-3)
            mine, theirs = one.best(0, 400), other.best(0, 400)
            assert mine and theirs and (mine.start, mine.end) == (theirs.start, theirs.end)
            assert mine.likelihood == pytest.approx(theirs.likelihood, abs=1e-3)


def test_nothing_is_nothing() -> None:
    assert Reader(SimpleNamespace(), None, 1).read("Qui ?", []) == []  # type: ignore[arg-type]


def test_the_published_weights_are_those_of_the_card() -> None:
    assert reader.damage() is None
    assert reader.WEIGHTS.stat().st_size < 45_000_000


def test_other_weights_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    changed = tmp_path / "reader.safetensors"
    changed.write_bytes(reader.WEIGHTS.read_bytes()[:-1])
    monkeypatch.setattr(reader, "WEIGHTS", changed)
    reader.digest.cache_clear()
    try:
        assert "reader.safetensors" in (reader.damage() or "")
    finally:
        reader.digest.cache_clear()
