"""The fields of an article, made fit: titles, paragraphs, names."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import replace
from typing import NamedTuple

from brief_qa.decoding import tidy
from brief_qa.domain import Article, Remark
from brief_qa.identity import derived_id, is_forged
from brief_qa.texts import number

TITLE_LIMIT = 300
"""Characters of a title; a longer one is cut and heads the body whole."""
HEADLINE_LIMIT = 120
"""Characters of a title made from the first sentence of a text."""
NAME_LIMIT = 120
"""Characters of a section, a source or an author's name, which are filters; a longer one is cut."""
AUTHORS_LIMIT = 50
"""Authors of an article; the others are left out. A consortium's inquiry has some forty."""
URL_LIMIT = 4000
"""Characters of an address; a longer one is left out, for cut it would lead elsewhere."""

_SENTENCE_END = re.compile(
    r"(?<!\b[A-ZÀ-Ý]\.)(?<!\bMM\.)(?<!\bDr\.)(?<!\bMe\.)(?<=[.!?…])[\s»”\"]*\s|\n"
)
"""Not after an initial or a title ("M. Dupont")."""
_AUTHOR_SEPARATORS = re.compile(r"\s*[;,|]\s*|\s+et\s+")
_AROUND = ' []"'
"""What a list not closed leaves around a name: ``[Anne Lefèvre, "Marc Petit"``."""
_BYLINE = re.compile(r"^(?:par|by|propos recueillis par)\s+", re.IGNORECASE)


def plain_text(value: object) -> str:
    """Text of a JSON value: numbers are written out, other kinds are nothing."""
    if isinstance(value, str):
        return tidy(value)
    return str(value) if isinstance(value, int | float) and not isinstance(value, bool) else ""


def one_line(value: object) -> str:
    """The same on one line, with single spaces."""
    return " ".join(plain_text(value).split())


def letters(text: str) -> str:
    """Letters and digits alone, in lower case, to compare two spellings of one line."""
    return "".join(character for character in text.casefold() if character.isalnum())


def author_names(value: object, line: Callable[[object], str] = one_line) -> tuple[str, ...]:
    """Names from a list, or from a line such as "Par Lina Alaoui et Marc Petit".

    ``line`` makes a value one line of text.
    """
    if isinstance(value, str):
        items: Iterable[object] = _AUTHOR_SEPARATORS.split(_BYLINE.sub("", line(value)))
    else:
        items = value if isinstance(value, list | tuple) else [value]
    names = (item.get("name") if isinstance(item, Mapping) else item for item in items)
    return tuple(dict.fromkeys(filter(None, (line(name).strip(_AROUND) for name in names))))


def paragraphs(text: str) -> str:
    """The text with its lines trimmed and at most one empty line in a row."""
    lines = "\n".join(line.strip() for line in text.split("\n"))
    return re.sub(r"\n{3,}", "\n\n", lines).strip()


def headline(text: str) -> str:
    """A title for a text that has none: its first sentence, cut at a word if it is long."""
    start = text.strip()[: 2 * HEADLINE_LIMIT]  # a long record is not searched whole
    first = _SENTENCE_END.split(start, maxsplit=1)[0]
    return cut(" ".join(first.split()), HEADLINE_LIMIT)


def cut(text: str, limit: int) -> str:
    """The text if it fits, else cut after a word, with "…", to at most ``limit`` characters."""
    if len(text) <= limit:
        return text
    kept = text[: limit - 1]
    at_word = kept.rsplit(" ", 1)[0] if not text[limit - 1].isspace() else kept
    return at_word.rstrip(" ,;:–—-") + "…"


def fit_title(title: str, body: str) -> tuple[str, str]:
    """Title and body, where a title over the limit is cut and heads the body whole."""
    if len(title) <= TITLE_LIMIT:
        return title, body
    return cut(title, TITLE_LIMIT), f"{title}\n\n{body}"


# --- within bounds -----------------------------------------------------------------------


class Reading(NamedTuple):
    """An article as it was read, and what was set aside of the facts given with it."""

    article: Article
    remarks: tuple[str, ...] = ()

    def told(self, name: str) -> Iterator[Article | Remark]:
        """The article, then each remark under the name of where it was read."""
        yield self.article
        for reason in self.remarks:
            yield Remark(name, reason)


def fit(article: Article, remarks: Iterable[str] = ()) -> Reading:
    """The article with its facts within the limits above, and these remarks with those it took."""
    said = list(remarks)

    def name(what: str, text: str) -> str:
        if len(text) > NAME_LIMIT:
            said.append(f"{what} de {number(len(text))} caractères, coupé à {NAME_LIMIT}.")
        return cut(text, NAME_LIMIT)

    if article.url and len(article.url) > URL_LIMIT:
        said.append(
            f"Adresse de {number(len(article.url))} caractères, laissée de côté : "
            f"{number(URL_LIMIT)} au plus."
        )
        article = replace(article, url=None)
    if len(article.authors) > AUTHORS_LIMIT:
        said.append(
            f"{number(len(article.authors))} auteurs : les {AUTHORS_LIMIT} premiers sont gardés."
        )
    names = (name("Nom d'auteur", author) for author in article.authors[:AUTHORS_LIMIT])
    article = replace(
        article,
        section=name("Nom de rubrique", article.section) if article.section else None,
        source=name("Nom de source", article.source) if article.source else None,
        authors=tuple(dict.fromkeys(names)),
    )
    if is_forged(article):
        own = derived_id(article)
        said.append(
            f"Identifiant « {article.id} » laissé de côté : c'est la forme de ceux que l'archive "
            f"fait elle-même, et ce n'est pas le sien. Cet article reçoit « {own} »."
        )
        article = replace(article, id=own)
    return Reading(article, tuple(said))


def unread_day(value: object, what: str = "Date") -> str:
    """The remark on a day that cannot be read."""
    shown = cut(one_line(value) or type(value).__name__, 60)
    return (
        f"{what} illisible, laissée de côté : « {shown} ». Un jour était attendu, comme "
        "2024-04-22, 22/04/2024 ou 22 avril 2024."
    )
