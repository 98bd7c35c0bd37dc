"""Verbs and participles, made to agree with another subject."""

from __future__ import annotations

import re

from brief_qa.followups.genders import Gender
from brief_qa.followups.phrases import PREPOSITIONS

_PLURALS = {
    "a": "ont",
    "est": "sont",
    "va": "vont",
    "fait": "font",
    "dit": "disent",
    "doit": "doivent",
    "peut": "peuvent",
    "veut": "veulent",
    "prévoit": "prévoient",
    "vient": "viennent",
    "tient": "tiennent",
    "prend": "prennent",
    "met": "mettent",
    "sort": "sortent",
    "part": "partent",
    "vit": "vivent",
    "perd": "perdent",
    "défend": "défendent",
    "reçoit": "reçoivent",
}
_SINGULARS = {plural: singular for singular, plural in _PLURALS.items()}


def in_number(verb: str, plural: bool) -> str | None:
    """A finite verb of the third person, singular or plural; None where that is not known."""
    low = verb.lower()
    known = _PLURALS if plural else _SINGULARS
    if low in known:
        return known[low]
    if plural:
        if low.endswith("ra"):
            return f"{verb[:-1]}ont"
        if low.endswith("ait"):
            return f"{verb[:-1]}ent"
        return f"{verb}nt" if low.endswith("e") else None
    if low.endswith("ront"):
        return f"{verb[:-3]}a"
    if low.endswith("aient"):
        return f"{verb[:-3]}t"
    return verb[:-2] if low.endswith("ent") else None


_PARTICIPLE = re.compile(r"\w*(?:é|i|u|is|it|ert|aint|eint|oint|ort|us|os)(?:e?s?)$")
BE = frozenset("est sont était étaient sera seront serait seraient fut furent été".split())
HAVE = frozenset("a ont avait avaient aura auront aurait auraient eut eurent".split())
AIDS = frozenset(
    """
    va vont allait peut peuvent pouvait pouvaient pourra pourront pourrait pourraient doit doivent
    devait devaient devra devront devrait veut veulent voulait voulaient fait font fera
    feront ferait
    """.split()
)


def is_participle(word: str) -> bool:
    """Whether a word looks like a past participle."""
    return bool(_PARTICIPLE.fullmatch(word.lower())) and word.lower() not in PREPOSITIONS | {"qui"}


def is_infinitive(word: str) -> bool:
    """Whether a word looks like an infinitive."""
    return bool(re.fullmatch(r"\w+(?:er|ir|re|oir)", word.lower())) and word.lower() not in (
        "hier",
        "entre",
        "sur",
    )


def agreed(participle: str, gender: Gender | None, plural: bool) -> str:
    """A participle made to agree; masculine where the gender is not known."""
    base = unagreed(participle)
    base += "e" if gender == "f" else ""
    return base if not plural or base.endswith("s") else f"{base}s"


def unagreed(participle: str) -> str:
    """A participle in the masculine singular: "peinte" → "peint", "libérés" → "libéré"."""
    base = re.sub(r"(?<=[éiuts])es?$", "", participle)
    return base if re.search(r"(?:m|pr|ss|qu|cl)is$", base) else re.sub(r"(?<=[éuit])s$", "", base)


def verb_end(verb: str, rest: str) -> int:
    """How far, in what follows a verb, its negation, participles and infinitives go."""
    end = 0
    aided = verb.lower().split("-")[0] in BE | HAVE | AIDS
    for found in re.finditer(r" ([\wÀ-ÿ]+)", rest):
        if found.start() != end:
            break
        word = found[1].lower()
        adverb = word in ("pas", "plus", "jamais", "déjà", "encore", "bien", "aussi", "ensuite")
        if not (adverb or (aided and (is_participle(word) or is_infinitive(word)))):
            break
        end = found.end()
        if not adverb and word != "été" and not is_infinitive(word):
            break
    return end
