"""What most tests begin with."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from brief_qa import Archive
from fakes import FakeEncoder


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """An empty archive, in ``index`` of the test's folder."""
    with Archive.open(tmp_path / "index", encoder=FakeEncoder()) as opened:
        yield opened
