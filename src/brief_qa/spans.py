"""Spans of days that French words say: what they are made of, and whose year they are.

Where the words leave the year open, it is the latest that has begun by today: "en avril" is
last April in March, and this April from its first day on. "dernier" asks for the latest that
is over.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from brief_qa.dates import MONTH_FORMS, MONTHS, WEEKDAYS
from brief_qa.french import fold

Kind = Literal["near", "today", "day", "month", "long", "event", "vague", "nothing"]
"""``near`` is reckoned from today by days, weeks or months; ``today`` is "aujourd'hui", which
may mean these days; ``long`` a year, a season, a quarter, a decade; ``vague`` "récemment";
``nothing`` a name that holds a date, to be passed over whole: "rue du 8 mai 1945"."""

DAY = timedelta(days=1)


class Days(NamedTuple):
    """A first and a last day."""

    first: date
    last: date


@dataclass(frozen=True, slots=True)
class Span:
    """Days that some words say."""

    first: date
    last: date
    end: int
    """Where the words end, in the folded text."""
    kind: Kind
    in_year: Callable[[int], Days | None] | None = None
    """The days in a year that another part of the sentence gives; None when it is said here."""
    year_said: bool = False
    """Whether a day or a month was said with the number of its year."""
    goes_on: bool = False
    """Whether it has not ended yet: a war."""


class Folded:
    """A text in small letters without accents, and where each of its characters comes from."""

    def __init__(self, text: str) -> None:
        self.text = text
        letters: list[str] = []
        self._starts: list[int] = []
        for place, character in enumerate(text):
            for letter in _plain(character):
                if letter == " " and letters[-1:] == [" "]:
                    continue
                letters.append(letter)
                self._starts.append(place)
        self.plain = "".join(letters)
        self._starts.append(len(text))

    def origin(self, place: int) -> int:
        """The place in the text of a place in the folded one."""
        return self._starts[place]

    def original(self, start: int, end: int) -> str:
        """The text's own words between two places of the folded one."""
        return self.text[self._starts[start] : self._starts[end]]


@lru_cache(maxsize=1_000)
def _plain(character: str) -> str:
    if character.isspace():
        return " "
    if character in "’ʼ‘`´":
        return "'"
    if unicodedata.category(character) == "Pd":
        return "-"
    return fold(character)


class Lead(NamedTuple):
    """What stands before the words: "en ", "au mois de ", nothing."""

    words: str
    end: int
    told: bool
    """Whether a word of time came before it: "depuis", "avant", "début"."""


# -- words ---------------------------------------------------------------------------------

MONTH_NAMES = tuple(map(fold, MONTHS))
MONTH = "|".join(MONTH_NAMES)
MONTH_OF_DAY = "|".join(f"(?P<m{number}>{form})" for number, form in enumerate(MONTH_FORMS, 1))
WEEKDAY = "|".join(WEEKDAYS)
YEAR = r"(?:1[89]|20)[0-9]{2}(?![0-9]|[.,][0-9])"
WHICH = re.compile(
    rf"(?:,? (?:de |en |d')?(?:l'annee |l'an )?| ?\()(?P<year>{YEAR})"
    r"|,? (?:de |d')?l'an(?:nee)? (?P<before>derniere?|passee?)\b"
    r"|,? (?:de )?(?P<this>cette annee)\b(?!-la)"
    r"|,? (?P<last>derniere?|passee?)s?\b"
    r"|,? (?P<next>prochaine?)s?\b"
)
_NO_YEAR = re.compile(r" (?:de )?(?!(?:1[89]|20)[0-9]{2}(?![0-9]))[0-9]{3,}")
_COUNTED = re.compile(
    r" ?(?:%|€|\$|°|(?:ans?|euros?|mots?|exemplaires?|personnes?|heures?|jours?|mois|metres?|m|km"
    r"|kilometres?|kg|tonnes?|points?|pages?|dirhams?|dollars?|francs?|habitants?|voix|fois|minutes?"
    r"|secondes?|siecles?|etapes?|millions?|milliards?|places?|logements?|salaries|mw|gw|ha|"
    r"hectares?|litres?|degres?)\b)"
)
"""What makes a number before it one that counts."""
_OTHER_NUMBER = re.compile(r" (?:a|et|ou) ([0-9]+)(?![0-9]| ?(?:h|heures|er|" + MONTH + r"))")
_MAYBE_COUNTED = re.compile(r" ([a-z]+[sx])(?![a-z'-])")
_NOT_COUNTED = frozenset(
    """dans sans les des ses ces ils elles nous vous plus pas vers sous apres depuis mais alors
    lors puis jamais toujours tous eux ceux leurs nos vos mes tes quels quelles plusieurs certains
    certaines quelques toutes aux suis es dites fais etes moins pres dehors ailleurs chez francais
    """.split()
)
"""Words in -s or -x that may follow a year; any other is a plural, and the number counts it."""
# -- years that are left open ----------------------------------------------------------------


def latest(in_year: Callable[[int], Days | None], today: date) -> Days | None:
    """The latest that has begun by today."""
    return first_of(in_year, range(today.year + 1, today.year - 9, -1), lambda d: d.first <= today)


def first_of(
    in_year: Callable[[int], Days | None], years: Iterable[int], fits: Callable[[Days], bool]
) -> Days | None:
    """The first of some years in which there are such days, and they fit."""
    return next((days for days in map(in_year, years) if days and fits(days)), None)


def in_which_year(
    text: str, end: int, in_year: Callable[[int], Days | None], today: date, kind: Kind
) -> Span | None:
    """The span of days that recur each year, with what says which year after them, if it does."""
    if _NO_YEAR.match(text, end):
        return None  # "septembre 1792"
    which = WHICH.match(text, end)
    if which and which["year"] and counts(text, which.end(), surely=True):
        which = None
    if which is None:
        days = latest(in_year, today)
        return Span(*days, end, kind, in_year) if days else None
    if which["last"]:
        recent = range(today.year, today.year - 9, -1)
        days = first_of(in_year, recent, lambda one: one.last < today)
    elif which["next"]:
        coming = range(today.year, today.year + 9)
        days = first_of(in_year, coming, lambda one: one.first > today)
    else:
        year = which["year"] or today.year - bool(which["before"])
        days = in_year(int(year))
    closed = which.end() + ("(" in which[0] and text.startswith(")", which.end()))
    return Span(*days, closed, kind, year_said=bool(which["year"])) if days else None


def counts(text: str, end: int, *, surely: bool = False) -> bool:
    """Whether the number that ends there counts something: "2000 salariés"."""
    if _COUNTED.match(text, end):
        return True
    if (other := _OTHER_NUMBER.match(text, end)) and (
        not re.fullmatch(YEAR, other[1]) or _COUNTED.match(text, other.end())
    ):
        return True  # "de 2000 à 3000 euros"
    plural = None if surely else _MAYBE_COUNTED.match(text, end)
    return plural is not None and plural[1] not in _NOT_COUNTED


def month_days(year: int, month: int) -> Days:
    """A month's days."""
    first = date(year, month, 1)
    return Days(first, months_after(first, 1) - DAY)


def months_after(day: date, months: int) -> date:
    """The day so many months later, or the last one of that month."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def year_days(year: int) -> Days:
    """The days of a year."""
    return Days(date(year, 1, 1), date(year, 12, 31))


def week_days(day: date) -> Days:
    """Monday to Sunday of the week of a day."""
    monday = day - day.weekday() * DAY
    return Days(monday, monday + 6 * DAY)
