"""Days as French news pages write them: one field, running text, an address.

Day before month for numeric dates, as French does. A day that does not exist
(31 février), a year before 1800 or more than two years ahead is no date at all, and
neither is a date without its day or its year. The time and its zone are never used:
the day is the one written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, datetime

from brief_qa import texts

MONTHS = (
    "janvier",
    "février",
    "mars",
    "avril",
    "mai",
    "juin",
    "juillet",
    "août",
    "septembre",
    "octobre",
    "novembre",
    "décembre",
)

WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
# One alternative per month, in order: the name, its usual short forms, and the English
# abbreviation of RFC 822 (feeds). Accents may be missing or written as combining marks.
MONTH_FORMS = (
    r"janv(?:ier|\.)?|jan\.?",
    r"f[eé]\u0301?v(?:rier|r\.?|\.)?|feb\.?",
    r"mars|mar\.?",
    r"avril|avr\.?|apr\.?",
    r"mai|may",
    r"juin|jun\.?",
    r"juil(?:let|l?\.)?|jul\.?",
    r"ao[uû]\u0302?t|aug\.?",
    r"sept(?:embre|\.)?|sep\.?",
    r"oct(?:obre|\.)?",
    r"nov(?:embre|\.)?",
    r"d[eé]\u0301?c(?:embre|\.)?",
)

_SPACE = "[ \\t\\u00a0\\u2009\\u202f]"
_NAMED = (
    rf"(?P<day>[0-9]{{1,2}})(?:er|ᵉʳ)?[-{_SPACE[1:-1]}]{_SPACE}?(?:"
    + "|".join(f"(?P<m{number}>{forms})" for number, forms in enumerate(MONTH_FORMS, start=1))
    + rf"),?[-{_SPACE[1:-1]}]{_SPACE}?(?P<year>[0-9]{{4}})(?![0-9])"
)
_ISO = (
    r"(?P<iso_year>[0-9]{4})(?P<iso_sep>[-/.])(?P<iso_month>[0-9]{1,2})"
    r"(?P=iso_sep)(?P<iso_day>[0-9]{1,2})"
)
_NUMERIC = (
    rf"(?P<num_day>[0-9]{{1,2}}){_SPACE}?(?P<sep>[-/.]){_SPACE}?(?P<num_month>[0-9]{{1,2}})"
    rf"{_SPACE}?(?P=sep){_SPACE}?(?P<num_year>[0-9]{{4}}|(?<=/)[0-9]{{2}})"
)
_DATE = re.compile(
    # Never inside a longer number, a reference (A22/04/2024) or a version (1.22.04.2024).
    rf"(?<![0-9A-Za-zÀ-ÿ])(?<![0-9][-/.,])(?:{_NAMED}|(?:{_ISO}|{_NUMERIC})(?![0-9])(?![-/.,][0-9]))",
    re.IGNORECASE,
)
_COMPACT = re.compile(r"([0-9]{4})([0-9]{2})([0-9]{2})(?:T[0-9]{4,6}.*)?")
_URL_DATES = (
    re.compile(r"(?<![0-9])([0-9]{4})([-/_])([0-9]{1,2})\2([0-9]{1,2})(?![0-9])"),
    re.compile(r"(?<![0-9])([0-9]{1,2})([-/_])([0-9]{1,2})\2([0-9]{4})(?![0-9])"),
    re.compile(r"(?<![0-9])((?:19|20)[0-9]{2})()([0-9]{2})([0-9]{2})(?![0-9])"),
)

_FIRST_YEAR = 1800
_YEARS_AHEAD = 2


@dataclass(frozen=True, slots=True)
class FoundDate:
    """A full date in a text: ``text[start:end]`` writes ``value``."""

    start: int
    end: int
    value: date


def parse_date(text: str) -> date | None:
    """The day a short field writes ("Publié le 1er août 2024"), or None; the first of several."""
    compact = _COMPACT.fullmatch(text.strip())
    if compact:
        return _day(compact[1], compact[2], compact[3])
    found = find_dates(text)
    return found[0].value if found else None


def find_dates(text: str) -> list[FoundDate]:
    """Every full date of a running text, in order."""
    found = []
    for match in _DATE.finditer(text):
        value = _value(match)
        if value is not None:
            found.append(FoundDate(match.start(), match.end(), value))
    return found


def day_told(day: date | None) -> str:
    """The day of an article, for a reader: "22 avril 2024", or that it has none."""
    return format_date(day) if day else texts.NO_DATE


def format_date(day: date) -> str:
    """The day as French writes it: "22 avril 2024", "1er août 2024"."""
    return f"{'1er' if day.day == 1 else day.day} {MONTHS[day.month - 1]} {day.year}"


def format_moment(at: datetime, now: datetime) -> str:
    """A moment, in the zone of ``now``: "aujourd'hui à 10 h 12", "le 3 avril 2024 à 9 h 05"."""
    at = at.astimezone(now.tzinfo)
    day = "aujourd'hui" if at.date() == now.date() else f"le {format_date(at.date())}"
    return f"{day} à {at.hour} h {at.minute:02}"


def format_period(first: date | None, last: date | None) -> str:
    """Days as French says them: "du 16 au 22 novembre 2026", "le 3 mai 2024", "depuis le …"."""
    if first is None:
        return f"jusqu'au {format_date(last)}" if last else "sans limite"
    if last is None:
        return f"depuis le {format_date(first)}"
    if first == last:
        return f"le {format_date(first)}"
    start = format_date(first)
    if first.year == last.year:
        start = start.removesuffix(f" {first.year}")
        if first.month == last.month:
            start = start.removesuffix(f" {MONTHS[first.month - 1]}")
    return f"du {start} au {format_date(last)}"


def date_in_url(url: str) -> date | None:
    """The day written in an address (/2024/04/22/, 2024-04-22, -20240422), or None."""
    iso, day_first, compact = _URL_DATES
    for match in iso.finditer(url):
        if day := _day(match[1], match[3], match[4]):
            return day
    for match in day_first.finditer(url):
        if day := _day(match[4], match[3], match[1]):
            return day
    for match in compact.finditer(url):
        if day := _day(match[1], match[3], match[4]):
            return day
    return None


def _value(match: re.Match[str]) -> date | None:
    if match["year"]:
        month = next(number for number in range(1, 13) if match[f"m{number}"])
        return _day(match["year"], month, match["day"])
    if match["iso_year"]:
        return _day(match["iso_year"], match["iso_month"], match["iso_day"])
    year = match["num_year"]
    return _day(year if len(year) == 4 else f"20{year}", match["num_month"], match["num_day"])


def _day(year: str | int, month: str | int, day: str | int) -> date | None:
    if not _FIRST_YEAR <= int(year) <= date.today().year + _YEARS_AHEAD:
        return None
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None
