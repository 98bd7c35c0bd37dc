"""A real Chromium for the browser tests and the screenshots."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

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
