"""The list of other articles at the end of a page, cut into teasers.

A teaser is a title, a sentence or both, with the day and often the author and the
section of the article it announces. Sites put the day under the teaser, above it, or
between its title and its sentence; the order is read from the list itself.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import islice, pairwise

from brief_qa.boilerplate import Litter
from brief_qa.bylines import is_name, is_section, section_name
from brief_qa.lines import Line, Shape

_RECORD = 4
"""Content lines of a teaser at most; more stand between two days of an article."""
_HEADS = frozenset({Litter.LINKS, Litter.END})
_WORDS = 4
"""A teaser with fewer words tells nothing."""


@dataclass(frozen=True, slots=True)
class Teaser:
    """Another article, as a page announces it; ``text`` is its sentence, or else its title."""

    text: str
    section: str | None
    authors: tuple[str, ...]
    published: date | None
    title: str | None = None
    """Its title, where there is a sentence besides."""


@dataclass(frozen=True, slots=True)
class _Day:
    """Lines ``start`` to ``end`` (excluded): the bylines of one teaser."""

    start: int
    end: int


def find_teasers(lines: Sequence[Line], start: int) -> tuple[tuple[Teaser, ...], frozenset[int]]:
    """Dated teasers from line ``start`` on, distinct and in order, and the lines of all of them.

    The lines of a list also hold teasers that are not returned, having no full date.
    """
    teasers: list[Teaser] = []
    taken: set[int] = set()
    floor = start
    for days in _chains(lines, start):
        for record in _records(lines, days, floor):
            taken.update(record)
            floor = record.stop
            teaser = _read_teaser([lines[index] for index in record])
            if teaser:
                teasers.append(teaser)
    distinct: dict[tuple[str | None, str], Teaser] = {}
    for teaser in teasers:
        distinct.setdefault((teaser.title, teaser.text), teaser)
    return tuple(distinct.values()), frozenset(taken)


def _chains(lines: Sequence[Line], start: int) -> Iterator[list[_Day]]:
    """Runs of days with one to four content lines between each and the next."""
    chain: list[_Day] = []
    content, comments = 0, False
    for index in range(start, len(lines)):
        line = lines[index]
        if line.litter in _HEADS or line.litter is Litter.COMMENTS:
            comments = line.litter is Litter.COMMENTS
            if chain:
                yield chain
            chain, content = [], 0
        elif line.byline and not comments:
            if chain and content == 0:
                chain[-1] = _Day(chain[-1].start, index + 1)
            elif chain and content > _RECORD:
                yield chain
                chain = [_Day(index, index + 1)]
            else:
                chain.append(_Day(index, index + 1))
            content = 0
        elif line.is_content:
            content += 1
    if chain:
        yield chain


def _records(lines: Sequence[Line], days: list[_Day], floor: int) -> list[range]:
    """The lines of each teaser of a run of days; none when the run is no list of teasers."""
    days = [day for day in days if any(_placed(line) for line in lines[day.start : day.end])]
    if not days:
        return []
    head = _head(lines, days[0].start, floor)
    gaps = [_content(lines, a.end, b.start) for a, b in pairwise(days)]
    before = _preceding(lines, floor if head is None else head + 1, days[0].start)
    after = _following(lines, days[-1].end)
    alone = len(days) == 1 and not after and _is_teaser(lines, before, days[0])
    if head is None and not alone and not _is_list(lines, days, gaps):
        return []
    size = Counter(map(len, gaps)).most_common(1)[0][0] if gaps else 0
    order = _order(lines, head, before, gaps, after)
    if order == "after":
        first = _first_record(lines, before, gaps, head)
        starts = [first, *(day.end for day in days[:-1])]
        return [range(a, day.end) for a, day in zip(starts, days, strict=True)]
    if order == "before":
        starts = [_with_label(lines, day.start, floor) for day in days]
        last = after[: size or _lone_size(lines, after)]
        ends = [*starts[1:], last[-1] + 1 if last else days[-1].end]
    else:
        heads = [
            group[-1] if group else day.start
            for group, day in zip([before, *gaps], days, strict=True)
        ]
        starts = [_with_label(lines, first, floor) for first in heads]
        last = after[: max(size - 1, 1)]
        ends = [*starts[1:], last[-1] + 1 if last else days[-1].end]
    return [range(a, b) for a, b in zip(starts, ends, strict=True)]


def _placed(line: Line) -> bool:
    return bool(line.byline and line.byline.placed)


def _head(lines: Sequence[Line], first_day: int, floor: int) -> int | None:
    """The head of links that stands at most one teaser above the first day."""
    content = 0
    for index in range(first_day - 1, floor - 1, -1):
        if lines[index].litter in _HEADS:
            return index
        content += lines[index].is_content
        if content >= _RECORD:
            return None
    return None


def _is_list(lines: Sequence[Line], days: list[_Day], gaps: list[list[int]]) -> bool:
    """Without a head, two days at least, and more than a chronology's bare days and sentences.

    Bare hours above titles and paragraphs are a live report's, which is the article itself.
    """
    if len(days) < 2:
        return False
    bylines = [line.byline for day in days for line in lines[day.start : day.end] if line.byline]
    signed = sum(bool(byline.authors or byline.section) for byline in bylines)
    posts = sum(any(lines[index].shape is Shape.PROSE for index in gap) for gap in gaps)
    if not signed and 2 * posts > len(gaps) and not any(byline.published for byline in bylines):
        return False
    titled = sum(any(lines[index].shape is Shape.SHORT for index in gap) for gap in gaps)
    return 2 * signed >= len(days) or 2 * titled > len(gaps)


def _is_teaser(lines: Sequence[Line], before: list[int], day: _Day) -> bool:
    """One teaser below the text: a headline, or a sentence under its section, then who and when."""
    above = lines[before[-1]] if before else None
    if above is None or not any(
        line.byline and line.byline.authors for line in lines[day.start : day.end]
    ):
        return False
    headline = above.shape is Shape.SHORT and len(above.text.split()) > _WORDS
    return headline or _split_label(above.text)[0] is not None


def _content(lines: Sequence[Line], start: int, end: int) -> list[int]:
    return [index for index in range(start, end) if lines[index].is_content]


def _preceding(lines: Sequence[Line], floor: int, end: int) -> list[int]:
    """Content lines above a day, at most one teaser's."""
    above = (index for index in range(end - 1, floor - 1, -1) if lines[index].is_content)
    return list(islice(above, _RECORD))[::-1]


def _following(lines: Sequence[Line], start: int) -> list[int]:
    """Content lines under the last day, at most one teaser's, up to a head or a box."""
    following: list[int] = []
    for index in range(start, len(lines)):
        line = lines[index]
        if len(following) == _RECORD or line.litter not in (None, Litter.NOISE):
            break
        if line.is_content:
            following.append(index)
    return following


def _order(
    lines: Sequence[Line],
    head: int | None,
    before: list[int],
    gaps: list[list[int]],
    after: list[int],
) -> str:
    """Where the day stands in each teaser: "after" it, "before" it, or in the "middle"."""
    if not before:
        return "before"
    if not after:
        return "after"
    shapes = [_shapes(lines, gap) for gap in gaps]
    if shapes:
        if 2 * sum(shape[0] == "S" and shape[-1] == "H" for shape in shapes) > len(shapes):
            return "middle"
    elif _shapes(lines, before)[-1] == "H" and _shapes(lines, after) == "S":
        return "middle"
    if head is not None:
        return "after"
    ending = _shapes(lines, before)
    return "after" if any(ending.endswith(shape) for shape in shapes) else "before"


def _shapes(lines: Sequence[Line], indexes: list[int]) -> str:
    return "".join("S" if lines[index].is_sentence else "H" for index in indexes)


def _first_record(
    lines: Sequence[Line], before: list[int], gaps: list[list[int]], head: int | None
) -> int:
    """The line where the first teaser starts, in a list whose days stand after."""
    if head is not None:
        return head + 1
    ending = _shapes(lines, before)
    shapes = Counter(_shapes(lines, gap) for gap in gaps)
    fitting = [shape for shape, _ in shapes.most_common() if ending.endswith(shape)]
    size = len(fitting[0]) if fitting else 1
    return _with_label(lines, before[-size], before[0])


def _with_label(lines: Sequence[Line], start: int, floor: int) -> int:
    """The start of a teaser, moved up over the label of its section."""
    return start - 1 if start > floor and lines[start - 1].shape is Shape.LABEL else start


def _lone_size(lines: Sequence[Line], after: list[int]) -> int:
    """Lines of a teaser alone under its day: a title and a sentence, or one of them."""
    return 2 if _shapes(lines, after[:2]) == "HS" else 1


def _read_teaser(record: list[Line]) -> Teaser | None:
    """The teaser of these lines, or None when it has no day or no words."""
    bylines = [line.byline for line in record if line.byline]
    words = [line for line in record if line.is_content]
    published = next((byline.published for byline in bylines if byline.published), None)
    authors = [name for byline in bylines for name in byline.authors]
    section = next((byline.section for byline in bylines if byline.section), None)
    section = section or next(
        (section_name(line.text) for line in record if line.shape is Shape.LABEL), None
    )
    if len(words) > 1:
        names = [line for line in words if _is_signature(line, record)]
        authors += [line.text for line in names]
        words = [line for line in words if line not in names]
    if not words or published is None:
        return None
    if len(words) > 1 and _is_topic(words[0]) and words[1].shape is Shape.SHORT:
        section, words = section or section_name(words[0].text), words[1:]
    label, first = _split_label(words[0].text)
    title = first if len(words) > 1 and not words[0].is_sentence else None
    text = max([line.text for line in words[1:]] if title else [first], key=len)
    if len(f"{title or ''} {text}".split()) < _WORDS:
        return None
    return Teaser(text, section or label, tuple(dict.fromkeys(authors)), published, title)


def _is_topic(line: Line) -> bool:
    """Three words at most above a title: a section of the site's own, "Grand angle"."""
    return line.shape is Shape.SHORT and len(line.text.split()) < _WORDS


def _is_signature(line: Line, record: list[Line]) -> bool:
    """A name alone, next to the day."""
    place = next(index for index, other in enumerate(record) if other is line)
    around = record[max(place - 1, 0) : place] + record[place + 1 : place + 2]
    return line.shape is Shape.SHORT and is_name(line.text) and any(map(_placed, around))


_LABELLED = re.compile(r"([^\d\W][^-–—|•:.!?]{1,30}?) [-–—|•] (?=\S)")


def _split_label(text: str) -> tuple[str | None, str]:
    """The section and the sentence of "Politique - Le Mouvement…"."""
    match = _LABELLED.match(text)
    if not match:
        return None, text
    label, rest = match[1], text[match.end() :]
    usual = is_section(label) or (
        label[0].isupper() and len(label.split()) <= 2 and rest[0].isupper()
    )
    return (section_name(label), rest) if usual else (None, text)
