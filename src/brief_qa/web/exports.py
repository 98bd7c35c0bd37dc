"""The results of a search as files: for a spreadsheet, for a program, for a bibliography."""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Callable, Sequence

from brief_qa import addresses
from brief_qa.domain import Article
from brief_qa.jsonable import jsonable, to_json
from brief_qa.texts import UNSEEN
from brief_qa.web.searching import Found, Search

_COLUMNS = (
    *("id", "title", "published", "source", "section", "authors", "kind", "url", "passage"),
    *("matched", "near_copy_of"),
)
_ACTS = re.compile(r"(?:^|(?<=[;,\t\r\n\"']))(?=\s*[=+\-@＝＋－＠])|^(?=[\t\r])")
"""Where a spreadsheet would take what follows for a formula: at the beginning of a cell, and after
what would begin one, for French ones cut lines at semicolons whatever the quotes."""
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
_TEX_KEY = re.compile(r"[A-Za-z0-9][A-Za-z0-9._:-]{,63}")
_TEX_SIGN = re.compile(r"[\\{}~^#$%&_]")


def as_csv(found: Found) -> bytes:
    """One line an article, in UTF-8 with the mark by which spreadsheets know it."""
    text = io.StringIO()
    table = csv.writer(text)
    table.writerow(_COLUMNS)
    for article, (passage, matched) in zip(found.articles, _passages(found), strict=True):
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
            matched,
            found.copies.get(article.id, ""),
        ]
        table.writerow([_inert(str(cell)) for cell in cells])
    return text.getvalue().encode("utf-8-sig", "replace")


def as_json(search: Search, found: Found) -> bytes:
    """What was asked, and the articles: as hits of ``brief-qa search --json`` where they are some.

    ``near_copy_of`` is the id of the original that an article nearly copies, or null.
    """
    hits = found.hits or [{"article": article} for article in found.articles]
    articles = [
        {**jsonable(hit), "near_copy_of": found.copies.get(article.id)}
        for hit, article in zip(hits, found.articles, strict=True)
    ]
    return to_json(
        {
            "question": search.question or None,
            "similar_to": search.similar or None,
            "period": found.period,
            "filters": search.filters,
            "articles": articles,
        }
    )


def as_bibtex(found: Found) -> bytes:
    """One entry an article."""
    return "\n".join(map(_entry, found.articles)).encode("utf-8", "replace")


EXPORTS: dict[str, tuple[Callable[[Search, Found], bytes], str]] = {
    "csv": (lambda _, found: as_csv(found), "text/csv; charset=utf-8"),
    "json": (as_json, "application/json"),
    "bib": (lambda _, found: as_bibtex(found), "application/x-bibtex; charset=utf-8"),
}
"""Ending of the file → what writes it, and its media type."""


def _passages(found: Found) -> Sequence[tuple[str, str]]:
    """The passage of each, and the words of the question found there."""
    told = [(hit.text, ", ".join(dict.fromkeys(hit.parts.matched))) for hit in found.hits]
    return told or [("", "")] * len(found.articles)


def _inert(cell: str) -> str:
    return _ACTS.sub("'", UNSEEN.sub("", cell))


def _key(article: Article) -> str:
    """What an entry is cited by, in every export: the id if TeX reads it, else its digest."""
    if _TEX_KEY.fullmatch(article.id):
        return f"brief:{article.id}"
    return f"brief:{hashlib.sha256(article.id.encode('utf-8', 'replace')).hexdigest()[:16]}"


def _entry(article: Article) -> str:
    facts = {
        "title": article.title,
        "author": " and ".join(article.authors),
        "journal": article.source or "",
        "date": str(article.published or ""),
    }
    said = "".join(f"  {name} = {{{_tex(value)}}},\n" for name, value in facts.items() if value)
    if article.url and addresses.host(article.url) and not _TEX_BREAKS.search(article.url):
        said += f"  url = {{{article.url}}},\n"
    return f"@article{{{_key(article)},\n{said}}}\n"


def _tex(text: str) -> str:
    return _TEX_SIGN.sub(lambda found: _TEX[found[0]], " ".join(UNSEEN.sub("", text).split()))
