"""The archive over HTTP, for other programs: ``/api/v1``, read only.

The same verbs, filters and records as :class:`brief_qa.Archive`; what is answered is the JSON that
``brief-qa … --json`` prints. Errors are problems (RFC 9457). Described by ``openapi.json``.
"""

from __future__ import annotations

import asyncio
import hashlib
import json
import logging
import threading
from collections.abc import AsyncIterator
from contextlib import aclosing
from typing import TYPE_CHECKING, Annotated, Any

from fastapi import Depends, FastAPI, Header, Query, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import Response, StreamingResponse
from pydantic import BaseModel, ConfigDict, Field
from starlette.exceptions import HTTPException

from brief_qa.archive import Archive
from brief_qa.domain import Answer, Article, Hit, Kind, Period, Stats
from brief_qa.errors import ArchiveError, BriefQAError, InputError
from brief_qa.jsonable import jsonable
from brief_qa.questions import QUESTION_LIMIT
from brief_qa.web import words
from brief_qa.web.cursors import cursor, place
from brief_qa.web.turns import Full, Turns

if TYPE_CHECKING:
    from collections.abc import Callable

_log = logging.getLogger(__name__)
MOST = 100
"""Hits or articles of one reply, at most."""
_HISTORY = 50
_AGAIN_AFTER = "5"
"""Seconds that a client is told to wait when too much is asked at once."""
_EVENTS = "text/event-stream"
_PROBLEM = "application/problem+json"


class Problem(BaseModel):
    """Why a request was not answered."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


class SearchReply(BaseModel):
    """What a search found."""

    question: str
    period: Period | None
    hits: list[Hit]


class ArticlesReply(BaseModel):
    """Articles, the newest first."""

    articles: list[Article]
    more: bool = Field(description="Vrai quand d'autres articles répondent aussi aux filtres.")
    next: str | None = Field(description="À donner à « after » pour la suite ; null à la fin.")


class FilterFields(BaseModel):
    """Conditions on articles, all to be met."""

    since: str | None = Field(None, description="Premier jour, inclus.", examples=["2024-04-01"])
    until: str | None = Field(None, description="Dernier jour, inclus.", examples=["2024-04-30"])
    section: str | None = Field(None, examples=["Société"])
    source: str | None = Field(None, examples=["LeBrief"])
    author: str | None = Field(None, examples=["Ilyasse Rhamir"])
    kind: Kind | None = None


class AskBody(FilterFields):
    """A question to the archive."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(
        min_length=1,
        max_length=QUESTION_LIMIT,
        examples=["Qui Abdelouafi Laftit a-t-il rencontré à Rabat ?"],
    )
    history: list[tuple[str, str]] = Field(
        default=[], max_length=_HISTORY, description="Questions et réponses d'avant."
    )
    as_written: bool = Field(
        False, strict=True, description="Ne pas compléter la question par l'historique."
    )
    read_dates: bool = Field(True, strict=True, description="Lire les dates que dit la question.")


def _filters(
    since: Annotated[str | None, Query(description="Premier jour, inclus.")] = None,
    until: Annotated[str | None, Query(description="Dernier jour, inclus.")] = None,
    section: str | None = None,
    source: str | None = None,
    author: str | None = None,
    kind: Kind | None = None,
) -> dict[str, Any]:
    return {
        "since": since,
        "until": until,
        "section": section,
        "source": source,
        "author": author,
        "kind": kind,
    }


FilterQuery = Annotated[dict[str, Any], Depends(_filters)]


def api(archive: Archive, turns: Turns) -> FastAPI:
    """The application to mount at ``/api/v1``. ``turns`` are shared with whoever else answers."""
    problems: dict[int | str, dict[str, Any]] = {
        status: {"model": Problem, "content": {_PROBLEM: {}}, "description": description}
        for status, description in (
            (404, "L'adresse ou l'article n'existe pas."),
            (422, "La demande ne peut pas être comprise."),
            (429, "Trop de questions à la fois."),
            (503, "L'archive ne peut pas être lue."),
        )
    }
    app = FastAPI(
        title="brief_qa",
        version="1",
        summary=words.API,
        docs_url=None,  # they load scripts from elsewhere
        redoc_url=None,
        responses=problems,
    )
    app.add_exception_handler(RequestValidationError, _misunderstood)
    app.add_exception_handler(HTTPException, _refused)
    app.add_exception_handler(BriefQAError, _failed)

    @app.get("/search", response_model=SearchReply, summary="Chercher des passages")
    def search(
        q: Annotated[
            str,
            Query(
                description="Une question ou des mots.",
                min_length=1,
                max_length=QUESTION_LIMIT,
                examples=["ministre de l'Intérieur à Rabat"],
            ),
        ],
        filters: FilterQuery,
        k: Annotated[int, Query(ge=1, le=MOST, description="Passages rendus, au plus.")] = 10,
        per_article: Annotated[int, Query(ge=1, le=10)] = 1,
        read_dates: bool = True,
    ) -> Response:
        """Les passages les plus proches, le meilleur d'abord."""
        periods: list[Period] = []
        hits = archive.search(
            q,
            k,
            **filters,
            per_article=per_article,
            read_dates=read_dates,
            on_period=periods.append,
        )
        return _json({"question": q, "period": periods[0] if periods else None, "hits": hits})

    @app.post(
        "/ask",
        response_model=Answer,
        summary="Poser une question",
        responses={200: {"content": {_EVENTS: {}}}},
    )
    async def ask(
        body: AskBody, request: Request, accept: Annotated[str, Header()] = "*/*"
    ) -> Response:
        """Une réponse faite de citations numérotées, ou un refus et ce qui est proche.

        Avec « Accept: text/event-stream », trois sortes d'événements : `hits` (ce qui a été
        trouvé), `sentence` (la réponse jusque-là, avec un modèle de langue), puis `answer`, ou
        `problem`.
        """
        reader = request.client.host if request.client else ""
        try:
            async with aclosing(turns.wait(reader)) as line:
                async for _ in line:
                    pass
        except Full as full:
            raise HTTPException(429, words.TOO_MANY, {"Retry-After": _AGAIN_AFTER}) from full
        asking = _Asking(archive, body, lambda: turns.done(reader))
        if _EVENTS in accept:
            return StreamingResponse(asking.events(), media_type=_EVENTS)
        return _json({"question": body.question, **jsonable(await asking.answer())})

    @app.get("/articles", response_model=ArticlesReply, summary="Lister les articles")
    def articles(
        filters: FilterQuery,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
        after: Annotated[
            str | None, Query(description="Le « next » de la réponse d'avant.")
        ] = None,
    ) -> Response:
        """Les articles qui répondent aux filtres, le plus récent d'abord."""
        found = archive.articles(**filters, after=place(after))
        some = [one for _, one in zip(range(limit + 1), found, strict=False)]
        more = len(some) > limit
        goes_on = cursor(some[limit - 1]) if more else None
        return _json({"articles": some[:limit], "more": more, "next": goes_on})

    @app.get("/articles/{id:path}", response_model=Article, summary="Lire un article")
    def article(id: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        """L'article entier, tel qu'il est maintenant."""
        found = archive.article(id)
        if found is None:
            raise HTTPException(404, words.NO_SUCH_ARTICLE)
        reply = _json(found)
        tag = f'"{hashlib.sha256(bytes(reply.body)).hexdigest()[:32]}"'
        if if_none_match == tag:
            return Response(status_code=304, headers={"ETag": tag})
        reply.headers["ETag"] = tag
        return reply

    @app.get("/similar", response_model=list[Hit], summary="Trouver des articles semblables")
    def similar(id: str, k: Annotated[int, Query(ge=1, le=MOST)] = 5) -> Response:
        """Les articles qui disent ce qui est le plus proche, chacun par son meilleur passage."""
        if archive.article(id) is None:
            raise HTTPException(404, words.NO_SUCH_ARTICLE)
        return _json(archive.similar(id, k))

    @app.get("/stats", response_model=Stats, summary="Compter")
    def stats() -> Response:
        """Ce que l'archive contient."""
        return _json(archive.stats())

    return app


class _Asking:
    """One question being answered in a thread of its own."""

    def __init__(self, archive: Archive, body: AskBody, done: Callable[[], None]) -> None:
        self._loop = asyncio.get_running_loop()
        self._steps: asyncio.Queue[tuple[str, Any] | None] = asyncio.Queue()
        self._stop = threading.Event()
        given = body.model_dump()
        self._answer = asyncio.ensure_future(
            asyncio.to_thread(
                archive.ask,
                given.pop("question"),
                given.pop("history"),
                **given,
                on_hits=lambda hits: self._tell("hits", hits),
                on_sentence=lambda answer: self._tell("sentence", answer),
                stop=self._stop,
            )
        )
        self._answer.add_done_callback(lambda _: self._ended(done))

    async def answer(self) -> Answer:
        """The answer alone. A client that goes away ends it at its next step."""
        try:
            return await asyncio.shield(self._answer)
        finally:
            self._stop.set()

    async def events(self) -> AsyncIterator[bytes]:
        """What is found, what is written, then the answer, as server-sent events."""
        try:
            while (step := await self._steps.get()) is not None:
                yield _event(*step)
            yield _event("answer", await self._answer)
        except BriefQAError as error:
            yield _event("problem", _problem(_status_of(error), str(error)))
        except Exception:
            _log.exception("question restée sans réponse")
            yield _event("problem", _problem(500, words.UNFORESEEN))
        finally:
            self._stop.set()

    def _ended(self, done: Callable[[], None]) -> None:
        done()
        self._steps.put_nowait(None)
        if not self._answer.cancelled():
            self._answer.exception()  # looked at: the client may be gone

    def _tell(self, name: str, value: Any) -> None:
        self._loop.call_soon_threadsafe(self._steps.put_nowait, (name, value))


def _event(name: str, value: object) -> bytes:
    return f"event: {name}\ndata: {_text(value)}\n\n".encode("utf-8", "replace")


def _text(value: object) -> str:
    return json.dumps(jsonable(value), ensure_ascii=False, allow_nan=False)


def _json(value: object) -> Response:
    # Half a character, which JSON input can hold, has no UTF-8.
    return Response(_text(value).encode("utf-8", "replace"), media_type="application/json")


# -- problems --------------------------------------------------------------------------------


_TITLES = {
    404: "Introuvable",
    405: "Méthode refusée",
    422: "Demande impossible",
    429: "Trop de demandes",
    500: "Erreur imprévue",
    503: "Archive illisible",
}


def _problem(status: int, detail: str) -> dict[str, Any]:
    title = _TITLES.get(status, "Demande refusée")
    return {"type": "about:blank", "title": title, "status": status, "detail": detail}


def _reply(status: int, detail: str, headers: dict[str, str] | None = None) -> Response:
    body = _text(_problem(status, detail)).encode("utf-8", "replace")
    return Response(body, status, headers, media_type=_PROBLEM)


def _status_of(error: BriefQAError) -> int:
    if isinstance(error, InputError):
        return 422
    return 503 if isinstance(error, ArchiveError) else 500


def _failed(request: Request, error: Exception) -> Response:
    assert isinstance(error, BriefQAError)
    return _reply(_status_of(error), str(error))


def _refused(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    detail = error.detail if error.status_code in (404, 429) else words.CLOSED
    if error.status_code == 404 and detail == "Not Found":
        detail = words.CLOSED
    return _reply(error.status_code, detail, dict(error.headers or {}))


def _misunderstood(request: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)
    told = "; ".join(map(_fault, error.errors()))
    return _reply(422, told)


_FAULTS: dict[str, str] = {
    "missing": "il manque",
    "extra_forbidden": "n'est pas un champ connu",
    "json_invalid": "le corps n'est pas du JSON",
    "string_too_short": "est vide",
    "string_too_long": "est trop long : {max_length} caractères au plus",
    "too_long": "est trop long : {max_length} au plus",
    "greater_than_equal": "doit être d'au moins {ge}",
    "less_than_equal": "doit être d'au plus {le}",
    "int_parsing": "doit être un nombre entier",
    "bool_parsing": "doit être true ou false",
    "bool_type": "doit être true ou false",
    "string_type": "doit être un texte",
    "literal_error": "doit être {expected}",
}


def _fault(fault: dict[str, Any]) -> str:
    where = ".".join(str(part) for part in fault["loc"][1:]) or "corps"
    said = _FAULTS.get(fault["type"], "ne convient pas")
    expected = str(fault.get("ctx", {}).get("expected", "")).replace(" or ", " ou ")
    return f"« {where} » : {said.format(**{**fault.get('ctx', {}), 'expected': expected})}"


def health(archive: Archive) -> tuple[Callable[..., Response], Callable[..., Response]]:
    """What answers ``/health/live`` and ``/health/ready``."""

    def live(request: Request) -> Response:
        return _json({"status": "ok"})

    def ready(request: Request) -> Response:
        try:
            coverage = archive.coverage()
        except BriefQAError as error:
            return _reply(503, str(error))
        return _json({"status": "ok", "articles": coverage.articles})

    return live, ready
