"""Several questions in one sentence: which it asks, and an answer to each."""

from __future__ import annotations

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
            "Quel jour et à quelle heure ouvre le marché ?",
            ["Quel jour ouvre le marché ?", "À quelle heure ouvre le marché ?"],
        ),
        ("Qui a gagné, et pourquoi ?", ["Qui a gagné ?", "Pourquoi ?"]),
        ("Qui a gagné ? Et avec combien de voix ?", ["Qui a gagné ?", "Avec combien de voix ?"]),
        ("Qui est Anne Roux et que fait-elle ?", ["Qui est Anne Roux ?", "Que fait-elle ?"]),
        ("Qu'est-ce que la GMMP et qui la paie ?", ["Qu'est-ce que la GMMP ?", "Qui la paie ?"]),
        (
            "Combien de morts et combien de blessés ?",
            ["Combien de morts ?", "Combien de blessés ?"],
        ),
        (
            "Quand la piscine rouvre-t-elle, à quel prix et pour qui ?",
            ["Quand la piscine rouvre-t-elle ?", "À quel prix ?", "Pour qui ?"],
        ),
        (
            "Depuis quand et pourquoi les éboueurs font-ils grève ?",
            [
                "Depuis quand les éboueurs font-ils grève ?",
                "Pourquoi les éboueurs font-ils grève ?",
            ],
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
        "Quels sont les élus qui ont voté contre et qui ont démissionné ?",
        "Quelle est la ville où il est né et où il vit ?",
        "Quel est le mécanisme, cyclique, qui agit au long cours et qui en accentue les effets ?",
        "Qui dit que le maire a menti et que les comptes sont faux ?",
        "Quelle est la différence entre qui et quoi ?",
        "Le pont a-t-il rouvert, et quand ?",
        "Qui est le maire ? Merci",
        "ligne B et tramway",
        "Quand, où, comment et pourquoi le pont a-t-il fermé ?",
        "Qui ? Quand ? Où ? Pourquoi ?",
    ],
)
def test_a_sentence_asks_one_question(question: str) -> None:
    assert separate(question) == [question]


WORDS = st.sampled_from(
    "qui où quand et , ? que qu'est-ce combien pourquoi par en quelle la ville ( ) dont".split()
)


@given(st.lists(WORDS, max_size=80).map(" ".join) | st.text(max_size=400))
def test_whatever_is_asked_each_question_is_of_its_words(question: str) -> None:
    parts = separate(question)
    assert 1 <= len(parts) <= 3
    if len(parts) > 1:
        asked = question.casefold()
        assert all(word.casefold() in asked for part in parts for word in part.rstrip(" ?").split())


# -- the sample archive ----------------------------------------------------------------------


def quotes(answer: Answer) -> str:
    """All that is quoted, its numbers being those of the text, in order."""
    assert [one.number for one in answer.citations] == list(range(1, len(answer.citations) + 1))
    places = [answer.text.index(f"[{one.number}]") for one in answer.citations]
    assert places == sorted(places)
    return " ".join(one.quote for one in answer.citations)


@pytest.mark.model
@pytest.mark.parametrize(
    ("question", "understood_as", "said"),
    [
        (
            "Qui a été élu pape et quand ?",
            "Qui a été élu pape ? Quand Robert Francis Prevost a-t-il été élu pape ?",
            ["Robert Francis Prevost", "jeudi 8 mai 2025"],
        ),
        (
            "Quand le pont Sainte-Anne a-t-il rouvert, "
            "et combien de temps a-t-il été fermé aux camions ?",
            "Quand le pont Sainte-Anne a-t-il rouvert ? "
            "Combien de temps le pont Sainte-Anne a-t-il été fermé aux camions ?",
            ["samedi 12 septembre", "trente mois"],
        ),
        (
            "Qui est Hélène Marchand et qui a-t-elle battu ?",
            "Qui est Hélène Marchand ? Qui Hélène Marchand a-t-elle battu ?",
            ["La maire de Port-Lavande", "Luc Désormeaux"],
        ),
    ],
)
def test_each_question_is_answered(
    sample: Archive, question: str, understood_as: str, said: list[str]
) -> None:
    answer = sample.ask(question)
    assert answer.understood is not None and answer.understood.question == understood_as
    assert all(one in quotes(answer) for one in said)
    as_written = sample.ask(question, as_written=True)
    assert as_written.understood is None
    assert not all(one in quotes(as_written) for one in said)


@pytest.mark.model
def test_one_sentence_that_answers_both_is_quoted_once(sample: Archive) -> None:
    answer = sample.ask("Quand et où le cargo Solveig s'est-il échoué ?")
    assert len(answer.citations) == 1
    assert "jeudi 4 juin à 5 h 40 à l'entrée du chenal" in quotes(answer)
    assert answer.notes == ()


@pytest.mark.model
def test_a_question_without_an_answer_is_told_beside_the_other(sample: Archive) -> None:
    answer = sample.ask("Quand la piscine de Montfleuris rouvrira-t-elle et à quel prix ?")
    assert "2 décembre" in quotes(answer)
    assert answer.notes[0] == texts.UNANSWERED.format(questions="À quel prix ?")
    nothing = sample.ask("Qui a inauguré la tour Eiffel et quand ?")
    assert nothing.refused and not nothing.citations


@pytest.mark.model
def test_what_differs_is_numbered_through(sample: Archive) -> None:
    answer = sample.ask("Combien coûtera la ligne B et quand ouvrira-t-elle ?")
    assert {texts.FIGURES_DIFFER, texts.DAYS_DIFFER} <= set(answer.notes)
    assert "271,5 millions" in quotes(answer) and "septembre 2027" in quotes(answer)


@pytest.mark.model
def test_what_happened_in_a_time_is_numbered_after_what_was_asked_before(sample: Archive) -> None:
    answer = sample.ask("Qui a été élu pape et que s'est-il passé à Port-Lavande en juin 2026 ?")
    assert "Robert Francis Prevost" in quotes(answer)
    assert len(answer.citations) > 1
    assert all(f"{one.article.published:%Y-%m}" == "2026-06" for one in answer.citations[1:])


@pytest.mark.model
@pytest.mark.parametrize(
    ("before", "question", "understood_as"),
    [
        (
            "Le pont Sainte-Anne a-t-il rouvert ?",
            "Quand et pourquoi ?",
            "Quand le pont Sainte-Anne a-t-il rouvert ? "
            "Pourquoi le pont Sainte-Anne a-t-il rouvert ?",
        ),
        (
            "Qu'est-ce que la ligne B du tramway ?",
            "Et quand ouvrira-t-elle et combien coûtera-t-elle ?",
            "Quand la ligne B du tramway ouvrira-t-elle ? "
            "Combien la ligne B du tramway coûtera-t-elle ?",
        ),
    ],
)
def test_several_may_lean_on_what_was_asked_before(
    sample: Archive, before: str, question: str, understood_as: str
) -> None:
    answer = sample.ask(question, [(before, sample.ask(before).text)])
    assert answer.understood is not None and answer.understood.question == understood_as
    assert not answer.refused and answer.understood.carried


def test_a_follow_up_leans_on_the_last_of_several() -> None:
    history = [("Qui a fermé le pont Neuf ? Quand le pont Neuf a-t-il rouvert ?", texts.REFUSAL)]
    assert understood("Pourquoi ?", history).question == "Pourquoi le pont Neuf a-t-il rouvert ?"
