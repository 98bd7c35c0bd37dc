"""The tools of an assistant over HTTP (``/mcp``), when the package for them is installed."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from starlette.datastructures import Headers
from starlette.responses import PlainTextResponse

from brief_qa.archive import Archive
from brief_qa.domain import Answer
from brief_qa.errors import BriefQAError, MissingDependency
from brief_qa.web import words
from brief_qa.web.asking import begun, reader_of, why_full
from brief_qa.web.links import site
from brief_qa.web.origins import elsewhere
from brief_qa.web.turns import Full, Turns

if TYPE_CHECKING:
    from fastapi import FastAPI
    from starlette.types import ASGIApp, Receive, Scope, Send

    from brief_qa.excerpts import Address


def open_mcp(app: FastAPI, archive: Archive, turns: Turns) -> None:
    """Serve the tools at ``/mcp``; nothing is served there when the package is missing."""
    try:
        from brief_qa.integrations.mcp import server
    except MissingDependency:
        return
    from mcp.server.transport_security import TransportSecuritySettings
    from starlette.routing import Route

    tools = server(archive, InSite(archive, turns))
    # Without sessions: nothing is held for a client, and any client may come back after a restart.
    served = tools.streamable_http_app(
        stateless_http=True,
        json_response=True,
        # Guard knows the names of this site, and the bytes of a request; see _SameSite too.
        transport_security=TransportSecuritySettings(enable_dns_rebinding_protection=False),
    )
    app.router.routes.append(Route("/mcp", _SameSite(served), methods=None))
    around = app.router.lifespan_context

    @asynccontextmanager
    async def lifespan(application: FastAPI) -> AsyncIterator[Any]:
        async with around(application) as state, tools.session_manager.run():
            yield state

    app.router.lifespan_context = lifespan


@dataclass(frozen=True, slots=True)
class InSite:
    """Tools beside the pages: the same line of waiting, and articles opened on this site."""

    archive: Archive
    turns: Turns

    def address(self, request: Any) -> Address:
        """Articles' own addresses, or their pages here."""
        return site(request)

    async def ask(
        self, request: Any, question: str, history: Sequence[tuple[str, str]], **how: Any
    ) -> Answer:
        """Ask the archive, in turn."""
        try:
            answering = await begun(
                self.turns,
                reader_of(request),
                lambda _, stop: self.archive.ask(question, history, **how, stop=stop),
            )
        except Full as full:
            raise BriefQAError(why_full(full)) from full
        return await answering.result()


class _SameSite:
    """Refuses what pages of other sites send, as the protocol asks of its servers."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if elsewhere(Headers(scope=scope)) is not None:
            await PlainTextResponse(words.OTHER_SITE, status_code=403)(scope, receive, send)
        else:
            await self._app(scope, receive, send)
