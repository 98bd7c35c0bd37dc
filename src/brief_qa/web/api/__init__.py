"""The archive over HTTP, for other programs: ``/api/v1``.

The same verbs, filters and records as :class:`brief_qa.Archive`; what is answered is the JSON that
``brief-qa … --json`` prints. Errors are problems (RFC 9457). Described by ``openapi.json``.
"""

from __future__ import annotations

from collections.abc import Callable

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException

from brief_qa.archive import Archive
from brief_qa.errors import BriefQAError
from brief_qa.web import words
from brief_qa.web.access import Access
from brief_qa.web.api.described import Described, refusals
from brief_qa.web.api.reading import asking, holding, searching
from brief_qa.web.api.replies import as_json, failed, misunderstood, refusal, refused
from brief_qa.web.api.writing import from_the_web, in_bulk, one_by_one
from brief_qa.web.turns import Turns
from brief_qa.web.writes import Writes


def api(archive: Archive, turns: Turns, access: Access, writes: Writes) -> FastAPI:
    """The application to mount at ``/api/v1``.

    All but the archive are shared with the pages: ``turns`` with whoever else answers, ``access``
    with whoever else asks for a key, ``writes`` with whoever else writes.
    """
    app = Described(
        title="brief_qa",
        version="1",
        summary=words.API,
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        responses=refusals(400, 401, 422, 429, 503),
    )
    app.add_exception_handler(RequestValidationError, misunderstood)
    app.add_exception_handler(HTTPException, refused)
    app.add_exception_handler(BriefQAError, failed)
    app.state.access = access
    app.state.routers = [
        *(searching(archive), asking(archive, turns), holding(archive)),
        *(in_bulk(writes), from_the_web(writes), one_by_one(writes)),
    ]
    for router in app.state.routers:
        app.include_router(router)
    return app


def health(archive: Archive) -> tuple[Callable[..., Response], Callable[..., Response]]:
    """What answers ``/health/live`` and ``/health/ready``."""

    def live(request: Request) -> Response:
        return as_json({"status": "ok"})

    def ready(request: Request) -> Response:
        try:
            coverage = archive.coverage()
        except BriefQAError as error:
            return refusal(503, str(error))
        return as_json({"status": "ok", "articles": coverage.articles})

    return live, ready
