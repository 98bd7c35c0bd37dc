"""What the command line shows: results on standard output, the rest on standard error.

Articles are other people's text: what of them reaches a terminal goes through
:func:`plain` or :func:`one_line`, and as ``rich.Text``, so that neither an escape sequence
nor a ``[/b]`` in an article acts on it, and no title passes for lines of ours.
"""

from __future__ import annotations

import re
import sys
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import date
from typing import TYPE_CHECKING, Any, Protocol

from rich.console import Console
from rich.padding import Padding
from rich.table import Table
from rich.text import Text

from brief_qa import texts
from brief_qa.dates import day_told, format_date
from brief_qa.domain import (
    Answer,
    Article,
    Coverage,
    Hit,
    IngestReport,
    Period,
    Rejection,
    Remark,
    read_as,
)
from brief_qa.jsonable import to_json
from brief_qa.texts import EXTRACTS, UNSEEN, number, written_by

if TYPE_CHECKING:
    from brief_qa.ingest import Progress

_LISTED = 20
_SNIPPET = 320
"""Characters of a passage shown under a hit."""
_BEFORE_MATCH = 100
_NEAR_SHOWN = 3
_TITLE = 200
"""Characters of a title, at most."""
_ESCAPES = re.compile(
    r"\x1b\[[0-?]*[ -/]*[@-~]"  # colours, cursor
    r"|\x1b[\]P^_X].*?(?:\x07|\x1b\\|$)"  # titles, links, device strings
    r"|\x1b[ -/]*[0-~]",
    re.DOTALL,
)


def plain(text: str) -> str:
    """The text without anything that a terminal would obey, or that shows nothing."""
    return UNSEEN.sub("", _ESCAPES.sub("", text))


def one_line(text: str) -> str:
    """The text, plain, and on one line whatever it holds."""
    return " ".join(plain(text).split())


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
    """The summary of an ingest, with what was left aside or rejected, and why."""
    say(
        f"{counted(report.added, 'article ajouté', 'articles ajoutés')}, "
        f"{counted(report.updated, 'mis à jour', 'mis à jour')}, "
        f"{counted(report.unchanged, 'déjà connu', 'déjà connus')} ; "
        f"{counted(report.passages, 'passage')} en {number(report.seconds, 1)} s."
    )
    if report.withheld:
        found = counted(len(report.withheld), "article supprimé avant", "articles supprimés avant")
        rows = [(f"{one.title} ({one.id})", format_date(one.deleted)) for one in report.withheld]
        more = len(rows) - _LISTED
        _list(f"{found}, non repris", ("Article", "Supprimé le"), rows[:_LISTED], more)
        them = "les" if len(report.withheld) > 1 else "le"
        say(f"Pour {them} reprendre : brief-qa ingest … --restore")
    _show_told(report.rejected, "page rejetée", "pages rejetées")
    _show_told(report.remarks, "remarque sur un article gardé", "remarques sur des articles gardés")


def _show_told(told: Sequence[Rejection | Remark], one: str, many: str) -> None:
    """Their number, the first of them, and those that stand for others of their file."""
    if not told:
        return
    single = [item for item in told if item.count == 1]
    others = [item for item in told if item.count > 1]
    rows = [(item.name, item.reason) for item in single[:_LISTED] + others[:_LISTED]]
    more = sum(item.count for item in single[_LISTED:] + others[_LISTED:])
    _list(counted(sum(item.count for item in told), one, many), ("Nom", "Raison"), rows, more)


def _list(title: str, columns: tuple[str, str], rows: Sequence[tuple[str, str]], more: int) -> None:
    """A table, and how many there are besides."""
    table = Table(title=title, title_justify="left")
    for column in columns:
        table.add_column(column, overflow="fold")
    for row in rows:
        table.add_row(*(Text(one_line(cell)) for cell in row))
    out().print(table)
    if more > 0:
        out().print(f"… et {counted(more, 'autre')} (--json les donne tous).")


# -- search and ask ------------------------------------------------------------------------


def show_period(period: Period | None = None) -> None:
    """The time that the question was taken to speak of, if any, and how to do without."""
    if period:
        told = f"Période lue : {plain(period.told)} (--no-dates)."
        say(Text(told, style="dim"))
        say("")


def show_hits(hits: Sequence[Hit]) -> None:
    """Hits, best first: title, facts, and what the passage says with the words in bold."""
    if not hits:
        say("Aucun article de l'archive ne correspond.")
    _show_readings(read_as(hits))
    for hit in hits:
        say(Text.assemble(f"{hit.rank}. ", (name_of(hit.article), "bold cyan")))
        say(Text(_facts(hit.article), style="dim"), 3)
        _show_address(hit.article)
        _show_identity(hit.article)
        say(_snippet(hit), 3)
        say("")


def _show_address(article: Article) -> None:
    if article.url:  # never folded, so that a terminal sees one link
        out().print(Text("   " + one_line(article.url), style="dim"), soft_wrap=True)


def _show_identity(article: Article) -> None:
    """The id, which other commands take, and where the day comes from."""
    origin = texts.DATE_ORIGINS.get(article.date_origin)
    dated = f" · {origin}" if origin and article.published else ""
    say(Text(f"id {one_line(article.id)}{dated}", style="dim"), 3)


def _snippet(hit: Hit) -> Text:
    """The part of the passage around the first matched word, matched words in bold."""
    from brief_qa.matches import matched_places

    passage = one_line(hit.text)
    start = 0
    matches = matched_places(passage, hit)
    if matches and matches[0][0] > _SNIPPET - _BEFORE_MATCH:
        start = passage.rfind(" ", 0, matches[0][0] - _BEFORE_MATCH) + 1
    end = (
        len(passage)
        if len(passage) <= start + _SNIPPET
        else passage.rfind(" ", start, start + _SNIPPET)
    )
    end = end if end > start else start + _SNIPPET
    shown = Text(passage[start:end])
    for first, last in matches:
        if start <= first and last <= end:
            shown.stylize("bold", first - start, last - start)
    return Text.assemble("… " if start else "", shown, " …" if end < len(passage) else "")


def show_answer(answer: Answer) -> None:
    """The quotes and their sources; or the refusal, why, and what is near."""
    show_period(answer.period)
    shown = Text(plain(answer.text))
    for citation in answer.citations:
        quote = plain(citation.quote)
        at = shown.plain.find(quote)
        if citation.span and at >= 0 and quote == citation.quote:
            first, last = citation.span
            shown.stylize("bold", at + first - citation.start, at + last - citation.start)
    say(shown)
    for note in answer.notes:
        say(Text(plain(note), style="italic"))
    _show_readings(answer.read_as)
    if answer.refused:
        if answer.reason:
            say(Text(plain(answer.reason)))
        _show_near(answer.hits)
        say(Text(_coverage(answer.coverage), style="dim"))
        return
    if answer.notice:
        say("")
        say(Text(plain(answer.notice), style="dim"))
    elif answer.writer != EXTRACTS:
        say("")
        say(Text(plain(written_by(answer.writer, answer.removed)) + ".", style="dim"))
    say("")
    say(Text("Sources", style="bold"))
    for citation in answer.citations:
        title = (name_of(citation.article), "bold")
        say(Text.assemble(f"[{citation.number}] ", title, f" ({_facts(citation.article)})"))
        _show_address(citation.article)
        _show_identity(citation.article)
        if answer.writer != EXTRACTS:
            say(f"« {one_line(citation.quote)} »", 3)


def _show_readings(words: Mapping[str, Sequence[str]]) -> None:
    for sentence in texts.read_as(words):
        say(Text(one_line(sentence), style="dim"))


def _show_near(hits: Sequence[Hit]) -> None:
    articles = list({hit.article.id: hit.article for hit in hits}.values())[:_NEAR_SHOWN]
    if articles:
        say("")
        say(Text("Articles les plus proches", style="bold"))
    for article in articles:
        say(Text.assemble("- ", name_of(article), f" ({_facts(article)})"))
        _show_identity(article)


def name_of(article: Article) -> str:
    """An article's title, or its id when it has none, on one line that is not endless."""
    return (one_line(article.title) or one_line(article.id))[:_TITLE]


def _facts(article: Article) -> str:
    """Day, kind, section, source and authors of an article, those that are known."""
    day = day_told(article.published)
    kind = article.kind if article.kind != "article" else None
    facts = (day, kind, article.section, article.source, ", ".join(article.authors))
    return " · ".join(filter(None, (one_line(fact) for fact in facts if fact)))


def _coverage(coverage: Coverage) -> str:
    covered = period(coverage.first, coverage.last)
    return f"L'archive compte {counted(coverage.articles, 'article')}{covered}."


def period(first: date | None, last: date | None) -> str:
    """How a sentence goes on about a period: ", du … au …", or nothing."""
    if not first or not last:
        return ""
    return f", du {format_date(first)} au {format_date(last)}"
