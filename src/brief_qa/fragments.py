"""HTML where text is due: a field of a record, as content systems export it → its words."""

from __future__ import annotations

import re
from html import unescape

from brief_qa.decoding import tidy

# Every pattern takes time in proportion to the text, whatever is opened and never closed:
# a parser would take the square of it, and a record may have 16 MiB.
_TAG = re.compile(r"<(/?)([a-z][\w:.-]*)(?:[^<>\"']|\"[^\"<]*\"|'[^'<]*'|[\"'])*+>", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:#[0-9]{1,7}|#x[0-9a-f]{1,6}|[a-z][a-z0-9]{1,30});", re.IGNORECASE)
_CODE = re.compile(
    r"<!--.*?(?:-->|\Z)|<(script|style)\b[^<>]*(?<!/)>.*?(?:</\1\s*>|\Z)|<[!?][^<>]*>",
    re.IGNORECASE | re.DOTALL,
)
_ASIDE = re.compile(
    r"<(figure|figcaption|iframe|noscript|object|svg|audio|video|template|head)\b[^<>]*(?<!/)>"
    r"(?:(?!<\1\b).)*?</\1\s*>",
    re.IGNORECASE | re.DOTALL,
)
"""What stands beside the text; the innermost, where a gallery of figures is a figure."""
_PARAGRAPH = re.compile(r"<p\b[^<>]*>(?:(?!<p\b).)*?</p\s*>", re.IGNORECASE | re.DOTALL)
_LAID_OUT = re.compile(r"<(?:p|br|div)\b", re.IGNORECASE)
_BLOCKS = frozenset(
    "address article aside blockquote body caption center details div dl fieldset figure footer "
    "form h1 h2 h3 h4 h5 h6 header hr html main nav ol p pre section summary table ul".split()
)
_LINES = frozenset("br dd dt li tr".split())
_INLINE = frozenset(
    "a abbr b big cite code del em font i img ins kbd mark q s small span strike strong sub sup "
    "td th time tt u var".split()
)
_ALONE = frozenset("br hr img".split())


def reader_text(text: str) -> str:
    """The text that a reader sees of a field, which content systems often export as HTML.

    Blocks become paragraphs; scripts, styles, figures and frames go; entities are decoded.
    Text without the tags of HTML stays as it is, but for its entities.
    """
    if not _is_markup(text):
        text = _ENTITY.sub(_character, text)
        if not _is_markup(text):  # it may have been escaped as a whole
            return text
    text = _CODE.sub(" ", text)
    for _ in range(2):
        text = _ASIDE.sub("\n\n", text)
    text = _PARAGRAPH.sub(lambda found: found[0].replace("\n", " "), text)
    if _LAID_OUT.search(text):  # else its lines are those that were typed
        text = "\n\n".join(part.replace("\n", " ") for part in re.split(r"\n\s*\n", text))
    text = _ENTITY.sub(_character, _TAG.sub(_break, text))
    return tidy(re.sub("[ \t]+", " ", text))


def _is_markup(text: str) -> bool:
    """Whether it has tags of HTML that are closed, or need not be, or opens with a block."""
    if "<" not in text or ">" not in text:
        return False
    if "<!--" in text and "-->" in text:
        return True
    first = _TAG.match(text.lstrip())
    if first and first[2].lower() in _BLOCKS:
        return True
    tags = {(tag[1], tag[2].lower()) for tag in _TAG.finditer(text)}
    return any(
        not closing and (name in _ALONE or (name in _KNOWN and ("/", name) in tags))
        for closing, name in tags
    )


_KNOWN = _BLOCKS | _LINES | _INLINE | {"figcaption", "iframe", "script", "style"}


def _break(tag: re.Match[str]) -> str:
    name = tag[2].lower()
    if name in _BLOCKS:
        return "\n\n"
    if name in _LINES:
        return "" if tag[1] else "\n"
    return " " if name in ("td", "th") else ""


def _character(entity: re.Match[str]) -> str:
    return unescape(entity[0])
