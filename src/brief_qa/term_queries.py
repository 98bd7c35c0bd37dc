"""Queries of the term index: its fields, and what a wording asks of them."""

from __future__ import annotations

from collections.abc import Iterable
from functools import cache
from typing import Any

import tantivy

from brief_qa.wording import Wording

ONCE = 0.7
"""What the long form of an acronym is worth in its place, or it in place of the long form's
words, for each unit of rarity; BM25 gives 1 to a stem that is once in a text of mean length."""
TOGETHER = 0.2
"""What two words of a name are worth side by side, for each unit of the rarity of that. Swept:
docs/experiments.md, "Names"."""
PRESENT = 0.35
"""What a stem's being there at all is worth, beside its BM25, for each unit of its rarity."""
BM25_MOST = 2.2
"""k1 + 1: what BM25 gives a stem, at the most, for each unit of its rarity."""


def matching(wording: Wording) -> Any:
    """Score: BM25, and for each stem that is there at all so many times its rarity.

    A stem that is there only as it is read counts as there; in place of its BM25, a name counts
    with its own, a phrase as if the stem were there once. For the words of a name that are
    there side by side, so many times the rarity of that.
    """
    query, should = tantivy.Query, tantivy.Occur.Should
    clauses = []
    for stem, rarity in wording.rarity.items():
        term = there = holding("stems", stem)
        if others := [one for one in wording.readings if stem in one.stems]:
            named = [holding("names", one.sound) for one in others if one.sound]
            phrases = [together(one.phrase) for one in others if one.phrase]
            there = query.boolean_query([(should, one) for one in (term, *named, *phrases)])
            once = (query.const_score_query(one, ONCE * rarity) for one in phrases)
            term = query.disjunction_max_query([term, *named, *once])
        clauses.append((should, query.const_score_query(there, PRESENT * rarity)))
        clauses.append((should, term))
    for pair, rarity in wording.names.items():
        term = holding("names", pair)
        clauses.append((should, query.const_score_query(term, TOGETHER * rarity)))
    return query.boolean_query(clauses)


def most(wording: Wording) -> float:
    """The highest score that :func:`matching` could give."""
    stems = sum(wording.rarity.values()) * (PRESENT + BM25_MOST)
    return stems + sum(wording.names.values()) * TOGETHER


def holding(field: str, text: str, option: str = "freq") -> Any:
    """What holds a term in a field."""
    return tantivy.Query.term_query(schema(), field, text, option)


def together(stems: Iterable[str]) -> Any:
    """What holds all of these stems."""
    return tantivy.Query.boolean_query([(tantivy.Occur.Must, holding("stems", s)) for s in stems])


def both(scored: Any, *conditions: Any) -> Any:
    """What meets all of them, scored by the first."""
    must, query = tantivy.Occur.Must, tantivy.Query
    return query.boolean_query(
        [(must, scored), *((must, query.const_score_query(c, 0.0)) for c in conditions)]
    )


def either(*conditions: Any) -> Any:
    """What meets one of them."""
    should, query = tantivy.Occur.Should, tantivy.Query
    return query.boolean_query([(should, condition) for condition in conditions])


def changes(first: int | None, last: int | None) -> Any:
    """What these changes added, both included."""
    return in_range("change", first, last)


def in_range(field: str, first: int | None, last: int | None) -> Any:
    """What has a number from the first to the last in a field."""
    return tantivy.Query.range_query(schema(), field, tantivy.FieldType.Integer, first, last)


def among(numbers: Iterable[int]) -> Any:
    """The articles of these numbers."""
    return tantivy.Query.term_set_query(schema(), "number", list(numbers))


def none_of(numbers: Iterable[int]) -> Any:
    """All articles but those of these numbers."""
    query, occur = tantivy.Query, tantivy.Occur
    return query.boolean_query([(occur.Must, query.all_query()), (occur.MustNot, among(numbers))])


@cache
def schema() -> Any:
    """The fields of an article, and how each is indexed."""
    builder = tantivy.SchemaBuilder()
    builder.add_integer_field("number", indexed=True, fast=True)
    builder.add_integer_field("change", indexed=True, fast=True)
    builder.add_integer_field("day", indexed=True, fast=True)
    builder.add_text_field("stems", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("names", tokenizer_name="whitespace", index_option="freq")
    builder.add_text_field("acronyms", tokenizer_name="whitespace", index_option="basic")
    for name in ("section", "source", "author", "kind"):
        builder.add_text_field(name, tokenizer_name="raw", index_option="basic")
    return builder.build()
