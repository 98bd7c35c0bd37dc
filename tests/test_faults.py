"""What goes wrong under an archive in use: told in French, and nothing accepted is lost.

Kills are in test_kill.py, damage found on opening in test_index.py and test_doctor.py, folders
that may not be written in test_read_only.py.
"""

from __future__ import annotations

import json
import os
import subprocess
import time
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import httpx
import pytest
from typer.testing import CliRunner

from brief_qa import Archive, Article
from brief_qa.cli import app
from brief_qa.errors import ArchiveError, IndexDamaged
from fakes import FakeEncoder
from serving import BRIDGE_QUESTION, serving

A_YEAR = 365 * 86_400


def some(start: str, count: int) -> list[Article]:
    """Articles of some length."""
    body = "Le tramway numéro {n} avance dans la ville. " * 30
    return [Article(f"{start}{n}", "", body.format(n=n)) for n in range(count)]


def ids(archive: Archive) -> set[str]:
    """The articles that an archive holds."""
    return {one.id for one in archive.articles()}


# -- a full disk -------------------------------------------------------------------------------


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A disk of 24 megabytes."""
    mount = ["mount", "-t", "tmpfs", "-o", "size=24m", "tmpfs", str(tmp_path)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True).returncode:
        pytest.skip("Il faut pouvoir monter un petit disque ; test_index.py fait avec une limite.")
    yield tmp_path
    subprocess.run(["umount", "-l", str(tmp_path)], check=True)


@pytest.mark.parametrize("left", [0, 60_000, 150_000, 400_000])
def test_a_full_disk_is_told_and_loses_nothing(small_disk: Path, left: int) -> None:
    """Full in one file or in another; what each batch acknowledged is there afterwards."""
    folder, filler = small_disk / "index", small_disk / "filler"
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        archive.ingest(some("a", 20))
    pages = small_disk / "new.jsonl"
    pages.write_text(
        "\n".join(json.dumps({"id": one.id, "text": one.body}) for one in some("b", 300)),
        encoding="utf-8",
    )
    state = os.statvfs(small_disk)
    filler.write_bytes(bytes(max(0, state.f_bavail * state.f_frsize - left)))
    command = ["ingest", str(pages), "--index", str(folder), "--json"]
    done = CliRunner().invoke(app, command, obj=FakeEncoder())
    assert done.exit_code == 1 and isinstance(done.exception, SystemExit), done.exception
    assert "Vérifiez la place libre sur le disque" in json.loads(done.stdout)["error"]
    filler.unlink()
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        assert ids(archive) >= {one.id for one in some("a", 20)}
        report = archive.ingest([pages])
        assert report.added + report.unchanged == 300 and not report.rejected
        assert len(ids(archive)) == archive.stats().articles == 320


# -- damage under a running server -------------------------------------------------------------


def overwritten(path: Path, start: int) -> None:
    """Put other bytes where a file held some, as a failing disk does."""
    with path.open("r+b") as file:
        file.seek(start)
        file.write(b"\x07" * (path.stat().st_size - start))


def told(reply: httpx.Response) -> str:
    """The detail of a problem that is the archive's."""
    assert reply.status_code == 503, reply.text
    return str(reply.json()["detail"])


def test_a_damaged_catalog_is_told_by_a_server_that_goes_on(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with serving(folder) as (address, process), httpx.Client(base_url=address) as client:
        assert client.get("/health/ready").status_code == 200
        with Archive.open(folder, encoder=FakeEncoder()) as writer:
            writer.delete("large")  # what a view holds must be read again
        for journal in folder.glob("catalog.sqlite-wal"):
            overwritten(journal, 0)
        overwritten(folder / "catalog.sqlite", 4096)
        assert "n'est pas un catalogue lisible" in told(client.get("/health/ready"))
        asked = client.post("/api/v1/ask", json={"question": BRIDGE_QUESTION}, timeout=30)
        assert "Restaurez-le d'une sauvegarde" in told(asked)
        assert client.get("/health/live").status_code == 200
        assert "brief_qa_articles NaN" in client.get("/metrics").text
        assert process.poll() is None


def test_a_damaged_term_index_is_told_and_made_anew(tmp_path: Path) -> None:
    folder = tmp_path / "index"
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        archive.ingest(some("a", 20))
        assert len(archive.search("tramway", 30)) == 20
        for file in (folder / "terms").glob("*"):
            file.write_bytes(b"\x07" * 50)
        with pytest.raises((ArchiveError, IndexDamaged), match="index de termes") as refused:
            archive.ingest(some("b", 1))
        assert "doctor --repair" in str(refused.value) or "recommencez" in str(refused.value)
    with Archive.open(folder, encoder=FakeEncoder()) as archive:
        assert len(archive.search("tramway", 30)) == 20
        archive.ingest(some("b", 1))
        assert len(archive.search("tramway", 30)) == 21


# -- a clock that jumps back -------------------------------------------------------------------


def test_a_clock_that_jumps_back_changes_nothing(tmp_path: Path) -> None:
    """What is newer is told by what is counted, not by a clock: not by a file's time either."""
    folder, page = tmp_path / "index", tmp_path / "page.md"
    page.write_text("# Le pont\n\nLe pont Neuf a rouvert mardi matin à Valmont.", encoding="utf-8")
    with Archive.open(folder, encoder=FakeEncoder()) as reader:
        with Archive.open(folder, encoder=FakeEncoder()) as writer:
            writer.ingest([page])
            writer.ingest(some("a", 3))
            writer.delete("a1")
        for file in (*folder.rglob("*"), page):
            with suppress(FileNotFoundError):
                os.utime(file, (time.time() + A_YEAR,) * 2)
        found = {hit.article.id for hit in reader.search("tramway", 9)}
        assert found >= {"a0", "a2"} and "a1" not in found
        page.write_text("# Le pont\n\nLe pont Neuf a rouvert jeudi à Valmont.", encoding="utf-8")
        os.utime(page, (time.time() - A_YEAR,) * 2)
        with Archive.open(folder, encoder=FakeEncoder()) as writer:
            assert writer.ingest([page]).updated == 1
            assert writer.delete("a2")
        (hit,) = reader.search("pont Neuf", 9)[:1]
        assert "jeudi" in hit.text and ids(reader) == {hit.article.id, "a0"}
