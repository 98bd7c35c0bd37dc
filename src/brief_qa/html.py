"""A web page → its article: text by trafilatura, then without the clutter it lets through."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from dataclasses import asdict, dataclass, replace
from datetime import date
from typing import Any

from brief_qa.boilerplate import litter
from brief_qa.bylines import is_name, is_section, section_name
from brief_qa.decoding import decode, tidy
from brief_qa.domain import Article, Page
from brief_qa.errors import PageError
from brief_qa.fields import (
    Reading,
    author_names,
    fit,
    fit_title,
    headline,
    letters,
    one_line,
    unread_day,
)
from brief_qa.markup import BARE_DAY, STAMP, Facts, read_facts

ENOUGH = 250
"""Characters of body under which other ways to find the text are tried."""
HERE_LIMIT = 256 * 1024
"""Characters of markup read in this process; a longer page is read in one that can be ended.

Scripts and styles do not count. Parsing is quadratic in a tag's attributes and in nested
tags: at this limit the worst page tried takes 10 s, at eight times that, ten minutes. The
longest of the 27 gold pages has 200,000.
"""
TIME_LIMIT = 20.0
"""Seconds given to a long page; 9 MB of plain paragraphs take about as much."""


def article_from_html(page: Page) -> Reading:
    """The article of a web page, without an id.

    Raises PageError when the bytes are not text, hold no article, or take too long.
    """
    source = without_scripts(decode(page.content, markup=True))
    return _read(source) if len(source) <= HERE_LIMIT else _read_apart(source)


def without_scripts(source: str) -> str:
    """The markup without its scripts and styles, JSON-LD kept; an unclosed one ends the page."""
    pieces, position = [], 0
    while start := _SCRIPT.search(source, position):
        pieces.append(source[position : start.start()])
        end = _SCRIPT_END.search(source, start.end())
        position = end.end() if end else len(source)
        if _LINKED_DATA.search(start[0]):
            pieces.append(source[start.start() : position])
    return "".join([*pieces, source[position:]])


_SCRIPT = re.compile(r"<(?:script|style)\b[^>]{0,2000}", re.IGNORECASE)
_SCRIPT_END = re.compile(r"</(?:script|style)\s*>", re.IGNORECASE)
_LINKED_DATA = re.compile(r"ld\+json", re.IGNORECASE)


def _read_apart(source: str) -> Reading:
    """The same as :func:`_read`, in a process of its own that is ended when time is up."""
    command = [sys.executable, "-c", "from brief_qa.html import _serve; _serve()"]
    try:
        done = subprocess.run(
            command, input=source.encode(), capture_output=True, timeout=TIME_LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        raise PageError(
            f"Page HTML trop lourde : plus de {TIME_LIMIT:.0f} s à la lire. Copiez le texte de "
            "l'article dans un fichier .txt."
        ) from None
    if done.returncode:
        raise PageError(f"Page HTML illisible (lecture interrompue, code {done.returncode}).")
    result = json.loads(done.stdout)
    if isinstance(result, str):
        raise PageError(result)
    facts, remarks = result
    days = {name: _day(facts[name]) for name in ("published", "updated")}
    article = Article(**{**facts, **days, "authors": tuple(facts["authors"])})
    return Reading(article, tuple(remarks))


def _serve() -> None:
    """Read markup on the standard input, write the article or the reason as JSON."""
    try:
        article, remarks = _read(sys.stdin.buffer.read().decode())
        result: object = (asdict(article), remarks)
    except PageError as error:
        result = str(error)
    print(json.dumps(result, default=str))  # ASCII, whatever the output's encoding


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None


def _read(source: str) -> Reading:
    from trafilatura import bare_extraction, load_html

    try:
        tree = load_html(source)
        if tree is None:
            raise PageError(_NO_ARTICLE)
        facts = read_facts(tree)
        # The extensive search takes any day of the text for the page's own, and finds no
        # more right ones on the gold pages: an undated article is better than a misdated one.
        document = bare_extraction(
            tree,
            include_comments=False,
            with_metadata=True,
            date_extraction_params={"original_date": True, "extensive_search": False},
        )
        title = _title(tree, document, facts)
        authors = facts.authors or author_names(document.author if document is not None else None)
        text = _text(tree, document, facts, title, authors)
    except PageError:
        raise
    except Exception as error:  # a parser meets hostile pages; one must not stop the others
        raise PageError(f"Page HTML illisible ({type(error).__name__}).") from error
    if not text.body:
        raise PageError(_NO_ARTICLE)
    title, body = fit_title(title or headline(text.body), text.body)
    published, origin = facts.published, facts.date_origin
    if published is None and document is not None and document.date:
        published, origin = date.fromisoformat(document.date), "text"
    site = document.sitename if document is not None else None
    name = facts.source or _site_name(tree, title) or one_line(site)
    article = Article(
        id="",
        title=title,
        body=body,
        url=facts.url,
        source=name.strip(" /") or None,
        published=published,
        updated=facts.updated,
        authors=authors or text.authors,
        section=facts.section or text.section,
        date_origin=origin,
    )
    return fit(article, [unread_day(facts.unread)] if facts.unread and published is None else [])


_NO_ARTICLE = (
    "Aucun texte d'article dans cette page HTML. Est-elle entière, et bien celle d'un article ? "
    "Sinon, copiez son texte dans un fichier .txt."
)


# --- title -------------------------------------------------------------------------------


def _title(tree: Any, document: Any, facts: Facts) -> str:
    """The page's title without the site's name, in the words of its ``<h1>`` if it is there."""
    said = one_line(document.title if document is not None else None) or facts.headline or ""
    shown = [tidy(one_line(" ".join(heading.itertext()))) for heading in tree.xpath("//h1")]
    for heading in (*shown, facts.headline or ""):
        # Shorter ones are a section or the site's own name.
        if len(heading) > 15 and letters(said).startswith(letters(heading)):
            return heading
    parts = re.fullmatch(r"(.+?)\s+[|–—•·-]\s+(.+)", said)
    return parts[1] if parts and letters(parts[2]) == letters(facts.source or "") else said


def _site_name(tree: Any, title: str) -> str | None:
    """What the page's ``<title>`` adds to the article's."""
    said = one_line(tree.xpath("string(//head/title)"))
    tail = said[len(title) :] if letters(said[: len(title)]) == letters(title) else ""
    name = re.fullmatch(r"\s+[|–—•·-]\s+(.{2,40})", tail)
    return name[1] if name else None


# --- text --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class CleanText:
    """An article's paragraphs, apart by an empty line, and what the lines above them said."""

    body: str
    authors: tuple[str, ...] = ()
    section: str | None = None


def _text(
    tree: Any, document: Any, facts: Facts, title: str, authors: tuple[str, ...]
) -> CleanText:
    """The cleaned text; where trafilatura finds too little, what else the page offers."""
    from trafilatura import bare_extraction

    known = {letters(text) for text in (title, facts.headline or "", *authors) if text}
    found = clean_lines(document.text if document is not None else "", known)
    linked = clean_lines(facts.body, known)
    if _holds(linked.body, found.body):
        found = replace(linked, authors=found.authors, section=found.section)
    if len(found.body) < ENOUGH:
        wider = bare_extraction(tree, include_comments=False, favor_recall=True)
        found = max(found, clean_lines(wider.text if wider is not None else "", known), key=_length)
    return found


def _holds(whole: str, part: str) -> bool:
    """Whether a text says all that another does, in as many paragraphs.

    It is then the whole of an article that the page shows in part, or the same text with
    the paragraphs that were lost.
    """
    return whole.count("\n\n") >= part.count("\n\n") and letters(part) in letters(whole)


def _length(text: CleanText) -> int:
    return len(text.body)


def clean_lines(text: str, known: set[str]) -> CleanText:
    """The lines of a text that are the article's own.

    ``known`` are keys of title and authors, which a page often repeats around its text. A
    section, a day or a signature is dropped only above the first paragraph: further down,
    a chronology has days and a portrait has names.
    """
    kept: list[str] = []
    authors: tuple[str, ...] = ()
    section: str | None = None
    begun = False
    for line in filter(None, map(one_line, tidy(text).split("\n"))):
        if is_clutter(line) or _signature(line) in known:
            continue
        if not begun and len(line) < _PARAGRAPH:
            if is_section(line):
                section = section or section_name(line)
                continue
            if names := _signed(line):
                authors = authors or names
                continue
            if letters(line) in known or BARE_DAY.fullmatch(line) or _EMPTY_STAMP.fullmatch(line):
                continue
        kept.append(line)
        begun = begun or len(line) >= _PARAGRAPH
    return CleanText("\n\n".join(kept), authors, section)


_PARAGRAPH = 100
"""Characters from which a line is a paragraph, and the article has begun."""
_BY = re.compile(r"(?:par|de|by)\s+", re.IGNORECASE)
_EMPTY_STAMP = re.compile(r"(?:publié|mis à jour|mis en ligne)\s+le\s*:?", re.IGNORECASE)


def _signature(line: str) -> str:
    return letters(_BY.sub("", line, count=1) if _BY.match(line) else line)


def _signed(line: str) -> tuple[str, ...]:
    """The names of a line that is nothing but "Par Lina Alaoui et Marc Petit"; else none."""
    said = _BY.match(line)
    names = author_names(line[said.end() :]) if said else ()
    return names if all(is_name(name) for name in names) else ()


def is_clutter(line: str) -> bool:
    """Whether a line belongs to the page around an article rather than to the article."""
    # The signature of a quoted message stays: it says who speaks.
    if len(line) > _CLUTTER_LIMIT or line.startswith(("— ", "– ")):
        return False
    return litter(line) is not None or any(pattern.fullmatch(line) for pattern in _CLUTTER)


_CLUTTER_LIMIT = 300
"""Characters; also bounds what the patterns cost."""
_CLUTTER = (
    # a caption's credit
    re.compile(
        r"©.*|(?:crédits?(?:\s+photos?)?|photos?|illustrations?|copyright|"
        r"(?:image|photo) (?:d['’]illustration|illustrative))\s*(?:\(cc?\)|©|:).*",
        re.IGNORECASE,
    ),
    # what is left for subscribers
    re.compile(
        r"pour (?:lire|continuer|accéder)\b.*(?:abonn|illimité|inscri|la suite).*", re.IGNORECASE
    ),
    # the way to the page
    re.compile(r"(?:accueil|home)\s*[>›»/|].*", re.IGNORECASE),
    STAMP,
)
