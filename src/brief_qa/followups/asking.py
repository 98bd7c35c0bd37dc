"""A question asked again: about another subject, or with other question words."""

from __future__ import annotations

import re
from dataclasses import replace

from brief_qa.followups.agreement import (
    BE,
    HAVE,
    agreed,
    in_number,
    is_participle,
    unagreed,
    verb_end,
)
from brief_qa.followups.clauses import HEAD, Clause, is_plural, written
from brief_qa.followups.phrases import DETERMINERS, PREPOSITIONS, Phrase, elides


def with_subject(clause: Clause, subject: Phrase) -> Clause | None:
    """The clause about another subject, its verb made to agree; None where that is not known."""
    old = clause.subject
    if old is None:
        return None
    known = subject.gender is not None
    if not known:
        subject = replace(subject, gender=old.gender)
    first, *more = clause.verb.split(" ")
    if subject.plural != old.plural:
        other = in_number(first, subject.plural)
        if other is None:
            return None
        first = other
    verb, rest = " ".join([first, *more]), clause.rest
    if first.lower() in BE:
        attribute = _agreeing_rest(rest, subject, old)
        if attribute is None:
            return None
        verb, rest = " ".join([first, *_agreeing(more, subject)]), attribute
    elif re.match(r" été ", rest):
        rest = f" été{_agreeing_rest(rest[4:], subject, old) or rest[4:]}"
    elif not known and subject.plural != old.plural and clause.shape == "inverted":
        return replace(clause, shape="est-ce que", subject=subject, verb=verb)
    return replace(clause, subject=subject, verb=verb, rest=rest)


def _agreeing(tokens: list[str], subject: Phrase) -> list[str]:
    return [agreed(t, subject.gender, subject.plural) if is_participle(t) else t for t in tokens]


def _agreeing_rest(rest: str, subject: Phrase, old: Phrase) -> str | None:
    """What follows "être" for another subject: "venu", "candidat"; None where that is not known."""
    found = re.match(r"((?: pas| plus| déjà)?) ([a-zà-ÿ]+)(?!['’])", rest)
    if found is None or found[2] in DETERMINERS | PREPOSITIONS:
        return rest
    if is_participle(found[2]):
        return f"{found[1]} {agreed(found[2], subject.gender, subject.plural)}{rest[found.end() :]}"
    same = (subject.gender or old.gender) == old.gender and subject.plural == old.plural
    if same or (found[2].endswith("e") and old.gender == "m" and not subject.plural):
        return rest
    if old.gender == "m" and not old.plural and not subject.plural and found[2][-1] in "td":
        return f"{found[1]} {found[2]}e{rest[found.end() :]}"
    return None


_MEASURED = re.compile(r"(?:coût|mesur|pes|vaut|vaudr|gagn|dépens|rapport)", re.I)
_WHEN_OR_WHERE = re.compile(
    r"(?:jour|année|heure|mois|semaine|date|âge|endroit|temps|fois|ans|jours|mois|heures|années)\b",
    re.I,
)


def asked_again(clause: Clause, head: str, person: Phrase | None) -> str | None:
    """What a clause says, asked with other question words; None where they do not fit.

    ``person`` takes the place of "Qui" where it was the subject.
    """
    if clause.shape in ("inverted", "on"):
        rest = _with_object(clause, head)
        return None if rest is None else written(replace(clause, head=head, rest=rest))
    if clause.shape == "est-ce que":
        kept = not clause.head or _is_adverbial(clause.head)
        return written(replace(clause, head=head)) if kept else None
    if clause.shape == "after":
        return _after_asked_again(clause, head)
    if clause.shape == "qui":
        return _qui_asked_again(clause, head, person)
    return None


def _measures(clause: Clause) -> bool:
    return bool(_MEASURED.match(clause.verb) or _MEASURED.match(clause.rest.strip()))


def _is_adverbial(head: str) -> bool:
    found = HEAD.match(head)
    if found is None:
        return True
    word = found["word"].lower()
    return bool(found["preposition"]) or word in ("quand", "où", "comment", "pourquoi")


def _with_object(clause: Clause, head: str) -> str | None:
    """The rest of a clause, with what its question words stood for put back into it."""
    if not clause.head or _is_adverbial(clause.head):
        return clause.rest
    word, _, noun = clause.head.partition(" ")
    low = word.lower()
    if low in ("que", "qu'", "qu'est-ce"):
        return _after_verb(clause, " cela")
    if low == "combien" and not noun:
        asks_why = head.lower() in ("pourquoi", "comment")
        return _after_verb(clause, " autant") if asks_why and _measures(clause) else None
    if not noun or not low.startswith(("combien", "quel")):
        return None
    if _WHEN_OR_WHERE.match(re.sub(r"^(?:de |d')", "", noun)):
        return clause.rest
    return _after_verb(
        clause, f" autant {noun}" if low == "combien" else f" {_this(low, noun)} {noun}"
    )


def _this(which: str, noun: str) -> str:
    """The demonstrative that answers to "quel", "quelle", "quels"."""
    if which.endswith("s"):
        return "ces"
    return "cette" if which == "quelle" else "cet" if elides(noun) else "ce"


def _after_verb(clause: Clause, what: str) -> str:
    """The rest with something put after its participles and infinitives."""
    end = verb_end(clause.verb, clause.rest)
    rest = clause.rest
    if end and clause.verb.lower() in HAVE:
        verbs = rest[:end].split(" ")
        verbs[-1] = unagreed(verbs[-1]) if is_participle(verbs[-1]) else verbs[-1]
        return " ".join(verbs) + what + rest[end:]
    return rest[:end] + what + rest[end:]


def _after_asked_again(clause: Clause, head: str) -> str | None:
    assert clause.subject is not None
    low = clause.head.lower()
    verb, *more = clause.verb.split(" ")
    rest = f"{''.join(f' {one}' for one in more)}{clause.rest}"
    if low in ("que", "qu'"):
        cela = "".join(f" {one}" for one in more) + " cela" + clause.rest
        return written(Clause("inverted", head, clause.subject, clause.clitics, verb, cela))
    if low == "combien" and (head.lower() not in ("pourquoi", "comment") or not _measures(clause)):
        return None
    if not _is_adverbial(clause.head) and low != "combien":
        return None
    if low == "combien":
        rest = f"{''.join(f' {one}' for one in more)} autant{clause.rest}"
    if head.lower() == "pourquoi" or low == "combien":
        return written(Clause("inverted", head, clause.subject, clause.clitics, verb, rest))
    return written(replace(clause, head=head))


def _qui_asked_again(clause: Clause, head: str, person: Phrase | None) -> str | None:
    subject = clause.subject or person
    if subject is not None and not re.match(r"qu'|que ", clause.head, re.I):
        verb = clause.verb
        plural = is_plural(verb)
        if plural != subject.plural:
            verb = in_number(verb, subject.plural) or verb
        again = Clause("inverted", head, subject, clause.clitics, verb, clause.rest)
        if clause.subject is not None:
            return written(again)
        # "Qui a été élu": the person may be a woman.
        anyone = replace(again, subject=Phrase("qui", "m", subject.plural))
        agreeing = with_subject(anyone, subject)
        return written(agreeing) if agreeing else None
    active = clause.verb.lower() not in BE and not clause.rest.startswith(" été")
    if not active or "s'" in clause.clitics or "se " in clause.clitics:
        return None
    return written(Clause("on", head, None, clause.clitics, clause.verb, clause.rest))
