"""Train the tagger's model and write ``assets/tagger/model.npz`` and ``model.json``: ``make tagger``.

Learns from ``tests/gold`` (notices with complete gold), ``tests/gold/seeds`` and ``pipeline/train/data`` (sentences, whole
notices and short clauses written for it), never from the other folders below ``tests/gold``; calibration and threshold
are those that suit ``blind``, ``blind2`` and ``hard``. Two documents of each field,
those numbered 05 and 11, may be left out too, for choosing between models; the shipped one learns from them (``--all``).

``data/state_council.npz`` holds the features and labels, not the words, of 297 coded sentences of real State
Council documents; ``--digest FILE`` writes it anew from such sentences when the features change.
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.records import Modality
from pipeline.tag.actors import Candidates, candidates, modality_columns
from pipeline.tag.classifier import ACTOR_BITS
from pipeline.tag.codebook import default_codebook
from pipeline.tag.cues import scanner
from pipeline.tag.features import (
    BITS,
    Block,
    Context,
    Features,
    extract,
    gram_keys,
    lead_in_features,
)
from pipeline.tag.modality import MODALITIES
from pipeline.tag.sheet import Sheet, lay_out, mask_titles
from pipeline.train import logistic, network
from pipeline.train.examples import GOLD, Example, all_examples, gold_examples, joined_examples
from pipeline.train.logistic import SparseRows

ROOT = Path(__file__).resolve().parents[2]
OUT = ROOT / "pipeline" / "assets" / "tagger"
DIGEST = Path(__file__).parent / "data" / "state_council.npz"
VALIDATION = (GOLD / "blind", GOLD / "blind2", GOLD / "hard")  # calibration and threshold suit these
REAL_WEIGHT = 2.0  # what a sentence of gold or of a real document counts
FRAGMENT_WEIGHT = 0.6  # and what a short clause
MIN_ROWS = 8  # a feature seen in fewer sentences is left out
ACTOR_STRENGTH, ACTOR_THRESHOLD = 1.0, 0.33
NETWORK_LEVELS, ACTOR_LEVELS = 15, 127  # of a stored weight; so few cost no accuracy and make a small file
SMALLEST = 0.004  # a feature of actors whose weight is smaller is left out of the file

Float = npt.NDArray[np.float32]


def labels() -> tuple[str, ...]:
    """Codes, then modalities: the columns of the sentence block."""
    return (*default_codebook().codes, *MODALITIES)


def sentence_matrix(examples: Sequence[Example]) -> Examined:
    """Features and labels of the network."""
    codes = default_codebook().codes
    names = {label: number for number, label in enumerate(labels())}
    parts = []
    target = np.zeros((len(examples), len(names)), dtype=np.float32)
    weights = np.ones_like(target)
    for title in dict.fromkeys(example.title for example in examples):
        rows = [row for row, example in enumerate(examples) if example.title == title]
        parts += _document_blocks([examples[row] for row in rows], np.array(rows), title)
    for row, example in enumerate(examples):
        weights[row] = REAL_WEIGHT if example.is_gold else FRAGMENT_WEIGHT if example.is_fragment else 1.0
        for code in example.codes:
            target[row, names[code]] = 1.0
        if example.modality is None:
            weights[row, len(codes) :] = 0.0
        else:
            target[row, names[example.modality]] = 1.0
        if example.lead:
            lead = lead_in_features(example.lead.modality or "obligation", example.lead.codes)
            columns, values = zip(*lead, strict=True)
            at = np.full(len(lead), row)
            parts.append(Block(at, np.array(columns), np.array(values, dtype=np.float32)))
    joined = SparseRows(
        (len(examples), 1 << BITS),
        np.concatenate([part.rows for part in parts]),
        np.concatenate([part.columns for part in parts]),
        np.concatenate([part.values for part in parts]),
    )
    return Examined(joined, target, weights)


def _document_blocks(examples: Sequence[Example], rows: npt.NDArray[np.int64], title: str) -> list[Block]:
    """The features of the sentences of one document, whose rows in the matrix are ``rows``."""
    headings = {
        heading: n for n, heading in enumerate({h: None for e in examples for h in e.headings}, len(examples))
    }
    sheet = sheet_of([*(example.text for example in examples), *headings])
    context = Context(
        [
            *([headings[heading] for heading in example.headings] for example in examples),
            *([] for _ in headings),
        ],
        [row for row, example in enumerate(examples) if not example.inside],
        [title] * len(sheet),
    )
    book = default_codebook()
    features = extract(sheet, gram_keys(sheet), scanner(book).scan(sheet), context, book)
    blocks = []
    for block in (*features.own, *_taken_over(features)):
        own = block.rows < len(examples)
        blocks.append(Block(rows[block.rows[own]], block.columns[own], block.values[own]))
    return blocks


def _taken_over(features: Features) -> list[Block]:
    """What rows take over from the headings above them, as features of their own."""
    blocks = []
    for block in features.headings:
        first = np.searchsorted(block.rows, features.pairs[1])
        counts = np.searchsorted(block.rows, features.pairs[1], side="right") - first
        which = np.repeat(np.arange(len(counts)), counts)
        place = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts) + first[which]
        blocks.append(Block(features.pairs[0][which], block.columns[place], block.values[place]))
    return blocks


def sheet_of(texts: Sequence[str]) -> Sheet:
    """Texts as the rows of a sheet, titles masked."""
    return lay_out(mask_titles(text) for text in texts)


def actor_matrix(examples: Sequence[Example]) -> tuple[SparseRows, Float]:
    """Features and labels of the actor block: a row is one candidate of one sentence."""
    sheet = sheet_of([example.text for example in examples])
    among = candidates(sheet, np.ones(len(examples), dtype=bool))
    modalities: list[Modality] = [example.modality or "obligation" for example in examples]
    wanted = {
        (row, start, end)
        for row, example in enumerate(examples)
        for start, end in joined_actors(example.text, example.actors)
    }
    offsets = sheet.starts[among.rows]
    found = zip(
        among.rows.tolist(), (among.starts - offsets).tolist(), (among.ends - offsets).tolist(), strict=True
    )
    target = np.array([candidate in wanted for candidate in found], dtype=np.float32)
    return candidate_rows(among, modalities), target[:, None]


def candidate_rows(among: Candidates, modalities: Sequence[Modality]) -> SparseRows:
    """The features of candidates, their pairs of characters among them."""
    columns = np.concatenate([among.columns, modality_columns(among, modalities)], axis=1)
    rows = np.repeat(np.arange(len(among)), columns.shape[1])
    lengths = among.ends - among.starts - 1
    which = np.repeat(np.arange(len(among)), lengths)
    place = np.arange(len(which)) - np.repeat(np.cumsum(lengths) - lengths, lengths) + among.starts[which]
    every = np.concatenate([columns.ravel(), among.pairs[place]])
    ones = np.ones(len(every), dtype=np.float32)
    return SparseRows((len(among), 1 << ACTOR_BITS), np.concatenate([rows, which]), every, ones)


def joined_actors(text: str, actors: Sequence[str]) -> list[tuple[int, int]]:
    """Where the actors stand, with coordinated neighbours as one span, as candidates are before they are
    split.
    """
    spans: list[tuple[int, int]] = []
    position = 0
    for actor in actors:
        start = text.find(actor, position)
        start = start if start >= 0 else text.find(actor)
        if start >= 0:
            spans.append((start, start + len(actor)))
            position = start + len(actor)
    joined: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if joined and text[joined[-1][1] : start] in ("、", "和", "与", "及", "以及", "或", "或者"):
            joined[-1] = (joined[-1][0], end)
        else:
            joined.append((start, end))
    return joined


@dataclass(frozen=True, slots=True)
class Examined:
    """Features, labels and what each label counts (0: not known), of the examples in order."""

    matrix: SparseRows
    labels: Float
    weights: Float

    def part(self, rows: npt.NDArray[np.int64]) -> Examined:
        """Some of the rows, renumbered."""
        place = np.full(self.matrix.shape[0], -1, dtype=np.int64)
        place[rows] = np.arange(len(rows))
        kept = place[self.matrix.rows] >= 0
        matrix = SparseRows(
            (len(rows), self.matrix.shape[1]),
            place[self.matrix.rows[kept]],
            self.matrix.columns[kept],
            self.matrix.values[kept],
        )
        return Examined(matrix, self.labels[rows], self.weights[rows])


def with_digest(examined: Examined) -> Examined:
    """The examples with the real sentences of ``DIGEST`` behind them."""
    matrix, n = examined.matrix, len(examined.labels)
    with np.load(DIGEST) as digest:
        labels = np.concatenate([examined.labels, digest["labels"].astype(np.float32)])
        joined = SparseRows(
            (len(labels), 1 << BITS),
            np.concatenate([matrix.rows, digest["rows"].astype(np.int64) + n]),
            np.concatenate([matrix.columns, digest["columns"].astype(np.int64)]),
            np.concatenate([matrix.values, digest["values"].astype(np.float32)]),
        )
    weights = np.concatenate([examined.weights, np.full_like(labels[n:], REAL_WEIGHT)])
    return Examined(joined, labels, weights)


def write_digest(sentences: Path, file: Path = DIGEST) -> None:
    """Write features and labels of coded sentences: JSON, a list of objects with text, codes and modality."""
    examples = [
        Example(item["text"], tuple(item["codes"]), item["modality"], (), "digest", title="意见")
        for item in json.loads(sentences.read_text(encoding="utf-8"))
    ]
    examined = sentence_matrix(examples)
    np.savez_compressed(
        file,
        rows=examined.matrix.rows.astype(np.uint16),
        columns=examined.matrix.columns.astype(np.uint32),
        values=examined.matrix.values.astype(np.float16),
        labels=examined.labels.astype(np.uint8),
    )


def compact(matrix: SparseRows, least: int) -> tuple[SparseRows, npt.NDArray[np.int64]]:
    """The matrix without features that fewer than ``least`` rows have, and the columns that are left."""
    seen = np.bincount(matrix.columns, minlength=matrix.shape[1])
    seen[0] = 0  # column 0 stands for no feature
    columns = np.flatnonzero(seen >= least)
    return restricted(matrix, columns), columns


def restricted(matrix: SparseRows, columns: npt.NDArray[np.int64]) -> SparseRows:
    """The matrix with these columns alone, renumbered."""
    place = np.full(matrix.shape[1], -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    kept = place[matrix.columns] >= 0
    return SparseRows(
        (matrix.shape[0], len(columns)), matrix.rows[kept], place[matrix.columns[kept]], matrix.values[kept]
    )


def calibration(scores: Float, labels: Float) -> tuple[float, float]:
    """Slope and intercept that turn scores into probabilities (Platt, 1999), by Newton's method."""
    flat, wanted = scores.ravel().astype(np.float64), labels.ravel().astype(np.float64)
    slope, intercept = 1.0, 0.0
    for _ in range(25):
        p = 1 / (1 + np.exp(-(slope * flat + intercept)))
        weight = np.maximum(p * (1 - p), 1e-9)
        pull = np.array([((p - wanted) * flat).sum(), (p - wanted).sum()])
        bend = np.array(
            [[(weight * flat**2).sum(), (weight * flat).sum()], [(weight * flat).sum(), weight.sum()]]
        )
        step = np.linalg.solve(bend, pull)
        slope, intercept = slope - step[0], intercept - step[1]
    return round(float(slope), 4), round(float(intercept), 4)


def threshold(probabilities: Float, labels: Float) -> float:
    """The probability from which on a code is given: the one with the best F1 over all codes together."""

    def f1(least: float) -> float:
        chosen = probabilities >= least
        return float(2 * (chosen * labels).sum() / max(1.0, chosen.sum() + labels.sum()))

    return round(float(max(np.arange(0.1, 0.62, 0.02), key=f1)), 2)


def packed(
    weights: Float, name: str, columns: npt.NDArray[np.int64], levels: int
) -> dict[str, npt.NDArray[Any]]:
    """Weights (columns × units) as they are stored: whole numbers up to ``levels`` with a scale for each unit."""
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-6) / levels
    return {
        f"{name}_columns": columns.astype(np.uint32),
        f"{name}_weights": np.round(weights / scales).astype(np.int8),
        f"{name}_scales": scales.astype(np.float32),
    }


def main() -> None:
    """Train, calibrate on held-out fields, and write the two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--all", action="store_true", help="learn from the test part of the gold too")
    parser.add_argument(
        "--digest", type=Path, help="write the features of these coded sentences, nothing else"
    )
    options = parser.parse_args()
    if options.digest:
        write_digest(options.digest)
        return
    examples = [e for e in all_examples() if options.all or not e.is_test]
    lengthened = examples + joined_examples(examples)
    examined = with_digest(sentence_matrix(lengthened))
    matrix, columns = compact(examined.matrix, MIN_ROWS)
    trained = network.fit(matrix, examined.labels, examined.weights, network.Settings())
    named = [example for example in examples if example.has_actors]
    named += [example for example in named if example.is_gold]  # gold counts twice here too
    actor_rows, actor_target = actor_matrix(named)
    actor_rows, actor_columns = compact(actor_rows, 2)
    actor_weights, actor_bias = logistic.fit(actor_rows, actor_target, ACTOR_STRENGTH, 120)
    large = np.abs(actor_weights[:, 0]) >= SMALLEST
    np.savez_compressed(
        options.out / "model.npz",
        **packed(trained.embeddings, "sentence", columns, NETWORK_LEVELS),  # type: ignore[arg-type]
        sentence_hidden_bias=trained.hidden_bias,
        sentence_outputs=trained.outputs,
        sentence_bias=trained.bias,
        **packed(actor_weights[large], "actor", actor_columns[large], ACTOR_LEVELS),  # type: ignore[arg-type]
        actor_bias=actor_bias,
    )
    file = options.out / "model.json"
    meta = calibrated(trained, columns) | {
        "labels": list(labels()),
        "actor_threshold": ACTOR_THRESHOLD,
        "sentences": len(examples),
    }
    file.write_text(json.dumps(meta, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    size = (options.out / "model.npz").stat().st_size
    print(f"{len(examples)} sentences, {len(columns)} features, {size:,} bytes")


def calibrated(trained: network.Network, columns: npt.NDArray[np.int64]) -> dict[str, Any]:
    """Calibration and threshold from the validation sets, of which the network saw nothing."""
    codes = default_codebook().codes
    examined = sentence_matrix([example for folder in VALIDATION for example in gold_examples(folder)])
    scores, target = trained.scores(restricted(examined.matrix, columns)), examined.labels
    asks = scores[:, len(codes) :].argmax(axis=1) != MODALITIES.index("statement")
    scores, target = scores[asks, : len(codes)], target[asks, : len(codes)]
    slope, intercept = calibration(scores, target)
    probabilities = (1 / (1 + np.exp(-(slope * scores + intercept)))).astype(np.float32)
    return {
        "calibration": {"slope": slope, "intercept": intercept},
        "thresholds": dict.fromkeys(codes, threshold(probabilities, target)),
    }


if __name__ == "__main__":
    main()
