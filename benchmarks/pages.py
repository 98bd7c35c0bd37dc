"""What the HTML reader keeps and drops, beside plain trafilatura on the same pages.

    python benchmarks/pages.py [--detail]

The pages and their gold come from ``pages_html`` in the data folder (BRIEF_QA_DATA, else
``../shared/data``). Nobody is given a page's address: a file on disk does not carry one.
Snippets are looked for in title and body together, and white space is ignored, since
extractors differ in how they join the pieces of a line.
"""

from __future__ import annotations

import argparse
import ast
import json
import os
import unicodedata
from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields
from datetime import date
from pathlib import Path
from typing import Any

REPOSITORY = Path(__file__).resolve().parent.parent


@dataclass(frozen=True, slots=True)
class GoldPage:
    """One page with what an extraction of it must and must not hold."""

    name: str
    content: bytes
    kept: tuple[str, ...]
    dropped: tuple[str, ...]
    paragraphs: tuple[str, ...]
    published: date | None
    title: str


@dataclass(frozen=True, slots=True)
class Extraction:
    """What one extractor found in one page."""

    body: str = ""
    published: date | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Score:
    """Counts summed over pages; the rates are in :func:`figures`."""

    kept: int = 0
    kept_of: int = 0
    leaked: int = 0
    leaked_of: int = 0
    found: int = 0
    """Characters of gold paragraphs that the body holds whole."""
    found_of: int = 0
    right: int = 0
    """Characters of the body's paragraphs that the gold text holds whole."""
    right_of: int = 0
    dated: int = 0
    dated_of: int = 0
    titled: int = 0
    titled_of: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*(getattr(self, f.name) + getattr(other, f.name) for f in fields(self)))


Extractor = Callable[[bytes], Extraction]


def data_folder() -> Path:
    """Where the measuring data lies; the folder may be absent."""
    return Path(os.environ.get("BRIEF_QA_DATA") or REPOSITORY.parent / "shared" / "data")


def gold_pages(folder: Path) -> Iterator[GoldPage]:
    """The pages listed in ``folder/manifest.jsonl``."""
    with (folder / "manifest.jsonl").open(encoding="utf-8") as lines:
        for line in lines:
            record = json.loads(line)
            gold = _gold_facts(record)
            yield GoldPage(
                name=record["file"],
                content=(folder / record["file"]).read_bytes(),
                kept=tuple(record.get("must_have", ())),
                # Readers' comments are nobody's article.
                dropped=(*record.get("must_not", ()), *record.get("comments", ())),
                paragraphs=tuple(gold.get("paragraphs", ())),
                published=date.fromisoformat(gold["date"][:10]) if gold.get("date") else None,
                title=gold.get("title", ""),
            )


def _gold_facts(record: dict[str, Any]) -> dict[str, Any]:
    """The facts of a manifest line, whichever of its three layouts it uses."""
    if "gold" in record:
        return dict(_parsed(record["gold"]))
    if "gold_versions" in record:
        day = record["crawl_date"][:10]
        for version in _parsed(record["gold_versions"]).values():
            if version["publishing_date"][:10] == day:
                paragraphs = [*version["summary"], *version["paragraphs"]]
                return {**version, "date": day, "paragraphs": paragraphs}
        raise ValueError(f"{record['file']}: no gold version of {day}")
    return record


def _parsed(value: Any) -> Any:
    return ast.literal_eval(value) if isinstance(value, str) else value


def squeezed(text: str) -> str:
    """The text without white space, in one Unicode form, with plain quotes and apostrophes."""
    text = unicodedata.normalize("NFKC", text).replace("’", "'")
    return "".join(text.split())


def score_page(page: GoldPage, found: Extraction) -> Score:
    """Hold one extraction against the gold of its page."""
    body = squeezed(found.body)
    shown = squeezed(found.title) + body
    paragraphs = [squeezed(line) for line in found.body.splitlines() if line.strip()]
    gold = [squeezed(paragraph) for paragraph in page.paragraphs]
    gold_text = "".join(gold)
    return Score(
        kept=sum(squeezed(text) in shown for text in page.kept),
        kept_of=len(page.kept),
        leaked=sum(squeezed(text) in shown for text in page.dropped),
        leaked_of=len(page.dropped),
        found=sum(len(paragraph) for paragraph in gold if paragraph in body),
        found_of=sum(map(len, gold)),
        right=sum(len(paragraph) for paragraph in paragraphs if gold and paragraph in gold_text),
        right_of=sum(map(len, paragraphs)) if gold else 0,
        dated=int(page.published is not None and found.published == page.published),
        dated_of=int(page.published is not None),
        titled=int(bool(page.title) and squeezed(page.title) == squeezed(found.title)),
        titled_of=int(bool(page.title)),
    )


def figures(score: Score) -> dict[str, float]:
    """The rates shown in the table; for all but ``leaked``, higher is better."""
    precision = score.right / score.right_of
    recall = score.found / score.found_of
    return {
        "kept": score.kept / score.kept_of,
        "leaked": score.leaked / score.leaked_of,
        "precision": precision,
        "recall": recall,
        "F1": 2 * precision * recall / (precision + recall) if precision + recall else 0.0,
        "date": score.dated / score.dated_of,
        "title": score.titled / score.titled_of,
    }


def plain_trafilatura(**options: bool) -> Extractor:
    """Trafilatura as its documentation shows it, with these options."""

    def extract(content: bytes) -> Extraction:
        from trafilatura import bare_extraction

        document = bare_extraction(content, include_comments=False, with_metadata=True, **options)
        if document is None:
            return Extraction()
        day = date.fromisoformat(document.date) if document.date else None
        return Extraction(document.text or "", day, document.title or "")

    return extract


def ours(content: bytes) -> Extraction:
    """The project's own reader."""
    from brief_qa.domain import Page
    from brief_qa.html import article_from_html

    article = article_from_html(Page("page.html", content)).article
    return Extraction(article.body, article.published, article.title)


EXTRACTORS: dict[str, Extractor] = {
    "trafilatura, default": plain_trafilatura(),
    "trafilatura, favor_precision": plain_trafilatura(favor_precision=True),
    "trafilatura, favor_recall": plain_trafilatura(favor_recall=True),
    "brief_qa": ours,
}


def measure(folder: Path, extract: Extractor) -> dict[str, float]:
    """The figures of one extractor over all pages of the folder."""
    scores = (score_page(page, extract(page.content)) for page in gold_pages(folder))
    return figures(sum(scores, Score()))


def main() -> None:
    """Print one line per extractor, and with ``--detail`` what each page lost or leaked."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--detail", action="store_true")
    detail = parser.parse_args().detail
    folder = data_folder() / "pages_html"
    if not folder.is_dir():
        raise SystemExit(f"No pages to measure on: {folder} is absent.")
    for name, extract in EXTRACTORS.items():
        total = Score()
        for page in gold_pages(folder):
            found = extract(page.content)
            total += score_page(page, found)
            if detail:
                _print_faults(name, page, found)
        rates = "  ".join(f"{key} {value:.3f}" for key, value in figures(total).items())
        print(f"{name:30}{rates}")


def _print_faults(name: str, page: GoldPage, found: Extraction) -> None:
    body = squeezed(found.body)
    shown = squeezed(found.title) + body
    gold = "".join(map(squeezed, page.paragraphs))
    faults = [f"lost: {text}" for text in page.kept if squeezed(text) not in shown]
    faults += [f"leaked: {text}" for text in page.dropped if squeezed(text) in shown]
    faults += [f"lost: {text}" for text in page.paragraphs if squeezed(text) not in body]
    if gold:
        lines = filter(str.strip, found.body.splitlines())
        faults += [f"extra: {line}" for line in lines if squeezed(line) not in gold]
    if page.published and found.published != page.published:
        faults.append(f"date: {found.published}, not {page.published}")
    if page.title and squeezed(page.title) != squeezed(found.title):
        faults.append(f"title: {found.title!r}, not {page.title!r}")
    for fault in faults:
        print(f"    {name} | {page.name} | {fault[:300]}")


if __name__ == "__main__":
    main()
