"""Plain words: those that a sentence may use though its sources do not have them.

They link, report and sum up, and claim nothing particular. Left out on purpose is whatever can
turn a claim round or make one by itself: rise and fall, win and lose, open and close, accept
and refuse, dead and injured, all trades and ranks, all names.
"""

from __future__ import annotations

from functools import cache

from brief_qa.french import stems

_WORDS = """
ajouter affirmer annoncer apprendre assurer aborder citer commenter communiquer confier constater
consacrer correspondre déclarer décrire dire donner détailler désigner évoquer expliquer estimer
exposer exprimer faire figurer fournir garder indiquer informer mentionner montrer nommer noter
observer parler penser préciser présenter publier raconter rapporter rappeler relater répondre
résumer révéler savoir signaler souligner témoigner traiter voir
agir appartenir arriver avoir commencer compter concerner connaître constituer contenir continuer
débuter demeurer devenir devoir durer effectuer entraîner être exister falloir finir former
impliquer inclure intervenir lier mener mettre occuper passer permettre placer porter pouvoir
prendre procéder produire prévoir provenir réaliser recevoir regrouper rendre rester réunir
s'agir servir situer suivre survenir tenir terminer toucher trouver utiliser venir viser vouloir
aboutir accompagner appeler atteindre choisir comprendre consister disposer entrer
action actualité activité affaire aspect base bilan but cadre cas cause caractère chiffre chose
circonstance conséquence contexte condition cours côté date début décision déclaration détail
domaine effet élément ensemble étape événement exemple explication fait façon fin fois fonction
forme genre groupe heure idée information jour lieu liste manière mesure mois moment montant moyen
motif nature niveau nom nombre objectif objet occasion origine part partie période personne point
position présence problème projet propos question raison rapport réponse résultat rôle semaine
série siècle situation somme sorte sujet suite temps texte thème total type valeur année an ans
article passage archive source presse journal texte extrait
actuel ancien autre certain commun concerné différent divers entier final général global grand
important initial même nombreux nouveau particulier petit plusieurs possible précédent prévu
principal prochain propre quelque récent relatif seul similaire suivant tel total unique
actuellement ainsi alors après auparavant aussi autour avant cependant concernant contre davantage
déjà depuis désormais également encore enfin ensemble ensuite environ finalement grâce hors ici
initialement lors lorsque maintenant malgré notamment outre parmi pendant peu plusieurs pourtant
précisément principalement puis quant selon seulement soit surtout tandis toujours toutefois
travers très vers voici via durant face issu dû oui respectivement dont puisque
"""


@cache
def plain_stems() -> frozenset[str]:
    """The stems of the plain words."""
    return frozenset(stems(_WORDS))
