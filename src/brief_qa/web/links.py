"""Addresses of this site that a page, or a program, is led to; articles' own are ``addresses``."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from brief_qa.domain import Article
from brief_qa.excerpts import Address, own_address

if TYPE_CHECKING:
    from starlette.requests import Request

ASKED = "question"
"""The parameter by which an address of the conversation brings a question."""


def reading(article: Article, quotes: Sequence[str] = ()) -> str:
    """The address, in this site, of an article's whole text with the quotations marked."""
    facts = [("id", article.id), *(("citation", quoted) for quoted in quotes)]
    return f"article?{urlencode(facts, errors='replace')}"


def asking(question: str) -> str:
    """The address, in this site, of the conversation with a question ready to be asked."""
    return f"./?{urlencode([(ASKED, question)], errors='replace')}"


def site(request: Request) -> Address:
    """Where someone who has not this site before them opens an article: whole addresses.

    Its own address on the web, or else its page here, as the request names this site.
    """
    here = str(request.url.replace(path="/", query="", fragment=""))

    def address(article: Article, quotes: Sequence[str]) -> str:
        return own_address(article, quotes) or here + reading(article, quotes)

    return address
