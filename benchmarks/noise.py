"""Character error rate before and after normalisation, for every kind of noise at three strengths.

    python benchmarks/noise.py [--dev FOLDER] [--documents N] [--kinds NAME ...] [--seed N]

FOLDER holds clean texts (``*.txt``); without it the seeds and the gold notices of the tests are spoiled. Rates are in
percent of the clean characters, blanks left out; the truth is the clean text after normalisation. ``lines`` is the
share of its lines that come out whole and alone, ``mended`` that of places with lost bytes that read as before.
"""

from __future__ import annotations

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from random import Random

from pipeline.normalize import normalize
from pipeline.normalize.noise import KINDS, Span

ROOT = Path(__file__).parents[1]
CONTEXT = 4  # characters on both sides of a mended place that must stand too
DRIFT = 400  # characters by which it may have moved


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure normalisation against made noise.")
    parser.add_argument("--dev", type=Path, help="folder of clean .txt files")
    parser.add_argument("--documents", type=int, default=20, help="how many texts to take at most")
    parser.add_argument("--kinds", nargs="*", default=list(KINDS), choices=list(KINDS))
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)

    texts = list(_clean(options.dev))
    texts = texts[:: max(1, len(texts) // options.documents)][: options.documents]
    print(f"{len(texts)} texts, {sum(map(len, texts)):,} characters")
    print(
        f"{'kind':24}"
        + "".join(f"{f'before {s}':>10}{f'after {s}':>9}" for s in (1, 2, 3))
        + "      lines   mended    ms/doc"
    )
    for kind in options.kinds:
        print(f"{kind:24}" + _row(kind, texts, options.seed))


def _clean(folder: Path | None) -> Iterable[str]:
    if folder:
        yield from (file.read_text(encoding="utf-8") for file in sorted(folder.glob("*.txt")))
        return
    yield from (file.read_text(encoding="utf-8") for file in sorted((ROOT / "seeds").glob("*.txt")))
    for file in sorted((ROOT / "tests" / "gold").glob("*.json")):
        yield json.loads(file.read_text(encoding="utf-8"))["clean_text"]


def _row(kind: str, texts: list[str], seed: int) -> str:
    cells, mended, places, spent = [], 0, 0, 0.0
    kept = n_lines = 0
    for strength in range(3):
        n = before = after = 0
        for k, text in enumerate(texts):
            truth = normalize(text).text
            noisy = KINDS[kind](truth, strength, Random(f"{seed} {kind} {strength} {k}"))
            began = time.perf_counter()
            clean = normalize(noisy.text).text
            spent += time.perf_counter() - began
            n += len(_dense(truth))
            before += edit_distance(_dense(truth), _dense(noisy.text))
            after += edit_distance(_dense(truth), _dense(clean))
            wanted, found = Counter(_lines(truth)), Counter(_lines(clean))
            kept += (wanted & found).total()
            n_lines += wanted.total()
            places += len(noisy.lost)
            mended += sum(_is_mended(truth, clean, span) for span in noisy.lost)
        cells.append(f"{100 * before / n:10.2f}{100 * after / n:9.3f}")
    shares = f"{100 * kept / n_lines:9.2f} %" + (f"{100 * mended / places:7.1f} %" if places else " " * 9)
    return "".join(cells) + shares + f"{1000 * spent / 3 / len(texts):10.1f}"


def _is_mended(truth: str, clean: str, span: Span) -> bool:
    start, end = len(_dense(truth[: span[0]])), len(_dense(truth[: span[1]]))
    wanted = _dense(truth)[max(0, start - CONTEXT) : end + CONTEXT]
    return wanted in _dense(clean)[max(0, start - DRIFT) : end + DRIFT]


def _lines(text: str) -> list[str]:
    return [_dense(line) for line in text.split("\n")]


def _dense(text: str) -> str:
    return re.sub(r"\s+", "", text)


def edit_distance(a: str, b: str) -> int:
    """Levenshtein distance, by Myers's bit vectors as long integers (J. ACM 46, 1999)."""
    if not a or not b:
        return len(a) + len(b)
    masks: dict[str, int] = {}
    for k, char in enumerate(a):
        masks[char] = masks.get(char, 0) | 1 << k
    full, high = (1 << len(a)) - 1, 1 << (len(a) - 1)
    positive, negative, distance = full, 0, len(a)
    for char in b:
        equal = masks.get(char, 0)
        vertical = equal | negative
        horizontal = (((equal & positive) + positive) ^ positive) | equal
        up = (negative | ~(horizontal | positive)) & full
        down = positive & horizontal
        distance += bool(up & high) - bool(down & high)
        up = (up << 1 | 1) & full
        down = down << 1 & full
        positive = (down | ~(vertical | up)) & full
        negative = up & vertical
    return distance


if __name__ == "__main__":
    main()
