"""Work in its turn: questions of every door wait in one line, then each has a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncGenerator, Callable
from contextlib import aclosing, suppress
from ipaddress import IPv6Address, ip_address, ip_network
from typing import TYPE_CHECKING, Any, Generic, TypeVar

from brief_qa.web import words
from brief_qa.web.turns import Full, TooManyOfOne, Turns

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

T = TypeVar("T")
Step = tuple[str, Any]
"""What was done: a name for it, and what came of it."""
Tell = Callable[[str, Any], None]
"""Told a step, from any thread."""
_CUSTOMER = 64
"""Bits of an IPv6 address that are one customer's."""
AGAIN_AFTER = 5
"""Seconds that a client is told to wait when too much is asked at once."""


class Work(Generic[T]):
    """Some work in a thread of its own, told step by step to whoever waits for it.

    Whoever leaves has it told that nobody waits, by ``stop``; it ends when it will, and what it
    holds (a turn, a folder) it holds until then.
    """

    def __init__(
        self, call: Callable[[Tell, threading.Event], T], ended: Callable[[], None] | None = None
    ) -> None:
        """Begin at once. For one event loop. ``ended`` is called once it has ended."""
        self._loop = asyncio.get_running_loop()
        self._steps: asyncio.Queue[Step | None] = asyncio.Queue()
        self._stop = threading.Event()
        self._working = asyncio.ensure_future(asyncio.to_thread(call, self._tell, self._stop))
        self._working.add_done_callback(lambda _: self._ended(ended))

    async def steps(self) -> AsyncGenerator[Step]:
        """Its steps as they are done, until it has ended."""
        while (step := await self._steps.get()) is not None:
            yield step

    async def result(self) -> T:
        """What came of it, or the error that it raised."""
        try:
            return await asyncio.shield(self._working)
        finally:
            self.leave()

    def leave(self) -> None:
        """Wait no longer for it."""
        self._stop.set()

    def _tell(self, name: str, value: Any) -> None:
        self._loop.call_soon_threadsafe(self._steps.put_nowait, (name, value))

    def _ended(self, told: Callable[[], None] | None) -> None:
        if told:
            told()
        self._steps.put_nowait(None)
        if not self._working.cancelled():
            self._working.exception()  # looked at: the client may be gone


async def begun(turns: Turns, reader: str, call: Callable[[Tell, threading.Event], T]) -> Work[T]:
    """Begin some work once its turn has come; ``reader`` is who asks, by address. Raises Full.

    Whoever leaves keeps the turn until it has ended, since the processor is still busy.
    """
    async with aclosing(turns.wait(reader)) as line:
        async for _ in line:
            pass
    return Work(call, lambda: turns.done(reader))


def reader_of(request: HTTPConnection) -> str:
    """Who asks, by address: of an IPv6 one, what a customer cannot change at will."""
    return customer(request.client.host if request.client else "")


def customer(address: str) -> str:
    """The address, or the network that is one customer's."""
    with suppress(ValueError):
        known = ip_address(address)
        if isinstance(known, IPv6Address) and not known.ipv4_mapped:
            return str(ip_network((known, _CUSTOMER), strict=False))
    return address


def why_full(full: Full) -> str:
    """Why there was no room to wait in, in French."""
    return words.TOO_MANY_OF_YOURS if isinstance(full, TooManyOfOne) else words.TOO_MANY
