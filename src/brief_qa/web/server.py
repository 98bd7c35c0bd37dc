"""The web server: the conversation, the search, one address per article, and the HTTP API."""

from __future__ import annotations

import errno
import os
import socket
from collections.abc import Callable, Sequence
from contextlib import suppress
from typing import TYPE_CHECKING

from brief_qa.archive import Archive
from brief_qa.errors import BriefQAError, InputError
from brief_qa.keys import Keys
from brief_qa.limits import RATE, TIMEOUT
from brief_qa.reader import shared_reader
from brief_qa.web import admin, pages, words
from brief_qa.web.access import Access
from brief_qa.web.examples import Examples
from brief_qa.web.kept import signing_key
from brief_qa.web.theme import theme
from brief_qa.web.turns import Turns
from brief_qa.web.writes import Writes

if TYPE_CHECKING:
    import gradio as gr
    from fastapi import FastAPI

    from brief_qa.remote import Fetch

_LAST_PORT = 65_535
_COMPRESSED_FROM = 1_000
"""Bytes: what is shorter goes in one packet in any case. Compression can give a secret away that
stands beside what an attacker chooses (BREACH): no reply holds one but the page of Gradio, whose
nonce is used once and which Guard leaves alone. Streams are left too, to be sent as they come."""
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
    allow_origins: Sequence[str] = (),
    require_key: bool = False,
    fetch: Fetch | None = None,
    rate: int = 0,
) -> FastAPI:
    """The whole web application, for any ASGI server.

    ``framed_by`` are the origins whose pages may show this one in a frame; none by default.
    ``allowed_hosts`` are the names it is reached by, besides any IP address and the machine's
    own names: those that a reverse proxy serves it under. ``allow_origins`` are the sites whose
    own pages may put questions, through the widget. ``require_key`` is whether reading, as writing
    always does, needs a key. ``fetch`` gets the pages that are added by their addresses; without
    it none can be. ``rate`` is how many requests a minute one reader may make; 0: any number.
    """
    os.environ["GRADIO_ANALYTICS_ENABLED"] = "False"  # read by Gradio as it is imported
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
    from brief_qa.web.rates import Limited

    app = FastAPI(title=words.NAME, docs_url=None, redoc_url=None, openapi_url=None)
    turns, writes, key = Turns(), Writes(archive, fetch), signing_key(archive.folder)
    access = Access(Keys(archive.folder), require_key=require_key)
    meters = Meters(archive, turns)
    app.state.turns, app.state.writes = turns, writes
    of_page = meters.counted(archive, "page")
    live, ready = health(archive)
    app.add_route("/health/live", live)
    app.add_route("/health/ready", ready)
    app.add_route("/metrics", meters.page)
    app.mount("/api/v1", api(meters.counted(archive, "api"), turns, access, writes))
    app.mount("/v1", openai_api(meters.counted(archive, "openai"), turns))
    open_mcp(app, meters.counted(archive, "mcp"), turns)
    app.add_exception_handler(BriefQAError, pages.unreadable)
    app.router.routes += pages.routes(of_page, access, key)
    app.router.routes += admin.routes(archive, access, writes)
    app.state.offered = Examples(of_page)
    _mount(app, build(of_page, app.state.offered, turns, key))
    app.add_middleware(GZipMiddleware, minimum_size=_COMPRESSED_FROM, compresslevel=5)
    app.add_middleware(Door, access=access)
    if rate:
        app.add_middleware(Limited, access=access, a_minute=rate)
    hosts, origins = [*own_names(), *allowed_hosts], Origins(allow_origins)
    app.add_middleware(Guard, framed_by=framed_by, hosts=hosts, origins=origins)
    app.add_middleware(meters.counting)  # what Guard refuses too
    return app


def _mount(app: FastAPI, page: gr.Blocks) -> None:
    """Put Gradio's page at the root, with nothing of Gradio's that is not used."""
    import gradio as gr

    gr.mount_gradio_app(
        app,
        page,
        path="/",
        footer_links=[],
        run_history=False,
        show_error=False,
        favicon_path=str(pages.STATIC / "favicon.svg"),
        theme=theme(),
        ssr_mode=False,
        pwa=False,
        mcp_server=False,
        max_file_size=1,  # and Guard closes the upload route itself
    )


def serve(
    archive: Archive,
    host: str = "127.0.0.1",
    port: int = 7860,
    *,
    framed_by: Sequence[str] = (),
    allowed_hosts: Sequence[str] = (),
    allow_origins: Sequence[str] = (),
    trusted_proxies: Sequence[str] = (),
    timeout: float = TIMEOUT,
    require_key: bool = False,
    allow_fetch: bool = False,
    rate: int = RATE,
    on_ready: Callable[[str], None] | None = None,
) -> None:
    """Serve the page until Ctrl-C or SIGTERM; once it answers, its address is printed.

    Port 0 takes any free one. ``on_ready`` is given the address instead of having it printed.
    ``trusted_proxies`` are the addresses or networks of the reverse proxies that tell whom they
    speak for, ``timeout`` the seconds that a request may take to arrive, ``allow_fetch`` whether
    pages of the public web may be added by their addresses, ``rate`` the requests a minute of one
    reader; the rest is as for :func:`application`. Raises InputError when the port cannot be had
    or a value is none, and whatever loading the archive's encoder raises.
    """
    from brief_qa.fetching import fetch
    from brief_qa.web.running import Server

    listening = _listen(host, port)
    with listening:
        _ = archive.encoder, shared_reader()  # before the first question, for their errors
        app = application(
            archive,
            framed_by=framed_by,
            allowed_hosts=[host, *allowed_hosts],
            allow_origins=allow_origins,
            require_key=require_key,
            fetch=fetch if allow_fetch else None,
            rate=rate,
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
        app.state.offered.end()
        print(words.STOPPED, flush=True)


def _listen(host: str, port: int) -> socket.socket:
    if not 0 <= port <= _LAST_PORT:
        raise InputError(
            f"Le port {port} n'existe pas : il en faut un de 0 (n'importe lequel) à {_LAST_PORT}."
        )
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        socket.getaddrinfo(host, port)  # create_server would not say that it was the name
        listening = socket.create_server((host, port), family=family, backlog=2048)
        # asyncio does this for sockets that it makes itself. Without it, the body of a reply waits
        # until its head is acknowledged: 40 ms, on a connection that stays open.
        listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        return listening
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
