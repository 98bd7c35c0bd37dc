"""What an administrator sees of the archive page, as HTML. As in ``render``, all is escaped."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from html import escape

from brief_qa.audit import Entry
from brief_qa.dates import format_date, format_moment
from brief_qa.decoding import MEBIBYTE
from brief_qa.domain import Article, IngestReport, Rejection, Remark, Withheld
from brief_qa.pages import ACCEPTED
from brief_qa.texts import number
from brief_qa.web import pieces, words
from brief_qa.web.access import Said
from brief_qa.web.typography import announced, count, shown
from brief_qa.web.uploads import UPLOAD_LIMIT

OUTCOME = "issue"
"""The part of the page that says what came of the last action, as an address names it."""
_MOST_TOLD = 50
"""Items of one list of a report."""
_NAMED = 3
"""Articles named of one entry of the log."""


@dataclass(frozen=True, slots=True)
class Administration:
    """What the page of an administrator shows besides."""

    name: str
    """Of the key."""
    outcome: IngestReport | Said | None
    ended: datetime | None
    """When the last action did, UTC."""
    written: Sequence[Article]
    """Of a report, some of the articles added or updated."""
    deleted: Sequence[Article]
    """Those that can be brought back."""
    title_words: str
    """What is looked for in titles."""
    found: Sequence[Article]
    log: Sequence[Entry]
    """The latest first."""
    named: Mapping[str, Article]
    """Those of :func:`told_of` the log that the archive has, by id."""
    now: datetime
    """When the page is made, in the zone of whoever runs the server."""


def admin_html(shown_to: Administration, read_only: bool) -> str:
    """Everything that changes the archive; nothing of it where nothing can."""
    changing = ""
    if not read_only:
        changing = (
            f'<div class="desk"><div>{_adding()}{_maintenance()}{_journal(shown_to)}</div>'
            f'<div id="articles">{_articles(shown_to)}{_undoing(shown_to.deleted)}</div></div>'
        )
    return (
        f'<section class="admin" aria-label="{words.ADMINISTER}">'
        f"{signed_in(shown_to.name)}{_outcome(shown_to)}{changing}</section>"
    )


def signed_in(name: str) -> str:
    """With which key one is, and the way out."""
    told = announced(words.SIGNED_IN.format(name=name))
    return f'<div class="who"><span>{told}</span>{_button("deconnexion", words.SIGN_OUT)}</div>'


def delete_form(article: Article) -> str:
    """What deletes an article, for its own page."""
    return f'<div class="links">{_button("supprimer", words.DELETE_HERE, article)}</div>'


# -- actions -----------------------------------------------------------------------------------


def _button(action: str, label: str, article: Article | None = None, named: str = "") -> str:
    """A form of one button; ``named`` tells it from others with its label."""
    told = f'<input type="hidden" name="id" value="{escape(article.id)}">' if article else ""
    name = f' aria-label="{shown(named)}"' if named else ""
    return (
        f'<form action="{action}" method="post">{told}'
        f'<button type="submit" class="plain"{name}>{label}</button></form>'
    )


def _adding() -> str:
    limit = f"{UPLOAD_LIMIT // MEBIBYTE}&nbsp;Mio"
    accepted = words.ACCEPTED.format(limit=limit)
    return (
        f"<section><h2>{words.ADD}</h2>"
        f'<form id="add" action="ajouter" method="post" enctype="multipart/form-data" '
        f'data-limit="{UPLOAD_LIMIT}"><div class="drop"><p class="invitation">{words.DROP}</p>'
        f'<p class="choices"><label class="choice">{words.CHOOSE_FILES}'
        f'<input id="files" type="file" name="fichiers" multiple accept="{",".join(ACCEPTED)}">'
        f'</label></p><p class="soft">{accepted}</p></div>'
        f'<label class="option"><input type="checkbox" name="reprendre" value="oui">'
        f'{words.RESTORE_TOO}</label><button type="submit">{words.DO_ADD}</button></form></section>'
    )


def _articles(shown_to: Administration) -> str:
    items = "".join(
        f'<li><span dir="auto">{pieces.reading(one)}</span>{pieces.facts(one)}'
        f"{_button('supprimer', words.DELETE, one, words.DELETE_ONE.format(title=one.title))}</li>"
        for one in shown_to.found
    )
    found = f'<ul class="rows">{items}</ul>' if items else ""
    if not items and shown_to.title_words.strip():
        found = f'<p class="soft">{words.NO_TITLE_FOUND}</p>'
    return (
        f"<section><h2>{words.ARTICLES}</h2>"
        f'<form class="find" action="archive#articles" method="get" role="search">'
        f'<label class="hidden" for="titre">{words.TITLE_WORDS}</label><input id="titre" '
        f'name="titre" type="search" placeholder="{words.TITLE_WORDS}" dir="auto" '
        f'value="{escape(shown_to.title_words)}"><button type="submit">{words.FIND}</button>'
        f"</form>{found}</section>"
    )


def _undoing(deleted: Sequence[Article]) -> str:
    items = "".join(
        f'<li><span dir="auto">{pieces.title(one)}</span>{pieces.facts(one)}{_undo(one)}</li>'
        for one in deleted
    )
    if not items:
        return ""
    return f'<section><h2>{words.UNDO_LIST}</h2><ul class="rows">{items}</ul></section>'


def _undo(article: Article) -> str:
    return _button("retablir", words.UNDO, article, words.UNDO_ONE.format(title=article.title))


def _maintenance() -> str:
    return (
        f'<section><h2>{words.MAINTENANCE}</h2><p class="soft">{words.REINDEX_HOW}</p>'
        f'<form action="reindexer" method="post"><button type="submit" class="second">'
        f"{words.REINDEX}</button></form></section>"
    )


def told_of(log: Sequence[Entry]) -> set[str]:
    """Ids of the articles that the log is shown with: the first ones of each entry."""
    return {id for entry in log for id in entry.articles[:_NAMED]}


def _journal(shown_to: Administration) -> str:
    entries = "".join(
        f"<li><b>{words.DEEDS.get(one.what, '')}</b>, <bdi>{shown(one.who)}</bdi>, "
        f'<time datetime="{shown(one.at)}">{_when(one.at, shown_to.now)}</time>'
        f"{_named(one.articles, shown_to.named)}</li>"
        for one in shown_to.log
    )
    told = f'<ol class="journal">{entries}</ol>' if entries else f"<p>{words.NO_ENTRY}</p>"
    return f"<section><details><summary>{words.JOURNAL}</summary>{told}</details></section>"


def _when(at: str, now: datetime) -> str:
    """``2026-11-28T04:12:50Z`` as ``le 28 novembre 2026 à 5 h 12``; as it is if it is no moment."""
    try:
        return announced(format_moment(datetime.fromisoformat(at), now))
    except ValueError:
        return shown(at)


def _named(ids: Sequence[str], articles: Mapping[str, Article]) -> str:
    """Some articles by their titles, those that are gone by their ids, and how many besides."""
    if not ids:
        return ""
    told = ", ".join(
        f"« {pieces.reading(articles[id])} »" if id in articles else f"<bdi>{shown(id[:80])}</bdi>"
        for id in ids[:_NAMED]
    )
    more = len(ids) - _NAMED
    rest = f" et {number(more)} de plus" if more > 0 else ""
    return f'<span class="soft" dir="auto">{told}{rest}</span>'


# -- what came of the last one -------------------------------------------------------------------


def _outcome(shown_to: Administration) -> str:
    outcome = shown_to.outcome
    if outcome is None:
        return ""
    if isinstance(outcome, Said):
        kind = "note" if outcome.trouble else "done"
        undo = _undo(outcome.undo) if outcome.undo else ""
        told = f'<div class="{kind}">{announced(outcome.message)} {undo}</div>'
    else:
        told = _report(outcome, shown_to.written)
    if shown_to.ended:
        when = format_moment(shown_to.ended, shown_to.now).capitalize()
        told = f'<p class="soft">{announced(when)}</p>{told}'
    return f'<div id="{OUTCOME}" class="outcome" role="status" tabindex="-1">{told}</div>'


def _report(report: IngestReport, written: Sequence[Article]) -> str:
    told = [
        f"{count(counted, 'article')} {words.OUTCOMES[outcome][counted > 1]}"
        for outcome in words.OUTCOMES
        if (counted := getattr(report, outcome))
    ]
    summary = f"{', '.join(told)}." if told else words.NOTHING_ADDED
    lists = (
        _list(words.REFUSED, map(_told, report.rejected), _total(report.rejected)),
        _list(words.WITHHELD, map(_withheld, report.withheld), len(report.withheld)),
        _list(words.REMARKS, map(_told, report.remarks), _total(report.remarks)),
        _list(words.ADDED_ONES, map(pieces.reading, written), len(report.article_ids)),
    )
    kind = "done" if report.article_ids or not report.rejected else "note"
    return f'<p class="{kind}">{summary}</p>{"".join(lists)}'


def _total(told: Sequence[Rejection | Remark]) -> int:
    return sum(one.count for one in told)


def _told(one: Rejection | Remark) -> str:
    return f"<b><bdi>{shown(one.name)}</bdi></b> {announced(one.reason)}"


def _withheld(one: Withheld) -> str:
    title = shown(one.title.strip()) or words.UNTITLED
    return f"<bdi>{title}</bdi>, {words.DELETED_ON.format(day=format_date(one.deleted))}"


def _list(title: str, items: Iterable[str], total: int) -> str:
    """Some items under a title, and how many there are besides; nothing when there are none."""
    some = list(items)[:_MOST_TOLD]
    if not some:
        return ""
    more = total - len(some)
    rest = f"<li>{words.AND_MORE.format(count=count(more, 'autre'))}</li>" if more > 0 else ""
    rows = "".join(f'<li dir="auto">{one}</li>' for one in some)
    return f'<h2>{title} ({number(total)})</h2><ul class="told">{rows}{rest}</ul>'
