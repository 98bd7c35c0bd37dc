"""Facts: what a written sentence states that can be looked for in its sources.

Its numbers, days, names and quotations, each in one form whatever its spelling; and whether a
source, the words and days of an article, has them. Pure functions, no model.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from functools import cached_property
from typing import Literal

from brief_qa.dates import WEEKDAYS
from brief_qa.french import STOP_WORDS, fold, stems
from brief_qa.names import PARTICLES
from brief_qa.numerals import NUMBER_WORDS, numbers
from brief_qa.spans import MONTH_NAMES

# Whole, or short with a stop: "sept lits" are seven, and no day of September.
_MONTH = "|".join(
    f"(?P<m{number}>{name}|{name[:length]}\\.)" if length else f"(?P<m{number}>{name})"
    for number, (name, length) in enumerate(
        zip(MONTH_NAMES, (4, 4, 0, 3, 0, 0, 4, 0, 4, 3, 3, 3), strict=True), start=1
    )
)
COUNTED = NUMBER_WORDS.union(MONTH_NAMES, WEEKDAYS)
"""Folded words that are checked as numbers and days, not as words."""
_NAMED_DAY = re.compile(
    r"(?<![\w,.])(?P<days>\d{1,2}(?:er)?(?:(?:, ?| et | ou | au | a | ?- ?)(?:le )?\d{1,2}(?:er)?)*"
    rf" )?\b(?:{_MONTH})(?!\w)(?:,? (?P<year>\d{{4}})(?!\d))?"
)
_NUMERIC_DAY = re.compile(
    r"(?<![\w/.,-])(?:(?P<y>\d{4})([-/.])(?P<m>\d{1,2})\2(?P<d>\d{1,2})"
    r"|(?P<day>\d{1,2})([-/.])(?P<month>\d{1,2})\6(?P<year>\d{4}|(?<=/)\d{2}))(?![\w/-])"
)
_TIME = re.compile(r"(?<![\w,.])(\d{1,2}) ?(?:h|heures|:) ?([0-5]\d)(?!\d|\s?(?:€|%))")
_YEARS = range(1000, 3000)
_RECENT = (1900, 2100)
# Words that stand for a day or a quantity: they are in the source, or the sentence has none.
_TELLING = re.compile(
    r"\b(?:avant-hier|hier|demain|apres-demain|lendemain|veille|aujourd['’]hui"
    r"|dizaine|douzaine|quinzaine|vingtaine|trentaine|quarantaine|cinquantaine|soixantaine"
    r"|centaine|millier|moitie|tiers|double|triple|quadruple|euro|dollar)s?\b"
    rf"|\b(?:{'|'.join(WEEKDAYS)})s?\b|[%€$£]"
)
_ONE_FORM = {"€": "euro", "$": "dollar"}
_WORD = re.compile(r"\w+")
_SPACES = re.compile(r"[^\S\n]+")
_DOTTED = re.compile(r"\b(?:[^\W\d_]\.){2,}")
_OPENS = re.compile(r"(?:^|[.!?…:;«“\"(–—-])[\s«“\"(–—-]*$")
"""What stands before a word that has its capital for beginning something."""
_TITLES = frozenset("m mm mme mmes mlle me dr pr st ste".split())
_DETERMINERS = frozenset("la le les l du des au aux un une cette ce ces cet son sa ses".split())
OPENERS = STOP_WORDS | frozenset(
    """
    actuellement afin ailleurs ancien ancienne anciens annee annees apparemment article articles
    auparavant aupres autour bien bref certains certaines cependant chacun chacune concernant
    considerant contrairement contre contrairement davantage depuis derriere desormais devant
    deja different differents durant effectivement egalement enfin ensuite environ excepte face
    faute finalement grace hormis hors initialement jamais jour jours journal lorsque malgre
    maintenant meme mois moins neanmoins non notamment notons nul oui outre parmi passage passages
    pendant personne plusieurs plutot pourtant pres presque presse precisement puis puisque
    quelque quelques quoique rien sauf seconde second selon seul seule seuls seules sinon sitot
    soudain suite surtout tandis tant tantot tard telle toutefois toujours travers trop voici voila
    voire vraisemblablement premier premiere premierement deuxiemement troisiemement
    """.split()
)
"""Words that a sentence may begin with though its source does not have them: they claim nothing."""
_QUOTED = re.compile(r"«([^«»]*)(?:»|$)|“([^“”]*)(?:”|$)|\"([^\"]*)(?:\"|$)")
_LEFT_OUT = re.compile(r"[\[(](?:…|\.\.\.)[\])]|…|\.{3}")
_JOINS = re.compile(rf"[ -]|\. | (?:(?:{'|'.join(sorted(PARTICLES))})[ '])+", re.IGNORECASE)
"""What stands between two words of one name: "Philippe de Villiers"."""
_PAIR_REACH = 3
_STOP_STEP = 3
"""Words between two that stand beside each other in a name; a comma counts as so many."""


@dataclass(frozen=True, slots=True)
class Day:
    """A day, or what is said of one."""

    year: int | None
    month: int | None
    day: int | None

    def agrees(self, other: Day) -> bool:
        """Whether the other says all that this one does."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return all(mine is None or mine == theirs for mine, theirs in pairs)

    def contradicts(self, other: Day) -> bool:
        """Whether both say something of the day, the month or the year, and not the same."""
        pairs = ((self.year, other.year), (self.month, other.month), (self.day, other.day))
        return any(mine and theirs and mine != theirs for mine, theirs in pairs)


@dataclass(frozen=True, slots=True)
class Fact:
    """Something that a sentence states and that its source must have."""

    kind: Literal["number", "day", "time", "word", "name", "pair", "opening", "quotation"]
    value: Decimal | Day | str | tuple[str, ...]


def facts(sentence: str) -> list[Fact]:
    """What a sentence states, in no order that matters, each once."""
    plain, quotations = _without_quotations(one_form(sentence))
    days, left = _days(fold(plain))
    times, left = _times(left)
    found = [
        *(Fact("day", day) for day in days),
        *(Fact("time", time) for time in times),
        *(Fact("number", number) for number in numbers(_percent(left))),
        *(Fact("word", word) for word in _telling(_percent(left))),
        *_names(plain),
        *(Fact("quotation", words) for quoted in quotations for words in _parts(quoted)),
    ]
    return list(dict.fromkeys(found))


def one_form(text: str) -> str:
    """A text with one kind of space, apostrophe and accent, and acronyms without stops."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'").replace("ʼ", "'")
    text = _SPACES.sub(" ", text).replace("\u2010", "-")
    return _DOTTED.sub(lambda found: found[0].replace(".", ""), text)


class Source:
    """The words and days that a sentence may draw on."""

    def __init__(self, texts: Iterable[str], days: Iterable[date] = ()) -> None:
        """``texts`` stand apart: no name and no quotation goes from one to the next."""
        self._texts = [one_form(text) for text in texts]
        self._dated = list(days)

    def has(self, fact: Fact) -> bool:
        """Whether a fact is in it."""
        value = fact.value
        if isinstance(value, Day):
            return any(value.agrees(day) for day in self._days)
        if isinstance(value, Decimal):
            return value in self._numbers or (
                value in _YEARS and any(day.year == value for day in self._days)
            )
        if isinstance(value, tuple):
            return self._near(*value) if fact.kind == "pair" else _holds(self._spoken, value)
        if fact.kind == "time":
            return value in self._times
        if fact.kind == "word":
            return value in self._words
        if value in self._places:
            return True
        stem = set(stems(value))
        return bool(stem) and stem <= (self.stems if fact.kind == "opening" else self._lower_stems)

    def denies(self, fact: Fact) -> bool:
        """Whether a fact names a year, and the text itself names others only."""
        value = fact.value
        year = value.year if isinstance(value, Day) else value if value in _YEARS else None
        named = {number for number in self._numbers if number in _YEARS}
        named |= {Decimal(day.year) for day in _days(self._folded)[0] if day.year}
        recent = {one for one in named if _RECENT[0] <= one < _RECENT[1]}
        return isinstance(year, (int, Decimal)) and bool(recent) and year not in recent

    @cached_property
    def stems(self) -> set[str]:
        """The stems of its words."""
        return {stem for text in self._texts for stem in stems(text)}

    @cached_property
    def _folded(self) -> str:
        return "\n".join(map(fold, self._texts))

    @cached_property
    def _days(self) -> set[Day]:
        days, _ = _days(self._folded)
        known = {Day(day.year, day.month, day.day) for day in self._dated}
        return known | days | {done for day in days for done in self._completed(day)}

    def _completed(self, day: Day) -> Iterator[Day]:
        """A day without its year, in the year that brings it nearest to the article's own."""
        for known in self._dated:
            if day.year is None and day.month is not None:
                gap = (day.month - known.month + 6) % 12 - 6
                year = known.year + (known.month + gap - day.month) // 12
                yield Day(year, day.month, day.day)

    @cached_property
    def _numbers(self) -> set[Decimal]:
        _, left = _days(self._folded)
        _, left = _times(left)
        return numbers(_percent(left))

    @cached_property
    def _times(self) -> set[str]:
        return _times(_days(self._folded)[1])[0]

    @cached_property
    def _words(self) -> set[str]:
        weekdays = {
            WEEKDAYS[date(day.year, day.month, day.day).weekday()]
            for day in self._days
            if day.year and day.month and day.day and _exists(day)
        }
        return _telling(_percent(self._folded)) | weekdays

    @cached_property
    def _places(self) -> dict[str, list[int]]:
        """Where each folded word stands."""
        places: dict[str, list[int]] = {}
        place = 0
        for text in self._texts:
            place, end = place + 10 * _PAIR_REACH, 0
            for word in _WORD.finditer(text):
                between = text[end : word.start()]
                place += 1 + _STOP_STEP * bool(re.search(r"[,;:!?()«»\n]|\.\s", between))
                end = word.end()
                places.setdefault(fold(word.group()), []).append(place)
        return places

    @cached_property
    def _lower_stems(self) -> set[str]:
        words = (word for text in self._texts for word in _WORD.findall(text) if word.islower())
        return set(stems(" ".join(words)))

    @cached_property
    def _spoken(self) -> list[str]:
        return [f" {' '.join(_spoken(text))} " for text in self._texts]

    def _near(self, one: str, other: str) -> bool:
        """Whether two words of a name stand together, or the other way round."""
        after = self._places.get(other, ())
        return any(
            0 < there - here <= _PAIR_REACH or there - here == -1
            for here in self._places.get(one, ())
            for there in after
        )


# -- days, times, words that tell -----------------------------------------------------------


def days_named(text: str) -> set[Day]:
    """The days that a text names, each as far as it says: a month at least."""
    return _days(fold(one_form(text)))[0]


def _days(folded: str) -> tuple[set[Day], str]:
    """The days of a folded text, and the text without them."""
    found: set[Day] = set()

    def named(match: re.Match[str]) -> str:
        month = next(number for number in range(1, 13) if match[f"m{number}"])
        year = int(match["year"]) if match["year"] else None
        numbers_of_days = re.findall(r"\d{1,2}", match["days"] or "")
        found.update(Day(year, month, int(day)) for day in numbers_of_days or ())
        if not numbers_of_days:
            found.add(Day(year, month, None))
        return " | "

    def numeric(match: re.Match[str]) -> str:
        year = match["y"] or match["year"]
        month, day = int(match["m"] or match["month"]), int(match["d"] or match["day"])
        if not (1 <= month <= 12 and 1 <= day <= 31):
            return match[0]
        found.add(Day(int(year if len(year) == 4 else f"20{year}"), month, day))
        return " | "

    return found, _NAMED_DAY.sub(named, _NUMERIC_DAY.sub(numeric, folded))


def _exists(day: Day) -> bool:
    try:
        date(day.year or 1, day.month or 1, day.day or 1)
    except ValueError:
        return False
    return True


def _times(folded: str) -> tuple[set[str], str]:
    """The times that have minutes, "14h30", and the text without them."""
    found: set[str] = set()

    def timed(match: re.Match[str]) -> str:
        found.add(f"{int(match[1])}h{match[2]}")
        return " | "

    left = _TIME.sub(timed, folded)
    return found, left


def _percent(folded: str) -> str:
    return folded.replace("pour cent", "%").replace("pourcent ", "% ")


def _telling(folded: str) -> set[str]:
    found = (match.group() for match in _TELLING.finditer(folded))
    return {
        _ONE_FORM.get(word, word.removesuffix("s") if word != "tiers" else word) for word in found
    }


# -- names ----------------------------------------------------------------------------------


def _names(plain: str) -> Iterator[Fact]:
    """Words with a capital: each by itself, and each with the one that it stands beside."""
    before: str | None = None
    end = 0  # of the last word with a capital
    determined = False
    for word in _WORD.finditer(plain):
        text, folded = word.group(), fold(word.group())
        if not text[0].isupper():
            determined = folded in _DETERMINERS
            before = before if folded in PARTICLES else None
            continue
        between = plain[end : word.start()]
        end = word.end()
        opening = bool(_OPENS.search(plain[: word.start()][-20:]))
        acronym = len(text) > 1 and text.isupper()
        if folded in _TITLES or (opening and folded in OPENERS | COUNTED and not acronym):
            determined = folded in _DETERMINERS
            before = None
            continue
        if len(text) > 1 or not opening:
            yield Fact("opening" if opening and not acronym else "name", folded)
        if before is not None and _JOINS.fullmatch(between):
            yield Fact("pair", (before, folded))
        before = None if determined else folded
        determined = False


# -- quotations -----------------------------------------------------------------------------


def _without_quotations(plain: str) -> tuple[str, list[str]]:
    quotations: list[str] = []

    def taken(match: re.Match[str]) -> str:
        quotations.append(match[1] or match[2] or match[3] or "")
        return " « » "

    return _QUOTED.sub(taken, plain), quotations


def _parts(quoted: str) -> Iterator[tuple[str, ...]]:
    """The words of a quotation, and of each part where it says that it leaves some out."""
    for part in _LEFT_OUT.split(quoted):
        words = tuple(_spoken(part))
        if words:
            yield words


def _spoken(text: str) -> list[str]:
    """Words as they are said: lower case, no punctuation, accents kept."""
    return _WORD.findall(text.lower().replace("œ", "oe").replace("æ", "ae"))


def _holds(spoken: Sequence[str], words: tuple[str, ...]) -> bool:
    wanted = f" {' '.join(words)} "
    return any(wanted in text for text in spoken)
