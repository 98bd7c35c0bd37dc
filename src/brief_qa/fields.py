"""The fields of an article, made fit: titles, paragraphs, names."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping

from brief_qa.decoding import tidy

TITLE_LIMIT = 300
"""Characters of a title; a longer one is cut and heads the body whole."""
HEADLINE_LIMIT = 120
"""Characters of a title made from the first sentence of a text."""

_SENTENCE_END = re.compile(
    r"(?<!\b[A-ZÀ-Ý]\.)(?<!\bMM\.)(?<!\bDr\.)(?<!\bMe\.)(?<=[.!?…])[\s»”\"]*\s|\n"
)
"""Not after an initial or a title ("M. Dupont")."""
_AUTHOR_SEPARATORS = re.compile(r"\s*[;,|]\s*|\s+et\s+")
_AROUND = ' []"'
"""What a list not closed leaves around a name: ``[Anne Lefèvre, "Marc Petit"``."""
_BYLINE = re.compile(r"^(?:par|by|propos recueillis par)\s+", re.IGNORECASE)


def plain_text(value: object) -> str:
    """Text of a JSON value: numbers are written out, other kinds are nothing."""
    if isinstance(value, str):
        return tidy(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def one_line(value: object) -> str:
    """The same on one line, with single spaces."""
    return " ".join(plain_text(value).split())


def letters(text: str) -> str:
    """Letters and digits alone, in lower case, to compare two spellings of one line."""
    return "".join(character for character in text.casefold() if character.isalnum())


def author_names(value: object) -> tuple[str, ...]:
    """Names from a list, or from a line such as "Par Lina Alaoui et Marc Petit"."""
    if isinstance(value, str):
        items: Iterable[object] = _AUTHOR_SEPARATORS.split(_BYLINE.sub("", one_line(value)))
    else:
        items = value if isinstance(value, list | tuple) else [value]
    names = (item.get("name") if isinstance(item, Mapping) else item for item in items)
    return tuple(dict.fromkeys(filter(None, (one_line(name).strip(_AROUND) for name in names))))


def paragraphs(text: str) -> str:
    """The text with its lines trimmed and at most one empty line in a row."""
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def headline(text: str) -> str:
    """A title for a text that has none: its first sentence, cut at a word if it is long."""
    start = text.strip()[: 2 * HEADLINE_LIMIT]  # a long record is not searched whole
    first = _SENTENCE_END.split(start, maxsplit=1)[0]
    return cut(" ".join(first.split()), HEADLINE_LIMIT)


def cut(text: str, limit: int) -> str:
    """The text if it fits, else cut after a word, with "…", to at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    at_word = kept.rsplit(" ", 1)[0] if not text[limit - 1].isspace() else kept
    return at_word.rstrip(" ,;:–—-") + "…"


def fit_title(title: str, body: str) -> tuple[str, str]:
    """Title and body, where a title over the limit is cut and heads the body whole."""
    if len(title) <= TITLE_LIMIT:
        return title, body
    return cut(title, TITLE_LIMIT), f"{title}\n\n{body}"
