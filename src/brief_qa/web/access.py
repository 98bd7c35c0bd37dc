"""Who is asking, by the key of a program or the session of a browser, and what they may do.

A key is tried against an attacker who guesses: wrong ones of one address cost a pause each, and
past some of them all of that address wait, but for keys that were right before. A session is a
random text in a cookie; what it stands for is in the server's memory and ends with the key.
"""

from __future__ import annotations

import asyncio
import logging
import secrets
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime

from starlette.requests import HTTPConnection

from brief_qa.domain import Article, IngestReport
from brief_qa.errors import BriefQAError
from brief_qa.keys import Key, Keys
from brief_qa.versions import now
from brief_qa.web.asking import reader_of
from brief_qa.web.origins import elsewhere

_log = logging.getLogger(__name__)
COOKIE = "brief_qa_session"
LASTS = 12 * 3600
"""Seconds of a session: a day at work."""
_SESSIONS = 1_000
"""Sessions held at once; the oldest goes for a new one."""
_MOST_WRONG = 10
"""Wrong keys of one address within ``_WITHIN`` seconds, before it has to wait."""
_WITHIN = 300.0
_PAUSE = 0.5
"""Seconds that a wrong key costs whoever gives it; nobody else waits meanwhile."""
_ADDRESSES = 10_000
_UNDO = 20
"""Deleted articles that a session can bring back."""


class TooManyWrong(Exception):
    """An address has given too many wrong keys; another may be tried in ``seconds``."""

    def __init__(self, seconds: int) -> None:
        super().__init__(seconds)
        self.seconds = seconds


@dataclass(frozen=True, slots=True)
class Said:
    """What came of an action that gives no report, in French."""

    message: str
    trouble: bool = False
    undo: Article | None = None
    """What can be brought back, if that is what it tells."""


@dataclass(slots=True)
class Session:
    """A browser that gave a key. Holds what its page is to tell, and nothing of the key's text."""

    key: Key
    until: float
    outcome: IngestReport | Said | None = None
    """What came of the last action."""
    ended: datetime | None = None
    """When that one did, UTC."""
    deleted: deque[Article] = field(default_factory=lambda: deque(maxlen=_UNDO))
    """Articles deleted in it, the latest first: here alone are their words still kept."""

    def tell(self, outcome: IngestReport | Said) -> None:
        """Keep what came of an action that has ended now."""
        self.outcome, self.ended = outcome, now()


class Attempts:
    """Wrong keys by address, as :func:`reader_of` gives it."""

    def __init__(self, clock: Callable[[], float]) -> None:
        """``clock`` gives seconds, ever rising."""
        self._clock = clock
        self._wrong: OrderedDict[str, deque[float]] = OrderedDict()

    def begin(self, address: str) -> None:
        """Count an attempt, before it is known whether it is right. Raises TooManyWrong."""
        now = self._clock()
        before = self._wrong.setdefault(address, deque())
        while before and before[0] <= now - _WITHIN:
            before.popleft()
        if len(before) >= _MOST_WRONG:
            raise TooManyWrong(int(before[0] + _WITHIN - now) + 1)
        before.append(now)
        self._wrong.move_to_end(address)
        if len(self._wrong) > _ADDRESSES:
            self._wrong.popitem(last=False)

    def right(self, address: str) -> None:
        """Take an attempt back: it was right."""
        if before := self._wrong.get(address):
            before.pop()


class Access:
    """Keys, sessions and attempts of one server. Keys are tried in one event loop; sessions may
    be looked at from any thread.
    """

    def __init__(
        self,
        keys: Keys,
        *,
        require_key: bool = False,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``require_key``: whether reading, too, needs a key."""
        self.require_key = require_key
        self._keys = keys
        self._clock = clock
        self._attempts = Attempts(clock)
        self._sessions: OrderedDict[str, Session] = OrderedDict()

    async def key_of(self, presented: str, address: str) -> Key | None:
        """The key that this text is, None when it is none. Raises TooManyWrong."""
        if key := self._keys.remembered(presented):
            return key
        self._attempts.begin(address)
        key = await asyncio.to_thread(self._keys.verified, presented)
        if key:
            self._attempts.right(address)
        else:
            _log.warning("clé fausse, donnée par %s", address)
            await asyncio.sleep(_PAUSE)
        return key

    async def bearer(self, request: HTTPConnection) -> Key | None:
        """The key of a request's ``Authorization: Bearer``, None without one or for a wrong one.

        Raises TooManyWrong.
        """
        presented = _presented(request)
        return await self.key_of(presented, reader_of(request)) if presented else None

    def remembered(self, request: HTTPConnection) -> Key | None:
        """The same key if it was right before, at once; None for what is new or wrong."""
        presented = _presented(request)
        return self._keys.remembered(presented) if presented else None

    # -- sessions ----------------------------------------------------------------------

    def open(self, key: Key) -> str:
        """Begin a session: the text for its cookie."""
        name, now = secrets.token_urlsafe(32), self._clock()
        for over in [name for name, one in self._sessions.items() if one.until <= now]:
            self._sessions.pop(over, None)
        self._sessions[name] = Session(key, now + LASTS)
        if len(self._sessions) > _SESSIONS:
            self._sessions.popitem(last=False)
        return name

    def session(self, request: HTTPConnection) -> Session | None:
        """The session of a request, as long as it lasts and its key is one."""
        name = request.cookies.get(COOKIE, "")
        found = self._sessions.get(name)
        if found and (found.until <= self._clock() or not self._still(found.key)):
            self._sessions.pop(name, None)
            return None
        return found

    def _still(self, key: Key) -> bool:
        """Whether a key is one; none is while the keys cannot be read."""
        try:
            return self._keys.holds(key)
        except BriefQAError as error:
            _log.warning("%s", error)
            return False

    def administers(self, request: HTTPConnection) -> bool:
        """Whether a request comes from a session that may do everything."""
        session = self.session(request)
        return session is not None and session.key.may("admin")

    def close(self, request: HTTPConnection) -> None:
        """End the session of a request, if there is one."""
        self._sessions.pop(request.cookies.get(COOKIE, ""), None)


def _presented(request: HTTPConnection) -> str:
    """What a request gives for a key by ``Authorization: Bearer``; "" for nothing."""
    scheme, _, presented = request.headers.get("authorization", "").partition(" ")
    return presented.strip() if scheme.lower() == "bearer" else ""


def same_site(request: HTTPConnection) -> bool:
    """Whether a page of this very site sent a request, which browsers tell by ``Origin``.

    A cookie goes along with what other sites of one domain send (SameSite tells them apart from
    others only), so a request that changes something and says nothing is not taken either.
    """
    if request.headers.get("sec-fetch-site", "same-origin") != "same-origin":
        return False
    return "origin" in request.headers and elsewhere(request.headers) is None
