"""The client of an LLM server: what it sends, what it takes, and all that may go wrong."""

from __future__ import annotations

import logging
import socket
import threading
import time
from contextlib import closing

import pytest

from brief_qa import BriefQAError, LlmSettings
from brief_qa.backends import openai_compatible as backend
from brief_qa.backends.openai_compatible import OpenAICompatible
from brief_qa.errors import InputError, LlmError
from brief_qa.generate import Message
from brief_qa.llm import llm_settings
from llm_server import (
    Behaves,
    Handler,
    answers,
    breaks_off,
    drips_headers,
    endless_line,
    hangs,
    hangs_midway,
    in_turn,
    llm_server,
    never_ends,
    pings,
    sends,
    settings_for,
    writes,
)

SAID = [Message("system", "Réponds."), Message("user", "Qui ?")]
KEY = "sk-tres-secrete"
GARBAGE = [
    b"data: {not json}\n\n",
    b"<html>Bonjour</html>\n\n",
    b'data: ["liste"]\n\n',
    b'data: {"choices": 3}\n\n',
    b'data: {"choices": [{"delta": {"content": 7}}]}\n\n',
    b"data: " + b"[" * 100_000 + b"\n\n",
    b"\xff\xfe\x00\x01\n",
    b"data: null\n\n",
]


def written(settings: LlmSettings, stop: threading.Event | None = None) -> str:
    return "".join(OpenAICompatible(settings).write(SAID, stop))


def failure(behaves: Behaves, **settings: object) -> str:
    with llm_server(behaves) as server, pytest.raises(LlmError) as raised:
        written(settings_for(server.url, key=KEY, **settings))
    return str(raised.value)


@pytest.fixture(autouse=True)
def no_pause(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(backend, "_PAUSE", 0.01)


def test_what_is_asked_and_what_is_written() -> None:
    with llm_server(writes("Le pont a rouvert. « Enfin ! »\nOui.")) as server:
        assert (
            written(settings_for(server.url + "/", key=KEY))
            == "Le pont a rouvert. « Enfin ! »\nOui."
        )
        headers, asked = server.asked[0]
    assert headers["Authorization"] == f"Bearer {KEY}"
    assert headers["Accept-Encoding"] == "identity"
    assert asked["model"] == "essai" and asked["stream"] is True
    assert asked["messages"][0] == {"role": "system", "content": "Réponds."}


def test_no_key_no_header() -> None:
    with llm_server(writes("Oui.")) as server:
        written(settings_for(server.url))
        assert "Authorization" not in server.asked[0][0]


def test_pieces_come_as_they_are_written() -> None:
    heard = threading.Event()

    def behave(handler: Handler) -> None:
        handler.begin()
        handler.say("Oui")
        assert heard.wait(20)
        handler.say(".")
        handler.send(b"data: [DONE]\n\n")

    with llm_server(behave) as server:
        pieces = OpenAICompatible(settings_for(server.url)).write(SAID)
        assert next(pieces) == "Oui"
        heard.set()
        assert list(pieces) == ["."]


@pytest.mark.parametrize(
    ("behaves", "message"),
    [
        (answers(401), backend.KEY_REFUSED),
        (answers(403), backend.KEY_REFUSED),
        (answers(404), backend.UNKNOWN_MODEL),
        (answers(400), backend.REFUSED),
        (answers(413), backend.REFUSED),
        (answers(429, Retry_After="3600"), backend.BUSY),
        (answers(429, Retry_After="Wed, 21 Oct 2026 07:28:00 GMT"), backend.BUSY),
        (answers(500), backend.FAILING),
        (answers(503), backend.FAILING),
        (answers(204), backend.GARBLED),
        (answers(200, Content_Encoding="gzip"), backend.GARBLED),
        (sends(b'data: {"error": {"message": "no"}}\n\n'), backend.FAILING),
        (breaks_off("Le pont a cou"), backend.BROKEN_OFF),
        (never_ends, backend.ENDLESS),
        (endless_line, backend.ENDLESS),
        *((sends(data), backend.GARBLED) for data in GARBAGE),
    ],
)
def test_what_goes_wrong_is_said_in_french(behaves: Behaves, message: str) -> None:
    assert failure(behaves) == message


@pytest.mark.parametrize(
    ("behaves", "limits"),
    [
        (hangs, {"first_token": 0.3}),
        (pings, {"first_token": 0.3}),
        (drips_headers, {"first_token": 0.3}),
        (hangs_midway, {"between": 0.3}),
        (writes("mot " * 1_000, pause=0.1), {"whole": 0.6}),
    ],
)
def test_no_limit_of_time_is_passed(behaves: Behaves, limits: dict[str, float]) -> None:
    started = time.monotonic()
    assert failure(behaves, **limits) == backend.TOO_SLOW
    assert time.monotonic() - started < 20  # far less than the other limits


def test_a_server_that_is_not_there() -> None:
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    with pytest.raises(LlmError, match="injoignable") as raised:
        written(settings_for(f"http://127.0.0.1:{port}/v1"))
    assert isinstance(raised.value, BriefQAError)


@pytest.mark.parametrize("first", [answers(429, Retry_After="0"), answers(503), breaks_off("")])
def test_it_tries_again_while_nothing_has_come(first: Behaves) -> None:
    with llm_server(in_turn(first, first, writes("Oui."))) as server:
        assert written(settings_for(server.url)) == "Oui."
        assert len(server.asked) == 3


@pytest.mark.parametrize(
    ("behaves", "requests"), [(breaks_off("Le pont"), 1), (answers(401), 1), (answers(500), 3)]
)
def test_it_does_not_try_again_for_nothing(behaves: Behaves, requests: int) -> None:
    with llm_server(behaves) as server:
        with pytest.raises(LlmError):
            written(settings_for(server.url))
        assert len(server.asked) == requests


@pytest.mark.parametrize("status", [301, 302, 307, 308])
def test_a_redirection_is_not_followed(status: int) -> None:
    with llm_server(writes("Oui.")) as elsewhere:
        moved = answers(status, Location=f"{elsewhere.url}/chat/completions")
        assert failure(moved) == backend.MOVED
        assert elsewhere.asked == []


@pytest.mark.parametrize("behaves", [answers(401), answers(500), sends(GARBAGE[0])])
def test_the_key_and_the_server_words_stay_out_of_errors_and_journals(
    behaves: Behaves, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.DEBUG):
        message = failure(behaves)
    told = caplog.text + message + repr(settings_for("http://localhost/v1", key=KEY))
    assert backend.__name__ in {record.name for record in caplog.records}
    assert KEY not in told and "/srv/secret" not in told


@pytest.mark.parametrize("behaves", [writes("mot " * 500, pause=0.05), hangs_midway])
def test_closing_it_closes_the_connection(behaves: Behaves) -> None:
    with llm_server(behaves) as server:
        pieces = OpenAICompatible(settings_for(server.url)).write(SAID)
        next(pieces)
        pieces.close()
        assert server.left.wait(20)


def test_one_who_no_longer_waits_closes_the_connection_before_a_word_has_come() -> None:
    stop = threading.Event()

    def behave(handler: Handler) -> None:
        stop.set()
        hangs(handler)

    with llm_server(behave) as server:
        assert written(settings_for(server.url), stop) == ""
        assert server.left.wait(20)


def test_it_works_where_an_event_loop_runs_already() -> None:
    import asyncio

    async def within() -> str:
        return written(settings)

    with llm_server(writes("Oui.")) as server:
        settings = settings_for(server.url)
        assert asyncio.run(within()) == "Oui."


@pytest.mark.parametrize(
    "text",
    ["<think>Je crois que non.</think>Oui.", "Oui<think>un\n</think>.", "<think>Oui</think>Oui."],
)
def test_what_a_model_thinks_is_left_out(text: str) -> None:
    with llm_server(writes(text)) as server:
        assert written(settings_for(server.url)) == "Oui."


def test_what_it_thinks_apart_is_left_out_too() -> None:
    def behave(handler: Handler) -> None:
        handler.begin()
        handler.say("", reasoning_content="Voyons…")
        handler.say("Oui.")
        handler.send(b"data: [DONE]\n\n")

    with llm_server(behave) as server:
        assert written(settings_for(server.url)) == "Oui."


def test_no_proxy_stands_before_ones_own_machine(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    with llm_server(writes("Oui.")) as server:
        assert written(settings_for(server.url)) == "Oui."


@pytest.mark.parametrize(
    ("url", "model"),
    [
        ("localhost:11434", "m"),
        ("ftp://localhost/v1", "m"),
        ("http://", "m"),
        ("http://moi:secret@localhost/v1", "m"),
        ("http://localhost/v1?k=secret", "m"),
        ("http://localhost:99999/v1", "m"),
        ("http://local host/v1", "m"),
        ("http://localhost/v1", ""),
        ("http://localhost/v1", "a\nb"),
    ],
)
def test_settings_that_cannot_work_are_refused(url: str, model: str) -> None:
    with pytest.raises(InputError) as raised:
        llm_settings(url, model, None)
    assert "secret" not in str(raised.value)


def test_no_address_no_server() -> None:
    assert llm_settings(None, "m", "k") is None
    assert llm_settings("", None, None) is None
    with pytest.raises(InputError):
        llm_settings("http://localhost/v1", "m", "clé\n")
