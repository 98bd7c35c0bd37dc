"""Turns: few questions are worked on at once, some wait, in order, and the rest are told so.

Gradio's own queue cannot do this in French: when it is full, its page says so in English.
"""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator

_LOOK_EVERY = 0.05
"""Seconds between two looks at whether one's turn has come."""


class Full(Exception):
    """No room left to wait in."""


class Turns:
    """Hands out turns, first come, first served. For one event loop."""

    def __init__(self, at_once: int, waiting: int) -> None:
        """``at_once`` turns are out at most, and ``waiting`` more are waited for at most."""
        self._at_once = at_once
        self._waiting = waiting
        self._out = 0
        self._line: list[object] = []

    async def wait(self) -> AsyncGenerator[int]:
        """Yield how many are before one, each time that changes; ends when one's turn has come.

        Whoever sees the end has a turn and must give it back by :meth:`done`. Raises Full.
        """
        if len(self._line) >= self._waiting:
            raise Full
        ticket, told = object(), 0
        self._line.append(ticket)
        try:
            while self._out >= self._at_once or self._line[0] is not ticket:
                before = self._line.index(ticket) + 1
                if before != told:
                    told = before
                    yield before
                await asyncio.sleep(_LOOK_EVERY)
            self._out += 1
        finally:
            self._line.remove(ticket)

    def done(self) -> None:
        """Give a turn back."""
        self._out -= 1
