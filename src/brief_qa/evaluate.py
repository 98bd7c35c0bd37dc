"""Evaluation: how well an archive finds the right articles, and answers from them.

Retrieval is measured at article level, through :meth:`Archive.search` for the fused ranking
and leg by leg; answers through :meth:`Archive.ask`. A question with no hit scores 0.
"""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from brief_qa.archive import Archive
from brief_qa.errors import InputError, optional
from brief_qa.evaluate_answers import Advance, AnswerScores, answer_scores
from brief_qa.index import Index
from brief_qa.ingest import Encodes
from brief_qa.questionsets import Asked, QuestionSet, corpus, digest, question_sets
from brief_qa.vectors import FloatArray
from brief_qa.wording import worded

DEPTH = 100
"""Articles ranked for each question."""
_PASSAGES_A_LEG = 1_000
"""Passages asked of one leg, so that DEPTH different articles are among them."""
METRICS = ("nDCG@10", "MRR@10", "R@1", "R@10", "R@100")
LEGS = ("fused", "dense", "terms")


@dataclass(frozen=True, slots=True)
class SetScores:
    """The scores of one set of questions."""

    name: str
    questions: int
    legs: dict[str, dict[str, float]]
    """Leg ("fused", "dense", "terms") → metric → mean over the questions."""
    answers: AnswerScores | None


@dataclass(frozen=True, slots=True)
class Evaluation:
    """What was measured, and on what."""

    data: str
    digest: str
    """SHA-256 of the files measured on."""
    articles: int
    passages: int
    titles: bool
    """Whether titles were indexed; not when the questions are made from them."""
    encoder: str
    sets: tuple[SetScores, ...]


@dataclass(frozen=True, slots=True)
class Sampling:
    """How many questions of each set to measure on; None for all."""

    questions: int | None = None
    answers: int | None = 200
    """Of those, how many to ask for answers, twice each."""


_DEFAULT_SAMPLING = Sampling()


def evaluate(
    folder: Path,
    *,
    encoder: Encodes | str | None = None,
    index: Path | None = None,
    queries: Path | None = None,
    qrels: Path | None = None,
    titles: bool | None = None,
    sampling: Sampling = _DEFAULT_SAMPLING,
    advance: Advance | None = None,
) -> Evaluation:
    """Measure on the sets of a folder, in a temporary index unless one is named.

    ``titles`` says whether titles are indexed; by default they are when some questions
    have answers, since questions that have none are titles or leads themselves. Raises
    InputError when the folder is not laid out as :mod:`brief_qa.questionsets` says, or the
    index holds other articles.
    """
    sets = [one.sample(sampling.questions) for one in question_sets(folder, queries, qrels)]
    if not all(one.questions for one in sets):
        raise InputError("Aucune question à mesurer : il en faut au moins une par jeu (--limit).")
    with_titles = any(q.answers for one in sets for q in one.questions)
    if titles is not None:
        with_titles = titles
    advance = advance or (lambda step, done, total: None)
    with _folder(index) as place, Archive.open(place, encoder=encoder) as archive:
        _fill(archive, folder, with_titles, advance)
        with closing(Index(place)) as legs:
            scores = tuple(_measured(archive, legs, one, sampling.answers, advance) for one in sets)
        held = archive.stats()
        return Evaluation(
            data=str(folder),
            digest=digest(folder, sets),
            articles=held.articles,
            passages=held.passages,
            titles=with_titles,
            encoder=archive.encoder.fingerprint,
            sets=scores,
        )


def missed_floors(evaluation: Evaluation, floors: Mapping[str, float]) -> list[str]:
    """What falls below its floor, in French, over the fused rankings of every set.

    Raises InputError for a metric that is not measured.
    """
    if unknown := sorted(set(floors) - set(METRICS)):
        raise InputError(f"Mesure inconnue : {', '.join(unknown)}. Il y a : {', '.join(METRICS)}.")
    return [
        f"{one.name} : {metric} = {one.legs['fused'][metric]:.4f}, sous le seuil de {floor}"
        for one in evaluation.sets
        for metric, floor in floors.items()
        if one.legs["fused"][metric] < floor
    ]


@contextmanager
def _folder(index: Path | None) -> Iterator[Path]:
    if index is not None:
        yield index
        return
    with tempfile.TemporaryDirectory(prefix="brief-qa-eval-") as folder:
        yield Path(folder)


def _fill(archive: Archive, folder: Path, titles: bool, advance: Advance) -> None:
    articles = list(corpus(folder, titles=titles))
    archive.ingest(
        articles,
        progress=lambda progress: advance("Articles", progress.articles, len(articles)),
    )
    known = {article.id for article in articles}
    if any(article.id not in known for article in archive.articles()):
        raise InputError(
            f"L'index contient d'autres articles que ceux de « {folder} » : les scores n'auraient "
            "pas de sens. Choisissez un autre dossier avec --index, ou aucun."
        )


def _measured(
    archive: Archive, index: Index, asked: QuestionSet, answers: int | None, advance: Advance
) -> SetScores:
    runs: dict[str, dict[str, list[str]]] = {leg: {} for leg in LEGS}
    vectors = archive.encoder.encode_questions([one.text for one in asked.questions])
    for done, (question, vector) in enumerate(zip(asked.questions, vectors, strict=True), 1):
        for leg, ranking in rankings(archive, index, question.text, vector).items():
            runs[leg][question.id] = ranking
        advance(f"Recherches ({asked.name})", done, len(asked.questions))
    answerable = QuestionSet(asked.name, tuple(q for q in asked.questions if q.answers), ())
    chosen = answerable.sample(answers).questions
    return SetScores(
        name=asked.name,
        questions=len(asked.questions),
        legs={leg: score(asked.questions, run) for leg, run in runs.items()},
        answers=answer_scores(archive, chosen, advance) if chosen else None,
    )


# -- retrieval -----------------------------------------------------------------------------


def rankings(
    archive: Archive, index: Index, question: str, vector: FloatArray
) -> dict[str, list[str]]:
    """Article ids, best first, at most DEPTH: by both legs fused, and by each alone.

    ``index`` is the archive's own folder, for the legs, which look for the question's ``vector``
    (dimension,) and its words: the archive has no word for them.
    Dates in the question are read as on this day, as whoever asks an old archive means them.
    """
    fused = [hit.article.id for hit in archive.search(question, DEPTH)]
    with index.reading() as (view, snapshot):
        near, _ = snapshot.vectors.search(vector, _PASSAGES_A_LEG)
        wording = worded(question, snapshot.terms)
        found, _ = snapshot.terms.matching(wording, _PASSAGES_A_LEG)
        passages = view.passages([*near.tolist(), *found])
    legs = {"dense": near.tolist(), "terms": found}
    ranked = {
        leg: list(dict.fromkeys(passages[i].article_id for i in ids if i in passages))[:DEPTH]
        for leg, ids in legs.items()
    }
    return {"fused": fused, **ranked}


def score(questions: Sequence[Asked], run: Mapping[str, Sequence[str]]) -> dict[str, float]:
    """Mean of each metric over the questions, given the article ids ranked for each id."""
    with optional("ir_measures", "eval"):
        import ir_measures
    measures = {name: ir_measures.parse_measure(name.replace("MRR", "RR")) for name in METRICS}
    relevant = {question.id: question.relevant for question in questions}
    ranked = {
        question: {article: -float(rank) for rank, article in enumerate(articles)}
        for question, articles in run.items()
        if articles
    }
    total = dict.fromkeys(METRICS, 0.0)
    named = {measure: name for name, measure in measures.items()}
    for one in ir_measures.iter_calc(list(named), relevant, ranked):
        total[named[one.measure]] += one.value
    return {name: value / len(questions) for name, value in total.items()}
