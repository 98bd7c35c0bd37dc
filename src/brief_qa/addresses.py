"""Addresses that articles give of themselves: only those that can do no harm where one clicks."""

from __future__ import annotations

from collections.abc import Sequence
from urllib.parse import quote, urlsplit

_URL_LIMIT = 2_000
_WHOLE_QUOTE_WORDS = 12
"""A longer quotation is pointed at by its first and last words: fewer words to differ."""
_EDGE_WORDS = 5


def external(url: str | None, quotes: Sequence[str] = ()) -> str | None:
    """An article's own address, at the quoted words where the browser can find them.

    None when it is not a plain http or https address. Not escaped for HTML yet.
    """
    if host(url) is None or url is None:
        return None
    directives = [f"text={_directive(quoted.split())}" for quoted in quotes]
    if not directives:
        return url
    return f"{url}{'' if '#' in url else '#'}:~:{'&'.join(directives)}"


def host(url: str | None) -> str | None:
    """The site of an http(s) address, without www; None when it is none."""
    if url is None or len(url) > _URL_LIMIT or any(c.isspace() or not c.isprintable() for c in url):
        return None
    try:
        parts = urlsplit(url)
        name = parts.hostname
    except ValueError:
        return None
    if parts.scheme.lower() not in ("http", "https") or not name or "\\" in url:
        return None
    return name.removeprefix("www.")


def _directive(words: list[str]) -> str:
    """A text fragment: the words, or the first and last of them."""
    if len(words) <= _WHOLE_QUOTE_WORDS:
        return _encoded(words)
    return f"{_encoded(words[:_EDGE_WORDS])},{_encoded(words[-_EDGE_WORDS:])}"


def _encoded(words: list[str]) -> str:
    # A hyphen has a meaning in a text fragment, and percent-encoding leaves it alone.
    return quote(" ".join(words), safe="", errors="replace").replace("-", "%2D")
