"""Expressions that articles hold word for word, or do not: in every door that has filters."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator
from datetime import date

import pytest

from brief_qa.archive import Archive
from brief_qa.domain import Article
from brief_qa.errors import InputError
from brief_qa.exact import pattern
from brief_qa.french import fold
from brief_qa.web.operators import Operators, read
from brief_qa.web.searching import Search, found
from fakes import FakeEncoder

BODIES = {
    "a": "L'Accord de Paris a été signé. Le climat change.",
    "b": "Les accords de Paris ont été discutés. Un accord, dit-on à Paris, est proche.",
    "c": "Un match à Paris, sans accord de principe. Le football attend.",
    "d": "L’ACCORD, DE PARIS : une œuvre d’Élise Cœurdevey.",
    "e": "Rien sur ce sujet, sauf un accord de\n\nParis.",
}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Five articles on accords and Paris; a long one whose last passage alone has a name."""
    long = " ".join(f"Le conseil de Valmont a voté la mesure numéro {n}." for n in range(120))
    with Archive.open(tmp_path_factory.mktemp("exact"), encoder=FakeEncoder()) as opened:
        opened.ingest(
            [
                *(Article(id=one, title="Titre", body=body) for one, body in BODIES.items()),
                Article(id="long", title="Valmont", body=f"{long} Aline Doré a tout relu."),
                Article(id="dated", title="Le 3 mai 2020", body="Il a plu.", authors=("Zoé Ban",)),
            ]
        )
        yield opened


def ids(archive: Archive, question: str, **filtering: object) -> set[str]:
    return {hit.article.id for hit in archive.search(question, 50, **filtering)}  # type: ignore[arg-type]


def test_an_expression_is_held_word_for_word(archive: Archive) -> None:
    assert ids(archive, "accord", exactly=["accord de Paris"]) == {"a", "d"}
    assert ids(archive, "accord", exactly=["ACCORD DE PARIS"]) == {"a", "d"}
    assert ids(archive, "accord", exactly=["accords de paris"]) == {"b"}
    assert ids(archive, "accord", exactly="accord de Paris", without="oeuvre") == {"a"}
    assert ids(archive, "accord", exactly=["accord de Paris", "oeuvre d'elise"]) == {"d"}
    assert ids(archive, "accord", exactly=["accord de Lyon"]) == set()


def test_what_is_excluded_is_not_found(archive: Archive) -> None:
    everything = ids(archive, "Paris")
    assert ids(archive, "Paris", without=["football"]) == everything - {"c"}
    assert ids(archive, "Paris", without=["accord de Paris", "match"]) == everything - set("acd")


def test_who_signed_and_the_title_count(archive: Archive) -> None:
    assert ids(archive, "pluie", exactly=["Zoé Ban"]) == {"dated"}
    assert ids(archive, "pluie", exactly=["3 mai 2020"]) == {"dated"}


def test_a_day_in_an_expression_is_a_text_and_no_period(archive: Archive) -> None:
    periods: list[object] = []
    hits = archive.search(
        "3 mai 2020", exactly=["3 mai 2020"], on_period=periods.append, today=date(2024, 1, 1)
    )
    assert [hit.article.id for hit in hits] == ["dated"]
    assert not periods


def test_the_passage_that_holds_it_is_shown(archive: Archive) -> None:
    hits = archive.search("mesure du conseil de Valmont", exactly=["Aline Doré"])
    assert [hit.article.id for hit in hits] == ["long"]
    assert "Aline Doré" in hits[0].text


def test_articles_are_listed_by_them_too(archive: Archive) -> None:
    assert {one.id for one in archive.articles(exactly=["accord de Paris"])} == {"a", "d"}
    listed = {one.id for one in archive.articles(without=["Paris"])}
    assert listed == {"long", "dated"}


def test_a_correction_and_a_deletion_count_at_once(archive: Archive) -> None:
    with_it = Article(id="new", title="Neuf", body="Une grève du zèle générale commence.")
    archive.ingest([with_it])
    assert ids(archive, "grève", exactly=["grève du zèle"]) == {"new"}
    archive.ingest([Article(id="new", title="Neuf", body="Une grève générale commence.")])
    assert ids(archive, "grève", exactly=["grève du zèle"]) == set()
    archive.delete("new")
    assert ids(archive, "grève", exactly=["grève générale"]) == set()


def test_what_has_no_word_or_is_too_many_is_refused(archive: Archive) -> None:
    with pytest.raises(InputError, match="« de la » n'a aucun mot"):
        archive.search("pont", exactly=["de la"])
    with pytest.raises(InputError, match="8 au plus"):
        archive.search("pont", without=[f"mot{n}" for n in range(9)])


def test_a_pattern_finds_what_folding_both_finds() -> None:
    letters = "aàâbcçeéèoôœæ uîn'’-,\n"
    draw = random.Random(7)
    for _ in range(3000):
        text = "".join(draw.choices(letters, k=24))
        words = "".join(draw.choices("aàceéoœæ bn", k=5)).split()
        if not words or not "".join(words).strip("aàcn"):
            continue
        expression = " ".join([*words, "bon"])
        text = f"{text} {' '.join(words)}-bon {text}" if draw.random() < 0.3 else text
        between = r"[^\w\n]{1,4}".join(map(re.escape, fold(expression).split()))
        wanted = re.search(rf"(?<!\w){between}(?!\w)", fold(text))
        assert bool(pattern(expression).search(text)) == bool(wanted), (expression, text)


@pytest.mark.parametrize(
    ("typed", "words", "exactly", "without"),
    [
        ("accord de Paris", "accord de Paris", (), ()),
        ('"accord de Paris" climat', "accord de Paris climat", ("accord de Paris",), ()),
        ("« accord de Paris »", "accord de Paris", ("accord de Paris",), ()),
        ("“accord” -football", "accord", ("accord",), ("football",)),
        ('climat -"accord de Paris"', "climat", (), ("accord de Paris",)),
        ("Paris -Saint-Germain", "Paris", (), ("Saint-Germain",)),
        ("Paris-Saint-Germain - Lyon", "Paris-Saint-Germain - Lyon", (), ()),
        ("que dit -il -t-il", "que dit -il -t-il", (), ()),
        ('"accord de', '"accord de', (), ()),
        ('"" accord', '"" accord', (), ()),
        ("-football", "", (), ("football",)),
    ],
)
def test_a_search_box_reads_operators(
    typed: str, words: str, exactly: tuple[str, ...], without: tuple[str, ...]
) -> None:
    assert read(typed) == Operators(words, exactly, without)


def test_the_page_tells_what_it_read_and_when_nothing_holds_it(archive: Archive) -> None:
    from brief_qa.web.render_search import results_html

    def shown(question: str) -> tuple[set[str], str]:
        result = found(archive, Search(question=question))
        return {one.id for one in result.articles}, results_html(Search(question=question), result)

    some, html = shown('"accord de Paris" -œuvre')
    assert some == {"a"}
    assert (
        "exactement « <bdi>accord de Paris</bdi> »" in html and "Sans « <bdi>œuvre</bdi> »" in html
    )
    some, html = shown('"accord de Lyon"')
    assert "a" in some
    assert "Aucun article ne contient exactement « <bdi>accord de Lyon</bdi> »" in html
    some, html = shown("-Paris")
    assert some == {"long", "dated"}
    some, html = shown('"<b>pont</b>"')
    assert "<b>pont" not in html
