"""The person that an answer names for a "Qui …": the one its sentence is about."""

from __future__ import annotations

import re
from collections.abc import Iterator

from brief_qa.followups.genders import Gender, name_gender
from brief_qa.followups.phrases import Phrase
from brief_qa.french import fold

_READ = 1_500
"""Characters of an answer that are read: its first quotation is in them."""
_CAPITAL = r"[A-ZÀ-ÖØ-Þ][\wÀ-ÿ'’]*[a-zà-öø-ÿ](?:-[A-ZÀ-ÖØ-Þ]?[a-zà-öø-ÿ]+)*"
_PERSON = re.compile(
    rf"(?:\b(?P<title>M\.|Mme|Mlle|Me)[ \u00a0]{_CAPITAL}|\b{_CAPITAL})"
    r"(?:[ \u00a0](?:(?:de|du|le|la|el|al|ben|bin|van|von|di|da)[ \u00a0])?"
    rf"(?:{_CAPITAL}|[IVX]{{2,5}}\b))*"
)
_FUNCTION = frozenset(
    """
    le la les l un une des en a au aux dans sur pour par selon avec apres avant depuis des et mais
    il elle ils elles ce cette ces son sa ses lundi mardi mercredi jeudi vendredi samedi dimanche
    ancien ancienne ne nee president presidente ministre
    """.split()
)
_NOT_A_PERSON = frozenset(
    """
    agence agglomeration assemblee union parti rassemblement conseil commission front coupe ligue
    jeux cour etat europe france paris maison musee nobel prix republique national nationale
    courrier radio journal federation academie universite institut ministere mairie eglise
    notre-dame port-lavande olympique sporting racing club comite croix-rouge nations unies
    """.split()
)
_PLACE_BEFORE = re.compile(
    r"(?:lycée|collège|école|rue|place|avenue|boulevard|hôpital|gymnase|stade|quai|salle|pont"
    r"|médiathèque|théâtre|université|aéroport|gare|parc|cap|mont|île|square|centre|prix|cargo)"
    r"[ \u00a0]$",
    re.I,
)
_ROLE_BEFORE = re.compile(
    r"(?:maire|président|présidente|ministre|directeur|directrice|député|députée|sénateur|sénatrice"
    r"|préfet|préfète|romancière|écrivain|auteur|autrice|élève|cardinal|pape|joueur|joueuse"
    r"|entraîneur|candidat|candidate|procureur|procureure|biologiste|chef|cheffe|sortante?|avocate?)"
    r"(?: [\wé-]+){0,3},?[ \u00a0]$",
    re.I,
)
_FEMININE_BEFORE = re.compile(r"\b(?:la|sa|une|Mme|Mlle)\b[^.,;:]{0,60},?[ \u00a0]$", re.I)
_MASCULINE_BEFORE = re.compile(r"\b(?:le|un|M\.)[ \u00a0][^.,;:]{0,60},?[ \u00a0]$", re.I)
_AGE_AFTER = re.compile(r",? \d{1,3} ans\b|, (?:maire|président|député|directeur|ministre|élève)")
_ACTS_AFTER = re.compile(r" (?:a|est|sera|avait|était|l'emporte|remporte|dirige|préside)\b")
_ASIDE_BEFORE = re.compile(r"\b(?:de|d'|sur|contre|devant|avec|chez|à)[ \u00a0]?$", re.I)
_SPEAKS_BEFORE = re.compile(
    r"(?:par|dit|déclare|déclaré|explique|défend|assure|affirme|raconte|avec|lancé)[ \u00a0]$", re.I
)


def person_named(answer: str, question: str, gender: Gender | None = None) -> Phrase | None:
    """The person that an answer's first sentences are about, when they name one.

    Not one whom the question names already. ``gender`` is that of the pronoun to stand for it.
    """
    best: tuple[float, Phrase] | None = None
    asked = fold(question)
    for found, name in _names(answer[:_READ]):
        before, after = answer[max(0, found[0] - 80) : found[0]], answer[found[1] : found[1] + 40]
        words = fold(name).replace(".", "").split()
        if any(word in _NOT_A_PERSON for word in words) or _PLACE_BEFORE.search(before):
            continue
        if words[-1] in asked:
            continue
        own = _gender(name, before)
        if gender and own and own != gender:
            continue
        worth = (
            3.0 * (name_gender(name.split()[0]) is not None)
            + 3.0 * bool(_AGE_AFTER.match(after))
            + 2.0 * bool(_ROLE_BEFORE.search(before) or _SPEAKS_BEFORE.search(before))
            + 1.0 * bool(_ACTS_AFTER.match(after))
            - 5.0 * bool(_ASIDE_BEFORE.search(before))
            - 4.0 * answer.count("\n\n", 0, found[0])
        )
        if worth > 0 and (best is None or worth > best[0]):
            best = worth, Phrase(name, own, person=True)
    return best[1] if best else None


def _names(text: str) -> Iterator[tuple[tuple[int, int], str]]:
    """Names of two words or with a title, each with its place."""
    for found in _PERSON.finditer(text):
        start, words = found.start(), found[0].replace("\u00a0", " ").split(" ")
        while words and fold(words[0]).rstrip("'’") in _FUNCTION:
            start += len(words.pop(0)) + 1
        if words and re.match(r"[LDldSs]['’]", words[0]):
            words[0] = words[0][2:]
            start += 2
        if len(words) >= 2 and words[-1]:
            yield (start, found.end()), " ".join(words)


def _gender(name: str, before: str) -> Gender | None:
    if own := name_gender(name.split()[0]):
        return own
    if name.startswith(("Mme ", "Mlle ")) or _FEMININE_BEFORE.search(before):
        return "f"
    return "m" if name.startswith("M. ") or _MASCULINE_BEFORE.search(before) else None
