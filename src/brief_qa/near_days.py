"""Days reckoned from today: "hier", "lundi dernier", "ces trois derniers mois", "il y a deux ans".

Each function reads, in a folded text, what stands after a lead; None when it is not that.
"lundi" may be today, "lundi dernier" is before it.
"""

from __future__ import annotations

import re
from datetime import date

from brief_qa.dates import WEEKDAYS
from brief_qa.spans import (
    DAY,
    WEEKDAY,
    Days,
    Folded,
    Lead,
    Span,
    month_days,
    months_after,
    week_days,
    year_days,
)

_NUMBERS = (
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt"
).split()
_NUMBER = "|".join(sorted(["une", "trente", *_NUMBERS, "[0-9]{1,4}"], key=len, reverse=True))
_UNIT = "heures?|h|jours?|semaines?|mois|annees?|ans?"


# -- reckoned from today -----------------------------------------------------------------------

_NEAR_DAYS = re.compile(
    r"(?P<two>avant[- ]hier)|(?P<one>hier)|(?P<night>cette nuit)"
    r"|(?P<now>ce (?:matin|midi|soir)|cet(?:te)? apres-midi)"
    r"|(?P<today>aujourd'hui)(?! (?:en france|le maroc))|(?P<after>apres-demain)|(?P<next>demain)"
)


def near_day(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "hier", "avant-hier", "aujourd'hui", "demain", "ce soir"."""
    found = _NEAR_DAYS.match(text.plain, lead.end)
    if not found or re.match(r"[a-z]", text.plain[found.end() :]):
        return None
    if found.lastgroup in ("night", "now") and re.match(r"[ -]la\b", text.plain[found.end() :]):
        return None  # "ce soir-là"
    if lead.end and text.plain[lead.end - 1].isalpha():
        return None
    offset = {"two": -2, "one": -1, "night": 0, "now": 0, "today": 0, "after": 2, "next": 1}
    name = str(found.lastgroup)
    if name == "next" and re.search(r"(?:de |du |le )$", text.plain[: lead.end]):
        return None  # "le monde de demain"
    day = today + offset[name] * DAY
    first = day - DAY if name == "night" else day
    return Span(first, day, found.end(), "today" if name == "today" else "near")


_A_WEEKDAY = re.compile(
    rf"({WEEKDAY})(?![a-z])(?! (?:de (?:paques|pentecote)|saint|gras|noir|des cendres|fou))"
    r"(?:,? (?P<last>dernier|passe)\b|,? (?P<next>prochain)\b"
    r"| (?P<week>(?:de |dans )?la semaine (?:derniere|passee)))?"
)
_HABIT = re.compile(r"\b(?:chaque|les|un|tout|tous|le|du|des|au) $")
"""Before a weekday that is not one: "le lundi", "le Journal du dimanche"."""


def weekday(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "lundi", "lundi dernier", "vendredi prochain"."""
    found = _A_WEEKDAY.match(text.plain, lead.end)
    if not found or (lead.end and text.plain[lead.end - 1].isalpha()):
        return None
    certain = found["last"] or found["next"] or found["week"]
    if not certain and _HABIT.search(text.plain[: lead.end]):
        return None
    number = WEEKDAYS.index(found[1])
    if found["week"]:
        day = week_days(today).first + (number - 7) * DAY
    elif found["next"]:
        day = today + ((number - today.weekday() - 1) % 7 + 1) * DAY
    else:
        back = (today.weekday() - number) % 7
        day = today - (back or 7 * bool(found["last"])) * DAY
    return Span(day, day, found.end(), "near")


_UNITS = re.compile(
    r"(?:(?P<this>cette |ce )|(?P<the>la |le |l'|au cours de la |au cours du )?)"
    r"(?P<unit>semaine|mois|annee|an|trimestre|semestre|week-?end|week end|jour)"
    r"(?:-?(?P<here>ci)\b)?(?:,? (?P<last>derniere?|passee?|ecoulee?)|,? (?P<next>prochaine?)"
    r"|(?P<now> en cours))?(?![a-z])"
)
_NEWS_OF = re.compile(
    r"\b(?:actualites?|actus?|titres|infos?|informations|nouvelles|evenements?|faits|articles?|resume)"
    r"(?: [a-z]+){0,2} (?:de la |du )$"
)
"""Before "la semaine", "le mois", "le jour", which are then this one."""
_UNLIKE = re.compile(r"-la\b| la\b| (?:d'|de |du |des |ou |qui |que |[0-9])")


def unit(text: Folded, lead: Lead, today: date) -> Span | None:
    """As in "la semaine dernière", "ce mois-ci", "l'an dernier", "le week-end dernier"."""
    found = _UNITS.match(text.plain, lead.end)
    if not found or (lead.end and text.plain[lead.end - 1].isalpha()):
        return None
    shift = -1 if found["last"] else 1 if found["next"] else 0
    this = found["now"] or found["this"] or lead.words in ("ce ", "cette ")
    if not (shift or this or _NEWS_OF.search(text.plain[: lead.end])):
        return None
    if found["unit"] == "jour" and (shift or this):
        return None  # "à ce jour"
    if not shift and _UNLIKE.match(text.plain, found.end()):
        return None  # "cette semaine-là", "cette semaine d'avril"
    return _of_unit(found["unit"], shift, today, found.end())


def current(unit: str, today: date, end: int) -> Span:
    """This week, month or year, by its folded name; ``end`` is where the words end."""
    return _of_unit(unit, 0, today, end)


def _of_unit(unit: str, shift: int, today: date, end: int) -> Span:
    if unit.startswith("week"):
        return Span(*_weekend(today, shift), end, "near")
    if unit == "jour":
        return Span(today, today, end, "today")
    if unit == "semaine":
        return Span(*week_days(today + 7 * shift * DAY), end, "near")
    if unit == "mois":
        first = months_after(today.replace(day=1), shift)
        return Span(*month_days(first.year, first.month), end, "near")
    if unit.startswith("an"):
        return Span(*year_days(today.year + shift), end, "long")
    months = 3 if unit == "trimestre" else 6
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    first = months_after(first, shift * months)
    return Span(first, months_after(first, months) - DAY, end, "long")


def _weekend(today: date, shift: int) -> Days:
    """The latest that has begun; before it the latest that is over, after it the next one."""
    saturday = today - ((today.weekday() - 5) % 7) * DAY
    if shift < 0 and saturday + DAY >= today:
        saturday -= 7 * DAY
    if shift > 0:
        saturday += 7 * DAY
    return Days(saturday, saturday + DAY)


_HOW_MANY = rf"(?P<n>{_NUMBER})"
_AGO = re.compile(
    rf"(?:il y a|voici|voila|y a) (?:(?:environ|a peine) |(?:pres|plus) d(?:e |'))?"
    rf"(?:{_HOW_MANY}|(?P<some>quelques)) (?P<unit>{_UNIT})(?![a-z])"
)
_LAST_FEW = re.compile(
    rf"(?:ces|les|des|au cours des|durant les|dans les|sur les|lors des) "
    rf"(?:(?:{_HOW_MANY}) )?(?:dernier|derniere)s (?:(?P<m>{_NUMBER}) )?"
    rf"(?P<unit>{_UNIT}|temps)(?![a-z])"
)
_FOR = re.compile(
    rf"depuis (?:(?:environ|au moins) |(?:pres|plus) d(?:e |'))?"
    rf"(?:{_HOW_MANY}|(?P<some>quelques)) (?P<unit>{_UNIT})(?![a-z])"
)
_VAGUELY = re.compile(
    r"(?:tout )?(?:recemment|dernierement)\b|ces jours-ci|ces temps-ci|ces dernieres heures"
)
_SOME = {"h": 2, "j": 7, "s": 28, "m": 92, "a": 5 * 365, "t": 60}
"""Days of "ces derniers jours", "ces dernières semaines"… by the first letter of the unit."""
_VAGUE = 30


def ago(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "il y a trois jours", "il y a deux ans"."""
    found = _AGO.match(text.plain, lead.end)
    if not found:
        return None
    unit = found["unit"][0]
    if found["some"]:
        return Span(today - _SOME[unit] * DAY, today, found.end(), "vague")
    many = _number(found["n"])
    if unit == "a":
        return Span(*year_days(today.year - many), found.end(), "long") if many < 200 else None
    if unit == "m":
        first = months_after(today.replace(day=1), -many)
        return Span(*month_days(first.year, first.month), found.end(), "near")
    if unit == "s":
        return Span(*week_days(today - 7 * many * DAY), found.end(), "near")
    day = today - (many if unit == "j" else many // 24) * DAY
    return Span(day, day, found.end(), "near")


def last_few(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "ces trois derniers mois", "les dernières semaines"."""
    found = _LAST_FEW.match(text.plain, lead.end)
    if found:
        if re.match(r" (?:d(?:e|u|es) |d')", text.plain[found.end() :]):
            return None  # "les dernières années du camp"
        many, unit = found["n"] or found["m"], found["unit"][0]
        if not many:
            return Span(today - _SOME[unit] * DAY, today, found.end(), "vague")
        first = _back(today, _number(many), unit)
        return Span(first, today, found.end(), "near") if first else None
    vague = _VAGUELY.match(text.plain, lead.end)
    if vague is None:
        return None
    return Span(today - _VAGUE * DAY, today, vague.end(), "vague")


def for_so_long(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "depuis trois jours", "en deux mois"."""
    found = _FOR.match(text.plain, lead.end)
    if not found:
        return None
    unit = found["unit"][0]
    if found["some"]:
        return Span(today - _SOME[unit] * DAY, today, found.end(), "vague")
    first = _back(today, _number(found["n"]), unit)
    return Span(first, today, found.end(), "near", goes_on=True) if first else None


def _back(today: date, many: int, unit: str) -> date | None:
    if unit in "am":
        months = many * (12 if unit == "a" else 1)
        return months_after(today, -months) if months < 2400 else None
    days = {"j": many, "s": 7 * many, "h": -(-many // 24)}[unit]
    return today - days * DAY if days < 40_000 else None


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return {"une": 1, "trente": 30}.get(word) or _NUMBERS.index(word) + 1
