"""A web page → its article: facts, text, clutter, hostile pages, and the floors on gold pages."""

from __future__ import annotations

import sys
import time
from datetime import date
from pathlib import Path

import pytest

from brief_qa import html
from brief_qa.domain import Article, Page
from brief_qa.errors import PageError
from brief_qa.fields import NAME_LIMIT
from brief_qa.html import article_from_html, clean_lines, is_clutter, without_scripts

sys.path.insert(0, str(Path(__file__).parents[1] / "benchmarks"))
import pages as benchmark  # type: ignore[import-not-found]

GOLD = benchmark.data_folder() / "pages_html"

PARAGRAPHS = (
    "La criée du port de Lorient fermera ses portes lundi pour trois semaines, le temps de "
    "remplacer les chambres froides qui datent de 1987.",
    "Les pêcheurs débarqueront leurs prises à Concarneau, a annoncé la société qui gère la criée, "
    "et les frais de route leur seront remboursés.",
    "« Nous ne pouvions plus attendre, la panne de janvier nous a coûté quarante tonnes de "
    "poisson », a expliqué sa directrice, Anne Le Goff.",
)
TITLE = "Le port de Lorient ferme sa criée"


def page(head: str = "", above: str = "", paragraphs: tuple[str, ...] = PARAGRAPHS) -> str:
    body = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
    return (
        f"<html><head><title>{TITLE} | Le Courrier</title>{head}</head><body>"
        f"<nav>Menu</nav><article><h1>{TITLE}</h1>{above}{body}</article></body></html>"
    )


def read(source: str | bytes) -> Article:
    content = source.encode() if isinstance(source, str) else source
    return article_from_html(Page("page.html", content)).article


# --- facts -------------------------------------------------------------------------------


def test_title_source_and_paragraphs() -> None:
    article = read(page())
    assert article.title == TITLE
    assert article.source == "Le Courrier"
    assert article.body == "\n\n".join(PARAGRAPHS)
    assert (article.published, article.date_origin, article.url) == (None, "none", None)


LD = """<script type="application/ld+json">{"@context": "https://schema.org", "@graph": [
{"@type": "WebPage", "datePublished": "2019-01-01"},
{"@type": "NewsArticle", "headline": "Le port de Lorient ferme sa criée",
"datePublished": "2025-03-12T23:30:00+01:00", "dateModified": "2025-03-14",
"author": [{"@type": "Person", "name": "Lina Alaoui"},
{"name": "Marc Petit"}], "articleSection": ["À la une", "Économie"],
"publisher": {"name": "Le Télégraphe"}, "mainEntityOfPage": "https://x.fr/2020/01/02/a"}]}</script>"""
UNREADABLE = (
    LD.replace("2025-03-12T23:30:00+01:00", "hier")
    .replace("/2020/01/02/", "/")
    .replace("2019-01-01", "")
)
META = '<meta property="article:published_time" content="2024-05-06T07:00:00Z">'


def test_json_ld_is_believed_first() -> None:
    article = read(page(LD + META, "<p>Publié le 1er avril 2023</p>"))
    assert (article.published, article.date_origin) == (date(2025, 3, 12), "jsonld")
    assert article.updated == date(2025, 3, 14)
    assert article.authors == ("Lina Alaoui", "Marc Petit")
    assert (article.section, article.source) == ("Économie", "Le Télégraphe")
    assert article.url == "https://x.fr/2020/01/02/a"


@pytest.mark.parametrize(
    ("head", "above", "day", "origin"),
    [
        (META, "<p>Publié le 1er avril 2023</p>", date(2024, 5, 6), "meta"),
        ("", "<p>AFP, publié le samedi 1er avril 2023 à 18h20</p>", date(2023, 4, 1), "dateline"),
        (
            "",
            "<p>Mis à jour le 3 avril 2023, publié le 2 avril 2023</p>",
            date(2023, 4, 2),
            "dateline",
        ),
        ("", "<p>Par <a>Lina Alaoui</a> | 30 mars 2023</p>", date(2023, 3, 30), "dateline"),
        ("", "<span>samedi 1 avril 2023</span>", date(2023, 4, 1), "dateline"),
        (
            '<link rel="canonical" href="https://x.fr/2022/02/03/criee">',
            "<span>samedi 1 avril 2023</span>",
            date(2022, 2, 3),
            "url",
        ),
        (
            '<script type="application/ld+json">{"broken</script>' + META,
            "",
            date(2024, 5, 6),
            "meta",
        ),
    ],
)
def test_day_and_where_it_was_found(head: str, above: str, day: date, origin: str) -> None:
    article = read(page(head, above))
    assert (article.published, article.date_origin) == (day, origin)
    assert article.body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "head",
    [
        UNREADABLE,
        META.replace("2024-05-06T07:00:00Z", "hier"),
        '<meta name="date" content="hier">',
    ],
)
def test_a_day_of_the_markup_that_cannot_be_read_is_told(head: str) -> None:
    article, remarks = article_from_html(Page("page.html", page(head).encode()))
    assert (article.published, article.date_origin) == (None, "none")
    (remark,) = remarks
    assert "Date illisible, laissée de côté : « hier »" in remark
    dated = page(head, "<p>Publié le 1er avril 2023</p>").encode()
    assert article_from_html(Page("page.html", dated)).remarks == ()


def test_a_site_name_without_end_is_cut() -> None:
    head = f'<meta property="og:site_name" content="{"mot " * 100_000}">'
    article, remarks = article_from_html(Page("page.html", page(head).encode()))
    assert article.source and len(article.source) <= NAME_LIMIT
    assert "Nom de source" in remarks[0]


def test_a_day_in_comments_or_in_a_side_column_is_not_the_page_s() -> None:
    source = page().replace(
        "</article>",
        "</article><div class='comments'><p>Publié le 1er mai 2020</p></div>"
        "<aside><p>Publié le 2 mai 2020</p></aside>",
    )
    assert read(source).date_origin != "dateline"


def test_section_and_signature_above_the_text_are_facts() -> None:
    article = read(
        page("", "<p>Économie</p><p>De Lina Alaoui</p><p>Publié le <time>hier</time></p>")
    )
    assert (article.section, article.authors) == ("Économie", ("Lina Alaoui",))
    assert article.body == "\n\n".join(PARAGRAPHS)


def test_relative_or_scripted_canonical_is_no_address() -> None:
    for address in ("/a/b", "javascript:alert(1)"):
        assert read(page(f'<link rel="canonical" href="{address}">')).url is None


# --- text --------------------------------------------------------------------------------


def test_clutter_inside_the_article_is_dropped() -> None:
    clutter = (
        "À lire aussi » Le port en dix dates",
        "Lire aussi : Le port en dix dates",
        "Crédit photo : Marine Le Bras",
        "Partager sur Facebook",
        "Pour lire la suite de cet article, abonnez-vous.",
        "Accueil > Économie > Pêche",
    )
    mixed = [line for pair in zip(PARAGRAPHS, clutter[:3], strict=True) for line in pair]
    article = read(page(paragraphs=(*mixed, *clutter[3:])))
    assert article.body == "\n\n".join(PARAGRAPHS)


@pytest.mark.parametrize(
    "line",
    [
        "À lire les journaux, on croirait la criée perdue.",
        "Le livre a été publié le 2 août 2019 par une maison d’Arles.",
        "Non je n’ajouterai rien de plus », dit-il dans cet entretien, publié vendredi 3 janvier.",
        "Les photos de la criée ont fait le tour du monde.",
        "Abonné au théâtre depuis dix ans, il a vu toutes les pièces.",
        "— Le port de Lorient (@portlorient) 12 mars 2025",
    ],
)
def test_sentences_that_only_look_like_clutter_stay(line: str) -> None:
    assert not is_clutter(line)


def test_days_and_names_stay_once_the_text_has_begun() -> None:
    text = "\n".join(("12 mars 2025", PARAGRAPHS[0], "12 mars 2025", "Par Lina Alaoui", "Économie"))
    assert clean_lines(text, set()).body.split("\n\n")[1:] == [
        "12 mars 2025",
        "Par Lina Alaoui",
        "Économie",
    ]


def test_json_ld_body_where_the_page_shows_too_little() -> None:
    body = "<p>" + "</p><p>".join(PARAGRAPHS) + "</p>"
    data = LD.replace('"headline"', f'"articleBody": "{body}", "headline"')
    for shown in ((), PARAGRAPHS[:1], PARAGRAPHS):
        assert read(page(data, paragraphs=shown)).body == "\n\n".join(PARAGRAPHS)
    other = "Un tout autre texte, que les données de la page ne disent pas. " * 8
    assert read(page(data, paragraphs=(other,))).body == other.strip()


def test_entities_soft_hyphens_and_unicode_form() -> None:
    article = read(
        page(paragraphs=("Le can&shy;di\u00addat e\u0301lu &amp; r&eacute;élu. " * 5,) * 3)
    )
    assert "Le candidat élu & réélu." in article.body


def test_markup_written_as_text_is_text() -> None:
    line = "Il suffit d’écrire &lt;script&gt;alert(1)&lt;/script&gt; pour voir la faille du site."
    article = read(page(paragraphs=(*PARAGRAPHS, line)))
    assert "<script>alert(1)</script>" in article.body


def test_cut_in_the_middle_keeps_what_is_there() -> None:
    source = page(paragraphs=PARAGRAPHS * 3).encode()
    article = read(source[: source.index(b"quarante") + 3])
    assert article.body.startswith(PARAGRAPHS[0])


@pytest.mark.parametrize("encoding", ["latin-1", "utf-16", "utf-8-sig"])
def test_other_encodings(encoding: str) -> None:
    source = page(paragraphs=tuple(text.replace("’", "'") for text in PARAGRAPHS))
    assert "débarqueront leurs prises à Concarneau" in read(source.encode(encoding)).body


def test_xml_declaration() -> None:
    source = '<?xml version="1.0" encoding="iso-8859-1"?>' + page()
    assert read(source.replace("’", "'").encode("latin-1", "replace")).title == TITLE


@pytest.mark.parametrize(
    "source",
    [
        "<html></html>",
        "<html><body><nav><a href='/'>Accueil</a></nav></body></html>",
        "<" * 1000,
        "<div>" * 20_000,
        "<!-- " * 1000,
    ],
)
def test_no_article(source: str) -> None:
    with pytest.raises(PageError, match=r"Aucun texte d'article.*\.txt"):
        read(source)


# --- long and hostile pages --------------------------------------------------------------


def test_scripts_and_styles_go_json_ld_stays() -> None:
    source = f"<SCRIPT>var a = '<p>';</SCRIPT>a<style>b{{}}</style >{LD}c<script>never closed"
    assert without_scripts(source) == f"a{LD}c"


def test_long_page_is_read_in_another_process_with_the_same_result() -> None:
    many = tuple(f"{number}. {text}" for number in range(900) for text in PARAGRAPHS)
    source = page(UNREADABLE, paragraphs=many)
    assert len(source) > html.HERE_LIMIT
    apart = article_from_html(Page("page.html", source.encode()))
    assert apart == html._read(source)
    assert len(apart.remarks) == 1
    assert apart.article.body.count("\n\n") == len(many) - 1


def test_page_that_takes_too_long_is_refused_in_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(html, "TIME_LIMIT", 3.0)
    attributes = " ".join(f"a{number}='x'" for number in range(200_000))
    start = time.monotonic()
    with pytest.raises(PageError, match="trop lourde : plus de 3 s"):
        read(f"<html><body><p {attributes}>a</p></body></html>")
    assert time.monotonic() - start < 10


def test_reason_of_a_long_page_without_article_comes_back() -> None:
    with pytest.raises(PageError, match="Aucun texte d'article"):
        read("<html><body>" + "<nav></nav>" * 30_000 + "</body></html>")


# --- floors ------------------------------------------------------------------------------

FLOORS = {
    "kept": 1.0,
    "precision": 0.99,
    "recall": 0.999,
    "F1": 0.994,
    "date": 0.95,
    "title": 1.0,
}
"""Measured on the 27 gold pages: kept 1.000, precision 0.995, recall 1.000, F1 0.997, date
0.958, title 1.000, leaked 0.022. Raise them with the figures; never lower one in silence."""
LEAKED_CEILING = 0.023


@pytest.mark.data
@pytest.mark.skipif(not GOLD.is_dir(), reason=f"no gold pages at {GOLD}")
def test_gold_pages_at_least_as_good_as_trafilatura_and_above_the_floors() -> None:
    figures = {
        name: benchmark.measure(GOLD, extract) for name, extract in benchmark.EXTRACTORS.items()
    }
    ours = figures.pop("brief_qa")
    assert len(list(benchmark.gold_pages(GOLD))) == 27
    for name, theirs in figures.items():
        assert ours["leaked"] <= theirs["leaked"], name
        for key in FLOORS:
            assert ours[key] >= theirs[key], (name, key)
    assert ours["leaked"] <= LEAKED_CEILING
    for key, floor in FLOORS.items():
        assert ours[key] >= floor, key
