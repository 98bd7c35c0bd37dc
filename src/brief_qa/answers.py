"""An answer in quotations: to a question, or to the several that one sentence asks.

questions ──► each completed, looked for, read, quoted ──► one answer, numbered through
"""

from __future__ import annotations

import time
from collections.abc import Callable, Sequence
from dataclasses import replace

from brief_qa import texts, write
from brief_qa.domain import Answer, Citation, Coverage, Hit, Understood
from brief_qa.finding import Found
from brief_qa.followups import understood
from brief_qa.questions import article_asked_about, is_courtesy, is_latin
from brief_qa.read import Question, reranked, weigh
from brief_qa.reader import shared_reader

Look = Callable[[str], tuple[Found, Coverage]]
"""What an archive has for a complete question, and what it covers."""


def quoting(
    asked: Sequence[str], history: Sequence[tuple[str, str]], look: Look
) -> tuple[Answer, Understood]:
    """The answer to questions asked together, and how they were understood.

    ``asked`` are the questions as they were written; each may lean on those before it and on the
    (question, answer) pairs of the ``history``. Its timings are ``search`` and ``read``.
    """
    before, read, answers = list(history), list[Understood](), list[Answer]()
    for question in asked:
        read.append(understood(question, before))
        quoted = [citation for one in answers for citation in one.citations]
        answers.append(_quoting_one(read[-1].question, look, quoted))
        before.append((read[-1].question, in_short(answers[-1])))
    carried = tuple(words for one in read for words in one.carried)
    return _together(asked, answers), Understood(" ".join(one.question for one in read), carried)


def _quoting_one(question: str, look: Look, quoted: Sequence[Citation]) -> Answer:
    """The answer to one complete question, without what is ``quoted`` before it."""
    started = time.perf_counter()
    found, coverage = look(question)
    searched = time.perf_counter()
    answer = _written(question, found, coverage, quoted)
    timings = {"search": searched - started, "read": time.perf_counter() - searched}
    return replace(answer, timings=timings, period=found.period)


def _written(question: str, found: Found, coverage: Coverage, quoted: Sequence[Citation]) -> Answer:
    subject = article_asked_about(question)
    question = subject or question
    if not is_latin(question):
        return write.refusal(texts.NOT_FRENCH, found.hits, coverage)
    if is_courtesy(question):
        return write.refusal(texts.NOT_A_QUESTION, [], coverage)
    asked = Question(question, found.wording)
    passages = [(hit.article.title, hit.text) for hit in found.hits]
    readings = shared_reader().read(question, passages)
    weighed, hits = weigh(asked, found.hits, readings), reranked(found.hits, readings)
    signed = subject is not None
    return write.answer(
        asked, weighed, hits, coverage, period=found.period, signed=signed, quoted=quoted
    )


def _together(asked: Sequence[str], answers: Sequence[Answer]) -> Answer:
    """One answer of those to several questions of one sentence; which had none is noted.

    Each was given what those before it quote. ``asked`` are the questions, as they were written.
    """
    told = [one for one in answers if not one.refused]
    if len(answers) == 1 or not told:
        return answers[0]
    silent = [question for question, one in zip(asked, answers, strict=True) if one.refused]
    missing = [texts.UNANSWERED.format(questions=" ".join(silent))] if silent else []
    hits: dict[tuple[str, int], Hit] = {}
    for hit in sorted((hit for one in told for hit in one.hits), key=lambda hit: hit.rank):
        hits.setdefault((hit.article.id, hit.passage.start), hit)
    return replace(
        told[0],
        text="\n\n".join(one.text for one in told if one.text),
        citations=tuple(citation for one in told for citation in one.citations),
        hits=tuple(replace(hit, rank=rank) for rank, hit in enumerate(hits.values(), 1)),
        timings={
            step: sum(one.timings.get(step, 0.0) for one in answers) for step in told[0].timings
        },
        notes=(*missing, *dict.fromkeys(note for one in told for note in one.notes)),
    )


def in_short(answer: Answer) -> str:
    """The words of its first quotation that answer; "" where none stand out."""
    first = next(iter(answer.citations), None)
    return first.article.body[slice(*first.span)] if first and first.span else ""
