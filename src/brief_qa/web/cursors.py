"""Cursors: where a list of articles goes on, as a word that a client hands back as it got it."""

from __future__ import annotations

import base64
import binascii
import json
from datetime import date

from brief_qa.domain import Article
from brief_qa.errors import InputError
from brief_qa.views import Place


def cursor(article: Article) -> str:
    """The word for the place of an article."""
    place = [article.published and article.published.isoformat(), article.id]
    return base64.urlsafe_b64encode(json.dumps(place).encode()).decode().rstrip("=")


def place(word: str | None) -> Place | None:
    """The place that a word stands for. Raises InputError for any other word."""
    if word is None:
        return None
    try:
        day, article_id = json.loads(base64.urlsafe_b64decode(word + "=" * (-len(word) % 4)))
        return date.fromisoformat(day) if day is not None else None, str(article_id)
    except (ValueError, TypeError, binascii.Error) as error:
        raise InputError(
            f"« {word[:80]} » ne dit pas où continuer. Donnez à « after » le « next » d'une "
            "réponse, tel quel."
        ) from error
