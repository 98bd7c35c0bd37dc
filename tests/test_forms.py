"""The forms of answer, each as the sample archive gives it."""

from __future__ import annotations

from pathlib import Path

import pytest

import brief_qa
from brief_qa import Answer, Archive, texts
from brief_qa.reader import shared_reader
from brief_qa.suggestions import following

SAMPLE = Path(brief_qa.__file__).parent / "sample" / "pages"
pytestmark = pytest.mark.model


def ask(archive: Archive, question: str, form: str) -> Answer:
    """An answer of this form, every quotation of it in its article."""
    answer = archive.ask(question)
    assert not answer.refused, answer.reason
    assert answer.form == form
    for citation in answer.citations:
        body = citation.article.body
        assert citation.quote == body[citation.start : citation.end]
        assert citation.span
        assert citation.start <= citation.span[0] < citation.span[1] <= citation.end
        assert f"[{citation.number}]" in answer.text
    return answer


def spans(answer: Answer) -> list[str]:
    """The words that answer, in each quotation."""
    return [one.article.body[slice(*one.span)] for one in answer.citations if one.span]


def test_a_fact_is_a_few_words_in_their_sentence(sample: Archive) -> None:
    answer = ask(sample, "Qui a eu le prix Nobel de littérature en 2024 ?", "fait")
    assert spans(answer)[0] == "Han Kang"
    assert answer.notes == ()


def test_figures_that_differ_are_all_given_with_their_days_newest_first(sample: Archive) -> None:
    answer = ask(sample, "Combien la ligne B du tramway coûtera-t-elle ?", "fait")
    assert texts.FIGURES_DIFFER in answer.notes
    days = [one.article.published for one in answer.citations]
    assert days == sorted(days, reverse=True)  # type: ignore[type-var]
    assert "8 octobre 2026 : « " in answer.text
    assert [one.split()[0] for one in spans(answer)] == ["271,5", "268", "247"]


def test_days_that_differ_are_all_given_newest_first(sample: Archive) -> None:
    answer = ask(sample, "Quand ouvrira la ligne B du tramway ?", "fait")
    assert texts.DAYS_DIFFER in answer.notes
    assert spans(answer)[0] == "samedi 30 janvier 2027"
    assert "septembre 2026" in spans(answer)[-1]


def test_a_list_is_a_sentence_for_each_answer(sample: Archive) -> None:
    answer = ask(sample, "Quels joueurs du PSG ont marqué contre l'Inter Milan ?", "liste")
    said = " ".join(one.quote for one in answer.citations)
    assert "Hakimi" in said
    assert "Doué" in said


def test_a_definition_says_what_a_thing_is(sample: Archive) -> None:
    answer = ask(sample, "Que signifie CRC ?", "définition")
    assert "chambre régionale des comptes (CRC)" in answer.citations[0].quote


def test_a_person_is_who_the_press_presents(sample: Archive) -> None:
    for name, role in (("Hélène Marchand", "maire"), ("Gwenola Prigent", "biologiste")):
        answer = ask(sample, f"Qui est {name} ?", "définition")
        assert role in spans(answer)[0]


def test_a_yes_or_no_question_gets_what_settles_it(sample: Archive) -> None:
    answer = ask(sample, "La maternité de Port-Lavande va-t-elle fermer ?", "oui ou non")
    assert "ne fermera pas" in " ".join(one.quote for one in answer.citations)
    answer = ask(sample, "Le pont Sainte-Anne est-il rouvert ?", "oui ou non")
    assert "a été rendu à la circulation" in answer.citations[0].quote


def test_whose_figure_is_asked_for_is_heard(sample: Archive) -> None:
    for source, figure in (("les syndicats", "6 000"), ("la préfecture", "3 200")):
        question = f"Combien de gens ont défilé pour la maternité d'après {source} ?"
        assert figure in ask(sample, question, "fait").citations[0].quote


def test_how_many_gets_a_number_and_not_a_day(sample: Archive) -> None:
    question = "Combien de patients sont touchés par le vol de données de l'hôpital ?"
    assert "84 000" in spans(ask(sample, question, "fait"))[0]


def test_an_explanation_quotes_the_reason(sample: Archive) -> None:
    question = "Pourquoi l'étage supérieur d'Ariane 6 n'est-il pas retombé comme prévu ?"
    answer = ask(sample, question, "explication")
    assert "unité de puissance auxiliaire" in answer.citations[0].quote


def test_a_summary_is_dated_sentences_in_order(sample: Archive) -> None:
    question = "Que s'est-il passé sur le chantier de la ligne B du tramway ?"
    answer = ask(sample, question, "résumé")
    days = [one.article.published for one in answer.citations]
    assert len(days) >= 3
    assert days == sorted(days)  # type: ignore[type-var]
    assert len({one.article.id for one in answer.citations}) == len(days)


def test_a_wrong_year_is_pointed_out_and_not_confirmed(sample: Archive) -> None:
    asked = "Combien de voix a eu la motion de censure contre Barnier en {} ?"
    right, wrong = sample.ask(asked.format(2024)), sample.ask(asked.format(2023))
    assert not right.refused and right.notes == ()
    assert not wrong.refused
    assert wrong.notes == (texts.OTHER_YEAR.format(years="2023", day="4 décembre 2024"),)


@pytest.mark.parametrize(
    ("question", "offered"),
    [
        (
            "Quel élève a repéré le défaut de sécurité du portail famille ?",
            "Qui est Yanis Moreau ?",
        ),
        (
            "Combien de députés ont voté la motion qui a fait tomber Barnier ?",
            "Quand les députés ont-ils voté la motion qui a fait tomber Barnier ?",
        ),
        ("Où le marché de gros de Port-Lavande va-t-il s'installer ?", None),
        ("quota coque fort rouge 2026", "Qui est Odile Saint-Clar ?"),
    ],
)
def test_a_question_offered_below_an_answer_is_answered(
    sample: Archive, question: str, offered: str | None
) -> None:
    found = following(question, sample.ask(question), shared_reader())
    assert offered is None or offered in found
    assert len(found) <= 3 and len(set(found)) == len(found)
    for one in found:
        assert not sample.ask(one).refused, one
