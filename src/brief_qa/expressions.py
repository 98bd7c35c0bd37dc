"""The expressions of time in a French question: "entre mars et juin", "avant les JO de Paris".

A small grammar: :func:`span_at` reads one expression where it begins, by trying the readers of
`named_days`, `near_days` and `feasts`; the rest reads what binds them together.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date
from typing import Literal, NamedTuple

from brief_qa import feasts, named_days, near_days
from brief_qa.events import ANY_EVENT
from brief_qa.spans import DAY, MONTH, WEEKDAY, Days, Folded, Lead, Span, latest

Bound = Literal["since", "before", "until", "after", "during"]


class Said(NamedTuple):
    """An expression: where it begins and its days, of which a word before may leave one open."""

    start: int
    span: Span
    bound: Bound | None = None


_LEAD = re.compile(
    r"(?:en (?:l'an |l'annee |annee )?|(?:au|du|le|ce|en|au cours du|courant)(?: cours du)? mois "
    r"(?:de |d')|au cours de l'annee |(?:de |dans |pour |d')?(?:l')?an(?:nee)? |courant "
    r"|au |aux |a la |a l'|a |de la |de l'|du |des |de |d'|le |la |les |l'|ce |cet |cette |ces "
    r"|pour (?:la |le |les |l')?|dans (?:les |le |la |l')|edition |saison )?"
)


_READERS = (
    named_days.full_date,
    feasts.event,
    feasts.feast,
    feasts.week_of,
    named_days.named_day,
    named_days.weekday_number,
    near_days.near_day,
    near_days.unit,
    near_days.weekday,
    near_days.ago,
    near_days.for_so_long,
    near_days.last_few,
    named_days.quarter,
    named_days.decade,
    named_days.season,
    named_days.month,
    named_days.a_year,
)


def span_at(text: Folded, at: int, today: date, *, told: bool = False) -> Span | None:
    """What the words that begin at a place of the folded text say; None when it is no time.

    With ``told`` a word of time stands before them ("depuis", "avant"), so that less is needed
    to believe that they are one.
    """
    try:
        lead = _LEAD.match(text.plain, at)
        whole = Lead("", at, told)
        found = _said(text, whole, today)
        if found is None and lead and lead[0]:
            found = _said(text, Lead(lead[0], lead.end(), told), today)
    except (ValueError, OverflowError):  # a day that does not exist
        return None
    return found


def _said(text: Folded, lead: Lead, today: date) -> Span | None:
    return next(filter(None, (reader(text, lead, today) for reader in _READERS)), None)


# -- the question's expressions ----------------------------------------------------------------

_A_TIME = re.compile(
    r"(?<![a-z0-9])(?:[0-9]|[ts][1-4]|hier|demain|aujourd|matin|midi|soir|nuit|jour|semaine|mois"
    r"|an(?:s|nees?)?\b|week|heures|trimestre|semestre|printemps|automne|hiver|recemment"
    r"|(?:cet |en |[ld]')ete\b|ete (?:[0-9]|de |dernier|passe|prochain)"  # not "a été élu"
    r"|dernierement|temps|noel|toussaint|saint-|halloween|nouvel|fete du|paques|ascension|pentecote"
    rf"|{WEEKDAY}|(?:{MONTH})\b"
    rf"|{ANY_EVENT.pattern})"
)
"""What every expression holds."""
_BEFORE_A_TIME = 40
"""Characters of "a partir du debut du mois de", what may come before it in one, and more."""
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
    rf"(?:entre |du |de |les |des |le )?(?:le )?(?:(?:{WEEKDAY}) )?"
    r"(?P<day>1er|[0-9]{1,2})(?:, [0-9]{1,2})*(?: (?:et|ou|au|a)(?: le| du)? |-)"
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


def expressions(text: Folded, today: date) -> list[Said]:
    """Every expression of time of a question, in order."""
    return _sharing_years(list(_each(text, today)))


def _each(text: Folded, today: date) -> Iterator[Said]:
    done, plain = 0, text.plain
    time = _A_TIME.search(plain)
    for word in _WORD.finditer(plain):
        at = word.start()
        if time and time.start() < at:
            time = _A_TIME.search(plain, at)
        if time is None:
            return  # as for most questions: no place is looked at
        if at < done or time.start() > at + _BEFORE_A_TIME:
            continue
        said = _range(text, at, today) or _bounded(text, at, today)
        if said is None and (span := _phrase(text, at, today)):
            said = Said(_past_of(text.plain, at), span)
        if said:
            done = said.span.end
            if said.span.kind != "nothing":
                yield said


def _past_of(text: str, at: int) -> int:
    """Where the words begin that say the time: after "de", "du"."""
    lead = re.compile(r"de (?=l'|la )|de |d'|du |des ").match(text, at)
    return lead.end() if lead else at


def _range(text: Folded, at: int, today: date) -> Said | None:
    """As in "entre mars et juin", "de 2019 à 2021", "du 3 au 5 mai"."""
    few = _few_days(text, at, today)
    if few:
        return Said(at, few)
    begins = _RANGE.match(text.plain, at)
    if not begins or (begins[0] == "des " and not _is_des(text, at)):
        return None
    left = _phrase(text, begins.end(), today, told=True, alone=True)
    link = left and (_AND if begins[0] == "entre " else _TO).match(text.plain, left.end)
    right = link and _phrase(text, link.end(), today, told=True, alone=True)
    if not (left and right) or "nothing" in (left.kind, right.kind):
        return None
    return Said(at, _joined(left, right))


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
    first = right.last if number < right.last.day else right.last.replace(day=1) - DAY
    try:
        return replace(right, first=first.replace(day=number), in_year=None)
    except ValueError:
        return None


def _bounded(text: Folded, at: int, today: date) -> Said | None:
    """As in "depuis lundi", "avant les JO de Paris", "jusqu'en 2021"."""
    found = _BOUND.match(text.plain, at)
    if not found:
        return None
    bound: Bound = found.lastgroup  # type: ignore[assignment]
    if bound == "before" and _ITS_END.match(text.plain, found.end()):
        bound = "until"  # "avant fin 2024"
    if found["since"] == "des" and not _is_des(text, at):
        return None
    if found["after"] == "apres" and text.plain[:at].endswith("d'"):
        return None  # "d'après lui"
    whole = span_at(text, at, today) if found[0] in ("depuis ", "avant ") else None
    if whole:
        return Said(at, whole)  # "depuis trois jours", "avant hier"
    span = _phrase(text, found.end(), today, told=True)
    if span is None or (span.kind == "today" and bound == "until"):
        return None
    return Said(at, span, None if span.kind == "nothing" else bound)


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
    return near_days.current(str(this[this.lastindex or 0]), today, this.end())


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
    if months >= pieces and first.day == 1 and (last + DAY).day == 1:
        starts = [_first_of_month(first, months * n // pieces) for n in range(pieces + 1)]
    else:
        days = (last - first).days + 1
        starts = [first + DAY * (days * n // pieces) for n in range(pieces + 1)]
    return Days(starts[which], max(starts[which], starts[which + 1] - DAY))


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


def _sharing_years(said: Sequence[Said]) -> list[Said]:
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
