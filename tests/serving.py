"""Serves an archive, as ``brief-qa serve`` does, on a free port: ``python serving.py FOLDER``.

The archive is made of a few articles, hostile ones among them, and read by the fake encoder;
with ``--sample`` it is the sample archive, read by the real one; with ``--traps``, the articles are
all hostile (``harmless.traps``).. ``--llm URL`` has
a server word the answers; the other options are those of ``brief-qa serve``.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

import brief_qa
from brief_qa.archive import Archive
from brief_qa.domain import Article
from brief_qa.llm import LlmSettings, llm_settings
from brief_qa.web import serve
from fakes import FakeEncoder
from harmless import traps

HURT = "<img src=x onerror='window.hurt=1'><script>window.hurt=1</script>"
BRIDGE = Article(
    id="pont",
    title="Valmont : le pont Neuf rouvre",
    body="La ville de Valmont a retrouvé son passage sur la Loue.\n\n"
    "Le pont Neuf de Valmont a été inauguré par Paul Durand, maire de la commune, mardi 4 mars "
    "2025. Les travaux ont duré dix-huit mois.\n\nLa fanfare a joué sous la pluie.",
    url="https://journal.example/valmont/pont-neuf",
    source="Le Journal",
    published=date(2025, 3, 4),
    section="Régions",
    date_origin="field",
)
HOSTILE = Article(
    id='"><b>id',
    title=f"Piège {HURT} du journal",
    body=f"Le piège du journal a été posé par Luc Martin, farceur de la commune. {HURT}\n\n"
    f"{HURT} ${{window.hurt=1}} {{{{constructor.constructor('window.hurt=1')()}}}} "
    f"[lien](javascript:window.hurt=1) ![image](https://ailleurs.example/x.png)",
    url="javascript:window.hurt=1",
    source=HURT,
    section=HURT,
    authors=(HURT,),
    published=date(2025, 3, 5),
    date_origin="field",
)
BROAD = Article(
    id="large",
    title="Mot " + "interminable" * 30,
    body=f"Le mot interminable a été inventé par Jean Long, auteur de la commune : "
    f"{'interminable' * 60}.",
    source="https://" + "s" * 200,
    url="https://journal.example/" + "x" * 500,
    published=date(2025, 3, 6),
    date_origin="field",
)
BRIDGE_QUESTION = "Par qui le pont Neuf de Valmont a-t-il été inauguré ?"
HOSTILE_QUESTION = "Par qui le piège du journal a-t-il été posé ?"
BROAD_QUESTION = "Par qui le mot interminable a-t-il été inventé ?"
UNKNOWN_QUESTION = "Quel est le cours du pétrole ?"


@contextmanager
def serving(folder: Path, *options: str) -> Iterator[tuple[str, subprocess.Popen[str]]]:
    """A server in a process of its own: its address, and the process."""
    command = [sys.executable, __file__, str(folder), *options]
    process = subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, encoding="utf-8"
    )
    assert process.stdout is not None
    try:
        said = ""
        for line in process.stdout:
            said += line
            if found := re.search(r"prêt : (http://\S+)", line):
                yield found[1], process
                return
        raise RuntimeError(f"The server ended before it was ready:\n{said}")
    finally:
        if process.poll() is None:
            process.terminate()
            process.communicate(timeout=20)
        process.stdout.close()


def _archive(folder: str, sample: bool, trapped: bool, llm: LlmSettings | None) -> Archive:
    if sample:
        archive = Archive.open(folder)
        archive.ingest([Path(brief_qa.__file__).parent / "sample" / "pages"])
        return archive
    archive = Archive.open(folder, encoder=FakeEncoder(), llm=llm)
    archive.ingest(traps() if trapped else [BRIDGE, HOSTILE, BROAD])
    return archive


if __name__ == "__main__":
    given = argparse.ArgumentParser()
    given.add_argument("folder")
    given.add_argument("--sample", action="store_true")
    given.add_argument("--traps", action="store_true")
    given.add_argument("--llm")
    given.add_argument("--allowed-host", action="append", default=[])
    given.add_argument("--allow-origin", action="append", default=[])
    given.add_argument("--trusted-proxy", action="append", default=[])
    given.add_argument("--timeout", type=float)
    given.add_argument("--rate", type=int)
    options = given.parse_args()
    serve(
        _archive(
            options.folder, options.sample, options.traps, llm_settings(options.llm, "essai", None)
        ),
        port=0,
        allowed_hosts=options.allowed_host,
        allow_origins=options.allow_origin,
        trusted_proxies=options.trusted_proxy,
        timeout=options.timeout,
        rate=options.rate,
    )
