"""Real HTTP servers that speak as an LLM server does, or that do not: each does one thing."""

from __future__ import annotations

import json
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

from brief_qa import LlmSettings

Behaves = Callable[["Handler"], None]


class Handler(BaseHTTPRequestHandler):
    """One request, answered as the server was told to behave."""

    server: Server

    def do_POST(self) -> None:
        """Note what was asked, and behave."""
        length = int(self.headers.get("content-length", 0))
        self.server.asked.append((dict(self.headers), json.loads(self.rfile.read(length))))
        with suppress(ConnectionError, TimeoutError):
            self.server.behaves(self)
            return
        self.server.left.set()

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def begin(self, status: int = 200, **headers: str) -> None:
        """The status and the headers of a stream."""
        self.send_response(status)
        for name, value in {"Content-Type": "text/event-stream", **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()

    def send(self, data: bytes) -> None:
        """Send bytes at once."""
        self.wfile.write(data)
        self.wfile.flush()

    def say(self, text: str, **more: Any) -> None:
        """One event with a piece of text."""
        delta = {"content": text, **more}
        event = {"choices": [{"index": 0, "delta": delta, "finish_reason": None}]}
        self.send(b"data: " + json.dumps(event).encode() + b"\n\n")


class Server(ThreadingHTTPServer):
    """A server on a free port of this machine."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, behaves: Behaves) -> None:
        super().__init__(("127.0.0.1", 0), Handler)
        self.behaves = behaves
        self.asked: list[tuple[dict[str, str], Any]] = []
        self.left = threading.Event()
        """Set once a client has gone before it was told everything."""

    def handle_error(self, *_: object) -> None:
        """A client that leaves is no error."""

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"


@contextmanager
def llm_server(behaves: Behaves) -> Iterator[Server]:
    """A server, running until the end."""
    server = Server(behaves)
    thread = threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True)
    thread.start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def settings_for(url: str, **other: Any) -> LlmSettings:
    """Settings with ample time, for a busy machine too."""
    limits = {"connect": 20.0, "first_token": 40.0, "between": 40.0, "whole": 60.0}
    return LlmSettings(url=url, model="essai", **(limits | other))


# -- behaviours -----------------------------------------------------------------------------


def writes(text: str, *, pause: float = 0.0) -> Behaves:
    """Writes a text, a few characters at a time, and ends as it should."""

    def behave(handler: Handler) -> None:
        handler.begin()
        handler.say("")
        for piece in re.findall(r"\s*\S{1,7}", text, re.DOTALL):
            handler.say(piece)
            time.sleep(pause)
        handler.send(b'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\n')
        handler.send(b"data: [DONE]\n\n")

    return behave


def breaks_off(text: str, *, pause: float = 0.0) -> Behaves:
    """Writes a text and closes the connection, with nothing to say that it has ended."""

    def behave(handler: Handler) -> None:
        handler.begin()
        for piece in re.findall(r"\s*\S{1,7}", text, re.DOTALL):
            handler.say(piece)
            time.sleep(pause)

    return behave


def answers(status: int, **headers: str) -> Behaves:
    """Answers with a status and a page that says too much."""

    def behave(handler: Handler) -> None:
        handler.begin(status, Content_Type="text/html", **headers)
        sent = dict(handler.headers).get("Authorization", "")
        handler.send(f"<h1>Trace: {sent} at /srv/secret</h1>".encode())

    return behave


def sends(data: bytes) -> Behaves:
    """Begins a stream well and sends these bytes."""

    def behave(handler: Handler) -> None:
        handler.begin()
        handler.send(data)

    return behave


def in_turn(*behaviours: Behaves) -> Behaves:
    """Does the first at the first request, and so on; the last ever after."""
    left = list(behaviours)
    return lambda handler: (left.pop(0) if len(left) > 1 else left[0])(handler)


def replays(transcript: bytes, *, chunk: int = 700) -> Behaves:
    """Sends again the very bytes that a server once sent, however they are cut."""

    def behave(handler: Handler) -> None:
        handler.begin()
        for at in range(0, len(transcript), chunk):
            handler.send(transcript[at : at + chunk])

    return behave


def hangs(handler: Handler) -> None:
    """Says nothing, not even a status, until the client has gone."""
    _wait_for_the_end(handler)


def hangs_midway(handler: Handler) -> None:
    """Begins a sentence and never ends it."""
    handler.begin()
    handler.say("Le pont")
    _wait_for_the_end(handler)


def pings(handler: Handler) -> None:
    """Shows signs of life for ever, and writes nothing."""
    handler.begin()
    while True:
        handler.send(b": ping\n\n")
        time.sleep(0.05)


def drips_headers(handler: Handler) -> None:
    """Sends the head of its answer letter by letter."""
    handler.send(b"HTTP/1.1 200 OK\r\n")
    while True:
        handler.send(b"X-A: b\r\n")
        time.sleep(0.05)


def never_ends(handler: Handler) -> None:
    """Writes for ever."""
    handler.begin()
    while True:
        handler.say("encore " * 50)


def endless_line(handler: Handler) -> None:
    """Sends one line without an end."""
    handler.begin()
    while True:
        handler.send(b"data: " + b"x" * 65_536)


def _wait_for_the_end(handler: Handler) -> None:
    handler.connection.settimeout(20)
    if not handler.rfile.read(1):
        raise ConnectionResetError
