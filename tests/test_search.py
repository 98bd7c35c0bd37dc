"""Search: how the two legs are put on one scale, and what a hit says of itself."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from brief_qa import Archive, Article
from brief_qa.french import analyse, stems
from brief_qa.search import LEAD_WEIGHT, TERMS_WEIGHT, Candidates, fuse, matched_words
from fakes import FakeEncoder

TRAM = Article("tram", "Le tramway", "La ligne de tramway a été inaugurée à Nantes par le maire.")
FIRE = Article("feu", "Incendie", "Un incendie a détruit une grange près de Guérande, sans blessé.")
POOL = Article("bassin", "Piscine", "La piscine municipale rouvrira au printemps, dit le maire.")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as opened:
        opened.ingest([TRAM, FIRE, POOL])
        yield opened


def candidates(dense: list[float], terms: list[float]) -> Candidates:
    """Of one article, 0, of which none is the first passage."""
    ids = np.arange(1, len(dense) + 1)
    articles = np.zeros_like(ids)
    return Candidates(ids, articles, np.float32(dense), np.float32(terms), 0.75, 0.02)


def test_a_score_is_deviations_of_cosine_and_the_share_of_words() -> None:
    scores = fuse(candidates([0.85, 0.75, 0.79], [0.0, 1.0, 0.5]))
    expected = [5.0, TERMS_WEIGHT, 2.0 + TERMS_WEIGHT / 2]
    assert scores == pytest.approx(expected, rel=1e-3)


def test_the_passage_that_begins_its_article_stands_out() -> None:
    two = replace(candidates([0.8, 0.8], [0.5, 0.5]), articles=np.array([1, 1]))
    first, second = fuse(two)
    assert first - second == pytest.approx(LEAD_WEIGHT)


def test_who_else_is_a_candidate_changes_no_score() -> None:
    alone = fuse(candidates([0.8], [0.3]))
    among = fuse(candidates([0.8, 0.9, 0.7], [0.3, 1.0, 0.0]))
    assert alone[0] == among[0]


def test_an_archive_of_equal_passages_divides_by_nothing() -> None:
    flat = replace(candidates([0.8], [0.0]), centre=0.8, spread=0.0)
    assert np.isfinite(fuse(flat)).all()


def test_hits_explain_their_scores(archive: Archive) -> None:
    best = archive.search("Quel maire a inauguré les tramways ?")[0]
    assert (best.article, best.rank) == (TRAM, 1)
    assert set(best.parts.matched) == {"maire", "inauguré", "tramways"}
    assert 0 < best.parts.dense <= 1
    assert 0 < best.parts.terms <= 1
    assert archive.search("incendie à Guérande")[0].parts.matched == ("incendie", "Guérande")


def test_each_leg_can_find_alone(archive: Archive) -> None:
    unknown = archive.search("zzyzx")  # no such word: the vectors alone rank
    assert len(unknown) == 3
    assert {hit.parts.terms for hit in unknown} == {0.0}


def test_words_are_matched_by_stem_and_shown_as_asked() -> None:
    text = "L’élection présidentielle de l'O.N.U."
    question = "élections ONU et budget"
    assert matched_words(question, analyse(question), set(stems(text))) == ("élections", "ONU")


def test_ranks_scores_and_order_agree(archive: Archive) -> None:
    hits = archive.search("le maire et la piscine")
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)


def test_an_article_is_found_though_no_passage_holds_all_the_words(tmp_path: Path) -> None:
    filler = " ".join(["On en parle depuis longtemps dans toute la région."] * 30)
    spread = Article("étalé", "", f"Le viaduc sera fermé. {filler}\n\nLe préfet s'en explique.")
    half = Article("moitié", "", "Le préfet reçoit les maires. " + "Ils parlent du budget. " * 9)
    with Archive.open(tmp_path, encoder=FakeEncoder()) as opened:
        opened.ingest([half, spread])
        hits = opened.search("viaduc préfet", per_article=9)
        assert hits[0].article == spread
        shares = {hit.parts.terms for hit in hits if hit.article == spread}
        assert len(shares) == 1 and len([h for h in hits if h.article == spread]) > 1


def test_the_passage_shown_is_the_one_with_the_words(tmp_path: Path) -> None:
    parts = ["Le stade accueille le club. " * 40, "Le port reçoit un cargo. " * 40]
    with Archive.open(tmp_path, encoder=FakeEncoder()) as opened:
        opened.ingest([Article("long", "", "\n\n".join(parts))])
        assert "cargo" in opened.search("cargo")[0].text
        assert "club" in opened.search("club")[0].text


def test_more_hits_wanted_change_nothing_in_the_first_ones(archive: Archive) -> None:
    question = "le maire et la piscine"
    few, all_of_them = archive.search(question, 1), archive.search(question, 9)
    assert few == all_of_them[:1]


def test_who_signed_an_article_is_found_by_name(archive: Archive) -> None:
    archive.ingest([replace(POOL, id="signé", authors=("Karim Belhadj",), body="Le bassin ferme.")])
    best = archive.search("Belhadj", 1)[0]
    assert (best.article.id, best.parts.matched) == ("signé", ("Belhadj",))
