"""Keys: shown once, kept as hashes, with no more rights than they were given."""

from __future__ import annotations

import json
import multiprocessing
from datetime import date
from pathlib import Path

import pytest
from typer.testing import CliRunner

from brief_qa import Archive, keys
from brief_qa.audit import FILE as LOG
from brief_qa.audit import Audit, Entry
from brief_qa.cli import app
from brief_qa.errors import IndexDamaged, InputError
from brief_qa.keys import FILE, SCOPES, Keys, Scope
from fakes import FakeEncoder


def test_a_key_is_recognised_and_nothing_like_it_is(tmp_path: Path) -> None:
    held = Keys(tmp_path)
    key, presented = held.create("Marie", "write", date(2026, 4, 1))
    assert (key.name, key.scope, key.created) == ("Marie", "write", date(2026, 4, 1))
    assert len(presented.split("_", 2)[2]) == 43  # 256 bits
    for again in (held, Keys(tmp_path)):
        assert again.remembered(presented) is None
        assert again.verified(presented) == key == again.remembered(presented)
    mark, key_id, random = presented.split("_", 2)
    for wrong in (
        *("", "_", "bq_", "bq__", f"bq_{key_id}_", f"bq_{key_id}", random, presented[:-1]),
        *(f"{presented}x", f" {presented}", presented.upper(), f"{mark}_00000000_{random}"),
        *(f"xx_{key_id}_{random}", f"bq_{key_id}_{'A' * 43}", key.hash, "\ud800", "\0", "é" * 9),
    ):
        assert held.verified(wrong) is None, wrong


def test_the_file_holds_no_key_and_is_its_owners_alone(tmp_path: Path) -> None:
    _, presented = Keys(tmp_path).create("Marie", "admin")
    written = (tmp_path / FILE).read_text(encoding="utf-8")
    assert presented not in written and presented.split("_", 2)[2] not in written
    assert json.loads(written)["keys"][0]["hash"].startswith("$argon2id$")
    assert (tmp_path / FILE).stat().st_mode & 0o777 == 0o600
    assert [path.name for path in tmp_path.iterdir()] == [FILE], "no half-written file is left"


@pytest.mark.parametrize(("scope", "rights"), [(s, SCOPES[: n + 1]) for n, s in enumerate(SCOPES)])
def test_a_key_has_its_right_and_the_narrower_ones(
    tmp_path: Path, scope: Scope, rights: tuple[Scope, ...]
) -> None:
    key, _ = Keys(tmp_path).create("x", scope)
    assert tuple(one for one in SCOPES if key.may(one)) == rights


def test_a_key_deleted_elsewhere_opens_nothing_at_once(tmp_path: Path) -> None:
    serving, shell = Keys(tmp_path), Keys(tmp_path)
    key, presented = shell.create("Marie", "admin")
    _, other = shell.create("Paul", "read")
    assert serving.verified(presented) == key and serving.holds(key)
    assert shell.delete("Marie") and not shell.delete("Marie")
    assert serving.remembered(presented) is None and serving.verified(presented) is None
    assert not serving.holds(key)
    assert serving.verified(other) is not None
    again, _ = shell.create("Marie", "read")
    assert not serving.holds(key) and serving.holds(again)
    assert serving.verified(presented) is None, "a new key of that name is another key"


def test_a_known_key_is_hashed_once(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held, hashed = Keys(tmp_path), list[str]()
    _, presented = held.create("Marie", "read")
    real = keys._is_hash_of
    monkeypatch.setattr(keys, "_is_hash_of", lambda *of: hashed.append(of[1]) or real(*of))
    for _ in range(5):
        assert held.verified(presented)
        assert held.verified("bq_00000000_inconnue") is None, "no hash is tried for an unknown id"
    assert hashed == [presented]


@pytest.mark.parametrize("name", ["", "  ", "\u202e", "x" * 61])
def test_a_key_has_a_name_that_can_be_read(tmp_path: Path, name: str) -> None:
    with pytest.raises(InputError, match="1 à 60 caractères"):
        Keys(tmp_path).create(name, "read")


def test_no_two_keys_have_one_name_and_no_right_is_made_up(tmp_path: Path) -> None:
    held = Keys(tmp_path)
    held.create("Marie", "read")
    with pytest.raises(InputError, match="s'appelle déjà"):
        held.create(" Marie ", "admin")
    with pytest.raises(InputError, match="n'est pas un droit"):
        held.create("Paul", "root")  # type: ignore[arg-type]
    assert [key.name for key in held.all()] == ["Marie"]


def _make(folder: Path, number: int) -> None:
    for step in range(4):
        Keys(folder).create(f"{number}-{step}", "read")


def test_processes_that_make_keys_at_once_lose_none(tmp_path: Path) -> None:
    context = multiprocessing.get_context("spawn")
    at_once = [context.Process(target=_make, args=(tmp_path, number)) for number in range(3)]
    for process in at_once:
        process.start()
    for process in at_once:
        process.join()
    assert len(Keys(tmp_path).all()) == 12


@pytest.mark.parametrize("written", ["", "[]", '{"keys": [{"id": "x"}]}', "\0"])
def test_a_damaged_file_opens_nothing_and_says_so(tmp_path: Path, written: str) -> None:
    held = Keys(tmp_path)
    _, presented = held.create("Marie", "admin")
    (tmp_path / FILE).write_text(written, encoding="utf-8")
    with pytest.raises(IndexDamaged, match="brief-qa key create"):
        held.verified(presented)


# -- the log ---------------------------------------------------------------------------------


def test_the_log_is_read_from_its_newest_line_whatever_was_cut_off(tmp_path: Path) -> None:
    log = Audit(tmp_path)
    assert log.latest(5) == []
    log.record("Marie", "delete", ["a", 'b"\n'])
    log.record("Paul", "ingest", [])
    with (tmp_path / LOG).open("a", encoding="utf-8") as file:
        file.write('{"at": "2026')
    assert [(one.who, one.what, one.articles) for one in log.latest(3)] == [
        ("Paul", "ingest", ()),
        ("Marie", "delete", ("a", 'b"\n')),
    ]
    assert (tmp_path / LOG).stat().st_mode & 0o777 == 0o600
    assert all(isinstance(one, Entry) and one.at.endswith("Z") for one in log.latest(3))


# -- the command line ------------------------------------------------------------------------


def test_the_commands_make_list_and_delete_keys(tmp_path: Path) -> None:
    index = tmp_path / "i"
    Archive.open(index, encoder=FakeEncoder()).close()

    def run(*arguments: str) -> str:
        done = CliRunner().invoke(app, [*arguments, "--index", str(index)])
        assert done.exit_code == 0, done.output
        return done.stdout

    presented = run("key", "create", "--scope", "write", "--name", "Marie").strip()
    key = Keys(index).verified(presented)
    assert key and key.scope == "write"
    listed = json.loads(run("key", "list", "--json"))
    assert listed == {
        "keys": [{"id": key.id, "name": "Marie", "scope": "write", "created": str(date.today())}]
    }
    assert presented not in run("key", "list")
    Audit(index).record("Marie", "add", ["a1"])
    assert "a1" in run("audit") and json.loads(run("audit", "--json"))["entries"][0]["who"]
    assert json.loads(run("key", "delete", "Marie", "--json"))["deleted"]
    assert Keys(index).verified(presented) is None


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (["key", "create", "--scope", "root", "--name", "x"], 2, "read, write, admin"),
        (["key", "create", "--name", "x"], 2, "Il manque --scope"),
        (["key", "delete", "Personne"], 1, "Aucune clé ne s'appelle « Personne »"),
        (["key", "list"], 1, "Il n'y a pas d'index"),
        (["audit"], 1, "Il n'y a pas d'index"),
    ],
)
def test_the_commands_say_what_is_wrong(
    tmp_path: Path, arguments: list[str], code: int, said: str
) -> None:
    index = tmp_path / "i"
    if "Personne" in arguments:
        Archive.open(index, encoder=FakeEncoder()).close()
    run = CliRunner().invoke(app, [*arguments, "--index", str(index)], env={"COLUMNS": "200"})
    assert run.exit_code == code
    assert said in run.stderr
    assert index.exists() == ("Personne" in arguments)
