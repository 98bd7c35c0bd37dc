"""French analysis: a table of words and what they are indexed under."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_qa.french import analyse, fold, held, stems


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("l'élection", ["elect"]),
        ("L’ÉLECTION", ["elect"]),  # typographic apostrophe, capitals
        ("les élections", ["elect"]),
        ("elections", ["elect"]),  # typed without accents
        ("e\u0301lections", ["elect"]),  # the accent a character of its own
        ("qu'Élisabeth", ["elisabeth"]),
        ("jusqu’à D’Artagnan", ["artagnan"]),
        ("aujourd'hui", ["aujourd'hui"]),
        ("aujourd’hui", ["aujourd'hui"]),
        ("O.N.U.", ["onu"]),
        ("l'ONU", ["onu"]),
        ("S.N.C.F. SNCF", ["sncf", "sncf"]),
        ("1 200 000", ["1200000"]),
        ("1\u202f200\u00a0000", ["1200000"]),
        ("1.200.000", ["1200000"]),
        ("11,88", ["11.88"]),
        ("2024", ["2024"]),
        ("cœur coeur", ["coeur", "coeur"]),
        ("vitæ vitae", ["vita", "vita"]),
        ("chevaux cheval", ["cheval", "cheval"]),
        ("EST", ["est"]),  # an acronym, or the east, but not the verb
        ("c'est", []),
        ("de la et du qu'il s'y", []),
        ("", []),
        (" \t\n…!?«»", []),
    ],
)
def test_words_and_their_stems(text: str, expected: list[str]) -> None:
    assert stems(text) == expected


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("ministre", "ministres"),
        ("national", "nationale"),
        ("présidente", "présidentes"),
        ("voté", "votée"),
        ("hôpital", "hopital"),
        ("Rabat", "RABAT"),
    ],
)
def test_forms_of_one_word_meet(one: str, other: str) -> None:
    assert stems(one) == stems(other) != []


@given(st.text(max_size=200))
def test_terms_lie_in_the_text_in_order(text: str) -> None:
    terms = analyse(text)
    end = 0
    for term in terms:
        assert end <= term.start < term.end <= len(text)
        assert term.stem
        assert not any(letter.isspace() for letter in term.stem)  # the index splits at spaces
        end = term.end


@given(st.text(max_size=100))
def test_folding_twice_is_folding_once(text: str) -> None:
    assert fold(fold(text)) == fold(text)


@pytest.mark.parametrize(
    "text",
    [
        "L’élection présidentielle de l'O.N.U., à 12 000 voix près.",
        "« Cœur » d'œuvre, Citroën ; le roy est mort à Noël\n\nEt l'État ? ÇA, c'est 3,5 m².",
        "E\u0301lysée : susić, smigły, cæsar. Fin.",
        "Aujourd’hui presqu'île, quelques-uns 11,88 euros de l'USPL\u00a0!",
        "þórr, ß, ªº, µ, ½, 1½, ĳ, ø",
        "",
    ],
)
def test_what_is_held_is_what_is_among_the_stems(text: str) -> None:
    others = {"elu", "roi", "12000", "3.5", "coeur", "xyz", "a", "m2", "caesar"}
    assert held({*stems(text), *others}, text) == set(stems(text))
    assert held(others, text) == others & set(stems(text))


@settings(max_examples=400)
@given(st.text(max_size=30) | st.text(st.characters(max_codepoint=0x17F), max_size=30))
def test_what_is_held_of_any_text(text: str) -> None:
    assert held(stems(text), text) == set(stems(text))
