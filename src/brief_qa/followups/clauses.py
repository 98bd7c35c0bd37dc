"""What a French question is made of: its question word, its subject, its verb and the rest.

A question is one of few shapes, told apart by where its verb and its subject stand:

- ``inverted``: "Combien la ligne B coûtera-t-elle cette année ?", "Le pont est-il fermé ?";
- ``on``: "Quand pourra-t-on prendre le tramway ?";
- ``est-ce que``: "Quand est-ce que le stade sera agrandi ?";
- ``after``: "Où se tient le procès ?", "Qu'a dit le maire ?";
- ``attribute``: "Quelle est la population de Port-Lavande ?", "Qui est Léon XIV ?";
- ``qui``: the question word is the subject: "Qui préside le club ?", "Quel navire a coulé ?";
- ``words``: anything else.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

from brief_qa.followups.agreement import AIDS, BE, HAVE, is_infinitive, is_participle
from brief_qa.followups.genders import Gender, noun_gender
from brief_qa.followups.phrases import (
    DETERMINERS,
    POSSESSIVES,
    PREPOSITIONS,
    Phrase,
    begins_phrase,
    capital,
    elides,
    extent,
    inverted,
    is_verb,
    joined,
    phrase,
    that,
    words,
)

Shape = Literal["inverted", "on", "est-ce que", "after", "attribute", "qui", "words"]

CLITICS = r"(?P<clitics>(?:n'|ne |s'|se |l'|le |la |les |lui |leur |y |en )*)"
INVERSION = re.compile(
    rf"(?<![\w-]){CLITICS}(?P<verb>[\wÀ-ÿ]+)-(?:t-)?(?P<pronoun>ils?|elles?|on)\b(?P<rest>.*)",
    re.I,
)
_PREPOSITION = (
    r"(?:(?:à|de|en|dans|sur|avec|pour|par|chez|contre|depuis|jusqu'(?:à|en)?|jusque|vers|sous"
    r"|entre|devant|sans|selon|d'après|face à|à partir de|pendant|durant|au bout de|auprès de)\s"
    r"?|d'|jusqu')"
)
HEAD = re.compile(
    rf"(?P<preposition>{_PREPOSITION}?)\b(?P<word>qu'|combien d'"
    r"|(?:qui|quoi|quand|où|comment|pourquoi|combien(?: de)?|quel(?:le)?s?|que)(?![\w'-]))",
    re.I,
)
IMPERSONAL = re.compile(
    r"\by (?:a|avait|aura|aurait|eut)-t-il|\bil y a|faut-il|faudra(?:it)?-t-il|fallait-il"
    r"|s'agi(?:t|ssait|ra)-?(?:t-)?il|s'est-il (?:passé|produit|agi)|se passe-t-il|se passait-il"
    r"|se produit-il|(?:pleut|neige|existe|reste|restait|manque|suffit|semble|vaut|importe)"
    r"-(?:t-)?il|heure est-il|a-t-il fallu|(?:temps|froid|chaud|beau)\b.{0,12}"
    r"(?:fait|fera|faisait)-(?:t-)?il|temps a-t-il fait|fait-il (?:froid|chaud|beau)"
    r"|a-t-il (?:plu|neigé|fait (?:froid|chaud|beau))"
    r"|(?:est|était|sera|serait)-il (?:prévu|possible|impossible|vrai|nécessaire|question"
    r"|interdit de|permis de|temps|obligatoire|utile|normal|important|trop tard)"
    r"|est-il arrivé (?:à|au)|\bil (?:faut|faudra|pleut|s'agit|existe|reste|suffit|fait"
    r"|est (?:possible|vrai|prévu|temps))",
    re.I,
)
"""A pronoun that stands for nothing."""
_ATTRIBUTE = re.compile(
    r"(?P<head>qui|quel(?:le)?s?) (?P<verb>est|sont|était|étaient|sera|seront|serait|fut|furent"
    r"|a été|ont été) (?P<rest>.+)",
    re.I,
)
_IS_IT_THAT = re.compile(r"(?P<head>.*?)\best-ce (?P<that>qu'|que )(?P<rest>.+)", re.I)
_SUBJECT_HEAD = re.compile(r"(?:qui(?: est-ce qui)?|(?:qu'|que )est-ce qui)\b ?", re.I)
_CLITIC = re.compile(r"(?:ne |n'|se |s'|l'|le |la |les |lui |leur |y |en )", re.I)


@dataclass(frozen=True, slots=True)
class Clause:
    """A question taken apart; its parts, in order, are its text."""

    shape: Shape
    head: str = ""
    """The question words: "Combien", "Contre qui", "Quel navire"; empty for a yes or no."""
    subject: Phrase | None = None
    clitics: str = ""
    """What stands before the verb and goes with it, spaces included: "ne s'"."""
    verb: str = ""
    rest: str = ""
    """What follows the verb, or the verb and its subject."""


def parse(question: str) -> Clause:
    """Take a question apart; without its question mark, apostrophes typed."""
    text = question.strip(" ?!.")
    if IMPERSONAL.search(text):
        return Clause("words", rest=text)
    return (
        _est_ce_que(text)
        or _by_inversion(text)
        or _attribute(text)
        or _qui(text)
        or _after(text)
        or Clause("words", rest=text)
    )


def _by_inversion(text: str) -> Clause | None:
    found = INVERSION.search(text)
    if found is None:
        return None
    before = text[: found.start()].strip()
    parts = found["clitics"], found["verb"], found["rest"]
    if found["pronoun"].lower() == "on":
        return Clause("on", before, None, *parts)
    tokens = words(before)
    at = subject_start(tokens)
    if at is None:
        return None
    gender: Gender = "f" if found["pronoun"].lower().startswith("elle") else "m"
    subject = phrase(joined(tokens[at:]), gender, found["pronoun"].lower().endswith("s"))
    return Clause("inverted", joined(tokens[:at]), subject, *parts)


def subject_start(tokens: list[str]) -> int | None:
    """Where, in what stands before an inverted verb, its subject begins; None without one."""
    return next((at for at in range(len(tokens)) if begins_phrase(tokens, at)), None)


def _est_ce_que(text: str) -> Clause | None:
    found = _IS_IT_THAT.fullmatch(text)
    if found is None:
        return None
    tokens = words(found["rest"])
    if not begins_phrase(["que", *tokens], 1):
        return Clause("est-ce que", found["head"].strip(), None, rest=found["rest"])
    end = extent(["que", *tokens], 1) - 1
    clitics, verb, rest = _verb_group(joined(tokens[end:]))
    subject = phrase(joined(tokens[:end]))
    return Clause("est-ce que", found["head"].strip(), subject, clitics, verb, rest)


def _attribute(text: str) -> Clause | None:
    found = _ATTRIBUTE.fullmatch(text)
    if found is None:
        return None
    tokens = words(found["rest"])
    if not begins_phrase(["est", *tokens], 1):
        return None
    end = extent(["est", *tokens], 1) - 1
    subject = phrase(joined(tokens[:end]), plural=is_plural(found["verb"]))
    return Clause("attribute", found["head"], subject, "", found["verb"], _tail(tokens[end:]))


def _qui(text: str) -> Clause | None:
    """The question word as the subject: "Qui", "Quel navire", "Combien de députés"."""
    alone = _SUBJECT_HEAD.match(text)
    if alone:
        tokens = words(text[alone.end() :])
        if not tokens or (tokens[0].lower() in DETERMINERS and tokens[0].lower()[:1] != "l"):
            return None
        clitics, verb, rest = _verb_group(text[alone.end() :])
        return Clause("qui", alone[0].strip(), None, clitics, verb, rest) if verb else None
    head = HEAD.match(text)
    if head is None or head["preposition"] or not re.match(r"quel|combien d", head["word"], re.I):
        return None
    tokens = words(text)
    for at in range(2, len(tokens)):
        if is_verb(tokens, at) and tokens[at - 1].lower() not in PREPOSITIONS:
            clitics, verb, rest = _verb_group(joined(tokens[at:]))
            noun = joined(tokens[:at])
            return Clause("qui", noun, _asked_noun(noun), clitics, verb, rest) if verb else None
        if tokens[at].lower() in DETERMINERS and at > 2:
            return None
    return None


def _asked_noun(head: str) -> Phrase:
    """What is asked for: "le navire" of "Quel navire", "les députés" of "Combien de députés"."""
    question_word, _, noun = head.partition(" ")
    low = question_word.lower()
    if low == "combien":
        noun = re.sub(r"^(?:de |d')", "", noun)
        return Phrase(f"les {noun}", noun_gender(words(noun)[0]), plural=True)
    gender: Gender = "f" if low.startswith("quelle") else "m"
    plural = low.endswith("s")
    single = "l'" if elides(noun) else "la " if gender == "f" else "le "
    return Phrase(f"{'les ' if plural else single}{noun}", gender, plural)


def _after(text: str) -> Clause | None:
    """The subject after the verb: "Où se tient le procès", "Qu'a dit le maire"."""
    head = HEAD.match(text)
    if head is None:
        return None
    start = head.end()
    clitics, verb, rest = _verb_group(text[start:].strip())
    if not verb:
        return None
    tokens = words(rest)
    at = 0
    while at < len(tokens) and (is_participle(tokens[at]) or is_infinitive(tokens[at])):
        at += 1
    aided = verb.lower() in BE | HAVE | AIDS
    if at and not aided:
        return None
    opened = ["verbe", *tokens[at:]]
    if len(opened) < 2 or not begins_phrase(opened, 1):
        return None
    end = extent(opened, 1) - 1 + at
    if re.match(r"(?:pens|retien)", verb, re.I):  # "Que pense le maire du projet ?"
        end = next((n for n in range(at + 1, end) if tokens[n].lower() in ("de", "du", "d'")), end)
    subject = phrase(joined(tokens[at:end]), plural=is_plural(verb))
    verbs = " ".join([verb, *tokens[:at]])
    return Clause("after", text[:start], subject, clitics, verbs, _tail(tokens[end:]))


def is_plural(verb: str) -> bool:
    """Whether a finite verb of the third person is in the plural."""
    return verb.lower().endswith("nt") and not re.search(r"[tv]ient$", verb, re.I)


def _tail(tokens: list[str]) -> str:
    return f" {joined(tokens)}" if tokens else ""


def _verb_group(text: str) -> tuple[str, str, str]:
    """Clitics, verb and rest of a text that begins with a verb and what goes before it."""
    at = 0
    while found := _CLITIC.match(text, at):
        at = found.end()
    verb = re.match(r"[\wÀ-ÿ]+(?![\w'-])", text[at:])
    if verb is None:
        return "", "", text
    return text[:at], verb[0], text[at + verb.end() :]


# -- written again -------------------------------------------------------------------------


def written(clause: Clause) -> str:
    """The question of a clause, as a sentence."""
    head, subject = clause.head, clause.subject.text if clause.subject else ""
    group = f"{clause.clitics}{clause.verb}"
    if clause.shape == "inverted":
        assert clause.subject is not None
        group = f"{clause.clitics}{inverted(clause.verb, clause.subject.pronoun)}"
        text = f"{head} {subject} {group}{clause.rest}"
    elif clause.shape == "on":
        text = f"{head} {clause.clitics}{inverted(clause.verb, 'on')}{clause.rest}"
    elif clause.shape == "est-ce que":
        said = f"{subject} {group}{clause.rest}" if subject else clause.rest
        text = f"{head} est-ce {that(said)}"
    elif clause.shape in ("after", "attribute"):
        space = "" if head.endswith("'") else " "
        text = f"{head}{space}{group} {subject}{clause.rest}"
    elif clause.shape == "qui":
        text = f"{head} {group}{clause.rest}"
    else:
        text = clause.rest
    return sentence(text)


def sentence(text: str) -> str:
    """A text as a question: its capital, its question mark, single spaces."""
    return f"{capital(' '.join(text.split()).strip(' ?!.'))} ?"


_DEFINITE = {"du": "le", "des": "les", "au": "le", "aux": "les", "un": "le", "une": "la"}
"""The article that a phrase has when it is spoken of again."""


def phrases_in(text: str) -> list[Phrase]:
    """The noun phrases of a text that name something, in order; not those inside another."""
    tokens, found, at = words(text), [], 0
    while at < len(tokens):
        token = tokens[at].lower()
        contracted = _DEFINITE.get(token)
        if contracted and at + 1 < len(tokens) and at > 0:
            opened = [contracted, *tokens[at + 1 :]]
            end = extent(opened, 0)
            gender: Gender | None = "f" if token == "une" else "m" if token == "un" else None
            if gender and elides(opened[1]):
                opened[0] = "l'"
            found.append(phrase(joined(opened[:end]), gender))
            at += end
            continue
        definite = token in ("le", "la", "les", "l'", "cette", "ce", "cet", "ces")
        named = (
            (tokens[at][:1].isupper() or token[0] in "«“")
            and at > 0
            and not re.match(r"quel|qu|où", token)
        )
        if (definite and at + 1 < len(tokens) and token not in POSSESSIVES) or named:
            end = extent(tokens, at)
            found.append(phrase(joined(tokens[at:end])))
            at = max(end, at + 1)
            continue
        at += 1
    return found
