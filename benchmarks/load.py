"""Many readers at once: how many answers a second, and how long each waits, while pages come in.

    python -m benchmarks.load [--seconds 15] [--articles 125] [--clients 1 10 50]
        [--what search ask] [--quiet]

The server is ``brief-qa serve`` in a process of its own, with the real models; an ingest goes on
in another, unless ``--quiet``. Each client asks, waits for the whole reply, and asks again. The
clients are coroutines of httpx, which is there in any case, rather than locust's: what is wanted
is a table of two requests, and the moment at which an event of a stream arrives.
"""

from __future__ import annotations

import argparse
import asyncio
import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx

import brief_qa
from brief_qa import Archive
from brief_qa.jsonable import jsonable

from .corpus import Corpus

_SAMPLE = Path(brief_qa.__file__).parent / "sample"
_QUESTIONS = 200
_BRIEF_QA = [sys.executable, "-c", "from brief_qa.cli import main; main()"]


@dataclass(frozen=True, slots=True)
class Reply:
    """One reply: seconds to the first of it that a reader sees, and to its end."""

    first: float
    whole: float
    status: int


async def _asked(client: httpx.AsyncClient, question: str) -> Reply:
    """A question, streamed: what is found is seen first."""
    began = time.perf_counter()
    body, events = {"question": question}, {"Accept": "text/event-stream"}
    first, status = 0.0, 0
    async with client.stream("POST", "/api/v1/ask", json=body, headers=events) as reply:
        status = reply.status_code
        async for line in reply.aiter_lines():
            first = first or time.perf_counter() - began
            if line == "event: problem":
                status = 500
    return Reply(first, time.perf_counter() - began, status)


async def _searched(client: httpx.AsyncClient, question: str) -> Reply:
    began = time.perf_counter()
    reply = await client.get("/api/v1/search", params={"q": question})
    spent = time.perf_counter() - began
    return Reply(spent, spent, reply.status_code)


_REQUESTS = {"search": _searched, "ask": _asked}


async def loaded(
    address: str, what: str, clients: int, seconds: float, asked: Sequence[str]
) -> list[Reply]:
    """What so many clients got in so many seconds; what was begun by then is waited for."""
    ends = time.perf_counter() + seconds
    limits = httpx.Limits(max_connections=clients)
    replies: list[Reply] = []

    async def one(number: int) -> None:
        at = number
        while time.perf_counter() < ends:
            replies.append(await _REQUESTS[what](client, asked[at % len(asked)]))
            at += clients

    async with httpx.AsyncClient(base_url=address, timeout=300, limits=limits) as client:
        await asyncio.gather(*map(one, range(clients)))
    return replies


def row(what: str, clients: int, replies: Sequence[Reply], seconds: float) -> str:
    """One line of the table."""
    done = [one for one in replies if one.status == 200]
    first = sorted(one.first for one in done)
    whole = sorted(one.whole for one in done)

    def told(some: Sequence[float], share: float) -> str:
        return f"{some[min(len(some) - 1, int(share * len(some)))]:.2f} s" if some else "–"

    waits = told(first, 0.5), told(whole, 0.5), told(whole, 0.95), told(whole, 1)
    refused = len(replies) - len(done)
    cells = (what, clients, len(done), f"{len(done) / seconds:.1f}", *waits, refused)
    return "| " + " | ".join(map(str, cells)) + " |"


@contextmanager
def started(*command: str, folder: Path) -> Iterator[subprocess.Popen[str]]:
    """A command of brief-qa on an index, interrupted at the end."""
    env: dict[str, Any] = os.environ | {"BRIEF_QA_INDEX": str(folder)}
    process = subprocess.Popen(
        [*_BRIEF_QA, *command], env=env, text=True, stdout=subprocess.PIPE, stderr=subprocess.PIPE
    )
    try:
        yield process
    finally:
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=60)


@contextmanager
def sample_archive() -> Iterator[Path]:
    """The folder of an index of the sample archive, made for this."""
    with tempfile.TemporaryDirectory() as folder:
        with Archive.open(folder) as archive:
            archive.ingest([_SAMPLE / "pages"])
        yield Path(folder)


def sample_questions() -> list[str]:
    """What the sample archive may be asked."""
    rows = (_SAMPLE / "questions.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(row)["question"] for row in rows]


@contextmanager
def served(folder: Path) -> Iterator[str]:
    """A running server: its address."""
    with started("serve", "--port", "0", "--rate", "0", "--json", folder=folder) as process:
        assert process.stdout is not None
        yield json.loads("".join(process.stdout.readline() for _ in range(3)))["url"]


def measured(folder: Path, given: argparse.Namespace) -> Iterator[str]:
    """The lines of the table."""
    corpus = Corpus()
    index, pages = folder / "index", folder / "new.jsonl"
    with Archive.open(index) as archive:
        archive.ingest(corpus.articles(given.articles))
    asked = corpus.questions(_QUESTIONS, given.articles)
    coming = (corpus.article(given.articles + number) for number in range(4_000))
    pages.write_text("\n".join(json.dumps(_record(one)) for one in coming), encoding="utf-8")
    yield "| what | clients | replies | a second | first seen | whole | 95 % | slowest | refused |"
    yield "|---|---|---|---|---|---|---|---|---|"
    with served(index) as address:
        asyncio.run(loaded(address, "ask", 2, 2, asked))
        for what in given.what:
            for clients in given.clients:
                with _ingesting(index, pages, given.quiet):
                    began = time.perf_counter()
                    replies = asyncio.run(loaded(address, what, clients, given.seconds, asked))
                    yield row(what, clients, replies, time.perf_counter() - began)
        figures = httpx.get(f"{address}/metrics").text.splitlines()
        yield ""
        yield from (one for one in figures if one.startswith(("process_res", "brief_qa_articles")))


@contextmanager
def _ingesting(folder: Path, pages: Path, quiet: bool) -> Iterator[None]:
    """An ingest at work, past what it loads; each goes on where the last was interrupted."""
    if quiet:
        yield
        return
    with started("ingest", str(pages), folder=folder):
        time.sleep(4)
        yield


def _record(article: Any) -> dict[str, Any]:
    fields = jsonable(article)
    first, _, _ = fields["body"].partition("\n\n")  # short ones: batches are committed meanwhile
    return {"id": fields["id"], "title": fields["title"], "text": first}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--seconds", type=float, default=15)
    parser.add_argument("--articles", type=int, default=125, help="of 8 passages, to begin with")
    parser.add_argument("--clients", type=int, nargs="+", default=[1, 10, 50])
    parser.add_argument("--what", nargs="+", choices=_REQUESTS, default=list(_REQUESTS))
    parser.add_argument("--quiet", action="store_true", help="no ingest meanwhile")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        for line in measured(Path(folder), given):
            print(line, flush=True)
    print(f"\nload average {os.getloadavg()[0]:.1f} on {len(os.sched_getaffinity(0))} cores")


if __name__ == "__main__":
    main()
