"""Questions with something left out: "Pourquoi ?", "Et en avril ?", "Et le maire ?"."""

from __future__ import annotations

import re

from brief_qa.followups import slots
from brief_qa.followups.anaphora import owned
from brief_qa.followups.asking import asked_again, with_subject
from brief_qa.followups.clauses import HEAD, sentence, written
from brief_qa.followups.phrases import (
    Phrase,
    begins_phrase,
    complement,
    extent,
    head_noun,
    is_verb,
    joined,
    of,
    phrase,
    words,
)
from brief_qa.followups.topics import Turn, person

_FILLER = re.compile(r" (?:ça|cela|donc|exactement|précisément|au juste|plus précisément)$", re.I)
_NOUN_HEADS = re.compile(
    r"(?:.*\bquel(?:le)?s? (?:heures?|dates?|jours?|années?|mois|endroits?|lieux?|villes?|pays"
    r"|raisons?|occasions?|moments?|époques?|manière|façon|motifs?|conditions?|but|circonstances"
    r"|scores?|résultats?|avance|majorité)"
    r"|.*\bcombien de (?:temps|fois|jours|mois|ans|semaines|heures))$",
    re.I,
)
_COMPLEMENT = re.compile(
    r"(?:(?P<which>celui|celle|ceux|celles) )?(?P<said>(?:de |du |des |d').+)", re.I
)
_LATER = re.compile(r"(?:avant|après|ensuite|depuis|maintenant|plus tard|aujourd'hui)", re.I)


def completed(core: str, turn: Turn, *, led: bool) -> str | None:
    """A question with what it left out; "" where that cannot be written; None when it is whole.

    ``core`` has neither its mark nor the "Et" before it; ``led`` says that there was one.
    """
    if _is_bare(core):
        return _asked_again(core, turn)
    tokens = words(core)
    whole = HEAD.match(core) or any(is_verb(tokens, at) for at in range(1, len(tokens)))
    if whole and not (led and slots.is_noun_phrase(core)):
        return None
    for way in (_other_time, _other_complement, _other_place):
        found = way(core, turn, led)
        if found is not None:
            return found
    if not led:
        return None
    own = owned(core, turn)
    if own is not None:
        return _other_subject(phrase(own), turn)
    if slots.is_noun_phrase(core):
        return _other_subject(phrase(core), turn)
    return sentence(f"{turn.question} {core}") if _LATER.fullmatch(core) else ""


def _is_bare(core: str) -> bool:
    """Whether a question is its question words alone: "Contre qui", "Combien de blessés"."""
    core = _FILLER.sub("", core)
    head = HEAD.match(core)
    if head is None or head["word"].lower() in ("que", "qu'"):
        return False
    noun = core[head.end() :].split()
    word = head["word"].lower()
    if not noun:
        return not word.startswith("quel")
    takes_noun = word.startswith(("quel", "combien d"))
    tokens = words(core)
    verb = any(is_verb(tokens, at) for at in range(2, len(tokens)))
    return (
        takes_noun
        and len(noun) <= (4 if word == "combien de" else 2)
        and not verb
        and not re.match(r"est|sont|était", noun[0])
    )


def _asked_again(core: str, turn: Turn) -> str:
    head = _FILLER.sub("", core)
    found = HEAD.match(head)
    assert found is not None
    word = found["word"].lower()
    alone = not head[found.end() :].strip()
    if alone and not found["preposition"] and word in ("qui", "quoi", "combien"):
        return ""
    if not alone and not _NOUN_HEADS.match(head):
        return ""
    return asked_again(turn.clause, head, person(turn)) or ""


def _other_time(core: str, turn: Turn, led: bool) -> str | None:
    found = slots.with_time(turn.question, core)
    return sentence(found) if found is not None else None


def _other_complement(core: str, turn: Turn, led: bool) -> str | None:
    found = _COMPLEMENT.fullmatch(core)
    if found is None or not (led or found["which"]):
        return None
    which = found["which"].lower() if found["which"] else None
    changed = slots.with_complement(turn.question, found["said"], which)
    return sentence(changed) if changed else ""


def _other_place(core: str, turn: Turn, led: bool) -> str | None:
    attribute = turn.clause.shape == "attribute"
    found = slots.with_preposition(turn.question, core, attribute=attribute)
    return sentence(found) if found is not None else None


def _other_subject(new: Phrase, turn: Turn) -> str:
    """The last question about something or someone else; "" where that cannot be written."""
    clause = turn.clause
    if clause.subject is not None and head_noun(clause.subject.text) == head_noun(new.text):
        new = phrase(slots.with_object(clause.subject.text, new.text) or new.text)
    else:
        same_noun = slots.with_object(turn.question, new.text)
        if same_noun is not None:
            return sentence(same_noun)
    if clause.shape in ("inverted", "est-ce que", "after"):
        changed = with_subject(clause, new)
        return written(changed) if changed else ""
    if clause.shape == "attribute" and clause.subject is not None:
        whose = complement(clause.subject)
        swaps = clause.head.lower().startswith("quel") or new.text[:1].isupper()
        if whose is not None and swaps:
            kept = clause.subject.text.removesuffix(of(whose.text))
            return sentence(f"{clause.head} {clause.verb} {kept}{of(new.text)}{clause.rest}")
        changed = with_subject(clause, new)
        return written(changed) if changed else ""
    if clause.shape == "qui" and clause.subject is None:
        return _other_object(new, turn)
    return ""


def _other_object(new: Phrase, turn: Turn) -> str:
    """The question "Qui préside le club ?" about the federation: its first phrase gives way."""
    tokens = words(turn.question)
    for at in range(2, len(tokens)):
        if begins_phrase(tokens, at):
            end = extent(tokens, at)
            return sentence(joined([*tokens[:at], new.text, *tokens[end:]]))
    return ""
