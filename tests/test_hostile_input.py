"""What a file may hold to stop an ingest or to make it endless: it does neither."""

from __future__ import annotations

import json
import os
import sys
import time
import unicodedata
import zipfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from brief_qa.acronyms import acronyms
from brief_qa.archive import Archive
from brief_qa.articles import read_articles
from brief_qa.commands import commands_a_model
from brief_qa.copied import clean_copied_page
from brief_qa.decoding import composed
from brief_qa.domain import Article, Page, Rejection
from brief_qa.html import article_from_html
from brief_qa.lines import normalise
from brief_qa.markdown import article_from_markdown
from brief_qa.markup import read_facts
from brief_qa.passages import split
from brief_qa.sentences import sentences
from fakes import FakeEncoder

TEXT = "La commune a rouvert mardi le pont qui relie ses deux quartiers, fermé depuis dix mois. "


@contextmanager
def at_most(seconds: float) -> Iterator[None]:
    """Fails when the block takes more of the processor's time than that."""
    started = time.process_time()
    yield
    assert time.process_time() - started < seconds


def read(path: Path) -> tuple[list[Article], list[Rejection]]:
    found = list(read_articles([path]))
    return (
        [item for item in found if isinstance(item, Article)],
        [item for item in found if isinstance(item, Rejection)],
    )


# --- nothing stops an ingest --------------------------------------------------------------


@pytest.mark.parametrize("name", ["hex", "rot13", "zlib", "idna", "punycode", "undefined", "é"])
def test_a_page_cannot_choose_a_codec_that_is_no_encoding_of_pages(name: str) -> None:
    source = f'<html><head><meta charset="{name}"><title>L’été</title></head><body><p>{TEXT * 5}'
    page = Page("page.html", source.replace("’", "'").encode("cp1252"))
    article = article_from_html(page).article
    assert article.title == "L'été"
    assert article.body.startswith("La commune")


def test_folders_nested_deeper_than_python_calls(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(TEXT * 3, encoding="utf-8")
    (tmp_path / "a").mkdir()
    depth = sys.getrecursionlimit() + 50
    here = os.open(tmp_path / "a", os.O_RDONLY)
    levels = [here]
    try:
        for _ in range(depth):
            os.mkdir("a", dir_fd=here)
            here = os.open("a", os.O_RDONLY, dir_fd=here)
            levels.append(here)
            if len(levels) > 2:
                os.close(levels[-2])
        articles, rejected = read(tmp_path)
        assert len(articles) == 1
        assert rejected == []
    finally:
        os.close(here)
        os.close(levels[0])
        _remove_nested(tmp_path / "a")


def _remove_nested(folder: Path) -> None:
    """Bring what is nested up, level by level: shutil.rmtree recurses."""
    while (inner := folder / "a").is_dir():
        inner.rename(folder.with_name("next"))
        folder.rmdir()
        folder.with_name("next").rename(folder)


def test_a_path_longer_than_the_system_allows_is_told(tmp_path: Path) -> None:
    (tmp_path / "page.txt").write_text(TEXT * 3, encoding="utf-8")
    (tmp_path / ("b" * 200)).mkdir()
    descriptor = os.open(tmp_path / ("b" * 200), os.O_RDONLY)
    for _ in range(25):
        os.mkdir("b" * 200, dir_fd=descriptor)
        inner = os.open("b" * 200, os.O_RDONLY, dir_fd=descriptor)
        os.close(descriptor)
        descriptor = inner
    os.close(descriptor)
    articles, rejected = read(tmp_path)
    assert len(articles) == 1
    assert len(rejected) == 1
    assert "Lecture impossible" in rejected[0].reason


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_members_that_would_be_decompressed_all_at_once_are_not_opened(
    tmp_path: Path, method: int
) -> None:
    with zipfile.ZipFile(tmp_path / "bombe.zip", "w", method) as archive:
        archive.writestr("bombe.txt", bytes(64 * 2**20))
        archive.writestr("page.txt", TEXT * 3, zipfile.ZIP_DEFLATED)
    articles, rejected = read(tmp_path)
    assert len(articles) == 1
    assert [rejection.name.rpartition("!")[2] for rejection in rejected] == ["bombe.txt"]
    assert "compression" in rejected[0].reason


@pytest.mark.parametrize("given", ["a\0b", "a\ud800b"], ids=["NUL", "half a character"])
def test_an_id_that_cannot_be_stored_hides_nothing(tmp_path: Path, given: str) -> None:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as archive:
        archive.ingest([Article(id=given, title="Le pont", body=TEXT)])
        assert [hit.article.body for hit in archive.search("Qui a rouvert le pont ?")] == [TEXT]
        found = archive.article(given)
        assert found is not None and found.body == TEXT
        assert archive.delete(given)
        assert archive.search("Qui a rouvert le pont ?") == []


def test_long_ids_that_begin_alike_stay_two_articles(tmp_path: Path) -> None:
    ids = ["https://journal.example/" + "a" * 400 + end for end in ("1", "2")]
    lines = [json.dumps({"id": given, "text": TEXT}) for given in ids]
    (tmp_path / "articles.jsonl").write_text("\n".join(lines), encoding="utf-8")
    articles, _ = read(tmp_path)
    assert len({article.id for article in articles}) == 2
    assert all(len(article.id) <= 300 for article in articles)
    assert [article.id for article in articles] == [article.id for article in read(tmp_path)[0]]


# --- nothing makes it endless -------------------------------------------------------------

MARKS = "a" + "\u0301\u0316" * 200_000
"""Accents of two classes, which have to be put in order: a minute for as many as these."""


@pytest.mark.parametrize("clean", [composed, normalise], ids=["composed", "normalise"])
def test_many_accents_on_one_letter(clean: Callable[[str], str]) -> None:
    with at_most(3):
        assert len(clean(MARKS)) <= 31
        # removing what nobody sees brings the accents together
        apart = "\u202e".join("\u0301\u0316" * 15 for _ in range(5_000))
        clean("a" + apart)


def test_every_accent_is_counted() -> None:
    seen_as_words = [
        chr(code)
        for code in range(0x300, sys.maxunicode + 1)
        if any(map(unicodedata.combining, unicodedata.normalize("NFD", chr(code))))
        and unicodedata.combining(unicodedata.normalize("NFD", chr(code))[0])
        and (chr(code).isalnum() or unicodedata.category(chr(code))[0] != "M")
    ]
    assert seen_as_words == []


def test_few_accents_stay() -> None:
    word = "e" + "\u0301" + "o" + "\u0316\u0301"
    assert composed(word) == unicodedata.normalize("NFC", word)
    line = "—" * 100 + " 😀" * 40 + "😀" * 40 + "…" * 50
    assert composed(line) == line


@pytest.mark.parametrize(
    "body",
    ["." * 200_000, "Fin." + " " * 200_000 + "a", "Fin. " + "«" * 200_000 + "a", ".»" * 100_000],
    ids=["stops", "spaces", "guillemets", "closed"],
)
def test_sentences_and_passages_of_anything_take_little_time(body: str) -> None:
    with at_most(4):
        assert sentences(body)
        assert split(Article(id="a", title="t", body=body), FakeEncoder())


@pytest.mark.parametrize(
    "linked",
    [
        {"@type": "NewsArticle", "headline": "Un titre", "articleBody": "<br " * 60_000},
        [{"@type": "NewsArticle", "headline": "Un titre"}, *([] for _ in range(80_000))],
    ],
    ids=["unclosed tags", "empty lists"],
)
def test_json_ld_of_any_kind_takes_little_time(linked: object) -> None:
    from trafilatura import load_html

    script = f'<script type="application/ld+json">{json.dumps(linked)}'
    tree = load_html(f"<html><head>{script}</script></head><body><p>a</p></body></html>")
    with at_most(4):
        assert read_facts(tree).headline == "Un titre"


def test_a_page_of_dated_legends_takes_little_time() -> None:
    with at_most(8):
        clean_copied_page("Le ministre à Rabat, le 22 avril 2024.\n" * 20_000)


def test_a_block_of_code_that_begins_as_a_stamp_takes_little_time() -> None:
    page = Page("page.md", f"```\nPublié{' ' * 30_000}x\n```\n".encode())
    with at_most(4):
        assert article_from_markdown(page).article.body.startswith("Publié")


def test_an_acronym_behind_many_small_words_takes_little_time() -> None:
    with at_most(4):
        assert list(acronyms(f"data {'d ' * 70}zebra (DDDDDDDDDD)")) == []


@pytest.mark.parametrize("marks", ["![", "![](", "![](a?", "[](?"])
def test_marks_that_go_on_for_long_take_little_time(marks: str) -> None:
    with at_most(4):
        assert not commands_a_model(marks * 50_000)
        assert not commands_a_model(f"![]({'?' * 200_000}")
    assert commands_a_model("![logo](https://ailleurs.example/x.png?secret=tout)")
