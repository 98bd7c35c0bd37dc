"""A process that forks writers to be killed; run by test_kill.py, one round for each line read.

Everything is imported once, so that a writer is at work a millisecond after it is asked for.
It says what it is about to do, does it, and says what is acknowledged, one line each:
``start PID``, ``begin [[[id, version or null], …], …]`` (steps), ``done`` (one more step);
its parent says ``ended`` when it is dead.
"""

from __future__ import annotations

import json
import os
import random
import sys
from pathlib import Path

import langchain_text_splitters  # noqa: F401 -- a second, which each life would spend

import brief_qa.ingest
from brief_qa import Archive, Article
from brief_qa.ingest import Progress
from fakes import FakeEncoder
from stores import article

Step = list[tuple[str, int | None]]
"""Articles written at once, by id: their version, None for deleted."""
IDS = [f"a{number}" for number in range(40)]
_BATCH = 4
_WORDS = "maire ministre budget tramway incendie forêt sécheresse élection grève hôpital".split()


def version_of(article_id: str, version: int) -> Article:
    """The article as of a version: one to six passages, each marked with the version."""
    numbers = random.Random(f"{article_id} {version}")
    sentences = [
        f"Mention v{version} de {article_id} : " + " ".join(numbers.choices(_WORDS, k=9)) + "."
        for _ in range(numbers.randint(1, 6))
    ]
    return article(article_id, " ".join(sentences), title=f"Titre {article_id}")


def steps(numbers: random.Random, first_version: int) -> list[Step]:
    """One operation: a deletion, or an ingest of one to four batches."""
    if numbers.random() < 0.3:
        return [[(numbers.choice(IDS), None)]]
    chosen = numbers.sample(IDS, numbers.randint(1, 4 * _BATCH))
    versions = [(one, first_version + at) for at, one in enumerate(chosen)]
    return [versions[at : at + _BATCH] for at in range(0, len(versions), _BATCH)]


def say(line: str) -> None:
    """One write, so that a kill never cuts a line."""
    os.write(1, f"{line}\n".encode())


def write_for_ever(folder: Path, seed: int) -> None:
    """Operation after operation, until killed."""
    brief_qa.ingest._BATCH = _BATCH
    numbers = random.Random(seed)
    archive = Archive.open(folder, encoder=FakeEncoder())
    for operation in range(10_000):
        planned = steps(numbers, first_version=seed * 1_000_000 + operation * 100)
        say("begin " + json.dumps(planned))
        (one, version), *_ = planned[0]
        if version is None:
            archive.delete(one)
            say("done")
        else:
            news = (version_of(i, v) for step in planned for i, v in step if v is not None)
            archive.ingest(news, restore=True, progress=Acknowledged())


class Acknowledged:
    """Says each batch once: an ingest also reports when it has nothing more to commit."""

    articles = 0

    def __call__(self, progress: Progress) -> None:
        """Called after each commit."""
        if progress.articles > self.articles:
            self.articles = progress.articles
            say("done")


def main() -> None:
    """One writer for each seed read."""
    folder = Path(sys.argv[1])
    for line in sys.stdin:
        if (pid := os.fork()) == 0:
            say(f"start {os.getpid()}")
            write_for_ever(folder, int(line))
            os._exit(1)
        os.waitpid(pid, 0)
        say("ended")


if __name__ == "__main__":
    main()
