"""The reader as it is trained: the encoder's layers, made to read a question with a passage.

The table of words, the positions and their normalisation stay the encoder's own, which every
installation has: only the layers above and the two heads are learnt, and shipped.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import torch
import torch.nn.functional as F
from safetensors.torch import load_file, save_file
from torch import Tensor, nn

from brief_qa.reader import MAX_TOKENS, paired

if TYPE_CHECKING:
    from tokenizers import Tokenizer

    from training.examples import Piece

WIDTH, HEADS, LAYERS = 384, 12, 12
_EPSILON = 1e-12


@dataclass(frozen=True, slots=True)
class Row:
    """A question with a passage, in tokens."""

    ids: list[int]
    readable: list[bool]
    """Which tokens an answer may begin or end at: those of the passage."""
    starts: list[int]
    ends: list[int]
    """Tokens at which right answers begin and end, in pairs; none when it does not answer."""


@dataclass(frozen=True, slots=True)
class Batch:
    """Rows padded to one length: all (rows, tokens)."""

    ids: Tensor
    mask: Tensor
    readable: Tensor
    starts: Tensor
    ends: Tensor

    @classmethod
    def of(cls, rows: Sequence[Row]) -> Batch:
        """Pad with zeros."""
        shape = len(rows), max(len(row.ids) for row in rows)
        ids = torch.zeros(shape, dtype=torch.long)
        mask, readable, starts, ends = (torch.zeros(shape, dtype=torch.bool) for _ in range(4))
        for number, row in enumerate(rows):
            ids[number, : len(row.ids)] = torch.tensor(row.ids)
            mask[number, : len(row.ids)] = True
            readable[number, : len(row.ids)] = torch.tensor(row.readable)
            starts[number, row.starts] = True
            ends[number, row.ends] = True
        return cls(ids, mask, readable, starts, ends)


def row(tokenizer: Tokenizer, question: str, piece: Piece) -> Row:
    """A question with a passage as the reader sees them, and where the answers are."""
    read = paired(tokenizer, question, piece.title, piece.text)
    starts, ends = [], []
    for start, end in piece.answers:
        inside = [i for i, (a, b) in enumerate(read.spans) if a < end and start < b]
        if inside:
            starts.append(inside[0])
            ends.append(inside[-1])
    return Row(read.ids, [a < b for a, b in read.spans], starts, ends)


class _Layer(nn.Module):
    """A BERT layer. Attention is written out: on CPUs its gradient takes half the time."""

    def __init__(self) -> None:
        super().__init__()
        self.qkv = nn.Linear(WIDTH, 3 * WIDTH)
        self.out = nn.Linear(WIDTH, WIDTH)
        self.out_norm = nn.LayerNorm(WIDTH, _EPSILON)
        self.wide = nn.Linear(WIDTH, 4 * WIDTH)
        self.narrow = nn.Linear(4 * WIDTH, WIDTH)
        self.narrow_norm = nn.LayerNorm(WIDTH, _EPSILON)
        self.drop = nn.Dropout(0.0)

    def forward(self, hidden: Tensor, bias: Tensor) -> Tensor:
        rows, tokens, _ = hidden.shape
        qkv = self.qkv(hidden).view(rows, tokens, 3, HEADS, WIDTH // HEADS)
        query, key, value = qkv.permute(2, 0, 3, 1, 4)
        scores = (query * (WIDTH // HEADS) ** -0.5) @ key.transpose(2, 3) + bias
        attended = scores.softmax(-1, dtype=scores.dtype) @ value
        attended = attended.transpose(1, 2).reshape(rows, tokens, WIDTH)
        hidden = self.out_norm(hidden + self.drop(self.out(attended)))
        wide = F.gelu(self.wide(hidden))
        normed: Tensor = self.narrow_norm(hidden + self.drop(self.narrow(wide)))
        return normed


class TrainedReader(nn.Module):
    """(starts, ends, relevance): logits of each token, and of each row as a whole."""

    def __init__(self, folder: Path, frozen: int) -> None:
        """From an encoder's folder; the lowest ``frozen`` layers are kept as they are."""
        super().__init__()
        state = load_file(folder / "model.safetensors")
        self.words: Tensor
        self.register_buffer("words", state["embeddings.word_embeddings.weight"], persistent=False)
        places = state["embeddings.position_embeddings.weight"][:MAX_TOKENS]
        places = places + state["embeddings.token_type_embeddings.weight"][0]
        self.places: Tensor
        self.register_buffer("places", places, persistent=False)
        self.norm = nn.LayerNorm(WIDTH, _EPSILON)
        self.layers = nn.ModuleList(_Layer() for _ in range(LAYERS))
        self.spans = nn.Linear(WIDTH, 2)
        self.pooler = nn.Linear(WIDTH, WIDTH)
        self.relevance = nn.Linear(WIDTH, 1)
        self.load_named(state, with_heads=False)
        nn.init.normal_(self.spans.weight, std=0.02)
        nn.init.normal_(self.pooler.weight, std=0.02)
        nn.init.normal_(self.relevance.weight, std=0.02)
        for module in (self.norm, *self.layers[:frozen]):
            module.requires_grad_(False)

    def forward(self, ids: Tensor, mask: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        """``ids`` and ``mask`` are (rows, tokens)."""
        with torch.no_grad():
            hidden = self.norm(self.words[ids] + self.places[: ids.shape[1]])
        bias = torch.zeros(mask.shape, dtype=torch.bfloat16).masked_fill(~mask, -1e4)
        for layer in self.layers:
            hidden = layer(hidden, bias[:, None, None, :])
        starts, ends = self.spans(hidden).float().unbind(-1)
        pooled = torch.tanh(self.pooler(hidden[:, 0]))
        return starts, ends, self.relevance(pooled).float().squeeze(-1)

    def set_dropout(self, share: float, frozen: int) -> None:
        """Leave out this share of what each layer above the ``frozen`` ones adds, in training."""
        for module in self.layers[frozen:].modules():
            if isinstance(module, nn.Dropout):
                module.p = share

    def named(self) -> dict[str, Tensor]:
        """What is learnt, under the names that BertModel gives weights."""
        state = dict[str, Tensor]()
        for number, layer in enumerate(self.layers):
            prefix = f"encoder.layer.{number}."
            for kind in ("weight", "bias"):
                parts = getattr(layer.qkv, kind).detach().split(WIDTH)
                for part, value in zip(("query", "key", "value"), parts, strict=True):
                    state[f"{prefix}attention.self.{part}.{kind}"] = value.contiguous()
                for short, long in _NAMES:
                    state[f"{prefix}{long}.{kind}"] = getattr(
                        layer.get_submodule(short), kind
                    ).detach()
        for head in _HEADS:
            for kind in ("weight", "bias"):
                state[f"{head}.{kind}"] = getattr(self.get_submodule(head), kind).detach()
        return state

    def load_named(self, state: dict[str, Tensor], *, with_heads: bool = True) -> None:
        """The reverse of :meth:`named`, from a mapping that may hold more."""
        with torch.no_grad():
            for kind in ("weight", "bias"):
                for number, layer in enumerate(self.layers):
                    prefix = f"encoder.layer.{number}."
                    parts = ("query", "key", "value")
                    joined = [state[f"{prefix}attention.self.{part}.{kind}"] for part in parts]
                    getattr(layer.qkv, kind).copy_(torch.cat(joined))
                    for short, long in _NAMES:
                        value = state[f"{prefix}{long}.{kind}"]
                        getattr(layer.get_submodule(short), kind).copy_(value)
                if f"embeddings.LayerNorm.{kind}" in state:
                    getattr(self.norm, kind).copy_(state[f"embeddings.LayerNorm.{kind}"])
                for head in _HEADS if with_heads else ():
                    getattr(self.get_submodule(head), kind).copy_(state[f"{head}.{kind}"])

    def save(self, path: Path) -> None:
        """Write :meth:`named` as safetensors."""
        save_file(self.named(), path)


_NAMES = (
    ("out", "attention.output.dense"),
    ("out_norm", "attention.output.LayerNorm"),
    ("wide", "intermediate.dense"),
    ("narrow", "output.dense"),
    ("narrow_norm", "output.LayerNorm"),
)
_HEADS = ("spans", "pooler", "relevance")


def loss(logits: tuple[Tensor, Tensor, Tensor], batch: Batch, groups: Iterable[slice]) -> Tensor:
    """Where the answer is, whether there is one, and which passage of a question has it.

    Where: the probability of beginning at any right beginning, likewise of ending (the
    marginal likelihood of Clark and Gardner 2018, section 3.2), over rows that answer.
    Whether: binary cross-entropy over all rows. Which: softmax over the rows of a question.
    """
    starts, ends, relevance = logits
    answers = batch.starts.any(1)
    whether = F.binary_cross_entropy_with_logits(relevance, answers.float())
    where = relevance.new_zeros(())
    if answers.any():
        for scores, places in ((starts, batch.starts), (ends, batch.ends)):
            scores = scores[answers].masked_fill(~batch.readable[answers], -1e4)
            right = scores.masked_fill(~places[answers], -1e4).logsumexp(1)
            where = where + (scores.logsumexp(1) - right).mean() / 2
    which = [
        relevance[group].logsumexp(0) - relevance[group][answers[group]].logsumexp(0)
        for group in groups
        if answers[group].any() and not answers[group].all()
    ]
    return where + whether + (torch.stack(which).mean() / 2 if which else 0.0)
