"""Fit the weights of ``brief_qa.read``, and show what they give where they were not fitted.

    python -m benchmarks.calibrate [--questions 500] [--index FOLDER]

Fitted on the questions of PIAF train that the reader was not trained on; shown on PIAF dev and
AfriQA. Each question is asked twice: with everything there, and with its right article left
out, which makes a question that cannot be answered though all that is near it is there. Prints
the weights to copy into ``read.py`` and the tables for docs/quality.md, and draws how honest
the probability is. Needs scikit-learn, which sentence-transformers brings.
"""

from __future__ import annotations

import argparse
import random
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np
import numpy.typing as npt
from sklearn.linear_model import LogisticRegression
from training.examples import held_out

from brief_qa import Archive, Hit
from brief_qa import read as reading
from brief_qa.archive import READ
from brief_qa.evaluate_answers import auroc, normalised
from brief_qa.index import Index
from brief_qa.questionsets import Asked, corpus, question_sets
from brief_qa.reader import Reading, shared_reader
from brief_qa.wording import worded
from brief_qa.write import REFUSAL_THRESHOLD

from .reliability import reliability_svg

PLOT = Path(__file__).parents[1] / "docs" / "images" / "reliability.svg"
DATA = Path(__file__).parents[2] / "shared" / "data"
WORTH_OF = ("relevance", "likelihood", "behind", "words here", "sign")
CONFIDENCE_OF = ("relevance", "behind", "words around", "sign", "ahead")
Matrix = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Read:
    """The sentences read for one question: their features, and which hold a right answer."""

    features: Matrix
    right: npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Pair:
    """One question read with everything there, and without its right articles."""

    whole: Read
    without: Read


class Readings:
    """Reads questions as ``Archive.ask`` does, each passage once."""

    def __init__(self, archive: Archive, index: Index) -> None:
        """Read from this archive, and the index in its folder."""
        self._archive = archive
        self._index = index

    def pair(self, asked: Asked) -> Pair:
        """Read one question twice."""
        more = READ + reading.READ_PER_ARTICLE * len(asked.relevant)
        hits = self._archive.search(asked.text, more, per_article=reading.READ_PER_ARTICLE)
        passages = [(hit.article.title, hit.text) for hit in hits]
        readings = shared_reader().read(asked.text, passages)
        read = list(zip(hits, readings, strict=True))
        others = [one for one in read if one[0].article.id not in asked.relevant]
        return Pair(self._read(asked, read[:READ]), self._read(asked, others[:READ]))

    def _read(self, asked: Asked, read: Sequence[tuple[Hit, Reading]]) -> Read:
        with self._index.reading() as (_, snapshot):
            question = reading.Question(asked.text, worded(asked.text, snapshot.terms))
        weighed = reading.weigh(question, [hit for hit, _ in read], [one for _, one in read])
        wanted = [f" {words} " for one in asked.answers if (words := normalised(one))]
        right = [any(w in f" {normalised(one.text)} " for w in wanted) for one in weighed]
        features = [one.features for one in weighed]
        return Read(np.array(features).reshape(-1, len(reading.FEATURES)), np.array(right, bool))


def fit_worth(pairs: Sequence[Pair]) -> Matrix:
    """Weights that put a right sentence above the wrong ones read beside it (RankNet's loss)."""
    columns = [reading.FEATURES.index(name) for name in WORTH_OF]
    rows = [
        read.features[right] - read.features[~read.right]
        for read in (pair.whole for pair in pairs)
        for right in np.flatnonzero(read.right)[:2]
    ]
    differences = np.vstack(rows)[:, columns]
    signs = np.random.default_rng(0).choice([-1, 1], len(differences))
    model = LogisticRegression(fit_intercept=False, C=10).fit(differences * signs[:, None], signs)
    weights = np.zeros(len(reading.FEATURES))
    weights[columns] = model.coef_[0]
    return weights


def chosen(reads: Sequence[Read], worth: Matrix) -> tuple[Matrix, npt.NDArray[np.bool_]]:
    """Features of the sentence chosen for each question, and whether it is right."""
    best = [int(np.argmax(read.features @ worth)) for read in reads]
    features = np.array([read.features[i] for read, i in zip(reads, best, strict=True)])
    return features, np.array([read.right[i] for read, i in zip(reads, best, strict=True)])


def fit_confidence(pairs: Sequence[Pair], worth: Matrix) -> tuple[Matrix, float]:
    """Logistic weights and bias: the probability that the chosen sentence is right."""
    columns = [reading.FEATURES.index(name) for name in CONFIDENCE_OF]
    features, right = chosen([r for p in pairs for r in (p.whole, p.without)], worth)
    model = LogisticRegression(C=10, max_iter=2000).fit(features[:, columns], right)
    weights = np.zeros(len(reading.FEATURES))
    weights[columns] = model.coef_[0]
    return weights, float(model.intercept_[0])


def report(
    name: str, pairs: Sequence[Pair], worth: Matrix, weights: Matrix, bias: float
) -> list[tuple[float, bool]]:
    """Print what weights give on a set; the probability said and whether right, by question."""
    features, right = chosen([pair.whole for pair in pairs], worth)
    lacking, _ = chosen([pair.without for pair in pairs], worth)
    there, gone = (1 / (1 + np.exp(-(f @ weights + bias))) for f in (features, lacking))
    print(f"\n{name}: {len(pairs)} questions")
    print(f"  the sentence chosen first is right  {right.mean():.3f}")
    print(f"  AUROC, article there against gone   {auroc(there.tolist(), gone.tolist()):.3f}")
    print("  threshold  refused though there  refused when gone  right when answered")
    for threshold in sorted({0.1, 0.2, 0.3, 0.5, REFUSAL_THRESHOLD}):
        kept = there >= threshold
        print(
            f"  {threshold:9.2f}  {1 - kept.mean():20.3f}  {(gone < threshold).mean():17.3f}"
            f"  {right[kept].mean() if kept.any() else 0:19.3f}"
        )
    print("  said           right (the probability is honest when the two agree)")
    for low in (0.0, 0.15, 0.3, 0.5, 0.7):
        high = {0.0: 0.15, 0.15: 0.3, 0.3: 0.5, 0.5: 0.7, 0.7: 1.0}[low]
        inside = (there >= low) & (there < high + (high == 1.0))
        if inside.any():
            print(f"  {there[inside].mean():.2f}  {right[inside].mean():16.2f}   n={inside.sum()}")
    return list(zip(there.tolist(), right.tolist(), strict=True))


def read_set(folder: Path, names: Sequence[str], count: int, index: Path) -> dict[str, list[Pair]]:
    """Ingest a folder of shared data, and read some questions of its sets, by name."""
    sets = {one.name: one for one in question_sets(folder)}
    pairs: dict[str, list[Pair]] = {}
    with Archive.open(index / folder.name) as archive:
        archive.ingest(corpus(folder, titles=True))
        titles = {article.id: article.title for article in archive.articles()}
        reader = Readings(archive, Index(index / folder.name))
        for name in names:
            questions = [
                one
                for one in sets[name].questions
                if one.answers
                and (name != "train" or all(held_out(titles[id_]) for id_ in one.relevant))
            ]
            random.Random(0).shuffle(questions)
            pairs[name] = [reader.pair(one) for one in questions[:count]]
    return pairs


def main() -> None:
    """Fit, print, and report."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--questions", type=int, default=500, help="questions of each set")
    parser.add_argument("--index", type=Path, help="where to keep the indexes; by default nowhere")
    options = parser.parse_args()
    with TemporaryDirectory() as folder:
        index = options.index or Path(folder)
        names = ("train", "dev")
        sets = read_set(DATA / "piaf", names, options.questions, index)
        sets |= read_set(DATA / "afriqa_fon_fr", ("afriqa_fon_fr",), options.questions, index)
    worth = fit_worth(sets["train"])
    confidence, bias = fit_confidence(sets["train"], worth)
    np.set_printoptions(precision=2, suppress=True)
    print("features  ", reading.FEATURES)
    print("WORTH           =", worth, " in read.py:", reading.WORTH)
    print("CONFIDENCE      =", confidence, " in read.py:", reading.CONFIDENCE)
    print(f"CONFIDENCE_BIAS = {bias:.2f}  in read.py: {reading.CONFIDENCE_BIAS}")
    said = {name: report(name, pairs, worth, confidence, bias) for name, pairs in sets.items()}
    shown = {"PIAF dev": said["dev"], "AfriQA": said["afriqa_fon_fr"]}
    PLOT.write_text(reliability_svg("La confiance annoncée est-elle juste ?", shown), "utf-8")


if __name__ == "__main__":
    main()
