"""The page: a conversation with the archive, in Gradio.

The conversation is our own HTML in one ``gr.HTML`` rather than a ``gr.Chatbot``: a Chatbot
reads Markdown, loads images from other sites, and has no place for sources. Ours is written
by ``render``, which escapes every word that comes from an article or a reader; Gradio then
updates the page node by node, so focus and scroll stay where they are while it streams.
"""

from __future__ import annotations

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Sequence
from contextlib import aclosing
from dataclasses import replace
from functools import partial
from itertools import islice
from typing import TYPE_CHECKING, Any

from brief_qa.archive import Archive
from brief_qa.domain import Answer, Hit
from brief_qa.errors import BriefQAError
from brief_qa.questions import QUESTION_LIMIT
from brief_qa.texts import EXTRACTS
from brief_qa.web import links, render, words
from brief_qa.web.conversation import (
    Conversation,
    Draft,
    Exchange,
    Outcome,
    Step,
    Trouble,
    asked_again,
    asked_next,
    history,
    with_last,
)
from brief_qa.web.examples import examples
from brief_qa.web.turns import AT_ONCE, WAITING, Full, TooManyOfOne, Turns
from brief_qa.web.typography import count, shown

if TYPE_CHECKING:
    import gradio as gr

_log = logging.getLogger(__name__)
_EVENTS = AT_ONCE + WAITING + 40
"""Events that Gradio runs at once: the questions, and room for pages to open beside them."""
_LATEST = 5
_AGAIN = """
element.addEventListener("click", (event) => {
  const { exchange, how } = event.target.closest("button.otherwise")?.dataset ?? {};
  if (exchange) trigger("submit", { exchange: Number(exchange), how });
});
"""
"""A question of the conversation that is to be asked again otherwise, told to the server by the
number of its exchange: a page says no words in a reader's name."""


def build(archive: Archive, turns: Turns) -> gr.Blocks:
    """The page of an archive. Each reader's conversation is held for that reader alone.

    ``turns`` are shared with whoever else answers.
    """
    import gradio as gr

    offered = examples(archive)
    with gr.Blocks(title=words.TITLE, analytics_enabled=False, fill_width=True) as page:
        masthead = _html(gr, _masthead(archive), "masthead")
        with gr.Row(elem_id="welcome") as welcome:
            with gr.Column(elem_id="start"):
                invitation = f"<h2>{words.TRY}</h2>" if offered else ""
                how = words.HOW if archive.writer == EXTRACTS else words.HOW_WRITTEN
                _html(gr, f"<p>{shown(how)}</p>{invitation}", "how")
                buttons = [gr.Button(example, elem_classes="example") for example in offered]
            latest = _html(gr, _latest(archive), "latest")
        transcript = _html(gr, "", "transcript", _AGAIN)
        with gr.Column(elem_id="composer"):
            with gr.Row(elem_id="ask"):
                question = gr.Textbox(
                    label=words.QUESTION,
                    placeholder=words.PLACEHOLDER,
                    lines=1,
                    max_lines=6,
                    autofocus=True,
                    container=False,
                    scale=1,
                    elem_id="question",
                )
                send = gr.Button(words.ASK, variant="primary", elem_id="send", scale=0)
            again = gr.Button(words.START_AGAIN, elem_id="again", visible=False)
        conversation = gr.State(())

        reply, reply_otherwise = _replying(archive, turns)
        outputs = [transcript, conversation, question, welcome, again]
        quiet: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
        askers = [([question.submit, send.click], question), *(([b.click], b) for b in buttons)]
        for triggers, text in askers:
            # A question sent while another is answered is kept, and answered after it.
            gr.on(
                triggers, reply, [text, conversation], outputs, trigger_mode="always_last", **quiet
            )
        transcript.submit(
            reply_otherwise, [conversation], outputs, trigger_mode="always_last", **quiet
        )
        # Out of the queue: a question sent in the very moment at which Gradio's page closes the
        # stream of an event that has ended gets no stream, and no answer.
        again.click(_started_again, None, outputs, queue=False, **quiet)

        def opened(request: gr.Request) -> tuple[Any, ...]:
            asked = request.query_params.get(links.ASKED, "")[:QUESTION_LIMIT]
            # Else nothing: a question may be being typed by now.
            return _masthead(archive), _latest(archive), asked or gr.skip()

        opened.__annotations__["request"] = gr.Request  # as in _replying
        page.load(opened, None, [masthead, latest, question], queue=False, **quiet)
    # Gradio's queue lets all through: the limit is in Turns, which speaks French.
    page.queue(default_concurrency_limit=None, api_open=False)
    page._queue.max_thread_count = _EVENTS  # launch() sets it, and a mounted page has no launch
    return page


def _html(gr: Any, value: str, element_id: str, script: str | None = None) -> Any:
    return gr.HTML(value, elem_id=element_id, apply_default_css=False, js_on_load=script)


def _masthead(archive: Archive) -> str:
    return render.masthead(archive.coverage())


def _latest(archive: Archive) -> str:
    return render.latest_html(list(islice(archive.articles(), _LATEST)))


def _started_again() -> tuple[Any, ...]:
    import gradio as gr

    return "", (), "", gr.update(visible=True), gr.update(visible=False)


def _replying(archive: Archive, turns: Turns) -> tuple[Any, Any]:
    """What answers a question, and what answers one of the conversation again, otherwise.

    They stream the page's outputs, and hold nothing of a reader.
    """
    import gradio as gr

    async def answers(
        asked: Exchange, before: Conversation, request: gr.Request, box: Any
    ) -> AsyncGenerator[tuple[Any, ...]]:
        reader = request.client.host if request.client else ""
        async with aclosing(outcomes(archive, turns, asked, before, reader)) as all_outcomes:
            async for outcome in all_outcomes:
                now = with_last(before, replace(asked, outcome=outcome))
                held = gr.skip() if isinstance(outcome, (Step, Draft)) else now
                html = render.conversation_html(now)
                yield html, held, box, gr.update(visible=False), gr.update(visible=True)
                box = gr.skip()  # emptied once: the next question may be in it by now

    async def reply(
        question: str, before: Conversation, request: gr.Request
    ) -> AsyncIterator[tuple[Any, ...]]:
        asked = asked_next(before, question)
        async with aclosing(answers(asked, before, request, "")) as all_answers:
            async for outputs in all_answers:
                yield outputs

    async def reply_otherwise(
        before: Conversation, request: gr.Request, event: gr.EventData
    ) -> AsyncIterator[tuple[Any, ...]]:
        asked = asked_again(before, event._data.get("exchange"), event._data.get("how"))
        if asked is None:
            return
        async with aclosing(answers(asked, before, request, gr.skip())) as all_answers:
            async for outputs in all_answers:
                yield outputs

    # Gradio resolves annotations among a module's names, where it is not: see the imports.
    for function in (reply, reply_otherwise):
        function.__annotations__["request"] = gr.Request
    reply_otherwise.__annotations__["event"] = gr.EventData
    return reply, reply_otherwise


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
