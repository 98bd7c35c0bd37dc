"""The index folder: what a reader sees, what a failure leaves, what is mended on open."""

from __future__ import annotations

import dataclasses
import multiprocessing
import os
import resource
import shutil
import signal
import sqlite3
import threading
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule

from brief_qa.catalog import Bookkeeping
from brief_qa.domain import Article
from brief_qa.errors import ArchiveError, IndexDamaged, IndexLocked
from brief_qa.french import stems
from brief_qa.index import Index
from stores import ENCODER, FACTS, article, check, delete, put, ready

WORDS = "maire ministre budget tramway incendie forêt sécheresse élection grève hôpital".split()


@pytest.fixture
def index(tmp_path: Path) -> Iterator[Index]:
    with closing(Index(tmp_path / "index")) as opened:
        yield opened


def some(count: int, word: str = "tramway") -> dict[str, Article]:
    return {
        f"a{n}": article(f"a{n}", f"Le {word} numéro{n} roule. " + "Il avance encore. " * 12)
        for n in range(count)
    }


def found(index: Index, word: str) -> set[str]:
    """Articles that the term leg finds for a word."""
    with index.reading() as (view, snapshot):
        ids, _ = snapshot.terms.search(stems(word), 100)
        return {passage.article_id for passage in view.passages(ids).values()}


def in_a_child(folder: Path, action: Callable[[Index], None]) -> int:
    """Run an action on the folder in a forked process; its exit code, negative if killed."""

    def run() -> None:
        with closing(Index(folder)) as index:
            action(index)

    process = multiprocessing.get_context("fork").Process(target=run)
    process.start()
    process.join(60)
    assert process.exitcode is not None
    return process.exitcode


def killed_before_publishing(folder: Path, word: str, books: Bookkeeping | None = None) -> None:
    """Leave in the term index what a writer killed between the two commits leaves."""

    def action(index: Index) -> None:
        with index.writing() as writer:
            commit = writer._terms.commit

            def then_die() -> None:
                commit()
                os.kill(os.getpid(), signal.SIGKILL)

            writer._terms.commit = then_die  # type: ignore[method-assign]
            writer.put(ready(article("fantôme", f"Un {word} fantôme passe.")), FACTS, books)

    assert in_a_child(folder, action) == -signal.SIGKILL


# -- what a reader sees --------------------------------------------------------------------


def test_put_replace_delete_reopen(index: Index) -> None:
    held = some(5)
    put(index, *held.values())
    check(index, held)
    held["a1"] = article("a1", "Rien que du vélo.")
    put(index, held["a1"])
    assert delete(index, "a2") and not delete(index, "a2")
    del held["a2"]
    check(index, held)
    assert found(index, "vélo") == {"a1"}
    with closing(Index(index.folder)) as again:
        check(again, held)


def test_another_index_on_the_folder_sees_each_write(index: Index) -> None:
    with closing(Index(index.folder)) as reader:
        check(reader, {})
        put(index, article("a", "Le tramway roule."))
        assert found(reader, "tramway") == {"a"}
        put(index, article("a", "Le bateau flotte."))
        assert (found(reader, "tramway"), found(reader, "bateau")) == (set(), {"a"})
        delete(index, "a")
        check(reader, {})


def test_a_view_stays_what_it_was_while_others_write(index: Index) -> None:
    held = some(40)
    put(index, *held.values())
    with index.reading() as (view, snapshot):
        for n in range(0, 40, 2):
            delete(index, f"a{n}")
        put(index, article("a1", "Tout autre chose."), article("neuf", "Un tramway neuf."))
        put(index, article("neuf2", "Un autre tramway neuf."))
        ids, _ = snapshot.terms.search(stems("tramway"), 200)
        assert {p.article_id for p in view.passages(ids).values()} == set(held)
        assert len(snapshot.vectors) == view.count_passages()
        assert snapshot.terms.count() == len(held)
    assert found(index, "tramway") == {f"a{n}" for n in range(3, 40, 2)} | {"neuf", "neuf2"}


def test_removed_passages_take_nobodys_place(index: Index) -> None:
    put(index, *some(60).values())
    put(index, article("vivant", "Un tramway " + "parmi beaucoup de mots bien longs " * 3))
    for n in range(60):
        delete(index, f"a{n}")
    with index.reading() as (view, snapshot):
        ids, _ = snapshot.terms.search(stems("tramway"), 1)
        assert view.passages(ids)[ids[0]].article_id == "vivant"


def test_the_same_id_twice_in_one_batch_is_its_last(index: Index) -> None:
    put(index, article("a", "Le tramway roule."), article("a", "Le bateau flotte."))
    check(index, {"a": article("a", "Le bateau flotte.")})


def test_a_vector_of_another_encoder_replaces_all(index: Index) -> None:
    put(index, *some(3).values())
    with index.reading() as (_, before):
        assert before.fingerprint == ENCODER.fingerprint
    items = [
        type(item)(item.article, item.digest, item.spans, item.vectors[:, :32])
        for item in ready(*some(3).values())
    ]
    with index.writing() as writer:
        writer.put(items, {"encoder": "autre", "fingerprint": "autre-1", "dimension": "32"})
    with index.reading() as (view, after):
        assert (after.fingerprint, len(after.vectors)) == ("autre-1", view.count_passages())
        assert after.vectors.scores(items[0].vectors[0].astype("f4"), after.vectors.rows(
            after.vectors.ids[-1:])).shape == (1,)  # fmt: skip


def test_a_closed_index_says_so(index: Index) -> None:
    put(index, *some(1).values())
    with index.reading():
        index.close()
    with pytest.raises(ArchiveError, match="fermée"), index.reading():
        pass
    with pytest.raises(ArchiveError, match="fermée"):
        put(index, *some(1).values())


class Model(RuleBasedStateMachine):
    """Any sequence of writes leaves what a dict would hold."""

    ids = st.sampled_from([f"a{n}" for n in range(6)])
    bodies = st.lists(st.sampled_from(WORDS), min_size=1, max_size=60).map(" ".join)

    @initialize()
    def start(self) -> None:
        self.folder = Path(os.environ["PYTEST_MODEL_FOLDER"])
        shutil.rmtree(self.folder, ignore_errors=True)
        self.index, self.held = Index(self.folder), dict[str, Article]()
        self.reader = Index(self.folder)

    @rule(batch=st.dictionaries(ids, bodies, min_size=1, max_size=4))
    def put(self, batch: dict[str, str]) -> None:
        articles = {one: article(one, body, f"Titre {one}") for one, body in batch.items()}
        put(self.index, *articles.values())
        self.held |= articles

    @rule(one=ids)
    def delete(self, one: str) -> None:
        assert delete(self.index, one) == (self.held.pop(one, None) is not None)

    @rule(one=ids, body=bodies)
    def fail(self, one: str, body: str) -> None:
        with pytest.raises(ZeroDivisionError), self.index.writing() as writer:
            writer.put(failing_after(article(one, body)), FACTS)

    @rule()
    def reopen(self) -> None:
        self.index.close()
        self.index = Index(self.folder)

    @rule()
    def look(self) -> None:
        check(self.index, self.held)
        check(self.reader, self.held)

    def teardown(self) -> None:
        if hasattr(self, "index"):
            check(self.reader, self.held)
            self.index.close()
            self.reader.close()


def test_any_sequence_of_writes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PYTEST_MODEL_FOLDER", str(tmp_path / "model"))
    from hypothesis.stateful import run_state_machine_as_test

    run_state_machine_as_test(  # type: ignore[no-untyped-call]
        Model, settings=settings(max_examples=12, stateful_step_count=14)
    )


# -- what a failure leaves -------------------------------------------------------------------


def failing_after(*articles: Article) -> Iterator[object]:
    yield from ready(*articles)
    raise ZeroDivisionError


def test_a_failed_write_leaves_nothing_for_the_next_one(index: Index) -> None:
    held = some(2)
    with index.writing() as writer:
        writer.put(ready(*held.values()), FACTS)
        with pytest.raises(ZeroDivisionError):
            writer.put(
                failing_after(article("b", "Le bateau flotte."), article("a0", "Vide.")), FACTS
            )  # type: ignore[arg-type]
        check(index, held)
        held["c"] = article("c", "La charrette grince.")  # takes the failed one's passage ids
        writer.put(ready(held["c"]), FACTS)
    check(index, held)
    assert found(index, "bateau") == set()


def test_a_writer_killed_between_the_two_commits(index: Index) -> None:
    held = some(3)
    put(index, *held.values())
    killed_before_publishing(index.folder, "tramway")
    check(index, held)  # for the one that was open
    with closing(Index(index.folder)) as opened_later:
        check(opened_later, held)
        assert delete(opened_later, "a0")  # adds nothing, and must not hide what is to be undone
        del held["a0"]
        held["b"] = article("b", "Le bateau flotte.")
        put(opened_later, held["b"])
        check(opened_later, held)
        check(index, held)
        assert sorted(opened_later._terms.refreshed().numbers()) == sorted(
            opened_later._terms.refreshed()
            .as_of(10**6, [])
            .search(stems("tramway bateau avance"), 99)[0]
        )
        assert found(opened_later, "fantôme") == set()


def test_what_changes_with_an_article_changes_at_the_same_moment(index: Index) -> None:
    held = some(3)
    held["b"] = dataclasses.replace(article("b", "Une brève."), parent_id="a0")
    put(index, *held.values(), article("retiré", "Il est retiré."))
    delete(index, "retiré")
    with index.writing() as writer:
        writer.put([], None, Bookkeeping(origins={"a0": "/page.md", "a1": "/autre.md"}))
    books = Bookkeeping({"a0": "fantôme"}, {"fantôme": "/page.md", "a1": None}, ["retiré"])
    killed_before_publishing(index.folder, "tramway", books)
    check(index, held)
    with index.catalog.reading() as view:
        assert view.given_by(["/page.md", "/autre.md"]) == {"a0": "/page.md", "a1": "/autre.md"}
        assert [one.id for one in view.deletions(["retiré"], [])] == ["retiré"]
    new = article("fantôme", "Un tramway fantôme passe.")
    with index.writing() as writer:
        writer.put(ready(new), FACTS, books)
    del held["a0"]
    held |= {"fantôme": new, "b": dataclasses.replace(held["b"], parent_id="fantôme")}
    check(index, held)
    with index.catalog.reading() as view:
        assert view.given_by(["/page.md", "/autre.md"]) == {"fantôme": "/page.md"}
        assert view.origins(["fantôme", "a0"]) == {"fantôme": "/page.md"}
        assert view.deletions(["retiré", "a0"], []) == []
    delete(index, "fantôme")
    with index.catalog.reading() as view:
        assert view.given_by(["/page.md"]) == {}


def test_an_index_of_the_first_format_is_opened_by_many_at_once(index: Index) -> None:
    held = some(4)
    put(index, *held.values())
    index.close()
    with closing(sqlite3.connect(index.folder / "catalog.sqlite")) as connection:
        connection.executescript("DROP TABLE deleted; DROP TABLE origins; PRAGMA user_version = 1;")
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(6)

    def enter(number: int) -> None:
        gate.wait()
        with closing(Index(index.folder)) as opened:
            assert delete(opened, f"a{number}") == (number < 4)

    processes = [context.Process(target=enter, args=(number,)) for number in range(6)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 6
    with closing(Index(index.folder)) as opened:
        check(opened, {})
        with opened.catalog.reading() as view:
            assert {one.id for one in view.deletions(held, [])} == set(held)


def test_killed_again_and_again_between_the_two_commits(index: Index) -> None:
    held = some(2)
    put(index, *held.values())
    for _ in range(3):
        killed_before_publishing(index.folder, "tramway")
    put(index, *some(2, "vélo").values())
    check(index, some(2, "vélo"))


def test_a_full_disk_loses_nothing(tmp_path: Path) -> None:
    folder, held = tmp_path / "index", some(30)

    def action(index: Index) -> None:
        put(index, *held.values())
        failures = 0
        for limit in (0, 4_096, 20_000, 60_000, 100_000):  # fails in one file, then in another
            resource.setrlimit(resource.RLIMIT_FSIZE, (limit, resource.RLIM_INFINITY))
            try:
                put(index, *some(200, "bateau").values())
            except ArchiveError as error:
                assert "place libre" in str(error)
                failures += 1
            finally:
                resource.setrlimit(
                    resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY)
                )
            check(index, held)
        assert failures == 5
        put(index, article("b", "Le bateau flotte."))
        check(index, held | {"b": article("b", "Le bateau flotte.")})

    assert in_a_child(folder, action) == 0
    with closing(Index(folder)) as index:
        check(index, held | {"b": article("b", "Le bateau flotte.")})


# -- what is mended on open ------------------------------------------------------------------


def _without_folder(terms: Path) -> None:
    shutil.rmtree(terms)


def _without_meta(terms: Path) -> None:
    (terms / "meta.json").unlink()


def _cut(terms: Path) -> None:
    for file in terms.glob("*.idx"):
        file.write_bytes(file.read_bytes()[:40])


def _garbage(terms: Path) -> None:
    for file in terms.glob("*.fast"):
        content = bytearray(file.read_bytes())
        middle = len(content) // 3
        content[middle : middle + 40] = bytes(255 - byte for byte in content[middle : middle + 40])
        file.write_bytes(content)


@pytest.mark.parametrize("harm", [_without_folder, _without_meta, _cut, _garbage])
def test_a_damaged_term_index_is_made_anew(index: Index, harm: Callable[[Path], None]) -> None:
    held = some(8)
    put(index, *held.values())
    delete(index, "a3")
    del held["a3"]
    index.close()
    harm(index.folder / "terms")
    with closing(Index(index.folder)) as mended:
        check(mended, held)
        put(mended, article("b", "Le bateau flotte."))
        check(mended, held | {"b": article("b", "Le bateau flotte.")})


@pytest.mark.parametrize("write_first", [False, True])
@pytest.mark.parametrize("restored", ["catalog", "terms"])
def test_one_of_the_two_restored_from_a_backup(
    index: Index, tmp_path: Path, restored: str, write_first: bool
) -> None:
    put(index, *some(8).values())
    delete(index, "a1")
    index.close()  # moves the journal into the file, so that a copy of it is a backup
    shutil.copytree(index.folder, tmp_path / "backup")
    then = {name: one for name, one in some(8).items() if name != "a1"}
    with closing(Index(index.folder)) as later:
        delete(later, "a5")
        put(later, *some(3, "bateau").values())
        put(later, article("c", "La charrette grince."))
        now = {n: one for n, one in then.items() if n != "a5"} | some(3, "bateau")
        now["c"] = article("c", "La charrette grince.")
        check(later, now)
    if restored == "catalog":
        shutil.copy(tmp_path / "backup" / "catalog.sqlite", index.folder / "catalog.sqlite")
    else:
        shutil.rmtree(index.folder / "terms")
        shutil.copytree(tmp_path / "backup" / "terms", index.folder / "terms")
    expected = then if restored == "catalog" else now
    with closing(Index(index.folder)) as again:
        if write_first:
            expected = expected | {"d": article("d", "Le tramway revient.")}
            put(again, expected["d"])
        check(again, expected)


def test_a_catalog_restored_beneath_an_open_index_is_followed(index: Index) -> None:
    put(index, *some(2).values())
    with index.reading() as (view, held):
        change = view.change()
    index._snapshot = type(held)(
        change + 5, held.fingerprint, held.vectors, held.facets, held.terms
    )
    with index.reading() as (_, snapshot):
        assert snapshot.change == change


def test_a_catalog_that_is_no_catalog_is_refused(tmp_path: Path) -> None:
    (tmp_path / "catalog.sqlite").write_bytes(b"no catalog at all" * 100)
    with pytest.raises(IndexDamaged, match="sauvegarde"):
        Index(tmp_path)


def test_a_later_format_is_refused(tmp_path: Path) -> None:
    Index(tmp_path).close()
    with closing(sqlite3.connect(tmp_path / "catalog.sqlite")) as connection:
        connection.execute("PRAGMA user_version = 99")
    with pytest.raises(IndexDamaged, match="format 99"):
        Index(tmp_path)


# -- the lock --------------------------------------------------------------------------------


def test_a_second_writer_waits_then_is_told_who_holds_the_lock(index: Index) -> None:
    with closing(Index(index.folder)) as other, index.writing():
        check(other, {})  # reading goes on
        with pytest.raises(IndexLocked, match=f"processus {os.getpid()}"), other.writing(0.2):
            pass
    with closing(Index(index.folder)) as other, other.writing(0.2):
        pass


def test_a_second_thread_is_told_too(index: Index) -> None:
    refused = threading.Event()

    def try_it() -> None:
        try:
            with index.writing(timeout=0.2):
                pass
        except IndexLocked:
            refused.set()

    with index.writing():
        thread = threading.Thread(target=try_it)
        thread.start()
        thread.join(10)
    assert refused.is_set()


def test_the_lock_of_a_dead_process_is_free(index: Index) -> None:
    def die_writing(child: Index) -> None:
        with child.writing():
            os.kill(os.getpid(), signal.SIGKILL)

    assert in_a_child(index.folder, die_writing) == -signal.SIGKILL
    assert (index.folder / "write.lock").exists()
    with index.writing(timeout=1):
        pass


def test_many_open_a_new_folder_at_once(tmp_path: Path) -> None:
    context = multiprocessing.get_context("fork")
    gate = context.Barrier(8)

    def enter() -> None:
        gate.wait()
        with closing(Index(tmp_path / "new")) as index:
            put(index, article(f"p{os.getpid()}", "Le tramway roule."))

    processes = [context.Process(target=enter) for _ in range(8)]
    for process in processes:
        process.start()
    for process in processes:
        process.join(60)
    assert [process.exitcode for process in processes] == [0] * 8
    with closing(Index(tmp_path / "new")) as index:
        assert len(found(index, "tramway")) == 8
