"""Follow-up questions made complete: tables of conversations, and what must never happen."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa import Archive, texts
from brief_qa.domain import Answer
from brief_qa.followups import understood

FOLDER = Path(__file__).parent / "followups"
FLOOR = 20
"""Follow-ups on the sample, of 26, that cite what answers them; 21 did when it was set."""
Pair = tuple[str, str]


def conversations(name: str) -> list[tuple[str, list[Pair], str, str]]:
    """Kind, history, follow-up and what is expected, for each conversation of a file."""
    found, kind = [], ""
    for block in (FOLDER / name).read_text(encoding="utf-8").split("\n\n"):
        turns: list[Pair] = []
        for line in block.split("\n"):
            mark, _, text = line.partition(" ")
            if line.startswith("["):
                kind = line.strip("[]")
            elif mark == "?":
                turns.append((text, texts.REFUSAL))
            elif mark == "!":
                turns[-1] = (turns[-1][0], text)
            elif mark == "=":
                question = turns[-1][0]
                found.append((kind, turns[:-1], question, text.replace("(seule)", question)))
    return found


ALL = [
    one
    for name in ("conversations.txt", "held_out.txt", "mended.txt")
    for one in conversations(name)
]
QUESTIONS = sorted(
    {question for _, history, last, _ in ALL for question, _ in [*history, (last, "")]}
)


def test_the_tables_are_large() -> None:
    alone = sum(expected == question for _, _, question, expected in ALL)
    assert len(ALL) >= 200 and alone >= 35
    assert len(conversations("held_out.txt")) >= 46


@pytest.mark.parametrize(("kind", "history", "question", "expected"), ALL)
def test_conversations(kind: str, history: list[Pair], question: str, expected: str) -> None:
    read = understood(question, history)
    assert read.question == expected
    assert bool(read.carried) == (expected != question)
    assert all(words in read.question for words in read.carried)


@pytest.mark.parametrize(("kind", "history", "question", "expected"), ALL)
def test_what_is_complete_stands_alone(
    kind: str, history: list[Pair], question: str, expected: str
) -> None:
    if expected != question:
        other = [("Qui préside le club de Valmont ?", "« Paul Durand préside le club. » [1]")]
        assert understood(expected, other).question == expected


def test_typed_and_printed_apostrophes_are_the_same() -> None:
    history = [("Quand l’usine a-t-elle brûlé ?", texts.REFUSAL)]
    assert understood("Qui l’a construite ?", history).question == "Qui a construit l'usine ?"


def test_only_the_last_exchanges_and_short_questions_are_taken_apart() -> None:
    history = [("Quand le tunnel a-t-il fermé ?", texts.REFUSAL)] * 50
    assert understood("Pourquoi ?", history).question == "Pourquoi le tunnel a-t-il fermé ?"
    long = "Pourquoi " + "très " * 100 + "?"
    assert understood(long, history).question == long
    read = understood("Pourquoi ?", [("mot " * 1_000, texts.REFUSAL)])
    assert len(read.question) < 400


@given(st.lists(st.sampled_from(QUESTIONS), min_size=2, max_size=5))
def test_any_conversation_gives_a_sentence(questions: list[str]) -> None:
    *before, last = questions
    answer = "« Le 4 mars 2025, le pont a été inauguré par Paul Durand, maire de Valmont. » [1]"
    read = understood(last, [(question, answer) for question in before])
    if read.carried:
        assert re.fullmatch(r"[^a-zà-ÿ].* \?(?: \(.+\))?", read.question), read.question
        assert "  " not in read.question and " '" not in read.question
        assert not re.search(r"\b(?:de|à) les? (?!plus)", read.question), read.question


@given(st.text(max_size=80), st.lists(st.tuples(st.text(max_size=80), st.text(max_size=80))))
def test_no_text_breaks_it(question: str, history: list[Pair]) -> None:
    understood(question, history)
    understood(f"Et {question} ?", history)


@pytest.mark.parametrize("piece", ["a-t-il ", "l'", "« ", "de la ", "Le Le ", "en ", "Qui ", "A"])
def test_hostile_lengths_end_soon(piece: str) -> None:
    text = (piece * 4_000)[:4_000]
    for question, history in (("Pourquoi ?", [(text, text)]), (text, [("Qui ?", text)])):
        understood(question, history * 8)


# --- the sample archive -------------------------------------------------------------------


def sample_conversations() -> list[dict[str, Any]]:
    lines = (FOLDER / "sample.jsonl").read_text(encoding="utf-8").splitlines()
    return [json.loads(line) for line in lines]


def cites(answer: Answer, words: list[str]) -> bool:
    quotes = [
        citation.quote.replace("’", "'").replace("\u00a0", " ") for citation in answer.citations
    ]
    return any(word in quote for word in words for quote in quotes)


@pytest.mark.model
def test_follow_ups_on_the_sample_cite_what_answers_them(sample: Archive) -> None:
    right, alone, asked = 0, 0, 0
    for conversation in sample_conversations():
        history = [(conversation["ask"], sample.ask(conversation["ask"]).text)]
        for question, words in conversation["then"]:
            answer = sample.ask(question, history)
            right += cites(answer, words)
            alone += cites(sample.ask(question, history, as_written=True), words)
            asked += 1
            read = answer.understood.question if answer.understood else question
            history.append((read, answer.text))
    assert asked == 26
    assert right >= FLOOR
    assert right > alone


def test_an_answer_tells_how_its_question_was_understood(archive: Archive) -> None:
    history = [("Quand le pont Neuf a-t-il rouvert ?", texts.REFUSAL)]
    read = archive.ask("Et pourquoi ?", history).understood
    assert read is not None and read.question == "Pourquoi le pont Neuf a-t-il rouvert ?"
    assert read.carried == ("le pont Neuf a-t-il rouvert",)
    assert archive.ask("Et pourquoi ?", history, as_written=True).understood is None
    assert archive.ask("Et pourquoi ?").understood is None
