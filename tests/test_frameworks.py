"""The retrievers, in the frameworks that they are for; and what is said where one is missing."""

from __future__ import annotations

import asyncio
import importlib

import pytest

from brief_qa import Archive
from brief_qa.errors import MissingDependency, optional
from fakes import hide
from serving import BRIDGE, HOSTILE

QUESTION = "le pont Neuf de Valmont"


@pytest.fixture
def held(archive: Archive) -> Archive:
    """An archive with two articles, one of them hostile."""
    archive.ingest([BRIDGE, HOSTILE])
    return archive


def test_langchain_retrieves_what_a_search_finds(held: Archive) -> None:
    from brief_qa.integrations.langchain import ArchiveRetriever

    retriever = ArchiveRetriever(archive=held, k=3, filters={"per_article": 3})
    documents = retriever.invoke(QUESTION)
    hits = held.search(QUESTION, 3, per_article=3)
    assert [one.page_content for one in documents] == [hit.text for hit in hits]
    facts = documents[0].metadata
    assert facts["article_id"] == "pont" and facts["title"] == BRIDGE.title
    assert facts["url"] == BRIDGE.url and facts["published"] == "2025-03-04"
    assert BRIDGE.body[facts["start"] : facts["end"]] == documents[0].page_content
    assert facts["score"] == hits[0].score and facts["number"] == 1
    assert asyncio.run(retriever.ainvoke(QUESTION)) == documents


def test_langchain_narrows_and_gives_no_address_that_acts(held: Archive) -> None:
    from brief_qa.integrations.langchain import ArchiveRetriever

    narrowed = ArchiveRetriever(archive=held, filters={"since": "2025-03-05"}).invoke("journal")
    assert {one.metadata["article_id"] for one in narrowed} == {HOSTILE.id}
    assert {one.metadata["url"] for one in narrowed} == {None}


def test_llamaindex_retrieves_what_a_search_finds(held: Archive) -> None:
    pytest.importorskip(
        "llama_index.core",
        reason="llama-index-core n'est pas installé (110 Mo) : make llamaindex-test",
    )
    from brief_qa.integrations.llamaindex import ArchiveRetriever

    retriever = ArchiveRetriever(held, 3, per_article=3)
    nodes = retriever.retrieve(QUESTION)
    hits = held.search(QUESTION, 3, per_article=3)
    assert [one.node.get_content() for one in nodes] == [hit.text for hit in hits]
    assert [one.score for one in nodes] == [hit.score for hit in hits]
    facts = nodes[0].node.metadata
    assert facts["article_id"] == "pont" and facts["url"] == BRIDGE.url
    assert BRIDGE.body[facts["start"] : facts["end"]] == nodes[0].node.get_content()
    again = asyncio.run(retriever.aretrieve(QUESTION))
    assert [one.node.node_id for one in again] == [one.node.node_id for one in nodes]
    assert len({one.node.node_id for one in nodes}) == len(nodes)


@pytest.mark.parametrize(
    ("module", "package", "extra"),
    [
        ("langchain", "langchain_core", "langchain"),
        ("llamaindex", "llama_index", "llamaindex"),
        ("mcp", "mcp", "mcp"),
    ],
)
def test_a_missing_framework_is_said_with_how_to_get_it(
    module: str, package: str, extra: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    hide(package, monkeypatch)
    with pytest.raises(MissingDependency, match=rf"pip install 'brief_qa\[{extra}\]'"):
        importlib.import_module(f"brief_qa.integrations.{module}")


def test_what_fails_inside_an_installed_package_is_raised_as_it_is() -> None:
    with pytest.raises(ModuleNotFoundError) as told, optional("langchain_core", "langchain"):
        import langchain_core.rien  # noqa: F401
    assert not isinstance(told.value, MissingDependency)
