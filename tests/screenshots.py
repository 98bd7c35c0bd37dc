"""Pictures of the page for the README: ``python -m tests.screenshots``, from the root.

The sample archive, read by the real encoder, answers one of its own questions.
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent))

from playwright.sync_api import Browser, Page

from brief_qa.keys import Keys
from browser import chromium
from serving import serving
from test_widget import Journal, journal

IMAGES = Path(__file__).parents[1] / "docs" / "images"
QUESTION = "Combien la ligne B du tramway coûtera-t-elle ?"
SEARCH = "ligne B du tramway"
FOLLOW_UP = "Et quand ouvrira-t-elle ?"
MARKET = (
    "Les halles de Port-Lavande rouvrent\nPublié le 12 octobre 2026 à 8h10\n\nLes halles de "
    "Port-Lavande rouvriront mardi après six mois de travaux, a annoncé la mairie.\n\nLes "
    "{stalls} commerçants reviendront un par un, a précisé l'adjoint au commerce.\n"
)
HOST_PAGE = """<!doctype html><html lang="fr"><head><meta charset="utf-8"><title>Journal</title>
<meta name="viewport" content="width=device-width"><meta name="color-scheme" content="light dark">
</head><body><h1>Le Journal</h1><p>Un article, puis la boîte à questions de l'archive.</p>
<script src="{archive}/widget.js" data-heading="Interroger nos archives"></script></body></html>"""
"""A page of another site that holds the widget."""
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


def archive_picture(browser: Browser, address: str, key: str, width: int, name: str) -> Path:
    """Sign in, add a file and one that is refused, look for an article, and keep what is seen."""
    page = browser.new_page(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=SCHEMES[name],  # type: ignore[arg-type]
        reduced_motion="reduce",
        locale="fr-FR",
    )
    text = MARKET.format(stalls=width + len(name))  # another article each time
    page.goto(f"{address}/connexion?suite=archive")
    page.locator("#cle").fill(key)
    page.locator("#cle").press("Enter")
    page.locator("#folder").wait_for(state="attached")
    page.locator("#files").set_input_files(
        [
            {
                "name": f"halles-{width}-{name}.txt",
                "mimeType": "text/plain",
                "buffer": text.encode(),
            },
            {"name": "halles.png", "mimeType": "image/png", "buffer": b"x"},
        ]
    )
    page.locator("#add > button").click()
    page.locator("#issue").wait_for(timeout=60_000)
    page.locator("#titre").fill("ligne B")
    page.locator("#titre").press("Enter")
    page.locator(".rows").wait_for()
    page.evaluate("scrollTo(0, 0)")
    return _kept(page, f"archive-{width}-{name}.png")


def widget_picture(browser: Browser, site: Journal, width: int, name: str) -> Path:
    """Ask in the widget, on a page of another site, and keep what is seen."""
    page = browser.new_page(
        viewport={"width": width, "height": SIZES[width]},
        color_scheme=SCHEMES[name],  # type: ignore[arg-type]
    )
    page.goto(site.address)
    page.get_by_label("Votre question").fill(QUESTION)
    page.get_by_label("Votre question").press("Enter")
    page.locator("brief-qa .cite").first.wait_for(timeout=60_000)
    return _kept(page, f"widget-{width}-{name}.png")


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
    with (
        chromium() as browser,
        journal(HOST_PAGE, "") as site,
        serving(index, "--sample", "--allow-origin", site.address) as (address, _),
    ):
        site.archive = address
        assert browser is not None, "no Chromium was found"
        key = Keys(index).create("redaction", "admin")[1]
        for width in SIZES:
            for name in SCHEMES:
                print(picture(browser, address, width, name))
                print(search_picture(browser, address, width, name))
                print(archive_picture(browser, address, key, width, name))
                print(widget_picture(browser, site, width, name))


if __name__ == "__main__":
    main()
