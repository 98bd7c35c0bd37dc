"""Reading: the sentences of the hits, weighed as answers to one question.

No trained reader here: a sentence is weighed by its vector, by how much of the question's
information it and its surroundings hold, and by whether it holds the kind of thing asked
for. The weights were fitted on PIAF's training questions by ``benchmarks/calibrate.py``,
which prints them and what they give on other sets.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from brief_qa.asked import asked, has_sign, names
from brief_qa.background import SENTENCES
from brief_qa.domain import Hit
from brief_qa.french import stems
from brief_qa.search import share_held
from brief_qa.sentences import sentences
from brief_qa.vectors import FloatArray
from brief_qa.wording import Reading, Wording

Encode = Callable[[Sequence[str]], FloatArray]

FEATURES = ("cosine", "passage", "words here", "words around", "names around", "sign", "length")
"""What is known of a sentence, in order:

- how far its cosine stands above those of unrelated sentences, in their standard deviations;
- its passage's score, less that of the best passage read;
- the share of the question's information that it holds, and that its passage and title hold;
- the share of the question's names and numbers that its passage and title hold;
- whether it holds the kind of thing asked for;
- its length, up to 200 characters, as a share of that.
"""
WORTH = np.array([0.51, 0.71, 1.57, 0.0, 0.0, 1.13, 1.01])
"""Weights for choosing between the sentences read for one question."""
CONFIDENCE = np.array([0.31, 0.0, 2.70, 1.09, 0.58, 0.23, 0.0])
CONFIDENCE_BIAS = -5.70
"""Logistic weights: the probability that the chosen sentence answers."""


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence of a hit's article, ``article.body[start:end]``, weighed as an answer."""

    hit: Hit
    start: int
    end: int
    features: tuple[float, ...]
    """In the order of FEATURES."""

    @property
    def text(self) -> str:
        """The sentence's own words."""
        return self.hit.article.body[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Question:
    """A question, and what the weighing needs to know of it."""

    text: str
    vector: FloatArray
    """(dimension,), unit length."""
    rarity: dict[str, float]
    """Inverse document frequency of each of its stems in the archive, > 0."""
    readings: tuple[Reading, ...] = ()
    """What else counts as some of its words."""

    def words(self, text: str) -> set[str]:
        """The stems of a text, and those of the question that it holds as they are read."""
        return Wording(self.rarity, self.readings).words(text)


def weigh(
    question: Question, hits: Sequence[Hit], encode: Encode, background: FloatArray
) -> list[Weighed]:
    """Every sentence that begins in the hits' passages, with its features, in order of the hits.

    ``background`` is what :func:`encoded_background` gives for the same encoder.
    """
    spans = [(hit, *span) for hit in hits for span in _sentences_of(hit)]
    if not spans:
        return []
    texts = [f"{hit.article.title}\n{hit.article.body[start:end]}" for hit, start, end in spans]
    unrelated = background @ question.vector
    cosines = (encode(texts) @ question.vector - unrelated.mean()) / (unrelated.std() + 1e-6)
    kind, wanted = asked(question.text), [s for name in names(question.text) for s in stems(name)]
    best = max(hit.score for hit in hits)
    surroundings = {hit.rank: question.words(f"{hit.article.title}\n{hit.text}") for hit in hits}
    weighed = []
    for (hit, start, end), cosine in zip(spans, cosines, strict=True):
        sentence, around = hit.article.body[start:end], surroundings[hit.rank]
        features = (
            float(cosine),
            hit.score - best,
            share_held(question.rarity, question.words(sentence)),
            share_held(question.rarity, around),
            sum(stem in around for stem in wanted) / len(wanted) if wanted else 1.0,
            float(has_sign(kind, sentence, question.text)),
            min(end - start, 200) / 200,
        )
        weighed.append(Weighed(hit, start, end, features))
    return weighed


def encoded_background(encode: Encode) -> FloatArray:
    """Vectors of unrelated sentences, (n, dimension), against which cosines are told."""
    return encode(SENTENCES)


# What answers nothing: a question, as interviews have them, and what an article takes back.
_LONGEST = 1_000
"""Characters of a sentence: what goes on longer is a list or a fault, and is no quotation."""
_NO_ANSWER = re.compile(
    r"\?\s*[»”\"]?\s*$|\b(?:première version|version précédente|erratum)\b", re.I
)


def _sentences_of(hit: Hit) -> list[tuple[int, int]]:
    body, passage = hit.article.body, hit.passage
    return [
        (start, end)
        for start, end in sentences(body)
        if passage.start <= start < passage.end
        and end - start <= _LONGEST
        and not _NO_ANSWER.search(body[start:end])
    ]


def worth(weighed: Sequence[Weighed]) -> npt.NDArray[np.float64]:
    """How well each sentence answers; higher is better, to compare within one question."""
    return np.asarray(_matrix(weighed) @ WORTH)


def probability(sentence: Weighed) -> float:
    """Probability, in [0, 1], that a sentence answers the question."""
    return float(1 / (1 + np.exp(-(_matrix([sentence]) @ CONFIDENCE + CONFIDENCE_BIAS)[0])))


def _matrix(weighed: Sequence[Weighed]) -> npt.NDArray[np.float64]:
    return np.array([one.features for one in weighed], dtype=np.float64)
