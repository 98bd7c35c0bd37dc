"""A Markdown page → its article: front matter, title, and plain paragraphs."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from brief_qa.dates import parse_date
from brief_qa.decoding import decode
from brief_qa.domain import Page
from brief_qa.errors import PageError
from brief_qa.fields import Reading
from brief_qa.markup import BARE_DAY, STAMP, STAMP_LIMIT
from brief_qa.records import article_from_record

if TYPE_CHECKING:
    from markdown_it.token import Token

_FRONT_MATTER = re.compile(r"\s*---[ \t]*\n(.*?\n)---[ \t]*(?:\n|$)", re.DOTALL)
_PAIR = re.compile(r"([A-Za-zÀ-ÿ_-]+)\s*:\s*(.*)")


def article_from_markdown(page: Page) -> Reading:
    """The article of a Markdown page. Its id is the front matter's, else empty.

    Facts come from the front matter under the names that records use; the title also from
    the first ``# heading``. Raises PageError when there is no text.
    """
    text = decode(page.content)
    facts: dict[str, object] = {}
    if match := _FRONT_MATTER.match(text):
        facts, text = _front_matter(match[1]), text[match.end() :]
    blocks = _blocks(text)
    title = next((words for kind, words in blocks if kind == "h1"), "")
    body = [words for kind, words in blocks if kind != "h1" or words != title]
    stamps = [words for words in body[:3] if _is_stamp(words)]
    body = [words for words in body if words not in stamps]
    if not body:
        raise PageError("Page Markdown sans texte : seulement un titre, ou rien.")
    record = {"titre": title, **facts, "text": "\n\n".join(body)}
    article, remarks = article_from_record(record, html=False)
    if article.published is None and stamps and (day := parse_date(stamps[0])):
        article = replace(article, published=day, date_origin="dateline")
    return Reading(article, remarks)


def _is_stamp(words: str) -> bool:
    # The patterns are quadratic in a run of spaces, and a block of code keeps its own.
    return len(words) <= STAMP_LIMIT and bool(STAMP.fullmatch(words) or BARE_DAY.fullmatch(words))


def _front_matter(text: str) -> dict[str, object]:
    """The ``name: value`` lines, with lists in brackets or as ``- item`` lines below a name."""
    facts: dict[str, object] = {}
    items: list[str] = []
    for line in text.split("\n"):
        if match := _PAIR.match(line):
            value = match[2].strip()
            items = []
            listed = value.startswith("[") and value.endswith("]")
            parts = [_unquoted(part) for part in value[1:-1].split(",")] if listed else items
            facts[match[1].lower()] = parts if listed or not value else _unquoted(value)
        elif line.strip().startswith("- "):
            items.append(_unquoted(line.strip()[2:]))
    return facts


def _unquoted(value: str) -> str:
    value = value.strip()
    return value[1:-1] if len(value) > 1 and value[0] == value[-1] and value[0] in "\"'" else value


def _blocks(text: str) -> list[tuple[str, str]]:
    """Each block of the page: its kind ("h1", "li", "p"…) and its words without markup."""
    from markdown_it import MarkdownIt

    # HTML is not interpreted: a tag written in the text is text.
    parser = MarkdownIt("commonmark", {"html": False}).enable("table")
    blocks: list[tuple[str, str]] = []
    open_tags: list[str] = []
    cells: list[str] = []
    for token in parser.parse(text):
        if token.nesting == 1:
            open_tags.append(token.tag)
        elif token.nesting == -1:
            if open_tags.pop() == "tr":
                blocks.append(("tr", " | ".join(cells)))
                cells = []
        elif token.type in ("fence", "code_block"):
            blocks.append(("code", token.content.strip()))
        elif token.type == "inline" and (words := _words(token.children or [])):
            if open_tags[-1] in ("th", "td"):
                cells.append(words)
            elif "li" in open_tags:
                blocks.append(("li", f"- {words}"))
            else:
                blocks.append((open_tags[-1], words))
    return blocks


def _words(tokens: list[Token]) -> str:
    """The words of an inline run: the texts of links are kept, pictures and addresses not."""
    pieces = (
        " " if token.type in ("softbreak", "hardbreak") else token.content
        for token in tokens
        if token.type != "image"
    )
    return " ".join("".join(pieces).split())
