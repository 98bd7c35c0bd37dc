"""One archive behind every door: the same question has the same citations, whoever asks it how.

The sample archive, read by the real models, in one server for all.
"""

from __future__ import annotations

import asyncio
import json
import os
import re
import shlex
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import openai
import pytest
from gradio_client import Client as GradioClient
from mcp import Client, StdioServerParameters, stdio_client
from typer.testing import CliRunner

import brief_qa
from brief_qa import Answer, Archive
from brief_qa.cli import app
from serving import serving

pytestmark = pytest.mark.model
PAGE = (Path(__file__).parents[1] / "docs" / "doors.md").read_text(encoding="utf-8")
WRITTEN_THERE = "http://127.0.0.1:7860"
QUESTIONS = (
    "Combien la ligne B du tramway coûtera-t-elle ?",
    "Quelle est la capitale de la Mongolie ?",
)
"""One that the archive answers, and one that it does not."""
NO_LLAMAINDEX = "llama-index-core n'est pas installé (110 Mo) : make llamaindex-test"
Place = tuple[str, int, int]
"""An article's id and two offsets."""


@pytest.fixture(scope="module")
def archive(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """The sample archive."""
    with Archive.open(tmp_path_factory.mktemp("doors") / "mon_index") as opened:
        opened.ingest([Path(brief_qa.__file__).parent / "sample" / "pages"])
        yield opened


@pytest.fixture(scope="module")
def folder(archive: Archive) -> str:
    """Where it is."""
    return str(archive._index.folder)


@pytest.fixture(scope="module")
def address(folder: str) -> Iterator[str]:
    """Its server."""
    with serving(Path(folder), "--sample") as (found, _):
        yield found


@pytest.fixture(scope="module")
def answers(archive: Archive) -> dict[str, Answer]:
    """What the Python API answers."""
    answers = {question: archive.ask(question) for question in QUESTIONS}
    assert [one.refused for one in answers.values()] == [False, True]
    assert len(answers[QUESTIONS[0]].citations) > 0
    return answers


def places(citations: Any) -> list[Place]:
    """Where citations stand, from their JSON."""
    return [
        (
            one["article_id"] if "article_id" in one else one["article"]["id"],
            one["start"],
            one["end"],
        )
        for one in citations
    ]


def by_command(archive: Archive, folder: str, address: str, question: str) -> Any:
    done = CliRunner().invoke(
        app, ["ask", question, "--index", folder, "--json"], obj=archive.encoder
    )
    return json.loads(done.stdout)["citations"]


def by_http(archive: Archive, folder: str, address: str, question: str) -> Any:
    return httpx.post(f"{address}/api/v1/ask", json={"question": question}).json()["citations"]


def by_openai(archive: Archive, folder: str, address: str, question: str) -> Any:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="-", max_retries=0) as client:
        messages: Any = [{"role": "user", "content": question}]
        completion = client.chat.completions.create(model="brief-qa", messages=messages)
    told: Any = completion.model_extra
    assert len(completion.choices[0].message.annotations or []) == len(
        told["brief_qa"]["citations"]
    )
    return told["brief_qa"]["citations"]


def by_openai_stream(archive: Archive, folder: str, address: str, question: str) -> Any:
    with openai.OpenAI(base_url=f"{address}/v1", api_key="-", max_retries=0) as client:
        messages: Any = [{"role": "user", "content": question}]
        *_, last = client.chat.completions.create(model="brief-qa", messages=messages, stream=True)
    told: Any = last.model_extra
    return told["brief_qa"]["citations"]


def by_mcp(archive: Archive, folder: str, address: str, question: str) -> Any:
    return _asked_of(f"{address}/mcp", question)


def by_mcp_of_a_shell(archive: Archive, folder: str, address: str, question: str) -> Any:
    code = "from brief_qa.cli import main; main()"
    arguments = ["-c", code, "mcp", "--index", folder]
    return _asked_of(
        stdio_client(
            StdioServerParameters(command=sys.executable, args=arguments, env=dict(os.environ))
        ),
        question,
    )


def by_gradio(archive: Archive, folder: str, address: str, question: str) -> Any:
    client = GradioClient(address, verbose=False, analytics_enabled=False)
    try:
        return client.predict(question, api_name="/ask")["citations"]
    finally:
        client.close()


def _asked_of(server: Any, question: str) -> Any:
    async def ask() -> Any:
        async with Client(server) as client:
            return (await client.call_tool("ask", {"question": question})).structured_content

    return asyncio.run(ask())["citations"]


DOORS = [by_command, by_http, by_openai, by_openai_stream, by_mcp, by_mcp_of_a_shell, by_gradio]


@pytest.mark.parametrize("door", DOORS)
def test_every_door_cites_the_same(
    door: Callable[..., Any],
    archive: Archive,
    answers: dict[str, Answer],
    folder: str,
    address: str,
) -> None:
    # A shell loads the models anew each time: there one question is enough.
    for question in QUESTIONS[:1] if door is by_mcp_of_a_shell else QUESTIONS:
        answer = answers[question]
        cited = [(one.article.id, one.start, one.end) for one in answer.citations]
        assert places(door(archive, folder, address, question)) == cited


def test_every_retriever_finds_the_same(archive: Archive, address: str) -> None:
    question = QUESTIONS[0]
    hits = archive.search(question, 5)
    expected = [(hit.article.id, hit.passage.start, hit.passage.end) for hit in hits]
    from brief_qa.integrations.langchain import ArchiveRetriever

    documents = ArchiveRetriever(archive=archive).invoke(question)
    assert places([one.metadata for one in documents]) == expected
    searched = httpx.get(f"{address}/api/v1/search", params={"q": question, "k": 5}).json()
    assert [
        (hit["article"]["id"], hit["passage"]["start"], hit["passage"]["end"])
        for hit in searched["hits"]
    ] == expected

    async def search() -> Any:
        async with Client(f"{address}/mcp") as client:
            return (await client.call_tool("search", {"question": question})).structured_content

    assert places(asyncio.run(search())["passages"]) == expected


def test_llamaindex_finds_the_same(archive: Archive) -> None:
    pytest.importorskip(
        "llama_index.core",
        reason=NO_LLAMAINDEX,
    )
    from brief_qa.integrations.llamaindex import ArchiveRetriever

    hits = archive.search(QUESTIONS[0], 5)
    nodes = ArchiveRetriever(archive).retrieve(QUESTIONS[0])
    assert places([one.node.metadata for one in nodes]) == [
        (hit.article.id, hit.passage.start, hit.passage.end) for hit in hits
    ]


def test_vectors_have_the_prefix_of_their_side(archive: Archive, address: str) -> None:
    text = "Le coût de la ligne B"
    made = {
        "question": archive.encoder.encode_questions,
        "passage": archive.encoder.encode_passages,
    }
    with openai.OpenAI(base_url=f"{address}/v1", api_key="-", max_retries=0) as client:
        for side, encode in made.items():
            reply = client.embeddings.create(model=f"brief-qa-{side}", input=text)
            vector = np.array(reply.data[0].embedding, np.float32)
            assert np.allclose(vector, encode([text])[0], atol=1e-6)
    question, passage = (encode([text])[0] for encode in made.values())
    assert not np.allclose(question, passage, atol=1e-3)


# -- docs/doors.md -------------------------------------------------------------------------------


@pytest.mark.parametrize("line", re.findall(r"^curl .*$", PAGE, re.MULTILINE))
def test_a_command_of_the_page_runs(line: str, address: str) -> None:
    _, path, *options = shlex.split(line.replace(WRITTEN_THERE, address))
    reply = httpx.post(path, json=json.loads(options[1])) if options else httpx.get(path)
    assert reply.status_code == 200, reply.text


@pytest.mark.parametrize("example", re.findall(r"```python\n(.*?)```", PAGE, re.DOTALL))
def test_an_example_of_the_page_runs(
    example: str, archive: Archive, address: str, folder: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    if "llamaindex" in example:
        pytest.importorskip("llama_index.core", reason=NO_LLAMAINDEX)
    monkeypatch.chdir(Path(folder).parent)
    monkeypatch.setattr("brief_qa.encoder.Encoder.load", lambda *_, **__: archive.encoder)
    monkeypatch.setenv("GRADIO_ANALYTICS_ENABLED", "False")
    printed: list[str] = []
    names: dict[str, Any] = {"print": lambda *words: printed.append(" ".join(map(str, words)))}
    exec(example.replace(WRITTEN_THERE, address), names)
    if client := names.get("client"):
        client.close()
    assert "tram" in "".join(printed).lower()
