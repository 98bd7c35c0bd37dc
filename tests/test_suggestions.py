"""The questions that are offered: of names in the text, and only what the reader finds answered."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace

import pytest

from brief_qa import Archive, Article
from brief_qa.reader import Reader, shared_reader
from brief_qa.suggestions import about, following
from brief_qa.web.examples import Examples, examples

STRIKE = Article(
    id="grève",
    title="Éboueurs : la grève continue",
    body="Les éboueurs de Valmont sont en grève depuis lundi 3 mars 2025, à l'appel de la "
    "Confédération générale du travail (CGT), en raison du manque de véhicules. « Rien ne "
    "bouge », dit Claire Vasseur, déléguée de la CGT.",
)


@pytest.mark.parametrize(
    ("text", "asked"),
    [
        (STRIKE.body, ["Qui est Claire Vasseur ?", "Que signifie CGT ?"]),
        ("Le Mouvement Populaire a dit non à la Banque Centrale.", []),
        ("Il a plu sur la ville.", []),
        ("", []),
    ],
)
def test_people_and_acronyms_are_asked_about(text: str, asked: list[str]) -> None:
    assert about(text) == asked


def test_what_a_question_names_already_is_not_asked_about() -> None:
    assert about(STRIKE.body, "Que réclame Claire Vasseur, de la CGT ?") == []


@pytest.fixture(scope="module")
def reader() -> Reader:
    """The trained one."""
    return shared_reader()


def test_what_may_follow_is_answered_by_what_was_found(archive: Archive, reader: Reader) -> None:
    archive.ingest([STRIKE])
    question = "Qui est en grève à Valmont ?"
    offered = following(question, archive.ask(question), reader)
    assert "Qui est Claire Vasseur ?" in offered and len(offered) <= 3
    assert "déléguée" in archive.ask("Qui est Claire Vasseur ?").text


def test_nothing_is_offered_after_a_refusal(archive: Archive, reader: Reader) -> None:
    archive.ingest([STRIKE])
    refused = archive.ask("Quel est le prix du pétrole à Oslo ?")
    assert refused.refused and following("Quel est le prix du pétrole ?", refused, reader) == ()


@dataclass
class NeverSure:
    """A reader for which no passage answers anything."""

    reader: Reader

    def read(self, question: str, passages: list[tuple[str, str]]) -> list[object]:
        """What the true one reads, with no relevance."""
        return [replace(one, relevance=-9.0) for one in self.reader.read(question, passages)]


def test_what_the_reader_does_not_find_is_not_offered(archive: Archive, reader: Reader) -> None:
    archive.ingest([STRIKE])
    question = "Qui est en grève à Valmont ?"
    assert following(question, archive.ask(question), NeverSure(reader)) == ()  # type: ignore[arg-type]


def test_examples_are_drawn_from_the_latest_articles_and_follow_the_archive(
    archive: Archive,
) -> None:
    offered = Examples(archive)
    assert offered.current() == []
    archive.ingest([STRIKE])
    assert examples(archive)[:1] == ["Qui est Claire Vasseur ?"]
    for _ in range(200):
        if offered.current():
            break
        time.sleep(0.05)
    assert offered.current() == examples(archive)
