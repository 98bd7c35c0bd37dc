"""The HTTP API keeps to its own description, whatever it is sent: schemathesis, over HTTP.

Requests are made from ``openapi.json``: its examples, its bounds and what lies beyond each, others
by chance, and sequences where one makes what the next asks for; what is forbidden is sent as well
as what is allowed. ``schema.toml`` says what cannot be made from a description, and which check is
left out where. Not asked for: the events of ``/ask`` and ``/articles/bulk``, since OpenAPI 3.1
has no schema for ``text/event-stream``; test_api.py and test_api_writes.py read them. ``/v1``
speaks by OpenAI's description, not by one of ours: test_openai.py.

No limit of the server stands in the way: one caller with a right key, a request at a time. The few
wrong keys that are tried cost half a second each.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import httpx
import pytest

from brief_qa.keys import Keys
from serving import serving

pytestmark = pytest.mark.model
ROOT = Path(__file__).parents[1]
CASES = os.environ.get("BRIEF_QA_SCHEMA_CASES", "10")
"""Requests by chance for each operation, at most; ``make schema`` sends more."""


def test_whatever_is_sent_is_answered_as_the_description_says(tmp_path: Path) -> None:
    index, report = tmp_path / "index", tmp_path / "report.json"
    with serving(index, "--rate", "0") as (address, _):
        described = f"{address}/api/v1/openapi.json"
        _, key = Keys(index).create("essai", "write")
        command = [
            *(str(Path(sys.executable).parent / "schemathesis"), "--config-file"),
            *("tests/schema.toml", "run", described, "--header", f"Authorization: Bearer {key}"),
            *("--max-examples", CASES, "--no-color", "--report-json-path", str(report)),
        ]
        done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, encoding="utf-8")
        operations = sum(map(len, httpx.get(described).json()["paths"].values()))
    assert done.returncode == 0, done.stdout + done.stderr
    told = json.loads(report.read_text(encoding="utf-8"))
    assert told["operations"]["tested"] == operations
    print(done.stdout)  # how many were sent, for ``make schema``
