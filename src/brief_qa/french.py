"""French words: how a text is cut into the terms that are indexed, asked and shown in bold.

Lower case, apostrophes unified, elisions split (l', d', qu', jusqu'; aujourd'hui kept),
stop-words left out, Snowball French stems (PyStemmer), accents folded last because the
stemmer needs them. Numbers and acronyms are kept whole.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from itertools import chain
from typing import Any

_WORD = re.compile(
    r"\d+(?:[.,]\d+)+"  # 11,88 and 1.200
    r"|\d{1,3}(?:[ \u00a0\u202f]\d{3})+(?!\d)"  # 1 200 000
    r"|(?:[^\W\d_]\.){2,}"  # O.N.U.
    r"|aujourd['’]hui|presqu['’]île"
    r"|[^\W_]+(?:[\u0300-\u036f]+[^\W_]*)*",  # an accent may be a character of its own
    re.IGNORECASE,
)
_GROUPED = re.compile(r"\d[ \u00a0\u202f]\d{3}")
_ELIDED = frozenset("l d j m n s t c qu jusqu lorsqu puisqu quoiqu quelqu presqu".split())
"""What an apostrophe may follow. Alone they carry no topic either."""
# Words that carry no topic: articles, pronouns, prepositions, auxiliaries, and the words
# a question is built with. Written without accents, as the comparison is.
STOP_WORDS = frozenset(
    """
    a ai aie ainsi alors apres as au aucun aucune aussi autre autres aux avaient avais avait avant
    avec avez avoir avons ayant c ca car ce ceci cela celle celles celui ces cet cette ceux chaque
    chez ci combien comme comment d dans de des donc dont du elle elles en encore entre es est et
    etaient etais etait etant ete etes etre eu eux faire fait fut ici il ils j je jusqu l la
    laquelle le lequel les lesquelles lesquels leur leurs lors lorsqu lui m ma mais me meme memes
    mes moi mon n ne ni nos notre nous on ont ou par parce pas peu peut plus pour pourquoi puisqu
    qu quand que quel quelle quelles quelqu quels qui quoi s sa sans se sera seront ses si soi
    soit son sont sous sur t ta te tel telle tes toi ton tous tout toute toutes tres tu un une
    vers vos votre vous y
    """.split()
)


@dataclass(frozen=True, slots=True)
class Term:
    """One word of a text: where it stands, and the stem it is indexed under."""

    start: int
    end: int
    stem: str


def fold(text: str) -> str:
    """Lower case without accents: ``"Élysée"`` → ``"elysee"``."""
    decomposed = unicodedata.normalize("NFKD", text).lower()
    return (
        "".join(c for c in decomposed if not unicodedata.combining(c))
        .replace("œ", "oe")
        .replace("æ", "ae")
    )


def analyse(text: str) -> list[Term]:
    """Cut a text into terms; stop-words and elided articles are left out."""
    words = ((match, _stem(match.group())) for match in _WORD.finditer(text))
    return [Term(match.start(), match.end(), stem) for match, stem in words if stem]


def stems(text: str) -> list[str]:
    """The stems of :func:`analyse`, in order, repeated as often as they occur."""
    if _GROUPED.search(text):  # the only word with a space inside
        return list(_found(text))
    return list(chain.from_iterable(map(_pieces.__getitem__, text.split())))


def held(wanted: Iterable[str], text: str) -> set[str]:
    """Those of the ``wanted`` stems that are among the :func:`stems` of a text.

    Several times as quick: only the pieces that may give one of them are stemmed, those with
    the first letters of one, and those with a character that stemming may change.
    """
    if _GROUPED.search(text):
        return set(wanted).intersection(stems(text))
    plain = text.encode("latin-1", "replace").translate(_PLAIN)  # as many bytes as characters
    inner_dots = plain.count(b".") > plain.count(b". ") + plain.count(b".\n") + plain.endswith(b".")
    marks = (b"?", b".") if inner_dots else (b"?",)
    odd = {stem for mark in marks for piece in _around(mark, plain, text) for stem in piece}
    return {
        stem
        for stem in wanted
        if stem in odd or any(stem in piece for piece in _around(_start(stem), plain, text))
    }


def _around(letters: bytes, plain: bytes, text: str) -> Iterator[tuple[str, ...]]:
    """The stems of each piece of a text that holds some letters, by its plain form."""
    at = plain.find(letters)
    while at >= 0:
        end = plain.find(b" ", at)
        end = end if end >= 0 else len(plain)
        yield _pieces[text[plain.rfind(b" ", 0, at) + 1 : end]]
        at = plain.find(letters, end)


@lru_cache(maxsize=10_000)
def _start(stem: str) -> bytes:
    """What a word of this stem holds: a y may have become an i, a comma a point."""
    length = 1 if stem[0].isdigit() else 2 if stem[2:3] == "i" else 3
    return stem[:length].encode("latin-1", "replace")


def _plain(code: int) -> int:
    """A character of one byte as a small letter without accent; "?" for other letters."""
    letter = fold(chr(code))
    if letter.isascii() and len(letter) == 1 and (code < 128 or letter.isalpha()):
        return ord(letter)
    return ord("?" if letter.isalnum() or len(letter) > 1 else "|")


_PLAIN = bytes(map(_plain, range(256)))


def _found(text: str) -> tuple[str, ...]:
    return tuple(stem for stem in map(_stem, _WORD.findall(text)) if stem)


class _Pieces(dict[str, tuple[str, ...]]):
    """The stems of what stands between two spaces, which has mostly been seen before.

    Finding words takes seven times as long as stemming them. Forgotten all at once when there
    are too many: an lru_cache, in order to know which to forget, takes twice as long.
    """

    def __missing__(self, piece: str) -> tuple[str, ...]:
        if len(self) >= _PIECES:
            self.clear()
        found = self[piece] = _found(piece)
        return found


_PIECES = 100_000
_pieces = _Pieces()


@cache
def _stemmer() -> Any:
    import Stemmer

    return Stemmer.Stemmer("french")


@lru_cache(maxsize=200_000)
def _stem(word: str) -> str:
    """The stem of one word, or "" for a stop-word. Accents are folded last: stems need them."""
    if word[0].isdigit():
        return re.sub(r"[ \u00a0\u202f.](?=\d{3}(?!\d))", "", word).replace(",", ".")
    lowered = unicodedata.normalize("NFC", word.lower()).replace("’", "'").replace(".", "")
    lowered = lowered.replace("œ", "oe").replace("æ", "ae")
    folded = fold(lowered)
    if folded in _ELIDED or (folded in STOP_WORDS and not (word.isupper() and len(word) > 1)):
        return ""  # "EST" or "ONT" in capitals may be an acronym; "A" and "QU" are not
    return fold(_stemmer().stemWord(lowered))
