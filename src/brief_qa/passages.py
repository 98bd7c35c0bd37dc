"""Passages: an article cut into pieces that the encoder can read whole.

The cutting is langchain-text-splitters', at paragraphs, then sentences, then clauses; the
sizes are counted in the encoder's own tokens; the offsets are exact, and a passage's text
is ``body[start:end]``.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from functools import cache
from typing import Protocol

from brief_qa.dates import format_date
from brief_qa.domain import Article
from brief_qa.sentences import ABBREVIATIONS

PASSAGE_TOKENS = 192
"""Most paragraphs of an encyclopedia stay whole, a news article makes three to five passages.
Between 128 and 384 no size is better on all sets: docs/experiments.md."""
SHORT_TOKENS = 24
"""A passage of fewer tokens says too little to be found by itself, and joins a neighbour. Not
swept: it is a line or a sentence of a dozen words."""
_CONTEXT_TOKENS = 48
"""Kept free for the title and the date that go before a passage."""
_SPACE = r"[ \u00a0\u202f]"


def _no_sentence_end() -> str:
    """A lookbehind that refuses the stop of an abbreviation or an initial, by length."""
    by_length: dict[int, list[str]] = {}
    for word in sorted(ABBREVIATIONS):
        by_length.setdefault(len(word), []).append(re.escape(word))
    words = (rf"(?<!\b(?i:{'|'.join(some)})\.)" for some in by_length.values())
    return "".join([*words, r"(?<!\b[A-ZÀ-ÖØ-Þ]\.)"])


# The end of a sentence stays with it; what follows must look like a beginning, so that
# "M. Dupont", "p. 12" and "etc. et" are not cut as long as there is a better place.
_SEPARATORS = [
    r"\n\n+",
    r"\n",
    rf"(?<=[.!?…]){_no_sentence_end()}(?:{_SPACE}*+[»”\"])?{_SPACE}++(?=[«“\"—–-]?{_SPACE}?[A-ZÀ-ÖØ-Þ])",
    rf"(?<=[;:]){_SPACE}+",
    rf"(?<=,){_SPACE}+",
    r"\s+",
    "",
]


class Tokens(Protocol):
    """What passages need of an encoder."""

    max_tokens: int

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """Tokens of each text, special tokens not counted."""


def split(article: Article, encoder: Tokens, size: int = PASSAGE_TOKENS) -> list[tuple[int, int]]:
    """The passages of an article as (start, end), in order, without overlap or blank edges.

    Together they hold every character of the body that is not white space. None has more
    than ``size`` tokens, but for what a short neighbour of fewer than ``SHORT_TOKENS`` adds to
    it, and none more than the encoder can read beside the context. A short one is left only
    where it fits with neither neighbour.
    """
    from langchain_text_splitters import RecursiveCharacterTextSplitter

    room = max(8, encoder.max_tokens - _CONTEXT_TOKENS)
    tokens = _length(encoder)
    splitter = RecursiveCharacterTextSplitter(
        separators=_SEPARATORS,
        is_separator_regex=True,
        keep_separator="end",
        chunk_size=max(8, min(size, room)),
        chunk_overlap=0,
        length_function=tokens,
        strip_whitespace=True,
        add_start_index=True,
    )
    documents = splitter.create_documents([article.body])
    starts = [(d.metadata["start_index"], len(d.page_content)) for d in documents]
    spans = [(start, start + length) for start, length in starts]
    return _short_ones_joined(article.body, spans, tokens, min(size + SHORT_TOKENS, room))


def _short_ones_joined(
    body: str, spans: list[tuple[int, int]], tokens: Callable[[str], int], most: int
) -> list[tuple[int, int]]:
    """The spans, a short one made one with a neighbour where both have ``most`` tokens at most.

    The end of a paragraph goes with what is before it; a line of its own, which heads what
    follows, with what is after it.
    """
    # Weights are added, not counted anew: a piece that counts for nothing would be joined to the
    # next for ever.
    weights = {(start, end): tokens(body[start:end]) for start, end in spans}
    waiting, joined = list(spans), list[tuple[int, int]]()
    for at, span in enumerate(waiting):
        before = [(joined, -1)] if joined else []
        after = [(waiting, at + 1)] if at + 1 < len(waiting) else []
        heads = bool(joined) and "\n" in body[joined[-1][1] : span[0]]
        near = after + before if heads else before + after
        for where, place in near if weights[span] < SHORT_TOKENS else []:
            other = where[place]
            both = min(span[0], other[0]), max(span[1], other[1])
            weight = weights[span] + weights[other]
            if weight <= most and tokens(body[slice(*both)]) <= most:
                where[place], weights[both] = both, weight
                break
        else:
            joined.append(span)
    return joined


def _length(encoder: Tokens) -> Callable[[str], int]:
    """Tokens of a piece, counted once, however often the splitter asks.

    One at least: the splitter would put a piece that weighs nothing into two passages.
    """
    return cache(lambda text: max(1, encoder.count_tokens([text])[0]) if text else 0)


def in_context(article: Article, start: int, end: int) -> str:
    """What the encoder reads for a passage: title and date before it. Never quoted."""
    day = format_date(article.published) if article.published else ""
    head = [part for part in (article.title[:200], day) if part]
    return "\n".join([*head, article.body[start:end]])
