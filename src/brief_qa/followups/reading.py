"""A question on its way to being complete, and what its pronouns stand for."""

from __future__ import annotations

from dataclasses import dataclass, field

from brief_qa.followups.genders import Gender
from brief_qa.followups.phrases import Phrase, begins_phrase, words
from brief_qa.followups.topics import Turn, candidates


@dataclass(slots=True)
class Reading:
    """A question on its way to being complete."""

    text: str
    turn: Turn
    used: list[Phrase] = field(default_factory=list)
    unresolved: bool = False

    def find(self, gender: Gender | None, plural: bool | None) -> Phrase | None:
        """What a pronoun of that gender and number (None: of any) stands for, not used already."""
        for one in candidates(self.turn, self.text, gender):
            fits = plural in (None, one.plural) and (gender is None or one.gender in (None, gender))
            if fits and one.text not in [used.text for used in self.used]:
                return one
        return None

    def put(self, found: Phrase | None, text: str) -> None:
        """Go on with a text in which a phrase was put."""
        if found is None:
            self.unresolved = True
        else:
            self.used.append(found)
            self.text = text

    def names_before(self, at: int) -> bool:
        """Whether a question has named someone by then, whom its own pronouns stand for."""
        tokens = words(self.text[:at])
        return any(begins_phrase(tokens, n) for n in range(len(tokens)))
