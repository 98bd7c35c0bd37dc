"""The body of a copied page: which of its lines are the article's.

Short lines stay between paragraphs and go after the last one; what stands under a head
of links goes until paragraphs resume; inside the body a doubtful line stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from brief_qa.boilerplate import Litter
from brief_qa.headers import (
    ENDS,
    HEADER_BYLINES,
    HEADER_PARAGRAPHS,
    LEGEND,
    STANDFIRST,
    ends_with_day,
    is_beside_byline,
    stands_in_text,
)
from brief_qa.lines import Line, Shape

_ENOUGH = 300
"""Characters of body before a head such as "Les plus lus" can end the article."""
_TEASER_SENTENCE = 250


@dataclass(frozen=True, slots=True)
class Walk:
    """Lines of the body, of its legends and of its bylines, by number."""

    kept: list[int]
    captions: list[int]
    bylines: list[int]


def walk_body(lines: Sequence[Line], start: int, header_end: int, taken: frozenset[int]) -> Walk:
    """Go down from the title to where the article ends."""
    walk = Walk([], [], _bylines_above(lines, start))
    plain = all(line.is_content for line in lines)
    following = _running_text(lines, taken)
    prose = length = 0
    index = start
    while index < len(lines):
        line = lines[index]
        enough = prose >= HEADER_PARAGRAPHS or length >= _ENOUGH
        if index in taken:
            index += 1
        elif line.litter in ENDS and enough and not _goes_on(line, following[index], length):
            break
        elif line.litter in (Litter.LINKS, Litter.END):
            index = _after_links(lines, index + 1, header_end, taken, length // max(prose, 1))
        elif line.litter is Litter.BOX:
            index = _after_box(lines, index + 1)
        else:
            if _is_legend(lines, index, prose):
                walk.captions.append(index)
            elif _belongs(lines, index, header_end, first=not prose, plain=plain):
                walk.kept.append(index)
                prose += line.shape is Shape.PROSE
                length += len(line.text)
            elif line.byline:
                walk.bylines.append(index)
            index += 1
    return walk if plain else Walk(_trim(lines, walk.kept), walk.captions, walk.bylines)


def _bylines_above(lines: Sequence[Line], start: int) -> list[int]:
    """Bylines just above the title, where some sites date; none when they are a list's."""
    above = [index for index in range(start) if lines[index].byline]
    return [index for index in above if index >= start - 4] if len(above) < HEADER_BYLINES else []


def _belongs(
    lines: Sequence[Line], index: int, header_end: int, *, first: bool, plain: bool
) -> bool:
    """Is the line a part of the body, links, legends and boxes set apart?"""
    line = lines[index]
    if line.shape is Shape.LABEL or line.byline:
        return not first and index >= header_end and stands_in_text(lines, index)
    if not line.is_content:
        return False
    if line.shape is not Shape.SHORT or plain:
        return True
    if is_beside_byline(lines, index):
        return False
    return len(line.text) >= STANDFIRST or not (first or index < header_end)


def _goes_on(end: Line, following: int, length: int) -> bool:
    """Does the article go on under a head that usually ends one? Running paragraphs tell."""
    return following > (2 * length if end.litter is Litter.COMMENTS else length / 2)


def _running_text(lines: Sequence[Line], taken: frozenset[int]) -> list[int]:
    """For each line, the characters of running paragraphs below it, up to the comments.

    A paragraph runs when it follows another or is longer than a teaser's sentence.
    """
    sums = [0] * (len(lines) + 1)
    for index in range(len(lines) - 1, 0, -1):
        line, above = lines[index], lines[index - 1]
        runs = above.shape is Shape.PROSE or len(line.text) > _TEASER_SENTENCE
        own = len(line.text) if line.shape is Shape.PROSE and index not in taken and runs else 0
        below = 0 if line.litter is Litter.COMMENTS else sums[index]
        sums[index - 1] = own + below
    return sums


def _after_links(
    lines: Sequence[Line], start: int, header_end: int, taken: frozenset[int], usual: int
) -> int:
    """Where the body goes on under a head of links: past headlines, and past undated teasers."""
    links: list[int] = []
    for index in range(start, len(lines)):
        line = lines[index]
        other = line.shape is Shape.LITTER and line.litter is not Litter.NOISE
        if index in taken or other or (line.byline and index < header_end):
            return index
        if line.shape is Shape.PROSE or (line.shape is Shape.SENTENCE and links):
            if not links and line.text[-1] in "?»" and len(line.text) < 2 * STANDFIRST:
                links.append(index)
                continue
            end = _undated_end(lines, index, usual) if links else index
            if end > index:
                return end
            return links[-1] if _is_subhead_below(lines, links) else index
        if line.is_content:
            links.append(index)
    return len(lines)


def _undated_end(lines: Sequence[Line], index: int, usual: int) -> int:
    """The end of a list "title, sentence, title, sentence" that ends the page; else ``index``."""
    shapes, longest, end = "", 0, index
    for end in range(index, len(lines)):
        line = lines[end]
        if line.litter in ENDS:
            break
        if line.shape is Shape.LITTER and line.litter is not Litter.NOISE:
            return index
        if line.is_content:
            shapes += "S" if line.is_sentence else "H"
            longest = max(longest, len(line.text))
    else:
        end = len(lines)
    if longest > _TEASER_SENTENCE or lines[index - 1].shape is not Shape.SHORT:
        return index
    listed = re.fullmatch(r"S(?:HS)+H?", shapes) or (shapes == "S" and longest < usual / 2)
    return end if listed else index


def _is_subhead_below(lines: Sequence[Line], links: list[int]) -> bool:
    """After several headlines, is the last line, a shorter one, a subhead of the body?"""
    if len(links) < 2 or lines[links[-1]].shape is not Shape.SHORT:
        return False
    last = len(lines[links[-1]].text)
    return last <= 50 and all(len(lines[index].text) > 1.3 * last for index in links[:-1])


def _after_box(lines: Sequence[Line], start: int) -> int:
    """Past the short lines of a box: those followed, within three, by another line of it."""
    for index in range(start, min(start + 4, len(lines))):
        line = lines[index]
        if line.litter in (Litter.BOX, Litter.NOISE):
            return index
        if line.shape not in (Shape.SHORT, Shape.SENTENCE):
            break
    return start


def _trim(lines: Sequence[Line], kept: list[int]) -> list[int]:
    """Without the short lines below the last sentence: names, tags and links."""
    end = len(kept)
    while end and not _may_end(lines, kept, end - 1):
        end -= 1
    return kept[:end]


def _may_end(lines: Sequence[Line], kept: list[int], place: int) -> bool:
    line = lines[kept[place]]
    if line.is_sentence:
        return True
    if line.shape is Shape.ITEM and place:
        above = lines[kept[place - 1]]
        return above.text[-1] == ":" or above.shape is Shape.ITEM
    return len(line.text) >= 2 * STANDFIRST


_HEADER_LINES = 20
"""Buttons and bylines that may stand between a legend and the first paragraph."""
_TOLD = re.compile(
    r"\b(?:a|ont|est|sont|a été|ont été|s['’]est)\s+\w+(?:é|ée|és|ées|i|is|it|u|us)\b"
    r"|\w(?:ra|ront)\b"
)


def _is_legend(lines: Sequence[Line], index: int, prose: int) -> bool:
    """A line with a credit or beside a credit alone; above the text, one that ends with a day."""
    line = lines[index]
    if line.shape in (Shape.CAPTION, Shape.CREDIT):
        return True
    if line.shape not in (Shape.SENTENCE, Shape.SHORT, Shape.PROSE) or prose > 1:
        return False
    if ends_with_day(line.text) and not _TOLD.search(line.text):
        below = lines[index + 1 : index + _HEADER_LINES]
        under_text = bool(index) and lines[index - 1].shape is Shape.PROSE
        return any(line.shape is Shape.PROSE for line in below) and not under_text
    above = lines[index - 1] if index else line
    beside = above.shape is Shape.CREDIT and not line.fresh
    return not prose and beside and len(line.text) <= LEGEND


_INTERVIEW = 3
"""Questions in a body that make it an interview."""


def find_subheads(body: list[Line]) -> tuple[str, ...]:
    """Short lines above a sentence; short questions too, unless they make an interview."""
    above = [line for line, below in pairwise(body) if below.is_sentence]
    interview = sum(map(_is_question, above)) >= _INTERVIEW
    return tuple(
        line.text for line in above if _is_headline(line) or (_is_question(line) and not interview)
    )


def _is_headline(line: Line) -> bool:
    quoted = line.text[0] in '«"“'
    length = STANDFIRST if quoted else 2 * STANDFIRST
    return line.shape in (Shape.SHORT, Shape.LABEL) and len(line.text) <= length


def _is_question(line: Line) -> bool:
    text = line.text
    return text[-1] == "?" and len(text) <= STANDFIRST and text[0] not in '«"“-–—'
