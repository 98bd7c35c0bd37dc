"""Follow-up questions made complete from the conversation, by rules: no model is needed.

"Et quand ouvrira-t-elle ?" after "Combien la ligne B coûtera-t-elle ?" is "Quand la ligne B
ouvrira-t-elle ?": a sentence to be shown and searched, where the two questions one after the
other would mostly find what the first one asked for. Where the rules cannot write such a
sentence, what the question leans on stands after it in brackets, so that search has the words:
"Combien de blessés ? (l'usine)".
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from brief_qa.domain import Understood
from brief_qa.followups import anaphora, ellipses
from brief_qa.followups.clauses import Clause, parse
from brief_qa.followups.phrases import capital, words
from brief_qa.followups.several import first_way, separate
from brief_qa.followups.topics import Turn, aside
from brief_qa.french import fold

__all__ = ["separate", "understood"]

_REMEMBERED = 8
"""Exchanges looked back at: a longer chain of follow-ups has lost its thread."""
_LONGEST = 300
"""Characters of a question that is taken apart; a longer one says what it is about."""
_TAKEN = 1_000
"""Characters looked at of an earlier question."""
_LEADS = re.compile(
    r"(?:(?:et|mais|alors|donc|ok|oui|non|sinon|bon)\b"
    r"(?: (?:puis|alors|donc|sinon|aussi)\b)?,? ?)+",
    re.I,
)
_BRACKETS = re.compile(r"(?P<asked>.+?\?) \((?P<aside>.+)\)")


def understood(question: str, history: Sequence[tuple[str, str]]) -> Understood:
    """A question, made complete when it leans on the (question, answer) pairs before it.

    Follow-ups among these are made complete first, so a chain of them keeps its subject.
    """
    turn: Turn | None = None
    for before, said in history[-_REMEMBERED:]:
        for one in separate(before):
            turn = _turn(_completed(one, turn).question, said, turn)
    return _completed(question, turn)


def _turn(question: str, answer: str, before: Turn | None) -> Turn:
    text = _plain(question[:_TAKEN])
    brackets = _BRACKETS.fullmatch(text)
    asked, about = (brackets["asked"], brackets["aside"]) if brackets else (text, "")
    base = asked.strip(" ?!.")
    clause = parse(base) if len(base) <= _LONGEST else Clause("words", rest=base[:_LONGEST])
    return Turn(base[:_LONGEST], clause, answer, about, before)


def _plain(text: str) -> str:
    """Typed apostrophes and single spaces."""
    return " ".join(text.replace("’", "'").split())


def _completed(question: str, turn: Turn | None) -> Understood:
    text = _plain(question)
    if turn is None or len(text) > _LONGEST or _BRACKETS.fullmatch(text):
        return Understood(question)
    lead = _LEADS.match(text)
    core = text[lead.end() if lead else 0 :].strip(" ?!.…,")
    if not core:
        return Understood(question)
    if way := first_way(core):  # "Où et quand ?": "Où a-t-il voté ?", asked in both ways
        one = _completed(way, turn).question.removeprefix(capital(way))
        if one.startswith(" ") and not one.startswith(" ?"):
            return Understood(capital(core) + one, _carried(one, core))
    completed = ellipses.completed(core, turn, led=lead is not None)
    if completed is None:
        completed = anaphora.completed(core, turn)
    if completed is None:
        return Understood(question)
    if not completed:
        completed = f"{text.strip(' ?!.')} ? ({aside(turn)})"
    return Understood(completed, _carried(completed, text))


def _carried(completed: str, question: str) -> tuple[str, ...]:
    """The runs of words of a completed question that the question itself does not have."""
    own = {fold(word) for word in words(question)}
    runs: list[list[str]] = [[]]
    for word in words(completed.replace("(", " ").replace(")", " ")):
        if fold(word) in own or word == "?":
            runs.append([])
        else:
            runs[-1].append(word)
    return tuple(" ".join(run).replace("' ", "'") for run in runs if run)
