"""Pages → articles: each file read by the reader of its kind, one article after another."""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from pathlib import Path

from brief_qa.copied import clean_copied_page
from brief_qa.decoding import decode
from brief_qa.domain import Arrival, Article, Page, Rejection, Remark
from brief_qa.errors import PageError
from brief_qa.fields import fit_title, headline, paragraphs
from brief_qa.html import article_from_html
from brief_qa.identity import article_id, canonical_url, content_digest
from brief_qa.markdown import article_from_markdown
from brief_qa.pages import (
    FILE_LIMIT,
    RECORD_SUFFIXES,
    File,
    Source,
    find_files,
    open_sources,
    printable,
    read_page,
)
from brief_qa.records import read_csv, read_json, read_jsonl
from brief_qa.remote import Remote, at_address, open_remote
from brief_qa.texts import number

__all__ = [
    "article_id",
    "canonical_url",
    "content_digest",
    "first_ones",
    "read_arrivals",
    "read_articles",
]

Item = Arrival | Rejection | Remark
KEPT = 100
"""Rejections, and remarks, of one file that are told one by one; the others are counted."""
Advance = Callable[[int, int], None]
"""Told the bytes read so far and the bytes in all."""


def read_articles(
    paths: Iterable[str | Path | Remote], *, advance: Advance | None = None
) -> Iterator[Article | Rejection | Remark]:
    """Every article of :func:`read_arrivals`, without its origin."""
    for item in read_arrivals(paths, advance=advance):
        yield item.article if isinstance(item, Arrival) else item


def read_arrivals(
    paths: Iterable[str | Path | Remote],
    *,
    advance: Advance | None = None,
    root: Path | None = None,
) -> Iterator[Item]:
    """Every article of these files, folders, zips and addresses, in the order of their names.

    Lazy: a file is opened when its turn comes, and JSONL and CSV are never held whole. What
    can't be read comes as a Rejection and the rest goes on; a fact that was given with an
    article and can't be kept comes as a Remark after it. Ids are the ones given, else
    made from the address, else from the words. A brief met twice in one reading, as columns
    of teasers repeat from page to page, comes once, with the first page that carries it.

    Below ``root``, names and origins are places in it: it is not where the files are kept.
    """
    files = [file for path in paths for file in _found(path, root)]
    total = sum(file.size for file in files if not isinstance(file, Rejection))
    done = 0
    briefs: set[str] = set()
    for file in files:
        if isinstance(file, Rejection):
            yield file
            continue
        for item in first_ones(_read_file(file, done, total, advance), file.name):
            if isinstance(item, Arrival) and item.article.kind == "brève":
                if item.article.id in briefs:
                    continue
                briefs.add(item.article.id)
            yield item
        done += file.size
        if advance:
            advance(done, total)


def _found(path: str | Path | Remote, root: Path | None) -> Iterable[File | Remote | Rejection]:
    return [path] if isinstance(path, Remote) else find_files([path], root)


def first_ones(items: Iterable[Item], name: str, of: str = "du même fichier") -> Iterator[Item]:
    """The items, with the first rejections and remarks only, then one that counts the others.

    A rejection of ``name`` itself, such as a reading given up, is always told.
    """
    told = Counter[type[Rejection | Remark]]()
    for item in items:
        if isinstance(item, Rejection | Remark) and item.name != name:
            told[type(item)] += 1
            if told[type(item)] > KEPT:
                continue
        yield item
    for kind, count in told.items():
        if (more := count - KEPT) > 0:
            yield kind(name, f"… et {number(more)} autre{'s' if more > 1 else ''} {of}.", more)


def _read_file(
    file: File | Remote, done: int, total: int, advance: Advance | None
) -> Iterator[Item]:
    """What a file gives ``done`` bytes after the start of all."""
    for item, within in _read_sources(file):
        if advance:
            advance(done + min(within, file.size), total)
        yield item


def _read_sources(file: File | Remote) -> Iterator[tuple[Item, int]]:
    """What a file gives, with the bytes of it that are read so far."""
    before = 0
    for source in [open_remote(file)] if isinstance(file, Remote) else open_sources(file):
        if isinstance(source, Rejection):
            yield source, before
            continue
        is_page = source.suffix not in RECORD_SUFFIXES
        origin = _origin(file, source) if is_page else None
        try:
            for item in _read_source(source):
                at = before + min(source.stream.given, source.weight)
                if isinstance(item, Article):
                    if source.address:
                        item = at_address(item, source.address, is_page=is_page)
                    yield Arrival(replace(item, id=article_id(item)), origin), at
                else:
                    yield item, at
        except PageError as error:
            yield Rejection(source.name, str(error)), before
        except OSError as error:
            yield Rejection(source.name, f"Lecture interrompue par le système ({error})."), before
        before += source.weight


def _origin(file: File | Remote, source: Source) -> str:
    """What a page is known by where it has no address of its own."""
    if isinstance(file, Remote):
        return source.address or file.name
    resolved = file.name if file.root else printable(os.path.realpath(file.path))
    return resolved + source.name.removeprefix(file.name)


def _read_source(source: Source) -> Iterator[Article | Rejection | Remark]:
    """The articles of one open file, by its extension. Raises PageError."""
    match source.suffix:
        case ".jsonl" | ".ndjson":
            yield from read_jsonl(source.name, source.stream)
        case ".csv" | ".tsv":
            yield from read_csv(source.name, source.stream)
        case ".json":
            page = read_page(source, FILE_LIMIT)
            yield from read_json(source.name, decode(page.content))
        case ".html" | ".htm" | ".xhtml":
            yield from article_from_html(read_page(source)).told(source.name)
        case ".md" | ".markdown":
            yield from article_from_markdown(read_page(source)).told(source.name)
        case _:
            yield from articles_from_copy(read_page(source), source.address)


def articles_from_copy(page: Page, url: str | None = None) -> Iterator[Article]:
    """The article of a page copied from a browser, then a brief for each teaser under it.

    ``url`` is the page's address, where it is known. Raises PageError when it holds neither.
    """
    copied = clean_copied_page(decode(page.content))
    parent = None
    if body := paragraphs(copied.body):
        title, body = fit_title(copied.title or headline(body), body)
        article = Article(
            id="",
            title=title,
            body=body,
            url=url,
            published=copied.published,
            updated=copied.updated,
            authors=copied.authors,
            section=copied.section,
            date_origin=copied.date_origin,
        )
        parent = article_id(article)
        yield article
    elif not copied.teasers:
        raise PageError("Aucun texte d'article dans cette page : un titre seul, ou des boutons.")
    for teaser in copied.teasers:
        yield Article(
            id="",
            title=teaser.title or headline(teaser.text),
            body=teaser.text,
            published=teaser.published,
            authors=teaser.authors,
            section=teaser.section,
            kind="brève",
            parent_id=parent,
            date_origin="teaser" if teaser.published else "none",
        )
