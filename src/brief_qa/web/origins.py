"""Which other sites may put questions from their own pages: those listed, and only questions.

A browser asks for leave by the ``Origin`` that it sends (CORS). It is given for the addresses
that the widget calls, to the sites listed, without cookies; nothing else can be read from
elsewhere. A page of a site that is not listed cannot even have a question worked on.
"""

from __future__ import annotations

from collections.abc import Iterable
from urllib.parse import urlsplit

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse, Response
from starlette.types import Scope

from brief_qa.errors import InputError
from brief_qa.web import words

OPENED = {"/api/v1/ask": "POST", "/api/v1/search": "GET", "/widget.js": "GET"}
"""Address → the method by which a page elsewhere may call it."""
_REMEMBERED = "600"
"""Seconds for which a browser need not ask again."""


def origin(text: str) -> str:
    """A site as browsers name it: ``https://journal.example``. Raises InputError for others."""
    try:
        parts = urlsplit(text.strip().lower())
        port = parts.port
    except ValueError:
        parts, port = urlsplit(""), None
    named = f"{parts.scheme}://{parts.netloc}"
    usual = {"http": 80, "https": 443}.get(parts.scheme)
    if usual is None or not parts.hostname or parts.username is not None or "*" in parts.netloc:
        raise InputError(words.NO_ORIGIN.format(given=text))
    if parts.path not in ("", "/") or parts.query or parts.fragment:
        raise InputError(words.NO_ORIGIN.format(given=text))
    return named.removesuffix(f":{usual}") if port == usual else named


class Origins:
    """The sites listed, and what is said to a browser that asks for one of them."""

    def __init__(self, allowed: Iterable[str] = ()) -> None:
        """``allowed`` are sites by their address. Raises InputError for what is none."""
        self._allowed = frozenset(map(origin, allowed))

    def settled(self, scope: Scope) -> Response | None:
        """The reply to what need not reach the application: a request for leave, or one refused.

        None for a request of this very site, of a program, or of a site that is listed.
        """
        asking = _asking(scope)
        if asking is None:
            return None
        if asking not in self._allowed:
            return PlainTextResponse(words.NOT_ALLOWED_FROM, status_code=403)
        return Response(status_code=204) if scope["method"] == "OPTIONS" else None

    def tell(self, headers: MutableHeaders, scope: Scope) -> None:
        """Add to the headers of a reply, whatever it is, those by which a page may read it."""
        if scope["path"] not in OPENED:
            return
        headers.add_vary_header("Origin")
        asking = _asking(scope)
        if asking is None or asking not in self._allowed:
            return
        headers["Access-Control-Allow-Origin"] = asking
        headers["Access-Control-Expose-Headers"] = "Retry-After"
        if scope["method"] == "OPTIONS":
            headers["Access-Control-Allow-Methods"] = OPENED[scope["path"]]
            headers["Access-Control-Allow-Headers"] = "content-type"
            headers["Access-Control-Max-Age"] = _REMEMBERED


def elsewhere(headers: Headers) -> str | None:
    """The other site whose page sends a request, as browsers tell it by ``Origin``; None when it
    is a page of this very site, or no page.
    """
    origin = headers.get("origin")
    if origin is None or urlsplit(origin).netloc == headers.get("host"):
        return None
    return origin


def _asking(scope: Scope) -> str | None:
    """The other site whose page sends this to one of the opened addresses; None when none does."""
    return elsewhere(Headers(scope=scope)) if scope["path"] in OPENED else None
