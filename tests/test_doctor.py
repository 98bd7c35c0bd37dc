"""The doctor: each way an index can be wrong is seen, and what can be repaired is."""

from __future__ import annotations

import json
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import numpy as np
import pytest

from brief_qa import Archive, Article
from brief_qa.doctor import examine, reencode, repair
from brief_qa.errors import EncoderError, EncoderMismatch, IndexDamaged, InputError
from brief_qa.ingest import Encodes
from brief_qa.terms import TermIndex
from fakes import FakeEncoder

WORDS = "pluie vent neige orage brume soleil gel grêle".split()


class OtherEncoder(FakeEncoder):
    """Another model: other vectors, of another dimension."""

    name, fingerprint, dimension = "autre", "autre-1", 32


def small(name: str | None) -> Encodes:
    """What loads an encoder, whatever its name."""
    return FakeEncoder()


def other(name: str | None) -> Encodes:
    """The same, of another model."""
    return OtherEncoder()


@pytest.fixture
def index(tmp_path: Path) -> Path:
    """An index of eight articles of several passages each."""
    articles = [
        Article(id=word, title=f"Météo {number}", body=f"Il y a {word} sur Rabat ce matin. " * 20)
        for number, word in enumerate(WORDS)
    ]
    with Archive.open(tmp_path / "index", encoder=FakeEncoder()) as archive:
        archive.ingest(articles)
    return tmp_path / "index"


def wrong(index: Path, load: Callable[[str | None], Encodes] = small) -> set[str]:
    """Names of the checks that fail; each says what to do."""
    failed = [check for check in examine(index, load) if not check.sound]
    assert all(check.remedy for check in failed)
    return {check.name for check in failed}


def found(index: Path, word: str, encoder: Encodes | None = None) -> str:
    """Id of the best article for a word."""
    with Archive.open(index, encoder=encoder or FakeEncoder()) as archive:
        return archive.search(word, 1)[0].article.id


def edit(index: Path, statement: str, *values: object) -> None:
    """Change the catalog behind everyone's back."""
    with closing(sqlite3.connect(index / "catalog.sqlite")) as connection:
        assert connection.execute(statement, values).rowcount > 0
        connection.commit()


def test_a_sound_index(index: Path) -> None:
    assert wrong(index) == set()
    assert repair(index, small) == []


def test_an_empty_index_is_sound(tmp_path: Path) -> None:
    Archive.open(tmp_path, encoder=FakeEncoder()).close()
    assert wrong(tmp_path) == set()
    details = {check.name: check.detail for check in examine(tmp_path, small)}
    assert details["catalogue"] == "intact (articles : 0)"
    assert details["vecteurs"] == "aucun encore"


def test_deletes_and_replacements_leave_it_sound(index: Path) -> None:
    with Archive.open(index, encoder=FakeEncoder()) as archive:
        archive.delete("vent")
        archive.ingest([Article(id="gel", title="Météo", body="Il y a du gel à Fès.")])
        assert wrong(index) == set()


def test_no_index_is_an_error(tmp_path: Path) -> None:
    for look in (examine, repair, reencode):
        with pytest.raises(InputError, match="pas d'index"):
            look(tmp_path / "absent", small)
    assert not (tmp_path / "absent").exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE passages SET stop = stop + 10000 WHERE article_id = 'vent'",
        "UPDATE passages SET start = stop WHERE article_id = 'vent'",
        "UPDATE passages SET start = -5 WHERE article_id = 'vent'",
        "DELETE FROM passages WHERE id = (SELECT min(id) FROM passages WHERE article_id = 'vent')",
        "DELETE FROM passages WHERE article_id = 'vent'",
    ],
)
def test_broken_passages_are_cut_again(index: Path, statement: str) -> None:
    edit(index, statement)
    assert "passages" in wrong(index)
    assert any("réencodés : 1" in line for line in repair(index, small))
    assert wrong(index) == set()
    assert found(index, "vent") == "vent"


@pytest.mark.parametrize(
    "vector",
    [
        b"",
        b"\x00" * 128,
        np.full(64, np.nan, np.float16).tobytes(),
        np.full(64, np.inf, np.float16).tobytes(),
        np.ones(64, np.float16).tobytes(),
        np.ones(63, np.float16).tobytes(),
    ],
)
def test_unusable_vectors_are_made_again(index: Path, vector: bytes) -> None:
    edit(index, "UPDATE passages SET vector = ? WHERE article_id = 'orage'", vector)
    assert wrong(index) == {"vecteurs"}
    repair(index, small)
    assert wrong(index) == set()
    assert found(index, "orage") == "orage"


def test_articles_missing_from_the_term_index(index: Path) -> None:
    terms = TermIndex(index / "terms")
    with closing(terms.writer()) as writer:
        writer.remove(terms.numbers()[:3])
        writer.commit()
    assert wrong(index) == {"termes"}
    repair(index, small)
    assert wrong(index) == set()


def test_a_lost_term_index(index: Path) -> None:
    shutil.rmtree(index / "terms")
    assert wrong(index) == {"termes"}
    repair(index, small)
    assert wrong(index) == set()
    assert found(index, "neige") == "neige"


def test_an_unreadable_term_index(index: Path) -> None:
    (index / "terms" / "meta.json").write_text("{", encoding="utf-8")
    assert wrong(index) == {"termes"}
    repair(index, small)
    assert wrong(index) == set()


@pytest.mark.parametrize("kind", ["fast", "fieldnorm", "idx", "store", "term"])
def test_bytes_changed_in_the_term_index(index: Path, kind: str) -> None:
    for file in (index / "terms").glob(f"*.{kind}"):
        content = bytearray(file.read_bytes())
        for at in range(0, len(content) // 2, 3):
            content[at] ^= 0xFF
        file.chmod(0o644)
        file.write_bytes(content)
    assert wrong(index) == {"termes"}
    repair(index, small)
    assert wrong(index) == set()
    assert found(index, "neige") == "neige"


def test_a_damaged_catalog_is_told_and_not_touched(index: Path) -> None:
    path = index / "catalog.sqlite"
    for side in index.glob("catalog.sqlite-*"):
        side.unlink()
    content = bytearray(path.read_bytes())
    content[4096 : len(content) : 2] = b"\xff" * len(content[4096 : len(content) : 2])
    path.write_bytes(content)
    assert wrong(index) == {"catalogue"}
    with pytest.raises(IndexDamaged):
        repair(index, small)
    assert path.read_bytes() == content


def test_another_encoder_is_told_and_repairs_nothing(index: Path) -> None:
    assert wrong(index, other) == {"encodeur"}
    edit(index, "UPDATE passages SET vector = ? WHERE article_id = 'orage'", b"")
    with pytest.raises(EncoderMismatch):
        repair(index, other)
    assert wrong(index) == {"vecteurs"}


def test_an_encoder_that_cannot_be_had(index: Path) -> None:
    def none(name: str | None) -> Encodes:
        raise EncoderError(f"«{name}» n'est pas sur cette machine.")

    assert wrong(index, none) == {"encodeur"}


def test_reencode(index: Path) -> None:
    done: list[tuple[int, int]] = []
    assert reencode(index, other, lambda *at: done.append(at)) == len(WORDS)
    assert done[-1] == (len(WORDS), len(WORDS))
    assert wrong(index, other) == set()
    assert wrong(index) == {"encodeur"}
    assert all(found(index, word, OtherEncoder()) == word for word in WORDS)


def test_the_old_passages_are_searched_until_reencoding_ends(index: Path) -> None:
    seen: list[str] = []
    with Archive.open(index, encoder=FakeEncoder()) as archive:
        reencode(
            index,
            other,
            lambda done, total: seen.append(archive.search("brume", 1)[0].article.id),
        )
    assert seen == ["brume"]


def test_a_reencoding_that_fails_changes_nothing(index: Path) -> None:
    class Failing(OtherEncoder):
        def encode_passages(self, *_: object, **__: object) -> np.ndarray:
            raise EncoderError("plus de mémoire")

    with pytest.raises(EncoderError):
        reencode(index, lambda name: Failing())
    assert wrong(index) == set()
    assert found(index, "soleil") == "soleil"


def test_a_reencoding_that_is_killed_changes_nothing(index: Path) -> None:
    """Killed after some articles have gone into the open transaction and the term index."""
    code = """
import json, os, signal, sys
from pathlib import Path
from brief_qa import doctor
from test_doctor import OtherEncoder
doctor._BATCH = 2
def kill(done, total):
    if done == 6:
        os.kill(os.getpid(), signal.SIGKILL)
doctor.reencode(Path(json.loads(sys.argv[1])), lambda name: OtherEncoder(), kill)
"""
    killed = subprocess.run(
        [sys.executable, "-c", code, json.dumps(str(index))],
        env={"PYTHONPATH": str(Path(__file__).parent)},
        check=False,
    )
    assert killed.returncode == -9
    assert wrong(index) == set()
    assert all(found(index, word) == word for word in WORDS)
    assert reencode(index, other) == len(WORDS)
    assert wrong(index, other) == set()
