"""Questions and passages with a name exchanged in both, so that no fact is learnt by heart.

A reader that has seen a question of PIAF many times answers it from memory. Under another name
the passage is all that it can answer from (Longpre et al. 2021, "Entity-based knowledge conflicts
in question answering").
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import replace

from training.examples import Example, Piece
from training.near_misses import is_name, names


def renamed(example: Example, elsewhere: Sequence[str], order: random.Random) -> Example:
    """The example with a name of its question or of its answers exchanged throughout.

    The other name comes from ``elsewhere``. As it is when it holds no name, or when the name
    stands across the edge of an answer.
    """
    said = names(example.question)
    said += [text for text in _answers(example) if is_name(text)]
    if not said:
        return example
    old, new = order.choice(said), order.choice(elsewhere)
    if old in new or new in old:
        return example
    pattern = re.compile(rf"(?<!\w){re.escape(old)}(?!\w)")
    right = [_renamed(piece, pattern, new) for piece in example.right]
    if None in right:
        return example
    return replace(
        example,
        question=pattern.sub(lambda _: new, example.question),
        right=tuple(piece for piece in right if piece is not None),
        wrong=tuple(_renamed(piece, pattern, new) or piece for piece in example.wrong),
    )


def _answers(example: Example) -> list[str]:
    return [piece.text[start:end] for piece in example.right for start, end in piece.answers]


def _renamed(piece: Piece, pattern: re.Pattern[str], new: str) -> Piece | None:
    """None when the name stands across the edge of an answer."""
    found = [match.span() for match in pattern.finditer(piece.text)]
    places = {place for answer in piece.answers for place in answer}
    if any(start < place < end for start, end in found for place in places):
        return None
    moved = {
        place: place + sum(len(new) - (end - start) for start, end in found if end <= place)
        for place in places
    }
    return Piece(
        pattern.sub(lambda _: new, piece.title),
        pattern.sub(lambda _: new, piece.text),
        tuple((moved[start], moved[end]) for start, end in piece.answers),
    )
