"""What the command line says of an archive as a whole: its counts, its health, its scores."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from typing import TYPE_CHECKING

from rich.table import Table
from rich.text import Text

from brief_qa.cli_output import counted, err, one_line, out, period, plain, say
from brief_qa.dates import format_date, format_moment
from brief_qa.domain import Stats
from brief_qa.feedback import Feedback, Verdict
from brief_qa.texts import number

if TYPE_CHECKING:
    from brief_qa.doctor import Check
    from brief_qa.evaluate import Evaluation
    from brief_qa.evaluate_answers import AnswerScores


def show_stats(stats: Stats) -> None:
    """What the archive holds."""
    say(
        f"{counted(stats.articles, 'article')}{period(stats.first, stats.last)} : dont "
        f"{counted(stats.briefs, 'brève')} et {number(stats.undated)} sans date."
    )
    say(
        f"{counted(stats.passages, 'passage')}, {number(stats.bytes_on_disk / 2**20, 1)} Mio ; "
        f"encodeur : {one_line(stats.encoder) or 'aucun encore'}."
    )
    if stats.updated:
        here = datetime.now().astimezone()
        say(f"Mise à jour {format_moment(stats.updated, here)}.")
    tables = (
        ("Rubrique", "sans rubrique", stats.by_section),
        ("Source", "sans source", stats.by_source),
        ("Mois", "sans date", stats.by_month),
    )
    for name, unknown, counts in tables:
        if counts:
            table = Table()
            table.add_column(name, overflow="fold")
            table.add_column("Articles", justify="right")
            order = (
                counts.items()
                if name == "Mois"
                else sorted(counts.items(), key=lambda item: -item[1])
            )
            for value, count in order:
                table.add_row(Text(one_line(value)), number(count))
            if (rest := stats.articles - sum(counts.values())) > 0:
                table.add_row(Text(unknown, style="italic"), number(rest))
            out().print(table)


@contextmanager
def counting() -> Iterator[Callable[[str, int, int], None]]:
    """A bar on standard error for steps that come one after another, by name."""
    from rich.progress import Progress

    with Progress(console=err()) as bar:
        tasks = {}

        def advance(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = bar.add_task(step, total=total)
            bar.update(tasks[step], completed=done)

        yield advance


def show_feedback(given: Sequence[Feedback]) -> None:
    """What readers think of answers, then how many think what."""
    for one in given:
        verdict = f"{one.verdict}, {one.reason}" if one.reason else one.verdict
        out().print(
            Text.assemble(
                f"{format_date(one.given.date())}  ",
                (verdict, "green" if one.verdict == Verdict.RIGHT else "red"),
                f"  {one_line(one.question)}",
            ),
            soft_wrap=True,
        )
    counts = Counter(str(one.verdict) for one in given)
    told = ", ".join(f"{number(many)} {verdict}" for verdict, many in counts.most_common())
    out().print(f"{counted(len(given), 'avis', 'avis')}" + (f" : {told}" if told else ""))


def show_checks(checks: Sequence[Check], done: Sequence[str]) -> None:
    """What the doctor did and found, with the way out of what is wrong."""
    for one in done:
        out().print(Text(f"Fait : {plain(one)}."))
    for check in checks:
        sign = ("✓ ", "green") if check.sound else ("✗ ", "bold red")
        out().print(Text.assemble(sign, f"{check.name} : {plain(check.detail)}"), soft_wrap=True)
        if check.remedy and not check.sound:
            out().print(Text(f"  → {plain(check.remedy)}"), soft_wrap=True)


def show_evaluation(evaluation: Evaluation, missed: Sequence[str]) -> None:
    """The scores, by set and by leg, then the answers, then the floors that were missed."""
    titles = "avec leurs titres" if evaluation.titles else "sans leurs titres"
    out().print(
        f"{plain(evaluation.data)} : {counted(evaluation.articles, 'article')} {titles}, "
        f"{counted(evaluation.passages, 'passage')} ; données {evaluation.digest[:16]}, "
        f"encodeur {plain(evaluation.encoder)[:40]}"
    )
    legs = {"fused": "les deux", "dense": "sens", "terms": "mots"}
    table = Table()
    for name in ("Questions", "Recherche", *next(iter(evaluation.sets[0].legs.values()))):
        table.add_column(name, justify="right" if "@" in name else "left")
    for one in evaluation.sets:
        for leg, scores in one.legs.items():
            first = f"{plain(one.name)} ({number(one.questions)})" if leg == "fused" else ""
            table.add_row(first, legs[leg], *(number(value, 3) for value in scores.values()))
    out().print(table)
    for one in evaluation.sets:
        if one.answers:
            out().print(_answers_table(one.name, one.answers))
    for line in missed:
        out().print(Text(f"✗ {one_line(line)}", style="bold red"))


_ANSWERS = {
    "reader_exact": "lecteur, bon article donné : exactement les mots attendus (EM)",
    "reader_f1": "lecteur, bon article donné : mots communs (F1)",
    "found_first": "bon article en tête de la recherche (R@1)",
    "read_first": "bon article en tête, après lecture (R@1)",
    "exact": "archive entière : exactement les mots attendus (EM)",
    "f1": "archive entière : mots communs (F1)",
    "sentence": "bonne réponse dans la première citation",
    "any_sentence": "bonne réponse dans une des citations",
    "citations_right": "citations dont le passage contient la réponse",
    "refused": "refus alors que l'archive répond",
    "refused_without": "refus quand le bon article est retiré (rappel)",
    "right_without": "bonne réponse pourtant, d'un autre article",
    "refusals_right": "refus justifiés parmi tous (précision)",
    "auroc": "la confiance les distingue (AUROC)",
    "auroc_unanswered": "les mêmes, sans celles auxquelles un autre article répond",
    "seconds": "secondes par réponse (médiane)",
}


def _answers_table(name: str, answers: AnswerScores) -> Table:
    table = Table(
        title=f"Réponses, {plain(name)} ({counted(answers.questions, 'question')})",
        title_justify="left",
    )
    table.add_column("Mesure")
    table.add_column("Valeur", justify="right")
    for field, words in _ANSWERS.items():
        table.add_row(words, number(getattr(answers, field), 3))
    return table
