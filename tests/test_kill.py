"""Writers killed at random moments of real time: what was acknowledged is there, and whole."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

from brief_qa.domain import Article
from brief_qa.index import Index
from kill_writer import IDS, Step, version_of
from stores import check, put

ROUNDS = 60
_LONGEST = 0.6
"""Seconds a writer may live after its first line: some twenty commits on a quiet machine."""

State = dict[str, Article]


@contextmanager
def nursery(folder: Path) -> Iterator[subprocess.Popen[str]]:
    here = Path(__file__).parent
    process = subprocess.Popen(
        [sys.executable, str(here / "kill_writer.py"), str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.communicate()  # closes its input: it ends


def one_life(process: subprocess.Popen[str], seed: int, seconds: float) -> tuple[list[Step], int]:
    """Start a writer, kill it after so long: the steps it began, and how many it acknowledged."""
    assert process.stdin and process.stdout
    process.stdin.write(f"{seed}\n")
    process.stdin.flush()
    word, pid = process.stdout.readline().split()
    assert word == "start"
    time.sleep(seconds)
    os.kill(int(pid), signal.SIGKILL)
    begun: list[Step] = []
    acknowledged = 0
    for line in iter(process.stdout.readline, "ended\n"):
        assert line, "the writer failed by itself"
        word, *rest = line.strip().split(" ", 1)
        begun += json.loads(rest[0]) if word == "begin" else []
        acknowledged += word == "done"
    return begun, acknowledged


def after(state: State, step: Step) -> State:
    new = {one: version_of(one, version) for one, version in step if version is not None}
    gone = {one for one, version in step if version is None}
    return {one: held for one, held in (state | new).items() if one not in gone}


def deleted_after(deleted: set[str], state: State, step: Step) -> set[str]:
    """Ids remembered as deleted: what was there and went, and did not come back since."""
    gone = {one for one, version in step if version is None and one in state}
    return (deleted | gone) - {one for one, version in step if version is not None}


def test_kills_at_random_moments(tmp_path: Path) -> None:
    folder, numbers = tmp_path / "index", random.Random(20261124)
    state: State = {}
    deleted: set[str] = set()
    written = cut_short = remembering = 0
    with nursery(folder) as process:
        for seed in range(1, ROUNDS + 1):
            begun, acknowledged = one_life(process, seed, numbers.uniform(0, _LONGEST))
            for step in begun[:acknowledged]:
                deleted, state = deleted_after(deleted, state, step), after(state, step)
            written += acknowledged
            with closing(Index(folder)) as index:
                if len(begun) > acknowledged:  # it may have been published, unacknowledged: whole
                    cut_short += 1
                    next_state = after(state, begun[acknowledged])
                    with index.reading() as (view, _):
                        held = {one.id: one for one in view.all_articles()}
                    if held == next_state != state:
                        deleted = deleted_after(deleted, state, begun[acknowledged])
                        state = next_state
                check(index, state)
                with index.reading() as (view, _):
                    assert {one.id for one in view.deletions(IDS, [])} == deleted
                remembering += bool(deleted)
                mark = version_of("marque", seed)
                put(index, mark)
                state = state | {mark.id: mark}
                check(index, state)
                assert_nothing_else_in_terms(index)
    assert remembering, "no deletion was there to be remembered"
    assert written > ROUNDS
    assert cut_short > ROUNDS / 2, "too few died at work: the test proves too little"


def assert_nothing_else_in_terms(index: Index) -> None:
    """After a write: the articles of the catalog, and those that this write itself replaced."""
    with index.reading() as (view, snapshot):
        numbers = set(snapshot.terms.refreshed().numbers())
        leaving = set(view.removed_since(view.change() - 1))
        held = set(view.article_numbers())
        assert held <= numbers <= held | leaving
