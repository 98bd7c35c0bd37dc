"""Readers who ask the running page, as a browser does: through Gradio's queue and its stream."""

from __future__ import annotations

import json
import re
import time
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

_TIMEOUT = 120
_CONFIG = re.compile(r"window.gradio_config = (\{.*?\});</script>", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Heard:
    """What a reader was shown of one question, until its answer."""

    pages: tuple[str, ...]
    """The conversation as it was shown, each time that it changed."""
    seconds: tuple[float, ...]
    """When, since the question was sent."""

    @property
    def answer(self) -> str:
        """The conversation as it was in the end."""
        return self.pages[-1]


class Reader:
    """One conversation with a page. ``name`` is any word that no other reader has."""

    def __init__(self, address: str, name: str, ip: str) -> None:
        """``ip`` is the address that the reader comes from, told as a proxy does."""
        self._address = address
        self._name = name
        self._headers = {"Content-Type": "application/json", "X-Forwarded-For": ip}
        found = _CONFIG.search(self._sent("/").read().decode())
        assert found is not None, "the page has no configuration: is it Gradio's?"
        events = json.loads(found[1])["dependencies"]
        self._asking: int = next(
            one["id"]
            for one in events
            if len(one["inputs"]) == 2 and one["api_visibility"] == "private"
        )

    def ask(self, question: str) -> Heard:
        """Ask, and hear everything until the answer."""
        asked = {"data": [question, None], "fn_index": self._asking, "session_hash": self._name}
        started = time.perf_counter()
        self._sent("/gradio_api/queue/join", asked).close()
        pages: list[str] = []
        seconds: list[float] = []
        for page in self._shown():
            if not pages or pages[-1] != page:
                pages.append(page)
                seconds.append(time.perf_counter() - started)
        return Heard(tuple(pages), tuple(seconds))

    def _shown(self) -> Iterator[str]:
        with self._sent(f"/gradio_api/queue/data?session_hash={self._name}") as stream:
            for line in stream:
                if not line.startswith(b"data: "):
                    continue
                event = json.loads(line[len(b"data: ") :])
                if event["msg"] in ("process_generating", "process_completed"):
                    yield from _conversation(event["output"])
                if event["msg"] == "process_completed":
                    return

    def _sent(self, path: str, body: object = None) -> Any:
        data = None if body is None else json.dumps(body).encode()
        request = urllib.request.Request(self._address + path, data, self._headers)
        return urllib.request.urlopen(request, timeout=_TIMEOUT)


def _conversation(output: dict[str, Any]) -> Iterator[str]:
    """The first output: whole, or as Gradio's list of what is replaced in it."""
    first = output["data"][0] if output.get("data") else None
    if isinstance(first, str):
        yield first
    for change in first if isinstance(first, list) else ():
        if change[0] == "replace" and not change[1]:
            yield change[2]
