"""What a reader sees, in French, in one place.

Messages of errors stand where they are raised, since they speak of what was given there.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence

REFUSAL = "L'archive ne permet pas de répondre à cette question."
"""The one refusal sentence: the writer, the page, and the tests share it."""

EMPTY_ARCHIVE = "L'archive est vide : ajoutez des articles avec « brief-qa ingest CHEMIN »."
NOTHING_NEAR = "Aucun article de l'archive ne s'approche de la question."
NOTHING_IN_FILTER = "Aucun article de l'archive ne répond aux filtres demandés."
PERIOD_USE = {
    "filter": "les articles d'autres jours sont laissés de côté",
    "preference": "les articles de ces jours viennent d'abord",
}
"""What is done with the time that a question speaks of."""
NOTHING_OF_THEN = "aucun article n'en est daté, toute l'archive a été cherchée"
NOT_SUPPORTED = "Les articles les plus proches n'affirment rien qui réponde à la question."
MISSING_NAMES = "L'archive ne parle pas de : {names}."
FIGURES_DIFFER = "Les articles ne donnent pas tous le même chiffre : le plus récent d'abord."
OTHER_YEAR = "La question parle de {years} ; l'article cité en premier est du {day}."
OUTSIDE_PERIOD = "La question parle de {years} ; l'archive va du {first} au {last}."
READ_AS = "« {asked} » : lu aussi comme {read}."
NO_AUTHOR = "Auteur non indiqué"
NO_DATE = "sans date"
NOT_FRENCH = (
    "La question n'a pas un mot en alphabet latin. Posez-la en français, comme sont les articles."
)

UNSEEN = re.compile(
    "["
    "\x00-\x08\x0b-\x1f\x7f-\x9f"  # controls, other than tab and newline
    "\u00ad\u200b-\u200f\u2060-\u2064\ufeff"  # soft hyphens, zero widths, direction marks
    "\u061c\u202a-\u202e\u2066-\u206f"  # bidi embeddings, overrides and isolates
    "\ud800-\udfff"  # half of a surrogate pair: no encoding can carry it
    "\U000e0000-\U000e007f"  # tags
    "]"
)
"""Characters that show nothing, and can command a terminal, or reorder, hide or split a text."""


def read_as(words: Mapping[str, Sequence[str]]) -> list[str]:
    """For the reader: which words of the question were also read as which others."""
    return [
        READ_AS.format(asked=asked, read=", ".join(f"« {one} »" for one in read))
        for asked, read in words.items()
    ]


def number(value: float, decimals: int = 0) -> str:
    """A number as French writes it: "12 345", "0,82", its spaces narrow and unbreakable."""
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")
