"""Copied pages: golden pages, the page the project began with, doubtful lines, properties."""

from __future__ import annotations

import json
import os
import time
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa.boilerplate import Litter, litter
from brief_qa.bylines import read_byline
from brief_qa.copied import CopiedPage, clean_copied_page
from brief_qa.lines import normalise

GOLDEN = Path(__file__).parent / "golden" / "copied"
DATA = Path(os.environ.get("BRIEF_QA_DATA", Path(__file__).parents[2] / "shared" / "data"))
PAGE = DATA / "pages_text" / "lebrief_laftit_darmanin.txt"

TITLE = "Le conseil de Mérignolles vote la rénovation du pont de pierre"
PROSE = (
    "Le conseil municipal de Mérignolles a voté jeudi soir la rénovation du pont de pierre.",
    "Les travaux commenceront en mars et dureront quatorze mois, selon la direction des routes.",
    "« Nous attendions cette décision depuis douze ans », a rappelé le maire, Étienne Sauvaget.",
    "Le pont, long de 96 mètres, restera ouvert aux piétons et aux cyclistes pendant le chantier.",
)


def paragraphs(page: CopiedPage) -> list[str]:
    return page.body.split("\n\n") if page.body else []


def flat(text: str) -> str:
    return " ".join(normalise(text).split())


def as_json(page: CopiedPage) -> dict[str, Any]:
    import importlib.util

    spec = importlib.util.spec_from_file_location("regenerate", GOLDEN.parent / "regenerate.py")
    assert spec and spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    result: dict[str, Any] = module.as_json(page)
    return result


# --- golden pages ----------------------------------------------------------------------


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_golden_page(path: Path) -> None:
    expected = json.loads(path.with_suffix(".json").read_text(encoding="utf-8"))
    assert as_json(clean_copied_page(path.read_bytes().decode())) == expected


def test_there_are_fifteen_golden_pages() -> None:
    assert len(list(GOLDEN.glob("*.txt"))) == len(list(GOLDEN.glob("*.json"))) == 15


@pytest.mark.parametrize("path", sorted(GOLDEN.glob("*.txt")), ids=lambda path: path.stem)
def test_a_clean_page_comes_out_whole(path: Path) -> None:
    page = clean_copied_page(path.read_bytes().decode())
    again = clean_copied_page(f"{page.title}\n\n{page.body}")
    assert (again.title, again.body, again.teasers) == (page.title, page.body, ())


# In these two the empty lines say what no word does: where a paragraph cut at a fixed
# width ends, and that a sentence belongs to the photographer's credit above it.
SPACED = ("07_quebec_date_milieu", "10_lignes_coupees_suite_collee")


@pytest.mark.parametrize(
    "path",
    [path for path in sorted(GOLDEN.glob("*.txt")) if path.stem not in SPACED],
    ids=lambda path: path.stem,
)
def test_no_blank_lines_no_difference(path: Path) -> None:
    """Browsers differ in the empty lines they copy: the paragraphs must not."""
    text = normalise(path.read_bytes().decode())
    single = clean_copied_page("\n".join(line for line in text.split("\n") if line))
    double = clean_copied_page("\n\n".join(line for line in text.split("\n") if line))
    expected = clean_copied_page(text)
    for page in (single, double):
        assert (page.title, page.body) == (expected.title, expected.body)
        assert page.teasers == expected.teasers
        assert (page.published, page.updated) == (expected.published, expected.updated)


# --- the page the project began with ---------------------------------------------------


@pytest.fixture(scope="module")
def first_page() -> CopiedPage:
    if not PAGE.exists():
        pytest.skip(f"no data folder: {PAGE} is absent (set BRIEF_QA_DATA)")
    return clean_copied_page(PAGE.read_text(encoding="utf-8"))


@pytest.mark.data
def test_first_page_article(first_page: CopiedPage) -> None:
    assert first_page.title == "Sécurité : Laftit et Darmanin s’entretiennent à Rabat"
    assert (first_page.published, first_page.date_origin) == (date(2024, 4, 22), "caption")
    assert first_page.subheads == ("Une question de sécurité",)
    assert len(first_page.captions) == 1
    body = paragraphs(first_page)
    assert len(body) == 11  # ten paragraphs and the subhead
    assert body[0].startswith("Lundi à Rabat, le ministre de l’Intérieur, Abdelouafi Laftit,")
    assert body[4] == "Une question de sécurité"
    assert body[-1].endswith("le ministre des Affaires islamiques Ahmed Taoufiq.")
    assert "Lire aussi" not in first_page.body
    assert "A" not in body


@pytest.mark.data
def test_first_page_teasers(first_page: CopiedPage) -> None:
    teasers = first_page.teasers
    assert len(teasers) == len({teaser.text for teaser in teasers}) == 11
    signed = [(teaser.section, teaser.authors[0], teaser.published) for teaser in teasers]
    assert signed == [
        ("Politique", "Mbaye Gueye", date(2025, 8, 27)),
        ("Politique", "Ilyasse Rhamir", date(2025, 8, 27)),
        ("Politique", "Ilyasse Rhamir", date(2025, 8, 27)),
        ("Politique", "Ilyasse Rhamir", date(2025, 8, 26)),
        ("Politique", "Hajar Toufik", date(2025, 8, 25)),
        ("Politique", "Hajar Toufik", date(2025, 8, 25)),
        ("Dossier", "Sabrina El Faiz", date(2025, 1, 25)),
        (None, "Rédaction LeBrief", date(2025, 7, 29)),
        ("Dossier", "Sabrina El Faiz", date(2024, 12, 28)),
        ("Politique", "Hajar Toufik", date(2025, 5, 12)),
        ("Politique", "Sabrina El Faiz", date(2025, 4, 24)),
    ]
    assert "40e contingent" in teasers[3].text
    for teaser in teasers:
        assert teaser.text[:40] not in first_page.body


# --- lines inside a body ---------------------------------------------------------------


@pytest.mark.parametrize(
    "line",
    [
        "Rien n’est joué.",
        "Oui.",
        "Et maintenant ?",
        "« Jamais ! »",
        "Il faut lire aussi cette décision comme un message.",
        "La publicité a rapporté 85 000 euros à la commune.",
        "Sa newsletter compte 1 500 abonnés, dont beaucoup de commerçants.",
        "Partager l’espace, voilà toute la question.",
        "Les commentaires ont été nombreux, et vifs.",
        "- un tiers pour la commune ;",
        "• le reste par l’État.",
        "1) des garde-corps neufs ;",
        "Un chantier contesté",
        "Les réactions politiques",
        "Plus de 30 morts en dix ans",
        "Soutenir les commerçants",
        "Navigation fluviale interrompue",
        "Une erreur de calcul ?",
        "Essai clinique de six mois",
        "Le maire s’est rendu sur place le 22 avril 2024.",
        "Par ailleurs, la digue sera relevée.",
        "Par conséquent, le bac restera gratuit jusqu’au 1er mai 2025.",
        "— Et le bac ?",
        "Voir le pont rouvert, c’est tout ce que demandent les riverains.",
        "Selon l’AFP, trois entreprises ont répondu.",
    ],
)
def test_a_line_of_the_body_stays(line: str) -> None:
    text = "\n\n".join([TITLE, "Publié le 3 mars 2025", "Publicité", PROSE[0], line, *PROSE[1:]])
    assert paragraphs(clean_copied_page(text)) == [PROSE[0], line, *PROSE[1:]]


@pytest.mark.parametrize(
    "lines",
    [
        ["Publicité"],
        ["La suite après cette publicité"],
        ["Lire aussi : À Bresteil, la passerelle fermée deux mois"],
        ["À LIRE AUSSI", "À Bresteil, la passerelle fermée deux mois de plus"],
        ["Lire également", "Pourquoi le pont de Bresteil a-t-il été fermé en urgence ?"],
        [">> Lire aussi : Bresteil, la passerelle fermée"],
        ["Voir aussi : notre carte des ponts fragiles"],
        ["Lire notre enquête : Ces ponts qui menacent ruine"],
        ["Sur le même sujet", "- Bresteil : la passerelle fermée", "- Ponts : le rapport caché"],
        ["Newsletter", "La lettre des maires", "Recevez chaque matin l’essentiel.", "S’inscrire"],
        ["Facebook X WhatsApp LinkedIn Copier le lien Imprimer Envoyer par e-mail"],
        ["Partager sur Facebook (ouvre dans une nouvelle fenêtre)"],
        ["Il vous reste 70 % de cet article à lire. La suite est réservée aux abonnés."],
        ["Article réservé aux abonnés"],
        ["Le pont de pierre en 1932. © Archives de Mérignolles / DR"],
        ["Photo : Jeanne Martin"],
        ["Le pont, jeudi 13 mars. Photo Le Courrier des Rives / Thomas Quillet"],
        ["Le pont en construction. (Illustration)"],
        ["A A", "A- A+", "Écouter l’article", "3 min"],
        ["https://exemple.test/2024/pont"],
        ["Abonnez-vous dès 1 € par mois"],
    ],
)
def test_litter_inside_a_body_goes(lines: list[str]) -> None:
    text = "\n\n".join([TITLE, PROSE[0], PROSE[1], *lines, *PROSE[2:]])
    assert paragraphs(clean_copied_page(text)) == list(PROSE)


@pytest.mark.parametrize(
    "lines",
    [
        ["12 commentaires", "Ahmed", "22 avril 2024 à 15h30", "Bravo à la mairie pour ce vote !"],
        ["Laisser un commentaire", "Votre adresse e-mail ne sera pas publiée."],
        ["Les plus lus", "Un titre très lu", "Un autre titre très lu"],
        ["Tags : pont, travaux", "Partager"],
        ["Mérignolles", "Travaux", "© 2024 Le Relais. Tous droits réservés."],
        [
            "Jeanne Martin",
            "Journaliste",
            "À propos de l’auteur",
            "Elle couvre les communes rurales.",
        ],
        [
            "À lire aussi",
            "Bresteil ferme sa passerelle",
            "La passerelle est fermée pour deux mois, annonce la mairie de Bresteil.",
            "Le bac redevient payant",
            "Le bac de Saint-Aubry coûtera deux euros par passage à partir de juin.",
        ],
    ],
)
def test_the_tail_goes(lines: list[str]) -> None:
    page = clean_copied_page("\n\n".join([TITLE, *PROSE, *lines]))
    assert paragraphs(page) == list(PROSE)
    assert page.teasers == ()


def test_an_article_goes_on_below_a_head_that_ends_others() -> None:
    text = "\n\n".join(
        [TITLE, *PROSE[:2], "À la une", "Un autre titre du jour", *PROSE[2:], *PROSE]
    )
    assert paragraphs(clean_copied_page(text))[:4] == list(PROSE)


def test_a_subhead_under_links_is_kept() -> None:
    links = ["Lire aussi", "À Bresteil, la passerelle restera fermée deux mois de plus"]
    text = "\n\n".join([TITLE, *PROSE[:2], *links, "Un long chantier", *PROSE[2:]])
    page = clean_copied_page(text)
    assert paragraphs(page) == [*PROSE[:2], "Un long chantier", *PROSE[2:]]
    assert page.subheads == ("Un long chantier",)


def test_lone_teaser_without_head() -> None:
    tail = ["Bresteil ferme sa passerelle pour deux mois", "Jeanne Martin - 4 mai 2025"]
    page = clean_copied_page("\n".join([TITLE, "Publié le 3 mars 2025", *PROSE, *tail]))
    assert paragraphs(page) == list(PROSE)
    assert page.published == date(2025, 3, 3)
    assert [(one.text, one.published) for one in page.teasers] == [(tail[0], date(2025, 5, 4))]


def test_titled_posts_of_a_live_report_stay() -> None:
    hours = ("15h20", "13h05", "11h30", "9h45")
    titles = ("Le feu est maîtrisé", "L'école évacuée", "Le préfet sur place", "L'alerte donnée")
    posts = [line for post in zip(hours, titles, PROSE[:4], strict=False) for line in post]
    page = clean_copied_page("\n".join([TITLE, "Publié le 3 mars 2025 à 9h45", *posts]))
    assert set(PROSE[:4]) <= set(paragraphs(page))
    assert not page.teasers


# --- title, days, names ----------------------------------------------------------------


def test_paragraphs_without_a_title() -> None:
    page = clean_copied_page("\n\n".join(PROSE))
    assert paragraphs(page) == list(PROSE)
    assert page.title == PROSE[0]


def test_a_long_first_line_is_never_lost() -> None:
    line = "Le conseil a voté. " + "Les travaux dureront quatorze mois au moins. " * 250
    page = clean_copied_page(line)
    assert page.body == line.strip()
    assert page.title == "Le conseil a voté."


@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r", "\n\n", "\u2028", "\n \t\n"])
def test_any_newline(newline: str) -> None:
    page = clean_copied_page(newline.join([TITLE, *PROSE]))
    assert (page.title, paragraphs(page)) == (TITLE, list(PROSE))


def test_unseen_characters_go_and_spaces_are_one() -> None:
    text = f"\ufeff{TITLE}\n« Nous\u00a0attendions\u202f», a\u200b \u2067rappele\u0301\u2069\tle"
    text += " maire,"
    text += " \x00Étienne Sauvaget, devant le conseil\ue001 municipal de Mérignolles."
    page = clean_copied_page(text)
    assert page.title == TITLE
    assert page.body == (
        "« Nous attendions », a rappelé le maire,"
        " Étienne Sauvaget, devant le conseil municipal de Mérignolles."
    )


@pytest.mark.parametrize(
    "text",
    [
        "",
        " \n\t\n",
        "\u200b\n\ufeff",
        "Accueil\nPolitique\nÉconomie\nSport",
        "Nous utilisons des cookies.\nTout accepter\nMenu\nSe connecter",
        "Publicité\nPartager\nFacebook\nX\n12 commentaires\n© 2024 Le Relais. Tous droits réservés",
        "Les plus lus\nUn titre très lu aujourd’hui\nUn autre titre",
    ],
)
def test_nothing_but_litter_is_no_article(text: str) -> None:
    assert clean_copied_page(text).body == ""


@pytest.mark.parametrize(
    ("lines", "published", "updated", "origin"),
    [
        (
            ["Publié le 22 avril 2024 à 14h05 - Mis à jour le 23/04/2024 à 09h10"],
            date(2024, 4, 22),
            date(2024, 4, 23),
            "dateline",
        ),
        (["Mis à jour le 23/04/2024"], None, date(2024, 4, 23), "none"),
        (["Le pont à Mérignolles, le 20 avril 2024."], date(2024, 4, 20), None, "caption"),
        (
            ["Le pont à Mérignolles, le 20 avril 2024.", "Publié le 22 avril 2024"],
            date(2024, 4, 22),
            None,
            "dateline",
        ),
        (["Le pont, le 20 avril. © AFP", "22/04/2024"], date(2024, 4, 22), None, "dateline"),
        (["Le pont de pierre, en avril. © AFP"], None, None, "none"),
        (["Publié hier à 14h05"], None, None, "none"),
    ],
)
def test_days(lines: list[str], published: date, updated: date, origin: str) -> None:
    page = clean_copied_page("\n".join([TITLE, *lines, *PROSE]))
    assert (page.published, page.updated, page.date_origin) == (published, updated, origin)
    assert paragraphs(page) == list(PROSE)


def test_a_first_paragraph_that_ends_with_a_day_is_no_legend() -> None:
    first = "Le sommet des maires s’ouvrira à Mérignolles, le 22 avril 2024."
    page = clean_copied_page("\n".join([TITLE, first, *PROSE]))
    assert paragraphs(page) == [first, *PROSE]


def test_dispatch() -> None:
    first = f"RABAT, 22 avril 2024 (AFP) - {PROSE[0]}"
    page = clean_copied_page("\n".join([TITLE, first, *PROSE[1:]]))
    assert (page.published, page.date_origin) == (date(2024, 4, 22), "dateline")
    assert paragraphs(page)[0] == first


@pytest.mark.parametrize(
    ("line", "authors"),
    [
        ("Par Jeanne Martin", ("Jeanne Martin",)),
        ("Par Jeanne Martin et Paul Durand, avec AFP", ("Jeanne Martin", "Paul Durand")),
        ("Jeanne Martin (avec AFP)", ("Jeanne Martin",)),
        ("AFP", ("AFP",)),
        ("Par Awa Diop, correspondante à Tunis", ("Awa Diop",)),
        ("Propos recueillis par Jeanne Martin", ("Jeanne Martin",)),
        ("Rédigé par Awa Diop le Lundi 3 Février 2025 à 09:12 | Lu 1234 fois", ("Awa Diop",)),
        ("Jeanne Martin | Le 22/4/2024 à 14:05", ("Jeanne Martin",)),
        ("Jeanne Martin\n22 avril 2024", ("Jeanne Martin",)),
        ("La Rédaction\n22 avril 2024", ("La Rédaction",)),
        ("Par Jeanne Martin, avec l’AFP", ("Jeanne Martin",)),
    ],
)
def test_authors(line: str, authors: tuple[str, ...]) -> None:
    page = clean_copied_page("\n".join([TITLE, line, *PROSE]))
    assert page.authors == authors
    assert paragraphs(page) == list(PROSE)


@pytest.mark.parametrize(
    ("above", "section"),
    [
        (["Accueil > Politique > Maroc"], "Politique"),
        (["POLITIQUE"], "Politique"),
        (["Politique", "Économie", "Sport", "Culture", "", "Économie"], "Économie"),
        (["Politique", "Économie", "Sport", "Culture"], None),
        (["Accueil", "Actualités"], "Actualités"),
        (["Accueil", "Régions", "Mérignolles"], "Régions"),
        (["Le Relais des Rives » Sciences » Prix du pont"], "Sciences"),
        ([], None),
    ],
)
def test_section(above: list[str], section: str | None) -> None:
    page = clean_copied_page("\n".join([*above, TITLE, *PROSE]))
    assert (page.title, page.section) == (TITLE, section)


@pytest.mark.parametrize(
    "text",
    [
        "Le roi a reçu le 22 avril 2024 le président.",
        "À 14h05, tout s’arrête.",
        "Par conséquent",
        "Laftit et Darmanin à Rabat, le 22 avril 2024.",
        "Gérald Darmanin, le 22 avril 2024.",
        "L'école Jules-Vallès, à Port-Lavande, le 16 janvier 2026.",
        "Une question de sécurité",
        "",
    ],
)
def test_no_byline(text: str) -> None:
    assert read_byline(text) is None


def test_litter_kinds() -> None:
    assert litter("À lire aussi :") is Litter.LINKS
    assert litter("→ Lire aussi : un titre") is Litter.LINK
    assert litter("Newsletter") is Litter.BOX
    assert litter("Les plus lus") is Litter.END
    assert litter("Laisser un commentaire") is Litter.COMMENTS
    assert litter("Publicité") is Litter.NOISE
    assert litter(PROSE[0]) is None


# --- properties ------------------------------------------------------------------------

SUBHEADS = ("Un long chantier", "« On nous promet la lune »", "Le calendrier des travaux")
LITTER = (
    ["Publicité"],
    ["Lire aussi : À Bresteil, la passerelle fermée"],
    ["À lire aussi", "À Bresteil, la passerelle restera fermée deux mois de plus"],
    ["Newsletter", "La lettre des maires", "S’inscrire"],
    ["Le pont en 1932. © Archives / DR"],
    ["Partager", "Facebook", "WhatsApp"],
)
blocks = st.one_of(
    st.sampled_from(PROSE).map(lambda text: ([text], True)),
    st.tuples(st.sampled_from(SUBHEADS), st.sampled_from(PROSE)).map(lambda b: (list(b), True)),
    st.sampled_from(LITTER).map(lambda lines: (lines, False)),
)
lines = st.one_of(
    st.text(max_size=60),
    st.sampled_from([*PROSE, *SUBHEADS, TITLE, "Politique", "22 avril 2024", "Les plus lus"]),
    st.sampled_from(
        ["Jeanne Martin - 27 août 2025", "Politique - Le maire a signé.", "Réagir", ""]
    ),
    st.sampled_from([line for group in LITTER for line in group]),
)


@given(st.lists(blocks, min_size=1, max_size=12), st.sampled_from(["\n", "\n\n"]))
def test_whatever_stands_between_paragraphs(found: list[Any], newline: str) -> None:
    body = [PROSE[0], *(line for block, kept in found if kept for line in block), PROSE[1]]
    page_lines = [TITLE, PROSE[0], *(line for block, _ in found for line in block), PROSE[1]]
    page = clean_copied_page(newline.join(page_lines))
    assert (page.title, paragraphs(page)) == (TITLE, body)


@given(st.one_of(st.text(), st.lists(lines, max_size=25).map("\n".join)))
def test_nothing_is_invented(text: str) -> None:
    page = clean_copied_page(text)
    whole = flat(text)
    for piece in (*paragraphs(page), *page.captions, *page.subheads):
        assert flat(piece) in whole
    for teaser in page.teasers:
        assert flat(teaser.text) in whole
        assert flat(teaser.title or "") in whole
    assert set(page.subheads) <= set(paragraphs(page))
    assert normalise(page.body) == page.body
    assert (page.date_origin == "none") == (page.published is None)


@given(st.lists(st.sampled_from([*PROSE, *SUBHEADS, "- un tiers ;", "Oui."]), max_size=15))
def test_a_clean_body_loses_nothing(body: list[str]) -> None:
    text = "\n\n".join([PROSE[0], *body, PROSE[1]])
    page = clean_copied_page(text)
    assert page.body == text
    again = clean_copied_page(page.body)
    assert again.body == page.body


LONG_LINES = (
    "A ",
    " ",
    ".",
    "« ",
    "(",
    "a > ",
    " - ",
    "Photo : ",
    "A/AFP ",
    "22 avril 2024A",
    "Jean De La ",
    "partager sur ",
    "#a ",
    "http://",
)
MANY_LINES = (
    "Les plus lus\n" + PROSE[0] + "\n" + PROSE[1] + "\n",
    "À lire aussi\nUn titre ici sans point\n" + PROSE[0] + "\n",
    "22 avril 2024\nUne phrase.\n",
    "22 avril 2024\n" + "Une phrase.\n" * 6,
    "Jeanne Martin - 22 avril 2024\n" * 2 + "Un titre de plus sans point final\n" * 5,
    "Politique\n",
    "Newsletter\nUn mot\n",
)


@pytest.mark.parametrize("piece", LONG_LINES)
def test_a_long_line_is_read_at_once(piece: str) -> None:
    started = time.perf_counter()
    clean_copied_page(piece * (1_000_000 // len(piece)))
    assert time.perf_counter() - started < 20


@pytest.mark.parametrize("piece", MANY_LINES)
def test_time_grows_with_the_text_only(piece: str) -> None:
    """Eight times the text takes eight times as long; were each pair of lines compared, 64."""

    def seconds(size: int) -> float:
        text = piece * (size // len(piece))
        times = []
        for _ in range(3):  # the quickest is the least disturbed
            started = time.process_time()
            clean_copied_page(text)
            times.append(time.process_time() - started)
        return min(times)

    seconds(10_000)
    assert seconds(160_000) < 32 * max(seconds(20_000), 0.02)
