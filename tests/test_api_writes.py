"""Writing over the HTTP API: who may, what is written, what is refused, what the log says."""

from __future__ import annotations

import asyncio
import fcntl
import json
import shlex
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest

from brief_qa.archive import Archive
from brief_qa.audit import Audit
from brief_qa.domain import Article
from brief_qa.index import Index
from brief_qa.keys import Keys
from brief_qa.web import application, words
from fakes import FakeEncoder
from serving import BRIDGE
from test_api import told

Send = Callable[..., httpx.Response]
MARKET = {"title": "Le marché", "body": "Le marché de Valmont a reçu cent visiteurs."}


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """An archive of one article."""
    with Archive.open(tmp_path_factory.mktemp("writes"), encoder=FakeEncoder()) as opened:
        yield opened


@pytest.fixture(scope="module")
def app(archive: Archive) -> Any:
    """The application."""

    async def built() -> Any:
        return application(archive)

    return asyncio.run(built())


@pytest.fixture
def send(archive: Archive, app: Any, keys: dict[str, str]) -> Send:
    """Send a request with the key of a right; the archive holds the bridge alone."""
    for one in list(archive.articles()):
        archive.delete(one.id)
    archive.ingest([BRIDGE])
    return lambda *request, **options: sent(app, keys, *request, **options)


def sent(
    app: Any,
    keys: dict[str, str],
    method: str,
    path: str,
    *,
    scope: str = "write",
    of: str = "127.0.0.1",
    **options: Any,
) -> httpx.Response:
    """What the API answers to someone at the address ``of``."""

    async def reply() -> httpx.Response:
        transport = httpx.ASGITransport(app=app, client=(of, 1))
        headers = {"Authorization": f"Bearer {keys.get(scope, scope)}"} if scope else {}
        headers |= options.pop("headers", {})
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, f"/api/v1{path}", headers=headers, **options)

    return asyncio.run(reply())


WRITES = [
    ("POST", "/articles", {"json": MARKET}),
    ("PUT", "/articles/pont", {"json": MARKET}),
    ("DELETE", "/articles/pont", {}),
    ("POST", "/articles/bulk?restore=1", {"content": json.dumps({"id": "m", "text": "Un."})}),
]


@pytest.mark.parametrize(("method", "path", "options"), WRITES)
def test_nobody_writes_without_the_right(
    archive: Archive, send: Send, method: str, path: str, options: dict[str, Any]
) -> None:
    before = archive.stats().change
    for scope, status, detail in (
        ("", 401, words.NEEDS_KEY),
        ("bq_00000000_fausse", 401, words.WRONG_KEY),
        ("read", 403, words.NEEDS_WIDER_KEY.format(scope="write")),
    ):
        reply = send(method, path, scope=scope, of=f"203.0.113.{len(path)}", **options)
        assert (reply.status_code, told(reply)) == (status, detail)
        assert reply.headers["www-authenticate"].startswith("Bearer ")
    basic = send(method, path, scope="", headers={"Authorization": "Basic YTpi"}, **options)
    assert basic.status_code == 401
    assert archive.stats().change == before


@pytest.mark.parametrize("scope", ["write", "admin"])
def test_an_article_is_added_and_found(archive: Archive, send: Send, scope: str) -> None:
    reply = send("POST", "/articles", json={**MARKET, "published": "22 avril 2024"}, scope=scope)
    assert reply.status_code == 201
    made = reply.json()
    assert (made["published"], made["date_origin"]) == ("2024-04-22", "field")
    assert archive.search("marché de Valmont")[0].article.id == made["id"]
    assert reply.headers["location"] == f"/api/v1/articles/{made['id']}"
    read = send("GET", f"/articles/{made['id']}", scope="")
    assert read.json() == made and read.headers["etag"] == reply.headers["etag"]
    entry = Audit(archive.folder).latest(1)[0]
    assert (entry.who, entry.what, entry.articles) == (scope, "add", (made["id"],))


def test_an_article_that_is_there_is_not_added_again(archive: Archive, send: Send) -> None:
    again = send("POST", "/articles", json={**MARKET, "id": "pont"})
    assert again.status_code == 409 and "« pont »" in told(again)
    assert archive.article("pont") == BRIDGE
    twin = send("POST", "/articles", json={"title": BRIDGE.title, "body": BRIDGE.body})
    assert (twin.status_code, told(twin)) == (409, words.SAME_WORDS)


def test_a_deleted_article_that_is_sent_is_meant(archive: Archive, send: Send) -> None:
    assert send("DELETE", "/articles/pont").status_code == 204
    assert archive.article("pont") is None
    back = {"id": "pont", "title": BRIDGE.title, "body": BRIDGE.body}
    assert send("POST", "/articles", json=back).status_code == 201


def test_what_was_read_can_be_sent_back_changed(archive: Archive, send: Send) -> None:
    read = send("GET", "/articles/pont", scope="read")
    unchanged = send("PUT", "/articles/pont", json=read.json())
    assert unchanged.status_code == 200 and unchanged.json() == read.json()
    changed = {**read.json(), "title": "Le pont Neuf ferme"}
    reply = send("PUT", "/articles/pont", json=changed)
    assert reply.status_code == 200 and reply.json() == changed
    assert reply.headers["etag"] != read.headers["etag"]
    assert [entry.what for entry in Audit(archive.folder).latest(1)] == ["replace"]
    made = send("PUT", "/articles/nou/veau", json=MARKET)
    assert made.status_code == 201 and made.json()["id"] == "nou/veau"


def test_an_id_that_is_taken_has_an_address(send: Send) -> None:
    reply = send("POST", "/articles", json={**MARKET, "id": "d'un\ncôté"})
    assert reply.status_code == 422 and "« id »" in told(reply)
    reply = send("POST", "/articles", json={**MARKET, "id": "d'un\tcôté/de l'autre?"})
    assert reply.status_code == 201
    address = reply.headers["location"].removeprefix("/api/v1")
    assert send("GET", address).json() == reply.json()
    assert send("DELETE", address).status_code == 204
    assert "300 caractères au plus" in told(send("PUT", f"/articles/{'i' * 301}", json=MARKET))


def test_a_condition_that_does_not_hold_leaves_everything(archive: Archive, send: Send) -> None:
    first = send("GET", "/articles/pont").headers["etag"]
    at_first = {"If-Match": f'"autre", {first}'}
    assert send("PUT", "/articles/pont", json=MARKET, headers=at_first).status_code == 200
    for method, path, headers in (
        ("PUT", "/articles/pont", at_first),
        ("DELETE", "/articles/pont", at_first),
        ("PUT", "/articles/inconnu", {"If-Match": "*"}),
        ("PUT", "/articles/pont", {"If-None-Match": "*"}),
    ):
        options = {"json": {**MARKET, "title": "Autre"}} if method == "PUT" else {}
        reply = send(method, path, headers=headers, **options)
        assert (reply.status_code, told(reply)) == (412, words.ARTICLE_CHANGED), (method, path)
    held = archive.article("pont")
    assert held and held.title == "Le marché" and archive.article("inconnu") is None
    assert send("DELETE", "/articles/pont", headers={"If-Match": "*"}).status_code == 204
    assert send("DELETE", "/articles/pont").status_code == 404


def test_an_older_version_does_not_take_the_place_of_a_later_one(send: Send) -> None:
    later = {**MARKET, "published": "2024-04-01", "updated": "2024-04-09"}
    assert send("PUT", "/articles/m", json=later).status_code == 201
    older = {**later, "body": "Le marché n'a reçu personne.", "updated": "2024-04-02"}
    reply = send("PUT", "/articles/m", json=older)
    assert (reply.status_code, told(reply)) == (409, words.LATER_VERSION)


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"title": "x"}, "« body » : il manque"),
        ({"body": " \n"}, "n'a pas de texte"),
        ({"body": "x", "published": "jamais"}, "« jamais » n'est pas un jour"),
        ({"body": "x", "url": "javascript:alert(1)"}, "n'est pas une adresse http"),
        ({"body": "x", "kind": "blog"}, "'article' ou 'brève'"),
        ({"body": "x", "corps": "y"}, "n'est pas un champ connu"),
        ({"body": "x", "title": "t" * 2_001}, "2000 caractères au plus"),
        ({"body": "x", "id": "autre"}, "le même identifiant"),
    ],
)
def test_what_cannot_be_an_article_is_told(send: Send, body: dict[str, Any], said: str) -> None:
    reply = send("PUT", "/articles/m", json=body)
    assert reply.status_code == 422
    assert said in told(reply).replace("’", "'")


def test_many_are_taken_in_at_once_with_a_report(archive: Archive, send: Send) -> None:
    archive.ingest([Article(id="gone", title="Parti", body="Un article parti.")])
    archive.delete("gone")
    lines = [json.dumps({"id": f"n{n}", "text": f"Nouvelle numéro {n}."}) for n in range(40)]
    lines += ["pas du JSON", json.dumps({"id": "gone", "text": "Un article revenu."})]
    report = send("POST", "/articles/bulk", content="\n".join(lines)).json()
    assert (report["added"], len(report["article_ids"])) == (40, 40)
    assert [one["id"] for one in report["withheld"]] == ["gone"]
    assert report["rejected"][0]["name"].startswith("articles.jsonl")
    again = send(
        *("POST", "/articles/bulk?restore=true"),
        content="\n".join(lines),
        headers={"Accept": "text/event-stream"},
    )
    events = [one.split("\n")[0] for one in again.text.strip().split("\n\n")]
    assert events[-1] == "event: report" and "event: progress" in events
    assert json.loads(again.text.strip().rpartition("data: ")[2])["added"] == 1
    assert archive.article("gone")
    assert len(Audit(archive.folder).latest(2)[1].articles) == 40


def test_an_ingest_ends_with_its_server_and_keeps_what_it_took_in(
    archive: Archive, send: Send, app: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(app.state.writes, "_stopping", threading.Event())
    app.state.writes.stop()
    lines = [json.dumps({"id": f"s{n}", "text": f"Dernière nouvelle {n}."}) for n in range(40)]
    reply = send("POST", "/articles/bulk", content="\n".join(lines))
    assert reply.status_code == 503 and "Le serveur s’arrête" in told(reply)
    assert archive.article("s0") and not archive.article("s39")
    (entry,) = Audit(archive.folder).latest(1)
    assert (entry.what, entry.articles) == ("ingest", ())


def test_nothing_that_was_received_is_left(
    send: Send, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    assert send("POST", "/articles/bulk", content=b"").status_code == 200
    assert list(tmp_path.iterdir()) == []


def test_another_writer_is_told_with_when_to_come_back(
    archive: Archive, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = Index.writing
    monkeypatch.setattr(Index, "writing", lambda self: patient(self, 0.05))
    with (archive.folder / "write.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for method, path, options in WRITES:
            reply = send(method, path, **options)
            assert reply.status_code == 503, (method, path)
            assert "Un autre programme écrit" in told(reply)
            assert int(reply.headers["retry-after"]) > 0
    assert send("DELETE", "/articles/pont").status_code == 204


def test_an_index_that_cannot_be_written_in_says_so(
    archive: Archive, send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(archive._index.catalog, "read_only", True)
    for method, path, options in WRITES:
        reply = send(method, path, **options)
        assert reply.status_code == 403 and "lecture seule" in told(reply), (method, path)


def test_the_commands_of_its_page_run(send: Send) -> None:
    page = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    commands = [line for line in page.splitlines() if line.startswith("curl ") and "Bearer" in line]
    codes = [_run(send, shlex.split(line)[1:]) for line in commands]
    assert codes == [201, 200, 204, 200, 403], "the last is for a server that may fetch"


def _run(send: Send, words: list[str]) -> int:
    """The status of what a curl command of the documentation sends."""
    method, headers, options, path = "POST", dict[str, str](), dict[str, Any](), ""
    while words:
        match words:
            case ["-X", method, *words]:
                pass
            case ["-H", header, *words]:
                name, _, value = header.partition(": ")
                headers |= {} if name == "Authorization" else {name: value}
            case ["--json", body, *words]:
                options["json"] = json.loads(body)
            case ["--data-binary", "@articles.jsonl", *words]:
                options["content"] = json.dumps({"id": "b1", "text": "Un texte."})
            case [address, *words]:
                path = address.removeprefix("http://127.0.0.1:7860/api/v1")
    return send(method, path, headers=headers, **options).status_code


# -- keys that are guessed, and keys that end ------------------------------------------------


def test_a_key_that_is_deleted_writes_no_more(archive: Archive, send: Send, app: Any) -> None:
    _, presented = Keys(archive.folder).create("passagère", "write")
    assert send("POST", "/articles", json=MARKET, scope=presented).status_code == 201
    Keys(archive.folder).delete("passagère")
    reply = send("DELETE", "/articles/pont", scope=presented)
    assert (reply.status_code, told(reply)) == (401, words.WRONG_KEY)


def test_who_guesses_has_to_wait_and_who_is_known_has_not(
    send: Send, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brief_qa.web.access._PAUSE", 0)
    guess = [f"bq_0000000{n}_{'A' * 43}" for n in range(10)]
    address = "198.51.100.7"
    assert send("DELETE", "/articles/rien", of=address).status_code == 404
    codes = [send("DELETE", "/articles/rien", scope=one, of=address).status_code for one in guess]
    assert codes == [401] * 10
    limited = send("DELETE", "/articles/rien", scope="encore", of=address)
    assert limited.status_code == 429 and 0 < int(limited.headers["retry-after"]) <= 300
    assert "Réessayez dans" in told(limited)
    assert send("DELETE", "/articles/rien", of=address).status_code == 404, "known already"
    assert send("DELETE", "/articles/rien", scope="encore", of="198.51.100.8").status_code == 401


def test_no_key_is_in_the_log_of_the_server(
    send: Send, keys: dict[str, str], caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(0)
    send("POST", "/articles", json=MARKET)
    send("POST", "/articles", json=MARKET, scope=f"{keys['write']}x", of="192.0.2.9")
    assert not [key for key in keys.values() if key.split("_", 2)[2] in caplog.text]
