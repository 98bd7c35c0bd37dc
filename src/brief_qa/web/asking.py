"""Work in its turn: questions of every door wait in one line, then each has a thread of its own."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable
from contextlib import aclosing
from typing import TYPE_CHECKING, Generic, TypeVar

from brief_qa.web import words
from brief_qa.web.turns import Full, TooManyOfOne, Turns

if TYPE_CHECKING:
    from starlette.requests import HTTPConnection

T = TypeVar("T")
AGAIN_AFTER = 5
"""Seconds that a client is told to wait when too much is asked at once."""


class Begun(Generic[T]):
    """Some work whose turn has come: begun, and its turn given back when it ends.

    Whoever leaves keeps the turn until then, since the processor is still busy.
    """

    def __init__(self, work: Callable[[threading.Event], T], done: Callable[[], None]) -> None:
        """Use :func:`begun`."""
        self._stop = threading.Event()
        self._working = asyncio.ensure_future(asyncio.to_thread(work, self._stop))
        self._working.add_done_callback(lambda _: self._ended(done))

    async def result(self) -> T:
        """What came of it, or the error that it raised. Who stops waiting has it end early."""
        try:
            return await asyncio.shield(self._working)
        finally:
            self._stop.set()

    def _ended(self, done: Callable[[], None]) -> None:
        done()
        if not self._working.cancelled():
            self._working.exception()  # looked at: the client may be gone


async def begun(turns: Turns, reader: str, work: Callable[[threading.Event], T]) -> Begun[T]:
    """Begin some work in a thread once its turn has come; ``reader`` is who asks, by address.

    The work is given what tells it that nobody waits any more. Raises Full.
    """
    async with aclosing(turns.wait(reader)) as line:
        async for _ in line:
            pass
    return Begun(work, lambda: turns.done(reader))


def reader_of(request: HTTPConnection) -> str:
    """Who asks, by address."""
    return request.client.host if request.client else ""


def why_full(full: Full) -> str:
    """Why there was no room to wait in, in French."""
    return words.TOO_MANY_OF_YOURS if isinstance(full, TooManyOfOne) else words.TOO_MANY
