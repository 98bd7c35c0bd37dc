"""The time that a French question speaks of: "depuis lundi", "entre mars et juin 2024".

What is read here is shown, and a reader can refuse it. Where it may be wrong it must not hide
the answer, so that it is a filter only

- in words about articles: "les articles d'avril 2024", "publiés hier", "dans la presse de 2019";
- near today: "hier", "la semaine dernière", "depuis lundi", "ces trois derniers mois";
- for a day or a month, when the question asks what happened then.

All else is a preference. What happened on a day is told again later, and the figures of a month
come out in the next ones: "Qui a signé l'accord le 3 mai 2024 ?" may have its answer in June.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from brief_qa.dates import format_period
from brief_qa.domain import Period
from brief_qa.expressions import Said, expressions
from brief_qa.spans import DAY, MONTH, Folded, counts
from brief_qa.spans import YEAR as A_YEAR

NEAR = 100
"""Days before today up to which words reckoned from today are a filter."""
YEAR = re.compile(rf"\b{A_YEAR}")
_BARE = re.compile(rf"\b(?!(?:{MONTH})\b)[a-z]+ (?P<year>{A_YEAR})(?=\W|$)")
"""A year that only stands beside a thing; that of a day belongs to the day: "rue du 8 mai 1945"."""
_ANY_DAY = date(2024, 1, 1)
"""What a year says does not depend on today."""
_LEAST_REACH, _MOST_REACH = 2, 14
"""Days in which articles still tell of a period that is over: a quarter of its length, within
these. A match is told the day after, an election for weeks."""


def period_of(question: str, today: date) -> Period | None:
    """The one period that a question speaks of, None when it speaks of none.

    Of several :func:`mentions` those of the last sentence that has any count, of these the
    filters if there are some, and the period goes from the first of their days to the last.
    """
    found = mentions(question, today)
    ends = [sign.start() for sign in re.finditer(r"[?!…]", question)]
    for after in (*reversed(ends), -1):
        if inside := [one for one in found if one.start > after]:
            filters = [one for one in inside if one.use == "filter"]
            return _together(filters or inside, question)
    return None


def mentions(question: str, today: date) -> tuple[Period, ...]:
    """Each time that a question names, in order. Never raises, whatever the text."""
    text = Folded(question)
    said = expressions(text, today)
    return tuple(filter(None, (_period(text, one, today) for one in said)))


def years_named(question: str) -> set[str]:
    """The years that a question names: "en 2024", "le Goncourt 2024", but not "2000 chênes"."""
    said = mentions(question, _ANY_DAY)
    plain = Folded(question).plain
    bare = {one["year"] for one in _BARE.finditer(plain) if not counts(plain, one.end())}
    return bare | {year for one in said for year in YEAR.findall(question[one.start : one.end])}


def asks_what_happened(question: str) -> bool:
    """Whether it asks what happened then, or for the news: "Que s'est-il passé en mai ?"."""
    return _HAPPENED.search(Folded(question).plain) is not None


# -- what is made of them ------------------------------------------------------------------------

_ARTICLE = (
    r"(?:articles?|depeches?|breves?|papiers?|reportages?|editos?|editoriaux|editorial"
    r"|publications?|journaux|presse|gros titres|quotidiens?|editions?)"
)
_OF_ARTICLES = re.compile(
    rf"\b{_ARTICLE}(?: (?!sur|contre|concernant|relatifs?|qui|que|du|de|des|\w+ent\b)[\w-]+)? "
    rf"(?:de |d'|du |des |dates? |en |le )*$"
)
_PUBLISHED = re.compile(
    r"\b(?:publiee?s?|parue?s?|mise?s? en ligne|(?P<any>ecrite?s?|imprimee?s?|datee?s?|datant))"
    r" (?:de |d'|du |des |dans |en |le )*$"
)
_AN_ARTICLE = re.compile(rf"\b{_ARTICLE}\b")
_A_WORK = re.compile(
    r"\b(?:livres?|romans?|rapports?|etudes?|albums?|films?|enquetes?|sondages?|textes?|lois?"
    r"|decrets?|arretes?|ordonnances?|chiffres|statistiques|communiques?|bilans?|classements?"
    r"|listes?|avis|videos?|photos?|lettres?|manifestes?|ouvrages?|memoires|essais?|donnees"
    r"|resultats?|comptes?|singles?|disques?|chansons?|jeux|versions?)\b"
)
_HAPPENED = re.compile(
    r"\bs'est(?:-il)? passe|\bse passe|\best(?:-il)? arrive|\bs'est(?:-il)? produit"
    r"|\bquoi de neuf|\bactu(?:alite)?s?\b|\bnouvelles\b|\binfos?\b|\binformations\b"
    r"|\bevenements?\b|\bfaits? marquants?|\bfaits divers|\bresum|\brecapitul|\brevue de presse"
    r"|\btitres\b|\ba la une"
)


@dataclass(frozen=True, slots=True)
class _Open:
    first: date | None
    last: date | None


def _period(text: Folded, said: Said, today: date) -> Period | None:
    days = _bounded_days(said)
    if days is None:
        return None
    start, end = text.origin(said.start), text.origin(said.span.end)
    words = text.text[start:end]
    end -= len(words) - len(words.rstrip())
    of_articles = _speaks_of_articles(text.plain[: said.start])
    filters = of_articles or _may_filter(text.plain, said, days, today)
    future = days.first is not None and days.first > today
    return Period(
        days.first,
        days.last,
        start,
        end,
        "filter" if filters and not future else "preference",
        0 if of_articles else _reach(days),
        _reason([text.text[start:end]], days.first, days.last),
    )


def _bounded_days(said: Said) -> _Open | None:
    span = said.span
    last = None if span.goes_on else span.last
    if said.bound == "since":
        return _Open(span.first, None)
    if said.bound == "until":
        return _Open(None, last) if last else None
    if said.bound == "before":
        return _Open(None, span.first - DAY)
    if said.bound == "after":
        return _Open(last + DAY, None) if last else None
    return _Open(span.first, last)


def _speaks_of_articles(before: str) -> bool:
    if _OF_ARTICLES.search(before):
        return True
    published = _PUBLISHED.search(before)
    if not published:
        return False
    if _AN_ARTICLE.search(before):
        return True
    return not (published["any"] or _A_WORK.search(before))


def _may_filter(text: str, said: Said, days: _Open, today: date) -> bool:
    kind = said.span.kind
    if said.bound in ("before", "until", "after") or days.first is None:
        return False
    if kind == "near":
        return days.first >= today - NEAR * DAY
    return kind in ("today", "day", "month") and _HAPPENED.search(text) is not None


def _reach(days: _Open) -> int:
    if days.last is None:
        return 0
    length = (days.last - days.first).days + 1 if days.first else _MOST_REACH
    return min(_MOST_REACH, max(_LEAST_REACH, length // 4)) if days.first else 0


def _together(periods: Sequence[Period], question: str) -> Period:
    one = periods[0]
    if len(periods) == 1:
        return one
    firsts, lasts = [p.first for p in periods], [p.last for p in periods]
    first = None if None in firsts else min(filter(None, firsts))
    last = None if None in lasts else max(filter(None, lasts))
    if first is None and last is None:  # "avant 2019 et depuis 2022": all of time
        return one
    words = [question[p.start : p.end] for p in periods]
    return Period(
        first,
        last,
        one.start,
        periods[-1].end,
        one.use,
        max(p.reach for p in periods) if last else 0,
        _reason(words, first, last),
    )


def _reason(words: Sequence[str], first: date | None, last: date | None) -> str:
    quoted = ", ".join(f"« {' '.join(one.split())} »" for one in words)
    return f"{quoted} : {format_period(first, last)}"
