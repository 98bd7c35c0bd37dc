"""Follow-up questions made complete: a table of conversations, and what they must not do."""

from __future__ import annotations

from pathlib import Path

import pytest

from brief_qa.followups import understood

FOLDER = Path(__file__).parent / "followups"


def conversations(name: str) -> list[tuple[str, list[tuple[str, str]], str, str]]:
    """Kind, history, follow-up and what is expected, for each conversation of a file."""
    found, kind = [], ""
    for block in (FOLDER / name).read_text(encoding="utf-8").split("\n\n"):
        turns: list[tuple[str, str]] = []
        for line in block.split("\n"):
            mark, _, text = line.partition(" ")
            if line.startswith("["):
                kind = line.strip("[]")
            elif mark == "?":
                turns.append((text, "…"))
            elif mark == "!":
                turns[-1] = (turns[-1][0], text)
            elif mark == "=":
                question = turns[-1][0]
                found.append((kind, turns[:-1], question, text.replace("(seule)", question)))
    return found


@pytest.mark.parametrize(
    ("kind", "history", "question", "expected"), conversations("conversations.txt")
)
def test_conversations(
    kind: str, history: list[tuple[str, str]], question: str, expected: str
) -> None:
    read = understood(question, history)
    assert read.question == expected
    assert bool(read.carried) == (expected != question)
