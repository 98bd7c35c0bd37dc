"""The search page as HTML, by functions without state. As in ``render``, all is escaped."""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Mapping
from html import escape
from itertools import groupby

from brief_qa import texts
from brief_qa.dates import MONTHS, format_date, parse_date
from brief_qa.domain import Article, Coverage, Hit, Period
from brief_qa.matches import matched_places
from brief_qa.sentences import sentences
from brief_qa.web import links, pieces, render, words
from brief_qa.web.searching import BY_DATE, FILTERS, NAMES, ON_A_PAGE, UNREAD, Found, Search
from brief_qa.web.typography import announced, count, shown

_BEFORE = 90
"""Characters of a passage shown before its first sentence with words of the question."""
_SNIPPET = 330
_MOST_CHOICES = 300
"""Names offered for one filter, the most frequent; any other can be typed in the address."""
_MOST_MONTHS = 48
"""A longer time is told by years."""
_LEAD = 260
"""Characters shown of an article that no word was looked for in."""


def search_html(
    search: Search, found: Found, offered: Mapping[str, Mapping[str, int]], coverage: Coverage
) -> str:
    """The whole page."""
    title = search.question or words.SEARCH_TITLE
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
        content = _head(search, found) + _timeline(search, found) + _page_of(search, found)
    return f'<div id="results">{_chips(search)}{_period(search, found.period)}{content}</div>'


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
        "</div></details></form>"
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


def _period(search: Search, period: Period | None) -> str:
    if search.dates == UNREAD:
        again = escape(search.address(dates=""))
        read = f'<a href="{again}">{words.READ_DATES}</a>'
        return f'<p class="understood">{words.WITHOUT_DATES} {read}</p>'
    if period is None:
        return ""
    use = texts.PERIOD_USE[period.use]
    told = announced(words.PERIOD.format(reason=period.reason, use=use))
    without = escape(search.address(dates=UNREAD))
    return (
        f'<p class="understood"><span dir="auto">{told}</span> '
        f'<a href="{without}">{words.SEARCH_WITHOUT}</a></p>'
    )


def _head(search: Search, found: Found) -> str:
    many = count(len(found.articles), "article")
    if found.more:
        of_many = words.FIRST_OF_MANY if search.question else words.LAST_OF_MANY
        many = of_many.format(articles=many)
    order = ""
    if search.question:
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
    if search.question:
        ask = f'<a href="{escape(links.asking(search.question))}">{words.ASK_IT}</a>'
    return (
        f'<div class="found"><p role="status">{many}</p>{order}'
        f'<span class="files">{words.EXPORT} {files}</span>{ask}</div>'
    )


def _switch(label: str, address: str, *, chosen: bool) -> str:
    if chosen:
        return f'<b aria-current="true">{label}</b>'
    return f'<a href="{escape(address)}">{label}</a>'


def _timeline(search: Search, found: Found) -> str:
    """Bars, one a month or one a year; each leads to the articles of that time."""
    bars = _spans(found.months)
    if len(bars) < 2:
        return ""
    highest = max(bars.values())
    by_year = len(next(iter(bars))) == len("2024")
    items = "".join(
        _bar(search, when, number, highest, first=place == 0)
        for place, (when, number) in enumerate(bars.items())
    )
    label = words.TIMELINE_YEARS if by_year else words.TIMELINE
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


# -- what was found --------------------------------------------------------------------------


def _page_of(search: Search, found: Found) -> str:
    pages = -(-len(found.articles) // ON_A_PAGE)
    page = min(search.page_number, pages)
    part = slice((page - 1) * ON_A_PAGE, page * ON_A_PAGE)
    items: Iterable[str] = map(_hit, found.hits[part])
    if not found.hits:
        items = map(_listed, found.articles[part])
    start = part.start + 1
    return (
        f'<ol class="sources" start="{start}">{"".join(items)}</ol>{_paging(search, page, pages)}'
    )


def _paging(search: Search, page: int, pages: int) -> str:
    if pages < 2:
        return ""
    at = {words.PREVIOUS: page - 1, words.NEXT: page + 1}
    around = [
        f'<a href="{escape(search.address(page=str(number)))}">{label}</a>'
        for label, number in at.items()
        if 1 <= number <= pages
    ]
    return (
        f'<nav class="links" aria-label="{words.PAGES}">{"".join(around)}'
        f"<span>page {page} sur {pages}</span></nav>"
    )


def _hit(hit: Hit) -> str:
    body, start, end = hit.article.body, hit.passage.start, hit.passage.end
    places = [(start + a, start + b) for a, b in matched_places(hit.text, hit)]
    title = hit.article.title.strip()
    marked_title = pieces.marked(title, 0, len(title), matched_places(title, hit), "b")
    first, last = _sentence(hit, places)
    found_by = ", ".join(dict.fromkeys(hit.parts.matched))
    why = words.BY_WORDS.format(words=found_by) if found_by else words.BY_MEANING
    return _item(
        hit.article,
        marked_title or words.UNTITLED,
        pieces.snippet(body, (start, end), (first, last), places, _BEFORE, _SNIPPET),
        links.reading(hit.article, [body[first:last]]),
        f'<span class="why">{shown(why)}</span>',
    )


def _sentence(hit: Hit, places: list[tuple[int, int]]) -> tuple[int, int]:
    """The sentence of the passage with the most words of the question; the first of several."""
    start = hit.passage.start
    told = [(start + a, start + b) for a, b in sentences(hit.text)]
    if not told:
        return start, hit.passage.end
    return max(told, key=lambda one: sum(one[0] <= a < one[1] for a, _ in places))


def _listed(article: Article) -> str:
    body = article.body
    end = min(len(body), _LEAD)
    lead = pieces.snippet(body, (0, len(body)), (0, end), [], 0, _LEAD)
    return _item(article, pieces.title(article), lead, links.reading(article), "")


def _item(article: Article, title: str, passage: str, address: str, why: str) -> str:
    external = links.external(article.url)
    go_to = render.external_link(external, article) if external else ""
    return (
        f'<li class="source">{pieces.facts(article)}'
        f'<h2 dir="auto"><a class="read" href="{escape(address)}">{title}</a></h2>'
        f'<p class="passage" dir="auto">{passage}</p>'
        f'<p class="links">{why}{go_to}</p></li>'
    )
