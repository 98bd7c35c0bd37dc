"""Work done for one request in a thread of its own, told step by step as server-sent events."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncIterator, Callable
from typing import Any, Generic, TypeVar

from brief_qa.errors import BriefQAError
from brief_qa.web import words
from brief_qa.web.api.replies import event, problem, status_of

_log = logging.getLogger(__name__)
T = TypeVar("T")
Tell = Callable[[str, Any], None]
"""Told a step by the name of its event; from any thread."""


def _nothing() -> None: ...


class Work(Generic[T]):
    """A call at work. Whoever waits for it may leave: it goes on to its end.

    ``ended`` is called once it has ended, whether anyone waits or not; ``left`` as soon as
    nobody waits any more.
    """

    def __init__(
        self,
        call: Callable[[Tell], T],
        ended: Callable[[], None] = _nothing,
        left: Callable[[], None] = _nothing,
    ) -> None:
        """Begin at once. For one event loop."""
        self._loop = asyncio.get_running_loop()
        self._steps: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        self._left = left
        self._result = asyncio.ensure_future(asyncio.to_thread(call, self._tell))
        self._result.add_done_callback(lambda _: self._ended(ended))

    async def result(self) -> T:
        """What comes of it, alone."""
        try:
            return await asyncio.shield(self._result)
        finally:
            self._left()

    async def events(self, last: str) -> AsyncIterator[bytes]:
        """Its steps, then its result under the name ``last``, or ``problem``."""
        try:
            while (step := await self._steps.get()) is not None:
                yield event(*step)
            yield event(last, await self._result)
        except BriefQAError as error:
            yield event("problem", problem(status_of(error), str(error)))
        except Exception:
            _log.exception("demande restée sans réponse")
            yield event("problem", problem(500, words.UNFORESEEN))
        finally:
            self._left()

    def _ended(self, told: Callable[[], None]) -> None:
        told()
        self._steps.put_nowait(None)
        if not self._result.cancelled():
            self._result.exception()  # looked at: the client may be gone

    def _tell(self, name: str, value: Any) -> None:
        self._loop.call_soon_threadsafe(self._steps.put_nowait, (name, value))
