"""What becomes of a question, step by step: its place in the line, what is found, the answer."""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial

from brief_qa.archive import Archive
from brief_qa.domain import Answer, Hit
from brief_qa.errors import BriefQAError
from brief_qa.web import words
from brief_qa.web.conversation import (
    Conversation,
    Draft,
    Exchange,
    Outcome,
    Step,
    Trouble,
    history,
)
from brief_qa.web.turns import Full, TooManyOfOne, Turns
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
        of_one = isinstance(full, TooManyOfOne)
        yield Trouble(words.TOO_MANY_OF_YOURS if of_one else words.TOO_MANY)
        return
    answering: asyncio.Future[Answer] | None = None
    stop = threading.Event()
    try:
        yield Step(words.SEARCHING)
        loop = asyncio.get_running_loop()
        steps: asyncio.Queue[Outcome | None] = asyncio.Queue()

        def tell(outcome: Outcome | None) -> None:
            loop.call_soon_threadsafe(steps.put_nowait, outcome)

        answering = asyncio.ensure_future(
            asyncio.to_thread(
                archive.ask,
                asked.question,
                history(before),
                as_written=asked.as_written,
                read_dates=asked.read_dates,
                on_hits=lambda hits: tell(_reading(hits)),
                on_sentence=lambda answer: tell(Draft(answer)),
                stop=stop,
            )
        )
        answering.add_done_callback(lambda _: tell(None))
        while (step := await steps.get()) is not None:
            yield step
        yield await answering
    except BriefQAError as error:
        yield Trouble(str(error))
    except Exception:
        _log.exception("question restée sans réponse")
        yield Trouble(words.UNFORESEEN)
    finally:
        stop.set()
        if answering is None:
            turns.done(reader)
        else:  # what was begun for a reader who has left keeps its processor busy to its end
            answering.add_done_callback(partial(_give_back, turns, reader))


def _reading(hits: Sequence[Hit]) -> Step:
    passages = count(len(hits), "passage")
    articles = count(len({hit.article.id for hit in hits}), "article")
    return Step(words.READING.format(passages=passages, articles=articles), tuple(hits))


def _give_back(turns: Turns, reader: str, answering: asyncio.Future[Answer]) -> None:
    turns.done(reader)
    if not answering.cancelled():
        answering.exception()  # looked at: nobody waits for it any more
