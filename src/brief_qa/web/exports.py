"""The results of a search as files: for a spreadsheet, for a program, for a bibliography."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable, Sequence

from brief_qa.domain import Article
from brief_qa.jsonable import to_json
from brief_qa.web import links
from brief_qa.web.searching import Found

_COLUMNS = ("id", "title", "published", "source", "section", "authors", "kind", "url", "passage")
_ACTS = ("=", "+", "-", "@", "\t", "\r")
"""What a spreadsheet takes for the beginning of a formula."""
_TEX = {
    "\\": r"\textbackslash{}",
    "{": r"\{",
    "}": r"\}",
    "~": r"\textasciitilde{}",
    "^": r"\textasciicircum{}",
    **{sign: f"\\{sign}" for sign in "#$%&_"},
}
_TEX_BREAKS = re.compile(r"[\\{}]")
"""What an address cannot hold there: the others are read as they are."""
_TEX_SIGN = re.compile(r"[\\{}~^#$%&_]")


def as_csv(found: Found) -> bytes:
    """One line an article, in UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for article, passage in zip(found.articles, _passages(found), strict=True):
        cells = [
            article.id,
            article.title,
            article.published or "",
            article.source or "",
            article.section or "",
            ", ".join(article.authors),
            article.kind,
            article.url or "",
            passage,
        ]
        table.writerow([_inert(str(cell)) for cell in cells])
    return text.getvalue().encode("utf-8-sig", "replace")


def as_json(found: Found) -> bytes:
    """The hits as ``brief-qa search --json`` gives them; the articles when nothing was asked."""
    return to_json({"hits": found.hits} if found.hits else {"articles": found.articles})


def as_bibtex(found: Found) -> bytes:
    """One entry an article."""
    entries = (_entry(number, one) for number, one in enumerate(found.articles, 1))
    return "\n".join(entries).encode("utf-8", "replace")


EXPORTS: dict[str, tuple[Callable[[Found], bytes], str]] = {
    "csv": (as_csv, "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
    "bib": (as_bibtex, "application/x-bibtex; charset=utf-8"),
}
"""Ending of the file → what writes it, and its media type."""


def _passages(found: Found) -> Sequence[str]:
    return [hit.text for hit in found.hits] or [""] * len(found.articles)


def _inert(cell: str) -> str:
    return f"'{cell}" if cell.startswith(_ACTS) else cell


def _entry(number: int, article: Article) -> str:
    facts = {
        "title": article.title,
        "author": " and ".join(article.authors),
        "journal": article.source or "",
        "date": str(article.published or ""),
    }
    said = "".join(f"  {name} = {{{_tex(value)}}},\n" for name, value in facts.items() if value)
    if article.url and links.host(article.url) and not _TEX_BREAKS.search(article.url):
        said += f"  url = {{{article.url}}},\n"
    return f"@article{{brief{number},\n{said}}}\n"


def _tex(text: str) -> str:
    return _TEX_SIGN.sub(lambda found: _TEX[found[0]], " ".join(text.split()))
