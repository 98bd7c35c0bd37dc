"""Train the reader: ``python -m training.train``. See README.md beside this file.

Interrupted, it goes on from its last checkpoint when it is run again; a stage that was finished
is not run twice.
"""

from __future__ import annotations

import argparse
import random
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

import torch
from safetensors.torch import load_file, save_file
from tokenizers import Tokenizer
from torch import Tensor

from brief_qa.models import DEFAULT_MODEL, default_cache, open_model
from training.examples import Example, examples, held_out
from training.near_misses import names, near_miss
from training.reader import Batch, Row, TrainedReader, loss, row
from training.thinning import thinned

DATA = Path(__file__).parents[2] / "shared" / "data"
WORK = Path(__file__).parent / "work"

ROWS = 18
"""Rows of a step, at least."""
LAYER_DECAY = 0.9
"""The rate of a layer is this much of the one above it: what lies low is more general."""
WARM_UP = 0.06
FROZEN = 3
WRONG = {"piaf": 2, "es": 1, "it": 1}
"""Passages that do not answer, read beside one that does."""


Group = list[Row]
"""A question with the passages that it is read with."""


@dataclass(frozen=True, slots=True)
class Stage:
    """A run of the training, with its own rates: what the one before learnt is kept."""

    rows: int
    """Questions with a passage, read."""
    rate: float
    """The highest, of the heads."""
    french: tuple[float, float]
    """Share of the questions that are French, at the beginning and at the end."""
    near_misses: float
    """Share of the answered questions that are also asked with another name or year."""
    dropout: float = 0.0
    """Share of what a layer adds that is left out."""
    thinned: float = 0.0
    """Share of the questions whose passages are read with some sentences left out."""


STAGES = (
    Stage(44_000, 2e-4, (0.35, 0.85), 0.0),
    Stage(33_000, 1e-4, (0.85, 1.0), 0.35),
    Stage(36_000, 1.5e-4, (0.35, 0.8), 0.3, dropout=0.1, thinned=0.5),
)
_SHELF = 32
"""Batches made at once, so that rows of one length come together."""
_SAVE_EVERY = 600
"""Seconds."""


def main() -> None:
    """Train, or go on training, and write ``work/reader.safetensors``."""
    options = _options()
    options.work.mkdir(exist_ok=True)
    opened = open_model(DEFAULT_MODEL, default_cache())
    known = examples(options.data, options.work / "examples.jsonl")
    kept: dict[str, Tensor] | None = None
    for number, stage in enumerate(STAGES, start=1):
        written = options.work / f"stage{number}.safetensors"
        if not written.exists():
            print(f"étape {number} sur {len(STAGES)}", flush=True)
            torch.manual_seed(options.seed)
            model = TrainedReader(opened.folder, FROZEN)
            if kept is not None:
                model.load_named(kept)
            model.set_dropout(stage.dropout, FROZEN)
            checkpoint = options.work / f"checkpoint{number}.pt"
            steps = _steps(known, opened.tokenizer, stage, options.seed + number - 1)
            _train(model, steps, stage, checkpoint)
            model.save(written.with_suffix(".part"))
            written.with_suffix(".part").rename(written)
            checkpoint.unlink(missing_ok=True)
        learnt = load_file(written)
        kept = learnt if kept is None else mean(kept, learnt)
    assert kept is not None
    save_file(kept, options.work / "reader.safetensors")


def mean(before: dict[str, Tensor], after: dict[str, Tensor]) -> dict[str, Tensor]:
    """What is kept of a stage: the mean of each weight before and after it.

    A stage has begun to learn its few French questions by heart; what came before it has not.
    Between the two lies what both know (Wortsman et al. 2022, "Robust fine-tuning of zero-shot
    models").
    """
    return {name: (before[name] + after[name]) / 2 for name in after}


def _train(
    model: TrainedReader, steps: Iterator[list[Group]], stage: Stage, checkpoint: Path
) -> None:
    optimiser = torch.optim.AdamW(_groups(model, stage.rate), weight_decay=0.01, fused=True)
    peaks = [group["lr"] for group in optimiser.param_groups]
    done = 0
    if checkpoint.exists():
        saved = torch.load(checkpoint, weights_only=True)
        model.load_state_dict(saved["model"])
        optimiser.load_state_dict(saved["optimiser"])
        done = saved["rows"]
        print(f"repris à {done} lignes", flush=True)
    started = saved_at = time.monotonic()
    at_start, seen, mean = done, 0, 0.0
    for number, step in enumerate(steps):
        seen += sum(map(len, step))
        if seen <= done:
            continue
        done = seen
        batch = Batch.of([one for group in step for one in group])
        for group, peak in zip(optimiser.param_groups, peaks, strict=True):
            group["lr"] = peak * _schedule(done / stage.rows)
        with torch.autocast("cpu", dtype=torch.bfloat16):
            logits = model(batch.ids, batch.mask)
        value = loss(logits, batch, _slices(step))
        value.backward()  # type: ignore[no-untyped-call]
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        optimiser.zero_grad()
        mean = 0.98 * mean + 0.02 * value.item() if mean else value.item()
        now = time.monotonic()
        if number % 50 == 0:
            speed = (done - at_start) / (now - started)
            print(f"{done} / {stage.rows} lignes, perte {mean:.3f}, {speed:.1f}/s", flush=True)
        if now - saved_at > _SAVE_EVERY:
            saved_at = now
            _save(checkpoint, model, optimiser, done)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=DATA)
    parser.add_argument("--work", type=Path, default=WORK)
    parser.add_argument("--seed", type=int, default=1)
    return parser.parse_args()


def _groups(model: TrainedReader, rate: float) -> list[dict[str, object]]:
    """Parameters with their peak rates."""
    heads = [*model.spans.parameters(), *model.pooler.parameters(), *model.relevance.parameters()]
    groups: list[dict[str, object]] = [{"params": heads, "lr": rate}]
    for below, layer in enumerate(reversed(model.layers)):
        learnt = [one for one in layer.parameters() if one.requires_grad]
        if learnt:
            groups.append({"params": learnt, "lr": rate * LAYER_DECAY**below})
    return groups


def _schedule(progress: float) -> float:
    """Up to 1, then down to 0, in straight lines."""
    return max(0.0, min(progress / WARM_UP, (1 - progress) / (1 - WARM_UP)))


def _steps(
    known: list[Example], tokenizer: Tokenizer, stage: Stage, seed: int
) -> Iterator[list[Group]]:
    """Batches of groups, one group a question, until ``rows`` rows were given: always the same."""
    order = random.Random(seed)
    french = [
        one
        for one in known
        if one.set == "piaf" and not (one.right and held_out(one.right[0].title))
    ]
    sisters = [one for one in known if one.set != "piaf"]
    elsewhere = [name for one in french for name in names(one.question)]
    sources = _endless(french, order), _endless(sisters, order)
    given = 0
    while given < stage.rows:
        shelf = list[Group]()
        while sum(map(len, shelf)) < _SHELF * ROWS:
            share = stage.french[0] + (stage.french[1] - stage.french[0]) * given / stage.rows
            one = next(sources[order.random() >= share])
            # Nothing is drawn where nothing is thinned: the first stages keep their order.
            thin = stage.thinned > 0 and stage.thinned > order.random()
            rows = _rows(thinned(one, order) if thin else one, tokenizer, order)
            if len(rows) > 1 and one.right and stage.near_misses > order.random():
                missed = near_miss(one.question, one.right[0].text, elsewhere, order)
                if missed is not None:
                    unanswered = replace(one.right[0], answers=())
                    rows[-1] = row(tokenizer, missed, unanswered)
            if rows:
                shelf.append(rows)
                given += len(rows)
        shelf.sort(key=lambda group: max(len(one.ids) for one in group))
        steps = list[list[Group]]([[]])
        for group in shelf:
            if sum(map(len, steps[-1])) >= ROWS:
                steps.append([])
            steps[-1].append(group)
        order.shuffle(steps)
        yield from steps


def _endless(some: list[Example], order: random.Random) -> Iterator[Example]:
    while True:
        order.shuffle(some)
        yield from some


def _rows(one: Example, tokenizer: Tokenizer, order: random.Random) -> Group:
    """A question with a passage that answers it, if any, and with some that do not."""
    wrong = WRONG[one.set]
    if one.right:
        first = [row(tokenizer, one.question, order.choice(one.right))]
        if not first[0].starts:  # cut off
            return []
    else:
        first = []
    # The hardest more often: a place among ten, squared.
    places = {int(len(one.wrong) * order.random() ** 2) for _ in range(wrong)}
    if not one.right:
        places = {0}  # the passage that the question was made to miss
    others = [one.wrong[place] for place in sorted(places) if place < len(one.wrong)]
    return first + [row(tokenizer, one.question, piece) for piece in others]


def _slices(step: list[Group]) -> Iterator[slice]:
    start = 0
    for group in step:
        yield slice(start, start + len(group))
        start += len(group)


def _save(path: Path, model: TrainedReader, optimiser: torch.optim.Optimizer, rows: int) -> None:
    state = {"model": model.state_dict(), "optimiser": optimiser.state_dict(), "rows": rows}
    torch.save(state, path.with_suffix(".part"))
    path.with_suffix(".part").rename(path)


if __name__ == "__main__":
    main()
