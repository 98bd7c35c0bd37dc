"""What Gradio leaves open, closed: security headers, the routes that are not used, the page.

Scripts run only from this site, or inline with the nonce of the page that carries them:
should an escape ever be missing, an event handler or a script in an article would still not
run. Gradio's HTML component compiles its template with ``Function``, so ``unsafe-eval`` must
stay; and its components set style attributes, so styles may be inline.
"""

from __future__ import annotations

import re
import secrets
import socket
from collections.abc import Iterable, Sequence
from ipaddress import ip_address

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from brief_qa.texts import UNSEEN
from brief_qa.web import render, words
from brief_qa.web.api.replies import refusal
from brief_qa.web.origins import Origins
from brief_qa.web.uploads import UPLOAD_LIMIT, too_large

_SERVED = re.compile(
    r"/(?:|api/v1/.*|health/(?:live|ready)|article|recherche(?:\.(?:csv|json|bib))?"
    r"|conversation\.md|archive|(?:de)?connexion|ajouter|supprimer|retablir|reindexer"
    r"|v1/(?:chat/completions|embeddings|models(?:/[^/]+)?)|mcp|widget\.js|metrics"
    r"|page/.*|assets/.*|static/.*|svelte/.*|theme\.css|favicon\.ico|robots\.txt"
    r"|gradio_api/(?:queue/join|queue/data|run/predict|heartbeat/[^/]+|reset|cancel"
    r"|startup-events|info)|config)"
)
"""What the pages and the other doors need. Gradio's uploads, files and proxying are not among it;
questions cannot be put to ``run/predict``, past the queue (api_open=False)."""
BODY_LIMIT = 1024 * 1024
"""Bytes of a request: a question of 4,000 characters takes 16,000, and what is longer is told
so by the archive. Gradio holds a body whole, and a conversation keeps its questions."""
BODY_LIMITS = dict.fromkeys(("/ajouter", "/api/v1/articles/bulk"), UPLOAD_LIMIT)
"""Bytes where files are sent; they are written to disk as they come."""
_HOST = re.compile(r"(?:\[([0-9a-f:.]+)\]|([^:\[\]]+))(?::\d+)?")
_HOST_SHOWN = 100
_POLICY = (
    "default-src 'self'; script-src 'self' 'nonce-{nonce}' 'unsafe-eval'; "
    "style-src 'self' 'unsafe-inline'; img-src 'self' data:; font-src 'self' data:; "
    "connect-src 'self'; object-src 'none'; base-uri 'self'; form-action 'self'; "
    "frame-src 'none'; frame-ancestors {ancestors}"
)
_HEAD = (
    '<meta name="color-scheme" content="light dark">'
    '<link rel="preload" as="font" type="font/woff2" crossorigin '
    'href="page/fonts/newsreader-latin-wght-normal.woff2">'
    '<link rel="stylesheet" href="page/style.css"><script defer src="page/page.js"></script></head>'
)
_NOT_OURS = re.compile(
    r'<meta\s+(?:property="og:|name="twitter:)[^>]*>\s*|<link rel="manifest"[^>]*>\s*'
)
"""Gradio's own name and pictures, and a manifest for an app to install."""


class Guard:
    """Wraps the whole application. Holds no state of a request."""

    def __init__(
        self,
        app: ASGIApp,
        framed_by: Sequence[str] = (),
        hosts: Iterable[str] = (),
        origins: Origins | None = None,
    ) -> None:
        """``framed_by``: the origins whose pages may show this one inside them.

        ``hosts``: the names that it answers to. A site whose own name is made to point here
        must not read the archive through its visitors (DNS rebinding); no page can do that by
        an IP address, so all of these are answered to.

        ``origins``: the sites whose pages may put questions; none by default.
        """
        self._app = app
        self._ancestors = " ".join(framed_by) or "'none'"
        self._hosts = {host.lower() for host in hosts}
        self._origins = origins or Origins()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":  # the page opens no websocket
            if scope["type"] == "lifespan":
                await self._app(scope, receive, send)
            return
        scope = _without(scope, b"x-forwarded-host")  # Gradio would believe whoever sends one
        nonce = secrets.token_urlsafe(16)
        is_page = scope["path"] == "/"

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                self._add_headers(MutableHeaders(scope=message), scope, nonce)
            await send(message)

        host = _host(scope)
        if not (_is_address(host) or host in self._hosts):
            named = words.NOT_OUR_NAME.format(host=UNSEEN.sub("", host)[:_HOST_SHOWN])
            await PlainTextResponse(named, status_code=400)(scope, receive, send_guarded)
        elif not _SERVED.fullmatch(scope["path"]):
            await _closed(scope)(scope, receive, send_guarded)
        elif _length(scope) > (limit := BODY_LIMITS.get(scope["path"], BODY_LIMIT)):
            said = words.TOO_LONG if limit == BODY_LIMIT else too_large()
            api = scope["path"].startswith("/api/")
            too_long = refusal(413, said) if api else PlainTextResponse(said, status_code=413)
            await too_long(scope, receive, send_guarded)
        elif (settled := self._origins.settled(scope)) is not None:
            await settled(scope, receive, send_guarded)
        elif is_page:
            page = _PageSender(send_guarded, nonce)
            await self._app(_without(scope, b"accept-encoding"), _limited(receive, limit), page)
        else:
            await self._app(scope, _limited(receive, limit), send_guarded)

    def _add_headers(self, headers: MutableHeaders, scope: Scope, nonce: str) -> None:
        # Gradio lets any site read answers through its visitors, when it is not on localhost.
        for name in [name for name in headers if name.startswith("access-control-")]:
            del headers[name]
        self._origins.tell(headers, scope)
        headers["Content-Security-Policy"] = _POLICY.format(nonce=nonce, ancestors=self._ancestors)
        headers["X-Content-Type-Options"] = "nosniff"
        # To other sites as good as none; and browsers tell a form's Origin, which none hides.
        headers["Referrer-Policy"] = "same-origin"
        headers["Cross-Origin-Opener-Policy"] = "same-origin"
        headers["Permissions-Policy"] = "camera=(), microphone=(), geolocation=()"
        if self._ancestors == "'none'":
            headers["X-Frame-Options"] = "DENY"


class _PageSender:
    """Sends one page once it is whole, made ours."""

    def __init__(self, send: Send, nonce: str) -> None:
        self._send = send
        self._nonce = nonce
        self._start: Message = {}
        self._body = b""

    async def __call__(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            self._start = message
            return
        self._body += message.get("body", b"")
        if message.get("more_body"):
            return
        headers = MutableHeaders(scope=self._start)
        body = self._body
        if headers.get("content-type", "").startswith("text/html"):
            body = made_ours(body.decode(), self._nonce).encode()
            headers["Content-Length"] = str(len(body))
            headers["Cache-Control"] = "no-store"
        await self._send(self._start)
        await self._send({"type": "http.response.body", "body": body})


def made_ours(page: str, nonce: str) -> str:
    """Gradio's page in French, with our style and script, and its inline scripts allowed."""
    page = _NOT_OURS.sub("", page).replace('lang="en"', 'lang="fr"', 1)
    page = page.replace("<script", f'<script nonce="{nonce}"')
    return page.replace("</head>", _HEAD, 1)


def own_names() -> list[str]:
    """The names of this machine: for itself, and for others on its network."""
    name = socket.gethostname().lower()
    first = name.partition(".")[0]
    return ["localhost", name, first, f"{first}.local"]


def _host(scope: Scope) -> str:
    """The host that a request names, without its port; empty when it names none."""
    found = _HOST.fullmatch(Headers(scope=scope).get("host", "").lower())
    return found[1] or found[2] if found else ""


def _is_address(host: str) -> bool:
    try:
        ip_address(host)
    except ValueError:
        return False
    return True


def _length(scope: Scope) -> int:
    """The bytes that a request announces."""
    announced = Headers(scope=scope).get("content-length", "")
    return int(announced[:20]) if announced.isdecimal() else 0


def _limited(receive: Receive, left: int) -> Receive:
    """A request that is cut off where it is longer than it may be, having announced nothing."""

    async def receive_some() -> Message:
        nonlocal left
        message = await receive()
        left -= len(message.get("body", b""))
        return message if left >= 0 else {"type": "http.disconnect"}

    return receive_some


def _without(scope: Scope, header: bytes) -> Scope:
    kept = [(name, value) for name, value in scope["headers"] if name.lower() != header]
    return {**scope, "headers": kept}


def _closed(scope: Scope) -> Response:
    """That there is nothing at an address: to a browser as a page, with the way to the others.

    Below the first level that page's own addresses would lead nowhere.
    """
    first_level = scope["path"].count("/") == 1
    if first_level and "text/html" in Headers(scope=scope).get("accept", ""):
        return HTMLResponse(render.notice_html(words.CLOSED), status_code=404)
    return PlainTextResponse(words.CLOSED, status_code=404)
