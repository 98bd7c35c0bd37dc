"""Pronouns that are objects, replaced by what they stand for: la, les, lui, y, en, avec elle."""

from __future__ import annotations

import re

from brief_qa.followups.agreement import BE, HAVE, is_participle, unagreed, verb_end
from brief_qa.followups.clauses import INVERSION
from brief_qa.followups.genders import Gender
from brief_qa.followups.phrases import elides, is_verb, of, to
from brief_qa.followups.reading import Reading
from brief_qa.followups.slots import place_in

_CLITIC = r"(?P<clitic>l'|le |la |les |lui |leur |y |en )"
_OF_SUBJECT_WORD = re.compile(
    r"(?P<before>(?:qui(?: est-ce qui)?|qu'est-ce qui|combien (?:de |d')[\w-]+(?: [\w-]+)?"
    r"|quel(?:le)?s?(?: [\w-]+)?|(?:.* )?(?:qu')?on) (?:n'|ne )?|qu'|que )"
    rf"{_CLITIC}(?P<verb>[a-zà-ÿ]+)(?P<rest>.*)",
    re.I,
)
_OF_INFINITIVE = re.compile(
    r"(?P<before>.*\b(?:(?:va|vont|peut|peuvent|doit|doivent|veut|veulent|pourra|devra|pourrait|faut)"
    r"(?:-(?:t-)?(?:on|ils?|elles?))?|pour)(?: pas)? )"
    rf"{_CLITIC}(?!\w+(?:vier|bre)\b)(?P<verb>\w+(?:er|ir|re|oir))\b(?P<rest>.*)",
    re.I,
)
_SAYING = re.compile(
    r"(?:dit|annonc|décl|affirm|confirm|décid|expliqu|sai[ts]|prétend|reconn)", re.I
)


def objects(reading: Reading) -> None:
    """Pronouns before their verb, replaced by what they stand for after it."""
    text = reading.text
    if re.search(r"\by (?:a|avait|aura|aurait)\b", text, re.I):
        return
    inverted = INVERSION.search(text)
    if inverted is not None:
        clitics = re.findall(r"l'|le |la |les |lui |leur |y |en ", inverted["clitics"], re.I)
        if clitics:
            _one_object(reading, inverted, clitics)
            return
    modal = _OF_INFINITIVE.fullmatch(text)
    if modal is None and inverted is None:
        modal = _OF_SUBJECT_WORD.fullmatch(text)
        if modal and not _clitic_stands(modal):
            modal = None
    if modal is not None:
        clitic = modal["clitic"].lower().strip()
        _place(reading, modal["before"], clitic, modal["verb"], modal["rest"])


def _clitic_stands(found: re.Match[str]) -> bool:
    """Whether what may be a pronoun before a verb is one, and not "le maire" or "en avril"."""
    clitic, verb = found["clitic"].lower().strip(), found["verb"].lower()
    tokens = [clitic, verb]
    if clitic in ("en", "lui", "leur"):
        return is_verb(tokens, 1)
    if found["before"].lower() in ("que ", "qu'"):
        return False
    if clitic == "y":
        return True
    before = found["before"].lower().rstrip()
    return before.startswith(("qui", "qu'est-ce qui")) or before.endswith("on") or verb in HAVE


def _one_object(reading: Reading, found: re.Match[str], clitics: list[str]) -> None:
    if len(clitics) > 1:
        reading.unresolved = True
        return
    text, clitic = reading.text, clitics[0]
    before = text[: found.start()] + found["clitics"].lower().replace(clitic.lower(), "", 1)
    group = text[found.start("verb") : found.start("rest")]
    _place(reading, before, clitic.lower().strip(), group, found["rest"])


def _place(reading: Reading, before: str, clitic: str, verb: str, rest: str) -> None:
    """Take a pronoun away from before its verb, and put what it stands for after it."""
    plain = verb.partition("-")[0]
    end = verb_end(plain, rest)
    verbs = rest[:end]
    gender, plural = _of_clitic(clitic, plain, verbs)
    if clitic == "en" and re.match(r"combien $", before, re.I):
        reading.unresolved = True
        return
    if clitic in ("l'", "le") and _SAYING.match(verbs.strip() or plain):
        reading.unresolved = True
        return
    found = reading.find(gender, plural)
    what = found.text if found else ""
    if clitic == "y":
        place = place_in(reading.turn.question) or ""
        apart = place and place.partition(" ")[2] not in what  # not "les Jeux de Paris"
        what = place if apart else to(what)
    elif clitic == "en":
        what = of(what)
    elif clitic in ("lui", "leur"):
        what = to(what)
    elif plain.lower() in HAVE:
        verbs = " ".join(unagreed(v) if is_participle(v) else v for v in verbs.split(" "))
    before = _elided_again(before, verb)
    last = re.fullmatch(r"qu(?:e |')", before, re.I) or (clitic == "en" and plain.lower() in BE)
    if last:  # "Que pense l'Inde de l'accord", "Qui est le maire de Valmont"
        reading.put(found, f"{before}{verb}{rest} {what}")
        return
    reading.put(found, f"{before}{verb}{verbs} {what}{rest[end:]}")


def _of_clitic(clitic: str, verb: str, verbs: str) -> tuple[Gender | None, bool | None]:
    """The gender and the number that a pronoun shows, by itself or by the participle after it."""
    if clitic in ("y", "en"):
        return None, None
    if clitic in ("les", "leur"):
        return None, True
    if clitic == "l'":
        participle = verbs.split(" ")[-1]
        own = verb.lower() in HAVE and re.search(r"(?:ée|ie|ue|ise|ite|erte|inte)$", participle)
        return ("f" if own else None), False
    return ("m" if clitic == "le" else "f" if clitic == "la" else None), False


def _elided_again(before: str, verb: str) -> str:
    """The words before a verb that lost its pronoun: "Qu'en pense" becomes "Que pense"."""
    if before.lower().endswith("qu'") and not elides(verb):
        return f"{before[:-1]}e "
    if before.lower().endswith("que ") and elides(verb):
        return f"{before[:-2]}'"
    return before


_DISJUNCTIVE = re.compile(
    r"\b(?P<preposition>avec|contre|pour|chez|sans|sur|par|devant|derrière|après|avant|selon"
    r"|d'après|à|de|d'|entre|envers|vers) ?(?P<pronoun>lui|elle|eux|elles)\b(?!-)",
    re.I,
)


def after_prepositions(reading: Reading) -> None:
    """Pronouns after a preposition: "contre lui", "avec elles"."""
    found = _DISJUNCTIVE.search(reading.text)
    if found is None or reading.names_before(found.start()):
        return
    pronoun = found["pronoun"].lower()
    gender: Gender = "f" if pronoun.startswith("elle") else "m"
    one = reading.find(gender, pronoun in ("eux", "elles"))
    what = one.text if one else ""
    preposition = found["preposition"].lower()
    said = to(what) if preposition == "à" else of(what) if preposition in ("de", "d'") else None
    said = said or f"{found['preposition']} {what}"
    reading.put(one, reading.text[: found.start()] + said + reading.text[found.end() :])
