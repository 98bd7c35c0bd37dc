"""Questions: what was asked, made complete from what was asked before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LEANS_ON_BEFORE = re.compile(
    r"\s*(?:et\b|mais\b|(?:pourquoi|comment|où|quand|combien|(?:avec )?qui)\s*\?)"
    r"|.*\b(?:il|elle|ils|elles|celui-ci|celle-ci|ceux-ci|l['’]accompagn\w+)\b",
    re.IGNORECASE | re.DOTALL,
)
_NAME_INSIDE = re.compile(r"(?<=\s)[A-ZÀ-Þ]\w+")


def completed(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question to search for: with the last one before it when it leans on that one.

    A question leans when it begins with "Et", is one word, or says "il" or "elle" and names
    nobody.
    """
    if not history or not _LEANS_ON_BEFORE.match(question):
        return question
    if not question.lower().lstrip().startswith("et") and _NAME_INSIDE.search(question):
        return question
    return f"{history[-1][0]} {question}"


_ABOUT_AN_ARTICLE = re.compile(
    r"""\s*(?:
        (?:qui|quelle?)\ est\ (?:l['’]|le\ |la\ )(?:aut(?:eur|rice)|date|signataire)
            \ d(?:e\ (?:la\ |l['’]|cette\ |cet\ )?|u\ )
        |qui\ a\ (?:écrit|signé|rédigé)\ (?:la\ |l['’]|le\ |cette\ |cet\ )
        |de\ quand\ (?:date|est)\ (?:la\ |l['’]|le\ |cette\ |cet\ )
        |(?:l['’])?aut(?:eur|rice)\ d(?:e\ (?:la\ |l['’])|u\ )
    )
    (?:brève|article|dépêche|papier|texte)\ 
    (?:sur|concernant|consacré(?:e)?\ à|à\ propos\ de|au\ sujet\ de|qui\ parle\ de|parlant\ de)\ 
    (?P<subject>.+)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def article_asked_about(question: str) -> str | None:
    """The subject, when a question asks who wrote an article on it, or when; else None."""
    match = _ABOUT_AN_ARTICLE.match(question)
    return match["subject"] if match else None


def is_latin(question: str) -> bool:
    """Whether a question has a letter or a digit that a French text may have."""
    return any(c.isdigit() or "LATIN" in unicodedata.name(c, "") for c in question)
