"""What makes two articles the same: their id, their address, their words."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from datetime import date
from functools import lru_cache
from urllib.parse import urlsplit, urlunsplit

import numpy as np
import numpy.typing as npt

from brief_qa.domain import Article
from brief_qa.french import fold

_TRACKERS = re.compile(
    r"utm_\w+|(?:fb|g|dc|ms|y|tt|li_fat_|tw|gb?ra|wb?ra)cl?id|mc_[ce]id|at_(?:medium|campaign|"
    r"format|link\w*|send_date|recipient\w*|ptr\w*)|xtor|xts|xtref|igshid|igsh|_ga|_gl|ref_src",
    re.IGNORECASE,
)
"""Query parameters that say how a reader came, never which article is shown."""
_PORTS = {"http": 80, "https": 443}


def http_url(url: str) -> str | None:
    """The address if a browser can follow it to a page: http(s), with a host; else None."""
    return url.strip() if canonical_url(url) else None


def canonical_url(url: str) -> str | None:
    """One spelling for all the addresses of a page; None unless it is http(s) with a host.

    Scheme and host in lower case, no user, no default port, no fragment, no parameter that
    only tells how the reader came, parameters in order, no trailing slash except the root's.
    """
    try:
        parts = urlsplit("".join(url.split()))
        host, port = parts.hostname, parts.port
    except ValueError:
        return None
    if parts.scheme not in _PORTS or not host:
        return None
    if ":" in host:
        host = f"[{host}]"
    if port not in (None, _PORTS[parts.scheme]):
        host = f"{host}:{port}"
    return urlunsplit((parts.scheme, host, parts.path.rstrip("/") or "/", _query(parts.query), ""))


def _query(query: str) -> str:
    """The parameters that choose the page, sorted; one without a value is kept as written."""
    kept = [
        item for item in query.split("&") if item and not _TRACKERS.fullmatch(item.split("=")[0])
    ]
    return "&".join(sorted(kept))


def article_id(article: Article) -> str:
    """The article's id: its own, else made from its address, else from its words.

    The same on every machine and at every run.
    """
    return article.id or derived_id(article)


def derived_id(article: Article) -> str:
    """The id made from the article, whichever its owner gave it."""
    if article.url and (url := canonical_url(article.url)):
        return f"u-{_digest(url)[:16]}"
    return id_of_words(content_digest(article))


def id_of_words(digest: str) -> str:
    """The id of an article that has nothing but its words, by their digest."""
    return f"a-{digest[:16]}"


ID_LIMIT = 300
"""Characters of an id that a file gives; addresses, used as ids, may be longer."""


def fit_id(given: str) -> str:
    """The id if it fits, else its beginning and a digest, so that two of them stay two."""
    if len(given) <= ID_LIMIT:
        return given
    return f"{given[: ID_LIMIT - 17]}-{_digest(given)[:16]}"


_DERIVED = re.compile(r"[ua]-[0-9a-f]{16}")


def is_forged(article: Article) -> bool:
    """Whether its id has the form of those made here, and is another article's.

    Left as it is, a record could take the place of a page that is known by its address.
    """
    made = _DERIVED.fullmatch(article.id)
    return bool(made) and article.id != derived_id(article)


def content_digest(article: Article) -> str:
    """SHA-256, in hexadecimal, of title and body, blind to white space and Unicode form."""
    title, body = (
        " ".join(unicodedata.normalize("NFC", text).split())
        for text in (article.title, article.body)
    )
    return _digest(f"{title}\n{body}")


def title_digest(title: str) -> str:
    """Digest of a title, folded: what may be kept of it when the article itself may not."""
    return _digest(" ".join(fold(title).split()))


def one_day(first: date | None, second: date | None) -> bool:
    """Whether two days may be one: a daily column has one title for many articles."""
    return not (first and second) or first == second


# Between 12,000 different news articles (orange_news, 72 million pairs), 124 pairs share half
# of their sequences, none of them under one title, and 28 share 0.8: follow-ups and dispatches
# told again. A correction of one word in a text of twenty leaves 0.83.
_SHARED_WITH_TITLE = 0.5
_SHARED = 0.8


def is_version_of(article: Article, other: Article) -> bool:
    """Is it the other article, corrected, given that it came in the other's place?

    It is when it has the same title and half of the words in the same order, three by three,
    or another title and nearly all of them; counted on the shorter, since a correction may
    cut or add. Never when both tell their day and it is not the same.
    """
    if article.kind != other.kind or not one_day(article.published, other.published):
        return False
    one, two = sequences(article.body), sequences(other.body)
    same_title = title_digest(article.title) == title_digest(other.title)
    needed = _SHARED_WITH_TITLE if same_title else _SHARED
    return len(np.intersect1d(one, two, assume_unique=True)) >= needed * min(len(one), len(two))


def sequences(text: str) -> npt.NDArray[np.int64]:
    """Each three words that follow one another, once, as a number; one for fewer words than that.

    Blind to case and accents. The numbers, rising, hold within one process.
    """
    found = _WORD.findall(unicodedata.normalize("NFC", text))
    numbers = np.fromiter(map(_number, found or [""]), np.int64)
    if len(numbers) < 3:
        return numbers[:1] * _MIXERS[0] + numbers[-1:]
    return np.unique(numbers[:-2] * _MIXERS[0] + numbers[1:-1] * _MIXERS[1] + numbers[2:])


_WORD = re.compile(r"\w+")
_MIXERS = (0x1CE4E5B9BF58476D, 0x14D049BB133111EB)
"""Odd numbers of many bits (splitmix64's, without their highest): products wrap, and stay apart."""


@lru_cache(maxsize=100_000)
def _number(word: str) -> int:
    """A number for a word, folded: most words have been seen before."""
    return hash(fold(word))


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "replace")).hexdigest()
