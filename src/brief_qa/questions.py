"""Questions: what was asked, made complete from what was asked before."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

_LEANS_ON_BEFORE = re.compile(
    r"\s*(?:et\b|mais\b|(?:pourquoi|comment|où|quand|combien|(?:avec )?qui)\s*\?)"
    # No verb: "Combien de blessés ?", "Chez quel éditeur ?"
    r"|\s*(?:(?:à|chez|contre|dans|de|depuis|en|par|pour|sous|sur) )?"
    r"(?:quel(?:le)?s?\s|combien\s(?:de\s|d['’]))\s*\w+\s*\??\s*$"
    r"|.*\b(?:il|elle|ils|elles|celui-ci|celle-ci|ceux-ci|l['’]accompagn\w+)\b",
    re.IGNORECASE | re.DOTALL,
)
_NAMES_ITS_SUBJECT = re.compile(
    r".*\b(?:l[ea]s?|un|une|des|ce|cet|cette|ces|notre|votre)\s\w{2,}\s(?:.*[\s-])?\w+"
    r"-(?:t-)?(?:ils?|elles?)\b"
    r"|.*\bl['’]\w{3,}\s(?:.*[\s-])?\w+-(?:t-)?(?:ils?|elles?)\b",
    re.IGNORECASE | re.DOTALL,
)
""""Quand le tunnel a-t-il rouvert ?": the pronoun only repeats a noun before the verb."""
_NAME_INSIDE = re.compile(r"(?<=\s)[A-ZÀ-Þ]\w+")


def completed(question: str, history: Sequence[tuple[str, str]]) -> str:
    """The question to search for: when it leans, with the last one before it that does not.

    A question leans when it begins with "Et", has no verb, or says "il" or "elle" and names
    nobody and nothing.
    """
    asked = [before for before, _ in history]
    if not asked or not _leans(question):
        return question
    whole = next((before for before in reversed(asked) if not _leans(before)), asked[0])
    return f"{whole} {question}"


def _leans(question: str) -> bool:
    if not _LEANS_ON_BEFORE.match(question):
        return False
    if re.match(r"\s*et\b", question, re.IGNORECASE):
        return True
    return not _NAME_INSIDE.search(question) and not _NAMES_ITS_SUBJECT.match(question)


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
