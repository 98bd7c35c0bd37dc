"""What a reader sees is written as French writes it."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import brief_qa
from brief_qa.texts import number

MODULES = sorted(Path(brief_qa.__file__).parent.rglob("*.py"))
_TIGHT = re.compile(r"«[\w{.][^«»\[]*»")


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_an_apostrophe_is_typed_and_the_page_curls_it(module: Path) -> None:
    curled = module.parts[-2:] == ("web", "words.py")
    wrong = re.compile(r"[^\W\d_]'[^\W\d_]" if curled else r"[^\W\d_]’[^\W\d_]")
    text = module.read_text(encoding="utf-8")
    assert [line for line in text.splitlines() if wrong.search(line)] == []


@pytest.mark.parametrize("module", MODULES, ids=lambda path: path.stem)
def test_guillemets_have_spaces_inside(module: Path) -> None:
    assert _TIGHT.findall(module.read_text(encoding="utf-8")) == []


def test_a_number_is_grouped_by_spaces_that_do_not_break() -> None:
    assert [number(5000), number(12), number(-1234567)] == [
        "5\u202f000",
        "12",
        "-1\u202f234\u202f567",
    ]
    assert [number(0.825, 2), number(1234.5, 1)] == ["0,82", "1\u202f234,5"]
