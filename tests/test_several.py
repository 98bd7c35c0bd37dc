"""Several questions in one sentence: which it asks, and an answer to each."""

from __future__ import annotations

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa import Answer, Archive, texts
from brief_qa.followups import separate, understood


@pytest.mark.parametrize(
    ("question", "expected"),
    [
        ("Où et quand a lieu le vote ?", ["Où a lieu le vote ?", "Quand a lieu le vote ?"]),
        (
            "Quand, où et par qui l'accord fut-il signé?",
            [
                "Quand l'accord fut-il signé ?",
                "Où l'accord fut-il signé ?",
                "Par qui l'accord fut-il signé ?",
            ],
        ),
        (
            "A quelle heure et où et pourquoi le bureau ferme-t-il ?",
            [
                "A quelle heure le bureau ferme-t-il ?",
                "Où le bureau ferme-t-il ?",
                "Pourquoi le bureau ferme-t-il ?",
            ],
        ),
        (
            "Depuis quand et pourquoi les éboueurs font-ils grève ?",
            [
                "Depuis quand les éboueurs font-ils grève ?",
                "Pourquoi les éboueurs font-ils grève ?",
            ],
        ),
        ("Qui a gagné, et pourquoi ?", ["Qui a gagné ?", "Pourquoi ?"]),
        (
            "Qui a gagné, où, quand et avec combien de voix d'avance ?",
            ["Qui a gagné ?", "Où ?", "Quand ?", "Avec combien de voix d'avance ?"],
        ),
        ("Qui a gagné ? Et avec combien de voix ?", ["Qui a gagné ?", "Avec combien de voix ?"]),
        ("Qui est Anne Roux et que fait-elle ?", ["Qui est Anne Roux ?", "Que fait-elle ?"]),
        (
            "Qui était Anne Roux, où est-elle née et quand est-elle morte ?",
            ["Qui était Anne Roux ?", "Où est-elle née ?", "Quand est-elle morte ?"],
        ),
        (
            "Qu'est-ce que la GMMP et qui l'a créée ?",
            ["Qu'est-ce que la GMMP ?", "Qui l'a créée ?"],
        ),
        (
            "Où est le député dont on parle et quand parle-t-il ?",
            ["Où est le député dont on parle ?", "Quand parle-t-il ?"],
        ),
        (
            "Quand la piscine rouvre-t-elle, à quel prix et pour qui ?",
            ["Quand la piscine rouvre-t-elle ?", "À quel prix ?", "Pour qui ?"],
        ),
    ],
)
def test_a_sentence_asks_several_questions(question: str, expected: list[str]) -> None:
    assert separate(question) == expected


@pytest.mark.parametrize(
    "question",
    [
        "Qui a rencontré qui à Rabat ?",
        "Que disent le maire et le préfet ?",
        "Combien de morts et de blessés ?",
        "Quels sont les élus qui ont voté contre et qui l'ont regretté ?",
        "Quelle est la ville où il est né et où il vit ?",
        "Quel est le mécanisme, cyclique, qui agit au long cours et qui en accentue les effets ?",
        "Qui dit que le maire a menti et que les comptes sont faux ?",
        "Quelle est la différence entre qui et quoi ?",
        "Comment le maire, à qui le préfet doit répondre, a-t-il réagi ?",
        "Qui a annoncé, et dans quel journal, que la ligne coûterait 268 millions ?",
        "Qui a voté pour et qui a voté contre le budget ?",
        "Quand saura-t-on où et comment le tramway passera ?",
        "Qui sait quand et comment Euclid a été lancé ?",
        "Où et quand Euclid a-t-il été lancé, et par quelle fusée ?",
        "Quand rouvre le pont et combien a coûté le chantier ?",
        "Qui a écrit « Pourquoi et comment » et quand ?",
        "Qui a été élu (quand, et où) ?",
        "Le pont a-t-il rouvert, et quand ?",
        "Qui est le maire ? Merci",
        "ligne B et tramway",
        "Qui a été élu et que s'est-il passé en juin 2025 ?",
        "Où est le pont et combien y a-t-il de piles ?",
        "Où et quand ?",
        "Qui et qui et quand a été élu ?",
        "Quand, où et quand le pont a-t-il fermé ?",
        "Qui ? Quand ? Où ? Pourquoi ? Comment ?",
    ],
)
def test_a_sentence_asks_one_question(question: str) -> None:
    assert separate(question) == [question]


WORDS = st.sampled_from(
    "qui où quand et , ? que qu'est-ce combien pourquoi par en quelle la ville a-t-il ( ) «".split()
)


@given(st.lists(WORDS, max_size=80).map(" ".join) | st.text(max_size=400))
def test_no_word_is_added_and_none_is_asked_twice(question: str) -> None:
    parts = separate(question)
    assert 1 <= len(parts) <= 4
    if len(parts) > 1:
        said = unicodedata.normalize("NFC", question).casefold()
        assert all(word.casefold() in said for part in parts for word in part[:-2].split())
        assert all(part.endswith(" ?") and part[:-2].strip() for part in parts)


# -- the sample archive ----------------------------------------------------------------------


def quotes(answer: Answer) -> str:
    """All that is quoted, its numbers being those of the text, in order."""
    assert [one.number for one in answer.citations] == list(range(1, len(answer.citations) + 1))
    places = [answer.text.index(one.quote) for one in answer.citations]
    assert places == sorted(places)
    assert all(f"[{one.number}]" in answer.text for one in answer.citations)
    for one in answer.citations:
        assert one.quote == one.article.body[one.start : one.end]
    return " ".join(one.quote for one in answer.citations)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "besides"),
    [
        ("Qui a été élu pape et quand ?", "jeudi 8 mai 2025"),
        (
            "Quel âge ont les deux hommes arrêtés pour le vol de La Marée basse, "
            "et que risquent-ils ?",
            "sept ans de prison",
        ),
        ("Quel est le budget de l'USPL et qui la préside ?", "Carole Vigneau"),
        ("Qui a signé l'accord avec les éboueurs, quand et où ?", "signé jeudi soir"),
        ("Combien coûtera la ligne B et quand ouvrira-t-elle ?", "septembre 2027"),
    ],
)
def test_what_one_sentence_leaves_unsaid_is_quoted_after_it(
    sample: Archive, question: str, besides: str
) -> None:
    answer, alone = sample.ask(question), sample.ask(question, as_written=True)
    assert besides in quotes(answer) and besides not in quotes(alone)
    assert answer.text.startswith(alone.text)
    assert answer.citations[: len(alone.citations)] == alone.citations
    cited = {one.article.id for one in alone.citations}
    assert {one.article.id for one in answer.citations} == cited
    assert answer.notes == alone.notes


@pytest.mark.model
def test_what_one_sentence_says_is_quoted_once(sample: Archive) -> None:
    question = "Quand et où le cargo Solveig s'est-il échoué ?"
    answer = sample.ask(question)
    assert answer.text == sample.ask(question, as_written=True).text
    assert "jeudi 4 juin à 5 h 40 à l'entrée du chenal" in quotes(answer)
    assert answer.notes == ()


@pytest.mark.model
def test_what_the_articles_cited_do_not_tell_is_noted(sample: Archive) -> None:
    answer = sample.ask("Quand la piscine de Montfleuris rouvrira-t-elle et à quel prix ?")
    assert "2 décembre" in quotes(answer)
    assert answer.notes[0] == texts.UNANSWERED.format(questions="À quel prix ?")
    assert sample.ask("quand la piscine de Montfleuris rouvrira-t-elle et à quel prix").notes
    nothing = sample.ask("Qui a inauguré la tour Eiffel et quand ?")
    assert nothing.refused and nothing.notes == ()


@pytest.mark.model
def test_filters_hold_for_every_question(sample: Archive) -> None:
    question = "Combien coûtera la ligne B et quand ouvrira-t-elle ?"
    answer = sample.ask(question, exactly="271,5 millions d'euros")
    assert answer.citations
    assert {str(one.article.published) for one in answer.citations} == {"2026-10-08"}


def test_a_follow_up_leans_on_the_last_of_several() -> None:
    history = [("Qui a fermé le pont Neuf ? Et quand rouvrira-t-il ?", texts.REFUSAL)]
    assert understood("Pourquoi ?", history).question == "Pourquoi le pont Neuf rouvrira-t-il ?"


@pytest.mark.parametrize(
    ("before", "question", "expected"),
    [
        (
            "Le pont Neuf a-t-il rouvert ?",
            "Quand et pourquoi ?",
            "Quand et pourquoi le pont Neuf a-t-il rouvert ?",
        ),
        (
            "Qui a inauguré le pont Neuf ?",
            "Et où, quand et avec qui ?",
            "Où, quand et avec qui a-t-on inauguré le pont Neuf ?",
        ),
        ("Qui est Anne Roux ?", "Où et quand ?", "Où et quand ? (Anne Roux)"),
    ],
)
def test_a_follow_up_may_ask_in_several_ways(before: str, question: str, expected: str) -> None:
    assert understood(question, [(before, texts.REFUSAL)]).question == expected
    assert understood(question, []).question == question


@pytest.mark.model
def test_a_follow_up_in_several_ways_gets_what_each_asks_for(sample: Archive) -> None:
    before = "Le pont Sainte-Anne a-t-il rouvert ?"
    answer = sample.ask("Quand et pourquoi ?", [(before, sample.ask(before).text)])
    assert "samedi 12 septembre à 11 heures" in quotes(answer)
