"""What the description of the API says of refusals, headers and keys."""

from __future__ import annotations

from typing import Any

from fastapi import FastAPI

from brief_qa.web.api.models import Problem
from brief_qa.web.api.replies import PROBLEM

Responses = dict[int | str, dict[str, Any]]
"""Replies of an operation by status, as FastAPI takes them."""

_TEXT = {"type": "string"}
_PROBLEM = {PROBLEM: {"schema": {"$ref": "#/components/schemas/Problem"}}}
_PLAIN = {"text/plain": {"schema": _TEXT}}
"""What the guard says before the API is reached."""

ETAG = {"ETag": {"schema": _TEXT, "description": "L'article tel qu'il est, pour `If-Match`."}}
LOCATION = {"Location": {"schema": _TEXT, "description": "L'adresse de l'article."}}
_AGAIN = {
    "Retry-After": {"schema": {"type": "integer"}, "description": "Secondes avant de revenir."}
}
_CHALLENGE = {"WWW-Authenticate": {"schema": _TEXT, "description": "Ce que la clé doit être."}}

_REFUSALS: Responses = {
    400: {
        "description": "Le serveur ne répond pas à ce nom, ou la demande n'est pas lisible.",
        "content": _PLAIN | _PROBLEM,
    },
    401: {"description": "Il faut une clé, ou une autre.", "headers": _CHALLENGE},
    403: {
        "description": "La clé n'en donne pas le droit, ou l'index ne peut qu'être lu.",
        "headers": _CHALLENGE,
    },
    404: {
        "description": "L'adresse ou l'article n'existe pas.",
        "content": _PLAIN | _PROBLEM,
    },
    409: {"description": "L'archive a déjà cet article, ces mots, ou une version plus récente."},
    412: {"description": "L'article a changé depuis qu'il a été lu."},
    413: {"description": "La demande est trop longue."},
    422: {"description": "La demande ne peut pas être comprise."},
    429: {
        "description": "Trop de demandes, de questions à la fois ou de clés fausses.",
        "headers": _AGAIN,
    },
    503: {
        "description": "L'archive ne peut pas être lue, ou un autre programme y écrit.",
        "headers": _AGAIN,
    },
}
FROM_ELSEWHERE: Responses = {
    403: {"description": "La page d'un site qui n'est pas de ceux donnés.", "content": _PLAIN}
}
"""What a page of another site is told where some of them may ask."""


def refusals(*statuses: int) -> Responses:
    """The refusals of these statuses."""
    return {status: {"content": _PROBLEM, **_REFUSALS[status]} for status in statuses}


class Described(FastAPI):
    """An application whose description has what FastAPI leaves out of it."""

    def openapi(self) -> dict[str, Any]:
        """The description: problems by name; that a server may ask a key of readers too; and that
        what stands in an address or a header can be left out, but never be null.
        """
        described = super().openapi()
        described["components"]["schemas"]["Problem"] = Problem.model_json_schema()
        for operations in described["paths"].values():
            for operation in operations.values():
                operation.setdefault("security", [{}, {"HTTPBearer": []}])
                for parameter in operation.get("parameters", ()):
                    given, *_ = parameter["schema"].pop("anyOf", [{}])
                    parameter["schema"].update(given)
        return described
