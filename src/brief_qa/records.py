"""Records → articles: JSONL line by line, JSON whole, CSV with a header row.

A record is ``{"id", "title", "text", "url", "date", "authors", "section", "source"}``; only
``text`` is required. Other usual names of the same fields are understood, unknown fields
passed over. Text that is HTML gives what its reader sees.
"""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from brief_qa.dates import parse_date
from brief_qa.decoding import MEBIBYTE, RECORD_LIMIT, Readable, text_lines
from brief_qa.domain import Article, Rejection, Remark
from brief_qa.errors import PageError
from brief_qa.fields import (
    Reading,
    author_names,
    cut,
    fit,
    fit_title,
    headline,
    one_line,
    paragraphs,
    plain_text,
    unread_day,
)
from brief_qa.fragments import reader_text
from brief_qa.identity import fit_id, http_url

FIELDS: dict[str, tuple[str, ...]] = {
    "id": ("id", "_id", "article_id"),
    "title": ("title", "titre", "headline"),
    "text": ("text", "body", "content", "texte", "corps", "contenu", "articlebody"),
    "url": ("url", "link", "lien"),
    "date": ("date", "published", "date_published", "published_at", "pubdate", "datepublished"),
    "updated": ("updated", "modified", "date_modified", "updated_at", "datemodified"),
    "authors": ("authors", "author", "auteurs", "auteur"),
    "section": ("section", "rubrique", "category", "articlesection"),
    "source": ("source", "site", "journal"),
}
"""Our name of each field, then the names it may come under, in lower case, best first."""

_HOPELESS = 100
"""Unreadable lines from the start after which a file is not taken for JSONL."""
_TOO_LONG = f"Ligne de plus de {RECORD_LIMIT // MEBIBYTE} Mio : trop pour un article."


# --- one record --------------------------------------------------------------------------


def article_from_record(record: object, *, html: bool = True) -> Reading:
    """The article a record describes, with an empty id where it gives none.

    ``html`` says that its fields may be HTML. Raises PageError when it isn't an object or has
    no text. An unreadable date leaves the article undated, with a remark.
    """
    if not isinstance(record, Mapping):
        raise PageError("Un objet JSON {…} était attendu, avec au moins le champ « text ».")
    values = _named(record)

    def text(value: object) -> str:
        return reader_text(plain_text(value)) if html else plain_text(value)

    def line(value: object) -> str:
        return " ".join(text(value).split())

    body = paragraphs(text(values["text"]))
    if not body:
        raise PageError("Article sans texte : le champ « text » manque ou est vide.")
    title, body = fit_title(line(values["title"]) or headline(body), body)
    published, updated = _day(values["date"]), _day(values["updated"])
    article = Article(
        id=fit_id(one_line(values["id"])),
        title=title,
        body=body,
        url=http_url(line(values["url"])),
        source=line(values["source"]) or None,
        published=published,
        updated=updated,
        authors=author_names(values["authors"], line),
        section=line(values["section"]) or None,
        date_origin="field" if published else "none",
    )
    remarks = []
    if published is None and _is_given(values["date"]):
        remarks.append(unread_day(values["date"]))
    if updated is None and _is_given(values["updated"]):
        remarks.append(unread_day(values["updated"], "Date de mise à jour"))
    return fit(article, remarks)


def _named(record: Mapping[object, object]) -> dict[str, object]:
    """The record under our names of its fields; an empty value counts as absent."""
    given = {str(key).strip().lower(): value for key, value in record.items()}
    named: dict[str, object] = {}
    for field, names in FIELDS.items():
        filled = (given[name] for name in names if given.get(name) not in (None, "", [], {}))
        named[field] = next(filled, None)
    return named


def _day(value: object) -> date | None:
    return parse_date(value) if isinstance(value, str) else None


def _is_given(value: object) -> bool:
    return bool(value.strip()) if isinstance(value, str) else value is not None


# --- files -------------------------------------------------------------------------------


def read_jsonl(name: str, stream: Readable) -> Iterator[Article | Rejection | Remark]:
    """One article a line; a line that can't be read is named and the others go on."""
    faults = 0
    for number, line in text_lines(stream):
        if line is not None and not line.strip():
            continue
        try:
            yield from article_from_record(_parsed_line(line)).told(f"{name}, ligne {number}")
            faults = -1
        except PageError as error:
            faults += faults >= 0
            if faults == _HOPELESS:
                yield Rejection(
                    name,
                    f"Les {_HOPELESS} premières lignes sont illisibles : est-ce bien du JSONL, un "
                    "objet par ligne ? Le reste du fichier n'a pas été lu.",
                )
                return
            yield Rejection(f"{name}, ligne {number}", str(error))


def _parsed_line(line: str | None) -> object:
    if line is None:
        raise PageError(_TOO_LONG)
    try:
        return json.loads(line)
    except RecursionError:
        raise PageError("JSON trop profondément imbriqué.") from None
    except ValueError as error:
        shown = cut(" ".join(line.split()), 60)
        raise PageError(
            f"JSON invalide « {shown} » ({_json_fault(error)}). Un objet par ligne était attendu, "
            'comme {"text": "…"} ; vérifiez que la ligne est entière.'
        ) from None


def _json_fault(error: ValueError) -> str:
    return f"caractère {error.colno}" if isinstance(error, json.JSONDecodeError) else "nombre"


def read_json(name: str, text: str) -> Iterator[Article | Rejection | Remark]:
    """The articles of a JSON text: an array, one object, or ``{"articles": […]}``.

    JSON lines in a ``.json`` file are read as such. Raises PageError when the text isn't
    JSON.
    """
    try:
        parsed: Any = json.loads(text)
    except RecursionError:
        raise PageError("JSON trop profondément imbriqué.") from None
    except ValueError as error:
        if isinstance(error, json.JSONDecodeError) and error.msg == "Extra data":
            yield from read_jsonl(name, io.BytesIO(text.encode("utf-8")))
            return
        where = f"ligne {error.lineno}" if isinstance(error, json.JSONDecodeError) else "un nombre"
        raise PageError(
            f"JSON invalide ({where}). Vérifiez que le fichier est entier ; un article par ligne "
            "(JSONL) résiste mieux aux coupures."
        ) from None
    if isinstance(parsed, dict) and isinstance(parsed.get("articles"), list):
        parsed = parsed["articles"]
    for number, record in enumerate(parsed if isinstance(parsed, list) else [parsed], start=1):
        try:
            yield from article_from_record(record).told(f"{name}, article {number}")
        except PageError as error:
            yield Rejection(f"{name}, article {number}", str(error))


def read_csv(name: str, stream: Readable) -> Iterator[Article | Rejection | Remark]:
    """One article a row, under a header row; the separator is the one the header uses.

    Raises PageError when no column holds the text.
    """
    too_long: list[int] = []
    lines = _csv_lines(stream, too_long)
    header = next(lines, "")
    separator = max(",;\t", key=header.count)
    # The library's own limit, 128 KiB a field, is below a long article.
    csv.field_size_limit(RECORD_LIMIT)
    names = next(csv.reader([header], delimiter=separator), [])
    if not {cell.strip().lower() for cell in names} & set(FIELDS["text"]):
        raise PageError(
            f"Aucune colonne de texte dans l'en-tête « {cut(header.strip(), 80)} ». Une première "
            f"ligne de noms était attendue, dont l'un de : {', '.join(FIELDS['text'])}."
        )
    rows = csv.reader(lines, delimiter=separator)
    while True:
        number = rows.line_num + 2
        try:
            row = next(rows)
            if any(row):
                reading = article_from_record(dict(zip(names, row, strict=False)))
                yield from reading.told(f"{name}, ligne {number}")
                if any(more := row[len(names) :]):
                    yield Remark(
                        f"{name}, ligne {number}",
                        f"La ligne a plus de champs que l'en-tête : « {cut(more[0].strip(), 60)} » "
                        "et la suite ont été laissés. Mettez entre guillemets un texte qui "
                        f"contient « {separator} ».",
                    )
        except StopIteration:
            break
        except csv.Error as error:
            yield Rejection(f"{name}, ligne {number}", f"Ligne CSV illisible ({error}).")
        except PageError as error:
            yield Rejection(f"{name}, ligne {number}", str(error))
    for number in too_long:
        yield Rejection(f"{name}, ligne {number}", _TOO_LONG)


def _csv_lines(stream: Readable, too_long: list[int]) -> Iterator[str]:
    for number, line in text_lines(stream):
        if line is None:
            too_long.append(number)
        # An empty line keeps the numbers of those that follow.
        yield "\n" if line is None else line
