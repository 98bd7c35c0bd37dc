"""French dates: in a field, in running text, in an address."""

from __future__ import annotations

import time
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa.dates import date_in_url, find_dates, format_date, parse_date

DAY = date(2024, 4, 22)


@pytest.mark.parametrize(
    "text",
    [
        "22 avril 2024",
        "Lundi 22 Avril 2024 - 14:05",
        "lundi 22 avril 2024 à 14h05",
        "Publié le 22/04/2024",
        "Publié le : 22/04/2024 - 14:05",
        "Mis à jour le 22 avr. 2024 à 14:05",
        "le 22/4/2024 à 14:05",
        "22/04/24",
        "22 / 04 / 2024",
        "22.04.2024",
        "22-04-2024",
        "2024-04-22",
        "2024/04/22",
        "2024-04-22T10:00:00+02:00",
        "2024-04-22T23:59:59-11:00",
        "2024-04-22 10:00",
        "20240422",
        "20240422T100000Z",
        "Mon, 22 Apr 2024 10:00:00 +0000",
        "22\u00a0avril\u202f2024",
        "22-avril-2024",
        "22 avril, 2024",
        "22 AVRIL 2024",
        "Jeanne Martin - 22 avril 2024Politique",
    ],
)
def test_one_day_many_writings(text: str) -> None:
    assert parse_date(text) == DAY


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("1er août 2024", date(2024, 8, 1)),
        ("Publié le 1er août 2024", date(2024, 8, 1)),
        ("1ᵉʳ aou\u0302t 2024", date(2024, 8, 1)),
        ("01 aout 2024", date(2024, 8, 1)),
        ("12 déc. 2023", date(2023, 12, 12)),
        ("12 de\u0301cembre 2023", date(2023, 12, 12)),
        ("3 févr. 2023", date(2023, 2, 3)),
        ("3 fév 2023", date(2023, 2, 3)),
        ("14 juil. 2023", date(2023, 7, 14)),
        ("29 février 2024", date(2024, 2, 29)),
        ("05/04/2024", date(2024, 4, 5)),
        ("Publié le 22/04/2024 - Mis à jour le 23/04/2024", DAY),
    ],
)
def test_each_month_and_first_days(text: str, day: date) -> None:
    assert parse_date(text) == day


@pytest.mark.parametrize(
    "text",
    [
        "",
        "avr. 2024",
        "22 avril",
        "avril 2024",
        "2024",
        "31 février 2024",
        "29 février 2023",
        "04/22/2024",
        "22/13/2024",
        "12 mars 1799",
        f"12 mars {date.today().year + 3}",
        "22 avril 20245",
        "122/04/2024",
        "05.22.04.20.24",
        "05 22 04 20 24",
        "12-3",
        "il y a 3 heures",
        "score 22-04",
        "1.22.04.2024",
        "20241399",
    ],
)
def test_no_full_date(text: str) -> None:
    assert parse_date(text) is None


def test_two_years_ahead_is_a_date() -> None:
    year = date.today().year + 2
    assert parse_date(f"12 mars {year}") == date(year, 3, 12)


def test_every_date_of_a_running_text_with_its_place() -> None:
    text = "Du 22 au 24 avril 2024, puis le 1er mai 2024 (et non le 31/02/2024), enfin 03/05/2024."
    found = find_dates(text)
    assert [one.value for one in found] == [date(2024, 4, 24), date(2024, 5, 1), date(2024, 5, 3)]
    assert [text[one.start : one.end] for one in found] == [
        "24 avril 2024",
        "1er mai 2024",
        "03/05/2024",
    ]


@pytest.mark.parametrize(
    "url",
    [
        "https://journal.example/politique/2024/04/22/laftit-darmanin_6229.html",
        "https://journal.example/politique/2024/4/22/titre",
        "https://journal.example/2024-04-22/titre-12345678",
        "https://journal.example/titre-20240422",
        "https://journal.example/fr/afrique/20240422-titre",
        "https://journal.example/titre-22-04-2024-AB12.php",
        "https://journal.example/2024_04_22_titre",
    ],
)
def test_date_in_url(url: str) -> None:
    assert date_in_url(url) == DAY


@pytest.mark.parametrize(
    "url",
    [
        "https://journal.example/2024/04/titre",
        "https://journal.example/article-99999999",
        "https://journal.example/2024/13/45/titre",
        "https://journal.example/120240422/",
        "",
    ],
)
def test_no_date_in_url(url: str) -> None:
    assert date_in_url(url) is None


def test_format() -> None:
    assert format_date(DAY) == "22 avril 2024"
    assert format_date(date(2024, 8, 1)) == "1er août 2024"


@given(st.dates(min_value=date(1800, 1, 1), max_value=date.today() + timedelta(days=365)))
def test_what_is_written_is_read_back(day: date) -> None:
    assert parse_date(format_date(day)) == day
    assert parse_date(day.isoformat()) == day
    assert parse_date(day.strftime("%d/%m/") + f"{day.year:04}") == day


@given(st.text(alphabet=st.sampled_from("0123456789/-. avrilmd é\u00a0")))
def test_any_text_gives_dates_at_their_places(text: str) -> None:
    for found in find_dates(text):
        assert find_dates(text[found.start : found.end])[0].value == found.value
    parse_date(text)
    date_in_url(text)


def test_long_lines_take_linear_time() -> None:
    started = time.perf_counter()
    for piece in ("1", "1/", "22 avril ", "2024-04-", "1 ", "22/04/20", " ", "20240422"):
        text = piece * (1_000_000 // len(piece))
        find_dates(text)
        date_in_url(text)
    assert time.perf_counter() - started < 20
