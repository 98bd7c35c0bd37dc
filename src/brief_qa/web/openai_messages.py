"""An answer as the message of a chat: Markdown, its citations as annotations.

What comes of articles and questions is made inert first: a front-end reads Markdown, and an
article must not put an image, a link or a page of its own in someone's conversation.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from brief_qa import texts
from brief_qa.domain import Answer, Article
from brief_qa.excerpts import Address, cited, found
from brief_qa.jsonable import jsonable
from brief_qa.web import pieces, render, words
from brief_qa.web.openai_requests import BESIDE

_NEAR = 4
_ACTS = re.compile(r"[<`]|(?<=\])[(:]")
"""What opens HTML or code, and what makes brackets a link or an image. The other signs of Markdown
only change how words look, and stay: programs read the text too."""
_MARK = re.compile(r"\[(\d{1,3})\]")
_PIECE = re.compile(r".+?(?:\[\d{1,3}\]\s*|\n+|$)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Message:
    """What an answer says in a chat."""

    content: str
    annotations: tuple[dict[str, Any], ...]
    """In OpenAI's form, one for each number in the answer's text."""
    extension: dict[str, Any]
    """Beside OpenAI's form: what the answer rests on, by article and offsets."""

    def pieces(self) -> Iterator[str]:
        """The content, sentence by sentence."""
        return (piece[0] for piece in _PIECE.finditer(self.content))


def message(answer: Answer, address: Address) -> Message:
    """The message of an answer, whose sources are opened at ``address``."""
    said = _inert(answer.text)
    beside = "\n\n".join(_inert(one) for one in _beside(answer, address))
    return Message(
        said + BESIDE + beside if beside else said,
        tuple(_annotations(said, answer, address)),
        _extension(answer, address),
    )


def _annotations(said: str, answer: Answer, address: Address) -> Iterator[dict[str, Any]]:
    sources = {one.number: one for one in cited(answer.citations, address)}
    quotes = [_inert(one.quote) for one in answer.citations]
    places = [(said.find(quote), len(quote)) for quote in quotes if quote]
    for mark in _MARK.finditer(said):
        # A number inside a quotation is the article's own, and none of ours.
        within = any(0 <= at <= mark.start() < at + length for at, length in places)
        if not within and (source := sources.get(int(mark[1]))):
            yield {
                "type": "url_citation",
                "url_citation": {
                    "url": source.url,
                    "title": source.title.strip() or words.UNTITLED,
                    "start_index": mark.start(),
                    "end_index": mark.end(),
                },
            }


def _extension(answer: Answer, address: Address) -> dict[str, Any]:
    fields = "refused reason confidence coverage form notes understood period writer notice"
    told = {name: jsonable(getattr(answer, name)) for name in fields.split()}
    told["citations"] = jsonable(cited(answer.citations, address))
    return {**told, "near": jsonable(found(answer.hits, address)) if answer.refused else []}


def _beside(answer: Answer, address: Address) -> Iterator[str]:
    """What a reader is told beside the answer, in paragraphs."""
    if answer.understood:
        yield words.UNDERSTOOD.format(question=answer.understood.question)
    if answer.period:
        yield words.PERIOD.format(read=answer.period.told)
    yield from answer.notes
    yield from texts.read_as(answer.read_as)
    if told := texts.about_writer(answer.writer, answer.removed, answer.notice):
        yield told
    if answer.refused:
        yield from filter(None, (answer.reason,))
        near = {hit.article.id: hit.article for hit in answer.hits}.values()
        if near:
            lines = (f"- {_reference(one, address)}" for one in list(near)[:_NEAR])
            yield "\n".join((f"**{words.NEAR}**\n", *lines))
        yield words.HOLDINGS.format(holdings=render.holdings(answer.coverage))
    elif answer.citations:
        lines = (f"- [{one.number}] {_reference(one.article, address)}" for one in answer.citations)
        yield "\n".join((f"**{words.SOURCES}**\n", *lines))


def _reference(article: Article, address: Address) -> str:
    return f"{pieces.reference(article)} {address(article, ())}"


def _inert(text: str) -> str:
    return _ACTS.sub(r"\\\g<0>", texts.visible(text))
