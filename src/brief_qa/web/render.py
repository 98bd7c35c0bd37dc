"""Records as HTML, by functions without state.

Articles and questions are untrusted. Each piece of them goes through ``shown``, each address
through ``links``, and all the rest is written here. Nothing of theirs is ever read as
Markdown or as a template.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from brief_qa import texts
from brief_qa.dates import day_told
from brief_qa.domain import Answer, Article, Citation, Coverage, Hit, Understood
from brief_qa.texts import EXTRACTS, PERIOD_USE, written_by
from brief_qa.texts import number as in_french
from brief_qa.web import links, pieces, words
from brief_qa.web.conversation import Conversation, Draft, Exchange, Step, Trouble
from brief_qa.web.searching import Search
from brief_qa.web.typography import announced, count, period, shown

_NEAR_SHOWN = 4
_QUESTION_SHOWN = 600
_CITATION = re.compile(r"(?<!\s)\s*+\[(\d{1,3})\]")  # linear, however long a run of spaces
# The confidence is the probability that the first sentence quoted is right (docs/quality.md).
_CONFIDENCE = ((0.6, "élevée"), (0.35, "moyenne"), (0.0, "faible"))


def masthead(coverage: Coverage, title: str = words.TITLE, here: str = "./") -> str:
    """The head of a page: its title, the other pages, one line on what the archive holds.

    ``here`` is the page's own address.
    """
    pages = {"./": words.QUESTIONS, "recherche": words.SEARCH}
    links_to = "".join(
        f'<a href="{address}"{" aria-current=page" if address == here else ""}>{name}</a>'
        for address, name in pages.items()
    )
    return (
        f'<header class="masthead"><div class="name"><span>{words.NAME}</span>'
        f'<nav aria-label="{words.SECTIONS_OF_SITE}">{links_to}</nav></div><h1>{title}</h1>'
        f'<p class="holdings">{holdings(coverage)}</p></header>'
    )


def holdings(coverage: Coverage) -> str:
    """``77 articles, du 3 janvier 2024 au 30 octobre 2026``."""
    covered = period(coverage.first, coverage.last)
    return count(coverage.articles, "article") + (f", {covered}" if covered else "")


def conversation_html(conversation: Conversation) -> str:
    """A whole conversation, each answer with its sources beside it."""
    exchanges = "".join(map(_exchange, conversation))
    # "log" has assistive technology read what is added, and only that.
    return (
        f'<div class="conversation" role="log" aria-label="{words.CONVERSATION}">{exchanges}</div>'
    )


def latest_html(articles: Sequence[Article]) -> str:
    """The newest articles, to begin with."""
    items = "".join(map(_entry, articles))
    return f'<h3>{words.LATEST}</h3><ul class="sources">{items}</ul>' if items else ""


def _entry(article: Article) -> str:
    return (
        f'<li class="source">{pieces.facts(article)}<h4 dir="auto"><a class="read" '
        f'href="{escape(links.reading(article))}">{pieces.title(article)}</a></h4></li>'
    )


def article_html(article: Article, quotes: Sequence[str], similar: Sequence[Hit] = ()) -> str:
    """A page of its own for one article, with the quotations marked, and articles like it."""
    starts = {quoted: article.body.find(quoted) for quoted in quotes if quoted.strip()}
    marks = sorted((start, start + len(quoted)) for quoted, start in starts.items() if start >= 0)
    gone = f'<p class="note">{words.QUOTE_GONE}</p>' if len(marks) < len(starts) else ""
    address = links.external(article.url, [q for q, start in starts.items() if start >= 0])
    go_to = f'<p class="links">{external_link(address, article)}</p>' if address else ""
    reference = (
        f'<p class="reference"><b>{words.REFERENCE}</b> '
        f'<span dir="auto">{shown(pieces.reference(article))}</span> '
        f"{pieces.copy_button(pieces.reference(article), words.COPY)}</p>"
    )
    near = "".join(_entry(hit.article) for hit in similar)
    alike = f'<h2>{words.SIMILAR}</h2><ul class="sources">{near}</ul>' if near else ""
    return _reading(
        pieces.title(article),
        f'<article class="whole"><header>{pieces.facts(article)}<h1 id="whole-title" dir="auto">'
        f"{pieces.title(article)}</h1>{pieces.byline(article)}{pieces.date_origin(article)}</header>{gone}"
        f'<div class="body">{pieces.paragraphs(article.body, marks)}</div>{go_to}{reference}'
        f'<aside class="alike">{alike}</aside></article>',
    )


def notice_html(message: str) -> str:
    """A page of its own that says why there is nothing to read."""
    return _reading(
        words.NAME, f'<article class="whole"><p class="note">{shown(message)}</p></article>'
    )


def _reading(title: str, content: str) -> str:
    back = f'<nav><a href="./">{words.BACK_TO_ARCHIVE}</a></nav>'
    return document(title, f"{back}<main>{content}</main>", body_class="reading")


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


def _exchange(exchange: Exchange) -> str:
    outcome, number = exchange.outcome, exchange.number
    beside = ""
    if isinstance(outcome, Step):
        said = f'<p class="step">{shown(outcome.text)}</p>'
        beside = _near(outcome.hits, words.FOUND)
    elif isinstance(outcome, Trouble):
        said = f'<p class="trouble">{announced(outcome.message)}</p>'
    elif isinstance(outcome, Draft):
        said = _sentences(outcome.answer, number) + f'<p class="step">{shown(words.WRITING)}</p>'
        beside = _sources(outcome.answer, number)
    elif outcome.refused:
        said, beside = _refusal(outcome), _near(outcome.hits, words.NEAR)
        said += _onward(outcome, exchange.question)
    else:
        said, beside = _answer(outcome, number), _sources(outcome, number)
        said += _onward(outcome, exchange.question)
    return (
        f'<section class="exchange" id="exchange-{number}">'
        f'<h2 class="question" dir="auto">{_question(exchange.question)}</h2>'
        f'<div class="said">{_understood(exchange)}{_period(exchange)}{said}</div>'
        f'<aside class="beside" aria-live="off">{beside}</aside>'
        "</section>"
    )


def _question(question: str) -> str:
    if len(question) <= _QUESTION_SHOWN:
        return shown(question.strip()) or words.NO_QUESTION
    return f"{shown(question[:_QUESTION_SHOWN])}… ({count(len(question), 'caractère')})"


def _understood(exchange: Exchange) -> str:
    """How a question that leaned on those before it was read, and the way out of that."""
    if exchange.as_written:
        return f'<p class="understood">{words.ASKED_AS_WRITTEN}</p>'
    if not isinstance(exchange.outcome, Answer) or exchange.outcome.understood is None:
        return ""
    told = words.UNDERSTOOD.format(question=_carried_marked(exchange.outcome.understood))
    otherwise = _otherwise(exchange, "as-written", words.AS_WRITTEN)
    return f'<p class="understood"><span dir="auto">{told}</span> {otherwise}</p>'


def _otherwise(exchange: Exchange, how: str, label: str) -> str:
    """What asks a question of the conversation again: page.py listens for it."""
    return (
        f'<button type="button" class="otherwise" data-exchange="{exchange.number}" '
        f'data-how="{how}">{label}</button>'
    )


def _carried_marked(read: Understood) -> str:
    """A completed question, in bold what came from before."""
    written, done = [], 0
    for words_carried in read.carried:
        at = read.question.find(words_carried, done)
        if at >= 0:
            written += [shown(read.question[done:at]), f"<b>{shown(words_carried)}</b>"]
            done = at + len(words_carried)
    return "".join(written) + shown(read.question[done:])


def _period(exchange: Exchange) -> str:
    """The time read in the question, and the way out of that."""
    if not exchange.read_dates:
        return f'<p class="understood">{words.WITHOUT_DATES}</p>'
    read = exchange.outcome.period if isinstance(exchange.outcome, Answer) else None
    if read is None:
        return ""
    told = announced(words.PERIOD.format(reason=read.reason, use=PERIOD_USE[read.use]))
    otherwise = _otherwise(exchange, "without-dates", words.SEARCH_WITHOUT)
    return f'<p class="understood"><span dir="auto">{told}</span> {otherwise}</p>'


# -- what is said ------------------------------------------------------------------------


def _sentences(answer: Answer, number: int) -> str:
    cited = {citation.number: citation for citation in answer.citations}
    kind = "quotation" if answer.writer == EXTRACTS else "prose"
    return "".join(
        f'<p class="{kind}" dir="auto">{_with_citations(paragraph, cited, number)}</p>'
        for paragraph in answer.text.split("\n\n")
    )


def _answer(answer: Answer, number: int) -> str:
    notice = f'<p class="notice">{announced(answer.notice)}</p>' if answer.notice else ""
    written = ""
    if answer.writer != EXTRACTS:
        written = f'<p class="written">{announced(written_by(answer.writer, answer.removed))}</p>'
    seconds = in_french(answer.timings.get("total", 0), 1)
    read = words.READ.format(passages=count(len(answer.hits), "passage"), seconds=seconds)
    sure = next(word for floor, word in _CONFIDENCE if answer.confidence >= floor)
    facts = [shown(words.CONFIDENCE.format(word=sure)), read, _archive_period(answer.coverage)]
    notes = "".join(f'<p class="note">{announced(note)}</p>' for note in answer.notes)
    told = notice + _sentences(answer, number) + written + notes + _readings(answer)
    return told + pieces.facts_line(fact for fact in facts if fact)


def _onward(answer: Answer, question: str) -> str:
    """What can be done with an answer: copy it, see all that was written about it."""
    asked = answer.understood.question if answer.understood else question
    copied = "" if answer.refused else pieces.copy_button(_with_references(answer), words.COPY_IT)
    address = escape(Search(question=asked).address())
    # Beside the conversation, which leaving the page would end.
    elsewhere = 'target="_blank" rel="noopener noreferrer nofollow"'
    return f'<p class="links">{copied}<a href="{address}" {elsewhere}>{words.SEARCH_IT}</a></p>'


def _with_references(answer: Answer) -> str:
    """The answer as plain text, followed by where each quotation is from."""
    sources = (
        f"[{one.number}] {pieces.reference(one.article)} {links.external(one.article.url) or ''}"
        for one in answer.citations
    )
    return "\n\n".join([answer.text, "\n".join(sources)])


def _refusal(answer: Answer) -> str:
    reason = f'<p class="reason">{announced(answer.reason)}</p>' if answer.reason else ""
    return (
        f'<div class="refusal"><p class="sentence">{announced(answer.text)}</p>'
        f"{_readings(answer)}{reason}"
        f'<p class="reason">{words.HOLDINGS.format(holdings=holdings(answer.coverage))}</p></div>'
    )


def _readings(answer: Answer) -> str:
    sentences = texts.read_as(answer.read_as)
    return "".join(
        f'<p class="readings" dir="auto">{announced(sentence)}</p>' for sentence in sentences
    )


def _archive_period(coverage: Coverage) -> str:
    covered = period(coverage.first, coverage.last)
    return words.ARCHIVE.format(period=covered) if covered else ""


def _with_citations(text: str, cited: dict[int, Citation], number: int) -> str:
    """The text, each number that is a citation made a link to its source, answers in bold.

    A number inside a quotation is the article's own: it would vouch for what it does not cite.
    """
    quotes = [(text.find(one.quote), one) for one in cited.values() if one.quote]
    placed = [(at, at + len(one.quote), one) for at, one in quotes if at >= 0]
    bold = sorted(
        (at + one.span[0] - one.start, at + one.span[1] - one.start)
        for at, _, one in placed
        if one.span
    )
    written, done = [], 0
    for found in _CITATION.finditer(text):
        citation = cited.get(int(found[1]))
        if citation is None or any(at <= found.start() < end for at, end, _ in placed):
            continue
        said = pieces.marked(text, done, found.start(), bold, "strong")
        written += [said, _citation_link(citation, number)]
        done = found.end()
    return "".join(written) + shown(text[done:])


def _citation_link(citation: Citation, number: int) -> str:
    n, article = citation.number, citation.article
    preview = " — ".join(
        filter(None, (article.title, pieces.source_name(article), day_told(article.published)))
    )
    return (
        f'&nbsp;<a class="cite" id="citation-{number}-{n}" href="#source-{number}-{n}" '
        f'title="{shown(preview)}" aria-label="{words.SOURCE.format(number=n)}">[{n}]</a>'
    )


# -- what stands beside it -----------------------------------------------------------------


def _sources(answer: Answer, number: int) -> str:
    """The articles cited, each once, with what is quoted from it."""
    by_article: dict[str, list[Citation]] = {}
    for citation in answer.citations:
        by_article.setdefault(citation.article.id, []).append(citation)
    cards = "".join(_source(of_one, answer.hits, number) for of_one in by_article.values())
    return f'<h3>{words.SOURCES}</h3><ul class="sources">{cards}</ul>'


def _source(citations: Sequence[Citation], hits: Sequence[Hit], number: int) -> str:
    article = citations[0].article
    cited = "".join(_cited(citation, hits, number) for citation in citations)
    quotes = [citation.quote for citation in citations]
    return f'<li class="source">{_card_head(article)}{cited}{_card_links(article, quotes)}</li>'


def _cited(citation: Citation, hits: Sequence[Hit], number: int) -> str:
    """One quotation in its passage: where its number in the answer leads."""
    n = citation.number
    back = words.BACK.format(number=n)
    return (
        f'<div class="cited" id="source-{number}-{n}" tabindex="-1" role="group" '
        f'aria-label="{words.SOURCE.format(number=n)}">'
        f'<a class="number" href="#citation-{number}-{n}" aria-label="{back}" title="{back}">'
        f'{n}</a><p class="passage" dir="auto">{pieces.around(citation, hits)}</p></div>'
    )


def _near(hits: Sequence[Hit], heading: str) -> str:
    """The nearest articles, each once, by its best passage."""
    best = {hit.article.id: hit for hit in reversed(hits)}
    nearest = sorted(best.values(), key=lambda hit: hit.rank)[:_NEAR_SHOWN]
    if not nearest:
        return ""
    cards = "".join(
        f'<li class="source">{_card_head(hit.article)}'
        f'<p class="passage" dir="auto">{pieces.beginning(hit)}</p>'
        f"{_card_links(hit.article, [])}</li>"
        for hit in nearest
    )
    return f'<h3>{heading}</h3><ul class="sources">{cards}</ul>'


def _card_head(article: Article) -> str:
    return f'{pieces.facts(article)}<h4 dir="auto">{pieces.title(article)}</h4>'


def _card_links(article: Article, quotes: Sequence[str]) -> str:
    here = escape(links.reading(article, quotes))
    read = f'<a class="read" href="{here}">{words.READ_ARTICLE}</a>'
    address = links.external(article.url, quotes)
    go_to = external_link(address, article) if address else ""
    return f'<p class="links">{read}{go_to}</p>'


def external_link(address: str, article: Article) -> str:
    """A link to an article where it appeared; ``address`` is one of ``links.external``."""
    label = words.GO_TO.format(host=links.host(article.url))
    return (
        f'<a href="{escape(address)}" target="_blank" rel="noopener noreferrer nofollow">'
        f'<bdi>{shown(label)}</bdi><span aria-hidden="true"> ↗</span></a>'
    )
