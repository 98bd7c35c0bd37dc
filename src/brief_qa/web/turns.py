"""Turns: few questions are worked on at once, some wait, in order, and the rest are told so.

Gradio's own queue cannot do this in French: when it is full, its page says so in English. Nor
does it know one reader from another: here none may hold more than a few places, whether they
read what they are sent or not.
"""

from __future__ import annotations

import asyncio
import os
from collections.abc import AsyncGenerator

AT_ONCE = max(1, min(4, os.cpu_count() or 1))
"""Questions answered at once: reading keeps a core busy, so more would only slow each other."""
WAITING = 100
"""Questions that wait for their turn."""
_OF_ONE = 60
"""Questions of one address, waiting or being answered: a whole newsroom may share an address,
and one that asks more would hold all others up."""
_LOOK_EVERY = 0.05
"""Seconds between two looks at whether one's turn has come."""


class Full(Exception):
    """No room left to wait in."""


class TooManyOfOne(Full):
    """A reader has as many places as one may."""


class Turns:
    """Hands out turns, first come, first served. For one event loop."""

    def __init__(
        self, at_once: int = AT_ONCE, waiting: int = WAITING, of_one: int = _OF_ONE
    ) -> None:
        """``at_once`` turns are out at most, and ``waiting`` more are waited for at most.

        One reader has at most ``of_one`` of both together.
        """
        self._at_once = at_once
        self._waiting = waiting
        self._of_one = of_one
        self._out: list[str] = []
        self._line: list[_Ticket] = []
        self.turned_away = 0
        """Questions for which there was no room, so far."""

    @property
    def working(self) -> int:
        """Questions being answered."""
        return len(self._out)

    @property
    def waiting(self) -> int:
        """Questions that wait."""
        return len(self._line)

    async def wait(self, reader: str) -> AsyncGenerator[int]:
        """Yield how many are before one, each time that changes; ends when one's turn has come.

        Whoever sees the end has a turn and must give it back by :meth:`done`. Raises Full.
        """
        if [*self._out, *(one.reader for one in self._line)].count(reader) >= self._of_one:
            self.turned_away += 1
            raise TooManyOfOne
        if len(self._line) >= self._waiting:
            self.turned_away += 1
            raise Full
        ticket, told = _Ticket(reader), 0
        self._line.append(ticket)
        try:
            while len(self._out) >= self._at_once or self._line[0] is not ticket:
                before = self._line.index(ticket) + 1
                if before != told:
                    told = before
                    yield before
                await asyncio.sleep(_LOOK_EVERY)
            self._out.append(reader)
        finally:
            self._line.remove(ticket)

    def done(self, reader: str) -> None:
        """Give a turn back."""
        self._out.remove(reader)


class _Ticket:
    """One place in the line: equal to itself alone."""

    def __init__(self, reader: str) -> None:
        self.reader = reader
