"""Records as HTML, by functions without state.

Articles and questions are untrusted. Each piece of them goes through ``shown``, each address
through ``links``, and all the rest is written here. Nothing of theirs is ever read as
Markdown or as a template.
"""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

from brief_qa import addresses
from brief_qa.domain import Article, Coverage, Hit, Version
from brief_qa.versions import Clock, now
from brief_qa.web import freshness, pieces, words
from brief_qa.web.searching import Search
from brief_qa.web.typography import count, period, shown


def masthead(
    coverage: Coverage, title: str = words.TITLE, here: str = "./", clock: Clock = now
) -> str:
    """The head of a page: its title, the other pages, one line on what the archive holds.

    ``here`` is the page's own address.
    """
    held = filter(None, (holdings(coverage), freshness.updated(coverage, clock().astimezone())))
    return (
        f'<header class="masthead">{_site(here)}<h1>{title}</h1>'
        f'<p class="holdings">{"&nbsp;; ".join(held)}</p></header>'
    )


def _site(here: str = "") -> str:
    """The name of the site and its pages."""
    pages = {"./": words.QUESTIONS, "recherche": words.SEARCH, "archive": words.ARCHIVE_PAGE}
    links_to = "".join(
        f'<a href="{address}"{" aria-current=page" if address == here else ""}>{name}</a>'
        for address, name in pages.items()
    )
    return (
        f'<div class="name"><span>{words.NAME}</span>'
        f'<nav aria-label="{words.SECTIONS_OF_SITE}">{links_to}</nav></div>'
    )


def holdings(coverage: Coverage) -> str:
    """``77 articles, du 3 janvier 2024 au 30 octobre 2026``."""
    covered = period(coverage.first, coverage.last)
    return count(coverage.articles, "article") + (f", {covered}" if covered else "")


def latest_html(articles: Sequence[Article]) -> str:
    """The newest articles, to begin with."""
    items = "".join(map(_entry, articles))
    return f'<h2>{words.LATEST}</h2><ul class="sources">{items}</ul>' if items else ""


def _entry(article: Article) -> str:
    return (
        f'<li class="source">{pieces.facts(article)}'
        f'<h3 dir="auto">{pieces.reading(article)}</h3></li>'
    )


def article_html(
    article: Article,
    quotes: Sequence[str],
    similar: Sequence[Hit] = (),
    versions: Sequence[Version] = (),
    clock: Clock = now,
    tools: str = "",
) -> str:
    """A page of its own for one article, with the quotations marked, and articles like it.

    ``tools`` are HTML: what whoever reads may do with it besides.
    """
    starts = {quoted: article.body.find(quoted) for quoted in quotes if quoted.strip()}
    marks = sorted((start, start + len(quoted)) for quoted, start in starts.items() if start >= 0)
    gone = f'<p class="note">{words.QUOTE_GONE}</p>' if len(marks) < len(starts) else ""
    address = addresses.external(article.url, [q for q, start in starts.items() if start >= 0])
    go_to = f'<p class="links">{external_link(address, article)}</p>' if address else ""
    told = pieces.reference(article)
    copied = " ".join(filter(None, (told, addresses.external(article.url))))
    reference = (
        f'<p class="reference"><b>{words.REFERENCE}</b> <span dir="auto">{shown(told)}</span> '
        f"{pieces.copy_button(copied, words.COPY)}</p>"
    )
    near = "".join(_entry(hit.article) for hit in similar)
    all_of_them = escape(Search(similar=article.id).address())
    alike = (
        f'<h2>{words.SIMILAR}</h2><ul class="sources">{near}</ul>'
        f'<p class="links"><a href="{all_of_them}" {pieces.ELSEWHERE}>{words.ALL_LIKE}</a></p>'
    )
    return reading_html(
        pieces.title(article),
        f'<article class="whole"><header>{pieces.facts(article)}<h1 id="whole-title" dir="auto">'
        f"{pieces.title(article)}</h1>{pieces.byline(article)}{pieces.date_origin(article)}"
        f"{freshness.history(versions, clock().astimezone())}</header>{gone}"
        f'<div class="body">{pieces.paragraphs(article.body, marks)}</div>{go_to}{reference}{tools}'
        f'<aside class="alike">{alike if near else ""}</aside></article>',
    )


def notice_html(message: str) -> str:
    """A page of its own that says why there is nothing to read."""
    return reading_html(
        words.NAME, f'<article class="whole"><p class="note">{shown(message)}</p></article>'
    )


def reading_html(title: str, content: str, *, leads_on: bool = True) -> str:
    """A page in one narrow column; ``leads_on`` is whether it has the way to the other pages."""
    head = f'<header class="masthead">{_site()}</header>' if leads_on else ""
    body = f"{head}<main>{content}</main>"
    return document(title, body, body_class="reading", scripts=("page.js",))


def document(title: str, body: str, *, body_class: str, scripts: Sequence[str] = ()) -> str:
    """A whole page; title and body are HTML already."""
    loaded = "".join(f'<script defer src="page/{name}"></script>' for name in scripts)
    return (
        '<!doctype html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta name="robots" content="noindex"><meta name="color-scheme" content="light dark">'
        f'<title>{title}</title><link rel="icon" href="favicon.ico">'
        f'<link rel="stylesheet" href="page/style.css">{loaded}</head>'
        f'<body class="{body_class}">{body}</body></html>'
    )


def external_link(address: str, article: Article) -> str:
    """A link to an article where it appeared; ``address`` is one of ``links.external``."""
    label = words.GO_TO.format(host=addresses.host(article.url))
    return (
        f'<a href="{escape(address)}" {pieces.ELSEWHERE}>'
        f'<bdi>{shown(label)}</bdi><span aria-hidden="true"> ↗</span></a>'
    )
