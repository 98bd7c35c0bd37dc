"""Questions: what was asked, made complete from what was asked before."""

from __future__ import annotations

import re
from collections.abc import Sequence

_LEANS_ON_BEFORE = re.compile(
    r"\s*(?:et\b|mais\b|(?:pourquoi|comment|où|quand|combien|(?:avec )?qui)\s*\?)"
    r"|.*\b(?:il|elle|ils|elles|celui-ci|celle-ci|ceux-ci|l['’]accompagn\w+)\b",
    re.IGNORECASE | re.DOTALL,
)
_NAME_INSIDE = re.compile(r"(?<=\s)[A-ZÀ-Þ]\w+")


def completed(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question to search for: with the last one before it when it leans on that one.

    A question leans when it begins with "Et", is one word, or says "il" or "elle" and names
    nobody.
    """
    if not history or not _LEANS_ON_BEFORE.match(question):
        return question
    if not question.lower().lstrip().startswith("et") and _NAME_INSIDE.search(question):
        return question
    return f"{history[-1][0]} {question}"
