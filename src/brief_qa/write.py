"""Writing: an answer made of quotations, or a refusal that says what is near.

The first writer, and the only one that is always there: it quotes whole sentences and adds
no word of its own.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np

from brief_qa import texts
from brief_qa.asked import names
from brief_qa.dates import format_date
from brief_qa.domain import Answer, Article, Citation, Coverage, Hit
from brief_qa.french import stems
from brief_qa.read import Question, Weighed, probability, worth
from brief_qa.sentences import sentences

# The threshold refuses 1 in 9 of the questions of PIAF dev that have an answer, and half of
# those whose article was taken away: see docs/quality.md, "Refusal".
REFUSAL_THRESHOLD = 0.15
_MORE_WORTH = 0.6
"""A further sentence is quoted when its worth is within this of the best one's: on PIAF dev
1.4 sentences a question, one of them right for 67 questions of 100 rather than 59."""
_MOST_QUOTED = 3
_LEANS_BACK = re.compile(
    r"(?:Il|Elle|Ils|Elles|Ce|Cet|Cette|Ces|Celui-ci|Celle-ci|Ceux-ci|Celles-ci|Son|Sa|Ses|Leurs?"
    r"|De son côté|Lui|Eux|Ceci|Cela|C['’]est|Tous|Toutes)\b"
)
"""A sentence that begins so speaks of something in the sentence before it."""


def answer(
    question: Question,
    weighed: Sequence[Weighed],
    hits: Sequence[Hit],
    coverage: Coverage,
    *,
    signed: bool = False,
) -> Answer:
    """Quote the sentences that answer, or refuse when none is likely enough to.

    ``signed`` puts before each quotation who wrote its article, and when.
    """
    if not weighed:
        return refusal(_why(question, hits, coverage), hits, coverage)
    values = worth(weighed)
    order = np.argsort(-values, kind="stable")
    confidence = probability(weighed[order[0]])
    if confidence < REFUSAL_THRESHOLD:
        return refusal(_why(question, hits, coverage), hits, coverage, confidence)
    near = [weighed[i] for i in order if values[i] >= values[order[0]] - _MORE_WORTH]
    citations = _cited(near)
    text = "\n\n".join(_written(citation, signed) for citation in citations)
    return Answer(text, citations, tuple(hits), False, None, confidence, coverage)


def _written(citation: Citation, signed: bool) -> str:
    sentence = f"{quoted(citation.quote)} [{citation.number}]"
    return f"{signature(citation.article)} : {sentence}" if signed else sentence


def signature(article: Article) -> str:
    """Who wrote an article, and when, as far as it says: "Jeanne Martin, 22 avril 2024"."""
    authors = ", ".join(article.authors) or texts.NO_AUTHOR
    return f"{authors}, {format_date(article.published) if article.published else texts.NO_DATE}"


def quoted(quote: str) -> str:
    """A quotation in guillemets; in “ ” when it has guillemets of its own, as usage has it."""
    return f"“{quote}”" if "«" in quote or "»" in quote else f"« {quote} »"


def refusal(
    reason: str, hits: Sequence[Hit], coverage: Coverage, confidence: float = 0.0
) -> Answer:
    """The fixed sentence, with the reason and what is near beside it."""
    return Answer(texts.REFUSAL, (), tuple(hits), True, reason, confidence, coverage)


def _cited(weighed: Sequence[Weighed]) -> tuple[Citation, ...]:
    """Quotations of the first few sentences that do not say the same in the same words."""
    citations: list[Citation] = []
    said: list[set[str]] = []
    for one in weighed:
        citation = _cite(len(citations) + 1, one)
        words = set(stems(citation.quote))
        again = any(len(words & other) > 0.6 * min(len(words), len(other)) for other in said)
        if again or any(_overlap(citation, other) for other in citations):
            continue
        citations.append(citation)
        said.append(words)
        if len(citations) == _MOST_QUOTED:
            break
    return tuple(citations)


def _cite(number: int, weighed: Weighed) -> Citation:
    """Quote a sentence, with the one before it in its paragraph when it leans on that."""
    article, start = weighed.hit.article, weighed.start
    if _LEANS_BACK.match(article.body, start):
        paragraph = article.body.rfind("\n", 0, start) + 1
        before = sentences(article.body[paragraph:start])
        if before:
            start = paragraph + before[-1][0]
    return Citation(number, article, start, weighed.end, article.body[start : weighed.end])


def _overlap(one: Citation, other: Citation) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end


def _why(question: Question, hits: Sequence[Hit], coverage: Coverage) -> str:
    """What is missing: articles, or names that no hit speaks of, if that can be said."""
    if not hits:
        return texts.NOTHING_IN_FILTER if coverage.articles else texts.EMPTY_ARCHIVE
    found = (question.words(f"{hit.article.title}\n{hit.text}") for hit in hits)
    held = set[str]().union(*found)
    missing = [name for name in names(question.text) if not set(stems(name)) <= held]
    if missing:
        return texts.MISSING_NAMES.format(names=", ".join(missing))
    return texts.NOT_SUPPORTED
