"""The archive page and what an administrator does there: sign in, add, delete, undo, reindex.

Each action is a form that a page of this site sent, in a session of an admin key; it leaves what
came of it in the session and leads back to the page, which shows it. Nothing here needs a script.
"""

from __future__ import annotations

import logging
import re
import tempfile
import threading
from collections.abc import Awaitable, Callable, Iterable
from contextlib import ExitStack
from dataclasses import replace
from datetime import date
from pathlib import Path

from starlette.concurrency import run_in_threadpool
from starlette.requests import ClientDisconnect, Request
from starlette.responses import HTMLResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from brief_qa.archive import Archive
from brief_qa.domain import Article, IngestReport
from brief_qa.errors import BriefQAError, InputError
from brief_qa.versions import now
from brief_qa.web import render, words
from brief_qa.web.access import (
    COOKIE,
    LASTS,
    Access,
    Said,
    Session,
    TooManyWrong,
    same_site,
)
from brief_qa.web.api.replies import EVENTS, events
from brief_qa.web.asking import Tell, Work, reader_of
from brief_qa.web.render_admin import OUTCOME, Administration, told_of
from brief_qa.web.render_archive import HERE, Holding, archive_html, sign_in_html
from brief_qa.web.uploads import Upload, UploadTooLarge
from brief_qa.web.writes import Writes

_log = logging.getLogger(__name__)
_SHOWN = 20
"""Articles listed, of a report and of those found by title."""
_ENTRIES = 30
_BACK = re.compile(r"(?:article|recherche|archive)?(?:\?[^#]*)?")
"""Where one may be led on to, having signed in: pages of this site."""
_SIGNED_OUT = "deconnexion"
"""The parameter by which the archive page says that a session has ended."""
_NEVER_KEPT = {"Cache-Control": "no-store"}

Handler = Callable[[Request], Awaitable[Response]]


def routes(archive: Archive, access: Access, writes: Writes) -> list[Route]:
    """The archive page, signing in and out, and each action."""
    desk = _Desk(archive, access, writes)
    pages: dict[str, Handler] = {"archive": desk.page, "connexion": desk.door}
    actions: dict[str, Handler] = {
        "connexion": desk.sign_in,
        "deconnexion": desk.sign_out,
        "ajouter": desk.add,
        "supprimer": desk.delete,
        "retablir": desk.undo,
        "reindexer": desk.reindex,
    }
    shown = dict.fromkeys(actions, _to_the_archive) | pages
    return [
        *(Route(f"/{name}", handler, methods=["GET"]) for name, handler in shown.items()),
        *(Route(f"/{name}", _from_here(one), methods=["POST"]) for name, one in actions.items()),
    ]


async def _to_the_archive(request: Request) -> Response:
    """Where who types the address of an action, or has kept it, wanted to go: nothing is done."""
    return RedirectResponse(HERE, 303)


def _from_here(handler: Handler) -> Handler:
    """The handler, for what a page of this site sends."""

    async def guarded(request: Request) -> Response:
        if same_site(request):
            return await handler(request)
        return HTMLResponse(render.notice_html(words.FOREIGN_FORM), 403)

    return guarded


class _Desk:
    """The pages and actions of one archive."""

    def __init__(self, archive: Archive, access: Access, writes: Writes) -> None:
        self._archive = archive
        self._access = access
        self._writes = writes

    async def page(self, request: Request) -> Response:
        """Show what the archive holds, and to an administrator what can be done with it."""
        session, administrator = self._access.session(request), self._administrator(request)
        title_words = request.query_params.get("titre", "")

        def made() -> str:
            archive = self._archive
            holding = Holding(archive.stats(), archive.read_only, date.today())
            desk = self._administration(administrator, title_words) if administrator else None
            reader = session.key.name if session else ""
            signed_out = session is None and _SIGNED_OUT in request.query_params
            return archive_html(holding, desk, reader, signed_out=signed_out)

        return HTMLResponse(await run_in_threadpool(made), headers=_NEVER_KEPT)

    def _administration(self, session: Session, title_words: str) -> Administration:
        outcome = session.outcome
        ids = outcome.article_ids[:_SHOWN] if isinstance(outcome, IngestReport) else ()
        log = self._writes.log.latest(_ENTRIES)
        return Administration(
            name=session.key.name,
            outcome=outcome,
            ended=session.ended,
            written=list(self._held(ids).values()),
            deleted=list(session.deleted),
            title_words=title_words,
            found=self._archive.titled(title_words, _SHOWN) if title_words.strip() else (),
            log=log,
            named=self._held(told_of(log)),
            now=now().astimezone(),
        )

    def _held(self, ids: Iterable[str]) -> dict[str, Article]:
        """Those that the archive has."""
        return {id: one for id in ids if (one := self._archive.article(id))}

    # -- signing in and out ------------------------------------------------------------

    async def door(self, request: Request) -> Response:
        """Ask for a key."""
        return self._asked(_back(request.query_params.get("suite", HERE)))

    async def sign_in(self, request: Request) -> Response:
        """Open a session for a key that may, and lead on; or say why not."""
        form = await request.form()
        back = _back(str(form.get("suite", HERE)))
        try:
            key = await self._access.key_of(str(form.get("cle", "")).strip(), reader_of(request))
        except TooManyWrong as wait:
            said = words.TOO_MANY_WRONG.format(seconds=wait.seconds)
            return self._asked(back, said, 429, {"Retry-After": str(wait.seconds)})
        except BriefQAError as error:  # the keys cannot be read
            return self._asked(back, str(error), 503)
        if key is None:
            return self._asked(back, words.WRONG_KEY, 403)
        if not (key.may("admin") or self._access.require_key):
            return self._asked(back, words.NOT_ADMIN, 403)
        self._access.close(request)
        reply = RedirectResponse(f"./{back}", 303)
        reply.set_cookie(
            COOKIE,
            self._access.open(key),
            max_age=LASTS,
            secure=request.url.scheme == "https",
            httponly=True,
            samesite="strict",
        )
        return reply

    def _asked(
        self, back: str, trouble: str = "", status: int = 200, headers: dict[str, str] | None = None
    ) -> Response:
        page = sign_in_html(back, reading=self._access.require_key, trouble=trouble)
        return HTMLResponse(page, status, {**_NEVER_KEPT, **(headers or {})})

    async def sign_out(self, request: Request) -> Response:
        """End the session."""
        self._access.close(request)
        reply = RedirectResponse(f"{HERE}?{_SIGNED_OUT}", 303)
        reply.delete_cookie(COOKIE, httponly=True, samesite="strict")
        return reply

    # -- actions -----------------------------------------------------------------------

    async def add(self, request: Request) -> Response:
        """Take in the files that a form sends; told step by step to a script that asks for it."""
        session = self._administrator(request)
        if session is None:
            return _to_the_door()
        with ExitStack() as given_up:
            folder = given_up.enter_context(tempfile.TemporaryDirectory(prefix="brief_qa-"))
            try:
                upload = Upload(Path(folder), request.headers.get("content-type", ""))
                await upload.receive(request.stream())
            except ClientDisconnect:
                return Response(status_code=400)  # nobody reads it
            except InputError as error:
                session.tell(Said(str(error), trouble=True))
                status = 413 if isinstance(error, UploadTooLarge) else 400
                return HTMLResponse(render.notice_html(str(error)), status)
            held = given_up.pop_all()  # from here on, the work lets the folder go

        def taken_in(tell: Tell, _: threading.Event) -> None:
            with held:
                self._do(session, lambda: self._taken_in(session, upload, Path(folder), tell))

        work = Work(taken_in)
        if EVENTS in request.headers.get("accept", ""):
            return StreamingResponse(events(work, "done"), media_type=EVENTS)
        await work.result()
        return _to_the_page()

    def _taken_in(
        self, session: Session, upload: Upload, folder: Path, tell: Tell
    ) -> IngestReport | Said:
        if not upload.files:
            return Said(words.NO_FILE, trouble=True)
        report = self._writes.ingest(
            session.key.name,
            folder,
            restore="reprendre" in upload.fields,
            progress=lambda done: tell("progress", done),
        )
        return replace(report, rejected=(*upload.refused, *report.rejected))

    async def delete(self, request: Request) -> Response:
        """Delete an article, kept in the session for whoever changes their mind."""

        def deleted(session: Session, id: str) -> Said:
            before = self._writes.delete(session.key.name, id, lambda _: True).before
            if before is None:
                return Said(words.NO_SUCH_ARTICLE, trouble=True)
            session.deleted.appendleft(before)
            return Said(words.DELETED.format(title=_title(before)), undo=before)

        return await self._on_one(request, deleted)

    async def undo(self, request: Request) -> Response:
        """Bring back an article that this session deleted."""

        def brought_back(session: Session, id: str) -> Said:
            article = next((one for one in session.deleted if one.id == id), None)
            if article is None:
                return Said(words.NOT_UNDONE, trouble=True)
            name = session.key.name
            if self._writes.put(name, article, lambda held: held is None, "restore").after is None:
                return Said(words.SAME_WORDS, trouble=True)
            session.deleted.remove(article)
            return Said(words.UNDONE.format(title=_title(article)))

        return await self._on_one(request, brought_back)

    async def reindex(self, request: Request) -> Response:
        """Make again what is derived and wrong."""

        def reindexed(session: Session, _: str) -> Said:
            done = self._writes.reindex(session.key.name)
            said = words.REINDEXED.format(done=", ".join(done))
            return Said(said if done else words.NOTHING_TO_REINDEX)

        return await self._on_one(request, reindexed)

    async def _on_one(self, request: Request, act: Callable[[Session, str], Said]) -> Response:
        """Do something to the article that a form names, for an administrator."""
        session = self._administrator(request)
        if session is None:
            return _to_the_door()
        id = str((await request.form()).get("id", ""))
        await run_in_threadpool(self._do, session, lambda: act(session, id))
        return _to_the_page()

    def _do(self, session: Session, act: Callable[[], IngestReport | Said]) -> None:
        """Act, and keep what came of it for the page, whatever that is."""
        try:
            session.tell(act())
        except BriefQAError as error:
            session.tell(Said(str(error), trouble=True))
        except Exception:
            _log.exception("action restée sans effet")
            session.tell(Said(words.UNFORESEEN, trouble=True))

    def _administrator(self, request: Request) -> Session | None:
        session = self._access.session(request)
        return session if session and session.key.may("admin") else None


def _back(given: str) -> str:
    return given if _BACK.fullmatch(given) else HERE


def _to_the_door() -> Response:
    return RedirectResponse(f"connexion?suite={HERE}", 303)


def _to_the_page() -> Response:
    return RedirectResponse(f"{HERE}#{OUTCOME}", 303)


def _title(article: Article) -> str:
    return article.title.strip() or words.UNTITLED
