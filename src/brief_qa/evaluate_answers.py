"""Evaluation of answers: what they quote, what they cite, and when they refuse."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean

import numpy as np

from brief_qa.archive import Archive
from brief_qa.domain import Answer
from brief_qa.french import fold
from brief_qa.questionsets import Asked

Advance = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """How the answers of a set fared, over the questions that have a known answer.

    Shares are in [0, 1]. ``sentence`` and the two word measures count a refusal as 0.
    """

    questions: int
    sentence: float
    """Share whose quotations hold a right answer."""
    sentence_when_answered: float
    """The same among the questions that were answered."""
    exact: float
    """Share whose first quotation is a right answer, no more and no less."""
    f1: float
    """Words shared by the first quotation and a right answer. Low by nature: whole
    sentences are quoted, and right answers are a few words."""
    citations_right: float
    """Share of the citations that cite a right article."""
    refused: float
    """Share refused though the archive held the answer."""
    refused_without: float
    """Share refused when the right articles had been taken out of the archive."""
    auroc: float
    """Probability that the confidence is higher for a question with its right article in
    the archive than for one without: 0.5 is chance."""


def answer_scores(
    archive: Archive, questions: Sequence[Asked], advance: Advance | None = None
) -> AnswerScores:
    """Ask each question twice: as things are, and with its right articles deleted.

    The deleted articles are taken in again, whatever happens.
    """
    told = advance or (lambda step, done, total: None)
    given: dict[str, Answer] = {}
    for done, question in enumerate(questions, 1):
        given[question.id] = archive.ask(question.text)
        told("Réponses", done, len(questions))
    without: dict[str, Answer] = {}
    for question, answer in _asked_without(archive, questions):
        without[question.id] = answer
        told("Réponses sans l'article", len(without), len(questions))
    answered = [question for question in questions if not given[question.id].refused]
    held = [_holds(given[question.id], question.answers) for question in questions]
    firsts = [_first_quote(given[question.id]) for question in questions]
    return AnswerScores(
        questions=len(questions),
        sentence=fmean(held),
        sentence_when_answered=sum(held) / len(answered) if answered else 0.0,
        exact=fmean(
            _best(exact, first, q.answers) for first, q in zip(firsts, questions, strict=True)
        ),
        f1=fmean(_best(f1, first, q.answers) for first, q in zip(firsts, questions, strict=True)),
        citations_right=_citations_right(answered, given),
        refused=1 - len(answered) / len(questions),
        refused_without=fmean(answer.refused for answer in without.values()),
        auroc=auroc(
            [answer.confidence for answer in given.values()],
            [answer.confidence for answer in without.values()],
        ),
    )


def _asked_without(archive: Archive, questions: Sequence[Asked]) -> Iterator[tuple[Asked, Answer]]:
    """Each question with its answer when its right articles are gone from the archive."""
    groups: dict[tuple[str, ...], list[Asked]] = {}
    for question in questions:
        groups.setdefault(tuple(sorted(question.relevant)), []).append(question)
    for ids, group in groups.items():
        taken = [article for one in ids if (article := archive.article(one))]
        try:
            for article in taken:
                archive.delete(article.id)
            for question in group:
                yield question, archive.ask(question.text)
        finally:
            archive.ingest(taken, restore=True)


def _first_quote(answer: Answer) -> str:
    return answer.citations[0].quote if answer.citations else ""


def _holds(answer: Answer, right: Iterable[str]) -> bool:
    """Whether the quotations hold one of the right answers, word by word."""
    said = [f" {normalised(citation.quote)} " for citation in answer.citations]
    wanted = [words for one in right if (words := normalised(one))]
    return any(f" {words} " in quote for words in wanted for quote in said)


def _citations_right(questions: Sequence[Asked], given: Mapping[str, Answer]) -> float:
    right = [
        citation.article.id in question.relevant
        for question in questions
        for citation in given[question.id].citations
    ]
    return fmean(right) if right else 0.0


_ARTICLES = re.compile(r"\b(?:l|d|le|la|les|un|une|des|du|de|au|aux)\b")
_MARKS = str.maketrans(dict.fromkeys(string.punctuation + "’‘“”«»…–—", " "))


def normalised(text: str) -> str:
    """A text as SQuAD's measures compare it, for French.

    Lower case without accents, punctuation (apostrophes among it) made spaces, articles and
    the "de" and "à" fused with them left out, single spaces.
    """
    return " ".join(_ARTICLES.sub(" ", fold(text).translate(_MARKS)).split())


def exact(given: str, right: str) -> float:
    """1 when both say the same words, else 0."""
    return float(normalised(given) == normalised(right))


def f1(given: str, right: str) -> float:
    """Harmonic mean of precision and recall over words, as in SQuAD (Rajpurkar 2016)."""
    said, wanted = normalised(given).split(), normalised(right).split()
    common = (Counter(said) & Counter(wanted)).total()
    return 2 * common / (len(said) + len(wanted)) if common else 0.0


def _best(measure: Callable[[str, str], float], given: str, right: Iterable[str]) -> float:
    return max(measure(given, one) for one in right)


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Probability that a positive is above a negative, ties counted half (Mann–Whitney)."""
    above = np.subtract.outer(np.array(positive), np.array(negative))
    return float(np.mean((above > 0) + 0.5 * (above == 0)))
