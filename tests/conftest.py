"""What most tests begin with."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

import brief_qa
from brief_qa import Archive
from brief_qa.keys import SCOPES, Keys
from fakes import FakeEncoder
from serving import serving

if TYPE_CHECKING:
    from playwright.sync_api import Browser

# No test is timed: on a busy machine one example in a hundred takes seconds.
settings.register_profile("untimed", settings(), deadline=None)
settings.load_profile("untimed")


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive, in ``index`` of the test's folder."""
    with Archive.open(tmp_path / "index", encoder=FakeEncoder()) as opened:
        yield opened


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The sample archive, read by the real models; several modules ask it, and none changes it."""
    with Archive.open(tmp_path_factory.mktemp("sample") / "index") as opened:
        opened.ingest([Path(brief_qa.__file__).parent / "sample" / "pages"])
        yield opened


@pytest.fixture(scope="module")
def keys(archive: Archive) -> dict[str, str]:
    """A key for each right, by the right's name, to a module's own archive."""
    held = Keys(archive.folder)
    return {scope: held.create(scope, scope)[1] for scope in SCOPES}


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """A Chromium, or a skip, or where one is required a failure.

    A module's own: while it is open, nothing in its thread can run an event loop.
    """
    from browser import chromium

    with chromium() as found:
        if found is None:
            reason = "Aucun Chromium : installez-le, ou donnez son chemin par BRIEF_QA_CHROMIUM."
            if os.environ.get("BRIEF_QA_BROWSER") == "required":
                pytest.fail(reason)
            pytest.skip(reason)
        yield found


@pytest.fixture(scope="session")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """A server of the few articles of ``serving``, which several modules read and none changes."""
    with serving(tmp_path_factory.mktemp("served") / "index", "--trusted-proxy", "127.0.0.1") as (
        found,
        _,
    ):
        yield found


_LONGEST = ("test_quality", "test_browser", "test_doors", "test_web_operations", "test_sample")
"""Modules that take minutes, begun first: the others then fill the time that is left beside."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Begin with the longest modules."""
    last = len(_LONGEST)
    order = {name: place for place, name in enumerate(_LONGEST)}
    items.sort(key=lambda item: order.get(item.path.stem, last))
