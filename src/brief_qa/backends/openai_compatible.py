"""Any server that speaks OpenAI's chat completions: Ollama, llama.cpp, vLLM, Mistral…

Plain httpx, on an event loop of its own in a thread of its own: each limit of time then holds
whatever the server does, and a reader who leaves closes the connection at once. Of what a
server says only the text that it writes goes further, never its messages.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Generator, Iterable, Sequence
from contextlib import suppress
from ipaddress import ip_address
from queue import SimpleQueue
from typing import Any
from urllib.parse import urlsplit

import httpx

from brief_qa.errors import LlmError
from brief_qa.generate import Message
from brief_qa.llm import LlmSettings

_log = logging.getLogger(__name__)
_TRIES = 3
_PAUSE = 0.5
"""Seconds before a second try; twice that before a third."""
_LONGEST_PAUSE = 5.0
"""Seconds that a server may ask to wait before another try."""
_LOOK_EVERY = 0.05
"""Seconds between two looks at whether anyone still waits for the text."""
_LONGEST_LINE = 256 * 1024
_MOST_BYTES = 4 * 1024 * 1024
_MOST_WRITTEN = 20_000
"""Characters; a server that was asked for 600 tokens and goes on past that is at fault."""
_AGAIN = frozenset((408, 409, 429, 500, 502, 503, 504))

UNREACHABLE = "Le serveur du modèle de langue est injoignable."
TOO_SLOW = "Le modèle de langue a été trop lent."
BROKEN_OFF = "Le modèle de langue s'est interrompu."
ENDLESS = "Le modèle de langue n'en finissait pas."
GARBLED = "Le serveur du modèle de langue a répondu de façon incompréhensible."
MOVED = "Le serveur du modèle de langue renvoie à une autre adresse, qui n'est pas suivie."
KEY_REFUSED = "Le serveur du modèle de langue refuse la clé."
UNKNOWN_MODEL = "Le serveur du modèle de langue ne connaît pas ce modèle, ou pas cette adresse."
REFUSED = "Le serveur du modèle de langue refuse la demande."
BUSY = "Le serveur du modèle de langue est saturé."
FAILING = "Le serveur du modèle de langue est en panne."
_REFUSALS = {401: KEY_REFUSED, 403: KEY_REFUSED, 404: UNKNOWN_MODEL, 429: BUSY}


class OpenAICompatible:
    """A model on such a server. Holds settings only: any number of threads may use it."""

    def __init__(self, settings: LlmSettings) -> None:
        self._settings = settings
        self.name = settings.model
        self.passages = settings.passages

    def write(
        self, messages: Sequence[Message], stop: threading.Event | None = None
    ) -> Generator[str]:
        """What the model writes, piece by piece; what it only thinks is left out.

        Closing the generator, or setting ``stop``, closes the connection. Raises LlmError,
        with a message for a reader: the journal has the rest, the key never.
        """
        told: SimpleQueue[str | LlmError | None] = SimpleQueue()
        closed = threading.Event()

        def unwanted() -> bool:
            return closed.is_set() or (stop is not None and stop.is_set())

        worker = threading.Thread(
            target=_work, args=(self._settings, messages, told.put, unwanted), daemon=True
        )
        worker.start()
        try:
            yield from _without_thoughts(_told(told))
        finally:
            closed.set()
            worker.join(timeout=1)


def _told(queue: SimpleQueue[str | LlmError | None]) -> Generator[str]:
    """What a worker tells, until it says that it has ended."""
    while (item := queue.get()) is not None:
        if isinstance(item, LlmError):
            raise item
        yield item


def _work(
    settings: LlmSettings,
    messages: Sequence[Message],
    tell: Callable[[str | LlmError | None], None],
    unwanted: Callable[[], bool],
) -> None:
    """Relay what a server writes, and how that ended."""
    try:
        asyncio.run(_relay(settings, messages, tell, unwanted))
        tell(None)
    except LlmError as error:
        _log.warning("%s : %s (%s)", settings.model, error, error.__cause__ or "-")
        tell(error)
    except Exception as error:  # whatever it is, an answer is waiting
        _log.warning("%s : %s (%r)", settings.model, GARBLED, type(error))
        tell(LlmError(GARBLED))


async def _relay(
    settings: LlmSettings,
    messages: Sequence[Message],
    tell: Callable[[str], None],
    unwanted: Callable[[], bool],
) -> None:
    """Tell each piece as it comes, within the limits of time; end quietly once unwanted."""
    loop = asyncio.get_running_loop()
    end = loop.time() + settings.whole
    relaying = asyncio.ensure_future(_relay_within(settings, messages, tell, end))
    try:
        while not relaying.done() and not unwanted():
            await asyncio.wait({relaying}, timeout=_LOOK_EVERY)
        if relaying.done():
            await relaying
    finally:
        relaying.cancel()
        with suppress(asyncio.CancelledError, LlmError):
            await relaying


async def _relay_within(
    settings: LlmSettings, messages: Sequence[Message], tell: Callable[[str], None], end: float
) -> None:
    loop = asyncio.get_running_loop()
    try:
        async with asyncio.timeout_at(min(end, loop.time() + settings.first_token)) as limit:
            async for piece in _pieces(settings, messages):
                limit.reschedule(min(end, loop.time() + settings.between))
                tell(piece)
    except TimeoutError as error:
        raise LlmError(TOO_SLOW) from error


async def _pieces(settings: LlmSettings, messages: Sequence[Message]) -> AsyncIterator[str]:
    """The pieces of one completion; tried again while nothing of it has come."""
    async with _client(settings) as client:
        for tried in range(1, _TRIES + 1):
            begun = False
            try:
                async for piece in _completion(client, settings, messages):
                    begun = True
                    yield piece
                return
            except _Again as again:
                pause = _PAUSE * tried if again.pause is None else again.pause
                if begun or tried == _TRIES or pause > _LONGEST_PAUSE:
                    raise LlmError(BROKEN_OFF if begun else again.message) from again.__cause__
            await asyncio.sleep(pause)


class _Again(Exception):
    """A failure that another try may mend."""

    def __init__(self, message: str, pause: float | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.pause = pause
        """Seconds that the server asks to wait."""


class _Bearer(httpx.Auth):
    """The key as a header. Given as httpx's own kind, so that no ~/.netrc takes its place."""

    def __init__(self, key: str | None) -> None:
        self._key = key

    def auth_flow(self, request: httpx.Request) -> Generator[httpx.Request, httpx.Response]:
        """Add the header."""
        if self._key:
            request.headers["Authorization"] = f"Bearer {self._key}"
        yield request


def _client(settings: LlmSettings) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        auth=_Bearer(settings.key),
        timeout=httpx.Timeout(None, connect=settings.connect),  # the rest: _relay_within
        follow_redirects=False,
        trust_env=not _is_near(settings.url),  # no proxy stands before one's own machine
        headers={"Accept": "text/event-stream", "Accept-Encoding": "identity"},
    )


def _is_near(url: str) -> bool:
    host = urlsplit(url).hostname or ""
    with suppress(ValueError):
        return ip_address(host).is_loopback
    return host == "localhost"


async def _completion(
    client: httpx.AsyncClient, settings: LlmSettings, messages: Sequence[Message]
) -> AsyncIterator[str]:
    asked = {
        "model": settings.model,
        "messages": [{"role": one.role, "content": one.content} for one in messages],
        "stream": True,
        "temperature": 0,
        "max_tokens": settings.tokens,
    }
    address = f"{settings.url.rstrip('/')}/chat/completions"
    try:
        async with client.stream("POST", address, json=asked) as response:
            _refuse(response)
            async for piece in _written(_lines(response.aiter_raw())):
                yield piece
    except (httpx.ConnectError, httpx.ConnectTimeout, httpx.ProxyError) as error:
        raise _Again(UNREACHABLE) from error
    except httpx.TransportError as error:
        raise _Again(BROKEN_OFF) from error


def _refuse(response: httpx.Response) -> None:
    """Raise for a response that is no stream. Its body is not read: it is nobody's words."""
    status = response.status_code
    if (
        status == httpx.codes.OK
        and response.headers.get("content-encoding", "identity") == "identity"
    ):
        return
    message = _REFUSALS.get(status, GARBLED)
    if status >= 500:
        message = FAILING
    elif response.has_redirect_location or 300 <= status < 400:
        message = MOVED
    elif status >= 400 and status not in _REFUSALS:
        message = REFUSED
    cause = httpx.HTTPStatusError(f"HTTP {status}", request=response.request, response=response)
    if status in _AGAIN:
        raise _Again(message, _asked_pause(response)) from cause
    raise LlmError(message) from cause


def _asked_pause(response: httpx.Response) -> float | None:
    """The seconds that a server asks to wait; a day of the calendar is as good as for ever."""
    asked = response.headers.get("retry-after", "").strip()
    if not asked:
        return None
    return float(asked[:6]) if asked.isdecimal() else float("inf")


async def _lines(received: AsyncIterator[bytes]) -> AsyncIterator[bytes]:
    """Whole lines of what is received, none of them endless, nor all of them together."""
    rest, total = b"", 0
    async for chunk in received:
        total += len(chunk)
        *whole, rest = (rest + chunk).split(b"\n")
        if total > _MOST_BYTES or len(rest) > _LONGEST_LINE:
            raise LlmError(ENDLESS)
        for line in whole:
            yield line.strip()
    if rest.strip():
        yield rest.strip()


async def _written(lines: AsyncIterator[bytes]) -> AsyncIterator[str]:
    """The text in a stream of server-sent events. Raises _Again where it ends before its end."""
    finished, length = False, 0
    async for line in lines:
        if not line or line.startswith((b":", b"event:", b"id:", b"retry:")):
            continue
        if line == b"data: [DONE]" or line == b"data:[DONE]":
            return
        piece, ended = _event(line)
        finished = finished or ended
        length += len(piece)
        if length > _MOST_WRITTEN:
            raise LlmError(ENDLESS)
        if piece:
            yield piece
    if not finished:
        raise _Again(BROKEN_OFF)


_THOUGHT = "<think>", "</think>"


def _event(line: bytes) -> tuple[str, bool]:
    """The text of one event, its thoughts between their tags, and whether it is the last."""
    try:
        if not line.startswith(b"data:"):
            raise ValueError("not an event")
        event: Any = json.loads(line.removeprefix(b"data:"))
        if event.get("error"):
            raise LlmError(FAILING)
        choices = event.get("choices") or []
        choice = choices[0] if choices else {}
        delta = choice.get("delta") or {}
        written = delta.get("content") or ""
        if not isinstance(written, str):
            raise ValueError("not a text")
        thought = delta.get("reasoning_content") or delta.get("reasoning")
        if thought and not written:
            written = "".join(_THOUGHT)  # nothing to show, but a sign of life
        return written, choice.get("finish_reason") is not None
    except (ValueError, AttributeError, TypeError, KeyError, IndexError, RecursionError) as error:
        raise LlmError(GARBLED) from ValueError(type(error).__name__)


def _without_thoughts(pieces: Iterable[str]) -> Generator[str]:
    """A text without what stands in it between ``<think>`` and ``</think>``."""
    held, thinking = "", False
    for piece in pieces:
        held += piece
        while (at := held.find(_THOUGHT[thinking])) >= 0:
            if not thinking and at:
                yield held[:at]
            held = held[at + len(_THOUGHT[thinking]) :]
            thinking = not thinking
        kept = _begun(held, _THOUGHT[thinking])
        if not thinking and len(held) > kept:
            yield held[: len(held) - kept]
        held = held[len(held) - kept :]
    if held and not thinking:
        yield held


def _begun(text: str, tag: str) -> int:
    """How many characters at the end of a text may be the beginning of a tag."""
    return next((n for n in range(len(tag) - 1, 0, -1) if text.endswith(tag[:n])), 0)
