"""The search page: its address, what it finds, what it shows, what it gives to other programs."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import date, timedelta
from pathlib import Path
from urllib.parse import parse_qs, urlencode, urlsplit

import httpx
import pytest

from brief_qa.archive import Archive
from brief_qa.domain import Article, Hit, Passage, ScoreParts
from brief_qa.web import application, words
from brief_qa.web.exports import as_bibtex, as_csv, as_json
from brief_qa.web.render_search import results_html, search_html
from brief_qa.web.searching import ON_A_PAGE, Found, Search, choices, found
from fakes import FakeEncoder
from harmless import HOSTILE, assert_harmless
from serving import BRIDGE
from serving import HOSTILE as HOSTILE_ARTICLE


def news(number: int, day: date | None, **facts: object) -> Article:
    article = Article(
        id=f"n{number}",
        title=f"Le marché numéro {number}",
        body=f"Le marché de Valmont a reçu {number} visiteurs. Les halles ont fermé le soir.",
        source="Le Journal",
        section="Économie" if number % 2 else "Régions",
        published=day,
        date_origin="field" if day else "none",
    )
    return replace(article, **facts)  # type: ignore[arg-type]


NEWS = [news(n, date(2024, 1 + n % 6, 1 + n)) for n in range(28)]
UNDATED = news(50, None, authors=("Anne Petit",), section="Culture")


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """News of a market over half a year, and hostile articles."""
    with Archive.open(tmp_path_factory.mktemp("search"), encoder=FakeEncoder()) as opened:
        opened.ingest([*NEWS, UNDATED, BRIDGE, HOSTILE_ARTICLE])
        yield opened


def page_of(archive: Archive, **parameters: str) -> str:
    search = Search.of(parameters)
    return search_html(search, found(archive, search), choices(archive), archive.coverage())


def links_of(html: str) -> list[dict[str, list[str]]]:
    addresses = re.findall(r'href="(recherche[^"]*)"', html)
    return [parse_qs(urlsplit(one.replace("&amp;", "&")).query) for one in addresses]


# -- the address -----------------------------------------------------------------------------


def test_a_search_stands_whole_in_its_address() -> None:
    given = {
        "q": "pont « Neuf » & cie",
        "depuis": "2024-01-02",
        "rubrique": "Régions",
        "tri": "date",
    }
    search = Search.of(given)
    assert parse_qs(urlsplit(search.address()).query) == {k: [v] for k, v in given.items()}
    assert Search.of({"q": "  pont ", "autre": "x"}) == Search(question="pont")


def test_what_changes_a_search_begins_at_its_first_page() -> None:
    search = Search.of({"q": "pont", "page": "3", "source": "Le Journal"})
    assert search.page_number == 3
    assert search.address(source="") == "recherche?q=pont"
    assert [Search(page=some).page_number for some in ("", "0", "-2", "x", "²", "9" * 40)] == [
        1, 1, 1, 1, 1, 9999,
    ]  # fmt: skip


# -- what is found -----------------------------------------------------------------------------


def test_words_find_the_articles_that_hold_them_each_once(archive: Archive) -> None:
    results = found(archive, Search(question="marché de Valmont"))
    assert len(results.articles) == len({one.id for one in results.articles}) >= len(NEWS)
    assert results.months["2024-01"] == sum(
        one.published.month == 1 for one in NEWS if one.published
    )


def test_what_is_only_near_is_shown_and_not_counted(archive: Archive) -> None:
    bridge = Search(question="fanfare")
    results = found(archive, bridge)
    assert [one.id for one in results.counted] == [BRIDGE.id] and len(results.articles) == 10
    page = results_html(bridge, results)
    assert "1\u00a0article et 9 proches par le sens" in page and '<nav class="timeline"' not in page
    nothing = Search(question="xyzzyq")
    results = found(archive, nothing)
    assert results.counted == () and results.months == {}
    page = results_html(nothing, results)
    assert "Aucun article n’a ces mots : voici les 10 qui s’en approchent par le sens" in page
    common = Search(question="le la les")
    assert "Ces mots sont trop courants" in results_html(common, found(archive, common))
    table = csv.DictReader(io.StringIO(as_csv(found(archive, bridge)).decode("utf-8-sig")))
    assert sorted(row["matched"] for row in table) == [*[""] * 9, "fanfare"]


def test_signs_without_a_word_are_no_question(archive: Archive) -> None:
    for signs in ("-", '"', "* ?", "« »"):
        assert found(archive, Search(question=signs)).hits == ()


def test_a_bar_tells_how_many_its_click_counts(archive: Archive) -> None:
    search = Search(question="visiteurs")
    months = found(archive, search).months
    assert len(months) > 1
    for month, many in months.items():
        since, until = f"{month}-01", f"{month}-28"
        assert len(found(archive, replace(search, since=since, until=until)).counted) == many


def test_sorted_by_date_the_newest_comes_first_and_the_undated_last(archive: Archive) -> None:
    results = found(archive, Search(question="marché de Valmont", order="date"))
    days = [one.published for one in results.articles]
    dated = [day for day in days if day]
    assert dated == sorted(dated, reverse=True) and days[len(dated) :] == [None]


def test_without_a_question_the_articles_of_the_filters_are_listed(archive: Archive) -> None:
    results = found(archive, Search(section="regions", since="2024-03-01", until="2024-03-31"))
    assert {one.id for one in results.articles} == {
        one.id
        for one in NEWS
        if one.section == "Régions" and one.published and one.published.month == 3
    }
    assert found(archive, Search(author="anne petit")).articles == (UNDATED,)


def test_what_is_asked_exactly_is_counted_beyond_what_is_shown(tmp_path: Path) -> None:
    many = [news(n, date(2024, 1, 1) + timedelta(2 * n), title=f"Titre {n}") for n in range(130)]
    with Archive.open(tmp_path, encoder=FakeEncoder()) as archive:
        archive.ingest([*many, replace(UNDATED, title="Sans jour")])
        for search, some in (
            (Search(source="Le Journal"), "les 100\u00a0articles les plus récents sur 130"),
            (
                Search(question='"marché de Valmont"'),
                "les 100\u00a0articles les plus proches sur 130",
            ),
            (Search(question='"marché de Valmont"', section="Régions"), "64\u00a0articles"),
            (Search(question="marché de Valmont"), "les 100\u00a0articles les plus proches"),
        ):
            results = found(archive, search)
            assert re.search(f'<p role="status">{some}[,<]', results_html(search, results))
        listed = found(archive, Search(since="2024-02-01"))
        assert listed.total == sum(listed.months.values()) == 130 - 16 - 1
        archive.delete("n0")
        assert archive.months() == {"": 1, "2024-01": 15, **listed.months}


def test_the_time_that_a_question_speaks_of_is_told_and_can_be_refused(archive: Archive) -> None:
    page = page_of(archive, q="marché en mars 2024")
    assert "Période lue" in page
    assert {"q": ["marché en mars 2024"], "dates": ["non"]} in links_of(page)
    refused = page_of(archive, q="marché en mars 2024", dates="non")
    assert "Période lue" not in refused and words.WITHOUT_DATES in refused


@pytest.mark.parametrize(
    ("parameters", "said"),
    [
        ({"q": "pont", "depuis": "jamais"}, "« jamais » n’est pas un jour"),
        ({"depuis": "2024-05-01", "jusqu": "2024-04-01"}, "La période demandée est vide"),
        ({"q": "pont", "genre": "<b>"}, "« &lt;b&gt; » n’est pas un genre"),
        ({"q": "x" * 5_000}, "caractères"),
    ],
)
def test_what_cannot_be_searched_is_said(
    archive: Archive, parameters: dict[str, str], said: str
) -> None:
    page = page_of(archive, **parameters).replace("\xa0", " ")
    assert said in page and "<b>" not in page.split("<main>")[1].replace("<b aria", "")


# -- what is shown -----------------------------------------------------------------------------


def test_results_are_told_by_pages(archive: Archive) -> None:
    first, second = (page_of(archive, q="marché", page=number) for number in ("1", "2"))
    assert first.count('<li class="source">') == ON_A_PAGE
    assert f'start="{ON_A_PAGE + 1}"' in second
    ids = [re.findall(r'class="read" href="article\?id=(\w+)', page) for page in (first, second)]
    assert not set(ids[0]) & set(ids[1])
    assert "Suivants" in first and "Précédents" in second


def test_matched_words_are_bold_and_the_article_opens_at_a_sentence(archive: Archive) -> None:
    html = results_html(*(s := Search(question="halles"), found(archive, s)))  # type: ignore[arg-type]
    assert "Les <b>halles</b> ont fermé le soir." in html
    assert "citation=Les+halles+ont+ferm%C3%A9+le+soir." in html


def test_filters_are_chips_that_take_them_away(archive: Archive) -> None:
    page = page_of(archive, q="marché", rubrique="Régions", depuis="2024-02-01")
    assert "Depuis le 1er février 2024" in page
    assert {"q": ["marché"], "rubrique": ["Régions"]} in links_of(page)
    assert {"q": ["marché"]} in links_of(page)


def test_a_bar_of_the_timeline_leads_to_its_month(archive: Archive) -> None:
    page = page_of(archive, q="marché de Valmont")
    april = {"q": ["marché de Valmont"], "depuis": ["2024-04-01"], "jusqu": ["2024-04-30"]}
    assert april in links_of(page)
    results = found(archive, Search.of({name: value[0] for name, value in april.items()}))
    assert f"avril 2024 : {len(results.articles)}\xa0articles" in page


def test_a_long_time_is_told_by_years() -> None:
    some = tuple(news(n, date(2000 + n, 5, 1)) for n in range(12))
    html = results_html(Search(), Found(articles=some))
    assert words.TIMELINE_YEARS in html
    assert {"depuis": ["2003-01-01"], "jusqu": ["2003-12-31"]} in links_of(html)


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_articles_and_parameters_show_as_text(archive: Archive, payload: str) -> None:
    parameters = ("q", "rubrique", "source", "auteur", "genre", "tri", "dates", "page", "depuis")
    assert_harmless(page_of(archive, **dict.fromkeys(parameters, payload)))
    for parameter in parameters:
        assert_harmless(page_of(archive, **{parameter: payload}))
    article = news(70, date(2024, 8, 1), title=payload, body=payload, url=payload, source=payload)
    passage = Passage(1, article.id, 0, len(payload))
    parts = ScoreParts(1.0, 1.0, matched=(payload,), read_as=((payload, payload),))
    some = Found((Hit(passage, article, 1.0, parts, 1),), (article,))
    assert_harmless(results_html(Search(question=payload), some))
    assert_harmless(results_html(Search(section=payload), Found(articles=(article,))))


# -- for other programs -------------------------------------------------------------------------


def test_results_as_a_table_say_what_they_are_and_command_nothing(archive: Archive) -> None:
    formula = news(60, date(2024, 7, 1), title='=HYPERLINK("http://x";"y")')
    some = found(archive, Search(question="halles"))
    table = as_csv(replace(some, articles=(formula, *some.articles[1:])))
    rows = list(csv.DictReader(io.StringIO(table.decode("utf-8-sig"))))
    assert rows[0]["title"] == "'" + formula.title
    assert rows[1]["passage"] == some.hits[1].text
    assert rows[1]["published"] == str(some.articles[1].published or "")


@pytest.mark.parametrize("payload", HOSTILE)
def test_files_command_nothing(payload: str) -> None:
    fields = dict.fromkeys(("title", "body", "source", "section", "url"), payload)
    article = news(80, date(2024, 8, 1), authors=(payload, payload), **fields)
    hit = Hit(Passage(1, article.id, 0, len(payload)), article, 1.0, ScoreParts(1.0, 1.0), 1)
    some = Found((hit,), (article,))
    table = as_csv(some).decode("utf-8-sig")
    for cut_at in ",;\t":
        for line in csv.reader(io.StringIO(table), delimiter=cut_at):
            acting = [cell for cell in line if re.match(r"[\s\"]*[=+\-@＝＋－＠]", cell)]
            assert acting == []
    rows = list(csv.DictReader(io.StringIO(table)))
    assert len(rows) == 1 and None not in rows[0]
    assert not re.search("[\x00-\x08\x0b-\x1f\u202a-\u202e\u2066-\u2069]", table.replace("\r", ""))
    entry = as_bibtex(some).decode()
    bare = re.sub(r"\\[{}]", "", entry)
    assert bare.count("{") == bare.count("}") and re.findall(r"(?m)^@\w+", entry) == ["@article"]
    assert all(re.fullmatch(r"  \w+ = \{.*\},", line) for line in entry.splitlines()[1:-1])
    told = json.loads(as_json(Search(question=payload, source=payload), some))
    assert told["articles"][0]["article"]["id"] == article.id


def test_results_as_json_say_what_was_asked_and_are_hits(archive: Archive) -> None:
    search = Search(question="halles en mars 2024", section="Régions")
    some = found(archive, search)
    told = json.loads(as_json(search, some))
    assert (told["question"], told["similar_to"]) == (search.question, None)
    assert told["filters"] == {"section": "Régions"}
    assert told["period"]["first"] == "2024-03-01"
    assert [one["article"]["id"] for one in told["articles"]] == [one.id for one in some.articles]
    assert told["articles"][0]["text"] == some.hits[0].text
    assert told["articles"][0]["near_copy_of"] is None
    listed = json.loads(as_json(Search(), found(archive, Search())))
    assert listed["question"] is None and listed["articles"][0]["article"]["title"]
    nothing = Search(question="halles", source="Ailleurs")
    told = json.loads(as_json(nothing, found(archive, nothing)))
    assert told["articles"] == [] and told["question"] == "halles"
    assert told["filters"] == {"source": "Ailleurs"}


def test_results_as_a_bibliography(archive: Archive) -> None:
    braces = news(61, date(2024, 7, 1), title="100 % {x} \\input{/etc/passwd}", url="http://a/b_c")
    entry = as_bibtex(Found(articles=(braces,))).decode()
    assert r"title = {100 \% \{x\} \textbackslash{}input\{/etc/passwd\}}" in entry
    assert "url = {http://a/b_c}" in entry and "date = {2024-07-01}" in entry


# -- near-copies, and articles like one -------------------------------------------------------


DISPATCH = (
    "Un séisme de magnitude six a frappé mardi la côte sans faire de victimes, selon les secours. "
    "Les habitants ont dormi dehors et les écoles resteront fermées jusqu'à vendredi."
)


@pytest.fixture(scope="module")
def agency(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """One dispatch as three papers gave it, and another article."""
    day = date(2024, 4, 2)
    papers = ["Le Journal", "La Gazette", "<b>L'Écho</b>"]
    with Archive.open(tmp_path_factory.mktemp("agency"), encoder=FakeEncoder()) as opened:
        opened.ingest(
            [
                *(
                    news(n, day, source=paper, title=f"Séisme {n}", body=f"{DISPATCH} ({n})")
                    for n, paper in enumerate(papers)
                ),
                news(9, day, title="Après le séisme", body="Le séisme a effrayé les touristes."),
            ]
        )
        yield opened


def test_near_copies_are_folded_under_the_best(agency: Archive) -> None:
    page = page_of(agency, q="séisme de magnitude six")
    reading = assert_harmless(page)
    text = reading.text.replace("\xa0", " ")
    assert page.count('<li class="source">') == 2
    assert "4 articles, dont 2 presque identiques à d’autres" in text
    assert "2 articles presque identiques" in text and "<b>L'Écho</b>" in text
    folded = page.split('<details class="copies">')[1].split("</details>")[0]
    assert folded.count('class="read"') == folded.count("2 avril 2024") == 2


def test_the_original_stands_for_its_near_copies() -> None:
    day = date(2024, 4, 2)
    some = [
        news(1, day, body=DISPATCH),
        news(2, day, body="Le séisme a effrayé les touristes."),
        news(3, date(2024, 4, 1), body=DISPATCH),
        news(4, day, body=DISPATCH, url="https://journal.example/seisme"),
    ]
    found_ones = Found(articles=tuple(some))
    assert found_ones.copies == {"n1": "n4", "n3": "n4"}
    assert [some[at].id for at in found_ones.standing] == ["n4", "n2"]
    assert Found(articles=tuple(some[:3])).copies == {"n1": "n3"}


def test_exports_keep_near_copies_and_say_of_what(agency: Archive) -> None:
    search = Search(question="séisme de magnitude six")
    some = found(agency, search)
    rows = list(csv.DictReader(io.StringIO(as_csv(some).decode("utf-8-sig"))))
    best = rows[0]["id"]
    assert [row["near_copy_of"] for row in rows] == ["", best, best, ""]
    told = json.loads(as_json(search, some))["articles"]
    assert [one["near_copy_of"] for one in told] == [None, best, best, None]
    keys = re.findall(r"@article\{(.*),", as_bibtex(some).decode())
    assert keys == [f"brief:{one.id}" for one in some.articles]


def test_an_entry_is_cited_by_the_same_key_in_every_export() -> None:
    odd = [news(n, None, id=id) for n, id in enumerate(("a b", "a,b", "é", "x" * 99, "%"))]
    keys = re.findall(r"(?m)^@article\{(.*),$", as_bibtex(Found(articles=tuple(odd))).decode())
    assert len(set(keys)) == 5 and all(re.fullmatch("brief:[0-9a-f]{16}", key) for key in keys)
    alone = as_bibtex(Found(articles=(odd[2],))).decode()
    assert f"@article{{{keys[2]}," in alone


def test_the_articles_like_one_are_a_page_of_results(agency: Archive) -> None:
    page = page_of(agency, q="touristes")
    like = {"semblables": ["n9"]}
    assert like in links_of(page)
    alone = Search.of({"semblables": "n9", "q": "autre", "source": "Le Journal", "tri": "date"})
    assert alone == Search(similar="n9", order="date")
    results = found(agency, alone)
    assert {one.id for one in results.articles} == {"n0", "n1", "n2"}
    page = page_of(agency, semblables="n9")
    assert "Articles semblables à" in page and "Après le séisme" in page
    assert words.BY_MEANING not in page and {**like, "tri": ["date"]} in links_of(page)
    assert words.NO_SUCH_ARTICLE in page_of(agency, semblables="<b>")
    assert json.loads(as_json(alone, results))["similar_to"] == "n9"


# -- served ------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def app(archive: Archive) -> object:
    """The application."""

    async def built() -> object:
        return application(archive)

    return asyncio.run(built())


def get(app: object, path: str, **parameters: str) -> httpx.Response:
    async def send() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)  # type: ignore[arg-type]
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.get(f"{path}?{urlencode(parameters)}")

    return asyncio.run(send())


def test_the_page_its_results_alone_and_its_files_are_served(app: object) -> None:
    page, part = (
        get(app, "/recherche", q="halles"),
        get(app, "/recherche", q="halles", resultats=""),
    )
    assert page.status_code == part.status_code == 200
    assert "<form" in page.text and "<form" not in part.text
    assert part.text in page.text
    assert "script-src 'self'" in page.headers["content-security-policy"]
    assert get(app, "/recherche", depuis="x").status_code == 400
    for ending, kind in (("csv", "text/csv"), ("json", "application/json"), ("bib", "x-bibtex")):
        file = get(app, f"/recherche.{ending}", q="halles")
        assert file.status_code == 200 and kind in file.headers["content-type"]
        assert f'filename="recherche.{ending}"' in file.headers["content-disposition"]
    assert get(app, "/recherche.csv", depuis="x").status_code == 400
    assert get(app, "/recherche.exe", q="halles").status_code == 404


def test_a_damaged_archive_is_told_in_french_with_the_way_out(tmp_path: Path) -> None:
    with Archive.open(tmp_path / "index", encoder=FakeEncoder()) as archive:
        archive.ingest([BRIDGE])

        async def built() -> object:
            return application(archive)

        app = asyncio.run(built())
        with closing(sqlite3.connect(tmp_path / "index" / "catalog.sqlite")) as connection:
            connection.execute("DROP TABLE articles")
        advice = get(app, "/api/v1/articles").json()["detail"]
        assert "Vérifiez la place libre sur le disque" in advice
        for path in ("/recherche", "/recherche.csv", "/article?id=pont"):
            reply = get(app, path)
            told = assert_harmless(reply.text).text.replace("\xa0", " ")
            assert reply.status_code == 503 and advice in told and 'lang="fr"' in reply.text


def test_an_article_tells_its_reference_and_what_is_like_it(app: object) -> None:
    page = get(app, "/article", id="pont").text.replace("\xa0", " ")
    assert "« Valmont : le pont Neuf rouvre », Le Journal, 4 mars 2025." in page
    assert "Date donnée avec l’article" in page
    alike = page.split(words.SIMILAR)[1]
    assert alike.count("<li") == 4 and "id=pont" not in alike
    assert 'href="recherche?semblables=pont"' in alike
