"""What readers think of answers, kept beside the catalog for the evaluation.

One line an opinion in ``feedback.jsonl`` (see ``journal``); the last line of an id holds. It is a
file of its own so that a reader is heard while an ingest holds the archive's one pen. Nothing of
the reader is kept: no name, no address.
"""

from __future__ import annotations

import json
import secrets
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from pathlib import Path
from typing import Any

from brief_qa.domain import Answer, Article
from brief_qa.errors import InputError
from brief_qa.journal import append, records

FILE = "feedback.jsonl"
_MOST_BYTES = 20_000_000
"""Some 40,000 opinions: no visitor can fill the disk."""


class Verdict(StrEnum):
    """What a reader thinks of an answer or a refusal."""

    RIGHT = "juste"
    WRONG = "à revoir"


class Reason(StrEnum):
    """Why an answer is wrong; the last is said of a refusal."""

    FALSE = "fausse"
    INCOMPLETE = "incomplète"
    BESIDE = "hors sujet"
    SOURCE = "source inadaptée"
    HELD = "l'archive le dit"


@dataclass(frozen=True, slots=True)
class Source:
    """A quotation that an answer rested on: ``body[start:end]`` of the article then."""

    article_id: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What a reader thinks of one answer."""

    question: str
    """As it was understood."""
    verdict: Verdict
    reason: Reason | None = None
    refused: bool = False
    confidence: float = 0.0
    writer: str = ""
    sources: tuple[Source, ...] = ()
    id: str = field(default_factory=lambda: secrets.token_hex(8))
    """One for each answer judged, however often its reader changes their mind."""
    given: datetime = field(default_factory=lambda: datetime.now(UTC).replace(microsecond=0))
    """In UTC."""


def of_answer(
    question: str, answer: Answer, verdict: Verdict, reason: Reason | None = None
) -> Feedback:
    """What a reader thinks of the answer that a question got."""
    asked = answer.understood.question if answer.understood else question
    sources = tuple(Source(one.article.id, one.start, one.end) for one in answer.citations)
    sure = round(answer.confidence, 3)
    return Feedback(asked, verdict, reason, answer.refused, sure, answer.writer, sources)


class FeedbackFile:
    """The opinions kept in an index folder."""

    def __init__(self, folder: Path) -> None:
        """``folder`` is the index; the file is made when something is first kept."""
        self._path = folder / FILE

    def keep(self, feedback: Feedback) -> None:
        """Append an opinion; it is on the disk when this returns.

        Raises ArchiveError when it cannot be written, or the file has grown too large.
        """
        append(self._path, feedback, _MOST_BYTES)

    def read(self) -> list[Feedback]:
        """Every opinion, in the order in which answers were first judged."""
        given = filter(None, map(_read, records(self._path)))
        return list({one.id: one for one in given}.values())


def _read(values: dict[str, Any]) -> Feedback | None:
    try:
        told = {
            "verdict": Verdict(values["verdict"]),
            "reason": Reason(values["reason"]) if values["reason"] else None,
            "sources": tuple(Source(**one) for one in values["sources"]),
            "given": datetime.fromisoformat(values["given"]),
        }
        return Feedback(**values | told)
    except (ValueError, TypeError, KeyError):
        return None


def write_question_set(
    folder: Path, feedback: Iterable[Feedback], articles: Iterable[Article]
) -> int:
    """Write the answers judged right as a set that ``brief-qa eval`` reads; say how many.

    Their questions, with the articles they cited as the right ones, and all the articles of the
    archive. Articles that are no longer in it are passed over. Raises InputError when the
    folder holds something already.
    """
    if folder.exists() and any(folder.iterdir()):
        raise InputError(f"« {folder} » n'est pas vide : donnez un dossier nouveau.")
    folder.mkdir(parents=True, exist_ok=True)
    held = set()
    with (folder / "articles.jsonl").open("w", encoding="utf-8") as corpus:
        for article in articles:
            held.add(article.id)
            corpus.write(_line({"id": article.id, "title": article.title, "text": article.body}))
    right = [one for one in feedback if one.verdict == Verdict.RIGHT and not one.refused]
    judged = [
        (one, kept)
        for one in right
        if (kept := sorted({source.article_id for source in one.sources} & held))
        and all(map(str.isprintable, kept))  # else it would break the lines of the qrels
    ]
    with (folder / "queries_lecteurs.jsonl").open("w", encoding="utf-8") as queries:
        queries.writelines(_line({"_id": one.id, "text": one.question}) for one, _ in judged)
    with (folder / "qrels_lecteurs.tsv").open("w", encoding="utf-8") as qrels:
        qrels.write("query-id\tcorpus-id\tscore\n")
        qrels.writelines(f"{one.id}\t{kept}\t1\n" for one, some in judged for kept in some)
    return len(judged)


def _line(values: dict[str, str]) -> str:
    return json.dumps(values, ensure_ascii=False) + "\n"
