"""The HTTP API: the same answers as the Python one, and clear problems."""

from __future__ import annotations

import asyncio
import json
import shlex
from collections.abc import Callable, Iterator
from datetime import date
from pathlib import Path
from typing import Any

import httpx
import pytest

from brief_qa.archive import Archive
from brief_qa.domain import Article
from brief_qa.errors import IndexDamaged
from brief_qa.jsonable import jsonable
from brief_qa.web import application, words
from brief_qa.web.turns import Turns
from fakes import FakeEncoder
from serving import BRIDGE, BRIDGE_QUESTION, BROAD, HOSTILE, UNKNOWN_QUESTION

pytestmark = pytest.mark.model
Request = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """A few articles."""
    with Archive.open(tmp_path_factory.mktemp("api"), encoder=FakeEncoder()) as opened:
        opened.ingest([BRIDGE, HOSTILE, BROAD])
        yield opened


@pytest.fixture(scope="module")
def request_(archive: Archive) -> Request:
    """Ask the application something."""
    return asker(archive)


def asker(archive: Archive, **settings: Any) -> Request:
    """What asks the application of an archive something."""

    async def built() -> Any:
        return application(archive, **settings)

    app = asyncio.run(built())

    def send(method: str, path: str, **options: Any) -> httpx.Response:
        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=app)
            async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as one:
                return await one.request(method, path, **options)

        return asyncio.run(sent())

    return send


def told(reply: httpx.Response) -> str:
    """The detail of a problem, which is nothing but one."""
    assert reply.headers["content-type"] == "application/problem+json"
    problem = reply.json()
    assert set(problem) == {"type", "title", "status", "detail"}
    assert problem["status"] == reply.status_code
    return str(problem["detail"])


def test_a_search_finds_what_the_archive_finds(archive: Archive, request_: Request) -> None:
    reply = request_("GET", "/api/v1/search", params={"q": "pont de Valmont", "k": 2})
    assert reply.status_code == 200
    found = reply.json()
    assert found["hits"] == jsonable(archive.search("pont de Valmont", 2))
    assert found["hits"][0]["text"] in BRIDGE.body and found["period"] is None
    narrowed = {"q": "pont", "source": "Le Journal", "since": "2025-03-01", "kind": "article"}
    hits = request_("GET", "/api/v1/search", params=narrowed).json()["hits"]
    assert [hit["article"]["id"] for hit in hits] == ["pont"]


def test_the_time_read_in_a_search_is_told_and_can_be_refused(request_: Request) -> None:
    asked = {"q": "le pont en mars 2025"}
    assert request_("GET", "/api/v1/search", params=asked).json()["period"]["first"] == "2025-03-01"
    refused = request_("GET", "/api/v1/search", params={**asked, "read_dates": "false"})
    assert refused.json()["period"] is None


def test_an_answer_is_that_of_the_archive(archive: Archive, request_: Request) -> None:
    reply = request_("POST", "/api/v1/ask", json={"question": BRIDGE_QUESTION}).json()
    answer = jsonable(archive.ask(BRIDGE_QUESTION))
    for field in ("text", "citations", "refused", "confidence", "form", "notes"):
        assert reply[field] == answer[field]
    cited = reply["citations"][0]
    assert cited["article"]["body"][cited["start"] : cited["end"]] == cited["quote"]
    refused = request_("POST", "/api/v1/ask", json={"question": UNKNOWN_QUESTION}).json()
    assert refused["refused"] and refused["reason"] and refused["hits"]


def test_a_question_can_lean_on_those_before_it(request_: Request) -> None:
    body = {"question": "Et en quelle année ?", "history": [[BRIDGE_QUESTION, "Paul Durand."]]}
    understood = request_("POST", "/api/v1/ask", json=body).json()["understood"]
    assert "pont Neuf de Valmont" in understood["question"]
    alone = request_("POST", "/api/v1/ask", json={**body, "as_written": True}).json()
    assert alone["understood"] is None


def test_an_answer_can_be_streamed(request_: Request) -> None:
    headers = {"Accept": "text/event-stream"}
    reply = request_("POST", "/api/v1/ask", json={"question": BRIDGE_QUESTION}, headers=headers)
    assert reply.headers["content-type"].startswith("text/event-stream")
    events = [one.split("\n", 1) for one in reply.text.strip().split("\n\n")]
    assert [name for name, _ in events] == ["event: hits", "event: answer"]
    answer = json.loads(events[-1][1].removeprefix("data: "))
    assert "Paul Durand" in answer["text"]


def test_articles_are_listed_read_and_compared(archive: Archive, request_: Request) -> None:
    listed = request_("GET", "/api/v1/articles", params={"limit": 2}).json()
    assert [one["id"] for one in listed["articles"]] == ["large", HOSTILE.id] and listed["more"]
    reply = request_("GET", "/api/v1/articles/pont")
    assert reply.json() == jsonable(BRIDGE)
    again = request_(
        "GET", "/api/v1/articles/pont", headers={"If-None-Match": reply.headers["etag"]}
    )
    assert again.status_code == 304 and again.content == b""
    hits = request_("GET", "/api/v1/similar", params={"id": "pont", "k": 1}).json()
    assert hits == jsonable(archive.similar("pont", 1))
    assert request_("GET", "/api/v1/stats").json()["articles"] == 3


def test_a_list_goes_on_where_it_was_whatever_is_written_meanwhile(
    tmp_path: Path,
) -> None:
    days = [date(2025, 3, day) for day in (9, 9, 9, 8, 7)] + [None, None]
    some = [Article(f"a{n}", "", "Le pont.", published=day) for n, day in enumerate(days)]
    with Archive.open(tmp_path, encoder=FakeEncoder()) as written:
        written.ingest(some)
        request, got, after = asker(written), list[str](), {}
        while True:
            reply = request("GET", "/api/v1/articles", params={"limit": 2, **after}).json()
            got += [one["id"] for one in reply["articles"]]
            if not reply["more"]:
                break
            after = {"after": reply["next"]}
            written.delete(got[-1])  # the very place that the next page begins after
            written.ingest([Article("neuf", "", "Un pont.", published=date(2026, 1, len(got)))])
        assert reply["next"] is None and got == [one.id for one in some]
        filtered = {"since": "2025-03-01", "limit": 1}
        first = request("GET", "/api/v1/articles", params=filtered).json()
        rest = {**filtered, "limit": 9, "after": first["next"]}
        found = request("GET", "/api/v1/articles", params=rest).json()["articles"]
        kept = [one.id for one in written.articles(since="2025-03-01")]
        assert [one["id"] for one in (*first["articles"], *found)] == kept


@pytest.mark.parametrize(
    ("method", "path", "options", "status", "said"),
    [
        ("GET", "/search", {}, 422, "« q » : il manque"),
        ("GET", "/search?q=x&k=0", {}, 422, "« k » : doit valoir au moins 1"),
        ("GET", "/search?q=x&k=beaucoup", {}, 422, "« k » : doit être un nombre entier"),
        ("GET", "/search?q=%20", {}, 422, "La question est vide"),
        ("GET", "/search?q=x&since=jamais", {}, 422, "« jamais » n'est pas un jour"),
        ("GET", "/search?q=x&kind=blog", {}, 422, "« kind » : doit être 'article' ou 'brève'"),
        ("POST", "/ask", {"content": "non"}, 422, "n’est pas du JSON"),
        ("POST", "/ask", {"json": {"question": "x", "read_dates": 0}}, 422, "true ou false"),
        ("POST", "/ask", {"json": {"question": ""}}, 422, "« question » : est vide"),
        ("POST", "/ask", {"json": {"question": "x" * 4_001}}, 422, "4000 caractères au plus"),
        ("POST", "/ask", {"json": {"question": "x", "modele": 1}}, 422, "n'est pas un champ connu"),
        ("GET", "/articles?changed_since=0001-01-01", {}, 422, "n'est pas un moment"),
        ("GET", "/articles?changed_since=9999-12-31T23:00-12:00", {}, 422, "pas un moment"),
        ("GET", "/articles?after=W10", {}, 422, "« W10 » ne dit pas où continuer"),
        ("GET", "/articles?after=%C3%A9%00", {}, 422, "ne dit pas où continuer"),
        ("GET", "/articles?after=WyIwIiwiMSJd", {}, 422, "ne dit pas où continuer"),
        ("GET", "/articles/inconnu", {}, 404, words.NO_SUCH_ARTICLE),
        ("GET", "/similar?id=inconnu", {}, 404, words.NO_SUCH_ARTICLE),
        ("GET", "/rien", {}, 404, words.CLOSED),
        ("DELETE", "/stats", {}, 405, words.CLOSED),
    ],
)
def test_what_cannot_be_answered_is_a_problem(
    request_: Request, method: str, path: str, options: dict[str, Any], status: int, said: str
) -> None:
    headers = {"Content-Type": "application/json"} if "content" in options else {}
    reply = request_(method, f"/api/v1{path}", headers=headers, **options)
    assert reply.status_code == status
    assert said in told(reply)


def test_too_many_questions_are_told_when_to_come_back(
    request_: Request, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(Turns, "wait", _full)
    reply = request_("POST", "/api/v1/ask", json={"question": BRIDGE_QUESTION})
    assert reply.status_code == 429 and told(reply) == words.TOO_MANY
    assert int(reply.headers["retry-after"]) > 0


async def _full(self: Turns, reader: str) -> Any:
    from brief_qa.web.turns import Full

    raise Full
    yield 0


def test_no_turn_is_kept_by_a_question_that_failed(request_: Request) -> None:
    for _ in range(70):  # more than one address may have waiting
        body = {"question": "x", "since": "jamais"}
        assert request_("POST", "/api/v1/ask", json=body).status_code == 422


def test_the_commands_of_its_page_run(request_: Request) -> None:
    page = (Path(__file__).parents[1] / "docs" / "api.md").read_text(encoding="utf-8")
    lines = [line for line in page.splitlines() if line.startswith("curl ")]
    commands = [shlex.split(line) for line in lines if "Bearer" not in line]
    assert commands
    for _, address, *options in commands:
        path = address.removeprefix("http://127.0.0.1:7860")
        if options:
            reply = request_("POST", path, json=json.loads(options[1]))
        else:
            reply = request_("GET", path)
        assert reply.status_code == 200, path


def test_the_api_is_described(request_: Request) -> None:
    described = request_("GET", "/api/v1/openapi.json").json()
    assert described["openapi"].startswith("3.1")
    assert set(described["paths"]) == {
        "/search",
        "/ask",
        "/articles",
        "/articles/{id}",
        "/articles/bulk",
        "/articles/fetch",
        "/similar",
        "/stats",
    }
    refused = described["paths"]["/articles/{id}"]["put"]["responses"]["412"]["content"]
    assert list(refused) == ["application/problem+json"]


@pytest.mark.parametrize(
    ("method", "path", "options"),
    [
        ("GET", "/search", {"params": {"q": "pont"}}),
        ("POST", "/ask", {"json": {"question": BRIDGE_QUESTION}}),
        ("GET", "/articles", {}),
        ("GET", "/stats", {}),
    ],
)
def test_a_reply_holds_what_is_described_and_nothing_else(
    request_: Request, method: str, path: str, options: dict[str, Any]
) -> None:
    described = request_("GET", "/api/v1/openapi.json").json()
    schemas = described["components"]["schemas"]
    name = schema_of(described["paths"][path][method.lower()]["responses"]["200"])
    reply = request_(method, f"/api/v1{path}", **options).json()
    assert set(reply) == set(schemas[name]["properties"])
    for hit in reply.get("hits", ()):
        assert set(hit) == set(schemas["HitReply"]["properties"])


def schema_of(reply: dict[str, Any]) -> str:
    """The name of the schema of a reply in JSON."""
    return str(reply["content"]["application/json"]["schema"]["$ref"].rpartition("/")[2])


def test_an_address_says_all_that_it_takes(request_: Request) -> None:
    for path, taken in (
        ("/articles", "GET, POST"),
        ("/articles/pont", "DELETE, GET, PUT"),
        ("/openapi.json", "GET, HEAD"),
    ):
        reply = request_("PATCH", f"/api/v1{path}")
        assert reply.status_code == 405
        assert sorted(reply.headers["allow"].split(", ")) == taken.split(", ")


def test_health(archive: Archive, request_: Request, monkeypatch: pytest.MonkeyPatch) -> None:
    assert request_("GET", "/health/live").json() == {"status": "ok"}
    assert request_("GET", "/health/ready").json() == {"status": "ok", "articles": 3}

    def damaged(_: Archive) -> None:
        raise IndexDamaged("Le catalogue est abîmé.")

    monkeypatch.setattr(Archive, "coverage", damaged)
    ready = request_("GET", "/health/ready")
    assert ready.status_code == 503 and told(ready) == "Le catalogue est abîmé."
    assert request_("GET", "/health/live").status_code == 200
