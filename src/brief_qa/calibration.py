"""What typical French texts do inside a model: the figures its 8-bit graph is made from."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from . import graph
from .batches import padded

if TYPE_CHECKING:
    from tokenizers import Tokenizer

# Written for this purpose: news, figures, names, dates, quotations, an address. More text
# changes nothing: 60 passages of an encyclopaedia gave the same agreement with float32.
QUESTIONS = (
    "Qui a été élu maire de la ville en 2026 ?",
    "combien coûte l'abonnement mensuel au tramway",
    "Pourquoi les agriculteurs manifestent-ils devant la préfecture ?",
)
PASSAGES = (
    "Le conseil municipal s'est réuni lundi 12 janvier 2026 à 18 h 30. Par 27 voix contre 14, "
    "il a adopté un budget de 143,6 millions d'euros, en hausse de 2,1 % sur un an.",
    "« Nous n'avons jamais connu une telle sécheresse », a déclaré Mme Yasmina El Khattabi, "
    "présidente de la coopérative, lors d'une conférence de presse à Fès.",
    "Football\nLe Stade rennais s'est imposé (3-1) face à l'Olympique lyonnais, grâce à un "
    "doublé de l'attaquant sénégalais à la 78e minute ; les visiteurs restent 11es du classement.",
    "Selon l'AFP, le ministre de l'Intérieur a rencontré son homologue marocain à Rabat pour "
    "parler de coopération policière, de migration et de lutte contre le terrorisme.",
    "Santé : l'Organisation mondiale de la santé (OMS) alerte sur la propagation du virus dans "
    "quatorze pays d'Afrique. Des vaccins seront livrés d'ici au 15 septembre.",
    "Née en 1867 à Varsovie et morte en 1934, Marie Curie est une physicienne et chimiste "
    "polonaise, naturalisée française. Elle a partagé le prix Nobel de physique de 1903 avec "
    "Pierre Curie et Henri Becquerel.",
    "La rivière prend sa source à 1 250 mètres d'altitude, traverse trois départements puis se "
    "jette dans l'Atlantique. Son bassin, de 9 800 km², abrite des loutres, des hérons et l'une "
    "des dernières forêts alluviales d'Europe.",
    "Technologie. L'entreprise californienne Apple a dévoilé son nouvel iPhone ; le prix de "
    "départ, 969 €, n'a pas changé. www.exemple.fr/articles?id=4521 #tech @redaction",
    "Recette — Mélangez 250 g de farine, 4 œufs et un demi-litre de lait. Laissez reposer une "
    "heure, puis faites cuire les crêpes à feu vif dans une poêle beurrée.",
)


def rounded_graph(
    state: graph.State,
    layout: graph.Layout,
    tokenizer: Tokenizer,
    prefixes: tuple[str, str],
    max_tokens: int,
) -> bytes:
    """The 8-bit graph of a model; ``prefixes`` are those of questions and passages."""
    texts = [prefixes[0] + text for text in QUESTIONS] + [prefixes[1] + text for text in PASSAGES]
    read = [encoding.ids[:max_tokens] for encoding in tokenizer.encode_batch(texts)]
    return graph.rounded(state, layout, rounded_products(state, layout, read))


def rounded_products(
    state: graph.State, layout: graph.Layout, read: Iterable[Sequence[int]]
) -> dict[str, graph.Product]:
    """A model's products in 8 bits, by what these texts, in tokens, do inside it."""
    session = graph.open_session(graph.observing(state, layout), threads=0)
    outputs = [output.name for output in session.get_outputs()]
    names = [name for name in outputs if name.startswith("encoder.")]
    seen = [session.run(names, padded([ids])) for ids in read]
    largest = {name: np.max(values, axis=0) for name, *values in zip(names, *seen, strict=True)}
    return graph.rounded_products(state, layout, largest)
