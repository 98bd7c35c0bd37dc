"""What may be written to an archive over the network: each write logged under the key's name."""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

from brief_qa import doctor
from brief_qa.archive import Archive
from brief_qa.audit import Audit, Deed
from brief_qa.domain import Article, IngestReport
from brief_qa.errors import ArchiveError
from brief_qa.identity import article_id
from brief_qa.ingest import Progress
from brief_qa.remote import Fetch, Remote
from brief_qa.web import words
from brief_qa.web.typography import count

Expected = Callable[[Article | None], bool]
"""Whether the article now held under an id, None when there is none, is as it must be."""


@dataclass(frozen=True, slots=True)
class Written:
    """What became of an article that was to be written."""

    before: Article | None
    """What was held under its id."""
    after: Article | None
    """What is held now."""
    report: IngestReport | None
    """None when what was held was not as expected: nothing was done."""


class Stopped(ArchiveError):
    """The server ends before an ingest does."""


class Writes:
    """The writer of one server. Safe to use from any thread.

    Of two writes of one article through this server, the second sees what the first did; another
    process that writes between the look and the write is not noticed.
    """

    def __init__(self, archive: Archive, fetch: Fetch | None = None) -> None:
        """Nothing is written yet. ``fetch`` gets pages by their addresses; None forbids that."""
        self._archive = archive
        self._fetch = fetch
        self._log = Audit(archive.folder)
        self._one = threading.Lock()
        self._stopping = threading.Event()

    def stop(self) -> None:
        """End every ingest after the batch that it is at, for the server to end."""
        self._stopping.set()

    @property
    def log(self) -> Audit:
        """What was written so far."""
        return self._log

    def put(
        self, who: str, article: Article, expected: Expected, deed: Deed | None = None
    ) -> Written:
        """Add an article or take the place of the one of its id, also if it was deleted."""
        article = replace(article, id=article_id(article))
        with self._one:
            before = self._archive.article(article.id)
            if not expected(before):
                return Written(before, before, None)
            report = self._archive.ingest([article])
        if report.article_ids:
            self._log.record(who, deed or ("replace" if before else "add"), report.article_ids)
        return Written(before, self._archive.article(article.id), report)

    def delete(self, who: str, article_id: str, expected: Expected) -> Written:
        """Remove an article: :attr:`Written.after` is None when it is gone."""
        with self._one:
            before = self._archive.article(article_id)
            if before is None or not expected(before):
                return Written(before, before, None)
            self._archive.delete(article_id)
        self._log.record(who, "delete", [article_id])
        return Written(before, None, IngestReport())

    def ingest(
        self,
        who: str,
        folder: Path,
        *,
        restore: bool = False,
        progress: Callable[[Progress], None] | None = None,
    ) -> IngestReport:
        """Take in the pages of a folder that holds them for now only. Raises Stopped."""

        def advanced(done: Progress) -> None:
            if progress:
                progress(done)
            if self._stopping.is_set():
                raise Stopped(words.STOPPING.format(articles=count(done.articles, "article")))

        return self._taken_in(
            *(who, "ingest", [folder]), restore=restore, progress=advanced, root=folder
        )

    @property
    def may_fetch(self) -> bool:
        """Whether pages may be added by their addresses."""
        return self._fetch is not None

    def fetch(self, who: str, address: str, *, restore: bool = False) -> IngestReport:
        """Take in what an address of the web gives, where :attr:`may_fetch` is true."""
        assert self._fetch is not None
        return self._taken_in(who, "fetch", [Remote(address, self._fetch)], restore=restore)

    def _taken_in(
        self,
        who: str,
        deed: Deed,
        source: Sequence[Path | Remote],
        *,
        restore: bool,
        progress: Callable[[Progress], None] | None = None,
        root: Path | None = None,
    ) -> IngestReport:
        try:
            report = self._archive.ingest(source, restore=restore, progress=progress, root=root)
        except BaseException:  # after some batches, maybe, of which nobody knows the articles now
            self._log.record(who, deed)
            raise
        if report.article_ids:
            self._log.record(who, deed, report.article_ids)
        return report

    def reindex(self, who: str) -> list[str]:
        """Make again what is derived and wrong, as ``doctor --repair``; what was done."""
        done = doctor.repair(self._archive.folder, lambda _: self._archive.encoder)
        self._log.record(who, "reindex")
        return done
