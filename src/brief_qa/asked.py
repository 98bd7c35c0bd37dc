"""What a question asks for: a person, a place, a day… and whether a sentence has one; which form
of answer it calls for: a fact, a list, a definition…

Rules, not a model: they only lean the choice between sentences that search found.
"""

from __future__ import annotations

import re
from enum import StrEnum

from brief_qa.dates import MONTHS, WEEKDAYS
from brief_qa.domain import Form
from brief_qa.french import analyse, fold, stems


class Asked(StrEnum):
    """The kind of thing that would answer."""

    PERSON = "qui"
    TIME = "quand"
    PLACE = "où"
    NUMBER = "combien"
    CAUSE = "pourquoi"
    THING = "quoi"


_WHY = (
    r"\bpourquoi\b"
    r"|\b(?:pour\ quelles?|quelle\ est\ la|quelles\ sont\ les)\ (?:raison|cause)s?\b"
)
# Read on the folded question; what is asked first decides: "Qui était maire quand…" asks who.
_FORMS: tuple[tuple[Asked, re.Pattern[str]], ...] = tuple(
    (asked, re.compile(form, re.VERBOSE))
    for asked, form in (
        (Asked.CAUSE, _WHY),
        (
            Asked.NUMBER,
            r"""\bcombien\b
            |\bquel(?:le)?s?\ (?:est\ |etait\ |sera\ |a\ ete\ |sont\ )?(?:le\ |la\ |les\ |l')?
             (?:nombre|montant|prix|cout|taux|budget|part|pourcentage|taille|superficie|age|duree
             |population|longueur|hauteur|distance|score|resultat|somme|quantite|proportion|salaire
             |loyer|effectif|deficit|dette|vitesse|poids|profondeur|temperature|altitude)s?\b""",
        ),
        (
            Asked.TIME,
            r"""\bquand\b
            |\b(?:en|a|de|depuis)\ quel(?:le)?s?\ (?:annee|date|mois|jour|heure|epoque)s?\b
            |\b(?:en|au|a)\ quel\ (?:mois|jour|siecle)|\bquel\ jour\b
            |\bquelle\ (?:est\ |etait\ )?(?:la\ |l')?(?:date|annee|heure)\b""",
        ),
        (
            Asked.PLACE,
            r"""(?<!\bd')\bouu\b|^ou\b
            |\b(?:dans|a|en|de)\ quelles?\ (?:ville|region|commune|rue)
            |\b(?:dans|de)\ quel\ (?:pays|lieu|departement|quartier|endroit|continent)
            |\bquel(?:le)?\ (?:ville|pays)\b""",
        ),
        (
            Asked.PERSON,
            r"""^(?:(?:a|avec|par|pour|contre|chez|de|sur|selon|d'apres)\ )?qui\b(?!.*\bquoi\b)
            |\b(?:a|avec|par|pour|contre|chez|de|selon)\ qui\b
            |\bquel(?:le)?\ (?:est|etait)\ (?:le\ nom|l'auteur|l'autrice)
            |\bquel(?:le)?\ (?:personne|ministre|president|acteur|actrice|auteur|autrice|joueur
             |artiste|maire|depute|senateur|senatrice|prefet|direct(?:eur|rice)|entraineu[rs]|chanteu[rs]
             |ecrivain|realisat(?:eur|rice)|avocat|athlete
             |(?:candidat|elu|champion|patron|juge|roi|reine|chef)(?:n?e)?\b(?!-))""",
        ),
    )
)

# Read on the folded question; the first that matches decides.
_PATTERNS: tuple[tuple[Form, str], ...] = (
    (
        "résumé",
        r"""\bs'(?:est|etait)[\ -]il\ passe|\bse\ passe[\ -]t[\ -]il|\bque\ sait[\ -]on
            |^(?:resum\w*|racont(?:e|ez|er|ons)|fai(?:s|tes|re)\ le\ point)\b
            |^parle[rz]?[\ -]moi\ d|^dis(?:[\ -]moi)?\ tout\ sur|^que\ devien
            |\bou\ en\ est\b|\bquoi\ de\ neuf
            |\bchronologie\b|\bdernieres\ (?:nouvelles|actualites|informations)""",
    ),
    (
        "définition",
        r"""\bque\ (?:signifie|designe|veut\ dire|veulent\ dire|signifient)\b|\bc'est\ quoi\b
            |\bdefini(?:tion|r|s)\b|\bsignification\b|\ba\ quoi\ correspond
            |^qu'est[\ -]ce\ qu(?:e\ |')(?:(?:le|la|les|un|une|des)\ |l')?
             [\w-]+(?:\ d[eu]\ [\w-]+)?\s*\??$
            |^qu'est[\ -]ce\ que\ c'est\ que\b|,\ c'est\ (?:qui|quoi)\b""",
    ),
    (
        "explication",
        rf"""{_WHY}
            |^comment\b(?!\ s(?:'appel|e\ nomm))|\bde\ quelle\ (?:maniere|facon)""",
    ),
    (
        "liste",
        r"""\b(?:les)?quel(?:le)?s\b(?!\ (?:est|etait|sera)\b)|^qui\ (?:sont|etaient|seront)\b
            |^(?:cite|liste|enumere|nomme)
            |^donne[rz]?(?:[\ -](?:moi|nous))?\ l(?:a\ liste|es\ noms)""",
    ),
    (
        "oui ou non",
        r"""^est[\ -]ce\ qu
            |^(?:(?!\b(?:qu(?:i|e|oi|and|els?|elles?)\b|qu'|(?:ou|comment|combien|lequel|laquelle)\b))
             .)*?\b(?!qu')[\w']+-(?:t-)?(?:ils?|elles?|on|ce)\b.*\?""",
    ),
)
_WHO_IS = re.compile(
    r"\s*[Qq]ui (?:est|était) (?:donc )?(?:(?:l['’]|la |le )(?=[A-ZÀ-Þ]))?[A-ZÀ-Þ][\w’'-]*"
    r"(?: (?:de |du |la |le )*[A-ZÀ-Þ][\w’'-]*){0,3}\s*\??\s*$"
)
"""A person is named: "Qui est mort ?" asks for one."""
_ANSWER_FORMS = [(form, re.compile(pattern, re.VERBOSE)) for form, pattern in _PATTERNS]

_NAME = r"[A-ZÀ-ÖØ-Þ][\w’'.-]*[\w]"
_SIGNS: dict[Asked, re.Pattern[str]] = {
    Asked.TIME: re.compile(
        rf"""\b(?:1[0-9]|20)\d\d\b
        |\b(?:\d{{1,2}}(?:er)?\ )?(?:{"|".join(MONTHS)})\b
        |\b(?:{"|".join(WEEKDAYS)}|hier|demain|siècle)\b
        |\b\d{{1,2}}\ ?h(?:eures?)?\b""",
        re.IGNORECASE | re.VERBOSE,
    ),
    Asked.NUMBER: re.compile(
        r"""\d+(?:[ .,\u00a0\u202f]\d+)*|%
        |\b(?:deux|trois|quatre|cinq|six|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize
           |vingt|trente|quarante|cinquante|soixante|cent|mille|million|milliard|dizaine|douzaine
           |vingtaine|trentaine|cinquantaine|centaine|millier|moitié|tiers|quart|un\ seul)s?\b""",
        re.IGNORECASE | re.VERBOSE,
    ),
    Asked.PLACE: re.compile(
        r"\b(?:à|À|au|aux|en|dans|près d[eu]|chez|vers|sur|depuis|de|du|d[’'])\s?"
        rf"(?:la |le |les |l[’'])?{_NAME}"
    ),
    Asked.PERSON: re.compile(
        rf"(?<!^)(?<![.!?:«“(—–][ \u00a0\u202f])(?<![«“(])\b{_NAME}|\b(?:M\.|Mme|Mᵐᵉ|Dr|Pr)\s"
    ),
    Asked.CAUSE: re.compile(
        r"\b(?:parce qu|car\b|en raison|à cause|afin|pour\b|grâce|puisque|faute de|suite à|du fait"
        r"|vis(?:e|ent|ant) à|permet|motif|raison|explique)",
        re.IGNORECASE,
    ),
}


_DATED = re.compile(
    rf"\b\d{{1,2}}(?:er)?\s(?:{'|'.join(MONTHS)})(?:\s\d{{4}})?\b"
    rf"|\b(?:{'|'.join(MONTHS)}|en|de|depuis)\s(?:1\d|20)\d\d\b",
    re.IGNORECASE,
)
"""Days and years, whose numbers count nothing."""


def asked(question: str) -> Asked:
    """The kind of thing a French question asks for; THING when no form is recognised."""
    text = fold(question.lower().replace("où", "ouu")).replace("’", "'").strip()
    found = [(match.start(), kind) for kind, form in _FORMS if (match := form.search(text))]
    return min(found, key=lambda one: one[0], default=(0, Asked.THING))[1]


def form_asked(question: str) -> Form:
    """The form of answer that a French question calls for; "fait" when none is recognised."""
    text = fold(question).replace("’", "'").strip()
    if _WHO_IS.match(question):
        return "définition"
    return next((form for form, pattern in _ANSWER_FORMS if pattern.search(text)), "fait")


def has_sign(kind: Asked, sentence: str, question: str) -> bool:
    """Whether the sentence holds something of this kind that the question did not say itself."""
    pattern = _SIGNS.get(kind)
    if pattern is None:
        return True
    if kind is Asked.NUMBER:
        sentence = _DATED.sub(" ", sentence)
    said = fold(question)
    found = {fold(match.group()).strip() for match in pattern.finditer(sentence)} - {""}
    return any(not re.search(rf"(?<!\w){re.escape(sign)}(?!\w)", said) for sign in found)


_SAID_BY = re.compile(
    r"\b(?:selon|d'apres|a en croire|aux dires de|de source)\s"
    r"(?!quel|qui\b|quoi\b|lequel|laquelle|(?:l'|les |cet |ces )(?:article|archive|journa))"
    r"(?P<who>(?:[^\s,?;]+ ?){1,4})"
)
_SAYS = (
    "dit|disent|declaren?t?|affirmen?t?|repond(?:ent|u)?|expliquen?t?|assuren?t?|estimen?t?"
    "|pensen?t?|promet(?:tent)?|promis|reprochen?t?|proposen?t?|demanden?t?|annoncen?t?"
    "|reclamen?t?|denoncen?t?"
)
_WHAT_IS_SAID = re.compile(
    rf"\bqu(?:e |'en |')(?:a |ont |avait |avaient )?(?:{_SAYS})s? "
    r"(?P<who>(?:(?!(?:sur|a|au|aux|apres|avant|pendant|lors|contre|pour|en|dans|de|des|du|le \d+"
    r"|d'\S*)\b)[^\s,?;]+ ?){1,4})"
)
"""Whose word is asked for, by its first words: what follows them is the question's again."""


def asks_what_is_said(question: str) -> bool:
    """Whether it asks for what somebody says: "Que dit le maire ?", not "selon le maire"."""
    text = fold(question).replace("’", "'")
    return not _SAID_BY.search(text) and _WHAT_IS_SAID.search(text) is not None


def attributed_to(question: str) -> list[str]:
    """The words, as stems, that say whose word a question asks for: "selon les syndicats", "que
    disent les syndicats du budget".
    """
    text = fold(question).replace("’", "'")
    found = _SAID_BY.search(text) or _WHAT_IS_SAID.search(text)
    return stems(found["who"]) if found else []


def names(question: str) -> list[str]:
    """Proper names, acronyms and numbers of a question: what an answer cannot do without."""
    terms = analyse(question)
    words = [(question[t.start : t.end], t.start) for t in terms]
    return [
        word
        for word, start in words
        if word[0].isdigit() or (word[0].isupper() and (start > 0 or word.isupper()))
    ]
