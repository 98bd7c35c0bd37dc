"""Example questions for an archive: only those that it answers."""

from __future__ import annotations

import json
import logging
import threading
from collections.abc import Iterator
from itertools import chain, islice
from pathlib import Path

from brief_qa.archive import Archive
from brief_qa.dates import MONTHS
from brief_qa.domain import Article
from brief_qa.errors import BriefQAError
from brief_qa.suggestions import about

OFFERED = 4
_SAMPLE_QUESTIONS = Path(__file__).parents[1] / "sample" / "questions.jsonl"
_OF_SAMPLE = ("q06", "q03", "q25", "q20")
"""A who, a how many, a where and a when, from different years."""
_MOST_SCANNED = 500
"""Articles; a larger archive is not the sample, and is not read through to find out."""
_LATEST = 60
"""Articles whose names may be asked about."""
_LEAD = 600
"""Characters of each that are looked at: who matters is named there."""
_MOST_TRIED = 12
_OF_A_KIND = 3
_SURE = 0.5
"""Confidence below which a question is no good example."""
_NEVER = object()
_log = logging.getLogger(__name__)


class Examples:
    """The examples of an archive, found anew when it has changed. Safe to use from any thread.

    They are asked for beside everything else: until they are found there are those of before.
    """

    def __init__(self, archive: Archive) -> None:
        """Those of the sample archive are there at once."""
        self._archive = archive
        self._lock = threading.Lock()
        self._ended = threading.Event()
        self._found = _of_the_sample(archive)
        self._as_of: object = archive.coverage().updated if self._found else _NEVER

    def current(self) -> list[str]:
        """The examples, as far as they are known."""
        now = self._archive.coverage().updated
        if now != self._as_of and not self._ended.is_set() and self._lock.acquire(blocking=False):
            threading.Thread(target=self._find, args=[now], daemon=True).start()
        return self._found

    def _find(self, as_of: object) -> None:
        try:
            self._found, self._as_of = examples(self._archive, self._ended), as_of
        except BriefQAError as error:
            _log.warning("pas de questions d'exemple : %s", error)
            self._as_of = as_of
        finally:
            self._lock.release()

    def end(self) -> None:
        """Find no more, and wait for the question under way: no thread outlives a process well."""
        self._ended.set()
        with self._lock:
            pass


def examples(archive: Archive, ended: threading.Event | None = None) -> list[str]:
    """At most four questions that the archive answers, drawn from its latest articles.

    Fewer once ``ended`` is set.
    """
    if found := _of_the_sample(archive):
        return found
    found, tried = [], 0
    in_quotations = threading.Event()
    in_quotations.set()  # no language model is waited for
    for question in _candidates(list(islice(archive.articles(), _LATEST))):
        if ended and ended.is_set():
            break
        kind = question.split()[:2]
        if sum(one.split()[:2] == kind for one in found) >= _OF_A_KIND:
            continue
        answer = archive.ask(question, stop=in_quotations)
        tried += 1
        if not answer.refused and answer.confidence >= _SURE:
            found.append(question)
        if len(found) == OFFERED or tried == _MOST_TRIED:
            break
    return found


def _candidates(latest: list[Article]) -> Iterator[str]:
    named = (about(f"{one.title}.\n{one.body[:_LEAD]}") for one in latest)
    days = [one.published for one in latest if one.published]
    month = [f"Que s'est-il passé en {MONTHS[days[0].month - 1]} {days[0].year} ?"] if days else []
    return chain(dict.fromkeys(chain.from_iterable(named)), month)


def _of_the_sample(archive: Archive) -> list[str]:
    """Questions of the sample whose answering sentence is in the archive; none for another."""
    if archive.coverage().articles > _MOST_SCANNED:
        return []
    lines = map(json.loads, _SAMPLE_QUESTIONS.read_text(encoding="utf-8").splitlines())
    questions = {line["id"]: line for line in lines}
    bodies = [article.body for article in archive.articles()]
    return [
        questions[number]["question"]
        for number in _OF_SAMPLE
        if any(questions[number]["sentence"] in body for body in bodies)
    ]
