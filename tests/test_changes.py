"""What an ingest changes: what was deleted stays so, and a page corrected in place is corrected."""

from __future__ import annotations

import dataclasses
import json
import shutil
import sqlite3
import zipfile
from collections.abc import Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest

import brief_qa.changes
import brief_qa.ingest
from brief_qa import Archive, Article, IngestReport
from brief_qa.doctor import reencode
from brief_qa.domain import Withheld
from brief_qa.identity import is_version_of
from fakes import FakeEncoder, FloatArray

SAMPLE = Path(__file__).parents[1] / "src" / "brief_qa" / "sample" / "pages"
BODY = (
    "Le pont Sainte-Anne rouvrira mardi après quatre mois de travaux, a annoncé la mairie.\n\n"
    "Les camions de plus de douze tonnes devront encore passer par la rocade nord cet automne.\n\n"
    "Le chantier aura coûté deux millions d'euros, dont la moitié payée par la région.\n"
)
PAGE = f"# Le pont rouvre\n\n{BODY}"
CORRECTED = PAGE.replace("rouvrira mardi", "rouvrira jeudi")
OTHER = (
    "# La piscine ferme\n\nLa piscine municipale ferme trois semaines pour changer ses filtres, et "
    "les clubs iront nager à Saint-Aubin.\n"
)
PONT = Article(id="pont", title="Le pont rouvre", body=BODY)


@pytest.fixture
def pages(tmp_path: Path) -> Path:
    folder = tmp_path / "pages"
    folder.mkdir()
    return folder


def write(folder: Path, **texts: str) -> None:
    for name, text in texts.items():
        (folder / f"{name}.md").write_text(text, encoding="utf-8")


def counts(report: IngestReport) -> tuple[int, int, int, int]:
    return report.added, report.updated, report.unchanged, len(report.withheld)


def bodies(archive: Archive) -> set[str]:
    return {one.body for one in archive.articles()}


def titles(archive: Archive) -> list[str]:
    return sorted(one.title for one in archive.articles())


def deletions(tmp_path: Path) -> list[str]:
    with closing(sqlite3.connect(tmp_path / "index" / "catalog.sqlite")) as connection:
        return [row[0] for row in connection.execute("SELECT id FROM deleted")]


def assert_settled(archive: Archive, source: object) -> None:
    """Another ingest of the same writes nothing."""
    before = list(archive.articles()), archive.stats().change
    report = archive.ingest(source)  # type: ignore[arg-type]
    assert (report.added, report.updated) == (0, 0)
    assert (list(archive.articles()), archive.stats().change) == before


# -- deletions -------------------------------------------------------------------------------


def test_a_deleted_page_does_not_come_back_with_its_folder(archive: Archive, pages: Path) -> None:
    write(pages, pont=PAGE, piscine=OTHER)
    archive.ingest([pages])
    (pont,) = (one for one in archive.articles() if one.title == "Le pont rouvre")
    days = {date.today()}
    archive.delete(pont.id)
    days |= {date.today()}
    write(pages, vent="# Le vent\n\nIl a soufflé très fort sur la côte.\n")
    report = archive.ingest([pages])
    assert counts(report) == (1, 0, 1, 1)
    (withheld,) = report.withheld
    assert withheld == Withheld(pont.id, pont.title, withheld.deleted)
    assert withheld.deleted in days
    assert report.rejected == ()
    assert archive.article(pont.id) is None
    assert all("pont" not in hit.text for hit in archive.search("pont Sainte-Anne", k=9))
    assert counts(archive.ingest([pages])) == (0, 0, 2, 1)  # and so every night
    report = archive.ingest([pages], restore=True)
    assert counts(report) == (1, 0, 2, 0)
    assert report.article_ids == (pont.id,)
    assert archive.article(pont.id) == pont
    assert_settled(archive, [pages])


def test_pages_and_records_stay_deleted_and_articles_are_meant(
    archive: Archive, pages: Path
) -> None:
    (pages / "a.jsonl").write_text('{"id": "pont", "titre": "Le pont", "text": "Il rouvre."}\n')
    (pages / "b.html").write_text(
        '<html><head><title>Le port</title><link rel="canonical" href="https://a.fr/port"></head>'
        f"<body><article><h1>Le port</h1><p>{BODY}</p></article></body></html>"
    )
    archive.ingest([pages])
    held = list(archive.articles())
    assert len(held) == 2
    for one in held:
        archive.delete(one.id)
    assert counts(archive.ingest([pages])) == (0, 0, 0, 2)
    changed = (pages / "a.jsonl").read_text().replace("rouvre", "ferme")
    (pages / "a.jsonl").write_text(changed)
    assert counts(archive.ingest([pages])) == (0, 0, 0, 2)  # the id was deleted, with any words
    assert counts(archive.ingest(held)) == (2, 0, 0, 0)
    assert counts(archive.ingest([pages])) == (0, 1, 1, 0)  # the deletions are forgotten


def test_the_very_words_of_a_deleted_article_stay_out_under_another_id(
    archive: Archive, pages: Path
) -> None:
    archive.ingest([PONT])
    archive.delete("pont")
    other = {"id": "autre", "title": PONT.title, "text": BODY.replace(" ", "\u00a0")}
    reworded = other | {"text": BODY.replace("mardi", "jeudi")}

    def ingested(record: dict[str, str], *, restore: bool = False) -> tuple[int, ...]:
        (pages / "a.jsonl").write_text(json.dumps(record))
        return counts(archive.ingest([pages], restore=restore))

    assert ingested(other) == (0, 0, 0, 1)
    assert ingested(reworded) == (1, 0, 0, 0)
    assert ingested(other) == (0, 0, 0, 1)  # not as a correction either
    assert ["jeudi" in one.body for one in archive.articles()] == [True]
    assert ingested(other, restore=True) == (0, 1, 0, 0)
    assert ingested({"id": "pont", "text": "Le pont ferme."}) == (1, 0, 0, 0)  # forgotten


def test_a_deleted_page_that_is_corrected_stays_deleted(archive: Archive, pages: Path) -> None:
    write(pages, pont=PAGE)
    archive.ingest([pages])
    (pont,) = archive.articles()
    archive.delete(pont.id)
    write(pages, pont=CORRECTED)
    assert counts(archive.ingest([pages])) == (0, 0, 0, 1)
    write(pages, pont=OTHER)  # the file is used for something else
    assert counts(archive.ingest([pages])) == (1, 0, 0, 0)
    write(pages, pont=CORRECTED)
    assert counts(archive.ingest([pages], restore=True)) == (1, 0, 0, 0)
    write(pages, pont=PAGE)
    assert counts(archive.ingest([pages])) == (0, 1, 0, 0)


def test_another_day_of_a_deleted_column_comes_in(archive: Archive, pages: Path) -> None:
    def column(day: int) -> str:
        return f"---\ntitle: Le billet\ndate: 2024-04-{day}\n---\n\n{BODY} Jour {day}.\n"

    write(pages, billet=column(22))
    archive.ingest([pages])
    for one in list(archive.articles()):
        archive.delete(one.id)
    write(pages, billet=column(23))
    assert counts(archive.ingest([pages])) == (1, 0, 0, 0)


def test_a_twin_that_was_not_deleted_lives_on(archive: Archive) -> None:
    twin = dataclasses.replace(PONT, id="jumeau")
    archive.ingest([PONT, twin])
    archive.delete("pont")
    moved = dataclasses.replace(twin, section="Vie locale")
    assert counts(archive.ingest([twin])) == (0, 0, 1, 0)
    assert counts(archive.ingest([moved])) == (0, 1, 0, 0)


def test_only_a_deletion_is_remembered_as_one(archive: Archive, tmp_path: Path) -> None:
    archive.ingest([PONT, dataclasses.replace(PONT, body="Il ferme.")])
    reencode(tmp_path / "index", lambda _: FakeEncoder())
    assert deletions(tmp_path) == []
    archive.delete("pont")
    archive.delete("pont")
    archive.delete("inconnu")
    reencode(tmp_path / "index", lambda _: FakeEncoder())
    assert deletions(tmp_path) == ["pont"]
    assert BODY[:20].encode() not in (tmp_path / "index" / "catalog.sqlite").read_bytes()


class Interrupting(FakeEncoder):
    """An encoder during whose first work something else happens."""

    def __init__(self) -> None:
        self.meanwhile = lambda: None

    def _encode(self, texts: Sequence[str]) -> FloatArray:
        happens, self.meanwhile = self.meanwhile, lambda: None
        happens()
        return super()._encode(texts)


def test_a_deletion_during_an_ingest_is_not_undone_by_it(tmp_path: Path, pages: Path) -> None:
    encoder = Interrupting()
    with (
        closing(Archive.open(tmp_path / "index", encoder=encoder)) as archive,
        closing(Archive.open(tmp_path / "index", encoder=FakeEncoder())) as other,
    ):
        archive.ingest([PONT])
        encoder.meanwhile = lambda: other.delete("pont") and None
        corrected = [{"id": one, "title": one, "text": "Il ferme."} for one in ("pont", "b")]
        (pages / "a.json").write_text(json.dumps(corrected))
        report = archive.ingest([pages])
        assert counts(report) == (1, 0, 0, 1)
        assert [one.id for one in archive.articles()] == ["b"]


# -- pages corrected in place ----------------------------------------------------------------


def test_a_page_corrected_in_place_is_corrected(archive: Archive, pages: Path) -> None:
    write(pages, pont=PAGE, piscine=OTHER)
    archive.ingest([pages])
    write(pages, pont=CORRECTED)
    report = archive.ingest([pages])
    assert counts(report) == (0, 1, 1, 0)
    assert titles(archive) == ["La piscine ferme", "Le pont rouvre"]
    assert "mardi" not in "".join(bodies(archive))
    (new,) = report.article_ids
    assert "jeudi" in archive.article(new).body  # type: ignore[union-attr]
    texts = [hit.text for hit in archive.search("pont rouvrira mardi jeudi", k=9, per_article=9)]
    assert not any("mardi" in text for text in texts)
    assert_settled(archive, [pages])
    write(pages, pont=PAGE)  # a correction taken back is one too: it was not a deletion
    assert counts(archive.ingest([pages])) == (0, 1, 1, 0)
    assert "jeudi" not in "".join(bodies(archive))


@pytest.mark.parametrize("batch", [1, 32])
def test_a_copied_page_and_its_briefs(
    archive: Archive, pages: Path, monkeypatch: pytest.MonkeyPatch, batch: int
) -> None:
    monkeypatch.setattr(brief_qa.ingest, "_BATCH", batch)
    page = pages / "page.txt"
    shutil.copy(SAMPLE / "copies" / "smic-novembre-2024.txt", page)
    archive.ingest([pages])
    (old,) = (one for one in archive.articles() if one.kind == "article")
    briefs = {one.id: one for one in archive.articles() if one.kind == "brève"}
    assert len(briefs) > 1
    assert {one.parent_id for one in briefs.values()} == {old.id}
    sentence = old.body.split("\n\n")[1]
    page.write_text(page.read_text(encoding="utf-8").replace(sentence, "Phrase retirée."))
    report = archive.ingest([pages])
    assert counts(report) == (0, 1, len(briefs), 0)
    (new,) = (one for one in archive.articles() if one.kind == "article")
    assert report.article_ids == (new.id,)
    assert sentence not in new.body
    after = {one.id: one for one in archive.articles() if one.kind == "brève"}
    assert after == {
        one: dataclasses.replace(brief, parent_id=new.id) for one, brief in briefs.items()
    }
    assert_settled(archive, [pages])


def test_new_teasers_on_a_page_take_nothing_away(archive: Archive, pages: Path) -> None:
    page = pages / "page.txt"
    shutil.copy(SAMPLE / "copies" / "smic-novembre-2024.txt", page)
    archive.ingest([pages])
    (brief, *others) = (one for one in archive.articles() if one.kind == "brève")
    text = page.read_text(encoding="utf-8")
    assert brief.body in text
    page.write_text(
        text.replace(brief.body, "Le conservatoire ouvre une classe de harpe celtique à la rentrée")
    )
    report = archive.ingest([pages])
    assert counts(report) == (1, 0, 1 + len(others), 0)
    assert archive.article(brief.id) == brief


def test_what_is_not_compared_is_kept(
    archive: Archive, pages: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(brief_qa.changes, "_COMPARED", 0)
    write(pages, pont=PAGE)
    archive.ingest([pages])
    write(pages, pont=CORRECTED)
    assert counts(archive.ingest([pages])) == (1, 0, 0, 0)
    assert len(bodies(archive)) == 2


def test_a_corrected_member_of_a_zip(archive: Archive, pages: Path) -> None:
    for text in (PAGE, CORRECTED):
        with zipfile.ZipFile(pages / "a.zip", "w") as zipped:
            zipped.writestr("b/pont.md", text)
            zipped.writestr("c/pont.md", OTHER)
        archive.ingest([pages])
    assert titles(archive) == ["La piscine ferme", "Le pont rouvre"]
    assert "mardi" not in "".join(bodies(archive))


def test_a_page_that_is_given_an_address(archive: Archive, pages: Path) -> None:
    write(pages, pont=PAGE)
    archive.ingest([pages])
    write(pages, pont=f"---\nurl: https://a.fr/pont\n---\n{CORRECTED}")
    assert counts(archive.ingest([pages])) == (0, 1, 0, 0)
    (held,) = archive.articles()
    assert held.id.startswith("u-")
    assert "jeudi" in held.body


def test_a_page_corrected_into_what_a_record_says(archive: Archive, pages: Path) -> None:
    write(pages, pont=PAGE)
    archive.ingest([pages])
    corrected = dataclasses.replace(PONT, body=BODY.replace("mardi", "jeudi"))
    archive.ingest([corrected])
    write(pages, pont=CORRECTED)
    report = archive.ingest([pages])
    assert (counts(report), report.article_ids) == ((0, 1, 0, 0), ("pont",))
    assert list(archive.articles()) == [corrected]


def test_a_file_used_for_another_article_every_day_keeps_them_all(
    archive: Archive, pages: Path
) -> None:
    column = "# La revue de presse\n\n"
    papers = [
        PAGE,
        OTHER,
        column + "Les journaux parlent ce matin du budget de la région et de ses lycées.\n",
        column + "Partout en une, la victoire du club de rugby face à Narbonne hier au soir.\n",
        "# Marée du 3 mai\n\n3 mai 2026\n\nHaute mer à 6 h 12 au port, coefficient 84, vent faible "
        "de nord-ouest, mer peu agitée au large des îles.\n",
        "# Marée du 4 mai\n\n4 mai 2026\n\nHaute mer à 7 h 02 au port, coefficient 84, vent faible "
        "de nord-ouest, mer peu agitée au large des îles.\n",
    ]
    for number, text in enumerate(papers, start=1):
        write(pages, latest=text)
        assert counts(archive.ingest([pages])) == (1, 0, 0, 0)
        assert archive.stats().articles == number
    write(pages, latest=CORRECTED)  # it is not the file that says the article of the first day
    assert archive.ingest([pages]).added == 1


def test_one_of_two_copies_corrected(archive: Archive, pages: Path) -> None:
    write(pages, a=PAGE, b=PAGE)
    archive.ingest([pages])
    assert_settled(archive, [pages])
    for corrected in "ab":
        write(pages, a=PAGE, b=PAGE)
        archive.ingest([pages])
        write(pages, **{corrected: CORRECTED})
        archive.ingest([pages])
        assert bodies(archive) == {text.split("\n\n", 1)[1].strip() for text in (PAGE, CORRECTED)}
        assert_settled(archive, [pages])
    write(pages, a=CORRECTED, b=CORRECTED)
    archive.ingest([pages])
    (held,) = archive.articles()
    assert "jeudi" in held.body
    assert_settled(archive, [pages])


def test_a_moved_folder(archive: Archive, pages: Path, tmp_path: Path) -> None:
    write(pages, pont=PAGE)
    archive.ingest([pages])
    moved = pages.rename(tmp_path / "ailleurs")
    assert counts(archive.ingest([moved])) == (0, 0, 1, 0)
    assert_settled(archive, [moved])
    write(moved, pont=CORRECTED)
    assert counts(archive.ingest([moved])) == (0, 1, 0, 0)


def test_one_path_however_it_is_written(
    archive: Archive, pages: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(pages, pont=PAGE)
    archive.ingest([pages])
    (tmp_path / "lien").symlink_to(pages)
    monkeypatch.chdir(pages)
    for path in ("pont.md", "../pages/../lien", str(pages)):
        assert_settled(archive, path)


def test_records_have_an_identity_of_their_own(archive: Archive, pages: Path) -> None:
    for day in ("mardi", "jeudi"):
        (pages / "a.jsonl").write_text(f'{{"titre": "Le pont", "text": "Il rouvre {day} soir."}}\n')
        archive.ingest([pages])
    assert len(bodies(archive)) == 2


def test_a_corrected_page_is_no_deletion_and_a_deleted_one_no_correction(
    archive: Archive, pages: Path, tmp_path: Path
) -> None:
    write(pages, pont=PAGE)
    archive.ingest([pages])
    write(pages, pont=CORRECTED)
    (corrected,) = archive.ingest([pages]).article_ids
    assert deletions(tmp_path) == []
    archive.delete(corrected)
    assert counts(archive.ingest([pages])) == (0, 0, 0, 1)
    assert archive.stats().articles == 0


# -- what a version is -----------------------------------------------------------------------

LONG = " ".join(f"mot{number}" for number in range(60))


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({}, True),
        ({"title": "LE PONT  rouvre"}, True),
        ({"title": "Autre"}, True),
        ({"body": LONG.replace("mot30", "dix")}, True),
        ({"body": LONG.replace("mot30", "dix"), "title": "Autre"}, True),
        ({"body": f"{LONG} " + " ".join(f"suite{number}" for number in range(200))}, True),
        ({"body": LONG[: len(LONG) // 3]}, True),
        ({"body": LONG[: len(LONG) // 3 * 2] + " et la suite" * 30}, True),
        ({"body": LONG[: len(LONG) // 3 * 2] + " et la suite" * 30, "title": "Autre"}, True),
        ({"body": " ".join(reversed(LONG.split()))}, False),
        ({"body": "Un autre texte."}, False),
        ({"kind": "brève"}, False),
        ({"published": date(2026, 5, 3)}, True),
        ({"published": date(2026, 5, 4)}, False),
        ({"published": None}, True),
    ],
)
def test_what_a_version_of_an_article_is(changes: dict[str, object], expected: bool) -> None:
    article = Article("a", "Le pont rouvre", LONG, published=date(2026, 5, 3))
    other = dataclasses.replace(article, **changes)  # type: ignore[arg-type]
    assert is_version_of(article, other) == is_version_of(other, article) == expected
