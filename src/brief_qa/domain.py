"""The records that travel along the path: page → article → passage → hit → answer.

All are frozen and hold plain values. Offsets count characters (Python ``str``
indices) of ``Article.body``; they are half-open, so a text is ``body[start:end]``.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Literal

from brief_qa.texts import EXTRACTS, PERIOD_USE

Kind = Literal["article", "brève"]
DateOrigin = Literal[
    "jsonld", "meta", "url", "caption", "dateline", "teaser", "field", "text", "none"
]
"""Where an article's day came from.

``jsonld`` and ``meta`` are markup of a web page, ``url`` a day in its address,
``caption`` the photo caption, ``dateline`` a "Publié le …" line or the opening of
an agency dispatch, ``teaser`` the line under a teaser, ``field`` the date field of
a record (JSONL, CSV, front matter), ``text`` any other day found in the page.
"""


Form = Literal["fait", "liste", "définition", "oui ou non", "explication", "résumé"]
"""What kind of answer a question calls for."""


@dataclass(frozen=True, slots=True)
class Page:
    """Bytes as received, before any cleaning."""

    name: str
    """Where it came from, for messages: a path, or ``archive.zip!folder/page.html``."""
    content: bytes


@dataclass(frozen=True, slots=True)
class Article:
    """One clean news article. ``body`` is the text that every offset refers to."""

    id: str
    title: str
    body: str
    url: str | None = None
    source: str | None = None
    published: date | None = None
    updated: date | None = None
    authors: tuple[str, ...] = ()
    section: str | None = None
    kind: Kind = "article"
    parent_id: str | None = None
    """For a ``brève``: the id of the article whose page carried it."""
    date_origin: DateOrigin = "none"


Aspect = Literal["new", "text", "title", "date", "facts"]
"""What a version changed; ``facts`` are the address, source, authors, section and kind."""


@dataclass(frozen=True, slots=True)
class Version:
    """When an article was taken in or corrected, and what that changed: none of its words."""

    at: datetime
    """In UTC, to the second."""
    changed: tuple[Aspect, ...]
    """``("new",)`` when it was taken in."""
    added: int = 0
    """Words of the text that were not in the one before, each as often as it occurs more."""
    removed: int = 0
    """Words that went."""


@dataclass(frozen=True, slots=True)
class Arrival:
    """An article as it comes in."""

    article: Article
    origin: str | None = None
    """The page that gave it: its file, resolved, and the member of a zip. None for a record of
    JSONL, JSON or CSV, which has an identity of its own, and for an article handed over."""


@dataclass(frozen=True, slots=True)
class Rejection:
    """Something that could not be read: nothing else stops because of it."""

    name: str
    reason: str
    """In French, for the person who gave the file."""
    count: int = 1
    """How many it stands for: past the first ones of a file, one stands for all the others."""


@dataclass(frozen=True, slots=True)
class Remark:
    """A fact given with an article that was set aside or cut; the article itself is kept."""

    name: str
    reason: str
    """In French: what was given, what was expected."""
    count: int = 1
    """As for a :class:`Rejection`."""


@dataclass(frozen=True, slots=True)
class Withheld:
    """An article that an ingest left aside: it, or another with its very words, was deleted."""

    id: str
    title: str
    deleted: date
    """The day of the deletion."""


@dataclass(frozen=True, slots=True)
class Passage:
    """A piece of one article: its text is ``body[start:end]``, always."""

    id: int
    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class ScoreParts:
    """What a hit's score is made of; for every figure, higher is better."""

    dense: float
    """Cosine similarity between question and passage, in [-1, 1]."""
    terms: float
    """How much of the question's information, by rarity of its words, the passage's whole
    article holds, in [0, 1] (BM25 for the most part); 0 when no term matches."""
    matched: tuple[str, ...] = ()
    """Words of the question found in the passage, its title and its authors' names, as the
    question wrote them."""
    period: float = 0.0
    """What its day's being in the period that the question speaks of adds to the score."""
    read_as: tuple[tuple[str, str], ...] = ()
    """(words of the question, what stands for them there): another spelling of a name, an
    acronym or its long form, where the question's own words are not there."""
    relevance: float | None = None
    """The reader's log-odds that the passage answers; None for a passage that was not read."""


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage found by a search, with its article and its score."""

    passage: Passage
    article: Article
    score: float
    parts: ScoreParts
    rank: int
    """1 for the best."""

    @property
    def text(self) -> str:
        """The passage's own words."""
        return self.article.body[self.passage.start : self.passage.end]


def read_as(hits: Iterable[Hit]) -> dict[str, tuple[str, ...]]:
    """Words of the question → what was found in their place: other spellings, acronyms."""
    found: dict[str, dict[str, str]] = {}
    for hit in hits:
        for asked, read in hit.parts.read_as:
            found.setdefault(asked, {}).setdefault(read.casefold(), read)
    return {asked: tuple(read.values()) for asked, read in found.items()}


@dataclass(frozen=True, slots=True)
class Period:
    """The time that a question speaks of, by its own words: ``question[start:end]``.

    The question is the one searched for: a short one is completed from those before it.
    """

    first: date | None
    last: date | None
    """Both inclusive, None where open; never both."""
    start: int
    end: int
    use: Literal["filter", "preference", "unmet"]
    """A filter leaves out articles dated outside; a preference puts those inside before others;
    where no article is dated inside, the filter is unmet and leaves out nothing. No use leaves
    out an article without a date."""
    reach: int
    """Days after the last in which articles still tell of it."""
    reason: str
    """In French: « la semaine dernière » : du 16 au 22 novembre 2026."""

    @property
    def days(self) -> tuple[date | None, date | None]:
        """First and last day on which articles tell of it."""
        return self.first, self.last and self.last + timedelta(days=self.reach)

    @property
    def told(self) -> str:
        """For the reader: the time, and what was done with it."""
        return f"{self.reason} ; {PERIOD_USE[self.use]}"

    def tells(self, day: date | None) -> bool:
        """Whether an article of this day tells of it; one without a day cannot be said to."""
        first, last = self.days
        return day is not None and (first or day) <= day <= (last or day)


@dataclass(frozen=True, slots=True)
class Citation:
    """A quotation: ``quote == article.body[start:end]``, always."""

    number: int
    """Numbering starts at 1, in the order of the answer's text."""
    article: Article
    start: int
    end: int
    quote: str
    span: tuple[int, int] | None = None
    """The few words of the quotation that answer, as offsets of ``article.body``."""


@dataclass(frozen=True, slots=True)
class Coverage:
    """What the archive holds: how many articles, and the period they cover."""

    articles: int
    first: date | None
    last: date | None
    updated: datetime | None = None
    """When an article was last taken in, corrected or removed, in UTC; None when that is unknown,
    as for an archive last written to before this was kept."""


@dataclass(frozen=True, slots=True)
class Understood:
    """A question as it was understood: made complete from what was asked before, or as it is."""

    question: str
    carried: tuple[str, ...] = ()
    """The words that came from before, as they stand in ``question``; none when it stood alone."""


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in French, or a refusal; either way with what was found."""

    text: str
    """Quotations followed by their numbers, ``« … » [1]``; or a model's sentences, each checked
    and with the numbers of what it rests on; or the refusal sentence."""
    citations: tuple[Citation, ...]
    hits: tuple[Hit, ...]
    refused: bool
    reason: str | None
    """In French, why the archive was judged unable to answer; None for an answer."""
    confidence: float
    """Calibrated probability, in [0, 1], that the first quotation answers; of what happened in a
    period, the least share of the question's words that a quoted article holds."""
    coverage: Coverage
    timings: dict[str, float] = field(default_factory=dict)
    """Seconds by step: ``search``, ``read``, ``write`` where an LLM was asked, ``total``."""
    form: Form = "fait"
    """What kind of answer the question calls for."""
    notes: tuple[str, ...] = ()
    """In French, what to know beside the answer: figures that differ, a date that does not fit."""
    understood: Understood | None = None
    """The question that was answered, where it was completed from the history; else None."""
    period: Period | None = None
    """The time that the question was taken to speak of, when its dates were read."""
    writer: str = EXTRACTS
    """Who wrote the text: quotations are ``extraits``; else the name of a model."""
    removed: int = 0
    """Sentences of a model that were not shown, for want of a source."""
    notice: str | None = None
    """In French, why a model that was to write did not; None when there is nothing to say."""

    @property
    def read_as(self) -> dict[str, tuple[str, ...]]:
        """As :func:`read_as`, of what was found."""
        return read_as(self.hits)


@dataclass(frozen=True, slots=True)
class IngestReport:
    """What an ingest did, article by article counted once."""

    added: int = 0
    updated: int = 0
    """Articles whose id was known and whose text or facts changed, or that took the place of
    what the same page said before."""
    unchanged: int = 0
    """Articles the archive already held, word for word or in a later version."""
    passages: int = 0
    rejected: tuple[Rejection, ...] = ()
    withheld: tuple[Withheld, ...] = ()
    """Articles deleted before, which only an ingest with ``restore`` takes in again."""
    seconds: float = 0.0
    article_ids: tuple[str, ...] = ()
    """Ids of the articles added or updated, in order."""
    remarks: tuple[Remark, ...] = ()


@dataclass(frozen=True, slots=True)
class Stats:
    """What an archive holds, counted."""

    articles: int
    briefs: int
    """Articles of kind ``brève``, among ``articles``."""
    undated: int
    passages: int
    first: date | None
    last: date | None
    by_month: dict[str, int]
    """Articles by month, ``"2024-04"``; undated ones are not in it."""
    by_section: dict[str, int]
    by_source: dict[str, int]
    encoder: str
    change: int
    """The catalog's change counter."""
    bytes_on_disk: int
    updated: datetime | None = None
    """As for :class:`Coverage`."""
