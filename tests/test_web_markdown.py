"""A conversation as Markdown: all of it, and none of it acts."""

from __future__ import annotations

from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from brief_qa import texts
from brief_qa.domain import Answer, Article, Citation, Coverage, Understood
from brief_qa.web.conversation import Exchange, Trouble
from brief_qa.web.markdown import conversation_markdown
from harmless import HOSTILE

QUOTE = "Le pont Neuf a été inauguré par Paul Durand."
BRIDGE = Article(
    id="pont",
    title="Le pont",
    body=QUOTE,
    url="https://journal.example/pont_(neuf)",
    source="Le Journal",
)
COVERAGE = Coverage(1, None, None)


def answered(article: Article = BRIDGE, quote: str = QUOTE) -> Answer:
    """An answer of one quotation."""
    cited = (Citation(1, article, 0, len(quote), quote),)
    return Answer(f"« {quote} » [1]", cited, (), False, None, 0.9, COVERAGE)


def test_questions_answers_and_sources_are_in_it() -> None:
    read = Understood("Qui a inauguré le pont ?", ("le pont",))
    text = conversation_markdown(
        (
            Exchange(1, "Qui l'a inauguré ?", replace(answered(), understood=read, notes=("Ah.",))),
            Exchange(2, "Quand ?", Answer(texts.REFUSAL, (), (), True, "Rien.", 0.1, COVERAGE)),
            Exchange(3, "", Trouble("La question est vide.")),
        )
    )
    html = MarkdownIt().render(text)
    assert "<h2>Qui l'a inauguré ?</h2>" in html and "Qui a inauguré le pont ?" in html
    assert f"<p>« {QUOTE} » [1]</p>" in html and "<em>Ah.</em>" in html
    assert '<a href="https://journal.example/pont_%28neuf%29">' in html
    assert texts.REFUSAL in html and "La question est vide." in html


def test_prose_says_who_wrote_it() -> None:
    text = conversation_markdown((Exchange(1, "Qui ?", replace(answered(), writer="essai")),))
    assert "Rédigé par essai" in text


def test_what_means_nothing_there_is_not_escaped() -> None:
    said = "L'Estuaire (centre), 5 h 40 : est-ce loin ? Oui ; très. 12 % !"
    text = conversation_markdown((Exchange(1, said, replace(answered(), notes=(said,))),))
    assert f"## {said}" in text and f"*{said}*" in text


@pytest.mark.parametrize(
    "said", ["2024. Une année", "1) Un", "- Non", "+ Plus", "# Titre", "=== suite", "www.a.example"]
)
def test_the_start_of_a_line_begins_nothing(said: str) -> None:
    text = conversation_markdown((Exchange(1, "Qui ?", Trouble(said)),))
    tokens = MarkdownIt("gfm-like", {"linkify": False}).parse(text)
    assert [one.type for one in tokens][-3:] == ["paragraph_open", "inline", "paragraph_close"]
    shown = "".join(child.content for child in tokens[-2].children or ())
    assert shown == said


@pytest.mark.parametrize("payload", HOSTILE)
def test_hostile_text_is_shown_as_text(payload: str) -> None:
    article = replace(BRIDGE, title=payload, source=payload, url=f"https://a.example/{payload}")
    said = replace(answered(article, payload), notes=(payload,))
    text = conversation_markdown((Exchange(1, payload, said), Exchange(2, "", Trouble(payload))))
    tokens = MarkdownIt("commonmark", {"html": True}).enable("table").parse(text)
    kinds = {one.type for token in tokens for one in (token, *(token.children or ()))}
    assert not kinds & {"html_block", "html_inline", "image", "table_open", "fence", "code_block"}
    links = [
        one.attrs["href"]
        for token in tokens
        for one in token.children or ()
        if one.type == "link_open"
    ]
    assert all(str(link).startswith("https://a.example/") for link in links)
