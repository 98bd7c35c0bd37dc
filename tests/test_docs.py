"""The documentation says what is: its commands exist, its example runs, its table is whole."""

from __future__ import annotations

import re
import shlex
from pathlib import Path

import pytest
from typer.main import get_command
from typer.testing import CliRunner

from brief_qa.cli import app
from fakes import FakeEncoder

ROOT = Path(__file__).parents[1]
README = (ROOT / "README.md").read_text(encoding="utf-8")
SHELL = [
    line.split("    #")[0].strip()
    for block in re.findall(r"```sh\n(.*?)```", README, re.DOTALL)
    for line in block.splitlines()
]


@pytest.mark.parametrize("line", [line for line in SHELL if "brief-qa" in line])
def test_a_command_of_the_readme_runs(
    line: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("mes_pages").mkdir()
    Path("mes_pages/pont.md").write_text("# Le pont\n\nLe pont a rouvert mardi.", encoding="utf-8")
    run, encoder = CliRunner(), FakeEncoder()
    first = run.invoke(app, ["ingest", "mes_pages", "--index", "mon_index"], obj=encoder)
    assert first.exit_code == 0, first.output
    words = shlex.split(line)[1:]
    if words[0] in ("serve", "mcp"):  # it would not end: its options are what can be checked
        words.append("--help")
    assert run.invoke(app, words, obj=encoder).exit_code == 0


def test_every_target_of_the_readme_is_in_the_makefile() -> None:
    targets = re.findall(
        r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert set(re.findall(r"make ([a-z]+)", README)) <= set(targets)


def test_every_link_of_the_readme_leads_somewhere() -> None:
    links = re.findall(r"\]\(([^)#]+)\)", README)
    assert links
    assert [link for link in links if not (ROOT / link).is_file()] == []


def test_the_readme_names_every_command() -> None:
    commands = set(getattr(get_command(app), "commands", {}))
    assert commands - {word for line in SHELL for word in line.split()} <= {"delete", "eval"}
    assert all(f"brief-qa {name}" in README for name in ("eval", "--help"))


def test_the_python_example_runs(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (example,) = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    monkeypatch.chdir(tmp_path)
    Path("mes_pages").mkdir()
    Path("articles.jsonl").write_text('{"text": "La piscine rouvrira lundi."}', encoding="utf-8")
    monkeypatch.setattr("brief_qa.encoder.Encoder.load", lambda *_, **__: FakeEncoder())
    printed: list[str] = []
    exec(example, {"print": lambda *words: printed.append(" ".join(map(str, words)))})
    assert "« Le pont a rouvert mardi. » [1]" in printed


def test_the_architecture_has_a_line_for_every_module() -> None:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = "\n".join(line.split("|")[1] for line in text.splitlines() if line.startswith("| `"))
    named = set(re.findall(r"`([a-z_0-9]+)/?`", table))
    package = ROOT / "src" / "brief_qa"
    packages = {path.parent.name for path in package.glob("*/__init__.py")}
    modules = {path.stem for path in package.glob("*.py")} | packages
    assert named == modules - {"__init__"}
