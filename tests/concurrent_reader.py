"""Searches beside a writer, and what each must show; run alone, a reader in its own process.

The writer puts groups of four articles, each group at once, again and again; and articles
alone, which come and go. Every article has three passages, marked with its version. So a
search that sees half a write shows it: a group of two versions, or an article in part.
"""

from __future__ import annotations

import random
import sys
from collections import Counter
from collections.abc import Mapping

from brief_qa import Archive, Article, Hit
from fakes import FakeEncoder

GROUPS = [f"groupe {number}" for number in range(5)]
ALONE = "solitaires"
ALONE_IDS = [f"solitaire-{number}" for number in range(8)]
MEMBERS = 4
PASSAGES = 3
_WORDS = "maire ministre budget tramway incendie forêt sécheresse élection grève hôpital".split()


def made(article_id: str, section: str, version: int) -> Article:
    """An article of three passages that say its version."""
    numbers = random.Random(f"{article_id} {version}")
    paragraphs = [
        f"Version {version} : " + " ".join(numbers.choices(_WORDS, k=9)) + "."
        for _ in range(PASSAGES)
    ]
    return Article(article_id, f"Titre {article_id}", "\n\n".join(paragraphs), section=section)


def group(section: str, version: int) -> list[Article]:
    """The articles of a group, as of a version."""
    return [made(f"{section}-{number}", section, version) for number in range(MEMBERS)]


class Reader:
    """Searches at random, and checks each answer against what a whole write looks like."""

    def __init__(self, archive: Archive, seed: int) -> None:
        self._archive = archive
        self._numbers = random.Random(seed)
        self._seen: dict[str, int] = {}
        """The latest version seen of each group: it must never go back."""

    def look(self, acknowledged: Mapping[str, int]) -> None:
        """One search; what was acknowledged before it must be in it."""
        question = "version " + " ".join(self._numbers.choices(_WORDS, k=3))
        section = self._numbers.choice([*GROUPS, ALONE, None])
        least = max(acknowledged.get(section or "", 0), self._seen.get(section or "", 0))
        hits = self._archive.search(
            question, k=60, section=section, per_article=self._numbers.choice([PASSAGES, 10])
        )
        self._check_articles(hits, whole=section is not None)
        if section in GROUPS:
            versions = {_version(hit) for hit in hits}
            assert len(hits) in (0, MEMBERS * PASSAGES), [hit.passage for hit in hits]
            assert len(versions) == (1 if hits else 0), versions
            assert max(versions, default=0) >= least, f"{versions} after {least}"
            self._seen[section or ""] = max(versions, default=0)

    def _check_articles(self, hits: list[Hit], whole: bool) -> None:
        for hit in hits:
            expected = made(hit.article.id, hit.article.section or "", _version(hit))
            assert hit.article == expected
            assert hit.text in expected.body.split("\n\n")
        if whole:
            counts = Counter(hit.article.id for hit in hits)
            assert set(counts.values()) <= {PASSAGES}, counts
        assert len({hit.passage.id for hit in hits}) == len(hits)


def _version(hit: Hit) -> int:
    return int(hit.text.split()[1])


def main() -> None:
    """Search so many times: ``concurrent_reader.py FOLDER SEARCHES SEED``."""
    folder, searches, seed = sys.argv[1:]
    archive = Archive.open(folder, encoder=FakeEncoder())
    reader = Reader(archive, int(seed))
    for _ in range(int(searches)):
        reader.look({})
    archive.close()


if __name__ == "__main__":
    main()
