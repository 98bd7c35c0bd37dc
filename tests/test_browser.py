"""The web page in a real Chromium, used as a person would, with no other host reachable."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, Route, expect

from brief_qa import texts
from brief_qa.feedback import FeedbackFile
from brief_qa.web import words
from browser import watched_page
from llm_server import Handler, breaks_off, llm_server
from serving import (
    BRIDGE,
    BRIDGE_QUESTION,
    BROAD_QUESTION,
    HOSTILE_QUESTION,
    UNKNOWN_QUESTION,
    serving,
)

pytestmark = pytest.mark.browser
WIDE, NARROW = (1280, 860), (390, 844)
TIMEOUT = 30_000
"""Milliseconds; two busy cores are slow."""
expect.set_options(timeout=TIMEOUT)
CONTRAST_AA = 4.5

Opens = Callable[..., Page]


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of a few articles."""
    with serving(tmp_path_factory.mktemp("web") / "index") as (found, _):
        yield found


@pytest.fixture
def opens(browser: Browser) -> Iterator[Opens]:
    """Open the page as a new reader; afterwards nothing else was asked for, nothing went wrong."""
    with ExitStack() as readers:
        wrong: list[str] = []

        def open_page(address: str, size: tuple[int, int] = WIDE, scheme: str = "light") -> Page:
            context: BrowserContext = browser.new_context(
                viewport={"width": size[0], "height": size[1]},
                color_scheme=scheme,  # type: ignore[arg-type]
                locale="fr-FR",
            )
            readers.callback(context.close)
            context.set_default_timeout(TIMEOUT)
            page = watched_page(context, address, wrong)
            page.goto(address)
            page.wait_for_selector("#question textarea")
            return page

        yield open_page
        assert wrong == []


def ask(page: Page, question: str) -> None:
    """Type a question, send it with Enter, and wait for what comes of it."""
    before = page.locator(".exchange").count()
    page.get_by_label(words.QUESTION).fill(question)
    page.get_by_label(words.QUESTION).press("Enter")
    last = page.locator(".exchange").nth(before)
    expect(last.locator(".quotation, .refusal, .trouble").first).to_be_visible()
    expect(page.locator("[aria-busy]")).to_have_count(0)


def focused(page: Page) -> dict[str, Any]:
    """The element that has the focus."""
    found: dict[str, Any] = page.evaluate(
        "(({id, className, tagName, textContent}) => ({id, className, tagName, textContent}))"
        "(document.activeElement)"
    )
    return found


def tab_to(page: Page, of_class: str, key: str = "Tab") -> None:
    """Press Tab until an element of that class has the focus."""
    for _ in range(40):
        page.keyboard.press(key)
        if of_class in focused(page)["className"].split():
            return
    raise AssertionError(f"Tab never reaches .{of_class}")


def test_a_question_alone_has_a_stream(opens: Opens, address: str) -> None:
    """One that another event's closing stream swallowed would wait for ever."""
    page = opens(address)
    streams: list[str] = []
    page.on("request", lambda sent: streams.append(sent.url) if "queue/data" in sent.url else None)
    with page.expect_response("**/run/predict"):  # the page is brought up to date
        page.reload()
    assert streams == []
    ask(page, BRIDGE_QUESTION)
    assert len(streams) == 1


def test_a_question_gets_an_answer_whose_citation_leads_to_its_source(
    opens: Opens, address: str
) -> None:
    page = opens(address)
    expect(page.locator(".holdings")).to_contain_text(
        "3\u00a0articles, du 4 mars 2025 au 6 mars 2025\u00a0; mise à jour aujourd’hui à "
    )
    ask(page, BRIDGE_QUESTION)
    expect(page.locator(".question")).to_contain_text("Par qui le pont Neuf de Valmont")
    expect(page.locator(".quotation").first).to_contain_text("inauguré par Paul Durand")
    expect(page.locator(".source mark").first).to_contain_text("inauguré par Paul Durand")
    page.locator("a.cite").first.hover()
    expect(page.locator("#preview mark")).to_contain_text("inauguré par Paul Durand")
    page.locator("a.cite").first.click()
    expect(page.locator("#preview")).to_be_hidden()
    expect(page.locator("#reader mark")).to_be_in_viewport()
    expect(page.locator("#reader mark")).to_contain_text("inauguré par Paul Durand")
    expect(page.locator(".quotation").first).to_be_in_viewport()
    expect(page.locator("#source-1-1")).to_have_class("cited here")
    page.get_by_label(words.QUESTION).fill("Et")  # the conversation goes on beside the article
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_each_question_stands_whole_at_the_top(
    opens: Opens, address: str, size: tuple[int, int]
) -> None:
    page = opens(address, size)
    for question in (BRIDGE_QUESTION, UNKNOWN_QUESTION):
        ask(page, question)
        page.wait_for_timeout(300)
        box = page.locator(".question").last.bounding_box()
        assert box and 0 <= box["y"] < 60


def test_the_steps_are_shown_while_they_are_done(opens: Opens, address: str) -> None:
    page = opens(address)
    page.evaluate(
        """() => {
          window.steps = [];
          new MutationObserver(() => {
            const step = document.querySelector(".step span")?.textContent;
            if (step && step !== window.steps.at(-1)) window.steps.push(step);
          }).observe(document.body, {childList: true, subtree: true, characterData: true});
        }"""
    )
    ask(page, BRIDGE_QUESTION)
    steps = page.evaluate("window.steps")
    assert steps and set(steps) <= {
        words.SEARCHING,
        "Lecture de 7\u00a0passages de 3\u00a0articles…",
    }
    expect(page.locator(".step")).to_have_count(0)


def test_a_question_asked_meanwhile_is_answered_next(opens: Opens, address: str) -> None:
    page = opens(address)
    box = page.get_by_label(words.QUESTION)
    box.fill(BRIDGE_QUESTION)
    box.press("Enter")
    expect(box).to_have_value("")
    box.fill(UNKNOWN_QUESTION)
    box.press("Enter")
    expect(page.locator(".refusal")).to_be_visible()
    expect(page.locator(".exchange")).to_have_count(2)
    expect(page.locator(".exchange").first.locator(".quotation").first).to_be_visible()


def test_a_refusal_looks_different_and_helps(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, UNKNOWN_QUESTION)
    expect(page.locator(".refusal")).to_contain_text(texts.REFUSAL.replace("'", "’"))
    expect(page.locator(".refusal")).to_contain_text("du 4 mars 2025 au 6 mars 2025")
    expect(page.locator(".beside h3")).to_have_text(words.NEAR)
    assert page.locator(".beside .source").count() >= 1
    expect(page.locator(".quotation, a.cite")).to_have_count(0)


def test_markup_inside_articles_is_shown_as_text(opens: Opens, address: str) -> None:
    page = opens(address)
    expect(page.locator("#latest")).to_contain_text("<script>window.hurt=1</script>")
    ask(page, HOSTILE_QUESTION)
    expect(page.locator(".quotation").first).to_contain_text("posé par Luc Martin")
    expect(page.locator(".source h4").first).to_contain_text("<img src=x onerror='window.hurt=1'>")
    ask(page, "<img src=x onerror='window.hurt=1'> <b>gras</b>")
    expect(page.locator(".question").last).to_contain_text("<b>gras</b>")
    page.locator("a.read").first.click()
    reader = page.locator("#reader")
    expect(reader.locator(".body")).to_contain_text("![image](https://ailleurs.example/x.png)")
    expect(reader.locator(".body")).to_contain_text("${window.hurt=1} {{constructor")
    page.wait_for_timeout(300)
    assert page.evaluate("window.hurt") is None
    assert page.locator(".exchange img, .exchange script, #reader img, #reader script").count() == 0
    assert page.locator("a[href^='javascript:']").count() == 0


def test_a_script_that_slipped_through_would_not_run(browser: Browser, address: str) -> None:
    # On a page of its own, since the browser's complaint is what is looked for.
    page = browser.new_page()
    said: list[str] = []
    page.on("console", lambda message: said.append(message.text))
    page.goto(address)
    page.wait_for_selector("#question textarea")
    slipped = "<img src='data:,' onerror='window.hurt=1'>"
    page.evaluate("html => document.body.insertAdjacentHTML('beforeend', html)", slipped)
    page.wait_for_timeout(300)
    assert page.evaluate("window.hurt") is None
    assert any("Content Security Policy" in text for text in said)
    page.close()


def test_all_of_it_by_keyboard(opens: Opens, address: str) -> None:
    page = opens(address)
    page.locator("body").evaluate("() => document.activeElement.blur()")
    for _ in range(20):
        page.keyboard.press("Tab")
        if focused(page)["tagName"] == "TEXTAREA":
            break
    page.keyboard.type(BRIDGE_QUESTION)
    page.keyboard.press("Enter")
    expect(page.locator("a.cite").first).to_be_visible()
    assert focused(page)["tagName"] == "TEXTAREA"
    tab_to(page, "cite", "Shift+Tab")
    for _ in range(3):  # to the first of the citations
        if page.locator("a.cite").first.evaluate("cite => cite === document.activeElement"):
            break
        tab_to(page, "cite", "Shift+Tab")
    expect(page.locator("#preview")).to_be_visible()
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark").first).to_be_in_viewport()
    page.keyboard.press("Escape")
    assert focused(page)["id"] == "citation-1-1"
    tab_to(page, "number")
    page.keyboard.press("Enter")
    assert focused(page)["id"] == "citation-1-1"
    tab_to(page, "read")
    page.keyboard.press("Enter")
    expect(page.locator("#reader mark").first).to_be_in_viewport()
    expect(page.locator("#reader")).to_contain_text("La fanfare a joué sous la pluie.")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    assert focused(page)["className"] == "read"


def test_an_article_has_an_address_of_its_own(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, BRIDGE_QUESTION)
    link = page.locator("a.read").first.get_attribute("href")
    page.goto(f"{address}/{link}")
    expect(page.locator("h1")).to_have_text("Valmont\u00a0: le pont Neuf rouvre")
    expect(page.locator("mark").first).to_contain_text("inauguré par Paul Durand")
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    page.get_by_role("button", name=words.COPY, exact=True).click()
    page.get_by_role("button", name="Copié", exact=True).wait_for()
    assert "le pont Neuf rouvre" in page.evaluate("navigator.clipboard.readText()")
    page.locator("a.read").first.click()  # a page of its own too, not a panel over this one
    expect(page.locator("h1")).not_to_have_text("Valmont\u00a0: le pont Neuf rouvre")
    expect(page.locator("#reader")).to_have_count(0)
    page.get_by_role("link", name=words.SEARCH, exact=True).click()
    expect(page.get_by_label(words.SEARCH_LABEL)).to_be_visible()


def test_two_readers_at_once_do_not_see_each_other(opens: Opens, address: str) -> None:
    first, second = opens(address), opens(address)
    for page, question in ((first, BRIDGE_QUESTION), (second, HOSTILE_QUESTION)):
        page.get_by_label(words.QUESTION).fill(question)
        page.get_by_label(words.QUESTION).press("Enter")
    for page, own, other in ((first, "Durand", "Martin"), (second, "Martin", "Durand")):
        expect(page.locator(".quotation").first).to_contain_text(own)
        assert other not in page.locator(".said").inner_text()
        ask(page, UNKNOWN_QUESTION)
        expect(page.locator(".exchange")).to_have_count(2)


def test_what_cannot_be_asked_is_said_in_french(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, "   ")
    expect(page.locator(".trouble").last).to_contain_text("La question est vide")
    ask(page, "a" * 20_000)
    expect(page.locator(".trouble").last).to_contain_text("20\u202f000 caractères")
    ask(page, "ما هو سعر النفط؟")
    expect(page.locator(".question").last).to_have_text("ما هو سعر النفط؟")
    expect(page.locator(".exchange").last.locator(".refusal, .trouble")).to_have_count(1)
    assert "Traceback" not in page.content() and "Error" not in page.locator("body").inner_text()


def test_a_conversation_can_be_started_again(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, BRIDGE_QUESTION)
    ask(page, UNKNOWN_QUESTION)
    expect(page.locator("#welcome")).to_be_hidden()
    page.get_by_role("button", name=words.START_AGAIN).click()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()
    ask(page, UNKNOWN_QUESTION)
    expect(page.locator(".exchange")).to_have_count(1)
    expect(page.locator("#exchange-1")).to_be_visible()


def test_back_brings_again_the_conversation_before_a_new_one(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, BRIDGE_QUESTION)
    page.wait_for_url("**/#c=*")
    page.get_by_role("button", name=words.START_AGAIN).click()
    page.wait_for_url(f"{address}/")
    page.go_back()
    expect(page.locator("#exchange-1 .question")).to_have_text(BRIDGE_QUESTION)
    page.go_forward()
    expect(page.locator(".exchange")).to_have_count(0)
    expect(page.locator("#welcome")).to_be_visible()


def test_a_follow_up_is_shown_complete_and_asked_as_written_by_keyboard(
    opens: Opens, address: str
) -> None:
    page = opens(address)
    ask(page, BRIDGE_QUESTION)
    expect(page.locator(".understood")).to_have_count(0)
    ask(page, "Et combien de temps ses travaux ont-ils duré ?")
    told = page.locator("#exchange-2 .understood")
    expect(told).to_contain_text(
        "« Combien de temps les travaux du pont Neuf de Valmont ont-ils duré ? »".replace(
            " ?", "\u00a0?"
        )
        .replace("« ", "«\u00a0")
        .replace(" »", "\u00a0»")
    )
    expect(page.locator("#exchange-2 .quotation").first).to_contain_text("dix-huit mois")
    page.get_by_label(words.QUESTION).fill("la suivante")
    tab_to(page, "otherwise", "Shift+Tab")
    page.keyboard.press("Enter")
    again = page.locator("#exchange-3")
    expect(again.locator(".quotation, .refusal").first).to_be_visible()
    expect(again.locator(".question")).to_contain_text("Et combien de temps ses travaux")
    expect(again.locator(".understood")).to_have_text(words.ASKED_AS_WRITTEN)
    expect(page.get_by_label(words.QUESTION)).to_have_value("la suivante")
    assert low_contrast(page) == []
    ask(page, "Et qui l'a inauguré ?")
    expect(page.locator("#exchange-4")).to_be_visible()


def test_the_page_is_french_and_says_nothing_of_its_tools(opens: Opens, address: str) -> None:
    page = opens(address)
    assert page.locator("html").get_attribute("lang") == "fr"
    assert page.title() == words.TITLE
    text = page.locator("body").inner_text()
    assert not any(word in text for word in ("Gradio", "API", "Settings", "Built", "Submit"))


@pytest.mark.parametrize("size", [NARROW, (320, 640), WIDE])
def test_nothing_is_wider_than_the_screen(
    opens: Opens, address: str, size: tuple[int, int]
) -> None:
    page = opens(address, size)
    ask(page, BROAD_QUESTION)
    expect(page.locator(".quotation").first).to_contain_text("Jean Long")
    ask(page, "mot" * 300)
    page.locator("a.read").first.click()
    expect(page.locator("#reader .body")).to_contain_text("Jean Long")
    assert page.evaluate("document.documentElement.scrollWidth") <= size[0]
    reader = page.locator("#reader").evaluate(
        "({scrollWidth, clientWidth}) => [scrollWidth, clientWidth]"
    )
    assert reader[0] <= reader[1]
    page.keyboard.press("Escape")
    expect(page.locator("#send")).to_be_in_viewport()


@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_text_stands_out_from_its_background(opens: Opens, address: str, scheme: str) -> None:
    page = opens(address, scheme=scheme)
    assert low_contrast(page) == []
    ask(page, BRIDGE_QUESTION)
    page.locator("a.cite").first.click()
    expect(page.locator("#reader mark")).to_be_visible()
    assert low_contrast(page) == []
    page.keyboard.press("Escape")
    ask(page, UNKNOWN_QUESTION)
    ask(page, "")
    assert low_contrast(page) == []
    page.locator("a.read").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()
    assert low_contrast(page) == []
    dark = page.locator("body").evaluate("body => getComputedStyle(body).backgroundColor")
    assert (sum(map(int, dark[4:-1].split(","))) < 384) == (scheme == "dark")


def low_contrast(page: Page) -> list[str]:
    """Visible texts whose contrast with what is behind them is below AA."""
    found: list[str] = page.evaluate(
        """(floor) => {
          const parts = (colour) => {
            const [r, g, b, a = 1] = colour.match(/[\\d.]+/g).map(Number);
            return {r, g, b, a};
          };
          const light = ({r, g, b}) => {
            const [x, y, z] = [r, g, b].map((c) => c / 255)
              .map((c) => (c <= 0.03928 ? c / 12.92 : ((c + 0.055) / 1.055) ** 2.4));
            return 0.2126 * x + 0.7152 * y + 0.0722 * z;
          };
          const behind = (element) => {
            for (let e = element; e; e = e.parentElement) {
              const colour = parts(getComputedStyle(e).backgroundColor);
              if (colour.a === 1) return colour;
            }
            return {r: 255, g: 255, b: 255};
          };
          const low = [];
          for (const element of document.querySelectorAll("body *")) {
            const own = [...element.childNodes].some((n) => n.nodeType === 3 && n.data.trim());
            if (!own || !element.checkVisibility({opacityProperty: true, visibilityProperty: true})
              || element.matches("script, style, .sr-only")) continue;
            const [a, b] = [parts(getComputedStyle(element).color), behind(element)].map(light);
            const ratio = (Math.max(a, b) + 0.05) / (Math.min(a, b) + 0.05);
            const name = `${element.tagName}.${element.className}`;
            if (ratio < floor) low.push(`${ratio.toFixed(2)} ${name}`);
          }
          return low;
        }""",
        CONTRAST_AA,
    )
    return found


def test_the_server_stops_quietly_under_an_open_page(browser: Browser, tmp_path: Path) -> None:
    with serving(tmp_path / "index") as (address, process):
        page = browser.new_page()
        page.goto(address)
        page.wait_for_selector("#question textarea")
        process.send_signal(signal.SIGINT)
        said, _ = process.communicate(timeout=20)
        assert said.strip() == words.STOPPED
        page.close()


PROSE = "Le pont Neuf de Valmont a été inauguré par Paul Durand, maire de la commune [p1]."


def test_a_models_prose_streams_and_only_what_was_checked_is_seen(
    opens: Opens, tmp_path: Path
) -> None:
    seen = threading.Event()

    def behave(handler: Handler) -> None:
        handler.begin()
        handler.say(f"{PROSE} Il a coûté 999 millions d'euros [p1]. La fanfare ")
        assert seen.wait(TIMEOUT / 1_000)
        handler.say("a joué sous la pluie [p1][p2][p3].")
        handler.send(b"data: [DONE]\n\n")

    with (
        llm_server(behave) as llm,
        serving(tmp_path / "index", "--llm", llm.url) as (address, _),
    ):
        page = opens(address)
        expect(page.locator("#how")).to_contain_text("rédigée par un modèle de langue")
        page.get_by_label(words.QUESTION).fill(BRIDGE_QUESTION)
        page.get_by_label(words.QUESTION).press("Enter")
        expect(page.locator(".prose")).to_contain_text("Paul Durand")
        expect(page.locator(".step span")).to_have_text(words.WRITING)
        expect(page.locator(".source mark")).to_contain_text("inauguré par Paul Durand")
        assert "999" not in page.locator(".said").inner_text()
        seen.set()
        expect(page.locator(".written")).to_have_text(
            "Rédigé par essai d’après les passages cités\u00a0; 1 phrase sans source retirée",
            timeout=TIMEOUT,
        )
        expect(page.locator(".prose")).to_contain_text("La fanfare a joué sous la pluie")
        shown = page.locator("body").inner_text()
        assert "999" not in shown and "[p1]" not in shown
        page.locator("a.cite").last.click()
        expect(page.locator("#reader mark.first")).to_have_text("La fanfare a joué sous la pluie.")
        expect(page.locator("#reader mark")).to_have_count(2)  # the other is quoted as well
        assert low_contrast(page) == []


def test_a_model_killed_midway_gives_way_to_the_quotations(opens: Opens, tmp_path: Path) -> None:
    with (
        llm_server(breaks_off(f"{PROSE} Les travaux ont du")) as llm,
        serving(tmp_path / "index", "--llm", llm.url) as (address, _),
    ):
        page = opens(address)
        ask(page, BRIDGE_QUESTION)
        expect(page.locator(".notice")).to_have_text(
            "Le modèle de langue s’est interrompu. Voici à la place les phrases des articles."
        )
        expect(page.locator(".quotation").first).to_contain_text("inauguré par Paul Durand")
        expect(page.locator(".prose")).to_have_count(0)
        assert low_contrast(page) == []


@pytest.mark.model
def test_the_sample_archive_answers_its_examples(
    opens: Opens, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with serving(tmp_path_factory.mktemp("sample") / "index", "--sample") as (address, _):
        page = opens(address)
        examples = page.locator("button.example")
        expect(examples).to_have_count(4)
        asked = examples.first.inner_text()
        examples.first.click()
        expect(page.locator(".question")).to_have_text(asked)
        expect(page.locator(".quotation").first).to_contain_text("Han Kang")
        page.locator("a.cite").first.click()
        expect(page.locator("#reader mark.first")).to_contain_text("Han Kang")


@pytest.mark.model
def test_a_follow_up_on_the_sample_archive_and_its_undoing(
    opens: Opens, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with serving(tmp_path_factory.mktemp("sample") / "index", "--sample") as (address, _):
        page = opens(address)
        ask(page, "Combien la ligne B du tramway coûtera-t-elle ?")
        ask(page, "Et quand ouvrira-t-elle ?")
        second = page.locator("#exchange-2")
        expect(second.locator(".understood")).to_contain_text(
            "Quand la ligne B du tramway ouvrira-t-elle"
        )
        expect(second.locator(".quotation").first).to_contain_text("2027")
        second.locator("button.otherwise").click()
        third = page.locator("#exchange-3")
        expect(third.locator(".quotation, .refusal").first).to_be_visible()
        expect(third.locator(".understood")).to_have_text(words.ASKED_AS_WRITTEN)
        expect(second.locator(".understood")).to_be_visible()


def test_a_period_that_was_read_can_be_taken_away(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, "Par qui le pont Neuf de Valmont a-t-il été inauguré en mars 2025 ?")
    expect(page.locator(".understood")).to_contain_text("du 1er au 31 mars 2025")
    page.locator("button.otherwise").click()
    again = page.locator(".exchange").nth(1)
    expect(again.locator(".understood")).to_have_text(words.WITHOUT_DATES)
    expect(again.locator(".quotation").first).to_contain_text("Paul Durand")
    expect(again.locator(".question")).to_contain_text("en mars 2025")
    expect(again.locator("button.otherwise")).to_have_count(0)


def test_an_answer_is_copied_with_its_sources(opens: Opens, address: str) -> None:
    page = opens(address)
    page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    ask(page, BRIDGE_QUESTION)
    button = page.get_by_role("button", name=words.COPY_IT)
    button.press("Enter")
    expect(page.locator("button.copy").first).to_have_text("Copié")
    copied = page.evaluate("navigator.clipboard.readText()").replace("\xa0", " ")
    assert "inauguré par Paul Durand, maire de la commune" in copied
    assert "[1] « Valmont : le pont Neuf rouvre », Le Journal, 4 mars 2025. https://" in copied
    expect(button).to_be_visible()


# -- a conversation goes on, and is kept --------------------------------------------------------


@pytest.fixture(scope="module")
def slow_address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server whose model never comes to the end of its second sentence."""

    def behave(handler: Handler) -> None:
        handler.begin()
        handler.say(f"{PROSE} Les travaux ont du")
        threading.Event().wait(TIMEOUT / 1_000)

    folder = tmp_path_factory.mktemp("slow") / "index"
    with llm_server(behave) as llm, serving(folder, "--llm", llm.url) as (found, _):
        yield found


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_an_answer_is_stopped_and_asked_again(
    opens: Opens, slow_address: str, size: tuple[int, int]
) -> None:
    page = opens(slow_address, size)
    page.get_by_label(words.QUESTION).fill(BRIDGE_QUESTION)
    page.get_by_label(words.QUESTION).press("Enter")
    expect(page.locator(".prose")).to_be_visible()
    page.get_by_role("button", name=words.STOP).press("Enter")
    expect(page.locator(".trouble")).to_contain_text(words.STOPPED_HERE)
    expect(page.locator(".step, .prose")).to_have_count(0)
    page.get_by_role("button", name=words.RETRY).click()
    second = page.locator("#exchange-2")
    expect(second.locator(".prose")).to_be_visible()
    second.get_by_role("button", name=words.STOP).click()
    expect(second.locator(".trouble")).to_contain_text(words.STOPPED_HERE)


def test_a_page_left_before_its_answer_came_opens_anew(opens: Opens, address: str) -> None:
    page = opens(address)
    page.route("**/queue/data?*", lambda _: None, times=1)  # the answer stays on its way
    page.get_by_label(words.QUESTION).fill(BRIDGE_QUESTION)
    with page.expect_request("**/queue/data?*"):
        page.get_by_label(words.QUESTION).press("Enter")
    page.reload()
    expect(page.locator(".exchange")).to_have_count(0)
    ask(page, BRIDGE_QUESTION)


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_a_conversation_outlives_its_page_and_can_be_sent(
    opens: Opens, address: str, size: tuple[int, int]
) -> None:
    page = opens(address, size)
    ask(page, BRIDGE_QUESTION)
    ask(page, "Et combien de temps ses travaux ont-ils duré ?")
    expect(page.locator("#keep form")).to_be_visible()
    page.wait_for_url("**/#c=*")
    shown = page.locator("#transcript").locator(".quotation, .understood").all_inner_texts()
    page.reload()
    expect(page.locator(".exchange")).to_have_count(2)
    again = page.locator("#transcript").locator(".quotation, .understood").all_inner_texts()
    assert again == shown
    expect(page.locator("#welcome")).to_be_hidden()
    sent_to = opens(page.url)
    expect(sent_to.locator(".exchange")).to_have_count(2)
    ask(sent_to, "Et qui l'a inauguré ?")
    expect(sent_to.locator("#exchange-3 .understood")).to_contain_text("Valmont")
    expect(page.locator(".exchange")).to_have_count(2)
    page.get_by_role("button", name=words.START_AGAIN).click()
    expect(page.locator(".exchange")).to_have_count(0)
    assert "#" not in page.url
    page.goto(f"{address}/#c=QUJD")
    expect(page.locator(".trouble")).to_contain_text("Ce lien ne rouvre aucune conversation")


def test_a_conversation_is_exported_with_its_sources(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, BRIDGE_QUESTION)
    with page.expect_download() as download:
        page.get_by_role("button", name=words.EXPORT_CONVERSATION).press("Enter")
    assert download.value.suggested_filename == "conversation.md"
    text = Path(download.value.path()).read_text(encoding="utf-8")
    assert "## Par qui le pont Neuf de Valmont" in text
    assert "<https://journal.example/valmont/pont-neuf>" in text
    expect(page.locator(".exchange")).to_have_count(1)


def test_what_a_reader_thinks_is_kept_with_its_reason(opens: Opens, tmp_path: Path) -> None:
    with serving(tmp_path / "index") as (address, _):
        page = opens(address)
        ask(page, BRIDGE_QUESTION)
        page.locator(".verdict", has_text=words.WRONG).press("Enter")
        expect(page.locator(".judge")).to_contain_text(words.WHY_WRONG)
        assert low_contrast(page) == []
        page.locator(".verdict", has_text="incomplète").click()
        expect(page.locator(".judge")).to_have_text(words.THANKS)
        page.reload()
        expect(page.locator(".quotation").first).to_be_visible()
        expect(page.locator(".judge")).to_have_count(0)  # a link speaks for nobody
        (given,) = FeedbackFile(tmp_path / "index").read()
        assert (given.verdict, given.reason, given.question) == (
            "à revoir",
            "incomplète",
            BRIDGE_QUESTION,
        )


def test_a_question_offered_below_an_answer_is_asked(opens: Opens, address: str) -> None:
    page = opens(address)
    ask(page, "Combien de temps les travaux du pont Neuf de Valmont ont-ils duré ?")
    offered = page.locator("button.onward").first
    expect(offered).to_have_text("Qui est Paul Durand\u00a0?")
    offered.press("Enter")
    second = page.locator("#exchange-2")
    expect(second.locator(".question")).to_have_text("Qui est Paul Durand\u00a0?")
    expect(second.locator(".quotation").first).to_contain_text("maire")


# -- search ------------------------------------------------------------------------------------


def open_search(opens: Opens, address: str, **how: Any) -> Page:
    """The search page, reached from the conversation as a reader would."""
    page = opens(address, **how)
    page.get_by_role("link", name=words.SEARCH, exact=True).click()
    expect(page.get_by_label(words.SEARCH_LABEL)).to_be_focused()
    return page


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_results_come_as_one_types_and_their_address_gives_them_again(
    opens: Opens, address: str, size: tuple[int, int]
) -> None:
    page = open_search(opens, address, size=size)
    page.get_by_label(words.SEARCH_LABEL).press_sequentially("fanfare", delay=20)
    expect(page.locator("#results .passage b").first).to_have_text("fanfare")
    expect(page.locator("#results h2").first).to_have_text(BRIDGE.title)
    page.wait_for_url("**/recherche?q=fanfare")
    page.reload()
    expect(page.get_by_label(words.SEARCH_LABEL)).to_have_value("fanfare")
    expect(page.locator("#results h2").first).to_have_text(BRIDGE.title)
    assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_a_search_is_narrowed_and_widened_by_keyboard(opens: Opens, address: str) -> None:
    page = open_search(opens, address)
    page.keyboard.type("commune")
    page.keyboard.press("Enter")
    page.get_by_label("Source").select_option("Le Journal")
    chip = page.locator(".chip")
    expect(chip).to_contain_text("Source Le Journal")
    expect(page.locator("#results .source")).to_have_count(1)
    chip.press("Enter")
    expect(page.locator(".chip")).to_have_count(0)
    expect(page.get_by_label(words.SEARCH_LABEL)).to_have_value("commune")


def test_what_is_chosen_before_the_script_has_come_counts(opens: Opens, address: str) -> None:
    page = open_search(opens, address)
    held: list[Route] = []
    page.route("**/search.js", lambda route: held.append(route))
    page.goto(f"{address}/recherche?q=commune", wait_until="commit")
    page.get_by_label("Source").select_option("Le Journal")
    for route in held:
        route.continue_()
    expect(page.locator(".chip")).to_contain_text("Source Le Journal")


def test_words_in_quotation_marks_are_found_word_for_word(opens: Opens, address: str) -> None:
    page = open_search(opens, address)
    field = page.get_by_label(words.SEARCH_LABEL)
    field.press_sequentially(f'"{BRIDGE.title.lower()}"')
    expect(page.locator("#results .understood")).to_contain_text("exactement")
    expect(page.locator("#results h2")).to_have_text([BRIDGE.title])
    field.fill(f'commune -"{BRIDGE.title}"')
    expect(page.locator("#results .understood")).to_contain_text("Sans")
    expect(page.locator("#results h2").first).to_be_visible()
    expect(page.locator("#results h2", has_text=BRIDGE.title)).to_have_count(0)


def test_a_result_opens_at_its_sentence_and_leads_to_the_conversation(
    opens: Opens, address: str
) -> None:
    page = open_search(opens, address, scheme="dark")
    page.get_by_label(words.SEARCH_LABEL).fill("fanfare sous la pluie")
    expect(page.locator("#results .passage b").first).to_have_text("fanfare")
    page.locator("#results a.read").first.press("Enter")
    expect(page.locator("#reader mark")).to_have_text("La fanfare a joué sous la pluie.")
    assert low_contrast(page) == []
    page.keyboard.press("Escape")
    page.get_by_role("link", name=words.ASK_IT).click()
    expect(page.get_by_label(words.QUESTION)).to_have_value("fanfare sous la pluie")


@pytest.mark.parametrize("size", [WIDE, NARROW])
def test_back_closes_an_article_and_stays_with_the_results(
    opens: Opens, address: str, size: tuple[int, int]
) -> None:
    page = open_search(opens, address, size=size)
    page.get_by_label(words.SEARCH_LABEL).fill("fanfare")
    page.wait_for_url("**/recherche?q=fanfare")
    page.locator("#results a.read").first.press("Enter")
    expect(page.locator("#reader mark").first).to_be_visible()
    page.go_back()
    expect(page.locator("#reader")).to_be_hidden()
    expect(page.locator("#results h2").first).to_have_text(BRIDGE.title)
    assert focused(page)["className"] == "read"
    page.go_forward()
    expect(page.locator("#reader mark").first).to_be_visible()
    page.reload()
    first = page.locator("#reader h1")
    expect(first).to_have_text("Valmont\u00a0: le pont Neuf rouvre")
    page.locator("#reader .alike a.read").first.click()
    expect(first).not_to_have_text("Valmont\u00a0: le pont Neuf rouvre")
    page.go_back()
    expect(first).to_have_text("Valmont\u00a0: le pont Neuf rouvre")
    page.go_forward()
    expect(first).not_to_have_text("Valmont\u00a0: le pont Neuf rouvre")
    page.keyboard.press("Escape")
    expect(page.locator("#reader")).to_be_hidden()
    page.wait_for_function("!history.state.depth")
    page.go_back()
    page.wait_for_url(f"{address}/")


def test_a_day_that_is_none_is_told_and_not_passed_over(browser: Browser, address: str) -> None:
    page = browser.new_page(locale="fr-FR")  # an unwatched one: the browser tells the 400 as well
    asked: list[str] = []
    page.on("request", lambda request: asked.append(request.url))
    page.goto(f"{address}/recherche?q=commune&depuis=hier&source=Le+Journal")
    page.wait_for_load_state("networkidle")
    expect(page.locator("#results .note")).to_contain_text("« hier » n’est pas un jour")
    assert not any("resultats" in one for one in asked)
    page.close()


def test_an_article_beside_a_conversation_makes_way_for_the_next_answer(
    opens: Opens, address: str
) -> None:
    page = opens(address)
    ask(page, BRIDGE_QUESTION)
    page.wait_for_url("**/#c=*")
    before = page.url
    page.locator("a.cite").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()
    page.go_back()
    expect(page.locator("#reader")).to_be_hidden()
    assert page.url == before
    page.locator("a.cite").first.click()
    expect(page.locator("#reader mark").first).to_be_visible()
    ask(page, UNKNOWN_QUESTION)
    expect(page.locator("#reader")).to_be_hidden()
    page.wait_for_url(lambda url: url != before and "#c=" in url)
    page.reload()
    expect(page.locator(".exchange")).to_have_count(2)
    expect(page.locator("#reader")).to_have_count(0)


def test_what_hostile_articles_say_is_text_in_a_search(opens: Opens, address: str) -> None:
    page = open_search(opens, address)
    page.get_by_label(words.SEARCH_LABEL).fill("piège du journal <img src=x onerror=window.hurt=1>")
    expect(page.locator("#results h2").first).to_contain_text("<img src=x")
    page.locator("#results a.read").first.click()
    expect(page.locator("#reader h1")).to_contain_text("<img src=x")
    assert page.evaluate("window.hurt") is None
