"""What a batch of articles would change in the archive, decided against one view of it."""

from __future__ import annotations

from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Literal

from brief_qa.catalog import Bookkeeping
from brief_qa.domain import Arrival, Article, Withheld
from brief_qa.identity import (
    content_digest,
    derived_id,
    id_of_words,
    is_version_of,
    one_day,
    title_digest,
)
from brief_qa.views import Deletion, View

Outcome = Literal["added", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Changes:
    """What is to be stored of a batch, and what became of each article of it."""

    news: tuple[Article, ...]
    outcomes: tuple[Outcome, ...]
    """One for each article of the batch that is not withheld."""
    changed: tuple[str, ...]
    """Ids of the articles added or updated, each once, in order."""
    withheld: tuple[Withheld, ...]
    books: Bookkeeping


@dataclass(slots=True)
class _Taken:
    """An article of the batch that is not withheld."""

    arrival: Arrival
    digest: str
    id: str
    """Under which the archive holds it, then: that of another one, if that has its words."""
    outcome: Outcome


def changes(view: View, batch: Sequence[Arrival], met: AbstractSet[str], restore: bool) -> Changes:
    """Decide on a batch. What one page gives must all be in it.

    ``met`` holds the ids that pages gave in the batches before; with ``restore``, what was
    deleted is taken in like anything else.
    """
    ids = [one.article.id for one in batch]
    digests = [content_digest(one.article) for one in batch]
    held, held_digests = view.articles(ids), view.digests(ids)
    by_words = view.ids_by_digest(digests)
    pages = {one.origin for one in batch if one.origin}
    deletions = _Deletions(view.deletions(ids, digests, pages))
    news: dict[str, Article] = {}
    taken: list[_Taken] = []
    withheld: list[Withheld] = []
    restored: dict[str, None] = {}
    for arrival, digest in zip(batch, digests, strict=True):
        article = arrival.article
        if deletion := deletions.of(arrival, digest, held_digests.get(article.id)):
            if not restore:
                withheld.append(Withheld(article.id, article.title, deletion.day))
                continue
            restored[deletion.id] = None
        before = news.get(article.id) or held.get(article.id)
        if before and article.kind == "brève":  # the same teaser, at the end of another page
            article = replace(article, parent_id=before.parent_id)
        if before is None and digest in by_words and article.id == derived_id(article):
            taken.append(_Taken(arrival, digest, by_words[digest], "unchanged"))
        elif before is not None and (before == article or _is_earlier(article, before)):
            taken.append(_Taken(arrival, digest, article.id, "unchanged"))
        else:
            outcome: Outcome = "added" if before is None else "updated"
            taken.append(_Taken(arrival, digest, article.id, outcome))
            by_words.setdefault(digest, article.id)
            news[article.id] = article
    replaced, left = _replaced(view, batch, taken, met)
    for new in set(replaced.values()):
        next(one for one in taken if one.id == new).outcome = "updated"
    origins = _origins(view, taken, met) | dict.fromkeys(left, None)
    return Changes(
        news=tuple(news.values()),
        outcomes=tuple(one.outcome for one in taken),
        changed=tuple(dict.fromkeys(one.id for one in taken if one.outcome != "unchanged")),
        withheld=tuple(withheld),
        books=Bookkeeping(replaced, origins, tuple(restored)),
    )


class _Deletions:
    """Deletions to look articles up in."""

    def __init__(self, deletions: Sequence[Deletion]) -> None:
        self._by_id = {one.id: one for one in deletions}
        self._by_digest = {one.digest: one for one in deletions}
        pages = ((one.page, one.title_digest, one) for one in deletions)
        self._by_page = {(page, title): one for page, title, one in pages if page}

    def of(self, arrival: Arrival, digest: str, held_digest: str | None) -> Deletion | None:
        """The deletion that stands against an article.

        One with the words of another that was deleted is no matter where the archive holds it
        with these words: who deleted the other left it.
        """
        if by_id := self._by_id.get(arrival.article.id):
            return by_id
        by_words = self._by_digest.get(digest) if digest != held_digest else None
        return by_words or (self._corrected(arrival) if held_digest is None else None)

    def _corrected(self, arrival: Arrival) -> Deletion | None:
        """The deletion of what this page said under this title, for the same day if it tells it."""
        article = arrival.article
        found = self._by_page.get((arrival.origin or "", title_digest(article.title)))
        mine = article.id == derived_id(article)
        return found if found and mine and one_day(found.published, article.published) else None


# -- pages that change their words -----------------------------------------------------------


def _origins(view: View, taken: Sequence[_Taken], met: AbstractSet[str]) -> dict[str, str | None]:
    """Which page gives an article that has nothing but its words, where that is news.

    Of copies of a page, the first of an ingest counts. So a folder that was moved is known
    under its new name, and two copies do not take the article from each other every night.
    """
    pages: dict[str, str] = {}
    for one in taken:
        its_own = one.arrival.article.id == one.id == id_of_words(one.digest)
        if its_own and one.arrival.origin and one.id not in met:
            pages.setdefault(one.id, one.arrival.origin)
    remembered = view.origins(pages)
    return {one: page for one, page in pages.items() if remembered.get(one) != page}


def _replaced(
    view: View, batch: Sequence[Arrival], taken: Sequence[_Taken], met: AbstractSet[str]
) -> tuple[dict[str, str], list[str]]:
    """(old version → new one) for the pages of a batch, and what else they no longer give.

    What a page newly gives takes the place of what it no longer gives, if it is a version of
    that. What no page of this ingest gives, and nothing takes the place of, stays in the
    archive and is that page's no more: a file used for another article every day keeps all.
    """
    given_before = view.given_by({one.origin for one in batch if one.origin})
    seen = met | {one.article.id for one in batch} | {one.id for one in taken}
    gone = [one for one in given_before if one not in seen]
    new: dict[str, list[_Taken]] = {}
    for one in taken if gone else ():
        if (page := one.arrival.origin) and given_before.get(one.id) != page:
            new.setdefault(page, []).append(one)
    replaced: dict[str, str] = {}
    compared = 0
    for old in view.articles(gone).values():
        for one in new.get(given_before[old.id], ()):
            compared += 1
            if compared <= _COMPARED and is_version_of(one.arrival.article, old):
                replaced[old.id] = one.id
                break
    return replaced, [one for one in gone if one not in replaced]


_COMPARED = 10_000
"""Pairs of articles compared for a batch: enough for a hundred new teasers on a page, and an
end to a page of thousands. What is not compared is kept."""


# -- the same article again ------------------------------------------------------------------


def _is_earlier(article: Article, held: Article) -> bool:
    """Is it, by its own dates, a version before the one held?

    A correction is not undone by the page it corrected, whichever of the two is met last.
    """
    told = article.updated or article.published
    out_together = article.published == held.published
    return bool(out_together and held.updated and told and told < held.updated)
