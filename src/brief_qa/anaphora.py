"""Pronouns and their like, replaced by what they stand for: il, la, lui, y, en, son, cette ligne."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from brief_qa.clauses import HEAD, IMPERSONAL, INVERSION, phrases_in, sentence, subject_start, verb_end
from brief_qa.french import analyse, fold
from brief_qa.phrases import (
    AIDS,
    BE,
    HAVE,
    POSSESSIVES,
    Gender,
    Phrase,
    begins_phrase,
    capital,
    elides,
    head_noun,
    is_participle,
    is_verb,
    joined,
    noun_gender,
    of,
    that,
    to,
    unagreed,
    words,
)
from brief_qa.slots import TIME, place_in
from brief_qa.topics import Turn, candidates


@dataclass(slots=True)
class _Reading:
    """A question on its way to being complete."""

    text: str
    turn: Turn
    used: list[Phrase] = field(default_factory=list)
    unresolved: bool = False

    def find(self, gender: Gender | None, plural: bool) -> Phrase | None:
        """What a pronoun of that gender and number stands for, not used already."""
        for one in candidates(self.turn, self.text, gender):
            fits = one.plural == plural and (gender is None or one.gender in (None, gender))
            if fits and one.text not in [used.text for used in self.used]:
                return one
        return None

    def put(self, found: Phrase | None, text: str) -> None:
        """Go on with a text in which a phrase was put."""
        if found is None:
            self.unresolved = True
        else:
            self.used.append(found)
            self.text = text


def completed(core: str, turn: Turn) -> str | None:
    """A question without its pronouns; "" where it leans on more than was found; None if on none."""
    reading = _Reading(core, turn)
    for replace in (_days, _demonstratives, _subject, _possessives, _objects, _after_prepositions):
        replace(reading)
    _vague(reading)
    if reading.unresolved:
        return ""
    return sentence(reading.text) if reading.used else None


# -- the subject ---------------------------------------------------------------------------

_WITHOUT_INVERSION = re.compile(
    r"(?P<before>|.*\best-ce qu'|(?:quand|où|pourquoi|comment|combien(?: (?:de |d')\w+)?"
    r"|(?:\w+ )?quel(?:le)?s? \w+) )(?P<pronoun>ils?|elles?) (?P<rest>\w.*)",
    re.I,
)


def _subject(reading: _Reading) -> None:
    text = reading.text
    if IMPERSONAL.search(text):
        return
    found = INVERSION.search(text)
    if found is None:
        plain = _WITHOUT_INVERSION.fullmatch(text)
        if plain:
            one = reading.find(*_of_pronoun(plain["pronoun"]))
            reading.put(one, _plainly(plain, one.text if one else ""))
        return
    pronoun = found["pronoun"].lower()
    before = text[: found.start()].strip()
    if pronoun == "on" or subject_start(words(before)) is not None:
        return
    one = reading.find(*_of_pronoun(pronoun))
    reading.put(one, _inverted(before, found, one.text if one else ""))


def _of_pronoun(pronoun: str) -> tuple[Gender, bool]:
    low = pronoun.lower()
    return "f" if low.startswith("elle") else "m", low.endswith("s")


def _plainly(found: re.Match[str], subject: str) -> str:
    before = found["before"]
    if before.lower().endswith("qu'"):
        return f"{before[:-3]}{that(subject)} {found['rest']}"
    return f"{before}{subject} {found['rest']}"


def _inverted(before: str, found: re.Match[str], subject: str) -> str:
    group = found[0][: found.start("rest") - found.start()]
    verb, rest = f"{found['clitics']}{found['verb']}", found["rest"]
    low = before.lower()
    if not before:
        return f"{subject} {group[:1].lower()}{group[1:]}{rest}"
    if low in ("qui", "quel", "quelle", "quels", "quelles") and found["verb"].lower() in BE and not rest:
        return f"{before} {verb} {subject}"
    if low in ("que", "qu'"):
        if verb_end(found["verb"], rest) == len(rest):
            return f"{before}{'' if low == chr(113) + chr(117) + chr(39) else ' '}{verb}{rest} {subject}"
        return f"Qu'est-ce {that(subject)} {verb}{rest}"
    return f"{before} {subject} {group}{rest}"


# -- objects -------------------------------------------------------------------------------

_CLITIC = r"(?P<clitic>l'|le |la |les |lui |leur |y |en )"
_OF_SUBJECT_WORD = re.compile(
    r"(?P<before>(?:qui(?: est-ce qui)?|qu'est-ce qui|combien (?:de |d')[\w-]+(?: [\w-]+)?"
    rf"|quel(?:le)?s?(?: [\w-]+)?|(?:.* )?(?:qu')?on) (?:n'|ne )?|qu'|que ){_CLITIC}(?P<verb>[a-zà-ÿ]+)(?P<rest>.*)",
    re.I,
)
_OF_INFINITIVE = re.compile(
    r"(?P<before>.*\b(?:(?:va|vont|peut|peuvent|doit|doivent|veut|veulent|pourra|devra|pourrait|faut)"
    r"(?:-(?:t-)?(?:on|ils?|elles?))?|pour)(?: pas)? )"
    rf"{_CLITIC}(?!\w+(?:vier|bre)\b)(?P<verb>\w+(?:er|ir|re|oir))\b(?P<rest>.*)",
    re.I,
)
_SAYING = re.compile(r"(?:dit|annonc|décl|affirm|confirm|décid|expliqu|sai[ts]|prétend|reconn)", re.I)


def _objects(reading: _Reading) -> None:
    text = reading.text
    if re.search(r"\by (?:a|avait|aura|aurait)\b", text, re.I):
        return
    inverted = INVERSION.search(text)
    if inverted is not None:
        clitics = re.findall(r"l'|le |la |les |lui |leur |y |en ", inverted["clitics"], re.I)
        if clitics:
            _one_object(reading, inverted, clitics)
            return
    modal = _OF_INFINITIVE.fullmatch(text)
    if modal is None and inverted is None:
        modal = _OF_SUBJECT_WORD.fullmatch(text)
        if modal and not _clitic_stands(modal):
            modal = None
    if modal is not None:
        _place(reading, modal["before"], modal["clitic"].lower().strip(), modal["verb"], modal["rest"])


def _clitic_stands(found: re.Match[str]) -> bool:
    """Whether what may be a pronoun before a verb is one, and not "le maire" or "en avril"."""
    clitic, verb = found["clitic"].lower().strip(), found["verb"].lower()
    tokens = [clitic, verb]
    if clitic in ("en", "lui", "leur"):
        return is_verb(tokens, 1)
    if found["before"].lower() in ("que ", "qu'"):
        return False
    if clitic == "y":
        return True
    who = found["before"].lower().startswith(("qui", "qu'est-ce qui")) or found["before"].lower().rstrip().endswith("on")
    return who or verb in HAVE


def _one_object(reading: _Reading, found: re.Match[str], clitics: list[str]) -> None:
    if len(clitics) > 1 or found["pronoun"].lower() != "on" and clitics[0].lower() == "en" and False:
        reading.unresolved = True
        return
    text, clitic = reading.text, clitics[0]
    before = text[: found.start()] + found["clitics"].lower().replace(clitic.lower(), "", 1)
    group = text[found.start("verb") : found.start("rest")]
    _place(reading, before, clitic.lower().strip(), group, found["rest"])


def _place(reading: _Reading, before: str, clitic: str, verb: str, rest: str) -> None:
    """Take a pronoun away from before its verb, and put what it stands for after it."""
    plain = verb.partition("-")[0]
    end = verb_end(plain, rest)
    verbs = rest[:end]
    gender, plural = _of_clitic(clitic, plain, verbs)
    if clitic == "en" and re.match(r"combien $", before, re.I):
        reading.unresolved = True
        return
    if clitic in ("l'", "le") and _SAYING.match(verbs.strip() or plain):
        reading.unresolved = True
        return
    found = reading.find(gender, plural)
    what = found.text if found else ""
    if clitic == "y":
        place = place_in(reading.turn.question)
        inside = _as_place(reading.turn.question, what)
        what = place if place and not what_is_event(what) else inside
    elif clitic == "en":
        what = of(what)
    elif clitic in ("lui", "leur"):
        what = to(what)
    elif plain.lower() in HAVE:
        verbs = " ".join(unagreed(v) if is_participle(v) else v for v in verbs.split(" "))
    before = _elided_again(before, verb)
    last = re.fullmatch(r"qu(?:e |')", before, re.I) or (clitic == "en" and plain.lower() in BE)
    if last:  # "Que pense l'Inde de l'accord", "Qui est le maire de Valmont"
        reading.put(found, f"{before}{verb}{rest} {what}")
        return
    reading.put(found, f"{before}{verb}{verbs} {what}{rest[end:]}")


def what_is_event(text: str) -> bool:
    """Whether a phrase can be taken part in, rather than lived in."""
    return bool(re.match(r"(?:le |la |les |l')", text))


def _as_place(question: str, what: str) -> str:
    return to(what)


def _of_clitic(clitic: str, verb: str, verbs: str) -> tuple[Gender | None, bool]:
    if clitic in ("les", "leur"):
        return None, True
    if clitic == "l'":
        participle = verbs.split(" ")[-1]
        own = verb.lower() in HAVE and re.search(r"(?:ée|ie|ue|ise|ite|erte|inte)$", participle)
        return ("f" if own else None), False
    return ("m" if clitic == "le" else "f" if clitic == "la" else None), False


def _elided_again(before: str, verb: str) -> str:
    """ "Qu'en pense" without its "en": "Que pense"."""
    if before.lower().endswith("qu'") and not elides(verb):
        return f"{before[:-1]}e "
    if before.lower().endswith("que ") and elides(verb):
        return f"{before[:-2]}'"
    return before


_DISJUNCTIVE = re.compile(
    r"\b(?P<preposition>avec|contre|pour|chez|sans|sur|par|devant|derrière|après|avant|selon"
    r"|d'après|à|de|d'|entre|envers|vers) ?(?P<pronoun>lui|elle|eux|elles)\b(?!-)",
    re.I,
)


def _after_prepositions(reading: _Reading) -> None:
    found = _DISJUNCTIVE.search(reading.text)
    if found is None or _has_subject_before(reading, found.start()):
        return
    pronoun = found["pronoun"].lower()
    gender: Gender = "f" if pronoun.startswith("elle") else "m"
    one = reading.find(gender, pronoun in ("eux", "elles"))
    what = one.text if one else ""
    preposition = found["preposition"].lower()
    said = to(what) if preposition == "à" else of(what) if preposition in ("de", "d'") else None
    said = said or f"{found['preposition']} {what}"
    reading.put(one, reading.text[: found.start()] + said + reading.text[found.end() :])


def _has_subject_before(reading: _Reading, at: int) -> bool:
    """Whether a question has named someone by then, whom its own pronouns stand for."""
    tokens = words(reading.text[:at])
    return any(begins_phrase(tokens, n) for n in range(len(tokens)))


# -- son, sa, ses, leur --------------------------------------------------------------------

_OWNED = re.compile(
    r"(?P<preposition>\b(?:de|à) )?\b(?P<whose>son|sa|ses|leurs?) (?P<noun>.+)", re.I
)
_BEFORE_NOUN = frozenset(
    """
    dernier derniers dernière dernières premier premiers première premières nouveau nouvelle nouveaux
    nouvelles nouvel principal principale principaux ancien ancienne anciens grand grande grands petit
    petite second seconde futur future prochain prochaine propre vrai jeune deux trois quatre
    deuxième troisième meilleur meilleure
    """.split()
)
_ADJECTIVE = re.compile(r"\w+(?:ique|iques|al|ale|aux|ales|if|ive|ifs|el|elle|els|aire|aires|eux|euse)$")
_IDIOM = re.compile(r"\b(?:de son côté|à son tour|à leur tour|en son sein|son arrivée au pouvoir)\b", re.I)


def _possessives(reading: _Reading) -> None:
    found = _OWNED.search(reading.text)
    if found is None or _IDIOM.search(reading.text):
        return
    if reading.used or not _leans(reading, found):
        return
    tokens = words(found["noun"])
    if found["whose"].lower() == "leur" and is_verb([*tokens, ""], 0):
        return
    plural = found["whose"].lower().startswith("leur")
    one = reading.find(None, plural)
    said = _of_owner(found, one.text if one else "")
    if said is None:
        reading.unresolved = True
        return
    reading.put(one, reading.text[: found.start()] + said)


def _leans(reading: _Reading, found: re.Match[str]) -> bool:
    """Whether the owner is to be sought before this question."""
    before = reading.text[: found.start()].strip()
    if re.match(r"(?:qui|quel(?:le)?s?) (?:est|sont|était|étaient|sera)\b[^,]*$", before, re.I):
        return True
    if IMPERSONAL.search(before) or INVERSION.search(before):
        return False
    return not _has_subject_before(reading, found.start())


def _of_owner(found: re.Match[str], owner: str) -> str | None:
    """ "son dernier roman paru" → "le dernier roman de Kamel Daoud paru"."""
    tokens = words(found["noun"])
    end = 0
    while end < len(tokens) - 1 and tokens[end].lower() in _BEFORE_NOUN:
        end += 1
    noun = tokens[end]
    end += 1
    while end < len(tokens) and _ADJECTIVE.fullmatch(tokens[end].lower()):
        end += 1
    article = _article(found["whose"].lower(), tokens[0], noun)
    if article is None:
        return None
    owned_thing = f"{article}{joined(tokens[:end])}"
    preposition = (found["preposition"] or "").strip().lower()
    if preposition:
        owned_thing = (of if preposition == "de" else to)(owned_thing)
    if found.start() == 0:
        owned_thing = capital(owned_thing)
    rest = joined(tokens[end:])
    return f"{owned_thing} {of(owner)}{' ' if rest else ''}{rest}"


def _article(whose: str, first: str, noun: str) -> str | None:
    if whose in ("ses", "leurs"):
        return "les "
    if elides(first):
        return "l'"
    if whose == "leur":
        gender = noun_gender(noun)
        return None if gender is None else "la " if gender == "f" else "le "
    return "la " if whose == "sa" else "le "


def owned(core: str, turn: Turn) -> str | None:
    """ "son homologue" → "l'homologue de Bastien Lorme"; None when it has no owner to find."""
    found = _OWNED.fullmatch(core)
    if found is None:
        return None
    one = _Reading(core, turn).find(None, found["whose"].lower().startswith("leur"))
    said = _of_owner(found, one.text) if one else None
    return said[:1].lower() + said[1:] if said else None


# -- ce projet, celui-ci, ce jour-là -------------------------------------------------------

_THIS = re.compile(
    r"\b(?P<preposition>(?:de|d'|à) ?)?\b(?P<this>ce|cet|cette|ces) (?P<noun>[\wÀ-ÿ'-]+?)(?P<there>-là|-ci)?(?![\w'-])",
    re.I,
)
_DEICTIC = re.compile(
    r"(?:matin|soir|nuit|semaine|mois|année|an|jours?|été|hiver|automne|printemps|week-end|saison"
    r"|fois|siècle|qui|que|qu|dont|sont|n'|est|époque|heure|dernier|moment|après-midi)",
    re.I,
)
_GENERIC = frozenset(
    """
    projet texte decision evenement affaire mesure plan accord drame accident mouvement homme femme
    personne situation chiffre bilan annonce reforme chantier loi rencontre match election crise
    proposition operation polemique
    """.split()
)
_LATTER = re.compile(r"\b(?P<which>celui|celle|ceux|celles)-(?:ci|là)\b", re.I)
_DAY = re.compile(r"\b(?:ce jour-là|ce même jour|le même jour|à cette date)(?!\w)", re.I)
_YEAR = re.compile(r"\b(?:cette année-là|la même année)(?!\w)", re.I)


def _days(reading: _Reading) -> None:
    for pattern, of_day in ((_DAY, True), (_YEAR, False)):
        found = pattern.search(reading.text)
        if found is None:
            continue
        when = _day_said(reading.turn, of_day)
        reading.put(
            Phrase(when) if when else None,
            reading.text[: found.start()] + (when or "") + reading.text[found.end() :],
        )


def _day_said(turn: Turn, of_day: bool) -> str | None:
    for text in (turn.question, turn.answer[:1_500]):
        for found in TIME.finditer(text):
            if of_day and found["day"]:
                year = f" {found['year_of_day']}" if found["year_of_day"] else ""
                return f"le {found['day']} {found['month_of_day']}{year}"
            year = found["year"] or found["year_of_month"] or found["year_of_day"]
            if not of_day and year:
                return f"en {year}"
    return None


def _demonstratives(reading: _Reading) -> None:
    latter = _LATTER.search(reading.text)
    if latter:
        which = latter["which"].lower()
        one = reading.find("m" if which in ("celui", "ceux") else "f", which in ("ceux", "celles"))
        said = one.text if one else ""
        if latter.start() == 0:
            said = capital(said)
        reading.put(one, reading.text[: latter.start()] + said + reading.text[latter.end() :])
        return
    found = _THIS.search(reading.text)
    if found is None or _DEICTIC.match(found["noun"]):
        return
    noun = head_noun(found["noun"])
    for one in candidates(reading.turn, reading.text):
        if head_noun(one.text) == noun:
            preposition = (found["preposition"] or "").strip().lower()
            said = to(one.text) if preposition == "à" else of(one.text) if preposition else one.text
            if found.start() == 0:
                said = capital(said)
            reading.put(one, reading.text[: found.start()] + said + reading.text[found.end() :])
            return
    if noun in _GENERIC or noun in fold(f"{reading.turn.question} {reading.turn.answer[:1_500]}"):
        reading.unresolved = True


# -- what only says that it leans ------------------------------------------------------------

_VAGUE = re.compile(
    r"\b(?:cela|ça)\b|\b(?:est|était|sera|serait|fut)-ce\b(?! qu)|^c'(?:est|était|sera) (?!quoi|qui)",
    re.I,
)
_ELSEWHERE = re.compile(r"\b(?:s'|n'|m')(?:y|en)\b|\bquel(?:le)?s? en (?:est|sont)\b", re.I)
_OF_THE_MOMENT = re.compile(r"\b(?:heure|temps|jour|date) (?:est|fait|sommes|fera)-|\bquoi de neuf", re.I)
_CONNECTING = frozenset("ensuite apres avant alors exactement passe precisement deja encore".split())
_ANY = re.compile(r"\b(?:y a-t-il|y avait-il|y a-t-il eu|il y a)\b", re.I)


def _vague(reading: _Reading) -> None:
    if reading.used:
        return
    text = reading.text
    named = any(token[:1].isupper() for token in words(text)[1:])
    anchored = named or re.search(r"\b(?:(?:le|la|les|du|au|aux)\b|l')", text, re.I)
    vague = _VAGUE.search(text) or _ANY.search(text) or _ELSEWHERE.search(text)
    if (vague and not anchored) or (not named and _says_little(text)):
        reading.unresolved = True


def _says_little(text: str) -> bool:
    """Whether a question has hardly a word of its own: "Qui a marqué", "Quel était le score"."""
    if _OF_THE_MOMENT.search(text) or not (HEAD.match(text) or INVERSION.search(text)):
        return False
    told = [t for t in analyse(text) if fold(text[t.start : t.end]) not in _CONNECTING]
    of_something = re.search(r"\b(?:(?:le|la|les|du|au|aux)\b|l')", text, re.I)
    attribute = re.match(r"(?:qui|quel(?:le)?s?) (?:est|sont|était|étaient|sera|seront)\b", text, re.I)
    return len(told) <= 1 and (not of_something or attribute is not None)


__all__ = ["AIDS", "HEAD", "POSSESSIVES", "completed", "owned"]
