"""Proper names: where a text has them, and which spellings are those of one."""

from __future__ import annotations

import pytest

from brief_qa.names import alike, is_slip, name_runs, name_terms, sound, sounds, together

ONE_NAME = """
Laftit Laftite, Poutine Putin, Mohammed Mohamed, Mohammed Muhammad, Mohamed Mouhammad,
Mohammad Mohamed, Khadafi Kadhafi, Kadhafi Gaddafi, Kadhafi Qaddafi, Zelensky Zelenski,
Zelensky Zelenskyy, Zelensky Zelenskiy, Kiev Kyiv, Séjourné Sejourne, Tebboune Teboune,
Tebboune Tebboun, Sissi Sisi, Erdoğan Erdogan, Hussein Hussain, Hussein Houssein, Hussein Husayn,
Oussama Osama, Oussama Usama, Mouammar Muammar, Mouammar Moammar, Bachar Bashar, Youssef Yousef,
Rachid Rashid, Aïcha Aisha, Mansour Mansur, Djihad Jihad, Tadjikistan Tajikistan,
Netanyahou Netanyahu, Rohani Rouhani, Ahmadinejad Ahmadinedjad, Khamenei Khaménéi,
Zawahiri Zaouahiri, Abdelouafi Abdelwafi, Mokhtar Moukhtar, Zeroual Zerwal, Gorbatchev Gorbachev,
Khrouchtchev Khrushchev, Brejnev Brezhnev, Eltsine Yeltsin, Soljenitsyne Solzhenitsyn,
Loukachenko Lukashenko, Porochenko Poroshenko, Timochenko Tymoshenko, Ianoukovitch Yanukovych,
Tchaïkovski Tchaikovsky, Chostakovitch Shostakovich, Saakachvili Saakashvili, Navalny Navalnyj,
Sarkozy Sarkozi, Ouattara Wattara, Thierry Tierry, Daech Daesh, Ahmed Ahmad, Omar Oumar, Omar Umar,
Pékin Beijing, Hezbollah Hizbullah, Romanov Romanoff, Mitterrand Mitterand, Chirac Shirak,
Villepin Vilepin, Raffarin Rafarin, Mathieu Matthieu, Achoura Ashura, Strauss Straus,
Ouagadougou Wagadougou, Koweït Kuwait, Staline Stalin, Khomeini Khomeyni, POUTINE Putin
"""
SLIPS = """
Schwarzenegger Schwartzeneger, Bouteflika Bouteflica, Mélenchon Mélanchon, Dostoïevski Dostoevsky,
Chevènement Chevènemant, Villeurbanne Vileurbane, Darmanin Dramanin, Kilkenny-Castle Kilkeny-Castel
"""
OTHER_NAMES = """
Martin Marin, Macron Marcon, Paris Parus, Merkel Markle, Lyon Lyons, Jean Jeanne, Daniel Danielle,
Gabriel Gabrielle, Trump Tramp, Biden Baden, Sanchez Sanches, Nantes Mantes, Nice Nîmes, Berne Bonn,
Iran Irak, Niger Nigeria, Slovaquie Slovénie, Autriche Australie, Mali Malawi, Guinée Guyane,
Dubai Dublin, Bayrou Bayreuth, Barnier Bernier, Bernard Bertrand, Gambie Zambie, Lettonie Lituanie,
Moldavie Moravie, Hassan Hessen, Dupont Dupond, Durand Dumont, Bush Bosch, Obama Osama,
Colin Collins, Thomas Thompson, Robert Roberts, Simon Simone, Simon Simeon, Chine Chili, Inde Indre,
Tours Tour, Metz Mets, Lens Lans, Brest Bresse, Sedan Soudan, Tunis Tanis, Alger Algérie,
Rabat Rabah, Renault Renaud, Philippe Philippa, Petit Petty, Hollande Holland, Louis Louise,
Christian Christine, François Françoise, Anderson Sanderson, Georges Georgie, Blois Blaise,
Mons Mans, Cannes Caen, Moore Maure
"""


def pairs(table: str) -> list[tuple[str, ...]]:
    return [tuple(pair.split()) for pair in table.split(",")]


def test_the_tables_are_as_long_as_they_should_be() -> None:
    assert len(pairs(ONE_NAME)) >= 60
    assert len(pairs(OTHER_NAMES)) >= 40


@pytest.mark.parametrize(("one", "other"), pairs(ONE_NAME))
def test_spellings_of_one_name_sound_the_same(one: str, other: str) -> None:
    assert sound(one) == sound(other)


@pytest.mark.parametrize(("one", "other"), pairs(SLIPS))
def test_a_slip_is_seen_in_a_long_name(one: str, other: str) -> None:
    assert alike(one, other) and alike(other, one)


@pytest.mark.parametrize(("one", "other"), pairs(OTHER_NAMES))
def test_other_names_are_not_taken_for_each_other(one: str, other: str) -> None:
    assert not alike(one, other)


def test_how_much_of_a_slip_is_one() -> None:
    assert is_slip("vilpantier", "vilpanteir")  # two letters changed places
    assert not is_slip("vilpantier", "vilpontair")  # two slips in ten letters
    assert is_slip("konstantinople", "konstentinaple")  # two in fourteen
    assert not is_slip("makron", "markon")
    assert is_slip("makron", "markon", shortest=5)
    assert not is_slip("vilpantier", "milpantier")
    assert not is_slip("vilpantier", "vilpantier")


def named(text: str) -> list[list[str]]:
    return [[text[start:end] for start, end in run] for run in name_runs(text)]


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("Mardi, Abdelouafi Laftit était là", [["Mardi"], ["Abdelouafi", "Laftit"]]),
        ("le roi et Saad Eddine El Othmani", [["Saad", "Eddine", "Othmani"]]),
        ("le prince Mohammed ben Salmane", [["Mohammed", "Salmane"]]),
        ("Charles de Gaulle ou Marine Le Pen", [["Charles", "Gaulle"], ["Marine", "Pen"]]),
        ("Valéry Giscard d’Estaing", [["Valéry", "Giscard", "Estaing"]]),
        ("Jean-Luc Mélenchon", [["Jean", "Luc", "Mélenchon"]]),
        ("le président George W. Bush", [["George", "Bush"]]),
        ("à Lyon, Paris et Nice", [["Lyon"], ["Paris"], ["Nice"]]),
        ("Rabat\nCasablanca", [["Rabat"], ["Casablanca"]]),
        ("Qui est-ce ? Le maire.", []),
        ("l'ONU et l'EST", [["ONU"], ["EST"]]),
        ("iPhone et eBay", []),
        ("", []),
    ],
)  # fmt: skip
def test_a_name_is_a_run_of_capitals(text: str, names: list[list[str]]) -> None:
    assert named(text) == names


def test_a_text_is_indexed_under_each_word_and_each_two_of_a_name() -> None:
    assert name_terms("Vladimir Poutine, puis Poutine") == [
        "vladimir", "putin", together("vladimir", "putin"), "putin",
    ]  # fmt: skip
    assert sounds("Vladimir Putin, puis Putin") == ["vladimir", "putin", "putin"]
