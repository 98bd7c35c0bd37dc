"""A conversation as Markdown, to be kept, printed or worked on.

What is an article's own, or a reader's, is escaped: it shows as it was written and does nothing.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from brief_qa import addresses
from brief_qa.domain import Answer, Citation
from brief_qa.texts import EXTRACTS, visible, written_by
from brief_qa.web import pieces, words
from brief_qa.web.conversation import Conversation, Exchange, Trouble, understood_as

_SIGNS = re.compile(r"[\\`*_\[\]<>&~|$@{}]|:(?=//)|(?<=www)\.|^[-+#=:]", re.IGNORECASE)
"""What means something in Markdown or in GitHub's: in a line, in an address, at its start."""
_NUMBERED = re.compile(r"^(\d+)([.)])")
"""What begins an item of a list."""
_NOT_IN_ADDRESS = str.maketrans({"(": "%28", ")": "%29", "<": "%3C", ">": "%3E", "\\": "%5C"})


def conversation_markdown(conversation: Conversation) -> str:
    """Each question as a heading, its answer below it, then where each quotation is from."""
    said = (paragraph for exchange in conversation for paragraph in _exchange(exchange))
    return "\n\n".join([f"# {words.NAME}", *said]) + "\n"


def _exchange(exchange: Exchange) -> Iterator[str]:
    outcome, understood = exchange.outcome, understood_as(exchange)
    yield f"## {_plain(exchange.question)}"
    if understood != exchange.question:
        yield f"*{_plain(words.UNDERSTOOD.format(question=understood))}*"
    if isinstance(outcome, Trouble):
        yield _plain(outcome.message)
    if isinstance(outcome, Answer):
        yield from map(_plain, outcome.text.split("\n\n"))
        if outcome.writer != EXTRACTS:
            yield f"*{_plain(written_by(outcome.writer, outcome.removed))}*"
        yield from (f"*{_plain(note)}*" for note in (outcome.reason, *outcome.notes) if note)
        yield "\n".join(map(_source, outcome.citations))


def _source(citation: Citation) -> str:
    reference = _plain(f"[{citation.number}] {pieces.reference(citation.article)}")
    address = addresses.external(citation.article.url)
    return f"- {reference}" + (f" <{address.translate(_NOT_IN_ADDRESS)}>" if address else "")


def _plain(text: str) -> str:
    """A text on one line, that a reader of Markdown shows as it is."""
    line = " ".join(visible(text).split())
    return _NUMBERED.sub(r"\1\\\2", _SIGNS.sub(r"\\\g<0>", line))
