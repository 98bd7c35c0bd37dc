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
    """The index holds these articles, whole: vectors find each passage, terms each article."""
    with index.reading() as (view, snapshot):
        assert {one.id: one for one in view.all_articles()} == dict(expected)
        assert view.integrity() == []
        spans = {item.article.id: item.spans for item in ready(*expected.values())}
        rows = view.passages_since(0, ENCODER.dimension)
        passages = view.passages(rows.ids.tolist())
        found: dict[str, list[tuple[int, int]]] = {one: [] for one in expected}
        for passage in passages.values():
            found[passage.article_id].append((passage.start, passage.end))
        assert found == spans
        assert in_step(view, snapshot.terms)
        assert (len(snapshot.vectors), snapshot.terms.count()) == (len(rows.ids), len(expected))
        if not expected:
            return
        asked = rows.vectors[0].astype(np.float32)
        everywhere, _ = snapshot.vectors.search(asked, len(rows.ids) + 5)
        assert sorted(everywhere.tolist()) == rows.ids.tolist()
        for number in view.article_numbers():
            words = stems(expected[passages[number].article_id].body)
            assert number in snapshot.terms.search(words, len(expected) + 5)[0]
            mine = snapshot.vectors.ids[snapshot.facets.rows_of(np.array([number]))]
            assert {passages[one].article_id for one in mine.tolist()} == {
                passages[number].article_id
            }
