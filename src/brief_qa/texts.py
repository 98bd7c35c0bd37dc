"""What a reader sees, in French, in one place.

Messages of errors stand where they are raised, since they speak of what was given there.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Mapping, Sequence
from functools import lru_cache

REFUSAL = "L'archive ne permet pas de répondre à cette question."
"""The one refusal sentence: the writer, the page, and the tests share it."""

EMPTY_ARCHIVE = "L'archive est vide : ajoutez des articles avec « brief-qa ingest CHEMIN »."
NOTHING_IN_FILTER = "Aucun article de l'archive ne répond aux filtres demandés."
PERIOD_USE = {
    "filter": "les articles d'autres jours sont laissés de côté",
    "preference": "les articles de ces jours viennent d'abord",
    "unmet": "aucun article n'en est daté, toute l'archive a été cherchée",
}
"""What is done with the time that a question speaks of."""
NOTHING_TOLD_OF_THEN = (
    "Aucun article trouvé n'est de ce temps (« {when} ») ; l'archive va du {first} au {last}."
)
NOT_A_QUESTION = (
    "Ce n'est pas une question. Demandez ce que racontent les articles : qui, quoi, quand, où, "
    "combien, pourquoi."
)
NOT_SUPPORTED = "Les articles les plus proches n'affirment rien qui réponde à la question."
MISSING_NAMES = "Les articles trouvés ne parlent pas de : {names}."
MISSING_IN_CITED = "Les articles cités ne parlent pas de : {names}."
UNANSWERED = "Rien trouvé dans les articles cités sur : « {questions} »"
FIGURES_DIFFER = "Les articles ne donnent pas tous le même chiffre : le plus récent d'abord."
DAYS_DIFFER = "Les articles ne donnent pas tous la même date : le plus récent d'abord."
OTHER_YEAR = "La question parle de {years} ; l'article cité en premier est du {day}."
OUTSIDE_PERIOD = "La question parle de {years} ; l'archive va du {first} au {last}."
READ_AS = "« {asked} » : lu aussi comme {read}."
NO_AUTHOR = "Auteur non indiqué"
NO_DATE = "sans date"
DATE_ORIGINS = {
    "jsonld": "date tirée du balisage de la page",
    "meta": "date tirée du balisage de la page",
    "url": "date tirée de l'adresse",
    "caption": "date tirée de la légende de la photo",
    "dateline": "date écrite en tête de l'article",
    "teaser": "date écrite sous la brève",
    "field": "date donnée avec l'article",
    "text": "date trouvée dans la page",
}
NOT_FRENCH = (
    "La question n'a pas un mot en alphabet latin. Posez-la en français, comme sont les articles."
)

EXTRACTS = "extraits"
"""The writer of an answer made of quotations."""
EXTRACTS_INSTEAD = "{reason} Voici à la place les phrases des articles."
LLM_TOO_LITTLE = "Le texte du modèle de langue n'était pas assez appuyé par les articles."
LLM_SAYS_UNKNOWN = "Le modèle de langue juge que les passages trouvés ne répondent pas."
WRITTEN_BY = "Rédigé par {writer} d'après les passages cités"
REMOVED = ("{count} phrase sans source retirée", "{count} phrases sans source retirées")
"""One, and several."""

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


_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
"""Letters and marks that show nothing either, and can carry a text that only a machine reads."""


def visible(text: str) -> str:
    """The text with nothing that hides, reorders or commands, for a model and from one."""
    text = _FILLERS.sub("", UNSEEN.sub("", unicodedata.normalize("NFC", text)))
    if text.isascii():
        return text
    return "".join(map(_seen, text))


@lru_cache(maxsize=10_000)
def _seen(character: str) -> str:
    kind = unicodedata.category(character)
    return " " if kind in ("Zl", "Zp") else "" if kind in ("Cf", "Co", "Cn") else character


_NO_LABEL = re.compile(r"[\s«»“”\"\[\]]+")
_LABEL = 60


def label(name: str, most: int = _LABEL) -> str:
    """A name that an article gives of its source or author, or its title, on one line.

    Without the marks by which it could pass for a quotation or a citation.
    """
    return _NO_LABEL.sub(" ", visible(name)).strip()[:most]


def number(value: float, decimals: int = 0) -> str:
    """A number as French writes it: "12 345", "0,82", its spaces narrow and unbreakable."""
    text = f"{value:,.{decimals}f}"
    return text.replace(",", "\N{NARROW NO-BREAK SPACE}").replace(".", ",")


def written_by(writer: str, removed: int) -> str:
    """Who wrote an answer, and how much of it was taken out."""
    said = WRITTEN_BY.format(writer=writer)
    if not removed:
        return said
    return f"{said} ; {REMOVED[removed > 1].format(count=number(removed))}"


def about_writer(writer: str, removed: int, notice: str | None) -> str | None:
    """What to know of who wrote an answer; None of quotations that no model was to replace."""
    if notice or writer == EXTRACTS:
        return notice
    return f"{written_by(writer, removed)}."
