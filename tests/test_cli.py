"""The command line, run as a shell would: exit codes, both streams, JSON, French."""

from __future__ import annotations

import json
import os
import re
import signal
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any, get_args

import httpx
import pytest
from typer.testing import CliRunner, Result

from brief_qa import Archive, Article, texts
from brief_qa.cli import app
from brief_qa.dates import format_date
from brief_qa.domain import DateOrigin
from brief_qa.keys import Keys
from brief_qa.texts import REFUSAL, UNSEEN
from fakes import FakeEncoder
from llm_server import answers, llm_server, writes

ARTICLES = [
    {
        "id": "rabat",
        "title": "Laftit reçoit Darmanin à Rabat",
        "text": "Le ministre de l'Intérieur Abdelouafi Laftit a reçu Gérald Darmanin lundi à "
        "Rabat. Ils ont parlé de la lutte contre le trafic de drogue.",
        "date": "2024-04-22",
        "section": "Politique",
        "source": "LeBrief",
        "authors": ["Rime Taybouta"],
        "url": "https://exemple.ma/laftit",
    },
    {
        "id": "blé",
        "title": "La récolte de blé recule",
        "text": "La récolte de blé tendre recule de quarante pour cent cette année, selon le "
        "ministère de l'Agriculture.",
        "date": "2024-05-13",
        "section": "Économie",
    },
]
HOSTILE = Article(
    id="piège",
    title="Un titre [/b] et \x1b[31mrouge\x1b[0m",
    body="Un texte [bold]gras[/bold] \x1b]0;pirate\x07 qui parle de "
    "hérissons \u202eretournés\u202c.",
    source="Faux\n2. Un autre \u009b31mtitre",
    section="Zoo\u200b\u2066\u061c\U000e0041",
    authors=("L\rpirate",),
)
WITH_FAKES = {
    **os.environ,
    "PYTHONPATH": os.pathsep.join([str(Path(__file__).parent), os.environ.get("PYTHONPATH", "")]),
}


@pytest.fixture(scope="module")
def index(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An index of three articles, one of them hostile to terminals."""
    folder = tmp_path_factory.mktemp("cli")
    pages = folder / "articles.jsonl"
    pages.write_text("".join(json.dumps(a) + "\n" for a in ARTICLES), encoding="utf-8")
    done = run("ingest", pages, "--index", folder / "index")
    assert done.exit_code == 0, done.output
    with Archive.open(folder / "index", encoder=FakeEncoder()) as archive:
        archive.ingest([HOSTILE])
    return folder / "index"


def run(*arguments: object) -> Result:
    """``brief-qa`` with these arguments and the small encoder."""
    runner = CliRunner(env={"BRIEF_QA_INDEX": None, "COLUMNS": "100"})
    return runner.invoke(app, [str(one) for one in arguments], obj=FakeEncoder())


def as_json(*arguments: object) -> Any:
    """What a command prints with ``--json``: one object, and nothing else."""
    return json.loads(run(*arguments, "--json").stdout)


# -- ingest --------------------------------------------------------------------------------


def test_ingest_counts_and_is_idempotent(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Un titre\n\nUn paragraphe qui parle de la pluie.\n", encoding="utf-8")
    first = as_json("ingest", page, "--index", tmp_path / "i")
    again = as_json("ingest", page, "--index", tmp_path / "i")
    assert (first["added"], first["unchanged"]) == (1, 0)
    assert (again["added"], again["unchanged"]) == (0, 1)
    assert len(first["article_ids"]) == 1


def test_ingest_words_its_counts_in_french(tmp_path: Path) -> None:
    pages = tmp_path / "a.jsonl"
    facts = [{"id": str(n), "text": f"Le marché numéro {n} a ouvert."} for n in range(3)]
    for updated, said in (({}, "3 articles ajoutés"), ({"section": "Vie"}, "3 mis à jour,")):
        pages.write_text("".join(json.dumps(one | updated) + "\n" for one in facts))
        done = run("ingest", pages, "--index", tmp_path / "i")
        assert said in done.stdout
        assert done.stdout.count("\n") == 1, "a line of a pipe is not folded"


def test_ingest_shows_progress_on_standard_error_only(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Un titre\n\nUn paragraphe.\n", encoding="utf-8")
    done = run("ingest", page, "--index", tmp_path / "i")
    assert "par seconde" in done.stderr
    assert "par seconde" not in done.stdout
    assert "1 article ajouté" in done.stdout


def test_ingest_lists_what_was_rejected_and_why(tmp_path: Path) -> None:
    good = tmp_path / "bon.md"
    good.write_text("# Un titre\n\nUn paragraphe.\n", encoding="utf-8")
    lines = tmp_path / "lignes.jsonl"
    lines.write_text('{"text": "Un article."}\n' + "{faux\n" * 25, encoding="utf-8")
    done = run("ingest", good, lines, "--index", tmp_path / "i")
    assert done.exit_code == 0
    assert "25 pages rejetées" in done.stdout
    assert done.stdout.count("lignes.jsonl") == 20
    assert "… et 5 autres" in done.stdout
    told = as_json("ingest", good, lines, "--index", tmp_path / "j")
    assert len(told["rejected"]) == 25
    assert all(one["name"] and one["reason"] for one in told["rejected"])


def test_ingest_counts_all_that_was_rejected_and_lists_the_first(tmp_path: Path) -> None:
    lines = tmp_path / "lignes.jsonl"
    lines.write_text('{"text": "Un article."}\n' + "{faux\n" * 1000, encoding="utf-8")
    done = run("ingest", lines, "--index", tmp_path / "i")
    assert "1\u202f000 pages rejetées" in done.stdout
    assert "… et 900 autres du même fichier." in done.stdout
    assert "… et 80 autres (--json les donne tous)." in done.stdout
    told = as_json("ingest", lines, "--index", tmp_path / "j")["rejected"]
    assert len(told) == 101
    assert sum(one["count"] for one in told) == 1000
    assert told[-1]["reason"] == "… et 900 autres du même fichier."


def test_ingest_tells_what_was_set_aside_of_an_article_it_kept(tmp_path: Path) -> None:
    lines = tmp_path / "lignes.jsonl"
    lines.write_text('{"text": "Un article.", "date": "32/13/2024"}\n', encoding="utf-8")
    done = run("ingest", lines, "--index", tmp_path / "i")
    assert done.exit_code == 0
    assert "1 article ajouté" in done.stdout and "rejetée" not in done.stdout
    assert "1 remarque sur un article gardé" in done.stdout
    assert "32/13/2024" in done.stdout
    told = as_json("ingest", lines, "--index", tmp_path / "j")
    assert told["rejected"] == []
    (remark,) = told["remarks"]
    assert remark["name"].endswith("lignes.jsonl, ligne 1") and "32/13/2024" in remark["reason"]


def test_ingest_of_a_missing_path_fails_and_says_so(tmp_path: Path) -> None:
    done = run("ingest", tmp_path / "absent", "--index", tmp_path / "i")
    assert done.exit_code == 1
    assert "absent" in done.stdout
    assert "Aucun article n'a pu être lu." in done.stderr
    told = run("ingest", tmp_path / "absent", "--index", tmp_path / "i", "--json")
    assert told.exit_code == 1
    assert json.loads(told.stdout)["rejected"][0]["reason"]


def test_an_encoder_that_does_not_load_leaves_nothing_behind(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Un titre\n\nUn paragraphe.\n", encoding="utf-8")
    arguments = ["ingest", str(page), "--index", str(tmp_path / "i"), "--encoder", "/nulle/part"]
    done = CliRunner().invoke(app, arguments)
    assert done.exit_code == 1
    assert "/nulle/part" in done.stderr
    assert not (tmp_path / "i").exists()


def test_interrupted_ingest_says_what_is_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    lines = tmp_path / "articles.jsonl"
    lines.write_text(
        "".join(json.dumps({"text": f"Article {n}. Il pleut."}) + "\n" for n in range(100)),
        encoding="utf-8",
    )

    class Interrupted(FakeEncoder):
        batches = 0

        def encode_passages(self, texts: Any, **options: Any) -> Any:
            self.batches += 1
            if self.batches == 3:
                raise KeyboardInterrupt
            return super().encode_passages(texts, **options)

    arguments = ["ingest", str(lines), "--index", str(tmp_path / "i")]
    done = CliRunner().invoke(app, arguments, obj=Interrupted())
    assert done.exit_code == 130
    kept = as_json("stats", "--index", tmp_path / "i")["articles"]
    assert 0 < kept < 100
    assert f"{kept} articles" in done.stderr
    assert as_json("ingest", lines, "--index", tmp_path / "i")["added"] == 100 - kept


# -- search and ask ------------------------------------------------------------------------


def test_search_shows_rank_title_facts_and_passage(index: Path) -> None:
    done = run("search", "Laftit Rabat", "--index", index)
    assert done.exit_code == 0
    assert done.stdout.startswith("1. Laftit reçoit Darmanin à Rabat")
    assert "   22 avril 2024 · Politique · LeBrief · Rime Taybouta\n" in done.stdout
    assert "   id rabat · date donnée avec l'article\n" in done.stdout
    assert "https://exemple.ma/laftit" in done.stdout
    assert "Le ministre de l'Intérieur Abdelouafi Laftit a reçu" in done.stdout


def test_search_json_holds_the_records(index: Path) -> None:
    told = as_json("search", "Laftit Rabat", "--index", index, "-k", "1")
    assert told["question"] == "Laftit Rabat"
    (hit,) = told["hits"]
    assert hit["rank"] == 1
    assert hit["article"]["id"] == "rabat"
    assert hit["article"]["published"] == "2024-04-22"
    assert hit["article"]["authors"] == ["Rime Taybouta"]
    start, end = hit["passage"]["start"], hit["passage"]["end"]
    assert hit["article"]["body"][start:end] == hit["text"]
    assert set(hit["parts"]) == {"dense", "terms", "matched", "period", "read_as", "relevance"}


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        (["--since", "2024-05-01"], {"blé"}),
        (["--since", "1er mai 2024"], {"blé"}),
        (["--until", "22 avril 2024"], {"rabat"}),
        (["--section", "politique"], {"rabat"}),
        (["--source", "lebrief"], {"rabat"}),
        (["--author", "rime taybouta"], {"rabat"}),
        (["--kind", "article"], {"rabat", "blé", "piège"}),
        (["--kind", "breve"], set()),
    ],
)
def test_filters(index: Path, options: list[str], expected: set[str]) -> None:
    told = as_json("search", "le ministre et la récolte", "--index", index, *options)
    assert {hit["article"]["id"] for hit in told["hits"]} == expected


def test_ask_quotes_with_numbers_then_sources(index: Path) -> None:
    question = "Qui Abdelouafi Laftit a-t-il reçu à Rabat ?"
    told = as_json("ask", question, "--index", index)
    assert told["question"] == question
    assert not told["refused"]
    assert told["understood"] is None
    citation = told["citations"][0]
    body = citation["article"]["body"]
    assert body[citation["start"] : citation["end"]] == citation["quote"]
    done = run("ask", question, "--index", index)
    assert done.exit_code == 0
    quotes, _, sources = done.stdout.partition("Sources")
    assert "[1]" in quotes
    assert "[1] Laftit reçoit Darmanin à Rabat (22 avril 2024" in sources
    assert "   id rabat · date" in sources


LAFTIT = "Abdelouafi Laftit a reçu Gérald Darmanin à Rabat"
WHOM = "Qui Abdelouafi Laftit a-t-il reçu à Rabat ?"


def test_ask_says_who_wrote_and_what_was_removed(index: Path) -> None:
    written = f"{LAFTIT} [p1]. Ils ont signé un traité [p1]."
    with llm_server(writes(written)) as server:
        options = ("--index", index, "--llm-url", server.url, "--llm-model", "essai")
        told = as_json("ask", WHOM, *options)
        done = run("ask", WHOM, *options)
    assert (told["writer"], told["removed"], told["notice"]) == ("essai", 1, None)
    assert told["text"] == f"{LAFTIT} [1]."
    assert "Rédigé par essai d'après les passages cités ; 1 phrase sans source" in done.stdout
    assert "« Le ministre de l'Intérieur Abdelouafi Laftit" in done.stdout.partition("Sources")[2]
    assert "traité" not in done.stdout


def test_ask_quotes_when_the_llm_fails(index: Path) -> None:
    with llm_server(answers(500, Retry_After="60")) as server:
        options = ("--index", index, "--llm-url", server.url, "--llm-model", "essai")
        done = run("ask", WHOM, *options)
    assert done.exit_code == 0
    assert done.stdout.startswith("« Le ministre")
    assert "en panne. Voici à la place les phrases des articles." in done.stdout
    assert "Rédigé" not in done.stdout


def test_the_llm_is_read_from_the_environment(index: Path) -> None:
    with llm_server(writes(f"{LAFTIT} [p1].")) as server:
        env = {
            "BRIEF_QA_LLM_URL": server.url,
            "BRIEF_QA_LLM_MODEL": "essai",
            "BRIEF_QA_LLM_KEY": "sk-1",
        }
        command = ["ask", WHOM, "--index", str(index)]
        done = CliRunner(env=env).invoke(app, command, obj=FakeEncoder())
        headers, asked = server.asked[0]
    assert (headers["Authorization"], asked["model"]) == ("Bearer sk-1", "essai")
    assert "Rédigé par essai" in done.stdout and "sk-1" not in done.output


@pytest.mark.parametrize("command", [["ask", "Qui ?"], ["serve"]])
def test_an_llm_that_cannot_be_is_refused(index: Path, command: list[str]) -> None:
    done = run(*command, "--index", index, "--llm-url", "http://localhost/v1")
    assert done.exit_code == 1 and "--llm-model" in done.stderr


def test_every_origin_of_a_day_has_its_words() -> None:
    assert set(texts.DATE_ORIGINS) == set(get_args(DateOrigin)) - {"none"}


@pytest.mark.parametrize("command", ["search", "ask"])
@pytest.mark.parametrize(
    ("options", "said"),
    [
        (["--section", "politqiue"], "de la rubrique « politqiue ». Peut-être : Politique."),
        (["--section", "Tennis"], "« Tennis ». Il y a : Économie, Politique"),
        (["--source", "Le Monde diplomatique"], "de la source « Le Monde diplomatique »."),
        (["--author", "taybouta"], "signé « taybouta ». Peut-être : Rime Taybouta."),
    ],
)
def test_a_name_that_no_article_has_is_said_with_those_there_are(
    index: Path, command: str, options: list[str], said: str
) -> None:
    done = run(command, "Laftit", "--index", index, *options)
    assert (done.exit_code, done.stdout) == (1, "")
    assert done.stderr.startswith("Erreur : Aucun article n'est ") and said in done.stderr
    assert said in as_json(command, "Laftit", "--index", index, *options)["error"]


def test_of_many_names_the_most_used_are_listed(tmp_path: Path) -> None:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as archive:
        archive.ingest(
            Article(id=f"{n}-{m}", title="", body=f"Il pleut {n} {m}.", section=f"Rubrique {n:02}")
            for n in range(12)
            for m in range(n + 1)
        )
        assert archive.names("section")["Rubrique 11"] == 12
    done = run("search", "pluie", "--section", "xyz", "--index", tmp_path)
    assert "Il y a : Rubrique 11, Rubrique 10, " in done.stderr and "et 4 autres." in done.stderr
    none = run("search", "pluie", "--author", "xyz", "--index", tmp_path)
    assert "signé « xyz ». Aucun n'a ce renseignement." in none.stderr


def test_a_refusal_is_no_failure_and_says_what_is_near(index: Path) -> None:
    options = ("--since", "2027-01-01", "--index", index)
    done = run("ask", "Qui a gagné le tournoi de Wimbledon ?", *options)
    assert done.exit_code == 0
    assert REFUSAL in done.stdout
    assert "L'archive compte 3 articles, du 22 avril 2024 au 13 mai 2024." in done.stdout
    told = as_json("ask", "Qui a gagné le tournoi de Wimbledon ?", *options)
    assert told["refused"]
    covered = told["coverage"]
    assert (covered["articles"], covered["first"]) == (3, "2024-04-22")
    assert covered["last"] == "2024-05-13" and covered["updated"].endswith("+00:00")


def test_nothing_of_an_article_reaches_the_terminal_as_a_command(index: Path) -> None:
    done = run("search", "hérissons", "--index", index, "-k", "1")
    assert "[/b]" in done.stdout
    assert "[bold]gras[/bold]" in done.stdout
    assert "rouge" in done.stdout
    assert not UNSEEN.search(done.stdout)
    assert "0;pirate" not in done.stdout
    assert "\n2. " not in done.stdout, "a name that passes for a second result"


@pytest.mark.parametrize("command", [["search", "hérissons"], ["ask", "hérissons"], ["stats"]])
def test_json_says_all_of_an_article_and_commands_nothing(index: Path, command: list[str]) -> None:
    done = run(*command, "--index", index, "--json")
    assert not UNSEEN.search(done.stdout)
    assert "Zoo\u200b\u2066\u061c\U000e0041" in json.dumps(
        json.loads(done.stdout), ensure_ascii=False
    )


def test_what_is_deleted_is_named_on_one_line(tmp_path: Path) -> None:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as archive:
        archive.ingest([Article(id="a", title="Un\x1b[2J\nErreur : faux", body="Il pleut.")])
    assert run("delete", "a", "--index", tmp_path).stdout == "Retiré : Un Erreur : faux\n"


def test_matched_words_are_bold_in_a_terminal(index: Path) -> None:
    runner = CliRunner(env={"FORCE_COLOR": "1", "TERM": "xterm-256color", "NO_COLOR": None})
    arguments = ["search", "trafic", "--index", str(index), "-k", "1"]
    done = runner.invoke(app, arguments, obj=FakeEncoder())
    assert "\x1b[1mtrafic\x1b[0m" in done.stdout


# -- questions that cannot be used ---------------------------------------------------------


@pytest.mark.parametrize("command", ["search", "ask"])
@pytest.mark.parametrize(
    ("question", "said"),
    [("", "vide"), ("   ", "vide"), ("mot " * 5_000, "20\u202f000 caractères")],
)
def test_a_question_that_cannot_be_used(
    index: Path, command: str, question: str, said: str
) -> None:
    done = run(command, question, "--index", index)
    assert done.exit_code == 1
    assert done.stdout == ""
    assert done.stderr.startswith("Erreur : La question")
    assert said in done.stderr
    told = run(command, question, "--index", index, "--json")
    assert told.exit_code == 1
    assert said in json.loads(told.stdout)["error"]


def test_a_question_in_arabic_is_no_crash(index: Path) -> None:
    done = run("ask", "ما هو سعر النفط؟", "--index", index, "--json")
    told = json.loads(done.stdout)
    assert done.exit_code == (1 if "error" in told else 0)


def test_markup_in_a_question_is_text(index: Path) -> None:
    question = "<script>alert(1)</script> [bold]Laftit[/bold] \x1b[31m"
    done = run("search", question, "--index", index)
    assert done.exit_code == 0
    assert "\x1b" not in done.stdout
    assert as_json("search", question, "--index", index)["question"] == question


# -- the archive ---------------------------------------------------------------------------


def test_stats(index: Path) -> None:
    told = as_json("stats", "--index", index)
    assert (told["articles"], told["undated"]) == (3, 1)
    assert told["by_month"] == {"2024-04": 1, "2024-05": 1}
    done = run("stats", "--index", index)
    assert "3 articles, du 22 avril 2024 au 13 mai 2024" in done.stdout
    assert "Mise à jour aujourd'hui à " in done.stdout
    assert "Politique" in done.stdout


def test_delete_is_seen_by_the_next_search(tmp_path: Path) -> None:
    page = tmp_path / "a.jsonl"
    page.write_text(json.dumps(ARTICLES[0]), encoding="utf-8")
    run("ingest", page, "--index", tmp_path / "i")
    told = as_json("delete", "rabat", "--index", tmp_path / "i")
    assert told["deleted"]
    assert told["article"]["id"] == "rabat"
    assert as_json("search", "Laftit", "--index", tmp_path / "i")["hits"] == []


def test_what_was_deleted_is_left_aside_until_it_is_wanted(tmp_path: Path) -> None:
    pages = tmp_path / "a.jsonl"
    pages.write_text("".join(json.dumps(one) + "\n" for one in ARTICLES), encoding="utf-8")
    options = ("ingest", pages, "--index", tmp_path / "i")
    run(*options)
    run("delete", "rabat", "--index", tmp_path / "i")
    done = run(*options)
    assert done.exit_code == 0
    assert "0 article ajouté, 0 mis à jour, 1 déjà connu" in done.stdout
    assert "1 article supprimé avant, non repris" in done.stdout
    assert "Laftit reçoit Darmanin à Rabat (rabat)" in done.stdout
    assert "Pour le reprendre : brief-qa ingest … --restore" in done.stdout
    (withheld,) = as_json(*options)["withheld"]
    assert withheld["id"] == "rabat"
    assert format_date(date.fromisoformat(withheld["deleted"])) in done.stdout
    run("delete", "blé", "--index", tmp_path / "i")
    only_deleted = run(*options)
    assert only_deleted.exit_code == 0
    assert "Pour les reprendre" in only_deleted.stdout
    assert "n'a pu être lu" not in only_deleted.stderr
    again = run(*options, "--restore")
    assert "2 articles ajoutés" in again.stdout
    assert "supprimé" not in again.stdout
    assert as_json(*options)["withheld"] == []


def test_delete_of_an_unknown_id(index: Path) -> None:
    done = run("delete", "inconnu", "--index", index)
    assert done.exit_code == 1
    assert "L'archive n'a pas d'article « inconnu »" in done.stderr
    assert "inconnu" in as_json("delete", "inconnu", "--index", index)["error"]


@pytest.mark.parametrize(
    "command", [["search", "x"], ["ask", "x"], ["stats"], ["delete", "x"], ["doctor"], ["serve"]]
)
def test_no_index_is_said_and_none_is_made(tmp_path: Path, command: list[str]) -> None:
    done = run(*command, "--index", tmp_path / "absent")
    assert done.exit_code == 1
    assert "Il n'y a pas d'index" in done.stderr
    assert not (tmp_path / "absent").exists()
    assert "Il n'y a pas d'index" in as_json(*command, "--index", tmp_path / "absent")["error"]


def test_what_the_system_refuses_is_said_in_french(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("# Un titre\n\nUn paragraphe.\n", encoding="utf-8")
    done = run("ingest", page, "--index", page / "index")
    assert done.exit_code == 1
    assert "page.md/index » : une partie du chemin n'est pas un dossier." in done.stderr


def test_the_index_can_come_from_the_environment(index: Path) -> None:
    runner = CliRunner(env={"BRIEF_QA_INDEX": str(index)})
    done = runner.invoke(app, ["stats", "--json"], obj=FakeEncoder())
    assert json.loads(done.stdout)["articles"] == 3


def test_a_damaged_catalog_is_an_error_with_a_way_out(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"not a database" * 1_000)
    done = run("stats", "--index", tmp_path)
    assert done.exit_code == 1
    assert "catalog.sqlite" in done.stderr
    assert "Traceback" not in done.output


def test_doctor_on_a_sound_index(index: Path) -> None:
    done = run("doctor", "--index", index)
    assert done.exit_code == 0
    assert "✗" not in done.stdout
    assert as_json("doctor", "--index", index)["sound"] is True


def test_doctor_of_another_encoder_then_reencode(tmp_path: Path) -> None:
    class Other(FakeEncoder):
        name, fingerprint, dimension = "autre", "autre-1", 32

    page = tmp_path / "a.jsonl"
    page.write_text("".join(json.dumps(a) + "\n" for a in ARTICLES), encoding="utf-8")
    run("ingest", page, "--index", tmp_path / "i")
    options = ["--index", str(tmp_path / "i"), "--json"]
    before = CliRunner().invoke(app, ["doctor", *options], obj=Other())
    assert before.exit_code == 1
    (wrong,) = [c for c in json.loads(before.stdout)["checks"] if not c["sound"]]
    assert wrong["name"] == "encodeur"
    assert "--reencode" in wrong["remedy"]
    mismatch = CliRunner().invoke(app, ["ask", "Qui ?", *options], obj=Other())
    assert mismatch.exit_code == 1
    assert "--reencode" in json.loads(mismatch.stdout)["error"]
    after = CliRunner().invoke(app, ["doctor", "--reencode", *options], obj=Other())
    assert after.exit_code == 0, after.output
    assert json.loads(after.stdout)["done"] == ["2 articles réencodés"]
    found = CliRunner().invoke(app, ["search", "Laftit", *options], obj=Other())
    assert json.loads(found.stdout)["hits"][0]["article"]["id"] == "rabat"


# -- serve ---------------------------------------------------------------------------------


def test_serve_says_when_the_port_is_taken(index: Path) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        done = run("serve", "--index", index, "--port", port)
    assert done.exit_code == 1
    assert f"port {port} : un autre programme l'occupe." in done.stderr
    assert "--port" in done.stderr and "in use" not in done.stderr


@contextmanager
def serving(index: Path, *options: str) -> Iterator[subprocess.Popen[str]]:
    """A process that serves an index on a free port; what it prints can be read."""
    code = (
        "import sys; from brief_qa.cli import app; from fakes import FakeEncoder; "
        "app(['serve', '--port', '0', '--index', *sys.argv[1:]], obj=FakeEncoder())"
    )
    process = subprocess.Popen(
        [sys.executable, "-c", code, str(index), *options],
        env=WITH_FAKES,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()


def test_serve_prints_its_address_answers_and_ends_on_ctrl_c(index: Path) -> None:
    with serving(index) as process:
        assert process.stdout is not None
        address = re.search(r"http://127\.0\.0\.1:\d+", process.stdout.readline())
        assert address
        with urllib.request.urlopen(address.group(), timeout=30) as page:
            assert page.status == 200
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=30)
        assert process.returncode == 0


def test_serve_json_gives_the_address_once_it_answers_and_nothing_else(index: Path) -> None:
    _, key = Keys(index).create("essai", "write")
    with serving(index, "--json", "--require-key", "--allow-fetch") as process:
        assert process.stdout is not None
        lines = [process.stdout.readline() for _ in range(3)]
        address = json.loads("".join(lines))["url"]
        with urllib.request.urlopen(address, timeout=30) as page:
            assert page.status == 200
            assert "/connexion" in page.url, "reading needs a key, as asked"
        fetching = httpx.post(
            f"{address}/api/v1/articles/fetch",
            json={"url": "http://localhost/"},
            headers={"Authorization": f"Bearer {key}"},
        )
        assert "Web public" in fetching.json()["detail"], "fetching is allowed, as asked"
        process.send_signal(signal.SIGINT)
        assert process.communicate(timeout=30)[0] == ""


# -- how it is written ---------------------------------------------------------------------


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (["serch", "x"], "Commande inconnue : serch."),
        (["search"], "Il manque QUESTION."),
        (["search", "x", "--sinse", "2024-01-01"], "Option inconnue : --sinse."),
        (["search", "x", "--since"], "L'option --since attend une valeur."),
        (["search", "x", "--json=oui"], "L'option --json ne prend pas de valeur."),
        (["search", "x", "--since", "hier"], "« hier » n'est pas une date."),
        (["search", "x", "-k", "dix"], "« dix » n'est pas un nombre entier ≥ 0."),
        (["ask", "x", "--kind", "roman"], "« roman » n'est pas un genre."),
        (["eval", "x", "--floor", "nDCG"], "« nDCG » n'est pas un seuil."),
        (["ask", "Qui", "parle", "?"], "De trop : parle ?."),
    ],
)
def test_usage_errors_are_in_french(arguments: list[str], said: str) -> None:
    done = run(*arguments)
    assert done.exit_code == 2
    assert done.stdout == ""
    assert said in " ".join(done.stderr.replace("│", " ").split())
    assert not {"Invalid", "Missing", "No such", "Error", "Got"} & set(done.stderr.split())


def test_help_is_in_french() -> None:
    for command in ([], ["ingest"], ["search"], ["ask"], ["serve"], ["doctor"], ["eval"]):
        shown = run(*command, "--help")
        assert shown.exit_code == 0
        assert "Affiche cette aide" in shown.stdout
        for english in ("Show this", "[default", "[env var", "[required]", "Commands", "<"):
            assert english not in shown.stdout


def test_every_command_takes_index_and_json() -> None:
    for command in app.registered_commands:
        name = command.name or command.callback.__name__  # type: ignore[union-attr]
        shown = run(name, "--help").stdout
        assert "--index" in shown, name
        assert "--json" in shown, name


def test_help_starts_fast_and_loads_nothing_heavy() -> None:
    code = (
        "import sys, typer\n"
        "from brief_qa.cli import app\n"
        "try: app(['--help'])\n"
        "except SystemExit: pass\n"
        "heavy = {'torch', 'faiss', 'gradio', 'numpy', 'tantivy', 'sentence_transformers'}\n"
        "print(sorted(heavy & set(sys.modules)), file=sys.stderr)"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stderr.strip() == "[]"


def test_the_installed_command_prints_json_in_utf8(index: Path) -> None:
    done = subprocess.run(
        [Path(sys.executable).with_name("brief-qa"), "stats", "--index", index, "--json"],
        capture_output=True,
        check=True,
        env={"LC_ALL": "C", "PYTHONUTF8": "0"},
    )
    assert json.loads(done.stdout.decode("utf-8"))["by_section"] == {
        "Politique": 1,
        "Économie": 1,
        HOSTILE.section: 1,
    }


def test_the_json_of_an_answer_is_the_answer(index: Path) -> None:
    question = "Qui Abdelouafi Laftit a-t-il reçu à Rabat ?"
    with Archive.open(index, encoder=FakeEncoder()) as archive:
        answer = archive.ask(question)
    told = as_json("ask", question, "--index", index)
    assert told["text"] == answer.text
    assert told["confidence"] == pytest.approx(answer.confidence)
    assert [hit["passage"]["id"] for hit in told["hits"]] == [h.passage.id for h in answer.hits]


# -- the time that a question speaks of ----------------------------------------------------------


def test_the_period_read_is_shown_and_can_be_refused(index: Path) -> None:
    question = "Que disent les articles d'avril 2024 sur le ministre ?"
    said = "Période lue : « avril 2024 » : du 1er au 30 avril 2024 ; les articles d'autres jours"
    for command in ("search", "ask"):
        done = run(command, question, "--index", index)
        assert done.exit_code == 0 and said in " ".join(done.stdout.split())
        assert "Période" not in run(command, question, "--no-dates", "--index", index).stdout
        since = run(command, question, "--since", "2024-01-01", "--index", index)
        assert "Période" not in since.stdout


def test_the_period_read_is_in_the_json(index: Path) -> None:
    question = "Que disent les articles d'avril 2024 sur le ministre ?"
    for command in ("search", "ask"):
        told = as_json(command, question, "--index", index)
        assert told["period"]["first"] == "2024-04-01"
        assert told["period"]["use"] == "filter"
        assert {hit["article"]["id"] for hit in told["hits"]} <= {"rabat", HOSTILE.id}
        assert as_json(command, question, "--no-dates", "--index", index)["period"] is None
        assert as_json(command, "ministre", "--index", index)["period"] is None
