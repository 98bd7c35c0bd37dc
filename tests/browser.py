"""A real Chromium for the browser tests and the screenshots."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import (
    Browser,
    BrowserContext,
    ConsoleMessage,
    Dialog,
    Page,
    Route,
    sync_playwright,
)

_FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run "
    "--disable-background-networking --disable-component-update --disable-sync"
).split()


@contextmanager
def chromium() -> Iterator[Browser | None]:
    """A Chromium, or None where none is found.

    Looked for in this order: BRIEF_QA_CHROMIUM, Debian's, any on the PATH, Playwright's own.
    """
    with sync_playwright() as playwright:
        candidates = (
            os.environ.get("BRIEF_QA_CHROMIUM"),
            "/usr/bin/chromium",
            shutil.which("chromium"),
            playwright.chromium.executable_path,
        )
        executable = next((path for path in candidates if path and Path(path).exists()), None)
        if executable is None:
            yield None
            return
        browser = playwright.chromium.launch(executable_path=executable, args=_FLAGS)
        try:
            yield browser
        finally:
            browser.close()


def watched_page(context: BrowserContext, address: str, wrong: list[str]) -> Page:
    """A page that reaches no other host than that of ``address``.

    What it asks for elsewhere goes to ``wrong``, with all errors, dialogs, breaches of the content
    policy (which a console tells as errors) and replies that refuse.
    """
    site = "/".join(address.split("/")[:3])
    elsewhere = re.compile(rf"^(?!{re.escape(site)}/|data:)")
    context.route(elsewhere, lambda route: _refuse(route, wrong))
    page = context.new_page()
    page.on("dialog", lambda dialog: _said(dialog, wrong))
    page.on("pageerror", lambda error: wrong.append(f"error {error}"))
    page.on("console", _Console(wrong).told)
    page.on("popup", lambda other: wrong.append(f"opened {other.url}"))
    page.on(
        "response",
        lambda answer: (
            wrong.append(f"{answer.status} {answer.url}") if answer.status >= 400 else None
        ),
    )
    return page


class _Console:
    """Listens to what a page's console says; what went wrong goes to ``wrong``.

    A page left while an event is under way ends its own stream, and Gradio's page tells that as two
    errors, in this order. The second alone is a connection that broke.
    """

    _LEFT = "AbortError: signal is aborted without reason"
    _BROKEN = "Unexpected error Connection errored out."

    def __init__(self, wrong: list[str]) -> None:
        self._wrong, self._before = wrong, ""

    def told(self, said: ConsoleMessage) -> None:
        if said.type != "error":
            return
        broken_by_leaving = said.text.startswith(self._BROKEN) and self._before.startswith(
            (self._LEFT, self._BROKEN)  # once for each event that was under way
        )
        if not said.text.startswith(self._LEFT) and not broken_by_leaving:
            self._wrong.append(said.text)
        self._before = said.text


def _refuse(route: Route, wrong: list[str]) -> None:
    wrong.append(f"asked for {route.request.url}")
    route.abort()


def _said(dialog: Dialog, wrong: list[str]) -> None:
    wrong.append(f"dialog {dialog.message}")
    dialog.dismiss()
