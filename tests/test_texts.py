"""What a reader sees is written as French writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import brief_qa

MODULES = sorted(Path(brief_qa.__file__).parent.rglob("*.py"))
_TIGHT = re.compile(r"«[\w{.][^«»\[]*»")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_guillemets_have_spaces_inside(module: Path) -> None:
    assert _TIGHT.findall(module.read_text(encoding="utf-8")) == []
