"""The forms of an answer: which sentences a fact, a list, a definition… quotes, in which order.

Each is a function of the question and its sentences, best first; ``WAYS`` has them by form.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace

from brief_qa.asked import Asked, asked, names
from brief_qa.differences import DIFFERENCES
from brief_qa.domain import Citation, Form, Hit
from brief_qa.french import fold, stems
from brief_qa.numerals import numbers
from brief_qa.quotations import EXPLAINED, MOST_QUOTED, Head, cite, cited, headline, origin
from brief_qa.read import FEATURES, Weighed
from brief_qa.sentences import sentences

_MORE_WORTH = 0.3
"""A further sentence is quoted when its worth is within this of the best one's: on PIAF dev 1.12
are quoted of a question, and 80 of 100 questions answered have a right one among them, 76 with
one alone. At 0.6 it is 1.30 and 82."""
_LISTED_WORTH = 2.0
"""The same where several answers are expected, or where they may differ. Not swept, nor is what
follows: there is no set of such questions."""
_SAID_WORTH = 3.5
"""The same for a sentence whose very form says what a thing is, or who somebody is."""
MOST_LISTED = 6
"""Quotations of a list, or of a summary."""
_AROUND, _LIKELIHOOD = FEATURES.index("words around"), FEATURES.index("likelihood")
_MAY_ANSWER = -2.3
"""Likelihood, a logarithm, from which on words may be their passage's answer: a tenth."""
ABOUT = 0.6
"""Share of the other words of a question, by rarity, that an article holds to be about it; of
those that the best passage holds, to be about the same."""


@dataclass(frozen=True, slots=True)
class Said:
    """What an answer quotes, and how each quotation is introduced."""

    citations: tuple[Citation, ...]
    head: Head | None = None
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Ranked:
    """A sentence, and how much less it is worth than the best one."""

    weighed: Weighed
    behind: float


def _fact(question: str, ranked: Sequence[Ranked]) -> Said:
    """The best sentence and those as good; figures and days that differ each with its source."""
    differ, note = DIFFERENCES.get(asked(question), (None, ""))
    if differ and (rivals := _rivals(ranked, differ)):
        citations = tuple(cite(n, one) for n, one in enumerate(rivals, 1))
        return Said(citations, origin, (note,))
    return Said(cited(one.weighed for one in ranked if one.behind <= _MORE_WORTH))


def _rivals(ranked: Sequence[Ranked], differ: Callable[[Weighed, Weighed], bool]) -> list[Weighed]:
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
            and weighed.features[_AROUND] >= ABOUT * found[0].features[_AROUND]
            and weighed.features[_LIKELIHOOD] >= _MAY_ANSWER
            and all(weighed.hit.article.id != other.hit.article.id for other in found)
            and all(differ(weighed, other) for other in found)
        ):
            found.append(weighed)
    if len(found) < 2:
        return []
    some = found[:MOST_QUOTED]
    return sorted(some, key=lambda one: str(one.hit.article.published), reverse=True)


def _list(question: str, ranked: Sequence[Ranked]) -> Said:
    """One sentence for each different answer; a count of other things lists nothing."""
    near = [one.weighed for one in ranked if one.behind <= _LISTED_WORTH]
    if asked(question) not in (Asked.NUMBER, Asked.TIME):
        wanted = set(stems(question))
        near = [one for one in near if not _counts_others(one.answering, wanted)] or near
    different: dict[tuple[str, ...], Weighed] = {}
    for one in near:
        different.setdefault(tuple(stems(one.answering)), one)
    return Said(cited(different.values(), MOST_LISTED))


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


def _definition(question: str, ranked: Sequence[Ranked]) -> Said:
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
    return Said(cited(one.weighed for one in near if abs(one.behind - best) <= _MORE_WORTH))


def _explanation(question: str, ranked: Sequence[Ranked]) -> Said:
    """The best sentence with what follows it in its paragraph, and others as good."""
    near = (_with_next(one.weighed) for one in ranked if one.behind <= _MORE_WORTH)
    return Said(cited(near))


def _with_next(weighed: Weighed) -> Weighed:
    body = weighed.hit.article.body
    paragraph = body.find("\n", weighed.end)
    after = body[weighed.end : paragraph if paragraph >= 0 else len(body)]
    following = sentences(after)
    end = weighed.end + following[0][1] if following else weighed.end
    if end - weighed.start > EXPLAINED:
        return weighed
    return replace(weighed, end=end)


def _summary(question: str, ranked: Sequence[Ranked]) -> Said:
    """The best sentence of each of the best articles about it, in order of their days."""
    named = {stem for name in names(question) for stem in stems(name)}
    best: dict[str, Weighed] = {}
    for one in ranked:
        best.setdefault(one.weighed.hit.article.id, one.weighed)
    most = max(one.features[_AROUND] for one in best.values())
    near = [one for one in best.values() if one.features[_AROUND] >= ABOUT * most]
    about = [one for one in near if named <= set(stems(shown(one.hit)))]
    some = (about or near)[:MOST_LISTED]
    some.sort(key=lambda one: str(one.hit.article.published or "9999"))
    return Said(cited(some, MOST_LISTED), headline)


def shown(hit: Hit) -> str:
    """What is read of a hit: its passage under its article's title."""
    return f"{hit.article.title}\n{hit.text}"


WAYS: dict[Form, Callable[[str, Sequence[Ranked]], Said]] = {
    "fait": _fact,
    "oui ou non": _fact,
    "liste": _list,
    "définition": _definition,
    "explication": _explanation,
    "résumé": _summary,
}
