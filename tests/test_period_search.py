"""What a search makes of the time that its question speaks of."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from brief_qa import Archive, Article, Period
from brief_qa.facets import FacetRows, Facets, Filters
from brief_qa.search import PERIOD_WEIGHT
from brief_qa.texts import PERIOD_USE
from fakes import FakeEncoder

TODAY = date(2024, 4, 25)
"""A Thursday."""
BODY = "La grève des éboueurs à Rabat a été votée par le syndicat."
OLD = Article("ancien", "Grève", BODY, published=date(2023, 4, 20), section="Vie")
LAST_WEEK = Article("semaine", "Grève", f"{BODY} Elle dure.", published=date(2024, 4, 17))
YESTERDAY = Article("hier", "Grève", f"{BODY} Elle finit.", published=date(2024, 4, 24))
UNDATED = Article("sans date", "Grève", f"{BODY} On en parle.")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as opened:
        opened.ingest([UNDATED, OLD, LAST_WEEK, YESTERDAY])
        yield opened


def found(archive: Archive, question: str, **how: object) -> tuple[list[str], Period | None]:
    """The articles found, in order, and the period read."""
    read: list[Period] = []
    hits = archive.search(question, today=TODAY, on_period=read.append, **how)  # type: ignore[arg-type]
    assert len(read) <= 1
    return [hit.article.id for hit in hits], read[0] if read else None


def test_a_filter_leaves_out_other_days_and_keeps_the_undated_after_its_own(
    archive: Archive,
) -> None:
    ids, period = found(archive, "La grève de la semaine dernière")
    assert ids == ["semaine", "sans date"]  # yesterday is past the reach
    assert period is not None and (period.use, period.first) == ("filter", date(2024, 4, 15))
    ids, _ = found(archive, "La grève d'hier")
    assert ids == ["hier", "sans date"]


def test_a_preference_leaves_out_nothing_and_puts_its_days_first(archive: Archive) -> None:
    plain, _ = found(archive, "Qui a voté la grève à Rabat en 2023 ?", read_dates=False)
    assert plain[0] != "ancien"
    ids, period = found(archive, "Qui a voté la grève à Rabat en 2023 ?")
    assert ids[0] == "ancien" and sorted(ids) == sorted(plain)
    assert period is not None and period.use == "preference"


def test_the_score_says_what_the_day_added(archive: Archive) -> None:
    question = "Qui a voté la grève à Rabat en 2023 ?"
    before = {h.article.id: h for h in archive.search(question, read_dates=False)}
    after = {h.article.id: h for h in archive.search(question, today=TODAY)}
    assert after["ancien"].score - before["ancien"].score == pytest.approx(PERIOD_WEIGHT)
    assert after["ancien"].parts.period == PERIOD_WEIGHT
    others = before.keys() - {"ancien"}
    assert {name: after[name].score for name in others} == pytest.approx(
        {name: before[name].score for name in others}
    )
    assert {after[name].parts.period for name in others} == {0.0}


def test_articles_of_the_days_after_count_among_the_period(archive: Archive) -> None:
    question = "Qui a voté la grève à Rabat en 2023 ?"

    def timely() -> set[str]:
        hits = archive.search(question, today=TODAY)
        return {hit.article.id for hit in hits if hit.parts.period}

    late = replace(OLD, id="tard", body=f"{BODY} Le bilan.", published=date(2024, 1, 14))
    archive.ingest([late])
    assert timely() == {"ancien", "tard"}
    archive.ingest([replace(late, published=date(2024, 1, 15))])
    assert timely() == {"ancien"}


def test_a_filter_that_would_leave_nothing_leaves_out_nothing_and_says_so(archive: Archive) -> None:
    question = "Que s'est-il passé pendant la grève en juin 2021 ?"
    ids, period = found(archive, question)
    assert ids == found(archive, question, read_dates=False)[0] and len(ids) == 4
    assert period is not None and period.use == "unmet"
    assert period.told.endswith(PERIOD_USE["unmet"])


def test_a_filter_counts_only_articles_that_the_other_filters_let_through(
    archive: Archive,
) -> None:
    ids, period = found(archive, "La grève d'hier", section="Vie")
    assert ids == ["ancien"]
    assert period is not None and period.use == "unmet"


def test_a_filter_does_not_count_what_was_deleted(archive: Archive) -> None:
    archive.delete("hier")
    ids, period = found(archive, "La grève d'hier")
    assert len(ids) == 3
    assert period is not None and period.use == "unmet"


def test_a_condition_given_switches_the_reading_off(archive: Archive) -> None:
    for given in ({"since": "2023-01-01"}, {"until": date(2024, 12, 31)}):
        ids, period = found(archive, "La grève d'hier", **given)
        assert period is None
        assert set(ids) == {"ancien", "semaine", "hier"}  # and meets no undated article


def test_the_reading_can_be_refused(archive: Archive) -> None:
    ids, period = found(archive, "La grève d'hier", read_dates=False)
    assert period is None and len(ids) == 4


def test_an_archive_without_days_is_searched_as_if_no_day_were_said(tmp_path: Path) -> None:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as opened:
        bodies = (BODY, f"{BODY} Elle dure.", "Le maire parle de la grève.")
        opened.ingest([Article(str(n), "Grève", body) for n, body in enumerate(bodies)])
        for question in ("La grève d'hier à Rabat", "La grève à Rabat en 2023"):
            assert opened.search(question, today=TODAY) == opened.search(question, read_dates=False)


def test_today_is_the_day_of_the_search_by_default(archive: Archive) -> None:
    archive.ingest([replace(YESTERDAY, id="ce jour", published=date.today())])
    assert [hit.article.id for hit in archive.search("La grève de ce matin")] == [
        "ce jour",
        "sans date",
    ]


def test_an_answer_has_its_period(archive: Archive) -> None:
    answer = archive.ask("Qui a voté la grève d'hier à Rabat ?", today=TODAY)
    assert answer.period is not None
    assert answer.period.reason == "« hier » : le 24 avril 2024"
    assert {hit.article.id for hit in answer.hits} == {"hier", "sans date"}
    assert archive.ask("Qui a voté la grève à Rabat ?", today=TODAY).period is None
    refused = archive.ask("Qui a voté la grève d'hier ?", today=TODAY, read_dates=False)
    assert refused.period is None


def test_a_follow_up_has_the_period_of_its_own_words(archive: Archive) -> None:
    history = [("Qui a voté la grève à Rabat en avril 2023 ?", "Le syndicat.")]
    answer = archive.ask("Et en avril 2024 ?", history, today=TODAY)
    assert answer.period is not None and answer.period.first == date(2024, 4, 1)
    answer = archive.ask("Et pourquoi ?", history, today=TODAY)
    assert answer.period is not None and answer.period.first == date(2023, 4, 1)


def test_both_legs_let_undated_articles_through_when_told(archive: Archive) -> None:
    articles = np.arange(4)
    facets = FacetRows(articles, [Facets.of(one) for one in (UNDATED, OLD, LAST_WEEK, YESTERDAY)])
    april = Filters(date(2024, 4, 1), date(2024, 4, 20))
    assert facets.mask(april).tolist() == [False, False, True, False]
    assert facets.mask(replace(april, undated=True)).tolist() == [True, False, True, False]
    with archive._index.reading() as (view, snapshot):
        for filters, kept in (
            (april, {"semaine"}),
            (replace(april, undated=True), {"semaine", "sans date"}),
        ):
            numbers, _ = snapshot.terms.search(["grev"], 10, filters)
            names = {passage.article_id for passage in view.passages(numbers).values()}
            assert names == kept


def test_reading_dates_brings_nothing_heavy() -> None:
    heavy = {"numpy", "Stemmer", "tantivy", "faiss"}
    code = f"import sys, brief_qa.periods; print(*({heavy} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []
