"""The archive in the form of OpenAI's API, for whatever speaks it: ``/v1``.

Chat front-ends ask it as a model that answers by quotations; programs take its vectors. Errors
are in OpenAI's form, in French.
"""

from __future__ import annotations

import asyncio
import base64
import json
import logging
import time
import uuid
from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Any

from fastapi import FastAPI, Request
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from brief_qa.archive import Archive
from brief_qa.domain import Answer
from brief_qa.errors import ArchiveError, BriefQAError, InputError
from brief_qa.jsonable import jsonable
from brief_qa.questions import refuse_unusable
from brief_qa.web import words
from brief_qa.web.asking import AGAIN_AFTER, Work, begun, reader_of, why_full
from brief_qa.web.links import site
from brief_qa.web.openai_messages import Message, message
from brief_qa.web.openai_requests import (
    CHAT,
    EMBEDDINGS,
    MODELS,
    Chat,
    Refused,
    Texts,
    chat,
    embeddings,
)
from brief_qa.web.turns import Full, Turns

if TYPE_CHECKING:
    from brief_qa.excerpts import Address
    from brief_qa.vectors import FloatArray

_log = logging.getLogger(__name__)
_BEAT = 10.0
"""Seconds between two signs of life of an answer that is waited for."""
_KINDS = {429: "rate_limit_error", 500: "server_error", 503: "server_error"}


def openai_api(archive: Archive, turns: Turns) -> FastAPI:
    """The application to mount at ``/v1``. ``turns`` are shared with whoever else answers."""
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.add_exception_handler(BriefQAError, _failed)
    app.add_exception_handler(Full, _full)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(Exception, _unforeseen)

    @app.post("/chat/completions")
    async def completions(request: Request) -> Response:
        asked = chat(await _payload(request))
        refuse_unusable(asked.question)
        answering = await begun(
            turns,
            reader_of(request),
            lambda _, stop: archive.ask(asked.question, asked.history, **asked.options, stop=stop),
        )
        completion = _Completion(archive, asked, site(request))
        if asked.stream:
            return StreamingResponse(completion.chunks(answering), media_type="text/event-stream")
        return _json(completion.whole(await answering.result()))

    @app.post("/embeddings")
    async def vectors(request: Request) -> Response:
        encoder = archive.encoder
        asked = await asyncio.to_thread(embeddings, await _payload(request), encoder)
        questions = EMBEDDINGS[asked.model] == "question"
        encode = encoder.encode_questions if questions else encoder.encode_passages
        encoding = await begun(turns, reader_of(request), lambda *_: encode(asked.texts))
        return _json(_embedded(asked, await encoding.result()))

    @app.get("/models")
    def models() -> Response:
        return _json({"object": "list", "data": list(map(_model, MODELS))})

    @app.get("/models/{name}")
    def model(name: str) -> Response:
        if name not in MODELS:
            raise Refused(words.NO_SUCH_MODEL, "model", "model_not_found", status=404)
        return _json(_model(name))

    return app


class _Completion:
    """The answer to one request, whole or in chunks."""

    def __init__(self, archive: Archive, asked: Chat, address: Address) -> None:
        self._count = archive.encoder.count_tokens
        self._asked = asked
        self._address = address
        self._head = {"id": f"chatcmpl-{uuid.uuid4().hex}", "created": int(time.time())}

    def whole(self, answer: Answer) -> dict[str, Any]:
        """A completion."""
        said = message(answer, self._address)
        choice = {
            "index": 0,
            "message": {
                "role": "assistant",
                "content": said.content,
                "refusal": None,  # OpenAI's own kind: of a request, not of a question
                "annotations": said.annotations,
            },
            "logprobs": None,
            "finish_reason": "stop",
        }
        usage = self._usage(said)
        return self._object(
            "chat.completion", choices=[choice], usage=usage, brief_qa=said.extension
        )

    async def chunks(self, answering: Work[Answer]) -> AsyncIterator[bytes]:
        """A completion's chunks, as server-sent events.

        The text is sent once it is settled: what a model writes may still give way to the
        quotations, and a client cannot take back what it has shown. Until then, signs of life.
        """
        yield _event(self._chunk({"role": "assistant", "content": ""}))
        waiting = asyncio.ensure_future(answering.result())
        try:
            while not (await asyncio.wait({waiting}, timeout=_BEAT))[0]:
                yield b": ...\n\n"
            said = message(await waiting, self._address)
            for piece in said.pieces():
                yield _event(self._chunk({"content": piece}))
            yield _event(self._chunk({"annotations": said.annotations}))
            yield _event({**self._chunk({}, "stop"), "brief_qa": said.extension})
            if self._asked.usage:
                usage = self._usage(said)
                yield _event(self._object("chat.completion.chunk", choices=[], usage=usage))
        except BriefQAError as error:
            yield _event(_error(error))
        except Exception:
            _log.exception("question restée sans réponse")
            yield _event(_problem(500, words.UNFORESEEN))
        finally:
            waiting.cancel()
        yield b"data: [DONE]\n\n"

    def _chunk(self, delta: dict[str, Any], finish: str | None = None) -> dict[str, Any]:
        choice = {"index": 0, "delta": delta, "finish_reason": finish}
        return self._object("chat.completion.chunk", choices=[choice])

    def _object(self, kind: str, **fields: Any) -> dict[str, Any]:
        return {**self._head, "object": kind, "model": CHAT, **fields}

    def _usage(self, said: Message) -> dict[str, int]:
        """Tokens, as the archive's encoder counts them."""
        asked, told = self._count([self._asked.question, said.content])
        return {"prompt_tokens": asked, "completion_tokens": told, "total_tokens": asked + told}


def _embedded(asked: Texts, vectors: FloatArray) -> dict[str, Any]:
    def form(vector: FloatArray) -> object:
        if asked.base64:
            return base64.b64encode(vector.astype("<f4").tobytes()).decode()
        return vector.tolist()

    data = [
        {"object": "embedding", "index": index, "embedding": form(vector)}
        for index, vector in enumerate(vectors)
    ]
    usage = {"prompt_tokens": asked.tokens, "total_tokens": asked.tokens}
    return {"object": "list", "model": asked.model, "data": data, "usage": usage}


def _model(name: str) -> dict[str, Any]:
    return {"id": name, "object": "model", "created": 0, "owned_by": words.NAME}


async def _payload(request: Request) -> object:
    if not request.headers.get("content-type", "").startswith("application/json"):
        raise Refused(words.NOT_SENT_AS_JSON, status=415)  # no other site's page may send it
    try:
        return json.loads(await request.body())
    except (ValueError, RecursionError) as error:
        raise Refused(words.NOT_JSON) from error


def _event(value: object) -> bytes:
    return b"data: " + _bytes(value) + b"\n\n"


def _json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    return Response(_bytes(value), status, headers, media_type="application/json")


def _bytes(value: object) -> bytes:
    # Half a character, which JSON input can hold, has no UTF-8.
    text = json.dumps(jsonable(value), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8", "replace")


# -- errors ----------------------------------------------------------------------------------


def _problem(
    status: int, said: str, param: str | None = None, code: str | None = None
) -> dict[str, Any]:
    kind = _KINDS.get(status, "invalid_request_error")
    return {"error": {"message": said, "type": kind, "param": param, "code": code}}


def _error(error: BriefQAError) -> dict[str, Any]:
    if isinstance(error, Refused):
        return _problem(error.status, str(error), error.param, error.code)
    return _problem(_status(error), str(error))


def _status(error: BriefQAError) -> int:
    if isinstance(error, Refused):
        return error.status
    if isinstance(error, InputError):
        return 400
    return 503 if isinstance(error, ArchiveError) else 500


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, BriefQAError)
    return _json(_error(error), _status(error))


def _full(request: Request, error: Exception) -> Response:
    assert isinstance(error, Full)
    said = _problem(429, why_full(error), code="rate_limit_exceeded")
    return _json(said, 429, {"Retry-After": str(AGAIN_AFTER)})


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    return _json(_problem(error.status_code, words.CLOSED), error.status_code)


def _unforeseen(request: Request, error: Exception) -> Response:
    return _json(_problem(500, words.UNFORESEEN), 500)
