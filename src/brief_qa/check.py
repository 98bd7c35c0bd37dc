"""The check of promise 1: of what a model writes, only sentences that their sources bear out.

Each sentence must cite a passage that was shown (``[p3]``), and all its numbers, days, names
and quotations, with most of its words, must be in a few sentences of what it cites: these are
then its citations. Pure functions, and one class that holds what has come in so far, since a
model writes word by word and only whole, checked sentences are ever shown.

What no rule of this kind can tell: whether a sentence that is made of its source's own words
says the same. Subjects can be swapped and causes turned round.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from brief_qa.domain import Article, Citation, Hit
from brief_qa.facts import COUNTED, Fact, Source, facts, one_form
from brief_qa.french import fold, stems
from brief_qa.plainwords import plain_stems
from brief_qa.sentences import speeches
from brief_qa.texts import visible

LEAST_HELD = 0.65
"""Share of a sentence's words that its citations and their titles must hold. Swept from 0.3 to
0.9 on ``tests/claims/claims.jsonl``: see docs/experiments.md."""
_MOST_STRANGE = 0
"""Words of it that may be neither in its sources nor plain ones: swept from 0 to 2."""
_KIN = 5
"""Letters that stems begin with when one word is made of the other."""
_NOT_WORDS = frozenset(stem for word in COUNTED for stem in stems(word))
_MOST_CITED = 3
"""Sentences of the sources that one written sentence may rest on."""
LEAST_KEPT = 0.5
"""Share of the sentences written that must stand, for the rest to be worth showing."""

_ID = r"(?:passages?\s*)?p?\s?\d{1,3}"
_MARK = (
    rf"(?:[\[【]\s*{_ID}(?:\s*(?:[,;&]|et)\s*{_ID})*\s*[\]】]"
    r"|\(\s*p\d{1,3}(?:\s*[,;]\s*p\d{1,3})*\s*\))"
)
_MARKS = re.compile(rf"\s*({_MARK})", re.IGNORECASE)
_MARKS_AFTER_STOP = re.compile(
    rf"(?P<stop>[ \u00a0\u202f]?[.!?…]+(?:[ \u00a0\u202f]?[»”\")])*)(?P<marks>(?:\s*{_MARK})+)",
    re.IGNORECASE,
)
_UNCLOSED = re.compile(r"[\[【(][^\[\]【】()\n]{0,40}$")
_ENDED = re.compile(r"[.!?…»”\")\]】]\s*$")
_LINE_OPENING = re.compile(r"(?m)^[ \t]*(?:(?:[-*•·–]|#{1,6}|>+|\d{1,2}[.)])[ \t]+)+")
_EMPHASIS = re.compile(r"\*+|__+|~~+|`+")
_NOT_PROSE = re.compile(
    r"://|\bwww\.|!\[|\]\(|</?[a-z!][^>]*>|&(?:[a-z]+|#\d+);|\bjavascript:|\bdata:\w+/|\|.*\|"
    r"|\b[\w-]{2,}\.(?:com|org|net|fr|io|example|info|biz|eu)\b/?",
    re.IGNORECASE,
)
"""Addresses, markup, tables: nothing of it is a sentence of an answer."""
_SAYS_NO = re.compile(r"\bn(?:e |')(?!\w+ que\b)|\b(?:non|jamais|aucune?|nulle?|pas|rien)\b", re.I)
_MAY_SAY_NO = re.compile(
    r"\bn(?:e |')|\b(?:non|jamais|aucune?|nulle?|pas|rien|sans|ni|manqu\w+|refus\w+|rejet\w+"
    r"|interdi\w+|empech\w+|absen\w+|annul\w+|impossible|faute|dement\w*|contest\w+)\b"
)

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Claim:
    """A sentence that a model wrote, and the passages that it cites."""

    text: str
    """Without its marks."""
    cited: tuple[Hit, ...]
    opens_paragraph: bool


def read_claim(sentence: str, shown: Sequence[Hit], opens_paragraph: bool = False) -> Claim:
    """Tell a sentence from its marks. ``[p3]`` is the third passage shown; unknown ids go."""
    marks = " ".join(_MARKS.findall(sentence))
    ids = dict.fromkeys(int(number) for number in re.findall(r"\d+", marks))
    cited = tuple(shown[number - 1] for number in ids if 1 <= number <= len(shown))
    text = _MARKS.sub("", sentence).replace("[", "(").replace("]", ")")
    return Claim(" ".join(text.split()), cited, opens_paragraph)


def cut(text: str, *, over: bool) -> tuple[list[tuple[str, bool]], str]:
    """The whole sentences of what a model has written so far, and the rest.

    Each with its marks, and whether a line begins with it. A mark after the full stop belongs
    to the sentence before it. While the writing is not ``over``, the last sentence is not
    whole: it may go on, or a mark may follow; nor is one whose guillemets are open.
    """
    text = _EMPHASIS.sub("", _LINE_OPENING.sub("", text))
    pending = "" if over else "".join(found[0] for found in _UNCLOSED.finditer(text))
    body = text[: len(text) - len(pending)]
    body = _MARKS_AFTER_STOP.sub(r"\g<marks>\g<stop>", body)
    spans = speeches(body)
    if not over and spans:
        spans.pop()
    whole, done = [], 0
    for start, end in spans:
        whole.append((body[start:end], "\n" in body[done:start]))
        done = end
    return whole, body[done:] + pending


# -- one sentence ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A sentence of a cited passage, as a source."""

    span: Span
    source: Source


def support(claim: Claim) -> list[tuple[Article, Span]]:
    """The sentences of the cited passages that bear a claim out; none when they do not.

    An article must bear it out by itself, for what is put together from two is said by
    neither: a few sentences of its passages hold, with its title, its names and its days, each
    of the claim's facts and most of its words; the other words are plain ones; and a claim
    that says no needs a sentence that may do so too. Each article that does is given.
    """
    words = {one for one in stems(claim.text) if not one[0].isdigit() and one not in _NOT_WORDS}
    if not words or _NOT_PROSE.search(claim.text):
        return []
    stated = facts(claim.text)
    borne = []
    for article in {hit.article.id: hit.article for hit in claim.cited}.values():
        hits = [hit for hit in claim.cited if hit.article.id == article.id]
        borne += [(article, one.span) for one in _bearing(claim.text, words, stated, hits)]
    return borne


def _bearing(
    text: str, words: set[str], stated: Sequence[Fact], hits: Sequence[Hit]
) -> list[_Candidate]:
    """The sentences of one article's passages that bear a claim out, with all else it has."""
    article = hits[0].article
    days = [day for day in (article.published, article.updated) if day]
    named = (article.title, article.source or "", *article.authors)
    around = Source(map(visible, named), days)
    wanted = {fact for fact in stated if not around.has(fact)}
    candidates = _candidates(hits, days)
    chosen, held = _chosen(candidates, wanted, words, words - _named(stated), around.stems)
    said = around.stems.union(*(one.source.stems for one in chosen))
    if (
        not chosen
        or wanted - held
        or len(words & said) < LEAST_HELD * len(words)
        or len(_strange(words, said)) > _MOST_STRANGE
        or any(one.source.denies(fact) for fact in stated for one in chosen)
    ):
        return []
    sources = [article.body[slice(*one.span)] for one in chosen]
    if _SAYS_NO.search(one_form(text)) and not any(map(_may_say_no, sources)):
        return []
    return chosen


def _candidates(hits: Sequence[Hit], days: Sequence[date]) -> list[_Candidate]:
    """The sentences that begin in the passages of one article."""
    body = hits[0].article.body
    return [
        _Candidate((start, end), Source([visible(body[start:end])], days))
        for start, end in speeches(body)
        if any(hit.passage.start <= start < hit.passage.end for hit in hits)
    ]


def _named(stated: Sequence[Fact]) -> set[str]:
    """The stems of the names among facts."""
    names = (fact.value for fact in stated if fact.kind in ("name", "opening"))
    return set(stems(" ".join(map(str, names))))


def _strange(words: set[str], said: set[str]) -> set[str]:
    """The words that are neither said, nor kin to a word said, nor plain."""
    return {
        word
        for word in words - said - plain_stems()
        if not any(_are_kin(word, other) for other in said)
    }


def _are_kin(one: str, other: str) -> bool:
    """Whether two stems may come of one word: "construit", "construct"; "ferm", "fermetur"."""
    short = min(len(one), len(other))
    return short >= _KIN - 1 and one[: min(short, _KIN)] == other[: min(short, _KIN)]


def _chosen(
    candidates: Sequence[_Candidate],
    wanted: set[Fact],
    words: set[str],
    shared: set[str],
    around: set[str],
) -> tuple[list[_Candidate], set[Fact]]:
    """The few sentences that hold most: first of the ``wanted`` facts, then of the words.

    A name or a figure is only taken from a sentence that has a word in common with the claim
    besides its names (``shared``): elsewhere it is somebody else's. ``around`` are words that
    need no sentence.
    """
    chosen: list[_Candidate] = []
    held: set[Fact] = set()
    missing = set(words)
    while len(chosen) < _MOST_CITED:
        gained = [
            ({f for f in wanted - held if one.source.has(f)}, missing & one.source.stems)
            if one.source.stems & shared
            else (set[Fact](), set[str]())
            for one in candidates
        ]
        sizes = [(len(of_facts), len(of_words)) for of_facts, of_words in gained]
        if max(sizes, default=(0, 0)) == (0, 0):
            break
        best = sizes.index(max(sizes))
        enough = not wanted - held and not missing - around
        if chosen and (enough or not (gained[best][0] or gained[best][1] - around)):
            break
        chosen.append(candidates[best])
        held |= gained[best][0]
        missing -= gained[best][1]
    return chosen, held


def _may_say_no(sentence: str) -> bool:
    return bool(_MAY_SAY_NO.search(fold(one_form(sentence))))


# -- all of them ----------------------------------------------------------------------------


class Checking:
    """What a model has written so far, checked sentence by sentence."""

    def __init__(self, shown: Sequence[Hit]) -> None:
        """``shown`` are the passages that it was given, ``p1`` first."""
        self._shown = shown
        self._rest = ""
        self._paragraphs: list[list[str]] = []
        self.citations: list[Citation] = []
        self.kept = 0
        self.removed = 0

    def add(self, piece: str) -> bool:
        """Take in what was written next; True when a sentence has passed by it."""
        return self._take(self._rest + visible(piece), over=False)

    def end(self) -> bool:
        """The writing is over; a last sentence that has no end is left aside."""
        return self._take(self._rest, over=bool(_ENDED.search(self._rest)))

    @property
    def text(self) -> str:
        """The sentences that passed, each with the numbers of its citations."""
        return "\n\n".join(" ".join(paragraph) for paragraph in self._paragraphs)

    @property
    def enough(self) -> bool:
        """Whether what passed is a fair part of what was written."""
        return self.kept > 0 and self.kept >= LEAST_KEPT * (self.kept + self.removed)

    def _take(self, text: str, *, over: bool) -> bool:
        before = self.kept
        whole, self._rest = cut(text, over=over)
        for sentence, opens in whole:
            claim = read_claim(sentence, self._shown, opens)
            spans = support(claim)
            if spans:
                self._keep(claim, spans)
            else:
                self.removed += 1
        return self.kept > before

    def _keep(self, claim: Claim, spans: Sequence[tuple[Article, Span]]) -> None:
        numbers = sorted({self._cite(article, span) for article, span in spans})
        marks = "".join(f" [{number}]" for number in numbers)
        if claim.opens_paragraph or not self._paragraphs:
            self._paragraphs.append([])
        self._paragraphs[-1].append(_marked(claim.text, marks))
        self.kept += 1

    def _cite(self, article: Article, span: Span) -> int:
        """The number of a citation, a new one when it is the first of its sentence."""
        for one in self.citations:
            if (one.article.id, one.start, one.end) == (article.id, *span):
                return one.number
        start, end = span
        number = len(self.citations) + 1
        self.citations.append(Citation(number, article, start, end, article.body[start:end]))
        return number


def _marked(text: str, marks: str) -> str:
    """A sentence with its marks before its full stop, which it is given when it has no stop."""
    if text.endswith(("?", "!", "…")):
        return text + marks
    return f"{text.removesuffix('.').rstrip()}{marks}."
