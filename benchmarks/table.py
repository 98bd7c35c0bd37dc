"""The one table: a line for each thing measured, what it was to reach, and whether it did."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import dataclass

_HEADS = ("what", "brief_qa", "plain way", "ratio", "to reach", "")


@dataclass(frozen=True, slots=True)
class Line:
    """One thing measured, as it is shown."""

    what: str
    ours: str
    plain: str = ""
    ratio: str = ""
    """How many times better than the plain way; below 1, worse."""
    target: str = ""
    met: bool | None = None
    """None where nothing was to be reached."""


def milliseconds(seconds: float) -> str:
    """``0.0123`` → ``"12.3 ms"``."""
    return f"{1000 * seconds:.{0 if seconds >= 0.1 else 1 if seconds >= 0.01 else 2}f} ms"


def times(ratio: float) -> str:
    """``2.512`` → ``"2.51×"``."""
    return f"{ratio:.{2 if ratio < 10 else 0}f}×"


def table(lines: Sequence[Line]) -> str:
    """The lines in Markdown, with columns that also stand straight in a terminal."""
    rows = [_HEADS, *(_cells(line) for line in lines)]
    widths = [max(len(row[column]) for row in rows) for column in range(len(_HEADS))]
    shown = [
        "| " + " | ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)) + " |"
        for row in rows
    ]
    return "\n".join([shown[0], "|" + "|".join("-" * (w + 2) for w in widths) + "|", *shown[1:]])


def _cells(line: Line) -> tuple[str, ...]:
    mark = {True: "✓", False: "✗", None: ""}[line.met]
    return line.what, line.ours, line.plain, line.ratio, line.target, mark


def load_average(when: str) -> str:
    """How busy the machine is, in one line, with a warning when others are at work on it."""
    cores, busy = len(os.sched_getaffinity(0)), os.getloadavg()[0]
    told = f"{when}: load average {busy:.1f} on {cores} cores"
    return f"{told}. BUSY: read the ratios, not the times" if busy > cores else told
