"""The archive as a retriever of LangChain.

from brief_qa.integrations.langchain import ArchiveRetriever
ArchiveRetriever(archive=archive, k=5, filters={"since": "2026-01-01"}).invoke("tramway")
"""

from __future__ import annotations

import asyncio
from collections.abc import Sequence
from typing import Any

from pydantic import Field

from brief_qa.archive import Archive
from brief_qa.domain import Hit
from brief_qa.errors import optional
from brief_qa.excerpts import found
from brief_qa.jsonable import jsonable

with optional("langchain_core", "langchain"):
    from langchain_core.callbacks import (
        AsyncCallbackManagerForRetrieverRun,
        CallbackManagerForRetrieverRun,
    )
    from langchain_core.documents import Document
    from langchain_core.retrievers import BaseRetriever


class ArchiveRetriever(BaseRetriever):
    """The passages nearest to a question, best first, as :meth:`Archive.search` finds them.

    A document's metadata are the fields of :class:`brief_qa.excerpts.Excerpt`: its words are
    ``archive.article(article_id).body[start:end]``.
    """

    archive: Archive
    k: int = 5
    filters: dict[str, Any] = Field(default_factory=dict)
    """What :meth:`Archive.search` takes by name: ``since``, ``section``, ``per_article``…"""

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun
    ) -> list[Document]:
        return _documents(self.archive.search(query, self.k, **self.filters))

    async def _aget_relevant_documents(
        self, query: str, *, run_manager: AsyncCallbackManagerForRetrieverRun
    ) -> list[Document]:
        hits = await asyncio.to_thread(self.archive.search, query, self.k, **self.filters)
        return _documents(hits)


def _documents(hits: Sequence[Hit]) -> list[Document]:
    facts = (jsonable(excerpt) for excerpt in found(hits))
    return [Document(page_content=one.pop("text"), metadata=one) for one in facts]
