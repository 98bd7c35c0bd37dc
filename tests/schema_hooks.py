"""What schemathesis cannot know of the API: how a bulk is written, whose id a body has, words."""

from __future__ import annotations

import json
from urllib.parse import unquote

import schemathesis
from hypothesis import strategies as st
from schemathesis import Case, GenerationMode, HookContext

_RECORD = st.fixed_dictionaries(
    {"text": st.text(max_size=60)},
    optional={"id": st.text(max_size=8), "title": st.text(max_size=20)},
)
_LINE = _RECORD.map(json.dumps) | st.text(max_size=40)

schemathesis.openapi.media_type(
    "application/jsonl", st.lists(_LINE, max_size=4).map("\n".join).map(str.encode)
)


@schemathesis.hook
def before_call(context: HookContext, case: Case, kwargs: dict[str, object]) -> None:
    """Give a valid body the id that its address says, and valid expressions a word."""
    if case.meta is None or case.meta.generation.mode is not GenerationMode.POSITIVE:
        return
    if isinstance(case.body, dict) and case.body.get("id") and case.path_parameters:
        case.body["id"] = unquote(case.path_parameters["id"])
    for given in (case.query, case.body):
        for name in ("exactly", "without"):
            if isinstance(given, dict) and given.get(name):
                given[name] = ["pont Neuf"]
