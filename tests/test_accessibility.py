"""Accessibility, by axe-core in a real Chromium: nothing of weight on any page, in any dress."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import axe_playwright_python
import pytest
from playwright.sync_api import Browser, Page, expect

from brief_qa.web import words
from serving import BRIDGE, BRIDGE_QUESTION, UNKNOWN_QUESTION, serving

pytestmark = pytest.mark.browser
TIMEOUT = 30_000
AXE = (Path(axe_playwright_python.__file__).parent / "axe.min.js").read_text(encoding="utf-8")
GRAVE = ("moderate", "serious", "critical")


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a few articles."""
    with serving(tmp_path_factory.mktemp("axe") / "index") as (found, _):
        yield found


@pytest.fixture(
    scope="module",
    params=[(1280, "light"), (1280, "dark"), (390, "light"), (390, "dark")],
    ids=lambda one: f"{one[0]}-{one[1]}",
)
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page of one width, in one scheme of colours."""
    width, scheme = request.param
    context = browser.new_context(
        viewport={"width": width, "height": 860},
        color_scheme=scheme,
        locale="fr-FR",
        reduced_motion="reduce",
    )
    context.set_default_timeout(TIMEOUT)
    yield context.new_page()
    context.close()


def grave(page: Page) -> list[str]:
    """What axe-core finds grave in a page: the rule, the elements, and what it says of them.

    It is evaluated as the browser's own tools are, which no content policy binds. Gradio lays a
    veil, outside every landmark, over a page that it has not finished: it is waited for.
    """
    expect(page.locator(".loading")).to_have_count(0)
    page.evaluate(AXE)
    found: dict[str, Any] = page.evaluate("axe.run({resultTypes: ['violations']})")
    return [
        f"{one['id']} ({one['impact']}) {node['target']} {node['failureSummary']}"
        for one in found["violations"]
        if one["impact"] in GRAVE
        for node in one["nodes"]
    ]


def test_the_conversation(page: Page, address: str) -> None:
    page.goto(address)
    page.wait_for_selector("#question textarea")
    assert grave(page) == []
    for asked, question in enumerate((BRIDGE_QUESTION, UNKNOWN_QUESTION)):
        page.get_by_label(words.QUESTION).fill(question)
        page.get_by_label(words.QUESTION).press("Enter")
        last = page.locator(".exchange").nth(asked)
        expect(last.locator(".quotation, .refusal").first).to_be_visible()
        expect(page.locator("[aria-busy]")).to_have_count(0)
        assert grave(page) == []
    page.locator("a.read").first.click()
    expect(page.locator("#reader h1")).to_be_visible()
    assert grave(page) == []


def test_a_search(page: Page, address: str) -> None:
    for asked in ({"q": "piège commune 2025"}, {"source": BRIDGE.source}, {"semblables": "pont"}):
        page.goto(f"{address}/recherche?{urlencode(asked)}")
        expect(page.locator("#results .source").first).to_be_visible()
        for summary in page.locator("details:not([open]) > summary").all():
            summary.click()
        assert grave(page) == []


def test_an_article(page: Page, address: str) -> None:
    quoted = "La fanfare a joué sous la pluie."
    page.goto(f"{address}/article?{urlencode({'id': BRIDGE.id, 'citation': quoted})}")
    expect(page.locator("mark")).to_have_text(quoted)
    assert grave(page) == []
