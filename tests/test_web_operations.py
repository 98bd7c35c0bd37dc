"""The server as those who run it know it: figures, compression, slow clients, proxies, stopping."""

from __future__ import annotations

import gzip
import json
import re
import shlex
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack, closing, contextmanager
from http.client import HTTPConnection
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urlsplit

import pytest
from starlette.responses import PlainTextResponse
from starlette.types import Receive, Scope, Send
from typer.main import get_command
from typer.testing import CliRunner

from brief_qa.archive import Archive
from brief_qa.cli import app
from brief_qa.errors import InputError
from brief_qa.web import words
from brief_qa.web.running import Server, trusted
from brief_qa.web.turns import Turns
from fakes import FakeEncoder
from llm_server import Handler, llm_server
from serving import BRIDGE, BRIDGE_QUESTION, UNKNOWN_QUESTION, serving

PATIENCE = 2.0
"""Seconds that the server of these tests gives a request to arrive."""
Reply = tuple[int, bytes, dict[str, str]]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a few articles, which trusts no proxy."""
    folder = tmp_path_factory.mktemp("operations") / "index"
    with serving(folder, "--timeout", str(PATIENCE)) as (found, _):
        yield found


def get(url: str, data: object = None, **headers: str) -> Reply:
    """Status, body and headers (names in lower case) of what an address answers."""
    sent = None if data is None else json.dumps(data).encode()
    given = {"Connection": "close", "Content-Type": "application/json"}
    request = urllib.request.Request(url, sent, given | headers)
    try:
        with urllib.request.urlopen(request, timeout=30) as reply:
            return reply.status, reply.read(), named(reply.headers)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.read(), named(error.headers)


def named(headers: object) -> dict[str, str]:
    """Header names in lower case."""
    return {name.lower(): value for name, value in headers.items()}  # type: ignore[attr-defined]


def ask(address: str, question: str, **headers: str) -> Reply:
    """Put a question to the API."""
    return get(f"{address}/api/v1/ask", {"question": question}, **headers)


# -- figures -----------------------------------------------------------------------------------


def figures(address: str) -> dict[str, float]:
    """Every figure by its name and labels."""
    status, text, headers = get(f"{address}/metrics")
    assert status == 200 and headers["content-type"].startswith("text/plain; version=0.0.4")
    lines = (line for line in text.decode().splitlines() if not line.startswith("#"))
    return {name: float(value) for name, value in (line.rsplit(" ", 1) for line in lines)}


def test_questions_and_searches_are_counted_by_door_and_outcome(address: str) -> None:
    before = figures(address)
    assert ask(address, BRIDGE_QUESTION)[0] == 200
    assert ask(address, UNKNOWN_QUESTION)[0] == 200
    assert ask(address, " ")[0] == 422
    assert get(f"{address}/api/v1/search?q=pont")[0] == 200
    assert get(f"{address}/recherche?q=pont")[0] == 200
    after = figures(address)

    def more(name: str) -> float:
        return after[f"brief_qa_{name}"] - before.get(f"brief_qa_{name}", 0)

    for outcome in ("answered", "refused", "invalid"):
        assert more(f'questions_total{{door="api",outcome="{outcome}"}}') == 1
    assert more('question_seconds_count{door="api"}') == 3
    assert more('question_seconds_sum{door="api"}') > 0
    assert more('search_seconds_count{door="api"}') == 1
    assert more('search_seconds_count{door="page"}') == 1
    assert more('responses_total{status="4xx"}') == 1
    assert after["brief_qa_questions_waiting"] == after["brief_qa_questions_working"] == 0
    assert after["brief_qa_articles"] == 3
    assert time.time() - 600 < after["brief_qa_last_write_timestamp_seconds"] <= time.time()
    assert after["process_resident_memory_bytes"] > 1e7


def test_figures_tell_nothing_of_what_was_asked_or_written(address: str) -> None:
    ask(address, "Un secret sur Valmont ?")
    text = get(f"{address}/metrics")[1].decode()
    labels = set(re.findall(r'(\w+)="([^"]*)"', text))
    assert {name for name, _ in labels} == {"door", "outcome", "status", "le"}
    assert "Valmont" not in text and "secret" not in text and "127.0.0.1" not in text


def test_figures_are_closed_to_who_comes_through_a_proxy(address: str) -> None:
    for header in ("X-Forwarded-For", "Forwarded"):
        status, text, _ = get(f"{address}/metrics", **{header: "203.0.113.5"})
        assert (status, text.decode()) == (403, words.NOT_FOR_YOU)


# -- compression -------------------------------------------------------------------------------


def test_texts_are_compressed_and_streams_and_the_page_are_not(address: str) -> None:
    for path in ("/recherche?q=pont", "/page/style.css", "/api/v1/articles", "/widget.js"):
        _, plain, _ = get(address + path)
        _, packed, headers = get(address + path, **{"Accept-Encoding": "gzip"})
        assert headers["content-encoding"] == "gzip" and "Accept-Encoding" in headers["vary"]
        assert gzip.decompress(packed) == plain and len(packed) < len(plain) / 1.5
    assert "content-encoding" not in get(address, **{"Accept-Encoding": "gzip"})[2]
    streamed = {"Accept-Encoding": "gzip", "Accept": "text/event-stream"}
    _, events, headers = ask(address, BRIDGE_QUESTION, **streamed)
    assert "content-encoding" not in headers and events.startswith(b"event: hits\n")


# -- slow clients ------------------------------------------------------------------------------


def connected(address: str) -> socket.socket:
    """A connection by itself."""
    parts = urlsplit(address)
    return socket.create_connection((parts.hostname, parts.port), timeout=20)  # type: ignore[arg-type]


def seconds_until_closed(client: socket.socket, drip: bytes) -> float:
    """How long a connection lasts on which a byte is sent now and then."""
    began = time.monotonic()
    client.settimeout(0.2)
    while time.monotonic() - began < 10 * PATIENCE:
        try:
            client.sendall(drip)
            if client.recv(100) == b"":
                break
        except TimeoutError:
            continue
        except OSError:
            break
    return time.monotonic() - began


@pytest.mark.parametrize(
    ("begun", "drip"),
    [
        (b"", b""),
        (b"GET / HTTP/1.1\r\nHost: localhost\r\nX-Slow: ", b"x"),
        (
            b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
            b"Content-Length: 1000\r\n\r\n",
            b" ",
        ),
        (
            b"GET /health/live HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n",
            b" ",  # answered at once, it would keep the connection by a body that nobody reads
        ),
    ],
)
def test_a_request_that_comes_bit_by_bit_is_cut(address: str, begun: bytes, drip: bytes) -> None:
    with connected(address) as client:
        client.sendall(begun)
        assert PATIENCE * 0.5 < seconds_until_closed(client, drip) < PATIENCE * 5


def test_many_slow_clients_do_not_keep_the_others_out(address: str) -> None:
    with ExitStack() as stack:
        slow = [stack.enter_context(connected(address)) for _ in range(200)]
        for client in slow:
            client.sendall(b"POST /api/v1/ask HTTP/1.1\r\nHost: localhost\r\n")
        assert ask(address, BRIDGE_QUESTION)[0] == 200
        assert [client.recv(100) for client in slow] == [b""] * len(slow), "each is cut"


def test_a_connection_is_kept_for_the_next_request(address: str) -> None:
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=20)) as client:
        client.connect()
        kept = client.sock
        for _ in range(3):
            client.request("GET", "/health/live")
            reply = client.getresponse()
            assert reply.status == 200 and reply.read() and client.sock is kept
            time.sleep(PATIENCE * 0.4)


# -- proxies -----------------------------------------------------------------------------------


async def who(scope: Scope, receive: Receive, send: Send) -> None:
    """An application that replies with the address that it takes its client to have."""
    if scope["type"] == "http":
        await PlainTextResponse(scope["client"][0])(scope, receive, send)


@contextmanager
def running(proxies: Sequence[str]) -> Iterator[str]:
    """The same server as any other, with that application: its address."""
    ready = Event()
    with socket.create_server(("127.0.0.1", 0)) as listening:
        server = Server(who, Turns(), on_ready=ready.set, proxies=proxies)
        thread = Thread(target=server.run, args=([listening],))
        thread.start()
        try:
            assert ready.wait(20)
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/"
        finally:
            server.should_exit = True
            thread.join()


@pytest.mark.parametrize(
    ("proxies", "client"),
    [
        ((), "127.0.0.1"),
        (["192.0.2.1"], "127.0.0.1"),
        (["127.0.0.1"], "203.0.113.5"),
        (["127.0.0.0/8"], "203.0.113.5"),
        (["127.0.0.1", "203.0.113.5"], "198.51.100.7"),
    ],
)
def test_who_asks_is_told_by_a_trusted_proxy_only(proxies: Sequence[str], client: str) -> None:
    with running(proxies) as address:
        told = {"X-Forwarded-For": "198.51.100.7, 203.0.113.5", "X-Real-IP": "198.51.100.9"}
        assert get(address, **told)[1].decode() == client, "the last that no proxy stands for"


def test_a_proxy_is_an_address_or_a_network() -> None:
    assert trusted(["127.0.0.1", "10.0.0.0/8", "::1"]) == ["127.0.0.1", "10.0.0.0/8", "::1"]
    for wrong in ("*", "proxy.example", "10.0.0.1/8", ""):
        with pytest.raises(InputError, match="ni une adresse IP ni un réseau"):
            trusted([wrong])


# -- stopping ----------------------------------------------------------------------------------


def test_a_question_under_way_is_answered_and_no_other_is_taken(tmp_path: Path) -> None:
    asked, stopping = Event(), Event()

    def slow(handler: Handler) -> None:
        asked.set()
        stopping.wait(20)
        time.sleep(2.5)  # longer than replies are given to be sent
        handler.begin()
        handler.say("Rien de sûr.")
        handler.send(b"data: [DONE]\n\n")

    with (
        llm_server(slow) as llm,
        serving(tmp_path / "index", "--llm", llm.url) as (address, process),
        ThreadPoolExecutor(1) as pool,
    ):
        under_way = pool.submit(ask, address, BRIDGE_QUESTION)
        assert asked.wait(20)
        process.send_signal(signal.SIGTERM)
        while True:
            try:
                connected(address).close()
            except OSError:
                break
        stopping.set()
        status, answer, _ = under_way.result()
        assert status == 200 and "Paul Durand" in json.loads(answer)["text"]
        rest, _ = process.communicate(timeout=20)
        assert process.returncode == 0 and rest.strip() == words.STOPPED


# -- its page ----------------------------------------------------------------------------------

PAGE = (Path(__file__).parents[1] / "docs" / "operations.md").read_text(encoding="utf-8")


def test_the_commands_of_its_page_run(
    address: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A copy is made while a writer is at work, and what it holds is restored."""
    monkeypatch.chdir(tmp_path)
    blocks = re.findall(r"```sh\n(.*?)```", PAGE, re.DOTALL)
    commands = [shlex.split(line) for block in blocks for line in block.splitlines()]
    assert {words[0] for words in commands} == {"python3", "mkdir", "cp", "brief-qa", "curl"}
    with Archive.open("index", encoder=FakeEncoder()) as archive:
        archive.ingest([BRIDGE])
        for program, *words in commands:
            if program == "brief-qa":
                assert CliRunner().invoke(app, words, obj=FakeEncoder()).exit_code == 0
            elif program == "curl":
                assert get(address + words[0].removeprefix("http://127.0.0.1:7860"))[0] == 200
            else:
                start = sys.executable if program == "python3" else program
                subprocess.run([start, *words], check=True)
    with Archive.open("restored", encoder=FakeEncoder()) as restored:
        assert list(restored.articles()) == [BRIDGE]
        assert restored.search("pont Neuf")[0].article == BRIDGE


def test_its_page_has_every_option_and_no_other() -> None:
    known = getattr(get_command(app), "commands", {})
    options = {option for one in known["serve"].params for option in one.opts} - {"--json"}
    (table,) = re.findall(r"## Options of `serve`(.*?)\n## ", PAGE, re.DOTALL)
    assert set(re.findall(r"`(--[a-z-]+)`", table)) == options
    started = (Path(__file__).parents[1] / "app.py").read_text(encoding="utf-8")
    for name in re.findall(r"`((?:GRADIO|BRIEF_QA)_[A-Z_]+)`", table):
        assert name in started or name in ("BRIEF_QA_CACHE", "BRIEF_QA_LLM_URL"), name


def test_its_page_names_every_figure(address: str) -> None:
    named = {name.partition("{")[0] for name in figures(address) if name.startswith("brief_qa_")}
    for name in named:
        base = re.sub(r"_(bucket|count|sum|created)$", "", name)
        assert base in PAGE or base.replace("brief_qa_questions", "") in PAGE, name


def test_its_links_lead_somewhere() -> None:
    docs = Path(__file__).parents[1] / "docs"
    links = re.findall(r"\]\(([^)#]+)[^)]*\)", PAGE)
    assert links and [link for link in links if not (docs / link).exists()] == []
