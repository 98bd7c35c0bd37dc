"""An answer in quotations: to a question, and to the others that its sentence asks.

What was found is read, weighed and quoted; then the articles cited are asked the other questions.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace

from brief_qa import texts, write
from brief_qa.domain import Answer, Coverage
from brief_qa.finding import Found
from brief_qa.followups import understood
from brief_qa.french import fold
from brief_qa.questions import is_courtesy, is_latin
from brief_qa.quotations import written
from brief_qa.read import Question, reranked, weigh
from brief_qa.reader import Reading, shared_reader

Look = Callable[[str, Sequence[str]], Found]
"""What an archive has for a complete question, in the articles with these ids."""


def quoting(question: str, found: Found, coverage: Coverage, *, signed: bool) -> Answer:
    """The answer to one complete question, from what was found for it.

    ``signed`` tells of each article who wrote it, and when.
    """
    if not is_latin(question):
        return write.refusal(texts.NOT_FRENCH, found.hits, coverage)
    if is_courtesy(question):
        return write.refusal(texts.NOT_A_QUESTION, [], coverage)
    asked, readings = _read(question, found)
    weighed, hits = weigh(asked, found.hits, readings), reranked(found.hits, readings)
    return write.answer(asked, weighed, hits, coverage, period=found.period, signed=signed)


def with_parts(answer: Answer, sentence: str, parts: Sequence[str], look: Look) -> Answer:
    """The answer to a sentence, with what the articles it cites say to its other questions.

    What answers "Qui a gagné, et quand ?" as a whole often tells who, and not when. That is asked
    of the same articles alone, since nothing else says what "quand" is about; what they do not tell
    is noted. ``parts`` are the questions in the sentence's own words. One that it begins by is
    taken for answered: "Où et quand…" begins by neither.
    """
    articles = tuple(dict.fromkeys(one.article.id for one in answer.citations))
    told, before, silent = in_short(answer), list[tuple[str, str]](), list[str]()
    for part in parts:
        question = understood(part, before).question
        before.append((question, told))
        if fold(sentence).startswith(fold(part.removesuffix(" ?"))):
            continue
        found = look(question, articles)
        asked, readings = _read(question, found)
        quoted = write.besides(asked, weigh(asked, found.hits, readings), answer.citations)
        if quoted is None:
            silent.append(part)
        elif quoted not in answer.citations:
            text = f"{answer.text}\n\n{written(quoted, None)}"
            answer = replace(answer, text=text, citations=(*answer.citations, quoted))
    if not silent:
        return answer
    note = texts.UNANSWERED.format(questions=" ".join(silent))
    return replace(answer, notes=(note, *answer.notes))


def _read(question: str, found: Found) -> tuple[Question, list[Reading]]:
    passages = [(hit.article.title, hit.text) for hit in found.hits]
    return Question(question, found.wording), shared_reader().read(question, passages)


def in_short(answer: Answer) -> str:
    """The words of its first quotation that answer; "" where none stand out."""
    first = next(iter(answer.citations), None)
    return first.article.body[slice(*first.span)] if first and first.span else ""
