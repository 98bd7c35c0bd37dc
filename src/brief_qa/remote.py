"""Pages that are named by their addresses on the web, to be read like files in their turn."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from io import BytesIO

from brief_qa.addresses import host
from brief_qa.domain import Article, Rejection
from brief_qa.errors import InputError
from brief_qa.pages import Metered, Source


@dataclass(frozen=True, slots=True)
class Fetched:
    """What an address gave."""

    address: str
    """Where it was in the end, after redirects."""
    content: bytes
    suffix: str
    """That of the files which are read as this is: ``.html``."""


Fetch = Callable[[str], Fetched]
"""Gets what an address gives. Raises InputError."""


@dataclass(frozen=True, slots=True)
class Remote:
    """An address to fetch when its turn comes."""

    name: str
    """The address as it was given."""
    fetch: Fetch
    size: int = 0
    """Bytes, for progress: not known before they have come."""


def open_remote(remote: Remote) -> Source | Rejection:
    """What the address gives, received whole, or why it cannot be had."""
    try:
        fetched = remote.fetch(remote.name)
    except InputError as error:
        return Rejection(remote.name, str(error))
    stream = Metered(BytesIO(fetched.content))
    return Source(remote.name, stream, 0, fetched.suffix, fetched.address)


def at_address(article: Article, address: str, *, is_page: bool) -> Article:
    """An article as what came from ``address`` may give it.

    A page is known by the address that it was fetched from, whatever it says itself, and a record
    by an address of the same site, or its words: so no site takes the place of another's article,
    nor of one that is known by an id. A brief of a page has its words alone.
    """
    if article.kind == "brève":
        return article
    url = address if is_page else article.url
    return replace(article, id="", url=url if host(url) == host(address) else None)
