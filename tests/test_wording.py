"""Names and acronyms of a question: what they are also read as, found, shown, and forgotten."""

from __future__ import annotations

from pathlib import Path

import pytest

from brief_qa import Archive, Article, Hit
from brief_qa.cli_output import show_answer, show_hits
from brief_qa.domain import read_as
from brief_qa.french import stems
from brief_qa.wording import Wording, worded
from fakes import FakeEncoder

RABAT = Article(
    "rabat", "Visite", "Abdelouafi Laftit a reçu Gérald Darmanin mardi à la préfecture."
)
APART = Article("apart", "Match", "Abdelouafi Bennani et Karim Laftit jouent lundi en préfecture.")
PARTY = Article(
    "parti", "Parti", "Saad Eddine Othmani quitte la direction du parti, dit Benkirane."
)
MOSCOW = Article("moscou", "Moscou", "Le président Vladimir Poutine parle du gaz et du blé.")
PARIS = Article("paris", "Paris", "Le président Emmanuel Macron parle du gaz et du blé.")
GROUP = Article(
    "groupe", "Accord", "Le Groupe migratoire mixte permanent (GMMP) se réunit à Madrid."
)
LONG = Article("long", "Réunion", "Au Groupe migratoire mixte permanent, on parle de visas.")
SHORT = Article("court", "Séance", "Une séance du GMMP aura lieu en juin.")
GMMP = "groupe migratoire mixte permanent"
ALL = [RABAT, APART, PARTY, MOSCOW, PARIS, GROUP, LONG, SHORT]


@pytest.fixture
def archive(tmp_path: Path) -> Archive:
    opened = Archive.open(tmp_path / "index", encoder=FakeEncoder())
    opened.ingest(ALL)
    return opened


def by_terms(archive: Archive, question: str) -> list[str]:
    """Ids of the articles whose terms match, best first: what the words alone say."""
    hits = archive.search(question, 20)
    return [h.article.id for h in sorted(hits, key=lambda h: -h.parts.terms) if h.parts.terms > 0]


def wording(archive: Archive, question: str) -> Wording:
    with archive._index.reading() as (_, snapshot):
        return worded(question, snapshot.terms)


@pytest.mark.parametrize(
    ("question", "found", "asked", "read"),
    [
        ("Qui a reçu Laftite ?", "rabat", "Laftite", "Laftit"),
        ("que dit laftite", "rabat", "laftite", "Laftit"),
        ("QUE DIT LAFTITE", "rabat", "LAFTITE", "Laftit"),
        ("Que veut Abdelwafi Laftit ?", "rabat", "Abdelwafi", "Abdelouafi"),
        ("Que dit Vladimir Putin ?", "moscou", "Putin", "Poutine"),
        ("Que dit Emmanuel Marcon ?", "paris", "Marcon", "Macron"),
        ("Que dit emmanuel marcon ?", "paris", "marcon", "Macron"),
        ("Où est Ben Kirane ?", "parti", "Kirane", "Benkirane"),
        ("Où est Elothmani ?", "parti", "Elothmani", "Othmani"),
        ("Où est Al-Othmani ?", "parti", "", ""),
        ("Que fait le GMMP ?", "long", "GMMP", "Groupe migratoire mixte permanent"),
        ("que fait le gmmp", "long", "gmmp", "Groupe migratoire mixte permanent"),
        (f"Où est le {GMMP} ?", "court", GMMP, "GMMP"),
    ],
)  # fmt: skip
def test_a_question_is_also_read_as(
    archive: Archive, question: str, found: str, asked: str, read: str
) -> None:
    hits = {hit.article.id: hit for hit in archive.search(question)}
    assert found in by_terms(archive, question)
    parts = hits[found].parts
    assert parts.read_as == (((asked, read),) if asked else ())
    assert set(asked.split()) <= set(parts.matched)


@pytest.mark.parametrize(
    "question",
    [
        "Que dit Marcon ?",  # alone, it may be another
        "que dit markel",
        "Combien de prefectures en 2023 ?",
        "Que dit Abdelouafi Laftit ?",  # as the archive has it
        "Que fait la FIFA ?",
        "la présidente parle",
    ],
)
def test_nothing_else_is_read_into_a_question(archive: Archive, question: str) -> None:
    assert wording(archive, question).readings == ()


def test_a_spelling_that_is_there_is_read_otherwise_only_where_another_is_much_more_frequent(
    archive: Archive,
) -> None:
    archive.ingest([Article("putin", "", "Vladimir Putin parle.")])
    assert wording(archive, "Que dit Putin ?").readings == ()
    archive.ingest(Article(f"p{n}", "", f"Vladimir Poutine parle, {n}.") for n in range(20))
    (reading,) = wording(archive, "Que dit Putin ?").readings
    assert (reading.asked, reading.stems) == ("Putin", ("putin",))
    assert {"putin", "p7"} <= set(by_terms(archive, "Que dit Putin ?"))


def test_the_words_of_a_name_side_by_side_count_more(archive: Archive) -> None:
    for question in ("Abdelouafi Laftit", "abdelouafi laftit", "Abdelouafi Laftite"):
        assert by_terms(archive, question)[:2] == ["rabat", "apart"]
        scores = {hit.article.id: hit.parts.terms for hit in archive.search(question)}
        assert 1 >= scores["rabat"] > 1.1 * scores["apart"]
    apart = {hit.article.id: hit.parts.terms for hit in archive.search("Laftit, Abdelouafi")}
    assert apart["rabat"] == pytest.approx(apart["apart"], rel=0.15)


def test_a_small_word_of_a_name_is_not_missed(archive: Archive) -> None:
    (hit,) = archive.search("El Othmani", 1)
    assert hit.article == PARTY
    assert hit.parts.matched == ("El", "Othmani")


def test_what_a_removed_article_said_of_an_acronym_is_told_no_more(archive: Archive) -> None:
    archive.delete(GROUP.id)
    assert wording(archive, "Que fait le GMMP ?").readings == ()
    assert wording(archive, "Le groupe migratoire mixte permanent ?").readings == ()
    assert by_terms(archive, "GMMP") == ["court"]


def test_a_correction_changes_what_an_acronym_stands_for(archive: Archive) -> None:
    archive.ingest([Article("groupe", "Accord", "Le Grand marché du matin de Pau (GMMP) ouvre.")])
    (reading,) = wording(archive, "Que fait le GMMP ?").readings
    assert reading.phrase == tuple(stems("Grand marché du matin de Pau"))


def test_a_name_read_otherwise_is_not_said_to_be_missing(archive: Archive) -> None:
    answer = archive.ask("Combien de médailles Abdelwafi Laftite a-t-il gagnées à Zanzibar ?")
    assert answer.refused
    assert answer.reason is not None
    assert "Zanzibar" in answer.reason
    assert "Laftite" not in answer.reason and "Abdelwafi" not in answer.reason
    assert answer.read_as == {"Abdelwafi": ("Abdelouafi",), "Laftite": ("Laftit",)}


def test_an_answer_counts_a_name_as_it_is_read(archive: Archive) -> None:
    asked, known = "Qui a reçu Darmanine à la préfecture ?", "Qui a reçu Darmanin à la préfecture ?"
    read, right = archive.ask(asked), archive.ask(known)
    assert [c.quote for c in read.citations] == [c.quote for c in right.citations] != []


def test_the_reader_is_told(archive: Archive, capsys: pytest.CaptureFixture[str]) -> None:
    show_hits(archive.search("Laftite"))
    assert "« Laftite » : lu aussi comme « Laftit »." in capsys.readouterr().out
    show_answer(archive.ask("Que dit Vladimir Putin ?"))
    assert "« Putin » : lu aussi comme « Poutine »." in capsys.readouterr().out
    show_hits(archive.search("Laftit"))
    assert "lu aussi" not in capsys.readouterr().out


def test_readings_are_told_once_whatever_their_case(archive: Archive) -> None:
    archive.ingest([Article("autre", "", "Le GROUPE MIGRATOIRE MIXTE PERMANENT siège.")])
    hits: list[Hit] = archive.search("Que fait le GMMP ?")
    assert [len(read) for read in read_as(hits).values()] == [1]
