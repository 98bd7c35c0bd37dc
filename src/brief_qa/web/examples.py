"""Example questions for an archive: only those that it holds the answer to."""

from __future__ import annotations

import json
from pathlib import Path

from brief_qa.archive import Archive

_SAMPLE_QUESTIONS = Path(__file__).parents[1] / "sample" / "questions.jsonl"
_OFFERED = ("q06", "q03", "q25", "q20")
"""A who, a how many, a where and a when, from different years."""
_MOST_SCANNED = 500
"""Articles; a larger archive is not the sample, and is not read through to find out."""


def examples(archive: Archive) -> list[str]:
    """Questions of the sample whose answering sentence is in the archive; none for another."""
    if archive.stats().articles > _MOST_SCANNED:
        return []
    lines = map(json.loads, _SAMPLE_QUESTIONS.read_text(encoding="utf-8").splitlines())
    questions = {line["id"]: line for line in lines}
    bodies = [article.body for article in archive.articles()]
    return [
        questions[number]["question"]
        for number in _OFFERED
        if any(questions[number]["sentence"] in body for body in bodies)
    ]
