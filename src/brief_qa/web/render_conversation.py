"""A conversation as HTML, by functions without state. As in ``render``, all is escaped."""

from __future__ import annotations

import re
from collections.abc import Sequence
from html import escape

from brief_qa import addresses, texts
from brief_qa.dates import day_told
from brief_qa.domain import Answer, Article, Citation, Coverage, Hit, Understood
from brief_qa.feedback import Reason, Verdict
from brief_qa.texts import EXTRACTS, written_by
from brief_qa.texts import number as in_french
from brief_qa.web import links, pieces, render, words
from brief_qa.web.conversation import (
    Conversation,
    Draft,
    Exchange,
    Step,
    Trouble,
    is_busy,
    understood_as,
)
from brief_qa.web.searching import Search
from brief_qa.web.typography import announced, count, period, shown

_NEAR_SHOWN = 4
_QUESTION_SHOWN = 600
_CITATION = re.compile(r"(?<!\s)\s*+\[(\d{1,3})\]")  # linear, however long a run of spaces
_REASONS = (Reason.FALSE, Reason.INCOMPLETE, Reason.BESIDE, Reason.SOURCE)
_REFUSAL_REASONS = (Reason.HELD, Reason.BESIDE)
# The confidence is the probability that the first sentence quoted is right (docs/quality.md).
_CONFIDENCE = ((0.6, "élevée"), (0.35, "moyenne"), (0.0, "faible"))


def conversation_html(conversation: Conversation) -> str:
    """A whole conversation, each answer with its sources beside it."""
    exchanges = "".join(map(_exchange, conversation))
    # "log" has assistive technology read what is added, and only that.
    return (
        f'<div class="conversation" role="log" aria-label="{words.CONVERSATION}">{exchanges}</div>'
    )


def keep_html(kept: str) -> str:
    """What keeps a conversation beyond its page: a link to it, and a file. ``kept`` is signed.

    page.js puts it in the page's address.
    """
    if not kept:
        return '<div data-kept=""></div>'
    return (
        f'<div data-kept="{kept}">'
        f'<button type="button" class="copy" data-copy="" data-here>{words.COPY_LINK}</button>'
        f'<form action="conversation.md" method="post"><button name="c" value="{kept}" '
        f'title="{words.AS_MARKDOWN}">'
        f"{words.EXPORT_CONVERSATION}</button></form></div>"
    )


def _exchange(exchange: Exchange) -> str:
    outcome, number = exchange.outcome, exchange.number
    beside = ""
    if isinstance(outcome, Step):
        said = _step(outcome.text, number)
        beside = _near(outcome.hits, words.FOUND)
    elif isinstance(outcome, Trouble):
        retry = _act("retry", number, words.RETRY, how="again")
        said = f'<p class="trouble">{announced(outcome.message)} {retry}</p>'
    elif isinstance(outcome, Draft):
        said = _sentences(outcome.answer, number) + _step(words.WRITING, number)
        beside = _sources(outcome.answer, number)
    elif outcome.refused:
        said, beside = _refusal(outcome), _near(outcome.hits, words.NEAR)
        said += _after(exchange, outcome)
    else:
        said, beside = _answer(outcome, number), _sources(outcome, number)
        said += _after(exchange, outcome)
    busy = ' aria-busy="true"' if is_busy(exchange) else ""
    return (
        f'<section class="exchange" id="exchange-{number}"{busy}>'
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
    otherwise = _act("retry", exchange.number, words.AS_WRITTEN, "otherwise", how="as-written")
    return f'<p class="understood"><span dir="auto">{told}</span> {otherwise}</p>'


def _act(event: str, exchange: int, label: str, kind: str = "act", **said: object) -> str:
    """A button of the conversation, by the name of its exchange: page.py listens for it."""
    data = "".join(f' data-{name}="{escape(str(value))}"' for name, value in said.items())
    return (
        f'<button type="button" class="{kind}" data-event="{event}" data-exchange="{exchange}"'
        f"{data}>{label}</button>"
    )


def _step(text: str, number: int) -> str:
    stop = _act("stop", number, words.STOP)
    return f'<p class="step"><span>{shown(text)}</span> {stop}</p>'


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
    told = announced(words.PERIOD.format(read=read.told))
    otherwise = _act(
        "retry", exchange.number, words.SEARCH_WITHOUT, "otherwise", how="without-dates"
    )
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


def _after(exchange: Exchange, answer: Answer) -> str:
    """What can be done with an answer: copy it, see all that was written, judge it, go on."""
    number = exchange.number
    copied = "" if answer.refused else pieces.copy_button(_with_references(answer), words.COPY_IT)
    address = escape(Search(question=understood_as(exchange)).address())
    search = f'<a href="{address}" {pieces.ELSEWHERE}>{words.SEARCH_IT}</a>'
    retry = _act("retry", number, words.RETRY, how="again")
    onward = "".join(
        f"<li>{_act('example_select', number, shown(question), 'onward', place=place)}</li>"
        for place, question in enumerate(exchange.onward or ())
    )
    return f'<p class="links">{copied}{search}{retry}</p>{_judged(exchange, answer)}' + (
        f'<h3>{words.ONWARD}</h3><ul class="onwards">{onward}</ul>' if onward else ""
    )


def _judged(exchange: Exchange, answer: Answer) -> str:
    """What the reader thinks of an answer: asked, then for what reason, then thanked for."""
    number, feedback = exchange.number, exchange.feedback
    if exchange.reopened:
        return ""
    if exchange.feedback_lost:
        return f'<p class="judge" role="alert">{words.FEEDBACK_LOST}</p>'
    if feedback is None:
        verdicts = {Verdict.RIGHT: words.RIGHT, Verdict.WRONG: words.WRONG}
        choices = "".join(
            _act("like", number, label, "verdict", verdict=verdict)
            for verdict, label in verdicts.items()
        )
        asked = words.JUDGE_REFUSAL if answer.refused else words.JUDGE
    elif feedback.verdict == Verdict.WRONG and feedback.reason is None:
        choices = "".join(
            _act("like", number, announced(reason), "verdict", verdict=Verdict.WRONG, reason=reason)
            for reason in (_REFUSAL_REASONS if answer.refused else _REASONS)
        )
        asked = words.WHY_WRONG
    else:
        return f'<p class="judge">{words.THANKS}</p>'
    shape = "judge why" if feedback else "judge"
    return f'<p class="{shape}" role="group" aria-label="{asked}"><span>{asked}</span>{choices}</p>'


def _with_references(answer: Answer) -> str:
    """The answer as plain text, followed by where each quotation is from."""
    where = ((one, addresses.external(one.article.url) or "") for one in answer.citations)
    sources = (f"[{one.number}] {pieces.reference(one.article)} {at}" for one, at in where)
    return "\n\n".join([answer.text, "\n".join(sources)])


def _refusal(answer: Answer) -> str:
    reason = f'<p class="reason">{announced(answer.reason)}</p>' if answer.reason else ""
    held = words.HOLDINGS.format(holdings=render.holdings(answer.coverage))
    return (
        f'<div class="refusal"><p class="sentence">{announced(answer.text)}</p>'
        f"{_readings(answer)}{reason}"
        f'<p class="reason">{held}</p></div>'
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
    """The number of a quotation: it opens the article there, and shows its source (page.js)."""
    n, article = citation.number, citation.article
    told = (pieces.title(article), shown(pieces.source_name(article)), day_told(article.published))
    label = " — ".join([words.SOURCE.format(number=n), *filter(None, told)])
    return (
        f'&nbsp;<a class="cite" id="citation-{number}-{n}" data-source="source-{number}-{n}" '
        f'href="{escape(links.reading(article, [citation.quote]))}" aria-label="{label}">[{n}]</a>'
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
    address = addresses.external(article.url, quotes)
    go_to = render.external_link(address, article) if address else ""
    return f'<p class="links">{read}{go_to}</p>'
