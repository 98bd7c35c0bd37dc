"""What the markup of a web page says of its article: JSON-LD, meta tags, visible stamps.

``tree`` is always a parsed page (an lxml element); nothing here changes it.
"""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date
from html import unescape
from itertools import islice
from typing import Any

from brief_qa.dates import WEEKDAYS, date_in_url, parse_date
from brief_qa.domain import DateOrigin
from brief_qa.fields import author_names, letters, one_line, plain_text
from brief_qa.fragments import reader_text
from brief_qa.identity import http_url

_ARTICLE_TYPES = re.compile(r"(?:\w*Article|BlogPosting|Report|RadioEpisode|LiveBlogPosting)")
_PUBLISHED = (
    "article:published_time",
    "datepublished",
    "date.created",
    "dc.date.issued",
    "dc.date.created",
    "dc:date.created",
    "dcterms.issued",
    "dcterms.created",
    "dc.date",
    "dc:date",
    "citation_publication_date",
    "parsely-pub-date",
    "publish-date",
    "pubdate",
    "date",
)
_UPDATED = ("article:modified_time", "datemodified", "og:updated_time", "dcterms.modified")
_FRONT_PAGE = ("à la une", "a la une", "la une", "accueil", "actualités", "home", "news")
_SECTION = ("article:section", "parsely-section", "section", "rubrique")

_WEEKDAY = rf"(?:(?:{'|'.join(WEEKDAYS)})\s+)?"
_NAMED_DAY = r"\d{1,2}(?:er)?\s+[^\W\d]+\.?(?:\s+\d{4})?"
_DAY = rf"{_WEEKDAY}(?:le\s+)?{_WEEKDAY}(?:{_NAMED_DAY}|\d{{1,2}}[./-]\d{{1,2}}[./-]\d{{2,4}})"
_TIME = r"(?:\s*[,à|–-]?\s*(?:à\s*)?\d{1,2}\s*[h:]\s*(?:\d{2})?(?:\s*(?:min|UTC[+-]?\d*))?)?"
_FIRST = r"(?:publié|mis en ligne|mise en ligne|posté|créé)(?:e?s?)"
_AGAIN = r"(?:mis à jour|mise à jour|modifié|actualisé)(?:e?s?)"
_STAMP = rf"(?:article\s+)?(?:{_FIRST}|{_AGAIN})\s*:?\s*{_DAY}{_TIME}"
_BYLINE = rf"(?:[^.!?|]{{0,40}}\|\s*)?par\s[^.!?|]{{3,60}}[,|•·–—-]\s*{_DAY}{_TIME}"
STAMP = re.compile(
    rf"(?:[^.!?»”\x22]{{0,60}}[,|•·–—-]\s*)?{_STAMP}(?:[\s,;|•·()–—-]+{_STAMP})*[\s).]*|{_BYLINE}",
    re.IGNORECASE,
)
"""A whole line such as "AFP, publié le 2 août 2019 à 18h20 – Mis à jour le 3 août 2019", or
"Par Lina Alaoui, le 2 août 2019"."""
BARE_DAY = re.compile(rf"{_DAY}{_TIME}", re.IGNORECASE)
"""A whole line that is nothing but a day."""
STAMP_LIMIT = 160
"""Characters of a line that may be a stamp or a bare day."""
_FIRST_DAY = re.compile(rf"{_FIRST}\s*:?\s*{_DAY}|^[^|]*(?:\|\s*)?par\s.*{_DAY}", re.IGNORECASE)
_SPENT = re.compile(r"comment|related|sidebar|widget|teaser|footer|agenda|most-?read", re.I)


@dataclass(frozen=True, slots=True)
class Facts:
    """What the markup says; everything may be absent."""

    url: str | None
    source: str | None
    published: date | None
    date_origin: DateOrigin
    unread: str | None
    """A day of publication given by JSON-LD or a meta tag that cannot be read."""
    updated: date | None
    authors: tuple[str, ...]
    section: str | None
    headline: str | None
    """The title by JSON-LD."""
    body: str
    """The text by JSON-LD (``articleBody``), or an empty string."""


def read_facts(tree: Any) -> Facts:
    """Everything the markup says of the page's article."""
    nodes = list(_linked_data(tree))
    article = _article_node(nodes)
    metas = _metas(tree)
    url = _url(tree, metas, article)
    published, origin = _published(tree, metas, article, url)
    updated = _first_day([article.get("dateModified")], *(metas.get(key, []) for key in _UPDATED))
    publisher = article.get("publisher")
    return Facts(
        url=url,
        source=_name(publisher) or _first(metas.get("og:site_name", [])),
        published=published,
        date_origin=origin,
        unread=None if published else next(iter(_given_days(metas, article)), None),
        updated=updated if updated and published and updated > published else None,
        authors=_authors(article.get("author")),
        section=_section(nodes, metas, article),
        headline=_clean(article.get("headline")) or None,
        body=reader_text(plain_text(article.get("articleBody"))),
    )


# --- JSON-LD -----------------------------------------------------------------------------


def _linked_data(tree: Any) -> Iterator[dict[str, Any]]:
    """Every JSON-LD object of the page, outermost first."""
    for script in tree.xpath('//script[contains(@type, "ld+json")]'):
        try:
            parsed = json.loads(script.text or "", strict=False)
        except (ValueError, RecursionError):
            continue
        waiting = deque([parsed])
        while waiting:
            node = waiting.popleft()
            if isinstance(node, list):
                waiting.extendleft(reversed(node))
            elif isinstance(node, dict):
                yield node
                waiting.extend(child for child in node.values() if isinstance(child, list | dict))


def _article_node(nodes: list[dict[str, Any]]) -> dict[str, Any]:
    """The first object that is an article with a headline or a date; else an empty one."""
    for node in nodes:
        kinds = node.get("@type")
        kinds = kinds if isinstance(kinds, list) else [kinds]
        if any(isinstance(kind, str) and _ARTICLE_TYPES.fullmatch(kind) for kind in kinds) and (
            node.get("headline") or node.get("datePublished")
        ):
            return node
    return {}


def _name(value: object) -> str | None:
    if isinstance(value, list):
        value = value[0] if value else None
    if isinstance(value, dict):
        value = value.get("name")
    return _clean(value) or None


def _authors(value: object) -> tuple[str, ...]:
    """Names of persons; a newsroom given as an author is one too, an address is not."""
    values = value if isinstance(value, list) else [value]
    names = [name for item in values if (name := _name(item)) and not name.startswith("http")]
    return author_names(" ; ".join(names))


# --- meta tags ---------------------------------------------------------------------------


def _metas(tree: Any) -> dict[str, list[str]]:
    """Contents of the head's meta tags by name, in lower case."""
    metas: dict[str, list[str]] = {}
    for meta in tree.xpath("//head//meta[@content]"):
        name = meta.get("property") or meta.get("name") or meta.get("itemprop") or ""
        if content := _clean(meta.get("content")):
            metas.setdefault(name.strip().lower(), []).append(content)
    return metas


def _clean(value: object) -> str:
    return one_line(unescape(value)) if isinstance(value, str) else ""


def _first(values: list[str]) -> str | None:
    return values[0] if values else None


def _first_day(*candidates: list[Any]) -> date | None:
    for values in candidates:
        for value in values:
            if isinstance(value, str) and (day := parse_date(value)):
                return day
    return None


def _url(tree: Any, metas: dict[str, list[str]], article: dict[str, Any]) -> str | None:
    page = article.get("mainEntityOfPage")
    candidates = [
        *tree.xpath('//link[@rel="canonical"]/@href'),
        *metas.get("og:url", []),
        page.get("@id") if isinstance(page, dict) else page,
        article.get("url"),
    ]
    for candidate in candidates:
        if isinstance(candidate, str) and (url := http_url(candidate)):
            return url
    return None


def _section(
    nodes: list[dict[str, Any]], metas: dict[str, list[str]], article: dict[str, Any]
) -> str | None:
    said = article.get("articleSection")
    candidates = [*(said if isinstance(said, list) else [said])]
    for key in _SECTION:
        candidates += metas.get(key, [])
    candidates += _breadcrumb(nodes)
    names = [name.strip() for candidate in candidates for name in _clean(candidate).split(",")]
    for name in names:
        # "culture_culture-lifestyle" is an identifier, not a name; the front page, no section.
        if 1 < len(name) <= 40 and "_" not in name and name.lower() not in _FRONT_PAGE:
            return name[0].upper() + name[1:]
    return None


def _breadcrumb(nodes: list[dict[str, Any]]) -> list[str]:
    """Names of the path to the page, without the home page and the page itself."""
    for node in nodes:
        items = node.get("itemListElement")
        if node.get("@type") == "BreadcrumbList" and isinstance(items, list):
            inner = [item for item in items if isinstance(item, dict)]
            names = [_clean(item.get("name")) or _name(item.get("item")) or "" for item in inner]
            return [name for name in names[1:2] if name]
    return []


# --- dates -------------------------------------------------------------------------------


def _published(
    tree: Any, metas: dict[str, list[str]], article: dict[str, Any], url: str | None
) -> tuple[date | None, DateOrigin]:
    """The day of publication and where it was found, the surest place first."""
    if day := _first_day(_linked_days(article)):
        return day, "jsonld"
    if day := _first_day(*(metas.get(key, []) for key in _PUBLISHED)):
        return day, "meta"
    if day := _stamped(tree.xpath("//body//*"), STAMP):
        return day, "dateline"
    if url and (day := date_in_url(url)):
        return day, "url"
    if day := _stamped(_below_title(tree, metas, article), BARE_DAY):
        return day, "dateline"
    return None, "none"


def _linked_days(article: dict[str, Any]) -> list[Any]:
    return [article.get("datePublished"), article.get("dateCreated")]


def _given_days(metas: dict[str, list[str]], article: dict[str, Any]) -> list[str]:
    """What stands where the markup gives a day of publication, the surest place first."""
    tagged = [value for key in _PUBLISHED for value in metas.get(key, [])]
    return [day for value in [*_linked_days(article), *tagged] if (day := _clean(value))]


def _below_title(tree: Any, metas: dict[str, list[str]], article: dict[str, Any]) -> list[Any]:
    """The few elements under the page's title; a bare day elsewhere may be any day."""
    said = [*metas.get("og:title", []), _clean(article.get("headline"))]
    said += [" ".join(title.itertext()) for title in tree.xpath("//head/title")]
    titles = [letters(title) for title in said]
    for heading in tree.xpath("//h1 | //h2"):
        shown = letters(" ".join(heading.itertext()))
        if len(shown) > 12 and any(title.startswith(shown) for title in titles):
            return list(heading.xpath("following::*[position() <= 30]"))
    return []


def _stamped(elements: list[Any], pattern: re.Pattern[str]) -> date | None:
    """The first day of publication written as a line of its own in the page's own column."""
    for element in elements:
        # A stamp is a line with a few inline tags, not a block.
        if not isinstance(element.tag, str) or len(list(islice(element.iter(), 12))) == 12:
            continue
        text = one_line(" ".join(element.itertext()))
        if len(text) > STAMP_LIMIT or not pattern.fullmatch(text) or _is_spent(element):
            continue
        said = _FIRST_DAY.search(text) if pattern is STAMP else BARE_DAY.match(text)
        if said and (day := parse_date(said[0])):
            return day
    return None


def _is_spent(element: Any) -> bool:
    """Whether the element lies in comments, a side column or a list of other articles."""
    lineage = [element, *element.iterancestors()]
    return any(
        node.tag in ("aside", "nav", "footer", "li")
        or _SPENT.search(f"{node.get('class') or ''} {node.get('id') or ''}")
        for node in lineage
        if node.tag not in ("body", "html")
    )
