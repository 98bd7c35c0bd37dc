"""What is installed is what was chosen: named with its reason, pinned, under a known licence."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from importlib.metadata import PackageNotFoundError, distribution
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

ROOT = Path(__file__).parents[1]
OURS = "brief-qa"
ALLOWED = {
    *("MIT", "MIT-0", "MIT-CMU", "ISC", "BSD", "0BSD", "BSD-2-Clause", "BSD-3-Clause", "Zlib"),
    *("Apache-2.0", "Apache-2.0 WITH LLVM-exception", "BSL-1.0", "CC0-1.0", "PSF-2.0"),
    "CNRI-Python",
}
"""Licences that ask for their notice to be kept, and no more."""
EXCEPTED = {
    "axe-playwright-python": "says no licence in its metadata: MIT; its axe-core (MPL-2.0) is run "
    "by the tests alone",
    "certifi": "MPL-2.0: certificates, used as they are",
    "hypothesis": "MPL-2.0: tests alone",
    "orjson": "MPL-2.0 for a part: comes with gradio, used as it is",
    "pathspec": "MPL-2.0: comes with mypy, which checks alone",
    "tld": "MPL-1.1 at our choice: comes with trafilatura, used as it is",
    "tqdm": "MPL-2.0 for a part: used as it is",
}
SPDX = {
    "3-Clause BSD License": "BSD-3-Clause",
    "Apache 2.0 License": "Apache-2.0",
    "Apache Software License": "Apache-2.0",
    "BSD License": "BSD",
    "ISC License (ISCL)": "ISC",
    "MIT License": "MIT",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
}
"""Older spellings of licences."""
OF_CUDA = ("nvidia-", "cuda-", "triton")
"""Brought by the builds of torch for graphics cards, which pin them themselves."""


def direct() -> dict[str, Requirement]:
    """What pyproject.toml asks for, in whatever group."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    groups = [project["dependencies"], *project["optional-dependencies"].values()]
    asked = [Requirement(line) for group in groups for line in group]
    return {name: one for one in asked if (name := canonicalize_name(one.name)) != OURS}


def brought() -> set[str]:
    """What is installed because of us, by whatever way."""
    found, seen = set[str](), set[tuple[str, str]]()
    left = [(name, extra) for name, one in direct().items() for extra in ("", *one.extras)]
    while left:
        name, extra = left.pop()
        if (name, extra) in seen or name.startswith(OF_CUDA):
            continue
        seen.add((name, extra))
        try:
            asked = distribution(name).requires or []
        except PackageNotFoundError:  # of a group that is not installed here
            continue
        found.add(name)
        for one in map(Requirement, asked):
            if one.marker is None or one.marker.evaluate({"extra": extra}):
                left += [(canonicalize_name(one.name), more) for more in ("", *one.extras)]
    return found


def licence(name: str) -> str:
    """What a distribution says of its licence, in the words of SPDX; empty when it says nothing."""
    said = distribution(name).metadata
    classified = [
        line.rpartition(" :: ")[2]
        for line in said.get_all("Classifier") or ()
        if line.startswith("License ::")
    ]
    older = classified or [said.get("License") or ""]
    return said.get("License-Expression") or " AND ".join(SPDX.get(one, one) for one in older)


def allowed(said: str) -> bool:
    """Whether a licence can be complied with by keeping its notice."""
    return any(set(choice.split(" AND ")) <= ALLOWED for choice in said.split(" OR "))


def rows() -> Iterator[tuple[str, str]]:
    """Name and licence of each row of the page."""
    page = (ROOT / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name, said in re.findall(r"^\| ([\w-]+) \| ([^|]+) \| [^|]+ \| [^|]+ \|$", page, re.M):
        if name != "paquet":
            yield canonicalize_name(name), said


def test_the_page_has_every_direct_dependency_and_no_other() -> None:
    named = [name for name, _ in rows()]
    assert sorted(named) == sorted(direct())


@pytest.mark.parametrize(("name", "said"), list(rows()))
def test_the_page_says_the_licence_of_the_package(name: str, said: str) -> None:
    if name not in brought():
        pytest.skip("n'est pas installé ici")
    assert licence(name) in ("", said)


def test_all_that_is_brought_is_pinned_at_what_is_installed() -> None:
    lines = (ROOT / "constraints.txt").read_text(encoding="utf-8").splitlines()
    pins = {
        canonicalize_name(name): version
        for name, equal, version in (line.partition("==") for line in lines)
        if equal
    }
    installed = {name: distribution(name).version.partition("+")[0] for name in brought()}
    assert installed.keys() - pins.keys() == set()
    assert {name: pins[name] for name in installed} == installed


def test_no_licence_comes_in_unseen() -> None:
    unknown = {name: licence(name) for name in brought() if not allowed(licence(name))}
    assert unknown.keys() <= EXCEPTED.keys(), unknown
    assert EXCEPTED.keys() <= unknown.keys(), "an exception that is none any more"


def test_a_licence_that_binds_is_seen() -> None:
    assert not allowed("GPL-3.0-only")
    assert not allowed("MIT AND LGPL-2.1-only")
    assert not allowed("")
    assert allowed("GPL-2.0-only OR MIT")
