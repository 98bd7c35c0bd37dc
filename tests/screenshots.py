"""Pictures of the page for the README: ``python -m tests.screenshots``, from the root.

The sample archive, read by the real encoder, answers one of its own questions.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from playwright.sync_api import Browser, Page

from browser import chromium
from serving import serving

IMAGES = Path(__file__).parents[1] / "docs" / "images"
QUESTION = "Combien la ligne B du tramway coûtera-t-elle ?"
SEARCH = "ligne B du tramway"
FOLLOW_UP = "Et quand ouvrira-t-elle ?"
SIZES = {1280: 720, 390: 844}
SCHEMES = {"clair": "light", "sombre": "dark"}
LARGEST = 300_000
"""Bytes of a picture."""


def picture(browser: Browser, address: str, width: int, name: str) -> Path:
    """Ask a question and one that leans on it, and keep what is seen of both."""
    page = browser.new_page(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=SCHEMES[name],  # type: ignore[arg-type]
        reduced_motion="reduce",
    )
    page.goto(address)
    for number, question in enumerate((QUESTION, FOLLOW_UP), 1):
        page.locator("#question textarea").fill(question)
        page.locator("#question textarea").press("Enter")
        page.locator(f"#exchange-{number} .said .facts").first.wait_for(timeout=60_000)
    if width > 1000:
        page.mouse.move(0, 0)
        page.evaluate("scrollTo(0, 0)")
    return _kept(page, f"chat-{width}-{name}.png")


def search_picture(browser: Browser, address: str, width: int, name: str) -> Path:
    """Search, and keep what is seen."""
    page = browser.new_page(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=SCHEMES[name],  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="fr-FR",
    )
    page.goto(f"{address}/recherche")
    page.locator("#q").fill(SEARCH)
    page.locator("#results .passage b").first.wait_for(timeout=60_000)
    page.mouse.move(0, 0)
    return _kept(page, f"search-{width}-{name}.png")


def _kept(page: Page, name: str) -> Path:
    page.wait_for_timeout(500)
    path = IMAGES / name
    page.screenshot(path=path)
    page.close()
    assert path.stat().st_size < LARGEST, path
    return path


def main() -> None:
    """Make all of them."""
    IMAGES.mkdir(parents=True, exist_ok=True)
    index = Path(tempfile.mkdtemp()) / "index"
    with chromium() as browser, serving(index, "--sample") as (address, _):
        assert browser is not None, "no Chromium was found"
        for width in SIZES:
            for name in SCHEMES:
                print(picture(browser, address, width, name))
                print(search_picture(browser, address, width, name))


if __name__ == "__main__":
    main()
