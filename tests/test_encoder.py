"""The encoder: a tiny model for the ways of loading, the real one for the vectors."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_qa import encoder, graph
from brief_qa.encoder import Encoder, FloatArray, default_cache
from brief_qa.errors import EncoderError
from tiny_model import HIDDEN, POSITIONS, TEXTS, write_model

AWKWARD = "aé e\u0301l’½ﬁ\u00a0\u200bœ<>/s. "
LONG = " ".join(TEXTS) * 200


@pytest.fixture(scope="module")
def tiny_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_model(tmp_path_factory.mktemp("models") / "petit")


@pytest.fixture(scope="module")
def tiny(tiny_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    return Encoder.load(str(tiny_folder), cache=tmp_path_factory.mktemp("cache"))


@pytest.fixture(scope="module")
def real() -> Encoder:
    return Encoder.load()


# Shapes and order ---------------------------------------------------------------------


def test_vectors_are_float32_of_unit_length(tiny: Encoder) -> None:
    for vectors in (tiny.encode_questions(TEXTS), tiny.encode_passages(TEXTS)):
        assert vectors.shape == (len(TEXTS), HIDDEN)
        assert vectors.dtype == np.float32
        assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_nothing_gives_no_vector(tiny: Encoder) -> None:
    assert tiny.encode_passages([]).shape == (0, HIDDEN)
    assert tiny.encode_questions([]).shape == (0, HIDDEN)
    assert tiny.count_tokens([]) == []
    assert tiny.token_offsets("") == []


def test_each_vector_stands_where_its_text_stood(tiny: Encoder) -> None:
    """Batches are sorted by length inside; rounding per token makes neighbours irrelevant."""
    alone = np.concatenate([tiny.encode_passages([text]) for text in TEXTS])
    assert np.abs(tiny.encode_passages(TEXTS) - alone).max() < 1e-4


def test_questions_and_passages_get_their_own_prefix(tiny: Encoder) -> None:
    question, passage = tiny.encode_questions(["rabat"]), tiny.encode_passages(["rabat"])
    assert (question * passage).sum() < 0.999
    assert tiny.max_tokens == POSITIONS


def test_a_long_text_is_cut_not_refused(tiny: Encoder) -> None:
    cut = tiny.encode_passages([LONG, LONG + " autre fin", LONG[:500]])
    assert np.allclose(cut[0], cut[1])
    assert np.allclose(cut[0], cut[2])
    assert tiny.count_tokens([LONG])[0] > 10_000


def test_progress_is_told_after_each_batch(tiny: Encoder) -> None:
    told: list[int] = []
    tiny.encode_passages(TEXTS * 20, progress=told.append)
    assert told == sorted(set(told))
    assert len(told) > 1
    assert told[-1] == 20 * len(TEXTS)


def test_an_interruption_does_not_wait_for_the_rest(
    tiny: Encoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    run, started = encoder._run, []

    def counted(session: Any, batch: list[list[int]]) -> FloatArray:
        started.append(len(batch))
        return run(session, batch)

    def interrupted(done: int) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr(encoder, "_run", counted)
    with pytest.raises(KeyboardInterrupt):
        tiny.encode_passages([LONG[:2000]] * 3000, progress=interrupted)
    assert sum(started) < 1500


def test_threads_may_share_an_encoder(tiny: Encoder) -> None:
    expected = tiny.encode_questions(TEXTS)
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda _: tiny.encode_questions(TEXTS), range(40)))
    assert all(np.array_equal(vectors, expected) for vectors in found)


# Tokens -------------------------------------------------------------------------------


def check_tokens(loaded: Encoder, text: str) -> None:
    spans = loaded.token_offsets(text)
    assert loaded.count_tokens([text]) == [len(spans)]
    edge = 0
    for start, end in spans:
        assert edge <= start <= end <= len(text)
        edge = start
    letters = {place for place, letter in enumerate(text) if letter.isascii() and letter.isalnum()}
    assert letters <= {place for start, end in spans for place in range(start, end)}


@settings(max_examples=200)
@given(st.text(max_size=80))
def test_token_spans_lie_in_the_text_and_never_go_back(tiny: Encoder, text: str) -> None:
    check_tokens(tiny, text)


@pytest.mark.model
@settings(max_examples=200)
@given(st.one_of(st.text(max_size=80), st.text(AWKWARD, max_size=60)))
def test_the_real_tokens_too(real: Encoder, text: str) -> None:
    check_tokens(real, text)


# Finding and preparing ----------------------------------------------------------------


def test_an_absent_model_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"personne/absent.*hf download personne/absent"):
        Encoder.load("personne/absent", cache=tmp_path)
    with pytest.raises(EncoderError, match=r"« \.\./nulle part »"):
        Encoder.load("../nulle part", cache=tmp_path)


def test_a_folder_of_something_else_is_refused(tmp_path: Path) -> None:
    with pytest.raises(EncoderError, match=r"modules\.json"):
        Encoder.load(str(tmp_path), cache=tmp_path / "cache")


def test_a_cache_that_cannot_be_written_is_told(tiny_folder: Path, tmp_path: Path) -> None:
    occupied = tmp_path / "fichier"
    occupied.write_text("")
    with pytest.raises(EncoderError, match="BRIEF_QA_CACHE"):
        Encoder.load(str(tiny_folder), cache=occupied)


def test_a_damaged_graph_says_what_to_delete(tiny_folder: Path, tmp_path: Path) -> None:
    Encoder.load(str(tiny_folder), cache=tmp_path)
    (graph,) = tmp_path.rglob("graph.onnx")
    graph.write_bytes(graph.read_bytes()[:1000])
    with pytest.raises(EncoderError, match="Supprimez le dossier"):
        Encoder.load(str(tiny_folder), cache=tmp_path)


def test_the_fingerprint_follows_what_decides_the_vectors(
    tiny: Encoder, tiny_folder: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "autre nom"
    shutil.copytree(tiny_folder, copy)
    assert Encoder.load(str(copy), cache=tmp_path / "1").fingerprint == tiny.fingerprint

    settings_ = copy / "config_sentence_transformers.json"
    settings_.write_text(json.dumps({"prompts": {"query": "q: ", "document": "d: "}}))
    prefixed = Encoder.load(str(copy), cache=tmp_path / "1")
    assert prefixed.fingerprint != tiny.fingerprint
    assert not np.allclose(prefixed.encode_questions(["a"]), tiny.encode_questions(["a"]))

    other = write_model(tmp_path / "poids", seed=1)
    assert Encoder.load(str(other), cache=tmp_path / "1").fingerprint != tiny.fingerprint


def test_processes_may_prepare_the_same_model_at_once(tiny_folder: Path, tmp_path: Path) -> None:
    code = (
        "import sys; from pathlib import Path; from brief_qa.encoder import Encoder\n"
        "print(Encoder.load(sys.argv[1], cache=Path(sys.argv[2])).fingerprint)"
    )
    command = [sys.executable, "-c", code, str(tiny_folder), str(tmp_path)]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(4)
    ]
    outcomes = [process.communicate() for process in processes]
    assert {err for _, err in outcomes} == {""}
    assert len({out for out, _ in outcomes}) == 1
    (prepared,) = (tmp_path / "graphs").iterdir()
    assert {path.name for path in prepared.iterdir()} == {"graph.onnx", "manifest.json"}


def test_the_cache_is_where_the_reader_says(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", "/x")
    monkeypatch.delenv("BRIEF_QA_CACHE", raising=False)
    assert default_cache() == Path("/x/brief_qa")
    monkeypatch.setenv("BRIEF_QA_CACHE", "/ailleurs")
    assert default_cache() == Path("/ailleurs")


def test_a_warm_start_imports_nothing_heavy(
    tiny: Encoder, tiny_folder: Path, tmp_path: Path
) -> None:
    Encoder.load(str(tiny_folder), cache=tmp_path)
    code = (
        "import sys; from pathlib import Path; import brief_qa.encoder as e\n"
        "light = set(sys.modules)\n"
        "assert not light & {'torch', 'onnx', 'onnxruntime', 'tokenizers', 'huggingface_hub'}\n"
        "e.Encoder.load(sys.argv[1], cache=Path(sys.argv[2])).encode_questions(['été'])\n"
        "heavy = {'torch', 'onnx', 'transformers', 'sentence_transformers', 'safetensors'}\n"
        "assert not set(sys.modules) & heavy, set(sys.modules) & heavy\n"
    )
    command = [sys.executable, "-c", code, str(tiny_folder), str(tmp_path)]
    subprocess.run(command, check=True)


# Rounding -----------------------------------------------------------------------------


def test_the_engine_keeps_no_identifier_of_the_machine_to_send(
    tiny_folder: Path, tmp_path: Path
) -> None:
    """Onnxruntime 1.32 does, as soon as it is imported, unless it is told not to."""
    load = "import sys; from brief_qa.encoder import Encoder; Encoder.load(sys.argv[1])"
    told = {"ORT_DISABLE_TELEMETRY", "XDG_CACHE_HOME", "BRIEF_QA_CACHE"}
    env = {name: value for name, value in os.environ.items() if name not in told}
    env |= {"HOME": str(tmp_path), "BRIEF_QA_CACHE": str(tmp_path / "models")}
    subprocess.run([sys.executable, "-c", load, str(tiny_folder)], env=env, check=True)
    assert [made.name for made in tmp_path.rglob("*") if "microsoft" in made.name.lower()] == []


def test_no_pair_of_weights_can_saturate() -> None:
    """255 · (a + b) stays within 16 bits for neighbours of one sign, whatever the input."""
    random = np.random.default_rng(5)
    weight = random.standard_t(3, (200, 64)).astype(np.float32)  # with outliers
    weight[0] = 0
    integers, scales = graph._round_weights(weight)
    pairs = integers.astype(int).reshape(200, 32, 2)
    for sign in (1, -1):
        assert 255 * np.maximum(sign * pairs, 0).sum(axis=2).max() <= 32767
    assert (np.abs(integers * scales[:, None] - weight) <= 0.501 * scales[:, None]).all()
