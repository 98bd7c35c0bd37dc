"""A conversation that outlives its page: in its address, signed, with nothing on the server.

The address says everything that was asked and answered, with where each quotation stands; it
holds no article. What it says is only believed where this archive signed it, so that nobody can
make the archive say something by a link. And each quotation is looked up again: an answer whose
source was corrected or deleted since is not shown any more (promise 4).
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import os
import secrets
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

from brief_qa.archive import Archive
from brief_qa.domain import (
    Answer,
    Article,
    Citation,
    Hit,
    Passage,
    Period,
    ScoreParts,
    Understood,
)
from brief_qa.jsonable import jsonable
from brief_qa.web import words
from brief_qa.web.conversation import Conversation, Exchange, Trouble

KEY_FILE = "page.key"
_KEY = 32
_MAC = 16
_FORM = b"conversation 2"
"""Goes into each signature: to be changed with what is kept, so that an older one is not read."""
_MOST = 2_000_000
"""Bytes of a conversation unpacked: thirty long answers of a model take a tenth."""
_AS_IT_IS = (
    "text refused reason confidence timings form notes understood period writer removed notice"
).split()
"""What is kept of an answer as it is."""


def signing_key(folder: Path) -> bytes:
    """The key of an index, made at first; one for this process alone where it cannot be written."""
    path = folder / KEY_FILE
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_KEY))
            file.flush()
            os.fsync(file.fileno())
    except OSError:  # there already, or a folder that cannot be written in
        pass
    try:
        key = path.read_bytes()
    except OSError:
        key = b""
    return key if len(key) == _KEY else secrets.token_bytes(_KEY)


def kept(conversation: Conversation, key: bytes) -> str:
    """The conversation as signed text for an address; empty when nothing was answered."""
    answered = [_packed(one) for one in conversation if isinstance(one.outcome, Answer)]
    if not answered:
        return ""
    plain = json.dumps(answered, ensure_ascii=False, separators=(",", ":"))
    packed = zlib.compress(plain.encode("utf-8", "surrogatepass"), 9)
    return base64.urlsafe_b64encode(_mac(packed, key) + packed).decode().rstrip("=")


def reopened(text: str, archive: Archive, key: bytes) -> Conversation | None:
    """The conversation that :func:`kept` made, as the archive now bears it out.

    None for what was not signed with this key.
    """
    try:
        signed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
    except ValueError:
        return None
    mac, packed = signed[:_MAC], signed[_MAC:]
    if not hmac.compare_digest(mac, _mac(packed, key)):
        return None
    plain = zlib.decompressobj().decompress(packed, _MOST)
    exchanges = json.loads(plain.decode("utf-8", "surrogatepass"))
    return tuple(_unpacked(one, archive) for one in exchanges)


def _mac(packed: bytes, key: bytes) -> bytes:
    return hashlib.blake2b(packed, key=key, digest_size=_MAC, person=_FORM).digest()


def _packed(exchange: Exchange) -> dict[str, Any]:
    answer = exchange.outcome
    assert isinstance(answer, Answer)
    return {
        "number": exchange.number,
        "question": exchange.question,
        "as_written": exchange.as_written,
        "read_dates": exchange.read_dates,
        "onward": exchange.onward or (),
        "answer": {name: jsonable(getattr(answer, name)) for name in _AS_IT_IS},
        "citations": [
            [one.article.id, one.number, one.start, one.end, one.quote, one.span]
            for one in answer.citations
        ],
        "hits": [
            [one.article.id, one.passage.start, one.passage.end, one.parts.read_as]
            for one in answer.hits
        ],
    }


def _unpacked(said: dict[str, Any], archive: Archive) -> Exchange:
    named = {name for name, *_ in (*said["citations"], *said["hits"])}
    articles = {name: found for name in named if (found := archive.article(name))}
    citations = [_citation(articles.get(name), *rest) for name, *rest in said["citations"]]
    hits = (
        _hit(articles[name], rank, *rest)
        for rank, (name, *rest) in enumerate(said["hits"], 1)
        if name in articles
    )
    exchange = Exchange(
        said["number"],
        said["question"],
        outcome=Trouble(words.SOURCE_CHANGED),
        as_written=said["as_written"],
        read_dates=said["read_dates"],
        reopened=True,
    )
    if None in citations:
        return exchange
    answer = _answer(
        said["answer"],
        citations=tuple(filter(None, citations)),
        hits=tuple(hits),
        coverage=archive.coverage(),
    )
    return replace(
        exchange,
        outcome=answer,
        onward=tuple(said["onward"]),
    )


def _citation(
    article: Article | None, number: int, start: int, end: int, quote: str, span: list[int] | None
) -> Citation | None:
    """The quotation where it stands now; None when it is in the article no more."""
    if article is None:
        return None
    if article.body[start:end] != quote:
        moved = article.body.find(quote) - start
        start, end = start + moved, end + moved
        span = span and [span[0] + moved, span[1] + moved]
        if start < 0:
            return None
    return Citation(number, article, start, end, quote, (span[0], span[1]) if span else None)


def _hit(article: Article, rank: int, start: int, end: int, read_as: list[list[str]]) -> Hit:
    passage = Passage(0, article.id, start, min(end, len(article.body)))
    parts = ScoreParts(0.0, 0.0, read_as=tuple((asked, read) for asked, read in read_as))
    return Hit(passage, article, 0.0, parts, rank)


def _answer(said: dict[str, Any], **looked_up: Any) -> Answer:
    read, period = said["understood"], said["period"]
    if period:
        period = Period(**period | {end: _day(period[end]) for end in ("first", "last")})
    told = {
        "notes": tuple(said["notes"]),
        "understood": read and Understood(read["question"], tuple(read["carried"])),
        "period": period,
    }
    return Answer(**said | told | looked_up)


def _day(text: str | None) -> date | None:
    return date.fromisoformat(text) if text else None
