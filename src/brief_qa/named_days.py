"""Days, months, years, seasons by their names: "le 22 avril", "mars 2024", "l'été dernier".

Each function reads, in a folded text, what stands after a lead; None when it is not that.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date

from brief_qa.dates import WEEKDAYS
from brief_qa.spans import (
    DAY,
    MONTH,
    MONTH_NAMES,
    MONTH_OF_DAY,
    WEEKDAY,
    WHICH,
    YEAR,
    Days,
    Folded,
    Lead,
    Span,
    counts,
    first_of,
    in_which_year,
    month_days,
    months_after,
    year_days,
)

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


_TENS = {
    "vingt": 1920, "trente": 1930, "quarante": 1940, "cinquante": 1950, "soixante": 1960,
    "soixante-dix": 1970, "quatre-vingt": 1980, "quatre-vingts": 1980, "quatre-vingt-dix": 1990,
}  # fmt: skip


# -- days ------------------------------------------------------------------------------------

_ISO = re.compile(r"(?P<year>(?:1[89]|20)[0-9]{2})-(?P<month>[0-9]{2})-(?P<day>[0-9]{2})(?![0-9-])")
_NUMERIC = re.compile(
    r"(?P<day>[0-9]{1,2})(?P<sep>[/.-])(?P<month>[0-9]{1,2})(?P=sep)"
    r"(?P<year>(?:1[89]|20)[0-9]{2}|(?<=/)[0-9]{2})(?![0-9]|[/.,-][0-9])"
)
_NAMED_DAY = re.compile(
    rf"(?:(?P<weekday>{WEEKDAY}),? (?:le )?)?(?P<day>1er|premier|[0-9]{{1,2}})[ -]"
    rf"(?:{MONTH_OF_DAY})(?![a-z0-9])"
)
_WEEKDAY_NUMBER = re.compile(
    rf"(?P<weekday>{WEEKDAY}) (?P<day>1er|[0-9]{{1,2}})(?![0-9]|[.,/:][0-9]| ?(?:h|heures?)\b)"
)


def full_date(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "22/04/2024", "2024-04-22"."""
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


def named_day(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "le 22 avril 2024", "le 22 avril"."""
    found = _NAMED_DAY.match(text.plain, lead.end)
    if not found or _inside_number(text.plain, lead.end):
        return None
    if _NAMED_AFTER.search(text.plain[: lead.end]):
        return Span(today, today, found.end(), "nothing")
    month = next(number for number in range(1, 13) if found[f"m{number}"])
    number = _day_number(found["day"])
    weekday = found["weekday"]
    in_year = day_in_year(number, month)
    if weekday and not WHICH.match(text.plain, found.end()):
        wanted = WEEKDAYS.index(weekday)
        agreeing = first_of(
            in_year,
            range(today.year, today.year - 12, -1),
            lambda days: days.first <= today and days.first.weekday() == wanted,
        )
        if agreeing:
            return Span(*agreeing, found.end(), "day")
    return in_which_year(text.plain, found.end(), in_year, today, "day")


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


def weekday_number(text: Folded, lead: Lead, today: date) -> Span | None:
    """The latest "vendredi 13"."""
    found = _WEEKDAY_NUMBER.match(text.plain, lead.end)
    if not found or counts(text.plain, found.end()):
        return None
    wanted = (WEEKDAYS.index(found["weekday"]), _day_number(found["day"]))
    recent = (today - DAY * back for back in range(400))
    day = next((one for one in recent if (one.weekday(), one.day) == wanted), None)
    return Span(day, day, found.end(), "day") if day else None


# -- months, years, and their parts -------------------------------------------------------------

_MONTH_NAME = re.compile(rf"({MONTH})(?![a-z-])")
_TWO_DIGITS = re.compile(r" '?([3-9][0-9])(?![0-9.,%])")
_MONTH_LEADS = re.compile(r"en |d'|de |courant |.*mois (?:de |d')")


def month(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "avril 2024", "avril"."""
    found = _MONTH_NAME.match(text.plain, lead.end)
    if not found or (lead.end and text.plain[lead.end - 1].isalnum()):
        return None
    number = MONTH_NAMES.index(found[1]) + 1

    def in_year(year: int) -> Days:
        return month_days(year, number)

    short = _TWO_DIGITS.match(text.plain, found.end())
    if short and not counts(text.plain, short.end()):
        return Span(*in_year(1900 + int(short[1])), short.end(), "month", year_said=True)
    span = in_which_year(text.plain, found.end(), in_year, today, "month")
    if span and span.in_year and not _is_month(text, lead, found):
        return None
    return span


def _is_month(text: Folded, lead: Lead, found: re.Match[str]) -> bool:
    """Whether a month without a year is one, and neither a planet nor a person."""
    if not (lead.told or _MONTH_LEADS.fullmatch(lead.words)):
        return False
    written = text.original(found.start(), found.end())
    if found[1] == "mars" and (written[0].isupper() or _SPACE_WORDS.search(text.plain)):
        return written.isupper() and not _SPACE_WORDS.search(text.plain)
    named = written[0].isupper() and not written.isupper()
    return not (named and lead.words in ("d'", "de "))


_YEARS = re.compile(rf"({YEAR})(?:[-/]((?:1[89]|20)?[0-9]{{2}})(?![0-9]))?")
_YEAR_LEADS = re.compile(r"en .*|de |courant |.*an(?:nee)? |edition |saison ")


def a_year(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "en 2024", after words that make a number a year."""
    found = _YEARS.match(text.plain, lead.end)
    if not found or not (lead.told or _YEAR_LEADS.fullmatch(lead.words)):
        return None
    before, sure = text.plain[: lead.end], lead.words.startswith("en") or "an" in lead.words
    if counts(text.plain, found.end(), surely=sure):
        return None
    if lead.words == "de ":
        ahead = before[: -len(lead.words)]
        if _NAMES_A_THING.search(ahead) or _AMOUNT.search(ahead):
            return None
    first = int(found[1])
    last = int(found[2] or first)
    last = last if last > 99 else first // 100 * 100 + last
    if not 0 <= last - first <= 10:
        return Span(*year_days(first), found.end(1), "long")
    opening = lead.words == "en " and text.plain.startswith(",", found.end())
    return Span(
        year_days(first).first, year_days(last).last, found.end(), "long", year_said=opening
    )


_DECADE = re.compile(
    r"annees (?:((?:1[89]|20)[0-9]0)|([3-9]0)|(" + "|".join(sorted(_TENS, key=len, reverse=True))
    + r"))(?![\w-])"
)  # fmt: skip


def decade(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "les années 1990", "les années 90"."""
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


def season(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "l'été 2024", "cet hiver"."""
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
    span = in_which_year(text.plain, found.end(), in_year, today, "long")
    if span is None or (span.in_year and not (lead.told or lead.words in _SEASON_LEADS)):
        return None
    bare = name == "ete" and not lead.words and not lead.told
    return None if bare and _AUXILIARY.search(text.plain[: lead.end]) else span


_QUARTER = re.compile(
    r"(?:(?P<which>premier|1er|deuxieme|second|2e|2eme|troisieme|3e|3eme|quatrieme|4e|4eme"
    r"|dernier) (?P<what>trimestre|semestre)|(?P<short>[ts])(?P<number>[1-4]))(?![a-z0-9])"
)
_ORDINALS = {"p": 1, "1": 1, "s": 2, "2": 2, "3": 3, "4": 4, "q": 4}


def quarter(text: Folded, lead: Lead, today: date) -> Span | None:
    """Read "le premier trimestre 2024", "T1 2024", "le second semestre"."""
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
        return Days(first, months_after(first, months) - DAY)

    span = in_which_year(text.plain, found.end(), in_year, today, "long")
    if span and span.in_year:
        of_something = re.match(r" (?:de |du |d')", text.plain[found.end() : found.end() + 4])
        if found["short"] or word == "dernier" or of_something:
            return None
    return span
