"""What the command line shows: results on standard output, the rest on standard error.

Articles are other people's text: what of them reaches a terminal goes through
:func:`plain`, and as ``rich.Text``, so that neither an escape sequence nor a ``[/b]`` in an
article acts on it.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from brief_qa.dates import format_date
from brief_qa.domain import Answer, Article, Coverage, Hit, IngestReport, Rejection, Remark
from brief_qa.jsonable import to_json

if TYPE_CHECKING:
    from brief_qa.ingest import Progress

TOLD_SHOWN = 20
_SNIPPET = 320
"""Characters of a passage shown under a hit."""
_BEFORE_MATCH = 100
_NEAR_SHOWN = 3
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b[\]P^_X].*?(?:\x07|\x1b\\|$)"  # titles, links, device strings
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)
# Control characters other than newline and tab, marks that turn the direction of writing,
# and halves of characters, which no terminal can be given.
_UNSAFE = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069\ud800-\udfff]"
)


def plain(text: str) -> str:
    """The text without anything that a terminal would obey."""
    return _UNSAFE.sub("", _ESCAPES.sub("", text))


def out() -> Console:
    """Standard output, nothing interpreted."""
    return Console(markup=False, highlight=False, emoji=False)


def err() -> Console:
    """Standard error, nothing interpreted."""
    return Console(stderr=True, markup=False, highlight=False, emoji=False)


def say(text: Text | str, indent: int = 0) -> None:
    """Print a paragraph of the result: folded at words in a terminal, whole in a pipe."""
    console = out()
    if console.is_terminal:
        console.print(Padding(text, (0, 0, 0, indent)))
    else:
        console.print(Text.assemble(" " * indent, text), soft_wrap=True)


def print_json(value: object) -> None:
    """The one JSON object of a command run with ``--json``."""
    sys.stdout.flush()
    sys.stdout.buffer.write(to_json(value))
    sys.stdout.buffer.flush()


def print_error(message: str) -> None:
    """A failure, in one paragraph."""
    err().print(Text.assemble(("Erreur : ", "bold red"), plain(message)), soft_wrap=True)


def print_note(message: str) -> None:
    """Something to know that is not the result."""
    err().print(Text(plain(message)), soft_wrap=True)


def number(value: float, decimals: int = 0) -> str:
    """A number as French writes it: "12 345", "0,82"."""
    return f"{value:,.{decimals}f}".replace(",", "\u202f").replace(".", ",")


def counted(value: int, singular: str, plural: str | None = None) -> str:
    """A number and its noun: "1 article", "2 articles"."""
    return f"{number(value)} {singular if abs(value) < 2 else plural or singular + 's'}"


# -- ingest --------------------------------------------------------------------------------


class _Reports(Protocol):
    """What an ingest calls after each batch."""

    last: Progress | None

    def __call__(self, progress: Progress) -> None: ...


class _Bar:
    """A progress bar fed by an ingest, which remembers how far that was."""

    def __init__(self, bar: Any, task: Any) -> None:
        self.last: Progress | None = None
        self._bar, self._task = bar, task
        self._started = time.monotonic()

    def __call__(self, progress: Progress) -> None:
        self.last = progress
        rate = progress.articles / max(1e-3, time.monotonic() - self._started)
        self._bar.update(
            self._task,
            completed=progress.bytes_done,
            total=progress.bytes_total or None,
            done=f"{counted(progress.articles, 'article')}, {number(rate, 1)} par seconde",
        )


@contextmanager
def ingest_progress() -> Iterator[_Reports]:
    """A bar on standard error: articles, articles a second, remaining time."""
    from rich.progress import BarColumn, TaskProgressColumn, TextColumn, TimeRemainingColumn
    from rich.progress import Progress as Bar

    columns = (
        TextColumn("Lecture"),
        BarColumn(),
        TaskProgressColumn(),
        TextColumn("{task.fields[done]}"),
        TextColumn("reste"),
        TimeRemainingColumn(),
    )
    with Bar(*columns, console=err()) as bar:
        yield _Bar(bar, bar.add_task("", total=None, done=""))


def show_ingest(report: IngestReport) -> None:
    """The summary of an ingest, with what was rejected or set aside, and why."""
    say(
        f"{counted(report.added, 'article ajouté', 'articles ajoutés')}, "
        f"{counted(report.updated, 'mis à jour', 'mis à jour')}, "
        f"{counted(report.unchanged, 'déjà connu', 'déjà connus')} ; "
        f"{counted(report.passages, 'passage')} en {number(report.seconds, 1)} s."
    )
    _show_told(report.rejected, "page rejetée", "pages rejetées")
    _show_told(report.remarks, "remarque sur un article gardé", "remarques sur des articles gardés")


def _show_told(told: Sequence[Rejection | Remark], one: str, many: str) -> None:
    """Their number, the first of them, and those that stand for others of their file."""
    if not told:
        return
    table = Table(title=counted(sum(item.count for item in told), one, many), title_justify="left")
    table.add_column("Nom", overflow="fold")
    table.add_column("Raison", overflow="fold")
    single = [item for item in told if item.count == 1]
    others = [item for item in told if item.count > 1]
    for item in single[:TOLD_SHOWN] + others[:TOLD_SHOWN]:
        table.add_row(Text(plain(item.name)), Text(plain(item.reason)))
    out().print(table)
    more = sum(item.count for item in single[TOLD_SHOWN:] + others[TOLD_SHOWN:])
    if more:
        out().print(f"… et {counted(more, 'autre')} (--json les donne tous).")


# -- search and ask ------------------------------------------------------------------------


def show_hits(hits: Sequence[Hit]) -> None:
    """Hits, best first: title, facts, and what the passage says with the words in bold."""
    if not hits:
        say("Aucun article de l'archive ne correspond.")
    for hit in hits:
        say(Text.assemble(f"{hit.rank}. ", (_title(hit.article), "bold cyan")))
        say(Text(_facts(hit.article), style="dim"), 3)
        _show_address(hit.article)
        say(_snippet(hit), 3)
        say("")


def _show_address(article: Article) -> None:
    if article.url:  # never folded, so that a terminal sees one link
        out().print(Text("   " + plain(article.url), style="dim"), soft_wrap=True)


def _snippet(hit: Hit) -> Text:
    """The part of the passage around the first matched word, matched words in bold."""
    from brief_qa.french import analyse, stems

    wanted = set(stems(" ".join(hit.parts.matched)))
    passage = " ".join(plain(hit.text).split())
    start = 0
    matches = [term for term in analyse(passage) if term.stem in wanted]
    if matches and matches[0].start > _SNIPPET - _BEFORE_MATCH:
        start = passage.rfind(" ", 0, matches[0].start - _BEFORE_MATCH) + 1
    end = (
        len(passage)
        if len(passage) <= start + _SNIPPET
        else passage.rfind(" ", start, start + _SNIPPET)
    )
    end = end if end > start else start + _SNIPPET
    shown = Text(passage[start:end])
    for match in matches:
        if start <= match.start and match.end <= end:
            shown.stylize("bold", match.start - start, match.end - start)
    return Text.assemble("… " if start else "", shown, " …" if end < len(passage) else "")


def show_answer(answer: Answer) -> None:
    """The quotes and their sources; or the refusal, why, and what is near."""
    say(Text(plain(answer.text)))
    if answer.refused:
        if answer.reason:
            say(Text(plain(answer.reason)))
        _show_near(answer.hits)
        say(Text(_coverage(answer.coverage), style="dim"))
        return
    say("")
    say(Text("Sources", style="bold"))
    for citation in answer.citations:
        title = (_title(citation.article), "bold")
        say(Text.assemble(f"[{citation.number}] ", title, f" ({_facts(citation.article)})"))
        _show_address(citation.article)


def _show_near(hits: Sequence[Hit]) -> None:
    articles = list({hit.article.id: hit.article for hit in hits}.values())[:_NEAR_SHOWN]
    if articles:
        say("")
        say(Text("Articles les plus proches", style="bold"))
    for article in articles:
        say(Text.assemble("- ", _title(article), f" ({_facts(article)})"))


def _title(article: Article) -> str:
    return plain(" ".join(article.title.split()) or article.id)[:200]


def _facts(article: Article) -> str:
    """Day, kind, section and source of an article, those that are known."""
    day = format_date(article.published) if article.published else "sans date"
    kind = article.kind if article.kind != "article" else None
    facts = (day, kind, article.section, article.source)
    return plain(" · ".join(fact for fact in facts if fact))


def _coverage(coverage: Coverage) -> str:
    covered = period(coverage.first, coverage.last)
    return f"L'archive compte {counted(coverage.articles, 'article')}{covered}."


def period(first: date | None, last: date | None) -> str:
    """How a sentence goes on about a period: ", du … au …", or nothing."""
    if not first or not last:
        return ""
    return f", du {format_date(first)} au {format_date(last)}"
