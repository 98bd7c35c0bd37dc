"""A conversation in an address: the same again, nobody else's, and never a source that is gone."""

from __future__ import annotations

import base64
import zlib
from dataclasses import replace
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa import Archive
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
from brief_qa.feedback import Verdict, of_answer
from brief_qa.web import words
from brief_qa.web.conversation import Conversation, Exchange, Trouble
from brief_qa.web.kept import kept, reopened, signing_key
from brief_qa.web.render_conversation import conversation_html

KEY = b"k" * 32
QUOTE = "Le pont Neuf a été inauguré par Paul Durand, le maire."
BRIDGE = Article(id="pont", title="Le pont rouvre", body=f"Valmont.\n\n{QUOTE} La fanfare a joué.")
FLOOD = Article(id="crue", title="La crue", body="La Loue a débordé.")


@pytest.fixture
def held(archive: Archive) -> Archive:
    """An archive of both articles."""
    archive.ingest([BRIDGE, FLOOD])
    return archive


def answered(archive: Archive) -> Answer:
    """An answer that has something in every field."""
    start = BRIDGE.body.index(QUOTE)
    durand = BRIDGE.body.index("Paul Durand")
    span = (durand, durand + len("Paul Durand"))
    parts = ScoreParts(0.0, 0.0, read_as=(("Durant", "Durand"),))
    return Answer(
        f"« {QUOTE} » [1]",
        (Citation(1, BRIDGE, start, start + len(QUOTE), QUOTE, span),),
        (Hit(Passage(0, "pont", 0, len(BRIDGE.body)), BRIDGE, 0.0, parts, 1),),
        refused=False,
        reason=None,
        confidence=0.7,
        coverage=archive.coverage(),
        timings={"total": 0.4},
        form="liste",
        notes=("Les articles ne donnent pas tous le même chiffre.",),
        understood=Understood("Qui a inauguré le pont ?", ("le pont",)),
        period=Period(
            date(2025, 3, 1), None, 4, 8, "preference", 7, "« mars » : après le 1er mars"
        ),
        writer="mistral-small",
        removed=2,
        notice="Rien.",
    )


def refused(archive: Archive) -> Answer:
    """A refusal, with what was near."""
    near = Hit(Passage(0, "crue", 0, 18), FLOOD, 0.0, ScoreParts(0.0, 0.0), 1)
    return Answer("Non.", (), (near,), True, "Rien.", 0.1, archive.coverage())


def conversation(archive: Archive) -> Conversation:
    """Two exchanges, and one that came to nothing."""
    one = answered(archive)
    judged = of_answer("Qui l'a inauguré ?", one, Verdict.RIGHT)
    return (
        Exchange(3, "Qui l'a inauguré ?", one, onward=("Qui est Paul Durand ?",), feedback=judged),
        Exchange(4, "", Trouble("La question est vide.")),
        Exchange(5, "Pourquoi ?", refused(archive), as_written=True, read_dates=False),
    )


def test_what_was_kept_is_shown_again_as_it_was(held: Archive) -> None:
    before = conversation(held)
    after = reopened(kept(before, KEY), held, KEY)
    assert after is not None
    shown = tuple(replace(one, reopened=True) for one in (before[0], before[2]))
    assert conversation_html(after) == conversation_html(shown)
    assert all(one.feedback is None for one in after)
    assert [one.outcome for one in after] == [before[0].outcome, before[2].outcome]
    assert kept(after, KEY) == kept(before, KEY)


def test_nothing_answered_leaves_nothing_to_keep() -> None:
    assert kept((), KEY) == kept((Exchange(1, "?", Trouble("Non.")),), KEY) == ""


def test_only_what_this_archive_signed_is_believed(held: Archive) -> None:
    text = kept(conversation(held), KEY)
    assert reopened(text, held, b"x" * 32) is None
    forged = base64.urlsafe_b64encode(b"\0" * 16 + zlib.compress(b"[]")).decode()
    bomb = base64.urlsafe_b64encode(b"\0" * 16 + zlib.compress(b"0" * 50_000_000)).decode()
    for other in ("", "A", "é", "%", forged, bomb, text[:-4], text.swapcase()):
        assert reopened(other, held, KEY) is None


@given(at=st.integers(0, 10_000), other=st.sampled_from("AZaz09-_"))
def test_no_letter_of_it_can_be_changed(at: int, other: str) -> None:
    refusal = Answer("Non.", (), (), True, "Rien.", 0.1, Coverage(0, None, None))
    text = kept((Exchange(1, "Quand ?", refusal),), KEY)
    at %= len(text) - 1  # the last letter has bits that say nothing
    if text[at] != other:
        changed = text[:at] + other + text[at + 1 :]
        assert reopened(changed, None, KEY) is None  # type: ignore[arg-type]  # not looked up in


def test_an_answer_whose_source_was_deleted_is_shown_no_more(held: Archive) -> None:
    text = kept(conversation(held), KEY)
    held.delete("pont")
    after = reopened(text, held, KEY)
    assert after and after[0].outcome == Trouble(words.SOURCE_CHANGED)
    assert QUOTE not in conversation_html(after) and isinstance(after[1].outcome, Answer)


def test_an_answer_follows_its_quotation_through_a_correction(held: Archive) -> None:
    text = kept(conversation(held), KEY)
    held.ingest([replace(BRIDGE, body=f"À Valmont, mardi.\n\n{QUOTE}")])
    after = reopened(text, held, KEY)
    assert after and isinstance(after[0].outcome, Answer)
    (citation,) = after[0].outcome.citations
    assert citation.article.body[citation.start : citation.end] == citation.quote == QUOTE
    assert citation.span
    assert citation.article.body[slice(*citation.span)] == "Paul Durand"
    held.ingest([replace(BRIDGE, body="Le pont a été inauguré par Léa Petit.")])
    after = reopened(text, held, KEY)
    assert after and after[0].outcome == Trouble(words.SOURCE_CHANGED)


def test_what_was_near_and_is_gone_is_left_out(held: Archive) -> None:
    text = kept(conversation(held), KEY)
    held.delete("crue")
    after = reopened(text, held, KEY)
    assert after and isinstance(after[1].outcome, Answer) and after[1].outcome.hits == ()


def test_an_index_has_one_key_that_nobody_else_reads(tmp_path: Path) -> None:
    key = signing_key(tmp_path)
    assert len(key) == 32 and signing_key(tmp_path) == key
    (path,) = tmp_path.iterdir()
    assert path.stat().st_mode & 0o077 == 0
    path.write_bytes(b"short")
    assert signing_key(tmp_path) != b"short"
    assert len(signing_key(tmp_path / "absent")) == 32
