"""Figures on the server for Prometheus, at ``/metrics``: what happened, never who asked what.

Labels are of few fixed values; no word of an article or of a question is in one. Written by
prometheus-client, one package without others: its format is checked elsewhere, and it tells the
process's memory and open files besides.
"""

from __future__ import annotations

import math
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from ipaddress import ip_address
from typing import TYPE_CHECKING, Any, Literal, cast

from prometheus_client import (
    CollectorRegistry,
    Counter,
    Gauge,
    Histogram,
    ProcessCollector,
    exposition,
)
from starlette.responses import PlainTextResponse, Response

from brief_qa.errors import BriefQAError, InputError
from brief_qa.web import words

if TYPE_CHECKING:
    from starlette.requests import Request
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

    from brief_qa.archive import Archive
    from brief_qa.domain import Answer, Hit
    from brief_qa.web.turns import Turns

Door = Literal["page", "api", "openai", "mcp"]
"""By which way a question came."""
_SECONDS = (0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 60.0)
"""A search is below the first, an answer of quotations below the third, a model's above."""
_FORWARDED = ("x-forwarded-for", "forwarded")


class Meters:
    """The figures of one server."""

    def __init__(self, archive: Archive, turns: Turns) -> None:
        """What is counted elsewhere is asked for when the figures are read."""
        self._registry = CollectorRegistry()
        made: dict[str, Any] = {"namespace": "brief_qa", "registry": self._registry}
        self._questions = Counter(
            "questions", "Questions worked on, by how they ended.", ["door", "outcome"], **made
        )
        self._answering = Histogram(
            "question_seconds", "From a turn to the answer.", ["door"], buckets=_SECONDS, **made
        )
        self._searching = Histogram(
            "search_seconds", "Searches without an answer.", ["door"], buckets=_SECONDS, **made
        )
        self._responses = Counter("responses", "Replies over HTTP.", ["status"], **made)
        for name, told, figure in (
            ("questions_waiting", "Questions that wait for a turn.", lambda: turns.waiting),
            ("questions_working", "Questions being answered.", lambda: turns.working),
            ("questions_turned_away", "Questions for which there was no room, since the start.",
             lambda: turns.turned_away),
            ("articles", "Articles of the archive.", lambda: archive.coverage().articles),
            ("last_write_timestamp_seconds", "Last write to the archive.",
             lambda: archive.coverage().updated),
        ):  # fmt: skip
            Gauge(name, told, **made).set_function(_told(figure))
        ProcessCollector(registry=self._registry)

    def counted(self, archive: Archive, door: Door) -> Archive:
        """The same archive, whose questions and searches are counted as of one door."""
        return cast("Archive", _Counted(archive, self, door))

    def counting(self, app: ASGIApp) -> ASGIApp:
        """The same application, whose replies are counted."""

        async def counted(scope: Scope, receive: Receive, send: Send) -> None:
            async def send_counted(message: Message) -> None:
                if message["type"] == "http.response.start":
                    self._responses.labels(f"{message['status'] // 100}xx").inc()
                await send(message)

            await app(scope, receive, send_counted)

        return counted

    @contextmanager
    def question(self, door: Door) -> Iterator[list[str]]:
        """Time a question; the outcome is the last put in the list, unless an error is raised."""
        outcomes = ["failed"]
        began = time.perf_counter()
        try:
            yield outcomes
        except InputError:
            outcomes.append("invalid")
            raise
        finally:
            self._answering.labels(door).observe(time.perf_counter() - began)
            self._questions.labels(door, outcomes[-1]).inc()

    def search(self, door: Door) -> Any:
        """Time a search, as a context manager."""
        return self._searching.labels(door).time()

    def page(self, request: Request) -> Response:
        """Serve the figures to who may read them."""
        if not may_read(request):
            return PlainTextResponse(words.NOT_FOR_YOU, status_code=403)
        text = exposition.generate_latest(self._registry)
        return Response(text, media_type=exposition.CONTENT_TYPE_PLAIN_0_0_4)


def may_read(request: Request) -> bool:
    """Whether a request is from this machine or a private network, and through no proxy.

    A proxy on this machine would make any client one of it.
    """
    if any(name in request.headers for name in _FORWARDED):
        return False
    try:
        return request.client is not None and ip_address(request.client.host).is_private
    except ValueError:
        return False


class _Counted:
    """An archive but for what it counts."""

    def __init__(self, archive: Archive, meters: Meters, door: Door) -> None:
        self._archive, self._meters, self._door = archive, meters, door

    def __getattr__(self, name: str) -> Any:
        return getattr(self._archive, name)

    def ask(self, *given: Any, **options: Any) -> Answer:
        with self._meters.question(self._door) as outcomes:
            answer = self._archive.ask(*given, **options)
            outcomes.append("refused" if answer.refused else "answered")
            return answer

    def search(self, *given: Any, **options: Any) -> list[Hit]:
        with self._meters.search(self._door):
            return self._archive.search(*given, **options)


def _told(figure: Any) -> Any:
    """The figure, and no number where it is not known or cannot be read: all others still are."""

    def told() -> float:
        try:
            value = figure()
        except (BriefQAError, OSError):
            return math.nan
        if value is None:
            return math.nan
        return value.timestamp() if isinstance(value, datetime) else float(value)

    return told
