"""What other sites, long requests and hostile articles cannot do to the web page."""

from __future__ import annotations

import asyncio
import socket
import time
from collections.abc import Iterator
from dataclasses import replace

import gradio as gr
import httpx
import pytest

from brief_qa.archive import Archive
from brief_qa.domain import Article, Citation
from brief_qa.feedback import FILE, FeedbackFile
from brief_qa.web import application, render, words
from brief_qa.web.acts import Acts
from brief_qa.web.conversation import Conversation, Exchange, Trouble
from brief_qa.web.guard import BODY_LIMIT, Guard
from brief_qa.web.render_conversation import _with_citations
from brief_qa.web.turns import Turns
from fakes import FakeEncoder
from serving import BRIDGE

ELSEWHERE = "https://ailleurs.example"


@pytest.fixture(scope="module")
def app(tmp_path_factory: pytest.TempPathFactory) -> Iterator[object]:
    """The application as it is served on a network, behind the name archive.lan."""
    with Archive.open(tmp_path_factory.mktemp("web"), encoder=FakeEncoder()) as archive:
        archive.ingest([BRIDGE])

        async def built() -> object:
            # Gradio makes a loop of its own where none runs
            return application(archive, allowed_hosts=["Archive.LAN"])

        yield asyncio.run(built())


def reply_of(app: object, method: str, path: str, **options: object) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://archive.lan") as client:
            return await client.request(method, path, **options)  # type: ignore[arg-type]

    return asyncio.run(send())


# -- other sites -----------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "OPTIONS"])
@pytest.mark.parametrize("path", ["/", "/gradio_api/queue/join", "/gradio_api/queue/data"])
def test_no_other_site_may_read_what_a_visitor_may(app: object, method: str, path: str) -> None:
    headers = {"Origin": ELSEWHERE, "Access-Control-Request-Method": "POST"}
    reply = reply_of(app, method, path, headers=headers)
    assert not [name for name in reply.headers if name.startswith("access-control-")]
    assert "content-security-policy" in reply.headers


@pytest.mark.parametrize(
    ("host", "status"),
    [
        *(("archive.lan", 200), ("ARCHIVE.lan:8080", 200), ("192.168.1.20:7860", 200)),
        *(("[fe80::1]:7860", 200), ("localhost", 200), (f"{socket.gethostname()}:7860", 200)),
        *(("ailleurs.example", 400), ("archive.lan.ailleurs.example", 400), ("", 400)),
        *(
            ("127.0.0.1.ailleurs.example:7860", 400),
            ("[::1].ailleurs.example", 400),
            ("2130706433", 400),
        ),
    ],
)
def test_only_names_of_ours_are_answered_to(app: object, host: str, status: int) -> None:
    reply = reply_of(app, "GET", "/article?id=pont", headers={"Host": host})
    assert reply.status_code == status
    if status == 400:
        assert "--allowed-host" in reply.text and BRIDGE.title not in reply.text
        assert "content-security-policy" in reply.headers


# -- long requests ---------------------------------------------------------------------------


def test_a_request_that_announces_too_much_is_refused(app: object) -> None:
    reply = reply_of(app, "POST", "/gradio_api/queue/join", content=b" " * (BODY_LIMIT + 1))
    assert (reply.status_code, reply.text) == (413, words.TOO_LONG)


def test_a_request_that_announces_nothing_is_cut_off() -> None:
    received: list[str] = []

    async def reads_all(scope: object, receive: object, send: object) -> None:
        while len(received) < 100:
            message = await receive()  # type: ignore[operator]
            received.append(message["type"])
            if message["type"] == "http.disconnect":
                return

    async def endless() -> dict[str, object]:
        return {"type": "http.request", "body": bytes(BODY_LIMIT // 4), "more_body": True}

    async def send(message: object) -> None: ...

    headers = [(b"host", b"127.0.0.1")]
    scope = {"type": "http", "path": "/gradio_api/queue/join", "headers": headers}
    asyncio.run(Guard(reads_all)(scope, endless, send))
    assert received == ["http.request"] * 4 + ["http.disconnect"]


def test_a_reader_cannot_ask_for_thousands_of_marks(app: object) -> None:
    many = "&".join(f"citation=absent{number}" for number in range(30))
    assert "<mark>" in reply_of(app, "GET", "/article?id=pont&citation=Valmont").text
    assert "<mark>" not in reply_of(app, "GET", f"/article?id=pont&{many}&citation=Valmont").text


# -- hostile articles ------------------------------------------------------------------------


def cited(number: int, quote: str) -> Citation:
    article = Article(id=f"a{number}", title=f"Article {number}", body=quote)
    return Citation(number, article, 0, len(quote), quote)


def test_a_number_written_in_an_article_is_no_citation() -> None:
    lie = cited(1, "Le maire a tout avoué [2] puis s’est rétracté [1].")
    html = _with_citations(f"« {lie.quote} » [1]", {1: lie, 2: cited(2, "Rien.")}, 7)
    assert html.count("<a ") == 1
    assert html.count('data-source="source-7-1"') == 1
    assert "avoué [2] puis" in html and "rétracté [1]." in html


@pytest.mark.parametrize("space", [" ", "\u00a0"])
def test_long_runs_of_spaces_take_little_time(space: str) -> None:
    quote = "La fanfare" + space * 200_000 + "a joué."
    started = time.process_time()
    assert _with_citations(f"« {quote} » [1]", {1: cited(1, quote)}, 1).count("<a ") == 1
    render.article_html(Article(id="a", title="t", body=f"Un.\n{space * 200_000}\nDeux."), [])
    assert time.process_time() - started < 3


@pytest.mark.parametrize("said", [None, [], "x", 1e308, -1, True, {"exchange": {}, "kept": []}])
def test_an_act_that_a_page_words_oddly_changes_nothing(said: object, archive: Archive) -> None:
    acts, event = Acts(archive, Turns(), b"k" * 32), gr.EventData(None, said)

    async def asked() -> list[object]:
        request = gr.Request()
        again = acts.ask_again((), request, event), acts.ask_onward((), request, event)
        return [outputs for act in again async for outputs in act]

    assert asyncio.run(asked()) == []
    assert acts.judge((), event)[1] == ()
    (shown,) = acts.reopen(event)[1]
    assert shown.outcome == Trouble(words.NOT_KEPT_HERE)


def test_an_answer_is_judged_once_and_never_from_a_link(archive: Archive) -> None:
    archive.ingest([BRIDGE])
    acts, file = Acts(archive, Turns(), b"k" * 32), FeedbackFile(archive.folder)
    answer = archive.ask("Par qui le pont Neuf de Valmont a-t-il été inauguré ?")
    now: Conversation = (Exchange(1, "Qui ?", answer),)

    def judge(before: Conversation, **said: object) -> Conversation:
        after: Conversation = acts.judge(before, gr.EventData(None, {"exchange": "1", **said}))[1]
        return after

    assert judge(now, verdict="juste", reason="fausse") == now
    wrong = judge(now, verdict="à revoir")
    told = judge(wrong, verdict="juste", reason="fausse")
    for verdict in ("juste", "à revoir"):
        assert judge(told, verdict=verdict) == judge(told, verdict=verdict, reason="fausse") == told
    assert [(one.verdict, one.reason) for one in file.read()] == [("à revoir", "fausse")]
    sent = tuple(replace(one, reopened=True, feedback=None) for one in now)
    assert judge(sent, verdict="juste") == sent and len(file.read()) == 1


def test_an_opinion_that_cannot_be_kept_is_not_thanked_for(archive: Archive) -> None:
    archive.ingest([BRIDGE])
    (archive.folder / FILE).mkdir()  # nothing can be written to it
    answer = archive.ask("Par qui le pont Neuf de Valmont a-t-il été inauguré ?")
    said = gr.EventData(None, {"exchange": "1", "verdict": "juste"})
    html = Acts(archive, Turns(), b"k" * 32).judge((Exchange(1, "Qui ?", answer),), said)[0]
    assert words.FEEDBACK_LOST in html and words.THANKS not in html
