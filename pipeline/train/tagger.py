"""Train the tagger's model and write ``assets/tagger/model.npz`` and ``model.json``: ``make tagger``.

Learns from ``tests/gold`` (notices with complete gold, and the seeds) and ``pipeline/train/data`` (sentences of further
notices). ``tests/gold/blind`` and ``hard`` are the test part: no model ever learns from them. Two documents of each field, those
numbered 05 and 11, may be left out too, for choosing between models; the shipped one learns from them (``--all``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline.records import Modality
from pipeline.tag.actors import candidate_columns, candidates
from pipeline.tag.codebook import default_codebook
from pipeline.tag.cues import mask_titles, scanner
from pipeline.tag.features import BITS, Context, extract, lead_in_features
from pipeline.tag.modality import MODALITIES
from pipeline.train import logistic, network
from pipeline.train.logistic import SparseRows
from pipeline.train.network import Network

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "tests" / "gold"
SENTENCES = Path(__file__).parent / "data"
OUT = ROOT / "pipeline" / "assets" / "tagger"
TEST_NUMBERS = frozenset(("05", "11"))
FRAGMENTS = SENTENCES / "fragments.txt"
FIELDS = "abcdef"
HIDDEN, SEEDS = 96, (0, 1)  # units of each network of the committee, and their seeds
MIN_ROWS = 8  # a feature seen in fewer sentences is left out
ACTOR_STRENGTH, ACTOR_THRESHOLD = 1.0, 0.25
SMALLEST = 0.004  # a feature of actors whose weight is smaller is left out of the file

Float = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """One coded sentence in its context; ``lead`` is the lead-in whose item it is."""

    text: str
    codes: tuple[str, ...]
    modality: Modality | None
    actors: tuple[str, ...]
    context: Context
    document: str
    lead: Example | None = None

    @property
    def part(self) -> str:
        """The field of a gold document (its first letter), or the name of the file of sentences."""
        return self.document[0] if "_" in self.document[:2] else self.document

    @property
    def has_actors(self) -> bool:
        """Whether its actors are known."""
        return self.modality is not None

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the test part of the gold."""
        return "_" in self.document[:2] and self.document.split("_")[1] in TEST_NUMBERS


def gold_examples(folder: Path = GOLD) -> list[Example]:
    """The measures of every gold document in order."""
    examples = []
    for file in sorted(folder.glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        headings = {item["path"]: item["heading"] or "" for item in gold.get("directives", [])}
        leads: dict[str | None, Example] = {}
        for measure in gold.get("measures", []):
            example = _gold_example(measure, headings, gold.get("title") or "", file.stem, leads)
            examples.append(example)
            if measure["text"].endswith("："):
                leads[measure["path"]] = example
    return examples


def _gold_example(
    measure: dict[str, Any],
    headings: dict[str, str],
    title: str,
    document: str,
    leads: dict[str | None, Example],
) -> Example:
    path = measure["path"]
    steps = path.split(".") if path else []
    above = [headings.get(".".join(steps[: depth + 1]), "") for depth in range(len(steps))]
    context = Context(path is not None, tuple(mask_titles(heading) for heading in above if heading), title)
    lead = leads.get(path.rpartition(".")[0]) if path and "." in path else None
    return Example(
        measure["text"],
        tuple(measure["codes"]),
        measure["modality"],
        tuple(measure["actors"]),
        context,
        document,
        lead,
    )


def sentence_examples(folder: Path = SENTENCES) -> list[Example]:
    """The coded sentences of every ``*.jsonl`` in the folder, with title, heading and lead-in where they have them."""
    examples = []
    for file in sorted(folder.glob("*.jsonl")):
        leads: dict[tuple[str, str], Example] = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            heading, document = item.get("heading"), item.get("doc") or ""
            example = Example(
                item["text"],
                tuple(item["codes"]),
                item["modality"],
                tuple(item.get("actors") or ()),
                Context(True, (mask_titles(heading),) if heading else (), item.get("title") or ""),
                file.stem,
                leads.get((document, item.get("lead_in") or "")),
            )
            leads[document, example.text] = example
            examples.append(example)
    return examples


def fragment_examples(file: Path = FRAGMENTS) -> list[Example]:
    """Short clauses by code: ``# code,code`` begins a list whose items end in ； or at the line's end.

    They teach codes alone: neither modality nor actors.
    """
    examples = []
    codes: tuple[str, ...] = ()
    for line in file.read_text(encoding="utf-8").splitlines():
        if line.startswith("# "):
            codes = () if line == "# none" else tuple(line[2:].split(","))
        elif line.strip() and not line.startswith("//"):
            examples += [
                Example(f"{item.strip()}。", codes, None, (), Context(True), "fragments")
                for item in line.split("；")
                if item.strip()
            ]
    return examples


def all_examples() -> list[Example]:
    """Everything there is to learn from."""
    return gold_examples() + sentence_examples() + fragment_examples()


def labels() -> tuple[str, ...]:
    """Codes, then modalities: the columns of the sentence block."""
    return (*default_codebook().codes, *MODALITIES)


def sentence_matrix(examples: Sequence[Example]) -> Examined:
    """Features and labels of the network."""
    book = default_codebook()
    names = {label: number for number, label in enumerate(labels())}
    rows, columns, values = [], [], []
    target = np.zeros((len(examples), len(names)), dtype=np.float32)
    known = np.ones_like(target)
    for row, example in enumerate(examples):
        masked = mask_titles(example.text)
        hits = scanner(book).scan(masked)
        features = extract(masked, [(0, len(masked))], [hits], [example.context], book)
        lead = example.lead
        extra = lead_in_features(lead.modality or "obligation", lead.codes) if lead else ()
        rows.append(np.full(len(features.columns) + len(extra), row, dtype=np.int64))
        columns.append(np.concatenate([features.columns, np.array([c for c, _ in extra], dtype=np.int64)]))
        values.append(np.concatenate([features.values, np.array([v for _, v in extra], dtype=np.float32)]))
        for code in example.codes:
            target[row, names[code]] = 1.0
        if example.modality is None:
            known[row, len(book.codes) :] = 0.0
        else:
            target[row, names[example.modality]] = 1.0
    shape = (len(examples), 1 << BITS)
    matrix = SparseRows(shape, np.concatenate(rows), np.concatenate(columns), np.concatenate(values))
    return Examined(matrix, target, known)


def actor_matrix(examples: Iterable[Example]) -> tuple[SparseRows, Float]:
    """Features and labels of the actor block: a row is one candidate of one sentence."""
    rows: list[int] = []
    columns: list[int] = []
    target: list[float] = []
    for example in examples:
        wanted = set(joined_actors(example.text, example.actors))
        for candidate in candidates(example.text, 0, len(example.text)):
            own = candidate_columns(candidate, example.modality or "obligation")
            rows += [len(target)] * len(own)
            columns += own
            target.append((candidate.start, candidate.end) in wanted)
    shape = (len(target), 1 << BITS)
    ones = np.ones(len(columns), dtype=np.float32)
    matrix = SparseRows(shape, np.array(rows, dtype=np.int64), np.array(columns, dtype=np.int64), ones)
    return matrix, np.array(target, dtype=np.float32)[:, None]


def joined_actors(text: str, actors: Sequence[str]) -> list[tuple[int, int]]:
    """Where the actors stand, with coordinated neighbours as one span, as candidates are before they are split."""
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
    """Features, labels and which labels are known, of the examples in order."""

    matrix: SparseRows
    labels: Float
    known: Float

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
        return Examined(matrix, self.labels[rows], self.known[rows])


def compact(matrix: SparseRows, least: int) -> tuple[SparseRows, npt.NDArray[np.int64]]:
    """The matrix without features that fewer than ``least`` rows have, and the columns that are left."""
    seen = np.bincount(matrix.columns, minlength=matrix.shape[1])
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


def committee(matrix: SparseRows, labels: Float, known: Float) -> Network:
    """Several networks from different seeds as one whose scores are the mean of theirs."""
    members = [
        network.fit(matrix, labels, known, network.Settings(hidden=HIDDEN, seed=seed)) for seed in SEEDS
    ]
    return Network(
        np.concatenate([member.embeddings for member in members], axis=1),
        np.concatenate([member.hidden_bias for member in members]),
        (np.concatenate([member.outputs for member in members]) / len(members)).astype(np.float32),
        np.mean([member.bias for member in members], axis=0).astype(np.float32),
    )


def held_out_scores(examined: Examined, parts: Sequence[str]) -> Float:
    """Scores of every row by a committee that saw nothing of the row's field; zero for rows that are no gold."""
    scores = np.zeros_like(examined.labels)
    names = np.array(parts)
    for part in FIELDS:
        rest, own = np.flatnonzero(names != part), np.flatnonzero(names == part)
        learned = examined.part(rest)
        matrix, columns = compact(learned.matrix, MIN_ROWS)
        trained = committee(matrix, learned.labels, learned.known)
        scores[own] = trained.scores(restricted(examined.part(own).matrix, columns))
    return scores


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


def thresholds(probabilities: Float, labels: Float, codes: Sequence[str]) -> dict[str, float]:
    """For each code halfway between the threshold best for all codes together and the best for itself."""
    grid = np.arange(0.1, 0.62, 0.02)

    def f1(p: Float, wanted: Float, threshold: float) -> float:
        chosen = p >= threshold
        return float(2 * (chosen * wanted).sum() / max(1.0, chosen.sum() + wanted.sum()))

    common = max(grid, key=lambda threshold: f1(probabilities, labels, threshold))
    return {
        code: round(float(common + max(grid, key=lambda t: f1(probabilities[:, n], labels[:, n], t))) / 2, 3)
        for n, code in enumerate(codes)
    }


def packed(weights: Float, name: str, columns: npt.NDArray[np.int64]) -> dict[str, npt.NDArray[Any]]:
    """Weights (columns × units) as they are stored: int8 with a scale for each unit."""
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
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
        "--fast", action="store_true", help="keep the thresholds and calibration of the file there"
    )
    options = parser.parse_args()
    examples = [e for e in all_examples() if options.all or not e.is_test]
    examined = sentence_matrix(examples)
    matrix, columns = compact(examined.matrix, MIN_ROWS)
    trained = committee(matrix, examined.labels, examined.known)
    actor_rows, actor_target = actor_matrix(e for e in examples if e.has_actors)
    actor_rows, actor_columns = compact(actor_rows, 2)
    actor_weights, actor_bias = logistic.fit(actor_rows, actor_target, ACTOR_STRENGTH, 120)
    large = np.abs(actor_weights[:, 0]) >= SMALLEST
    np.savez_compressed(
        options.out / "model.npz",
        **packed(trained.embeddings, "sentence", columns),  # type: ignore[arg-type]
        sentence_hidden_bias=trained.hidden_bias,
        sentence_outputs=trained.outputs,
        sentence_bias=trained.bias,
        **packed(actor_weights[large], "actor", actor_columns[large]),  # type: ignore[arg-type]
        actor_bias=actor_bias,
    )
    file = options.out / "model.json"
    kept = json.loads(file.read_text(encoding="utf-8")) if options.fast else {}
    meta = kept or calibrated(examined, examples)
    meta |= {"labels": list(labels()), "actor_threshold": ACTOR_THRESHOLD, "sentences": len(examples)}
    file.write_text(json.dumps(meta, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8")
    size = (options.out / "model.npz").stat().st_size
    print(f"{len(examples)} sentences, {len(columns)} features, {size:,} bytes")


def calibrated(examined: Examined, examples: Sequence[Example]) -> dict[str, Any]:
    """Calibration and thresholds from the gold, each field scored by a committee that did not see it."""
    codes = default_codebook().codes
    scores = held_out_scores(examined, [example.part for example in examples])
    gold = np.array([example.part in FIELDS for example in examples])
    scores, target = scores[gold], examined.labels[gold]
    asks = scores[:, len(codes) :].argmax(axis=1) != MODALITIES.index("statement")
    scores, target = scores[asks, : len(codes)], target[asks, : len(codes)]
    slope, intercept = calibration(scores, target)
    probabilities = (1 / (1 + np.exp(-(slope * scores + intercept)))).astype(np.float32)
    return {
        "calibration": {"slope": slope, "intercept": intercept},
        "thresholds": thresholds(probabilities, target, codes),
    }


if __name__ == "__main__":
    main()
