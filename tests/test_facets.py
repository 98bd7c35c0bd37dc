"""Filters: by column they let through what they let through one by one."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa.domain import Article
from brief_qa.errors import InputError
from brief_qa.facets import FacetRows, Facets, Filters, key

DAYS = [None, date(2024, 4, 22), date(2024, 4, 23), date(2025, 1, 1)]
NAMES = [None, "Société", "SOCIETE", "Économie", "Le  Brief"]

articles = st.builds(
    Article,
    id=st.just("a"),
    title=st.just(""),
    body=st.just(""),
    published=st.sampled_from(DAYS),
    section=st.sampled_from(NAMES),
    source=st.sampled_from(NAMES),
    authors=st.lists(st.sampled_from(["Zoé", "Élie", "zoe"]), max_size=2).map(tuple),
    kind=st.sampled_from(["article", "brève"]),
)
filters = st.builds(
    Filters,
    since=st.sampled_from(DAYS[:3]),
    until=st.sampled_from([None, *DAYS[2:]]),
    section=st.sampled_from(["societe", "economie", None]),
    source=st.sampled_from(["LE BRIEF", None]),
    author=st.sampled_from(["ZOÉ", "élie", "personne", None]),
    kind=st.sampled_from(["article", "brève", None]),
)


def met(article: Article, asked: Filters) -> bool:
    """Written from the words of the contract."""
    for wanted, held in [
        (asked.section, [article.section or ""]),
        (asked.source, [article.source or ""]),
        (asked.kind, [article.kind]),
        (asked.author, list(article.authors)),
    ]:
        if wanted and key(wanted) not in map(key, held):
            return False
    if asked.since or asked.until:
        day = article.published
        return day is not None and (asked.since or day) <= day <= (asked.until or day)
    return True


@given(st.lists(articles, max_size=30), st.integers(0, 30), filters)
def test_a_mask_is_the_filter_of_each_row(held: list[Article], cut: int, asked: Filters) -> None:
    facets, numbers = [Facets.of(article) for article in held], np.arange(len(held))
    before = FacetRows(numbers[:cut], facets[:cut])
    rows = before.extended(numbers[cut:], facets[cut:])
    assert rows.mask(asked).tolist() == [met(article, asked) for article in held]
    assert len(before) == len(facets[:cut])


def test_the_rows_of_an_article_are_found_by_its_number() -> None:
    facets = [Facets.of(Article(id="", title="", body=""))] * 6
    rows = FacetRows(np.array([3, 3, 5]), facets[:3]).extended(np.array([9, 9, 9]), facets[3:])
    assert rows.rows_of(np.array([9, 1, 3])).tolist() == [3, 4, 5, 0, 1]
    assert rows.rows_of(np.array([1, 4, 99])).tolist() == []
    assert rows.rows_of(np.array([], np.int64)).tolist() == []


def test_two_spellings_of_a_name_are_one() -> None:
    assert key("  Société ") == key("SOCIETE") == "societe"


def test_no_rows_no_mask() -> None:
    assert FacetRows().mask(Filters(section="x", since=date(2024, 1, 1))).tolist() == []


def test_a_period_that_ends_before_it_begins_is_refused() -> None:
    with pytest.raises(InputError, match="2024-02-01 jusqu'à 2024-01-01"):
        Filters(since=date(2024, 2, 1), until=date(2024, 1, 1))


def test_a_kind_that_is_none_is_refused_with_those_there_are() -> None:
    assert Filters(kind="BREVE")  # type: ignore[arg-type]
    with pytest.raises(InputError, match=r"« flash » n'est .* : article, brève\."):
        Filters(kind="flash")  # type: ignore[arg-type]


def test_filters_are_true_when_there_is_one() -> None:
    assert not Filters()
    assert Filters(kind="brève")
