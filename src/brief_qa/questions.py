"""Questions: what they are about, when that is an article itself; whether they can be read."""

from __future__ import annotations

import re
import unicodedata

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
