"""The catalog: transactions, views, what comes back, and its errors."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from brief_qa.catalog import Catalog, EncodedArticle
from brief_qa.domain import Article, Coverage
from brief_qa.errors import ArchiveError, IndexDamaged

DIMENSION = 4
EVERY_FACT = Article(
    id="a/é\n1",
    title="Un titre « entre guillemets »",
    body="Le corps.\n\nEt sa suite 🙂.",
    url="https://lebrief.ma/a",
    source="LeBrief",
    published=date(2024, 4, 22),
    updated=date(2024, 4, 23),
    authors=("Zoé", "Élie"),
    section="Société",
    kind="brève",
    parent_id="page",
    date_origin="caption",
)


@pytest.fixture
def catalog(tmp_path: Path) -> Iterator[Catalog]:
    with closing(Catalog(tmp_path / "catalog.sqlite")) as opened:
        yield opened


def item(article: Article, spans: int = 2, value: float = 0.5) -> EncodedArticle:
    vectors = np.full((spans, DIMENSION), value, np.float16)
    return EncodedArticle(
        article, f"digest of {article.id}", [(n, n + 1) for n in range(spans)], vectors
    )


def plain(article_id: str, day: date | None = None) -> Article:
    return Article(id=article_id, title="", body="corps", published=day)


def test_every_fact_comes_back(catalog: Catalog) -> None:
    with catalog.writing() as writing:
        writing.put(item(EVERY_FACT))
    with catalog.reading() as view:
        assert view.articles([EVERY_FACT.id, "inconnu"]) == {EVERY_FACT.id: EVERY_FACT}
        assert view.digests([EVERY_FACT.id]) == {EVERY_FACT.id: f"digest of {EVERY_FACT.id}"}
        digest = f"digest of {EVERY_FACT.id}"
        assert view.ids_by_digest([digest, "x"]) == {digest: EVERY_FACT.id}


def test_newest_first_undated_last(catalog: Catalog) -> None:
    days = {
        "b": date(2024, 1, 1),
        "c": None,
        "a": date(2024, 1, 1),
        "d": date(2025, 1, 1),
        "e": None,
    }
    with catalog.writing() as writing:
        for one, day in days.items():
            writing.put(item(plain(one, day)))
    with catalog.reading() as view:
        assert [article.id for article in view.all_articles()] == ["d", "a", "b", "c", "e"]
        covered = replace(view.coverage(), updated=None)
        assert covered == Coverage(5, date(2024, 1, 1), date(2025, 1, 1))


def test_passages_since_a_change(catalog: Catalog) -> None:
    for number in range(1, 4):
        with catalog.writing() as writing:
            assert writing.number == number
            writing.put(item(plain(f"a{number}"), spans=number, value=number / 8))
    with catalog.reading() as view:
        rows = view.passages_since(1, DIMENSION)
        assert rows.ids.tolist() == [2, 3, 4, 5, 6]
        assert rows.vectors[:, 0].tolist() == [0.25, 0.25, 0.375, 0.375, 0.375]
        assert len(rows.facets) == 5
        assert len(view.passages_since(3, DIMENSION).ids) == 0
        assert view.latest_passage_change() == view.change() == 3
        with pytest.raises(IndexDamaged, match="7 dimensions"):
            view.passages_since(0, 7)


def test_ids_of_removed_passages_are_never_given_again(catalog: Catalog) -> None:
    given: list[int] = []
    for _ in range(3):
        with catalog.writing() as writing:
            given += writing.put(item(plain("a"), spans=3))
        with catalog.writing() as writing:
            assert writing.delete("a")
            assert not writing.delete("a")
    assert given == list(range(1, 10))
    with catalog.reading() as view:
        assert view.removed_since(0) == given
        assert view.removed_since(4) == [7, 8, 9]
        assert view.count_passages() == 0


def test_a_transaction_that_raises_leaves_nothing(catalog: Catalog) -> None:
    with pytest.raises(ZeroDivisionError), catalog.writing() as writing:
        writing.put(item(plain("a")))
        raise ZeroDivisionError
    with catalog.reading() as view:
        assert (view.change(), view.count_passages(), view.articles(["a"])) == (0, 0, {})


def test_a_view_does_not_move(catalog: Catalog) -> None:
    with catalog.reading() as view:
        assert view.change() == 0
        for one in "ab":
            with catalog.writing() as writing:
                writing.put(item(plain(one)))
        assert view.change() == view.count_passages() == 0
        assert list(view.all_articles()) == []


def test_many_threads_read_at_once(catalog: Catalog) -> None:
    with catalog.writing() as writing:
        for number in range(50):
            writing.put(item(plain(f"a{number}")))
    together = threading.Barrier(8)

    def read(number: int) -> int:
        together.wait()
        with catalog.reading() as view:
            together.wait()  # eight views are held at this moment
            return len(view.articles([f"a{number}", f"a{number + 8}"]))

    with ThreadPoolExecutor(8) as threads:
        assert list(threads.map(read, range(8))) == [2] * 8


def test_closing_while_a_view_is_held(catalog: Catalog) -> None:
    with catalog.writing() as writing:
        writing.put(item(plain("a")))
    with catalog.reading() as view:
        catalog.close()
        assert view.count_passages() == 2
    assert catalog._idle.empty()
    with pytest.raises(ArchiveError, match="fermée"), catalog.reading():
        pass


def test_two_writers_one_after_the_other(catalog: Catalog, tmp_path: Path) -> None:
    with closing(Catalog(tmp_path / "catalog.sqlite")) as other:
        for one, place in [("a", catalog), ("b", other), ("c", catalog)]:
            with place.writing() as writing:
                writing.put(item(plain(one)))
        with other.reading() as view:
            assert view.change() == 3


def test_what_is_wrong_with_a_file_is_told(catalog: Catalog, tmp_path: Path) -> None:
    with catalog.writing() as writing:
        writing.put(item(plain("a")))
    catalog.close()
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as connection:
        connection.execute("DELETE FROM articles")
        connection.commit()
    with closing(Catalog(tmp_path / "catalog.sqlite")) as again, again.reading() as view:
        assert view.integrity() == ["passage sans article : 1", "passage sans article : 2"]
        assert view.holds("a")
        assert not view.holds("b")


def test_a_folder_that_cannot_be_written(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").mkdir()
    with pytest.raises(ArchiveError, match="ne peut être lu"):
        Catalog(tmp_path / "catalog.sqlite")


def test_a_page_overwritten_in_the_middle(catalog: Catalog, tmp_path: Path) -> None:
    with catalog.writing() as writing:
        for number in range(400):
            writing.put(item(plain(f"a{number}")))
    catalog.close()
    path = tmp_path / "catalog.sqlite"
    content = bytearray(path.read_bytes())
    content[4096:] = b"\x07" * (len(content) - 4096)
    path.write_bytes(content)
    with (
        pytest.raises(IndexDamaged, match="sauvegarde"),
        closing(Catalog(path)) as again,
        again.reading() as view,
    ):
        view.passages_since(0, DIMENSION)
