"""The time that a question speaks of: a table of questions, and what holds for any text."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import NamedTuple

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_qa.dates import format_period
from brief_qa.events import SERIES
from brief_qa.feasts import easter
from brief_qa.periods import mentions, period_of

TODAY = date(2026, 11, 24)
"""A Tuesday."""


class Case(NamedTuple):
    """A line of the table."""

    question: str
    words: str
    first: str
    last: str
    use: str
    today: date


def cases() -> list[Case]:
    """The lines of ``periods.tsv``."""
    lines = Path(__file__).with_name("periods.tsv").read_text(encoding="utf-8").splitlines()
    found = []
    for line in lines:
        if line and not line.startswith("#"):
            question, words, *rest = line.split("\t")
            first, last, use, today = [*rest, *[""] * (4 - len(rest))]
            on = date.fromisoformat(today) if today else TODAY
            found.append(Case(question, words, first, last, use, on))
    return found


CASES = cases()


def test_the_table_is_large_and_holds_no_line_twice() -> None:
    assert len(CASES) >= 150
    assert len({(case.question, case.today) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.question} {case.today}")
def test_a_question_of_the_table(case: Case) -> None:
    found = period_of(case.question, case.today)
    if case.words == "-":
        assert found is None
        return
    assert found is not None
    assert case.question[found.start : found.end] == case.words
    assert (str(found.first or "-"), str(found.last or "-")) == (case.first, case.last)
    assert found.use == case.use


@pytest.mark.parametrize(
    ("question", "reason"),
    [
        (
            "Quoi de neuf la  semaine dernière ?",
            "« la semaine dernière » : du 16 au 22 novembre 2026",
        ),
        ("Quoi de neuf hier ?", "« hier » : le 23 novembre 2026"),
        ("Et depuis lundi ?", "« depuis lundi » : depuis le 23 novembre 2026"),
        ("Et avant 2020 ?", "« avant 2020 » : jusqu'au 31 décembre 2019"),
        ("Et cet hiver ?", "« cet hiver » : du 21 décembre 2025 au 19 mars 2026"),
        ("Et du 28 mars au 3 avril ?", "« du 28 mars au 3 avril » : du 28 mars au 3 avril 2026"),
        (
            "Les morts de 2019 et ceux de 2021",
            "« 2019 », « 2021 » : du 1er janvier 2019 au 31 décembre 2021",
        ),
    ],
)
def test_the_reason_is_told_in_french(question: str, reason: str) -> None:
    found = period_of(question, TODAY)
    assert found is not None and found.reason == reason


def test_articles_still_tell_of_a_period_some_days_after_it() -> None:
    reach = {
        "Quoi de neuf hier ?": 2,
        "Quoi de neuf en avril 2024 ?": 7,
        "Qui était là en 2023 ?": 14,
        "Et pendant les JO de Paris ?": 4,
        "Et depuis lundi ?": 0,
        "Les articles d'avril 2024": 0,
    }
    found = {question: period_of(question, TODAY) for question in reach}
    assert {question: one and one.reach for question, one in found.items()} == reach


def test_each_mention_is_given_in_order() -> None:
    question = "Entre le discours d'avril 2024 et celui d'hier, qu'a dit le ministre de 2019 ?"
    found = mentions(question, TODAY)
    assert [question[one.start : one.end] for one in found] == ["avril 2024", "hier", "2019"]


def test_what_is_to_come_is_no_filter() -> None:
    for question in ("Les articles de demain", "Que se passera-t-il le 3 mai 2030 ?"):
        found = mentions(question, TODAY)
        assert all(one.use == "preference" for one in found)


texts = st.one_of(
    st.text(max_size=200),
    st.lists(
        st.sampled_from(
            "en de du le la les l' d' entre et à au depuis avant après jusqu'en pendant fin mi- "
            "avril mars Mai 2024 1998 2000 31 29 1er février lundi hier semaine mois an année "
            "dernière dernier prochain cette ce il y a trois 99999 jours ans été hiver Noël Pâques "
            "JO Paris rentrée confinement trimestre premier années 90 / - , ? ( ) 00 68 9999 ́ ﬁ "
            "articles publiés dès week-end vendredi 13 0/0/0000 2024-02-30".split(" ")
        ),
        max_size=14,
    ).map(" ".join),
    st.lists(st.sampled_from([case.question for case in CASES]), min_size=1, max_size=3).map(
        " ".join
    ),
)


@settings(max_examples=400)
@given(texts, st.dates(date(1950, 1, 1), date(2098, 12, 31)))
def test_any_text_has_periods_that_make_sense(text: str, today: date) -> None:
    found = [*mentions(text, today)]
    ends = 0
    for one in found:
        assert ends <= one.start < one.end <= len(text)
        ends = one.end
    for one in filter(None, [*found, period_of(text, today)]):
        assert 0 <= one.start < one.end <= len(text)
        assert text[one.start : one.end].strip() == text[one.start : one.end]
        assert one.first or one.last
        assert one.first is None or one.last is None or one.first <= one.last
        assert one.reach >= 0 and one.reason


@given(
    st.dates(date(1950, 1, 1), date(2098, 12, 31)), st.dates(date(1950, 1, 1), date(2098, 12, 31))
)
def test_a_day_written_out_is_that_day_whenever_it_is_asked(day: date, today: date) -> None:
    for said in (f"le {day:%d/%m/%Y}", f"le {day:%Y-%m-%d}", format_period(day, day)):
        found = period_of(f"Qui est venu {said} ?", today)
        assert found is not None and (found.first, found.last) == (day, day)


@given(st.dates(date(1990, 1, 1), date(2090, 12, 31)))
def test_a_month_without_its_year_has_begun_and_is_not_a_year_old(today: date) -> None:
    for month in ("janvier", "février", "août", "décembre"):
        found = period_of(f"Qui est venu en {month} ?", today)
        assert found is not None and found.first is not None
        assert 0 <= (today - found.first).days <= 366


def test_the_days_of_events_are_in_order_and_sourced() -> None:
    for series in SERIES:
        assert series.source
        for days in series.held.values():
            assert days.last is None or days.first <= days.last
        assert set(series.places.values()) <= set(series.held)


def test_easter() -> None:
    assert [easter(year) for year in (1961, 2000, 2024, 2026, 2038)] == [
        date(1961, 4, 2),
        date(2000, 4, 23),
        date(2024, 3, 31),
        date(2026, 4, 5),
        date(2038, 4, 25),
    ]
