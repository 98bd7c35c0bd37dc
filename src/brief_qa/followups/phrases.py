"""Noun phrases of French questions: their extent, gender and number, and the forms they take.

Rules over words, no model and no dictionary: a question is short and has few shapes. Where they
cannot tell, they say so (a gender of None), and the caller does without.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from brief_qa.followups.genders import Gender, name_gender, noun_gender
from brief_qa.french import fold

DETERMINERS = frozenset(
    "le la les l' un une des ce cet cette ces notre nos votre vos".split()
    + "deux trois quatre cinq six sept huit neuf dix".split()
)
POSSESSIVES = frozenset("son sa ses leur leurs".split())
PREPOSITIONS = frozenset(
    """
    à de du des d' au aux en dans sur sous avec pour par chez contre depuis vers entre devant
    derrière sans selon pendant durant après avant jusqu' jusque dès lors hors malgré parmi d'après
    d'ici près
    """.split()
)
_OF = frozenset("de du des d'".split())
_INSIDE = _OF | {"sur", "et"}
"""What may stand between the nouns of one phrase: "la loi sur l'immigration"."""
_WORD = re.compile(
    r"«[^»]*»|“[^”]*”|(?:\b[ldnsmtjc]|qu|jusqu|puisqu|lorsqu)'|[^\s'«“]+(?:'[^\s'«“]+)*'?|\S", re.I
)


@dataclass(frozen=True, slots=True)
class Phrase:
    """A noun phrase as it stands inside a sentence: "la ligne B du tramway", "Léon XIV"."""

    text: str
    gender: Gender | None = None
    plural: bool = False
    person: bool = False
    """Whether it names a person who was found in an answer."""

    @property
    def pronoun(self) -> str:
        """The subject pronoun that repeats it; masculine where its gender is not known."""
        return ("elle" if self.gender == "f" else "il") + ("s" if self.plural else "")

    def agrees(self, pronoun: str) -> bool:
        """Whether a subject pronoun (il, elle, ils, elles) may stand for it."""
        gender = "f" if pronoun.startswith("elle") else "m"
        return self.plural == pronoun.endswith("s") and self.gender in (None, gender)


def phrase(text: str, gender: Gender | None = None, plural: bool | None = None) -> Phrase:
    """A phrase, with the gender and number that its words show where none is given."""
    text = lowered(text.strip(" ,"))
    tokens = words(text)
    if tokens and tokens[0][0] in "«“":  # a title has the gender of its own article
        tokens = words(lowered(tokens[0].strip("«»“” \u00a0")))
    first = tokens[0].lower() if tokens else ""
    if plural is None:
        plural = first in ("les", "des", "ces", "ses", "leurs", "nos", "vos") or first in _NUMERALS
    if gender is None:
        gender = _gender(first, tokens)
    return Phrase(text, gender, plural)


_NUMERALS = frozenset("deux trois quatre cinq six sept huit neuf dix".split())


def _gender(first: str, tokens: Sequence[str]) -> Gender | None:
    if first in ("le", "un", "ce", "cet", "du"):
        return "m"
    if first in ("la", "une", "cette"):
        return "f"
    if first in DETERMINERS:
        return noun_gender(tokens[1]) if len(tokens) > 1 else None
    return name_gender(tokens[0]) if tokens and len(tokens) > 1 else None


# -- words and extents ---------------------------------------------------------------------


def words(text: str) -> list[str]:
    """The words of a text; an elided one ("l'") and a title between « » are words of their own."""
    return _WORD.findall(text)


def joined(tokens: Sequence[str]) -> str:
    """Words as a text: no space after an apostrophe."""
    return " ".join(tokens).replace("' ", "'")


def begins_phrase(tokens: Sequence[str], at: int) -> bool:
    """Whether a noun phrase that can be a subject begins at a word."""
    token, before = tokens[at], tokens[at - 1].lower() if at else ""
    if before in PREPOSITIONS or before in DETERMINERS or before in POSSESSIVES:
        return False
    if token.lower() in DETERMINERS or token.lower() in POSSESSIVES:
        return at + 1 < len(tokens)
    named = token[:1].isupper() or token[:1] in "«“"
    return named and (at > 0 or not _is_opening(token))


_OPENINGS = frozenset(
    """
    qui que qu' quoi quand où combien pourquoi comment quel quelle quels quelles lequel laquelle
    lesquels lesquelles et mais alors puis donc or est-ce il elle ils elles on ce c' ça cela y a
    aujourd'hui hier demain ensuite
    """.split()
)


def _is_opening(token: str) -> bool:
    low = token.lower()
    return low in _OPENINGS or low in PREPOSITIONS or bool(INVERTED.search(low))


INVERTED = re.compile(r"\w-(?:t-)?(?:ils?|elles?|on|ce)$", re.I)


def extent(tokens: Sequence[str], at: int) -> int:
    """The end of the noun phrase that begins at a word: the place of the first word after it."""
    place = at + 1
    if tokens[at].lower() in DETERMINERS | POSSESSIVES:
        place += 1
    place = min(place, len(tokens))
    while place < len(tokens):
        token, before = tokens[place].lower(), tokens[place - 1].lower()
        if before.endswith((",", ";", ":")) or token in ("qui", "que", "qu'", "dont", "où", "ou"):
            break
        if before not in _INSIDE and before not in DETERMINERS:
            opens = token in PREPOSITIONS and token not in _INSIDE
            if opens or _determines(tokens[place]) or is_verb(tokens, place):
                break
        place += 1
    while place > at + 1 and tokens[place - 1].lower() in _INSIDE:
        place -= 1
    return place


def _determines(token: str) -> bool:
    return token in DETERMINERS and token not in _OF  # "le pont Neuf" has no numeral


_VERBS = frozenset(
    """
    a ont est sont va vont fait font dit disent doit doivent peut peuvent veut veulent met mettent
    tient tiennent vient viennent reçoit reçoivent sait savent voit voient prend prennent suit
    suivent vit vivent sort sortent part partent perd perdent rend rendent permet promet soutient
    soutiennent détient obtient appartient devient revient contient construit conduit produit
    réduit coûte coûtent dirige dirigent préside président gère gèrent mène mènent porte portent
    compte comptent mesure pense pensent gagne gagnent joue jouent mange vote votent demande
    demandent réclame réclament accuse accusent finance financent défend défendent risque risquent
    occupe occupent habite habitent travaille travaillent commence commencent ouvre ouvrent ferme
    ferment reste restent existe existent arrive arrivent passe passent trouve trouvent remporte
    remportent représente représentent concerne concernent propose proposent prévoit prévoient
    transporte transportent exige exigent fut furent eut eurent fit dut put vint tint mit prit
    accompagne accompagnent participe participent prépare préparent organise organisent
    """.split()
)
_VERB_ENDINGS = re.compile(
    r"\w{2,}(?:era|eront|erait|eraient|ira|iront|irait|iraient|dra|dront|tra|tront|urra|urront"
    r"|evra|evront|vait|vaient|sait|saient|nait|naient|tait|taient|rait|raient|lait|laient|gnait"
    r"|geait|geaient|çait|çaient|chait|dait|daient|mait|maient|quait|guait|guaient|yait|èrent"
    r"|irent|urent)$"
)
_NO_VERBS = frozenset(
    "opéra caméra portrait retrait extrait souhait bienfait attrait distrait lait trait".split()
)
_CLITICS = frozenset("se s' ne n' lui y".split())


def is_verb(tokens: Sequence[str], at: int) -> bool:
    """Whether a word looks like a finite verb, or like what only stands before one."""
    token = tokens[at].lower().rstrip("?,")
    if at and tokens[at].isupper() and len(token) == 1:
        return False  # "la ligne A"
    if token in _CLITICS or INVERTED.search(token):
        return True
    before = tokens[at - 1].lower() if at else ""
    if before in DETERMINERS and before not in ("l'", "la", "le", "les"):
        return False
    if token in _VERBS or (_VERB_ENDINGS.match(token) and token not in _NO_VERBS):
        return True
    plural = before.endswith(("s", "x")) and before not in DETERMINERS | PREPOSITIONS
    return plural and token.endswith("ent") and not token.endswith("ment") and len(token) > 4


def complement(of: Phrase) -> Phrase | None:
    """What a phrase is of: "le score du SPD" → "le SPD"; None where it is of nothing definite."""
    tokens = words(of.text)
    for place in range(1, len(tokens) - 1):
        token, rest = tokens[place].lower(), tokens[place + 1 :]
        definite = rest[0].lower() in DETERMINERS or rest[0][:1].isupper()
        if token in ("de", "d'") and definite:
            return phrase(joined(rest))
        if token == "du":
            return phrase(joined(["le", *rest]))
        if token == "des":
            return phrase(joined(["les", *rest]))
    return None


def head_noun(text: str) -> str:
    """The first noun of a phrase, folded and without the mark of the plural."""
    tokens = [token for token in words(text) if token.lower() not in DETERMINERS | POSSESSIVES]
    return fold(tokens[0]).rstrip("?,.").removesuffix("s").removesuffix("x") if tokens else ""


# -- forms ---------------------------------------------------------------------------------

_VOWEL = re.compile(r"(?!oui|onz|y[aeo])[aeiouyàâæéèêëîïôœùûü]", re.IGNORECASE)
_SILENT_H = re.compile(
    r"H(?:élène|enri|ervé|ugo|ubert|onoré|ortense|aïti|érault)"
    r"|h(?!a(?:che|ie|ine|ll|meau|ndi|ngar|rc|rpe|sard|us|ut|vre)|ér[io][sn]|éros|eurt|iérar|ibou"
    r"|oll|omard|ong|onte|ors|ou|uit|url|utte|ockey|amster|asch)"
)


def elides(text: str) -> bool:
    """Whether "de", "que" or "le" lose their vowel before a text."""
    return bool(_VOWEL.match(text) or _SILENT_H.match(text))


def of(text: str) -> str:
    """The word "de" and a phrase: "du tunnel", "de la gare", "d'Emmanuel Macron"."""
    return _contracted("de", "du", "des", text)


def to(text: str) -> str:
    """The word "à" and a phrase: "au tunnel", "à la gare", "aux pompiers"."""
    return _contracted("à", "au", "aux", text)


def _contracted(alone: str, singular: str, plural: str, text: str) -> str:
    if text.startswith("le "):
        return f"{singular} {text[3:]}"
    if text.startswith("les "):
        return f"{plural} {text[4:]}"
    if alone == "de" and text.startswith("des "):
        text = text[4:]
    return f"d'{text}" if alone == "de" and elides(text) else f"{alone} {text}"


def that(text: str) -> str:
    """The word "que" and what follows it: "que la ligne", "qu'Hélène"."""
    return f"qu'{text}" if elides(text) else f"que {text}"


def inverted(verb: str, pronoun: str) -> str:
    """A verb with its subject after it: "a-t-il", "ouvrira-t-elle", "sont-ils"."""
    return f"{verb}-{'t-' if verb[-1:].lower() in 'aàec' else ''}{pronoun}"


def lowered(text: str) -> str:
    """A phrase from the beginning of a sentence, as it stands inside one."""
    first = words(text)[:1]
    small = first and first[0].lower() in DETERMINERS | POSSESSIVES | {"celui", "celle"}
    return text[:1].lower() + text[1:] if small else text


def capital(text: str) -> str:
    """A sentence with its capital."""
    return text[:1].upper() + text[1:]
