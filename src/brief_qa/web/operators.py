"""What a documentalist types in a search box beside words: "word for word", -without.

Typewriter's, English and French quotation marks are one; one that is left open is no operator
yet, nor is a hyphen before a word that no article is searched for: "dit -il".
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from brief_qa.french import stems

_OPERATOR = re.compile(
    r"""(?P<minus>(?<!\S)[-−])?["“”„«]\s*(?P<expression>[^"“”„«»]*?)\s*["“”»]
    |(?<!\S)[-−](?P<word>\w[\w'’-]*)""",
    re.VERBOSE,
)


@dataclass(frozen=True, slots=True)
class Operators:
    """What was typed, read."""

    words: str = ""
    """What to search for: expressions are in it, without their marks."""
    exactly: tuple[str, ...] = ()
    """Expressions to be held word for word."""
    without: tuple[str, ...] = ()
    """Expressions, or words, not to be held."""


def read(typed: str) -> Operators:
    """Read what was typed in a search box."""
    exactly, without = list[str](), list[str]()

    def taken(match: re.Match[str]) -> str:
        said = match["word"] or match["expression"]
        if not stems(said):
            return match.group()
        if match["word"] or match["minus"]:
            without.append(said)
            return " "
        exactly.append(said)
        return said

    words = " ".join(_OPERATOR.sub(taken, typed).split())
    words = words if re.search(r"\w", words) else ""
    return Operators(words, tuple(exactly), tuple(without))
