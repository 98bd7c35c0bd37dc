"""Generating: the second writer, a model's prose, of which only checked sentences are shown.

It is given the passages that were found, as data with ids, and never the last word: each
sentence passes by ``check`` first, and whatever goes wrong, the answer made of quotations is
there already and stands.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Generator, Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path
from typing import Literal, Protocol

from brief_qa import texts, write
from brief_qa.check import Checking
from brief_qa.commands import commands_a_model
from brief_qa.dates import day_told
from brief_qa.domain import Answer, Hit
from brief_qa.errors import LlmError
from brief_qa.facts import one_form
from brief_qa.french import fold

SURE = 0.5
"""Confidence from which quotations stand though the model says that it found no answer: they
are then more likely right than not, and a passage may have talked the model out of answering."""
_PROMPT = Path(__file__).parent / "prompts" / "redaction.txt"
_TITLE = 200
"""Characters of a title or a source that are shown to a model."""
# What sets data apart, in our own marks and in those of any model: data has none of it.
_DATA = str.maketrans({"<": "‹", ">": "›", "[": "(", "]": ")", "【": "(", "】": ")", "|": "/"})


@dataclass(frozen=True, slots=True)
class Message:
    """One turn of what a model is told."""

    role: Literal["system", "user"]
    content: str


class Llm(Protocol):
    """A model that writes."""

    name: str
    passages: int
    """Characters of passages that it takes."""

    def write(
        self, messages: Sequence[Message], stop: threading.Event | None = None
    ) -> Generator[str]:
        """What it writes, piece by piece. Raises LlmError; ends early once ``stop`` is set."""
        ...


def generated(
    llm: Llm,
    question: str,
    answer: Answer,
    *,
    on_sentence: Callable[[Answer], None] | None = None,
    stop: threading.Event | None = None,
) -> Answer:
    """The answer in the model's prose, or as it was, with a notice that says why.

    ``answer`` is the one made of quotations; a refusal is returned as it is, without asking.
    ``on_sentence`` is called with the answer so far each time a sentence of it has passed.
    """
    shown = within_budget(
        _for_readers(answer.hits), [c.article.id for c in answer.citations], llm.passages
    )
    if answer.refused or not shown:
        return answer
    checking = Checking(shown)
    written = ""
    try:
        with closing(llm.write(messages(question, shown), stop)) as pieces:
            for piece in pieces:
                written += piece
                if checking.add(piece) and on_sentence:
                    on_sentence(_so_far(llm, answer, checking))
    except LlmError as error:
        return _instead(answer, str(error), checking)
    if stop and stop.is_set():
        return answer
    checking.end()
    if not checking.kept and _says_unknown(written):
        if answer.confidence >= SURE:
            return _instead(answer, texts.LLM_SAYS_UNKNOWN)
        return write.refusal(
            texts.LLM_SAYS_UNKNOWN, answer.hits, answer.coverage, answer.confidence, answer.form
        )
    if not checking.enough:
        return _instead(answer, texts.LLM_TOO_LITTLE, checking)
    return _so_far(llm, answer, checking)


def _so_far(llm: Llm, answer: Answer, checking: Checking) -> Answer:
    return replace(
        answer,
        text=checking.text,
        citations=tuple(checking.citations),
        writer=llm.name,
        removed=checking.removed,
        notes=(),  # they are of the quotations that these sentences take the place of
    )


def _instead(answer: Answer, reason: str, checking: Checking | None = None) -> Answer:
    """The quotations, and why they are not a model's prose."""
    notice = texts.EXTRACTS_INSTEAD.format(reason=reason)
    return replace(answer, notice=notice, removed=checking.removed if checking else 0)


def _says_unknown(written: str) -> bool:
    agreed = fold(one_form(texts.REFUSAL)).rstrip(".")
    return agreed in fold(one_form(written))


# -- what it is given -----------------------------------------------------------------------


def messages(question: str, shown: Sequence[Hit]) -> list[Message]:
    """The prompt, and apart from it the passages and the question, which are data."""
    passages = "\n\n".join(_passage(f"p{n}", hit) for n, hit in enumerate(shown, start=1))
    return [
        Message("system", prompt()),
        Message("user", f"{passages}\n\n<question>\n{as_data(question)}\n</question>"),
    ]


@cache
def prompt() -> str:
    """The instructions, in French, with the agreed sentence for not knowing."""
    return _PROMPT.read_text(encoding="utf-8").strip().replace("{refusal}", texts.REFUSAL)


def _passage(name: str, hit: Hit) -> str:
    article = hit.article
    source = as_data(article.source or "")[:_TITLE]
    told = ", ".join(filter(None, (source, day_told(article.published))))
    return (
        f"<passage {name}>\nTitre : {as_data(article.title)[:_TITLE]}\n"
        f"Source : {told}\nTexte : {as_data(hit.text)}\n"
        f"</passage {name}>"
    )


def as_data(text: str) -> str:
    """Untrusted text on one line, in which no mark that a model obeys can be written."""
    return " ".join(texts.visible(text).translate(_DATA).split())


def within_budget(hits: Iterable[Hit], cited: Sequence[str], budget: int) -> list[Hit]:
    """The passages that fit, in order of rank: of articles that are ``cited`` before all others."""
    ranked = sorted(hits, key=lambda hit: (hit.article.id not in cited, hit.rank))
    chosen: list[Hit] = []
    for hit in ranked:
        size = len(_passage("p00", hit))
        if size <= budget:
            chosen.append(hit)
            budget -= size
    return sorted(chosen, key=lambda hit: hit.rank)


def _for_readers(hits: Sequence[Hit]) -> list[Hit]:
    """The hits without those of articles that speak to a machine."""
    articles = {hit.article.id: hit.article for hit in hits}
    hostile = {
        name
        for name, one in articles.items()
        if commands_a_model("\n".join((one.title, one.source or "", *one.authors, one.body)))
    }
    return [hit for hit in hits if hit.article.id not in hostile]
