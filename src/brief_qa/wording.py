"""Wording: what the words of a question are looked for as.

Each as its stem. Besides, a name that the archive hardly has is looked for under the spellings
that it does have, an acronym as what the archive says that it stands for, and the other way
round: a *reading*. And the words of one name are looked for side by side.

Ordinary words and numbers are never read otherwise.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from brief_qa.acronyms import prefix_of_long, prefix_of_short
from brief_qa.french import Term, analyse, fold, held, stems
from brief_qa.names import (
    PARTICLES,
    SHORTEST_SLIP,
    in_runs,
    is_slip,
    name_runs,
    sound,
    sounds,
    together,
)

_HARDLY = 3
"""Articles up to which a name counts as one that the archive hardly has…"""
_MUCH_MORE = 10
"""…when so many times as many have a spelling that sounds the same."""
_MOST_READINGS = 3
"""Other names that a slip may stand for, or long forms of an acronym: the most frequent."""
_SHORTEST_NAME = 4
"""Letters of a name, and of its sound, that is read otherwise: short ones have many alike."""
_SHORTEST_SLIP_BESIDE = 5
"""Letters of a sound that may be a slip, where the word before it is the name's in the archive
too: "Emmanuel Marcon" is read as Macron, Marcon alone is not."""
_LOOKED_UP = 2
"""Letters that a slip leaves as they are, where all names that begin with them are looked at: by
one letter it would be 2,000 names in an archive of 1,200 articles, and 1.3 ms."""
_LONGEST_ACRONYM = 5
"""Capitals up to which a word in capitals is an acronym, and no name to be read otherwise."""
_JOINED = ("abdel", "abd", "ben", "bel", "el", "al")
"""What one writes as a part of a name, and another before it: Benkirane, Ben Kirane."""


@dataclass(frozen=True, slots=True)
class ReadAs:
    """Something else that counts as some words of the question."""

    asked: str
    """The words, as the question writes them; "" when a reader need not be told."""
    stems: tuple[str, ...]
    """Their stems, which a text holds that has…"""
    sound: str = ""
    """…a name of this sound, or"""
    phrase: tuple[str, ...] = ()
    """…these stems, one after the other."""


@dataclass(frozen=True, slots=True)
class Wording:
    """A question's words, as they are looked for."""

    rarity: Mapping[str, float]
    """The information of each stem of the question, > 0."""
    readings: tuple[ReadAs, ...] = ()
    names: Mapping[str, float] = field(default_factory=dict)
    """Terms of two words that follow each other in a name, and the information of each."""

    def held(self, text: str) -> set[str]:
        """Which of the question's stems a text holds, as they are or as they are read."""
        found = held(self.rarity, text)
        return found | self._read(text) if self.readings else found

    def words(self, text: str) -> set[str]:
        """All stems of a text, and those of the question that it holds as they are read."""
        found = set(stems(text))
        return found | self._read(text) if self.readings else found

    def _read(self, text: str) -> set[str]:
        heard, order = set(sounds(text)), f" {' '.join(stems(text))} "
        return {
            stem
            for reading in self.readings
            if reading.sound in heard
            or (reading.phrase and f" {' '.join(reading.phrase)} " in order)
            for stem in reading.stems
        }

    def told(self, text: str) -> tuple[tuple[str, str], ...]:
        """(words of the question, what a text writes for them), where it writes them otherwise."""
        if not self.readings:
            return ()
        present, terms = set(stems(text)), analyse(text)
        return tuple(
            (reading.asked, found)
            for reading in self.readings
            if reading.asked and not present.issuperset(reading.stems)
            if (found := _as_written(reading, text, terms))
        )


def _as_written(reading: ReadAs, text: str, terms: Sequence[Term]) -> str:
    if reading.sound:
        spans = (span for run in name_runs(text) for span in run)
        named = (text[start:end] for start, end in spans)
        return next((word for word in named if sound(word) == reading.sound), "")
    length = len(reading.phrase)
    for at in range(len(terms) - length + 1):
        if tuple(term.stem for term in terms[at : at + length]) == reading.phrase:
            return text[terms[at].start : terms[at + length - 1].end]
    return ""


class Dictionary(Protocol):
    """What words an archive's articles hold, and in how many of them."""

    def frequency(self, stem: str) -> int:
        """Articles that hold a stem."""

    def name_frequency(self, term: str) -> int:
        """Articles that hold one of :func:`brief_qa.names.name_terms`."""

    def names_beginning(self, start: str) -> list[tuple[str, int]]:
        """Those of the names' terms that begin so, and how many articles hold each."""

    def acronyms_beginning(self, start: str) -> list[str]:
        """Those of :func:`brief_qa.acronyms.acronym_terms` that begin so, most frequent first."""

    def information(self, frequency: int) -> float:
        """What a word is worth that so many articles hold, > 0."""


def worded(question: str, archive: Dictionary) -> Wording:
    """How the words of a question are looked for in an archive."""
    terms = analyse(question)
    counts = {term.stem: archive.frequency(term.stem) for term in terms}
    named = [] if question.isupper() else name_runs(question)
    lowered = all(start == 0 for run in named for start, _ in run)
    if lowered:
        spans = ((t.start, t.end) for t in terms if not _is_particle(question, t))
        named = in_runs(question, spans)
    readings: dict[ReadAs, None] = {}
    pairs: dict[str, float] = {}
    places = {term.start: place for place, term in enumerate(terms)}
    for run in named:
        before = ""
        for place in (places[start] for start, _ in run if start in places):
            term, small = terms[place], _particles_before(question, terms, place)
            word = _Word(
                text=question[term.start : term.end],
                count=counts[term.stem],
                surely_name=not lowered and (term.start > 0 or len(run) > 1),
                particle=question[small[-1].start : small[-1].end] if small else "",
                before=before,
            )
            others = _other_sounds(word, archive)
            counts[term.stem] = max([word.count, *map(archive.name_frequency, others)])
            heard = others[0] if others else sound(word.text)
            readings |= {ReadAs(word.text, (term.stem,), other): None for other in others}
            if small and archive.name_frequency(heard):
                readings |= {ReadAs("", tuple(one.stem for one in small), heard): None}
            pair = together(before, heard)
            if before and (count := archive.name_frequency(pair)):
                pairs[pair] = archive.information(count)
            before = heard
    readings |= dict.fromkeys(_long_forms(question, terms, lowered, archive))
    readings |= dict.fromkeys(_short_forms(question, terms, archive))
    rarity = {stem: archive.information(count) for stem, count in counts.items()}
    return Wording(rarity, tuple(readings), pairs)


@dataclass(frozen=True, slots=True)
class _Word:
    """A word of the question that may be a name's."""

    text: str
    count: int
    """How many articles have it."""
    surely_name: bool
    particle: str
    """What stands before it of its name, when it is one of PARTICLES."""
    before: str
    """The sound of the word of its name before it; "" when there is none."""


def _is_particle(question: str, term: Term) -> bool:
    return fold(question[term.start : term.end]) in PARTICLES


def _particles_before(question: str, terms: Sequence[Term], place: int) -> list[Term]:
    first = place
    while first and _is_particle(question, terms[first - 1]):
        first -= 1
    return list(terms[first:place])


def _other_sounds(word: _Word, archive: Dictionary) -> list[str]:
    """The sounds of the names that a word is read as, where the archive hardly has it."""
    hardly = _HARDLY if word.surely_name else 0
    text, heard = word.text, sound(word.text)
    acronym = text.isupper() and len(text) <= _LONGEST_ACRONYM
    if word.count > hardly or not text.isalpha() or acronym:
        return []
    if min(len(text), len(heard)) < _SHORTEST_NAME:
        return []
    if (count := archive.name_frequency(heard)) and count >= _MUCH_MORE * word.count:
        return [heard]
    if word.count or count:
        return []
    joined = [sound(word.particle + text)] if word.particle else []
    parted = [sound(text[len(p) :]) for p in _JOINED if fold(text).startswith(p)]
    for other in (*joined, *parted):
        if len(other) >= _SHORTEST_NAME and archive.name_frequency(other):
            return [other]
    return _slipped(word, heard, archive)[:_MOST_READINGS]


def _slipped(word: _Word, heard: str, archive: Dictionary) -> list[str]:
    """The sounds that an unknown one may be a slip for, the most frequent first.

    Of what follows the name's first word elsewhere in the archive, if that gives one.
    """
    near: list[tuple[str, int]] = []
    if word.before and len(heard) >= _SHORTEST_SLIP_BESIDE:
        start = together(word.before, "")
        beside = ((one.removeprefix(start), n) for one, n in archive.names_beginning(start))
        near = [one for one in beside if is_slip(heard, one[0], _SHORTEST_SLIP_BESIDE)]
    if not near and word.surely_name and len(heard) >= SHORTEST_SLIP:
        near = [
            one for one in archive.names_beginning(heard[:_LOOKED_UP]) if is_slip(heard, one[0])
        ]
    return [other for other, _ in sorted(near, key=lambda one: (-one[1], one[0]))]


def _long_forms(
    question: str, terms: Sequence[Term], lowered: bool, archive: Dictionary
) -> Iterator[ReadAs]:
    """What the acronyms of a question stand for."""
    for term in terms:
        word = question[term.start : term.end]
        if lowered or word[0].isupper():
            start = prefix_of_short(word)
            for found in archive.acronyms_beginning(start)[:_MOST_READINGS]:
                phrase = tuple(found.removeprefix(start).split("_"))
                yield ReadAs(word, (term.stem,), phrase=phrase)


def _short_forms(question: str, terms: Sequence[Term], archive: Dictionary) -> Iterator[ReadAs]:
    """Acronyms of what a question writes out."""
    order = [term.stem for term in terms]
    for at in range(len(order) - 1):
        for found in archive.acronyms_beginning(prefix_of_long(order[at : at + 2])):
            long, _, short = found[1:].partition("=")
            wanted = long.split("_")
            if order[at : at + len(wanted)] == wanted and (phrase := stems(short.upper())):
                asked = question[terms[at].start : terms[at + len(wanted) - 1].end]
                yield ReadAs(asked, tuple(wanted), phrase=tuple(phrase))
