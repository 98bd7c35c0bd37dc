"""Articles, questions and vectors in any number, made from nothing but the sample's words.

The words of the sample archive come first, by how often it uses them, then made-up ones; a
word is drawn by Zipf's law from its rank. Words are drawn one by one, while those of real
articles come in bunches: so a word stands in more passages here, and a search by words has
more to read than in a real archive of this size.
"""

from __future__ import annotations

import re
import zlib
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from brief_qa.articles import read_articles
from brief_qa.domain import Article
from brief_qa.french import stems
from brief_qa.ingest import Encodes

from .encoding import SAMPLE

PASSAGES_PER_ARTICLE = 8
FloatArray = NDArray[np.float32]

_WORD = re.compile(r"[^\W\d_]+(?:[-'’][^\W\d_]+)*|\d+")
_TYPES = 80_000
"""Different words; an archive of 100,000 French passages holds about as many."""
_EXPONENT = 1.1
"""So that the sample's words make up four fifths of the text."""
_TOKENS_PER_WORD = 1.6
"""Measured on the sample archive with the default encoder."""
_WORDS_A_PASSAGE = (80, 119)
"""So that each paragraph is one passage: two together hold more tokens than fit in one."""
_WORDS_A_SENTENCE = (12, 28)
_CONTENT_WORDS = (5, 9)
_PREFIXES = (
    "anti archi auto bio contre co euro extra géo hyper infra inter macro maxi méga micro mini mono"
    " multi néo para poly post pré pseudo rétro semi sous super sur techno télé trans ultra vidéo"
).split()
"""Before a word of the sample they make a word with a stem of its own, and as many tokens as a
rare French word has."""
_DIRECTIONS = 8192


class Corpus:
    """Articles by number, always the same ones."""

    def __init__(self, seed: int = 2) -> None:
        self._seed = seed
        self._words = _vocabulary()
        weights = (np.arange(_TYPES) + 2.7) ** -_EXPONENT  # Zipf's law, with Mandelbrot's shift
        self._cumulative = np.cumsum(weights / weights.sum())

    def article(self, number: int) -> Article:
        """The article of this number, PASSAGES_PER_ARTICLE paragraphs long."""
        numbers = np.random.default_rng([self._seed, number])
        lengths = numbers.integers(*_WORDS_A_PASSAGE, PASSAGES_PER_ARTICLE)
        return Article(
            id=f"article-{number}",
            title=_sentence(self._draw(numbers, int(numbers.integers(6, 13))))[:-1],
            body="\n\n".join(self._paragraph(numbers, int(length)) for length in lengths),
            source=f"Source {number % 4}",
            section=f"Rubrique {number % 15}",
            published=date(2024, 1, 1) + timedelta(number % 900),
            authors=(f"Auteur {number % 60}",),
        )

    def articles(self, count: int) -> Iterator[Article]:
        """The articles 0 … count − 1."""
        return (self.article(number) for number in range(count))

    def questions(self, count: int, articles: int) -> list[str]:
        """Questions of 5 to 9 words that tell something, in the words of one sentence or two."""
        numbers = np.random.default_rng([self._seed, articles, count])
        return [
            self._question(numbers, self.article(int(numbers.integers(articles))))
            for _ in range(count)
        ]

    def _draw(self, numbers: np.random.Generator, count: int) -> list[str]:
        ranks = np.searchsorted(self._cumulative, numbers.random(count))
        return [self._words[min(rank, len(self._words) - 1)] for rank in ranks]

    def _paragraph(self, numbers: np.random.Generator, length: int) -> str:
        words, sentences = self._draw(numbers, length), []
        while words:
            end = int(numbers.integers(*_WORDS_A_SENTENCE))
            sentences.append(_sentence(words[:end]))
            words = words[end:]
        return " ".join(sentences)

    def _question(self, numbers: np.random.Generator, article: Article) -> str:
        words = _WORD.findall(article.body)
        start = int(numbers.integers(len(words) - 100))
        left, taken = int(numbers.integers(_CONTENT_WORDS[0], _CONTENT_WORDS[1] + 1)), []
        for word in words[start:]:
            taken.append(word)
            left -= len(stems(word)) > 0
            if left == 0:
                break
        return " ".join(taken) + " ?"


def _vocabulary() -> list[str]:
    """Words by rank: the sample's own, the most used first, then made-up ones."""
    articles = (item for item in read_articles([SAMPLE / "pages"]) if isinstance(item, Article))
    counts = Counter(word for article in articles for word in _WORD.findall(article.body))
    known = [word for word, _ in counts.most_common()]
    longer = [word for word in known if len(word) > 3 and word.islower() and word.isalpha()]
    made = (prefix + word for prefix in _PREFIXES for word in longer)
    held = set(known)
    return known + list(islice((word for word in made if word not in held), _TYPES - len(known)))


def _sentence(words: Sequence[str]) -> str:
    text = " ".join(words)
    return text[0].upper() + text[1:] + "."


class StandIn:
    """An encoder of no cost that lies as to who it is, to fill an archive in a minute.

    It bears the name and fingerprint of a real one, so that the real one may search what it
    has filled. A vector is the real vectors' centre and, around it at their distance, the
    sum of a random direction for each word: texts that share words are near.
    """

    def __init__(self, real: Encodes, texts: Sequence[str]) -> None:
        """``texts`` are those that the centre is measured on."""
        self.name, self.fingerprint = real.name, real.fingerprint
        self.dimension, self.max_tokens = real.dimension, real.max_tokens
        self._centre = real.encode_passages(texts).mean(axis=0)
        self._reach = float(np.sqrt(max(0.0, 1 - self._centre @ self._centre)))
        numbers = np.random.default_rng(384)
        self._directions = numbers.standard_normal((_DIRECTIONS, real.dimension), np.float32)

    def encode_passages(self, texts: Sequence[str]) -> FloatArray:
        """(len(texts), dimension), unit length."""
        return np.stack([self._vector(text) for text in texts])

    encode_questions = encode_passages

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        """About as many as the real one."""
        return [round(_TOKENS_PER_WORD * len(text.split())) for text in texts]

    def _vector(self, text: str) -> FloatArray:
        rows = [zlib.crc32(word.encode()) % _DIRECTIONS for word in text.split() if len(word) > 3]
        own = self._directions[rows or [0]].sum(axis=0)
        vector = self._centre + self._reach * own / np.linalg.norm(own)
        return np.asarray(vector / np.linalg.norm(vector), np.float32)
