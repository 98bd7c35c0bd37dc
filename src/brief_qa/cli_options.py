"""Options that several commands of the command line share, and how their values are read.

The readers raise BadParameter with what a person should have written: a usage
error, exit code 2. What only the archive can tell is checked once it is open.
"""

from __future__ import annotations

import os
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from brief_qa.cli_output import counted, one_line
from brief_qa.dates import parse_date
from brief_qa.domain import Kind
from brief_qa.errors import InputError
from brief_qa.llm import LlmSettings, llm_settings

if TYPE_CHECKING:
    from brief_qa.archive import Archive
    from brief_qa.remote import Remote

DEFAULT_INDEX = Path("index")
_NAMES_SHOWN = 8
_NAME_SHOWN = 60
"""Characters of one."""


@dataclass(frozen=True, slots=True)
class Floor:
    """The least that a metric may be."""

    metric: str
    value: float


def read_day(text: str) -> date:
    """A day, as ISO or as French writes it."""
    day = parse_date(text)
    if day is None:
        raise typer.BadParameter(
            f"« {text} » n'est pas une date. Écrivez 2024-04-22 ou « 22 avril 2024 »."
        )
    return day


def read_kind(text: str) -> Kind:
    """A kind of article, its accent optional."""
    kinds: dict[str, Kind] = {"article": "article", "brève": "brève", "breve": "brève"}
    if text.lower() not in kinds:
        raise typer.BadParameter(f"« {text} » n'est pas un genre. Il y a : article, brève.")
    return kinds[text.lower()]


def read_count(text: str | int) -> int:
    """A whole number, not negative. Typer hands a default over as the number it is."""
    if not str(text).strip().isdecimal():
        raise typer.BadParameter(f"« {text} » n'est pas un nombre entier ≥ 0.")
    return int(text)


_ADDRESS = re.compile(r"[a-z][a-z0-9+.-]*://", re.IGNORECASE)


def read_sources(given: Sequence[str], allow_fetch: bool) -> list[Path | Remote]:
    """Paths and, where they may be fetched, addresses of the web. Raises InputError."""
    addresses = [one for one in given if _ADDRESS.match(one)]
    if not addresses:
        return [*map(Path, given)]
    if not allow_fetch:
        raise InputError(
            f"« {one_line(addresses[0])} » est une adresse du Web, et rien n'y est demandé sans "
            "accord. Ajoutez --allow-fetch, ou enregistrez la page et donnez le fichier."
        )
    from brief_qa.fetching import fetch
    from brief_qa.remote import Remote

    return [Remote(one, fetch) if one in addresses else Path(one) for one in given]


def read_floor(text: str) -> Floor:
    """A metric and its floor: ``nDCG@10=0.82``."""
    metric, _, value = text.partition("=")
    try:
        return Floor(metric.strip(), float(value.replace(",", ".")))
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas un seuil. Écrivez par exemple nDCG@10=0.82."
        ) from None


def refuse_unknown_names(
    archive: Archive, section: str | None, source: str | None, author: str | None
) -> None:
    """Raise InputError when a filter asks for a name that no article has."""
    if section:
        _refuse_unknown(f"de la rubrique « {section} »", section, archive.names("section"))
    if source:
        _refuse_unknown(f"de la source « {source} »", source, archive.names("source"))
    if author:
        _refuse_unknown(f"signé « {author} »", author, archive.names("author"))


def _refuse_unknown(what: str, wanted: str, counts: Mapping[str, int]) -> None:
    """Name those near the wanted one, or else those that the archive has, frequent ones first."""
    from brief_qa.facets import key

    names: dict[str, str] = {}
    for name in sorted(filter(None, counts), key=lambda name: (-counts[name], key(name))):
        names.setdefault(key(name), one_line(name)[:_NAME_SHOWN])
    asked, known = key(wanted), list(names)
    if asked in names:
        return
    holding = [one for one in known if asked in one]
    near = (holding or get_close_matches(asked, known))[:_NAMES_SHOWN]
    said = f"Aucun article n'est {what}."
    if near:
        raise InputError(f"{said} Peut-être : {', '.join(names[one] for one in near)}.")
    if not known:
        raise InputError(f"{said} Aucun n'a ce renseignement.")
    listed = ", ".join(names[one] for one in known[:_NAMES_SHOWN])
    more = len(known) - _NAMES_SHOWN
    rest = f" et {counted(more, 'autre')}" if more > 0 else ""
    raise InputError(f"{said} Il y a : {listed}{rest}.")


Index = Annotated[
    Path,
    typer.Option("--index", envvar="BRIEF_QA_INDEX", metavar="DOSSIER", help="Dossier de l'index."),
]
AsJson = Annotated[
    bool,
    typer.Option("--json", metavar="", help="Un seul objet JSON sur la sortie standard."),
]
EncoderName = Annotated[
    str | None,
    typer.Option(
        "--encoder", metavar="NOM", help="Modèle sentence-transformers : un nom ou un dossier."
    ),
]
Question = Annotated[str, typer.Argument(metavar="QUESTION", show_default=False)]
Since = Annotated[
    date | None,
    typer.Option(
        parser=read_day, metavar="DATE", help="Depuis ce jour : 2024-04-22 ou « 22 avril 2024 »."
    ),
]
Until = Annotated[
    date | None, typer.Option(parser=read_day, metavar="DATE", help="Jusqu'à ce jour, compris.")
]
NoDates = Annotated[
    bool,
    typer.Option(
        "--no-dates", metavar="", help="Chercher sans lire les dates que dit la question."
    ),
]
Section = Annotated[str | None, typer.Option(metavar="NOM", help="Rubrique.")]
Source = Annotated[str | None, typer.Option(metavar="NOM", help="Journal ou site.")]
Author = Annotated[str | None, typer.Option(metavar="NOM", help="Auteur ou autrice.")]
OfKind = Annotated[
    str | None, typer.Option(parser=read_kind, metavar="GENRE", help="article ou brève.")
]
Exactly = Annotated[
    list[str] | None,
    typer.Option(metavar="MOTS", help="Qui contient ces mots, dans cet ordre ; répétable."),
]
Without = Annotated[
    list[str] | None,
    typer.Option(metavar="MOTS", help="Qui ne contient pas ces mots ; répétable."),
]
LlmUrl = Annotated[
    str | None,
    typer.Option(
        "--llm-url",
        envvar="BRIEF_QA_LLM_URL",
        metavar="ADRESSE",
        help="Serveur compatible OpenAI qui rédige, par exemple http://localhost:11434/v1 ; "
        "sa clé se donne par BRIEF_QA_LLM_KEY.",
    ),
]
LlmModel = Annotated[
    str | None,
    typer.Option("--llm-model", envvar="BRIEF_QA_LLM_MODEL", metavar="NOM", help="Son modèle."),
]
Titles = Annotated[
    bool | None,
    typer.Option(
        "--titles/--no-titles",
        metavar="",
        help="Indexer les titres. Par défaut : oui si les questions ont des réponses, "
        "non si elles sont elles-mêmes des titres ou des chapôs.",
        show_default=False,
    ),
]
Asked = Annotated[
    int,
    typer.Option(parser=read_count, metavar="N", help="Questions à poser, deux fois ; 0 : aucune."),
]
Floors = Annotated[
    list[Floor] | None,
    typer.Option(
        parser=read_floor, metavar="MESURE=SEUIL", help="Échouer (code 1) au-dessous ; répétable."
    ),
]
AllowOrigin = Annotated[
    list[str] | None,
    typer.Option(
        metavar="SITE",
        help="Site dont les pages peuvent poser des questions, par exemple "
        "https://journal.example ; répétable.",
    ),
]
AllowFetch = Annotated[
    bool,
    typer.Option(
        "--allow-fetch",
        envvar="BRIEF_QA_ALLOW_FETCH",
        metavar="",
        help="Permettre d'ajouter des pages par leur adresse, prises sur le Web public.",
    ),
]
TrustedProxy = Annotated[
    list[str] | None,
    typer.Option(
        metavar="ADRESSE",
        help="Mandataire (IP ou réseau) qui dit pour qui il parle ; répétable.",
    ),
]
Rate = Annotated[
    int,
    typer.Option(
        parser=read_count,
        metavar="N",
        help="Demandes par minute d'une adresse ou d'une clé, au plus ; 0 : sans limite.",
    ),
]
Timeout = Annotated[
    int,
    typer.Option(parser=read_count, metavar="SECONDES", help="Délai de réception d'une demande."),
]


@contextmanager
def opened(ctx: typer.Context, index: Path, llm: LlmSettings | None = None) -> Iterator[Archive]:
    """The archive of a folder that holds one already."""
    from brief_qa.archive import Archive
    from brief_qa.doctor import existing

    with Archive.open(existing(index), encoder=ctx.obj, llm=llm) as archive:
        yield archive


def llm_given(url: str | None, model: str | None) -> LlmSettings | None:
    """The LLM server asked for. Its key is no option: other users of a machine see those."""
    return llm_settings(url, model, os.environ.get("BRIEF_QA_LLM_KEY"))
