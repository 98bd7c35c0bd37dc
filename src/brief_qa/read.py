"""Reading: the sentences of the hits, weighed as answers to one question.

No trained reader here: a sentence is weighed by its vector and its passage's, by how much of
the question's informative words it and its surroundings hold, and by whether it holds the
kind of thing asked for. The weights, and the probability made from them, were fitted on
PIAF's training questions by ``benchmarks/calibrate.py``, which prints them.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from brief_qa.asked import asked, has_sign, names
from brief_qa.domain import Article, Hit
from brief_qa.french import stems
from brief_qa.sentences import sentences
from brief_qa.vectors import FloatArray

FEATURES = (
    "sentence cosine",
    "passage cosine",
    "passage score",
    "words in sentence",
    "words in passage",
    "names in passage",
    "sign",
    "length",
)


@dataclass(frozen=True, slots=True)
class Weighed:
    """A sentence of a hit's article, ``article.body[start:end]``, weighed as an answer."""

    hit: Hit
    start: int
    end: int
    features: tuple[float, ...]
    """In the order of FEATURES; each near [0, 1]."""

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


def weigh(
    question: Question,
    hits: Sequence[Hit],
    encode: Callable[[Sequence[str]], FloatArray],
) -> list[Weighed]:
    """Every sentence of the hits' passages with its features, in order of the hits."""
    spans = [(hit, *span) for hit in hits for span in _sentences_of(hit)]
    if not spans:
        return []
    texts = [f"{hit.article.title}\n{hit.article.body[start:end]}" for hit, start, end in spans]
    cosines = encode(texts) @ question.vector
    kind, wanted = asked(question.text), [s for name in names(question.text) for s in stems(name)]
    best = max(hit.score for hit in hits)
    weighed = []
    for (hit, start, end), cosine in zip(spans, cosines, strict=True):
        sentence = hit.article.body[start:end]
        around = set(stems(f"{hit.article.title}\n{hit.text}"))
        features = (
            float(cosine),
            hit.parts.dense,
            hit.score - best,
            _held(question.rarity, set(stems(sentence))),
            _held(question.rarity, around),
            sum(s in around for s in wanted) / len(wanted) if wanted else 1.0,
            float(has_sign(kind, sentence, question.text)),
            min(end - start, 200) / 200,
        )
        weighed.append(Weighed(hit, start, end, features))
    return weighed


def _sentences_of(hit: Hit) -> list[tuple[int, int]]:
    """Whole sentences of the article that begin in the hit's passage."""
    passage = hit.passage
    return [
        (start, end)
        for start, end in _article_sentences(hit.article)
        if passage.start <= start < passage.end
    ]


def _article_sentences(article: Article) -> list[tuple[int, int]]:
    return sentences(article.body)


def _held(rarity: dict[str, float], held: set[str]) -> float:
    """Share of the question's information, by rarity of words, that some text holds."""
    total = sum(rarity.values())
    return sum(weight for stem, weight in rarity.items() if stem in held) / total if total else 0.0


def design(weighed: Sequence[Weighed]) -> npt.NDArray[np.float64]:
    """The features as a matrix (len(weighed), len(FEATURES))."""
    return np.array([w.features for w in weighed], dtype=np.float64)


# Fitted by benchmarks/calibrate.py on PIAF train; the figures are in docs/quality.md.
_WORTH = np.array([8.0, 2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0])
_CONFIDENCE = np.array([8.0, 2.0, 1.0, 2.0, 1.0, 1.0, 1.0, 1.0])
_BIAS = -10.0


def worth(weighed: Sequence[Weighed]) -> npt.NDArray[np.float64]:
    """How well each sentence answers; higher is better, meant for comparison only."""
    return design(weighed) @ _WORTH


def probability(weighed: Sequence[Weighed], values: npt.NDArray[np.float64]) -> float:
    """Probability, in [0, 1], that the best of these sentences answers the question."""
    best = design(weighed)[int(np.argmax(values))]
    return float(1 / (1 + np.exp(-(best @ _CONFIDENCE + _BIAS))))
