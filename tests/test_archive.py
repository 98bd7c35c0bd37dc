"""The archive as other programs hold it: ingest, search, delete, with a small encoder."""

from __future__ import annotations

import dataclasses
import json
from contextlib import closing
from datetime import date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from brief_qa import Archive, Article
from brief_qa.errors import ArchiveError, EncoderMismatch, InputError
from brief_qa.ingest import Progress
from brief_qa.questions import QUESTION_LIMIT
from brief_qa.texts import number
from fakes import FakeEncoder, FloatArray

MEETING = Article(
    id="rencontre",
    title="Rencontre à Rabat",
    body="Le ministre a rencontré son homologue espagnol à Rabat.\n\n"
    "Ils ont parlé de la migration, de la pêche et des visas.",
    url="https://lebrief.ma/rencontre/",
    source="LeBrief",
    published=date(2024, 4, 22),
    authors=("Zoé Dupont",),
    section="Société",
)
BUDGET = Article(
    id="budget",
    title="Le budget voté",
    body="Les députés ont voté le budget de la santé.",
    source="Le Matin",
    published=date(2024, 5, 2),
    section="Économie",
)
RAIN = Article(id="pluie", title="Il pleut", body="La pluie tombe sur Rabat.", kind="brève")


class OtherEncoder(FakeEncoder):
    """Another model: other vectors, of another length."""

    name = "autre"
    fingerprint = "autre-1"
    dimension = 32

    def _encode(self, texts: list[str]) -> FloatArray:  # type: ignore[override]
        vectors = super()._encode(texts)[:, :32] + 0.01
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@pytest.fixture
def full(archive: Archive) -> Archive:
    archive.ingest([MEETING, BUDGET, RAIN])
    return archive


def ids(archive: Archive, question: str, **conditions: object) -> list[str]:
    return [hit.article.id for hit in archive.search(question, **conditions)]  # type: ignore[arg-type]


# -- ingest --------------------------------------------------------------------------------


def test_what_goes_in_comes_out(full: Archive) -> None:
    assert full.article("rencontre") == MEETING
    assert full.article("inconnu") is None
    assert list(full.articles()) == [BUDGET, MEETING, RAIN]  # newest first, undated last
    stats = full.stats()
    assert (stats.articles, stats.briefs, stats.undated) == (3, 1, 1)
    assert (stats.first, stats.last) == (date(2024, 4, 22), date(2024, 5, 2))
    assert stats.by_month == {"2024-04": 1, "2024-05": 1}
    assert stats.by_section == {"Société": 1, "Économie": 1}
    assert (stats.encoder, stats.passages) == ("fake", 4)


@pytest.mark.parametrize("how", ["list", "generator", "tuple"])
def test_any_iterable_of_articles(archive: Archive, how: str) -> None:
    articles = {"list": list, "tuple": tuple, "generator": iter}[how]([MEETING, BUDGET])
    assert archive.ingest(articles).added == 2
    assert archive.ingest([]).added == 0


def test_ingest_twice_is_ingest_once(full: Archive) -> None:
    change = full.stats().change
    report = full.ingest([MEETING, BUDGET, RAIN])
    assert (report.added, report.updated, report.unchanged) == (0, 0, 3)
    assert full.stats().change == change
    assert len(list(full.articles())) == 3


def test_the_names_that_a_filter_can_ask_for(archive: Archive) -> None:
    archive.ingest(
        [
            Article(
                id="a", title="", body="Un.", section="Vie", source="Le B", authors=("Jo", "Al")
            ),
            Article(id="b", title="", body="Deux.", section="Vie", authors=("Al",)),
        ]
    )
    names = [archive.names(facet) for facet in ("section", "source", "author")]
    assert names == [{"Vie": 2}, {"Le B": 1}, {"Al": 2, "Jo": 1}]
    assert archive.search("Un", section="Visite") == []
    with pytest.raises(InputError, match="article, brève"):
        archive.search("Un", kind="flash")  # type: ignore[arg-type]


def test_the_same_words_without_an_id_are_one_article(archive: Archive) -> None:
    one = Article(id="", title="Un titre", body="Le  texte\u00a0de l'article.")
    other = Article(id="", title="Un titre", body="Le texte de\nl'article.", section="Sport")
    report = archive.ingest([one, other])
    assert report.added == 1
    assert len(list(archive.articles())) == 1


def test_a_correction_is_not_undone_by_the_page_it_corrected(archive: Archive) -> None:
    corrected = dataclasses.replace(
        MEETING, body="Le ministre n'a rencontré personne.", updated=date(2024, 4, 24)
    )
    report = archive.ingest([MEETING, corrected])
    assert (report.added, report.updated) == (1, 1)
    again = archive.ingest([MEETING, corrected])
    assert (again.added, again.updated, again.unchanged) == (0, 0, 2)
    assert list(archive.articles()) == [corrected]
    later = dataclasses.replace(corrected, body="Il a rencontré le roi.", updated=date(2024, 5, 1))
    undated = dataclasses.replace(MEETING, body="Il est parti.", published=None)
    for one in (later, undated):
        assert archive.ingest([one]).updated == 1
        assert archive.article(MEETING.id) == one


def test_the_same_address_with_new_words_is_a_new_version(archive: Archive) -> None:
    before = Article(id="", title="Titre", body="Une pomme.", url="https://a.fr/x?utm_source=rss")
    after = Article(id="", title="Titre", body="Une poire.", url="https://A.fr/x#haut")
    assert archive.ingest([before]).added == 1
    report = archive.ingest([after])
    assert (report.added, report.updated) == (0, 1)
    (held,) = archive.articles()
    assert held.body == "Une poire."
    assert report.article_ids == (held.id,)
    assert [hit.text for hit in archive.search("pomme poire", per_article=9)] == ["Une poire."]


def test_two_ids_with_the_same_words_are_two_articles(archive: Archive) -> None:
    twins = [dataclasses.replace(RAIN, id="un"), dataclasses.replace(RAIN, id="deux")]
    assert archive.ingest(twins).added == 2


def test_changed_facts_are_an_update(full: Archive) -> None:
    report = full.ingest([dataclasses.replace(MEETING, section="Diplomatie")])
    assert report.updated == 1
    assert ids(full, "ministre", section="societe") == []
    assert ids(full, "ministre", section="diplomatie") == ["rencontre"]


def test_what_is_no_article_is_reported_and_stops_nothing(archive: Archive) -> None:
    empty = Article(id="vide", title="Un titre seul", body=" \n ")
    report = archive.ingest([MEETING, empty, "texte", 3, BUDGET])  # type: ignore[list-item]
    assert report.added == 2
    assert [one.name for one in report.rejected] == ["vide", "'texte'", "3"]
    assert all(one.reason for one in report.rejected)


def test_a_long_list_of_what_is_no_article_is_counted(archive: Archive) -> None:
    report = archive.ingest([MEETING, *range(1000)])  # type: ignore[list-item]
    assert report.added == 1
    assert len(report.rejected) == 101
    assert sum(one.count for one in report.rejected) == 1000
    assert report.rejected[-1].reason == "… et 900 autres du même envoi."


def test_a_feed_cannot_overwrite_a_page_known_by_its_address(
    archive: Archive, tmp_path: Path
) -> None:
    feed = tmp_path / "a.jsonl"
    feed.write_text('{"text": "Le vrai pont.", "url": "https://x.fr/a"}\n', encoding="utf-8")
    assert archive.ingest([feed]).added == 1
    (page,) = archive.articles()
    forged = {"id": page.id, "text": "Le faux pont.", "url": "https://y.fr/b"}
    feed.write_text(json.dumps(forged), encoding="utf-8")
    report = archive.ingest([feed])
    assert (report.added, report.updated, report.rejected) == (1, 0, ())
    assert page.id in report.remarks[0].reason
    assert {article.body for article in archive.articles()} == {"Le vrai pont.", "Le faux pont."}


@pytest.mark.parametrize("bad", ["\ud800", "a\x00b", "\ufffe", "e\u0301" * 50, "🙂" * 50])
def test_any_character_can_be_stored_and_searched(archive: Archive, bad: str) -> None:
    strange = Article(id="étrange", title=bad, body=f"Le mot tramway {bad} roule.", section=bad)
    assert archive.ingest([BUDGET, strange, MEETING]).added == 3
    assert "étrange" in ids(archive, f"tramway {bad}")
    held = archive.article("étrange")
    assert held is not None
    assert len(held.body) == len(strange.body)
    assert archive.delete("étrange")


def test_progress_counts_what_is_durable(archive: Archive, tmp_path: Path) -> None:
    seen: list[Progress] = []

    def progress(now: Progress) -> None:
        seen.append(now)
        with closing(Archive.open(tmp_path / "index", encoder=FakeEncoder())) as other:
            assert other.stats().articles == now.articles

    many = (dataclasses.replace(RAIN, id=f"p{number}") for number in range(70))
    archive.ingest(many, progress=progress)
    assert [now.articles for now in seen][-1] == 70
    assert len(seen) >= 3


@settings(max_examples=25, suppress_health_check=[HealthCheck.too_slow])
@given(
    st.lists(
        st.tuples(st.sampled_from("abc"), st.text(st.sampled_from("éa .\n"), max_size=30)),
        max_size=8,
    )
)
def test_twice_is_once_whatever_the_articles(
    tmp_path_factory: pytest.TempPathFactory, written: list[tuple[str, str]]
) -> None:
    articles = [Article(id=one, title="", body=body) for one, body in written]
    folder = tmp_path_factory.mktemp("twice")
    with closing(Archive.open(folder, encoder=FakeEncoder())) as archive:
        archive.ingest(articles)
        once = list(archive.articles()), archive.stats().passages
        last = {one: body for one, body in written if body.strip()}
        assert {article.id: article.body for article in once[0]} == last
        archive.ingest(once[0])
        assert (list(archive.articles()), archive.stats().passages) == once


# -- search --------------------------------------------------------------------------------


def test_hits_are_passages_of_their_articles(full: Archive) -> None:
    hits = full.search("homologue espagnol", per_article=5)
    assert hits[0].article == MEETING
    assert hits[0].text == "Le ministre a rencontré son homologue espagnol à Rabat."
    assert [hit.rank for hit in hits] == list(range(1, len(hits) + 1))
    assert [hit.score for hit in hits] == sorted((hit.score for hit in hits), reverse=True)
    assert set(hits[0].parts.matched) == {"homologue", "espagnol"}
    assert hits[0].parts.terms > 0
    assert -1 <= hits[0].parts.dense <= 1
    for hit in hits:
        assert hit.text == hit.article.body[hit.passage.start : hit.passage.end]
        assert hit.passage.article_id == hit.article.id


def test_at_most_so_many_passages_of_one_article(full: Archive) -> None:
    assert ids(full, "ministre migration").count("rencontre") == 1
    assert ids(full, "ministre migration", per_article=2).count("rencontre") == 2
    assert len(ids(full, "ministre", k=2)) == 2
    assert len(ids(full, "ministre", k=999)) == 3


@pytest.mark.parametrize(
    ("conditions", "expected"),
    [
        ({}, {"rencontre", "budget", "pluie"}),
        ({"since": date(2024, 4, 23)}, {"budget"}),
        ({"since": date(2024, 4, 22)}, {"rencontre", "budget"}),
        ({"until": date(2024, 4, 22)}, {"rencontre"}),
        ({"since": date(2025, 1, 1)}, set()),
        ({"section": "SOCIETE"}, {"rencontre"}),
        ({"source": "le matin"}, {"budget"}),
        ({"author": "zoe dupont"}, {"rencontre"}),
        ({"kind": "brève"}, {"pluie"}),
        ({"section": "Société", "source": "Le Matin"}, set()),
        ({"section": "\ud800"}, set()),
    ],
)
def test_filters(full: Archive, conditions: dict[str, object], expected: set[str]) -> None:
    assert set(ids(full, "Rabat budget", **conditions)) == expected


def test_a_day_may_be_given_as_text(full: Archive) -> None:
    day = next(one.published for one in full.articles() if one.published)
    by_date = full.search("maire", k=50, since=day, until=day)
    assert by_date == full.search("maire", k=50, since=day.isoformat(), until=day.isoformat())
    with pytest.raises(InputError, match="pas un jour"):
        full.search("maire", since="avant-hier")


def test_an_empty_archive_finds_nothing(archive: Archive) -> None:
    assert archive.search("Rabat") == []
    assert archive.stats().articles == 0
    assert list(archive.articles()) == []


@pytest.mark.parametrize(
    ("question", "k", "says"),
    [
        ("", 10, "vide"),
        (" \n\t", 10, "vide"),
        ("x" * (QUESTION_LIMIT + 1), 10, number(QUESTION_LIMIT)),
        ("Rabat", 0, "au moins 1"),
    ],
)
def test_a_question_that_is_none_is_refused(
    full: Archive, question: str, k: int, says: str
) -> None:
    with pytest.raises(InputError, match=says):
        full.search(question, k)
    with pytest.raises(InputError, match="par article : 0"):
        full.search("Rabat", per_article=0)


@pytest.mark.parametrize(
    "question",
    [
        "من قابل الوزير في الرباط؟",
        "<script>alert(1)</script>",
        "?!",
        "\ud800",
        "a" * QUESTION_LIMIT,
    ],
)
def test_a_strange_question_is_only_a_question(full: Archive, question: str) -> None:
    assert len(full.search(question)) == 3


# -- delete and close ------------------------------------------------------------------------


def test_a_deleted_article_is_gone_at_once_and_everywhere(full: Archive, tmp_path: Path) -> None:
    with closing(Archive.open(tmp_path / "index", encoder=FakeEncoder())) as reader:
        assert "rencontre" in ids(reader, "ministre Rabat")
        assert full.delete("rencontre")
        for one in (full, reader):
            assert "rencontre" not in ids(one, "ministre Rabat", per_article=9)
            assert one.article("rencontre") is None
            assert one.stats().articles == 2
    assert not full.delete("rencontre")
    assert full.ingest([MEETING]).added == 1
    assert ids(full, "ministre homologue")[0] == "rencontre"


def test_deleting_while_reading_all(archive: Archive) -> None:
    archive.ingest(dataclasses.replace(RAIN, id=f"p{number:03}") for number in range(50))
    seen = []
    for article in archive.articles():
        seen.append(article.id)
        assert archive.delete(article.id)
    assert seen == [f"p{number:03}" for number in range(50)]
    assert list(archive.articles()) == []
    assert archive.search("pluie") == []


def test_a_closed_archive_says_so(full: Archive) -> None:
    reading = full.articles()
    next(reading)
    full.close()
    full.close()
    for use in (
        lambda: full.search("Rabat"),
        lambda: full.ingest([RAIN]),
        lambda: full.delete("pluie"),
        lambda: full.stats(),
        lambda: list(full.articles()),
    ):
        with pytest.raises(ArchiveError, match="fermée"):
            use()


# -- encoders --------------------------------------------------------------------------------


def test_another_encoder_is_refused_with_the_command(full: Archive, tmp_path: Path) -> None:
    with closing(Archive.open(tmp_path / "index", encoder=OtherEncoder())) as other:
        for use in (lambda: other.search("Rabat"), lambda: other.ingest([RAIN])):
            with pytest.raises(EncoderMismatch, match="--reencode") as error:
                use()
            assert "fake" in str(error.value)
            assert "autre" in str(error.value)
        assert other.delete("pluie")  # needs no encoder


def test_an_encoder_that_stopped_being_the_folders_is_refused(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with (
        closing(Archive.open(folder, encoder=OtherEncoder())) as early,
        closing(Archive.open(folder, encoder=FakeEncoder())) as late,
    ):
        assert early.search("Rabat") == []  # loaded and checked while the folder had none
        late.ingest([MEETING])
        for use in (lambda: early.search("Rabat"), lambda: early.ingest([RAIN])):
            with pytest.raises(EncoderMismatch, match="--reencode"):
                use()
        assert ids(late, "Rabat") == ["rencontre"]


@pytest.mark.parametrize(
    "fields",
    [
        {"published": "bientôt"},
        {"published": 2024},
        {"authors": "Paul"},
        {"authors": (1,)},
        {"title": None},
        {"url": 3},
        {"kind": "flash"},
    ],
    ids=str,
)
def test_an_article_of_wrong_types_is_rejected_and_nothing_else(
    archive: Archive, fields: dict[str, Any]
) -> None:
    wrong = Article(**{"id": "faux", "title": "Faux", "body": "Un texte."} | fields)
    report = archive.ingest([wrong, MEETING])
    assert [one.name for one in report.rejected] == ["faux"]
    assert "«" in report.rejected[0].reason and report.added == 1


def test_a_day_may_be_given_as_its_text_or_with_its_hour(archive: Archive) -> None:
    days: list[Any] = ["2024-04-22", datetime(2024, 4, 22, 18, 30), date(2024, 4, 22)]
    articles = [Article(repr(day), "", f"Le {day!r}.", published=day) for day in days]
    assert archive.ingest(articles).added == 3
    assert {one.published for one in archive.articles()} == {date(2024, 4, 22)}


@pytest.mark.parametrize("question", [None, 3, ["Qui ?"]])
def test_a_question_that_is_no_text_is_refused(archive: Archive, question: Any) -> None:
    for verb in (archive.search, archive.ask):
        with pytest.raises(InputError, match="un texte était attendu"):
            verb(question)


@pytest.mark.parametrize("history", [["abc"], [("a",)], [3], [("a", None)]])
def test_a_history_of_something_else_is_refused(archive: Archive, history: Any) -> None:
    with pytest.raises(InputError, match="historique"):
        archive.ask("Qui ?", history)


def test_articles_can_be_filtered_as_a_search_can(archive: Archive) -> None:
    archive.ingest(
        [
            Article(
                id="a", title="A", body="Le pont.", section="Régions", published=date(2024, 5, 1)
            ),
            Article(
                id="b", title="B", body="La halle.", section="Régions", published=date(2024, 6, 1)
            ),
            Article(id="c", title="C", body="Le marché.", section="Monde"),
        ]
    )
    assert [one.id for one in archive.articles(section="regions")] == ["b", "a"]
    assert [one.id for one in archive.articles(since="2024-05-15")] == ["b"]
    archive.delete("b")
    assert [one.id for one in archive.articles(section="régions")] == ["a"]
    with pytest.raises(InputError, match="n'est pas un jour"):
        archive.articles(since="jamais")


def test_similar_articles_are_others_nearest_first(archive: Archive) -> None:
    archive.ingest(
        [
            Article(id="a", title="", body="Le pont Neuf de Valmont rouvre au public."),
            Article(id="b", title="", body="Le pont Neuf de Valmont a rouvert."),
            Article(id="c", title="", body="Le cours du blé baisse encore."),
        ]
    )
    hits = archive.similar("a", 2)
    assert [hit.article.id for hit in hits] == ["b", "c"]
    assert [hit.rank for hit in hits] == [1, 2] and hits[0].score > hits[1].score
    assert archive.similar("inconnu") == []


def test_articles_are_found_by_words_of_their_titles(archive: Archive) -> None:
    archive.ingest(
        [
            Article(id="a", title="L'été à Évreux", body="Texte.", published=date(2024, 1, 1)),
            Article(id="b", title="Évreux en été 50 %", body="Texte.", published=date(2025, 1, 1)),
            Article(id="c", title="Rien", body="L'été à Évreux."),
        ]
    )
    assert [one.id for one in archive.titled("ETE evreux", 9)] == ["b", "a"]
    assert [one.id for one in archive.titled(" ", 2)] == ["b", "a"]
    assert [one.id for one in archive.titled("%", 9)] == ["b"]
    assert archive.titled("absent", 9) == []


def test_a_page_sent_again_from_another_folder_takes_the_place_of_what_it_said(
    archive: Archive, tmp_path: Path
) -> None:
    for folder, day in (("un", "mardi"), ("deux", "mercredi")):
        sent = tmp_path / folder
        sent.mkdir()
        text = f"# Le pont\n\nLe pont rouvre {day}, après six mois de travaux sur la Loue."
        (sent / "pont.md").write_text(text, encoding="utf-8")
        report = archive.ingest([sent], root=sent)
    assert (report.added, report.updated) == (0, 1)
    assert "mercredi" in archive.titled("pont", 9)[0].body and archive.coverage().articles == 1
