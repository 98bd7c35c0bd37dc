"""What takes a process of its own: importing, reopening an archive, memory while serving.

Each of ``_TASKS`` runs in a new Python (``python -m benchmarks.fresh NAME``), is given its
arguments on standard input as JSON, and prints its figures as JSON.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path

from .table import Line, milliseconds, times

REPOSITORY = Path(__file__).resolve().parent.parent
Figures = dict[str, float]

_IMPORT_TARGET = 0.3
_REOPEN_TARGET = 3.0
_MEMORY_TARGET = 1500.0
_ASKED = 5


def lines(folder: Path, size: str, questions: Sequence[str], repetitions: int) -> list[Line]:
    """Everything here, for an archive that has a ``plain.npy`` beside its catalog."""
    given = {"folder": str(folder), "questions": list(questions)}
    imported, plain_import = _imports(max(5, repetitions // 3))
    reopened, plain = _in_turn("reopen", "reopen_plain", given, max(3, repetitions // 5))
    held, plain_held = _in_turn("serve", "serve_plain", given, 1)
    first = reopened["open"] + reopened["search"]
    return [
        Line(
            "import brief_qa",
            milliseconds(imported),
            f"{plain_import:.2f} s",
            times(plain_import / imported),
            "< 0.3 s",
            imported < _IMPORT_TARGET,
        ),
        Line(
            f"{size} reopened, first search included",
            f"{first:.2f} s",
            f"{plain['open']:.2f} s (read, add)",
            times(plain["open"] / first),
            "< 3 s",
            first < _REOPEN_TARGET,
        ),
        Line("of this, before the first search", milliseconds(reopened["open"])),
        Line(
            "from a new process to that search, with imports and encoder",
            f"{reopened['all']:.2f} s",
            f"{plain['all']:.2f} s",
            times(plain["all"] / reopened["all"]),
        ),
        Line(
            f"memory at most while serving {size}",
            f"{held['most']:.0f} MB",
            f"{plain_held['most']:.0f} MB (and no answers)",
            times(plain_held["most"] / held["most"]),
            "< 1.5 GB",
            held["most"] < _MEMORY_TARGET,
        ),
        Line("memory after the questions", f"{held['now']:.0f} MB", f"{plain_held['now']:.0f} MB"),
    ]


def _imports(repetitions: int) -> tuple[float, float]:
    """Median seconds of importing brief_qa, and of what the plain way imports."""
    taken: tuple[list[float], list[float]] = ([], [])
    for _ in range(repetitions):
        for names, seconds in zip(("brief_qa", "sentence_transformers, faiss"), taken, strict=True):
            code = f"import time; s = time.perf_counter(); import {names}"
            told = _python(["-c", f"{code}; print(time.perf_counter() - s)"])
            seconds.append(float(told))
    return statistics.median(taken[0]), statistics.median(taken[1])


def _in_turn(ours: str, theirs: str, given: object, repetitions: int) -> tuple[Figures, Figures]:
    """The medians of two tasks that take turns."""
    told: dict[str, list[Figures]] = {ours: [], theirs: []}
    for _ in range(repetitions):
        for task, figures in told.items():
            printed = _python(["-m", "benchmarks.fresh", task], json.dumps(given))
            figures.append(json.loads(printed.splitlines()[-1]))
    return _medians(told[ours]), _medians(told[theirs])


def _medians(told: Sequence[Figures]) -> Figures:
    return {name: statistics.median(figures[name] for figures in told) for name in told[0]}


def _python(arguments: Sequence[str], given: str = "") -> str:
    done = subprocess.run(
        [sys.executable, *arguments],
        input=given,
        stdout=subprocess.PIPE,
        text=True,
        check=True,
        cwd=REPOSITORY,
    )
    return done.stdout


def _reopen(folder: Path, questions: Sequence[str]) -> Figures:
    begun = time.perf_counter()
    from brief_qa import Archive
    from brief_qa.encoder import Encoder

    encoder = Encoder.load()
    encoder.encode_questions(questions[:1])  # so that the first search is not charged with this
    started = time.perf_counter()
    with Archive.open(folder, encoder=encoder) as archive:
        opened = time.perf_counter()
        archive.search(questions[0])
        done = time.perf_counter()
    return {"open": opened - started, "search": done - opened, "all": done - begun}


def _reopen_plain(folder: Path, questions: Sequence[str]) -> Figures:
    begun = time.perf_counter()
    from .plain import Plain, read_flat, scan

    vectors = Plain().encode_questions(questions[:1])
    started = time.perf_counter()
    scan(read_flat(folder), vectors, 10)
    done = time.perf_counter()
    return {"open": done - started, "all": done - begun}


def _serve(folder: Path, questions: Sequence[str]) -> Figures:
    from brief_qa import Archive
    from brief_qa.web.server import application

    with Archive.open(folder) as archive:
        _ = archive.encoder  # as ``serve`` does
        app = application(archive)
        for question in questions:
            archive.search(question)
        for question in questions[:_ASKED]:
            archive.ask(question)
        held = _memory()
        del app
    return held


def _serve_plain(folder: Path, questions: Sequence[str]) -> Figures:
    import gradio  # noqa: F401

    from .plain import Plain, read_flat, scan

    plain, flat = Plain(), read_flat(folder)
    for question in questions:
        scan(flat, plain.encode_questions([question]), 10)
    return _memory()


def _memory() -> Figures:
    """Megabytes that this process holds now, and the most it held."""
    fields = dict(line.split(":", 1) for line in Path("/proc/self/status").read_text().splitlines())
    return {name: int(fields[key].split()[0]) * 1024 / 1e6 for name, key in _FIELDS.items()}


_FIELDS = {"now": "VmRSS", "most": "VmHWM"}
_TASKS: dict[str, Callable[[Path, Sequence[str]], Figures]] = {
    "reopen": _reopen,
    "reopen_plain": _reopen_plain,
    "serve": _serve,
    "serve_plain": _serve_plain,
}

if __name__ == "__main__":
    arguments = json.load(sys.stdin)
    figures = _TASKS[sys.argv[1]](Path(arguments["folder"]), arguments["questions"])
    print(json.dumps(figures))
