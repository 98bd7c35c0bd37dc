"""The HTML of the web page: what it says, and that nothing untrusted acts in it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa import addresses, texts
from brief_qa.domain import (
    Answer,
    Article,
    Citation,
    Coverage,
    Hit,
    Passage,
    Period,
    ScoreParts,
    Understood,
)
from brief_qa.web import links, render, words
from brief_qa.web.conversation import (
    KEPT,
    Conversation,
    Draft,
    Exchange,
    Step,
    Trouble,
    asked_again,
    asked_next,
    with_last,
)
from brief_qa.web.conversation import history as history_of
from brief_qa.web.render_conversation import conversation_html
from brief_qa.web.typography import count, period, shown
from harmless import HOSTILE, Reading, assert_harmless

BODY = (
    "La ville de Valmont a retrouvé son passage.\n\nTravaux\n\nLe pont Neuf a été inauguré mardi "
    "par Paul Durand, le maire. Les travaux ont duré dix-huit mois.\n\nLa fanfare a joué."
)
QUOTE = "Le pont Neuf a été inauguré mardi par Paul Durand, le maire."
BRIDGE = Article(
    id="pont",
    title="Valmont : le pont Neuf rouvre",
    body=BODY,
    url="https://www.journal.example/pont",
    source="Le Journal",
    published=date(2025, 3, 4),
    section="Régions",
    authors=("Anne Petit",),
)
COVERAGE = Coverage(1_234, date(2024, 1, 3), date(2026, 10, 30))


def hit(article: Article = BRIDGE, rank: int = 1) -> Hit:
    """The whole article, found as one passage."""
    passage = Passage(rank, article.id, 0, len(article.body))
    return Hit(passage, article, 1.0, ScoreParts(0.9, 3.0), rank)


def quotation(number: int = 1, article: Article = BRIDGE, quote: str = QUOTE) -> Citation:
    """A citation of the article."""
    start = article.body.index(quote)
    return Citation(number, article, start, start + len(quote), quote)


def answered(*citations: Citation, confidence: float = 0.95) -> Answer:
    """An answer made of quotations."""
    text = "\n\n".join(f"« {c.quote} » [{c.number}]" for c in citations)
    hits = tuple(hit(citation.article) for citation in citations)
    timings = {"total": 0.42}
    return Answer(text, citations, hits, False, None, confidence, COVERAGE, timings)


def refused(*hits: Hit, reason: str = texts.NOT_SUPPORTED) -> Answer:
    """A refusal, with what was near."""
    return Answer(texts.REFUSAL, (), hits, True, reason, 0.1, COVERAGE)


def page_of(*outcomes: Answer | Step | Trouble, question: str = "Qui ?") -> str:
    """A conversation in which these came of the question."""
    return conversation_html(
        tuple(Exchange(number, question, one) for number, one in enumerate(outcomes, 1))
    )


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_shown_as_text_wherever_it_stands(payload: str) -> None:
    article = Article(
        id=payload,
        title=payload,
        body=f"{payload}\n\n{payload} {QUOTE} {payload}",
        url=f"https://journal.example/{payload}",
        source=payload,
        section=payload,
        authors=(payload,),
        kind="brève",
    )
    one = answered(quotation(article=article))
    reading = assert_harmless(page_of(one, question=payload))
    assert shown_text(payload) in normal(reading.text)
    assert_harmless(page_of(refused(hit(article), reason=payload), question=payload))
    assert_harmless(page_of(Trouble(payload), Step(payload)))
    assert_harmless(render.latest_html([article]))
    assert_harmless(render.article_html(article, [QUOTE, payload]))
    assert_harmless(render.notice_html(payload))


def shown_text(text: str) -> str:
    """What of a text is seen."""
    return normal(Reading(shown(text)).text)


def normal(text: str) -> str:
    """White space does not matter."""
    return " ".join(text.split())


@given(st.text(max_size=80), st.text(max_size=80), st.text(max_size=40))
def test_no_text_at_all_escapes(title: str, text: str, url: str) -> None:
    article = Article(id=title, title=title, body=f"{text}{QUOTE}{text}", url=url, section=text)
    assert_harmless(page_of(answered(quotation(article=article)), question=text))
    assert_harmless(render.article_html(article, [QUOTE, text]))


@given(st.text(max_size=200))
def test_what_is_shown_loses_nothing_but_the_invisible(text: str) -> None:
    visible = "".join(c for c in text if c.isprintable() and not 0xE0000 <= ord(c) <= 0xE007F)
    kept = Reading(f"<p>{shown(text)}</p>").text
    assert "".join(visible.split()) == "".join(c for c in kept if c.isprintable()).replace(" ", "")


@pytest.mark.parametrize("mark", "\u200e\u200f\u061c\u202a\u202b\u202d\u202e\u2066\u2067\u2068")
def test_direction_marks_cannot_reorder_the_page(mark: str) -> None:
    assert shown(f"avant{mark}après") == "avantaprès"


# -- an answer -------------------------------------------------------------------------------


def test_a_citation_leads_to_its_source_and_back() -> None:
    reading = Reading(page_of(answered(quotation())))
    (cite,) = reading.all("a", "cite")
    (cited,) = reading.all("div", "cited")
    (back,) = reading.all("a", "number")
    assert cite["data-source"] == cited["id"] and cited["tabindex"] == "-1"
    assert back["href"] == f"#{cite['id']}"
    assert cite["href"] == links.reading(BRIDGE, [QUOTE])
    told = "Source 1 — Valmont\u00a0: le pont Neuf rouvre — Le Journal — 4 mars 2025"
    assert cite["aria-label"] == told


def test_the_source_shows_facts_passage_and_links() -> None:
    html = page_of(answered(quotation()))
    reading = Reading(html)
    for fact in ("Le Journal", "4 mars 2025", "Régions", "Confiance\u00a0: élevée"):
        assert fact in reading.text
    assert "Brève" not in reading.text
    assert f"<mark>{QUOTE}</mark>" in html
    search, go_to = [link for link in reading.all("a") if link.get("target") == "_blank"]
    assert search["href"] == "recherche?q=Qui+%3F"
    assert go_to["href"] == (
        "https://www.journal.example/pont#:~:text=Le%20pont%20Neuf%20a%20%C3%A9t%C3%A9%20"
        "inaugur%C3%A9%20mardi%20par%20Paul%20Durand%2C%20le%20maire."
    )
    assert words.GO_TO.format(host="journal.example") in reading.text


def test_one_article_cited_twice_is_one_source_with_two_quotations() -> None:
    second = quotation(2, quote="Les travaux ont duré dix-huit mois.")
    reading = Reading(page_of(answered(quotation(), second)))
    assert len(reading.all("li", "source")) == 1
    assert [cited["id"] for cited in reading.all("div", "cited")] == ["source-1-1", "source-1-2"]
    (read,) = reading.all("a", "read")
    assert read["href"].count("citation=") == 2


def test_a_number_that_cites_nothing_stays_text() -> None:
    quote = "Selon la note [7], le pont tient [1]."
    article = replace(BRIDGE, body=quote)
    reading = Reading(page_of(answered(quotation(article=article, quote=quote))))
    assert [cite["data-source"] for cite in reading.all("a", "cite")] == ["source-1-1"]
    assert "note [7]" in reading.text and "tient [1]." in reading.text


def test_answers_of_one_conversation_do_not_share_anchors() -> None:
    reading = Reading(page_of(answered(quotation()), answered(quotation())))
    anchors = [attributes["id"] for _, attributes in reading.tags if "id" in attributes]
    assert len(anchors) == len(set(anchors))


@pytest.mark.parametrize(
    ("confidence", "word"), [(1.0, "élevée"), (0.6, "élevée"), (0.4, "moyenne"), (0.2, "faible")]
)
def test_confidence_is_said_in_words(confidence: float, word: str) -> None:
    html = page_of(answered(quotation(), confidence=confidence))
    assert shown(words.CONFIDENCE.format(word=word)) in html


def test_a_long_passage_is_cut_around_the_quotation_between_words() -> None:
    article = replace(BRIDGE, body=f"{'avant ' * 200}{QUOTE}{' après' * 200}")
    passage = Reading(page_of(answered(quotation(article=article)))).text
    assert "… avant avant" in passage and "après après …" in passage
    assert passage.count("avant") < 40
    assert "avan " not in passage and " vant" not in passage


def test_a_passage_without_spaces_keeps_its_quotation_whole() -> None:
    article = replace(BRIDGE, body=f"{'x' * 900} {QUOTE} {'y' * 900}")
    assert f"<mark>{QUOTE}</mark>" in page_of(answered(quotation(article=article)))


def test_an_article_without_facts_says_so() -> None:
    bare = Article(id="nu", title=" ", body=BODY, kind="brève")
    text = Reading(page_of(answered(quotation(article=bare)))).text
    assert words.UNTITLED in text and texts.NO_DATE in text and words.BRIEF in text


# -- a refusal, a step, a trouble -----------------------------------------------------------------


def test_a_refusal_gives_its_reason_the_period_and_what_is_near() -> None:
    others = [hit(replace(BRIDGE, id=f"a{n}", title=f"Titre {n}"), n) for n in range(1, 8)]
    html = page_of(refused(*others))
    reading = Reading(html)
    assert texts.REFUSAL.replace("'", "’") in reading.text
    assert texts.NOT_SUPPORTED.replace("'", "’") in reading.text
    assert "1\u202f234\u00a0articles, du 3 janvier 2024 au 30 octobre 2026" in reading.text
    assert words.NEAR in reading.text and "Titre 1" in reading.text
    assert "Titre 7" not in reading.text
    assert reading.all("div", "refusal") and not reading.all("a", "cite")


def read_otherwise(asked: str, read: str) -> Hit:
    """A hit that has another word in place of one of the question's."""
    parts = ScoreParts(0.9, 3.0, read_as=((asked, read),))
    return replace(hit(), parts=parts)


def test_what_was_read_otherwise_is_said_under_an_answer_and_a_refusal() -> None:
    found = (read_otherwise("Laftite", "Laftit"), read_otherwise("Laftite", "Leftit"))
    for outcome in (replace(answered(quotation()), hits=found), refused(*found)):
        (line,) = re.findall(r'<p class="readings" dir="auto">(.*?)</p>', page_of(outcome))
        assert normal(line) == "« Laftite » : lu aussi comme « Laftit », « Leftit »."
    assert "lu aussi" not in page_of(answered(quotation()))


@pytest.mark.parametrize("payload", HOSTILE)
def test_what_was_read_otherwise_is_shown_as_text(payload: str) -> None:
    assert_harmless(page_of(refused(read_otherwise(payload, payload))))


def test_the_nearest_articles_are_shown_once_each() -> None:
    reading = Reading(page_of(refused(hit(rank=1), hit(rank=2), hit(rank=3))))
    assert len(reading.all("li", "source")) == 1


def test_a_refusal_of_an_empty_archive_shows_no_list() -> None:
    nothing = Answer(texts.REFUSAL, (), (), True, texts.EMPTY_ARCHIVE, 0.0, Coverage(0, None, None))
    text = Reading(page_of(nothing)).text
    assert words.NEAR not in text and "0\u00a0article." in text


def test_a_question_too_long_to_show_is_cut_and_counted() -> None:
    html = page_of(Trouble("Trop long."), question="a" * 20_000)
    assert len(html) < 3_000 and "20\u202f000\u00a0caractères" in html


def test_an_empty_question_has_words_for_it() -> None:
    assert words.NO_QUESTION in page_of(Trouble("La question est vide."), question="  ")


# -- an article -----------------------------------------------------------------------------------


def test_an_article_is_whole_with_its_quotations_marked() -> None:
    second = "Les travaux ont duré dix-huit mois."
    html = render.article_html(BRIDGE, [second, QUOTE])
    assert f"<mark>{QUOTE}</mark> <mark>{second}</mark>" in html
    assert '<h2 dir="auto">Travaux</h2>' in html
    text = Reading(html).text
    assert all(line in text for line in BODY.split("\n\n")) and "Anne Petit" in text
    assert words.QUOTE_GONE not in html


def test_a_quotation_corrected_away_is_told() -> None:
    html = render.article_html(BRIDGE, ["Le pont Neuf a été inauguré lundi."])
    assert words.QUOTE_GONE in html and "<mark>" not in html


def test_overlapping_quotations_are_marked_once() -> None:
    html = render.article_html(BRIDGE, [QUOTE, "par Paul Durand", BODY[:60]])
    assert normal(Reading(html).text).count("Paul Durand") == 1


# -- addresses ------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "url",
    [
        *("javascript:alert(1)", "JaVaScRiPt:alert(1)", " javascript:alert(1)", "data:text/html,x"),
        *("vbscript:x", "file:///etc/passwd", "//journal.example/x", "/x", "x", "", "https://"),
        *("http:///x", "https://journal.example/a b", "https://journal.example/\n", None),
        *("java\tscript:alert(1)", "https://[::1", "https:\\\\journal.example", "ftp://a.example"),
        *("https://journal.example/\u202e", "https://journal.example/" + "a" * 3_000),
    ],
)
def test_only_plain_http_addresses_are_linked(url: str | None) -> None:
    assert addresses.external(url, ["citation"]) is None
    assert "↗" not in page_of(answered(quotation(article=replace(BRIDGE, url=url))))


def test_a_long_quotation_is_pointed_at_by_its_ends() -> None:
    quoted = "un deux trois quatre cinq six sept huit neuf dix onze-douze treize, quatorze"
    assert addresses.external("http://a.example/x#y", [quoted]) == (
        "http://a.example/x#y:~:text=un%20deux%20trois%20quatre%20cinq,"
        "neuf%20dix%20onze%2Ddouze%20treize%2C%20quatorze"
    )


# -- typography and conversation ------------------------------------------------------------------


def test_french_spaces() -> None:
    assert shown("« Oui ! » : 12 450 euros, 5 %") == (
        "«\u00a0Oui\u00a0!\u00a0»\u00a0: 12\u202f450 euros, 5\u00a0%"
    )
    assert shown("en 2024 331 voix") == "en 2024 331 voix"


def test_counts_and_periods() -> None:
    assert [count(n, "article") for n in (0, 1, 2)] == [
        *("0\u00a0article", "1\u00a0article", "2\u00a0articles")
    ]
    assert period(None, date(2024, 1, 1)) == ""
    assert period(date(2024, 5, 1), date(2024, 5, 1)) == "du 1er mai 2024"


def test_a_conversation_forgets_its_beginning_but_goes_on_counting() -> None:
    conversation: Conversation = ()
    for _ in range(KEPT + 5):
        asked = asked_next(conversation, "Qui ?")
        conversation = with_last(conversation, replace(asked, outcome=refused()))
    assert len(conversation) == KEPT and conversation[-1].number == KEPT + 5


def test_a_completed_question_is_told_with_what_came_from_before_and_a_way_out() -> None:
    read = Understood("Quand <i>la ligne B</i> ouvrira-t-elle ?", ("<i>la ligne B</i>",))
    for outcome in (answered(quotation()), refused()):
        html = page_of(replace(outcome, understood=read), question="Et quand ouvrira-t-elle ?")
        text = normal(Reading(html).text)
        assert "Comprise comme : « Quand <i>la ligne B</i> ouvrira-t-elle ? »" in text
        assert "<b>&lt;i&gt;la ligne B&lt;/i&gt;</b>" in html
        assert f'data-how="as-written">{words.AS_WRITTEN}</button>' in html
    assert "understood" not in page_of(answered(quotation()))


def test_a_question_asked_as_written_says_so() -> None:
    html = conversation_html((Exchange(2, "Quand ?", refused(), as_written=True),))
    assert words.ASKED_AS_WRITTEN in html and words.AS_WRITTEN not in html


def test_history_holds_questions_as_they_were_understood() -> None:
    read = Understood("Quand la ligne B ouvrira-t-elle ?", ("la ligne B",))
    exchange = Exchange(1, "Quand ouvrira-t-elle ?", replace(refused(), understood=read))
    assert history_of((exchange,)) == [("Quand la ligne B ouvrira-t-elle ?", texts.REFUSAL)]


def test_history_says_first_the_words_that_answer() -> None:
    one = answered(quotation())
    start = one.citations[0].start
    marked = replace(one, citations=(replace(one.citations[0], span=(start, start + 4)),))
    ((_, said),) = history_of((Exchange(1, "Qui ?", marked),))
    assert said == f"{marked.citations[0].quote[:4]} {one.text}"


def test_only_the_conversation_s_own_questions_are_asked_again() -> None:
    conversation = (Exchange(3, "Quand ?", refused()),)
    again = asked_again(conversation, 3, "as-written")
    assert again == Exchange(4, "Quand ?", as_written=True)
    for number in (1, "3", None, [3], {"exchange": 3}, 3.5):
        assert asked_again(conversation, number, "as-written") is None


def test_history_holds_what_was_answered_only() -> None:
    conversation = (
        Exchange(1, "Qui ?", answered(quotation())),
        Exchange(2, "", Trouble("La question est vide.")),
        Exchange(3, "Quand ?", refused()),
    )
    assert [question for question, _ in history_of(conversation)] == ["Qui ?", "Quand ?"]


def test_the_words_that_answer_are_in_bold_and_nothing_else_is() -> None:
    quoted = quotation()
    start = BODY.index("Paul Durand")
    html = page_of(answered(replace(quoted, span=(start, start + len("Paul Durand")))))
    assert "par <strong>Paul Durand</strong>, le maire." in html
    assert html.count("<strong>") == 1
    assert "<strong>" not in page_of(answered(quoted))


def test_markup_in_the_words_that_answer_is_text() -> None:
    article = replace(BRIDGE, body="Le prix va à <img src=x onerror=alert(1)> hier.")
    start, end = article.body.index("<"), article.body.index(" hier")
    quoted = replace(quotation(1, article, article.body), span=(start, end))
    assert_harmless(page_of(answered(quoted)))


def test_what_to_know_beside_an_answer_is_said() -> None:
    noted = replace(answered(quotation()), notes=(texts.FIGURES_DIFFER,))
    assert "même chiffre" in Reading(page_of(noted)).text


def test_what_was_found_is_shown_while_it_is_read() -> None:
    found = Reading(page_of(Step("Lecture", (hit(),))))
    assert BRIDGE.title in found.text.replace("\u202f", " ").replace("\xa0", " ")
    assert words.FOUND in found.text


# -- the time that a question speaks of ----------------------------------------------------------

YESTERDAY = Period(
    date(2026, 11, 23),
    date(2026, 11, 23),
    20,
    24,
    "filter",
    2,
    "« hier » : le 23 novembre 2026",
)


def test_the_period_read_is_shown_and_can_be_taken_away() -> None:
    timely = replace(answered(quotation()), period=YESTERDAY)
    for outcome in (timely, replace(refused(hit()), period=YESTERDAY)):
        page = assert_harmless(page_of(outcome))
        assert "Période lue\u00a0: «\u00a0hier\u00a0»\u00a0: le 23 novembre 2026" in page.text
        assert "laissés de côté" in page.text
        (button,) = page.all("button", "otherwise")
        assert (button["data-exchange"], button["data-how"]) == ("1", "without-dates")
    preferred = replace(YESTERDAY, use="preference")
    assert "articles de ces jours viennent" in page_of(replace(timely, period=preferred))


def test_a_question_that_names_no_time_shows_none() -> None:
    for outcome in (answered(quotation()), refused(hit()), Step("…"), Trouble("Non.")):
        page = assert_harmless(page_of(outcome))
        assert not page.all("p", "understood") and not page.all("button", "otherwise")


def test_the_words_of_a_period_do_nothing() -> None:
    hostile = replace(YESTERDAY, reason="« <script>hier</script> » : \u202ele 23")
    assert_harmless(page_of(replace(answered(quotation()), period=hostile)))


def test_a_question_is_asked_again_otherwise() -> None:
    timely = replace(answered(quotation()), period=YESTERDAY)
    before = (Exchange(3, "Et hier ?", timely),)
    again = asked_again(before, 3, "without-dates")
    assert again == Exchange(4, "Et hier ?", read_dates=False)
    page = assert_harmless(conversation_html((*before, replace(again, outcome=timely))))
    assert "sans tenir compte des dates" in page.text and len(page.all("button", "otherwise")) == 1
    both = asked_again((again,), 4, "as-written")
    assert both == Exchange(5, "Et hier ?", as_written=True, read_dates=False)
    assert asked_again(before, 3, "again") == Exchange(4, "Et hier ?")
    for number, how in ((9, "as-written"), (None, "as-written"), ("3", "as-written"), (3, "x")):
        assert asked_again(before, number, how) is None


# -- a model's prose ------------------------------------------------------------------------

PROSE = "Paul Durand a inauguré le pont Neuf [1]."


def written(**facts: object) -> Answer:
    """An answer in a model's words."""
    return replace(answered(quotation()), text=PROSE, writer="mistral-small", **facts)


def test_prose_says_who_wrote_it_and_what_was_taken_out() -> None:
    page = conversation_html((Exchange(1, "Qui ?", written(removed=2)),))
    assert '<p class="prose" dir="auto">Paul Durand a inauguré' in page
    assert "Rédigé par mistral-small d’après les passages cités" in page
    assert "2 phrases sans source retirées" in page
    assert 'data-source="source-1-1"' in page and f"<mark>{shown(QUOTE)}</mark>" in page


def test_quotations_instead_of_prose_say_why() -> None:
    told = replace(answered(quotation()), notice="Le modèle s'est tu <b>.", removed=3)
    page = conversation_html((Exchange(1, "Qui ?", told),))
    assert '<p class="notice">Le modèle s’est tu &lt;b&gt;.</p>' in page
    assert "Rédigé" not in page and 'class="quotation"' in page


def test_a_draft_shows_its_sentences_and_that_more_may_come() -> None:
    page = conversation_html((Exchange(1, "Qui ?", Draft(written())),))
    assert "Paul Durand a inauguré" in page and words.WRITING in page
    assert "Rédigé" not in page
    assert history_of((Exchange(1, "Qui ?", Draft(written())),)) == []


def test_the_name_of_a_model_does_nothing_in_a_page() -> None:
    page = conversation_html(
        (Exchange(1, "Qui ?", replace(written(), writer="<img src=x onerror=1>")),)
    )
    assert "<img" not in page
