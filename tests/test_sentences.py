"""Where French sentences begin and end."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa.sentences import sentences

FRENCH = st.lists(
    st.sampled_from([*"aéÀM.!?…»«\"' \u00a0\u202f\n\r\tD12,;:()—-", "M. ", "etc. ", "e\u0301"]),
    max_size=60,
).map("".join)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("M. Dupont est venu. Il a parlé.", ["M. Dupont est venu.", "Il a parlé."]),
        ("J. Dupont et J.-P. Martin. Fin.", ["J. Dupont et J.-P. Martin.", "Fin."]),
        ("Il coûte 3.5 euros. Voilà.", ["Il coûte 3.5 euros.", "Voilà."]),
        ("« Oui. » Il part.", ["« Oui. »", "Il part."]),
        ("« Oui ! » dit-elle.", ["« Oui ! » dit-elle."]),
        ("«\u00a0Oui\u202f!\u00a0» Il part.", ["«\u00a0Oui\u202f!\u00a0»", "Il part."]),
        ("Il part.\u00a0«\u202fNon\u202f»", ["Il part.", "«\u202fNon\u202f»"]),
        ("Vraiment ?! Oui… Peut-être.", ["Vraiment ?!", "Oui…", "Peut-être."]),
        ("Un intertitre\nUne phrase.", ["Un intertitre", "Une phrase."]),
        ("Il habite av. Foch. Il dort.", ["Il habite av. Foch.", "Il dort."]),
        ("L'auteur du vol. Il part.", ["L'auteur du vol.", "Il part."]),
        ("Voir vol. 2 et art. IV. Fin.", ["Voir vol. 2 et art. IV.", "Fin."]),
        ("Le Festival de la BD. Le salon.", ["Le Festival de la BD.", "Le salon."]),
        ("La ligne B. Elle compte.", ["La ligne B.", "Elle compte."]),
        ("La ligne B. Le tramway.", ["La ligne B.", "Le tramway."]),
        ("Le poète P. Le Goff.", ["Le poète P. Le Goff."]),
        ("Une phrase\r\nUne autre", ["Une phrase", "Une autre"]),
        ("En 52 av. J.-C. César vint.", ["En 52 av. J.-C. César vint."]),
        ("", []),
        (" \n \n", []),
    ],
)
def test_sentences(text: str, expected: list[str]) -> None:
    assert [text[start:end] for start, end in sentences(text)] == expected


@given(FRENCH | st.text(max_size=120))
def test_sentences_cover_the_text_without_overlap(text: str) -> None:
    at = 0
    for start, end in sentences(text):
        assert at <= start < end
        assert not text[at:start].strip()
        assert text[start:end] == text[start:end].strip()
        assert "\n" not in text[start:end]
        at = end
    assert not text[at:].strip()
