"""Examples to learn reading from: questions, passages that answer them, passages that do not.

The passages are cut as an archive cuts them, and those that do not answer are what our own
search finds for the question: what looks right and is not is what an archive will show.
"""

from __future__ import annotations

import gzip
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

from brief_qa import Archive, Article
from brief_qa.evaluate_answers import normalised
from brief_qa.passages import split
from brief_qa.questionsets import corpus

MINED = 10
"""Wrong passages kept for a question, hardest first."""
_SEARCHED = 30


@dataclass(frozen=True, slots=True)
class Piece:
    """A passage, with the places of right answers in it: none when it does not answer."""

    title: str
    text: str
    answers: tuple[tuple[int, int], ...] = ()


@dataclass(frozen=True, slots=True)
class Example:
    """A question with passages that answer it, if any, and some that do not."""

    set: str
    question: str
    right: tuple[Piece, ...]
    wrong: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class _Asked:
    """A question on one text of a set, as published."""

    text: str
    article_id: str
    answers: tuple[tuple[int, str], ...]
    """Place in the article's text, and words; empty for a question without an answer."""


def examples(data: Path, kept: Path) -> list[Example]:
    """The training examples of ``data`` (shared/data), made once and kept as a file."""
    if not kept.exists():
        made = [*_piaf(data), *_squad(data, "es"), *_squad(data, "it")]
        aside = kept.with_suffix(".part")
        with aside.open("w", encoding="utf-8") as file:
            file.writelines(json.dumps(asdict(one), ensure_ascii=False) + "\n" for one in made)
        aside.rename(kept)
    with kept.open(encoding="utf-8") as file:
        return [_example(json.loads(line)) for line in file]


def held_out(title: str) -> bool:
    """Whether questions on a subject are kept from training, for fitting thresholds later."""
    return crc32(title.encode()) % 16 == 0


def _piaf(data: Path) -> Iterator[Example]:
    """PIAF's training questions; no passage of its dev questions is ever seen."""
    records = _records(data / "piaf" / "queries_train.jsonl")
    asked = [
        _Asked(
            one["text"],
            one["context_id"],
            tuple(zip(one["answer_starts"], one["answers"], strict=True)),
        )
        for one in records
    ]
    texts = {one.article_id for one in asked}
    articles = [a for a in corpus(data / "piaf", titles=True) if a.id in texts]
    return _with_mined("piaf", articles, asked)


def _squad(data: Path, language: str) -> Iterator[Example]:
    name = {"es": "squad_es_v2_dev.json.gz", "it": "squad_it_test.json.gz"}[language]
    with gzip.open(data / "reading" / name, "rt", encoding="utf-8") as file:
        subjects = json.load(file)["data"]
    articles, asked = list[Article](), list[_Asked]()
    for subject in subjects:
        for paragraph in subject["paragraphs"]:
            number = f"{language}{len(articles)}"
            articles.append(
                Article(number, subject["title"].replace("_", " "), paragraph["context"])
            )
            for one in paragraph["qas"]:
                answers = {(a["answer_start"], a["text"]) for a in one["answers"]}
                asked.append(_Asked(one["question"], number, tuple(sorted(answers))))
    return _with_mined(language, articles, asked)


def _with_mined(name: str, articles: list[Article], asked: list[_Asked]) -> Iterator[Example]:
    with TemporaryDirectory() as folder, Archive.open(folder) as archive:
        archive.ingest(articles)
        bodies = {article.id: article for article in archive.articles()}
        cut = {id_: split(one, archive.encoder) for id_, one in bodies.items()}
        for done, one in enumerate(asked):
            if done % 1000 == 0:
                print(f"{name} : {done} / {len(asked)}", flush=True)
            if one.article_id in bodies:  # the same text twice is one article
                yield _example_of(name, one, bodies[one.article_id], cut[one.article_id], archive)


def _example_of(
    name: str, asked: _Asked, article: Article, spans: Iterable[tuple[int, int]], archive: Archive
) -> Example:
    places = [
        (start, start + len(words))
        for start, words in asked.answers
        if start >= 0 and article.body[start : start + len(words)] == words
    ]
    pieces = [
        Piece(
            article.title,
            article.body[start:end],
            tuple((a - start, b - start) for a, b in places if start <= a and b <= end),
        )
        for start, end in spans
    ]
    right = tuple(piece for piece in pieces if piece.answers)
    said = [words for _, text in asked.answers if (words := normalised(text))]
    own = {piece.text for piece in right}
    wrong = []
    for hit in archive.search(asked.text, _SEARCHED, per_article=2):
        held = f" {normalised(hit.text)} "
        if hit.text not in own and not any(f" {words} " in held for words in said):
            wrong.append(Piece(hit.article.title, hit.text))
    if not asked.answers:
        wrong = [piece for piece in pieces if piece.text not in own] + wrong
    return Example(name, asked.text, right, tuple(wrong[:MINED]))


def _example(record: dict[str, Any]) -> Example:
    def pieces(name: str) -> tuple[Piece, ...]:
        return tuple(
            Piece(one["title"], one["text"], tuple((a, b) for a, b in one["answers"]))
            for one in record[name]
        )

    return Example(record["set"], record["question"], pieces("right"), pieces("wrong"))


def _records(path: Path) -> list[dict[str, Any]]:
    with path.open(encoding="utf-8") as file:
        return [json.loads(line) for line in file]
