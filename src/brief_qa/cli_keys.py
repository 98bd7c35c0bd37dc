"""The commands about who may do what: ``brief-qa key …`` and ``brief-qa audit``."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated, cast

import typer
from rich.table import Table
from rich.text import Text

from brief_qa import cli_output as output
from brief_qa.cli_french import Command, Group
from brief_qa.cli_options import DEFAULT_INDEX, AsJson, Index, read_count
from brief_qa.dates import format_date
from brief_qa.errors import InputError
from brief_qa.keys import SCOPES, Key, Keys, Scope
from brief_qa.texts import number

app = typer.Typer(
    cls=Group,
    no_args_is_help=True,
    rich_markup_mode="rich",
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    options_metavar="[OPTIONS]",
    help="Faire, lister et supprimer les clés de l'archive.",
)
_MOST = 50
_IDS_SHOWN = 3


def read_scope(text: str) -> Scope:
    """A right that a key may give."""
    if text not in SCOPES:
        raise typer.BadParameter(f"« {text} » n'est pas un droit. Il y a : {', '.join(SCOPES)}.")
    return text


Name = Annotated[str, typer.Option(metavar="NOM", help="Qui s'en servira, ou pour quoi.")]


@app.command(cls=Command)
def create(
    scope: Annotated[
        str,
        typer.Option(
            parser=read_scope,
            metavar="DROIT",
            help="read (lire), write (et écrire par l'API), admin (et administrer).",
        ),
    ],
    name: Name,
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Faire une clé. Elle n'est montrée qu'une fois : gardez-la."""
    key, presented = _keys(index).create(name, cast("Scope", scope))
    if as_json:
        output.print_json({**_told(key), "key": presented})
        return
    output.out().print(presented, soft_wrap=True)
    output.print_note(
        f"Clé « {key.name} » ({key.scope}). Elle ne sera plus montrée : rangez-la maintenant."
    )


@app.command("list", cls=Command)
def list_keys(index: Index = DEFAULT_INDEX, as_json: AsJson = False) -> None:
    """Lister les clés : leur nom, leur droit, le jour où elles ont été faites."""
    keys = _keys(index).all()
    if as_json:
        output.print_json({"keys": [_told(key) for key in keys]})
        return
    if not keys:
        output.print_note("Aucune clé. Faites-en une : brief-qa key create --scope admin --name …")
        return
    table = Table("Nom", "Droit", "Faite le", "Commence par")
    for key in keys:
        name = Text(output.one_line(key.name))
        table.add_row(name, key.scope, format_date(key.created), f"bq_{key.id}_")
    output.out().print(table)


@app.command(cls=Command)
def delete(
    name: Annotated[str, typer.Argument(metavar="NOM", show_default=False)],
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Supprimer une clé : elle n'ouvre plus rien, tout de suite."""
    if not _keys(index).delete(name):
        raise InputError(f"Aucune clé ne s'appelle « {name} ». « brief-qa key list » les dit.")
    if as_json:
        output.print_json({"name": name, "deleted": True})
    else:
        output.say(f"Supprimée : {output.one_line(name)}")


def audit(
    most: Annotated[
        int, typer.Option("-n", parser=read_count, metavar="N", help="Combien, au plus.")
    ] = _MOST,
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Lire le journal de ce qui a été écrit par la page ou par l'API, le plus récent d'abord."""
    from brief_qa.audit import Audit
    from brief_qa.doctor import existing

    entries = Audit(existing(index)).latest(most)
    if as_json:
        output.print_json({"entries": entries})
        return
    if not entries:
        output.print_note("Rien n'a été écrit par la page ni par l'API.")
        return
    table = Table("Quand (UTC)", "Clé", "Quoi", "Articles")
    for one in entries:
        ids = ", ".join(map(output.one_line, one.articles[:_IDS_SHOWN]))
        more = len(one.articles) - _IDS_SHOWN
        told = f"{ids} et {number(more)} de plus" if more > 0 else ids
        table.add_row(one.at, Text(output.one_line(one.who)), one.what, Text(told))
    output.out().print(table)


def _keys(index: Path) -> Keys:
    from brief_qa.doctor import existing

    return Keys(existing(index))


def _told(key: Key) -> dict[str, object]:
    """What may be shown of a key."""
    return {"id": key.id, "name": key.name, "scope": key.scope, "created": key.created}
