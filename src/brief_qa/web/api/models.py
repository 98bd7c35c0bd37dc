"""What the API is sent and what it gives, as its description tells it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Annotated, Any

from fastapi import Depends, Header, Query
from pydantic import BaseModel, ConfigDict, Field
from pydantic.config import JsonDict

from brief_qa.domain import Answer, Article, DateOrigin, Hit, Kind, Period
from brief_qa.facets import MOST_EXPRESSIONS
from brief_qa.identity import ID_LIMIT
from brief_qa.questions import QUESTION_LIMIT

_HISTORY = 50
_SHORT, _LONG = 300, 2_000
"""Characters of a name; of a title or an address."""
_AUTHORS = 100
WORDED: JsonDict = {"pattern": r"[^\s\x1c-\x1f\x85]"}
"""Of a text that is not blank. For the description alone: the archive itself refuses a blank one,
in better words."""

Accept = Annotated[str, Header(include_in_schema=False)]
"""OpenAPI takes what a client accepts from the replies that it lists."""


class Problem(BaseModel):
    """Why a request was not answered."""

    type: str = "about:blank"
    title: str
    status: int
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class HitReply(Hit):
    """A passage found, with its words."""

    text: str = field()  # of the record a property, which ``field`` keeps from being a default


@dataclass(frozen=True, slots=True, kw_only=True)
class AskReply(Answer):
    """An answer, or a refusal; either way with what was found."""

    question: str
    hits: tuple[HitReply, ...]


class SearchReply(BaseModel):
    """What a search found."""

    question: str
    period: Period | None
    hits: list[HitReply]


class ArticlesReply(BaseModel):
    """Articles, the newest first."""

    articles: list[Article]
    more: bool = Field(description="Vrai quand d'autres articles répondent aussi aux filtres.")
    next: str | None = Field(description="À donner à « after » pour la suite ; null à la fin.")


_EXACTLY = "Expression que l'article contient mot pour mot ; répétable."
_WITHOUT = "Expression, ou mot, que l'article ne contient pas ; répétable."


class FilterFields(BaseModel):
    """Conditions on articles, all to be met."""

    since: str | None = Field(None, description="Premier jour, inclus.", examples=["2024-04-01"])
    until: str | None = Field(None, description="Dernier jour, inclus.", examples=["2024-04-30"])
    section: str | None = Field(None, examples=["Société"])
    source: str | None = Field(None, examples=["LeBrief"])
    author: str | None = Field(None, examples=["Ilyasse Rhamir"])
    kind: Kind | None = None
    exactly: list[str] = Field(
        [], max_length=MOST_EXPRESSIONS, description=_EXACTLY, examples=[["accord de Paris"]]
    )
    without: list[str] = Field(
        [], max_length=MOST_EXPRESSIONS, description=_WITHOUT, examples=[["football"]]
    )


class AskBody(FilterFields):
    """A question to the archive."""

    model_config = ConfigDict(extra="forbid")

    question: str = Field(
        min_length=1,
        max_length=QUESTION_LIMIT,
        json_schema_extra=WORDED,
        examples=["Qui Abdelouafi Laftit a-t-il rencontré à Rabat ?"],
    )
    history: list[tuple[str, str]] = Field(
        default=[], max_length=_HISTORY, description="Questions et réponses d'avant."
    )
    as_written: bool = Field(
        False, strict=True, description="Ne pas compléter la question par l'historique."
    )
    read_dates: bool = Field(True, strict=True, description="Lire les dates que dit la question.")


class ArticleBody(BaseModel):
    """An article as a program sends it: the fields that it is given back with."""

    model_config = ConfigDict(extra="forbid")

    body: str = Field(
        min_length=1, json_schema_extra=WORDED, description="Son texte, en paragraphes."
    )
    title: str = Field("", max_length=_LONG)
    id: str | None = Field(
        None,
        min_length=1,
        max_length=ID_LIMIT,
        pattern=r"^[^\n]*$",  # no address of Starlette's holds a line break
    )
    url: str | None = Field(None, max_length=_LONG, json_schema_extra={"format": "uri"})
    source: str | None = Field(None, max_length=_SHORT)
    published: str | None = Field(None, description="Un jour.", examples=["2024-04-22"])
    updated: str | None = Field(None, description="Un jour.", examples=["2024-04-23"])
    authors: list[str] = Field([], max_length=_AUTHORS)
    section: str | None = Field(None, max_length=_SHORT)
    kind: Kind = "article"
    parent_id: str | None = Field(None, max_length=ID_LIMIT)
    date_origin: DateOrigin | None = Field(
        None, description="D'où vient le jour ; `field` si rien n'est dit."
    )


class FetchBody(BaseModel):
    """A page to be added by its address."""

    model_config = ConfigDict(extra="forbid")

    url: str = Field(min_length=1, max_length=_LONG, examples=["https://journal.example/article"])
    restore: bool = Field(False, strict=True, description="Reprendre aussi les supprimés.")


def _filters(
    since: Annotated[
        str | None, Query(description="Premier jour, inclus.", examples=["2024-04-01"])
    ] = None,
    until: Annotated[
        str | None, Query(description="Dernier jour, inclus.", examples=["2024-04-30"])
    ] = None,
    section: str | None = None,
    source: str | None = None,
    author: str | None = None,
    kind: Kind | None = None,
    exactly: Annotated[
        list[str] | None, Query(max_length=MOST_EXPRESSIONS, description=_EXACTLY)
    ] = None,
    without: Annotated[
        list[str] | None, Query(max_length=MOST_EXPRESSIONS, description=_WITHOUT)
    ] = None,
) -> dict[str, Any]:
    return {
        "since": since,
        "until": until,
        "section": section,
        "source": source,
        "author": author,
        "kind": kind,
        "exactly": exactly,
        "without": without,
    }


FilterQuery = Annotated[dict[str, Any], Depends(_filters)]
