"""The direction of imports, read from the sources, and what an import may bring with it."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
SOURCES = ROOT / "src" / "brief_qa"
HEAVY = "torch faiss gradio sentence_transformers tantivy trafilatura langchain_text_splitters mcp"

# Each module stands in one layer and imports from its own and the layers before it. The
# modules not named here make pages into articles: they stand beside the second layer.
LAYERS = (
    "domain errors texts limits llm addresses excerpts",
    "dates events french names acronyms wording spans named_days near_days feasts expressions "
    "periods facets jsonable "
    "sentences identity passages encoder e5 graph models batches reader vectors term_queries "
    "terms versions views catalog search index exact finding matches copies keys audit",
    "numerals facts plainwords check commands asked questions followups read differences "
    "quotations forms write answers changes ingest generate backends suggestions feedback",
    "archive",
    "doctor questionsets evaluate evaluate_answers integrations",
    "cli_options cli_output cli_reports cli_french cli_keys cli_serve web",
    "cli",
)
LAYER = {name: number for number, names in enumerate(LAYERS) for name in names.split()}
PAGES_LAYER = 1


def modules() -> dict[str, set[str]]:
    """Module → the modules of the package that it imports, wherever the import stands.

    A sub-package counts as one module. Imports for types only count too: they show what a
    module knows of.
    """
    found: dict[str, set[str]] = {}
    for path in SOURCES.rglob("*.py"):
        parts = path.relative_to(SOURCES).with_suffix("").parts
        found.setdefault(parts[0], set()).update(imported(path, parts))
    found.pop("__init__")
    return {name: others - {name} for name, others in found.items()}


def imported(path: Path, parts: tuple[str, ...]) -> set[str]:
    """First parts of the package's modules that a file imports."""
    package = ("brief_qa", *parts[:-1])
    names: set[str] = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            module = ".".join([*base, *([node.module] if node.module else [])])
            names.add(module)
            names.update(f"{module}.{alias.name}" for alias in node.names)
    inside = {name.split(".")[1] for name in names if name.startswith("brief_qa.")}
    return {
        name
        for name in inside
        if (SOURCES / f"{name}.py").is_file() or (SOURCES / name / "__init__.py").is_file()
    }


def layer(name: str) -> int:
    """The layer a module stands in."""
    return LAYER.get(name, PAGES_LAYER)


def test_the_layers_name_modules_that_exist() -> None:
    assert set(LAYER) <= set(modules())


def test_imports_go_one_way() -> None:
    upward = [
        f"{name} imports {other}"
        for name, others in modules().items()
        for other in others
        if layer(other) > layer(name)
    ]
    assert upward == []


def test_imports_make_no_circle() -> None:
    graph, done = modules(), set[str]()

    def visit(name: str, above: tuple[str, ...]) -> None:
        assert name not in above, f"circle: {' → '.join([*above, name])}"
        if name not in done:
            for other in graph[name]:
                visit(other, (*above, name))
            done.add(name)

    for name in graph:
        visit(name, ())


def test_the_edges_are_imported_by_nothing() -> None:
    for name, others in modules().items():
        if name != "cli_serve":
            assert "web" not in others, name
        assert "cli" not in others, name


def test_app_builds_and_launches_the_web_app_and_nothing_else() -> None:
    tree = ast.parse((ROOT / "app.py").read_text(encoding="utf-8"))
    assert imported(ROOT / "app.py", ("app",)) <= {"web", "archive", "llm"}
    assert not any(isinstance(node, ast.ClassDef) for node in ast.walk(tree))


@pytest.mark.parametrize(
    ("statement", "heavy"),
    [
        ("import brief_qa", f"{HEAVY} numpy typer rich"),
        ("import brief_qa.cli", f"{HEAVY} numpy"),
        (
            "from brief_qa import Archive",
            "torch gradio sentence_transformers trafilatura langchain_text_splitters",
        ),
    ],
)
def test_importing_brings_nothing_heavy(statement: str, heavy: str) -> None:
    code = f"import sys; {statement}; print(*sorted({set(heavy.split())} & sys.modules.keys()))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


# -- what no module does -----------------------------------------------------------------------

RUNS_WHAT_IT_READS = {"pickle", "marshal", "shelve", "dill", "cloudpickle", "joblib", "yaml"}
"""Modules that make objects of any kind from what they read."""
RUNS_TEXT = {"eval", "exec", "os.system", "os.popen", "torch.load"}
OPENS_THE_DOOR = {"shell", "allow_pickle", "trust_remote_code"}
"""Arguments that must not be true."""


def dangers(source: str) -> list[str]:
    """What of a source could run what it is given."""
    found = list[str]()
    for node in ast.walk(ast.parse(source)):
        match node:
            case ast.Import(names=names):
                found += [one.name for one in names]
            case ast.ImportFrom(module=str(module), names=names):
                found += [module, *(f"{module}.{one.name}" for one in names)]
            case ast.Call(func=func, keywords=keywords):
                found.append(ast.unparse(func))
                found += [
                    str(one.arg)
                    for one in keywords
                    if not (isinstance(one.value, ast.Constant) and one.value.value is False)
                ]
    closed = RUNS_TEXT | OPENS_THE_DOOR
    return [one for one in found if one in closed or one.partition(".")[0] in RUNS_WHAT_IT_READS]


def test_nothing_runs_what_it_reads() -> None:
    for path in (*SOURCES.rglob("*.py"), ROOT / "app.py"):
        assert dangers(path.read_text(encoding="utf-8")) == [], path


@pytest.mark.parametrize(
    "source",
    [
        *("import pickle", "from pickle import loads", "import yaml", "from os import system"),
        *("eval(x)", "exec(x)", "os.system(x)", "torch.load(x)"),
        *("subprocess.run(x, shell=True)", "np.load(x, allow_pickle=True)"),
    ],
)
def test_what_runs_what_it_reads_is_seen(source: str) -> None:
    assert dangers(source)
