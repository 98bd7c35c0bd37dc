"""The header of a copied page: its title, where it ends, and the section it names.

The title is the headline whose words the text repeats; menus, bars of other headlines
and legends stand around it. The header ends below the bylines.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from brief_qa.boilerplate import Litter, is_media_head
from brief_qa.bylines import is_generic_section, is_name, is_section, section_name
from brief_qa.dates import find_dates
from brief_qa.french import fold
from brief_qa.lines import Line, Shape, crumbs

STANDFIRST = 60
"""Between the title and the first paragraph shorter lines are names and labels."""
_TITLE_LENGTHS = (8, 250)
_CLOSE_SCORE = 0.85
"""Of headlines about as good, the first is the title, for a legend repeats it below; or the
last, where a list of dated headlines stands above the article.
Swept on the 27 pages of pages_html turned into text: 0.8 to 0.9 give the same titles."""
HEADER_BYLINES = 3
_HEADER_LINES = 9
_MENU_WORDS = 8
"""So many words, most of them with a capital, are a menu on one line."""
_LONG_MENU = 50
_PLACE = 25
"""Between a section and the title, a line so short is a place or a topic."""
_MENU = 3
"""Labels in a row above the title that may be the article's; more are a menu."""


def find_title(lines: Sequence[Line]) -> int | None:
    """The line of the title, or None when the page starts with its text."""
    limit = _title_limit(lines)
    path = {
        step for line in lines[:limit] if line.shape is Shape.CRUMBS for step in crumbs(line.text)
    }
    prose = [line.text for line in lines if line.shape is Shape.PROSE]
    long = [text for text in prose if len(text) >= 2 * STANDFIRST]
    known = _words(" ".join(long or prose)[:20_000])
    scores: dict[int, float] = {}
    for index, line in enumerate(lines[:limit]):
        if _may_be_title(lines, index):
            scores[index] = _title_score(lines, index, known) + (line.text in path) / 2
    if not scores:
        return None
    best = max(scores.values())
    close = [index for index, score in scores.items() if score >= _CLOSE_SCORE * best]
    listed = sum(bool(line.byline) for line in lines[:limit]) > HEADER_BYLINES
    first = _announced(lines, limit, close[-1] if listed else close[0])
    # Bars at the top of a page, and cards, repeat the title above the title itself.
    same = [index for index in scores if lines[first].text.endswith(lines[index].text)]
    return max(first, *same)


def _may_be_title(lines: Sequence[Line], index: int) -> bool:
    line = lines[index]
    low, high = _TITLE_LENGTHS
    if not low <= len(line.text) <= high or is_beside_byline(lines, index):
        return False
    if line.litter is Litter.LINK:
        return is_media_head(line.text)
    credit_below = index + 1 < len(lines) and lines[index + 1].shape is Shape.CREDIT
    if credit_below or ends_with_day(line.text):
        return False
    if line.shape is not Shape.SHORT and (
        line.shape is not Shape.SENTENCE or line.text[-1] in ".:;"
    ):
        return False
    words = line.text.split()
    capitals = sum(word[0].isupper() and not word.isupper() for word in words)
    return len(words) < _MENU_WORDS or capitals < 0.7 * len(words)


def _announced(lines: Sequence[Line], limit: int, first: int) -> int:
    """The same title further down, above a byline: a bar at the top of the page announced it."""
    if any(line.byline for line in lines[first + 1 : first + 4]):
        return first
    for index in range(limit, len(lines)):
        if lines[index].text == lines[first].text:
            below = lines[index + 1 : index + _HEADER_LINES]
            if any(line.byline and "publi" in line.text.lower() for line in below):
                return index
    return first


def _title_limit(lines: Sequence[Line]) -> int:
    """The title stands above this line: the first paragraph, or a byline just below it."""
    first = first_prose(lines, 0)
    total = sum(len(line.text) for line in lines if line.shape is Shape.PROSE)
    above = 0
    for index in range(first, len(lines)):
        line = lines[index]
        if line.shape is Shape.PROSE:
            above += len(line.text)
        if above > 0.3 * total or line.litter in (Litter.LINKS, Litter.END):
            break
        if line.byline:
            return index
    return first


def _title_score(lines: Sequence[Line], index: int, known: set[str]) -> float:
    """Share of its words that the text repeats, its length up to eight words, its neighbours."""
    text = lines[index].text
    own = _words(text)
    repeated = len(own & known) / len(own) if own else 0.0
    headed = bool(index) and lines[index - 1].shape in (Shape.LABEL, Shape.CRUMBS)
    signed = any(line.byline for line in lines[index + 1 : index + 3])
    return min(len(text.split()), 8) / 8 * (0.5 + 1.5 * repeated) + 0.2 * headed + 0.2 * signed


def _words(text: str) -> set[str]:
    return {word[:6] for word in re.findall(r"\w{5,}", fold(text))}


HEADER_PARAGRAPHS = 2
ENDS = frozenset({Litter.END, Litter.COMMENTS})
_HEADS = ENDS | {Litter.LINKS}


def header_end_of(lines: Sequence[Line], start: int) -> int:
    """The line after the last byline that belongs to the title, under at most one paragraph."""
    end, paragraphs, linked = start, 0, False
    for index in range(start, len(lines)):
        line = lines[index]
        paragraphs += line.shape is Shape.PROSE
        linked = linked or (paragraphs > 0 and line.litter in _HEADS)
        if paragraphs >= HEADER_PARAGRAPHS:
            break
        if line.byline and not (linked and "publi" not in line.text.lower()):
            above = lines[index - 1]
            if (
                paragraphs
                and end > start
                and above.shape is Shape.SHORT
                and not is_name(above.text)
            ):
                break  # the title of a teaser and its day
            if paragraphs and _is_chronology(lines, index):
                break
            end = index + 1
    return first_prose(lines, end) if end > start else end


def first_prose(lines: Sequence[Line], start: int) -> int:
    """The first line of prose from ``start`` on; the end of the page when there is none."""
    return next(
        (index for index in range(start, len(lines)) if lines[index].shape is Shape.PROSE),
        len(lines),
    )


def is_beside_byline(lines: Sequence[Line], index: int) -> bool:
    """A name alone beside a byline."""
    beside = [*lines[max(index - 1, 0) : index], *lines[index + 1 : index + 2]]
    return is_name(lines[index].text) and any(line.byline for line in beside)


_BARE_DAY = re.compile(r"(?:le )?(?:\w+di |dimanche )?\d[^-–—|•]*", re.IGNORECASE)


def stands_in_text(lines: Sequence[Line], index: int) -> bool:
    """A section or a bare day between two sentences heads what follows: a survey, a chronology."""
    line = lines[index]
    if line.byline and not (_BARE_DAY.fullmatch(line.text) and line.byline.published):
        return False
    around = [*lines[index - 1 : index], *lines[index + 1 : index + 2]]
    return len(around) == 2 and all(near.is_sentence for near in around)


def _is_chronology(lines: Sequence[Line], index: int) -> bool:
    """Does the bare day stand with others in the text, each above its sentences?"""
    return stands_in_text(lines, index) and any(
        lines[other].byline and stands_in_text(lines, other)
        for other in range(index + 1, len(lines) - 1)
    )


_DATED_LEGEND = re.compile(r".{3,150}[,(] ?(?:le |en )?(?:\w+ )?$")
LEGEND = 180


def ends_with_day(text: str) -> bool:
    """A legend often does: "Le ministre à Rabat, le 22 avril 2024."."""
    found = find_dates(text) if len(text) <= LEGEND else []
    if not found or text[found[-1].end :].strip(" .)"):
        return False
    return bool(_DATED_LEGEND.fullmatch(text[: found[-1].start]))


def read_section(lines: Sequence[Line], title_at: int | None, header_end: int) -> str | None:
    """From the path above the title, the label just above it, or a byline."""
    if title_at is None:
        return None
    title = lines[title_at].text
    for line in lines[:title_at]:
        if line.shape is Shape.CRUMBS:
            steps = [step for step in crumbs(line.text) if step != title and len(step) <= 40]
            usual = [step for step in steps if is_section(step) and not is_generic_section(step)]
            if steps:
                return section_name((usual or steps)[0])
    labels: list[str] = []
    for index in range(title_at - 1, -1, -1):
        line = lines[index]
        capitals = line.shape is Shape.SHORT and line.text.isupper() and len(line.text) <= 30
        place = index == title_at - 1 and line.shape is Shape.SHORT and len(line.text) <= _PLACE
        if line.shape is Shape.LABEL or capitals:
            labels.insert(0, line.text)
        elif place and index and lines[index - 1].shape is Shape.LABEL:
            continue
        elif not line.byline and line.litter not in (Litter.BOX, Litter.NOISE):
            break
        if line.fresh or len(labels) > _LONG_MENU:
            break
    if len(labels) > _MENU and labels[-1] not in labels[:-1]:
        labels = []
    labels = labels[-1:] if len(labels) > _MENU else labels
    labels += [line.text for line in lines[title_at + 1 : header_end] if line.shape is Shape.LABEL]
    labels += [
        line.byline.section for line in lines[:header_end] if line.byline and line.byline.section
    ]
    usual = [label for label in labels if is_section(label) and not is_generic_section(label)]
    return section_name((usual or labels)[0]) if usual or labels else None
