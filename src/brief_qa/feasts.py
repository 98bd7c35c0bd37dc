"""Days that bear another name: "la semaine du 12 avril", "à Noël", "les JO de Paris".

Each function reads, in a folded text, what stands after a lead; None when it is not that.
"""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

from brief_qa.events import event_at
from brief_qa.named_days import day_in_year, named_day
from brief_qa.spans import DAY, Days, Folded, Lead, Span, in_which_year, week_days

# -- weeks, feasts, events -----------------------------------------------------------------------

_WEEK_OF = re.compile(r"(?P<what>semaine|week-?end|week end) d(?:u|e) (?=[0-9a-z])")


def week_of(text: Folded, lead: Lead, today: date) -> Span | None:
    """As in "la semaine du 12 avril", "le week-end du 4 mai"."""
    found = _WEEK_OF.match(text.plain, lead.end)
    if not found:
        return None
    day = named_day(text, Lead("", found.end(), told=True), today)
    if day is None or day.kind != "day":
        return None
    if found["what"] == "semaine":
        days = week_days(day.first)
    else:
        saturday = week_days(day.first).first + 5 * DAY
        days = Days(saturday, saturday + DAY)
    return replace(day, first=days.first, last=days.last, in_year=None)


_FEASTS = re.compile(
    r"(?P<noel>noel)|(?P<toussaint>toussaint)|(?P<saint_valentin>saint-valentin)"
    r"|(?P<halloween>halloween)|(?P<jour_de_l_an>jour de l'an|nouvel an)"
    r"|(?P<saint_sylvestre>saint-sylvestre)|(?P<trone>fete du trone)"
    r"|(?P<lundi_de_paques>lundi de paques)|(?P<lundi_de_pentecote>lundi de pentecote)"
    r"|(?P<paques>paques)|(?P<ascension>ascension)|(?P<pentecote>pentecote)"
)
_FIXED = {
    "noel": (12, 25), "toussaint": (11, 1), "saint_valentin": (2, 14), "halloween": (10, 31),
    "jour_de_l_an": (1, 1), "saint_sylvestre": (12, 31), "trone": (7, 30),
}  # fmt: skip
_AFTER_EASTER = {
    "paques": 0, "lundi_de_paques": 1, "ascension": 39, "pentecote": 49, "lundi_de_pentecote": 50,
}  # fmt: skip
_FEAST_LEADS = ("a ", "a la ", "a l'", "au ", "pour ", "cette ", "le ")


def feast(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "Noël", "le 14 juillet", "à Pâques": a day of each year."""
    found = _FEASTS.match(text.plain, lead.end)
    if not found or re.match(r"[a-z-]", text.plain[found.end() : found.end() + 1]):
        return None
    if not (lead.told or lead.words in _FEAST_LEADS):
        return None
    if found["ascension"] and re.match(r" (?:de|du|d'|des)", text.plain[found.end() :]):
        return None
    name = str(found.lastgroup)
    if name in _FIXED:
        month, day = _FIXED[name]
        in_year = day_in_year(day, month)
    else:

        def in_year(year: int) -> Days | None:
            day = easter(year) + _AFTER_EASTER[name] * DAY
            return Days(day, day)

    span = in_which_year(text.plain, found.end(), in_year, today, "day")
    return replace(span, kind="event") if span else None


def easter(year: int) -> date:
    """Easter Sunday of the Gregorian calendar (the algorithm of Meeus, Jones and Butcher)."""
    a, (b, c) = year % 19, divmod(year, 100)
    d, e = divmod(b, 4)
    g = (8 * b + 13) // 25
    h = (19 * a + b - d - g + 15) % 30
    i, k = divmod(c, 4)
    over = (32 + 2 * e + 2 * i - h - k) % 7
    m = (a + 11 * h + 22 * over) // 451
    month, day = divmod(h + over - 7 * m + 114, 31)
    return date(year, month, day + 1)


def event(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "les JO de Paris", "la rentrée": an event of the table."""
    if lead.end and text.plain[lead.end - 1].isalnum():
        return None
    found = event_at(text.plain, lead.end, today)
    timely = lead.words in ("a la ", "pour la ") and text.plain.startswith("rentree", lead.end)
    if found is None or not (found.alone or lead.told or timely):
        return None
    last = found.days.last
    until = last or max(today, found.days.first)
    return Span(found.days.first, until, found.end, "event", goes_on=last is None)
