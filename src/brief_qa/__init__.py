"""Answers in French from a news archive, every sentence with its source.

from brief_qa import Archive, Article
"""

from typing import TYPE_CHECKING, Any

from brief_qa.domain import (
    Answer,
    Article,
    Citation,
    Coverage,
    Hit,
    IngestReport,
    Passage,
    Period,
    Rejection,
    Remark,
    ScoreParts,
    Stats,
    Understood,
    Version,
)
from brief_qa.errors import BriefQAError
from brief_qa.llm import LlmSettings

if TYPE_CHECKING:
    from brief_qa.archive import Archive

__all__ = [
    "Answer",
    "Archive",
    "Article",
    "BriefQAError",
    "Citation",
    "Coverage",
    "Hit",
    "IngestReport",
    "LlmSettings",
    "Passage",
    "Period",
    "Rejection",
    "Remark",
    "ScoreParts",
    "Stats",
    "Understood",
    "Version",
]


def __getattr__(name: str) -> Any:
    """Import the archive, and with it numpy, faiss and tantivy, when it is first named."""
    if name == "Archive":
        from brief_qa.archive import Archive

        return Archive
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
