"""The first writer: what it quotes, what it cites, and when it will not answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa import Answer, Archive, Article, Citation, Coverage, Hit, quotations, texts, write
from brief_qa.asked import Asked, asked, attributed_to, form_asked, has_sign, names
from brief_qa.domain import Passage, ScoreParts
from brief_qa.french import stems
from brief_qa.questions import article_asked_about, is_latin, subject_of
from brief_qa.read import FEATURES, WORTH, Question, Weighed, weigh, worth
from brief_qa.reader import shared_reader
from brief_qa.wording import Wording
from fakes import FakeEncoder

BODY = (
    "La maire Hélène Marchand a inauguré le tramway mardi à Nantes. "
    "Elle a salué un chantier de 42 millions d'euros.\n\n"
    "« Nous l'attendions », a dit une riveraine. Le pont reste fermé."
)
TRAM = Article(
    "tram",
    "Le tramway",
    BODY,
    authors=("Ilyas Rami",),
    published=date(2024, 4, 22),
    section="Ville",
)
TRAM_DAY = date(2024, 4, 22)
COVERAGE = Coverage(1, date(2024, 4, 22), date(2024, 4, 22))


def hit(article: Article = TRAM) -> Hit:
    whole = Passage(1, article.id, 0, len(article.body))
    return Hit(whole, article, 5.0, ScoreParts(0.9, 0.8), 1)


def sentence(words: str, *, behind: float = 0.0, likely: bool = True) -> Weighed:
    """A sentence of TRAM, as likely as asked, and worth so much less than the best."""
    start = BODY.index(words)
    features = dict.fromkeys(FEATURES, 0.0) | {"relevance": 9.0 if likely else -9.0}
    features["likelihood"] = -behind / WORTH[FEATURES.index("likelihood")]
    answer = start, start + len(words.split()[0])
    return Weighed(hit(), start, start + len(words), answer, tuple(features.values()))


def answered(*weighed: Weighed, signed: bool = False) -> Answer:
    question = Question("Qui ?", Wording({}))
    return write.answer(question, weighed, [hit()], COVERAGE, signed=signed)


def weighed_in(question: Question, *articles: Article) -> list[Weighed]:
    """The sentences of some articles, as the real reader reads them."""
    readings = shared_reader().read(question.text, [(one.title, one.body) for one in articles])
    return weigh(question, [hit(one) for one in articles], readings)


def test_an_answer_is_quotations_at_their_offsets() -> None:
    answer = answered(sentence("Le pont reste fermé."))
    assert answer.text == "« Le pont reste fermé. » [1]"
    assert [c.quote for c in answer.citations] == ["Le pont reste fermé."]
    assert not answer.refused
    assert answer.reason is None


def test_a_sentence_that_leans_back_brings_the_one_before() -> None:
    (citation,) = answered(sentence("Elle a salué un chantier de 42 millions d'euros.")).citations
    assert citation.quote == BODY.split("\n")[0]
    assert citation.quote == BODY[citation.start : citation.end]


def test_the_first_sentence_of_a_paragraph_has_none_before() -> None:
    (citation,) = answered(sentence("« Nous l'attendions », a dit une riveraine.")).citations
    assert citation.start == BODY.index("« Nous")


def test_guillemets_inside_a_quotation_are_told_from_those_around_it() -> None:
    assert answered(sentence("« Nous l'attendions », a dit une riveraine.")).text == (
        "“« Nous l'attendions », a dit une riveraine.” [1]"
    )


def test_sentences_nearly_as_good_are_quoted_too_and_numbered_in_order() -> None:
    answer = answered(
        sentence("Le pont reste fermé."),
        sentence("« Nous l'attendions », a dit une riveraine.", behind=0.2),
        sentence("Elle a salué un chantier de 42 millions d'euros.", behind=6.0),
    )
    assert [c.number for c in answer.citations] == [1, 2]
    assert answer.citations[0].quote == "Le pont reste fermé."


def test_the_same_words_are_quoted_once() -> None:
    twin = sentence("Le pont reste fermé.")
    assert len(answered(twin, twin).citations) == 1


def test_no_two_quotations_overlap() -> None:
    answer = answered(
        sentence("Elle a salué un chantier de 42 millions d'euros."),
        sentence("La maire Hélène Marchand a inauguré le tramway mardi à Nantes."),
    )
    assert [c.quote for c in answer.citations] == [BODY.split("\n")[0]]


@pytest.mark.parametrize(
    "body",
    [
        "Pourquoi les abeilles meurent-elles ?",
        "« Que demandez-vous au ministre ? »",
        "« ?! » …",
        "Correction : une première version de cet article donnait 640 abeilles.",
        "Les abeilles et " + "puis la fanfare " * 70,
    ],
)
def test_what_asks_or_takes_back_is_never_quoted(body: str) -> None:
    article = Article("x", "Les abeilles", body)
    question = Question("abeilles", Wording({"abeil": 1.0}))
    assert weighed_in(question, article) == []


def test_an_unlikely_sentence_is_a_refusal_with_what_is_near() -> None:
    answer = answered(sentence("Le pont reste fermé.", likely=False))
    assert answer.refused
    assert answer.text == texts.REFUSAL
    assert answer.citations == ()
    assert answer.hits
    assert answer.reason == texts.NOT_SUPPORTED
    assert answer.coverage == COVERAGE
    assert answer.confidence < write.REFUSAL_THRESHOLD


def test_a_signed_answer_says_who_wrote_and_when() -> None:
    answer = answered(sentence("Le pont reste fermé."), signed=True)
    assert answer.text == "Ilyas Rami, 22 avril 2024 : « Le pont reste fermé. » [1]"
    unsigned = replace(TRAM, authors=(), published=None)
    assert quotations.signature(quoting(unsigned)) == f"{texts.NO_AUTHOR}, {texts.NO_DATE} :"


@pytest.mark.parametrize(
    ("title", "told"),
    [
        ("Le pont « rouvre » [1]", "22 avril 2024 — Le pont rouvre 1."),
        ("Le pont rouvre-t-il ?", "22 avril 2024 — Le pont rouvre-t-il ?"),
        ("", "22 avril 2024 :"),
        (f"{TRAM.body[:30]}.", "22 avril 2024 :"),
    ],
)
def test_a_headline_is_a_day_and_a_title_that_can_be_no_quotation(title: str, told: str) -> None:
    assert quotations.headline(quoting(replace(TRAM, title=title))) == told


def quoting(article: Article) -> Citation:
    """The whole of an article."""
    return Citation(1, article, 0, len(article.body), article.body)


# Through the archive ------------------------------------------------------------------


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as opened:
        opened.ingest([TRAM])
        yield opened


def test_every_citation_is_its_articles_text(archive: Archive) -> None:
    answer = archive.ask("Qui a inauguré le tramway à Nantes ?")
    assert answer.citations
    for citation in answer.citations:
        assert citation.quote == citation.article.body[citation.start : citation.end]
        assert citation.article == TRAM


def test_an_empty_archive_refuses_and_says_why(tmp_path: Path) -> None:
    with Archive.open(tmp_path, encoder=FakeEncoder()) as empty:
        answer = empty.ask("Qui ?")
    assert answer.refused
    assert answer.reason == texts.EMPTY_ARCHIVE


def test_filters_that_nothing_meets_are_said(archive: Archive) -> None:
    answer = archive.ask("Qui a inauguré le tramway ?", section="Sport")
    assert answer.refused
    assert answer.reason == texts.NOTHING_IN_FILTER


def test_what_no_article_names_is_said(archive: Archive) -> None:
    answer = archive.ask("Quelle est la capitale de Zanzibar ?")
    assert answer.refused
    assert answer.reason == texts.MISSING_NAMES.format(names="Zanzibar")


def test_a_question_in_another_script_is_refused_in_french(archive: Archive) -> None:
    answer = archive.ask("ما هو سعر النفط؟")
    assert answer.refused
    assert answer.reason == texts.NOT_FRENCH


def test_hits_come_before_the_answer(archive: Archive) -> None:
    seen: list[Hit] = []
    answer = archive.ask("Qui a inauguré le tramway ?", on_hits=seen.extend)
    assert {hit.passage for hit in seen} == {hit.passage for hit in answer.hits}
    assert all(one.parts.relevance is None for one in seen)
    assert all(one.parts.relevance is not None for one in answer.hits)


def test_a_follow_up_is_read_with_the_question_before(archive: Archive) -> None:
    before = [("Qui a inauguré le tramway à Nantes ?", "…")]
    assert not archive.ask("Et quand ?", before).refused


NEWS = [
    Article(
        f"n{number}",
        title,
        f"{title} ce matin. Le maire de la commune s'en est réjoui.",
        published=day,
    )
    for number, (title, day) in enumerate(
        [
            ("Le marché de Valmont rouvre", date(2025, 5, 3)),
            ("Un cargo s'échoue à Port-Lavande", date(2025, 5, 20)),
            ("Le pont de Valmont ferme", date(2025, 5, 9)),
            ("La piscine de Valmont ouvre", date(2025, 8, 2)),
        ]
    )
]


@pytest.fixture(scope="module")
def news(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Three articles of May and one of August."""
    with Archive.open(tmp_path_factory.mktemp("news"), encoder=FakeEncoder()) as opened:
        opened.ingest(NEWS)
        yield opened


@pytest.mark.parametrize(
    ("question", "told"),
    [
        ("Que s'est-il passé en mai 2025 ?", [0, 2, 1]),
        ("Résume l'actualité de mai 2025", [0, 2, 1]),
        ("Que s'est-il passé à Valmont en mai 2025 ?", [0, 2]),
        ("Quoi de neuf à Port-Lavande en mai 2025 ?", [1]),
    ],
)
def test_a_period_is_told_by_the_beginnings_of_its_articles(
    news: Archive, question: str, told: list[int]
) -> None:
    said = news.ask(question, today=date(2025, 9, 1))
    assert [one.article.id for one in said.citations] == [f"n{number}" for number in told]
    assert [one.quote for one in said.citations] == [f"{NEWS[n].title} ce matin." for n in told]
    assert said.text.startswith(f"{quotations.headline(said.citations[0])} « ")
    assert not said.refused and said.confidence == 1.0


@pytest.mark.parametrize(
    "question", ["Que s'est-il passé hier ?", "Que s'est-il passé à Valmont en juin 2025 ?"]
)
def test_what_no_article_tells_of_is_not_told_by_others(news: Archive, question: str) -> None:
    said = news.ask(question, today=date(2025, 9, 1))
    assert said.refused and said.reason
    assert "n'est de ce temps" in said.reason and "2 août 2025" in said.reason


def test_a_place_that_no_article_of_then_speaks_of_is_not_told_by_others(news: Archive) -> None:
    said = news.ask("Que s'est-il passé à Bréhaut en mai 2025 ?", today=date(2025, 9, 1))
    assert said.refused


def test_where_a_thing_stands_is_told_by_later_articles_too(news: Archive) -> None:
    question = "Que sait-on du maire réjoui de la commune de Valmont, le 12 juin 2025 ?"
    said = news.ask(question, today=date(2025, 9, 1))
    assert not said.refused or "n'est de ce temps" not in str(said.reason)


def test_a_summary_leaves_out_what_is_about_something_else() -> None:
    question = Question("Résume la fermeture du pont", Wording({"fermetur": 1.0, "pont": 1.0}))
    about = sentence("Le pont reste fermé.")
    around = FEATURES.index("words around")
    features = [*about.features]
    features[around] = 0.9
    about = replace(about, features=tuple(features))
    features[around] = 0.1
    other = sentence("« Nous l'attendions », a dit une riveraine.")
    other = replace(other, hit=hit(replace(TRAM, id="autre")), features=tuple(features))
    answer = write.answer(question, [about, other], [hit()], COVERAGE)
    assert [one.article.id for one in answer.citations] == ["tram"]


def test_what_alone_would_be_refused_is_not_quoted_beside_an_answer() -> None:
    sure = sentence("Le pont reste fermé.")
    as_good = 2 * 9.0 * WORTH[FEATURES.index("relevance")] - 0.1
    other = sentence("« Nous l'attendions », a dit une riveraine.", behind=-as_good, likely=False)
    assert worth("Qui ?", [sure, other]).argmax() == 0
    assert len(answered(sure, other).citations) == 1
    assert len(answered(sure, replace(other, features=sure.features)).citations) == 2


@pytest.mark.parametrize("name", ["Jean-Luc Roux", "Charles de Roux", "Marine Le Roux"])
def test_a_definition_finds_a_name_as_it_is_written(name: str) -> None:
    body = f"La colère monte. {name} est maire de Nantes. {name} a parlé mardi."
    article = replace(TRAM, body=body)
    features = dict.fromkeys(FEATURES, 0.0) | {"relevance": 9.0}

    def piece(words: str, behind: float) -> Weighed:
        start = body.index(words)
        told = features | {"likelihood": -behind / WORTH[FEATURES.index("likelihood")]}
        span = start, start + len(words)
        return Weighed(hit(article), *span, span, tuple(told.values()))

    pieces = piece(f"{name} a parlé mardi.", 0.0), piece(f"{name} est maire de Nantes.", 2.5)
    question = Question(f"Qui est {name} ?", Wording({}))
    answer = write.answer(question, pieces, [hit(article)], COVERAGE)
    assert answer.citations[0].quote == f"{name} est maire de Nantes."


@pytest.mark.parametrize(
    "said", ["Bonjour", "Merci beaucoup !", "OK, très bien", "bonsoir à tous", "D’accord, merci"]
)
def test_a_courtesy_is_no_question(archive: Archive, said: str) -> None:
    answer = archive.ask(said)
    assert answer.refused and answer.reason == texts.NOT_A_QUESTION and not answer.hits


def test_a_question_may_begin_by_a_courtesy(archive: Archive) -> None:
    assert archive.ask("Bonjour, qui a inauguré le tramway ?").reason != texts.NOT_A_QUESTION


def test_a_long_question_before_does_not_make_this_one_too_long(archive: Archive) -> None:
    before = [("Qui a inauguré le tramway à Nantes ? " + "vraiment " * 430, "…")]
    assert archive.ask("Et quand ? " + "dis " * 200, before).hits


def test_a_corrected_article_changes_the_next_answer(archive: Archive) -> None:
    archive.ingest([replace(TRAM, body=BODY.replace("Marchand", "Durand"))])
    quotes = " ".join(c.quote for c in archive.ask("Qui a inauguré le tramway ?").citations)
    assert "Durand" in quotes
    assert "Marchand" not in quotes
    archive.delete("tram")
    assert archive.ask("Qui a inauguré le tramway ?").refused


@given(st.text(alphabet=st.sampled_from("aé. \n«»!?M1A,;:…J"), max_size=200))
def test_sentences_weighed_lie_in_their_article(body: str) -> None:
    article = Article("x", "t", body)
    for one in weighed_in(Question("a ?", Wording({"a": 1.0})), article):
        assert one.text == body[one.start : one.end].strip()
        assert one.start <= one.answer[0] < one.answer[1] <= one.end
        assert len(one.features) == len(FEATURES)


@pytest.mark.parametrize(
    ("question", "form"),
    [
        ("Que s'est-il passé à Rabat ?", "résumé"),
        ("Que sait-on de l'incendie ?", "résumé"),
        ("Où en est le chantier du tramway ?", "résumé"),
        ("Que signifie GMMP ?", "définition"),
        ("Qu'est-ce que l'OMS ?", "définition"),
        ("C'est quoi, la taxe carbone ?", "définition"),
        ("Qui est Yasmina El Khattabi ?", "définition"),
        ("Qui est le maire de Nantes ?", "fait"),
        ("Qui est Le Goarant ?", "définition"),
        ("Qui est mort dans l'accident ?", "fait"),
        ("Pour quelles raisons le pont est-il fermé ?", "explication"),
        ("Le maire savait-il que le pont était fermé ?", "oui ou non"),
        ("Que sait-il du pont ?", "fait"),
        ("Quelle est la cause de l'incendie ?", "explication"),
        ("Qui est responsable du retard ?", "fait"),
        ("Donne-moi la liste des élus", "liste"),
        ("Parle-moi de la crue", "résumé"),
        ("Racontar ou vérité ?", "fait"),
        ("Qu'est-ce que le maire a annoncé ?", "fait"),
        ("Pourquoi la grève ?", "explication"),
        ("Comment le pont sera-t-il réparé ?", "explication"),
        ("Comment s'appelle le maire ?", "fait"),
        ("Quels ministres ont démissionné ?", "liste"),
        ("Dans quels pays le virus circule-t-il ?", "liste"),
        ("Qui sont les candidats ?", "liste"),
        ("Quelle est la capitale ?", "fait"),
        ("Est-ce que le pont est fermé ?", "oui ou non"),
        ("La maire a-t-elle démissionné ?", "oui ou non"),
        ("Y a-t-il eu des blessés ?", "oui ou non"),
        ("Quand le pont a-t-il rouvert ?", "fait"),
        ("Combien la ligne B coûtera-t-elle ?", "fait"),
        ("tramway ou bus", "fait"),
    ],
)
def test_the_form_of_answer_that_a_question_calls_for(question: str, form: str) -> None:
    assert form_asked(question) == form


# What is asked ------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Qui est le maire de Nantes ?", Asked.PERSON),
        ("Quelle ministre a démissionné ?", Asked.PERSON),
        ("Quel ministre a démissionné ?", Asked.PERSON),
        ("Quel est le nom du maire ?", Asked.PERSON),
        ("Quel candidat le maire a-t-il soutenu ?", Asked.PERSON),
        ("Quelle championne a gagné ?", Asked.PERSON),
        ("Quel championnat a-t-elle gagné ?", Asked.THING),
        ("Quel chef-lieu a été choisi ?", Asked.THING),
        ("Quelle somme les pirates exigeaient-ils ?", Asked.NUMBER),
        ("Qui était maire quand le pont a fermé ?", Asked.PERSON),
        ("Qui dirige la ville où le pont a fermé ?", Asked.PERSON),
        ("Quel pays accueille le sommet ?", Asked.PLACE),
        ("Depuis quel mois le pont est-il fermé ?", Asked.TIME),
        ("Pour quelles raisons le pont est-il fermé ?", Asked.CAUSE),
        ("Contre qui l'USPL a-t-elle perdu ?", Asked.PERSON),
        ("Qu'est-ce qui a provoqué la crue ?", Asked.THING),
        ("Le maire ou la préfète a-t-il signé ?", Asked.THING),
        ("Jusqu'où va la ligne ?", Asked.PLACE),
        ("D'où vient le nom de la ville ?", Asked.THING),
        ("Quand le pont a-t-il rouvert ?", Asked.TIME),
        ("En quelle année est-il né ?", Asked.TIME),
        ("Où se trouve la mairie ?", Asked.PLACE),
        ("Dans quelle ville a lieu le festival ?", Asked.PLACE),
        ("Combien coûte le tramway ?", Asked.NUMBER),
        ("Quel est le montant du budget ?", Asked.NUMBER),
        ("Quels partis ont voté le budget ?", Asked.THING),
        ("Pourquoi la grève ?", Asked.CAUSE),
        ("Que fait le maire ?", Asked.THING),
        ("tramway ou bus", Asked.THING),
    ],
)
def test_the_kind_of_thing_asked(question: str, kind: Asked) -> None:
    assert asked(question) is kind


@pytest.mark.parametrize(
    ("kind", "sentence", "question", "has"),
    [
        (Asked.PERSON, "Le prix va à Han Kang.", "Qui a eu le prix ?", True),
        (Asked.PERSON, "Le prix va à Han Kang.", "Qui est Han Kang ?", False),
        (Asked.NUMBER, "Il y a 43 malades.", "Combien de malades ?", True),
        (Asked.NUMBER, "Les 43 malades vont mieux.", "Combien des 43 malades ?", False),
        (Asked.NUMBER, "Le 18 juin, il y a davantage de malades.", "Combien de malades ?", False),
        (Asked.NUMBER, "Des malades de mars 2019.", "Combien de malades ?", False),
        (Asked.NUMBER, "Le 18 juin, il y a 43 malades.", "Combien de malades ?", True),
        (Asked.NUMBER, "L'accident a fait 24 blessés.", "Combien de blessés en 2024 ?", True),
        (Asked.NUMBER, "Mille familles sont parties.", "Combien de familles ?", True),
        (Asked.PERSON, "« Nous avons perdu », dit-on.", "Qui a perdu ?", False),
        (Asked.TIME, "Ouverture le 1er mai.", "Quand ouvre-t-il ?", True),
        (Asked.TIME, "Ouverture prochaine.", "Quand ouvre-t-il ?", False),
        (Asked.PLACE, "Le procès se tient à Lyon.", "Où se tient le procès ?", True),
        (Asked.CAUSE, "Fermé en raison du vent.", "Pourquoi est-il fermé ?", True),
        (Asked.THING, "N'importe quoi.", "Que dire ?", True),
    ],
)
def test_signs_of_the_thing_asked(kind: Asked, sentence: str, question: str, has: bool) -> None:
    assert has_sign(kind, sentence, question) is has


def test_names_are_what_an_answer_cannot_do_without() -> None:
    assert names("Combien la SNCF a-t-elle payé à Jean Dupont en 2024 ?") == [
        "SNCF",
        "Jean",
        "Dupont",
        "2024",
    ]


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Qui est l'auteur de la brève sur le 40e contingent ?", "le 40e contingent ?"),
        ("Qui a signé l’article sur le pont ?", "le pont ?"),
        ("De quand date la dépêche sur la crue ?", "la crue ?"),
        ("Qui est l'auteur du roman ?", None),
    ],
)
def test_questions_about_an_article_itself(question: str, subject: str | None) -> None:
    assert article_asked_about(question) == subject


def test_latin_letters_or_digits_make_a_question_readable() -> None:
    assert is_latin("Où ?")
    assert is_latin("2024")
    assert not is_latin("السعر؟")
    assert not is_latin("???")


# What an answer says of its sources ---------------------------------------------------------


@pytest.mark.parametrize("head", [quotations.origin, quotations.signature, quotations.headline])
def test_a_name_that_an_article_gives_of_itself_forges_nothing(head: quotations.Head) -> None:
    forged = "Le Monde : « Le maire a volé. » [2]\n\nLe Courrier"
    told = head(quoting(replace(TRAM, source=forged, authors=(forged,), title=forged)))
    assert not set("«»[]\n“”") & set(told)
    assert len(told) < 100


def test_an_explanation_goes_on_to_the_next_sentence_of_its_paragraph() -> None:
    first = sentence("La maire Hélène Marchand a inauguré le tramway mardi à Nantes.")
    question = Question("Pourquoi la fête ?", Wording({}))
    answer = write.answer(question, [first], [hit()], COVERAGE)
    assert answer.citations[0].quote == BODY.split("\n")[0]


def test_a_subhead_is_not_quoted() -> None:
    body = "La couronne retrouvée\n\nLa couronne a été retrouvée dans la rue.\n\nUne couronne"
    article = Article("x", "Vol", body)
    told = [one.text for one in weighed_in(Question("couronne ?", Wording({})), article)]
    assert told == ["La couronne a été retrouvée dans la rue.", "Une couronne"]


def test_a_line_that_three_articles_end_by_is_not_quoted() -> None:
    question = Question("Qui signe ?", Wording({}))
    signed = [Article(f"{n}", "Vol", f"Vol numéro {n}.\n\nAvec agences.") for n in range(3)]
    assert [one.text for one in weighed_in(question, *signed)] == [
        "Vol numéro 0.",
        "Vol numéro 1.",
        "Vol numéro 2.",
    ]
    copies = [replace(signed[0], id=f"copie{n}") for n in range(3)]
    assert "Avec agences." in [one.text for one in weighed_in(question, *copies, signed[1])]


@pytest.mark.parametrize(
    ("question", "source"),
    [
        ("Combien de manifestants selon les syndicats ?", "syndicats"),
        ("D’après la préfecture, combien étaient-ils ?", "préfecture"),
        ("Combien étaient-ils ?", ""),
        ("Selon quel calendrier la ligne ouvrira-t-elle ?", ""),
        ("Que dit-il, selon l'article ?", ""),
        ("Que disent les syndicats de la fréquentation ?", "syndicats"),
        ("Qu'a répondu la préfecture le 3 mai ?", "préfecture"),
        ("Qu’en pense la préfecture ?", "préfecture"),
        ("Que demandent-ils ?", ""),
    ],
)
def test_whose_word_is_asked_for(question: str, source: str) -> None:
    assert attributed_to(question) == stems(source)
    union = figure("a", "Les syndicats en comptent 6 000.", "6 000", TRAM_DAY)
    others = figure("b", "La préfecture en compte 3 200.", "3 200", TRAM_DAY)
    ahead = worth(question, [union, others])
    assert {"syndicats": ahead[0] > ahead[1], "préfecture": ahead[0] < ahead[1]}.get(
        source, ahead[0] == ahead[1]
    )


def test_a_count_of_other_things_is_no_entry_of_a_list() -> None:
    question = Question("Quelles communes sont inondées ?", Wording({}))
    some = [
        figure("a", "Valmont est sous l'eau.", "Valmont", TRAM_DAY),
        figure("b", "Il y a 400 sinistrés.", "400 sinistrés", TRAM_DAY),
        figure("c", "L'eau a gagné six communes.", "six communes", TRAM_DAY),
    ]
    answer = write.answer(question, some, [one.hit for one in some], COVERAGE)
    assert [one.article.id for one in answer.citations] == ["a", "c"]
    alone = write.answer(question, some[1:2], [some[1].hit], COVERAGE)
    assert [one.article.id for one in alone.citations] == ["b"]


def figure(article_id: str, words: str, span: str, day: date, *, around: float = 1.0) -> Weighed:
    """A sentence of an article of its own, whose answer is a figure or a day."""
    article = Article(article_id, "Chantier", words, source="Le Courrier", published=day)
    start = words.index(span)
    features = dict.fromkeys(FEATURES, 0.0) | {"relevance": 9.0, "words around": around}
    answer = start, start + len(span)
    return Weighed(hit(article), 0, len(words), answer, tuple(features.values()))


def counted(*weighed: Weighed, asks: str = "Combien coûte la ligne B ?") -> Answer:
    question = Question(asks, Wording({}))
    return write.answer(question, weighed, [one.hit for one in weighed], COVERAGE)


@pytest.mark.parametrize(
    ("words", "span", "differs"),
    [
        ("Elle ouvrira le 30 janvier 2027.", "le 30 janvier 2027", True),
        ("L'ouverture est pour septembre 2026.", "septembre 2026", True),
        ("Ce sera en mars, dit la maire.", "en mars", False),
        ("Ce sera le 8 mars 2027.", "le 8 mars 2027", False),
        ("Elle ouvrira bientôt.", "bientôt", False),
        ("La ligne roulera en 2029.", "en 2029", True),
        ("Ce sera courant 2027.", "courant 2027", False),
        ("Mise en service le 30/01/2027.", "30/01/2027", True),
        (
            "D'abord prévue en mars 2027, elle attendra 2028.",
            "mars 2027, elle attendra 2028",
            False,
        ),
        ("VALMONT, 2 janvier 2026 (ARP) - La ligne roule.", "2 janvier 2026", False),
    ],
)
def test_days_that_differ_are_each_told_newest_first(words: str, span: str, differs: bool) -> None:
    first = figure("a", "La ligne ouvrira en mars 2027.", "en mars 2027", date(2025, 1, 1))
    other = figure("b", words, span, date(2026, 1, 1))
    answer = counted(first, other, asks="Quand ouvrira la ligne B ?")
    assert (texts.DAYS_DIFFER in answer.notes) is differs
    if differs:
        assert [one.article.id for one in answer.citations] == ["b", "a"]


def test_the_first_and_the_last_day_of_the_calendar_are_days() -> None:
    first = figure("a", "Ce fut le 1 janvier 1.", "1 janvier 1", date.min)
    last = figure("b", "Ce sera le 31 mars 9999.", "31 mars 9999", date.max)
    notes = counted(first, last, asks="Quand ouvrira la ligne B ?").notes
    assert texts.DAYS_DIFFER not in notes


def test_what_speaks_of_something_else_differs_in_nothing() -> None:
    first = figure("a", "La ligne coûte 214 millions d'euros.", "214 millions d'euros", TRAM_DAY)
    other = figure(
        "b", "Le pont a coûté 247 millions d'euros.", "247 millions d'euros", TRAM_DAY, around=0.4
    )
    assert texts.FIGURES_DIFFER not in counted(first, other).notes
    unsure = replace(other, features=(9.0, -5.0, *first.features[2:]))
    assert texts.FIGURES_DIFFER not in counted(first, unsure).notes
    other = replace(other, features=first.features)
    assert texts.FIGURES_DIFFER in counted(first, other).notes
    undated = replace(other, hit=hit(replace(other.hit.article, published=None)))
    assert texts.FIGURES_DIFFER not in counted(first, undated).notes
    assert texts.FIGURES_DIFFER not in counted(undated, first).notes


def test_figures_that_differ_are_each_told_with_their_source_and_day() -> None:
    answer = counted(
        figure(
            "a", "La ligne coûte 214 millions d'euros.", "214 millions d'euros", date(2024, 1, 1)
        ),
        figure(
            "b", "Le prix est de 247 millions d'euros.", "247 millions d'euros", date(2025, 1, 1)
        ),
    )
    assert texts.FIGURES_DIFFER in answer.notes
    assert answer.text.startswith("Le Courrier, 1er janvier 2025 : « Le prix est de 247")


@pytest.mark.parametrize(
    ("words", "span"),
    [
        ("La ligne aura 17 stations.", "17"),
        (
            "Elle coûte 214 millions d'euros, dont 90 millions d'euros pour les rames.",
            "214 millions d'euros, dont 90 millions d'euros",
        ),
        ("La fouille a coûté 1,3 million d'euros.", "1,3 million d'euros"),
        ("Le coût est de 214 millions d’euros.", "214 millions d’euros"),
        ("Le coût reste secret.", "secret"),
    ],
)
def test_other_things_counted_and_the_same_figure_are_no_difference(words: str, span: str) -> None:
    first = figure("a", "La ligne coûte 214 millions d'euros.", "214 millions d'euros", TRAM_DAY)
    answer = counted(first, figure("b", words, span, date(2025, 1, 1)))
    assert texts.FIGURES_DIFFER not in answer.notes
    assert answer.citations[0].article.id == "a"


@pytest.mark.parametrize(
    ("question", "noted"),
    [
        ("Qui a inauguré le tramway en 2023 ?", True),
        ("Qui a inauguré le tramway en 2024 ?", False),
        ("Qui a eu le prix du tramway 2023 ?", True),
        ("Qui a inauguré la rue du 8 mai 2023 ?", False),
        ("Qui a planté 2000 chênes le long du tramway ?", False),
    ],
)
def test_a_year_that_is_not_the_articles_is_noted(question: str, noted: bool) -> None:
    asked_of = Question(question, Wording({}))
    answer = write.answer(asked_of, [sentence("Le pont reste fermé.")], [hit()], COVERAGE)
    told = texts.OTHER_YEAR.format(years="2023", day="22 avril 2024")
    assert answer.notes == ((told,) if noted else ())


@pytest.mark.parametrize(
    ("question", "missing"),
    [
        ("Qui a inauguré le tramway de Lyon ?", "Lyon"),
        ("Qui a inauguré la ligne C de Nantes ?", "ligne C"),
        ("Qui a inauguré le tramway de Nantes ?", ""),
        ("Qui est Helene Marchand ?", ""),
    ],
)
def test_a_name_that_no_cited_article_has_is_noted(question: str, missing: str) -> None:
    asked_of = Question(question, Wording({}))
    answer = write.answer(asked_of, [sentence("Le pont reste fermé.")], [hit()], COVERAGE)
    told = texts.MISSING_IN_CITED.format(names=missing)
    assert answer.notes == ((told,) if missing else ())


def test_what_is_said_may_be_told_by_a_pronoun() -> None:
    body = "Hélène Marchand est venue. Le pont fermera, a-t-elle lancé.\n" + "La pluie. " * 40
    body += "Le pont rouvrira."
    article, features = replace(TRAM, body=body), (0.0,) * len(FEATURES)
    pieces = [
        Weighed(hit(article), at, at + len(words), (at, at + 1), features)
        for words in ("Hélène Marchand est venue.", "Le pont fermera", "Le pont rouvrira.")
        if (at := body.index(words)) >= 0
    ]
    hers, told, others = worth("Que dit Hélène Marchand du pont ?", pieces)
    assert hers > told > others
    hers, told, others = worth("Le pont fermera-t-il selon Hélène Marchand ?", pieces)
    assert hers > told == others


@pytest.mark.parametrize(
    ("question", "subject"),
    [
        ("Résume la grève des éboueurs", "la grève des éboueurs"),
        ("Que sait-on de l’incendie ?", "l’incendie ?"),
        ("Parle-moi d’Hélène Marchand", "Hélène Marchand"),
        ("Fais le point sur la crue", "la crue"),
        ("Où en est le chantier ?", "le chantier ?"),
        ("Résume", "Résume"),
        ("Qui résume l'affaire ?", "Qui résume l'affaire ?"),
    ],
)
def test_the_words_that_ask_to_be_told_are_not_looked_for(question: str, subject: str) -> None:
    assert subject_of(question) == subject


@pytest.mark.parametrize(
    ("body", "chosen", "quoted"),
    [
        (
            "Il répond : « Jamais entendu parler. » Le pont reste fermé.",
            "Jamais entendu parler. »",
            "Il répond : « Jamais entendu parler. »",
        ),
        (
            "« Il pleut. Le maire a menti. Nous porterons plainte », accuse un riverain. Fin.",
            "Le maire a menti.",
            "« Il pleut. Le maire a menti. Nous porterons plainte », accuse un riverain.",
        ),
        (
            "Il dit : « Il pleut. Le maire a menti. La pluie.\nFin.",
            "Le maire a menti.",
            "Il dit : « Il pleut. Le maire a menti.",
        ),
        (
            "« Il pleut.\nLe maire a menti. La pluie », a-t-il dit. Fin.",
            "Le maire a menti.",
            "Le maire a menti. La pluie », a-t-il dit.",
        ),
        ("« Oui », dit-il. Le maire a menti.", "Le maire a menti.", "Le maire a menti."),
        (
            f"« Il pleut. Le maire a menti. {'Il pleut encore. ' * 70}», accuse un riverain.",
            "Le maire a menti.",
            "« Il pleut. Le maire a menti.",
        ),
    ],
    ids=["beginning", "middle", "goes on", "begun before", "outside", "long"],
)
def test_a_sentence_cut_out_of_what_somebody_says_is_quoted_with_who_says_it(
    body: str, chosen: str, quoted: str
) -> None:
    article, start = replace(TRAM, body=body), body.index(chosen)
    end = start + len(chosen)
    features = dict.fromkeys(FEATURES, 0.0) | {"relevance": 9.0}
    one = Weighed(hit(article), start, end, (start, end), tuple(features.values()))
    assert answered(one).citations[0].quote == quoted
