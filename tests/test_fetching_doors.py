"""Pages taken in by their addresses: read as files are, off by default, the same at both doors."""

from __future__ import annotations

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import pytest
from typer.testing import CliRunner, Result

from brief_qa import Archive, Article
from brief_qa.audit import Audit
from brief_qa.cli import app as commands
from brief_qa.domain import IngestReport
from brief_qa.keys import SCOPES, Keys
from brief_qa.remote import Remote
from brief_qa.web import application, words
from brief_qa.web.api.writing import FETCHES
from fakes import FakeEncoder
from remote_site import HOST, PAGE, Asked, Site, site
from serving import BRIDGE
from test_api import told
from test_api_writes import sent

BODY = (
    "Le marché de Valmont a reçu cent visiteurs samedi matin. Les maraîchers de la Loue y ont "
    "vendu leurs premières asperges, et la mairie promet qu'il reviendra chaque semaine."
)
MARKET = PAGE.format(title="Le marché de Valmont rouvre", text=BODY)
OTHER = "https://autre.example/pont"


@pytest.fixture(scope="module")
def journal() -> Iterator[Site]:
    """A site."""
    with site() as running:
        yield running


def taken(archive: Archive, journal: Site, *urls: str) -> IngestReport:
    """The report of an ingest of these addresses."""
    return archive.ingest([Remote(url, journal.fetch()) for url in urls])


# -- how it is read --------------------------------------------------------------------------


def test_a_page_is_known_by_the_address_where_it_was(archive: Archive, journal: Site) -> None:
    url = journal.show("/marche", MARKET)
    report = taken(archive, journal, journal.send_on("/court", "/marche"))
    (article,) = archive.articles()
    assert (report.added, article.url) == (1, url)
    assert (article.title, article.source) == ("Le marché de Valmont rouvre", "Le Journal")
    assert "premières asperges" in article.body
    assert taken(archive, journal, url).unchanged == 1
    assert taken(archive, journal, f"{url}?utm_source=lettre#bas").added == 0


def test_a_correction_takes_its_place_and_what_was_deleted_stays_so(
    archive: Archive, journal: Site
) -> None:
    url = journal.show("/marche", MARKET)
    taken(archive, journal, url)
    journal.show("/marche", MARKET.replace("cent visiteurs", "mille visiteurs"))
    assert taken(archive, journal, url).updated == 1
    (article,) = archive.articles()
    assert "mille visiteurs" in article.body
    archive.delete(article.id)
    assert len(taken(archive, journal, url).withheld) == 1 and not list(archive.articles())


@pytest.mark.parametrize(
    ("kind", "page"),
    [
        (
            "text/html",
            MARKET.replace("<head>", f"<head><link rel='canonical' href='{OTHER}'>"),
        ),
        ("text/markdown", f"---\nid: pont\nurl: {OTHER}\n---\n# Le marché\n\n{BODY}"),
        ("application/json", json.dumps({"id": "pont", "url": OTHER, "text": BODY})),
        ("application/jsonl", json.dumps({"id": "pont", "text": BODY})),
        ("text/csv", f'id,url,text\npont,{OTHER},"{BODY}"'),
    ],
)
def test_no_site_takes_the_place_of_anothers_article(
    archive: Archive, journal: Site, kind: str, page: str
) -> None:
    archive.ingest([BRIDGE, Article(id="", title="Le pont", body="Le pont.", url=OTHER)])
    before = set(archive.articles())
    assert taken(archive, journal, journal.show("/x", page, Content_Type=kind)).added == 1
    (new,) = set(archive.articles()) - before
    assert before < set(archive.articles()) and BODY[:30] in new.body
    assert new.url in (None, journal.url("/x")) and new.id != "pont"


def test_records_keep_their_addresses_on_their_own_site(archive: Archive, journal: Site) -> None:
    records = [{"url": journal.url(f"/{n}"), "text": f"Nouvelle numéro {n}."} for n in range(3)]
    url = journal.show("/flux", json.dumps(records), Content_Type="application/json")
    assert taken(archive, journal, url).added == 3
    assert {one.url for one in archive.articles()} == {one["url"] for one in records}


def test_a_copied_page_keeps_its_briefs(archive: Archive, journal: Site) -> None:
    golden = Path(__file__).parent / "golden" / "copied" / "03_lignes_simples_suite_auteur_date.txt"
    text = golden.read_text(encoding="utf-8")
    url = journal.show("/copie", text, Content_Type="text/plain; charset=utf-8")
    taken(archive, journal, url)
    kinds = {one.kind: one for one in archive.articles()}
    assert kinds["article"].url == url and kinds["brève"].url is None
    assert kinds["brève"].parent_id == kinds["article"].id


def test_what_cannot_be_had_does_not_stop_the_rest(
    archive: Archive, journal: Site, tmp_path: Path
) -> None:
    (tmp_path / "pont.md").write_text("# Le pont\n\nLe pont a rouvert mardi.", encoding="utf-8")
    empty = journal.show("/vide", "<html><body></body></html>")
    absent = journal.send_on("/parti", "http://journal.example:22/")
    urls = [Remote(url, journal.fetch()) for url in (empty, absent, journal.show("/m", MARKET))]
    report = archive.ingest([*urls[:2], tmp_path / "pont.md", urls[2]])
    assert (report.added, [one.name for one in report.rejected]) == (2, [empty, absent])
    assert "le port 22" in report.rejected[1].reason


# -- the command line ------------------------------------------------------------------------


def ingested(index: Path, *given: str) -> Result:
    """What ``brief-qa ingest`` does."""
    command = ["ingest", *given, "--index", str(index)]
    return CliRunner().invoke(commands, command, obj=FakeEncoder())


def test_an_address_is_not_fetched_unless_that_is_allowed(tmp_path: Path) -> None:
    done = ingested(tmp_path / "index", str(tmp_path), "HTTPS://journal.example/marche")
    assert done.exit_code == 1 and "--allow-fetch" in done.output
    assert "« HTTPS://journal.example/marche »" in done.output
    assert not (tmp_path / "index").exists(), "refused before anything was made"


def test_an_address_is_fetched_where_it_is(
    tmp_path: Path, journal: Site, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("brief_qa.fetching.fetch", journal.fetch())
    (tmp_path / "pont.md").write_text("# Le pont\n\nLe pont a rouvert mardi.", encoding="utf-8")
    given = (str(tmp_path / "pont.md"), journal.show("/marche", MARKET))
    assert ingested(tmp_path / "index", *given, "--allow-fetch").exit_code == 0
    monkeypatch.setenv("BRIEF_QA_ALLOW_FETCH", "1")
    again = ingested(tmp_path / "index", *given)
    assert again.exit_code == 0 and "2 déjà connus" in again.output
    monkeypatch.setenv("BRIEF_QA_ALLOW_FETCH", "0")
    assert ingested(tmp_path / "index", *given).exit_code == 1


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost", "169.254.169.254"])
def test_the_command_line_asks_the_public_web_alone(tmp_path: Path, host: str) -> None:
    done = ingested(tmp_path / "index", f"http://{host}/", "--allow-fetch", "--json")
    (rejected,) = json.loads(done.stdout)["rejected"]
    assert done.exit_code == 1 and "Web public" in rejected["reason"]


# -- the HTTP API ----------------------------------------------------------------------------


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The archive that is served."""
    with Archive.open(tmp_path_factory.mktemp("fetched"), encoder=FakeEncoder()) as opened:
        yield opened


@pytest.fixture(scope="module")
def keys(served: Archive) -> dict[str, str]:
    """A key for each right."""
    return {scope: Keys(served.folder).create(scope, scope)[1] for scope in SCOPES}


Post = Callable[..., httpx.Response]


@pytest.fixture(scope="module")
def post(served: Archive, journal: Site, keys: dict[str, str]) -> Post:
    """Send an address to a server that may fetch from the site alone."""
    fetch = journal.fetch(resolve=lambda host, _: ["127.0.0.1" if host == HOST else host])

    async def built() -> Any:
        return application(served, fetch=fetch)

    app = asyncio.run(built())
    return lambda url, scope="write", **more: sent(
        *(app, keys, "POST", "/articles/fetch"), scope=scope, json={"url": url, **more}
    )


def test_a_page_is_taken_in_over_the_network(served: Archive, journal: Site, post: Post) -> None:
    url = journal.show("/marche", MARKET)
    reply = post(url)
    assert reply.status_code == 200 and reply.json()["added"] == 1
    (id,) = reply.json()["article_ids"]
    held = served.article(id)
    assert held and held.url == url
    entry = Audit(served.folder).latest(1)[0]
    assert (entry.who, entry.what, entry.articles) == ("write", "fetch", (id,))
    assert post(url).json()["unchanged"] == 1
    served.delete(id)
    assert [one["id"] for one in post(url).json()["withheld"]] == [id]
    assert post(url, restore=True).json()["added"] == 1


def test_nobody_has_a_page_fetched_without_the_right(journal: Site, post: Post) -> None:
    journal.asked.clear()
    url = journal.show("/marche", MARKET)
    assert (post(url, "").status_code, told(post(url, ""))) == (401, words.NEEDS_KEY)
    read = post(url, "read")
    assert (read.status_code, told(read)) == (403, words.NEEDS_WIDER_KEY.format(scope="write"))
    assert journal.asked == []


def test_a_server_fetches_nothing_unless_that_is_allowed(
    served: Archive, journal: Site, keys: dict[str, str]
) -> None:
    async def built() -> Any:
        return application(served)

    app, journal.asked[:] = asyncio.run(built()), []
    body = {"url": journal.show("/marche", MARKET)}
    reply = sent(app, keys, "POST", "/articles/fetch", json=body)
    assert (reply.status_code, told(reply)) == (403, words.NO_FETCHING)
    assert "--allow-fetch" in told(reply) and journal.asked == []


def test_a_private_machine_tells_nothing(served: Archive, journal: Site, post: Post) -> None:
    """Whether its port is open, closed, or at the end of a redirect: the same words."""
    change = served.stats().change
    with site("127.0.0.2", journal.server_port) as inside:
        inside.show("/", "secret")
        said = set()
        for url in (inside.url("/", "127.0.0.2"), "http://127.0.0.3/", "http://10.0.0.1/"):
            for asked in (url, journal.send_on("/ailleurs", url)):
                reply = post(asked)
                assert reply.status_code == 422
                said.add(told(reply).replace(url, "…"))
        assert len(said) == 1 and inside.asked == []
    assert served.stats().change == change


@pytest.mark.parametrize(
    ("body", "said"),
    [
        ({"url": "file:///etc/passwd"}, "pas une adresse de page"),
        ({"url": "http://moi:secret@journal.example/"}, "mot de passe"),
        ({"url": "http://journal.example:22/"}, "le port 22"),
        ({"url": ""}, "« url » : est vide"),
        ({"url": "x" * 3_000}, "« url » : est trop long"),
        ({"url": "http://journal.example/", "headers": {}}, "n'est pas un champ connu"),
        ({}, "« url » : il manque"),
    ],
)
def test_what_cannot_be_fetched_is_told(
    served: Archive, keys: dict[str, str], post: Post, body: dict[str, Any], said: str
) -> None:
    url = body.pop("url", None)
    reply = post(url, **body) if url is not None else post(None)
    assert reply.status_code == 422
    assert said in told(reply) or url is None
    assert reply.headers["content-type"] == "application/problem+json"


def test_few_pages_are_fetched_at_once(journal: Site, post: Post) -> None:
    begun, go_on = threading.Semaphore(0), threading.Event()

    def waits(asked: Asked) -> None:
        begun.release()
        go_on.wait(10)
        asked.reply(MARKET.encode())

    journal.pages["/lente"] = waits
    replies: list[int] = []
    waiting = [
        threading.Thread(target=lambda: replies.append(post(journal.url("/lente")).status_code))
        for _ in range(FETCHES)
    ]
    for one in waiting:
        one.start()
    for _ in waiting:
        assert begun.acquire(timeout=10)
    over = post(journal.show("/marche", MARKET))
    go_on.set()
    for one in waiting:
        one.join()
    assert (over.status_code, told(over)) == (429, words.TOO_MANY_FETCHES)
    assert int(over.headers["retry-after"]) > 0
    assert replies == [200] * FETCHES
    assert post(journal.url("/marche")).status_code == 200
