"""The lines of a copied page, cleaned of what nobody sees, each with what it looks like."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from dataclasses import dataclass
from enum import Enum, auto
from itertools import pairwise

from brief_qa.boilerplate import Litter, litter
from brief_qa.bylines import AGENCIES, BYLINE_LIMIT, Byline, is_section, read_byline
from brief_qa.dates import find_dates
from brief_qa.decoding import composed
from brief_qa.french import fold


class Shape(Enum):
    """What a line looks like by itself, before its neighbours are asked."""

    PROSE = auto()
    """A sentence or more, long enough to be a paragraph."""
    SENTENCE = auto()
    """Short, but ended as a sentence or opening a list: never a headline of a link."""
    SHORT = auto()
    """A title, a subhead, a headline, a name: short and not ended."""
    ITEM = auto()
    """It starts with a bullet."""
    LABEL = auto()
    """The name of a usual section, alone."""
    CRUMBS = auto()
    """A path through the site: "Accueil > Politique > Maroc"."""
    BYLINE = auto()
    CAPTION = auto()
    """The legend of a picture, known by its credit."""
    CREDIT = auto()
    """A picture's credit alone."""
    LITTER = auto()


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the page, without spaces at its ends."""

    text: str
    shape: Shape
    fresh: bool
    """An empty line stands before it, or it is the first."""
    litter: Litter | None = None
    byline: Byline | None = None

    @property
    def is_content(self) -> bool:
        """May it be a part of an article's or a teaser's words?"""
        return self.shape in _CONTENT

    @property
    def is_sentence(self) -> bool:
        return self.shape in (Shape.PROSE, Shape.SENTENCE)


_CONTENT = frozenset({Shape.PROSE, Shape.SENTENCE, Shape.SHORT, Shape.ITEM})

_NEWLINES = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")


def normalise(text: str) -> str:
    """The text in NFC, lines ended by ``\\n``, one plain space between words, nothing unseen.

    No-break and thin spaces become plain ones, so that a quotation is found whatever its
    typography; zero-width, bidirectional, control and private-use characters (icon
    fonts), and lone surrogates, are taken away.
    """
    text = _NEWLINES.sub("\n", composed(text))
    table: dict[int, str | None] = {}
    for character in set(text):
        category = unicodedata.category(character)
        if category == "Zs" or character == "\t":
            table[ord(character)] = " "
        elif (category[0] == "C" and character != "\n") or character == "\ufffc":
            table[ord(character)] = None
    # Removing a character may bring a letter and its accent together.
    text = composed(text.translate(table))
    return "\n".join(re.sub(" {2,}", " ", line.strip()) for line in text.split("\n"))


def read_lines(text: str) -> list[Line]:
    """Normalise a page and read its lines; glued teasers are split, wrapped lines joined."""
    lines = []
    fresh = True
    for raw in _unwrap(_split_glued(normalise(text).split("\n"))):
        if raw:
            lines.append(_read_line(raw, fresh))
        fresh = not raw
    return lines


def _split_glued(raw_lines: list[str]) -> list[str]:
    """Cut after a byline what is glued to it: "Mbaye Gueye - 27 août 2025Politique - Le…"."""
    lines = []
    for line in raw_lines:
        start = 0
        for found in find_dates(line):
            after = _TIME_AFTER.match(line, found.end)
            end = after.end() if after else found.end
            glued = line[end : end + 1]
            if end - start > BYLINE_LIMIT or not (glued.isupper() or glued == "«"):
                continue
            if read_byline(line[start:end].strip()):
                lines.append(line[start:end].strip())
                start = end
        lines.append(line[start:].strip())
    return lines


_TIME_AFTER = re.compile(r" (?:à |- )?[0-2]?[0-9] ?[h:] ?[0-5][0-9](?=[A-ZÀ-Þ«])")

_WRAP_WIDTHS = (50, 110)
_WRAPPED_SHARE = 0.6
_MIDDLES = 0.4
"""Share of wrapped lines that start with a small letter; in the golden pages
cut at 76 characters 0.87 of them do."""


def _unwrap(raw_lines: list[str]) -> list[str]:
    """Join the lines of a text that was cut at a fixed width, as mail and text browsers do.

    It was when most lines followed directly by another could not have taken that line's
    first word without passing the page's usual width, and many start inside a sentence.
    """
    width = _usual_width(raw_lines)
    pairs = [(a, b) for a, b in pairwise(raw_lines) if a and b]
    full = [b[0].islower() for a, b in pairs if _is_full(a, b, width)]
    if len(full) < _WRAPPED_SHARE * len(pairs) or sum(full) < max(3, _MIDDLES * len(full)):
        return raw_lines
    wrapped: list[list[str]] = []
    previous = ""
    for line in raw_lines:
        if previous and line and _is_full(previous, line, width):
            wrapped[-1].append(line)
        else:
            wrapped.append([line])
        previous = line
    return [" ".join(parts) for parts in wrapped]


def _usual_width(raw_lines: list[str]) -> int:
    """The width that most lines come near to: words leave up to ten characters unused."""
    lengths = Counter(map(len, raw_lines))
    return max(
        range(*_WRAP_WIDTHS),
        key=lambda width: (
            sum(lengths[width - unused] for unused in range(10)),
            lengths[width] > 0,
        ),
    )


def _is_full(line: str, following: str, width: int) -> bool:
    return len(line) - 10 <= width < len(line) + 1 + len(following.split(" ", 1)[0])


_BULLET = re.compile(r"(?:[•◦▪■●‣·*+–—-]|\d{1,2}[.)]|[a-z]\))\s+(?=\S)")
_PROSE_LENGTH = 60
_LONG = 200


def _read_line(text: str, fresh: bool) -> Line:
    byline = read_byline(text)
    if byline and byline.signed and _picture(text) is Shape.CAPTION:
        byline = None
    if byline and byline.placed:
        return Line(text, Shape.BYLINE, fresh, byline=byline)
    if is_section(text):
        return Line(text, Shape.LABEL, fresh)
    kind = litter(text)
    if kind:
        return Line(text, Shape.LITTER, fresh, litter=kind)
    if byline:
        return Line(text, Shape.BYLINE, fresh, byline=byline)
    return Line(text, _shape(text), fresh)


def _shape(text: str) -> Shape:
    if crumbs(text):
        return Shape.CRUMBS
    picture = _picture(text)
    if picture:
        return picture
    if _BULLET.match(text):
        return Shape.ITEM
    if len(text) >= _LONG or (len(text) >= _PROSE_LENGTH and _ends_sentence(text)):
        return Shape.PROSE
    return Shape.SENTENCE if text[-1] in ".!?:;…" or _ends_sentence(text) else Shape.SHORT


def _picture(text: str) -> Shape | None:
    if len(text) > _CAPTION_LIMIT or text.startswith(("«", '"')):
        return None
    if len(text) <= _CREDIT_LIMIT and _CREDIT.fullmatch(text):
        return Shape.CREDIT
    return Shape.CAPTION if _CREDITED.search(text) else None


def _ends_sentence(text: str) -> bool:
    """It ends as a sentence does; a quotation, a question or "…" only if long: titles end so."""
    cut = text.endswith(("…", "..."))
    if text[-1] in ".!" and not cut:
        return True
    closed = text.rstrip(' »"”)]')
    if closed != text and closed and closed[-1] in ".!?…":
        return True
    return len(text) >= 2 * _PROSE_LENGTH and (cut or text[-1] in '?»"”):;')


_CRUMB = re.compile(r"\s*[>›»❯→]\s*|\s+/\s+|\s*\|\s*")


def crumbs(text: str) -> tuple[str, ...]:
    """The steps of a path through the site, without the home page; empty if it is none."""
    if "«" in text or len(text) > 300:
        return ()
    steps = [step for step in _CRUMB.split(text) if step]
    if len(steps) < 2 or any(len(step) > 150 for step in steps):
        return ()
    home = fold(steps[0]) in {"accueil", "home", "a la une", "page d'accueil", "vous etes ici"}
    arrows = bool(re.search(r"[>›»❯→]", text))
    deep = arrows and len(steps) > 2 and any(map(is_section, steps))
    pair = len(steps) == 2 and " / " in text and len(text) <= _CREDIT_LIMIT // 2
    if (
        not home
        and not deep
        and not (is_section(steps[0]) and (arrows or pair or all(map(is_section, steps))))
    ):
        return ()
    return tuple(steps[1:] if home else steps)


_CAPTION_LIMIT = 350
_CREDIT_LIMIT = 90
_AGENCY = (
    "(?:"
    + "|".join(
        sorted(
            {name.upper() for name in AGENCIES if len(name) <= 5 and name not in ("apa", "ats")}
            | {
                "Reuters",
                "SIPA",
                "Sipa",
                "Getty Images",
                "Getty",
                "Shutterstock",
                "iStock",
                "Abaca",
                "Hans Lucas",
                "MAXPPP",
                "Maxppp",
                "Keystone",
                "Unsplash",
                "Pixabay",
                "Belga",
                "Xinhua",
                "Anadolu",
                "Bestimage",
            },
            key=len,
            reverse=True,
        )
    )
    + ")"
)
_NAMES = r"[\w.’'&-]+(?: [\w.’'&-]+){0,6}"
_PICTURE = (
    r"(?:[Pp]hotos?|PHOTOS?|[Cc]rédits?|CRÉDITS?|CREDITS?|Credits?|Ph\.?|[Vv]isuel|Illustration)"
)
_CREDIT = re.compile(
    rf"\(?(?:©|\([cC]\)|Copyright\b).*"
    rf"|\(?{_PICTURE}(?: (?:photo|image|d['’]illustration|d['’]archives))?s? ?: ?"
    rf"[A-ZÀ-Þ@©]{_NAMES}\)?"
    r"|\(?(?:[Pp]hoto|PHOTO|[Cc]rédits? [Pp]hotos?)s? ?: ?.*"
    rf"|PHOTOS? [^a-zà-ÿ]+(?:, .*)?"
    rf"|\(?(?:Photo|Ph\.) {_AGENCY}\)?\.?"
    rf"|\(?{_AGENCY} ?/ ?{_NAMES}\)?|\(?{_NAMES} ?/ ?{_AGENCY}\)?"
    rf"|\(?(?:Photo|Image) (?:d['’]illustration|d['’]archives|prétexte)\)?\.?|D\.?R\.?"
)
_CREDITED = re.compile(
    rf"©|\([cC]\) ?[A-ZÀ-Þ]"
    rf"|[.!?»)|/(–—-] ?{_PICTURE}(?: photo)?s? ?: ?[A-ZÀ-Þ@©][^:]{{0,60}}$"
    r"|\((?:[Pp]hoto|[Ii]mage|[Cc]rédit|[Pp]h\.)s?(?=[ :,)])[^()]{0,60}\)\.?$"
    r"|[.!?»] (?:Photos?|PHOTOS?|Crédits?) [A-ZÀ-Þ][^.!?]{1,60}$|\([Ii]llustration\)$"
    r"|\([A-ZÀ-Þ][^()/]{1,40}/ ?[A-ZÀ-Þ][^()/]{1,40}\)\.?$"
    rf"|[./|–—»)] ?(?:{_NAMES} ?[/,-] ?)?{_AGENCY}(?: ?/ ?{_NAMES})?\.?$"
    rf"|{_AGENCY} ?/ ?{_NAMES}$|[A-ZÀ-Þ]\w+ ?/ ?{_AGENCY}\.?$"
    r"|[|/] ?[A-ZÀ-Þ][A-ZÀ-Þ0-9 .,’'&-]{2,40}$"
    r"|[.:/|–—-] ?\(?D\.?R\.?\)?\.?$"
    r"|(?:[Pp]hoto|[Ii]mage) (?:d['’]illustration|d['’]archives|prétexte)\)?\.?$"
)
