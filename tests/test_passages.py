"""Passages: their text is the article's at their offsets, whatever the text."""

from __future__ import annotations

import time
from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from brief_qa.domain import Article
from brief_qa.passages import PASSAGE_TOKENS, SHORT_TOKENS, in_context, split
from fakes import FakeEncoder

SIZE = 16  # what is left of the fake encoder's 64 tokens, once the context has its 48

PIECES = (
    "le maire|M. Dupont|a dit.|Oui !|\n\n|\n| |\r\n|\u00a0|\t"
    "|🙂|e\u0301te\u0301|1 200 000|« non »|…|\u200b|A."
)
FRENCH = st.lists(st.sampled_from([*PIECES.split("|"), "x" * 40, "mot " * 20])).map(" ".join)


class Characters:
    """An encoder whose tokens are characters, so that long words must be cut."""

    max_tokens = 64

    def count_tokens(self, texts: Sequence[str]) -> list[int]:
        return [len(text) for text in texts]


def article(body: str) -> Article:
    return Article(id="a", title="Titre", body=body)


def texts(body: str, encoder: FakeEncoder | Characters | None = None) -> list[str]:
    return [body[start:end] for start, end in split(article(body), encoder or FakeEncoder())]


@settings(max_examples=300)
@given(FRENCH | st.text(max_size=300), st.sampled_from([FakeEncoder(), Characters()]))
def test_passages_cover_the_text_without_overlap(
    body: str, encoder: FakeEncoder | Characters
) -> None:
    at = 0
    for start, end in split(article(body), encoder):
        assert at <= start < end <= len(body)
        assert not body[at:start].strip()
        assert body[start:end] == body[start:end].strip()
        assert encoder.count_tokens([body[start:end]])[0] <= SIZE
        at = end
    assert not body[at:].strip()


def test_a_short_article_is_one_passage() -> None:
    assert texts("  Le maire a parlé.\n") == ["Le maire a parlé."]


@pytest.mark.parametrize("body", ["", " ", "\n\n\r\n\t\u00a0"])
def test_nothing_but_white_space_is_no_passage(body: str) -> None:
    assert texts(body) == []


def test_repeated_text_gets_offsets_of_its_own() -> None:
    sentence = "Le maire de la ville a parlé hier soir aux élus."
    body = "\n\n".join([sentence] * 12)
    spans = split(article(body), FakeEncoder())
    assert [body[start:end] for start, end in spans] == [sentence] * 12
    assert [start for start, _ in spans] == [at * (len(sentence) + 2) for at in range(12)]


def test_paragraphs_then_sentences_are_kept_whole() -> None:
    first = "Le conseil a voté le budget de la ville hier. Le maire est content de lui."
    second = "Les habitants ont protesté devant la mairie pendant toute la soirée de lundi."
    assert texts(f"{first}\n\n{second}") == [first, second]


def test_a_sentence_is_not_cut_at_an_abbreviation() -> None:
    body = (
        "Au conseil de la ville de Rabat hier soir M. Abdelouafi Laftit a parlé aux élus. "
        "Le ministre de l'intérieur a ensuite reçu Mme. Dupont, J. Martin et MM. Alaoui et Bennis."
    )
    pieces = texts(body)
    assert pieces[0].endswith("aux élus.")
    assert all(not piece.endswith(("M.", "Mme.", "J.", "MM.")) for piece in pieces)


class WideEncoder(FakeEncoder):
    """One that can read more than a passage, so that there is room for a short neighbour."""

    max_tokens = 512


def sentence(words: int, first: str = "Le") -> str:
    return " ".join([first, *["mot"] * (words - 1)]) + "."


def test_a_last_line_is_no_passage_by_itself() -> None:
    tail = "Récit inventé pour l'exemple."
    first, second = sentence(150), sentence(180)
    assert texts(f"{first}\n\n{second}\n\n{tail}", WideEncoder()) == [
        first,
        f"{second}\n\n{tail}",
    ]


def test_the_last_sentence_of_a_long_paragraph_stays_with_it() -> None:
    body = f"{sentence(185)} {sentence(12)}\n\n{sentence(150, 'Un')}"
    assert texts(body, WideEncoder()) == body.split("\n\n")


def test_a_subhead_goes_with_what_it_heads() -> None:
    first, second = sentence(191), f"{sentence(100)} {sentence(95)}"
    pieces = texts(f"{first}\n\nUn intertitre\n\n{second}", WideEncoder())
    assert pieces == [first, f"Un intertitre\n\n{sentence(100)}", sentence(95)]


def test_a_short_passage_that_fits_with_neither_neighbour_is_left() -> None:
    body = "\n\n".join([sentence(192), sentence(20), sentence(192)])
    assert texts(body, WideEncoder()) == [f"{sentence(192)}", f"{sentence(20)}\n\n{sentence(192)}"]
    small = "\n\n".join([sentence(16), sentence(4), sentence(16)])
    assert texts(small) == small.split("\n\n"), "the fake encoder reads 16 words, no more"


@settings(max_examples=200)
@given(st.lists(st.integers(1, 250), min_size=1, max_size=12), st.data())
def test_short_passages_join_within_the_bounds(lengths: list[int], data: st.DataObject) -> None:
    gaps = st.sampled_from([" ", "\n", "\n\n"])
    body = "".join(sentence(words) + data.draw(gaps) for words in lengths)
    encoder = WideEncoder()
    spans = split(article(body), encoder)
    counts = encoder.count_tokens([body[start:end] for start, end in spans])
    assert max(counts) <= PASSAGE_TOKENS + SHORT_TOKENS
    for at, ((start, end), words) in enumerate(zip(spans, counts, strict=True)):
        assert body[start:end] == body[start:end].strip()
        if words < SHORT_TOKENS:
            near = counts[max(at - 1, 0) : at] + counts[at + 1 : at + 2]
            assert all(words + others > PASSAGE_TOKENS + SHORT_TOKENS for others in near)


def test_a_word_longer_than_a_passage_is_cut_anywhere() -> None:
    assert texts("x" * 50, Characters()) == ["x" * 16, "x" * 16, "x" * 16, "xx"]


def test_the_context_goes_before_the_text_and_is_not_in_it() -> None:
    dated = Article(id="a", title="Un titre", body="Le texte.", published=date(2024, 4, 22))
    assert in_context(dated, 3, 8) == "Un titre\n22 avril 2024\ntexte"
    assert in_context(Article(id="a", title="", body="Le texte."), 0, 2) == "Le"


def test_a_long_article_is_cut_in_little_time() -> None:
    sentence = "Le maire a parlé, hier, aux élus de la ville. "
    body = "\n\n".join(f"{number} : {sentence * 6}" for number in range(300))
    started = time.perf_counter()
    pieces = texts(body)
    assert len(pieces) >= 900
    assert time.perf_counter() - started < 5


@pytest.mark.model
def test_the_default_encoder_reads_every_passage_whole() -> None:
    from brief_qa.encoder import Encoder

    encoder = Encoder.load()
    body = " ".join(
        f"M. Dupont, maire de Saint-Étienne, a annoncé lundi {day} avril que la réforme des "
        f"retraites coûterait {day} 200 000 euros à l'État, selon l'O.N.U. et l'AFP."
        for day in range(1, 31)
    )
    spans = split(Article(id="a", title="Titre", body=body), encoder)
    counts = encoder.count_tokens([body[start:end] for start, end in spans])
    assert max(counts) <= PASSAGE_TOKENS
    assert min(counts[:-1]) > PASSAGE_TOKENS / 2
    assert all(body[start:end].endswith("AFP.") for start, end in spans)
