"""What becomes of a question, step by step: its place in the line, what is found, the answer."""

from __future__ import annotations

import logging
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing

from brief_qa.archive import Archive
from brief_qa.domain import Answer, Hit
from brief_qa.errors import BriefQAError
from brief_qa.web import words
from brief_qa.web.asking import Tell, Work, why_full
from brief_qa.web.conversation import (
    Conversation,
    Draft,
    Exchange,
    Outcome,
    Step,
    Trouble,
    history,
)
from brief_qa.web.turns import Full, Turns
from brief_qa.web.typography import count

_log = logging.getLogger(__name__)


async def outcomes(
    archive: Archive, turns: Turns, asked: Exchange, before: Conversation, reader: str
) -> AsyncGenerator[Outcome]:
    """The steps of a question as they are done, then what came of it.

    ``reader`` is who asks, by address. A reader who goes away ends it at its next step.
    """
    try:
        async with aclosing(turns.wait(reader)) as line:
            async for ahead in line:
                yield Step(words.WAITING.format(questions=count(ahead, "question")))
    except Full as full:
        yield Trouble(why_full(full))
        return

    def answer(tell: Tell, stop: threading.Event) -> Answer:
        return archive.ask(
            asked.question,
            history(before),
            as_written=asked.as_written,
            read_dates=asked.read_dates,
            on_hits=lambda hits: tell("hits", _reading(hits)),
            on_sentence=lambda answer: tell("sentence", Draft(answer)),
            stop=stop,
        )

    answering = Work(answer, lambda: turns.done(reader))
    try:
        yield Step(words.SEARCHING)
        async for _, step in answering.steps():
            yield step
        yield await answering.result()
    except BriefQAError as error:
        yield Trouble(str(error))
    except Exception:
        _log.exception("question restée sans réponse")
        yield Trouble(words.UNFORESEEN)
    finally:
        answering.leave()


def _reading(hits: Sequence[Hit]) -> Step:
    passages = count(len(hits), "passage")
    articles = count(len({hit.article.id for hit in hits}), "article")
    return Step(words.READING.format(passages=passages, articles=articles), tuple(hits))
