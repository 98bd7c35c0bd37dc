"""The web server without a browser: turns, steps, headers, closed routes, start and stop."""

from __future__ import annotations

import asyncio
import json
import re
import signal
import socket
import threading
import urllib.error
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import aclosing
from pathlib import Path
from urllib.parse import quote

import pytest

from brief_qa.archive import Archive
from brief_qa.domain import Answer, Article
from brief_qa.errors import InputError
from brief_qa.web import serve, words
from brief_qa.web.conversation import Exchange, Outcome, Step, Trouble
from brief_qa.web.examples import Examples, examples
from brief_qa.web.outcomes import outcomes
from brief_qa.web.server import _listen
from brief_qa.web.turns import Full, Turns
from fakes import FakeEncoder
from serving import BRIDGE, BRIDGE_QUESTION, HOSTILE, serving


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a few articles."""
    with serving(tmp_path_factory.mktemp("web") / "index", "--trusted-proxy", "127.0.0.1") as (
        found,
        _,
    ):
        yield found


def get(url: str, data: bytes | None = None, **headers: str) -> tuple[int, str, dict[str, str]]:
    """Status, text and headers (names in lower case) of what an address answers."""
    request = urllib.request.Request(url, data, {"Connection": "close", **headers})
    try:
        with urllib.request.urlopen(request, timeout=20) as reply:
            return reply.status, reply.read().decode(), lowered(reply.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read().decode(), lowered(error.headers)


def lowered(headers: object) -> dict[str, str]:
    """Header names in lower case."""
    return {name.lower(): value for name, value in headers.items()}  # type: ignore[attr-defined]


# -- the server ------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "path", ["/", "/article?id=pont", "/page/style.css", "/rien", "/theme.css"]
)
def test_every_answer_carries_the_security_headers(address: str, path: str) -> None:
    _, _, headers = get(address + path)
    policy = headers["content-security-policy"]
    assert "default-src 'self'" in policy and "frame-ancestors 'none'" in policy
    assert "'unsafe-inline'" not in policy.split("script-src")[1].split(";")[0]
    assert headers["x-frame-options"] == "DENY"
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "same-origin"
    assert "server" not in headers


def test_the_page_is_ours_and_its_nonce_is_of_one_use(address: str) -> None:
    (_, first, headers), (_, second, _) = (
        get(address, **{"Accept-Encoding": "br, gzip"}),
        get(address),
    )
    nonce = headers["content-security-policy"].split("'nonce-")[1].split("'")[0]
    assert f'<script nonce="{nonce}"' in first and nonce not in second
    assert first.count("<script") == first.count(f'<script nonce="{nonce}"') + 1  # page.js
    assert '<script defer src="page/page.js">' in first
    assert 'lang="fr"' in first and "og:" not in first and "twitter:" not in first
    assert "https://" not in first.split("window.gradio_config")[0]
    assert headers["cache-control"] == "no-store"


@pytest.mark.parametrize(
    "path",
    [
        *("/gradio_api/upload", "/gradio_api/openapi.json", "/gradio_api/runs"),
        *("/gradio_api/file=/etc/passwd", "/gradio_api/file/etc/passwd", "/gradio_api/run/reply"),
        *("/gradio_api/proxy=https://ailleurs.example/", "/gradio_api/call/reply"),
        *("/gradio_api/call/ask", "/v1", "/v1/completions", "/mcp/", "/config/x"),
        *("/docs", "/openapi.json", "/monitoring", "/gradio_api/component_server", "/login"),
        *("/gradio_api/stream/x/1/2/playlist.m3u8", "/manifest.json", "/pwa_icon"),
        *("/page/../server.py", "/page/..%2fserver.py", "/page/%2e%2e/server.py"),
    ],
)
def test_what_the_page_does_not_need_is_closed(address: str, path: str) -> None:
    for data in (None, b"{}"):
        status, text, _ = get(address + path, data)
        assert status in (404, 405), (path, text[:200])


def test_a_foreign_host_name_is_refused(address: str) -> None:
    assert get(address, Host="ailleurs.example")[0] == 400
    port = address.rpartition(":")[2]
    assert get(address, Host=f"localhost:{port}")[0] == 200
    forwarded = get(address, **{"X-Forwarded-Host": "ailleurs.example"})
    assert forwarded[0] == 200 and "ailleurs.example" not in forwarded[1]


def test_an_address_of_nothing_is_a_page_for_a_browser(address: str) -> None:
    status, page, _ = get(f"{address}/rien", Accept="text/html")
    assert status == 404 and words.CLOSED in page and 'href="recherche"' in page
    assert get(f"{address}/rien")[1] == get(f"{address}/a/b", Accept="text/html")[1] == words.CLOSED


def test_an_article_is_served_with_its_quotations(address: str) -> None:
    citation = quote("Les travaux ont duré dix-huit mois.")
    status, text, _ = get(f"{address}/article?id=pont&citation={citation}")
    assert status == 200 and "<mark>Les travaux ont duré dix-huit mois.</mark>" in text
    status, text, _ = get(f"{address}/article?id={quote(HOSTILE.id, safe='')}")
    assert status == 200 and "<img" not in text
    assert re.findall("<script[^>]*>", text) == ['<script defer src="page/page.js">']
    for nothing in ("/article", "/article?id=rien", "/article?id=%00"):
        status, text, _ = get(address + nothing)
        assert status == 404 and words.NO_SUCH_ARTICLE in text


def test_the_queue_takes_no_call_that_the_page_would_not_make(address: str) -> None:
    bad = json.dumps({"data": [], "fn_index": 99, "session_hash": "x"}).encode()
    status, text, _ = get(
        f"{address}/gradio_api/queue/join", bad, **{"Content-Type": "application/json"}
    )
    assert status >= 400 and "Traceback" not in text


def test_past_the_queue_the_page_is_refreshed_and_no_question_is_put(address: str) -> None:
    config = re.search(r"window.gradio_config = (\{.*?\});</script>", get(address)[1], re.DOTALL)
    assert config
    replied = {}
    for one in json.loads(config[1])["dependencies"]:
        data = [BRIDGE_QUESTION, None][: len(one["inputs"])]
        call = json.dumps({"data": data, "fn_index": one["id"], "session_hash": "x"}).encode()
        kind = {"Content-Type": "application/json"}
        replied[one["id"]] = get(f"{address}/gradio_api/run/predict", call, **kind), one["queue"]
    refused = {status for (status, _, _), queued in replied.values() if queued}
    assert refused == {404}
    served = [
        text for (status, text, _), queued in replied.values() if not queued and status == 200
    ]
    assert any("Valmont" in text for text in served), "the latest articles, as they now are"


def test_it_says_when_it_is_ready_and_stops_on_an_interrupt(tmp_path: Path) -> None:
    with serving(tmp_path / "index") as (address, process):
        assert get(address)[0] == 200
        process.send_signal(signal.SIGINT)
        rest, _ = process.communicate(timeout=20)
        assert process.returncode == 0
        assert rest.strip() == words.STOPPED


def test_a_reply_is_sent_at_once_on_a_connection_that_stays_open() -> None:
    with (
        _listen("127.0.0.1", 0) as listening,
        socket.create_connection(listening.getsockname()),
        listening.accept()[0] as accepted,
    ):
        assert accepted.getsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY)


def test_a_port_that_is_taken_is_said_in_french(tmp_path: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken, Archive.open(tmp_path) as archive:
        port = taken.getsockname()[1]
        with pytest.raises(InputError, match=f"127.0.0.1, port {port} : un autre .*--port") as told:
            serve(archive, port=port)
        assert "in use" not in str(told.value)
        for host in ("192.0.2.1", "nulle.part.invalid", "a..b"):
            with pytest.raises(InputError, match=f"{host}, port 0 : ce n'est pas une .*--host"):
                serve(archive, host, port=0)
        with pytest.raises(InputError, match="port 70000"):
            serve(archive, port=70_000)


# -- a question, step by step ----------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An archive of two articles."""
    with Archive.open(tmp_path / "index", encoder=FakeEncoder()) as made:
        made.ingest([BRIDGE, HOSTILE])
        yield made


async def all_of(archive: Archive, turns: Turns, question: str, reader: str = "") -> list[Outcome]:
    """Everything that comes of a question."""
    asked = Exchange(1, question)
    return [outcome async for outcome in outcomes(archive, turns, asked, (), reader)]


def test_a_question_goes_through_its_steps(archive: Archive) -> None:
    turns = Turns(1, 1, 9)
    searching, reading, answer = asyncio.run(all_of(archive, turns, BRIDGE_QUESTION))
    assert isinstance(searching, Step) and isinstance(reading, Step)
    assert "2\u00a0articles" in reading.text
    assert isinstance(answer, Answer) and not answer.refused
    # and the turn was given back
    assert len(asyncio.run(all_of(archive, turns, BRIDGE_QUESTION))) == 3


def test_a_refused_question_is_told_and_gives_its_turn_back(archive: Archive) -> None:
    turns = Turns(1, 1, 9)
    for _ in range(3):
        last = asyncio.run(all_of(archive, turns, " "))[-1]
        assert last == Trouble("La question est vide. Écrivez une question ou quelques mots.")


def test_what_nobody_foresaw_is_logged_and_not_shown(
    archive: Archive, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("/un/chemin/secret")

    monkeypatch.setattr(archive, "ask", broken)
    last = asyncio.run(all_of(archive, Turns(1, 1, 9), "Qui ?"))[-1]
    assert last == Trouble(words.UNFORESEEN)
    assert "/un/chemin/secret" in caplog.text


def test_more_questions_than_there_is_room_for_are_turned_away_in_french(archive: Archive) -> None:
    async def at_once() -> list[list[Outcome]]:
        turns = Turns(1, 2, 9)
        asked = (all_of(archive, turns, BRIDGE_QUESTION) for _ in range(5))
        return await asyncio.gather(*asked)

    came = asyncio.run(at_once())
    turned_away = [outcomes for outcomes in came if outcomes == [Trouble(words.TOO_MANY)]]
    answered = [outcomes for outcomes in came if isinstance(outcomes[-1], Answer)]
    assert len(turned_away) + len(answered) == 5 and len(turned_away) in (2, 3)
    waiting = words.WAITING.format(questions="1\u00a0question")
    assert any(Step(waiting) in outcomes for outcomes in answered)


def test_turns_are_given_in_order_and_never_too_many_at_once() -> None:
    working: list[int] = []
    finished: list[int] = []

    async def one(turns: Turns, number: int) -> list[int]:
        async with aclosing(turns.wait("")) as line:
            ahead = [before async for before in line]
        working.append(number)
        assert len(working) <= 2
        await asyncio.sleep(0.02)
        working.remove(number)
        finished.append(number)
        turns.done("")
        return ahead

    async def all_at_once() -> list[list[int]]:
        turns = Turns(2, 50, 99)
        return await asyncio.gather(*(one(turns, number) for number in range(12)))

    told = asyncio.run(all_at_once())
    assert told[:2] == [[], []]
    assert all(ahead and ahead == sorted(set(ahead), reverse=True) for ahead in told[2:])
    assert finished == list(range(12))


def test_one_reader_has_few_places_and_leaves_room_for_the_others(archive: Archive) -> None:
    async def at_once() -> list[list[Outcome]]:
        turns = Turns(1, 30, of_one=2)
        asked = (all_of(archive, turns, BRIDGE_QUESTION, reader) for reader in "aaaaab")
        return await asyncio.gather(*asked)

    *of_one, of_other = asyncio.run(at_once())
    assert of_one.count([Trouble(words.TOO_MANY_OF_YOURS)]) == 3
    assert sum(isinstance(outcomes[-1], Answer) for outcomes in of_one) == 2
    assert isinstance(of_other[-1], Answer)


def test_who_leaves_keeps_the_turn_until_the_work_begun_is_done(archive: Archive) -> None:
    async def leave() -> None:
        turns = Turns(1, 1, 9)
        steps = outcomes(archive, turns, Exchange(1, BRIDGE_QUESTION), (), "a")
        assert [type(await anext(steps)) for _ in range(2)] == [Step, Step]
        await steps.aclose()
        line = turns.wait("b")
        assert await anext(line) == 1, "its processor is still busy"
        assert [before async for before in line] == []

    asyncio.run(leave())


def test_a_flood_from_one_address_leaves_the_page_to_the_others(address: str) -> None:
    """Through Gradio's queue, where the address of a reader must not get lost."""
    config = re.search(r"window.gradio_config = (\{.*?\});</script>", get(address)[1], re.DOTALL)
    assert config
    asking = next(
        one
        for one in json.loads(config[1])["dependencies"]
        if len(one["inputs"]) == 2 and one["api_visibility"] == "private"
    )

    def join(session: str, reader: str) -> None:
        asked = {"data": [BRIDGE_QUESTION, None], "fn_index": asking["id"], "session_hash": session}
        kind = {"Content-Type": "application/json", "X-Forwarded-For": reader}
        assert get(f"{address}/gradio_api/queue/join", json.dumps(asked).encode(), **kind)[0] == 200

    def came_of(session: str) -> str:
        return get(f"{address}/gradio_api/queue/data?session_hash={session}")[1]

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(join, ["flood"] * 90, ["192.0.2.1"] * 90))
    join("other", "192.0.2.2")
    assert "inauguré par Paul Durand" in came_of("other")
    said = came_of("flood")
    assert "inauguré par Paul Durand" in said and words.TOO_MANY_OF_YOURS in said


def test_who_leaves_the_line_frees_a_place() -> None:
    async def leave() -> None:
        turns = Turns(1, 1, 9)
        assert [before async for before in turns.wait("")] == []
        line = turns.wait("")
        assert await anext(line) == 1
        with pytest.raises(Full):
            await anext(turns.wait(""))
        await line.aclose()
        second = turns.wait("")
        assert await anext(second) == 1
        turns.done("")
        assert [before async for before in second] == []

    asyncio.run(leave())


# -- what is offered to begin with -------------------------------------------------------------


def test_examples_are_offered_only_where_the_archive_holds_their_answer(archive: Archive) -> None:
    assert examples(archive) == ["Qui est Paul Durand ?", "Que s'est-il passé en mars 2025 ?"]
    sentence = (
        "La romancière sud-coréenne Han Kang, 53 ans, autrice de « La Végétarienne », a reçu le "
        "prix de littérature le 10 octobre."
    )
    archive.ingest([Article(id="nobel", title="Nobel", body=f"Stockholm. {sentence}")])
    assert examples(archive) == ["Qui a eu le Nobel de littérature en 2024 ?"]


def test_no_example_is_looked_for_once_the_server_ends(archive: Archive) -> None:
    offered = Examples(archive)
    offered.end()
    threads = threading.active_count()
    assert offered.current() == []
    assert threading.active_count() == threads
    ended = threading.Event()
    ended.set()
    assert examples(archive) != [] == examples(archive, ended)
