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
from dataclasses import dataclass, replace
from typing import Literal

from brief_qa.phrases import (
    AIDS,
    BE,
    DETERMINERS,
    HAVE,
    POSSESSIVES,
    PREPOSITIONS,
    Phrase,
    agreed,
    begins_phrase,
    capital,
    extent,
    in_number,
    inverted,
    is_infinitive,
    is_participle,
    is_verb,
    joined,
    noun_gender,
    phrase,
    words,
)

Shape = Literal["inverted", "on", "est-ce que", "after", "attribute", "qui", "words"]

CLITICS = r"(?P<clitics>(?:n'|ne |s'|se |l'|le |la |les |lui |leur |y |en )*)"
INVERSION = re.compile(
    rf"(?<![\w-]){CLITICS}(?P<verb>[\wÀ-ÿ]+)-(?:t-)?(?P<pronoun>ils?|elles?|on)\b(?P<rest>.*)", re.I
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
    r"-(?:t-)?il|heure est-il|a-t-il fallu"
    r"|(?:temps|froid|chaud|beau)\b.{0,12}(?:fait|fera|faisait|a)-(?:t-)?il"
    r"|fait-il (?:froid|chaud|beau)|a-t-il (?:plu|neigé|fait (?:froid|chaud|beau))"
    r"|(?:est|était|sera|serait)-il (?:prévu|possible|impossible|vrai|nécessaire|question|interdit de"
    r"|permis de|temps|obligatoire|utile|normal|important|trop tard)|arrivé-t-il|est-il arrivé (?:à|au)"
    r"|\bil (?:faut|faudra|pleut|s'agit|existe|reste|suffit|fait|est (?:possible|vrai|prévu|temps))",
    re.I,
)
_ATTRIBUTE = re.compile(
    r"(?P<head>qui|quel(?:le)?s?) (?P<verb>est|sont|était|étaient|sera|seront|serait|fut|furent"
    r"|a été|ont été) (?P<rest>.+)",
    re.I,
)
_IS_IT_THAT = re.compile(r"(?P<head>.*?)\best-ce (?P<that>qu'|que )(?P<rest>.+)", re.I)
_SUBJECT_HEAD = re.compile(r"(?:qui(?: est-ce qui)?|(?:qu'|que )est-ce qui)\b ?", re.I)
_LONGEST_ELISION = re.compile(r"(?:ne |n'|se |s'|l'|le |la |les |lui |leur |y |en )", re.I)


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
    gender: Literal["m", "f"] = "f" if found["pronoun"].lower().startswith("elle") else "m"
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
    return Clause("est-ce que", found["head"].strip(), phrase(joined(tokens[:end])), clitics, verb, rest)


def _attribute(text: str) -> Clause | None:
    found = _ATTRIBUTE.fullmatch(text)
    if found is None:
        return None
    tokens = words(found["rest"])
    if not begins_phrase(["est", *tokens], 1):
        return None
    end = extent(["est", *tokens], 1) - 1
    subject = phrase(joined(tokens[:end]), plural=_is_plural(found["verb"]))
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
    """ "Quel navire" → "le navire", "Combien de députés" → "les députés"."""
    question_word, _, noun = head.partition(" ")
    low = question_word.lower()
    if low == "combien":
        noun = re.sub(r"^(?:de |d')", "", noun)
        return Phrase(f"les {noun}", noun_gender(words(noun)[0]), plural=True)
    gender: Literal["m", "f"] = "f" if low.startswith("quelle") else "m"
    plural = low.endswith("s")
    from brief_qa.phrases import elides

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
    subject = phrase(joined(tokens[at:end]), plural=_is_plural(verb))
    verbs = " ".join([verb, *tokens[:at]])
    return Clause("after", text[:start], subject, clitics, verbs, _tail(tokens[end:]))


def _is_plural(verb: str) -> bool:
    return verb.lower().endswith("nt") and not re.search(r"[tv]ient$", verb, re.I)


def _tail(tokens: list[str]) -> str:
    return f" {joined(tokens)}" if tokens else ""


def _verb_group(text: str) -> tuple[str, str, str]:
    """Clitics, verb and rest of a text that begins with a verb and what goes before it."""
    at = 0
    while found := _LONGEST_ELISION.match(text, at):
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
        from brief_qa.phrases import that

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
        return f"{found[1]} {agreed(found[2], subject.gender, subject.plural)}{rest[found.end():]}"
    same = (subject.gender or old.gender) == old.gender and subject.plural == old.plural
    if same or (found[2].endswith("e") and old.gender == "m" and not subject.plural):
        return rest
    if old.gender == "m" and not old.plural and not subject.plural and found[2][-1] in "td":
        return f"{found[1]} {found[2]}e{rest[found.end():]}"
    return None


# -- asked again ---------------------------------------------------------------------------

_MEASURED = re.compile(r"(?:coût|mesur|pes|vaut|vaudr|gagn|dépens|rapport)", re.I)
_WHEN_OR_WHERE = re.compile(
    r"(?:jour|année|heure|mois|semaine|date|âge|endroit|temps|fois|ans|jours|mois|heures|années)\b",
    re.I,
)


def asked_again(clause: Clause, head: str, person: Phrase | None) -> str | None:
    """What a clause says, asked with other question words; None where they do not fit.

    ``person`` takes the place of "Qui" where it was the subject.
    """
    if clause.shape == "inverted":
        rest = _with_object(clause, head)
        return None if rest is None else written(replace(clause, head=head, rest=rest))
    if clause.shape == "on":
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
    low = clause.head.lower()
    noun = clause.head.partition(" ")[2]
    if low in ("que", "qu'", "qu'est-ce que"):
        return _after_verb(clause, " cela")
    if low == "combien":
        asks_why = head.lower() in ("pourquoi", "comment")
        return _after_verb(clause, " autant") if asks_why and _measures(clause) else None
    if low.startswith("combien d"):
        noun = re.sub(r"^(?:de |d')", "", noun)
        if _WHEN_OR_WHERE.match(noun):
            return clause.rest
        return _after_verb(clause, f" autant {'d' + chr(39) if low[8:10] == 'd' + chr(39) else 'de '}{noun}")
    if low.startswith("quel") and noun:
        if _WHEN_OR_WHERE.match(noun):
            return clause.rest
        from brief_qa.phrases import elides

        word = low.partition(" ")[0]
        this = "ces" if word.endswith("s") else "cette" if word == "quelle" else "cet" if elides(noun) else "ce"
        return _after_verb(clause, f" {this} {noun}")
    return None


def _after_verb(clause: Clause, what: str) -> str:
    """The rest with something put after its participles and infinitives."""
    end = verb_end(clause.verb, clause.rest)
    rest = clause.rest
    if end and clause.verb.lower() in HAVE:
        verbs = rest[:end].split(" ")
        verbs[-1] = unagreed_if_participle(verbs[-1])
        return " ".join(verbs) + what + rest[end:]
    return rest[:end] + what + rest[end:]


def unagreed_if_participle(word: str) -> str:
    """A participle without agreement, any other word as it is."""
    from brief_qa.phrases import unagreed

    return unagreed(word) if is_participle(word) else word


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
        plural = _is_plural(verb)
        if plural != subject.plural:
            verb = in_number(verb, subject.plural) or verb
        again = Clause("inverted", head, subject, clause.clitics, verb, clause.rest)
        if clause.subject is None:  # "Qui a été élu": the person may be a woman
            again = with_subject(replace(again, subject=Phrase("qui", "m", subject.plural)), subject)
        return written(again) if again else None
    active = clause.verb.lower() not in BE and not clause.rest.startswith(" été")
    if not active or "s'" in clause.clitics or "se " in clause.clitics:
        return None
    return written(Clause("on", head, None, clause.clitics, clause.verb, clause.rest))


def phrases_in(text: str) -> list[Phrase]:
    """The noun phrases of a text that name something, in order; not those inside another."""
    tokens, found, at = words(text), [], 0
    while at < len(tokens):
        token = tokens[at].lower()
        contracted = {"du": "le", "des": "les", "au": "le", "aux": "les"}.get(token)
        if contracted and at + 1 < len(tokens) and at > 0:
            opened = [contracted, *tokens[at + 1 :]]
            end = extent(opened, 0)
            found.append(phrase(joined(opened[:end])))
            at += end
            continue
        definite = token in ("le", "la", "les", "l'", "cette", "ce", "cet", "ces")
        named = (tokens[at][:1].isupper() or token[0] in "«“") and at > 0 and not re.match(r"quel|qu|où", token)
        if (definite and at + 1 < len(tokens) and token not in POSSESSIVES) or named:
            end = extent(tokens, at)
            found.append(phrase(joined(tokens[at:end])))
            at = max(end, at + 1)
            continue
        at += 1
    return found
