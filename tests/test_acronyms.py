"""Acronyms: what a text says that they stand for."""

from __future__ import annotations

import re

import pytest

from brief_qa.acronyms import acronym_terms, acronyms

EXPLAINED = """
L'{Organisation mondiale de la santé} ({OMS}) a dit
l'{OMS} ({Organisation mondiale de la santé}) a dit
le {Groupe Migratoire Mixte Permanent} ({GMMP}), un
le « {Global Media Monitoring Project} » ({GMMP})
le {Projet mondial de monitorage des médias} ({GMMP})
la {CEDEAO} ({Communauté économique des États de l'Afrique de l'Ouest})
l’{Organisation du traité de l’Atlantique nord} ({OTAN})
{NATO} ({Organisation du traité de l'Atlantique nord})
l'{OTAN} ({North Atlantic Treaty Organization})
le {Fonds monétaire international} ({FMI})
le {Fonds monétaire international} ({IMF})
le {FMI} ({Fonds monétaire international}, à Washington)
le {Fonds monétaire international} ({FMI} ; à Washington)
l'{ONU} (en français : {Organisation des Nations unies})
l'{Institut national de la statistique} ({Ins})
l'{Institut national de la statistique et des études économiques} ({Insee})
la {SNCF} ({Société nationale des chemins de fer français})
un {train à grande vitesse} ({TGV})
le {syndrome d'immunodéficience acquise} ({SIDA})
l'{acide désoxyribonucléique humain} ({ADH})
Selon l'{Agence France-Presse} ({AFP}),
le {Haut-Commissariat au Plan} ({HCP})
la {Confédération générale des entreprises du Maroc} ({CGEM})
la {Direction générale de la sûreté nationale} [{DGSN}]
l'{Organisation des Nations unies} ({O.N.U.})
le {Parti de la justice et du développement} ({PJD}, islamiste)
{Human Rights Watch} ({HRW})
l'{École polytechnique fédérale} ({EPF})
le {Parti québécois} ({PQ})
{Électricité de France} ({EDF})
l'{Union africaine} (l'{UA})
le {produit intérieur brut} ({PIB}) de 2 %
""".strip().splitlines()
"""The two forms are in braces."""
NO_ACRONYMS = [
    "à New York (États-Unis)",
    "le président François Hollande (PS)",
    "Nicolas Sarkozy (UMP) et Angela Merkel (CDU)",
    "le maire de Rabat (Maroc)",
    "il a marqué (1-0) puis (2-0)",
    "la ville (photo) et la plage (voir)",
    "Jeanne Martin (à gauche)",
    "la télévision (TV)",
    "Lyon (Rhône)",
    "Roger Federer (SUI) bat Rafael Nadal (ESP)",
    "le 22 avril (AFP)",
    "des (OMS) sans rien devant. (OMS)",
    "(FMI)",
    "l'Organisation. Mondiale de la santé (OMS)",
    "le ministère de la Santé (OMS)",
    "une parenthèse (jamais fermée",
    "",
]


@pytest.mark.parametrize("marked", EXPLAINED)
def test_what_a_text_explains(marked: str) -> None:
    short, long = sorted(re.findall(r"{(.+?)}", marked), key=len)
    found = acronyms(re.sub("[{}]", "", marked))
    assert [(one.short, one.long) for one in found] == [(short, long)]


@pytest.mark.parametrize("text", NO_ACRONYMS)
def test_what_explains_nothing(text: str) -> None:
    assert list(acronyms(text)) == []


def test_a_text_is_indexed_from_the_short_form_to_the_long_one_and_back() -> None:
    text = (
        "L'Organisation mondiale de la santé (O.M.S.). L'organisation mondiale de la santé (OMS)."
    )
    assert acronym_terms(text) == ["oms=organis_mondial_sant", "_organis_mondial_sant=oms"]
