"""Spans of days that French words say: "avril 2024", "la semaine dernière", "l'été dernier".

A small grammar: :func:`span_at` reads one expression where it begins. What stands before it
("depuis", "entre … et …") and what is made of it is in :mod:`brief_qa.periods`.

Where the words leave the year open, it is the latest that has begun by today: "en avril" is
last April in March, and this April from its first day on. "dernier" asks for the latest that
is over. The same holds for weekdays: "lundi" may be today, "lundi dernier" is before it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import date, timedelta
from functools import lru_cache
from typing import Literal, NamedTuple

from brief_qa.dates import MONTH_FORMS, MONTHS
from brief_qa.events import event_at
from brief_qa.french import fold

Kind = Literal["near", "today", "day", "month", "long", "event", "vague", "nothing"]
"""``near`` is reckoned from today by days, weeks or months; ``today`` is "aujourd'hui", which
may mean these days; ``long`` a year, a season, a quarter, a decade; ``vague`` "récemment";
``nothing`` a name that holds a date, to be passed over whole: "rue du 8 mai 1945"."""

_DAY = timedelta(days=1)


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


# -- words ---------------------------------------------------------------------------------

_MONTH_NAMES = tuple(map(fold, MONTHS))
_MONTH = "|".join(_MONTH_NAMES)
_MONTH_OF_DAY = "|".join(f"(?P<m{number}>{form})" for number, form in enumerate(MONTH_FORMS, 1))
_WEEKDAYS = ("lundi", "mardi", "mercredi", "jeudi", "vendredi", "samedi", "dimanche")
_WEEKDAY = "|".join(_WEEKDAYS)
_NUMBERS = (
    "un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize "
    "dix-sept dix-huit dix-neuf vingt"
).split()
_NUMBER = "|".join(sorted(["une", "trente", *_NUMBERS, "[0-9]{1,4}"], key=len, reverse=True))
_TENS = {
    "vingt": 1920, "trente": 1930, "quarante": 1940, "cinquante": 1950, "soixante": 1960,
    "soixante-dix": 1970, "quatre-vingt": 1980, "quatre-vingts": 1980, "quatre-vingt-dix": 1990,
}  # fmt: skip
_UNIT = "heures?|h|jours?|semaines?|mois|annees?|ans?"
_YEAR = r"(?:1[89]|20)[0-9]{2}(?![0-9]|[.,][0-9])"
_WHICH = re.compile(
    rf"(?:,? (?:de |en |d')?(?:l'annee |l'an )?| ?\()(?P<year>{_YEAR})"
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
_OTHER_NUMBER = re.compile(r" (?:a|et|ou) ([0-9]+)(?![0-9]| ?(?:h|heures|er|" + _MONTH + r"))")
_MAYBE_COUNTED = re.compile(r" ([a-z]+[sx])(?![a-z'-])")
_NOT_COUNTED = frozenset(
    """dans sans les des ses ces ils elles nous vous plus pas vers sous apres depuis mais alors
    lors puis jamais toujours tous eux ceux leurs nos vos mes tes quels quelles plusieurs certains
    certaines quelques toutes aux suis es dites fais etes moins pres dehors ailleurs chez francais
    """.split()
)
"""Words in -s or -x that may follow a year; any other is a plural, and the number counts it."""
_NAMES_A_THING = re.compile(
    r"\b(?:lois?|constitutions?|traites?|conventions?|accords?|codes?|decrets?|ordonnances?"
    r"|chartes?|reglements?|protocoles?|directives?|concordat|edit|declarations?|revolutions?"
    r"|auteur|autrice|adaptation|manifeste)(?: [\w'-]+){0,3} $"
)
"""Before "de 1905": the year is part of a name."""
_AMOUNT = re.compile(
    r"\b(?:plus|moins|pres|autour|environ|total|montant|prix|somme|salaire|budget|prime|nombre"
    r"|altitude|score|resultat|vitesse|seuil|barre|cap|hauteur|groupe|lot)s? $"
)
_NAMED_AFTER = re.compile(
    r"\b(?:rue|place|avenue|boulevard|quai|pont|square|station|stade|cite|gare|quartier|ecole"
    r"|college|lycee|universite|hopital|aeroport|camp|mouvement|parti|appel|bataille|collectif"
    r"|esplanade|tour)s?(?: de la| du| de l')? $"
)
"""Before "8 mai 1945", "20 février": a street, a party."""
_SPACE_WORDS = re.compile(
    r"\b(?:planete|rover|robot|sonde|astronautes?|nasa|esa|spatiale?s?|spacex|martien\w*|fusee"
    r"|perseverance|curiosity|coloniser|colonisation)\b"
)
_AUXILIARY = re.compile(
    r"\b(?:a|ai|as|ont|avait|avaient|avons|avez|aura|auront|aurait|ayant|avoir|eut|t-il|t-elle)"
    r"(?: pas| deja| aussi| bien)? $"
)


class _Lead(NamedTuple):
    """What stands before the words: "en ", "au mois de ", nothing."""

    words: str
    end: int
    told: bool
    """Whether a word of time came before it: "depuis", "avant", "début"."""


_LEAD = re.compile(
    r"(?:en (?:l'an |l'annee |annee )?|(?:au|du|le|ce|en|au cours du|courant)(?: cours du)? mois "
    r"(?:de |d')|au cours de l'annee |(?:de |dans |pour |d')?(?:l')?an(?:nee)? |courant "
    r"|au |aux |a la |a l'|a |de la |de l'|du |des |de |d'|le |la |les |l'|ce |cet |cette |ces "
    r"|pour (?:la |le |les |l')?|dans (?:les |le |la |l')|edition |saison )?"
)


def span_at(text: Folded, at: int, today: date, *, told: bool = False) -> Span | None:
    """What the words that begin at a place of the folded text say; None when it is no time.

    With ``told`` a word of time stands before them ("depuis", "avant"), so that less is needed
    to believe that they are one.
    """
    try:
        lead = _LEAD.match(text.plain, at)
        whole = _Lead("", at, told)
        found = _said(text, whole, today)
        if found is None and lead and lead[0]:
            found = _said(text, _Lead(lead[0], lead.end(), told), today)
    except (ValueError, OverflowError):  # a day that does not exist
        return None
    return found


def _said(text: Folded, lead: _Lead, today: date) -> Span | None:
    return next(filter(None, (reader(text, lead, today) for reader in _READERS)), None)


# -- years that are left open ----------------------------------------------------------------


def latest(in_year: Callable[[int], Days | None], today: date) -> Days | None:
    """The latest that has begun by today."""
    return _first_of(in_year, range(today.year + 1, today.year - 9, -1), lambda d: d.first <= today)


def _first_of(
    in_year: Callable[[int], Days | None], years: Iterable[int], fits: Callable[[Days], bool]
) -> Days | None:
    return next((days for days in map(in_year, years) if days and fits(days)), None)


def _in_which_year(
    text: str, end: int, in_year: Callable[[int], Days | None], today: date, kind: Kind
) -> Span | None:
    """The span of days that recur each year, with what says which year after them, if it does."""
    if _NO_YEAR.match(text, end):
        return None  # "septembre 1792"
    which = _WHICH.match(text, end)
    if which and which["year"] and _counts(text, which.end(), surely=True):
        which = None
    if which is None:
        days = latest(in_year, today)
        return Span(*days, end, kind, in_year) if days else None
    if which["last"]:
        recent = range(today.year, today.year - 9, -1)
        days = _first_of(in_year, recent, lambda one: one.last < today)
    elif which["next"]:
        coming = range(today.year, today.year + 9)
        days = _first_of(in_year, coming, lambda one: one.first > today)
    else:
        year = which["year"] or today.year - bool(which["before"])
        days = in_year(int(year))
    closed = which.end() + ("(" in which[0] and text.startswith(")", which.end()))
    return Span(*days, closed, kind, year_said=bool(which["year"])) if days else None


def _counts(text: str, end: int, *, surely: bool = False) -> bool:
    """Whether the number that ends there counts something: "2000 salariés"."""
    if _COUNTED.match(text, end):
        return True
    if (other := _OTHER_NUMBER.match(text, end)) and (
        not re.fullmatch(_YEAR, other[1]) or _COUNTED.match(text, other.end())
    ):
        return True  # "de 2000 à 3000 euros"
    plural = None if surely else _MAYBE_COUNTED.match(text, end)
    return plural is not None and plural[1] not in _NOT_COUNTED


def month_days(year: int, month: int) -> Days:
    """A month's days."""
    first = date(year, month, 1)
    return Days(first, _months_after(first, 1) - _DAY)


def _months_after(day: date, months: int) -> date:
    """The day so many months later, or the last one of that month."""
    total = day.year * 12 + day.month - 1 + months
    year, month = divmod(total, 12)
    for number in range(day.day, 27, -1):
        try:
            return date(year, month + 1, number)
        except ValueError:
            continue
    return date(year, month + 1, day.day)


def _year(year: int) -> Days:
    return Days(date(year, 1, 1), date(year, 12, 31))


def _week(day: date) -> Days:
    monday = day - day.weekday() * _DAY
    return Days(monday, monday + 6 * _DAY)


# -- days ------------------------------------------------------------------------------------

_ISO = re.compile(r"(?P<year>(?:1[89]|20)[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9-])")
_NUMERIC = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<sep>[/.-])(?P<month>[0-9]{1,2})(?P=sep)"
    r"(?P<year>(?:1[89]|20)[0-9]{2}|(?<=/)[0-9]{2})(?![0-9]|[/.,-][0-9])"
)
_NAMED_DAY = re.compile(
    rf"(?:(?P<weekday>{_WEEKDAY}),? (?:le )?)?(?P<day>1er|premier|[0-9]{{1,2}})[ -]"
    rf"(?:{_MONTH_OF_DAY})(?![a-z0-9])"
)
_WEEKDAY_NUMBER = re.compile(
    rf"(?P<weekday>{_WEEKDAY}) (?P<day>1er|[0-9]{{1,2}})(?![0-9]|[.,/:][0-9]| ?(?:h|heures?)\b)"
)


def _full_date(text: Folded, lead: _Lead, today: date) -> Span | None:
    at = lead.end
    found = _ISO.match(text.plain, at) or _NUMERIC.match(text.plain, at)
    if not found or _inside_number(text.plain, at):
        return None
    year = int(found["year"])
    day = date(year if year > 99 else 2000 + year, int(found["month"]), int(found["day"]))
    return Span(day, day, found.end(), "day", year_said=True)


def _inside_number(text: str, at: int) -> bool:
    return at > 0 and (
        text[at - 1].isalnum() or (text[at - 1] in ".,/-" and text[at - 2 : at - 1].isdigit())
    )


def _named_day(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _NAMED_DAY.match(text.plain, lead.end)
    if not found or _inside_number(text.plain, lead.end):
        return None
    if _NAMED_AFTER.search(text.plain[: lead.end]):
        return Span(today, today, found.end(), "nothing")
    month = next(number for number in range(1, 13) if found[f"m{number}"])
    number = _day_number(found["day"])
    weekday = found["weekday"]
    in_year = day_in_year(number, month)
    if weekday and not _WHICH.match(text.plain, found.end()):
        wanted = _WEEKDAYS.index(weekday)
        agreeing = _first_of(
            in_year,
            range(today.year, today.year - 12, -1),
            lambda days: days.first <= today and days.first.weekday() == wanted,
        )
        if agreeing:
            return Span(*agreeing, found.end(), "day")
    return _in_which_year(text.plain, found.end(), in_year, today, "day")


def day_in_year(day: int, month: int) -> Callable[[int], Days | None]:
    """The day of that number and month, in the years that have it."""
    if not (1 <= month <= 12 and 1 <= day <= 31):
        return lambda year: None

    def in_year(year: int) -> Days | None:
        try:
            found = date(year, month, day)
        except ValueError:
            return None
        return Days(found, found)

    return in_year


def _day_number(word: str) -> int:
    return 1 if word in ("1er", "premier") else int(word)


def _weekday_number(text: Folded, lead: _Lead, today: date) -> Span | None:
    """The latest "vendredi 13"."""
    found = _WEEKDAY_NUMBER.match(text.plain, lead.end)
    if not found or _counts(text.plain, found.end()):
        return None
    wanted = (_WEEKDAYS.index(found["weekday"]), _day_number(found["day"]))
    recent = (today - _DAY * back for back in range(400))
    day = next((one for one in recent if (one.weekday(), one.day) == wanted), None)
    return Span(day, day, found.end(), "day") if day else None


# -- months, years, and their parts -------------------------------------------------------------

_MONTH_NAME = re.compile(rf"({_MONTH})(?![a-z-])")
_TWO_DIGITS = re.compile(r" '?([3-9][0-9])(?![0-9.,%])")
_MONTH_LEADS = re.compile(r"en |d'|de |courant |.*mois (?:de |d')")


def _month(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _MONTH_NAME.match(text.plain, lead.end)
    if not found or (lead.end and text.plain[lead.end - 1].isalnum()):
        return None
    number = _MONTH_NAMES.index(found[1]) + 1

    def in_year(year: int) -> Days:
        return month_days(year, number)

    short = _TWO_DIGITS.match(text.plain, found.end())
    if short and not _counts(text.plain, short.end()):
        return Span(*in_year(1900 + int(short[1])), short.end(), "month", year_said=True)
    span = _in_which_year(text.plain, found.end(), in_year, today, "month")
    if span and span.in_year and not _is_month(text, lead, found):
        return None
    return span


def _is_month(text: Folded, lead: _Lead, found: re.Match[str]) -> bool:
    """Whether a month without a year is one, and neither a planet nor a person."""
    if not (lead.told or _MONTH_LEADS.fullmatch(lead.words)):
        return False
    written = text.original(found.start(), found.end())
    if found[1] == "mars" and (written[0].isupper() or _SPACE_WORDS.search(text.plain)):
        return written.isupper() and not _SPACE_WORDS.search(text.plain)
    named = written[0].isupper() and not written.isupper()
    return not (named and lead.words in ("d'", "de "))


_YEARS = re.compile(rf"({_YEAR})(?:[-/]((?:1[89]|20)?[0-9]{{2}})(?![0-9]))?")
_YEAR_LEADS = re.compile(r"en .*|de |courant |.*an(?:nee)? |edition |saison ")


def _a_year(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _YEARS.match(text.plain, lead.end)
    if not found or not (lead.told or _YEAR_LEADS.fullmatch(lead.words)):
        return None
    before, sure = text.plain[: lead.end], lead.words.startswith("en") or "an" in lead.words
    if _counts(text.plain, found.end(), surely=sure):
        return None
    if lead.words == "de ":
        ahead = before[: -len(lead.words)]
        if _NAMES_A_THING.search(ahead) or _AMOUNT.search(ahead):
            return None
    first = int(found[1])
    last = int(found[2] or first)
    last = last if last > 99 else first // 100 * 100 + last
    if not 0 <= last - first <= 10:
        return Span(*_year(first), found.end(1), "long")
    opening = lead.words == "en " and text.plain.startswith(",", found.end())
    return Span(_year(first).first, _year(last).last, found.end(), "long", year_said=opening)


_DECADE = re.compile(
    r"annees (?:((?:1[89]|20)[0-9]0)|([3-9]0)|(" + "|".join(sorted(_TENS, key=len, reverse=True))
    + r"))(?![\w-])"
)  # fmt: skip


def _decade(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _DECADE.match(text.plain, lead.end)
    if not found:
        return None
    first = int(found[1]) if found[1] else 1900 + int(found[2]) if found[2] else _TENS[found[3]]
    return Span(date(first, 1, 1), date(first + 9, 12, 31), found.end(), "long")


_SEASON = re.compile(r"(printemps|ete|automne|hiver)(?![a-z-])(?! (?:arabe|de bourges))")
_STARTS = {"printemps": (3, 20), "ete": (6, 21), "automne": (9, 22), "hiver": (12, 21)}
_ENDS = {"printemps": (6, 20), "ete": (9, 21), "automne": (12, 20), "hiver": (3, 19)}
_TWO_YEARS = re.compile(r" (?:de )?((?:1[89]|20)[0-9]{2})[-/]((?:20)?[0-9]{2})(?![0-9])")
_SEASON_LEADS = ("cet ", "ce ", "au ", "a l'", "de l'", "dans l'")


def _season(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _SEASON.match(text.plain, lead.end)
    if not found or (lead.end and text.plain[lead.end - 1].isalpha()):
        return None
    name = found[1]

    def in_year(year: int) -> Days:
        """A winter is of the year in which it ends, as weather records have it."""
        first = date(year - (name == "hiver"), *_STARTS[name])
        return Days(first, date(year, *_ENDS[name]))

    both = _TWO_YEARS.match(text.plain, found.end())
    if name == "hiver" and both:
        return Span(*in_year(int(both[1]) + 1), both.end(), "long")
    span = _in_which_year(text.plain, found.end(), in_year, today, "long")
    if span is None or (span.in_year and not (lead.told or lead.words in _SEASON_LEADS)):
        return None
    bare = name == "ete" and not lead.words and not lead.told
    return None if bare and _AUXILIARY.search(text.plain[: lead.end]) else span


_QUARTER = re.compile(
    r"(?:(?P<which>premier|1er|deuxieme|second|2e|2eme|troisieme|3e|3eme|quatrieme|4e|4eme"
    r"|dernier) (?P<what>trimestre|semestre)|(?P<short>[ts])(?P<number>[1-4]))(?![a-z0-9])"
)
_ORDINALS = {"p": 1, "1": 1, "s": 2, "2": 2, "3": 3, "4": 4, "q": 4}


def _quarter(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _QUARTER.match(text.plain, lead.end)
    if not found or (lead.end and text.plain[lead.end - 1].isalnum()):
        return None
    months = 3 if (found["what"] or found["short"]) in ("trimestre", "t") else 6
    word = found["which"]
    if found["number"]:
        number = int(found["number"])
    elif word == "dernier":
        number = 12 // months
    else:
        number = {"de": 2, "tr": 3}.get(word[:2], _ORDINALS.get(word[0], 0))
    if not 1 <= number <= 12 // months:
        return None

    def in_year(year: int) -> Days:
        first = date(year, (number - 1) * months + 1, 1)
        return Days(first, _months_after(first, months) - _DAY)

    span = _in_which_year(text.plain, found.end(), in_year, today, "long")
    if span and span.in_year:
        of_something = re.match(r" (?:de |du |d')", text.plain[found.end() : found.end() + 4])
        if found["short"] or word == "dernier" or of_something:
            return None
    return span


# -- reckoned from today -----------------------------------------------------------------------

_NEAR_DAYS = re.compile(
    r"(?P<two>avant[- ]hier)|(?P<one>hier)|(?P<night>cette nuit)"
    r"|(?P<now>ce (?:matin|midi|soir)|cet(?:te)? apres-midi)"
    r"|(?P<today>aujourd'hui)(?! (?:en france|le maroc))|(?P<after>apres-demain)|(?P<next>demain)"
)


def _near_day(text: Folded, lead: _Lead, today: date) -> Span | None:
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
    day = today + offset[name] * _DAY
    first = day - _DAY if name == "night" else day
    return Span(first, day, found.end(), "today" if name == "today" else "near")


_A_WEEKDAY = re.compile(
    rf"({_WEEKDAY})(?![a-z])(?! (?:de (?:paques|pentecote)|saint|gras|noir|des cendres|fou))"
    r"(?:,? (?P<last>dernier|passe)\b|,? (?P<next>prochain)\b"
    r"| (?P<week>(?:de |dans )?la semaine (?:derniere|passee)))?"
)
_HABIT = re.compile(r"\b(?:chaque|les|un|tout|tous|le|du|des|au) $")
"""Before a weekday that is not one: "le lundi", "le Journal du dimanche"."""


def _weekday(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _A_WEEKDAY.match(text.plain, lead.end)
    if not found or (lead.end and text.plain[lead.end - 1].isalpha()):
        return None
    certain = found["last"] or found["next"] or found["week"]
    if not certain and _HABIT.search(text.plain[: lead.end]):
        return None
    number = _WEEKDAYS.index(found[1])
    if found["week"]:
        day = _week(today).first + (number - 7) * _DAY
    elif found["next"]:
        day = today + ((number - today.weekday() - 1) % 7 + 1) * _DAY
    else:
        back = (today.weekday() - number) % 7
        day = today - (back or 7 * bool(found["last"])) * _DAY
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


def _unit(text: Folded, lead: _Lead, today: date) -> Span | None:
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
        return Span(*_week(today + 7 * shift * _DAY), end, "near")
    if unit == "mois":
        first = _months_after(today.replace(day=1), shift)
        return Span(*month_days(first.year, first.month), end, "near")
    if unit.startswith("an"):
        return Span(*_year(today.year + shift), end, "long")
    months = 3 if unit == "trimestre" else 6
    first = date(today.year, (today.month - 1) // months * months + 1, 1)
    first = _months_after(first, shift * months)
    return Span(first, _months_after(first, months) - _DAY, end, "long")


def _weekend(today: date, shift: int) -> Days:
    """The latest that has begun; before it the latest that is over, after it the next one."""
    saturday = today - ((today.weekday() - 5) % 7) * _DAY
    if shift < 0 and saturday + _DAY >= today:
        saturday -= 7 * _DAY
    if shift > 0:
        saturday += 7 * _DAY
    return Days(saturday, saturday + _DAY)


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


def _ago(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _AGO.match(text.plain, lead.end)
    if not found:
        return None
    unit = found["unit"][0]
    if found["some"]:
        return Span(today - _SOME[unit] * _DAY, today, found.end(), "vague")
    many = _number(found["n"])
    if unit == "a":
        return Span(*_year(today.year - many), found.end(), "long") if many < 200 else None
    if unit == "m":
        first = _months_after(today.replace(day=1), -many)
        return Span(*month_days(first.year, first.month), found.end(), "near")
    if unit == "s":
        return Span(*_week(today - 7 * many * _DAY), found.end(), "near")
    day = today - (many if unit == "j" else many // 24) * _DAY
    return Span(day, day, found.end(), "near")


def _last_few(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _LAST_FEW.match(text.plain, lead.end)
    if found:
        if re.match(r" (?:d(?:e|u|es) |d')", text.plain[found.end() :]):
            return None  # "les dernières années du camp"
        many, unit = found["n"] or found["m"], found["unit"][0]
        if not many:
            return Span(today - _SOME[unit] * _DAY, today, found.end(), "vague")
        first = _back(today, _number(many), unit)
        return Span(first, today, found.end(), "near") if first else None
    vague = _VAGUELY.match(text.plain, lead.end)
    if vague is None:
        return None
    return Span(today - _VAGUE * _DAY, today, vague.end(), "vague")


def _for(text: Folded, lead: _Lead, today: date) -> Span | None:
    found = _FOR.match(text.plain, lead.end)
    if not found:
        return None
    unit = found["unit"][0]
    if found["some"]:
        return Span(today - _SOME[unit] * _DAY, today, found.end(), "vague")
    first = _back(today, _number(found["n"]), unit)
    return Span(first, today, found.end(), "near", goes_on=True) if first else None


def _back(today: date, many: int, unit: str) -> date | None:
    if unit in "am":
        months = many * (12 if unit == "a" else 1)
        return _months_after(today, -months) if months < 2400 else None
    days = {"j": many, "s": 7 * many, "h": -(-many // 24)}[unit]
    return today - days * _DAY if days < 40_000 else None


def _number(word: str) -> int:
    if word.isdigit():
        return int(word)
    return {"une": 1, "trente": 30}.get(word) or _NUMBERS.index(word) + 1


# -- weeks, feasts, events -----------------------------------------------------------------------

_WEEK_OF = re.compile(r"(?P<what>semaine|week-?end|week end) d(?:u|e) (?=[0-9a-z])")


def _week_of(text: Folded, lead: _Lead, today: date) -> Span | None:
    """As in "la semaine du 12 avril", "le week-end du 4 mai"."""
    found = _WEEK_OF.match(text.plain, lead.end)
    if not found:
        return None
    day = _named_day(text, _Lead("", found.end(), told=True), today)
    if day is None or day.kind != "day":
        return None
    if found["what"] == "semaine":
        days = _week(day.first)
    else:
        saturday = _week(day.first).first + 5 * _DAY
        days = Days(saturday, saturday + _DAY)
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


def _feast(text: Folded, lead: _Lead, today: date) -> Span | None:
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
            day = easter(year) + _AFTER_EASTER[name] * _DAY
            return Days(day, day)

    span = _in_which_year(text.plain, found.end(), in_year, today, "day")
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


def _event(text: Folded, lead: _Lead, today: date) -> Span | None:
    if lead.end and text.plain[lead.end - 1].isalnum():
        return None
    found = event_at(text.plain, lead.end, today)
    timely = lead.words in ("a la ", "pour la ") and text.plain.startswith("rentree", lead.end)
    if found is None or not (found.alone or lead.told or timely):
        return None
    last = found.days.last
    until = last or max(today, found.days.first)
    return Span(found.days.first, until, found.end, "event", goes_on=last is None)


_READERS = (
    _full_date, _event, _feast, _week_of, _named_day, _weekday_number, _near_day, _unit, _weekday,
    _ago, _for, _last_few, _quarter, _decade, _season, _month, _a_year,
)  # fmt: skip
