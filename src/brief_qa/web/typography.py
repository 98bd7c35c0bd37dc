"""French typography, for what is shown: periods, counts, spaces that must not break.

Text that comes from articles and questions is untrusted: :func:`shown` is the only way by
which it enters a page.
"""

from __future__ import annotations

import re
from datetime import date
from html import escape

from brief_qa.dates import format_date
from brief_qa.texts import UNSEEN, number

_NARROW = "\N{NARROW NO-BREAK SPACE}"
_NO_BREAK = "\N{NO-BREAK SPACE}"
_UNBREAKABLE = re.compile(r" (?=[;:!?»%€])|(?<=«) |(?<=\d) (?=h \d\d)|(?<=\d h) (?=\d\d)")
"""Around signs, and in the time of day."""
_THOUSANDS = re.compile(r"(?<![\d.,])\d{1,3}(?: \d{3})+\b")


def shown(text: str) -> str:
    """Untrusted text as HTML that shows it and does nothing else, in content or in attributes.

    Spaces that French does not break at become unbreakable; nothing visible changes.
    """
    text = _UNBREAKABLE.sub(_NO_BREAK, UNSEEN.sub("", text))
    return escape(_THOUSANDS.sub(lambda found: found[0].replace(" ", _NARROW), text))


def announced(message: str) -> str:
    """As :func:`shown`, a message shared with the command line: with the page's apostrophes."""
    return shown(message.replace("'", "’"))


def period(first: date | None, last: date | None) -> str:
    """``du 3 janvier 2024 au 30 octobre 2026``; empty when nothing is dated."""
    if first is None or last is None:
        return ""
    if first == last:
        return f"du {format_date(first)}"
    return f"du {format_date(first)} au {format_date(last)}"


def count(counted: int, noun: str) -> str:
    """``0 article``, ``1 article``, ``12 345 articles``: in French the plural starts at two."""
    return f"{number(counted)}{_NO_BREAK}{noun}{'s' if counted > 1 else ''}"
