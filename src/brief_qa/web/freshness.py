"""When the archive and its articles were last written, for a reader. Nothing untrusted is in it."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from brief_qa.dates import format_moment
from brief_qa.domain import Coverage, Version
from brief_qa.texts import number as in_french
from brief_qa.web import words
from brief_qa.web.typography import announced, count


def updated(coverage: Coverage, now: datetime) -> str:
    """``mise à jour hier à 10 h 12``; empty when that is unknown."""
    if coverage.updated is None:
        return ""
    return announced(words.UPDATED_AT.format(moment=format_moment(coverage.updated, now)))


def history(versions: Sequence[Version], now: datetime) -> str:
    """When an article was taken in and corrected, in one sentence; each time below, if many."""
    corrections = [one for one in versions if one.changed != ("new",)]
    told = [_told(one, now) for one in versions if one.changed == ("new",)][:1]
    if len(corrections) == 1:
        told.append(_told(corrections[0], now))
    elif corrections:
        times = words.CORRECTED_TIMES.format(times=in_french(len(corrections)))
        told.append(f"{times} {format_moment(corrections[-1].at, now)}")
    if not told:
        return ""
    sentence = " ; ".join(told)
    html = f'<p class="byline">{announced(sentence[0].upper() + sentence[1:])}</p>'
    if len(corrections) < 2:
        return html
    items = "".join(f"<li>{announced(_told(one, now))}</li>" for one in versions)
    summary = f"<summary>{words.ALL_VERSIONS}</summary>"
    return f'{html}<details class="versions">{summary}<ol>{items}</ol></details>'


def _told(version: Version, now: datetime) -> str:
    """``reçu le 3 avril 2024 à 10 h 12``, ``corrigé aujourd'hui à 9 h 05 : 3 mots ajoutés``."""
    moment = format_moment(version.at, now)
    if version.changed == ("new",):
        return f"{words.TAKEN_IN} {moment}"
    changed = [
        _words_changed(version) if aspect == "text" else words.CHANGED[aspect]
        for aspect in version.changed
    ]
    return f"{words.CORRECTED} {moment} : {', '.join(changed)}"


def _words_changed(version: Version) -> str:
    """``12 mots ajoutés, 3 retirés``; that the text changed, where its words are the same."""
    told = ""
    for how, number in (("ajouté", version.added), ("retiré", version.removed)):
        if number:
            many = f", {in_french(number)}" if told else count(number, "mot")
            told += f"{many} {how}{'s' if number > 1 else ''}"
    return told or words.CHANGED["text"]
