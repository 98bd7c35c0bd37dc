"""A web page → its article: text by trafilatura, then without the clutter it lets through."""

from __future__ import annotations

import re
from datetime import date
from typing import Any

from brief_qa.decoding import decode, tidy
from brief_qa.domain import Article, Page
from brief_qa.errors import PageError
from brief_qa.fields import author_names, fit_title, headline, letters, one_line
from brief_qa.markup import BARE_DAY, STAMP, Facts, read_facts

ENOUGH = 250
"""Characters of body under which other ways to find the text are tried."""


def article_from_html(page: Page) -> Article:
    """The article of a web page, without an id.

    Raises PageError when the bytes are not text or hold no article.
    """
    from trafilatura import bare_extraction, load_html

    source = decode(page.content, markup=True)
    try:
        tree = load_html(source)
        if tree is None:
            raise PageError(_NO_ARTICLE)
        facts = read_facts(tree)
        document = bare_extraction(tree, include_comments=False, with_metadata=True)
        title = _title(tree, document, facts)
        authors = facts.authors or author_names(document.author if document is not None else None)
        body = _body(tree, document, facts, title, authors)
    except PageError:
        raise
    except Exception as error:  # a parser meets hostile pages; one must not stop the others
        raise PageError(f"Page HTML illisible ({type(error).__name__}).") from error
    if not body:
        raise PageError(_NO_ARTICLE)
    title, body = fit_title(title or headline(body), body)
    published, origin = facts.published, facts.date_origin
    if published is None and document is not None and document.date:
        published, origin = date.fromisoformat(document.date), "text"
    name = facts.source or one_line(document.sitename if document is not None else None)
    return Article(
        id="",
        title=title,
        body=body,
        url=facts.url,
        source=name.strip(" /") or None,
        published=published,
        updated=facts.updated,
        authors=authors,
        section=facts.section,
        date_origin=origin,
    )


_NO_ARTICLE = (
    "Aucun texte d’article dans cette page HTML. Est-elle entière, et bien celle d’un article ? "
    "Sinon, copiez son texte dans un fichier .txt."
)


# --- title -------------------------------------------------------------------------------


def _title(tree: Any, document: Any, facts: Facts) -> str:
    """The page's title without the site's name, in the words of its ``<h1>`` if it is there."""
    said = one_line(document.title if document is not None else None) or facts.headline or ""
    shown = [tidy(one_line(" ".join(heading.itertext()))) for heading in tree.xpath("//h1")]
    for heading in (*shown, facts.headline or ""):
        # Shorter ones are a section or the site's own name.
        if len(heading) > 15 and letters(said).startswith(letters(heading)):
            return heading
    parts = re.fullmatch(r"(.+?)\s+[|–—•·-]\s+(.+)", said)
    return parts[1] if parts and letters(parts[2]) == letters(facts.source or "") else said


# --- body --------------------------------------------------------------------------------


def _body(tree: Any, document: Any, facts: Facts, title: str, authors: tuple[str, ...]) -> str:
    """The cleaned text; where trafilatura finds too little, what else the page offers."""
    from trafilatura import bare_extraction

    known = {letters(text) for text in (title, facts.headline or "", *authors) if text}
    body = clean_lines(document.text if document is not None else "", known)
    if len(body) >= ENOUGH:
        return body
    wider = bare_extraction(tree, include_comments=False, favor_recall=True)
    others = (facts.body, wider.text if wider is not None else "")
    return max([body, *(clean_lines(text, known) for text in others)], key=len)


def clean_lines(text: str, known: set[str]) -> str:
    """The paragraphs of a text that are the article's own, apart by an empty line.

    ``known`` are keys of title and authors, which a page often repeats above its text.
    """
    lines = [line for line in map(one_line, tidy(text).split("\n")) if line]
    begun = False
    kept = []
    for line in lines:
        opening = not begun and (letters(line) in known or BARE_DAY.fullmatch(line))
        if not (opening or is_clutter(line) or _is_byline(line, known)):
            kept.append(line)
            begun = begun or len(line) > 100
    return "\n\n".join(kept)


def _is_byline(line: str, known: set[str]) -> bool:
    return letters(re.sub(r"^(?:par|by)\s+", "", line, flags=re.IGNORECASE)) in known


def is_clutter(line: str) -> bool:
    """Whether a line belongs to the page around an article rather than to the article."""
    return len(line) <= 300 and any(pattern.fullmatch(line) for pattern in _CLUTTER)


_READ = r"(?:lire|relire|voir|écouter|découvrir|consulter)"
_SHARE = (
    r"(?:partager|partagez|imprimer|commenter|réagir|tweeter|twitter|facebook|whatsapp|linkedin|"
    r"telegram|messenger|e-?mail|copier le lien|enregistrer|sauvegarder|écouter l['’]article|"
    r"\d* ?(?:commentaires?|partages?|réactions?|vues?))"
)
_CLUTTER = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # links to other articles
        rf"[»›→>•*\[(\s–-]*[àa]\s+{_READ}(?:,?\s+(?:aussi|également)\b.*|\s*(?:[:»›→>|–-].*)?)",
        rf"[»›→>•*\[(\s–-]*{_READ},?\s+(?:aussi|également)\b.*",
        r"(?:sur le même (?:sujet|thème)|dans la même (?:rubrique|catégorie)|vous aimerez aussi|"
        r"à découvrir aussi|ça peut vous intéresser|nos autres articles|"
        r"articles? (?:liés?|associés?|similaires?|recommandés?)|pour aller plus loin)\s*:?",
        # subscription, newsletter, cookies
        r"pour (?:lire|accéder|continuer|poursuivre|rester)\b.*"
        r"(?:abonn|la suite|illimité|inscri|connect|newsletter).*",
        r"(?:(?:abonnez|identifiez|connectez)-vous|déjà abonné|je m['’]abonne|s['’]abonner)\b.*",
        r"(?:cet |ce )?(?:article|contenu)\s+(?:est\s+)?(?:réservé aux|exclusif).*abonn.*",
        r"il vous reste \d+(?:[.,]\d+)? ?% d.*|la suite (?:de cet article )?est réservée.*",
        r"(?:recevez|inscrivez-vous)\b.*(?:newsletter|lettre d['’]information|infolettre|alerte|"
        r"notification|boîte mail).*",
        r"(?:ce site|nous) utilis(?:e|ons)\b.*\bcookies?\b.*|en poursuivant votre navigation\b.*",
        # captions' credits
        r"©.*|(?:crédits?(?:\s+photos?)?|photos?|illustrations?|image (?:d['’]illustration|"
        r"illustrative)|photo d['’]illustration|copyright)\s*(?:\(cc?\)|©|:).*",
        # share bar, breadcrumb, reading time, stamps
        rf"{_SHARE}(?:[\s,|/•·]+{_SHARE})*",
        r"(?:accueil|home)\s*[>›»/|].*",
        r"(?:temps de )?lecture\s*:?\s*\d+\s*min(?:utes?)?\.?",
        STAMP.pattern,
    )
)
