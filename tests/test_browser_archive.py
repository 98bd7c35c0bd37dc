"""The archive page in a real Chromium: an administrator's day, wide and narrow, by keyboard."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from brief_qa.keys import Keys
from brief_qa.web import words
from serving import serving
from test_accessibility import grave
from test_browser import NARROW, TIMEOUT, WIDE, low_contrast

pytestmark = pytest.mark.browser
DROP = """([area, files]) => {
  const given = new DataTransfer();
  for (const [name, text] of files) given.items.add(new File([text], name));
  area.dispatchEvent(new DragEvent("drop", {dataTransfer: given, bubbles: true, cancelable: true}));
}"""


POOL = (
    "La piscine de Valmont",
    "La piscine municipale a cinquante mètres et ouvre lundi, avec un toit qui glisse en été.",
)
RINK = (
    "Une patinoire au château",
    "On patinera dans la cour dès samedi ; les enfants des écoles viendront le matin.",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, str]]:
    """A server of a few articles, hostile ones among them, and its admin key."""
    folder = tmp_path_factory.mktemp("web") / "index"
    with serving(folder) as (address, _):
        yield address, Keys(folder).create("Marie", "admin")[1]


@pytest.fixture(params=[(WIDE, "light"), (NARROW, "dark")], ids=["wide", "narrow"])
def page(browser: Browser, request: pytest.FixtureRequest) -> Iterator[Page]:
    """A page on which nothing goes wrong."""
    size, scheme = request.param
    context = browser.new_context(
        viewport={"width": size[0], "height": size[1]}, color_scheme=scheme, locale="fr-FR"
    )
    context.set_default_timeout(TIMEOUT)
    opened, wrong = context.new_page(), list[str]()
    opened.on("pageerror", lambda error: wrong.append(str(error)))
    opened.on("console", lambda told: wrong.append(told.text) if told.type == "error" else None)
    yield opened
    assert opened.evaluate("document.documentElement.scrollWidth") <= size[0]
    assert low_contrast(opened) == [] == grave(opened)
    assert opened.evaluate("window.hurt") is None
    context.close()
    assert [one for one in wrong if "ERR_FAILED" not in one and "413" not in one] == []


def sign_in(page: Page, served: tuple[str, str]) -> None:
    """As a person does, by keyboard alone."""
    address, key = served
    page.goto(f"{address}/archive")
    page.get_by_role("link", name=words.ADMINISTER).click()
    expect(page.get_by_label(words.KEY)).to_be_focused()
    page.keyboard.type(key)
    page.keyboard.press("Enter")
    expect(page.get_by_label("Choisir un dossier")).to_be_visible()  # the script's own


def test_articles_are_added_found_deleted_and_brought_back(
    page: Page, served: tuple[str, str]
) -> None:
    sign_in(page, served)
    wide = page.viewport_size == {"width": WIDE[0], "height": WIDE[1]}
    title, sentence = POOL if wide else RINK
    text = f"{title}\nPublié le 12 mars 2025\n\n{sentence}\n"
    page.evaluate(DROP, [page.locator(".drop").element_handle(), [["a.txt", text], ["b.png", ""]]])
    expect(page.locator(".chosen")).to_contain_text("2 fichiers")
    page.get_by_role("button", name=words.DO_ADD, exact=True).press("Enter")
    report = page.locator("#issue")
    expect(report).to_be_focused()
    expect(report).to_contain_text("1 article ajouté")
    expect(report).to_contain_text("b.png Extension « .png » inconnue")
    report.get_by_role("link", name=title).click()
    expect(page.locator("#reader")).to_contain_text(sentence)
    page.keyboard.press("Escape")

    page.get_by_role("link", name=words.SEARCH).click()
    page.locator("#q").fill(title)
    expect(page.locator("#results").get_by_role("link", name=title)).to_be_visible()
    page.get_by_role("link", name=words.ARCHIVE_PAGE, exact=True).click()

    page.get_by_label(words.TITLE_WORDS).fill(title.upper())
    page.keyboard.press("Enter")
    page.get_by_role("button", name=words.DELETE_ONE.format(title=title)).press("Enter")
    expect(report).to_contain_text("est supprimé")
    report.get_by_role("button", name=words.UNDO).press("Enter")
    expect(report).to_contain_text("est rétabli")
    page.get_by_text(words.JOURNAL, exact=True).click()
    expect(page.locator(".journal li").first).to_contain_text("Rétablissement, Marie")
    page.get_by_role("button", name=words.SIGN_OUT).click()
    expect(page.get_by_role("link", name=words.ADMINISTER)).to_be_visible()


def test_a_folder_is_taken_in_with_the_folders_inside(
    page: Page, served: tuple[str, str], tmp_path: Path
) -> None:
    sign_in(page, served)
    for name in ("a.txt", "dedans/b.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(
            f"Page de {page.viewport_size}, {name}\n\nUne phrase entière.\n"
        )
    page.get_by_label("Choisir un dossier").set_input_files(tmp_path)
    expect(page.locator(".chosen")).to_contain_text("2 fichiers")
    page.get_by_role("button", name=words.DO_ADD, exact=True).click()
    expect(page.locator("#issue")).to_contain_text("2 articles ajoutés")


def test_what_cannot_be_sent_is_told_and_a_hostile_title_is_text(
    page: Page, served: tuple[str, str]
) -> None:
    sign_in(page, served)
    page.get_by_label(words.TITLE_WORDS).fill("piège")
    page.keyboard.press("Enter")
    expect(page.locator(".rows li").first).to_contain_text("<script>")
    add = page.get_by_role("button", name=words.DO_ADD, exact=True)
    add.click()
    expect(page.locator(".chosen")).to_contain_text("Choisissez d’abord")
    page.evaluate("document.getElementById('add').dataset.limit = 10")
    files = {"name": "a.txt", "mimeType": "text/plain", "buffer": b"x" * 11}
    page.get_by_label(words.CHOOSE_FILES).set_input_files(files)  # type: ignore[arg-type]
    expect(page.locator(".chosen")).to_contain_text("Plus de")
    expect(add).to_be_disabled()
    files["buffer"] = b"Le texte"
    page.get_by_label(words.CHOOSE_FILES).set_input_files(files)  # type: ignore[arg-type]
    too_long: Any = {"status": 413, "body": "Envoi trop grand.", "content_type": "text/plain"}
    page.route("**/ajouter", lambda route: route.fulfill(**too_long))
    add.click()
    expect(page.locator(".chosen")).to_have_text("Envoi trop grand.")
    page.route("**/ajouter", lambda route: route.abort())
    add.click()
    expect(page.locator(".chosen")).to_contain_text("a été interrompu")
    expect(add).to_be_enabled()
