"""Files that are only ever added to, one JSON object a line: opinions, the log of writes.

A line is durable once it is appended. One that was cut off, as its writer was killed, is passed
over when the file is read, and costs no other: each line begins on a line of its own.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from brief_qa.errors import ArchiveError
from brief_qa.jsonable import jsonable


def append(path: Path, record: object, most_bytes: int | None = None) -> None:
    """Add a record; the file is made if absent, for its owner only.

    Lines of other processes come before or after it, never inside. Raises ArchiveError where it
    cannot be written, or the file would grow beyond ``most_bytes``.
    """
    line = b"\n" + json.dumps(jsonable(record), ensure_ascii=True).encode() + b"\n"
    try:
        descriptor = os.open(path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            if most_bytes and file.tell() + len(line) > most_bytes:
                raise ArchiveError(
                    f"{path} a atteint {most_bytes // 1_000_000} Mo : rangez ce fichier ailleurs, "
                    "un nouveau sera commencé."
                )
            file.write(line)
            os.fsync(file.fileno())
    except OSError as error:
        raise ArchiveError(f"Impossible d'écrire dans {path} : {error}.") from error


def records(path: Path) -> Iterator[dict[str, Any]]:
    """Every record, the first one first; none where there is no file."""
    try:
        with path.open("rb") as lines:
            for line in lines:
                if record := _parsed(line):
                    yield record
    except FileNotFoundError:
        return


def _parsed(line: bytes) -> dict[str, Any] | None:
    try:
        record = json.loads(line)
    except ValueError:
        return None
    return record if isinstance(record, dict) else None
