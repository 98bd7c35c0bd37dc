"""Sets of questions with known answers, as folders of files: what ``brief-qa eval`` reads.

    corpus.jsonl, articles.jsonl or either .xz     {"_id", "title", "text", …} a line
    queries*.jsonl                                 {"_id", "text", "answers"} a line
    qrels*.tsv                                     query-id, corpus-id, score; one header line

``queries_dev.jsonl`` goes with ``qrels_dev.tsv``; a file of queries without its qrels is
passed over.
"""

from __future__ import annotations

import hashlib
import json
import lzma
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from brief_qa.domain import Article
from brief_qa.errors import InputError
from brief_qa.records import article_from_record

_CORPORA = ("corpus.jsonl", "articles.jsonl", "corpus.jsonl.xz", "articles.jsonl.xz")


@dataclass(frozen=True, slots=True)
class Asked:
    """A question whose right articles are known."""

    id: str
    text: str
    relevant: dict[str, int]
    """Article id → grade, all > 0."""
    answers: tuple[str, ...] = ()
    """Any of them is right; empty when only the articles are known."""


@dataclass(frozen=True, slots=True)
class QuestionSet:
    """The questions of one file."""

    name: str
    questions: tuple[Asked, ...]
    files: tuple[Path, ...]

    def sample(self, limit: int | None) -> QuestionSet:
        """At most ``limit`` of the questions, evenly spread over the file."""
        if limit is None or limit >= len(self.questions):
            return self
        count = len(self.questions)
        kept = tuple(self.questions[i * count // limit] for i in range(limit))
        return replace(self, questions=kept)


def question_sets(
    folder: Path, queries: Path | None = None, qrels: Path | None = None
) -> list[QuestionSet]:
    """Every set of a folder, or the one of the files given. Raises InputError."""
    chosen = [_inside(folder, queries)] if queries else sorted(folder.glob("queries*.jsonl"))
    sets = []
    for path in chosen:
        judged = _inside(folder, qrels) if qrels else folder / _qrels_name(path)
        if judged.is_file():
            sets.append(_read_set(path, judged))
        elif queries is not None:
            raise InputError(f"Pas de fichier de jugements « {judged} » pour « {path} » (--qrels).")
    if not sets:
        raise InputError(
            f"Pas de questions dans « {folder} » : il y faut queries*.jsonl et qrels*.tsv."
        )
    return sets


def corpus_file(folder: Path) -> Path:
    """The file of articles. Raises InputError when there is none."""
    for name in _CORPORA:
        if (folder / name).is_file():
            return folder / name
    raise InputError(f"Pas d'articles dans « {folder} » : il y faut {' ou '.join(_CORPORA)}.")


def corpus(folder: Path, *, titles: bool) -> Iterator[Article]:
    """The articles, read as an ingest reads them; their text alone unless ``titles``."""
    path = corpus_file(folder)
    packed = path.suffix == ".xz"
    with lzma.open(path, "rb") if packed else path.open("rb") as lines:
        for line in lines:
            article = article_from_record(json.loads(line)).article
            yield article if titles else replace(article, title="", authors=())


def digest(folder: Path, sets: list[QuestionSet]) -> str:
    """SHA-256, in hexadecimal, of the files measured on, in order."""
    total = hashlib.sha256()
    for path in dict.fromkeys([corpus_file(folder), *(f for one in sets for f in one.files)]):
        with path.open("rb") as file:
            total.update(hashlib.file_digest(file, "sha256").digest())
    return total.hexdigest()


def _inside(folder: Path, path: Path) -> Path:
    """The path as given, else inside the folder. Raises InputError when it is neither."""
    for candidate in (path, folder / path):
        if candidate.is_file():
            return candidate
    raise InputError(f"Fichier introuvable : « {path} ».")


def _qrels_name(queries: Path) -> str:
    return queries.stem.replace("queries", "qrels", 1) + ".tsv"


def _read_set(queries: Path, qrels: Path) -> QuestionSet:
    relevant: dict[str, dict[str, int]] = {}
    for line in qrels.read_text(encoding="utf-8").splitlines()[1:]:
        question, article, grade = line.split("\t")
        if int(grade) > 0:
            relevant.setdefault(question, {})[article] = int(grade)
    questions = []
    for line in queries.read_text(encoding="utf-8").splitlines():
        record = json.loads(line)
        if found := relevant.get(record["_id"]):
            answers = tuple(record.get("answers") or ())
            questions.append(Asked(record["_id"], record["text"], found, answers))
    name = queries.stem.removeprefix("queries").strip("_") or queries.parent.name
    return QuestionSet(name, tuple(questions), (queries, qrels))
