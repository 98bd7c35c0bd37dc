"""Files sent by a browser, written to a folder as they come: never whole in memory.

The names that a browser gives are untrusted: they decide where a file lies below the folder, as
far as they can be kept, and never anything outside it.
"""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from itertools import count
from pathlib import Path, PurePosixPath
from typing import IO

from python_multipart.exceptions import MultipartParseError
from python_multipart.multipart import MultipartParser, parse_options_header

from brief_qa.decoding import MEBIBYTE
from brief_qa.domain import Rejection
from brief_qa.errors import InputError
from brief_qa.pages import FILE_LIMIT
from brief_qa.texts import UNSEEN, number

UPLOAD_LIMIT = 256 * MEBIBYTE
"""Bytes of one sending, all files together."""
MOST_FILES = 5_000
_VALUE = 1_000
"""Bytes of a field that is no file."""
_DEPTH = 8
_PART = 150
"""Bytes of one part of a name, its extension not counted: systems allow 255."""
_SEPARATORS = re.compile(r"[/\\]")


class UploadTooLarge(InputError):
    """More was sent than is taken at once."""


class Upload:
    """One sending as it comes in."""

    def __init__(self, folder: Path, content_type: str) -> None:
        """Into ``folder``, empty. Raises InputError where it is not what a form sends."""
        kind, options = parse_options_header(content_type)
        if kind != b"multipart/form-data" or not options.get(b"boundary"):
            raise InputError("Envoi illisible : un formulaire de fichiers était attendu.")
        self.refused: list[Rejection] = []
        """Files that were not kept."""
        self.fields: dict[str, str] = {}
        """What the form said besides."""
        self.files = 0
        self._folder = folder
        self._header, self._value = b"", b""
        self._disposition: dict[bytes, bytes] = {}
        self._name = ""
        self._file: IO[bytes] | None = None
        self._size = 0
        self._parser = MultipartParser(
            options[b"boundary"],
            {
                "on_part_begin": self._begin,
                "on_header_field": self._header_field,
                "on_header_value": self._header_value,
                "on_header_end": self._header_end,
                "on_headers_finished": self._open,
                "on_part_data": self._data,
                "on_part_end": self._close,
            },
        )

    async def receive(self, pieces: AsyncIterator[bytes]) -> None:
        """Take in all of it. Raises InputError where it is damaged, or cut off by its sender."""
        total = 0
        try:
            async for piece in pieces:
                total += len(piece)
                if total > UPLOAD_LIMIT:
                    raise UploadTooLarge(too_large())
                self._parser.write(piece)
            self._parser.finalize()
        except MultipartParseError as error:
            raise InputError("Envoi abîmé ou coupé : recommencez-le.") from error
        finally:
            self._close()

    # -- what the parser meets -------------------------------------------------------------

    def _begin(self) -> None:
        self._disposition, self._name, self._size = {}, "", 0

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header += data[start:end]

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._value += data[start:end]

    def _header_end(self) -> None:
        if self._header.lower() == b"content-disposition":
            self._disposition = parse_options_header(self._value)[1]
        self._header, self._value = b"", b""

    def _open(self) -> None:
        given = self._disposition.get(b"filename", b"").decode("utf-8", "replace")
        if not given:  # a field, or a choice of files left empty
            return
        self.files += 1
        if self.files > MOST_FILES:
            raise UploadTooLarge(
                f"Plus de {number(MOST_FILES)} fichiers à la fois : mettez-les dans un zip, ou "
                "envoyez-les en plusieurs fois."
            )
        self._name = "/".join(_parts(given))
        self._file = _created(self._folder, self._name)

    def _data(self, data: bytes, start: int, end: int) -> None:
        self._size += end - start
        if self._file is None:
            name = self._disposition.get(b"name", b"").decode("utf-8", "replace")
            if b"filename" not in self._disposition and self._size <= _VALUE:
                piece = data[start:end].decode("utf-8", "replace")
                self.fields[name] = self.fields.get(name, "") + piece
        elif self._size <= FILE_LIMIT:
            self._file.write(data[start:end])

    def _close(self) -> None:
        if self._file is None:
            return
        self._file.close()
        if self._size > FILE_LIMIT:
            Path(self._file.name).unlink()
            limit = FILE_LIMIT // MEBIBYTE
            reason = f"Plus de {limit} Mio : prenez « brief-qa ingest », qui n'a pas cette limite."
            self.refused.append(Rejection(self._name, reason))
        self._file = None


def too_large() -> str:
    """That a sending is larger than is taken at once, in French."""
    return (
        f"Envoi de plus de {UPLOAD_LIMIT // MEBIBYTE} Mio : envoyez les fichiers en plusieurs "
        "fois, ou prenez « brief-qa ingest » sur la machine du serveur."
    )


def _parts(given: str) -> list[str]:
    """The parts of a name, each one that a file or folder can have; never none."""
    named = (UNSEEN.sub("", part).strip() for part in _SEPARATORS.split(given))
    kept = [_fitting(part) for part in named if part not in ("", ".", "..")]
    return kept[-_DEPTH:] or ["sans-nom"]


def _fitting(part: str) -> str:
    if len(part.encode("utf-8", "replace")) <= _PART:
        return part
    suffix = PurePosixPath(part).suffix[:20]
    return part.encode("utf-8", "replace")[:_PART].decode("utf-8", "ignore") + suffix


def _created(folder: Path, name: str) -> IO[bytes]:
    """A new file of that name; beside others of it, in a numbered folder."""
    for copy in count(1):
        path = folder / (f"({copy})/{name}" if copy > 1 else name)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            return path.open("xb")
        except (FileExistsError, NotADirectoryError):
            continue
    raise AssertionError
