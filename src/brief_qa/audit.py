"""The log of what was written to an archive over the network: who, when, what, which articles.

``audit.jsonl`` in the index folder, one JSON object a line, only ever added to.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Literal, get_args

from brief_qa.journal import append, records

Deed = Literal["add", "replace", "delete", "restore", "ingest", "fetch", "reindex"]
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
        """Add an entry; durable on return. Raises ArchiveError where nothing can be written."""
        at = (now or datetime.now(UTC)).astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        append(self._path, Entry(at, who, what, tuple(articles)))

    def latest(self, most: int) -> list[Entry]:
        """The newest entries, the newest first."""
        entries = filter(None, map(_read, records(self._path)))
        return list(deque(entries, most))[::-1]


def _read(told: dict[str, Any]) -> Entry | None:
    try:
        articles = tuple(map(str, told["articles"]))
        return Entry(str(told["at"]), str(told["who"]), told["what"], articles)
    except (KeyError, TypeError):
        return None
