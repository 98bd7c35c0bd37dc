"""The page's one open endpoint, through Gradio's own client."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator

import gradio as gr
import httpx
import pytest
from gradio_client import Client
from gradio_client.exceptions import AppError
from starlette.requests import Request

from brief_qa import Archive
from brief_qa.web import words
from brief_qa.web.gradio_door import open_ask
from brief_qa.web.turns import Turns
from serving import BRIDGE, BRIDGE_QUESTION, UNKNOWN_QUESTION

pytestmark = pytest.mark.model


@pytest.fixture(scope="module")
def client(address: str) -> Iterator[Client]:
    """Gradio's client, of the server of a few articles."""
    made = Client(address, verbose=False, analytics_enabled=False)
    yield made
    made.close()


def test_a_question_is_answered_as_by_the_api(client: Client, address: str) -> None:
    told = client.predict(BRIDGE_QUESTION, api_name="/ask")
    asked = httpx.post(f"{address}/api/v1/ask", json={"question": BRIDGE_QUESTION}).json()
    assert {**told, "timings": {}} == {**asked, "timings": {}}
    (cited,) = told["citations"]
    assert BRIDGE.body[cited["start"] : cited["end"]] == cited["quote"]
    assert client.predict(UNKNOWN_QUESTION, api_name="/ask")["refused"]


def test_a_question_leans_on_a_history(client: Client) -> None:
    history = [[BRIDGE_QUESTION, "Paul Durand."]]
    told = client.predict("Et en quelle année ?", history, api_name="/ask")
    assert "pont Neuf de Valmont" in told["understood"]["question"]


@pytest.mark.parametrize(
    ("question", "history", "said"),
    [
        (" ", None, "La question est vide"),
        (3, None, "La question vaut 3"),
        ("Qui ?", [["seul"]], "L'historique contient"),
        ("Qui ?", "hier", "L'historique"),
    ],
)
def test_what_cannot_be_answered_is_said_in_french(
    client: Client, question: object, history: object, said: str
) -> None:
    with pytest.raises(AppError, match=said):
        client.predict(question, history, api_name="/ask")


def test_its_questions_wait_in_the_line_of_all(archive: Archive) -> None:
    request = gr.Request(Request({"type": "http", "client": ("192.0.2.1", 1), "headers": []}))

    async def asked() -> None:
        with gr.Blocks(
            analytics_enabled=False
        ) as page:  # in a loop, or Gradio leaves one of its own open
            open_ask(archive, Turns(of_one=0))
        (ask,) = (event.fn for event in page.fns.values() if event.api_name == "ask")
        assert ask
        await ask("Qui ?", request)

    with pytest.raises(gr.Error, match=words.TOO_MANY_OF_YOURS):
        asyncio.run(asked())


def test_nothing_else_of_the_page_is_open(client: Client, address: str) -> None:
    listed = client.view_api(return_format="dict", print_info=False)
    assert set(listed["named_endpoints"]) == {"/ask"} and listed["unnamed_endpoints"] == {}
    assert "archive" in listed["named_endpoints"]["/ask"]["description"]
    for path in ("gradio_api/call/ask", "gradio_api/run/ask", "gradio_api/api/ask"):
        reply = httpx.post(f"{address}/{path}", json={"data": [BRIDGE_QUESTION]})
        assert reply.status_code == 404
