"""What readers think of answers: kept whole, the last word of each, and measured with."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from typer.testing import CliRunner

from brief_qa import Archive, Article
from brief_qa.cli import app
from brief_qa.domain import Answer, Citation, Understood
from brief_qa.errors import ArchiveError, InputError
from brief_qa.evaluate import Sampling, evaluate
from brief_qa.feedback import (
    FILE,
    FeedbackFile,
    Reason,
    Source,
    Verdict,
    of_answer,
    write_question_set,
)
from fakes import FakeEncoder

QUOTE = "Le pont Neuf a été inauguré par Paul Durand."
BRIDGE = Article(id="pont", title="Le pont", body=f"{QUOTE} Il pleuvait.")
FLOOD = Article(id="crue", title="La crue", body="La Loue a débordé dimanche.")


@pytest.fixture
def answer(archive: Archive) -> Answer:
    """An answer that cites the bridge."""
    archive.ingest([BRIDGE, FLOOD])
    cited = (Citation(1, BRIDGE, 0, len(QUOTE), QUOTE),)
    read = Understood("Qui a inauguré le pont Neuf ?", ("le pont Neuf",))
    coverage = archive.coverage()
    return Answer(QUOTE, cited, (), False, None, 0.812345, coverage, understood=read)


def test_an_opinion_says_what_was_answered_and_nothing_of_who_gave_it(answer: Answer) -> None:
    given = of_answer("Qui l'a inauguré ?", answer, Verdict.WRONG, Reason.FALSE)
    assert given.question == "Qui a inauguré le pont Neuf ?"
    assert given.sources == (Source("pont", 0, len(QUOTE)),)
    assert (given.verdict, given.reason, given.confidence) == ("à revoir", "fausse", 0.812)


def test_the_last_word_on_an_answer_is_the_one_that_is_read(
    archive: Archive, answer: Answer
) -> None:
    file = FeedbackFile(archive.folder)
    assert file.read() == []
    first = of_answer("Qui ?", answer, Verdict.WRONG)
    other = of_answer("Quand ?", answer, Verdict.RIGHT)
    last = replace(of_answer("Qui ?", answer, Verdict.WRONG, Reason.BESIDE), id=first.id)
    for one in (first, other, last):
        file.keep(one)
    assert file.read() == [last, other]


@pytest.mark.parametrize("torn", [b'{"question": "Qui', b"[]", b"\xff\xfe", b'{"id": 3}'])
def test_a_line_cut_off_by_a_crash_costs_no_other(
    archive: Archive, answer: Answer, torn: bytes
) -> None:
    file, given = FeedbackFile(archive.folder), of_answer("Qui ?", answer, Verdict.RIGHT)
    file.keep(given)
    with (archive.folder / FILE).open("ab") as lines:
        lines.write(torn)
    assert file.read() == [given]
    after = of_answer("Quand ?", answer, Verdict.RIGHT)
    file.keep(after)
    assert file.read() == [given, after]


def test_opinions_cannot_fill_the_disk(archive: Archive, answer: Answer) -> None:
    with (archive.folder / FILE).open("ab") as lines:
        lines.truncate(20_000_000)
    with pytest.raises(ArchiveError, match="20 Mo : rangez ce fichier"):
        FeedbackFile(archive.folder).keep(of_answer("Qui ?", answer, Verdict.RIGHT))


def test_a_folder_that_cannot_be_written_in_says_so(tmp_path: Path, answer: Answer) -> None:
    with pytest.raises(ArchiveError, match="Impossible d'écrire dans"):
        FeedbackFile(tmp_path / "absent").keep(of_answer("Qui ?", answer, Verdict.RIGHT))


def test_answers_judged_right_are_a_set_to_measure_on(
    archive: Archive, answer: Answer, tmp_path: Path
) -> None:
    right = of_answer("Qui ?", answer, Verdict.RIGHT)
    gone = replace(right, id="b", sources=(Source("parti", 0, 4),))
    given = [right, gone, of_answer("Quand ?", answer, Verdict.WRONG), replace(right, refused=True)]
    assert write_question_set(tmp_path / "jeu", given[:3], archive.articles()) == 1
    measured = evaluate(
        tmp_path / "jeu", encoder=FakeEncoder(), titles=True, sampling=Sampling(None, 0)
    )
    (one,) = measured.sets
    assert (one.name, one.questions, one.legs["fused"]["R@1"]) == ("lecteurs", 1, 1.0)
    with pytest.raises(InputError, match="n'est pas vide"):
        write_question_set(tmp_path / "jeu", given, archive.articles())


def test_the_command_line_tells_them(archive: Archive, answer: Answer, tmp_path: Path) -> None:
    file = FeedbackFile(archive.folder)
    file.keep(of_answer("Qui\x1b[31m ?", replace(answer, understood=None), Verdict.RIGHT))
    file.keep(of_answer("Quand ?", answer, Verdict.WRONG, Reason.INCOMPLETE))
    command = ["feedback", "--index", str(archive.folder), "--questions", str(tmp_path / "jeu")]
    done = CliRunner().invoke(app, command, obj=FakeEncoder())
    assert done.exit_code == 0, done.output
    assert "juste  Qui ?" in done.output and "à revoir, incomplète" in done.output
    assert "2 avis : 1 juste, 1 à revoir" in done.output
    assert "1 question dans" in done.output and "\x1b" not in done.output
