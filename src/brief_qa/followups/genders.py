"""The gender that a French noun or first name shows: by its ending, or in a short list."""

from __future__ import annotations

import re
from typing import Literal

Gender = Literal["m", "f"]

_FEMININE = re.compile(
    r"(?:tion|sion|xion|té|ée|ance|ence|ure|ude|ette|elle|esse|ie|ise|ade|euse|trice|enne|ère|onne"
    r"|rice|aine|ine|ille|oire|ale|ique|erre|ode)$"
)
_MASCULINE = re.compile(
    r"(?:age|ment|isme|eau|eur|ier|oir|al|el|in|on|an|é|et|ail|eil|o|us|um|at|ont)$"
)
_HIS_NOUNS = frozenset(
    """
    incendie génie parapluie stade musée lycée trophée comité arrêté côté été traité député
    territoire laboratoire magistrat squelette prestige siècle groupe hôpital véhicule ministère
    cimetière critère adversaire salaire partenaire domaine patrimoine magazine satellite modèle
    crime régime mystère états-unis pays-bas émirats
    """.split()
)
_HER_NOUNS = frozenset(
    """
    image page plage cage rage nage main fin maison saison raison façon leçon chanson eau peau
    équipe mère loi usine entreprise école cour mer tour forêt mort part langue ville île femme
    personne affaire grève crise guerre marche voix bataille couleur valeur fleur peur horreur
    erreur hauteur longueur largeur profondeur vigueur ampleur origine cantine médecine clinique
    politique musique banque attaque marque manche tête fête place route région opinion
    """.split()
)
"""Nouns whose ending says otherwise, or nothing."""
_HERS = frozenset(
    """
    aïcha agnès alice amélie anaïs andrée angela anita anne annie béatrice bérénice brigitte camille
    carole caroline catherine cécile céline chantal charlotte christine claire clémence clémentine
    colette corinne delphine dominique édith élisabeth elisabeth élise émilie emmanuelle estelle
    ève fabienne fatima fatiha florence françoise frédérique gabrielle geneviève ghislaine gisèle
    gwenola hélène inès irène isabelle jacqueline jeanne joséphine josiane judith julie juliette
    justine khadija laure laurence léa louise lucie madeleine manon marguerite marie marine marion
    marlène martine mathilde maud mélanie michèle mireille monique muriel nadège nathalie nicole
    noémie odile océane patricia pauline rachel rachida rebecca renée rose roxane sabine salomé
    samira sandrine sarah ségolène simone solène sophie stéphanie suzanne sylvie thérèse ursula
    valérie véronique virginie yaël yasmine yvette yvonne zineb
    """.split()
)
_HIS = frozenset(
    """
    abdelaziz abdellatif abdelouafi abdou adam ahmed alain alassane albert alexandre ali amine andré
    antoine armand arnaud arthur aziz bastien benoît bernard brahim bruno charles christian
    christophe claude cyril damien daniel david demis denis didier donald édouard éric emmanuel
    étienne eugène félix ferdinand florian françois franck frédéric gabriel georges gérald gérard
    gilles grégory guillaume guy hakim hamza hassan henri hervé hicham hugo idriss ismaël jacques
    jean jérôme joël john jordan joseph jules julien justin kader kamel karim kevin kylian lamine
    laurent léon léo loïc louis luc lucas macky malo marc marcel martin mathieu matthieu maurice
    max maxime michel mohamed mohammed mostafa mounir moukhtar mustapha nabil nasser nicolas noé
    olivier omar oscar ousmane pascal patrice patrick paul philippe pierre quentin raphaël
    raymond régis rémi rené richard robert roger romain saïd salah samuel sébastien sékou serge
    simon stéphane sylvain teddy théo thibault thierry thomas timothée tony victor vincent vladimir
    volodymyr walter william xavier yanis yann yannick youssef yves yvon zinedine
    """.split()
)


def noun_gender(noun: str) -> Gender | None:
    """The gender that a noun's ending shows, if any does."""
    word = noun.lower().rstrip("?!.,")
    for form in (word, word.removesuffix("s"), word.removesuffix("x")):
        if form in _HIS_NOUNS | _HER_NOUNS:
            return "m" if form in _HIS_NOUNS else "f"
    word = word.removesuffix("s")
    if not word or noun[0].isupper():
        return None
    return "f" if _FEMININE.search(word) else "m" if _MASCULINE.search(word) else None


def name_gender(name: str) -> Gender | None:
    """The gender of a first name, where it is a common one."""
    first = name.lower().partition("-")[0]
    return "f" if first in _HERS else "m" if first in _HIS else None
