"""The term index: BM25 by hand, removals, filters, what a commit shows, and its files."""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from contextlib import closing
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_qa.domain import Article
from brief_qa.errors import IndexDamaged
from brief_qa.facets import Facets, Filters
from brief_qa.french import stems
from brief_qa.terms import TermIndex

NO_FACETS = Facets.of(Article(id="", title="", body=""))
TEXTS = [
    "Le maire de Lyon inaugure le tramway.",
    "Tramway : la ligne du tramway ouvre à Lyon, le tramway roule.",
    "Un incendie ravage une forêt des Landes.",
    "Les pompiers maîtrisent l'incendie ; le maire remercie les pompiers de la forêt.",
    "Budget voté.",
]


def filled(folder: Path, texts: Sequence[str], facets: Iterable[Facets] = ()) -> TermIndex:
    """An index of texts with ids 1…, each added by the change of its id."""
    index = TermIndex(folder)
    given_facets = list(facets) or [NO_FACETS] * len(texts)
    with closing(index.writer()) as writer:
        for number, (text, one) in enumerate(zip(texts, given_facets, strict=True), 1):
            writer.add(number, number, text, one)
        writer.commit()
    return index.refreshed()


def shares(texts: Sequence[str], question: str) -> dict[int, float]:
    """The score written from its formula: BM25, and 0.35 of the rarity of the stems held.

    BM25 is Robertson's with k1 = 1.2 and b = 0.75; all is divided by the most there can be.
    """
    documents = [stems(text) for text in texts]
    mean = sum(map(len, documents)) / len(documents)
    scores: dict[int, float] = {}
    most = 0.0
    for stem in set(stems(question)):
        holding = sum(stem in document for document in documents)
        rarity = math.log(1 + (len(documents) - holding + 0.5) / (holding + 0.5))
        most += rarity * (0.35 + 2.2)
        for number, document in enumerate(documents, 1):
            if times := document.count(stem):
                norm = 1.2 * (1 - 0.75 + 0.75 * len(document) / mean)
                part = 0.35 * rarity + rarity * times * 2.2 / (times + norm)
                scores[number] = scores.get(number, 0) + part
    return {number: score / most for number, score in scores.items()}


@pytest.mark.parametrize(
    "question",
    [
        "tramway",
        "le maire et la forêt",
        "incendies à Lyon",
        "budget budget budget",
        "pompier tramways",
        "pompier mystérieux",
    ],
)
def test_scores_are_those_of_the_formula(tmp_path: Path, question: str) -> None:
    expected = shares(TEXTS, question)
    ids, scores = filled(tmp_path, TEXTS).search(stems(question), 10)
    assert set(ids) == set(expected)
    assert scores == pytest.approx([expected[i] for i in ids], rel=1e-5)
    assert scores == sorted(scores, reverse=True)
    assert all(0 < score <= 1 for score in scores)


def test_scores_stay_shares_when_most_of_the_articles_were_removed(tmp_path: Path) -> None:
    index = filled(tmp_path, ["Le tramway roule."] * 20)
    with closing(index.writer()) as writer:
        writer.remove(range(2, 21))
        writer.commit()
    ids, scores = index.refreshed().search(stems("tramway"), 5)
    assert ids == [1]
    assert 0 < scores[0] <= 1


def test_k_limits_and_may_exceed_what_there_is(tmp_path: Path) -> None:
    index = filled(tmp_path, TEXTS)
    assert len(index.search(stems("maire tramway incendie"), 2)[0]) == 2
    assert len(index.search(stems("maire tramway incendie"), 999)[0]) == 4


@pytest.mark.parametrize("question", [[], ["inconnu"], ['"', "AND", "+", "-", "*", "~2", "stems:"]])
def test_words_that_match_nothing_find_nothing(tmp_path: Path, question: list[str]) -> None:
    assert filled(tmp_path, TEXTS).search(question, 5) == ([], [])


@pytest.mark.parametrize(
    "question",
    [
        'incendie AND "forêt', "incendie:forêt", "+incendie -forêt", "(incendie", "incendie* ~3^",
        "stems:incendie", "\\incendie/", "[incendie TO forêt]", "incendie\x00forêt",
        "INCENDIE && forêt",
    ],
)  # fmt: skip
def test_query_syntax_is_only_words(tmp_path: Path, question: str) -> None:
    assert set(filled(tmp_path, TEXTS).search(stems(question), 5)[0]) == {3, 4}


def test_an_empty_index_answers_with_nothing(tmp_path: Path) -> None:
    index = TermIndex(tmp_path / "new")
    assert index.search(["maire"], 5) == ([], [])
    assert (index.count(), index.latest_change(), index.numbers()) == (0, 0, [])
    assert index.frequency("maire") == 0


def test_what_is_removed_is_not_found(tmp_path: Path) -> None:
    index = filled(tmp_path, TEXTS)
    with closing(index.writer()) as writer:
        writer.remove([2, 77])
        writer.commit()
    assert sorted(index.search(stems("tramway"), 5)[0]) == [1, 2]  # its commit has not changed
    assert index.refreshed().search(stems("tramway"), 5)[0] == [1]
    assert sorted(index.refreshed().numbers()) == [1, 3, 4, 5]


def test_what_is_not_committed_is_lost(tmp_path: Path) -> None:
    index = filled(tmp_path, TEXTS)
    with closing(index.writer()) as writer:
        writer.add(50, 50, "tramway", NO_FACETS)
        writer.remove([1])
    with closing(index.writer()) as writer:  # nothing of it must come with the next commit
        writer.add(51, 51, "autobus", NO_FACETS)
        writer.commit()
    assert sorted(index.refreshed().numbers()) == [1, 2, 3, 4, 5, 51]


def test_a_writer_killed_before_its_commit_was_named_stops_no_other(tmp_path: Path) -> None:
    index = filled(tmp_path, TEXTS)
    before = (tmp_path / "meta.json").read_bytes()
    with closing(index.writer()) as writer:
        writer.remove([1])
        writer.commit()
    (tmp_path / "meta.json").write_bytes(before)  # its files are there, and nothing names them
    with closing(TermIndex(tmp_path).writer()) as writer:
        writer.remove([2])
        writer.commit()
    assert sorted(index.refreshed().numbers()) == [1, 3, 4, 5]


def test_as_of_a_change_hides_what_came_later_and_what_was_removed(tmp_path: Path) -> None:
    index = filled(tmp_path, ["tramway"] * 30)
    seen = index.as_of(20, removed=[3, 5, 999])
    expected = [number for number in range(1, 21) if number not in (3, 5)]
    assert sorted(seen.search(["tramway"], 30)[0]) == expected
    assert seen.count() == len(expected)
    assert len(seen.search(["tramway"], 18)[0]) == 18  # the hidden ones take nobody's place
    assert index.count() == 30


def test_remove_after_a_change(tmp_path: Path) -> None:
    index = filled(tmp_path, TEXTS)
    with closing(index.writer()) as writer:
        writer.remove_after(3)
        writer.add(9, 4, "tramway neuf", NO_FACETS)
        writer.commit()
    assert sorted(index.refreshed().numbers()) == [1, 2, 3, 9]


def articles() -> list[Article]:
    days = [None, date(2024, 4, 22), date(2024, 4, 23), date(2025, 1, 1)]
    return [
        Article(
            id=str(number),
            title="",
            body="tramway",
            published=days[number % 4],
            section=[None, "Société", "Économie"][number % 3],
            source=["LeBrief", None][number % 2],
            authors=[(), ("Zoé Dupont",), ("Zoé Dupont", "Élie Ben")][number % 3],
            kind=["article", "brève"][number % 2],  # type: ignore[arg-type]
        )
        for number in range(24)
    ]


@settings(max_examples=60)
@given(
    since=st.sampled_from([None, date(2024, 4, 22), date(2024, 4, 23), date(2026, 1, 1)]),
    until=st.sampled_from([None, date(2026, 1, 1), date(2026, 1, 2)]),
    section=st.sampled_from([None, "societe", "ÉCONOMIE", "Sport"]),
    source=st.sampled_from([None, "lebrief", "Le Brief"]),
    author=st.sampled_from([None, "zoe dupont", "ELIE BEN", "Personne"]),
    kind=st.sampled_from([None, "article", "brève"]),
)
def test_filters_let_through_what_meets_them(
    tmp_path_factory: pytest.TempPathFactory, **conditions: object
) -> None:
    filters = Filters(**conditions)  # type: ignore[arg-type]
    facets = [Facets.of(article) for article in articles()]
    folder = tmp_path_factory.getbasetemp() / "filters"
    index = TermIndex(folder)
    if index.count() == 0:
        index = filled(folder, ["tramway"] * 24, facets)
    found, scores = index.search(["tramway"], 99, filters)
    plain = dict(zip(*index.search(["tramway"], 99), strict=True))
    assert sorted(found) == [n for n, one in enumerate(facets, 1) if meets(one, filters)]
    assert scores == pytest.approx([plain[i] for i in found])  # a filter changes no score


def meets(facets: Facets, filters: Filters) -> bool:
    """The contract of filters, one article at a time."""
    held = set(facets.exact())
    first, last = filters.days()
    dated = first is None and last is None
    if not dated and facets.day:
        dated = (first or 1) <= facets.day <= (last or facets.day)
    return dated and all(condition in held for condition in filters.exact())


def test_many_small_commits_leave_few_segments(tmp_path: Path) -> None:
    index = TermIndex(tmp_path)
    for number in range(1, 120):
        with closing(index.writer()) as writer:
            writer.add(number, number, f"tramway numéro {number}", NO_FACETS)
            writer.commit()
    index = index.refreshed()
    assert index.segments() <= 12
    assert sorted(index.search(["tramway"], 500)[0]) == list(range(1, 120))
    assert len(list(tmp_path.iterdir())) < 12 * 8 + 10  # files of merged segments are gone


def test_an_old_commit_stays_readable_while_segments_merge_away(tmp_path: Path) -> None:
    old = filled(tmp_path, TEXTS)
    before = old.search(stems("tramway maire"), 10)
    for number in range(100, 130):
        with closing(TermIndex(tmp_path).writer()) as writer:
            writer.add(number, number, "tramway", NO_FACETS)
            writer.remove([1, 2])
            writer.commit()
    assert old.search(stems("tramway maire"), 10) == before


@pytest.mark.parametrize("way", ["cut", "emptied", "missing"])
@pytest.mark.parametrize("part", [".fast", ".idx", ".term", ".fieldnorm", "meta.json"])
def test_a_damaged_file_is_said_to_be(tmp_path: Path, part: str, way: str) -> None:
    filled(tmp_path, TEXTS)
    for file in tmp_path.glob(f"*{part}"):
        content = file.read_bytes()
        file.write_bytes({"cut": content[: len(content) // 2], "emptied": b""}.get(way, content))
        if way == "missing":
            file.unlink()
    if part == "meta.json" and way == "missing":
        assert TermIndex(tmp_path).count() == 0  # a new index, for its owner to fill
    else:
        with pytest.raises(IndexDamaged, match="illisible"):
            TermIndex(tmp_path)
