"""Excerpts: a piece of an article for a program that reads for someone else.

What is handed to a chat front-end, an assistant's tool or a retrieval framework: the words, the
offsets at which they stand, and where they can be read, without the rest of the article.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import date

from brief_qa.addresses import external
from brief_qa.domain import Article, Citation, Hit

Address = Callable[[Article, Sequence[str]], str | None]
"""An article and words quoted of it → where a reader can open it; None for nowhere."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A quotation or a passage: ``text == article.body[start:end]``, always."""

    number: int
    """The number of a citation, as its answer's text has it; the rank of a hit. From 1."""
    article_id: str
    title: str
    source: str | None
    published: date | None
    url: str | None
    start: int
    end: int
    text: str
    score: float | None = None
    """Of a hit: higher is better."""


def own_address(article: Article, quotes: Sequence[str] = ()) -> str | None:
    """The address an article has on the web, at the quoted words."""
    return external(article.url, quotes)


def cited(citations: Sequence[Citation], address: Address = own_address) -> tuple[Excerpt, ...]:
    """The quotations of an answer."""
    return tuple(
        _excerpt(one.article, one.start, one.end, one.number, address(one.article, [one.quote]))
        for one in citations
    )


def found(hits: Sequence[Hit], address: Address = own_address) -> tuple[Excerpt, ...]:
    """The passages of a search."""
    spans = ((hit, hit.passage.start, hit.passage.end) for hit in hits)
    return tuple(
        _excerpt(hit.article, start, end, hit.rank, address(hit.article, ()), hit.score)
        for hit, start, end in spans
    )


def _excerpt(
    article: Article, start: int, end: int, number: int, url: str | None, score: float | None = None
) -> Excerpt:
    return Excerpt(
        number=number,
        article_id=article.id,
        title=article.title,
        source=article.source,
        published=article.published,
        url=url,
        start=start,
        end=end,
        text=article.body[start:end],
        score=score,
    )
