"""What somebody who looks at the pages waits for: the first paint, results while typing.

    python -m benchmarks.waiting [--index FOLDER] [--rounds 5]

Serves an archive, the sample unless another is given, in a process of its own and opens its pages
in a Chromium that has been there before. A first paint is the browser's own "first contentful
paint". Results are waited for from the last key of a word to their being in the page.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from .load import sample_archive, sample_questions, served
from .table import Line, load_average, milliseconds, table

if TYPE_CHECKING:
    from playwright.sync_api import Page

_CHROMIUM = "/usr/bin/chromium"
_PAINT_TARGET = 1.5
_TYPED_TARGET = 0.1
_PAINTED = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime ?? null"
_TYPE = """words => new Promise(shown => {
  const field = document.getElementById("q");
  const old = document.getElementById("results");
  const start = performance.now();
  new MutationObserver((_, watcher) => {
    const results = document.getElementById("results");
    if (!results || results === old) return;
    watcher.disconnect();
    shown(performance.now() - start);
  }).observe(document.querySelector("main"), { childList: true, subtree: true });
  field.value = words;
  field.dispatchEvent(new Event("input", { bubbles: true }));
})"""


def main() -> None:
    """Print the table; exit code 1 when a target is missed."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, help="an archive; the sample without it")
    parser.add_argument("--rounds", type=int, default=5)
    options = parser.parse_args()
    before = load_average("at the start")
    given = nullcontext(options.index) if options.index else sample_archive()
    with given as folder, served(folder) as site, _page() as page:
        found = [*_paints(page, f"{site}/", options.rounds), *_typing(page, f"{site}/")]
    print(before, "", table(found), sep="\n")
    raise SystemExit(any(line.met is False for line in found))


def _paints(page: Page, address: str, rounds: int) -> Iterator[Line]:
    page.goto(address + "recherche")
    article = page.locator("a.read").first.get_attribute("href") or ""
    pages = {
        "the conversation": "",
        "the search": "recherche?q=ministre",
        "an article": article,
        "the archive": "archive",
    }
    for name, path in pages.items():
        times = [_painted(page, address + path) for _ in range(rounds + 1)][1:]
        yield _line(f"first paint of {name}", times, _PAINT_TARGET)


def _painted(page: Page, address: str) -> float:
    """Seconds to the first paint of a page."""
    page.goto(address)
    while (at := page.evaluate(_PAINTED)) is None:
        time.sleep(0.01)
    return float(at) / 1000


def _typing(page: Page, address: str) -> Iterator[Line]:
    questions = [question.split() for question in sample_questions()]
    page.goto(address + "recherche")
    page.evaluate(_TYPE, "premier mot")
    times = [
        page.evaluate(_TYPE, " ".join(words[:number])) / 1000
        for words in questions
        for number in (1, len(words) // 2, len(words))
    ]
    yield _line("results, from the last key of a word", times, _TYPED_TARGET)


def _line(what: str, seconds: Sequence[float], target: float) -> Line:
    """The median and the 95th percentile; the median is what is to be reached."""
    ordered = sorted(seconds)
    median, nearly_all = statistics.median(ordered), ordered[int(0.95 * (len(ordered) - 1))]
    told = f"{milliseconds(median)}, 95 % within {milliseconds(nearly_all)}"
    return Line(what, told, target=f"≤ {milliseconds(target)}", met=median <= target)


@contextmanager
def _page() -> Iterator[Page]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=_CHROMIUM, args=["--no-sandbox"])
        yield browser.new_page(viewport={"width": 1280, "height": 900})
        browser.close()


if __name__ == "__main__":
    main()
