"""Evaluation of answers: what they quote, what they cite, and when they refuse."""

from __future__ import annotations

import re
import string
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from statistics import fmean, median

import numpy as np

from brief_qa.archive import Archive
from brief_qa.domain import Answer, Citation, Hit
from brief_qa.french import fold
from brief_qa.passages import split
from brief_qa.questionsets import Asked
from brief_qa.reader import shared_reader

Advance = Callable[[str, int, int], None]
"""Told what is being done, how many are done, and how many there are."""


@dataclass(frozen=True, slots=True)
class AnswerScores:
    """How the answers of a set fared, over the questions that have a known answer.

    Shares are in [0, 1]. A refusal counts as 0 in ``sentence``, ``any_sentence``, ``exact`` and
    ``f1``. Exact match and F1 are those of SQuAD, over :func:`normalised` words.
    """

    questions: int
    reader_exact: float
    """Exact match of the reader's answer when it is given the right articles alone."""
    reader_f1: float
    found_first: float
    """Share whose first hit in the search is of a right article (R@1)."""
    read_first: float
    """The same once the reader has put the hits in its order."""
    exact: float
    """Exact match of the words that answer in the first quotation, over the whole archive."""
    f1: float
    sentence: float
    """Share whose first quotation holds a right answer."""
    any_sentence: float
    """Share with a right answer in one of its quotations."""
    citations_right: float
    """Share of the citations whose passage holds a right answer."""
    refused: float
    """Share refused though the archive held the answer."""
    refused_without: float
    """Share refused when the right articles had been taken out of the archive: the recall of
    refusals."""
    right_without: float
    """Share whose first quotation then held a right answer all the same, from another article."""
    refusals_right: float
    """Share of all refusals that are of questions whose articles were taken out: precision."""
    auroc: float
    """Probability that the confidence is higher for a question with its right article in
    the archive than for one without: 0.5 is chance."""
    auroc_unanswered: float
    """The same but for those, which the archive still answers."""
    seconds: float
    """Median time of an answer."""


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
    alone = [_read_alone(archive, question) for question in questions]
    first = [_first_words(given[question.id]) for question in questions]
    refused = fmean(given[question.id].refused for question in questions)
    refused_without = fmean(answer.refused for answer in without.values())
    elsewhere = {q.id for q in questions if _holds(_quotes(without[q.id])[:1], q.answers)}
    confidence = [answer.confidence for answer in given.values()]
    lacking = {id_: answer.confidence for id_, answer in without.items()}

    def mean(measure: Callable[[str, str], float], said: Sequence[str]) -> float:
        pairs = zip(said, questions, strict=True)
        return fmean(max(measure(words, right) for right in q.answers) for words, q in pairs)

    return AnswerScores(
        questions=len(questions),
        reader_exact=mean(exact, alone),
        reader_f1=mean(f1, alone),
        found_first=fmean(_first_right(archive.search(q.text, 1), q) for q in questions),
        read_first=fmean(_first_right(given[q.id].hits, q) for q in questions),
        exact=mean(exact, first),
        f1=mean(f1, first),
        sentence=fmean(_holds(_quotes(given[q.id])[:1], q.answers) for q in questions),
        any_sentence=fmean(_holds(_quotes(given[q.id]), q.answers) for q in questions),
        citations_right=_citations_right(questions, given),
        refused=refused,
        refused_without=refused_without,
        right_without=len(elsewhere) / len(questions),
        refusals_right=refused_without / ((refused + refused_without) or 1),
        auroc=auroc(confidence, list(lacking.values())),
        auroc_unanswered=auroc(
            confidence, [one for id_, one in lacking.items() if id_ not in elsewhere]
        ),
        seconds=median(answer.timings["total"] for answer in given.values()),
    )


def _read_alone(archive: Archive, question: Asked) -> str:
    """The reader's answer from the right articles, cut as the archive cuts them."""
    passages = [
        (article.title, article.body[start:end])
        for one in question.relevant
        if (article := archive.article(one))
        for start, end in split(article, archive.encoder)
    ]
    readings = shared_reader().read(question.text, passages)
    spans = [
        (reading.relevance + span.likelihood, text[span.start : span.end])
        for (_, text), reading in zip(passages, readings, strict=True)
        if (span := reading.best(0, len(text)))
    ]
    return max(spans)[1] if spans else ""


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
            archive.ingest(taken)


def _first_right(hits: Sequence[Hit], question: Asked) -> bool:
    return bool(hits) and hits[0].article.id in question.relevant


def _first_words(answer: Answer) -> str:
    """The words that answer, in the first quotation."""
    if not answer.citations:
        return ""
    first = answer.citations[0]
    return first.article.body[slice(*first.span)] if first.span else first.quote


def _quotes(answer: Answer) -> list[str]:
    return [citation.quote for citation in answer.citations]


def _holds(texts: Iterable[str], right: Iterable[str]) -> bool:
    """Whether one of the texts holds one of the right answers, word by word."""
    said = [f" {normalised(text)} " for text in texts]
    wanted = [words for one in right if (words := normalised(one))]
    return any(f" {words} " in text for words in wanted for text in said)


def _citations_right(questions: Sequence[Asked], given: Mapping[str, Answer]) -> float:
    right = [
        _holds([_passage(citation, given[question.id])], question.answers)
        for question in questions
        for citation in given[question.id].citations
    ]
    return fmean(right) if right else 0.0


def _passage(citation: Citation, answer: Answer) -> str:
    """The passage that a citation quotes from."""
    for hit in answer.hits:
        within = hit.passage.start <= citation.start < hit.passage.end
        if hit.article.id == citation.article.id and within:
            return hit.text
    return citation.quote


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


def auroc(positive: Sequence[float], negative: Sequence[float]) -> float:
    """Probability that a positive is above a negative, ties counted half (Mann–Whitney).

    0.5 where there are none to compare.
    """
    if not len(positive) or not len(negative):
        return 0.5
    above = np.subtract.outer(np.array(positive), np.array(negative))
    return float(np.mean((above > 0) + 0.5 * (above == 0)))
