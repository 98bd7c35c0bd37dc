"""The web server: the conversation, the search, one address per article, and the HTTP API."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING

from starlette.requests import Request
from starlette.responses import HTMLResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Mount, Route
from starlette.staticfiles import StaticFiles

from brief_qa.archive import Archive
from brief_qa.errors import BriefQAError, InputError
from brief_qa.keys import Keys
from brief_qa.reader import shared_reader
from brief_qa.web import render, render_search, words
from brief_qa.web.access import Access
from brief_qa.web.admin import routes
from brief_qa.web.exports import EXPORTS
from brief_qa.web.kept import reopened, signing_key
from brief_qa.web.markdown import conversation_markdown
from brief_qa.web.render_admin import delete_form
from brief_qa.web.searching import Search, choices, found
from brief_qa.web.theme import theme
from brief_qa.web.turns import Turns
from brief_qa.web.writes import Writes

if TYPE_CHECKING:
    from fastapi import FastAPI

STATIC = Path(__file__).parent / "static"
_LAST_PORT = 65_535
_MOST_MARKED = 20
"""Quotations marked in an article: far more than an answer has, and little work for anyone."""
_SIMILAR = 4
"""Articles on the same subject shown below one."""
_COMPRESSED_FROM = 1_000
"""Bytes: what is shorter goes in one packet in any case."""
_WIDGET_KEPT = 3600
"""Seconds for which a browser keeps the widget without asking for it again."""
_UNREACHABLE = "ce n'est pas une adresse de cette machine. Donnez-en une avec --host."
_NOT_LISTENING = {
    errno.EADDRINUSE: "un autre programme l'occupe. Arrêtez-le, ou choisissez un autre port "
    "avec --port.",
    errno.EACCES: "permission refusée. Choisissez avec --port un port à partir de 1024.",
    errno.EADDRNOTAVAIL: _UNREACHABLE,
}


def application(
    archive: Archive,
    *,
    framed_by: Sequence[str] = (),
    allowed_hosts: Sequence[str] = (),
    require_key: bool = False,
    allow_origins: Sequence[str] = (),
) -> FastAPI:
    """The whole web application, for any ASGI server.

    ``framed_by`` are the origins whose pages may show this one in a frame; none by default.
    ``allowed_hosts`` are the names it is reached by, besides any IP address and the machine's
    own names: those that a reverse proxy serves it under. ``allow_origins`` are the sites whose
    own pages may put questions, through the widget. ``require_key`` is whether reading, as
    writing always does, needs a key.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio as it is imported
    import gradio as gr
    from fastapi import FastAPI
    from fastapi.middleware.gzip import GZipMiddleware

    from brief_qa.web.api import api, health
    from brief_qa.web.door import Door
    from brief_qa.web.guard import Guard, own_names
    from brief_qa.web.mcp_door import open_mcp
    from brief_qa.web.metrics import Meters
    from brief_qa.web.openai_api import openai_api
    from brief_qa.web.origins import Origins
    from brief_qa.web.page import build

    app = FastAPI(title=words.NAME, docs_url=None, redoc_url=None, openapi_url=None)
    turns = app.state.turns = Turns()
    key = signing_key(archive.folder)
    meters = Meters(archive, turns)
    of_page = meters.counted(archive, "page")

    writes = app.state.writes = Writes(archive)
    access = Access(Keys(archive.folder), require_key=require_key)
    live, ready = health(archive)
    app.add_exception_handler(BriefQAError, _unreadable)
    app.add_route("/health/live", live)
    app.add_route("/health/ready", ready)
    app.add_route("/metrics", meters.page)
    app.mount("/api/v1", api(meters.counted(archive, "api"), turns, access, writes))
    app.mount("/v1", openai_api(meters.counted(archive, "openai"), turns))
    open_mcp(app, meters.counted(archive, "mcp"), turns)
    app.router.routes += [*_pages(of_page, access, key), *routes(archive, access, writes)]
    gr.mount_gradio_app(
        app,
        build(of_page, turns, key),
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        favicon_path=str(STATIC / "favicon.svg"),
        theme=theme(),
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        max_file_size=1,  # and Guard closes the upload route itself
    )
    app.add_middleware(Door, access=access)
    # Compression can give a secret away that stands beside what an attacker chooses (BREACH):
    # no reply holds one but the page of Gradio, whose nonce is used once and which Guard leaves
    # as it is. Streams are left too, so that each event is sent as it comes.
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM, compresslevel=5)
    hosts, origins = [*own_names(), *allowed_hosts], Origins(allow_origins)
    app.add_middleware(Guard, framed_by=framed_by, hosts=hosts, origins=origins)
    app.add_middleware(meters.counting)  # what Guard refuses too
    return app


def _pages(archive: Archive, access: Access, key: bytes) -> list[BaseRoute]:
    """An article, the search, and a conversation as a file; ``key`` signs those that are kept."""

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

    async def conversation(request: Request) -> Response:
        """Serve a conversation, as its page keeps it, as a file to work with."""
        async with request.form(max_files=0, max_fields=1) as form:
            found = reopened(str(form.get("c", "")), archive, key)
        if found is None:
            return PlainTextResponse(words.NOT_KEPT_HERE, status_code=400)
        named = {"Content-Disposition": 'attachment; filename="conversation.md"'}
        return Response(conversation_markdown(found), media_type="text/markdown", headers=named)

    files = StaticFiles(directory=STATIC)

    async def widget(request: Request) -> Response:
        """Serve what puts a question box on a page of another site."""
        reply = await files.get_response("widget.js", request.scope)
        reply.headers["Cache-Control"] = f"public, max-age={_WIDGET_KEPT}"
        return reply

    return [
        Route("/article", article),
        Route("/recherche", recherche),
        Route("/recherche.{ending}", export),
        Route("/conversation.md", conversation, methods=["POST"]),
        Route("/widget.js", widget),
        Mount("/page", files),
    ]


def _unreadable(request: Request, error: Exception) -> HTMLResponse:
    """Say what is wrong with the archive, and the way out."""
    return HTMLResponse(render.notice_html(str(error)), status_code=503)


def serve(
    archive: Archive,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    framed_by: Sequence[str] = (),
    allowed_hosts: Sequence[str] = (),
    require_key: bool = False,
    allow_origins: Sequence[str] = (),
    trusted_proxies: Sequence[str] = (),
    timeout: float | None = None,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until Ctrl-C or SIGTERM; once it answers, its address is printed.

    Port 0 takes any free one. ``on_ready`` is given the address instead of having it printed.
    ``trusted_proxies`` are the addresses or networks of the reverse proxies that tell whom they
    speak for, ``timeout`` the seconds that a request may take to arrive; the rest is as for
    :func:`application`. Raises InputError when the port cannot be had or a value is none, and
    whatever loading the archive's encoder raises.
    """
    from brief_qa.web.running import TIMEOUT, Server

    listening = _listen(host, port)
    with listening:
        _ = archive.encoder, shared_reader()  # before the first question, for their errors
        app = application(
            archive,
            framed_by=framed_by,
            allowed_hosts=[host, *allowed_hosts],
            require_key=require_key,
            allow_origins=allow_origins,
        )
        server = Server(
            app,
            app.state.turns,
            on_stop=app.state.writes.stop,
            on_ready=lambda: (on_ready or _print_ready)(_address(listening)),
            proxies=trusted_proxies,
            timeout=timeout or TIMEOUT,
        )
        with suppress(KeyboardInterrupt):  # uvicorn hands it on once it has shut down
            server.run(sockets=[listening])
        print(words.STOPPED, flush=True)


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise InputError(
            f"Le port {port} n'existe pas : il en faut un de 0 (n'importe lequel) à {_LAST_PORT}."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host, port)  # create_server would not say that it was the name
        return socket.create_server((host, port), family=family, backlog=2048)
    except (OSError, UnicodeError) as error:
        unknown = isinstance(error, (socket.gaierror, UnicodeError))  # a name that leads nowhere
        code = errno.EADDRNOTAVAIL if unknown else getattr(error, "errno", None)
        reason = _NOT_LISTENING.get(code or 0, f"{error}.")
        raise InputError(f"Impossible d'ouvrir {host}, port {port} : {reason}") from error


def _print_ready(address: str) -> None:
    print(words.READY.format(address=address), flush=True)


def _address(listening: socket.socket) -> str:
    host, port = listening.getsockname()[:2]
    return f"http://{f'[{host}]' if ':' in host else host}:{port}"
