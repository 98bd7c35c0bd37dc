"""Write what the cleaner makes of each golden page beside it; read the diff before committing.

python tests/golden/regenerate.py [NAME…]
"""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any

from brief_qa.copied import CopiedPage, clean_copied_page

PAGES = Path(__file__).parent / "copied"


def as_json(page: CopiedPage) -> dict[str, Any]:
    """The page in the layout of the expected files: one body paragraph a line."""

    def day(value: Any) -> str | None:
        return value.isoformat() if value else None

    return {
        "title": page.title,
        "published": day(page.published),
        "date_origin": page.date_origin,
        "updated": day(page.updated),
        "authors": list(page.authors),
        "section": page.section,
        "body": page.body.split("\n\n") if page.body else [],
        "subheads": list(page.subheads),
        "captions": list(page.captions),
        "teasers": [
            {
                "text": teaser.text,
                "title": teaser.title,
                "section": teaser.section,
                "authors": list(teaser.authors),
                "published": day(teaser.published),
            }
            for teaser in page.teasers
        ],
    }


def main(names: list[str]) -> None:
    """Regenerate the named pages, or all of them."""
    for path in sorted(PAGES.glob("*.txt")):
        if names and path.stem not in names:
            continue
        page = clean_copied_page(path.read_bytes().decode())
        text = json.dumps(as_json(page), ensure_ascii=False, indent=2)
        path.with_suffix(".json").write_text(text + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
