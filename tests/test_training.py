"""Training the reader: what is trained is what is run, in an order that holds."""

from __future__ import annotations

import random
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from training.examples import Example, Piece
from training.near_misses import near_miss
from training.thinning import thinned

from brief_qa import graph
from brief_qa.batches import padded
from brief_qa.models import DEFAULT_MODEL, default_cache, model_folder, open_tokenizer, read_state
from brief_qa.reader import LAYOUT, paired

pytestmark = pytest.mark.model
TRAM = "La maire Hélène Marchand a inauguré mardi le tramway de Nantes."
PIECE = Piece("Le tramway", TRAM, ((9, 24),))
OTHER = Piece("Météo", "Il a plu toute la semaine.")


@pytest.fixture(scope="module")
def folder() -> Path:
    """The encoder that the reader is made from."""
    return model_folder(DEFAULT_MODEL, default_cache())


def examples(language: str, count: int) -> list[Example]:
    return [Example(language, f"Qui, {n} ?", (PIECE,), (OTHER,) * 3) for n in range(count)]


def test_the_graph_computes_what_was_trained(folder: Path, tmp_path: Path) -> None:
    import torch
    from safetensors.numpy import load_file
    from training.reader import Batch, TrainedReader, row

    torch.manual_seed(0)
    model, tokenizer = TrainedReader(folder, frozen=3), open_tokenizer(folder)
    model.save(tmp_path / "reader.safetensors")
    table = {n: v for n, v in read_state(folder).items() if n.startswith("embeddings.")}
    state = table | load_file(tmp_path / "reader.safetensors")
    session = graph.open_session(graph.observing(state, LAYOUT), threads=1)
    rows = [row(tokenizer, "Qui a inauguré le tramway ?", piece) for piece in (PIECE, OTHER)]
    batch = Batch.of(rows)
    with torch.no_grad():
        starts, ends, relevance = (one.numpy() for one in model(batch.ids, batch.mask))
    spans, found = session.run(["spans", "relevance"], padded([one.ids for one in rows]))
    for number, one in enumerate(rows):
        length = len(one.ids)
        assert np.abs(spans[number, :length, 0] - starts[number, :length]).max() < 1e-3
        assert np.abs(spans[number, :length, 1] - ends[number, :length]).max() < 1e-3
    assert np.abs(found - relevance).max() < 1e-3


def test_the_answer_is_where_the_reader_is_told_that_it_is(folder: Path) -> None:
    from training.reader import row

    tokenizer = open_tokenizer(folder)
    one = row(tokenizer, "Qui a inauguré le tramway ?", PIECE)
    spans = paired(tokenizer, "Qui a inauguré le tramway ?", PIECE.title, TRAM).spans
    assert TRAM[spans[one.starts[0]][0] : spans[one.ends[0]][1]] == "Hélène Marchand"
    assert row(tokenizer, "Qui ?", OTHER).starts == []


def test_dropout_leaves_the_frozen_layers_and_what_is_read_alone(folder: Path) -> None:
    from torch import nn
    from training.reader import TrainedReader

    model = TrainedReader(folder, frozen=3)
    model.set_dropout(0.1, frozen=3)
    shares = [one.p for one in model.modules() if isinstance(one, nn.Dropout)]
    assert shares == [0.0] * 3 + [0.1] * 9
    assert not any("drop" in name for name in model.named())


def test_learning_brings_the_loss_down(folder: Path) -> None:
    import torch
    from training.reader import Batch, TrainedReader, loss, row

    torch.manual_seed(0)
    model, tokenizer = TrainedReader(folder, frozen=11), open_tokenizer(folder)
    batch = Batch.of([row(tokenizer, "Qui a inauguré ?", piece) for piece in (PIECE, OTHER)])
    learnt = [one for one in model.parameters() if one.requires_grad]
    optimiser = torch.optim.AdamW(learnt, lr=1e-3)
    values = []
    for _ in range(6):
        value = loss(model(batch.ids, batch.mask), batch, [slice(0, 2)])
        value.backward()  # type: ignore[no-untyped-call]
        optimiser.step()
        optimiser.zero_grad()
        values.append(value.item())
    assert values[-1] < values[0] / 2


def test_the_order_depends_on_the_seed_alone(folder: Path) -> None:
    from training.train import Stage, _steps

    def order(seed: int) -> list[list[int]]:
        known = examples("piaf", 40) + examples("it", 40)
        tokenizer = open_tokenizer(folder)
        steps = _steps(known, tokenizer, Stage(90, 1e-4, (0.5, 0.9), 0.5, thinned=0.5), seed)
        return [one.ids for step in steps for group in step for one in group]

    first = order(1)
    assert len(first) >= 90
    assert order(1) == first
    assert order(2) != first


def test_what_is_kept_lies_between_the_stages() -> None:
    import torch
    from training.train import mean

    before, after = ({"w": torch.full((2,), value)} for value in (1.0, 3.0))
    assert mean(before, after)["w"].tolist() == [2.0, 2.0]


def test_a_thinned_passage_keeps_its_answers() -> None:
    text = "Il pleut. La maire Hélène Marchand est venue. Il fait froid. Le vent tourne."
    start = text.index("Hélène")
    piece = Piece("Météo", text, ((start, start + len("Hélène Marchand")),))
    long = replace(piece, answers=((0, start),))
    order = random.Random(1)
    seen = set[str]()
    for _ in range(60):
        one = thinned(Example("piaf", "Qui ?", (piece, long), (OTHER,)), order)
        ((a, b),) = one.right[0].answers
        assert one.right[0].text[a:b] == "Hélène Marchand"
        assert one.right[1] == long and one.wrong == (OTHER,)
        seen.add(one.right[0].text)
    assert text in seen and len(seen) > 3
    assert all("La maire" in words for words in seen)


def test_a_near_miss_has_one_word_of_the_question_exchanged() -> None:
    asked = "En quelle année Hélène Marchand a-t-elle quitté Nantes ?"
    order = random.Random(1)
    missed = {near_miss(asked, TRAM, ["Paul Roux"], order) for _ in range(40)}
    assert "En quelle année Paul Roux a-t-elle quitté Nantes ?" in missed
    assert "En quelle année Hélène Marchand a-t-elle quitté Paul Roux ?" in missed
    assert asked not in missed
    assert near_miss("Qui a inauguré le tramway ?", TRAM, ["Paul Roux"], order) is None
    year = near_miss("Qui a été élu en 2014 ?", "Élu en 2014, battu en 2020.", [], order)
    assert year is not None
    assert re.fullmatch(r"Qui a été élu en 20(?!14)\d\d \?", year)
