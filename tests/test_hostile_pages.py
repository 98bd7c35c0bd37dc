"""Every hostile text, in every field, on every page, in a real Chromium: nothing happens."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from urllib.parse import urlencode, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from brief_qa.ingest import whole
from brief_qa.web import words
from brief_qa.web.searching import ON_A_PAGE
from browser import watched_page
from harmless import HOSTILE, traps
from serving import serving

pytestmark = pytest.mark.browser
TIMEOUT = 30_000
SHOWN, EACH = 540, 100
"""Characters of hostile texts put into one question, of which more would not be shown, and of each
of them: those that are longer say the same again."""


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of hostile articles only."""
    with serving(tmp_path_factory.mktemp("traps") / "index", "--traps") as (found, _):
        yield found


@pytest.fixture(scope="module")
def trapped(browser: Browser, address: str) -> Iterator[Page]:
    """A page that must do nothing, whatever it is shown."""
    wrong: list[str] = []
    context = browser.new_context(locale="fr-FR")
    context.set_default_timeout(TIMEOUT)
    page = watched_page(context, address, wrong)
    yield page
    context.close()
    assert wrong == []


def go(opened: Page, address: str, path: str, **parameters: str) -> None:
    """Open an address of the site."""
    there = f"{address}/{path}?{urlencode(parameters, errors='replace')}"
    opened.goto(there, wait_until="domcontentloaded")


def assert_nothing_ran(page: Page, address: str) -> None:
    """No script of an article's ran, and what it wrote is text: the page is still ours."""
    assert urlsplit(page.url).netloc == urlsplit(address).netloc
    assert page.evaluate("window.hurt") is None
    ours = "main, #transcript, #latest, #masthead, #reader"
    assert page.evaluate(_MADE, ours) == []
    assert page.evaluate("new URL(document.baseURI).origin") == address


_MADE = """ours => [...document.querySelectorAll(ours)]
  .flatMap(part => [...part.querySelectorAll("*")])
  .filter(one =>
    one.matches("script, style, img, svg, math, iframe, object, embed, video, table, base, meta")
    || [...one.attributes].some(({name}) => name.startsWith("on") || name === "formaction")
    || (one.hasAttribute("href") && !/^https?:$/.test(new URL(one.href, location).protocol)))
  .map(one => one.outerHTML.slice(0, 200))
"""
"""What hostile texts would have made in our parts of a page, had one been read as markup."""


def test_search_pages(trapped: Page, address: str) -> None:
    for number in range(1, 1 + -(-len(HOSTILE) // ON_A_PAGE)):
        go(trapped, address, "recherche", page=str(number))
        expect(trapped.locator("#results .source").first).to_be_visible()
        assert_nothing_ran(trapped, address)
    for some in by_length(HOSTILE, SHOWN):
        go(trapped, address, "recherche", source=some, rubrique=some, genre="article", dates=some)
        expect(trapped.locator(".chip")).to_have_count(3)
        assert_nothing_ran(trapped, address)
        go(trapped, address, "recherche", q=f"piège {some}")
        expect(trapped.locator("#results .source").first).to_be_visible()
        assert_nothing_ran(trapped, address)
    trapped.get_by_label(words.SEARCH_LABEL).fill(f"fanfare {HOSTILE[4]}")
    trapped.wait_for_url("**/recherche?q=fanfare*")
    expect(trapped.locator("#results .source").first).to_be_visible()
    trapped.locator("#results a.read").first.click()
    expect(trapped.locator("#reader h1")).to_be_visible()
    assert_nothing_ran(trapped, address)


def test_articles(trapped: Page, address: str) -> None:
    for one in traps():
        quoted = one.body.split("\n")[0]
        go(trapped, address, "article", id=whole(one.id), citation=quoted)
        expect(trapped.locator("h1")).to_contain_text(one.title[:14])
        assert_nothing_ran(trapped, address)


def test_the_conversation(trapped: Page, address: str) -> None:
    trapped.goto(address)
    trapped.wait_for_selector("#question textarea")
    questions = [
        f"Par qui le piège numéro {n} a-t-il été posé ? {some}"
        for n, some in enumerate(by_length(HOSTILE, SHOWN))
    ]
    for asked, question in enumerate(questions):
        trapped.get_by_label(words.QUESTION).fill(question)
        trapped.get_by_label(words.QUESTION).press("Enter")
        last = trapped.locator(".exchange").nth(asked)
        expect(last.locator(".quotation, .refusal, .trouble").first).to_be_visible()
    assert trapped.locator("#transcript .source").count() >= len(questions)
    assert_nothing_ran(trapped, address)
    trapped.locator("#transcript a.read").first.click()
    expect(trapped.locator("#reader h1")).to_be_visible()
    assert_nothing_ran(trapped, address)


def by_length(texts: Sequence[str], most: int) -> list[str]:
    """The texts joined, so many at once that each stays below a length."""
    joined = [""]
    for text in (one[:EACH] for one in texts):
        if len(joined[-1]) + len(text) > most:
            joined.append("")
        joined[-1] += f"{text} "
    return joined
