"""Replies of the API: JSON, server-sent events, and problems (RFC 9457) that say why not."""

from __future__ import annotations

import hashlib
import json
import logging
from collections.abc import AsyncIterator
from http import HTTPStatus
from typing import Any

from fastapi import Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response
from starlette.exceptions import HTTPException
from starlette.routing import Match

from brief_qa.domain import Article
from brief_qa.errors import ArchiveError, BriefQAError, IndexLocked, IndexReadOnly, InputError
from brief_qa.jsonable import jsonable
from brief_qa.web import words
from brief_qa.web.asking import AGAIN_AFTER, Work

_log = logging.getLogger(__name__)

EVENTS = "text/event-stream"
PROBLEM = "application/problem+json"


def event(name: str, value: object) -> bytes:
    """A server-sent event; the value in JSON."""
    return f"event: {name}\ndata: {text(value)}\n\n".encode("utf-8", "replace")


async def events(work: Work[Any], last: str) -> AsyncIterator[bytes]:
    """The steps of some work, then its result under the name ``last``, or ``problem``."""
    try:
        async for step in work.steps():
            yield event(*step)
        yield event(last, await work.result())
    except BriefQAError as error:
        yield event("problem", problem(status_of(error), str(error)))
    except Exception:
        _log.exception("demande restée sans réponse")
        yield event("problem", problem(500, words.UNFORESEEN))
    finally:
        work.leave()


def text(value: object) -> str:
    """A record, or a structure of them, in JSON on one line."""
    return json.dumps(jsonable(value), ensure_ascii=False, allow_nan=False)


def as_json(value: object, status: int = 200, headers: dict[str, str] | None = None) -> Response:
    """A reply that is a record in JSON."""
    # Half a character, which JSON input can hold, has no UTF-8.
    body = text(value).encode("utf-8", "replace")
    return Response(body, status, headers, media_type="application/json")


def tag(article: Article) -> str:
    """The ETag of an article: of all that the API says of it."""
    told = text(article).encode("utf-8", "replace")
    return f'"{hashlib.sha256(told).hexdigest()[:32]}"'


# -- problems --------------------------------------------------------------------------------


_TITLES = {
    401: "Clé demandée",
    403: "Refusé",
    404: "Introuvable",
    405: "Méthode refusée",
    409: "Conflit",
    412: "Article changé entre-temps",
    413: "Demande trop longue",
    422: "Demande impossible",
    429: "Trop de demandes",
    500: "Erreur imprévue",
    503: "Archive indisponible",
}


def problem(status: int, detail: str) -> dict[str, Any]:
    """What a refusal says, as JSON."""
    title = _TITLES.get(status, "Demande refusée")
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def refusal(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    """A reply that is a problem."""
    body = text(problem(status, detail)).encode("utf-8", "replace")
    return Response(body, status, headers, media_type=PROBLEM)


def status_of(error: BriefQAError) -> int:
    """The status that tells an error."""
    if isinstance(error, InputError):
        return 422
    if isinstance(error, IndexReadOnly):
        return 403
    return 503 if isinstance(error, ArchiveError) else 500


def failed(request: Request, error: Exception) -> Response:
    """An error of the archive's."""
    assert isinstance(error, BriefQAError)
    again = {"Retry-After": str(AGAIN_AFTER)} if isinstance(error, IndexLocked) else None
    return refusal(status_of(error), str(error), again)


def refused(request: Request, error: Exception) -> Response:
    """A refusal of ours, or one of the framework's, which says it in English."""
    assert isinstance(error, HTTPException)
    theirs = error.detail == HTTPStatus(error.status_code).phrase
    detail = words.CLOSED if theirs else error.detail
    headers = dict(error.headers or {})
    if error.status_code == HTTPStatus.METHOD_NOT_ALLOWED and (taken := _methods(request)):
        headers["Allow"] = ", ".join(sorted(taken))
    return refusal(error.status_code, detail, headers)


def _methods(request: Request) -> set[str]:
    """The methods that the address of a request takes, where it is one of the API's operations.

    Starlette tells those of the first route alone.
    """
    return {
        method
        for router in request.app.state.routers
        for route in router.routes
        if route.matches(request.scope)[0] is not Match.NONE
        for method in route.methods
    }


def misunderstood(request: Request, error: Exception) -> Response:
    """A request that does not say what it must."""
    assert isinstance(error, RequestValidationError)
    told = " ; ".join(map(_fault, error.errors()))
    return refusal(422, told)


_FAULTS: dict[str, str] = {
    "missing": "il manque",
    "extra_forbidden": "n'est pas un champ connu",
    "string_too_short": "est vide",
    "string_too_long": "est trop long : {max_length} caractères au plus",
    "string_pattern_mismatch": "contient ce qui ne peut pas y être",
    "too_long": "est trop long : {max_length} au plus",
    "greater_than_equal": "doit valoir au moins {ge}",
    "less_than_equal": "doit valoir au plus {le}",
    "int_parsing": "doit être un nombre entier",
    "bool_parsing": "doit être true ou false",
    "bool_type": "doit être true ou false",
    "string_type": "doit être un texte",
    "literal_error": "doit être {expected}",
}


def _fault(fault: dict[str, Any]) -> str:
    if fault["type"] == "json_invalid":
        return words.NOT_JSON
    where = ".".join(str(part) for part in fault["loc"][1:]) or "corps"
    said = _FAULTS.get(fault["type"], "ne convient pas")
    expected = str(fault.get("ctx", {}).get("expected", "")).replace(" or ", " ou ")
    return f"« {where} » : {said.format(**{**fault.get('ctx', {}), 'expected': expected})}"
