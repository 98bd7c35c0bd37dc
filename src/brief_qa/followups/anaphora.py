"""Pronouns and their like, replaced by what they stand for: il, la, son, cette ligne."""

from __future__ import annotations

import re

from brief_qa.followups.agreement import BE, verb_end
from brief_qa.followups.clauses import HEAD, IMPERSONAL, INVERSION, sentence, subject_start
from brief_qa.followups.clitics import after_prepositions, objects
from brief_qa.followups.genders import Gender, noun_gender
from brief_qa.followups.phrases import (
    Phrase,
    capital,
    elides,
    head_noun,
    is_verb,
    joined,
    of,
    that,
    to,
    words,
)
from brief_qa.followups.reading import Reading
from brief_qa.followups.slots import TIME
from brief_qa.followups.topics import Turn, candidates
from brief_qa.french import analyse, fold

_HAPPENED_THEN = re.compile(
    r"que s'(?:est|était)-il passé "
    r"(?!ensuite|après|avant|depuis|alors|là|entre|pendant ce|d'autre)",
    re.I,
)
""""Que s'est-il passé hier ?" says where or when, and stands alone."""


def completed(core: str, turn: Turn) -> str | None:
    """A question without its pronouns; "" where not all is found; None when it leans on nothing."""
    if _HAPPENED_THEN.match(core):
        return None
    reading = Reading(core, turn)
    for replace in (_days, _demonstratives, _subject, _possessives, objects, after_prepositions):
        replace(reading)
    _vague(reading)
    if reading.unresolved:
        return ""
    return sentence(reading.text) if reading.used else None


# -- the subject ---------------------------------------------------------------------------

_WITHOUT_INVERSION = re.compile(
    r"(?P<before>|.*\best-ce qu'|(?:quand|où|pourquoi|comment|combien(?: (?:de |d')\w+)?"
    r"|(?:\w+ )?quel(?:le)?s? \w+) )(?P<pronoun>ils?|elles?) (?P<rest>\w.*)",
    re.I,
)


_MEASURED = re.compile(
    r"(?:(?:pendant|depuis|en|à|de|d'ici) )?(?:combien de (?:temps|jours|semaines|mois|ans|heures"
    r"|minutes|kilomètres|mètres|euros|fois)|quelle (?:durée|distance|heure|date))",
    re.I,
)


_CELA = re.compile(r"\s*\b(?:cela|ça)$", re.I)
"""Where the pronoun says it again: "Combien cela a-t-il coûté ?"."""


def _subject(reading: Reading) -> None:
    text = reading.text
    if IMPERSONAL.search(text):
        return
    found = INVERSION.search(text)
    if found is None:
        plain = _WITHOUT_INVERSION.fullmatch(text)
        if plain:
            one = reading.find(*_of_pronoun(plain["pronoun"]))
            reading.put(one, _plainly(plain, one.text if one else ""))
        return
    pronoun = found["pronoun"].lower()
    before = _CELA.sub("", text[: found.start()].strip())
    measured = _MEASURED.fullmatch(before)  # "Combien de temps a-t-il duré": time lasts nothing
    if pronoun == "on" or (not measured and subject_start(words(before)) is not None):
        return
    one = reading.find(*_of_pronoun(pronoun))
    reading.put(one, _inverted(before, found, one.text if one else ""))


def _of_pronoun(pronoun: str) -> tuple[Gender, bool]:
    low = pronoun.lower()
    return "f" if low.startswith("elle") else "m", low.endswith("s")


def _plainly(found: re.Match[str], subject: str) -> str:
    before = found["before"]
    if before.lower().endswith("qu'"):
        return f"{before[:-3]}{that(subject)} {found['rest']}"
    return f"{before}{subject} {found['rest']}"


def _inverted(before: str, found: re.Match[str], subject: str) -> str:
    group = found[0][: found.start("rest") - found.start()]
    verb, rest = f"{found['clitics']}{found['verb']}", found["rest"]
    low = before.lower()
    if not before:
        return f"{subject} {group[:1].lower()}{group[1:]}{rest}"
    if re.fullmatch(r"qui|quel(?:le)?s?", low) and found["verb"].lower() in BE and not rest:
        return f"{before} {verb} {subject}"
    if low in ("que", "qu'"):
        if verb_end(found["verb"], rest) == len(rest):
            return f"{before}{' ' if low == 'que' else ''}{verb}{rest} {subject}"
        return f"Qu'est-ce {that(subject)} {verb}{rest}"
    return f"{before} {subject} {group}{rest}"


# -- son, sa, ses, leur --------------------------------------------------------------------

_OWNED = re.compile(
    r"(?P<preposition>\b(?:de|à) )?\b(?P<whose>son|sa|ses|leurs?) (?P<noun>.+)", re.I
)
_BEFORE_NOUN = frozenset(
    """
    dernier derniers dernière dernières premier premiers première premières nouveau nouvelle
    nouveaux nouvelles nouvel principal principale principaux ancien ancienne anciens grand grande
    grands petit petite second seconde futur future prochain prochaine propre vrai jeune deux
    trois quatre     deuxième troisième meilleur meilleure
    """.split()
)
_ADJECTIVE = re.compile(
    r"\w+(?:ique|iques|al|ale|aux|ales|if|ive|ifs|el|elle|els|aire|aires|eux|euse)$"
)
_IDIOM = re.compile(
    r"\b(?:de son côté|à son tour|à leur tour|en son sein|son arrivée au pouvoir)\b", re.I
)


def _possessives(reading: Reading) -> None:
    found = _OWNED.search(reading.text)
    if found is None or _IDIOM.search(reading.text):
        return
    if reading.used or not _leans(reading, found):
        return
    tokens = words(found["noun"])
    if found["whose"].lower() == "leur" and is_verb([*tokens, ""], 0):
        return
    plural = found["whose"].lower().startswith("leur")
    one = reading.find(None, plural)
    said = _of_owner(found, one.text if one else "")
    if said is None:
        reading.unresolved = True
        return
    reading.put(one, reading.text[: found.start()] + said)


def _leans(reading: Reading, found: re.Match[str]) -> bool:
    """Whether the owner is to be sought before this question."""
    before = reading.text[: found.start()].strip()
    named = any(word[0].isupper() for word in words(before)[1:])
    which = re.match(r"(?:qui|quel(?:le)?s?) (?:est|sont|était|étaient|sera)\b[^,]*$", before, re.I)
    if which and not named:
        return True
    if IMPERSONAL.search(before) or INVERSION.search(before):
        return False
    return not reading.names_before(found.start())


def _of_owner(found: re.Match[str], owner: str) -> str | None:
    """What someone has: "le dernier roman de Kamel Daoud", for "son dernier roman"."""
    tokens = words(found["noun"])
    end = 0
    while end < len(tokens) - 1 and tokens[end].lower() in _BEFORE_NOUN:
        end += 1
    noun = tokens[end]
    end += 1
    while end < len(tokens) and _ADJECTIVE.fullmatch(tokens[end].lower()):
        end += 1
    article = _article(found["whose"].lower(), tokens[0], noun)
    if article is None:
        return None
    owned_thing = f"{article}{joined(tokens[:end])}"
    preposition = (found["preposition"] or "").strip().lower()
    if preposition:
        owned_thing = (of if preposition == "de" else to)(owned_thing)
    if found.start() == 0:
        owned_thing = capital(owned_thing)
    rest = joined(tokens[end:])
    return f"{owned_thing} {of(owner)}{' ' if rest else ''}{rest}"


def _article(whose: str, first: str, noun: str) -> str | None:
    if whose in ("ses", "leurs"):
        return "les "
    if elides(first):
        return "l'"
    if whose == "leur":
        gender = noun_gender(noun)
        return None if gender is None else "la " if gender == "f" else "le "
    return "la " if whose == "sa" else "le "


def owned(core: str, turn: Turn) -> str | None:
    """What "son homologue" is: "l'homologue de Bastien Lorme"; None without an owner to find."""
    found = _OWNED.fullmatch(core)
    if found is None:
        return None
    one = Reading(core, turn).find(None, found["whose"].lower().startswith("leur"))
    said = _of_owner(found, one.text) if one else None
    return said[:1].lower() + said[1:] if said else None


# -- ce projet, celui-ci, ce jour-là -------------------------------------------------------

_THIS = re.compile(
    r"\b(?P<preposition>(?:de|d'|à) ?)?\b(?P<this>ce|cet|cette|ces) (?P<noun>[\wÀ-ÿ'-]+?)"
    r"(?:-là|-ci)?(?![\w'-])",
    re.I,
)
_DEICTIC = re.compile(
    r"(?:matin|soir|nuit|semaine|mois|année|an|jours?|été|hiver|automne|printemps|week-end|saison"
    r"|fois|siècle|qui|que|qu|dont|sont|n'|est|époque|heure|dernier|moment|après-midi)",
    re.I,
)
_GENERIC = frozenset(
    """
    projet texte decision evenement affaire mesure plan accord drame accident mouvement homme femme
    personne situation chiffre bilan annonce reforme chantier loi rencontre match election crise
    proposition operation polemique
    """.split()
)
_LATTER = re.compile(r"\b(?P<which>celui|celle|ceux|celles)-(?:ci|là)\b", re.I)
_DAY = re.compile(r"\b(?:ce jour-là|ce même jour|le même jour|à cette date)(?!\w)", re.I)
_YEAR = re.compile(r"\b(?:cette année-là|la même année)(?!\w)", re.I)


def _days(reading: Reading) -> None:
    for pattern, of_day in ((_DAY, True), (_YEAR, False)):
        found = pattern.search(reading.text)
        if found is None:
            continue
        when = _day_said(reading.turn, of_day)
        reading.put(
            Phrase(when) if when else None,
            reading.text[: found.start()] + (when or "") + reading.text[found.end() :],
        )


def _day_said(turn: Turn, of_day: bool) -> str | None:
    for text in (turn.question, turn.answer[:1_500]):
        for found in TIME.finditer(text):
            if of_day and found["day"]:
                year = f" {found['year_of_day']}" if found["year_of_day"] else ""
                return f"le {found['day']} {found['month_of_day']}{year}"
            year = found["year"] or found["year_of_month"] or found["year_of_day"]
            if not of_day and year:
                return f"en {year}"
    return None


def _demonstratives(reading: Reading) -> None:
    latter = _LATTER.search(reading.text)
    if latter:
        which = latter["which"].lower()
        one = reading.find("m" if which in ("celui", "ceux") else "f", which in ("ceux", "celles"))
        said = one.text if one else ""
        if latter.start() == 0:
            said = capital(said)
        reading.put(one, reading.text[: latter.start()] + said + reading.text[latter.end() :])
        return
    found = _THIS.search(reading.text)
    if found is None or _DEICTIC.match(found["noun"]):
        return
    noun = head_noun(found["noun"])
    for one in candidates(reading.turn, reading.text):
        if head_noun(one.text) == noun:
            preposition = (found["preposition"] or "").strip().lower()
            said = to(one.text) if preposition == "à" else of(one.text) if preposition else one.text
            if found.start() == 0:
                said = capital(said)
            reading.put(one, reading.text[: found.start()] + said + reading.text[found.end() :])
            return
    if noun in _GENERIC or noun in fold(f"{reading.turn.question} {reading.turn.answer[:1_500]}"):
        reading.unresolved = True


# -- what only says that it leans ------------------------------------------------------------

_VAGUE = re.compile(
    r"\b(?:cela|ça)\b|\b(?:est|était|sera|serait|fut)-ce\b(?! qu)"
    r"|^c'(?:est|était|sera) (?!quoi|qui)",
    re.I,
)
_ELSEWHERE = re.compile(r"\b(?:s'|n'|m')(?:y|en)\b|\bquel(?:le)?s? en (?:est|sont)\b", re.I)
_OF_THE_MOMENT = re.compile(
    r"\b(?:heure|temps|jour|date) (?:est|fait|sommes|fera)-|\bquoi de neuf", re.I
)
_CONNECTING = frozenset(
    "ensuite apres avant alors exactement passe precisement deja encore".split()
)
_ANY = re.compile(r"\b(?:y a-t-il|y avait-il|y a-t-il eu|il y a)\b", re.I)


def _vague(reading: Reading) -> None:
    if reading.used:
        return
    text = reading.text
    named = any(token[:1].isupper() for token in words(text)[1:])
    anchored = named or re.search(r"\b(?:(?:le|la|les|du|au|aux)\b|l')", text, re.I)
    vague = _VAGUE.search(text) or _ANY.search(text) or _ELSEWHERE.search(text)
    if (vague and not anchored) or (not named and _says_little(text)):
        reading.unresolved = True


def _says_little(text: str) -> bool:
    """Whether a question has hardly a word of its own: "Qui a marqué", "Quel était le score"."""
    if _OF_THE_MOMENT.search(text) or not (HEAD.match(text) or INVERSION.search(text)):
        return False
    told = [t for t in analyse(text) if fold(text[t.start : t.end]) not in _CONNECTING]
    of_something = re.search(r"\b(?:(?:le|la|les|du|au|aux)\b|l')", text, re.I)
    attribute = re.match(
        r"(?:qui|quel(?:le)?s?) (?:est|sont|était|étaient|sera|seront)\b", text, re.I
    )
    return len(told) <= 1 and (not of_something or attribute is not None)
