"""A page copied from a browser, made into one clean article and the teasers around it.

Words recognise buttons, notices and heads of links (:mod:`brief_qa.boilerplate`); the
rest is decided by structure: the title is the headline whose words the text repeats,
the header ends where paragraphs begin, short lines stay between paragraphs and go
after the last one, what stands under a head of links goes until paragraphs resume.
Inside the body a doubtful line stays.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from brief_qa.bodies import Walk, find_subheads, walk_body
from brief_qa.bylines import Byline, is_name
from brief_qa.dates import find_dates
from brief_qa.domain import DateOrigin
from brief_qa.fields import headline
from brief_qa.headers import find_title, first_prose, header_end_of, read_section
from brief_qa.lines import Line, Shape, read_lines
from brief_qa.teasers import Teaser, find_teasers

__all__ = ["CopiedPage", "Teaser", "clean_copied_page"]


@dataclass(frozen=True, slots=True)
class CopiedPage:
    """What a copied page holds; ``body`` is empty when it holds no article.

    Paragraphs of the body are separated by an empty line; subheads are paragraphs of it
    and listed besides. Title, captions and teasers are not in the body; a page without
    a title takes the start of its first sentence, which then stays in the body.
    """

    title: str
    body: str
    published: date | None
    date_origin: DateOrigin
    updated: date | None
    authors: tuple[str, ...]
    """Who signed; an agency only where no person did."""
    section: str | None
    captions: tuple[str, ...]
    subheads: tuple[str, ...]
    teasers: tuple[Teaser, ...]


def clean_copied_page(text: str) -> CopiedPage:
    """Clean a page of text; never fails, whatever the text is."""
    lines = read_lines(text)
    title_at = find_title(lines)
    start = 0 if title_at is None else title_at + 1
    header_end = header_end_of(lines, start)
    teasers, taken = find_teasers(lines, max(header_end, first_prose(lines, start) + 1))
    walk = walk_body(lines, start, header_end, taken)
    authors = _authors(lines, walk, start)
    kept = [lines[index] for index in walk.kept if lines[index].text not in authors]
    paragraphs = [line.text for line in kept]
    published, origin, updated = _days(lines, walk, header_end)
    return CopiedPage(
        title=lines[title_at].text if title_at is not None else headline(" ".join(paragraphs[:1])),
        body="\n\n".join(paragraphs),
        published=published,
        date_origin=origin,
        updated=updated,
        authors=authors,
        section=read_section(lines, title_at, header_end),
        captions=tuple(lines[index].text for index in walk.captions),
        subheads=find_subheads(kept),
        teasers=teasers,
    )


_DATELINE = re.compile(r"[^.]{0,20}?\(?[A-ZÀ-Þ][\w’' /-]{1,40}(?:\([\w ]+\))?,? (?:le )?(?:\w+ )?$")
_DISPATCH = re.compile(r" ?(?:\([A-Z][\w ]+\)|[-–—:])")


def _days(
    lines: Sequence[Line], walk: Walk, header_end: int
) -> tuple[date | None, DateOrigin, date | None]:
    """When it was published, where that is said, and when it was last changed."""
    bylines: list[Byline] = [
        line.byline for line in map(lines.__getitem__, walk.bylines) if line.byline
    ]
    updated = next((byline.updated for byline in bylines if byline.updated), None)
    for byline in bylines:
        if byline.published:
            return byline.published, "dateline", updated
    for index in walk.captions:
        found = find_dates(lines[index].text)
        if found:
            return found[-1].value, "caption", updated
    for index in walk.kept[:2]:
        text = lines[index].text
        found = find_dates(text[:120])
        opens = found and _DATELINE.fullmatch(text[: found[0].start])
        if opens and _DISPATCH.match(text, found[0].end):
            return found[0].value, "dateline", updated
    return None, "none", updated


def _authors(lines: Sequence[Line], walk: Walk, start: int) -> tuple[str, ...]:
    """Names of the bylines and beside them; agencies only when nobody else signs."""
    people: list[str] = []
    agencies: list[str] = []
    for index in walk.bylines:
        byline = lines[index].byline
        if byline:
            people += byline.authors
            agencies += byline.agencies
        for beside in (index - 1, index + 1):
            if (
                0 <= beside < len(lines)
                and lines[beside].shape is Shape.SHORT
                and is_name(lines[beside].text)
            ):
                people.append(lines[beside].text)
    if not people:
        above = range(start, first_prose(lines, start))
        people = [
            lines[i].text for i in above if lines[i].shape is Shape.SHORT and is_name(lines[i].text)
        ]
    return tuple(dict.fromkeys(people or agencies))
