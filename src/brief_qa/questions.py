"""Questions: what they are about, when that is an article itself; whether they can be read."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence

from brief_qa import texts
from brief_qa.errors import InputError
from brief_qa.french import fold

QUESTION_LIMIT = 4_000
"""Characters of a question; a longer text is an article, not a question."""
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


_COURTESY = re.compile(
    r"""\W*(?:(?:bonjour|bonsoir|salut|coucou|hello|bonne\ (?:journee|soiree|nuit)|au\ revoir
        |(?:un\ grand\ |mille\ )?merci|(?:c'est\ )?(?:super|parfait|genial|tres\ bien)|d'accord|ok
        |beaucoup|bien|a\ (?:vous|tous|toi)|pour\ (?:votre|ta|la)\ (?:reponse|aide)|madame|monsieur
        )\W*)+""",
    re.VERBOSE,
)


def article_asked_about(question: str) -> str | None:
    """The subject, when a question asks who wrote an article on it, or when; else None."""
    match = _ABOUT_AN_ARTICLE.match(question)
    return match["subject"] if match else None


_TOLD = re.compile(
    r"""\s*(?:(?:peux-tu\ |pouvez-vous\ )?(?:me\ |nous\ )?
            (?:résum|racont)(?:e[rsz]?|ons)(?:[ -](?:moi|nous))?
        |(?:fais|faites|faire)(?:[ -](?:moi|nous))?\ le\ point\ sur
        |(?:que\ sait-on|parle[rz]?(?:[ -](?:moi|nous))?)\ (?:de\b|du\b|des\b|d(?=['’])|sur\b)
        |dis(?:[ -]moi)?\ tout\ sur|où\ en\ (?:est|sont)|que\ devien(?:t|nent))
    \s*(?P<subject>['’]?\w.*)""",
    re.IGNORECASE | re.VERBOSE | re.DOTALL,
)


def subject_of(question: str) -> str:
    """What a question is about, without the words that ask to be told: they are in no article."""
    match = _TOLD.fullmatch(question)
    return match["subject"].lstrip("'’") if match else question


def is_latin(question: str) -> bool:
    """Whether a question has a letter or a digit that a French text may have."""
    return any(c.isdigit() or "LATIN" in unicodedata.name(c, "") for c in question)


def is_courtesy(question: str) -> bool:
    """Whether somebody only greets, thanks or agrees."""
    return _COURTESY.fullmatch(fold(question).replace("’", "'")) is not None


def refuse_unusable(question: object, history: object = ()) -> None:
    """Raise InputError when a question cannot be one, or a history none."""
    if not isinstance(question, str):
        raise InputError(f"La question vaut {question!r} : un texte était attendu.")
    if not isinstance(history, Sequence):
        raise InputError(
            f"L'historique vaut {history!r} : une liste de (question, réponse) était attendue."
        )
    for pair in history:
        parts = () if isinstance(pair, str) or not isinstance(pair, Sequence) else tuple(pair)
        if len(parts) != 2 or not all(isinstance(part, str) for part in parts):
            raise InputError(f"L'historique contient {pair!r} : (question, réponse) était attendu.")
    if not question.strip():
        raise InputError("La question est vide. Écrivez une question ou quelques mots.")
    if len(question) > QUESTION_LIMIT:
        raise InputError(
            f"La question compte {texts.number(len(question))} caractères ; la limite est de "
            f"{texts.number(QUESTION_LIMIT)}. Raccourcissez-la."
        )
