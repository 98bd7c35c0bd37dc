"""A very small model in the wheel's file format: real code paths, no real weights."""

from __future__ import annotations

import struct
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from brief_qa import e5

HIDDEN, LAYERS, HEADS, WIDE, POSITIONS, TYPES = 64, 2, 2, 128, 40, 2
LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôûù0123456789.,:;!?'’«»()-%"
PIECES = ["<s>", "<pad>", "</s>", "<unk>", "▁", *LETTERS, *(f"▁{letter}" for letter in LETTERS)]
TEXTS = [
    "Le ministre de l'Intérieur a rencontré son homologue marocain à Rabat.",
    "La cérémonie de réouverture s'est tenue samedi 7 décembre au soir.",
    "Le smic augmente de 2 % au 1er novembre 2024 ; il passe à 11,88 euros brut de l'heure.",
    "« Nous ouvrirons en septembre 2026 », a promis le président de l'agglomération.",
    "Brève.",
    "",
]
VOCABULARY = len(PIECES) + 3  # the real table too has more rows than pieces

Tensor = tuple[int, int, bytes]
"""Kind, number of elements, bytes."""


def blob_bytes(seed: int = 0) -> bytes:
    """The file's content, with random weights around those of a fresh network."""
    head = b"E5S1" + struct.pack("<I", 1)
    head += struct.pack("<7i", HIDDEN, LAYERS, HEADS, WIDE, VOCABULARY, POSITIONS, TYPES)
    head += struct.pack("<fi5i", 1e-12, 32, len(PIECES), 0, 2, 1, 3)
    encoded = [piece.encode() for piece in PIECES]
    head += struct.pack("<Q", sum(map(len, encoded)))
    offsets = np.cumsum([0, *map(len, encoded)])
    scores = [0.0] * 4 + [-2.0 - len(piece) for piece in PIECES[4:]]
    head += offsets.astype("<u4").tobytes() + np.array(scores, "<f4").tobytes()
    head += b"".join(encoded)
    head += struct.pack("<iI", 1, 9) + struct.pack("<IBI", 0xA0, 1, 0x20)
    tensors = dict(_tensors(np.random.default_rng(seed)))
    sizes = [len(name) + 23 for name in tensors]
    start = len(head) + 4 + sum(sizes)
    directory, data = struct.pack("<i", len(tensors)), b""
    for name, (kind, elements, raw) in tensors.items():
        directory += struct.pack("<H", len(name)) + name.encode()
        directory += struct.pack("<BIQQ", kind, elements, start + len(data), len(raw))
        data += raw
    return head + directory + data


def _tensors(random: np.random.Generator) -> Iterator[tuple[str, Tensor]]:
    yield "emb.word", _blocks(random, VOCABULARY * HIDDEN)
    yield "emb.pos", _floats(random.normal(0, 0.02, POSITIONS * HIDDEN))
    yield "emb.type", _floats(random.normal(0, 0.02, TYPES * HIDDEN))
    yield "emb.ln.w", _floats(random.uniform(0.5, 1.5, HIDDEN))
    yield "emb.ln.b", _floats(random.normal(0, 0.1, HIDDEN))
    for layer in range(LAYERS):
        for name in ("q", "k", "v", "ao", "fi", "fo"):
            size = HIDDEN * (WIDE if name in ("fi", "fo") else HIDDEN)
            yield f"l{layer}.{name}.w", _blocks(random, size)
            rows = WIDE if name == "fi" else HIDDEN
            yield f"l{layer}.{name}.b", _floats(random.normal(0, 0.1, rows))
        for name in ("aln", "oln"):
            yield f"l{layer}.{name}.w", _floats(random.uniform(0.5, 1.5, HIDDEN))
            yield f"l{layer}.{name}.b", _floats(random.normal(0, 0.1, HIDDEN))


def _floats(values: NDArray[np.float64]) -> Tensor:
    return 0, len(values), values.astype("<f4").tobytes()


def _blocks(random: np.random.Generator, elements: int) -> Tensor:
    """Blocks of 32 weights of 4 bits, with a spread of about 0.1."""
    count = elements // 32
    scales = random.uniform(0.02, 0.04, count).astype("<f2")
    nibbles = random.integers(0, 16, (count, 32), dtype=np.uint8)
    packed = nibbles[:, :16] | (nibbles[:, 16:] << 4)
    joined = np.concatenate([scales[:, None].view(np.uint8), packed], axis=1)
    return 1, elements, joined.tobytes()


def write_blob(path: Path, seed: int = 0) -> Path:
    """Write the file and return its path."""
    path.write_bytes(blob_bytes(seed))
    return path


def write_model(folder: Path, seed: int = 0) -> Path:
    """Write the tiny model as a sentence-transformers folder and return it."""
    folder.mkdir(parents=True)
    blob = write_blob(folder.parent / f"{folder.name}.bin", seed)
    e5.write_folder(e5.read_blob(blob), folder)
    return folder
