"""What the API writes: articles added, replaced, deleted, taken in by the thousand."""

from __future__ import annotations

import shutil
import tempfile
import threading
from pathlib import Path
from typing import Annotated
from urllib.parse import quote

from fastapi import APIRouter, Depends, Header, Query, Request
from fastapi.responses import Response, StreamingResponse
from fastapi.security import HTTPBearer
from pydantic import Field
from starlette.exceptions import HTTPException
from starlette.requests import ClientDisconnect

from brief_qa.domain import Article, IngestReport
from brief_qa.errors import InputError
from brief_qa.facets import as_day
from brief_qa.identity import ID_LIMIT, article_id, content_digest, http_url
from brief_qa.ingest import Progress
from brief_qa.keys import Key
from brief_qa.web import words
from brief_qa.web.access import Access, TooManyWrong
from brief_qa.web.api.described import ETAG, LOCATION, refusals
from brief_qa.web.api.models import Accept, ArticleBody, FetchBody
from brief_qa.web.api.replies import EVENTS, as_json, events, tag
from brief_qa.web.asking import AGAIN_AFTER, Tell, Work
from brief_qa.web.door import CHALLENGE
from brief_qa.web.uploads import too_large
from brief_qa.web.writes import Expected, Writes, Written

BULK = "articles.jsonl"
"""What a bulk is read as, and named in its report."""
_ANY_TAG = "*"


_bearer = HTTPBearer(auto_error=False, description="Une clé de « brief-qa key create ».")


async def _writer(request: Request, _: Annotated[object, Depends(_bearer)]) -> Key:
    """The key of a request, which may write. Raises HTTPException."""
    access: Access = request.app.state.access
    try:
        key = await access.bearer(request)
    except TooManyWrong as wait:
        said = words.TOO_MANY_WRONG.format(seconds=wait.seconds)
        raise HTTPException(429, said, {"Retry-After": str(wait.seconds)}) from wait
    if key is None:
        given = "authorization" in request.headers
        raise HTTPException(401, words.WRONG_KEY if given else words.NEEDS_KEY, CHALLENGE)
    if not key.may("write"):
        wider = {"WWW-Authenticate": 'Bearer error="insufficient_scope", scope="write"'}
        raise HTTPException(403, words.NEEDS_WIDER_KEY.format(scope="write"), wider)
    return key


def _expected(
    if_match: Annotated[str | None, Header()] = None,
    if_none_match: Annotated[str | None, Header()] = None,
) -> Expected:
    """What the conditions of a request ask of the article that is held."""

    def as_expected(held: Article | None) -> bool:
        return (if_match is None or _matches(if_match, held)) and (
            if_none_match is None or not _matches(if_none_match, held)
        )

    return as_expected


Writer = Annotated[Key, Depends(_writer)]
Conditions = Annotated[Expected, Depends(_expected)]


def one_by_one(writes: Writes) -> APIRouter:
    """Articles added, replaced and deleted."""
    router = APIRouter(responses=refusals(403, 413))

    @router.post(
        "/articles",
        response_model=Article,
        status_code=201,
        summary="Ajouter un article",
        responses={201: {"headers": ETAG | LOCATION}, **refusals(409)},
    )
    def add(body: ArticleBody, key: Writer, request: Request) -> Response:
        """Un article que l'archive n'a pas. Sans `id`, elle en fait un."""
        article = _article(body, body.id)
        written = writes.put(key.name, article, lambda held: held is None)
        if written.report is None:
            raise HTTPException(409, words.ARTICLE_EXISTS.format(id=article_id(article)))
        reply = _told(written, article)
        made = quote(article_id(article), errors="replace")
        reply.headers["Location"] = f"{request.scope['root_path']}/articles/{made}"
        return reply

    @router.put(
        "/articles/{id:path}",
        response_model=Article,
        summary="Remplacer un article",
        responses={
            200: {"headers": ETAG},
            201: {"description": "L'article a été ajouté.", "model": Article, "headers": ETAG},
            **refusals(404, 409, 412),
        },
    )
    def replace(
        id: Annotated[str, Field(max_length=ID_LIMIT)],
        body: ArticleBody,
        key: Writer,
        conditions: Conditions,
    ) -> Response:
        """L'article de cet identifiant, ajouté (201) s'il n'y en avait pas."""
        if body.id not in (None, id):
            raise HTTPException(422, words.OTHER_ID.format(id=id, given=body.id))
        article = _article(body, id)
        written = writes.put(key.name, article, conditions)
        if written.report is None:
            raise HTTPException(412, words.ARTICLE_CHANGED)
        return _told(written, article)

    @router.delete(
        "/articles/{id:path}",
        status_code=204,
        summary="Supprimer un article",
        responses=refusals(404, 412),
    )
    def delete(id: str, key: Writer, conditions: Conditions) -> Response:
        """L'article n'est plus dans aucune réponse dès la suivante."""
        written = writes.delete(key.name, id, conditions)
        if written.before is None:
            raise HTTPException(404, words.NO_SUCH_ARTICLE)
        if written.report is None:
            raise HTTPException(412, words.ARTICLE_CHANGED)
        return Response(status_code=204)

    return router


def in_bulk(writes: Writes) -> APIRouter:
    """Articles taken in by the thousand."""
    router = APIRouter(responses=refusals(403, 413))

    @router.post(
        "/articles/bulk",
        response_model=IngestReport,
        summary="Ajouter beaucoup d'articles",
        responses={200: {"content": {EVENTS: {}}}},
        openapi_extra={"requestBody": {"content": {"application/jsonl": {}}}},
    )
    async def bulk(
        request: Request,
        key: Writer,
        restore: Annotated[bool, Query(description="Reprendre aussi les supprimés.")] = False,
        accept: Accept = "*/*",
    ) -> Response:
        """Des enregistrements en JSONL, comme « brief-qa ingest » les lit ; rend le rapport.

        Avec « Accept: text/event-stream », des événements `progress`, puis `report`, ou `problem`.
        """
        folder = await _received(request)

        def taken_in(tell: Tell, _: threading.Event) -> IngestReport:
            def progress(done: Progress) -> None:
                tell("progress", done)

            try:
                return writes.ingest(key.name, folder, restore=restore, progress=progress)
            finally:
                shutil.rmtree(folder, ignore_errors=True)

        taking = Work(taken_in)
        if EVENTS in accept:
            return StreamingResponse(events(taking, "report"), media_type=EVENTS)
        return as_json(await taking.result())

    return router


FETCHES = 4
"""Pages fetched at once for all: each may hold a thread, and so many megabytes, for a while."""


def from_the_web(writes: Writes) -> APIRouter:
    """Pages taken in by their addresses, where the server was told that they may be."""
    router = APIRouter(responses=refusals(403, 413, 429))
    places = threading.BoundedSemaphore(FETCHES)

    @router.post(
        "/articles/fetch", response_model=IngestReport, summary="Ajouter une page par son adresse"
    )
    def fetch(body: FetchBody, key: Writer) -> Response:
        """La page est prise sur le Web public et lue comme par « brief-qa ingest » ; le rapport."""
        if not writes.may_fetch:
            raise HTTPException(403, words.NO_FETCHING)
        if not places.acquire(blocking=False):
            again = {"Retry-After": str(AGAIN_AFTER)}
            raise HTTPException(429, words.TOO_MANY_FETCHES, again)
        try:
            report = writes.fetch(key.name, body.url, restore=body.restore)
        finally:
            places.release()
        taken = report.added + report.updated + report.unchanged + len(report.withheld)
        if report.rejected and not taken:
            raise InputError(report.rejected[0].reason)
        return as_json(report)

    return router


def _matches(tags: str, held: Article | None) -> bool:
    """Whether a header's list of tags has the one of the article (RFC 9110, strong)."""
    if held is None:
        return False
    return tags.strip() == _ANY_TAG or tag(held) in (one.strip() for one in tags.split(","))


def _article(body: ArticleBody, id: str | None) -> Article:
    """The article that a request gives. Raises InputError on a day or an address that is none."""
    if body.url is not None and http_url(body.url) is None:
        raise InputError(f"« {body.url[:80]} » n'est pas une adresse http ou https.")
    published, updated = as_day(body.published), as_day(body.updated)
    return Article(
        id=id or "",
        title=body.title,
        body=body.body,
        url=body.url,
        source=body.source,
        published=published,
        updated=updated,
        authors=tuple(body.authors),
        section=body.section,
        kind=body.kind,
        parent_id=body.parent_id,
        date_origin=body.date_origin or ("field" if published else "none"),
    )


def _told(written: Written, sent: Article) -> Response:
    """The article as it now is. Raises HTTPException where it is not what was sent."""
    report, after = written.report, written.after
    if report and report.rejected:
        raise HTTPException(422, report.rejected[0].reason)
    if after is None:
        raise HTTPException(409, words.SAME_WORDS)
    if report and report.unchanged and content_digest(after) != content_digest(sent):
        raise HTTPException(409, words.LATER_VERSION)
    return as_json(after, 200 if written.before else 201, {"ETag": tag(after)})


async def _received(request: Request) -> Path:
    """The body in a file of a folder of its own, never whole in memory."""
    folder = Path(tempfile.mkdtemp(prefix="brief_qa-"))
    try:
        with (folder / BULK).open("wb") as file:
            async for piece in request.stream():
                file.write(piece)
    except BaseException as error:
        shutil.rmtree(folder, ignore_errors=True)
        if isinstance(error, ClientDisconnect):  # gone, or stopped for sending too much
            raise HTTPException(413, too_large()) from error
        raise
    return folder
