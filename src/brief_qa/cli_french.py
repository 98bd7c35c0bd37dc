"""Typer in French: the headings of its help, its usage errors, and our own errors.

Typer's words are in English and most cannot be translated from outside, so usage errors are
worded again here from what they carry. One whose kind is not known keeps typer's words.
"""

from __future__ import annotations

import errno
import re
import sys
from collections.abc import Callable, Sequence
from typing import Any, NoReturn

import typer
from typer import rich_utils
from typer.core import TyperArgument, TyperCommand, TyperGroup, TyperOption

from brief_qa.cli_output import print_error, print_json
from brief_qa.errors import BriefQAError

_EXTRA = re.compile(r"Got unexpected extra arguments?(?:\(s\))? \((.*)\)$", re.DOTALL)
_HELP_OF_HELP = "Affiche cette aide et s'arrête."


def _speak_french() -> None:
    """Word the headings that typer keeps as module constants in French."""
    rich_utils.ARGUMENTS_PANEL_TITLE = "Arguments"
    rich_utils.OPTIONS_PANEL_TITLE = "Options"
    rich_utils.COMMANDS_PANEL_TITLE = "Commandes"
    rich_utils.ERRORS_PANEL_TITLE = "Erreur"
    rich_utils.DEFAULT_STRING = "[par défaut : {}]"
    rich_utils.ENVVAR_STRING = "[variable : {}]"
    rich_utils.REQUIRED_LONG_STRING = "[obligatoire]"
    rich_utils.RICH_HELP = "[blue]{command_path} {help_option}[/] donne l'aide."
    # Beside its name, typer shows the Python type of an argument: "<str>".
    TyperArgument.display_type_rich = lambda self, ctx: None  # type: ignore[method-assign]


class _FrenchHelp:
    """Mixed into typer's classes: the help option speaks French."""

    def get_help_option(self, ctx: Any) -> TyperOption | None:
        option: TyperOption | None = super().get_help_option(ctx)  # type: ignore[misc]
        if option is not None:
            option.help, option.metavar = _HELP_OF_HELP, ""
        return option


class Command(_FrenchHelp, TyperCommand):
    """A command whose failures are told in French, or as JSON where ``--json`` was given."""

    def invoke(self, ctx: Any) -> Any:
        """Run it. What was given and cannot be used ends with exit code 1."""
        try:
            return super().invoke(ctx)
        except BrokenPipeError:
            raise
        except (BriefQAError, OSError) as error:
            message = str(error) if isinstance(error, BriefQAError) else _system(error)
            if ctx.params.get("as_json"):
                print_json({"error": message})
            else:
                print_error(message)
            raise typer.Exit(1) from error


class Group(_FrenchHelp, TyperGroup):
    """The whole command line."""

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Find the command that the arguments name."""
        if args and not args[0].startswith("-") and self.get_command(ctx, args[0]) is None:
            ctx.fail(f"Commande inconnue : {args[0]}. Il y a : {', '.join(self.commands)}.")
        return super().resolve_command(ctx, args)

    def main(self, *arguments: Any, standalone_mode: bool = True, **options: Any) -> Any:
        """Run, and end the process with the exit code, as typer does, but in French."""
        _speak_french()
        run: Callable[..., Any] = super().main
        if not standalone_mode:
            return run(*arguments, standalone_mode=False, **options)
        _run_and_exit(run, arguments, options)


def _run_and_exit(
    run: Callable[..., Any], arguments: Sequence[Any], options: dict[str, Any]
) -> NoReturn:
    try:
        code = run(*arguments, standalone_mode=False, **options)
    except typer.TyperException as error:
        if not type(error).__name__.startswith("NoArgs"):  # that one has printed the help
            message = _usage_error(error)
            error.format_message = lambda: message  # type: ignore[method-assign]
            rich_utils.rich_format_error(error)  # type: ignore[arg-type]
        code = error.exit_code
    except typer.Abort:
        code = 130
    sys.exit(code or 0)


def _usage_error(error: typer.TyperException) -> str:
    """What a usage error says, in French."""
    option = getattr(error, "option_name", "")
    parameter = getattr(error, "param", None)
    name = parameter.get_error_hint().strip("'\"") if parameter else ""
    match type(error).__name__:
        case "MissingParameter":
            return f"Il manque {name}."
        case "BadParameter":
            return f"Valeur refusée pour {name} : {error.message}"
        case "NoSuchOption":
            near = ", ".join(getattr(error, "possibilities", None) or ())
            return f"Option inconnue : {option}." + (f" Peut-être : {near}." if near else "")
        case "BadOptionUsage" if "requires" in error.message:
            return f"L'option {option} attend une valeur."
        case "BadOptionUsage":
            return f"L'option {option} ne prend pas de valeur."
        case "UsageError" if extra := _EXTRA.match(error.message):
            return f"De trop : {extra[1]}. Mettez entre guillemets ce qui a plusieurs mots."
    return error.message


_CAUSES = {
    errno.EACCES: "permission refusée",
    errno.EPERM: "permission refusée",
    errno.EROFS: "disque en lecture seule",
    errno.ENOSPC: "disque plein",
    errno.ENOENT: "chemin introuvable",
    errno.ENOTDIR: "une partie du chemin n'est pas un dossier",
    errno.EISDIR: "c'est un dossier, et non un fichier",
    errno.EIO: "erreur de lecture ou d'écriture",
}
"""What the system says in English of what most often goes wrong."""


def _system(error: OSError) -> str:
    """What the operating system refused, and for which file."""
    cause = _CAUSES.get(error.errno or 0) or error.strerror or error
    if error.filename:
        return f"Le système refuse l'accès à « {error.filename} » : {cause}."
    return f"Le système signale une erreur : {cause}."
