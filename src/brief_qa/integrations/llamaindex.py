"""The archive as a retriever of LlamaIndex.

from brief_qa.integrations.llamaindex import ArchiveRetriever
ArchiveRetriever(archive, k=5, since="2026-01-01").retrieve("tramway")
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from brief_qa.archive import Archive
from brief_qa.domain import Hit
from brief_qa.errors import optional
from brief_qa.excerpts import found
from brief_qa.jsonable import jsonable

with optional("llama_index.core", "llamaindex"):
    from llama_index.core.retrievers import BaseRetriever
    from llama_index.core.schema import NodeWithScore, QueryBundle, TextNode

_TOLD = ("title", "source", "published")
"""Of an article's facts, those that a model is told; the rest is for who follows up the source."""


class ArchiveRetriever(BaseRetriever):  # type: ignore[misc]
    """The passages nearest to a question, best first, as :meth:`Archive.search` finds them.

    A node's metadata are the fields of :class:`brief_qa.excerpts.Excerpt`: its words are
    ``archive.article(article_id).body[start:end]``.
    """

    def __init__(self, archive: Archive, k: int = 5, **filters: Any) -> None:
        """``filters``: what :meth:`Archive.search` takes by name."""
        super().__init__()
        self._archive = archive
        self._k = k
        self._filters = filters

    def _retrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        return _nodes(self._archive.search(query_bundle.query_str, self._k, **self._filters))

    async def _aretrieve(self, query_bundle: QueryBundle) -> list[NodeWithScore]:
        search, question = self._archive.search, query_bundle.query_str
        return _nodes(await asyncio.to_thread(search, question, self._k, **self._filters))


def _nodes(hits: Sequence[Hit]) -> list[NodeWithScore]:
    return [_node(jsonable(excerpt)) for excerpt in found(hits)]


def _node(facts: dict[str, Any]) -> NodeWithScore:
    node = TextNode(
        id_=f"{facts['article_id']}:{facts['start']}-{facts['end']}",
        text=facts.pop("text"),
        start_char_idx=facts["start"],
        end_char_idx=facts["end"],
        metadata=facts,
        excluded_llm_metadata_keys=[one for one in facts if one not in _TOLD],
        excluded_embed_metadata_keys=list(facts),
    )
    return NodeWithScore(node=node, score=facts["score"])
