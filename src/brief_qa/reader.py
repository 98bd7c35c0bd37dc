"""The trained reader: where in a passage the answer to a question is, and whether it is there.

(question, title, passage) ──► tokens ──► 8-bit graph ──► span, relevance
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tokenizers import Tokenizer

MAX_TOKENS = 320
"""Of a question with a passage and its title; the passage's end is cut."""
_MAX_QUESTION_TOKENS = 64
_MAX_TITLE = 200


@dataclass(frozen=True, slots=True)
class Paired:
    """A question with a passage, in tokens."""

    ids: list[int]
    spans: list[tuple[int, int]]
    """By token, its characters in the passage; (0, 0) outside the passage."""


def paired(tokenizer: Tokenizer, question: str, title: str, text: str) -> Paired:
    """``<s> question </s></s> title, passage </s>``, as the reader was trained on."""
    head = f"{title[:_MAX_TITLE]}\n" if title else ""
    asked = tokenizer.encode(question).ids
    if len(asked) > _MAX_QUESTION_TOKENS:
        asked = [*asked[: _MAX_QUESTION_TOKENS - 1], asked[-1]]
    read = tokenizer.encode(head + text)
    closing = read.ids[-1]
    ids = [*asked, closing, *read.ids[1:]]
    spans = [(0, 0)] * (len(asked) + 1)
    for start, end in read.offsets[1:-1]:
        inside = end > len(head)
        spans.append((max(0, start - len(head)), end - len(head)) if inside else (0, 0))
    spans.append((0, 0))
    if len(ids) > MAX_TOKENS:
        ids, spans = [*ids[: MAX_TOKENS - 1], closing], [*spans[: MAX_TOKENS - 1], (0, 0)]
    return Paired(ids, spans)
