"""Events that French news readers tell time by, with their days: "avant les JO de Paris".

A small table of days that are settled and official. Each line says whose days they are. What
is not in it gives nothing: an event is never guessed.

The patterns are read on a folded text (small letters, no accents, ``'`` and plain spaces).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple


class Days(NamedTuple):
    """First and last day; the last is None for what goes on."""

    first: date
    last: date | None


class Found(NamedTuple):
    """An event named in a text: its days, where its name ends, whether that names it alone."""

    days: Days
    end: int
    alone: bool
    """False for "la rentrée", which is an event only after a word of time ("depuis")."""


@dataclass(frozen=True, slots=True)
class Series:
    """Events of one name, told apart by a year, a place or a number; or one event."""

    name: re.Pattern[str]
    held: Mapping[int, Days]
    source: str
    """Whose days these are."""
    places: Mapping[str, int] = field(default_factory=dict)
    """Place → the year it stands for."""
    latest: bool = True
    """Whether the name without a year means the latest, after a word of time."""
    always: bool = False
    """Whether the name says enough alone."""


_LINK = r"(?: de| du| d'| en| a| au| aux| des)?(?: l'| la| les?)? ?"
_YEAR = re.compile(
    r"(?: (?:anticipees|francaises?))*(?:,? (?:de|en|d'|du)(?: (?:juin|juillet))?)? "
    r"?((?:19|20)[0-9]{2})\b"
)
_ELSEWHERE = (
    r"(?! (?:(?:au|aux|en|du|des|a|d[e'] ?l[ae'] ?) ?(?!france\b|(?:19|20)[0-9]{2}\b|juin|juillet)"
    r"|(?!francaises?\b)[a-z]+(?:ennes?|aines?|oises?|aises?|oles?|andes?|iques?|rques?)\b))"
)
"""The table is of France: not "la présidentielle au Sénégal", not "algérienne"."""


def event_at(text: str, at: int, today: date) -> Found | None:
    """The event that a folded text names at ``at``, the longest name first; None if none."""
    if not ANY_EVENT.match(text, at):
        return None
    named = ((series.name.match(text, at), series) for series in SERIES)
    known = sorted(((m.end(), s) for m, s in named if m), key=lambda one: -one[0])
    for end, series in known:
        if found := _held(series, text, end, today):
            return found
    return None


def _held(series: Series, text: str, end: int, today: date) -> Found | None:
    year, place_end = None, end
    for place, stands_for in series.places.items():
        if there := re.compile(f"{_LINK}{place}\\b").match(text, end):
            year, place_end = stands_for, there.end()
            break
    if said := _YEAR.match(text, place_end):
        year = int(said[1])
        place_end = said.end()
    if year is not None:
        days = series.held.get(year)
        return Found(days, place_end, alone=True) if days else None
    begun = [days for days in series.held.values() if days.first <= today]
    if not begun or not (series.latest or series.always):
        return None
    return Found(max(begun), end, series.always)


def _days(written: str) -> Days:
    """``2024-07-26 2024-08-11``, ``2016-07-14`` for one day, ``2022-02-24 …`` for no end."""
    first, _, last = written.partition(" ")
    end = None if last == "…" else date.fromisoformat(last or first)
    return Days(date.fromisoformat(first), end)


def _series(
    name: str,
    held: Mapping[int, str],
    source: str,
    places: Mapping[str, int] | None = None,
    *,
    latest: bool = True,
) -> Series:
    days = {year: _days(written) for year, written in held.items()}
    return Series(re.compile(name + r"(?![a-z])"), days, source, places or {}, latest)


def _one(name: str, written: str, source: str, *, always: bool = True) -> Series:
    return Series(
        re.compile(name + r"(?![a-z])"), {0: _days(written)}, source, always=always, latest=True
    )


_VOTES = "ministère de l'Intérieur"
_FOOTBALL = r"(?: de foot(?:ball)?)?(?: masculine?)?"
SERIES: tuple[Series, ...] = (
    # -- sport
    _series(
        r"(?:jo|j\.o\.|jeux olympiques)(?: d'(?:ete|hiver))?",
        {
            2008: "2008-08-08 2008-08-24",
            2010: "2010-02-12 2010-02-28",
            2012: "2012-07-27 2012-08-12",
            2014: "2014-02-07 2014-02-23",
            2016: "2016-08-05 2016-08-21",
            2018: "2018-02-09 2018-02-25",
            2020: "2021-07-23 2021-08-08",
            2021: "2021-07-23 2021-08-08",
            2022: "2022-02-04 2022-02-20",
            2024: "2024-07-26 2024-08-11",
            2026: "2026-02-06 2026-02-22",
        },
        "CIO",
        {
            "vancouver": 2010,
            "londres": 2012,
            "sotchi": 2014,
            "rio(?: de janeiro)?": 2016,
            "pyeongchang": 2018,
            "tokyo": 2020,
            "pekin": 2022,
            "paris": 2024,
            "milan(?:[ -]cortina)?": 2026,
        },
    ),
    _one(r"paris 2024", "2024-07-26 2024-08-11", "CIO"),
    _one(r"tokyo 202[01]", "2021-07-23 2021-08-08", "CIO"),
    _one(r"rio 2016", "2016-08-05 2016-08-21", "CIO"),
    _series(
        r"(?:jeux )?paralympiques",
        {
            2016: "2016-09-07 2016-09-18",
            2020: "2021-08-24 2021-09-05",
            2021: "2021-08-24 2021-09-05",
            2022: "2022-03-04 2022-03-13",
            2024: "2024-08-28 2024-09-08",
            2026: "2026-03-06 2026-03-15",
        },
        "CIP",
        {"rio": 2016, "tokyo": 2020, "pekin": 2022, "paris": 2024},
    ),
    _series(
        rf"(?:coupe du monde|mondial){_FOOTBALL}",
        {
            1998: "1998-06-10 1998-07-12",
            2006: "2006-06-09 2006-07-09",
            2010: "2010-06-11 2010-07-11",
            2014: "2014-06-12 2014-07-13",
            2018: "2018-06-14 2018-07-15",
            2022: "2022-11-20 2022-12-18",
            2026: "2026-06-11 2026-07-19",
        },
        "FIFA",
        {"afrique du sud": 2010, "bresil": 2014, "russie": 2018, "qatar": 2022},
    ),
    _series(
        rf"(?:coupe du monde|mondial) feminine?{_FOOTBALL}",
        {2019: "2019-06-07 2019-07-07", 2023: "2023-07-20 2023-08-20"},
        "FIFA",
    ),
    _series(
        r"(?:coupe du monde|mondial) de rugby",
        {
            2015: "2015-09-18 2015-10-31",
            2019: "2019-09-20 2019-11-02",
            2023: "2023-09-08 2023-10-28",
        },
        "World Rugby",
    ),
    _series(  # without a year, "l'euro" is money
        r"euro(?: de foot(?:ball)?)?",
        {
            2016: "2016-06-10 2016-07-10",
            2020: "2021-06-11 2021-07-11",
            2021: "2021-06-11 2021-07-11",
            2024: "2024-06-14 2024-07-14",
        },
        "UEFA",
        latest=False,
    ),
    _series(
        r"(?:can|coupe d'afrique(?: des nations)?)",
        {
            2017: "2017-01-14 2017-02-05",
            2019: "2019-06-21 2019-07-19",
            2021: "2022-01-09 2022-02-06",
            2023: "2024-01-13 2024-02-11",
            2025: "2025-12-21 2026-01-18",
        },
        "CAF",
    ),
    # -- votes
    _series(
        rf"(?:elections? )?presidentielles?(?: francaise)?{_ELSEWHERE}",
        {
            2002: "2002-04-21 2002-05-05",
            2007: "2007-04-22 2007-05-06",
            2012: "2012-04-22 2012-05-06",
            2017: "2017-04-23 2017-05-07",
            2022: "2022-04-10 2022-04-24",
        },
        _VOTES,
    ),
    _series(
        rf"(?:elections? )?legislatives(?: anticipees| francaises)*{_ELSEWHERE}",
        {
            2012: "2012-06-10 2012-06-17",
            2017: "2017-06-11 2017-06-18",
            2022: "2022-06-12 2022-06-19",
            2024: "2024-06-30 2024-07-07",
        },
        _VOTES,
    ),
    _series(
        r"(?:elections? )?europeennes",
        {2014: "2014-05-25", 2019: "2019-05-26", 2024: "2024-06-09"},
        _VOTES,
    ),
    _series(
        rf"(?:elections? )?municipales{_ELSEWHERE}",
        {
            2014: "2014-03-23 2014-03-30",
            2020: "2020-03-15 2020-06-28",
            2026: "2026-03-15 2026-03-22",
        },
        _VOTES,
    ),
    _series(
        rf"(?:elections? )?regionales{_ELSEWHERE}",
        {2015: "2015-12-06 2015-12-13", 2021: "2021-06-20 2021-06-27"},
        _VOTES,
    ),
    _series(
        r"(?:elections? )?(?:presidentielles? )?americaines?|(?:election )?presidentielle"
        r" aux etats-unis",
        {2012: "2012-11-06", 2016: "2016-11-08", 2020: "2020-11-03", 2024: "2024-11-05"},
        "Federal Election Commission",
    ),
    _one(r"(?:referendum|vote) sur le brexit", "2016-06-23", "Electoral Commission"),
    _one(r"brexit", "2020-01-31", "Union européenne", always=False),
    _one(r"dissolution(?: de l'assemblee(?: nationale)?)?", "2024-06-09", "JORF", always=False),
    # -- the year of schools and faiths
    _series(
        r"rentree(?: scolaire| des classes)?(?! [a-z]+(?:aire|ique|ale)\b)",
        {
            2014: "2014-09-02 2014-09-08",
            2015: "2015-09-01 2015-09-07",
            2016: "2016-09-01 2016-09-07",
            2017: "2017-09-04 2017-09-10",
            2018: "2018-09-03 2018-09-09",
            2019: "2019-09-02 2019-09-08",
            2020: "2020-09-01 2020-09-07",
            2021: "2021-09-02 2021-09-08",
            2022: "2022-09-01 2022-09-07",
            2023: "2023-09-04 2023-09-10",
            2024: "2024-09-02 2024-09-08",
            2025: "2025-09-01 2025-09-07",
            2026: "2026-09-01 2026-09-07",
        },
        "ministère de l'Éducation nationale : la rentrée des élèves, et sa semaine",
    ),
    _series(
        r"(?:mois de )?ramadan",
        {
            2020: "2020-04-24 2020-05-23",
            2021: "2021-04-13 2021-05-12",
            2022: "2022-04-02 2022-05-02",
            2023: "2023-03-23 2023-04-21",
            2024: "2024-03-11 2024-04-09",
            2025: "2025-03-01 2025-03-30",
        },
        "Grande Mosquée de Paris et ministère marocain des Habous : le premier début, la "
        "dernière fin",
    ),
    # -- the pandemic
    _one(r"(?:(?:premier|1er) )?confinement", "2020-03-17 2020-05-10", "JORF", always=False),
    _one(r"(?:deuxieme|second|2e) confinement", "2020-10-30 2020-12-14", "JORF", always=False),
    _one(r"(?:troisieme|3e) confinement", "2021-04-03 2021-05-02", "JORF", always=False),
    _one(
        r"(?:(?:pandemie|epidemie|crise)(?: de| du| d[eu] la)? )?(?:covid(?:[- ]?19)?|coronavirus)"
        r"|pandemie|crise sanitaire",
        "2020-03-11 2023-05-05",
        "OMS",
        always=False,
    ),
    # -- the world
    *(
        _one(rf"cop ?{number}", written, "ONU Climat")
        for number, written in {
            21: "2015-11-30 2015-12-12",
            22: "2016-11-07 2016-11-18",
            23: "2017-11-06 2017-11-17",
            24: "2018-12-02 2018-12-15",
            25: "2019-12-02 2019-12-15",
            26: "2021-10-31 2021-11-13",
            27: "2022-11-06 2022-11-20",
            28: "2023-11-30 2023-12-13",
            29: "2024-11-11 2024-11-24",
            30: "2025-11-10 2025-11-22",
        }.items()
    ),
    _one(
        r"(?:guerre|conflit|offensive russe) (?:en|d') ?ukraine",
        "2022-02-24 …",
        "ONU",
        always=False,
    ),
    _one(r"invasion (?:russe )?(?:de l'|en )ukraine", "2022-02-24", "ONU", always=False),
    _one(
        r"(?:attentats?|attaques?) (?:de paris )?du 13[- ]novembre(?: 2015)?|13-novembre",
        "2015-11-13",
        "cour d'assises spéciale de Paris",
    ),
    _one(
        r"(?:attentats?|attaques?) du 11[- ]septembre(?: 2001)?|11-septembre",
        "2001-09-11",
        "commission nationale américaine",
    ),
    _one(
        r"(?:attaques?|massacres?|attentats?) (?:(?:du hamas|terroristes?) )?du 7[- ]octobre"
        r"(?: 2023)?|7-octobre",
        "2023-10-07",
        "ONU",
    ),
    _one(
        r"attentats? (?:de|contre) charlie(?: hebdo)?",
        "2015-01-07",
        "cour d'assises spéciale de Paris",
        always=False,
    ),
    _one(r"attentat de nice", "2016-07-14", "cour d'assises spéciale de Paris", always=False),
    _one(r"incendie de notre-dame(?: de paris)?", "2019-04-15", "parquet de Paris", always=False),
    _one(
        r"reouverture de notre-dame(?: de paris)?",
        "2024-12-07 2024-12-08",
        "diocèse de Paris",
        always=False,
    ),
    _one(
        r"(?:seisme|tremblement de terre) (?:d'al[- ]haouz|(?:du|au) maroc)(?: de 2023)?",
        "2023-09-08",
        "USGS",
        always=False,
    ),
    _one(r"explosions? (?:du port )?(?:de|a) beyrouth", "2020-08-04", "ONU", always=False),
    _one(
        r"(?:assaut du|attaque du|prise du) capitole",
        "2021-01-06",
        "Congrès des États-Unis",
        always=False,
    ),
    _one(r"chute de kaboul", "2021-08-15", "ONU", always=False),
    _one(
        r"chute (?:de bachar (?:el|al)[- ]assad|d'assad|du regime d'assad)",
        "2024-12-08",
        "ONU",
        always=False,
    ),
    _one(r"chute du mur(?: de berlin)?", "1989-11-09", "Bundesregierung", always=False),
    _one(r"(?:premiere|1re) guerre mondiale", "1914-07-28 1918-11-11", "JORF", always=False),
    _one(r"(?:seconde|deuxieme|2e) guerre mondiale", "1939-09-01 1945-09-02", "ONU", always=False),
)

ANY_EVENT = re.compile("|".join(f"(?:{series.name.pattern})" for series in SERIES))
"""Where one of the names may begin."""
