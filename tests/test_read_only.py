"""An index that may be read and not written: searched as any other, and left as it was.

The rights are real ones, and root has them all: run by root, the reader becomes another user
once it has loaded its modules, which that user may have no right to read.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import tantivy

import brief_qa
from brief_qa import Archive, Article
from fakes import FakeEncoder

SOURCES = Path(brief_qa.__file__).parents[1]
READER = """
import json, os, sys
from brief_qa import Archive
from brief_qa.errors import BriefQAError
from fakes import FakeEncoder
if os.geteuid() == 0:
    os.setgroups([])
    os.setgid(65534)
    os.setuid(65534)
try:
    with Archive.open(sys.argv[1], encoder=FakeEncoder()) as archive:
        told = {"first": [hit.article.id for hit in archive.search("pluie")]}
        print("ouvert", flush=True)
        sys.stdin.readline()
        told["then"] = [hit.article.id for hit in archive.search("pluie")]
        try:
            archive.delete("a")
        except BriefQAError as error:
            told["refused"] = str(error)
except BriefQAError as error:
    told = {"error": str(error)}
print(json.dumps(told))
"""


@pytest.fixture
def folder() -> Iterator[Path]:
    """A folder for an index, outside of pytest's own, which nobody else may enter."""
    with tempfile.TemporaryDirectory() as made:
        Path(made).chmod(0o755)
        yield Path(made) / "index"
        allow(Path(made) / "index", write=True)


def allow(folder: Path, *, write: bool) -> None:
    """Let the files be written by their owner, or by no one; read by all in any case."""
    for path in [folder, *folder.rglob("*")]:
        path.chmod((0o755 if path.is_dir() else 0o644) & (0o777 if write else 0o555))


class Reader:
    """A process that may read the folder only; it searches, waits, and searches again."""

    def __init__(self, folder: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-c", READER, str(folder)],
            env={"PYTHONPATH": os.pathsep.join([str(SOURCES), str(Path(__file__).parent)])},
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert self.process.stdout is not None
        self.said = self.process.stdout.readline()

    def end(self) -> dict[str, Any]:
        """What it found, once it has searched again."""
        rest, _ = self.process.communicate("\n", timeout=60)
        told: dict[str, Any] = json.loads(rest or self.said)
        return told


def made(folder: Path) -> None:
    """An index of two articles at ``folder``."""
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        archive.ingest([Article(id=one, title="", body=f"La pluie {one}.") for one in "ab"])


def state(folder: Path) -> dict[str, bytes]:
    """Every file and what it holds."""
    return {str(file): file.read_bytes() for file in folder.rglob("*") if file.is_file()}


def test_it_is_searched_and_left_as_it_was(folder: Path) -> None:
    made(folder)
    allow(folder, write=False)
    before = state(folder)
    told = Reader(folder).end()
    assert sorted(told["first"]) == sorted(told["then"]) == ["a", "b"]
    assert "en lecture seule" in told["refused"]
    assert state(folder) == before


@pytest.mark.skipif(os.geteuid() != 0, reason="Il faut root pour écrire où un autre ne peut.")
def test_a_writer_of_another_account_is_followed(folder: Path) -> None:
    made(folder)
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        reader = Reader(folder)
        archive.ingest([Article(id="c", title="", body="La pluie c.")])
        archive.delete("a")
        told = reader.end()
    assert (sorted(told["first"]), sorted(told["then"])) == (["a", "b"], ["b", "c"])


def test_articles_still_in_the_journal_are_not_passed_over(folder: Path) -> None:
    made(folder)
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        archive.ingest([Article(id="c", title="", body="La pluie c.")])
        copy = folder.parent / "copie"
        shutil.copytree(folder, copy)
        (copy / "catalog.sqlite-shm").unlink()
    allow(copy, write=False)
    try:
        told = Reader(copy).end()
        assert f"brief-qa stats --index {copy}" in told["error"]
        allow(copy, write=True)
        with Archive.open(copy, encoder=FakeEncoder()) as archive:
            assert archive.stats().articles == 3
        allow(copy, write=False)
        assert sorted(Reader(copy).end()["first"]) == ["a", "b", "c"]
    finally:
        allow(copy, write=True)


def test_a_term_index_of_another_version_is_told_and_made_anew_by_who_may_write(
    folder: Path,
) -> None:
    made(folder)
    shutil.rmtree(folder / "terms")
    (folder / "terms").mkdir()
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", indexed=True)
    tantivy.Index(builder.build(), str(folder / "terms")).writer().commit()
    allow(folder, write=False)
    told = Reader(folder).end()["error"]
    assert "autre version de brief_qa" in told
    assert f"brief-qa doctor --repair --index {folder}" in told
    allow(folder, write=True)
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        assert len(archive.search("pluie")) == 2
