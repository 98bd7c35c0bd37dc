"""The archive page and its administration, without a browser: who may, what comes of it."""

from __future__ import annotations

import asyncio
import fcntl
import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime
from html import unescape
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest

from brief_qa.archive import Archive
from brief_qa.audit import Audit, Entry
from brief_qa.domain import Article, IngestReport, Rejection, Remark, Stats, Withheld
from brief_qa.index import Index
from brief_qa.keys import Keys
from brief_qa.web import access as access_module
from brief_qa.web import application, uploads, words
from brief_qa.web.access import COOKIE, Access, Attempts, Said, TooManyWrong
from brief_qa.web.asking import customer
from brief_qa.web.render_admin import Administration
from brief_qa.web.render_archive import Holding, archive_html, sign_in_html
from fakes import FakeEncoder
from harmless import HOSTILE, Reading, assert_harmless
from serving import BRIDGE
from serving import HOSTILE as HOSTILE_ARTICLE

HERE = "http://localhost"
MOMENT = datetime(2026, 1, 1, 9, 5, tzinfo=UTC)
PAGE = (
    "pont.txt",
    "Le marché rouvre\nPublié le 12 mars 2025\n\nLe marché couvert de Valmont rouvrira mardi "
    "matin, après six mois de travaux dans les halles, a annoncé la mairie.\n",
)


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The archive of all the tests here."""
    with Archive.open(tmp_path_factory.mktemp("admin"), encoder=FakeEncoder()) as opened:
        yield opened


def built(archive: Archive, **options: Any) -> Any:
    async def made() -> Any:
        return application(archive, **options)

    return asyncio.run(made())


@pytest.fixture(scope="module")
def app(archive: Archive) -> Any:
    """The application, which anyone may read."""
    return built(archive)


@pytest.fixture(scope="module")
def closed(archive: Archive) -> Any:
    """The application, which needs a key to be read."""
    return built(archive, require_key=True)


class Browser:
    """A browser without scripts: keeps cookies, tells where its forms come from."""

    def __init__(self, app: Any, address: str = "127.0.0.1") -> None:
        self._app, self._address = app, address
        self.cookies = httpx.Cookies()

    def send(self, method: str, path: str, **options: Any) -> httpx.Response:
        """One request."""
        headers = {"Origin": HERE, **options.pop("headers", {})}

        async def sent() -> httpx.Response:
            transport = httpx.ASGITransport(app=self._app, client=(self._address, 1))
            async with httpx.AsyncClient(
                transport=transport, base_url=HERE, cookies=self.cookies
            ) as client:
                reply = await client.request(method, path, headers=headers, **options)
                self.cookies = client.cookies
                return reply

        return asyncio.run(sent())

    def page(self, path: str = "/archive") -> str:
        """What a page says."""
        return self.send("GET", path).text

    def act(self, action: str, **options: Any) -> str:
        """Send a form and follow it to the page, as text without tags."""
        reply = self.send("POST", f"/{action}", **options)
        assert (reply.status_code, reply.headers["location"]) == (303, "archive#issue"), reply.text
        return said(self.page())


def said(html: str) -> str:
    """The text of a page, its spaces plain."""
    return " ".join(unescape(re.sub(r"<[^>]*>", " ", html)).split())


@pytest.fixture
def administrator(archive: Archive, app: Any, keys: dict[str, str]) -> Browser:
    """A browser signed in with the admin key; the archive holds the bridge alone."""
    for one in list(archive.articles()):
        archive.delete(one.id)
    with archive._index.catalog.writing() as writing:
        writing._sql.execute("DELETE FROM deleted")
    archive.ingest([BRIDGE])
    browser = Browser(app)
    reply = browser.send("POST", "/connexion", data={"cle": keys["admin"], "suite": "archive"})
    assert (reply.status_code, reply.headers["location"]) == (303, "./archive")
    return browser


def sent_files(*files: tuple[str, str | bytes]) -> dict[str, Any]:
    return {"files": [("fichiers", file) for file in files]}


# -- everybody -------------------------------------------------------------------------------


def test_everybody_sees_what_it_holds_and_can_change_nothing(
    administrator: Browser, archive: Archive, app: Any
) -> None:
    archive.ingest([replace(BRIDGE, id="pont2", title="Autre", published=date(2025, 1, 2))])
    page = Browser(app).page()
    reading = assert_harmless(page)
    assert not reading.all("form") and not reading.all("button")
    assert {"connexion?suite=archive"} < {link["href"] for link in reading.all("a")}
    assert "2 articles" in said(page) and "4 mars 2025" in page and "fake" in page
    lead = [link["href"] for link in reading.all("a") if link["href"].startswith("recherche?")]
    asked = [parse_qs(urlsplit(one).query) for one in lead]
    assert {"depuis": ["2025-03-01"], "jusqu": ["2025-03-31"]} in asked
    assert {"rubrique": ["Régions"]} in asked and {"source": ["Le Journal"]} in asked


@pytest.mark.parametrize(
    "action", ["deconnexion", "ajouter", "supprimer", "retablir", "reindexer", "connexion"]
)
@pytest.mark.parametrize(
    "headers",
    [
        {"Origin": "http://ailleurs.example"},
        {"Origin": "http://localhost:81"},
        {"Origin": "null"},
        {"Origin": ""},
        {"Sec-Fetch-Site": "same-site"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
def test_no_other_site_acts_through_an_administrator(
    administrator: Browser, archive: Archive, action: str, headers: dict[str, str]
) -> None:
    before = archive.stats().change
    reply = administrator.send("POST", f"/{action}", data={"id": "pont"}, headers=headers)
    assert reply.status_code == 403 and words.FOREIGN_FORM[:20] in reply.text
    assert archive.stats().change == before
    assert "pont" not in administrator.page() or words.SIGN_OUT in administrator.page()


@pytest.mark.parametrize("action", ["deconnexion", "ajouter", "supprimer", "retablir", "reindexer"])
def test_the_address_of_an_action_leads_to_the_archive_and_does_nothing(
    administrator: Browser, archive: Archive, action: str
) -> None:
    before = archive.stats().change
    reply = administrator.send("GET", f"/{action}?id=pont")
    assert (reply.status_code, reply.headers["location"]) == (303, "archive")
    assert archive.stats().change == before and words.SIGN_OUT in administrator.page()


@pytest.mark.parametrize("action", ["ajouter", "supprimer", "retablir", "reindexer"])
@pytest.mark.parametrize("cookie", ["", "inconnu", "reader"])
def test_who_is_not_signed_in_as_an_administrator_acts_on_nothing(
    administrator: Browser, archive: Archive, closed: Any, keys: dict[str, str], action: str,
    cookie: str,
) -> None:  # fmt: skip
    before = archive.stats().change
    browser = Browser(closed)
    if cookie == "reader":
        browser.send("POST", "/connexion", data={"cle": keys["write"], "suite": ""})
        page = Reading(browser.page())
        assert "Régions" in page.text and "clé « write »" in page.text.replace("\u00a0", " ")
        assert [form["action"] for form in page.all("form")] == ["deconnexion"]
        assert not Reading(browser.page("/article?id=pont")).all("form")
    elif cookie:
        browser.cookies.set(COOKIE, cookie)
    reply = browser.send("POST", f"/{action}", data={"id": "pont"})
    assert reply.status_code in (303, 401)
    assert reply.headers.get("location", "connexion?").startswith("connexion?")
    assert archive.stats().change == before


# -- signing in ------------------------------------------------------------------------------


def test_a_session_is_a_cookie_that_scripts_and_other_sites_do_not_get(
    app: Any, keys: dict[str, str]
) -> None:
    reply = Browser(app).send("POST", "/connexion", data={"cle": f" {keys['admin']} "})
    cookie = reply.headers["set-cookie"].lower()
    assert "httponly" in cookie and "samesite=strict" in cookie and "secure" not in cookie
    assert keys["admin"].lower() not in cookie
    assert reply.headers["location"] == "./archive"


def test_over_https_the_cookie_is_secure(app: Any, keys: dict[str, str]) -> None:
    async def signed_in() -> httpx.Response:
        transport = httpx.ASGITransport(app=app)
        async with httpx.AsyncClient(transport=transport, base_url="https://localhost") as client:
            origin = {"Origin": "https://localhost"}
            return await client.post("/connexion", data={"cle": keys["admin"]}, headers=origin)

    assert "secure" in asyncio.run(signed_in()).headers["set-cookie"].lower()


def test_a_wrong_key_is_told_and_logged_and_after_some_one_must_wait(
    app: Any,
    keys: dict[str, str],
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    monkeypatch.setattr(access_module, "_PAUSE", 0)
    browser = Browser(app, "198.51.100.1")
    for _ in range(10):
        reply = browser.send("POST", "/connexion", data={"cle": "bq_00000000_x"})
        assert reply.status_code == 403 and words.WRONG_KEY[:20] in reply.text
        assert "set-cookie" not in reply.headers
    reply = browser.send("POST", "/connexion", data={"cle": "bq_00000000_x"})
    assert reply.status_code == 429 and int(reply.headers["retry-after"]) > 0
    assert "Réessayez dans" in reply.text
    assert caplog.messages.count("clé fausse, donnée par 198.51.100.1") == 10
    assert "bq_00000000" not in caplog.text
    other = Browser(app, "198.51.100.2").send("POST", "/connexion", data={"cle": keys["read"]})
    assert other.status_code == 403 and "admin" in other.text


@pytest.mark.parametrize(
    ("back", "leads_to"),
    [
        ("article?id=pont", "./article?id=pont"),
        ("?question=Qui%20%3F", "./?question=Qui%20%3F"),
        ("https://ailleurs.example", "./archive"),
        ("//ailleurs.example", "./archive"),
        ("/\\ailleurs.example", "./archive"),
        ("javascript:alert(1)", "./archive"),
        ("", "./"),
        ("archive.ailleurs.example", "./archive"),
    ],
)
def test_one_is_led_on_to_pages_of_this_site_only(
    app: Any, keys: dict[str, str], back: str, leads_to: str
) -> None:
    browser = Browser(app)
    assert assert_harmless(browser.page(f"/connexion?suite={httpx.QueryParams(s=back)}"))
    reply = browser.send("POST", "/connexion", data={"cle": keys["admin"], "suite": back})
    assert reply.headers["location"] == leads_to


def test_the_door_opened_by_itself_leads_to_the_archive(app: Any, keys: dict[str, str]) -> None:
    browser = Browser(app)
    fields = Reading(browser.page("/connexion")).all("input")
    assert [one["value"] for one in fields if one["name"] == "suite"] == ["archive"]


def test_a_session_ends_by_signing_out_and_with_its_key(administrator: Browser, app: Any,
    archive: Archive) -> None:  # fmt: skip
    assert words.SIGN_OUT in administrator.page()
    kept = dict(administrator.cookies)
    left = administrator.send("POST", "/deconnexion")
    gone = administrator.page(f"/{left.headers['location']}")
    assert words.SIGNED_OUT in gone and words.SIGNED_OUT not in administrator.page()
    thief = Browser(app)
    thief.cookies.update(kept)
    assert words.SIGN_OUT not in administrator.page() + thief.page()
    _, passing = Keys(archive.folder).create("passante", "admin")
    browser = Browser(app)
    browser.send("POST", "/connexion", data={"cle": passing})
    assert words.SIGN_OUT in browser.page()
    Keys(archive.folder).delete("passante")
    assert words.SIGN_OUT not in browser.page()


def test_a_session_ends_by_itself(archive: Archive, keys: dict[str, str]) -> None:
    now = [0.0]
    held = Keys(archive.folder)
    access = Access(held, clock=lambda: now[0])
    key = held.verified(keys["admin"])
    assert key
    request = httpx_request(access.open(key))
    assert access.administers(request)
    now[0] = access_module.LASTS - 1
    assert access.administers(request)
    now[0] += 2
    assert access.session(request) is None


def httpx_request(cookie: str) -> Any:
    from starlette.requests import Request

    return Request({"type": "http", "headers": [(b"cookie", f"{COOKIE}={cookie}".encode())]})


def test_attempts_are_forgotten_in_time_and_counted_by_network() -> None:
    now = [0.0]
    attempts = Attempts(lambda: now[0])
    for number in range(10):
        attempts.begin(customer(f"2001:db8::{number}"))
    with pytest.raises(TooManyWrong) as caught:
        attempts.begin(customer("2001:db8::ffff"))
    assert caught.value.seconds == 301
    attempts.begin(customer("2001:db8:1::1"))
    attempts.right(customer("2001:db8::1"))
    attempts.begin(customer("2001:db8::1"))
    now[0] = 300
    attempts.begin(customer("2001:db8::1"))


# -- an archive that is not for everybody ------------------------------------------------------


def test_without_a_key_nothing_of_the_articles_is_seen(
    administrator: Browser, closed: Any, keys: dict[str, str]
) -> None:
    stranger = Browser(closed)
    for path in ("/", "/recherche?q=pont", "/article?id=pont", "/archive", "/recherche.csv?q=pont"):
        reply = stranger.send("GET", path)
        assert reply.status_code == 303, path
        address = urlsplit(reply.headers["location"])
        assert address.path == "connexion"
        assert f"/{parse_qs(address.query).get('suite', [''])[0]}" == path
        assert "Valmont" not in reply.text
    for path in ("/api/v1/articles", "/api/v1/openapi.json", "/v1/models", "/mcp", "/config"):
        refused = stranger.send("GET", path)
        assert refused.status_code == 401 and "www-authenticate" in refused.headers
    assert stranger.send("POST", "/gradio_api/queue/join", json={}).status_code == 401
    assert stranger.send("GET", "/health/live").status_code == 200
    page = stranger.page("/connexion")
    assert assert_harmless(page) and "Le Journal" not in page and "1 article" not in said(page)
    for scope in ("read", "write", "admin"):
        key = {"Authorization": f"Bearer {keys[scope]}"}
        for path in ("/api/v1/articles/pont", "/v1/models", "/article?id=pont"):
            assert stranger.send("GET", path, headers=key).status_code == 200
    stranger.send("POST", "/connexion", data={"cle": keys["read"], "suite": ""})
    assert stranger.send("GET", "/article?id=pont").status_code == 200


def test_keys_that_cannot_be_read_open_nothing(
    administrator: Browser, closed: Any, keys: dict[str, str], archive: Archive
) -> None:
    kept = (archive.folder / "keys.json").read_text(encoding="utf-8")
    try:
        (archive.folder / "keys.json").write_text("{", encoding="utf-8")
        assert words.SIGN_OUT not in administrator.page()
        key = {"Authorization": f"Bearer {keys['admin']}"}
        refused = Browser(closed).send("GET", "/api/v1/stats", headers=key)
        assert refused.status_code == 503 and "brief-qa key create" in refused.text
        reply = administrator.send("POST", "/connexion", data={"cle": keys["admin"]})
        assert reply.status_code == 503 and "set-cookie" not in reply.headers
    finally:
        (archive.folder / "keys.json").write_text(kept, encoding="utf-8")


def test_guessing_at_the_door_is_limited(closed: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(access_module, "_PAUSE", 0)
    browser = Browser(closed, "198.51.100.9")
    wrong = {"Authorization": "Bearer bq_00000000_x"}
    codes = [browser.send("GET", "/api/v1/stats", headers=wrong).status_code for _ in range(11)]
    assert codes == [401] * 10 + [429]


# -- adding ----------------------------------------------------------------------------------


def test_files_are_taken_in_and_what_is_refused_is_told(
    administrator: Browser, archive: Archive
) -> None:
    told = administrator.act("ajouter", **sent_files(PAGE, ("une/photo.png", b"\x89PNG")))
    assert "1 article ajouté. Refusés" in told
    assert "Refusés (1) une/photo.png Extension « .png » inconnue." in told
    assert "Le marché rouvre" in told
    assert archive.titled("marché", 1)
    again = administrator.act("ajouter", **sent_files(PAGE))
    assert "1 article inchangé." in again
    corrected = (PAGE[0], PAGE[1].replace("mardi matin", "mercredi matin"))
    assert "1 article mis à jour." in administrator.act("ajouter", **sent_files(corrected))
    (entry, *_) = Audit(archive.folder).latest(1)
    assert (entry.who, entry.what) == ("admin", "ingest")
    assert entry.articles == (archive.titled("marché", 1)[0].id,)


def test_what_was_deleted_comes_back_only_when_asked_for(
    administrator: Browser, archive: Archive
) -> None:
    administrator.act("ajouter", **sent_files(PAGE))
    administrator.act("supprimer", data={"id": archive.titled("marché", 1)[0].id})
    told = administrator.act("ajouter", **sent_files(PAGE))
    assert "Supprimés auparavant, non repris (1)" in told and not archive.titled("marché", 1)
    administrator.act("ajouter", data={"reprendre": "oui"}, **sent_files(PAGE))
    assert archive.titled("marché", 1)


def test_a_script_is_told_the_progress(administrator: Browser) -> None:
    events = {"Accept": "text/event-stream"}
    reply = administrator.send("POST", "/ajouter", headers=events, **sent_files(PAGE))
    names = re.findall(r"^event: (\w+)", reply.text, re.MULTILINE)
    assert set(names) == {"progress", "done"} and names[-1] == "done"
    assert "1 article ajouté" in said(administrator.page())


@pytest.mark.parametrize(
    ("name", "told"),
    [
        ("../../../../tmp/evil.txt", "tmp/evil.txt"),
        ("/etc/evil.txt", "etc/evil.txt"),
        ("C:\\windows\\evil.txt", "evil.txt"),
        ("..\\windows\\evil.txt", "windows/evil.txt"),
        ("a\x00b\u202e.txt", "ab.txt"),
        ("é" * 300 + ".txt", "é" * 75 + ".txt"),
        ("/".join("abcdefghijkl") + "/evil.txt", "f/g/h/i/j/k/l/evil.txt"),
        ("..", "sans-nom"),
    ],
)
def test_a_name_never_leads_out_of_the_folder(tmp_path: Path, name: str, told: str) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    received(folder, [(name, b"x")])
    assert [str(path.relative_to(folder)) for path in files_below(tmp_path)] == [told]


def test_files_of_one_name_are_all_kept(tmp_path: Path) -> None:
    sent = [("a.txt", b"1"), ("a.txt", b"2"), ("a.txt/b.txt", b"3"), ("a.txt", b"4")]
    received(tmp_path, sent)
    assert sorted(path.read_bytes() for path in files_below(tmp_path)) == [b"1", b"2", b"3", b"4"]


def received(folder: Path, files: list[tuple[str, bytes]]) -> uploads.Upload:
    """Files as they come from a form, byte by byte."""
    body = b"".join(
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="'
        + name.replace("\\", "\\\\").encode()
        + b'"\r\n\r\n'
        + content
        + b"\r\n"
        for name, content in files
    )

    async def pieces() -> Any:
        for at in range(len(body)):
            yield body[at : at + 1]
        yield b"--x--\r\n"

    upload = uploads.Upload(folder, "multipart/form-data; boundary=x")
    asyncio.run(upload.receive(pieces()))
    return upload


def files_below(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_what_is_too_large_is_refused_and_the_rest_kept(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(uploads, "FILE_LIMIT", 5)
    upload = received(tmp_path, [("grand.txt", b"x" * 6), ("petit.txt", b"x" * 5)])
    assert [path.name for path in files_below(tmp_path)] == ["petit.txt"]
    assert [one.name for one in upload.refused] == ["grand.txt"]
    monkeypatch.setattr(uploads, "MOST_FILES", 2)
    with pytest.raises(uploads.UploadTooLarge, match="zip"):
        received(tmp_path, [("a", b""), ("b", b""), ("c", b"")])


def test_a_sending_that_is_too_large_or_none_is_told(
    administrator: Browser, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = archive.stats().change
    assert words.NO_FILE in administrator.act("ajouter", **sent_files(("", b"")))
    for content in (b"--x\r\npas un formulaire", b""):
        reply = administrator.send("POST", "/ajouter", content=content)
        assert reply.status_code == 400 and "formulaire" in reply.text
    monkeypatch.setattr(uploads, "UPLOAD_LIMIT", 100)
    reply = administrator.send("POST", "/ajouter", **sent_files(("a.txt", b"x" * 200)))
    assert reply.status_code == 413 and "plusieurs fois" in reply.text
    announced = administrator.send("POST", "/supprimer", content=b" " * (2**20 + 1))
    assert (announced.status_code, announced.text) == (413, words.TOO_LONG)
    assert archive.stats().change == before


def test_nothing_of_a_sending_is_left(
    administrator: Browser, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("tempfile.tempdir", str(tmp_path))
    administrator.act("ajouter", **sent_files(PAGE))
    administrator.send("POST", "/ajouter", content=b"x")
    assert list(tmp_path.iterdir()) == []


# -- deleting, undoing, mending ----------------------------------------------------------------


def test_an_article_is_found_by_its_title_deleted_and_brought_back(
    administrator: Browser, archive: Archive
) -> None:
    found = Reading(administrator.page("/archive?titre=PONT+neuf"))
    assert "pont" in [field.get("value") for field in found.all("input")]
    told = administrator.act("supprimer", data={"id": "pont"})
    assert "« Valmont : le pont Neuf rouvre » est supprimé" in told
    assert archive.article("pont") is None and words.UNDO_LIST in told
    assert words.NO_SUCH_ARTICLE in administrator.act("supprimer", data={"id": "pont"})
    assert words.NO_TITLE_FOUND in said(administrator.page("/archive?titre=pont"))
    assert "est rétabli" in administrator.act("retablir", data={"id": "pont"})
    assert archive.article("pont") == BRIDGE
    assert words.NOT_UNDONE in administrator.act("retablir", data={"id": "pont"})
    assert [one.what for one in Audit(archive.folder).latest(2)] == ["restore", "delete"]
    journal = administrator.page().split('class="journal"')[1]
    assert re.search("^.{,12}Rétablissement , .{,20}, aujourd’hui à", said(journal))
    assert 'href="article?id=pont">Valmont' in journal


def test_when_the_last_action_ended_is_told(administrator: Browser) -> None:
    administrator.send("POST", "/ajouter", headers={"Content-Type": "text/plain"})
    refused = said(administrator.page())
    assert refused.index("Aujourd’hui à") < refused.index("Envoi illisible")
    assert "Aujourd’hui à" in administrator.act("reindexer")


def test_an_administrator_deletes_an_article_from_its_page(administrator: Browser) -> None:
    page = assert_harmless(administrator.page("/article?id=pont"))
    (form,) = page.all("form")
    assert (form["action"], form["method"]) == ("supprimer", "post")


def test_what_was_deleted_is_brought_back_by_who_deleted_it_alone(
    administrator: Browser, app: Any, keys: dict[str, str], archive: Archive
) -> None:
    administrator.act("supprimer", data={"id": "pont"})
    other = Browser(app)
    other.send("POST", "/connexion", data={"cle": keys["admin"]})
    assert words.NOT_UNDONE in other.act("retablir", data={"id": "pont"})
    assert archive.article("pont") is None


def test_reindexing_mends_and_says_what(administrator: Browser, archive: Archive) -> None:
    assert words.NOTHING_TO_REINDEX in administrator.act("reindexer")
    with archive._index.catalog.writing() as writing:
        writing._sql.execute("UPDATE passages SET vector = x'00'")
    assert "articles redécoupés et réencodés : 1" in administrator.act("reindexer")
    assert archive.search("pont")[0].article.id == "pont"


def test_another_writer_and_a_read_only_index_are_told(
    administrator: Browser, archive: Archive, monkeypatch: pytest.MonkeyPatch
) -> None:
    patient = Index.writing
    monkeypatch.setattr(Index, "writing", lambda self: patient(self, 0.05))
    with (archive.folder / "write.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        for action, options in (
            ("supprimer", {"data": {"id": "pont"}}),
            ("ajouter", sent_files((PAGE[0], PAGE[1].replace("mardi", "samedi")))),
            ("reindexer", {}),
        ):
            assert "Un autre programme écrit dans" in administrator.act(action, **options)
    monkeypatch.setattr(archive._index.catalog, "read_only", True)
    assert "lecture seule" in administrator.act("supprimer", data={"id": "pont"})
    reading = Reading(administrator.page())
    assert words.READ_ONLY[:30] in reading.text
    assert [form["action"] for form in reading.all("form")] == ["deconnexion"]
    assert archive.article("pont")


# -- hostile words -----------------------------------------------------------------------------


def test_no_article_source_or_name_does_anything_in_the_page(
    administrator: Browser, archive: Archive
) -> None:
    hostile = [
        replace(HOSTILE_ARTICLE, id=f"h{n}", title=text, section=text, source=text)
        for n, text in enumerate(HOSTILE)
    ]
    archive.ingest([HOSTILE_ARTICLE, *hostile])
    assert_harmless(administrator.page("/archive?titre=%3Cscript"))
    for one in [HOSTILE_ARTICLE, *hostile]:
        administrator.act("supprimer", data={"id": one.id})
        assert archive.article(one.id) is None
        assert_harmless(administrator.page())
    for one in hostile[:3]:
        administrator.act("ajouter", **sent_files((f"{one.title}.png", b"x")))
        assert_harmless(administrator.page())


@pytest.mark.parametrize("text", HOSTILE)
def test_nothing_that_is_told_does_anything(text: str) -> None:
    stats = Stats(
        *(9, 1, 1, 9, None, date(2025, 1, 1)), {"2025-01": 9}, {text: 4}, {text: 5}, text, 1, 99
    )
    article = Article(id=text, title=text, body=text, section=text, source=text)
    report = IngestReport(
        added=1,
        rejected=(Rejection(text, text, 3),),
        withheld=(Withheld(text, text, date(2025, 1, 1)),),
        article_ids=(text,),
        remarks=(Remark(text, text),),
    )
    entry = Entry(text, text, text, (text,))  # type: ignore[arg-type]
    for outcome in (report, Said(text), Said(text, True, article)):
        shown_to = Administration(
            name=text,
            outcome=outcome,
            ended=MOMENT,
            written=[article],
            deleted=[article],
            title_words=text,
            found=[article],
            log=[entry, Entry("2025-01-01T00:00:00Z", text, "delete", ("gone",))],
            named={text: article},
            now=MOMENT,
        )
        for holding in (Holding(stats, False, date(2026, 1, 1)), Holding(stats, True, date.min)):
            assert_harmless(archive_html(holding, shown_to))
            assert_harmless(archive_html(holding, None, text))
    assert_harmless(sign_in_html(text, reading=True, trouble=text))


def test_an_empty_archive_has_a_page_too() -> None:
    nothing = Stats(0, 0, 0, 0, None, None, {}, {}, {}, "", 0, 0)
    page = archive_html(Holding(nothing, False, date(2026, 1, 1)), None)
    assert words.EMPTY_ARCHIVE in page and assert_harmless(page)
