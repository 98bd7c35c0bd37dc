"""How many requests one reader may make: a minute's worth at once, then evenly.

The generic cell rate algorithm of ITU-T I.371: a reader is remembered by one moment, that at
which what they asked so far would have been asked evenly.
"""

from __future__ import annotations

import math
import re
import time
from collections import OrderedDict
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from brief_qa.errors import BriefQAError
from brief_qa.web import words
from brief_qa.web.access import Access
from brief_qa.web.api.replies import refusal
from brief_qa.web.asking import reader_of

_READERS = 10_000
"""Readers remembered; the one who has not asked for longest is forgotten for a new one."""
_MINUTE = 60.0
_FREE = re.compile(
    r"/(?:page|assets|static|svelte|health)/.*|/(?:widget\.js|theme\.css|favicon\.ico|robots\.txt"
    r"|metrics|config)|/gradio_api/(?!queue/join).*"
)
"""What costs next to nothing, or goes with what was counted."""


class Rate:
    """So many requests a minute of each reader."""

    def __init__(self, a_minute: int, clock: Callable[[], float] = time.monotonic) -> None:
        """``clock`` gives seconds, ever rising."""
        self._apart = _MINUTE / a_minute
        self._clock = clock
        self._even: OrderedDict[str, float] = OrderedDict()

    def wait(self, reader: str) -> float:
        """Count a request; or, when it is one too many, the seconds until one may be made."""
        now = self._clock()
        even = max(self._even.get(reader, now), now) + self._apart
        if (early := even - now - _MINUTE) > self._apart / 2:  # sums of floats
            return early
        self._even[reader] = even
        self._even.move_to_end(reader)
        if len(self._even) > _READERS:
            self._even.popitem(last=False)
        return 0.0


class Limited:
    """Wraps the application; a reader, known by a key or else by an address, has a rate."""

    def __init__(self, app: ASGIApp, access: Access, a_minute: int) -> None:
        """``access`` knows the keys that were given before."""
        self._app = app
        self._access = access
        self._rate = Rate(a_minute)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say when the next may be made."""
        app = self._app
        if scope["type"] == "http" and not _FREE.fullmatch(scope["path"]):
            seconds = math.ceil(self._rate.wait(self._reader(HTTPConnection(scope))))
            if seconds:
                said = words.TOO_OFTEN.format(seconds=seconds)
                app = refusal(429, said, {"Retry-After": str(seconds)})
        await app(scope, receive, send)

    def _reader(self, request: HTTPConnection) -> str:
        """A key that was right before; what is new or wrong counts as its address."""
        try:
            key = self._access.remembered(request)
        except BriefQAError:  # the keys cannot be read: the door says so
            key = None
        return f"key {key.id}" if key else reader_of(request)
