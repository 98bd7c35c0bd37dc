"""Reading: the sentences of the hits, weighed as answers to one question.

The trained reader says where in each passage an answer would be and how likely the passage
is to answer at all; what is known of the words and of the search is weighed beside it. The
weights were fitted by ``benchmarks/calibrate.py`` on questions that the reader was not trained
on, which prints them and what they give on other sets.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import numpy.typing as npt

from brief_qa.asked import asked, asks_what_is_said, attributed_to, form_asked, has_sign
from brief_qa.domain import Hit
from brief_qa.french import stems
from brief_qa.reader import Reading, Span
from brief_qa.search import share_held
from brief_qa.sentences import is_spoken, is_subhead, sentences
from brief_qa.wording import Wording

FEATURES = (
    "relevance",
    "likelihood",
    "behind",
    "words here",
    "words around",
    "sign",
    "ahead",
)
"""What is known of a sentence, in order:

- the reader's log-odds that its passage answers;
- the log-probability of the likeliest answer inside it, given that its passage answers;
- how far its passage's score in the search is behind the best passage's (0 or less);
- the share of the question's information that it holds, and that its passage and title hold;
- whether it holds the kind of thing asked for;
- how far the best passage's score in the search is ahead of the fourth's: what is found stands out
  where the archive holds it, and looks like its neighbours where it does not.
"""
WORTH = np.array([0.32, 0.24, 0.62, 0.47, 0.0, 1.26, 0.0])
"""Weights for choosing between the sentences read for one question."""
WORTH_CLOSED = np.array([0.32, 0.10, 0.62, 0.80, 0.0, 0.0, 0.0])
"""The same for a question that "oui" or "non" answers: no words of a sentence are its answer, so
that it speaks of what was asked counts for more. Not fitted: there is no set of such questions."""
_HEARSAY = 2.0
"""How much less a sentence is worth that does not name whose word was asked for: "selon X", "que
dit X"."""
CONFIDENCE = np.array([0.47, 0.0, 0.85, 0.0, 1.22, 1.09, 0.22])
CONFIDENCE_BIAS = -3.00
"""Logistic weights: the probability that the chosen sentence answers."""
READ_PER_ARTICLE = 3
"""Passages read of one article, at most: the fourth best is of another."""
RELEVANCE_WEIGHT = 0.35
"""What the reader's log-odds are worth beside a hit's score, in the order of the hits."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence of a hit's article, ``article.body[start:end]``, weighed as an answer."""

    hit: Hit
    start: int
    end: int
    answer: tuple[int, int]
    """The likeliest answer inside it, as characters of the body."""
    features: tuple[float, ...]
    """In the order of FEATURES."""

    @property
    def text(self) -> str:
        """The sentence's own words."""
        return self.hit.article.body[self.start : self.end]

    @property
    def answering(self) -> str:
        """The words of the likeliest answer."""
        return self.hit.article.body[slice(*self.answer)]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what the weighing needs to know of it."""

    text: str
    wording: Wording
    """What its words weigh in the archive, and what else counts as some of them."""


def weigh(question: Question, hits: Sequence[Hit], readings: Sequence[Reading]) -> list[Weighed]:
    """Every sentence that begins in the hits' passages, with its features, in order of the hits.

    ``readings`` are the reader's of the hits, one each.
    """
    kind = asked(question.text)
    best, *others = sorted((hit.score for hit in hits), reverse=True) or [0.0]
    ahead = best - others[:READ_PER_ARTICLE][-1] if others else 0.0
    closings = _closings(hits)
    weighed = []
    for hit, reading in zip(hits, readings, strict=True):
        around = question.wording.words(f"{hit.article.title}\n{hit.text}")
        for start, end, span in _sentences_of(hit, reading, closings):
            sentence = hit.article.body[start:end]
            features = (
                reading.relevance,
                span.likelihood,
                hit.score - best,
                share_held(question.wording.rarity, question.wording.words(sentence)),
                share_held(question.wording.rarity, around),
                float(has_sign(kind, sentence, question.text)),
                ahead,
            )
            at = hit.passage.start
            answer = at + span.start, at + span.end
            weighed.append(Weighed(hit, start, end, answer, features))
    return weighed


def reranked(hits: Sequence[Hit], readings: Sequence[Reading]) -> list[Hit]:
    """The hits in the order that the search and the reader give together, ranked anew."""
    found = [
        replace(
            hit,
            score=hit.score + RELEVANCE_WEIGHT * reading.relevance,
            parts=replace(hit.parts, relevance=reading.relevance),
        )
        for hit, reading in zip(hits, readings, strict=True)
    ]
    found.sort(key=lambda hit: -hit.score)
    return [replace(hit, rank=rank) for rank, hit in enumerate(found, 1)]


LONGEST = 1_000
"""Characters of a sentence: what goes on longer is a list or a fault, and is no quotation."""
# What answers nothing: a question, as interviews have them, and what an article takes back.
_NO_ANSWER = re.compile(
    r"\?\s*[»”\"]?\s*$|\b(?:première version|version précédente|erratum)\b", re.I
)


def _sentences_of(hit: Hit, reading: Reading, closings: set[str]) -> list[tuple[int, int, Span]]:
    """The sentences that may be quoted, with the likeliest answer inside each."""
    body, passage = hit.article.body, hit.passage
    found = []
    for start, end in sentences(body):
        if not passage.start <= start < passage.end or end - start > LONGEST:
            continue
        span = reading.best(start - passage.start, min(end, passage.end) - passage.start)
        sentence = body[start:end]
        if (
            span is None
            or not is_spoken(sentence)
            or _NO_ANSWER.search(sentence)
            or _announces(sentence, body[end:])
        ):
            continue
        if not any(sentence in line for line in closings):
            found.append((start, end, span))
    return found


_CLOSING = 3
"""Articles that end by the same line, from which on it is their paper's, and no news."""


def _closings(hits: Sequence[Hit]) -> set[str]:
    """The last lines that several articles share and that answer nothing: "Avec agences."

    Articles that begin alike are copies of one, and count once.
    """
    begun: dict[str, set[str]] = {}
    for hit in hits:
        body = hit.article.body
        begun.setdefault(body.rpartition("\n")[2], set()).add(body.partition("\n")[0])
    return {line for line, beginnings in begun.items() if len(beginnings) >= _CLOSING}


_PARAGRAPH = re.compile(r"\s*\n\s*(?P<line>\S[^\n]*)")


def _announces(sentence: str, after: str) -> bool:
    """Whether it is a subhead: it says nothing itself, the paragraph below it does."""
    if not is_subhead(sentence):
        return False
    below = _PARAGRAPH.match(after)
    return below is not None and not is_subhead(below["line"])


def worth(question: str, weighed: Sequence[Weighed]) -> npt.NDArray[np.float64]:
    """How well each sentence answers; higher is better, to compare within one question."""
    closed = form_asked(question) == "oui ou non"
    values = _matrix(weighed) @ (WORTH_CLOSED if closed else WORTH)
    if told_by := set(attributed_to(question)):
        reach = _NAMED_BEFORE if asks_what_is_said(question) else 0
        values -= [_HEARSAY * _not_theirs(told_by, one, reach) for one in weighed]
    return np.asarray(values)


_NAMED_BEFORE = 250
"""Characters before it in which who speaks was named, for what "il" says, or "a-t-il lancé"."""


def _not_theirs(told_by: set[str], one: Weighed, reach: int) -> float:
    """How surely a sentence is not the word of who was asked for: 1, 0.5 or 0."""
    if not told_by.isdisjoint(stems(one.text)):
        return 0.0
    before = one.hit.article.body[max(0, one.start - reach) : one.start]
    return 1.0 if told_by.isdisjoint(stems(before)) else 0.5


def probability(sentence: Weighed) -> float:
    """Probability, in [0, 1], that a sentence answers the question."""
    return float(1 / (1 + np.exp(-(_matrix([sentence]) @ CONFIDENCE + CONFIDENCE_BIAS)[0])))


def _matrix(weighed: Sequence[Weighed]) -> npt.NDArray[np.float64]:
    return np.array([one.features for one in weighed], dtype=np.float64)
