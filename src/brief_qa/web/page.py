"""The page: a conversation with the archive, in Gradio.

The conversation is our own HTML in one ``gr.HTML`` rather than a ``gr.Chatbot``: a Chatbot
reads Markdown, loads images from other sites, and has no place for sources. Ours is written
by ``render``, which escapes every word that comes from an article or a reader; Gradio then
updates the page node by node, so focus and scroll stay where they are while it streams.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import islice
from typing import Any

import gradio as gr

from brief_qa.archive import Archive
from brief_qa.questions import QUESTION_LIMIT
from brief_qa.texts import EXTRACTS
from brief_qa.web import links, render, words
from brief_qa.web.acts import Acts
from brief_qa.web.examples import OFFERED, Examples
from brief_qa.web.gradio_door import open_ask
from brief_qa.web.turns import AT_ONCE, WAITING, Turns
from brief_qa.web.typography import shown

_EVENTS = AT_ONCE + WAITING + 40
"""Events that Gradio runs at once: the questions, and room for pages to open beside them."""
_LATEST = 5
_QUIET: dict[str, Any] = {"api_visibility": "private", "show_progress": "hidden"}
_ACTS = """
element.addEventListener("click", (event) => {
  const { event: name, ...said } = event.target.closest("button[data-event]")?.dataset ?? {};
  if (name) trigger(name, said);
});
const kept = location.hash.match(/^#c=(.+)$/);
if (kept) trigger("apply", { kept: kept[1] });
"""
"""What a reader does in the conversation, told to the server by the number of the exchange and no
word of theirs; and the conversation that the page's address holds, to be opened again."""


def build(archive: Archive, offered: Examples, turns: Turns, key: bytes) -> gr.Blocks:
    """The page of an archive. Each reader's conversation is held for that reader alone.

    ``offered`` are the questions to begin with, ``turns`` are shared with whoever else answers,
    ``key`` signs the conversations that are kept.
    """
    with gr.Blocks(title=words.TITLE, analytics_enabled=False, fill_width=True) as page:
        open_ask(archive, turns)  # first: an event of the page has a function of that name
        masthead = _html(_masthead(archive), "masthead")
        with gr.Row(elem_id="welcome") as welcome:
            with gr.Column(elem_id="start"):
                how = _html(_how(archive, offered.current()), "how")
                buttons = [gr.Button(**one) for one in _buttons(offered.current())]
            latest = _html(_latest(archive), "latest")
        transcript = _html("", "transcript", _ACTS)
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
            with gr.Row(elem_id="tools"):
                again = gr.Button(words.START_AGAIN, elem_id="again", visible=False)
                keep = _html("", "keep")
        conversation = gr.State(())

        outputs = [transcript, conversation, keep, question, welcome, again]
        askers = [([question.submit, send.click], question), *(([b.click], b) for b in buttons)]
        _wire(Acts(archive, turns, key), askers, outputs)

        def opened(request: gr.Request) -> tuple[Any, ...]:
            asked = request.query_params.get(links.ASKED, "")[:QUESTION_LIMIT]
            now = offered.current()
            return (
                _masthead(archive),
                _latest(archive),
                _how(archive, now),
                asked or gr.skip(),  # else nothing: a question may be being typed by now
                *(gr.update(**one) for one in _buttons(now)),
            )

        shown = [masthead, latest, how, question, *buttons]
        page.load(opened, None, shown, queue=False, **_QUIET)
    # Gradio's queue lets all through: the limit is in Turns, which speaks French.
    page.queue(default_concurrency_limit=None, api_open=False)
    page._queue.max_thread_count = _EVENTS  # launch() sets it, and a mounted page has no launch
    return page


def _wire(
    acts: Acts, askers: Sequence[tuple[Sequence[Any], gr.Component]], outputs: Sequence[Any]
) -> None:
    """Have each act done when a reader does it. ``askers``: what asks, and what holds the words."""
    transcript, conversation, *_, again = outputs
    # A question sent while another is answered is kept, and answered after it.
    asking = _QUIET | {"outputs": outputs, "trigger_mode": "always_last"}
    answering = [
        gr.on(triggers, acts.ask, [text, conversation], **asking) for triggers, text in askers
    ]
    answering.append(transcript.retry(acts.ask_again, [conversation], **asking))
    answering.append(transcript.example_select(acts.ask_onward, [conversation], **asking))
    # Out of the queue: an event sent in the very moment at which Gradio's page closes the stream of
    # one that has ended gets no stream, and no answer.
    at_once = _QUIET | {"outputs": outputs, "queue": False}
    transcript.stop(acts.stop, [conversation], cancels=answering, **at_once)
    transcript.like(acts.judge, [conversation], **at_once)
    transcript.apply(acts.reopen, None, **at_once)
    again.click(acts.start_again, None, **at_once)


def _html(value: str, element_id: str, script: str | None = None) -> Any:
    return gr.HTML(value, elem_id=element_id, apply_default_css=False, js_on_load=script)


def _masthead(archive: Archive) -> str:
    return render.masthead(archive.coverage())


def _latest(archive: Archive) -> str:
    return render.latest_html(list(islice(archive.articles(), _LATEST)))


def _how(archive: Archive, offered: Sequence[str]) -> str:
    how = words.HOW if archive.writer == EXTRACTS else words.HOW_WRITTEN
    return f"<p>{shown(how)}</p>" + (f"<h2>{words.TRY}</h2>" if offered else "")


def _buttons(offered: Sequence[str]) -> list[dict[str, Any]]:
    """The examples' buttons; the last ones hidden where there are fewer examples."""
    labels = [*offered, *[""] * (OFFERED - len(offered))]
    return [{"value": one, "visible": bool(one), "elem_classes": "example"} for one in labels]
