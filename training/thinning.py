"""Passages read with some of their sentences left out, so that none is learnt by heart."""

from __future__ import annotations

import random
from dataclasses import replace

from brief_qa.sentences import sentences
from training.examples import Example, Piece

_MOST = 0.35
"""Share of a passage's sentences without an answer that is left out, at most."""


def thinned(example: Example, order: random.Random) -> Example:
    """The example with each of its passages thinned by a share of its own."""
    return replace(
        example,
        right=tuple(_thinned(piece, order) for piece in example.right),
        wrong=tuple(_thinned(piece, order) for piece in example.wrong),
    )


def _thinned(piece: Piece, order: random.Random) -> Piece:
    """Without some of the sentences that hold no answer.

    As it is when an answer goes over the end of a sentence, or nothing would be left.
    """
    begin = [start for start, _ in sentences(piece.text)]
    if len(begin) < 2:
        return piece
    share = _MOST * order.random()
    text, answers = "", list[tuple[int, int]]()
    for start, end in zip([0, *begin[1:]], [*begin[1:], len(piece.text)], strict=True):
        held = [(a, b) for a, b in piece.answers if a < end and start < b]
        if any(a < start or end < b for a, b in held):
            return piece
        if held or order.random() >= share:
            moved = len(text) - start
            answers += [(a + moved, b + moved) for a, b in held]
            text += piece.text[start:end]
    text = text.rstrip()
    return replace(piece, text=text, answers=tuple(answers)) if text else piece
