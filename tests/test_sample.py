"""The sample archive: what its questions promise, and that its pages are read clean."""

from __future__ import annotations

import json
import re
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

import brief_qa
from brief_qa.articles import read_articles
from brief_qa.domain import Article, Rejection

SAMPLE = Path(brief_qa.__file__).parent / "sample"
PAGES = SAMPLE / "pages"
DISPATCHES = PAGES / "depeches.jsonl"
INVENTED = "Récit inventé pour la démonstration de brief_qa."
SECTIONS = (
    *("Politique", "Économie", "Société", "Culture", "Sciences", "Environnement", "Sport"),
    *("Santé", "Éducation", "Tech", "Régions", None),
)
SIGNATURE = "N. F., Agence Rives-Presse"
"""What a dispatch says of its author, below its last paragraph."""

COPIES = {
    "2024-01-18_tram-ligne-b-lancement.txt": "2024-01-18",
    "ariane-6-premier-vol.txt": "2024-07-10",
    "cantine-jules-valles-intoxication.txt": "2026-01-16",
    "coques-fort-rouge-quota-2025.txt": "2024-12-10",
    "faille-portail-famille.txt": "2025-09-24",
    "manifestation-maternite-13-mars.txt": "2025-03-13",
    "motion-de-censure-barnier.txt": "2024-12-04",
    "municipales-2026-marchand-reelue.txt": "2026-03-22",
    "musee-peches-et-sel-reouverture.txt": "2025-05-18",
    "nobel-2024-palmares.txt": "2024-10-14",
    "notre-dame-reouverture.txt": "2024-12-08",
    "pont-sainte-anne-travaux (1).txt": "2024-02-21",
    "pont-sainte-anne-travaux.txt": "2024-02-21",
    "smic-novembre-2024.txt": "2024-10-24",
    "tram-b-fouilles-salines.txt": "2025-06-12",
    "tram-ligne-b-surcout.txt": "2024-11-07",
    "uspl-champion-national-2.txt": "2025-05-17",
}
WEB = {
    "2025-10-15_crue-aubrelle.html": "2025-10-15",
    "2025-10-15_crue-aubrelle_v2.html": "2025-10-15",
    "assemblee-braun-pivet.html": "2024-07-19",
    "constitution-ivg.html": "2024-03-05",
    "cop29-bakou.html": "2024-11-25",
    "euclid-donnees.html": "2025-03-20",
    "europeennes-2024.html": "2024-06-10",
    "goncourt-daoud.html": "2024-11-04",
    "greve-eboueurs.html": "2024-09-27",
    "hopital-fuite-donnees.html": "2025-02-11",
    "hopital-fuite-enquete.html": "2025-06-19",
    "jo-paris-bilan.html": "2024-08-12",
    "louvre-bijoux.html": "2025-10-22",
    "pape-leon-xiv.html": "2025-05-09",
    "spatules-marais.html": "2026-02-12",
    "tram-b-rames-essais.html": "2026-10-08",
}
NOTES = {
    "cantine-tarifs-rentree-2024.md": "2024-09-02",
    "manouchian-pantheon.md": "2024-02-22",
    "pont-sainte-anne-reouverture.md": "2026-09-12",
    "reglement-europeen-ia.md": "2024-08-01",
    "tram-b-budget-mars-2026.md": "2026-03-05",
    "uspl-coupe-de-france-2026.md": "2026-01-11",
}
DAYS = {
    f"{folder}/{name}": date.fromisoformat(day)
    for folder, days in (("copies", COPIES), ("web", WEB), ("notes", NOTES))
    for name, day in days.items()
}
"""The day that each page of one article was published."""
FACTS: dict[str, tuple[str, str, tuple[str, ...]]] = {
    "2024-01-18_tram-ligne-b-lancement": (
        "Tramway : Port-Lavande lance le chantier de sa ligne B, attendue en septembre 2026",
        "Régions",
        ("Claire Vasseur",),
    ),
    "ariane-6-premier-vol": (
        "Espace : Ariane 6 réussit son premier décollage, sauf la dernière manœuvre",
        "Sciences",
        ("Julien Astruc", "Agence Rives-Presse"),
    ),
    "cantine-jules-valles-intoxication": (
        "Port-Lavande : 43 élèves malades après le déjeuner à l'école Jules-Vallès",
        "Éducation",
        (),
    ),
    "coques-fort-rouge-quota-2025": (
        "Pêche à pied : le quota de coques du banc du Fort-Rouge ramené à 1 250 tonnes",
        "Économie",
        ("Malo Kerbrat",),
    ),
    "faille-portail-famille": (
        "Un lycéen de Port-Lavande découvre une faille sur le portail famille de la ville",
        "Tech",
        ("Thomas Quillet",),
    ),
    "manifestation-maternite-13-mars": (
        "Maternité de Port-Lavande : « six mille personnes » dans la rue contre la fermeture, "
        "selon les syndicats",
        "Santé",
        ("Nadia Ferhat",),
    ),
    "motion-de-censure-barnier": (
        "L'Assemblée nationale renverse le gouvernement de Michel Barnier",
        "Politique",
        (),
    ),
    "municipales-2026-marchand-reelue": (
        "Municipales : Hélène Marchand réélue de justesse à Port-Lavande",
        "Politique",
        (),
    ),
    "musee-peches-et-sel-reouverture": (
        "Le musée des Pêches et du Sel rouvre avec trois salles de plus",
        "Culture",
        ("Solène Pradier",),
    ),
    "nobel-2024-palmares": (
        "Nobel 2024 : l'intelligence artificielle s'invite au palmarès",
        "Sciences",
        ("Rédaction",),
    ),
    "notre-dame-reouverture": (
        "Notre-Dame de Paris rouvre ses portes, cinq ans après l'incendie",
        "Culture",
        (),
    ),
    "pont-sainte-anne-travaux": (
        "Pont Sainte-Anne : les camions interdits pendant deux ans et demi",
        "Régions",
        ("Malo Kerbrat",),
    ),
    "smic-novembre-2024": (
        "Le smic passe à 11,88 euros brut de l'heure le 1er novembre",
        "Économie",
        (),
    ),
    "tram-b-fouilles-salines": (
        "Des salines du IIe siècle retrouvées sous la future ligne B du tramway",
        "Sciences",
        ("Julien Astruc",),
    ),
    "tram-ligne-b-surcout": (
        "Tramway de Port-Lavande : la ligne B coûtera 247 millions d'euros et ouvrira en mars 2027",
        "Régions",
        (),
    ),
    "uspl-champion-national-2": (
        "Football : l'USPL championne de National 2, vingt-deux ans après sa dernière montée",
        "Sport",
        (),
    ),
}
"""Title, section and authors that each copied page shows."""
BRIEFS = {
    "copies/tram-ligne-b-surcout.txt": 4,
    "copies/uspl-champion-national-2.txt": 5,
    "copies/notre-dame-reouverture.txt": 3,
    "copies/motion-de-censure-barnier.txt": 4,
    "copies/smic-novembre-2024.txt": 4,
    "copies/cantine-jules-valles-intoxication.txt": 6,
    "copies/municipales-2026-marchand-reelue.txt": 3,
}
"""How many teasers hang at the end of each page that has some."""
BARE = {
    f"web/{name}.html"
    for name in (
        "assemblee-braun-pivet",
        "cop29-bakou",
        "euclid-donnees",
        "greve-eboueurs",
        "louvre-bijoux",
    )
}
"""Web pages whose markup says neither section nor author."""
CLUTTER = re.compile(
    r"^A$|A A A A|A- A\b|A-\s*A\+|lire aussi|lire également|^partager|partagez|tweeter|whatsapp|"
    r"copier le lien|imprimer$|favoris|enregistrer$|offrir l|newsletter|adresse e-mail|mon e-mail|"
    r"s.inscrire$|s.abonner|je m.abonne|abonnés|cookies|commentaires?\b.*\d|^\d commentaires?|"
    r"répondre · signaler|marcel_du_port|Lilou44|ancien_infirmier|Jo_des_marais|Vero\.L|"
    r"publié le|mis à jour|min de lecture|lecture :? ?\d|temps de lecture|écouter cet article|"
    r"©|^crédit|crédit ?(?:photo|:)|photo le courrier|contribuer$|réutiliser ce|les plus lus|"
    r"sur le même sujet|ça peut vous intéresser|mentions légales|tous droits réservés|"
    r"en ce moment :|à réécouter|autres dépêches|plan du site|conditions générales|"
    r"retrouvez toute l.actualité|suivez-nous|idées sorties|météo des marées|"
    # a byline or a section that stands alone
    r"^(?:par|de) [^\W\d]+ [^\W\d]+$|^(?:politique|culture|sciences|société|économie|sport)$|"
    # the line under a teaser
    r"[^\W\d_] - \d{1,2} (?:janvier|mars|mai|octobre|novembre|décembre) 202\d",
    re.IGNORECASE | re.MULTILINE,
)


def read(path: Path) -> list[Article | Rejection]:
    return list(read_articles([path]))


@cache
def articles_of(page: str) -> tuple[Article, ...]:
    """What one page gives, ``depeches.jsonl`` included."""
    found = read(PAGES / page)
    articles = tuple(one for one in found if isinstance(one, Article))
    assert len(articles) == len(found), found
    return articles


def main_article(page: str) -> Article:
    (article,) = (one for one in articles_of(page) if one.kind == "article")
    return article


def questions() -> list[dict[str, Any]]:
    lines = (SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


ANSWERABLE = [question for question in questions() if question["answerable"]]


# --- the questions -----------------------------------------------------------------------


def test_sixty_questions_of_which_twenty_have_no_answer_here() -> None:
    asked = questions()
    fields = {"id", "question", "answerable", "answer", "sentence", "article", "kind", "note"}
    assert all(set(question) == fields for question in asked)
    assert len({question["id"] for question in asked}) == 60
    assert len({question["question"] for question in asked}) == 60
    assert len(ANSWERABLE) == 40
    refused = [question for question in asked if not question["answerable"]]
    assert sum(question["note"].startswith("presque : ") for question in refused) == 10
    assert sum(question["note"].startswith("hors sujet : ") for question in refused) == 10
    for question in refused:
        assert question["answer"] is question["sentence"] is question["article"] is None


def test_answers_stand_in_their_sentences_and_questions_do_not_repeat_them() -> None:
    for question in ANSWERABLE:
        assert question["answer"] in question["sentence"], question["id"]
        assert question["question"].rstrip(" ?") not in question["sentence"], question["id"]


def test_questions_reach_every_shape_of_page() -> None:
    pages = [question["article"] for question in ANSWERABLE]
    for suffix, fewest in ((".txt", 15), (".html", 9), (".md", 4)):
        assert sum(page.endswith(suffix) for page in pages) >= fewest, suffix
    assert sum("depeches.jsonl#" in page for page in pages) >= 6
    assert sum(question["note"].startswith("brève") for question in ANSWERABLE) == 4


# --- the pages ---------------------------------------------------------------------------


def test_every_page_is_listed_here() -> None:
    found = {path.relative_to(PAGES).as_posix() for path in PAGES.rglob("*") if path.is_file()}
    assert found == {*DAYS, "depeches.jsonl"}
    assert sum(path.stat().st_size for path in SAMPLE.rglob("*") if path.is_file()) < 700_000


def test_the_whole_archive_is_read() -> None:
    found = read(PAGES)
    assert [one for one in found if isinstance(one, Rejection)] == []
    articles = {one.id: one for one in found if isinstance(one, Article)}
    whole = [one for one in articles.values() if one.kind == "article"]
    assert 40 <= len({one.body for one in whole}) <= len(whole)
    assert sum(one.kind == "brève" for one in articles.values()) == sum(BRIEFS.values())
    undated = [one.title for one in articles.values() if one.published is None]
    assert undated == ["Port-Lavande en quelques chiffres"]
    for one in articles.values():
        assert (one.published is None) == (one.date_origin == "none"), one.title
        assert one.published is None or 2024 <= one.published.year <= 2026, one.title


@pytest.mark.parametrize("page", DAYS)
def test_a_page_gives_its_article_whole_dated_and_clean(page: str) -> None:
    article = main_article(page)
    raw = (PAGES / page).read_bytes()
    assert article.published == DAYS[page]
    if page not in BARE:
        assert article.section, "no section"
    assert len(article.body.split()) >= 180
    marked = INVENTED.encode() in raw or INVENTED.encode("windows-1252") in raw
    assert article.body.removesuffix(SIGNATURE).rstrip().endswith(INVENTED) == marked
    clutter = [line for line in article.body.split("\n") if CLUTTER.search(line)]
    assert clutter == []


@pytest.mark.parametrize("name", FACTS)
def test_a_copied_page_tells_its_title_section_and_authors(name: str) -> None:
    article = main_article(f"copies/{name}.txt")
    title, section, authors = FACTS[name]
    assert article.title == title
    assert article.section == section
    # "Rédaction" is a newsroom's byline, which a reader may keep or leave out.
    assert article.authors in {authors, tuple(one for one in authors if one != "Rédaction")}
    assert article.title not in article.body


@pytest.mark.parametrize("page", DAYS)
def test_teasers_become_briefs_and_leave_the_article(page: str) -> None:
    article = main_article(page)
    briefs = [one for one in articles_of(page) if one.kind == "brève"]
    assert len(briefs) == BRIEFS.get(page, 0)
    for brief in briefs:
        assert brief.parent_id == article.id
        assert brief.date_origin == "teaser"
        assert brief.published is not None
        assert brief.authors, brief.body
        assert brief.body not in article.body
        assert not CLUTTER.search(brief.body)
        assert (brief.section is None) == brief.body.startswith("La Ville de Port-Lavande")
        assert brief.section in SECTIONS


def test_dispatches_keep_their_fields() -> None:
    records = [json.loads(line) for line in DISPATCHES.read_text(encoding="utf-8").splitlines()]
    articles = articles_of("depeches.jsonl")
    assert [one.title for one in articles] == [record["title"] for record in records]
    for article, record in zip(articles, records, strict=True):
        assert article.body == record["text"]
        assert article.url == record.get("url")
        assert article.source == record["source"]
        assert article.section == record["section"]
        assert (article.published.isoformat() if article.published else None) == record.get("date")


def test_the_double_is_one_article_and_the_correction_a_second_version() -> None:
    first, second = (
        main_article(f"copies/pont-sainte-anne-travaux{copy}.txt") for copy in ("", " (1)")
    )
    assert first.id == second.id
    before, after = (
        main_article(f"web/2025-10-15_crue-aubrelle{version}.html") for version in ("", "_v2")
    )
    assert before.id == after.id
    assert before.url == after.url
    assert "640" in before.title and "780" in after.title
    names = sorted(path.name for path in (PAGES / "web").glob("*crue-aubrelle*"))
    assert names[-1].endswith("_v2.html"), "the correction must be read last"


@pytest.mark.parametrize("question", ANSWERABLE, ids=lambda question: question["id"])
def test_the_gold_sentence_is_in_its_article_alone(question: dict[str, Any]) -> None:
    path, _, record = question["article"].partition("#")
    page = path.removeprefix("pages/")
    holders = [one for one in articles_of(page) if question["sentence"] in one.body]
    assert len(holders) == 1
    assert (holders[0].kind == "brève") == question["note"].startswith("brève")
    if record:
        assert holders[0].id == record


def test_a_script_tag_told_in_an_article_stays_text() -> None:
    body = main_article("copies/faille-portail-famille.txt").body
    assert "<script>alert(1)</script>" in body
    assert "&lt; et &gt;" in body
