"""The command line: ``brief-qa``. Each command opens the archive, does one thing, shows it.

Exit codes: 0 done (a refusal to answer is an answer), 1 what was given cannot be used, or
what was asked for does not hold (nothing could be read, an unsound index, a score below its
floor), 2 the command was not written as ``--help`` says, 130 interrupted.

The context object (``app(obj=…)``) is an encoder used in place of the one named; None, as
from the shell, means that the named one is loaded.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, cast

import typer

from brief_qa import cli_keys, cli_serve
from brief_qa import cli_output as output
from brief_qa import cli_reports as reports
from brief_qa.cli_french import Command, Group
from brief_qa.cli_options import (
    DEFAULT_INDEX,
    AllowFetch,
    AsJson,
    Asked,
    Author,
    EncoderName,
    Exactly,
    Floors,
    Index,
    LlmModel,
    LlmUrl,
    NoDates,
    OfKind,
    Question,
    Section,
    Since,
    Source,
    Titles,
    Until,
    Without,
    llm_given,
    opened,
    read_count,
    read_sources,
    refuse_unknown_names,
)
from brief_qa.domain import Kind, Period
from brief_qa.errors import InputError
from brief_qa.jsonable import jsonable

if TYPE_CHECKING:
    from brief_qa.ingest import Encodes

app = typer.Typer(
    name="brief-qa",
    help="Interroger une archive d'articles de presse : chaque phrase a sa source.",
    cls=Group,
    no_args_is_help=True,
    add_completion=False,
    rich_markup_mode="rich",
    pretty_exceptions_enable=False,
    subcommand_metavar="COMMANDE [ARGUMENTS]…",
    options_metavar="[OPTIONS]",
)
app.add_typer(cli_keys.app, name="key")


def main() -> None:
    """Run ``brief-qa`` with the arguments of this process."""
    app()


def _loaded(encoder: str | None, index: Path) -> Encodes | str | None:
    """The encoder for a new index, loaded: no folder is to be made when there is none."""
    from brief_qa.doctor import holds_index

    if holds_index(index):
        return encoder
    from brief_qa.encoder import DEFAULT_MODEL, Encoder

    return Encoder.load(encoder or DEFAULT_MODEL)


# -- commands ------------------------------------------------------------------------------


@app.command(cls=Command)
def ingest(
    ctx: typer.Context,
    given: Annotated[list[str], typer.Argument(metavar="CHEMIN|ADRESSE…", show_default=False)],
    index: Index = DEFAULT_INDEX,
    restore: Annotated[
        bool,
        typer.Option("--restore", metavar="", help="Reprendre aussi ce qui a été supprimé."),
    ] = False,
    allow_fetch: AllowFetch = False,
    encoder: EncoderName = None,
    as_json: AsJson = False,
) -> None:
    """Ajouter des pages : fichiers, dossiers ou zip (.txt, .html, .md, .jsonl, .json, .csv).

    Avec --allow-fetch, des adresses du Web aussi : https://journal.example/article

    Ce que l'archive contient déjà est sauté : la même commande peut être relancée. Ce qui en a
    été supprimé le reste, sauf avec --restore.
    """
    from brief_qa.archive import Archive

    sources = read_sources(given, allow_fetch)
    with Archive.open(index, encoder=ctx.obj or _loaded(encoder, index)) as archive:
        archive.encoder  # noqa: B018 - its loading is no part of the rate that the bar shows
        with output.ingest_progress() as bar:
            try:
                report = archive.ingest(sources, restore=restore, progress=bar)
            except KeyboardInterrupt:
                kept = output.counted(bar.last.articles if bar.last else 0, "article")
                output.print_note(
                    f"Interrompu. Lus jusque-là et gardés dans l'archive : {kept}. Relancez la "
                    "même commande pour la suite."
                )
                raise typer.Exit(130) from None
    if as_json:
        output.print_json(report)
    else:
        output.show_ingest(report)
    if not report.added + report.updated + report.unchanged + len(report.withheld):
        output.print_note("Aucun article n'a pu être lu.")
        raise typer.Exit(1)


@app.command(cls=Command)
def search(
    ctx: typer.Context,
    question: Question,
    k: Annotated[int, typer.Option("-k", parser=read_count, metavar="N", help="Combien.")] = 10,
    since: Since = None,
    until: Until = None,
    section: Section = None,
    source: Source = None,
    author: Author = None,
    kind: OfKind = None,
    exactly: Exactly = None,
    without: Without = None,
    no_dates: NoDates = False,
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Chercher les articles les plus proches d'une question ou de quelques mots."""
    with opened(ctx, index) as archive:
        refuse_unknown_names(archive, section, source, author)
        read: list[Period] = []
        hits = archive.search(
            question,
            k,
            since=since,
            until=until,
            section=section,
            source=source,
            author=author,
            kind=cast("Kind | None", kind),
            exactly=exactly,
            without=without,
            read_dates=not no_dates,
            on_period=read.append,
        )
    if as_json:
        period = read[0] if read else None
        output.print_json({"question": question, "period": period, "hits": hits})
    else:
        output.show_period(*read)
        output.show_hits(hits)


@app.command(cls=Command)
def ask(
    ctx: typer.Context,
    question: Question,
    since: Since = None,
    until: Until = None,
    section: Section = None,
    source: Source = None,
    author: Author = None,
    kind: OfKind = None,
    exactly: Exactly = None,
    without: Without = None,
    no_dates: NoDates = False,
    llm_url: LlmUrl = None,
    llm_model: LlmModel = None,
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Répondre par des citations numérotées, ou dire que l'archive ne le permet pas."""
    with opened(ctx, index, llm_given(llm_url, llm_model)) as archive:
        refuse_unknown_names(archive, section, source, author)
        answer = archive.ask(
            question,
            since=since,
            until=until,
            section=section,
            source=source,
            author=author,
            kind=cast("Kind | None", kind),
            exactly=exactly,
            without=without,
            read_dates=not no_dates,
        )
    if as_json:
        output.print_json({"question": question, **jsonable(answer)})
    else:
        output.show_answer(answer)


app.command(cls=Command)(cli_serve.serve)
app.command(cls=Command)(cli_serve.mcp)


@app.command(cls=Command)
def stats(ctx: typer.Context, index: Index = DEFAULT_INDEX, as_json: AsJson = False) -> None:
    """Compter ce que l'archive contient."""
    with opened(ctx, index) as archive:
        counted = archive.stats()
    if as_json:
        output.print_json(counted)
    else:
        reports.show_stats(counted)


@app.command(cls=Command)
def delete(
    ctx: typer.Context,
    article_id: Annotated[str, typer.Argument(metavar="ID", show_default=False)],
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Retirer un article : la réponse suivante l'ignore déjà."""
    with opened(ctx, index) as archive:
        article = archive.article(article_id)
        if article is None or not archive.delete(article_id):
            raise InputError(
                f"L'archive n'a pas d'article « {article_id} ». Les identifiants sont ceux que "
                "donne « brief-qa search »."
            )
    if as_json:
        output.print_json({"id": article_id, "deleted": True, "article": article})
    else:
        output.say(f"Retiré : {output.name_of(article)}")


@app.command(cls=Command)
def feedback(
    ctx: typer.Context,
    questions: Annotated[
        Path | None,
        typer.Option(
            metavar="DOSSIER",
            help="Écrire là, pour « brief-qa eval », les réponses jugées justes.",
        ),
    ] = None,
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Lire les avis que les lecteurs ont donnés sur les réponses."""
    from brief_qa.feedback import FeedbackFile, write_question_set

    with opened(ctx, index) as archive:
        given = FeedbackFile(archive.folder).read()
        written = write_question_set(questions, given, archive.articles()) if questions else None
    if as_json:
        output.print_json({"feedback": given, "questions": written})
        return
    reports.show_feedback(given)
    if written is not None:
        output.say(f"{output.counted(written, 'question')} dans {questions}")


app.command(cls=Command)(cli_keys.audit)


@app.command(cls=Command)
def doctor(
    ctx: typer.Context,
    repair: Annotated[
        bool,
        typer.Option(
            "--repair", metavar="", help="Refaire ce qui se refait à partir des articles."
        ),
    ] = False,
    reencode: Annotated[
        bool, typer.Option("--reencode", metavar="", help="Réencoder tous les articles.")
    ] = False,
    encoder: EncoderName = None,
    index: Index = DEFAULT_INDEX,
    as_json: AsJson = False,
) -> None:
    """Examiner l'index, dire ce qui ne va pas et comment en sortir."""
    from brief_qa import doctor as the_doctor

    def load(recorded: str | None) -> Encodes:
        from brief_qa.encoder import DEFAULT_MODEL, Encoder

        return cast("Encodes", ctx.obj or Encoder.load(encoder or recorded or DEFAULT_MODEL))

    done: list[str] = []
    if reencode:
        with reports.counting() as advance:
            count = the_doctor.reencode(index, load, lambda *at: advance("Réencodage", *at))
        done.append(output.counted(count, "article réencodé", "articles réencodés"))
    if repair:
        done += the_doctor.repair(index, load)
    checks = the_doctor.examine(index, load)
    sound = all(check.sound for check in checks)
    if as_json:
        output.print_json({"sound": sound, "done": done, "checks": checks})
    else:
        reports.show_checks(checks, done)
    if not sound:
        raise typer.Exit(1)


@app.command("eval", cls=Command)
def evaluation(
    ctx: typer.Context,
    folder: Annotated[Path, typer.Argument(metavar="DOSSIER", show_default=False)],
    queries: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Ces questions seulement.")
    ] = None,
    qrels: Annotated[
        Path | None, typer.Option(metavar="FICHIER", help="Leurs bons articles.")
    ] = None,
    titles: Titles = None,
    limit: Annotated[
        int | None, typer.Option(parser=read_count, metavar="N", help="Questions par jeu, au plus.")
    ] = None,
    answers: Asked = 200,
    floor: Floors = None,
    encoder: EncoderName = None,
    index: Annotated[
        Path | None,
        typer.Option("--index", metavar="DOSSIER", help="Garder l'index dans ce dossier."),
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Mesurer la recherche et les réponses sur des questions dont on connaît les articles."""
    from brief_qa.evaluate import Sampling, evaluate, missed_floors

    floors = {one.metric: one.value for one in floor or ()}
    with reports.counting() as advance:
        measured = evaluate(
            folder,
            encoder=ctx.obj or encoder,
            index=index,
            queries=queries,
            qrels=qrels,
            titles=titles,
            sampling=Sampling(limit, answers),
            advance=advance,
        )
    missed = missed_floors(measured, floors)
    if as_json:
        output.print_json({**jsonable(measured), "floors": floors, "missed": missed})
    else:
        reports.show_evaluation(measured, missed)
    if missed:
        raise typer.Exit(1)
