"""The pages that are plain HTML from the server, an article and the search; what goes with them."""

from __future__ import annotations

from pathlib import Path

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from brief_qa.archive import Archive
from brief_qa.web import render, render_search, words
from brief_qa.web.access import Access
from brief_qa.web.exports import EXPORTS
from brief_qa.web.kept import reopened
from brief_qa.web.markdown import conversation_markdown
from brief_qa.web.render_admin import delete_form
from brief_qa.web.searching import Search, choices, found

STATIC = Path(__file__).parent / "static"
_MOST_MARKED = 20
"""Quotations marked in an article: far more than an answer has, and little work for anyone."""
_SIMILAR = 4
"""Articles on the same subject shown below one."""
_WIDGET_KEPT = 3600
"""Seconds for which a browser keeps the widget without asking for it again."""


def routes(archive: Archive, access: Access, key: bytes) -> list[BaseRoute]:
    """The pages, and the files of this site. ``key`` signs the conversations that are kept."""
    files = StaticFiles(directory=STATIC)

    async def widget(request: Request) -> Response:
        """Serve what puts a question box on a page of another site."""
        reply = await files.get_response("widget.js", request.scope)
        reply.headers["Cache-Control"] = f"public, max-age={_WIDGET_KEPT}"
        return reply

    return [
        *_reading(archive, access, key),
        *_searching(archive),
        Route("/widget.js", widget),
        Mount("/page", files),
    ]


def _reading(archive: Archive, access: Access, key: bytes) -> list[BaseRoute]:
    """An article, and a conversation as a file."""

    def article(request: Request) -> HTMLResponse:
        """Serve the whole text of an article, as it now is, the quotations marked."""
        read = archive.article(request.query_params.get("id", ""))
        if read is None:
            return HTMLResponse(render.notice_html(words.NO_SUCH_ARTICLE), status_code=404)
        quotes = request.query_params.getlist("citation")[:_MOST_MARKED]
        similar = archive.similar(read.id, _SIMILAR)
        versions = archive.versions(read.id)
        tools = delete_form(read) if access.administers(request) else ""
        return HTMLResponse(render.article_html(read, quotes, similar, versions, tools=tools))

    async def conversation(request: Request) -> Response:
        """Serve a conversation, as its page keeps it, as a file to work with."""
        async with request.form(max_files=0, max_fields=1) as form:
            found = reopened(str(form.get("c", "")), archive, key)
        if found is None:
            return PlainTextResponse(words.NOT_KEPT_HERE, status_code=400)
        named = {"Content-Disposition": 'attachment; filename="conversation.md"'}
        return Response(conversation_markdown(found), media_type="text/markdown", headers=named)

    return [
        Route("/article", article),
        Route("/conversation.md", conversation, methods=["POST"]),
    ]


def _searching(archive: Archive) -> list[BaseRoute]:
    """A search, as a page and as files."""

    def recherche(request: Request) -> HTMLResponse:
        """Serve what a search finds; only its results when the page asks for them as one types."""
        search = Search.of(request.query_params)
        results = found(archive, search)
        status = 400 if results.trouble else 200
        if "resultats" in request.query_params:
            return HTMLResponse(render_search.results_html(search, results), status)
        stats = archive.coverage()
        page = render_search.search_html(search, results, choices(archive), stats)
        return HTMLResponse(page, status)

    def export(request: Request) -> Response:
        """Serve what a search finds as a file."""
        search = Search.of(request.query_params)
        results = found(archive, search)
        if results.trouble:
            return PlainTextResponse(results.trouble, status_code=400)
        ending = request.path_params["ending"]
        write, kind = EXPORTS[ending]
        named = {"Content-Disposition": f'attachment; filename="recherche.{ending}"'}
        return Response(write(search, results), media_type=kind, headers=named)

    return [Route("/recherche", recherche), Route("/recherche.{ending}", export)]


def unreadable(request: Request, error: Exception) -> HTMLResponse:
    """Say what is wrong with the archive, and the way out."""
    return HTMLResponse(render.notice_html(str(error)), status_code=503)
