"""The application run by uvicorn: slow clients are cut, and stopping loses no answer.

One process: the index is held in memory once, and a single line of questions is fair.
"""

from __future__ import annotations

import asyncio
import logging
import signal
import socket
from collections.abc import Callable, Sequence
from ipaddress import ip_network
from types import FrameType
from typing import TYPE_CHECKING, Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from brief_qa.errors import InputError
from brief_qa.limits import TIMEOUT
from brief_qa.web import words
from brief_qa.web.guard import BODY_LIMITS
from brief_qa.web.turns import Turns

if TYPE_CHECKING:
    from starlette.types import ASGIApp

_FILES_TAKE = 20
"""Times as long that files may take: 256 MiB in ten minutes, at 4 Mbit/s."""
DRAINING = 30.0
"""Seconds that questions under way are given to be answered, once the server is to stop."""
_CLOSING = 2
"""Seconds that the replies are then given to be sent. Each page keeps a connection open, that
nothing ends but this."""
_LOOK_EVERY = 0.05


def trusted(proxies: Sequence[str]) -> list[str]:
    """The addresses, or networks, of reverse proxies. Raises InputError for what is neither."""
    for proxy in proxies:
        try:
            ip_network(proxy)
        except ValueError as error:
            raise InputError(words.NO_ADDRESS.format(given=proxy)) from error
    return list(proxies)


class Server(uvicorn.Server):
    """Runs an application on a socket that listens already, until it is told to stop."""

    def __init__(
        self,
        app: ASGIApp,
        turns: Turns,
        *,
        on_ready: Callable[[], None],
        on_stop: Callable[[], None] = lambda: None,
        proxies: Sequence[str] = (),
        timeout: float = TIMEOUT,
    ) -> None:
        """``turns`` are those of the application's questions, ``on_ready`` is called once.

        ``on_stop`` ends what else is at work, which would keep the process alive.

        ``proxies`` are those whose word is taken for the address of a client (X-Forwarded-For);
        anyone else's never is. ``timeout`` is the seconds that a request may take to arrive.
        """
        super().__init__(
            uvicorn.Config(
                app,
                http=_patient(timeout),
                ws="none",
                proxy_headers=bool(proxies),
                forwarded_allow_ips=trusted(proxies),
                log_level="warning",
                timeout_graceful_shutdown=_CLOSING,
                server_header=False,
            )
        )
        self._turns = turns
        self._on_ready = on_ready
        self._on_stop = on_stop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        """Begin to answer."""
        await super().startup(sockets)
        self._on_ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Be told to stop: SIGTERM ends as Ctrl-C does, all that is open closed."""
        super().handle_exit(signal.SIGINT, frame)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Take nothing new, let the questions under way be answered, then end."""
        self._on_stop()
        for server in self.servers:
            server.close()
        for listening in sockets or []:
            listening.close()  # or the system would still take connections
        for connection in list(self.server_state.connections):
            connection.shutdown()  # once it has replied to what it was asked
        waited = 0.0
        turns = self._turns
        while (turns.working or turns.waiting) and waited < DRAINING and not self.force_exit:
            await asyncio.sleep(_LOOK_EVERY)
            waited += _LOOK_EVERY
        # Connections that pages keep open are cut, which uvicorn calls an error.
        logging.getLogger("uvicorn.error").setLevel(logging.CRITICAL)
        await super().shutdown(sockets)


class _Patient(H11Protocol):
    """A connection that is closed when a request takes too long to arrive whole."""

    timeout: float = TIMEOUT
    _cut: asyncio.TimerHandle | None = None
    _of_files = False

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        super().data_received(data)
        if not self._of_files and self.scope and self.scope["path"] in BODY_LIMITS:
            self._of_files = True
            self._end_wait()
        self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        self._end_wait()
        super().connection_lost(exc)

    def on_response_complete(self) -> None:
        super().on_response_complete()
        self._of_files = False
        self._wait()

    def _wait(self) -> None:
        """Reckon from the first of it: what comes bit by bit gets no more time."""
        if self.conn.their_state not in (h11.IDLE, h11.SEND_BODY):
            self._end_wait()
        elif self._cut is None:
            allowed = self.timeout * (_FILES_TAKE if self._of_files else 1)
            self._cut = self.loop.call_later(allowed, self.transport.close)

    def _end_wait(self) -> None:
        if self._cut is not None:
            self._cut.cancel()
            self._cut = None


def _patient(seconds: float) -> Any:
    return type("Patient", (_Patient,), {"timeout": seconds})
