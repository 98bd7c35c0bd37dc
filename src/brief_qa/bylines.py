"""Who signed and when: the line a news site puts under a title or under a teaser.

"Par Jeanne Martin et Paul Durand, avec AFP", "Publié le 22/04/2024 à 14h05 - Mis à jour
le 23/04/2024", "Mbaye Gueye - 27 août 2025", "27 août 2025 | Politique". A line is a
byline when nothing is left of it once dates, times, labels, names and a section are
taken away: a sentence that holds a date is not one.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date

from brief_qa.dates import WEEKDAYS, find_dates
from brief_qa.french import fold

BYLINE_LIMIT = 220
"""Characters; the longest byline seen (three names, two dates, a reading time) has 170."""

AGENCIES = frozenset(
    "afp ap reuters map aps tap epa ansa dpa belga ats apa ani xinhua anadolu agences".split()
) | {"la presse canadienne", "agence france-presse", "keystone-ats"}

_SECTIONS = frozenset(
    """
    actu actus actualite actualites afrique agriculture algerie amerique ameriques analyse art arts
    asie auto automobile banque bourse buzz canada chronique cinema climat
    consommation coronavirus cuisine culture debat debats decouverte defense diplomatie divers
    dossier droit ecologie economie edito editorial education elections emploi energie enquete
    entreprise entreprises entretien environnement etudes europe evasion faits finance finances
    food football france gastronomie geopolitique histoire hi-tech high-tech idees immigration
    immobilier industrie international internet interview investigation jeunesse judiciaire
    jeux justice livres local logement loisirs maghreb magazine management mali maroc medecine media
    medias meteo migration mode monde moyen-orient musique nation national nature numerique
    opinion opinions pays people planete police politique portrait proche-orient
    psycho quebec recherche regions region religion reportage rugby sahara sante science sciences
    securite senegal social societe sport sports suisse tech technologie technologies
    television tennis theatre tourisme transport transports travail tribune tunisie tv
    universites vie ville voyage voyages web
    """.split()
) | {"faits divers", "vie pratique", "point de vue", "revue de presse", "grand format"}
_GENERIC = {"actu", "actus", "actualite", "actualites", "accueil"}
_JOIN = re.compile(r"\s*(?:,|&|/|\bet\b|\bde la\b|\bdes?\b|\bdu\b|\bla\b|\ble\b|\s)\s*")

_AGENCY = re.compile(rf"\b(?:{'|'.join(AGENCIES)})\b", re.IGNORECASE)
_TIME = re.compile(
    r"(?:\b[àa]\s+)?\b[0-2]?[0-9]\s?[hH:]\s?(?:[0-5][0-9]\b)?(?::[0-5][0-9])?(?:\s?(?:min|mn)\b)?"
    r"(?:\s?\(?(?:GMT|UTC|TU|CET|CEST|heure locale)\b(?:[+-][0-9]{1,2})?\)?)?"
)
_RELATIVE = re.compile(
    r"(?:\bdepuis\s+)?\bil y a \w+ (?:min(?:ute)?s?|mn|h|heures?|jours?|semaines?|mois|ans?)\b"
    r"|\b(?:avant-)?hier\b(?! [a-zé])|\baujourd['’]hui\b|\bà l['’]instant\b",
    re.IGNORECASE,
)
_WEEKDAY = rf"(?:{'|'.join(WEEKDAYS)}|mon|tue|wed|thu|fri|sat|sun)\.?,?"
_BEFORE_DATE = re.compile(rf"(?:\b(?:le|du|on)\s+)?(?:\b{_WEEKDAY}\s*)?$", re.IGNORECASE)
_UPDATED = (
    r"(?:modifi[ée]e?|mise?s? à jour|actualis[ée]e?|màj|maj"
    r"|dernière (?:mise à jour|modification)|updated)"
)
_LABELS = re.compile(
    r"\b(?:(?:article\s+)?(?:publi[ée]e?s?|publication|post[ée]e?|mise? en ligne"
    r"|cr[ée]{2}e?|paru|diffus[ée]e?|published)"
    rf"|{_UPDATED})\b(?:\s+(?:le|sur)\b)?\s*:?",
    re.IGNORECASE,
)
_IS_UPDATE = re.compile(_UPDATED, re.IGNORECASE)
_COUNTERS = re.compile(
    r"\b(?:(?:temps de )?lecture(?: estimée)?\s?:?\s?)?[0-9]+\s?(?:min(?:ute)?s?|mn)\b\.?"
    r"(?:\s?de lecture| read)?"
    r"|\b(?:lu|vu)\s+[0-9 ]+fois|\b[0-9]+\s?(?:vues?|lectures?|commentaires?|partages?)\b",
    re.IGNORECASE,
)
_SIGNED = re.compile(
    r"(?:\b(?:article|texte|propos|entretien|reportage)\s+)?"
    r"(?:\b(?:rédigée?|écrite?|publiée?|postée?|recueillis?|réalisée?|signée?)\s+)?"
    r"\b(?:par|by)\b\s*:?|\b(?:auteure?|source|texte|rédaction|reportage)\s?:",
    re.IGNORECASE,
)
_SEPARATOR = re.compile(
    r"\s+[-–—]\s+|\s*[|•·,;()\[\]]\s*|\s+/\s+|\s+(?:et|and|&|dans)\s+|\s*\b[Aa]vec\s+"
)
_ROLE = re.compile(
    r"(?:à|au|en|notre|nos|de notre|de nos|correspondante?s?|envoyée?s?|journaliste|chef|avec"
    r"|service|photo)\b"
)
_NAME = re.compile(
    r"(?:[A-ZÀ-ÖØ-Þ][\w’'-]*\.?(?:\s|$)|(?:de|d['’]|del|della|el|al|ben|bin|bint|ould|le|la|les|du|des|von|van|der|et)(?:\s|(?=[A-ZÀ-Þ])))+"
)


@dataclass(frozen=True, slots=True)
class Byline:
    """What one byline says; ``placed`` is true when it says when, even without a full date."""

    published: date | None
    updated: date | None
    authors: tuple[str, ...]
    agencies: tuple[str, ...]
    section: str | None
    placed: bool
    signed: bool
    """It has "Par …" or an agency's name."""


def read_byline(text: str) -> Byline | None:
    """The line's byline, or None when the line says anything else."""
    if len(text) > BYLINE_LIMIT or not text:
        return None
    rest, published, updated, placed = _take_days(text)
    if not placed and not _SIGNED.search(text) and not _AGENCY.search(text):
        return None
    rest, counters = _COUNTERS.subn("|", rest)
    rest, labels = _LABELS.subn("|", rest) if placed else (rest, 0)
    names = _SIGNED.sub("|", rest, count=1)
    signed = names != rest
    named = _read_names(names, signed=signed or " avec " in text, dated=placed)
    if named is None:
        return None
    authors, agencies, section = named
    if authors and not signed and text.endswith(".") and "," in text:
        return None  # the legend of a portrait: "Jeanne Martin, le 22 avril 2024."
    if not placed and not signed and not agencies:
        return None
    if placed and not (authors or agencies or labels) and counters and not published:
        return None
    return Byline(published, updated, authors, agencies, section, placed, signed or bool(agencies))


def _take_days(text: str) -> tuple[str, date | None, date | None, bool]:
    """The text without its days and times, the first day of each kind, and whether it had any."""
    published = updated = None
    pieces, start = [], 0
    for found in find_dates(text):
        before = text[start : found.start]
        if _IS_UPDATE.search(before):
            updated = updated or found.value
        else:
            published = published or found.value
        pieces.append(_BEFORE_DATE.sub("", before))
        start = found.end
    rest = "|".join([*pieces, text[start:]])
    rest, relatives = _RELATIVE.subn("|", rest)
    rest, times = _TIME.subn("|", rest)
    return rest, published, updated, bool(pieces or times or relatives)


def _read_names(
    rest: str, *, signed: bool, dated: bool
) -> tuple[tuple[str, ...], tuple[str, ...], str | None] | None:
    """Authors, agencies and section of what is left; None when something else is left."""
    authors: list[str] = []
    agencies: list[str] = []
    section = None
    for part in _SEPARATOR.split(rest):
        part = part.strip(" .:-–—/|\t>*+")
        folded = fold(part)
        if not part or folded in {"le", "a", "par", "et", "mis", "du"}:
            continue
        agency = folded.removeprefix("l'").removeprefix("l’").removesuffix("-services")
        if agency in AGENCIES:
            agencies.append(part)
        elif is_section(part):
            section = section or section_name(part)
        elif is_name(part, single=signed):
            authors.append(part)
        elif signed and _ROLE.match(part):
            continue
        elif dated and not section and not signed and _is_label(part):
            section = section_name(part)
        else:
            return None
    return tuple(dict.fromkeys(authors)), tuple(dict.fromkeys(agencies)), section


def _is_label(part: str) -> bool:
    return (
        len(part) <= 25 and part[0].isupper() and len(part.split()) <= 3 and part[-1] not in ".!?"
    )


_NEWSROOM = {"redaction", "la redaction"}


def is_name(text: str, *, single: bool = False) -> bool:
    """Does the text look like a signature: capitalised words, particles, initials?"""
    if fold(text) in _NEWSROOM:
        return True
    words = text.split()
    if not (1 if single else 2) <= len(words) <= 5 or len(text) > 50 or not text[0].isupper():
        return False
    return bool(_NAME.fullmatch(text)) and not is_section(text)


def is_section(text: str) -> bool:
    """Is the text the name of a usual section, or of several ("Justice et faits divers")?"""
    if len(text) > _SECTION_LIMIT:
        return False
    folded = fold(text).replace("’", "'").strip(" :")
    if folded in _SECTIONS:
        return True
    words = [word for word in _JOIN.split(folded) if word]
    return (
        bool(words)
        and not folded.startswith(("le ", "la ", "les "))
        and all(word in _SECTIONS for word in words)
    )


_SECTION_LIMIT = 40


def is_generic_section(text: str) -> bool:
    """Is it a section that says nothing, such as "Actualités"?"""
    return fold(text).strip(" :") in _GENERIC


def section_name(text: str) -> str:
    """The section as shown: a label in capitals is written as a common word."""
    text = text.strip(" :")
    return text.capitalize() if text.isupper() and len(text) > 3 else text
