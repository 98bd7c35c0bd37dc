"""HTML in a field → the words its reader sees; text that only looks like it stays as it is."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from brief_qa.fields import paragraphs
from brief_qa.fragments import reader_text


def shown(text: str) -> str:
    return paragraphs(reader_text(text))


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>Un.</p><p>Deux.</p>", "Un.\n\nDeux."),
        ("<P CLASS='a'>Un\n  mot.</P>\n\n<DIV>Deux\nmots.</DIV>", "Un mot.\n\nDeux mots."),
        ("<p>Un.<p>Deux.", "Un.\n\nDeux."),
        ("Un.<br>Deux.<br/>Trois.<br /><br />Quatre.", "Un.\nDeux.\nTrois.\n\nQuatre."),
        ("<h2>Titre</h2>Le <b>pont</b>, <em>rouvert</em>.", "Titre\n\nLe pont, rouvert."),
        ("<ul><li>Un</li><li>Deux</li></ul>Fin.", "Un\nDeux\n\nFin."),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td></tr></table>", "a b\nc"),
        (
            "<p>a &lt;b&gt; &amp;amp; c&nbsp;; l&#8217;eau&eacute;</p>",
            "a <b> &amp; c\u00a0; l’eaué",
        ),
        ("<p>sous&shy;marin&#0;</p>", "sousmarin\ufffd"),
        ("<p>Il est à 3 < 4 et <3.</p>", "Il est à 3 < 4 et <3."),
        ('<p><a href="/a" title="x > y">lien</a>.</p>', "lien."),
        ("<p>mot<o:p></o:p> <amp-img src=x></amp-img>fin</p>", "mot fin"),
        ("<!-- wp:paragraph --><p>Un.</p><!-- /wp:paragraph -->", "Un."),
        ("Un.<!--more-->\nDeux.", "Un.\nDeux."),
        # as typed in an editor that makes paragraphs of empty lines
        ("Un <strong>mot</strong>.\n\nDeux.\nTrois.", "Un mot.\n\nDeux.\nTrois."),
        ('<p class="x">Un.</p>\n\nDeux.\n\nTrois.', "Un.\n\nDeux.\n\nTrois."),
        # escaped as a whole
        ("&lt;p&gt;Un &amp;amp; deux.&lt;/p&gt;", "Un & deux."),
        ("R&amp;D &#x2014; L&rsquo;été", "R&D — L’été"),
    ],
)
def test_html_gives_what_its_reader_sees(html: str, text: str) -> None:
    assert shown(html) == text


@pytest.mark.parametrize(
    "beside",
    [
        "<script>if (a < b && c > d) { document.write('<p>x</p>') }</script>",
        "<STYLE type='text/css'>p > a { color: red }</STYLE>",
        "<figure><img src='a.jpg' alt='a > b'><figcaption>Le pont. ©</figcaption></figure>",
        "<figure><figure><img><figcaption>x</figcaption></figure>"
        "<figure><img></figure><figcaption>y</figcaption></figure>",
        "<iframe src='https://x.fr/v'>x</iframe><noscript><img src=a></noscript>",
        "<iframe src='https://x.fr/v' />",
        "<script src='https://x.fr/v.js' />",
        "<svg><text>x</text></svg><!-- <p>x</p> -->",
    ],
)
def test_what_stands_beside_the_text_goes(beside: str) -> None:
    assert shown(f"<p>Un.</p>{beside}<p>Deux.</p>") == "Un.\n\nDeux."


@pytest.mark.parametrize(
    "text",
    [
        "a < b et c > d",
        "Je t'aime <3 <3",
        "La commande attend un <nom> et un <fichier>.",
        "La balise <p> ouvre un paragraphe.",
        "si a<b alors c>d",
        "Jean <jean@exemple.fr> a écrit </fin>.",
        "https://x.fr/?a=1&copy=2&lt=3",
        "Texte & suite ; AT&T;",
        "Deux  espaces\n\n\n  et des lignes\nà elles.",
        "Un <!-- sans fin",
        "",
    ],
)
def test_plain_text_stays_as_it_is(text: str) -> None:
    assert reader_text(text) == text


def test_a_figure_never_closed_takes_nothing_with_it() -> None:
    assert shown("<p>Un.</p><figure><img src='a'><p>Deux.</p>") == "Un.\n\nDeux."


@given(st.text(alphabet="<>/pbra!-&;#x3\"'=\n ", max_size=60))
def test_any_text_is_read(text: str) -> None:
    reader_text(text)


PIECES = (
    "<|<p |<p>|<b>|<!--|<script>|<figure>|<p a=\"|<p '|&|&#|\n |<figure><svg>|<a href='\"|<p x=y|<!"
    "|</p>|<p></p>|<head|<iframe><p>"
)


@pytest.mark.parametrize("piece", PIECES.split("|"))
def test_time_is_in_proportion(piece: str) -> None:
    hostile = "<br>" + piece * (1_000_000 // len(piece))
    started = time.process_time()
    reader_text(hostile)
    assert time.process_time() - started < 5
