"""Options that several commands of the command line share, and how their values are read.

The readers raise BadParameter with what a person should have written: a usage
error, exit code 2.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Annotated

import typer

from brief_qa.dates import parse_date
from brief_qa.domain import Kind

DEFAULT_INDEX = Path("index")


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
        raise typer.BadParameter(f"« {text} » n'est pas un nombre entier.")
    return int(text)


def read_floor(text: str) -> Floor:
    """A metric and its floor: ``nDCG@10=0.82``."""
    metric, _, value = text.partition("=")
    try:
        return Floor(metric.strip(), float(value.replace(",", ".")))
    except ValueError:
        raise typer.BadParameter(
            f"« {text} » n'est pas un seuil. Écrivez par exemple nDCG@10=0.82."
        ) from None


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
Section = Annotated[str | None, typer.Option(metavar="NOM", help="Rubrique.")]
Source = Annotated[str | None, typer.Option(metavar="NOM", help="Journal ou site.")]
Author = Annotated[str | None, typer.Option(metavar="NOM", help="Auteur ou autrice.")]
OfKind = Annotated[
    str | None, typer.Option(parser=read_kind, metavar="GENRE", help="article ou brève.")
]
