"""Records → JSON: every field under its own name, days in ISO 8601, tuples as lists."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import date
from pathlib import Path
from typing import Any

from brief_qa.domain import Hit
from brief_qa.texts import UNSEEN


def jsonable(value: object) -> Any:
    """A record, or a structure of records, as what ``json.dumps`` takes.

    A hit carries its ``text`` besides its fields, since that is what one looks for in it.
    Raises TypeError for anything that is not a record or a plain value.
    """
    if value is None or isinstance(value, (str, int, float)):
        return value
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, Hit):
        return {**_fields(value), "text": value.text}
    if is_dataclass(value) and not isinstance(value, type):
        return _fields(value)
    if isinstance(value, Mapping):
        return {str(name): jsonable(one) for name, one in value.items()}
    if isinstance(value, Sequence):
        return [jsonable(one) for one in value]
    raise TypeError(f"{type(value).__name__} has no JSON form")


def _fields(record: Any) -> dict[str, Any]:
    return {field.name: jsonable(getattr(record, field.name)) for field in fields(record)}


def to_json(value: object) -> bytes:
    """One JSON document in UTF-8, indented for people, ending with a newline.

    What shows nothing is written as its escape, which JSON reads as the same: nothing in it
    can command a terminal or reorder a line, and a lone surrogate (half a character, which
    JSON input can hold) leaves valid UTF-8.
    """
    text = json.dumps(jsonable(value), ensure_ascii=False, indent=2, allow_nan=False)
    return UNSEEN.sub(_escape, text).encode("utf-8") + b"\n"


def _escape(found: re.Match[str]) -> str:
    units = found[0].encode("utf-16-be", "surrogatepass")
    return "".join(f"\\u{units[at : at + 2].hex()}" for at in range(0, len(units), 2))
