"""A conversation, as one reader's page holds it."""

from __future__ import annotations

from dataclasses import dataclass

from brief_qa.domain import Answer

KEPT = 30
"""Exchanges shown and remembered; older ones leave the page, which is sent whole each time."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done for a question now, in French."""

    text: str


@dataclass(frozen=True, slots=True)
class Draft:
    """An answer that is being written: the sentences of it that have been checked."""

    answer: Answer


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a question got no answer, in French."""

    message: str


Outcome = Answer | Draft | Step | Trouble


@dataclass(frozen=True, slots=True)
class Exchange:
    """A question and what came of it."""

    number: int
    """1 for the first of the conversation."""
    question: str
    outcome: Outcome = Step("")


Conversation = tuple[Exchange, ...]


def asked_next(conversation: Conversation, question: str) -> Exchange:
    """The exchange that follows, for a question just asked."""
    return Exchange(conversation[-1].number + 1 if conversation else 1, question)


def with_last(conversation: Conversation, exchange: Exchange) -> Conversation:
    """The conversation, with one more exchange."""
    return (*conversation, exchange)[-KEPT:]


def history(conversation: Conversation) -> list[tuple[str, str]]:
    """The questions answered or refused so far, with what was said."""
    return [
        (exchange.question, exchange.outcome.text)
        for exchange in conversation
        if isinstance(exchange.outcome, Answer)
    ]
