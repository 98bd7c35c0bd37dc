"""The door of an archive that is read only with a key: in front of everything but the door itself.

A browser is asked for its key on a page, once; a program is told by a problem to send it.
"""

from __future__ import annotations

import re
from urllib.parse import urlencode

from starlette.requests import Request
from starlette.responses import RedirectResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from brief_qa.errors import BriefQAError
from brief_qa.web import words
from brief_qa.web.access import Access, TooManyWrong
from brief_qa.web.api.replies import refusal

CHALLENGE = {"WWW-Authenticate": 'Bearer realm="brief_qa"'}
_OPEN = re.compile(
    r"/(?:connexion|deconnexion|health/(?:live|ready)|page/.*|widget\.js|metrics|favicon\.ico|robots\.txt)"
)
"""What says nothing of the articles, or to this machine only, and what one signs in by."""


_PAGE = re.compile(r"/(?:|article|archive|recherche(?:\.\w+)?)")
"""What a person opens."""


class Door:
    """Wraps the application; lets a request through that has a right to read."""

    def __init__(self, app: ASGIApp, access: Access) -> None:
        """``access`` says who asks."""
        self._app = app
        self._access = access

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request, or say what it lacks."""
        refused = await self._refused(Request(scope)) if scope["type"] == "http" else None
        await (refused or self._app)(scope, receive, send)

    async def _refused(self, request: Request) -> Response | None:
        if not self._access.require_key or _OPEN.fullmatch(request.url.path):
            return None
        if self._access.session(request):
            return None
        try:
            if await self._access.bearer(request):
                return None
        except TooManyWrong as wait:
            said = words.TOO_MANY_WRONG.format(seconds=wait.seconds)
            return refusal(429, said, {"Retry-After": str(wait.seconds)})
        except BriefQAError as error:  # the keys cannot be read
            return refusal(503, str(error))
        if request.method != "GET" or not _PAGE.fullmatch(request.url.path):
            return refusal(401, words.NEEDS_KEY, CHALLENGE)
        back = f"{request.url.path[1:]}?{request.url.query}".rstrip("?")
        return RedirectResponse(f"connexion?{urlencode({'suite': back})}", 303)
