"""A conversation, as one reader's page holds it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from brief_qa.domain import Answer, Hit

KEPT = 30
"""Exchanges shown and remembered; older ones leave the page, which is sent whole each time."""


@dataclass(frozen=True, slots=True)
class Step:
    """What is being done for a question now, in French."""

    text: str
    hits: tuple[Hit, ...] = ()
    """What was found so far."""


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
    as_written: bool = False
    """Whether the question was to be asked as it is, and not completed from those before it."""
    read_dates: bool = True
    """Whether the question's own words say of which time to search."""


Conversation = tuple[Exchange, ...]


def asked_next(conversation: Conversation, question: str) -> Exchange:
    """The exchange that follows, for a question just asked."""
    return Exchange(conversation[-1].number + 1 if conversation else 1, question)


def with_last(conversation: Conversation, exchange: Exchange) -> Conversation:
    """The conversation, with one more exchange."""
    return (*conversation, exchange)[-KEPT:]


def asked_again(conversation: Conversation, number: object, how: object) -> Exchange | None:
    """The question of an exchange once more, "as-written" or "without-dates".

    None when the conversation has no such exchange: both come from a page.
    """
    earlier = next((one for one in conversation if one.number == number), None)
    if earlier is None or how not in ("as-written", "without-dates"):
        return None
    return replace(
        asked_next(conversation, earlier.question),
        as_written=earlier.as_written or how == "as-written",
        read_dates=earlier.read_dates and how != "without-dates",
    )


def history(conversation: Conversation) -> list[tuple[str, str]]:
    """The questions answered or refused so far, as they were understood, with what was said."""
    return [
        (_understood(exchange, exchange.outcome), exchange.outcome.text)
        for exchange in conversation
        if isinstance(exchange.outcome, Answer)
    ]


def _understood(exchange: Exchange, answer: Answer) -> str:
    return answer.understood.question if answer.understood else exchange.question
