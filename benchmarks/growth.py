"""How the time of each stage grows with hostile inputs: twice the text may take twice the time, not four times.

    python benchmarks/growth.py [--length N] [--only NAME ...] [--limit SECONDS]

Each input is measured at a quarter of the length and at all of it. The exponent of growth is 1 for linear; above 1.35
(and where the time is worth a look) the line is marked. Exit code 1 when any is marked.
"""

from __future__ import annotations

import argparse
import gc
import math
import sys

from benchmarks.corpus import HOSTILE, hostile
from benchmarks.fuzz import Overrun, time_limit
from benchmarks.stages import STAGES, stage_seconds

STEEP = 1.35
WORTH_A_LOOK = 0.05  # seconds; below, the clock and the caches decide


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Growth of time with hostile inputs.")
    parser.add_argument("--length", type=int, default=100_000, help="characters of the longer input")
    parser.add_argument("--only", nargs="*", choices=list(HOSTILE), default=list(HOSTILE))
    parser.add_argument("--limit", type=float, default=60.0, help="seconds for one input")
    options = parser.parse_args(arguments)
    stage_seconds(hostile("running text", 1000))
    gc.disable()  # it would run at some moment of some stage
    steep = 0
    for name in options.only:
        line, marked = measure(name, options.length, options.limit)
        steep += marked
        print(line, flush=True)
    sys.exit(1 if steep else 0)


def measure(name: str, length: int, limit: float) -> tuple[str, bool]:
    """One line: seconds of each stage for the longer input, with its exponent where it is marked."""
    try:
        with time_limit(limit):
            short, long = (_least(hostile(name, n)) for n in (length // 4, length))
    except Overrun:
        return f"{name:24} more than {limit:g} s", True
    cells, marked = [], False
    for stage in STAGES:
        cell = f"{long[stage]:.3f}"
        if long[stage] > WORTH_A_LOOK:
            exponent = math.log(long[stage] / max(short[stage], 1e-6), 4)
            if exponent > STEEP:
                marked = True
                cell += f" ^{exponent:.1f}!"
        cells.append(f"{stage} {cell:12}")
    return f"{name:24} {' '.join(cells)}", marked


def _least(text: str) -> dict[str, float]:
    """The lesser of two runs for each stage: other processes only ever add time."""
    runs = []
    for _ in range(2):
        gc.collect()  # the collector is off, and a heap that grows is slower
        runs.append(stage_seconds(text))
    first, second = runs
    return {stage: min(first[stage], second[stage]) for stage in STAGES}


if __name__ == "__main__":
    main()
