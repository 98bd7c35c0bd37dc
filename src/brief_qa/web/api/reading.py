"""What the API reads: searches, answers, articles, counts."""

from __future__ import annotations

import threading
from functools import partial
from typing import Annotated

from fastapi import APIRouter, Header, Query, Request
from fastapi.responses import Response, StreamingResponse
from starlette.exceptions import HTTPException

from brief_qa.archive import Archive
from brief_qa.domain import Answer, Article, Period, Stats
from brief_qa.jsonable import jsonable
from brief_qa.questions import QUESTION_LIMIT
from brief_qa.web import words
from brief_qa.web.api.described import ETAG, FROM_ELSEWHERE, refusals
from brief_qa.web.api.models import (
    WORDED,
    Accept,
    ArticlesReply,
    AskBody,
    AskReply,
    FilterQuery,
    HitReply,
    SearchReply,
)
from brief_qa.web.api.replies import EVENTS, as_json, events, tag
from brief_qa.web.asking import AGAIN_AFTER, Tell, begun, reader_of, why_full
from brief_qa.web.cursors import cursor, place
from brief_qa.web.turns import Full, Turns

MOST = 100
"""Hits or articles of one reply, at most."""


def searching(archive: Archive) -> APIRouter:
    """Passages that are near, to a question or to an article."""
    router = APIRouter()

    @router.get(
        "/search",
        response_model=SearchReply,
        summary="Chercher des passages",
        responses=FROM_ELSEWHERE,
    )
    def search(
        q: Annotated[
            str,
            Query(
                description="Une question ou des mots.",
                min_length=1,
                max_length=QUESTION_LIMIT,
                json_schema_extra=WORDED,
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
        return as_json({"question": q, "period": periods[0] if periods else None, "hits": hits})

    @router.get(
        "/similar",
        response_model=list[HitReply],
        summary="Trouver des articles semblables",
        responses=refusals(404),
    )
    def similar(id: str, k: Annotated[int, Query(ge=1, le=MOST)] = 5) -> Response:
        """Les articles qui disent ce qui est le plus proche, chacun par son meilleur passage."""
        if archive.article(id) is None:
            raise HTTPException(404, words.NO_SUCH_ARTICLE)
        return as_json(archive.similar(id, k))

    return router


def asking(archive: Archive, turns: Turns) -> APIRouter:
    """Questions. ``turns`` are shared with whoever else answers."""
    router = APIRouter()

    @router.post(
        "/ask",
        response_model=AskReply,
        summary="Poser une question",
        responses={200: {"content": {EVENTS: {}}}, **FROM_ELSEWHERE, **refusals(413)},
    )
    async def ask(body: AskBody, request: Request, accept: Accept = "*/*") -> Response:
        """Une réponse faite de citations numérotées, ou un refus et ce qui est proche.

        Avec « Accept: text/event-stream », trois sortes d'événements : `hits` (ce qui a été
        trouvé), `sentence` (la réponse jusque-là, avec un modèle de langue), puis `answer`, ou
        `problem`.
        """
        try:
            answering = await begun(turns, reader_of(request), partial(_answer, archive, body))
        except Full as full:
            again = {"Retry-After": str(AGAIN_AFTER)}
            raise HTTPException(429, why_full(full), again) from full
        if EVENTS in accept:
            return StreamingResponse(events(answering, "answer"), media_type=EVENTS)
        return as_json({"question": body.question, **jsonable(await answering.result())})

    return router


def holding(archive: Archive) -> APIRouter:
    """What the archive holds: articles, counts."""
    router = APIRouter()

    @router.get("/articles", response_model=ArticlesReply, summary="Lister les articles")
    def articles(
        filters: FilterQuery,
        limit: Annotated[int, Query(ge=1, le=MOST)] = 20,
        after: Annotated[
            str | None,
            Query(description="Le « next » de la réponse d'avant.", examples=["W251bGwsICJhMSJd"]),
        ] = None,
        changed_since: Annotated[
            str | None,
            Query(
                description="Seulement ceux reçus ou corrigés depuis ce jour ou ce moment.",
                examples=["2024-04-22T08:30:00+01:00"],
            ),
        ] = None,
    ) -> Response:
        """Les articles qui répondent aux filtres, le plus récent d'abord."""
        found = archive.articles(**filters, changed_since=changed_since, after=place(after))
        some = [one for _, one in zip(range(limit + 1), found, strict=False)]
        more = len(some) > limit
        goes_on = cursor(some[limit - 1]) if more else None
        return as_json({"articles": some[:limit], "more": more, "next": goes_on})

    @router.get(
        "/articles/{id:path}",
        response_model=Article,
        summary="Lire un article",
        responses={
            200: {"headers": ETAG},
            304: {"description": "L'article est celui de `If-None-Match`.", "headers": ETAG},
            **refusals(404),
        },
    )
    def article(id: str, if_none_match: Annotated[str | None, Header()] = None) -> Response:
        """L'article entier, tel qu'il est maintenant."""
        found = archive.article(id)
        if found is None:
            raise HTTPException(404, words.NO_SUCH_ARTICLE)
        tagged = {"ETag": tag(found)}
        if if_none_match == tagged["ETag"]:
            return Response(status_code=304, headers=tagged)
        return as_json(found, headers=tagged)

    @router.get("/stats", response_model=Stats, summary="Compter")
    def stats() -> Response:
        """Ce que l'archive contient."""
        return as_json(archive.stats())

    return router


def _answer(archive: Archive, body: AskBody, tell: Tell, stop: threading.Event) -> Answer:
    given = body.model_dump()
    return archive.ask(
        given.pop("question"),
        given.pop("history"),
        **given,
        on_hits=lambda hits: tell("hits", hits),
        on_sentence=lambda answer: tell("sentence", answer),
        stop=stop,
    )
