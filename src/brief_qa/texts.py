"""What a reader sees, in French, in one place.

Messages of errors stand where they are raised, since they speak of what was given there.
"""

from __future__ import annotations

REFUSAL = "L'archive ne permet pas de répondre à cette question."
"""The one refusal sentence: the writer, the page, and the tests share it."""

EMPTY_ARCHIVE = "L'archive est vide : ajoutez des articles avec « brief-qa ingest CHEMIN »."
NOTHING_NEAR = "Aucun article de l'archive ne s'approche de la question."
NOTHING_IN_FILTER = "Aucun article de l'archive ne répond aux filtres demandés."
NOT_SUPPORTED = "Les articles les plus proches n'affirment rien qui réponde à la question."
MISSING_NAMES = "L'archive ne parle pas de : {names}."
NO_AUTHOR = "Auteur non indiqué"
NO_DATE = "sans date"
NOT_FRENCH = (
    "La question n'a pas un mot en alphabet latin. Posez-la en français, comme sont les articles."
)
