"""Questions to offer: those that an archive's own articles answer, found by rules and read.

What may be asked is made of what a text names (a person, an acronym that it explains) and of the
question before it, asked otherwise ("Pourquoi ?"); the reader then says which of these the text
answers, and only those are offered.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from itertools import islice

from brief_qa.acronyms import acronyms
from brief_qa.asked import Asked, asked, has_sign
from brief_qa.domain import Answer, Citation
from brief_qa.followups import understood
from brief_qa.followups.genders import name_gender
from brief_qa.followups.people import person_named
from brief_qa.french import fold
from brief_qa.reader import Reader

_MOST = 3
_LIKELY = 1.5
"""Log-odds, by the reader, that the text answers. Not swept: at 0, a third of the questions
offered after those of the sample archive were beside the point by eye."""
_AROUND = 400
"""Characters of the article on each side of a quotation that are read."""
_PASSAGES = 4
"""Passages found, besides, whose names may be asked about."""
_OTHERWISE = {Asked.TIME: "Quand ?", Asked.CAUSE: "Pourquoi ?"}
"""What follows nearly any fact. "Où ?" and "Combien ?" mostly make no sense of it."""

_NOT_OTHERWISE = re.compile(r"^quel|\b(?:combien de temps|duree?)\b")
""""Quel âge a Léa ?", of which the rules take the age to have her, and what lasts has no day."""

Text = tuple[str, str]
"""A title, and words of its article."""


def following(question: str, answer: Answer, reader: Reader) -> tuple[str, ...]:
    """Whole questions that may follow an answer, and that what was found seems to answer too.

    ``question`` is the one that was answered. At most three; none after a refusal.
    """
    if not answer.citations:
        return ()
    cited = _around(answer.citations[0])
    near = (hit for hit in answer.hits[:_PASSAGES] if (hit.parts.relevance or 0) > 0)
    found = (cited, *((hit.article.title, hit.text) for hit in near))
    candidates: dict[str, Text] = {}
    for text in found:
        for one in about(text[1], question):
            candidates.setdefault(one, text)
    candidates |= dict.fromkeys(_otherwise(question, answer), cited)
    answered = (one for one, text in candidates.items() if _answers(one, text, reader))
    return tuple(islice(answered, _MOST))


def about(text: str, question: str = "") -> list[str]:
    """What may be asked of the names in a text, those of ``question`` left aside."""
    known = fold(question)
    person = person_named(text, question)
    if person and name_gender(person.text.split()[0]) is None:  # "Mouvement Populaire"
        person = None
    short = dict.fromkeys(one.short for one in acronyms(text))
    return [
        *([f"Qui est {person.text} ?"] if person else []),
        *(f"Que signifie {one} ?" for one in short if fold(one) not in known),
    ]


def _otherwise(question: str, answer: Answer) -> Iterable[str]:
    """The question asked for another kind of thing, where the rules can write that."""
    if _NOT_OTHERWISE.search(fold(question)):
        return ()
    kind, before = asked(question), [(question, answer.text)]
    read = (understood(short, before) for other, short in _OTHERWISE.items() if other != kind)
    return (one.question for one in read if one.carried and not one.question.endswith(")"))


def _answers(question: str, text: Text, reader: Reader) -> bool:
    (reading,) = reader.read(question, [text])
    best = reading.best(0, len(reading.text))
    if best is None or reading.relevance < _LIKELY:
        return False
    kind = asked(question)
    return kind not in _OTHERWISE or has_sign(kind, reading.text[best.start : best.end], question)


def _around(source: Citation) -> Text:
    body = source.article.body
    return source.article.title, body[max(0, source.start - _AROUND) : source.end + _AROUND]
