"""The check of what a model writes: numbers, days, names, quotations, words, and citations."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_qa.check import Checking, Claim, cut, read_claim, support
from brief_qa.domain import Article, Hit, Passage, ScoreParts
from brief_qa.facts import Source, facts
from brief_qa.french import fold
from brief_qa.numerals import numbers
from brief_qa.texts import visible

CLAIMS = Path(__file__).parent / "claims"


def records(name: str) -> list[dict[str, Any]]:
    return [json.loads(line) for line in (CLAIMS / name).read_text(encoding="utf-8").splitlines()]


def _article(record: Mapping[str, str]) -> Article:
    return Article(
        record["id"],
        record["title"],
        record["body"],
        source=record["source"],
        published=date.fromisoformat(record["published"]),
    )


ARTICLES = {record["id"]: _article(record) for record in records("articles.jsonl")}
LABELLED = records("claims.jsonl")
BRIDGE = ARTICLES["pont"]


def hit(article: Article, start: int = 0, end: int | None = None) -> Hit:
    passage = Passage(1, article.id, start, len(article.body) if end is None else end)
    return Hit(passage, article, 1.0, ScoreParts(0.9, 0.8), 1)


def claim(text: str, *articles: Article) -> Claim:
    shown = [hit(article) for article in articles or (BRIDGE,)]
    return read_claim(text + "".join(f" [p{n}]" for n in range(1, len(shown) + 1)), shown)


def checked(text: str, *shown: Hit, size: int = 1_000) -> Checking:
    checking = Checking(shown or [hit(BRIDGE)])
    for at in range(0, len(text), size):
        checking.add(text[at : at + size])
    checking.end()
    return checking


# -- numbers ----------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ("1 250 habitants", [1250]),
        ("1\u202f250, 1\u00a0250 et 1.250", [1250]),
        ("mille deux cent cinquante", [1250]),
        ("1,5 milliard", [1_500_000_000]),
        ("1 500 millions", [1_500_000_000]),
        ("42 M€ et 3 Md€", [42_000_000, 3_000_000_000]),
        ("vingt-sept", [27]),
        ("quatre-vingt-dix-sept", [97]),
        ("soixante et onze", [71]),
        ("deux millions cinq cent mille", [2_500_000]),
        ("un pont et une route", []),
        ("un million", [1_000_000]),
        ("la troisième fois, la 2e édition", [3, 2]),
        ("3,50 euros", [Decimal("3.5")]),
        ("-5 °C", [-5]),
        ("la covid-19 et l'A13", [19]),
        ("en 2024 120 personnes", [2024, 120]),
        ("1-1 puis 4 à 3", [1, 4, 3]),
        ("２７ morts", [27]),
        ("neuvième et trentième", [9, 30]),
    ],
)
def test_a_number_is_the_same_however_it_is_written(text: str, values: list[Any]) -> None:
    assert numbers(fold(text)) == {Decimal(value) for value in values}


# -- facts ------------------------------------------------------------------------------------

SOURCE = Source(
    [
        "Valmont : le pont Neuf rouvre",
        "Paul Durand et Luc Martin, de l'O.N.U., ont vu le pont mardi 4 mars. Le 22/04/2024 à "
        "14h30, 27 % des Marocaines de Rabat. « Nous l'attendions, oui », a dit Hélène Marchand. "
        "Elle est venue les 22 et 23 avril, avec des mineurs marocains.",
    ],
    [date(2025, 3, 5)],
)


@pytest.mark.parametrize(
    "sentence",
    [
        "Le mardi 4 mars 2025.",
        "Le 4 mars.",
        "En mars 2025.",
        "Le 22 avril 2024, à 14 h 30.",
        "Le 2024-04-22.",
        "En 2024.",
        "Le 23 avril 2025.",
        "Le mercredi 5 mars 2025.",
        "Selon Hélène Marchand, 27 pour cent.",
        "Helene Marchand l’a dit.",
        "L'ONU est à Rabat.",
        "Marchand Hélène.",
        "« Nous l’attendions , oui »",
        "« Nous […] attendions » (“oui”)",
        "Les Marocains.",
        "Durand, du Pont Neuf.",
        "Les Marocaines de Rabat.",
    ],
)
def test_a_fact_is_found_in_another_spelling(sentence: str) -> None:
    assert [fact for fact in facts(sentence) if not SOURCE.has(fact)] == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Le 4 mars 2024.",
        "Le 5 avril.",
        "Le 24 avril 2025.",
        "En 2023.",
        "À 15h30.",
        "À 14h45.",
        "22 personnes.",
        "28 %.",
        "27 dollars.",
        "Paul Martin.",
        "Paul Rabat.",
        "Paul  Martin.",
        "Paul\u2011Martin.",
        "Paul de Martin.",
        "Jean est venu.",
        "L'OTAN.",
        "Hélène Marchande.",
        "« Nous vous attendions »",
        "« Nous l'attendons »",
        "« oui, nous l'attendions »",
        "Hier.",
        "Samedi.",
        "Une dizaine.",
        "La moitié.",
    ],
)
def test_a_fact_that_is_not_there_is_missed(sentence: str) -> None:
    assert [fact for fact in facts(sentence) if not SOURCE.has(fact)]


# -- sentences and ids ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("written", "ids"),
    [
        ("Oui [p1].", [1]),
        ("Oui [1] [p2].", [1, 2]),
        ("Oui [p1, p2].", [1, 2]),
        ("Oui [P2].", [2]),
        ("Oui (p1).", [1]),
        ("Oui 【p2】.", [2]),
        ("Oui [passage 2].", [2]),
        ("Oui [p1 et p2].", [1, 2]),
        ("Oui [p9].", []),
        ("Oui [p0].", []),
        ("Oui (2).", []),
        ("Oui [2024].", []),
        ("Oui.", []),
    ],
)
def test_ids_are_resolved_to_passages_that_were_shown(written: str, ids: list[int]) -> None:
    shown = [hit(ARTICLES["pont"]), hit(ARTICLES["diplo"])]
    read = read_claim(written, shown)
    assert [shown.index(one) + 1 for one in read.cited] == ids
    assert "[" not in read.text


def test_a_mark_after_the_full_stop_belongs_to_the_sentence_before_it() -> None:
    whole, rest = cut("Il pleut. [p1][p2] Il vente ! [p3]\nIl neige [p1].", over=True)
    assert [one for one, _ in whole] == ["Il pleut [p1][p2].", "Il vente [p3] !", "Il neige [p1]."]
    assert [opens for _, opens in whole] == [False, False, True]
    assert rest == ""


def test_a_sentence_is_not_whole_before_what_follows_it_is_known() -> None:
    assert cut("Il pleut.", over=False)[0] == []
    assert cut("Il pleut. [", over=False)[0] == []
    assert cut("Il pleut. [p1]", over=False)[0] == []
    assert [one for one, _ in cut("Il pleut. [p1] Il", over=False)[0]] == ["Il pleut [p1]."]


def test_a_quotation_is_not_cut() -> None:
    text = "« Il pleut. Il vente. », dit-il [p1]. Oui [p1]."
    assert [one for one, _ in cut(text, over=True)[0]] == [
        "« Il pleut. Il vente. », dit-il [p1].",
        "Oui [p1].",
    ]


TWO = "Le pont Neuf a été inauguré par Paul Durand [p1]. Les travaux ont duré 18 mois. [p1]"


@given(st.lists(st.integers(1, 30), min_size=1, max_size=20))
@settings(max_examples=20)
def test_the_same_text_gives_the_same_answer_however_it_comes(sizes: list[int]) -> None:
    text = f"**{TWO}**\n- Jean Pirate est venu [p1].\n2. La fanfare a joué sous la pluie [1]"
    pieces = Checking([hit(BRIDGE)])
    at = 0
    for size in [*sizes, len(text)]:
        pieces.add(text[at : at + size])
        at += size
    pieces.end()
    whole = checked(text)
    assert (pieces.text, pieces.citations) == (whole.text, whole.citations)
    assert (whole.kept, whole.removed) == (3, 1)


def test_what_passes_has_citations_at_their_offsets() -> None:
    checking = checked(TWO)
    assert checking.text == (
        "Le pont Neuf a été inauguré par Paul Durand [1]. Les travaux ont duré 18 mois [2]."
    )
    for number, citation in enumerate(checking.citations, start=1):
        assert citation.number == number
        assert citation.quote == citation.article.body[citation.start : citation.end]
    assert "inauguré par Paul Durand" in checking.citations[0].quote
    assert "dix-huit mois" in checking.citations[1].quote


def test_a_sentence_cited_twice_has_one_number() -> None:
    twice = "Paul Durand a inauguré le pont Neuf [p1]. Le pont a été inauguré le 4 mars [p1]."
    assert [one.number for one in checked(twice).citations] == [1]


def test_only_the_passages_cited_count() -> None:
    start = BRIDGE.body.index("Le pont n'avait")
    first, second = hit(BRIDGE, 0, start), hit(BRIDGE, start)
    written = "Les travaux ont duré dix-huit mois [p{}]."
    assert checked(written.format(1), first, second).kept == 1
    assert checked(written.format(2), first, second).kept == 0


def test_no_sentence_is_put_together_from_two_articles() -> None:
    one = Article("un", "Le pont", "Le pont a été inauguré par Paul Durand.")
    two = Article("deux", "Le pont", "Le pont a été inauguré le 3 mai 2015.")
    written = claim("Le pont a été inauguré par Paul Durand le 3 mai 2015.", one, two)
    assert support(written) == []


def test_each_article_that_says_it_is_cited() -> None:
    twin = Article("autre", "Brèves", "Paul Durand a inauguré le pont Neuf, mardi à Valmont.")
    borne = support(claim("Paul Durand a inauguré le pont Neuf.", BRIDGE, twin))
    assert [article.id for article, _ in borne] == ["pont", "autre"]


def test_a_last_sentence_that_was_broken_off_is_left_aside_and_not_counted() -> None:
    checking = checked("La fanfare a joué sous la pluie [p1]. Les travaux ont duré dix")
    assert (checking.kept, checking.removed) == (1, 0)


@pytest.mark.parametrize(
    "written",
    [
        "Le pont Neuf a été inauguré ![x](https://mal.example/?q=1) [p1].",
        "Le pont Neuf a été [inauguré](https://mal.example) [p1].",
        "Le pont Neuf <b onclick='x'>a été</b> inauguré [p1].",
        "Le pont Neuf a été inauguré, voir www.mal.example [p1].",
        "| Le pont Neuf | a été inauguré | [p1].",
        "Le pont Neuf a été inauguré &lt;b&gt; [p1].",
    ],
)
def test_no_markup_and_no_address_is_shown(written: str) -> None:
    assert checked(written).kept == 0


def test_emphasis_and_lists_become_plain_text() -> None:
    checking = checked("# Réponse\n\n* **La fanfare** a joué sous la `pluie` [p1].\n")
    assert checking.text == "La fanfare a joué sous la pluie [1]."


@pytest.mark.parametrize("text", ["Oui [p1].", "[p1].", "Il est là [p1].", "!!! [p1]", "« » [p1]."])
def test_what_claims_nothing_is_not_shown(text: str) -> None:
    assert checked(text).kept == 0


@given(st.text(max_size=200))
@settings(max_examples=60)
def test_any_text_is_taken(text: str) -> None:
    checking = checked(text + " [p1]. La fanfare a joué sous la pluie [p1].")
    for citation in checking.citations:
        assert citation.quote == BRIDGE.body[citation.start : citation.end]


@pytest.mark.parametrize(
    ("hidden", "seen"),
    [
        ("a\u200bb\u00adc\u202e", "abc"),
        ("a\U000e0041b", "ab"),
        ("a\ufe0fb\U000e0101", "ab"),
        ("a\u3164b\u115f", "ab"),
        ("a\ue000b", "ab"),
        ("a\u2028b", "a b"),
        ("e\u0301té\n« œ »", "été\n« œ »"),
    ],
)
def test_nothing_hidden_reaches_a_model_or_comes_from_one(hidden: str, seen: str) -> None:
    assert visible(hidden) == seen


# -- the labelled claims ----------------------------------------------------------------------


@pytest.mark.parametrize(
    "record", [one for one in LABELLED if not one["borne_out"] and not one.get("twisted")]
)
def test_a_claim_that_is_not_borne_out_is_removed(record: dict[str, Any]) -> None:
    if record["claim"] == "Tournelle a éliminé Arzac 3 tirs au but à 2.":
        pytest.xfail("its numbers stand in sentences on the same subject: a known limit")
    assert support(claim(record["claim"], ARTICLES[record["article"]])) == []


def test_three_quarters_of_the_claims_that_are_borne_out_stay() -> None:
    true = [one for one in LABELLED if one["borne_out"]]
    kept = [one for one in true if support(claim(one["claim"], ARTICLES[one["article"]]))]
    assert len(true) == 37
    assert len(kept) >= 29


def test_a_claim_twisted_out_of_its_sources_own_words_is_not_told() -> None:
    """The limit that docs/llm.md states: should this fail, the check has become better."""
    twisted = [one for one in LABELLED if one.get("twisted")]
    passed = [one for one in twisted if support(claim(one["claim"], ARTICLES[one["article"]]))]
    assert len(passed) >= len(twisted) - 1
