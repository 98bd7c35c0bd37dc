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
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Literal, NamedTuple

from brief_qa.dates import MONTHS, format_period
from brief_qa.domain import Period
from brief_qa.events import ANY_EVENT
from brief_qa.french import fold
from brief_qa.spans import Days, Folded, Span, current, latest, span_at

_DAY = timedelta(days=1)
NEAR = 100
"""Days before today up to which words reckoned from today are a filter."""
_LEAST_REACH, _MOST_REACH = 2, 14
"""Days in which articles still tell of a period that is over: a quarter of its length, within
these. A match is told the day after, an election for weeks."""

_Bound = Literal["since", "before", "until", "after", "during"]


class _Said(NamedTuple):
    """An expression: where it begins and its days, of which a word before may leave one open."""

    start: int
    span: Span
    bound: _Bound | None = None


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
    if not _A_TIME.search(text.plain):
        return ()  # as most questions: a tenth of the time
    said = _sharing_years(list(_expressions(text, today)))
    return tuple(filter(None, (_period(text, one, today) for one in said)))


# -- the question's expressions ----------------------------------------------------------------

_A_TIME = re.compile(
    r"(?<![a-z0-9])(?:[0-9]|[ts][1-4]|hier|demain|aujourd|matin|midi|soir|nuit|jour|semaine|mois"
    r"|an(?:s|nees?)?\b|week|heures|trimestre|semestre|printemps|automne|hiver|recemment"
    r"|(?:cet |en |[ld]')ete\b|ete (?:[0-9]|de |dernier|passe|prochain)"  # not "a été élu"
    r"|dernierement|temps|noel|toussaint|saint-|halloween|nouvel|fete du|paques|ascension|pentecote"
    rf"|lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|(?:{'|'.join(map(fold, MONTHS))})\b"
    rf"|{ANY_EVENT.pattern})"
)
"""What every expression holds."""
_WORD = re.compile(r"(?<![a-z0-9])[a-z0-9]")
_BOUND = re.compile(
    r"(?:(?P<since>depuis|a (?:partir|compter)|des)|(?P<before>(?:d')?avant|precedant)"
    r"|(?P<after>apres|a l'issue|a la suite|au lendemain)"
    r"|(?P<during>pendant|durant|lors|au cours|au moment|a l'occasion|vers|autour|en marge)) "
    r"|(?P<until>jusqu')"
)
_RANGE = re.compile(r"entre |de |du |d'|depuis |des ")
_TO = re.compile(r" (?:jusqu')?(?:a|au|aux|en) (?!nouveau)|-")
_AND = re.compile(r" et ")
_OR = re.compile(r" (?:et|ou|puis) (?:en |de |d')?|, (?:en |de |d')?")
_FIRST_DAYS = re.compile(
    r"(?:entre |du |de |les |des |le )?(?:le )?(?:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi"
    r"|dimanche) )?(?P<day>1er|[0-9]{1,2})(?:, [0-9]{1,2})*(?: (?:et|ou|au|a)(?: le| du)? |-)"
)
_ITS_END = re.compile(r"(?:la )?fin ")
_PART = re.compile(
    r"(?:(?:au|a la|en|la|le|l'|a|tout|toute) ){0,2}"
    r"(?:(?P<third>debut|milieu|mi|fin)[ -]"
    r"|(?P<half>premiere|1re|seconde|deuxieme|2e|2de) (?:moitie|quinzaine) )"
)
_THIS_ONE = re.compile(
    r"(?:(?:d'|de l')(annee)|du (mois)|de (?:la )?(semaine))(?![a-z-]| [0-9]| de | d')"
)


def _expressions(text: Folded, today: date) -> Iterator[_Said]:
    done = 0
    for word in _WORD.finditer(text.plain):
        at = word.start()
        if at < done:
            continue
        said = _range(text, at, today) or _bounded(text, at, today)
        if said is None and (span := _phrase(text, at, today)):
            said = _Said(_past_of(text.plain, at), span)
        if said:
            done = said.span.end
            if said.span.kind != "nothing":
                yield said


def _past_of(text: str, at: int) -> int:
    """Where the words begin that say the time: after "de", "du"."""
    lead = re.compile(r"de (?=l'|la )|de |d'|du |des ").match(text, at)
    return lead.end() if lead else at


def _range(text: Folded, at: int, today: date) -> _Said | None:
    """As in "entre mars et juin", "de 2019 à 2021", "du 3 au 5 mai"."""
    few = _few_days(text, at, today)
    if few:
        return _Said(at, few)
    begins = _RANGE.match(text.plain, at)
    if not begins or (begins[0] == "des " and not _is_des(text, at)):
        return None
    left = _phrase(text, begins.end(), today, told=True, alone=True)
    link = left and (_AND if begins[0] == "entre " else _TO).match(text.plain, left.end)
    right = link and _phrase(text, link.end(), today, told=True, alone=True)
    if not (left and right) or "nothing" in (left.kind, right.kind):
        return None
    return _Said(at, _joined(left, right))


def _is_des(text: Folded, at: int) -> bool:
    """Whether it is "dès", which folded is "des"."""
    return text.original(at, at + 3).lower().startswith(("dè", "de\u0300"))


def _few_days(text: Folded, at: int, today: date) -> Span | None:
    """As in "les 3 et 4 mai 2024", "du 30 au 2 mai": the first takes the month of the second."""
    begins = _FIRST_DAYS.match(text.plain, at)
    if not begins:
        return None
    right = span_at(text, begins.end(), today, told=True)
    if right is None or right.kind != "day":
        return None
    number = 1 if begins["day"] == "1er" else int(begins["day"])
    first = right.last if number < right.last.day else right.last.replace(day=1) - _DAY
    try:
        return replace(right, first=first.replace(day=number), in_year=None)
    except ValueError:
        return None


def _bounded(text: Folded, at: int, today: date) -> _Said | None:
    """As in "depuis lundi", "avant les JO de Paris", "jusqu'en 2021"."""
    found = _BOUND.match(text.plain, at)
    if not found:
        return None
    bound: _Bound = found.lastgroup  # type: ignore[assignment]
    if bound == "before" and _ITS_END.match(text.plain, found.end()):
        bound = "until"  # "avant fin 2024"
    if found["since"] == "des" and not _is_des(text, at):
        return None
    if found["after"] == "apres" and text.plain[:at].endswith("d'"):
        return None  # "d'après lui"
    whole = span_at(text, at, today) if found[0] in ("depuis ", "avant ") else None
    if whole:
        return _Said(at, whole)  # "depuis trois jours", "avant hier"
    span = _phrase(text, found.end(), today, told=True)
    if span is None or (span.kind == "today" and bound == "until"):
        return None
    return _Said(at, span, None if span.kind == "nothing" else bound)


def _phrase(
    text: Folded, at: int, today: date, *, told: bool = False, alone: bool = False
) -> Span | None:
    """An expression, or a part of one, and unless ``alone`` those that "et" adds to it."""
    part = _PART.match(text.plain, at)
    if part and (whole := _whole(text, part, today, told)) and whole.kind not in ("day", "nothing"):
        return _part_of(whole, part)
    span = span_at(text, at, today, told=told)
    while span and not alone and span.kind in ("day", "month", "long"):
        more = _OR.match(text.plain, span.end)
        other = more and span_at(text, more.end(), today, told=True)
        joined = other and other.kind == span.kind and _joined(span, other)
        if not joined:
            break
        span = joined
    return span


def _whole(text: Folded, part: re.Match[str], today: date, told: bool) -> Span | None:
    """What it is a part of: "au début du mois" is of this one, "le début du mois" of any."""
    said = span_at(text, part.end(), today, told=True)
    this = _THIS_ONE.match(text.plain, part.end())
    of_any = text.plain[: part.start(part.lastgroup or 0)].endswith(("le ", "la ")) and not told
    if said or not this or of_any:
        return said
    return current(str(this[this.lastindex or 0]), today, this.end())


def _part_of(whole: Span, part: re.Match[str]) -> Span:
    """The beginning, the middle or the end: thirds, of a long span by its months."""

    def cut(days: Days | None) -> Days | None:
        if days is None:
            return None
        pieces = 2 if part["half"] else 3
        which = {"debut": 0, "mi": 1, "milieu": 1, "fin": 2}.get(part["third"] or "", 0)
        if part["half"]:
            which = 0 if part["half"] in ("premiere", "1re") else 1
        return _piece(*days, which, pieces)

    first, last = cut(Days(whole.first, whole.last)) or (whole.first, whole.last)
    in_year = whole.in_year
    again = (lambda year: cut(in_year(year))) if in_year else None
    return replace(whole, first=first, last=last, in_year=again)


def _piece(first: date, last: date, which: int, pieces: int) -> Days:
    months = (last.year - first.year) * 12 + last.month - first.month + 1
    if months >= pieces and first.day == 1 and (last + _DAY).day == 1:
        starts = [_first_of_month(first, months * n // pieces) for n in range(pieces + 1)]
    else:
        days = (last - first).days + 1
        starts = [first + _DAY * (days * n // pieces) for n in range(pieces + 1)]
    return Days(starts[which], max(starts[which], starts[which + 1] - _DAY))


def _first_of_month(first: date, months: int) -> date:
    total = first.year * 12 + first.month - 1 + months
    return date(total // 12, total % 12 + 1, 1)


def _joined(left: Span, right: Span) -> Span:
    """From the first of two to the last; the one whose year is left open takes the other's."""
    if left.in_year:
        open_left = left.in_year
        before = latest(open_left, right.last)
        left = replace(left, first=before[0], last=before[1]) if before else left
    elif right.in_year:
        years = range(left.first.year, left.first.year + 2)
        days = (one for one in map(right.in_year, years) if one and one[1] >= left.first)
        after = next(days, None)
        right = replace(right, first=after[0], last=after[1]) if after else right
    first, last = min(left.first, right.first), max(left.last, right.last)
    same = left.kind == right.kind
    kind = left.kind if same else "long" if "long" in (left.kind, right.kind) else right.kind
    said = left.year_said or right.year_said
    return Span(first, last, right.end, kind, year_said=said, goes_on=right.goes_on)


def _sharing_years(said: Sequence[_Said]) -> list[_Said]:
    """A day or a month without its year has the year that one before it, or after it, names.

    "en mars 2024 et plus encore en avril": April 2024.
    """
    result = []
    for number, one in enumerate(said):
        others = [*reversed(said[:number]), *said[number + 1 :]]
        year = next((other.span.first.year for other in others if other.span.year_said), None)
        days = one.span.in_year(year) if one.span.in_year and year else None
        if days and one.span.kind in ("day", "month"):
            one = one._replace(span=replace(one.span, first=days[0], last=days[1]))
        result.append(one)
    return result


# -- what is made of them ------------------------------------------------------------------------

_ARTICLE = (
    r"(?:articles?|depeches?|breves?|papiers?|reportages?|editos?|editoriaux|editorial"
    r"|publications?|journaux|presse|gros titres|quotidiens?|editions?)"
)
_OF_ARTICLES = re.compile(
    rf"\b{_ARTICLE}(?: (?!sur|contre|concernant|relatifs?|qui|que|du|de|des)[\w-]+)? "
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


def _period(text: Folded, said: _Said, today: date) -> Period | None:
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


def _bounded_days(said: _Said) -> _Open | None:
    span = said.span
    last = None if span.goes_on else span.last
    if said.bound == "since":
        return _Open(span.first, None)
    if said.bound == "until":
        return _Open(None, last) if last else None
    if said.bound == "before":
        return _Open(None, span.first - _DAY)
    if said.bound == "after":
        return _Open(last + _DAY, None) if last else None
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


def _may_filter(text: str, said: _Said, days: _Open, today: date) -> bool:
    kind = said.span.kind
    if said.bound in ("before", "until", "after") or days.first is None:
        return False
    if kind == "near":
        return days.first >= today - NEAR * _DAY
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
