"""A conversation, as one reader's page holds it."""

from __future__ import annotations

from dataclasses import dataclass, replace

from brief_qa.answers import in_short
from brief_qa.domain import Answer, Hit
from brief_qa.feedback import Feedback, Reason, Verdict
from brief_qa.web import words

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
    onward: tuple[str, ...] | None = None
    """Questions that may follow the answer; None until they have been looked for."""
    feedback: Feedback | None = None
    """What the reader thinks of the answer."""
    feedback_lost: bool = False
    """Whether what the reader thought of it could not be kept."""
    reopened: bool = False
    """Whether it comes from an address. It is not judged then: a link would let whoever has it
    speak for its sender, and fill the file of opinions without asking anything."""


Conversation = tuple[Exchange, ...]


def asked_next(conversation: Conversation, question: str) -> Exchange:
    """The exchange that follows, for a question just asked."""
    return Exchange(conversation[-1].number + 1 if conversation else 1, question)


def with_last(conversation: Conversation, exchange: Exchange) -> Conversation:
    """The conversation, with one more exchange."""
    return (*conversation, exchange)[-KEPT:]


def asked_again(conversation: Conversation, number: object, how: object) -> Exchange | None:
    """The question of an exchange once more: "again", "as-written" or "without-dates".

    None when the conversation has no such exchange: both come from a page.
    """
    earlier = numbered(conversation, number)
    if earlier is None or how not in ("again", "as-written", "without-dates"):
        return None
    return replace(
        asked_next(conversation, earlier.question),
        as_written=earlier.as_written or how == "as-written",
        read_dates=earlier.read_dates and how != "without-dates",
    )


def asked_onward(conversation: Conversation, number: object, place: int) -> Exchange | None:
    """The question that was offered below an exchange at that place, from 0 on.

    None when there is none: both come from a page.
    """
    earlier = numbered(conversation, number)
    if earlier is None or not earlier.onward or place not in range(len(earlier.onward)):
        return None
    return replace(asked_next(conversation, earlier.onward[place]), as_written=True)


def stopped(conversation: Conversation) -> Conversation:
    """The conversation once its reader waits no longer for the last answer."""
    if not conversation or not isinstance(conversation[-1].outcome, (Step, Draft)):
        return conversation
    return (*conversation[:-1], replace(conversation[-1], outcome=Trouble(words.STOPPED_HERE)))


def may_judge(exchange: Exchange, reason: Reason | None) -> bool:
    """Whether its answer may be judged: once, and once more to say why it is wrong."""
    if exchange.reopened or not isinstance(exchange.outcome, Answer):
        return False
    given = exchange.feedback
    if given is None:
        return reason is None
    return given.verdict == Verdict.WRONG and given.reason is None and reason is not None


def with_exchange(conversation: Conversation, exchange: Exchange) -> Conversation:
    """The conversation, with this exchange in the place of the one of its number."""
    return tuple(exchange if one.number == exchange.number else one for one in conversation)


def numbered(conversation: Conversation, number: object) -> Exchange | None:
    """The exchange of that number, which comes from a page; None when there is none."""
    return next((one for one in conversation if one.number == number), None)


def history(conversation: Conversation) -> list[tuple[str, str]]:
    """The questions answered or refused so far, as they were understood, with what was said.

    The words that answer come first: "il" is more likely who they name than another of the text.
    """
    return [
        (understood_as(exchange), f"{in_short(exchange.outcome)} {exchange.outcome.text}".lstrip())
        for exchange in conversation
        if isinstance(exchange.outcome, Answer)
    ]


def is_busy(exchange: Exchange) -> bool:
    """Whether something of it is still to come."""
    outcome = exchange.outcome
    answered = isinstance(outcome, Answer) and not outcome.refused
    return isinstance(outcome, (Step, Draft)) or (answered and exchange.onward is None)


def understood_as(exchange: Exchange) -> str:
    """The question that was answered: made complete from those before it, or as it is."""
    answer = exchange.outcome
    read = answer.understood if isinstance(answer, Answer) else None
    return read.question if read else exchange.question
