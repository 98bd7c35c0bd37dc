"""The archive page as HTML, by functions without state. As in ``render``, all is escaped."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from html import escape

from brief_qa.dates import MONTHS, format_date
from brief_qa.domain import Coverage, Stats
from brief_qa.texts import number
from brief_qa.web import render, words
from brief_qa.web.render_admin import Administration, admin_html, signed_in
from brief_qa.web.render_search import timeline
from brief_qa.web.searching import Search
from brief_qa.web.typography import announced, count, period, shown

HERE = "archive"
_MOST_NAMES = 12
"""Sections or sources shown, the most frequent."""


@dataclass(frozen=True, slots=True)
class Holding:
    """What an archive holds, and whether it can be added to."""

    stats: Stats
    read_only: bool
    today: date


def archive_html(
    holding: Holding,
    administration: Administration | None,
    reader: str = "",
    *,
    signed_out: bool = False,
) -> str:
    """The whole page; ``administration`` is for whoever may change the archive, else None.

    ``reader`` is the name of the key of whoever is signed in and may not; ``signed_out`` is
    whether someone just was and no longer is.
    """
    stats = holding.stats
    coverage = Coverage(stats.articles, stats.first, stats.last, stats.updated)
    done = f'<p class="done" role="status">{words.SIGNED_OUT}</p>'
    said = f'<div class="outcome">{done}</div>' if signed_out else ""
    said += f'<p class="note">{words.READ_ONLY}</p>' if holding.read_only else ""
    tools = admin_html(administration, holding.read_only) if administration else ""
    way_in = "" if administration else _way_in(reader)
    return render.document(
        words.ARCHIVE_TITLE,
        f"{render.masthead(coverage, words.ARCHIVE_TITLE, HERE)}"
        f"<main>{said}{tools}{_holds(holding)}{way_in}</main>",
        body_class="archive",
        scripts=("page.js", "archive.js") if administration else ("page.js",),
    )


def _way_in(reader: str) -> str:
    link = f'<p class="links"><a href="connexion?suite={HERE}">{words.ADMINISTER}</a></p>'
    return (signed_in(reader) if reader else "") + link


def _holds(holding: Holding) -> str:
    stats = holding.stats
    if not stats.articles:
        return f'<section class="holds"><p class="note">{words.EMPTY_ARCHIVE}</p></section>'
    names = _names("section", stats.by_section, stats.articles)
    names += _names("source", stats.by_source, stats.articles)
    return (
        f'<section class="holds" aria-label="{words.HOLDS}">{_figures(holding)}'
        f'{_months(stats.by_month)}<div class="names">{names}</div></section>'
    )


def _figures(holding: Holding) -> str:
    stats = holding.stats
    told = {
        "articles": number(stats.articles),
        "briefs": number(stats.briefs),
        "undated": number(stats.undated),
        "sources": number(len(stats.by_source)),
        "passages": number(stats.passages),
        "size": f"{number(stats.bytes_on_disk / 2**20, 1)}&nbsp;Mio",
        "latest": _freshness(stats.last, holding.today),
        "period": period(stats.first, stats.last) or words.NOTHING_YET,
        "encoder": f"<bdi>{shown(stats.encoder)}</bdi>" if stats.encoder else words.NOTHING_YET,
    }
    figures = "".join(
        f'<div class="{name}"><dt>{words.FIGURES[name]}</dt><dd>{value}</dd></div>'
        for name, value in told.items()
    )
    return f'<dl class="figures">{figures}</dl>'


def _freshness(last: date | None, today: date) -> str:
    if last is None:
        return words.NOTHING_YET
    days = (today - last).days
    ago = words.AGO if days > 0 else words.IN_FUTURE
    told = ago.format(days=count(abs(days), "jour")) if days else words.TODAY
    return f"{format_date(last)} <span>{told}</span>"


def _months(by_month: Mapping[str, int]) -> str:
    bars = timeline(Search(), by_month, words.BY_MONTH, words.BY_YEAR)
    if not bars:
        return ""
    most = max(by_month, key=lambda month: by_month[month])
    told = words.MOST_IN.format(
        articles=count(by_month[most], "article"),
        month=f"{MONTHS[int(most[5:]) - 1]} {most[:4]}",
    )
    return (
        f'<section class="months"><h2>{words.BY_MONTH}</h2>{bars}'
        f'<p class="soft">{told}</p></section>'
    )


def _names(field: str, counts: Mapping[str, int], articles: int) -> str:
    """The most frequent names as bars, each leading to its articles."""
    frequent = sorted(filter(str.strip, counts), key=lambda one: (-counts[one], one.casefold()))
    if not frequent:
        return ""
    highest = counts[frequent[0]]
    bars = "".join(
        f'<li style="--part:{counts[one] / highest:.3f}">'
        f'<a href="{escape(Search(**{field: one}).address())}"><bdi>{shown(one)}</bdi>'
        f'<span class="count">{number(counts[one])}</span></a></li>'
        for one in frequent[:_MOST_NAMES]
    )
    more, without = len(frequent) - _MOST_NAMES, articles - sum(counts.values())
    told = [words.MORE_NAMES[field].format(count=number(more))] if more > 0 else []
    if without > 0:
        told.append(words.WITHOUT[field].format(articles=count(without, "article")))
    rest = f'<p class="soft">{" ; ".join(told)}.</p>' if told else ""
    return f"<section><h2>{words.BY[field]}</h2><ol>{bars}</ol>{rest}</section>"


# -- signing in --------------------------------------------------------------------------------


def sign_in_html(back: str, *, reading: bool, trouble: str = "") -> str:
    """The page that asks for a key; ``reading`` is whether even reading needs one.

    ``back`` is where to go on to. It says nothing of what the archive holds.
    """
    why = f"{words.SIGN_IN_READ if reading else words.SIGN_IN_ADMIN} {words.SIGN_IN_HOW}"
    told = f'<p class="note" role="alert" id="trouble">{announced(trouble)}</p>' if trouble else ""
    described = ' aria-describedby="trouble"' if trouble else ""
    return render.reading_html(
        words.SIGN_IN,
        f'<form class="sign-in" action="connexion" method="post">'
        f"<h1>{words.SIGN_IN}</h1><p>{announced(why)}</p>{told}"
        # A name for those that remember keys: they want one.
        f'<input type="hidden" name="suite" value="{escape(back)}"><input type="text" hidden '
        f'name="nom" value="{words.NAME}" autocomplete="username"><label for="cle">{words.KEY}'
        f'</label><input id="cle" name="cle" type="password" autocomplete="current-password" '
        f'required autofocus{described}><button type="submit">{words.DO_SIGN_IN}</button></form>',
        leads_on=not reading,
    )
