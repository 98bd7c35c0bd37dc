"""What a page of ours may hold, whatever articles and questions say; and texts that try more."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class Reading(HTMLParser):
    """What a browser would make of some HTML: tags, attributes, text."""

    def __init__(self, html: str) -> None:
        """Read the HTML."""
        super().__init__(convert_charrefs=True)
        self.tags: list[tuple[str, dict[str, str]]] = []
        self.text = ""
        self.feed(html)
        self.close()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep the tag."""
        self.tags.append((tag, {name: value or "" for name, value in attrs}))

    def handle_data(self, data: str) -> None:
        """Keep the text."""
        self.text += data

    def handle_comment(self, data: str) -> None:
        """No comment is ever written."""
        raise AssertionError(data)

    def all(self, tag: str, of_class: str = "") -> list[dict[str, str]]:
        """The attributes of all tags of that name and class."""
        return [
            attributes
            for name, attributes in self.tags
            if name == tag and of_class in ("", *attributes.get("class", "").split())
        ]


TAGS = set(
    "a article aside b bdi body button details div form h1 h2 h3 h4 head header html input label li"
    " link main mark meta nav ol option p script section select span strong summary time title"
    " ul".split()
)
ATTRIBUTES = {
    *("aria-hidden", "aria-label", "aria-live", "charset", "class", "content", "datetime", "dir"),
    *("href", "id", "lang", "name", "rel", "role", "tabindex", "target", "title", "type"),
    *(
        "data-exchange",
        "data-how",
        "data-copy",
        "data-event",
        "data-here",
        "data-kept",
        "data-place",
        "data-reason",
        "data-source",
        "data-verdict",
        "aria-current",
        "download",
        "for",
        "placeholder",
        "autofocus",
    ),
    *("action", "autocomplete", "defer", "method", "open", "selected", "src", "start", "style"),
    "value",
}


LEADS_TO = (*("#", "./", "article?", "recherche", "page/", "favicon", "https://", "http://"),)


def assert_harmless(html: str) -> Reading:
    """Only our own tags and attributes, and links that lead to articles and sources."""
    reading = Reading(html)
    for tag, attributes in reading.tags:
        assert tag in TAGS, tag
        assert set(attributes) <= ATTRIBUTES, (tag, attributes)
        assert attributes.get("href", "#").startswith(LEADS_TO)
        assert attributes.get("src", "page/").startswith("page/")
        assert re.fullmatch(r"--part:[01]\.\d+", attributes.get("style", "--part:0.0"))
        if tag == "a" and "target" in attributes:
            assert attributes["rel"] == "noopener noreferrer nofollow"
    return reading


HOSTILE = (
    "<script>window.hurt=1</script>",
    "<img src=x onerror=window.hurt=1>",
    "<svg onload=window.hurt=1><a xlink:href=javascript:window.hurt=1>x</a></svg>",
    '"><img src=x onerror=window.hurt=1>',
    "' onmouseover='window.hurt=1",
    "`onfocus=window.hurt=1 autofocus",
    "</p></div></section><iframe srcdoc='<script>parent.hurt=1</script>'>",
    "</title><style>*{display:none}</style>",
    "<!-- <b>",
    "]]><![CDATA[<b>",
    "&lt;script&gt;window.hurt=1&lt;/script&gt; &#60;script&#62;",
    "[lien](javascript:window.hurt=1) ![image](https://ailleurs.example/x.png)",
    "${window.hurt=1} {{constructor.constructor('window.hurt=1')()}} {{{value}}} @children",
    "\u202etxt.exe\u202c \u2066abc\u2069 zéro\u200blargeur \U000e0041",
    "<table>" * 50,
    "\x00\x08\x1b[31m",
    "<\u0131mg src=x> ＜script＞",
    "data:text/html,<script>window.hurt=1</script>",
    "[1] [2] [999] « » [[1]]",
    "مرحبا <b>العالم</b>",
)
