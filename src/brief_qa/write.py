"""Writing: an answer made of quotations, or a refusal that says what is near.

The first writer, and the only one that is always there: it quotes whole sentences, the words
that answer marked in them, and says besides only who wrote them, when and under what title.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice

import numpy as np

from brief_qa import texts
from brief_qa.asked import form_asked, names
from brief_qa.dates import format_date
from brief_qa.domain import Answer, Citation, Coverage, Form, Hit, Period
from brief_qa.forms import ABOUT, MOST_LISTED, WAYS, Ranked, shown
from brief_qa.french import stems
from brief_qa.periods import YEAR, asks_what_happened, years_named
from brief_qa.quotations import cite, headline, signature, written
from brief_qa.read import LONGEST, Question, Weighed, probability, worth
from brief_qa.search import share_held
from brief_qa.sentences import is_spoken, sentences

# The highest at which 12 of 100 questions that have an answer are refused, of those fitted on. What
# it refuses elsewhere: docs/quality.md, "Refusal".
REFUSAL_THRESHOLD = 0.15
_MOST_MISSING = 5
_NEWS = frozenset(
    stems(
        "passe passer passé résume résumer actualité actualités nouvelles dernières informations "
        "raconte racontez événements événement point chronologie neuf journée période semaine mois"
    )
)
"""What asks for news, and names none."""


def answer(
    question: Question,
    weighed: Sequence[Weighed],
    hits: Sequence[Hit],
    coverage: Coverage,
    *,
    period: Period | None = None,
    signed: bool = False,
) -> Answer:
    """Quote the sentences that answer, or refuse when none is likely enough to.

    What happened in a ``period`` is told by the articles of that time alone. ``signed`` puts
    before each quotation who wrote its article, and when.
    """
    form = form_asked(question.text)
    if not weighed:
        return refusal(_why(question, hits, coverage), hits, coverage, form=form)
    happened = period if form == "résumé" and asks_what_happened(question.text) else None
    if happened and (told := _told_of(happened, question, hits, coverage)):
        return told
    ranked = _ranked(question.text, weighed)
    confidence = probability(ranked[0].weighed)
    if confidence < REFUSAL_THRESHOLD:
        return refusal(_why(question, hits, coverage), hits, coverage, confidence, form)
    if form != "résumé":  # what alone would be refused is not quoted beside an answer either
        ranked = [one for one in ranked if probability(one.weighed) >= REFUSAL_THRESHOLD]
    said = WAYS[form](question.text, ranked)
    head = signature if signed else said.head
    return Answer(
        "\n\n".join(written(citation, head) for citation in said.citations),
        said.citations,
        tuple(hits),
        refused=False,
        reason=None,
        confidence=confidence,
        coverage=coverage,
        form=form,
        notes=(
            *_not_named(question, said.citations),
            *_other_year(question.text, said.citations),
            *said.notes,
        ),
    )


def _ranked(question: str, weighed: Sequence[Weighed]) -> list[Ranked]:
    """The sentences, best first."""
    values = worth(question, weighed)
    order = np.argsort(-values, kind="stable")
    return [Ranked(weighed[i], float(values[order[0]] - values[i])) for i in order]


def besides(
    question: Question, weighed: Sequence[Weighed], quoted: Sequence[Citation]
) -> Citation | None:
    """The quotation that answers a further question, numbered after those ``quoted``.

    One of them, where it says it already; None where no sentence is likely enough to answer.
    """
    ranked = _ranked(question.text, weighed) if weighed else []
    if not ranked or probability(ranked[0].weighed) < REFUSAL_THRESHOLD:
        return None
    best = cite(len(quoted) + 1, ranked[0].weighed)
    return next((one for one in quoted if _says(one, best)), best)


def _says(quoted: Citation, one: Citation) -> bool:
    """Whether the words of a citation that answer are in another."""
    start, end = one.span or (one.start, one.end)
    same = one.article.id == quoted.article.id
    return same and quoted.start <= start and end <= quoted.end


def _told_of(
    period: Period, question: Question, hits: Sequence[Hit], coverage: Coverage
) -> Answer | None:
    """What happened in a period: how its articles begin, in order; a refusal if there is none.

    None when there are some, and none of them is about what the question names besides. The
    confidence is the least share of the question's other words that a quoted article holds.
    """
    of_then = [hit for hit in hits if period.tells(hit.article.published)]
    if not of_then:
        when = question.text[period.start : period.end]
        first, last = (format_date(day) if day else "?" for day in (coverage.first, coverage.last))
        reason = texts.NOTHING_TOLD_OF_THEN.format(when=when, first=first, last=last)
        return refusal(reason, hits, coverage, form="résumé")
    others = stems(f"{question.text[: period.start]} {question.text[period.end :]}")
    rarity = question.wording.rarity
    about = {stem: rarity[stem] for stem in others if stem in rarity and stem not in _NEWS}
    shares: dict[str, float] = {}
    for hit in of_then:
        share = share_held(about, question.wording.words(shown(hit))) if about else 1.0
        shares[hit.article.id] = max(share, shares.get(hit.article.id, 0.0))
    articles = {hit.article.id: hit.article for hit in of_then if shares[hit.article.id] >= ABOUT}
    told = sorted(list(articles.values())[:MOST_LISTED], key=lambda one: str(one.published))
    begins = ((one, start, end) for one in told for start, end in _beginning(one.body))
    citations = tuple(
        Citation(number, article, start, end, article.body[start:end])
        for number, (article, start, end) in enumerate(begins, 1)
    )
    if not citations:
        return None
    return Answer(
        "\n\n".join(written(citation, headline) for citation in citations),
        citations,
        tuple(hits),
        refused=False,
        reason=None,
        confidence=min(shares[one.article.id] for one in citations),
        coverage=coverage,
        form="résumé",
    )


def _beginning(body: str) -> list[tuple[int, int]]:
    """Where the first sentence stands, unless it is too long to be one."""
    spoken = (place for place in sentences(body) if is_spoken(body[slice(*place)]))
    return [place for place in islice(spoken, 1) if place[1] - place[0] <= LONGEST]


def refusal(
    reason: str,
    hits: Sequence[Hit],
    coverage: Coverage,
    confidence: float = 0.0,
    form: Form = "fait",
) -> Answer:
    """The fixed sentence, with the reason and what is near beside it."""
    return Answer(texts.REFUSAL, (), tuple(hits), True, reason, confidence, coverage, form=form)


def _other_year(question: str, citations: Sequence[Citation]) -> list[str]:
    """A note when the question's year is nowhere in what is cited, nor its articles' own."""
    years, first = years_named(question), citations[0].article
    held = {
        year
        for one in citations
        for year in (
            *YEAR.findall(f"{one.article.title} {one.quote}"),
            *([str(one.article.published.year)] if one.article.published else []),
        )
    }
    if not years or not first.published or years & held:
        return []
    told = ", ".join(sorted(years))
    return [texts.OTHER_YEAR.format(years=told, day=format_date(first.published))]


_LABEL = re.compile(r"\b[a-zà-ÿ]{3,} [B-Z]\b(?![.'’])")
"""A thing told from others by its letter: "ligne C"."""


def _not_named(question: Question, citations: Sequence[Citation]) -> list[str]:
    """A note when the question names what no cited article does: it may speak of another thing."""
    articles = {one.article.id: one.article for one in citations}.values()
    told = "\n".join(f"{one.title}\n{one.body}" for one in articles)
    missing = _missing_names(question.text, question.wording.words(told))
    labels = dict.fromkeys(match.group() for match in _LABEL.finditer(question.text))
    missing += [one for one in labels if not re.search(rf"\b{one}\b", told, re.IGNORECASE)]
    some = ", ".join(missing[:_MOST_MISSING])
    return [texts.MISSING_IN_CITED.format(names=some)] if missing else []


def _missing_names(question: str, held: set[str]) -> list[str]:
    """The names of a question whose stems are not among these; a letter is none."""
    named = dict.fromkeys(name for name in names(question) if len(name) > 1)
    return [name for name in named if not name.isdigit() and not set(stems(name)) <= held]


def _why(question: Question, hits: Sequence[Hit], coverage: Coverage) -> str:
    """What is missing: articles, or names that no hit speaks of, if that can be said."""
    if not hits:
        return texts.NOTHING_IN_FILTER if coverage.articles else texts.EMPTY_ARCHIVE
    found = (question.wording.words(shown(hit)) for hit in hits)
    held = set[str]().union(*found)
    if coverage.first and coverage.last:
        period = coverage.first.year, coverage.last.year
        asked_for = sorted(years_named(question.text) - held)
        if years := [one for one in asked_for if not period[0] <= int(one) <= period[1]]:
            first, last = format_date(coverage.first), format_date(coverage.last)
            return texts.OUTSIDE_PERIOD.format(years=", ".join(years), first=first, last=last)
    if missing := _missing_names(question.text, held):
        return texts.MISSING_NAMES.format(names=", ".join(missing[:_MOST_MISSING]))
    return texts.NOT_SUPPORTED
