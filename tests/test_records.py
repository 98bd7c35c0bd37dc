"""Records → articles: fields under their usual names, bad lines named, nothing else lost."""

from __future__ import annotations

import io
import json
from collections.abc import Iterator
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa.domain import Article, Rejection, Remark
from brief_qa.errors import PageError
from brief_qa.fields import (
    AUTHORS_LIMIT,
    NAME_LIMIT,
    TITLE_LIMIT,
    URL_LIMIT,
    author_names,
    cut,
    headline,
)
from brief_qa.identity import article_id
from brief_qa.records import article_from_record, read_csv, read_json, read_jsonl
from brief_qa.texts import number


def read(record: object) -> Article:
    return article_from_record(record).article


def articles(items: Iterator[Article | Rejection | Remark]) -> list[Article]:
    return [item for item in items if isinstance(item, Article)]


def refused(items: Iterator[Article | Rejection | Remark]) -> list[Rejection]:
    return [item for item in items if isinstance(item, Rejection)]


# --- one record --------------------------------------------------------------------------


def test_full_record() -> None:
    article = read(
        {
            "id": 12,
            "title": "  Le tramway \n roule ",
            "text": "Premier.\r\n\r\n\r\n\r\nSecond. ",
            "url": "https://exemple.fr/tram?utm_source=x",
            "date": "2024-04-22T23:30:00+01:00",
            "updated": "23 avril 2024",
            "authors": ["Lina Alaoui", {"name": "Marc Petit"}, "Lina Alaoui"],
            "section": "Régions",
            "source": "Le Courrier",
            "unknown": {"x": 1},
        }
    )
    assert article == Article(
        id="12",
        title="Le tramway roule",
        body="Premier.\n\nSecond.",
        url="https://exemple.fr/tram?utm_source=x",
        source="Le Courrier",
        published=date(2024, 4, 22),
        updated=date(2024, 4, 23),
        authors=("Lina Alaoui", "Marc Petit"),
        section="Régions",
        date_origin="field",
    )


@pytest.mark.parametrize("name", ["text", "body", "content", "TEXTE", " corps "])
def test_synonyms(name: str) -> None:
    assert read({"_id": "a", name: "Un texte."}).body == "Un texte."


def test_names_of_a_schema_org_article() -> None:
    article = read(
        {
            "headline": "La gare ouvre",
            "articleBody": "La gare a ouvert.",
            "datePublished": "2025-03-11T08:00:00+01:00",
            "dateModified": "2025-03-12",
            "author": {"name": "Zoé Ravel"},
            "articleSection": "Transports",
        }
    )
    assert (article.title, article.body) == ("La gare ouvre", "La gare a ouvert.")
    assert (article.published, article.updated) == (date(2025, 3, 11), date(2025, 3, 12))
    assert (article.authors, article.section) == (("Zoé Ravel",), "Transports")


def test_empty_field_does_not_hide_a_filled_synonym() -> None:
    article = read({"text": "", "body": "Un texte.", "author": "Par A. Petit et L. Roy"})
    assert (article.body, article.authors) == ("Un texte.", ("A. Petit", "L. Roy"))


@pytest.mark.parametrize("day", ["bientôt", "32/13/2024", "31 février 2024", 20240422, ["2024"]])
def test_unreadable_date_leaves_the_article_undated_with_a_remark(day: object) -> None:
    article, remarks = article_from_record({"text": "Un texte.", "date": day})
    assert (article.published, article.date_origin) == (None, "none")
    (remark,) = remarks
    assert "Date illisible" in remark and "2024-04-22, 22/04/2024 ou 22 avril 2024" in remark
    assert f"« {day} »" in remark or not isinstance(day, str)
    (later,) = article_from_record({"text": "Un texte.", "updated": day}).remarks
    assert "Date de mise à jour illisible" in later


@pytest.mark.parametrize("day", [None, "", "  ", {}, [], "2024-04-22"])
def test_a_date_that_is_absent_or_read_calls_for_no_remark(day: object) -> None:
    assert article_from_record({"text": "Un texte.", "date": day, "updated": day}).remarks == ()


def test_a_remark_names_its_line_and_is_no_rejection() -> None:
    content = jsonl({"text": "un"}, {"text": "deux", "date": "hier"})
    assert [item.body for item in articles(read_jsonl("a", io.BytesIO(content)))] == ["un", "deux"]
    assert refused(read_jsonl("a", io.BytesIO(content))) == []
    rows = b"text;date\nun;2024-01-01\ndeux;hier\n"
    for found, where in (
        (read_jsonl("a", io.BytesIO(content)), "a, ligne 2"),
        (read_csv("a", io.BytesIO(rows)), "a, ligne 3"),
        (read_json("a", '[{"text": "un"}, {"text": "deux", "date": "hier"}]'), "a, article 2"),
    ):
        *_, last = found
        assert isinstance(last, Remark) and last.name == where and "« hier »" in last.reason


# --- limits ------------------------------------------------------------------------------


@pytest.mark.parametrize("field", ["section", "source", "authors"])
def test_a_name_of_a_million_characters_is_cut(field: str) -> None:
    article, remarks = article_from_record({"text": "Un texte.", field: "mot " * 250_000})
    kept = article.authors[0] if field == "authors" else getattr(article, field)
    assert len(kept) <= NAME_LIMIT and kept.startswith("mot mot")
    (remark,) = remarks
    assert f"{number(999_999)} caractères" in remark and str(NAME_LIMIT) in remark


def test_an_address_too_long_is_left_out() -> None:
    fine = "https://exemple.fr/" + "a" * (URL_LIMIT - 19)
    assert article_from_record({"text": "Un texte.", "url": fine}).article.url == fine
    article, remarks = article_from_record({"text": "Un texte.", "url": fine + "a"})
    assert article.url is None
    assert f"Adresse de {number(URL_LIMIT + 1)} caractères" in remarks[0]


def test_an_absurd_number_of_authors_is_cut() -> None:
    names = [f"Auteur {one}" for one in range(100_000)]
    article, remarks = article_from_record({"text": "Un texte.", "authors": names})
    assert article.authors == tuple(names[:AUTHORS_LIMIT])
    assert remarks == (f"{number(100_000)} auteurs : les 50 premiers sont gardés.",)


# --- ids of the form made here -----------------------------------------------------------


@pytest.mark.parametrize("kind", ["u", "a"])
def test_an_id_cannot_take_the_place_of_another_article(kind: str) -> None:
    page = read({"text": "Le vrai.", **({"url": "https://x.fr/a"} if kind == "u" else {})})
    taken = article_id(page)
    assert taken.startswith(f"{kind}-")
    forged, remarks = article_from_record({"id": taken, "text": "Le faux."})
    assert forged.id == article_id(read({"text": "Le faux."})) != taken
    assert taken in remarks[0] and forged.id in remarks[0]


def test_an_article_written_out_and_read_back_keeps_its_id() -> None:
    for record in ({"text": "Un texte.", "url": "https://x.fr/a"}, {"text": "Un texte."}):
        given = article_id(read(record))
        article, remarks = article_from_record({"id": given, **record})
        assert (article.id, remarks) == (given, ())
    corrected, remarks = article_from_record(
        {"id": article_id(read({"text": "a", "url": "https://x.fr/a"})), "text": "b"}
        | {"url": "https://x.fr/a"}
    )
    assert corrected.id.startswith("u-") and remarks == ()


@pytest.mark.parametrize("given", ["a-1", "u-2024", "a-0123456789abcdeg", "A-0123456789abcdef"])
def test_an_id_of_the_owner_is_the_owner_s(given: str) -> None:
    article, remarks = article_from_record({"id": given, "text": "Un texte."})
    assert (article.id, remarks) == (given, ())


@pytest.mark.parametrize("record", [{}, {"text": None}, {"text": " \n "}, {"title": "Seul"}])
def test_no_text(record: dict[str, object]) -> None:
    with pytest.raises(PageError, match=r"sans texte.*« text »"):
        read(record)


@pytest.mark.parametrize("record", [None, 3, "texte", [1]])
def test_not_an_object(record: object) -> None:
    with pytest.raises(PageError, match="Un objet JSON"):
        read(record)


def test_title_of_ten_thousand_characters_is_cut_and_kept_in_the_body() -> None:
    title = "mot " * 2500
    article = read({"title": title, "text": "Le corps."})
    assert len(article.title) <= TITLE_LIMIT and article.title.endswith("mot…")
    assert article.body == f"{title.strip()}\n\nLe corps."


def test_title_missing_is_the_first_sentence() -> None:
    text = "M. Dupont a été élu maire de Nîmes dimanche soir. Il succède à Mme Roy."
    assert read({"text": text}).title == text.partition(" Il")[0]


def test_a_record_of_html_gives_what_its_reader_sees() -> None:
    article = read(
        {
            "title": "<b>Le pont</b> &amp; la mairie",
            "text": "<p>Le maire a parlé.</p>\n<p>L&rsquo;eau&nbsp;monte.</p>",
            "section": "Eau &amp; forêts",
            "source": "<i>Le Courrier</i>",
            "authors": '<a href="/u/1">Lina Ala&iuml;</a> et <b>Marc Petit</b>',
            "url": "https://x.fr/?a=1&amp;b=2",
        }
    )
    assert article.title == "Le pont & la mairie"
    assert article.body == "Le maire a parlé.\n\nL’eau\u00a0monte."
    assert (article.section, article.source) == ("Eau & forêts", "Le Courrier")
    assert article.authors == ("Lina Alaï", "Marc Petit")
    assert article.url == "https://x.fr/?a=1&b=2"
    rows = 'titre;texte\nUn <i>titre</i>;"<p>Un.</p><p>Deux.</p>"\n'
    (row,) = articles(read_csv("a.csv", io.BytesIO(rows.encode())))
    assert (row.title, row.body) == ("Un titre", "Un.\n\nDeux.")


def test_a_record_of_nothing_but_pictures_has_no_text() -> None:
    with pytest.raises(PageError, match="sans texte"):
        read({"text": "<figure><img src='a.jpg'><figcaption>Le pont</figcaption></figure>"})


@pytest.mark.parametrize("url", ["javascript:alert(1)", "ftp://x.fr/a", "x.fr/a", "http://", "//x"])
def test_address_that_is_not_a_page_is_dropped(url: str) -> None:
    assert read({"text": "Un texte.", "url": url}).url is None


def test_author_names() -> None:
    assert author_names("Par Lina Alaoui et Marc Petit") == ("Lina Alaoui", "Marc Petit")
    assert author_names("AFP; Rédaction") == ("AFP", "Rédaction")
    assert author_names('[Anne Lefèvre, "Marc Petit"') == ("Anne Lefèvre", "Marc Petit")
    assert author_names(None) == author_names("") == author_names([]) == author_names({}) == ()


@given(st.text(max_size=400), st.integers(2, 200))
def test_cut_fits_and_starts_as_the_text_does(text: str, limit: int) -> None:
    short = cut(text, limit)
    assert len(short) <= max(limit, 1)
    assert short == text or text.startswith(short[:-1])
    assert len(headline(text)) <= 120


# --- JSONL -------------------------------------------------------------------------------


def jsonl(*records: object) -> bytes:
    return "\n".join(json.dumps(record, ensure_ascii=False) for record in records).encode()


def test_invalid_json_on_line_3017() -> None:
    lines = [f'{{"id": "{number}", "text": "Texte {number}."}}' for number in range(1, 4001)]
    lines[3016] = '{"id": "3017", "text": "coup'
    content = "\n".join(lines).encode()
    found = articles(read_jsonl("a.jsonl", io.BytesIO(content)))
    assert len(found) == 3999 and found[3016].id == "3018"
    (fault,) = refused(read_jsonl("a.jsonl", io.BytesIO(content)))
    assert fault.name == "a.jsonl, ligne 3017"
    assert "JSON invalide" in fault.reason and '« {"id": "3017"' in fault.reason


def test_blank_lines_count_but_are_not_faults() -> None:
    content = b'\n{"text": "un"}\r\n\n[]\n{"text": "deux"}\n'
    assert [a.body for a in articles(read_jsonl("a", io.BytesIO(content)))] == ["un", "deux"]
    assert [fault.name for fault in refused(read_jsonl("a", io.BytesIO(content)))] == ["a, ligne 4"]


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp1252"])
def test_jsonl_in_other_encodings(encoding: str) -> None:
    text = '{"text": "Élu à Évry"}\n{"text": "déjà"}\n'
    found = articles(read_jsonl("a", io.BytesIO(text.encode(encoding))))
    assert [article.body for article in found] == ["Élu à Évry", "déjà"]


def test_escaped_surrogate_and_nul_can_be_stored() -> None:
    (article,) = articles(read_jsonl("a", io.BytesIO(b'{"text": "a\\ud800b\\u0000c"}')))
    assert article.body == "abc"


@pytest.mark.parametrize("line", [b"[" * 100_000, b'{"text": ' + b"1" * 5000 + b"}"])
def test_hostile_json(line: bytes) -> None:
    items = list(read_jsonl("a", io.BytesIO(line + b'\n{"text": "suite"}')))
    assert isinstance(items[0], Rejection)
    assert isinstance(items[1], Article)


def test_record_over_sixteen_mebibytes() -> None:
    content = b'{"text": "' + b"x" * (17 * 1024 * 1024) + b'"}\n{"text": "suite"}\n'
    fault, article = read_jsonl("a", io.BytesIO(content))
    assert isinstance(fault, Rejection) and "plus de 16 Mio" in fault.reason
    assert isinstance(article, Article) and article.body == "suite"


def test_file_that_is_not_jsonl_is_given_up_on() -> None:
    items = list(read_jsonl("a", io.BytesIO(b"du texte\n" * 5000)))
    assert len(items) == 100
    assert isinstance(items[-1], Rejection) and "est-ce bien du JSONL" in items[-1].reason


def test_many_faults_after_a_good_line_are_all_named() -> None:
    content = b'{"text": "un"}\n' + b"faux\n" * 150 + b'{"text": "deux"}'
    assert len(refused(read_jsonl("a", io.BytesIO(content)))) == 150
    assert len(articles(read_jsonl("a", io.BytesIO(content)))) == 2


def test_jsonl_is_streamed() -> None:
    class Stream(io.BytesIO):
        taken = 0

        def read(self, size: int | None = -1, /) -> bytes:
            piece = super().read(size)
            self.taken += len(piece)
            return piece

    stream = Stream(b'{"text": "%s"}\n' % (b"x" * 1000) * 20_000)
    next(read_jsonl("a", stream))
    assert stream.taken <= 2 * 1024 * 1024


# --- JSON --------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "text",
    [
        '[{"text": "un"}, {"text": "deux"}]',
        '{"articles": [{"text": "un"}, {"text": "deux"}]}',
        '{"text": "un"}\n{"text": "deux"}\n',
    ],
)
def test_json_layouts(text: str) -> None:
    assert [article.body for article in articles(read_json("a.json", text))] == ["un", "deux"]
    (one,) = articles(read_json("a.json", '{"text": "seul"}'))
    assert one.body == "seul"


def test_json_record_in_fault_is_named_by_its_rank() -> None:
    (fault,) = refused(read_json("a.json", '[{"text": "un"}, {"title": "vide"}]'))
    assert fault.name == "a.json, article 2"


@pytest.mark.parametrize("text", ['[{"text": "un"}, {"te', "[" * 100_000, "", "du texte"])
def test_json_cut_or_hostile(text: str) -> None:
    with pytest.raises(PageError, match="JSON"):
        list(read_json("a.json", text))


# --- CSV ---------------------------------------------------------------------------------


@pytest.mark.parametrize("separator", [",", ";", "\t"])
def test_csv_separators(separator: str) -> None:
    rows = [
        ["id", "Titre", "texte", "date"],
        ["7", "Un, deux ; trois", '"Ligne 1\nLigne 2"', "22/04/2024"],
    ]
    text = "\n".join(
        separator.join(f'"{cell}"' if "," in cell else cell for cell in row) for row in rows
    )
    (article,) = articles(read_csv("a.csv", io.BytesIO(text.encode("utf-8-sig"))))
    assert article.title == "Un, deux ; trois"
    assert article.body == "Ligne 1\nLigne 2"
    assert article.published == date(2024, 4, 22)


def test_csv_big_field_and_faulty_rows() -> None:
    text = "id,text\n1," + "x" * 300_000 + "\n2,\n3,trois\n\n4\n"
    items = list(read_csv("a.csv", io.BytesIO(text.encode())))
    assert [item.id for item in items if isinstance(item, Article)] == ["1", "3"]
    faults = [item for item in items if isinstance(item, Rejection)]
    assert [fault.name for fault in faults] == ["a.csv, ligne 3", "a.csv, ligne 6"]


def test_csv_line_over_the_limit_is_named() -> None:
    content = b"id,text\n1,a\n2," + b"x" * (17 * 1024 * 1024) + b"\n3,c\n"
    items = list(read_csv("a.csv", io.BytesIO(content)))
    assert [item.id for item in items if isinstance(item, Article)] == ["1", "3"]
    assert [item.name for item in items if isinstance(item, Rejection)] == ["a.csv, ligne 3"]


def test_csv_without_a_text_column() -> None:
    with pytest.raises(PageError, match="Aucune colonne de texte dans l'en-tête « id,titre »"):
        list(read_csv("a.csv", io.BytesIO(b"id,titre\n1,b\n")))


def test_a_row_of_more_fields_than_the_header_is_kept_and_told() -> None:
    rows = "titre;texte\nBus;Les bus sont en grève ; 7 lignes sur 12.\nPont;Il rouvre.;\n"
    article, remark, other = read_csv("a.csv", io.BytesIO(rows.encode()))
    assert isinstance(article, Article) and article.body == "Les bus sont en grève"
    assert isinstance(remark, Remark) and remark.name == "a.csv, ligne 2"
    assert "« 7 lignes sur 12. »" in remark.reason
    assert isinstance(other, Article)
