"""Articles and their parts as HTML: what the pages and the answers share.

As in ``render``: what is an article's own goes through ``shown``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from html import escape

from brief_qa import addresses
from brief_qa.dates import day_told, format_date
from brief_qa.domain import Article, Citation, Hit
from brief_qa.sentences import is_subhead
from brief_qa.texts import DATE_ORIGINS
from brief_qa.web import links, words
from brief_qa.web.typography import announced, shown

_AROUND = 160
"""Characters of its passage shown on each side of a quotation."""
_EXCERPT = 280
"""Characters shown of a passage that nothing is quoted from."""

ELSEWHERE = 'target="_blank" rel="noopener noreferrer nofollow"'
"""Of links that open beside the page: leaving a conversation would end it."""

Span = tuple[int, int]


def facts_line(facts: Iterable[str]) -> str:
    """Some facts on one line."""
    return f'<p class="facts">{"".join(f"<span>{fact}</span>" for fact in facts)}</p>'


def title(article: Article) -> str:
    """An article's title, or that it has none."""
    return shown(article.title.strip()) or words.UNTITLED


def reading(article: Article, quotes: Sequence[str] = (), told: str = "") -> str:
    """An article's title, or ``told``, HTML that stands for it: a link that opens the article."""
    address = escape(links.reading(article, quotes))
    return f'<a class="read" href="{address}">{told or title(article)}</a>'


def source_name(article: Article) -> str:
    """Where an article appeared: its source, else the host of its address."""
    return article.source or addresses.host(article.url) or ""


def facts(article: Article) -> str:
    """Source, day, section, and what kind of article it is."""
    facts = [f"<bdi>{shown(fact)}</bdi>" for fact in (source_name(article),) if fact]
    if article.published:
        facts.append(f'<time datetime="{article.published}">{day_told(article.published)}</time>')
    else:
        facts.append(day_told(article.published))
    if article.updated and article.updated != article.published:
        facts.append(words.UPDATED.format(day=format_date(article.updated)))
    if article.section:
        facts.append(f"<bdi>{shown(article.section)}</bdi>")
    if article.kind == "brève":
        facts.append(f'<b class="tag">{words.BRIEF}</b>')
    return facts_line(facts)


def byline(article: Article) -> str:
    """Who wrote an article; nothing when it does not say."""
    if not article.authors:
        return ""
    names = ", ".join(f"<bdi>{shown(name)}</bdi>" for name in article.authors)
    return f'<p class="byline">{names}</p>'


def date_origin(article: Article) -> str:
    """Where the day of an article was found; nothing when it has none."""
    origin = DATE_ORIGINS.get(article.date_origin) if article.published else None
    return f'<p class="byline">{announced(origin.capitalize())}</p>' if origin else ""


def reference(article: Article) -> str:
    """As French writes where something was read, in plain text: « title », author, source, day."""
    facts = [f"« {article.title.strip() or words.UNTITLED} »", *article.authors]
    facts += [source_name(article), day_told(article.published)]
    told = (" ".join(fact.split()) for fact in facts)
    return ", ".join(dict.fromkeys(filter(None, told))) + "."


def copy_button(text: str, label: str) -> str:
    """What puts a text in the clipboard: page.js listens for it."""
    return f'<button type="button" class="copy" data-copy="{shown(text)}">{label}</button>'


_BREAKS = re.compile(r"\s*\n\s*")
"""Between two paragraphs of a passage, which is shown with its line breaks."""


def around(citation: Citation, hits: Sequence[Hit]) -> str:
    """What stands around a quotation in its passage, the quotation marked."""
    body, quoted = citation.article.body, (citation.start, citation.end)
    passages = (
        (hit.passage.start, hit.passage.end)
        for hit in hits
        if hit.article.id == citation.article.id
    )
    holding = (span for span in passages if span[0] <= quoted[0] and quoted[1] <= span[1])
    return _excerpt(body, next(holding, (0, len(body))), quoted, _AROUND)


def beginning(hit: Hit) -> str:
    """The first words of a passage."""
    start = hit.passage.start
    return _excerpt(hit.article.body, (start, hit.passage.end), (start, start), _EXCERPT)


def _excerpt(body: str, passage: Span, quoted: Span, reach: int) -> str:
    """A quotation with at most ``reach`` characters on each side, of its passage only.

    Cut between words, with "…" where it was cut. An empty quotation marks nothing.
    """
    first, last = max(passage[0], quoted[0] - reach), min(passage[1], quoted[1] + reach)
    if first > passage[0]:
        space = body.find(" ", first, quoted[0])
        first = space + 1 if space >= 0 else quoted[0]
    if last < passage[1]:
        space = body.rfind(" ", quoted[1], last)
        last = space if space >= 0 else quoted[1]
    before, after = "… " if first > passage[0] else "", " …" if last < passage[1] else ""
    return before + _BREAKS.sub("\n", marked(body, first, last, [quoted])) + after


def snippet(
    body: str, passage: Span, centre: Span, marks: Sequence[Span], before: int, most: int
) -> str:
    """Some of a passage, from a little before ``centre`` on, the marks in bold."""
    first = max(passage[0], centre[0] - before)
    if first > passage[0]:
        space = body.find(" ", first, centre[0])
        first = space + 1 if space >= 0 else centre[0]
    last = min(passage[1], first + most)
    if last < passage[1]:
        space = body.rfind(" ", first, last)
        last = space if space > first else last
    start, end = "… " if first > passage[0] else "", " …" if last < passage[1] else ""
    return start + _BREAKS.sub("\n", marked(body, first, last, marks, "b")) + end


def paragraphs(body: str, marks: Sequence[Span]) -> str:
    """A body's lines as paragraphs and subheads, with marks."""
    lines = re.finditer(r"[^\n]+", body)
    return "".join(
        f'<{tag} dir="auto">{marked(body, line.start(), line.end(), marks)}</{tag}>'
        for line in lines
        if not line[0].isspace()
        for tag in ("h2" if is_subhead(line[0]) else "p",)
    )


def marked(text: str, start: int, end: int, marks: Sequence[Span], tag: str = "mark") -> str:
    """``text[start:end]`` as HTML, the parts of it that marks cover in ``<mark>``, or ``tag``."""
    pieces, done = [], start
    for mark in marks:
        first, last = max(mark[0], done), min(mark[1], end)
        if first < last:
            pieces += [shown(text[done:first]), f"<{tag}>{shown(text[first:last])}</{tag}>"]
            done = last
    return "".join(pieces) + shown(text[done:end])
