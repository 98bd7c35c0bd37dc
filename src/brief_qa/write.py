"""Writing: an answer made of quotations, or a refusal that says what is near.

The first writer, and the only one that is always there: it quotes whole sentences, the words
that answer marked in them, and says besides only who wrote them, when and under what title.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from itertools import islice

import numpy as np

from brief_qa import texts
from brief_qa.asked import Asked, asked, form_asked, names
from brief_qa.dates import format_date
from brief_qa.differences import DIFFERENCES
from brief_qa.domain import Answer, Citation, Coverage, Form, Hit, Period
from brief_qa.french import fold, stems
from brief_qa.numerals import numbers
from brief_qa.periods import YEAR, asks_what_happened, years_named
from brief_qa.quotations import (
    EXPLAINED,
    MOST_QUOTED,
    Head,
    cite,
    cited,
    headline,
    origin,
    signature,
    written,
)
from brief_qa.read import FEATURES, LONGEST, Question, Weighed, probability, worth
from brief_qa.search import share_held
from brief_qa.sentences import is_spoken, sentences

# The highest at which 12 of 100 questions that have an answer are refused, of those fitted on. What
# it refuses elsewhere: docs/quality.md, "Refusal".
REFUSAL_THRESHOLD = 0.15
_MORE_WORTH = 0.3
"""A further sentence is quoted when its worth is within this of the best one's: on PIAF dev 1.12
are quoted of a question, and 80 of 100 questions answered have a right one among them, 76 with
one alone. At 0.6 it is 1.30 and 82."""
_LISTED_WORTH = 2.0
"""The same where several answers are expected, or where they may differ. Not swept, nor is what
follows: there is no set of such questions."""
_SAID_WORTH = 3.5
"""The same for a sentence whose very form says what a thing is, or who somebody is."""
_MOST_LISTED = 6
_MOST_MISSING = 5
_AROUND, _LIKELIHOOD = FEATURES.index("words around"), FEATURES.index("likelihood")
_MAY_ANSWER = -2.3
"""Likelihood, a logarithm, from which on words may be their passage's answer: a tenth."""
_NEWS = frozenset(
    stems(
        "passe passer passé résume résumer actualité actualités nouvelles dernières informations "
        "raconte racontez événements événement point chronologie neuf journée période semaine mois"
    )
)
"""What asks for news, and names none."""
_ABOUT = 0.6
"""Share of the other words of a question, by rarity, that an article holds to be about it; of
those that the best passage holds, to be about the same."""


@dataclass(frozen=True, slots=True)
class _Said:
    """What an answer quotes, and how each quotation is introduced."""

    citations: tuple[Citation, ...]
    head: Head | None = None
    notes: tuple[str, ...] = ()


def answer(
    question: Question,
    weighed: Sequence[Weighed],
    hits: Sequence[Hit],
    coverage: Coverage,
    *,
    period: Period | None = None,
    signed: bool = False,
    quoted: Sequence[Citation] = (),
) -> Answer:
    """Quote the sentences that answer, or refuse when none is likely enough to.

    What happened in a ``period`` is told by the articles of that time alone. ``signed`` puts
    before each quotation who wrote its article, and when. Those ``quoted`` before it, of the same
    sentence's other questions, are not quoted again, and the numbers go on after theirs.
    """
    form = form_asked(question.text)
    if not weighed:
        return refusal(_why(question, hits, coverage), hits, coverage, form=form)
    happened = period if form == "résumé" and asks_what_happened(question.text) else None
    if happened and (told := _told_of(happened, question, hits, coverage)):
        return told
    values = worth(question.text, weighed)
    order = np.argsort(-values, kind="stable")
    confidence = probability(weighed[order[0]])
    if confidence < REFUSAL_THRESHOLD:
        return refusal(_why(question, hits, coverage), hits, coverage, confidence, form)
    ranked = [_Ranked(weighed[i], float(values[order[0]] - values[i])) for i in order]
    if form != "résumé":  # what alone would be refused is not quoted beside an answer either
        ranked = [one for one in ranked if probability(one.weighed) >= REFUSAL_THRESHOLD]
    said = _WAYS[form](question.text, ranked)
    head = signature if signed else said.head
    new = [one for one in said.citations if not any(_is_within(one, other) for other in quoted)]
    citations = tuple(replace(one, number=n) for n, one in enumerate(new, len(quoted) + 1))
    return Answer(
        "\n\n".join(written(citation, head) for citation in citations),
        citations,
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


def together(asked: Sequence[str], answers: Sequence[Answer]) -> Answer:
    """One answer of those to several questions of one sentence; which had none is noted.

    Each was given what those before it quote. ``asked`` are the questions, as they were written.
    """
    told = [one for one in answers if not one.refused]
    if len(answers) == 1 or not told:
        return answers[0]
    silent = [question for question, one in zip(asked, answers, strict=True) if one.refused]
    missing = [texts.UNANSWERED.format(questions=" ".join(silent))] if silent else []
    hits: dict[tuple[str, int], Hit] = {}
    for hit in sorted((hit for one in told for hit in one.hits), key=lambda hit: hit.rank):
        hits.setdefault((hit.article.id, hit.passage.start), hit)
    return replace(
        told[0],
        text="\n\n".join(one.text for one in told if one.text),
        citations=tuple(citation for one in told for citation in one.citations),
        hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits.values(), 1)),
        timings={
            step: sum(one.timings.get(step, 0.0) for one in answers) for step in told[0].timings
        },
        notes=(*missing, *dict.fromkeys(note for one in told for note in one.notes)),
    )


def in_short(answer: Answer) -> str:
    """The words of its first quotation that answer; "" where none stand out."""
    first = next(iter(answer.citations), None)
    return first.article.body[slice(*first.span)] if first and first.span else ""


def _is_within(one: Citation, other: Citation) -> bool:
    return one.article.id == other.article.id and other.start <= one.start and one.end <= other.end


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
    besides = stems(f"{question.text[: period.start]} {question.text[period.end :]}")
    rarity = question.wording.rarity
    about = {stem: rarity[stem] for stem in besides if stem in rarity and stem not in _NEWS}
    shares: dict[str, float] = {}
    for hit in of_then:
        share = share_held(about, question.wording.words(_shown(hit))) if about else 1.0
        shares[hit.article.id] = max(share, shares.get(hit.article.id, 0.0))
    articles = {hit.article.id: hit.article for hit in of_then if shares[hit.article.id] >= _ABOUT}
    told = sorted(list(articles.values())[:_MOST_LISTED], key=lambda one: str(one.published))
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


# -- the ways to answer --------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Ranked:
    """A sentence, and how much less it is worth than the best one."""

    weighed: Weighed
    behind: float


def _fact(question: str, ranked: Sequence[_Ranked]) -> _Said:
    """The best sentence and those as good; figures and days that differ each with its source."""
    differ, note = DIFFERENCES.get(asked(question), (None, ""))
    if differ and (rivals := _rivals(ranked, differ)):
        citations = tuple(cite(n, one) for n, one in enumerate(rivals, 1))
        return _Said(citations, origin, (note,))
    return _Said(cited(one.weighed for one in ranked if one.behind <= _MORE_WORTH))


def _rivals(ranked: Sequence[_Ranked], differ: Callable[[Weighed, Weighed], bool]) -> list[Weighed]:
    """Sentences of several articles nearly as good that say otherwise, newest first.

    Passages that hold much less of the question than the best one's speak of something else,
    and what is hardly its passage's answer contradicts nobody. Nor do articles without a day: those
    of an encyclopaedia tell of other things, not of the same thing later. Empty when all agree.
    """
    found = [ranked[0].weighed]
    if found[0].hit.article.published is None:
        return []
    for one in ranked:
        weighed = one.weighed
        if (
            one.behind <= _LISTED_WORTH
            and weighed.hit.article.published
            and weighed.features[_AROUND] >= _ABOUT * found[0].features[_AROUND]
            and weighed.features[_LIKELIHOOD] >= _MAY_ANSWER
            and all(weighed.hit.article.id != other.hit.article.id for other in found)
            and all(differ(weighed, other) for other in found)
        ):
            found.append(weighed)
    if len(found) < 2:
        return []
    some = found[:MOST_QUOTED]
    return sorted(some, key=lambda one: str(one.hit.article.published), reverse=True)


def _list(question: str, ranked: Sequence[_Ranked]) -> _Said:
    """One sentence for each different answer; a count of other things lists nothing."""
    near = [one.weighed for one in ranked if one.behind <= _LISTED_WORTH]
    if asked(question) not in (Asked.NUMBER, Asked.TIME):
        wanted = set(stems(question))
        near = [one for one in near if not _counts_others(one.answering, wanted)] or near
    different: dict[tuple[str, ...], Weighed] = {}
    for one in near:
        different.setdefault(tuple(stems(one.answering)), one)
    return _Said(cited(different.values(), _MOST_LISTED))


def _counts_others(answering: str, wanted: set[str]) -> bool:
    """Whether words are a number of things, and of none that are wanted: "49 conseillers"."""
    first = fold(answering).split(maxsplit=1)[:1]
    return bool(first and numbers(first[0])) and wanted.isdisjoint(stems(answering))


_ROLE = r"(?:\b[Ll][ea]\s|\b[Ll]['’]|\b[Ss]on\s|\b[Ss]a\s)"
_NO_ROLE = "qui|dont|et|mais|avec|dans|en|à|où|puis|ainsi|selon|lui|ils?|elles?|les|[cdms]es"
_SAYS_WHAT_IT_IS = (
    r"\({name}\)|\b{name}\s?\(",
    r"\b{name}\b(?:\s\w+)?,? (?:est|sont|était|désigne|signifie|,)",
    r",\s(?:un|une|le|la|l['’])\s?[^,.]+\b{name}\b|\b{name}, (?:(?:un|une|le|la)\b|l['’])",
    # As the press presents people: "le maire, X,", "le député X", "X, chercheuse à".
    _ROLE + r"[^,.;:!?«»]{{3,60}}, {name}\b",
    _ROLE + r"[a-zà-ÿ-]+(?: (?!d[eu]s? )[a-zà-ÿ-]+){{0,2}} {name}\b",
    rf"\b{{name}}, (?!(?:{_NO_ROLE})\b)[a-zà-ÿ]",
)


def _definition(question: str, ranked: Sequence[_Ranked]) -> _Said:
    """A sentence that says what the thing is comes before the others."""
    subject = names(question)
    if not subject:
        return _fact(question, ranked)
    # As the question writes it, with what is inside it: "Charles de Gaulle", "Jean-Luc Roux".
    start = question.index(subject[0])
    name = re.escape(question[start : question.rindex(subject[-1]) + len(subject[-1])])
    says = re.compile("|".join(one.format(name=name) for one in _SAYS_WHAT_IT_IS))
    saying = [one for one in ranked if one.behind <= _SAID_WORTH and says.search(one.weighed.text)]
    near = saying or [one for one in ranked if one.behind <= _LISTED_WORTH]
    best = near[0].behind
    return _Said(cited(one.weighed for one in near if abs(one.behind - best) <= _MORE_WORTH))


def _explanation(question: str, ranked: Sequence[_Ranked]) -> _Said:
    """The best sentence with what follows it in its paragraph, and others as good."""
    near = (_with_next(one.weighed) for one in ranked if one.behind <= _MORE_WORTH)
    return _Said(cited(near))


def _with_next(weighed: Weighed) -> Weighed:
    body = weighed.hit.article.body
    paragraph = body.find("\n", weighed.end)
    after = body[weighed.end : paragraph if paragraph >= 0 else len(body)]
    following = sentences(after)
    end = weighed.end + following[0][1] if following else weighed.end
    if end - weighed.start > EXPLAINED:
        return weighed
    return replace(weighed, end=end)


def _summary(question: str, ranked: Sequence[_Ranked]) -> _Said:
    """The best sentence of each of the best articles about it, in order of their days."""
    named = {stem for name in names(question) for stem in stems(name)}
    best: dict[str, Weighed] = {}
    for one in ranked:
        best.setdefault(one.weighed.hit.article.id, one.weighed)
    most = max(one.features[_AROUND] for one in best.values())
    near = [one for one in best.values() if one.features[_AROUND] >= _ABOUT * most]
    about = [one for one in near if named <= set(stems(_shown(one.hit)))]
    some = (about or near)[:_MOST_LISTED]
    some.sort(key=lambda one: str(one.hit.article.published or "9999"))
    return _Said(cited(some, _MOST_LISTED), headline)


def _shown(hit: Hit) -> str:
    return f"{hit.article.title}\n{hit.text}"


_WAYS: dict[Form, Callable[[str, Sequence[_Ranked]], _Said]] = {
    "fait": _fact,
    "oui ou non": _fact,
    "liste": _list,
    "définition": _definition,
    "explication": _explanation,
    "résumé": _summary,
}


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
    shown = ", ".join(missing[:_MOST_MISSING])
    return [texts.MISSING_IN_CITED.format(names=shown)] if missing else []


def _missing_names(question: str, held: set[str]) -> list[str]:
    """The names of a question whose stems are not among these; a letter is none."""
    named = dict.fromkeys(name for name in names(question) if len(name) > 1)
    return [name for name in named if not name.isdigit() and not set(stems(name)) <= held]


def _why(question: Question, hits: Sequence[Hit], coverage: Coverage) -> str:
    """What is missing: articles, or names that no hit speaks of, if that can be said."""
    if not hits:
        return texts.NOTHING_IN_FILTER if coverage.articles else texts.EMPTY_ARCHIVE
    found = (question.wording.words(_shown(hit)) for hit in hits)
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
