"""What misspelt names cost a search, and what two words of a name are worth side by side.

    python -m benchmarks.names [--index DIR]

On wikinews_fr_winer: 700 names of persons of two words or more, each asked alone, right being
the articles (ten at most) that its gold annotations say it is in; and titles that hold the name
of a person or a place. One word of each is written otherwise: by a rule of transliteration, or
with a slip of the pen.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import tempfile
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path

from brief_qa import Archive
from brief_qa.evaluate import score
from brief_qa.questionsets import Asked, corpus, question_sets

_ROOT = Path(os.environ.get("BRIEF_QA_DATA") or Path(__file__).parents[2] / "shared" / "data")
DATA = _ROOT / "wikinews_fr_winer"
_RULES = (
    ("ou", "u"), ("ch", "sh"), ("kh", "k"), ("k", "kh"), ("y", "i"), ("dj", "j"), ("zh", "j"),
    ("ph", "f"), ("th", "t"), ("ck", "k"), ("([lmnrstf])\\1", "\\1"), ("h(?=[aeiou])", ""),
    ("ine$", "in"), ("it$", "ite"), ("u", "ou"), ("(?<=[aeiou])([lns])(?=[aeiou])", "\\1\\1"),
    ("c(?=[aou])", "k"), ("i", "y"),
)  # fmt: skip
"""The first three that apply to a word past its first letter are drawn from."""
_NAME = re.compile(r"[A-ZÀ-Þ][^\W\d_]+(?:[ -][^\W\d_]+){1,3}")
Spoil = Callable[[str, random.Random], str]


def transliterated(word: str, chance: random.Random) -> str:
    """The word with one rule applied once; unchanged when none applies."""
    rules = [rule for rule in _RULES if re.search(rule[0], word[1:])][:3]
    if not rules:
        return word
    form, letters = chance.choice(rules)
    return word[0] + re.sub(form, letters, word[1:], count=1)


def slipped(word: str, chance: random.Random) -> str:
    """The word with a letter left out, two exchanged, or another in its place."""
    at = chance.randrange(2, len(word) - 1)
    other = chance.choice("aeinrst")
    ways = (word[at + 1 :], word[at + 1] + word[at] + word[at + 2 :], other + word[at + 1 :])
    return word[:at] + chance.choice(ways)


def persons(most: int = 700) -> list[Asked]:
    """Names of persons, each a question of its own."""
    places: dict[str, dict[str, int]] = {}
    for article, kind, name in _entities():
        if kind == "Person" and _NAME.fullmatch(name):
            places.setdefault(name, {})[article] = 1
    names = sorted(name for name, articles in places.items() if len(articles) <= 10)
    random.Random(3).shuffle(names)
    return [Asked(f"n-{name}", name, places[name]) for name in names[:most]]


def spoilt(questions: Sequence[Asked], spoil: Spoil) -> list[tuple[Asked, Asked]]:
    """Each question that holds a name of five letters or more, before and after."""
    chance = random.Random(5)
    named: dict[str, set[str]] = {}
    for article, kind, name in _entities():
        if kind in ("Person", "Location"):
            named.setdefault(article, set()).update(re.findall(r"[A-ZÀ-Þ][^\W\d_]{4,}", name))
    pairs = []
    for question in questions:
        known = set[str]().union(*(named.get(one, ()) for one in question.relevant))
        words = [word for word in re.findall(r"[^\W\d_]+", question.text) if word in known]
        if words and (other := spoil(words[-1], chance)) != words[-1]:
            text = re.sub(rf"\b{words[-1]}\b", other, question.text)
            pairs.append((question, replace(question, text=text)))
    return pairs


def _entities() -> Iterator[tuple[str, str, str]]:
    for line in (DATA / "entities.jsonl").read_text("utf-8").splitlines():
        record = json.loads(line)
        for kind, _, name in record["entities"]:
            yield record["_id"], kind, " ".join(name.split())


def _report(archive: Archive, name: str, questions: Sequence[Asked]) -> None:
    run = {one.id: [hit.article.id for hit in archive.search(one.text, 10)] for one in questions}
    scores = score(questions, run)
    figures = "  ".join(f"{metric} {scores[metric]:.4f}" for metric in ("nDCG@10", "R@1", "R@10"))
    print(f"{name:<28} {len(questions):>5}  {figures}", flush=True)


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--index", type=Path, help="where the corpus is, or is put")
    given = parser.parse_args().index
    titles = question_sets(DATA, DATA / "queries.jsonl")[0].questions
    with tempfile.TemporaryDirectory() as folder, Archive.open(given or folder) as archive:
        archive.ingest(corpus(DATA, titles=False))
        for name, questions in (("names", persons()), ("titles", titles)):
            _report(archive, name, questions)
            for spoil in (transliterated, slipped):
                pairs = spoilt(questions, spoil)
                _report(archive, f"{name}, to be {spoil.__name__}", [one for one, _ in pairs])
                _report(archive, f"{name}, {spoil.__name__}", [other for _, other in pairs])


if __name__ == "__main__":
    main()
