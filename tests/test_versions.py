"""When articles were taken in and corrected: what is kept of it, and what must not be."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta, timezone
from pathlib import Path

import pytest

from brief_qa import Archive, Article, Coverage, Version
from brief_qa.dates import format_moment
from brief_qa.domain import Aspect
from brief_qa.errors import InputError
from brief_qa.jsonable import jsonable
from brief_qa.versions import version
from brief_qa.web.render import article_html, masthead
from fakes import FakeEncoder
from harmless import assert_harmless

MORNING = datetime(2024, 4, 3, 8, 12, 30, tzinfo=UTC)
BRIDGE = Article(
    id="pont",
    title="Le pont rouvre",
    body="Le pont a rouvert mardi. Trente mille euros.",
    published=date(2024, 4, 2),
)


class Clock:
    """A clock that is set by hand."""

    def __init__(self) -> None:
        self.now = MORNING

    def __call__(self) -> datetime:
        return self.now

    def after(self, **time: int) -> datetime:
        """Move on, and tell the time."""
        self.now += timedelta(**time)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def archive(tmp_path: Path, clock: Clock) -> Iterator[Archive]:
    with Archive.open(tmp_path / "index", encoder=FakeEncoder(), clock=clock) as opened:
        yield opened


@pytest.mark.parametrize(
    ("facts", "changed", "counts"),
    [
        ({"body": "Le pont a rouvert jeudi. Trente mille euros, dit-on."}, ("text",), (3, 1)),
        ({"body": "Trente mille euros. Le pont a rouvert mardi."}, ("text",), (0, 0)),
        ({"title": "Le pont"}, ("title",), (0, 0)),
        ({"updated": date(2024, 4, 3)}, ("date",), (0, 0)),
        ({"section": "Régions", "authors": ("Zoé",)}, ("facts",), (0, 0)),
        ({"title": "Pont", "body": "Fermé.", "source": "A"}, ("text", "title", "facts"), (1, 8)),
    ],
)
def test_a_version_says_what_changed(
    facts: dict[str, object], changed: tuple[Aspect, ...], counts: tuple[int, int]
) -> None:
    corrected = replace(BRIDGE, **facts)  # type: ignore[arg-type]
    assert version(MORNING, BRIDGE, corrected) == Version(MORNING, changed, *counts)


def test_what_is_new_or_the_same() -> None:
    assert version(MORNING, None, BRIDGE) == Version(MORNING, ("new",))
    assert version(MORNING, BRIDGE, BRIDGE) is None


def test_each_version_of_an_article_is_dated(archive: Archive, clock: Clock) -> None:
    archive.ingest([BRIDGE])
    corrected_at = clock.after(hours=2)
    archive.ingest([replace(BRIDGE, body=BRIDGE.body.replace("mardi", "jeudi"))])
    clock.after(hours=1)
    archive.ingest([replace(BRIDGE, body=BRIDGE.body.replace("mardi", "jeudi"))])  # the same
    made = [Version(MORNING, ("new",)), Version(corrected_at, ("text",), 1, 1)]
    assert archive.versions("pont") == made
    assert archive.versions("inconnu") == []
    day = BRIDGE.published
    assert archive.coverage() == Coverage(1, day, day, updated=corrected_at)
    assert archive.stats().updated == corrected_at
    assert jsonable(archive.versions("pont"))[1] == {
        "at": "2024-04-03T10:12:30+00:00", "changed": ["text"], "added": 1, "removed": 1,
    }  # fmt: skip


def test_no_word_of_a_corrected_or_deleted_article_is_kept(
    archive: Archive, tmp_path: Path, clock: Clock
) -> None:
    archive.ingest([replace(BRIDGE, title="Titre xyloglotte", body="Un mot : palimpsestueux.")])
    archive.ingest([BRIDGE])
    with closing(sqlite3.connect(tmp_path / "index" / "catalog.sqlite")) as connection:
        kept = "\n".join(connection.iterdump())
        assert "xyloglotte" not in kept and "palimpsestueux" not in kept
    deleted_at = clock.after(minutes=5)
    assert archive.delete("pont")
    assert archive.versions("pont") == []
    assert archive.coverage() == Coverage(0, None, None, updated=deleted_at)
    archive.ingest([BRIDGE])
    assert archive.versions("pont") == [Version(deleted_at, ("new",))]


def test_a_page_corrected_in_its_file_keeps_its_versions(
    archive: Archive, tmp_path: Path, clock: Clock
) -> None:
    page = tmp_path / "pont.md"
    words = " ".join(f"mot{number}" for number in range(30))
    page.write_text(f"# Le pont rouvre\n\nLe pont a rouvert mardi après les travaux. {words}.\n")
    before = archive.ingest([page]).article_ids[0]
    corrected_at = clock.after(days=1)
    page.write_text(f"# Le pont rouvre\n\nLe pont a rouvert jeudi après les travaux. {words}.\n")
    after = archive.ingest([page]).article_ids[0]
    assert after != before and archive.versions(before) == []
    assert archive.versions(after) == [
        Version(MORNING, ("new",)),
        Version(corrected_at, ("text",), 1, 1),
    ]


def test_what_changed_since_a_moment_is_listed(archive: Archive, clock: Clock) -> None:
    archive.ingest([BRIDGE, replace(BRIDGE, id="gare", body="La gare ferme.", section="Trains")])
    later = clock.after(days=2)
    archive.ingest([replace(BRIDGE, id="quai", body="Le quai est neuf.", section="Trains")])
    archive.ingest([replace(BRIDGE, title="Le pont rouvre enfin")])

    def changed(since: object, **filters: str) -> set[str]:
        return {one.id for one in archive.articles(changed_since=since, **filters)}  # type: ignore[arg-type]

    assert changed(None) == changed(MORNING) == changed("2024-04-02") == {"pont", "gare", "quai"}
    assert changed(later) == changed("2024-04-05T08:12:30Z") == {"pont", "quai"}
    assert changed(later.astimezone(timezone(timedelta(hours=9)))) == {"pont", "quai"}
    assert changed(later, section="Trains") == {"quai"}
    assert changed(later + timedelta(seconds=1)) == changed(date(2024, 4, 10)) == set()
    with pytest.raises(InputError, match="n'est pas un jour"):
        archive.articles(changed_since="naguère")


def test_an_index_made_before_times_were_kept_opens(tmp_path: Path, clock: Clock) -> None:
    folder = tmp_path / "index"
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        archive.ingest([BRIDGE])
    with closing(sqlite3.connect(folder / "catalog.sqlite")) as connection:
        connection.executescript(
            "DROP TABLE versions; DELETE FROM facts WHERE name = 'updated'; PRAGMA user_version = 2"
        )
    with Archive.open(folder, encoder=FakeEncoder(), clock=clock) as archive:
        assert archive.versions("pont") == [] and archive.coverage().updated is None
        assert [one.id for one in archive.articles()] == ["pont"]
        archive.ingest([replace(BRIDGE, title="Le pont")])
        assert archive.versions("pont") == [Version(MORNING, ("title",))]
        assert archive.coverage().updated == MORNING.replace(microsecond=0)


# -- for a reader ------------------------------------------------------------------------------

NOW = MORNING + timedelta(days=3)


def told(*versions: Version) -> str:
    html = article_html(BRIDGE, [], (), versions, lambda: NOW)
    text = " ".join(assert_harmless(html).text.replace("\xa0", " ").split())
    return text.split("2 avril 2024Le pont rouvre")[1].split("Le pont a rouvert")[0]


def test_the_page_of_an_article_tells_its_versions() -> None:
    here = NOW.astimezone()
    days = [format_moment(MORNING + timedelta(days=n), here).replace("'", "’") for n in range(4)]
    new = Version(MORNING, ("new",))
    first = Version(MORNING + timedelta(days=1), ("text", "title"), 12, 1_300)
    last = Version(NOW, ("text", "date", "facts"))
    assert told() == ""
    assert told(new) == f"Reçu {days[0]}"
    changed = "12 mots ajoutés, 1 300 retirés, titre modifié"
    assert told(new, first) == f"Reçu {days[0]} ; corrigé {days[1]} : {changed}"
    assert told(last) == (f"Corrigé {days[3]} : texte remanié, date modifiée, références modifiées")
    both = told(new, first, last)
    assert both.startswith(f"Reçu {days[0]} ; corrigé 2 fois, la dernière {days[3]}")
    assert "aujourd’hui" in both and f"corrigé {days[1]} : {changed}" in both


def test_the_head_of_a_page_tells_how_fresh_the_archive_is() -> None:
    known = Coverage(1, date(2024, 4, 2), date(2024, 4, 2), updated=MORNING)
    html = masthead(known, clock=lambda: MORNING).replace("\xa0", " ")
    assert "du 2 avril 2024 ; mise à jour aujourd’hui à " in html.replace("&nbsp;", " ")
    assert "mise à jour" not in masthead(replace(known, updated=None))


def test_a_moment_is_told_as_french_writes_it() -> None:
    paris = timezone(timedelta(hours=2))
    now = datetime(2024, 4, 3, 23, 0, tzinfo=paris)
    assert format_moment(MORNING, now) == "aujourd'hui à 10 h 12"
    first = datetime(2024, 3, 31, 22, 5, tzinfo=UTC)
    assert format_moment(first, now) == "le 1er avril 2024 à 0 h 05"
