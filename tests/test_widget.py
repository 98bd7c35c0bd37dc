"""The question box on a page of another site, which has a strict policy of its own."""

from __future__ import annotations

import urllib.error
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from brief_qa import Archive, Article
from brief_qa.errors import InputError
from brief_qa.texts import REFUSAL, UNSEEN
from brief_qa.web.origins import origin
from fakes import FakeEncoder
from harmless import HOSTILE
from serving import BRIDGE_QUESTION, HOSTILE_QUESTION, UNKNOWN_QUESTION, serving

WIDGET = Path(__file__).parents[1] / "src/brief_qa/web/static/widget.js"
LARGEST = 25_000
TIMEOUT = 30_000
WIDE, NARROW = (1280, 860), (390, 844)
WORSE = Article(
    id="pire<b>",
    title=" ".join(HOSTILE),
    body=" ".join(["Le clou du spectacle a été planté par Anne Rivet, du port :", *HOSTILE]),
    url="https://journal.example/<script>",
    source=HOSTILE[0],
    section=HOSTILE[1],
)
WORSE_QUESTION = "Par qui le clou du spectacle a-t-il été planté ?"
POLICY = (
    "default-src 'none'; script-src {archive}; connect-src {archive}; style-src 'self'; "
    "img-src data:; base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'"
)
PAGE = f"""<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Journal</title>
<meta name="viewport" content="width=device-width"><link rel="icon" href="data:,">
<link rel="stylesheet" href="style.css"></head><body><h1>Le Journal</h1>
<script src="{{archive}}/widget.js" data-heading="Nos archives"
data-examples="{BRIDGE_QUESTION} | Qui ?" data-theme="light"></script>
<p id="after">La suite de la page.</p></body></html>"""
STYLE = "p, h2, a, input { color: rgb(1, 2, 3) !important; font-size: 40px !important }"


class Journal(ThreadingHTTPServer):
    """A site of its own, whose one page holds the widget of an archive."""

    archive = ""

    def __init__(self, page: str, style: str) -> None:
        super().__init__(("127.0.0.1", 0), _Page)
        self.page, self.style = page, style

    @property
    def address(self) -> str:
        """Its origin."""
        return f"http://127.0.0.1:{self.server_port}"


class _Page(BaseHTTPRequestHandler):
    server: Journal

    def do_GET(self) -> None:
        """Serve the page or its style."""
        style = self.path == "/style.css"
        page = self.server.page.replace("{archive}", self.server.archive)
        body = (self.server.style if style else page).encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/css" if style else "text/html; charset=utf-8")
        self.send_header("Content-Security-Policy", POLICY.format(archive=self.server.archive))
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:
        """Say nothing."""


@contextmanager
def journal(page: str = PAGE, style: str = STYLE) -> Iterator[Journal]:
    """A site, on a free port."""
    with Journal(page, style) as site:
        thread = Thread(target=site.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield site
        finally:
            site.shutdown()
            thread.join()


@pytest.fixture(scope="module")
def sites(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, Journal, Journal]]:
    """The archive's address, a site that it lists, and one that it does not."""
    with journal() as listed, journal() as other:
        folder = tmp_path_factory.mktemp("widget") / "index"
        with serving(folder, "--allow-origin", listed.address) as (address, _):
            with Archive.open(folder, encoder=FakeEncoder()) as archive:
                archive.ingest([WORSE])
            listed.archive = other.archive = address
            yield address, listed, other


Opens = Callable[..., Page]


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """Open a site as a new reader; afterwards nothing went wrong but what was expected."""
    with ExitStack() as readers:
        wrong: list[str] = []

        def open_site(site: Journal, size: tuple[int, int] = WIDE, *, faults: bool = False) -> Page:
            context = browser.new_context(
                viewport={"width": size[0], "height": size[1]}, locale="fr-FR"
            )
            readers.callback(context.close)
            context.set_default_timeout(TIMEOUT)
            page = context.new_page()
            page.on("pageerror", lambda error: wrong.append(str(error)))
            if not faults:  # a refusal by CORS is an error of the console
                page.on(
                    "console",
                    lambda said: wrong.append(said.text) if said.type == "error" else None,
                )
            page.goto(site.address)
            page.wait_for_selector("brief-qa form")
            return page

        yield open_site
        assert wrong == []


def ask(page: Page, question: str) -> None:
    """Type a question in the box, send it, and wait for what comes of it."""
    page.get_by_label("Votre question").fill(question)
    page.get_by_label("Votre question").press("Enter")
    box = page.locator("brief-qa [role=log] > div").last
    expect(box.locator(".cite, .refusal, .trouble").first).to_be_visible(timeout=TIMEOUT)


# -- in a browser ------------------------------------------------------------------------------


@pytest.mark.browser
@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_page_elsewhere_asks_and_its_reader_opens_the_citation(
    opens: Opens, sites: tuple[str, Journal, Journal], size: tuple[int, int]
) -> None:
    address, listed, _ = sites
    page = opens(listed, size)
    ask(page, BRIDGE_QUESTION)
    said = page.locator("brief-qa .said").first
    expect(said).to_contain_text("inauguré par Paul Durand")
    expect(said.locator("strong")).to_contain_text("Paul Durand")
    live = page.locator("brief-qa .sources a").nth(1)
    assert live.get_attribute("href").startswith(  # type: ignore[union-attr]
        "https://journal.example/valmont/pont-neuf#:~:text=Le%20pont"
    )
    with page.context.expect_page() as opened:
        page.get_by_role("link", name="Source 1").click()
    article = opened.value
    article.wait_for_load_state()
    assert article.url.startswith(f"{address}/article?id=pont&citation=")
    expect(article.locator("mark")).to_contain_text("inauguré par Paul Durand")
    expect(article.locator("mark")).to_be_in_viewport()
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]


@pytest.mark.browser
def test_styles_leak_neither_in_nor_out(opens: Opens, sites: tuple[str, Journal, Journal]) -> None:
    page = opens(sites[1])
    style = "(element) => [getComputedStyle(element).color, getComputedStyle(element).fontSize]"
    assert page.locator("#after").evaluate(style) == ["rgb(1, 2, 3)", "40px"]
    assert page.locator("brief-qa h2").evaluate(style) == ["rgb(29, 28, 26)", "20px"]
    page.locator("brief-qa").evaluate("(box) => box.setAttribute('theme', 'dark')")
    assert page.locator("brief-qa h2").evaluate(style) == ["rgb(233, 230, 223)", "20px"]


@pytest.mark.browser
def test_a_refusal_shows_what_is_near_and_a_question_can_lean_on_the_last(
    opens: Opens, sites: tuple[str, Journal, Journal]
) -> None:
    page = opens(sites[1])
    page.get_by_role("button", name=BRIDGE_QUESTION).press("Enter")
    expect(page.locator("brief-qa .cite").first).to_be_visible(timeout=TIMEOUT)
    ask(page, UNKNOWN_QUESTION)
    expect(page.locator("brief-qa .refusal")).to_have_text(REFUSAL.replace("'", "’"))
    near = page.locator("brief-qa .sources").last
    expect(near.locator(".title").first).to_be_visible()
    for address in near.locator("a").evaluate_all("(links) => links.map((one) => one.href)"):
        assert address.startswith("http")
    expect(page.get_by_role("log")).to_be_visible()


@pytest.mark.browser
@pytest.mark.parametrize("question", [HOSTILE_QUESTION, WORSE_QUESTION])
def test_a_hostile_article_is_text(
    opens: Opens, sites: tuple[str, Journal, Journal], question: str
) -> None:
    page = opens(sites[1])
    ask(page, question)
    assert page.evaluate("window.hurt") is None
    expect(page.locator("brief-qa .sources").first).to_contain_text("<img src=x onerror=")
    ours = "a button div footer form h2 h3 h4 input label li p section span strong ul".split()
    tags = page.locator("brief-qa *").evaluate_all("(all) => all.map((one) => one.localName)")
    assert set(tags) <= set(ours)
    assert not UNSEEN.search(page.locator("brief-qa section").inner_text())
    for address in page.locator("brief-qa a").evaluate_all("(all) => all.map((one) => one.href)"):
        assert address.startswith("http")


@pytest.mark.browser
def test_a_question_is_stopped_by_the_keyboard(
    opens: Opens, sites: tuple[str, Journal, Journal]
) -> None:
    page = opens(sites[1])
    page.context.route("**/api/v1/ask", lambda route: None)  # it never answers
    box = page.get_by_label("Votre question")
    box.fill(BRIDGE_QUESTION)
    box.press("Enter")
    expect(page.get_by_role("button", name="Arrêter")).to_be_visible()
    expect(page.locator("brief-qa .step")).to_contain_text("Recherche")
    box.press("Escape")
    expect(page.locator("brief-qa .note")).to_have_text("Arrêtée.")
    expect(page.get_by_role("button", name="Demander")).to_be_visible()


@pytest.mark.browser
def test_a_site_that_is_not_listed_is_told_so(
    opens: Opens, sites: tuple[str, Journal, Journal]
) -> None:
    page = opens(sites[2], faults=True)
    ask(page, BRIDGE_QUESTION)
    expect(page.locator("brief-qa .trouble")).to_contain_text("n’autorise pas cette page")


# -- what the server says to browsers ----------------------------------------------------------


def reply(
    address: str, path: str, asking: str | None, method: str = "GET", data: bytes | None = None
) -> tuple[int, dict[str, str]]:
    """Status and headers, names in lower case, of what a site's page would be answered."""
    headers = {"Content-Type": "application/json"} | ({"Origin": asking} if asking else {})
    request = urllib.request.Request(address + path, data, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            return answer.status, {name.lower(): text for name, text in answer.headers.items()}
    except urllib.error.HTTPError as error:
        with error:
            return error.code, {name.lower(): text for name, text in error.headers.items()}


def opened(headers: dict[str, str]) -> str | None:
    """The site that may read a reply."""
    assert "access-control-allow-credentials" not in headers
    return headers.get("access-control-allow-origin")


def test_only_a_listed_site_is_given_leave_and_only_for_questions(
    sites: tuple[str, Journal, Journal],
) -> None:
    address, listed, other = sites
    question = b'{"question": "Qui ?"}'
    for path, method, data in (
        ("/api/v1/ask", "POST", question),
        ("/api/v1/search?q=pont", "GET", None),
        ("/widget.js", "GET", None),
    ):
        for sent, body in (("OPTIONS", None), (method, data)):
            status, headers = reply(address, path, listed.address, sent, body)
            assert status in (200, 204) and opened(headers) == listed.address
            assert "Origin" in headers["vary"]
            for foreign in (other.address, "null", f"{listed.address}0", "https://127.0.0.1"):
                status, headers = reply(address, path, foreign, sent, body)
                assert status == 403 and opened(headers) is None
                assert "Origin" in headers["vary"]
        assert reply(address, path, None, method, data)[0] == 200, "a program says no origin"
        assert reply(address, path, address, method, data)[0] == 200, "its own page"
    for path in ("/", "/api/v1/articles", "/api/v1/stats", "/article?id=pont", "/recherche"):
        status, headers = reply(address, path, listed.address)
        assert status == 200 and opened(headers) is None


def test_leave_is_for_the_method_and_the_header_that_the_widget_uses(
    sites: tuple[str, Journal, Journal],
) -> None:
    address, listed, _ = sites
    _, headers = reply(address, "/api/v1/ask", listed.address, "OPTIONS")
    assert headers["access-control-allow-methods"] == "POST"
    assert headers["access-control-allow-headers"] == "content-type"


def test_the_script_is_small_and_kept_by_browsers(sites: tuple[str, Journal, Journal]) -> None:
    status, headers = reply(sites[0], "/widget.js", None)
    assert status == 200 and "javascript" in headers["content-type"]
    assert headers["cache-control"].startswith("public, max-age=")
    source = WIDGET.read_text("utf-8")
    assert WIDGET.stat().st_size < LARGEST
    for unsafe in ("innerHTML", "insertAdjacentHTML", "eval(", "new Function", ".style", "<style"):
        assert unsafe not in source


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("https://Journal.example/", "https://journal.example"),
        ("http://localhost:8080", "http://localhost:8080"),
        ("https://journal.example:443", "https://journal.example"),
    ],
)
def test_a_site_is_named_as_browsers_name_it(given: str, meant: str) -> None:
    assert origin(given) == meant


@pytest.mark.parametrize(
    "given",
    [
        *("*", "journal.example", "https://", "https://*.example", "ftp://journal.example"),
        *("https://journal.example/page", "https://moi@journal.example", "https://a:x", "null"),
    ],
)
def test_what_is_no_site_is_refused(given: str) -> None:
    with pytest.raises(InputError, match="n’est pas l’adresse d’un site"):
        origin(given)
