"""What the tests of the store share: articles ready to be stored, and what must hold of one."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from brief_qa.catalog import EncodedArticle
from brief_qa.domain import Article
from brief_qa.french import stems
from brief_qa.index import Index, in_step
from brief_qa.ingest import encoded, encoder_facts
from fakes import FakeEncoder

ENCODER = FakeEncoder()
FACTS = encoder_facts(ENCODER)


def article(article_id: str, body: str, title: str = "") -> Article:
    """An article of these words."""
    return Article(id=article_id, title=title, body=body)


def ready(*articles: Article) -> list[EncodedArticle]:
    """Articles cut and encoded."""
    return encoded(list(articles), ENCODER)


def put(index: Index, *articles: Article) -> None:
    """Store articles in a session of its own."""
    with index.writing() as writer:
        writer.put(ready(*articles), FACTS)


def delete(index: Index, article_id: str) -> bool:
    """Delete an article in a session of its own."""
    with index.writing() as writer:
        return writer.delete(article_id)


def check(index: Index, expected: Mapping[str, Article]) -> None:
    """The index holds these articles, whole, and each leg finds each of their passages."""
    with index.reading() as (view, snapshot):
        assert {one.id: one for one in view.all_articles()} == dict(expected)
        assert view.integrity() == []
        spans = {item.article.id: item.spans for item in ready(*expected.values())}
        passages = view.passages(view.passage_ids())
        found: dict[str, list[tuple[int, int]]] = {one: [] for one in expected}
        for passage in passages.values():
            found[passage.article_id].append((passage.start, passage.end))
        assert found == spans
        assert in_step(view, snapshot.terms)
        ids = np.array(list(passages), dtype=np.int64)
        assert len(snapshot.vectors) == snapshot.terms.count() == len(ids)
        if not expected:
            return
        rows = view.passages_since(0, ENCODER.dimension)
        assert rows.ids.tolist() == ids.tolist()
        everywhere, _ = snapshot.vectors.search(rows.vectors[0].astype(np.float32), len(ids) + 5)
        assert sorted(everywhere.tolist()) == ids.tolist()
        for passage in passages.values():
            text = expected[passage.article_id].body[passage.start : passage.end]
            assert passage.id in snapshot.terms.search(stems(text), len(ids) + 5)[0]
