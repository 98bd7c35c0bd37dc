"""Where the words of a question stand in what was found for it."""

from __future__ import annotations

from brief_qa.domain import Hit
from brief_qa.french import analyse, stems


def matched_places(text: str, hit: Hit) -> list[tuple[int, int]]:
    """Places in ``text``, in order, of the words that a hit was found by.

    The text is the hit's passage, or its title, or either as it is shown.
    """
    read = (read for _, read in hit.parts.read_as)
    wanted = set(stems(" ".join([*hit.parts.matched, *read])))
    return [(term.start, term.end) for term in analyse(text) if term.stem in wanted]
