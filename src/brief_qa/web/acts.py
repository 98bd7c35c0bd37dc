"""What a reader can do in a conversation, and what the page then shows."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from contextlib import aclosing
from dataclasses import replace
from typing import Any

import gradio as gr

from brief_qa.archive import Archive
from brief_qa.domain import Answer
from brief_qa.errors import ArchiveError
from brief_qa.feedback import FeedbackFile, Reason, Verdict, of_answer
from brief_qa.reader import shared_reader
from brief_qa.suggestions import following
from brief_qa.web import kept, render_conversation, words
from brief_qa.web.conversation import (
    Conversation,
    Draft,
    Exchange,
    Step,
    Trouble,
    asked_again,
    asked_next,
    asked_onward,
    may_judge,
    numbered,
    stopped,
    understood_as,
    with_exchange,
    with_last,
)
from brief_qa.web.outcomes import outcomes
from brief_qa.web.turns import Turns

_log = logging.getLogger(__name__)

Outputs = tuple[Any, ...]
"""Values of the page's outputs: the conversation as HTML, as held, as kept; the question box;
whether the welcome and the button to start again are seen."""


class Acts:
    """What a reader can do on the page, each act streaming its outputs. Holds nothing of a reader.

    What comes from a page is untrusted: it names an exchange of the reader's own conversation.
    """

    def __init__(self, archive: Archive, turns: Turns, key: bytes) -> None:
        """As for :func:`build`."""
        self._archive, self._turns, self._key = archive, turns, key

    async def ask(
        self, question: str, before: Conversation, request: gr.Request
    ) -> AsyncGenerator[Outputs]:
        """Answer a question."""
        asked = asked_next(before, question)
        async with aclosing(self._answers(asked, before, request, box="")) as answers:
            async for outputs in answers:
                yield outputs

    async def ask_again(
        self, before: Conversation, request: gr.Request, event: gr.EventData
    ) -> AsyncGenerator[Outputs]:
        """Answer a question of the conversation again, maybe otherwise."""
        asked = asked_again(before, _number(event), _said(event).get("how"))
        async with aclosing(self._answers(asked, before, request)) as answers:
            async for outputs in answers:
                yield outputs

    async def ask_onward(
        self, before: Conversation, request: gr.Request, event: gr.EventData
    ) -> AsyncGenerator[Outputs]:
        """Answer a question that was offered below an answer."""
        asked = asked_onward(before, _number(event), _number(event, "place"))
        async with aclosing(self._answers(asked, before, request)) as answers:
            async for outputs in answers:
                yield outputs

    async def _answers(
        self, asked: Exchange | None, before: Conversation, request: gr.Request, box: Any = None
    ) -> AsyncGenerator[Outputs]:
        """``box`` is what the question box is to hold; None leaves it as it is."""
        if asked is None:
            return
        reader = request.client.host if request.client else ""
        exchange = asked
        some = outcomes(self._archive, self._turns, asked, before, reader)
        async with aclosing(some) as all_outcomes:
            async for outcome in all_outcomes:
                exchange = replace(asked, outcome=outcome)
                yield self._outputs(with_last(before, exchange), box)
                box = None  # emptied once: the next question may be in it by now
        if isinstance(exchange.outcome, Answer) and not exchange.outcome.refused:
            onward = await asyncio.to_thread(_onward, exchange)
            yield self._outputs(with_last(before, replace(exchange, onward=onward)))

    def stop(self, conversation: Conversation) -> Outputs:
        """Wait no longer for the answer under way: Gradio ends what was working on it."""
        return self._outputs(stopped(conversation))

    def judge(self, conversation: Conversation, event: gr.EventData) -> Outputs:
        """Keep what the reader thinks of an answer."""
        exchange, said = numbered(conversation, _number(event)), _said(event)
        try:
            verdict = Verdict(said["verdict"])
            reason = Reason(said["reason"]) if "reason" in said else None
        except (KeyError, ValueError):
            return self._outputs(conversation)
        if exchange is None or not may_judge(exchange, reason):
            return self._outputs(conversation)
        assert isinstance(exchange.outcome, Answer)
        feedback = of_answer(exchange.question, exchange.outcome, verdict, reason)
        if exchange.feedback:
            feedback = replace(feedback, verdict=Verdict.WRONG, id=exchange.feedback.id)
        try:
            FeedbackFile(self._archive.folder).keep(feedback)
        except ArchiveError:
            _log.exception("avis d'un lecteur non gardé")
            return self._outputs(with_exchange(conversation, replace(exchange, feedback_lost=True)))
        return self._outputs(with_exchange(conversation, replace(exchange, feedback=feedback)))

    def reopen(self, event: gr.EventData) -> Outputs:
        """Show again the conversation that an address holds."""
        found = kept.reopened(str(_said(event).get("kept", "")), self._archive, self._key)
        if found is None:
            found = (Exchange(1, words.REOPENED, outcome=Trouble(words.NOT_KEPT_HERE)),)
        return self._outputs(found)

    def start_again(self) -> Outputs:
        """Empty the conversation."""
        return self._outputs((), box="")

    def _outputs(self, now: Conversation, box: Any = None) -> Outputs:
        under_way = bool(now) and isinstance(now[-1].outcome, (Step, Draft))
        return (
            render_conversation.conversation_html(now),
            now,
            gr.skip() if under_way else render_conversation.keep_html(kept.kept(now, self._key)),
            gr.skip() if box is None else box,
            gr.update(visible=not now),
            gr.update(visible=bool(now)),
        )


def _said(event: gr.EventData) -> dict[str, Any]:
    """What a page says of an act; nothing when that is no object."""
    return event._data if isinstance(event._data, dict) else {}


def _number(event: gr.EventData, name: str = "exchange") -> int:
    """A number that a page says; -1 when it is none."""
    said = str(_said(event).get(name, ""))
    return int(said) if said.isdecimal() and len(said) < 10 else -1


def _onward(exchange: Exchange) -> tuple[str, ...]:
    assert isinstance(exchange.outcome, Answer)
    return following(understood_as(exchange), exchange.outcome, shared_reader())
