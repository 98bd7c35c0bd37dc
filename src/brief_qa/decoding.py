"""Bytes → text: which encoding, what isn't text, and what nobody sees in it."""

from __future__ import annotations

import codecs
import re
import unicodedata
from collections.abc import Iterator
from typing import Protocol

from brief_qa.errors import PageError

MEBIBYTE = 1024 * 1024
RECORD_LIMIT = 16 * MEBIBYTE
"""Bytes of one line of a JSONL or CSV file, which is streamed."""


class Readable(Protocol):
    """What is read here: a file, or a zip member."""

    def read(self, size: int, /) -> bytes:
        """At most ``size`` bytes; none at the end."""


def read_up_to(stream: Readable, size: int) -> bytes:
    """The next ``size`` bytes, or what there is of them."""
    pieces, left = [], size
    while left and (piece := stream.read(min(left, MEBIBYTE))):
        pieces.append(piece)
        left -= len(piece)
    return b"".join(pieces)


_BOMS = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_META_CHARSET = re.compile(rb"<meta[^>]{0,200}?charset\s*=\s*[\"']?\s*([\w-]{3,20})", re.IGNORECASE)
_LEGACY = re.compile(
    r"iso8859-\d+|cp\d+|koi8-[ru]|mac-\w+|gb\w+|big5\w*|euc_\w+|iso2022_\w+|shift_jis\w*|hz"
)
"""Python's names of the encodings that pages are written in. It has others, which a page must
not choose: some are no encodings of text and raise, some take quadratic time."""
_CONTROLS = bytes(sorted(set(range(32)) - set(b"\t\n\r\f\x1b")))
_BINARY_SHARE = 0.01
"""Share of control characters past which bytes are not text; text has none, a JPEG 10 %."""


def decode(content: bytes, *, markup: bool = False) -> str:
    """Bytes as text: by their mark (BOM), else UTF-8, else windows-1252 where UTF-8 fails.

    ``markup`` says that the bytes are HTML, whose own ``<meta charset>`` is then heard
    where they are not UTF-8. Raises PageError for what isn't text.
    """
    content, encoding = _marked(content)
    if encoding == "utf-8":
        _refuse_binary(content)
        if markup and (declared := _declared(content)):
            encoding = declared
    return _decoded(content, encoding)


def text_lines(stream: Readable, limit: int = RECORD_LIMIT) -> Iterator[tuple[int, str | None]]:
    """Number (from 1) and text of each line, newline kept, decoded as :func:`decode` does.

    A line of more than ``limit`` bytes comes as None. Raises PageError for what isn't text.
    """
    head = read_up_to(stream, 64 * 1024)
    marked, encoding = _marked(head)
    if encoding == "utf-8":
        _refuse_binary(marked)
    newline = "\n".encode(encoding)
    for number, line in enumerate(_raw_lines(marked, stream, newline, limit), start=1):
        yield number, None if line is None else _decoded(line, encoding)


def _raw_lines(head: bytes, stream: Readable, newline: bytes, limit: int) -> Iterator[bytes | None]:
    pending, skipping = bytearray(head), False
    while True:
        end = _line_end(pending, newline)
        if end < 0:
            if len(pending) > limit:
                # Keep an even count: UTF-16 code units are two bytes.
                del pending[: len(pending) // 2 * 2]
                skipping = True
            piece = stream.read(MEBIBYTE)
            if not piece:
                break
            pending += piece
            continue
        line = bytes(pending[:end])
        del pending[:end]
        yield None if skipping or len(line) > limit else line
        skipping = False
    if skipping or pending:
        yield None if skipping else bytes(pending)


def _line_end(pending: bytearray, newline: bytes) -> int:
    """Where the first line ends, newline included, or −1."""
    position = pending.find(newline)
    while position % len(newline) and position > 0:  # half of one UTF-16 unit, half of the next
        position = pending.find(newline, position + 1)
    return position + len(newline) if position >= 0 else -1


def _marked(content: bytes) -> tuple[bytes, str]:
    """The content without its mark, and the encoding it names; UTF-8 is assumed."""
    for mark, encoding in _BOMS:
        if content.startswith(mark):
            return content[len(mark) :], encoding
    sample = content[:4096]
    # UTF-16 without a mark: one byte in two is NUL for Latin letters.
    for encoding, start in (("utf-16-le", 1), ("utf-16-be", 0)):
        half = sample[start::2]
        if len(half) > 1 and half.count(0) > 0.7 * len(half) and 0 not in sample[1 - start :: 2]:
            return content, encoding
    return content, "utf-8"


def _declared(content: bytes) -> str | None:
    """The encoding an HTML page names, when it isn't UTF-8 and the bytes aren't either."""
    match = _META_CHARSET.search(content[:4096])
    if not match:
        return None
    try:
        content.decode("utf-8")
        return None
    except UnicodeDecodeError:
        pass
    try:
        name = codecs.lookup(match[1].decode("ascii")).name
    except LookupError:
        return None
    # Browsers read iso8859-1 as windows-1252, which has what pages use: € ’ « œ.
    return name if _LEGACY.fullmatch(name) and name not in ("iso8859-1", "cp1252") else None


def _refuse_binary(content: bytes) -> None:
    controls = len(content) - len(content.translate(None, _CONTROLS))
    if controls > _BINARY_SHARE * len(content):
        raise PageError(
            "Contenu binaire, et non du texte. Donnez la page en texte, en HTML ou en Markdown."
        )


def _decoded(content: bytes, encoding: str) -> str:
    codecs.register_error("brief_qa.cp1252", _as_cp1252)
    errors = "brief_qa.cp1252" if encoding == "utf-8" else "replace"
    return tidy(content.decode(encoding, errors))


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    """Read the bytes that are not UTF-8 one by one as windows-1252.

    French in windows-1252 is hardly ever valid UTF-8, so this reads a page of either kind,
    one that mixes both, and one that was cut in the middle of a character.
    """
    if not isinstance(error, UnicodeDecodeError):
        raise error
    wrong = error.object[error.start : error.end]
    return wrong.decode("cp1252", "replace"), error.end


_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0e-\x1f\x7f-\x9f\xad\u200b\u200e\u200f\u2060\ufeff\ud800-\udfff]"
)


def tidy(text: str) -> str:
    """The text in NFC with one kind of newline, without characters that nobody sees.

    Soft hyphens and zero-width spaces would hide words from the search; lone surrogates
    cannot be stored.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\f", "\n")
    return composed(_UNSEEN.sub("", text))


_MARKS_KEPT = 30
"""Accents on one letter, as in the stream-safe format of Unicode (UAX #15)."""
_MAY_BE_MARKS = re.compile(rf"[^\w\s\x00-\u02ff]{{{_MARKS_KEPT + 1},}}")


def composed(text: str) -> str:
    """The text in NFC, with thirty accents at most on one letter.

    Python orders the accents of a letter in quadratic time: a million would take an hour.
    """
    return unicodedata.normalize("NFC", _MAY_BE_MARKS.sub(_fewer_marks, text))


def _fewer_marks(found: re.Match[str]) -> str:
    kept, marks = [], 0
    for character in found[0]:
        marks = marks + 1 if unicodedata.category(character)[0] == "M" else 0
        if marks <= _MARKS_KEPT:
            kept.append(character)
    return "".join(kept)
