"""Questions that a passage almost answers: one name or one year of the question is another.

What an archive shows for "Combien coûtera la ligne C ?" is the article on line B. A reader that
has seen only whole passages exchanged never learns to look at such a word.
"""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

_WORD = r"[A-ZÀ-Ý][\w’'-]*"
_NAME = re.compile(rf"(?<=[\s(«’']){_WORD}(?:\s(?:(?:de|du|des|la|le|d[’'])\s?)?{_WORD})*")
_YEAR = re.compile(r"\b(?:1\d|20)\d\d\b")


def names(text: str) -> list[str]:
    """Runs of capitalised words, but for the first word of the text."""
    return _NAME.findall(text)


def near_miss(
    question: str, passage: str, elsewhere: Sequence[str], order: random.Random
) -> str | None:
    """``question`` with one year or one name exchanged; None when it has neither.

    The other year, or name, is one of the passage or, as often, comes from ``elsewhere``.
    """
    places = [(*match.span(), True) for match in _NAME.finditer(question)]
    places += [(*match.span(), False) for match in _YEAR.finditer(question)]
    if not places:
        return None
    start, end, is_name = order.choice(places)
    old = question[start:end]
    found = (_NAME if is_name else _YEAR).findall(passage)
    near = [one for one in found if one not in question and old not in one]
    if near and order.random() < 0.5:
        new = order.choice(near)
    elif is_name:
        new = order.choice(elsewhere)
    else:
        new = str(int(old) + order.choice((-11, -4, -2, -1, 1, 2, 4, 11)))
    return None if new in old or old in new else question[:start] + new + question[end:]
