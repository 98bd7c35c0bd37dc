"""The conversation for programs that speak Gradio: one named endpoint, ``/ask``.

Every event of the page stays private. This one is listed, and called through the queue as the
page's are; calls past the queue stay closed (Guard, ``api_open=False``).
"""

from __future__ import annotations

from typing import Any

import gradio as gr

from brief_qa.archive import Archive
from brief_qa.errors import BriefQAError
from brief_qa.jsonable import jsonable
from brief_qa.web import words
from brief_qa.web.asking import begun, reader_of, why_full
from brief_qa.web.turns import Full, Turns


def open_ask(archive: Archive, turns: Turns) -> None:
    """Add the endpoint to the page that is being built."""

    async def ask(
        question: str, request: gr.Request, history: list[tuple[str, str]] | None = None
    ) -> dict[str, Any]:
        try:
            answering = await begun(
                turns,
                reader_of(request),
                lambda _, stop: archive.ask(question, history or (), stop=stop),
            )
            answer = await answering.result()
        except Full as full:
            raise gr.Error(why_full(full), print_exception=False) from full
        except BriefQAError as error:
            raise gr.Error(str(error), print_exception=False) from error
        return {"question": question, **jsonable(answer)}

    gr.api(ask, api_name="ask", api_description=words.ASK_API)
