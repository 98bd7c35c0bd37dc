"""Quotations: what of an article is quoted, and what is said of the article before it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable

from brief_qa import texts
from brief_qa.dates import day_told
from brief_qa.domain import Citation
from brief_qa.french import stems
from brief_qa.read import LONGEST, Weighed
from brief_qa.sentences import sentences, speeches

MOST_QUOTED = 3
"""Quotations of an answer, where nothing calls for more."""
EXPLAINED = 500
"""Characters of an explanation, the sentences after the first included."""
Head = Callable[[Citation], str]
"""What is said before a quotation."""
_TITLE = 200
"""Characters of a title."""
_LEANS_BACK = re.compile(
    r"(?:Il|Elle|Ils|Elles|Ce|Cet|Cette|Ces|Celui-ci|Celle-ci|Ceux-ci|Celles-ci|Son|Sa|Ses|Leurs?"
    r"|De son côté|Lui|Eux|Ceci|Cela|C['’]est|Tous|Toutes)\b"
)
"""A sentence that begins so speaks of something in the sentence before it."""


def written(citation: Citation, head: Head | None) -> str:
    """A quotation with its number, and before it what ``head`` says of its article."""
    sentence = f"{quoted(citation.quote)} [{citation.number}]"
    return f"{head(citation)} {sentence}" if head else sentence


def signature(citation: Citation) -> str:
    """Who wrote an article, and when, as far as it says: "Jeanne Martin, 22 avril 2024 :"."""
    authors = ", ".join(filter(None, map(texts.label, citation.article.authors)))
    return f"{authors or texts.NO_AUTHOR}, {day_told(citation.article.published)} :"


def origin(citation: Citation) -> str:
    """Where an article appeared, and when, as far as it says: "Le Courrier, 22 avril 2024 :"."""
    source = texts.label(citation.article.source or "")
    return ", ".join(filter(None, (source, day_told(citation.article.published)))) + " :"


def headline(citation: Citation) -> str:
    """When an article appeared, and its title, unless the quotation begins by saying it."""
    title = texts.label(citation.article.title, _TITLE)
    when = day_told(citation.article.published)
    if texts.label(citation.quote, _TITLE).startswith(title.rstrip(".")):
        return f"{when} :"
    return f"{when} — {title}{'' if title[-1] in '.!?…' else '.'}"


def quoted(quote: str) -> str:
    """A quotation in guillemets; in “ ” when it has guillemets of its own, as usage has it."""
    return f"“{quote}”" if "«" in quote or "»" in quote else f"« {quote} »"


def cited(weighed: Iterable[Weighed], most: int = MOST_QUOTED) -> tuple[Citation, ...]:
    """Quotations of the first few sentences that do not say the same in the same words."""
    citations: list[Citation] = []
    said: list[set[str]] = []
    for one in weighed:
        citation = cite(len(citations) + 1, one)
        words = set(stems(citation.quote))
        again = any(len(words & other) > 0.6 * min(len(words), len(other)) for other in said)
        if again or any(_overlap(citation, other) for other in citations):
            continue
        citations.append(citation)
        said.append(words)
        if len(citations) == most:
            break
    return tuple(citations)


def cite(number: int, weighed: Weighed) -> Citation:
    """Quote a sentence, with the one before it in its paragraph when it leans on that.

    A sentence of what somebody says is quoted with all of it, and with who says it.
    """
    article, start = weighed.hit.article, weighed.start
    paragraph = article.body.rfind("\n", 0, start) + 1
    if _LEANS_BACK.match(article.body, start):
        before = sentences(article.body[paragraph:start])
        if before and weighed.end - paragraph - before[-1][0] <= LONGEST:
            start = paragraph + before[-1][0]
    start, end = _with_speaker(article.body, start, weighed.end)
    return Citation(number, article, start, end, article.body[start:end], weighed.answer)


def _with_speaker(body: str, start: int, end: int) -> tuple[int, int]:
    """A sentence with the rest of the speech that it is cut out of, and with who speaks.

    « Le maire a menti » alone would pass for the paper's word. Of a speech that goes over several
    paragraphs, what this one has of it. As it is where that is long.
    """
    first, after = body.rfind("\n", 0, start) + 1, body.find("\n", end)
    line = body[first : after if after >= 0 else len(body)]
    begun_before = "»" in line.partition("«")[0]
    opened = "«" * begun_before
    wide = start, end
    for at, to in speeches(opened + line):
        piece = (opened + line)[at:to]
        at, to = first + max(0, at - len(opened)), first + to - len(opened)
        if at < end and start < to:
            goes_on = piece.count("«") > piece.count("»")  # below: who speaks stands before it
            wide = min(wide[0], at), wide[1] if goes_on else max(wide[1], to)
    return wide if wide[1] - wide[0] <= LONGEST else (start, end)


def _overlap(one: Citation, other: Citation) -> bool:
    return one.article.id == other.article.id and one.start < other.end and other.start < one.end
