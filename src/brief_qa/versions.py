"""What distinguishes two versions of an article, told without any of its words.

A corrected text must be gone: what is kept of the old one is how many of its words went.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime

from brief_qa.domain import Article, Aspect, Version

Clock = Callable[[], datetime]
"""What tells the time; the moment has a zone."""
_WORD = re.compile(r"\w+")


def now() -> datetime:
    """The time, in UTC."""
    return datetime.now(UTC)


def version(at: datetime, before: Article | None, after: Article) -> Version | None:
    """What an article is from now on, beside what it was; None when it is the same."""
    if before is None:
        return Version(at, ("new",))
    aspects: dict[Aspect, bool] = {
        "text": before.body != after.body,
        "title": before.title != after.title,
        "date": (before.published, before.updated) != (after.published, after.updated),
        "facts": _facts(before) != _facts(after),
    }
    changed = tuple(aspect for aspect, differs in aspects.items() if differs)
    if not changed:
        return None
    old, new = (Counter(_WORD.findall(one.body.casefold())) for one in (before, after))
    return Version(at, changed, added=(new - old).total(), removed=(old - new).total())


def _facts(article: Article) -> tuple[object, ...]:
    return (article.url, article.source, article.authors, article.section, article.kind)
