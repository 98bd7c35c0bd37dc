"""Paths → articles: dispatch, ids that stay, briefs, and bad input that stops nothing else."""

from __future__ import annotations

import json
import os
import time
import zipfile
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa.articles import (
    KEPT,
    article_id,
    canonical_url,
    content_digest,
    read_arrivals,
    read_articles,
)
from brief_qa.domain import Arrival, Article, Rejection, Remark

DATA = Path(os.environ.get("BRIEF_QA_DATA") or Path(__file__).parents[2] / "shared" / "data")
needs_data = pytest.mark.skipif(not DATA.is_dir(), reason=f"no data folder at {DATA}")

COPIED = "\n".join(
    (
        "Le port de Lorient ferme sa criée pour trois semaines",
        "Publié le 12 mars 2025 à 14h05",
        "A",
        "A",
        "A",
        "La criée du port de Lorient fermera ses portes lundi pour trois semaines, le temps de "
        "remplacer les chambres froides qui datent de 1987.",
        "Les pêcheurs débarqueront leurs prises à Concarneau, a annoncé la société qui gère la "
        "criée, et les frais de route leur seront remboursés.",
        "« Nous ne pouvions plus attendre, la panne de janvier nous a coûté quarante tonnes de "
        "poisson », a expliqué sa directrice, Anne Le Goff.",
        "",
    )
)


def articles(*paths: Path) -> list[Article]:
    return [item for item in read_articles(paths) if isinstance(item, Article)]


def refused(*paths: Path) -> dict[str, str]:
    items = [item for item in read_articles(paths) if isinstance(item, Rejection)]
    return {item.name.removeprefix(f"{paths[0]}").lstrip("/"): item.reason for item in items}


# --- dispatch ----------------------------------------------------------------------------


def test_each_kind_of_file(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(COPIED)
    (tmp_path / "b.md").write_text("# Un titre en Markdown\n\nUn *paragraphe*.\n")
    (tmp_path / "c.jsonl").write_text('{"text": "Un texte en JSONL."}\n')
    (tmp_path / "d.json").write_text('[{"text": "Un texte en JSON."}]')
    (tmp_path / "e.csv").write_text("titre;texte\nUn titre;Un texte en CSV.\n")
    with zipfile.ZipFile(tmp_path / "f.zip", "w") as archive:
        archive.writestr("g.md", "# Dans le zip\n\nUn texte.\n")
    found = articles(tmp_path)
    assert [article.title for article in found] == [
        "Le port de Lorient ferme sa criée pour trois semaines",
        "Un titre en Markdown",
        "Un texte en JSONL.",
        "Un texte en JSON.",
        "Un titre",
        "Dans le zip",
    ]
    assert found[0].published == date(2025, 3, 12)
    assert "A\n" not in found[0].body and "Anne Le Goff" in found[0].body
    assert not refused(tmp_path)


def test_progress_ends_at_the_total_and_never_goes_back(tmp_path: Path) -> None:
    (tmp_path / "a.jsonl").write_text('{"text": "Un texte."}\n' * 50)
    with zipfile.ZipFile(tmp_path / "b.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(5):
            archive.writestr(f"{number}.md", f"# Titre {number}\n\n" + "mot " * 1000)
    steps: list[tuple[int, int]] = []
    list(read_articles([tmp_path], advance=lambda done, total: steps.append((done, total))))
    total = sum(path.stat().st_size for path in tmp_path.iterdir())
    assert {whole for _, whole in steps} == {total}
    assert [done for done, _ in steps] == sorted(done for done, _ in steps)
    assert steps[-1][0] == total


def test_reading_is_lazy(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Un\n\nTexte.")
    (tmp_path / "b.md").write_text("# Deux\n\nTexte.")
    reading = read_articles([tmp_path])
    assert isinstance(next(reading), Article)
    (tmp_path / "b.md").unlink()
    (last,) = reading
    assert isinstance(last, Rejection) and "introuvable" in last.reason


def test_the_first_faults_of_a_file_are_told_and_the_others_counted(tmp_path: Path) -> None:
    good = '{"text": "Un texte.", "date": "hier"}\n'
    (tmp_path / "a.jsonl").write_text(good * 250 + "{faux\n" * 1000 + good)
    (tmp_path / "b.jsonl").write_text('{"text": "Un autre."}\n{faux\n')
    found = list(read_articles([tmp_path]))
    assert sum(isinstance(item, Article) for item in found) == 252
    faults = [item for item in found if isinstance(item, Rejection)]
    remarks = [item for item in found if isinstance(item, Remark)]
    assert [item.name for item in faults[:KEPT]] == [
        f"{tmp_path}/a.jsonl, ligne {number}" for number in range(251, 251 + KEPT)
    ]
    assert faults[KEPT] == Rejection(f"{tmp_path}/a.jsonl", "… et 900 autres du même fichier.", 900)
    assert [item.name for item in faults[KEPT + 1 :]] == [f"{tmp_path}/b.jsonl, ligne 2"]
    assert sum(item.count for item in faults) == 1001
    assert len(remarks) == KEPT + 1
    assert remarks[KEPT] == Remark(f"{tmp_path}/a.jsonl", "… et 151 autres du même fichier.", 151)


def test_a_zip_given_up_says_so_after_many_faults(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        for number in range(150):
            archive.writestr(f"{number:03}.md", " ")
        archive.writestr("z.txt", "mot " * 2_000_000)
    faults = [item for item in read_articles([tmp_path]) if isinstance(item, Rejection)]
    assert sum(item.count for item in faults) == 152
    assert any("Zip suspect" in item.reason for item in faults)


def test_a_file_in_a_zip_that_is_no_jsonl_is_said_to_be_none(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w") as archive:
        archive.writestr("b.jsonl", "du texte\n" * 5000)
    faults = [item for item in read_articles([tmp_path]) if isinstance(item, Rejection)]
    assert len(faults) == KEPT
    assert "est-ce bien du JSONL" in faults[-1].reason


def test_an_unreadable_day_of_a_page_is_told_with_its_file(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("---\ndate: hier\n---\n# Le pont\n\nLe pont rouvre.")
    (tmp_path / "b.html").write_text(
        f"<meta name='date' content='32/13/2024'><h1>Le pont</h1><p>{'Le pont rouvre. ' * 30}</p>"
    )
    found = list(read_articles([tmp_path]))
    assert [type(item) for item in found] == [Article, Remark, Article, Remark]
    remarks = [item for item in found if isinstance(item, Remark)]
    assert [Path(item.name).name for item in remarks] == ["a.md", "b.html"]
    assert "« hier »" in remarks[0].reason and "« 32/13/2024 »" in remarks[1].reason


# --- Markdown ----------------------------------------------------------------------------


def test_markdown_front_matter_and_plain_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text(
        """---
title: "Le tramway : la ligne B"
date: 2024-04-22
authors:
  - Lina Alaoui
  - Marc Petit
tags: [ville, transport]
url: https://exemple.fr/tram
section: Régions
source: Le Courrier
---

# Le tramway : la ligne B

Un **premier** paragraphe avec [un lien](https://x.fr/y) et `du code`,
sur deux lignes. ![une image](photo.jpg)

## Un intertitre

- premier point
- second point

> Une citation.

| Ville | Habitants |
|-------|-----------|
| Nîmes | 148 000   |

Un <b>texte</b> & <script>alert(1)</script> resté texte.
"""
    )
    (article,) = articles(tmp_path)
    assert article.body.split("\n\n") == [
        "Un premier paragraphe avec un lien et du code, sur deux lignes.",
        "Un intertitre",
        "- premier point",
        "- second point",
        "Une citation.",
        "Ville | Habitants",
        "Nîmes | 148 000",
        "Un <b>texte</b> & <script>alert(1)</script> resté texte.",
    ]
    assert article.authors == ("Lina Alaoui", "Marc Petit")
    assert (article.published, article.date_origin) == (date(2024, 4, 22), "field")
    assert (article.section, article.source) == ("Régions", "Le Courrier")


def test_markdown_dateline_and_no_text(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_text("# Titre\n\n*Publié le 3 mai 2024 à 10h*\n\nLe texte.\n")
    (tmp_path / "b.md").write_text("# Un titre seul\n")
    (article,) = articles(tmp_path)
    assert (article.published, article.date_origin) == (date(2024, 5, 3), "dateline")
    assert article.body == "Le texte."
    assert "seulement un titre" in refused(tmp_path)["b.md"]


# --- copied pages ------------------------------------------------------------------------


@pytest.mark.data
@needs_data
def test_first_page_gives_its_article_and_eleven_briefs() -> None:
    first, *briefs = articles(DATA / "pages_text")
    assert (first.published, first.date_origin) == (date(2024, 4, 22), "caption")
    assert first.kind == "article" and len(briefs) == 11
    for brief in briefs:
        assert brief.kind == "brève" and brief.parent_id == first.id
        assert brief.published and brief.date_origin == "teaser" and brief.url is None
        assert len(brief.title) <= 120 and brief.body not in first.body
    assert [brief.section for brief in briefs].count(None) == 1
    assert ("Rédaction LeBrief",) in [brief.authors for brief in briefs]
    assert articles(DATA / "pages_text") == [first, *briefs]


@pytest.mark.data
@needs_data
def test_briefs_repeated_on_a_second_page_come_once(tmp_path: Path) -> None:
    (page,) = (DATA / "pages_text").glob("*.txt")
    text = page.read_text(encoding="utf-8")
    (tmp_path / "a.txt").write_text(text)
    (tmp_path / "b.txt").write_text(text.replace("Laftit et Darmanin s’entretiennent", "Accord"))
    found = articles(tmp_path)
    assert [article.kind for article in found].count("article") == 2
    assert len({article.id for article in found}) == len(found) == 13


# --- identity ----------------------------------------------------------------------------


def test_ids_given_made_from_address_or_from_words() -> None:
    article = Article(id="", title="Titre é", body="Un corps.", url="https://x.fr/a")
    assert article_id(replace(article, id="mien")) == "mien"
    assert article_id(article) == article_id(replace(article, body="Autre version."))
    assert article_id(article).startswith("u-") and len(article_id(article)) == 18
    bare = replace(article, url=None)
    assert article_id(bare) == "a-e509ab6bae1e1383"  # the same on every machine
    assert article_id(replace(bare, title="Titre  e\u0301", body="Un\ncorps.")) == article_id(bare)
    assert article_id(replace(bare, body="Un corps !")) != article_id(bare)


def test_digest_parts_title_from_body() -> None:
    one = Article(id="", title="a b", body="c")
    assert content_digest(one) != content_digest(replace(one, title="a", body="b c"))
    assert content_digest(one) == content_digest(replace(one, id="x", url="https://x.fr"))


@pytest.mark.parametrize(
    "url",
    [
        "https://exemple.fr/a/b?id=3&p=2",
        "HTTPS://Exemple.FR:443/a/b/?p=2&utm_source=x&id=3&fbclid=z#haut",
        " https://user:pw@exemple.fr/a/b?xtor=RSS-1&p=2&id=3&at_medium=y ",
    ],
)
def test_one_spelling_of_an_address(url: str) -> None:
    assert canonical_url(url) == "https://exemple.fr/a/b?id=3&p=2"


def test_addresses_that_differ_stay_apart() -> None:
    assert canonical_url("http://x.fr/spip.php?article12") == "http://x.fr/spip.php?article12"
    assert canonical_url("http://x.fr/?source=a") != canonical_url("http://x.fr/?source=b")
    assert canonical_url("http://x.fr/A") != canonical_url("http://x.fr/a")
    assert canonical_url("http://x.fr:8080") == "http://x.fr:8080/"
    assert canonical_url("http://[::1]:80/a/") == "http://[::1]/a"


@pytest.mark.parametrize(
    "url", ["", "javascript:x", "mailto:a@b.fr", "/a", "http://[x", "http://x:y"]
)
def test_not_an_address(url: str) -> None:
    assert canonical_url(url) is None


@given(st.text(max_size=80), st.sampled_from(["", "http://x.fr/", "https://x.fr/a?"]))
def test_canonical_twice_is_canonical_once(text: str, start: str) -> None:
    if once := canonical_url(start + text):
        assert canonical_url(once) == once


# --- bad input ---------------------------------------------------------------------------


def test_bad_files_stop_nothing_else(tmp_path: Path) -> None:
    bad = {
        "a-empty.txt": (b"", "vide"),
        "b-empty.html": (b"", "vide"),
        "c-binary.txt": (bytes(range(256)) * 50, "binaire"),
        "d-binary.html": (b"\x1f\x8b\x08\0\0\0\0\0" + os.urandom(3000), "binaire"),
        "e-binary.jsonl": (os.urandom(3000), "binaire"),
        "f-cut.zip": (b"PK\x03\x04" + b"x" * 50, "tronqué"),
        "g-cut.json": (b'[{"text": "a"}, {"te', "JSON invalide"),
        "h-empty.csv": (b"", "Aucune colonne de texte"),
        "i-nothing.html": (b"<html><body><nav>Menu</nav></body></html>", "Aucun texte d'article"),
        "j-buttons.txt": (b"A\nA\nPartager\n", "Aucun texte d'article"),
        "k-photo.jpg": (b"\xff\xd8", "Extension « .jpg » inconnue"),
    }
    for name, (content, _) in bad.items():
        (tmp_path / name).write_bytes(content)
    (tmp_path / "z-good.md").write_text("# Un titre\n\nUn texte.\n")
    reasons = refused(tmp_path)
    assert sorted(reasons) == sorted(bad)
    for name, (_, expected) in bad.items():
        assert expected in reasons[name], name
    assert [article.title for article in articles(tmp_path)] == ["Un titre"]


def test_jsonl_cut_in_a_line_keeps_the_lines_before(tmp_path: Path) -> None:
    lines = [json.dumps({"text": f"Texte {number} é"}, ensure_ascii=False) for number in range(10)]
    (tmp_path / "a.jsonl").write_bytes("\n".join(lines).encode()[:-4])
    assert len(articles(tmp_path)) == 9
    assert "JSON invalide" in refused(tmp_path)["a.jsonl, ligne 10"]


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_copied_page_in_another_encoding(tmp_path: Path, encoding: str) -> None:
    (tmp_path / "a.txt").write_bytes(COPIED.replace("’", "'").encode(encoding))
    (article,) = articles(tmp_path)
    assert "a expliqué sa directrice, Anne Le Goff" in article.body


def test_zip_bomb_and_escaping_member_are_said_and_the_rest_is_read(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "a.zip", "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("../dehors.md", "# Dehors\n\nTexte.")
        archive.writestr("a.md", "# Dedans\n\nTexte.")
        for number in range(40):
            archive.writestr(f"b{number}.jsonl", b'{"text": "' + b"0" * 2_000_000 + b'"}')
    (tmp_path / "z.md").write_text("# Après\n\nTexte.")
    found = [article.title for article in articles(tmp_path)]
    assert found[0] == "Dedans" and found[-1] == "Après" and "Dehors" not in found
    reasons = refused(tmp_path)
    assert "sort de l'archive" in reasons["a.zip!../dehors.md"]
    assert "Zip suspect" in reasons["a.zip"]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.zip", "z.md"]


@pytest.mark.parametrize("name", ["a.txt", "a.html", "a.md", "a.json", "a.csv"])
def test_fifty_megabytes_are_answered_quickly(tmp_path: Path, name: str) -> None:
    line = "Le ministre a rencontré les maires de la région ce lundi.\n".encode()
    (tmp_path / name).write_bytes(line * (50 * 1024 * 1024 // len(line)))
    start = time.monotonic()
    (rejection,) = read_articles([tmp_path])
    assert time.monotonic() - start < 20
    assert isinstance(rejection, Rejection)


def test_fifty_megabytes_of_jsonl_are_read(tmp_path: Path) -> None:
    record = json.dumps({"text": "Le ministre a rencontré les maires. " * 300}) + "\n"
    count = 50 * 1024 * 1024 // len(record)
    (tmp_path / "a.jsonl").write_text(record * count)
    start = time.monotonic()
    assert sum(isinstance(item, Article) for item in read_articles([tmp_path])) == count
    assert time.monotonic() - start < 20


def test_pages_sent_from_a_passing_folder_are_known_by_their_place_in_it(tmp_path: Path) -> None:
    for name, text in (("a", "Le pont rouvre mardi."), ("b", "Le pont rouvre mercredi.")):
        sent = tmp_path / name
        (sent / "une").mkdir(parents=True)
        (sent / "une" / "pont.md").write_text(f"# Le pont\n\n{text} Il était fermé depuis mai.")
        (sent / "photo.png").write_bytes(b"x")
    (a, refused), (b, _) = (
        sorted(read_arrivals([tmp_path / name], root=tmp_path / name), key=str) for name in "ab"
    )
    assert isinstance(a, Arrival) and isinstance(b, Arrival) and isinstance(refused, Rejection)
    assert a.origin == b.origin == "une/pont.md"
    assert refused.name == "photo.png"
