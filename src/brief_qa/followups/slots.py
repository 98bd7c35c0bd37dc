"""What can be put in the place of another part of a question: its time, its place, its object."""

from __future__ import annotations

import re

from brief_qa.dates import MONTHS, WEEKDAYS
from brief_qa.followups.phrases import (
    DETERMINERS,
    PREPOSITIONS,
    extent,
    head_noun,
    is_verb,
    joined,
    of,
    phrase,
    words,
)
from brief_qa.french import fold
from brief_qa.spans import counts

_MONTH = f"(?:{'|'.join(MONTHS)})"
_YEAR = r"(?:(?:19|20)\d\d)"
_WEEKDAY = f"(?:{'|'.join(WEEKDAYS)})"
_BEFORE = (
    r"(?:en|au|à|de|du|dès|depuis|avant|après|pour|courant|fin|début|mi-|d'ici|jusqu'en|jusqu'au"
    r"|jusqu'à|à partir de|au mois de|au mois d'|du mois de|depuis le|avant le|après le|pendant)"
)
_WHICH = r"(?:derni(?:er|ère)|prochaine?|précédente?|suivante?|passée?|d'avant|d'après)"
TIME = re.compile(
    rf"(?<![\w'-])(?P<prep>{_BEFORE} ?)?(?:"
    rf"(?:le |l')?(?:{_WEEKDAY} )?(?P<day>\d{{1,2}}(?:er)?) (?P<month_of_day>{_MONTH})"
    rf"(?: (?P<year_of_day>{_YEAR}))?"
    rf"|(?P<month>{_MONTH})(?: (?P<year_of_month>{_YEAR}))?"
    rf"|(?P<year>{_YEAR})"
    r"|(?:avant-hier|hier|aujourd'hui|demain"
    rf"|(?:le )?{_WEEKDAY}(?: {_WHICH})?(?: (?:matin|soir))?"
    rf"|(?:la|cette) semaine(?: {_WHICH})?|(?:l'année|l'an|le mois|l'été|l'hiver) {_WHICH}"
    rf"|cette année|ce mois-ci|ce matin|ce soir|cette nuit|cet été|cet hiver"
    r"|(?<=en )(?:été|hiver|automne)|(?<=au )printemps|maintenant)"
    rf")(?![\w-])",
    re.I,
)
_DAY_ALONE = re.compile(r"le (?P<day>\d{1,2}(?:er)?)", re.I)
_PLACES = frozenset("à au aux en dans chez".split())
_OF_A_PLACE = frozenset(
    """
    maire mairie préfet préfète habitants population ville port gare hôpital maternité musée stade
    club lycée université quartier élections municipales tramway métro aéroport évêque
    """.split()
)


def with_time(question: str, time: str) -> str | None:
    """A question (without its mark) with another time in the place of its own, or after it.

    None when ``time`` is none. A month keeps the year that was said, a day its month.
    """
    new, day = TIME.fullmatch(time), _DAY_ALONE.fullmatch(time)
    if new is None and day is None:
        return None
    old = _last_time(question)
    if old is None:
        return f"{question} {time}" if new else None
    start, end = old.span()
    if day:
        if not old["day"]:
            return None
        return question[: old.start("day")] + day["day"] + question[old.end("day") :]
    assert new is not None
    said_year = old["year"] or old["year_of_month"] or old["year_of_day"]
    if new["year"] and old["year"]:
        same = _neutral(new["prep"]) and _neutral(old["prep"])
        if same:
            return question[: old.start("year")] + new["year"] + question[old.end("year") :]
        if (old["prep"] or "").strip().lower() in ("", "de"):
            return f"{question} {time}"
    elif old["year"] and (old["prep"] or "").strip().lower() in ("", "de"):
        return f"{question} {time}"
    months = new["month"] or new["month_of_day"]
    has_year = new["year_of_month"] or new["year_of_day"]
    year = f" {said_year}" if months and not has_year and said_year else ""
    space = " " if start and not question[:start].endswith((" ", "'")) else ""
    return f"{question[:start]}{space}{time}{year}{question[end:]}"


def _neutral(preposition: str | None) -> bool:
    return (preposition or "").strip().lower() in ("", "en", "pour", "de")


def _last_time(question: str) -> re.Match[str] | None:
    found = None
    for match in TIME.finditer(question):
        inside_title = question.count("«", 0, match.start()) > question.count("»", 0, match.start())
        bare = match["year"] and not match["prep"]
        if not inside_title and not (bare and counts(fold(question[match.end() :]), 0)):
            found = match
    return found


def with_preposition(question: str, said: str, *, attribute: bool) -> str | None:
    """A question (without its mark) with another place, opponent… after the same preposition.

    ``said`` is "à Lyon", "contre le Sénégal". None when it begins with no preposition.
    """
    tokens, new = words(question), words(said)
    if len(new) < 2 or new[0].lower() not in PREPOSITIONS:
        return None
    family = _PLACES if new[0].lower() in _PLACES else {new[0].lower()}
    named = any(token[:1].isupper() for token in new[1:])
    at = _last_group(tokens, family, named)
    if at is not None:
        start, end = at
        return joined([*tokens[:start], *new, *tokens[end:]])
    if named and family is _PLACES:
        start_of = _last_of(tokens)
        owns = start_of is not None and (attribute or tokens[start_of - 1].lower() in _OF_A_PLACE)
        if start_of is not None and owns and tokens[start_of + 1][:1].isupper():
            end = extent(tokens, start_of + 1)
            return joined([*tokens[:start_of], of(joined(new[1:])), *tokens[end:]])
    return f"{question} {said}"


def _last_group(
    tokens: list[str], family: frozenset[str] | set[str], named: bool
) -> tuple[int, int] | None:
    """The last group of words after one of these prepositions: where it begins and ends."""
    for at in range(len(tokens) - 2, -1, -1):
        if tokens[at].lower() not in family or is_verb(tokens, at + 1):
            continue
        if re.match(r"qu", tokens[at + 1], re.I):
            continue
        end = extent(tokens, at + 1)
        group = joined(tokens[at:end])
        if TIME.fullmatch(group) or TIME.match(group):
            continue
        if named != any(token[:1].isupper() for token in tokens[at + 1 : end]):
            continue
        return at, end
    return None


def _last_of(tokens: list[str]) -> int | None:
    return next(
        (
            at
            for at in range(len(tokens) - 2, 0, -1)
            if tokens[at].lower() in ("de", "du", "des", "d'")
        ),
        None,
    )


def with_complement(question: str, said: str, determiner: str | None) -> str | None:
    """A question (without its mark) whose noun is of something else.

    ``said`` is "de la paix"; ``determiner`` (celui, celle, ceux, celles) tells which noun.
    """
    tokens = words(question)
    fitting = {
        None: DETERMINERS,
        "celui": {"le", "l'", "un", "du", "au", "ce"},
        "celle": {"la", "l'", "une"},
        "ceux": {"les", "des", "aux", "combien"},
        "celles": {"les", "des", "aux"},
    }[determiner]
    for at in range(len(tokens) - 2, -1, -1):
        if tokens[at].lower() not in fitting:
            continue
        end = extent(["le", *tokens[at + 1 :]], 0) + at
        inner = next(
            (n for n in range(at + 2, end) if tokens[n].lower() in ("de", "du", "des", "d'")), end
        )
        if determiner is None and inner == end:
            continue
        return joined([*tokens[:inner], said, *tokens[end:]])
    return None


def with_object(question: str, new: str) -> str | None:
    """A question (without its mark) in which a phrase of the same noun gives way to another.

    "la ligne B du tramway", for "la ligne A": "la ligne A du tramway".
    """
    noun, tokens = head_noun(new), words(question)
    single = bool(re.fullmatch(r"\w+ (?:\w+) ([A-Z]|\d+)", new))
    for at in range(len(tokens)):
        article = tokens[at].lower() in ("le", "la", "les", "l'", "du", "des", "au", "aux")
        if not article or at + 1 >= len(tokens) or head_noun(tokens[at + 1]) != noun:
            continue
        end = extent(["le", *tokens[at + 1 :]], 0) + at
        if single and at + 2 < end and re.fullmatch(r"[A-Z]|\d+", tokens[at + 2]):
            end = at + 3
        given = {"du": of(new), "des": of(new)}.get(tokens[at].lower(), new)
        if tokens[at].lower() in ("au", "aux"):
            return None
        return joined([*tokens[:at], given, *tokens[end:]])
    return None


def place_in(question: str) -> str | None:
    """The last group of a question that says where: "à Rabat"."""
    tokens = words(question)
    at = _last_group(tokens, _PLACES, named=True)
    return joined(tokens[at[0] : at[1]]) if at else None


def is_noun_phrase(text: str) -> bool:
    """Whether a text is one noun phrase and no more: "la ligne A", "Luc Désormeaux"."""
    tokens = words(text)
    if not tokens or is_verb([*tokens, ""], 0):
        return False
    opens = tokens[0].lower() in DETERMINERS or tokens[0][:1].isupper()
    return opens and extent(tokens, 0) >= len(tokens) and phrase(text).text != ""
