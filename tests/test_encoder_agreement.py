"""The 8-bit graph beside float32: other architectures, the default model, and its ranking."""

from __future__ import annotations

import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import ir_measures
import numpy as np
import pytest
from ir_measures import nDCG

from brief_qa import graph, models
from brief_qa.encoder import DEFAULT_MODEL, Encoder, FloatArray, _GraphEngine, default_cache
from tiny_model import TEXTS, write_model

DATA = Path(os.environ.get("BRIEF_QA_DATA") or Path(__file__).parents[2] / "shared" / "data")


def plain(folder: Path, texts: list[str], prefix: str = "passage: ") -> FloatArray:
    """Vectors by sentence-transformers in float32."""
    model = models.sentence_transformer(folder)
    vectors = model.encode([prefix + text for text in texts], prompt="", normalize_embeddings=True)
    return np.asarray(vectors, np.float32)


# Architectures ------------------------------------------------------------------------


def as_roberta(folder: Path, config: dict[str, Any]) -> None:
    """The same weights under RoBERTa's rule of positions, and only one type of token."""
    from safetensors.numpy import load_file, save_file

    state = load_file(folder / "model.safetensors")
    types = "embeddings.token_type_embeddings.weight"
    state[types] = state[types][:1].copy()
    save_file(state, folder / "model.safetensors", metadata={"format": "pt"})
    config |= {"model_type": "xlm-roberta", "architectures": ["XLMRobertaModel"]}
    config |= {"type_vocab_size": 1, "bos_token_id": 0, "eos_token_id": 2}
    for name in ("tokenizer_config.json", "sentence_bert_config.json"):
        settings = json.loads((folder / name).read_text())
        for key in ("model_max_length", "max_seq_length"):
            if key in settings:
                settings[key] = 38
        (folder / name).write_text(json.dumps(settings))


def with_first_token(folder: Path, config: dict[str, Any]) -> None:
    """Pooled on the first token."""
    pooling = folder / "1_Pooling" / "config.json"
    settings = json.loads(pooling.read_text())
    settings |= {"pooling_mode_mean_tokens": False, "pooling_mode_cls_token": True}
    pooling.write_text(json.dumps(settings))


def with_relu(folder: Path, config: dict[str, Any]) -> None:
    """An activation that the graph does not cover."""
    config["hidden_act"] = "relu"


@pytest.mark.parametrize(
    ("change", "engine", "floor"),
    [
        (None, "onnx", 0.999),
        (as_roberta, "onnx", 0.999),
        (with_first_token, "onnx", 0.999),
        (with_relu, "torch", 0.999999),
    ],
)
def test_small_models_agree_with_sentence_transformers(
    tmp_path: Path,
    change: Callable[[Path, dict[str, Any]], None] | None,
    engine: str,
    floor: float,
) -> None:
    folder = write_model(tmp_path / "petit")
    if change:
        config = json.loads((folder / "config.json").read_text())
        change(folder, config)
        (folder / "config.json").write_text(json.dumps(config))
    encoder = Encoder.load(str(folder), cache=tmp_path / "cache")
    (manifest,) = (tmp_path / "cache" / "graphs").rglob("manifest.json")
    assert json.loads(manifest.read_text())["engine"] == engine
    agreement = (encoder.encode_passages(TEXTS) * plain(folder, TEXTS)).sum(axis=1)
    assert agreement.min() > floor


# The default model --------------------------------------------------------------------


@pytest.fixture(scope="module")
def real() -> Encoder:
    return Encoder.load()


@pytest.fixture(scope="module")
def folder(real: Encoder) -> Path:
    return models.model_folder(DEFAULT_MODEL, default_cache())


@pytest.mark.model
def test_the_default_model_agrees_with_sentence_transformers(real: Encoder, folder: Path) -> None:
    passages = (real.encode_passages(TEXTS) * plain(folder, TEXTS)).sum(axis=1)
    questions = (real.encode_questions(TEXTS) * plain(folder, TEXTS, "query: ")).sum(axis=1)
    assert min(passages.min(), questions.min()) > 0.9985  # 0.9990 when this was written
    assert min(passages.mean(), questions.mean()) > 0.999


# Its ranking --------------------------------------------------------------------------


@pytest.fixture(scope="module")
def exact(real: Encoder, tmp_path_factory: pytest.TempPathFactory) -> Encoder:
    """The default model with float32 products."""
    model = models.open_model(DEFAULT_MODEL, default_cache())
    layout = models.read_layout(model.folder)
    assert layout
    path = tmp_path_factory.mktemp("float32") / "graph.onnx"
    path.write_bytes(graph.observing(models.read_state(model.folder), layout))
    engine = _GraphEngine(path, model.tokenizer, model.manifest, None)
    return Encoder("float32", model.manifest, engine, model.tokenizer)


@pytest.mark.model
def test_the_float32_graph_is_sentence_transformers(exact: Encoder, folder: Path) -> None:
    agreement = (exact.encode_passages(TEXTS) * plain(folder, TEXTS)).sum(axis=1)
    assert agreement.min() > 0.9998  # all that remains is the 8-bit table of words


@pytest.mark.model
@pytest.mark.data
def test_rounding_costs_no_ranking(real: Encoder, exact: Encoder) -> None:
    """At most 0.005 of nDCG@10 on piaf dev; it cost nothing when this was written."""
    piaf = DATA / "piaf"
    if not piaf.is_dir():
        pytest.skip(f"no data folder: {piaf} is absent (set BRIEF_QA_DATA)")
    documents = read_lines(piaf / "corpus.jsonl")[::3]  # a third of it takes a third of the time
    kept = {each["_id"] for each in documents}
    questions = [
        each for each in read_lines(piaf / "queries_dev.jsonl") if each["context_id"] in kept
    ]
    texts = [shortened(real, f"{each['title']}\n{each['text']}") for each in documents]
    qrels = {each["_id"]: {each["context_id"]: 1} for each in questions}
    scores = []
    for encoder in (exact, real):
        passages = encoder.encode_passages(texts)
        similarity = encoder.encode_questions([each["text"] for each in questions]) @ passages.T
        run = {
            question["_id"]: {documents[i]["_id"]: float(row[i]) for i in np.argsort(-row)[:10]}
            for question, row in zip(questions, similarity, strict=True)
        }
        scores.append(ir_measures.calc_aggregate([nDCG @ 10], qrels, run)[nDCG @ 10])
    assert scores[0] > 0.65
    assert scores[1] >= scores[0] - 0.005


def read_lines(path: Path) -> list[dict[str, str]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def shortened(encoder: Encoder, text: str) -> str:
    """The first 96 tokens: what is compared does not depend on length, and time does."""
    spans = encoder.token_offsets(text)
    return text[: spans[95][1]] if len(spans) > 96 else text
