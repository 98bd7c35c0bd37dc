"""Evaluation: its measures against figures worked out by hand, and its promises."""

from __future__ import annotations

import json
import lzma
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner, Result

from brief_qa import Archive, Article
from brief_qa.cli import app
from brief_qa.errors import InputError
from brief_qa.evaluate import METRICS, Sampling, evaluate, missed_floors, rankings, score
from brief_qa.evaluate_answers import answer_scores, auroc, exact, f1, normalised
from brief_qa.index import Index
from brief_qa.questionsets import Asked, corpus, digest, question_sets
from fakes import FakeEncoder

ANIMALS = {
    "chat": ("Le chat", "Le chat de Rabat dort douze heures par jour. Il vit à Paris."),
    "loup": ("Le loup", "Le loup de Fès chasse vingt moutons par hiver. Il vit à Lyon."),
    "ours": ("L'ours", "L'ours de Meknès pêche trente saumons par été. Il vit à Pau."),
    "lynx": ("Le lynx", "Le lynx de Tanger bondit quarante fois par nuit. Il vit à Nice."),
}
QUESTIONS = [
    ("q1", "Combien d'heures dort le chat de Rabat ?", "douze heures", "chat"),
    ("q2", "Combien de moutons chasse le loup de Fès ?", "vingt moutons", "loup"),
    ("q3", "Combien de saumons pêche l'ours de Meknès ?", "trente", "ours"),
    ("q4", "Combien de fois bondit le lynx de Tanger ?", "quarante fois", "lynx"),
]


@pytest.fixture
def data(tmp_path: Path) -> Path:
    """A folder of four articles and two sets of questions, one with answers."""
    folder = tmp_path / "data"
    folder.mkdir()
    write(
        folder / "corpus.jsonl",
        [{"_id": name, "title": t, "text": text} for name, (t, text) in ANIMALS.items()],
    )
    write(
        folder / "queries_faits.jsonl",
        [{"_id": i, "text": text, "answers": [answer]} for i, text, answer, _ in QUESTIONS],
    )
    judge(folder / "qrels_faits.tsv", {i: article for i, _, _, article in QUESTIONS})
    write(folder / "queries_titres.jsonl", [{"_id": "t1", "text": "Le loup"}])
    judge(folder / "qrels_titres.tsv", {"t1": "loup"})
    write(folder / "queries_orphelines.jsonl", [{"_id": "o1", "text": "sans jugement"}])
    return folder


def write(path: Path, records: list[dict[str, Any]]) -> None:
    """JSONL."""
    lines = (json.dumps(record, ensure_ascii=False) + "\n" for record in records)
    path.write_text("".join(lines), encoding="utf-8")


def judge(path: Path, right: dict[str, str]) -> None:
    """A file of judgements."""
    lines = [f"{question}\t{article}\t1\n" for question, article in right.items()]
    path.write_text("query-id\tcorpus-id\tscore\n" + "".join(lines), encoding="utf-8")


# -- retrieval -----------------------------------------------------------------------------


def test_scores_against_figures_worked_out_by_hand() -> None:
    questions = [Asked(str(n), "", {"right": 1}) for n in range(4)]
    run = {
        "0": ["right", "a"],
        "1": ["a", "b", "right"],
        "2": [*map(str, range(10)), "right"],
        "3": [],  # no hit scores 0 and counts
    }
    found = score(questions, run)
    assert tuple(found) == METRICS
    assert found["nDCG@10"] == pytest.approx((1 + 0.5) / 4)  # 1/log2(3 + 1) = 0.5
    assert found["MRR@10"] == pytest.approx((1 + 1 / 3) / 4)
    assert found["R@1"] == pytest.approx(1 / 4)
    assert found["R@10"] == pytest.approx(2 / 4)
    assert found["R@100"] == pytest.approx(3 / 4)


def test_a_question_missing_from_a_run_scores_0() -> None:
    questions = [Asked("a", "", {"x": 1}), Asked("b", "", {"x": 1})]
    assert score(questions, {"a": ["x"]})["nDCG@10"] == 0.5
    assert score(questions, {}) == dict.fromkeys(METRICS, 0.0)


def test_rankings_hold_each_article_once(data: Path, tmp_path: Path) -> None:
    with Archive.open(tmp_path / "i", encoder=FakeEncoder()) as archive:
        archive.ingest(corpus(data, titles=True))
        question = "le loup de Fès"
        (vector,) = FakeEncoder().encode_questions([question])
        ranked = rankings(archive, Index(tmp_path / "i"), question, vector)
    assert set(ranked) == {"fused", "dense", "terms"}
    for articles in ranked.values():
        assert articles[0] == "loup"
        assert len(set(articles)) == len(articles)
    assert set(ranked["dense"]) == set(ANIMALS)
    assert set(ranked["terms"]) == {"loup"}


# -- answers -------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("L'Élysée !", "elysee"),
        ("Le 22 avril, à Rabat.", "22 avril a rabat"),
        ("« Les œuvres du musée »", "oeuvres musee"),
        ("aujourd’hui", "aujourd hui"),
        ("—", ""),
    ],
)
def test_normalised(text: str, words: str) -> None:
    assert normalised(text) == words


def test_exact_and_f1() -> None:
    assert exact("Le musée du Louvre.", "musée  Louvre") == 1
    assert exact("Louvre", "musée du Louvre") == 0
    assert f1("Il y a trois chats", "trois chats") == pytest.approx(2 * 2 / (5 + 2))
    assert f1("rien", "trois chats") == 0
    assert f1("chats chats", "trois chats") == pytest.approx(2 / 4)


def test_auroc() -> None:
    assert auroc([0.9, 0.8], [0.1, 0.2]) == 1
    assert auroc([0.1], [0.9]) == 0
    assert auroc([0.5, 0.5], [0.5]) == 0.5
    assert auroc([0.9, 0.3], [0.5, 0.3]) == pytest.approx((1 + 1 + 0 + 0.5) / 4)


def test_answers_are_asked_with_and_without_their_article(data: Path, tmp_path: Path) -> None:
    asked = question_sets(data)[0].questions
    with Archive.open(tmp_path / "i", encoder=FakeEncoder()) as archive:
        archive.ingest(corpus(data, titles=True))
        before = list(archive.articles())
        scores = answer_scores(archive, asked)
        assert list(archive.articles()) == before
    assert scores.questions == 4
    assert scores.sentence == 1
    assert scores.citations_right > 0.5
    assert 0 < scores.f1 < 1
    assert scores.auroc > 0.9
    assert scores.right_without == 0
    assert scores.auroc_unanswered == scores.auroc


def test_what_another_article_answers_is_not_unanswerable(data: Path, tmp_path: Path) -> None:
    asked = question_sets(data)[0].questions[:1]
    with Archive.open(tmp_path / "i", encoder=FakeEncoder()) as archive:
        archive.ingest(corpus(data, titles=True))
        (right,) = asked[0].relevant
        told = archive.article(right)
        assert told is not None
        archive.ingest([replace(told, id="ailleurs", body=f"{told.body} Encore une fois.")])
        scores = answer_scores(archive, asked)
    assert scores.right_without == 1 and scores.refused_without == 0
    assert scores.auroc_unanswered == 0.5


def test_the_articles_come_back_when_asking_fails(data: Path, tmp_path: Path) -> None:
    asked = question_sets(data)[0].questions

    def fail(step: str, done: int, total: int) -> None:
        if step == "Réponses sans l'article":
            raise RuntimeError

    with Archive.open(tmp_path / "i", encoder=FakeEncoder()) as archive:
        archive.ingest(corpus(data, titles=True))
        with pytest.raises(RuntimeError):
            answer_scores(archive, asked, fail)
        assert archive.stats().articles == len(ANIMALS)


# -- the whole -----------------------------------------------------------------------------


def test_evaluate_measures_every_set_that_is_judged(data: Path) -> None:
    measured = evaluate(data, encoder=FakeEncoder())
    assert [one.name for one in measured.sets] == ["faits", "titres"]
    assert (measured.articles, measured.titles) == (4, True)
    facts, titles = measured.sets
    assert facts.legs["fused"]["nDCG@10"] == 1
    assert facts.answers is not None
    assert titles.answers is None


def test_titles_are_not_indexed_when_no_question_has_an_answer(data: Path) -> None:
    only = {"queries": Path("queries_titres.jsonl"), "qrels": Path("qrels_titres.tsv")}
    assert not evaluate(data, encoder=FakeEncoder(), **only).titles
    assert evaluate(data, encoder=FakeEncoder(), titles=True, **only).titles
    assert [article.title for article in corpus(data, titles=False)] == [""] * 4


def test_a_packed_corpus_is_read(data: Path) -> None:
    plain = list(corpus(data, titles=True))
    content = (data / "corpus.jsonl").read_bytes()
    (data / "corpus.jsonl").unlink()
    (data / "articles.jsonl.xz").write_bytes(lzma.compress(content))
    assert list(corpus(data, titles=True)) == plain


def test_sampling_spreads_over_the_file(data: Path) -> None:
    (facts, _) = question_sets(data)
    assert [question.id for question in facts.sample(2).questions] == ["q1", "q3"]
    assert facts.sample(9) is facts
    few = evaluate(data, encoder=FakeEncoder(), sampling=Sampling(questions=3, answers=1))
    assert few.sets[0].questions == 3
    assert few.sets[0].answers is not None
    assert few.sets[0].answers.questions == 1


def test_the_digest_is_of_what_was_measured_on(data: Path) -> None:
    sets = question_sets(data)
    before = digest(data, sets)
    (data / "queries_orphelines.jsonl").write_text("", encoding="utf-8")
    assert digest(data, sets) == before
    with (data / "qrels_faits.tsv").open("a", encoding="utf-8") as file:
        file.write("q1\tloup\t1\n")
    assert digest(data, sets) != before


def test_a_kept_index_is_kept_and_no_other_is_taken(data: Path, tmp_path: Path) -> None:
    evaluate(data, encoder=FakeEncoder(), index=tmp_path / "i")
    with Archive.open(tmp_path / "i", encoder=FakeEncoder()) as archive:
        assert archive.stats().articles == 4
        archive.ingest([Article(id="autre", title="Autre", body="Un autre article.")])
    with pytest.raises(InputError, match="d'autres articles"):
        evaluate(data, encoder=FakeEncoder(), index=tmp_path / "i")


def test_what_is_missing_is_said(data: Path, tmp_path: Path) -> None:
    with pytest.raises(InputError, match="Pas de questions"):
        question_sets(tmp_path)
    with pytest.raises(InputError, match="introuvable"):
        question_sets(data, Path("absent.jsonl"))
    with pytest.raises(InputError, match="jugements"):
        question_sets(data, Path("queries_orphelines.jsonl"))
    with pytest.raises(InputError, match="Aucune question"):
        evaluate(data, encoder=FakeEncoder(), sampling=Sampling(questions=0))
    (data / "corpus.jsonl").unlink()
    with pytest.raises(InputError, match="Pas d'articles"):
        evaluate(data, encoder=FakeEncoder())


def test_missed_floors(data: Path) -> None:
    measured = evaluate(data, encoder=FakeEncoder(), sampling=Sampling(answers=0))
    assert missed_floors(measured, {"nDCG@10": 0.5, "R@1": 1.0}) == []
    assert len(missed_floors(measured, {"nDCG@10": 1.01})) == 2
    with pytest.raises(InputError, match="Mesure inconnue : MAP"):
        missed_floors(measured, {"MAP": 0.5})


# -- from the command line -----------------------------------------------------------------


def run(*arguments: object) -> Result:
    """``brief-qa eval`` with the small encoder."""
    return CliRunner().invoke(app, ["eval", *map(str, arguments)], obj=FakeEncoder())


def test_the_command_prints_a_table_and_its_data(data: Path) -> None:
    done = run(data, "--limit", 2, "--answers", 1)
    assert done.exit_code == 0, done.output
    assert digest(data, question_sets(data))[:16] in done.stdout
    for word in ("faits (2)", "les deux", "sens", "mots", "nDCG@10", "AUROC"):
        assert word in done.stdout
    assert "Recherches (faits)" not in done.stdout


def test_the_command_fails_below_a_floor(data: Path) -> None:
    assert run(data, "--answers", 0, "--floor", "nDCG@10=0.5").exit_code == 0
    below = run(data, "--answers", 0, "--floor", "nDCG@10=0.5", "--floor", "R@1=1,5", "--json")
    assert below.exit_code == 1
    told = json.loads(below.stdout)
    assert told["floors"] == {"nDCG@10": 0.5, "R@1": 1.5}
    assert len(told["missed"]) == 2
    assert told["sets"][0]["legs"]["terms"]["R@1"] == 1
    unknown = run(data, "--answers", 0, "--floor", "MAP=0.5")
    assert unknown.exit_code == 1
    assert "Mesure inconnue" in unknown.stderr


def test_the_users_own_index_is_never_filled_with_a_corpus(
    data: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("BRIEF_QA_INDEX", str(tmp_path / "mine"))
    assert run(data, "--answers", 0).exit_code == 0
    assert not (tmp_path / "mine").exists()
