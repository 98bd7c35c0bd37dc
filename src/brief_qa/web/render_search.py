"""The search page as HTML, by functions without state. As in ``render``, all is escaped."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Mapping
from html import escape
from itertools import groupby

from brief_qa.dates import MONTHS, format_date, parse_date
from brief_qa.domain import Coverage, Period
from brief_qa.french import stems
from brief_qa.texts import number
from brief_qa.web import links, pieces, render, words
from brief_qa.web.render_results import cards_html
from brief_qa.web.searching import BY_DATE, FILTERS, NAMES, UNREAD, Found, Search
from brief_qa.web.typography import announced, count, shown

_MOST_CHOICES = 300
"""Names offered for one filter, the most frequent; any other can be typed in the address."""
_MOST_MONTHS = 48
"""A longer time is told by years."""


def search_html(
    search: Search, found: Found, offered: Mapping[str, Mapping[str, int]], coverage: Coverage
) -> str:
    """The whole page."""
    title = search.question or (words.ARTICLES_LIKE if found.like else words.SEARCH_TITLE)
    return render.document(
        shown(title),
        f"{render.masthead(coverage, words.SEARCH_TITLE, 'recherche')}<main>"
        f"{_form(search, offered)}{results_html(search, found)}</main>",
        body_class="searching",
        scripts=("page.js", "search.js"),
    )


def results_html(search: Search, found: Found) -> str:
    """What was found, and what narrows it: the part that changes as one types."""
    if found.trouble:
        content = f'<p class="note">{announced(found.trouble)}</p>'
    elif not found.articles:
        content = f'<p class="note">{words.NOTHING_FOUND}</p>'
    else:
        bars = timeline(search, found.months, words.TIMELINE, words.TIMELINE_YEARS)
        content = _head(search, found) + bars + cards_html(search, found)
    asked = _chips(search) + _like(found) + _operators(found) + _period(search, found.period)
    return f'<div id="results">{asked}{content}</div>'


# -- the form --------------------------------------------------------------------------------


def _form(search: Search, offered: Mapping[str, Mapping[str, int]]) -> str:
    days = "".join(_day_field(search, name) for name in ("since", "until"))
    names = "".join(_choice(search, name, offered.get(name, {})) for name in FILTERS[2:])
    kept = "".join(
        f'<input type="hidden" name="{NAMES[name]}" value="{value}">'
        for name in ("order", "dates")
        if (value := shown(getattr(search, name)))
    )
    return (
        '<form id="search" role="search" action="recherche" method="get">'
        f'<div class="row"><label class="hidden" for="q">{words.SEARCH_LABEL}</label>'
        f'<input id="q" name="q" type="search" value="{escape(search.question)}" dir="auto" '
        f'placeholder="{words.SEARCH_PLACEHOLDER}" autocomplete="off" autofocus>'
        f'<button type="submit">{words.DO_SEARCH}</button></div>{kept}'
        f'<details open><summary>{words.FILTERS}</summary><div class="filters">{days}{names}'
        f"</div><p>{words.OPERATORS}</p></details></form>"
    )


def _day_field(search: Search, name: str) -> str:
    day = parse_date(getattr(search, name))
    return (
        f"<label>{words.FILTER[name]}"
        f'<input type="date" name="{NAMES[name]}" value="{day or ""}"></label>'
    )


def _choice(search: Search, name: str, offered: Mapping[str, int]) -> str:
    chosen = getattr(search, name)
    frequent = sorted(offered, key=lambda one: (-offered[one], one))[:_MOST_CHOICES]
    if chosen and chosen not in frequent:
        frequent.append(chosen)
    if not frequent:
        return ""
    options = "".join(
        f'<option value="{escape(one)}"{" selected" if one == chosen else ""}>'
        f"{shown(one)}{f' ({offered[one]})' if offered.get(one) else ''}</option>"
        for one in sorted(frequent, key=str.casefold)
    )
    any_of = words.ANY_KIND if name in ("author", "kind") else words.ANY
    return (
        f'<label>{words.FILTER[name]}<select name="{NAMES[name]}">'
        f'<option value="">{any_of}</option>{options}</select></label>'
    )


# -- what narrows it -------------------------------------------------------------------------


def _chips(search: Search) -> str:
    chips = [_chip(search, name, value) for name, value in search.filters.items()]
    if len(chips) > 1:
        everything = search.address(**dict.fromkeys(FILTERS, ""))
        chips.append(f'<a class="all" href="{escape(everything)}">{words.REMOVE_ALL}</a>')
    return f'<p class="chips">{"".join(chips)}</p>' if chips else ""


def _chip(search: Search, name: str, value: str) -> str:
    day = parse_date(value) if name in ("since", "until") else None
    label = f"{words.FILTER[name]} {format_date(day) if day else value}"
    without = escape(search.address(**{name: ""}))
    return (
        f'<a class="chip" href="{without}" title="{shown(words.REMOVE.format(label=label))}">'
        f'<bdi>{shown(label)}</bdi><span aria-hidden="true"> ×</span></a>'
    )


def _like(found: Found) -> str:
    """The article that those shown are like."""
    if found.like is None:
        return ""
    read = pieces.reading(found.like, told=f"<bdi>{pieces.title(found.like)}</bdi>")
    return f'<p class="understood">{words.ARTICLES_LIKE} à {read}</p>'


def _operators(found: Found) -> str:
    """What was asked for by operators, or that no article holds it."""
    exactly, without = (
        ", ".join(f"« <bdi>{shown(one)}</bdi> »" for one in some)
        for some in (found.asked.exactly, found.asked.without)
    )
    held = words.NOT_EXACTLY if found.loosened else words.EXACTLY
    told = [
        said.format(expressions=some)
        for said, some in ((held, exactly), (words.WITHOUT_WORDS, without))
        if some
    ]
    return f'<p class="understood" dir="auto">{" ".join(told)}</p>' if told else ""


def _period(search: Search, period: Period | None) -> str:
    if search.dates == UNREAD:
        again = escape(search.address(dates=""))
        read = f'<a href="{again}">{words.READ_DATES}</a>'
        return f'<p class="understood">{words.WITHOUT_DATES} {read}</p>'
    if period is None:
        return ""
    told = announced(words.PERIOD.format(read=period.told))
    without = escape(search.address(dates=UNREAD))
    return (
        f'<p class="understood"><span dir="auto">{told}</span> '
        f'<a href="{without}">{words.SEARCH_WITHOUT}</a></p>'
    )


def _head(search: Search, found: Found) -> str:
    order = ""
    if found.hits:
        chosen = search.order == BY_DATE
        order = (
            f'<span class="order">{words.SORTED} '
            f"{_switch(words.BY_RELEVANCE, search.address(order=''), chosen=not chosen)} · "
            f"{_switch(words.BY_DATE, search.address(order=BY_DATE), chosen=chosen)}</span>"
        )
    files = " ".join(
        f'<a href="{escape(search.address(f"recherche.{ending}"))}" download>{name}</a>'
        for ending, name in (("csv", "CSV"), ("json", "JSON"), ("bib", "BibTeX"))
    )
    ask = ""
    if asked := found.asked.words:
        ask = f'<a href="{escape(links.asking(asked))}">{words.ASK_IT}</a>'
    return (
        f'<div class="found"><p role="status">{_many(found)}</p>{order}'
        f'<span class="files">{words.EXPORT} {files}</span>{ask}</div>'
    )


def _many(found: Found) -> str:
    """How many articles there are, those that hold no word of the question apart."""
    some, holding = len(found.articles), len(found.counted)
    near = some - holding
    if found.more or (found.total or 0) > some:
        of_many = words.FIRST_OF_MANY if found.hits else words.LAST_OF_MANY
        many = of_many.format(articles=count(some, "article"))
        many += f" sur {number(found.total)}" if found.total else ""
    elif holding:
        many = count(holding, "article")
        many += f" et {words.BY_MEANING_TOO[near > 1].format(near=number(near))}" if near else ""
    else:
        why = words.NO_WORD_FOUND if stems(found.asked.words) else words.ONLY_COMMON_WORDS
        many = f"{why} : {words.NEAREST[near > 1].format(near=number(near))}"
    if copies := len(found.copies):
        many += f", {(words.A_COPY if copies == 1 else words.COPIES).format(copies=number(copies))}"
    return many


def _switch(label: str, address: str, *, chosen: bool) -> str:
    if chosen:
        return f'<b aria-current="true">{label}</b>'
    return f'<a href="{escape(address)}">{label}</a>'


def timeline(search: Search, months: Mapping[str, int], of_months: str, of_years: str) -> str:
    """Bars, one a month or one a year; each leads to the articles of that time.

    The last two say what they are bars of.
    """
    bars = _spans(months)
    if len(bars) < 2:
        return ""
    highest = max(bars.values())
    by_year = len(next(iter(bars))) == len("2024")
    items = "".join(
        _bar(search, when, number, highest, first=place == 0)
        for place, (when, number) in enumerate(bars.items())
    )
    label = of_years if by_year else of_months
    return f'<nav class="timeline" aria-label="{label}"><ol>{items}</ol></nav>'


def _spans(months: Mapping[str, int]) -> dict[str, int]:
    """Every month from the first to the last, or every year of a long time, with its articles."""
    if not months:
        return {}
    first, last = (12 * int(one[:4]) + int(one[5:]) - 1 for one in (min(months), max(months)))
    if last - first < _MOST_MONTHS:
        every = (f"{n // 12}-{n % 12 + 1:02}" for n in range(first, last + 1))
        return {month: months.get(month, 0) for month in every}
    years = {
        year: sum(months[one] for one in group)
        for year, group in groupby(sorted(months), lambda one: one[:4])
    }
    return {str(y): years.get(str(y), 0) for y in range(first // 12, last // 12 + 1)}


def _bar(search: Search, when: str, number: int, highest: int, *, first: bool) -> str:
    year, _, month = when.partition("-")
    name = f"{MONTHS[int(month) - 1]} {year}" if month else year
    shown_name = year if first or month in ("", "01") else ""
    mark = f'<span class="year" aria-hidden="true">{shown_name}</span>' if shown_name else ""
    height = f'style="--part:{number / highest:.3f}"'
    if not number:
        return f"<li {height}>{mark}</li>"
    start = f"{year}-{month or '01'}-01"
    address = search.address(since=start, until=_last_day(year, month))
    label = f"{name} : {count(number, 'article')}"
    return (
        f'<li {height}><a href="{escape(address)}" title="{label}"><span class="hidden">{label}'
        f"</span></a>{mark}</li>"
    )


def _last_day(year: str, month: str) -> str:
    number = int(month or 12)
    return f"{year}-{number:02}-{monthrange(int(year), number)[1]}"
