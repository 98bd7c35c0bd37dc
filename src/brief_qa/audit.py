"""The log of what was written to an archive over the network: who, when, what, which articles.

``audit.jsonl`` in the index folder, one JSON object a line, only ever added to.
"""

from __future__ import annotations

import json
import os
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Literal, get_args

from brief_qa.jsonable import jsonable

Deed = Literal["add", "replace", "delete", "restore", "ingest", "reindex"]
DEEDS: tuple[Deed, ...] = get_args(Deed)
FILE = "audit.jsonl"


@dataclass(frozen=True, slots=True)
class Entry:
    """One write."""

    at: str
    """UTC, ISO 8601 to the second."""
    who: str
    """The name of the key."""
    what: Deed
    articles: tuple[str, ...] = ()
    """Ids of the articles added, changed or removed."""


class Audit:
    """The log of an index folder. Safe to use from any thread and from several processes."""

    def __init__(self, folder: Path) -> None:
        """Nothing is made yet."""
        self._path = folder / FILE

    def record(
        self, who: str, what: Deed, articles: Sequence[str] = (), now: datetime | None = None
    ) -> None:
        """Add an entry; durable on return. Raises OSError where nothing can be written."""
        at = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        told = json.dumps(jsonable(Entry(at, who, what, tuple(articles))), ensure_ascii=False)
        descriptor = os.open(self._path, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        with os.fdopen(descriptor, "ab", buffering=0) as file:
            # One write: those of other processes come before or after it, never inside.
            file.write(told.encode("utf-8", "replace") + b"\n")
            os.fsync(file.fileno())

    def latest(self, most: int) -> list[Entry]:
        """The newest entries, the newest first. A line cut off by a crash is passed over."""
        try:
            with self._path.open(encoding="utf-8", errors="replace") as file:
                lines = deque(file, most)
        except FileNotFoundError:
            return []
        return [entry for line in reversed(lines) if (entry := _read(line))]


def _read(line: str) -> Entry | None:
    try:
        told = json.loads(line)
        articles = tuple(map(str, told["articles"]))
        return Entry(str(told["at"]), str(told["who"]), told["what"], articles)
    except (ValueError, KeyError, TypeError):
        return None
