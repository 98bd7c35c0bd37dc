"""A real site on this machine, whose pages do what a test has them do; and a fetch that may ask it.

The machine's own addresses stand for public ones there: what is fetched from is what differs.
"""

from __future__ import annotations

import ssl
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from functools import partial
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread

from brief_qa.fetching import IPAddress, Limits, fetch
from brief_qa.remote import Fetch

HOST = "journal.example"
PAGE = (
    "<html><head><title>{title}</title><meta property='og:site_name' content='Le Journal'></head>"
    "<body><article><h1>{title}</h1><p>{text}</p></article></body></html>"
)


class Asked(BaseHTTPRequestHandler):
    """One request, answered by what the site has at its path, whatever the query."""

    server: Site

    def do_GET(self) -> None:
        """Note what was asked, and do what the page does."""
        self.server.asked.append((self.path, dict(self.headers)))
        with suppress(ConnectionError, TimeoutError, ssl.SSLError):
            self.server.pages[self.path.partition("?")[0]](self)

    def log_message(self, *_: object) -> None:
        """Say nothing."""

    def reply(self, body: bytes = b"", status: int = 200, **headers: str) -> None:
        """Headers, their ``_`` read as ``-``, and a body that ends with the connection."""
        self.send_response(status)
        for name, value in {"Content_Type": "text/html", **headers}.items():
            if value:
                self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)


class Site(ThreadingHTTPServer):
    """A server on a port of one of this machine's addresses."""

    daemon_threads = True
    block_on_close = False

    def __init__(self, address: str = "127.0.0.1", port: int = 0) -> None:
        super().__init__((address, port), Asked)
        self.pages: dict[str, Callable[[Asked], None]] = {}
        self.asked: list[tuple[str, dict[str, str]]] = []

    def handle_error(self, *_: object) -> None:
        """A client that leaves is no error."""

    def url(self, path: str, host: str = HOST, scheme: str = "http") -> str:
        """An address that leads here, for a resolver that says so."""
        return f"{scheme}://{host}:{self.server_port}{path}"

    def show(self, path: str, body: str, **headers: str) -> str:
        """Have a page, and give its address."""
        self.pages[path] = lambda asked: asked.reply(body.encode(), **headers)
        return self.url(path)

    def send_on(self, path: str, to: str, status: int = 302) -> str:
        """Have a redirect, and give its address."""
        self.pages[path] = lambda asked: asked.reply(status=status, Location=to)
        return self.url(path)

    def fetch(self, **other: object) -> Fetch:
        """A fetch that may ask this site alone, under any name."""
        address = self.server_address[0]
        given = {
            "resolve": lambda *_: [address],
            "allowed": lambda found: str(found) == address,
            "limits": self.limits(),
            **other,
        }
        return partial(fetch, **given)  # type: ignore[arg-type]

    def limits(self, **other: float) -> Limits:
        """The usual limits, with this site's port."""
        return Limits(ports=frozenset((80, self.server_port)), **other)  # type: ignore[arg-type]


@contextmanager
def site(address: str = "127.0.0.1", port: int = 0) -> Iterator[Site]:
    """A site, running until the end."""
    with Site(address, port) as server:
        thread = Thread(target=server.serve_forever, args=(0.02,), daemon=True)
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def any_address(_: IPAddress) -> bool:
    """A policy for tests in which the addresses are not what matters."""
    return True
