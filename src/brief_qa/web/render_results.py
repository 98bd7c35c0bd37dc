"""The articles that a search found, as HTML: one card each, near-copies folded under the first.

As in ``render``, all is escaped.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from brief_qa import addresses
from brief_qa.domain import Article, Hit
from brief_qa.matches import matched_places
from brief_qa.sentences import sentences
from brief_qa.web import pieces, render, words
from brief_qa.web.searching import ON_A_PAGE, Found, Search
from brief_qa.web.typography import count, shown

_BEFORE = 90
"""Characters of a passage shown before its first sentence with words of the question."""
_SNIPPET = 330
_LEAD = 260
"""Characters shown of an article that no word was looked for in."""


def cards_html(search: Search, found: Found) -> str:
    """One page of what was found, and the ways to the others."""
    pages = -(-len(found.standing) // ON_A_PAGE)
    page = min(search.page_number, pages)
    first = (page - 1) * ON_A_PAGE
    cards = "".join(_card(found, at) for at in found.standing[first : first + ON_A_PAGE])
    return f'<ol class="sources" start="{first + 1}">{cards}</ol>{_paging(search, page, pages)}'


def _paging(search: Search, page: int, pages: int) -> str:
    if pages < 2:
        return ""
    at = {words.PREVIOUS: page - 1, words.NEXT: page + 1}
    around = [
        f'<a href="{escape(search.address(page=str(number)))}">{label}</a>'
        for label, number in at.items()
        if 1 <= number <= pages
    ]
    return (
        f'<nav class="links" aria-label="{words.PAGES}">{"".join(around)}'
        f"<span>page {page} sur {pages}</span></nav>"
    )


def _card(found: Found, at: int) -> str:
    """One article, at its place among those found."""
    article = found.articles[at]
    told = _told(found.hits[at]) if found.hits else _lead(article)
    why = _why(found.hits[at]) if found.hits and not found.like else ""
    external = addresses.external(article.url)
    go_to = render.external_link(external, article) if external else ""
    like = f'<a href="{escape(Search(similar=article.id).address())}">{words.ARTICLES_LIKE}</a>'
    return (
        f'<li class="source">{pieces.facts(article)}{told}'
        f'<p class="links">{why}{like}{go_to}</p>{_copies(found.copies_of(article))}</li>'
    )


def _told(hit: Hit) -> str:
    """The title, which opens the article at a sentence, and what stands around that sentence."""
    body, start, end = hit.article.body, hit.passage.start, hit.passage.end
    places = [(start + a, start + b) for a, b in matched_places(hit.text, hit)]
    title = hit.article.title.strip()
    marked_title = pieces.marked(title, 0, len(title), matched_places(title, hit), "b")
    first, last = _sentence(hit, places)
    snippet = pieces.snippet(body, (start, end), (first, last), places, _BEFORE, _SNIPPET)
    read = pieces.reading(hit.article, [body[first:last]], marked_title or words.UNTITLED)
    return f'<h2 dir="auto">{read}</h2><p class="passage" dir="auto">{snippet}</p>'


def _sentence(hit: Hit, places: list[tuple[int, int]]) -> tuple[int, int]:
    """The sentence of the passage with the most words of the question; the first of several."""
    start = hit.passage.start
    told = [(start + a, start + b) for a, b in sentences(hit.text)]
    if not told:
        return start, hit.passage.end
    return max(told, key=lambda one: sum(one[0] <= a < one[1] for a, _ in places))


def _lead(article: Article) -> str:
    """The title, and how the article begins."""
    end = min(len(article.body), _LEAD)
    snippet = pieces.snippet(article.body, (0, len(article.body)), (0, end), [], 0, _LEAD)
    read = pieces.reading(article)
    return f'<h2 dir="auto">{read}</h2><p class="passage" dir="auto">{snippet}</p>'


def _why(hit: Hit) -> str:
    found_by = ", ".join(dict.fromkeys(hit.parts.matched))
    why = words.BY_WORDS.format(words=found_by) if found_by else words.BY_MEANING
    return f'<span class="why">{shown(why)}</span>'


def _copies(articles: Sequence[Article]) -> str:
    """The near-copies of an article, folded."""
    if not articles:
        return ""
    summary = f"{count(len(articles), 'article')} {words.ALMOST_THE_SAME[len(articles) > 1]}"
    items = "".join(
        f'<li>{pieces.facts(one)}<span dir="auto">{pieces.reading(one)}</span></li>'
        for one in articles
    )
    return f'<details class="copies"><summary>{summary}</summary><ul>{items}</ul></details>'
