"""Many readers at once on the running web application, with the real models.

    python -m benchmarks.conversations [--readers 50] [--questions 2]

Serves the sample archive in a process of its own; each reader is a conversation of their own, from
an address of their own, and asks a question of the sample, then the next. Prints how many were
answered a second, and how long they waited: for the first thing shown, and for the answer.
"""

from __future__ import annotations

import argparse
import statistics
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor

from .load import sample_archive, sample_questions, served
from .readers import Heard, Reader
from .table import Line, load_average, table


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--readers", type=int, default=50)
    parser.add_argument("--questions", type=int, default=2, help="of each reader")
    options = parser.parse_args()
    before = load_average("at the start")
    with sample_archive() as folder, served(folder) as address:
        Reader(address, "first", "192.0.2.1").ask("Qui est le maire ?")  # loads what is left to
        heard, seconds = asked(address, options.readers, options.questions)
        busy = load_average("at the end, this load included")
    print(before, busy, "", table(lines(heard, seconds, options.readers)), sep="\n")


def asked(address: str, readers: int, questions: int) -> tuple[list[Heard], float]:
    """What all readers heard, and the seconds that it took."""
    all_questions = sample_questions()

    def converse(number: int) -> list[Heard]:
        reader = Reader(address, f"reader{number}", f"198.51.100.{number % 250 + 1}")
        mine = (number * questions + turn for turn in range(questions))
        return [reader.ask(all_questions[one % len(all_questions)]) for one in mine]

    started = time.perf_counter()
    with ThreadPoolExecutor(readers) as pool:
        heard = [one for of_one in pool.map(converse, range(readers)) for one in of_one]
    return heard, time.perf_counter() - started


def lines(heard: Sequence[Heard], seconds: float, readers: int) -> list[Line]:
    """The figures."""
    first = sorted(one.seconds[0] for one in heard)
    last = sorted(one.seconds[-1] for one in heard)
    answered = sum("quotation" in one.answer or "refusal" in one.answer for one in heard)
    told = f"{answered} of {len(heard)}"
    return [
        Line(f"{readers} readers at once: questions answered", told, met=answered == len(heard)),
        Line("answered a second", f"{len(heard) / seconds:.2f}"),
        Line("first thing shown, median and 95%", _spread(first)),
        Line("answer, median and 95%", _spread(last)),
        Line("answer, longest", f"{last[-1]:.1f} s"),
    ]


def _spread(ordered: Sequence[float]) -> str:
    nearly_all = ordered[int(0.95 * (len(ordered) - 1))]
    return f"{statistics.median(ordered):.2f} s, {nearly_all:.2f} s"


if __name__ == "__main__":
    main()
