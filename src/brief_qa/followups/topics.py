"""What the last exchange was about: what a pronoun of the next question may stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from brief_qa.asked import Asked, asked
from brief_qa.followups.clauses import HEAD, Clause, phrases_in
from brief_qa.followups.genders import Gender, noun_gender
from brief_qa.followups.people import person_named
from brief_qa.followups.phrases import (
    Phrase,
    begins_phrase,
    complement,
    elides,
    extent,
    head_noun,
    joined,
    of,
    phrase,
    words,
)

_ATTRIBUTES = frozenset(
    """
    age prix nombre population montant cout score resultat date duree titre nom taille superficie
    quota role budget salaire but objectif cause raison hauteur longueur surface origine bilan
    adresse parti profession nationalite capital valeur poid taux tarif horaire distance part
    montant pourcentage
    """.split()
)
"""What something has: "the population of Port-Lavande" speaks of Port-Lavande."""
_OF_A_PERSON = re.compile(
    r"\bâge\b|\b(?:né|née|nés|nées)\b|naît|naquit|mort|décéd|élu|nommé|\bdit|décl|affirm|annonc|promis|promet"
    r"|répon|expliqu|pens[ea]|mari|épous|enfant|métier|profession|étudi|jou[eaé]|écri|\bvi[tv]|habit"
    r"|gagn|remport|dirig|présid|quitt|démission|\bparl|poste|carrière|diplôme|travail|prédéc|succe"
    r"|précéd|remplac|accompagn|soutien|soutenu|arrêt|jug|condamn|accus|batt|critiqu|invit|reçu"
    r"|rencontr|interrog|impos|adversaire|famille|femme|père|mère|frère|sœur|équipe|nationalité",
    re.I,
)
_OF_A_THING = re.compile(
    r"coût|ouv(?:r|er)|ferm|constru|bâti|inaugur|mesur|dur[ea]|termin|achev|publi|vigueur|adopt"
    r"|sign|install|situ|cré[ée]|fond[ée]|restaur|détrui|brûl|livr|financ|vol[ée]|pein|vend|prix",
    re.I,
)
_PERSON_NOUNS = re.compile(
    r"quel(?:le)?s? (?:nouv\w+ |anci\w+ |jeune )?"
    r"(?:élève|lycéen|candidat|député|sénat|ministr|présid|maire|écriv|romanc|auteur"
    r"|autrice|actr|acteur|joueu|athlète|nageu|coureu|chant|artiste|homme|femme|avocat|juge|procur"
    r"|chercheu|scientif|médecin|pape|cardinal|préf|direct|patron|entraîneu|personn|journalist)",
    re.I,
)
_CALLED = re.compile(r"comment (?:s'appelle|se nomme)", re.I)


@dataclass(frozen=True, slots=True)
class Turn:
    """A question that stands alone, and what was answered."""

    question: str
    """Without its question mark."""
    clause: Clause
    answer: str
    about: str = ""
    """What stood after it in brackets."""
    before: Turn | None = None


def person(turn: Turn, gender: Gender | None = None) -> Phrase | None:
    """The person whom the answer names, when the question asked for one."""
    return person_named(turn.answer, turn.question, gender) if _asks_who(turn) else None


def _asks_who(turn: Turn) -> bool:
    clause = turn.clause
    if clause.shape == "attribute" and clause.head.lower() == "qui":
        subject = clause.subject.text if clause.subject else ""
        return not subject[:1].isupper()  # "Qui est Hélène Marchand ?" names her
    names = _PERSON_NOUNS.match(turn.question) or _CALLED.match(turn.question)
    return asked(turn.question) is Asked.PERSON or names is not None


def candidates(turn: Turn, asking: str, gender: Gender | None = None) -> Iterator[Phrase]:
    """What ``asking`` may speak of, likeliest first, then what came before it."""
    named, things = person(turn, gender), list(_things(turn))
    thing_first = bool(_OF_A_THING.search(asking)) and not _OF_A_PERSON.search(asking)
    own_subject = turn.clause.shape in ("inverted", "on", "est-ce que", "after")
    if own_subject and not _CALLED.match(turn.question) and not _OF_A_PERSON.search(asking):
        thing_first = True
    people = [named] if named else []
    asks = turn.clause.shape == "qui" and turn.clause.subject is None
    if asks and person(turn) is None:
        people = [_whoever(turn.clause, gender)]
    yield from [*things, *people] if thing_first else [*people, *things]
    if turn.before is not None:
        yield from candidates(turn.before, asking, gender)


def _whoever(clause: Clause, gender: Gender | None) -> Phrase:
    """Whom "Qui a peint la Joconde ?" asks for, when the answer does not say it."""
    said = f"{clause.clitics}{clause.verb}{clause.rest}"
    return Phrase(f"{'celle' if gender == 'f' else 'celui'} qui {said}", gender)


def _things(turn: Turn) -> Iterator[Phrase]:
    clause = turn.clause
    if turn.about:
        parts = (words(part) for part in turn.about.split(", "))
        yield from (phrase(joined(part)) for part in parts if begins_phrase(["…", *part], 1))
    if (keywords := _keywords(turn)) is not None:
        yield keywords
    seen: set[str] = set()
    for one in _in_order(turn.question, clause):
        if one.text.lower() not in seen and not re.fullmatch(r"\d+|.{0,2}", one.text):
            seen.add(one.text.lower())
            yield one


def _keywords(turn: Turn) -> Phrase | None:
    """The phrase that some words are: "la grève des éboueurs"; None for a question."""
    tokens = words(turn.question)
    if turn.clause.shape != "words" or not 1 < len(tokens) <= 6 or tokens[0][:1].isupper():
        return None
    gender = noun_gender(tokens[0])
    if gender is None or HEAD.match(turn.question) or extent(["le", *tokens], 0) <= len(tokens):
        return None
    article = "l'" if elides(tokens[0]) else "la " if gender == "f" else "le "
    return Phrase(f"{article}{turn.question}", gender)


def _in_order(question: str, clause: Clause) -> Iterator[Phrase]:
    subject = clause.subject
    if clause.shape == "attribute" and subject is not None:
        whose = complement(subject)
        if whose is not None and head_noun(subject.text) in _ATTRIBUTES:
            yield whose
        yield subject
        if whose is not None:
            yield whose
    elif clause.shape == "qui" and subject is not None:
        said = f"{clause.clitics}{clause.verb}{clause.rest}"
        yield Phrase(f"{subject.text} qui {said}", subject.gender, subject.plural)
    elif subject is not None:
        yield subject
        yield from _owned(subject, clause.rest)
    yield from phrases_in(f"… {clause.rest}" if clause.shape in ("on", "qui") else question)
    if subject is not None and clause.shape != "qui" and (whose := complement(subject)):
        yield whose


def _owned(owner: Phrase, rest: str) -> Iterator[Phrase]:
    """What a question gave its subject: "la grève des éboueurs", for "après leur grève"."""
    for found in re.finditer(r"\b(son|sa|leur) ([a-zà-ÿ]+)", rest):
        gender: Gender | None = "f" if found[1] == "sa" else noun_gender(found[2])
        if gender is not None:
            article = "l'" if elides(found[2]) else "la " if gender == "f" else "le "
            yield Phrase(f"{article}{found[2]} {of(owner.text)}", gender)


def aside(turn: Turn) -> str:
    """What a question is about, to stand after it in brackets."""
    if turn.about:
        return turn.about
    named, clause = person(turn), turn.clause
    things = [one.text for one in _things(turn)][:1]
    if named is None and clause.shape == "qui" and clause.subject is None:
        said = f"qui {clause.clitics}{clause.verb}{clause.rest}"
        return things[0] if things and things[0][:1].islower() else said
    parts = [named.text] if named else []
    parts += things
    return ", ".join(parts) or turn.question[:1].lower() + turn.question[1:]
