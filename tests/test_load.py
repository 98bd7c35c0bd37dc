"""Fifty conversations at once on the running page: to each its own, and its place in the line."""

from __future__ import annotations

import re
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import groupby, product
from pathlib import Path

import pytest
from benchmarks.readers import Heard, Reader

from brief_qa import Archive, Article
from brief_qa.web import words
from fakes import FakeEncoder
from harmless import Reading
from serving import serving

TOWNS = [
    head + tail
    for head, tail in product(
        "Mar Val Bel Cor Dun Fer Gor Lan Pel Sar".split(), "ville mont court fleur bourg".split()
    )
]
MAYORS = [
    head + tail
    for head, tail in product(
        "Ard Bri Cla Dro Esp Fro Gri Hur Jol Kem".split(), "eau ois ard ier on".split()
    )
]
"""One a town."""
FOLLOWED = 4
"""Readers who ask a second question, which leans on their first."""
FOLLOW_UP = "Et combien de mois ses travaux ont-ils duré ?"


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of one article a town."""
    folder: Path = tmp_path_factory.mktemp("load") / "index"
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        archive.ingest(
            Article(
                id=town,
                title=f"{town} : le pont rouvre",
                body=f"Le pont de {town} a été inauguré mardi par Paul {mayor}, maire.\n\n"
                f"Les travaux du pont de {town} ont duré {number + 2} mois.",
            )
            for number, (town, mayor) in enumerate(zip(TOWNS, MAYORS, strict=True))
        )
    with serving(folder) as (found, _):
        yield found


def converse(address: str, number: int) -> list[Heard]:
    """What a reader is shown of each question."""
    reader = Reader(address, f"reader{number}", f"198.51.100.{number + 1}")
    questions = [f"Par qui le pont de {TOWNS[number]} a-t-il été inauguré ?", FOLLOW_UP]
    return [reader.ask(question) for question in questions[: 1 + (number < FOLLOWED)]]


def said(heard: Heard) -> str:
    """The last answer of a conversation, without its sources."""
    last = heard.answer.rpartition('<section class="exchange"')[2].partition("<aside")[0]
    return Reading(last).text.replace("\N{NO-BREAK SPACE}", " ")


def test_fifty_readers_at_once_get_each_their_own(address: str) -> None:
    with ThreadPoolExecutor(len(TOWNS)) as pool:
        heard = list(pool.map(converse, [address] * len(TOWNS), range(len(TOWNS))))
    for number, (first, *second) in enumerate(heard):
        others = set(TOWNS) - {TOWNS[number]}
        told = said(first)
        assert f"inauguré mardi par Paul {MAYORS[number]}" in told
        assert not [town for town in others if town in told]
        for one in second:
            assert f"ont duré {number + 2} mois" in said(one)
            assert one.answer.count('class="exchange"') == 2 and MAYORS[number] in one.answer
    lines = [places(first) for first, *_ in heard]
    assert all(line == sorted(set(line), reverse=True) for line in lines), "no place is lost"
    assert max(line[0] for line in lines if line) >= len(TOWNS) // 2


def places(heard: Heard) -> list[int]:
    """How many questions were said to come before, each time that this was said anew."""
    told = words.WAITING.replace("{questions}", "(\\d+)\N{NO-BREAK SPACE}questions?")
    found = [int(one) for page in heard.pages for one in re.findall(told, page)]
    return [one for one, _ in groupby(found)]
