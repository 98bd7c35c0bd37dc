"""Numerals: what numbers a French text states, in figures or in words."""

from __future__ import annotations

import re
from decimal import Decimal

_SMALL = {
    word: value
    for value, words in {
        0: "zero",
        1: "un une",
        2: "deux",
        3: "trois",
        4: "quatre",
        5: "cinq",
        6: "six",
        7: "sept",
        8: "huit",
        9: "neuf",
        10: "dix",
        11: "onze",
        12: "douze",
        13: "treize",
        14: "quatorze",
        15: "quinze",
        16: "seize",
        20: "vingt vingts",
        30: "trente",
        40: "quarante",
        50: "cinquante",
        60: "soixante",
        70: "septante",
        80: "huitante octante",
        90: "nonante",
    }.items()
    for word in words.split()
}
_SCALES = {
    **dict.fromkeys(("mille",), 10**3),
    **dict.fromkeys(("million", "millions"), 10**6),
    **dict.fromkeys(("milliard", "milliards"), 10**9),
}
NUMBER_WORDS = frozenset({*_SMALL, *_SCALES, "cent", "cents"})
"""Folded words that numbers are written with."""
_SIGNS = {"k": 10**3, "m": 10**6, "md": 10**9, "mds": 10**9, "mrd": 10**9}
_ORDINALS = {
    "unieme": "un",
    "quatrieme": "quatre",
    "cinquieme": "cinq",
    "neuvieme": "neuf",
    "onzieme": "onze",
    "douzieme": "douze",
    "treizieme": "treize",
    "quatorzieme": "quatorze",
    "quinzieme": "quinze",
    "seizieme": "seize",
    "trentieme": "trente",
    "quarantieme": "quarante",
    "cinquantieme": "cinquante",
    "soixantieme": "soixante",
    "millieme": "mille",
}
_ORDINAL = re.compile(r"\b([a-z]+ieme)s?\b")
_WORDS = "|".join(sorted(NUMBER_WORDS, key=len, reverse=True))
_NUMBER = re.compile(
    r"(?P<sign>(?<![\w.,])[-\u2212])?(?<![^\W\d_])(?<!\d)(?:"
    r"(?P<figures>\d{1,3}(?:[ .]\d{3})+(?!\d)(?:,\d+)?|\d+(?:[.,]\d+)?)"
    r"(?: ?(?P<scale>mille|millions?|milliards?)\b| ?(?P<short>k|m|mds?|mrd) ?(?=[€$£]))?"
    rf"|\b(?P<words>(?:{_WORDS})(?:(?:[ -]et[ -](?=(?:une?|onze)\b)|[ -])(?:{_WORDS})\b)*)\b)"
)


def numbers(folded: str) -> set[Decimal]:
    """The numbers of a folded text (:func:`brief_qa.french.fold`), whatever their spelling.

    "1 250", "1.250" and "mille deux cent cinquante" are one number, and so are "1,5 milliard"
    and "1 500 millions". "un" and "une" alone are articles, and no number.
    """
    text = _ORDINAL.sub(_cardinal, folded)
    return {value for found in _NUMBER.finditer(text) if (value := _value(found)) is not None}


def _cardinal(found: re.Match[str]) -> str:
    """The number in an ordinal: "deuxieme" → "deux"; other words are left alone."""
    word = found[1]
    root = _ORDINALS.get(word, word.removesuffix("ieme"))
    return root if root in _SMALL or root in ("cent", "mille") else found[0]


def _value(found: re.Match[str]) -> Decimal | None:
    if found["words"]:
        return _in_words(found["words"])
    figures = found["figures"]
    grouped = re.fullmatch(r"\d{1,3}(?:[ .]\d{3})+(?:,\d+)?", figures)
    if grouped:
        figures = figures.replace(" ", "").replace(".", "")
    value = Decimal(figures.replace(",", "."))
    value *= _SCALES.get(found["scale"] or "", 1) * _SIGNS.get(found["short"] or "", 1)
    return (-value if found["sign"] else value).normalize()


def _in_words(run: str) -> Decimal | None:
    """The value of number words in a row; None for an article."""
    words = [word for word in re.split(r"[ -]", run) if word != "et"]
    if words in (["un"], ["une"]):
        return None
    whole = thousands = current = 0
    for word in words:
        if word in ("cent", "cents"):
            current = max(current, 1) * 100
        elif word == "mille":
            thousands, current = thousands + max(current, 1) * 1000, 0
        elif word in _SCALES:
            whole += ((thousands + current) or 1) * _SCALES[word]
            thousands = current = 0
        elif word in ("vingt", "vingts") and current % 100 == 4:
            current += 76
        else:
            current += _SMALL[word]
    return Decimal(whole + thousands + current).normalize()
