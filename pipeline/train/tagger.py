"""Train the tagger's model and write ``assets/tagger/model.npz`` and ``model.json``: ``make tagger``.

Learns from ``tests/gold`` (notices with complete gold, and the seeds) and ``pipeline/train/data`` (sentences of further
notices). ``tests/gold/blind`` and ``hard`` are the test part: no model ever learns from them. Two documents of each field, those
numbered 05 and 11, may be left out too, for choosing between models; the shipped one learns from them (``--all``).
"""

from __future__ import annotations

import argparse
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
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
from pipeline.train.logistic import SparseRows, fit

ROOT = Path(__file__).resolve().parents[2]
GOLD = ROOT / "tests" / "gold"
SENTENCES = Path(__file__).parent / "data"
OUT = ROOT / "pipeline" / "assets" / "tagger"
TEST_NUMBERS = frozenset(("05", "11"))
STRENGTH, ACTOR_STRENGTH = 1.0, 1.0
THRESHOLD = 0.25  # micro F1 is flat between 0.2 and 0.35 when one field in turn is held out
MIN_ROWS = 2  # a feature seen in fewer sentences is left out
SMALLEST = 0.004  # a feature whose weights are all smaller is left out of the file

Float = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Example:
    """One coded sentence in its context; ``lead`` is the lead-in whose item it is."""

    text: str
    codes: tuple[str, ...]
    modality: Modality
    actors: tuple[str, ...]
    context: Context
    document: str
    lead: Example | None = None

    @property
    def part(self) -> str:
        """The field of a gold document (its first letter), or the name of the file of sentences."""
        return self.document[0] if "_" in self.document[:2] else self.document

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
    """The sentences of every ``*.jsonl`` in the folder, with the title, heading and lead-in that they stand under."""
    examples = []
    for file in sorted(folder.glob("*.jsonl")):
        leads: dict[str, Example] = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            heading = item.get("heading")
            example = Example(
                item["text"],
                tuple(item["codes"]),
                item["modality"],
                tuple(item.get("actors") or ()),
                Context(True, (mask_titles(heading),) if heading else (), item.get("title") or ""),
                file.stem,
                leads.get(item.get("lead_in") or ""),
            )
            leads[example.text] = example
            examples.append(example)
    return examples


def labels() -> tuple[str, ...]:
    """Codes, then modalities: the columns of the sentence block."""
    return (*default_codebook().codes, *MODALITIES)


def sentence_matrix(examples: Sequence[Example]) -> tuple[SparseRows, Float]:
    """Features and labels of the sentence block."""
    book = default_codebook()
    names = {label: number for number, label in enumerate(labels())}
    rows, columns, values = [], [], []
    target = np.zeros((len(examples), len(names)), dtype=np.float32)
    for row, example in enumerate(examples):
        masked = mask_titles(example.text)
        hits = scanner(book).scan(masked)
        features = extract(masked, [(0, len(masked))], [hits], [example.context], book)
        extra = lead_in_features(example.lead.modality, example.lead.codes) if example.lead else ()
        rows.append(np.full(len(features.columns) + len(extra), row, dtype=np.int64))
        columns.append(np.concatenate([features.columns, np.array([c for c, _ in extra], dtype=np.int64)]))
        values.append(np.concatenate([features.values, np.array([v for _, v in extra], dtype=np.float32)]))
        for label in (*example.codes, example.modality):
            target[row, names[label]] = 1.0
    shape = (len(examples), 1 << BITS)
    return SparseRows(shape, np.concatenate(rows), np.concatenate(columns), np.concatenate(values)), target


def actor_matrix(examples: Iterable[Example]) -> tuple[SparseRows, Float]:
    """Features and labels of the actor block: a row is one candidate of one sentence."""
    rows: list[int] = []
    columns: list[int] = []
    target: list[float] = []
    for example in examples:
        wanted = set(joined_actors(example.text, example.actors))
        for candidate in candidates(example.text, 0, len(example.text)):
            own = candidate_columns(candidate, example.modality)
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
class Block:
    """Trained weights of one block: row ``i`` of ``weights`` belongs to column ``columns[i]``."""

    columns: npt.NDArray[np.int64]
    weights: Float
    bias: Float
    names: tuple[str, ...] = field(default=())

    def scores(self, matrix: SparseRows) -> Float:
        """Scores of every label for every row of a matrix."""
        place = np.zeros(matrix.shape[1], dtype=np.int64)
        place[self.columns] = np.arange(1, len(self.columns) + 1)
        table = np.vstack([np.zeros((1, self.weights.shape[1]), dtype=np.float32), self.weights])
        scores = np.tile(self.bias, (matrix.shape[0], 1))
        np.add.at(scores, matrix.rows, table[place[matrix.columns]] * matrix.values[:, None])
        return scores


def train(
    matrix: SparseRows, target: Float, names: tuple[str, ...], strength: float, iterations: int = 60
) -> Block:
    """One block from its features and labels; rare features are left out."""
    seen = np.bincount(matrix.columns, minlength=matrix.shape[1])
    columns = np.flatnonzero(seen >= MIN_ROWS)
    place = np.full(matrix.shape[1], -1, dtype=np.int64)
    place[columns] = np.arange(len(columns))
    kept = place[matrix.columns] >= 0
    dense = SparseRows(
        (matrix.shape[0], len(columns)), matrix.rows[kept], place[matrix.columns[kept]], matrix.values[kept]
    )
    weights, bias = fit(dense, target, strength, iterations)
    return Block(columns, weights, bias, names)


def packed(block: Block, name: str) -> dict[str, npt.NDArray[Any]]:
    """The arrays of a block as they are stored: int8 weights with a scale for each label."""
    large = np.abs(block.weights).max(axis=1) >= SMALLEST
    weights = block.weights[large]
    scales = np.maximum(np.abs(weights).max(axis=0), 1e-6) / 127
    return {
        f"{name}_columns": block.columns[large].astype(np.uint32),
        f"{name}_weights": np.round(weights / scales).astype(np.int8),
        f"{name}_scales": scales.astype(np.float32),
        f"{name}_bias": block.bias.astype(np.float32),
    }


def main() -> None:
    """Train on everything that the options allow and write the two files."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--out", type=Path, default=OUT)
    parser.add_argument("--all", action="store_true", help="learn from the test part of the gold too")
    options = parser.parse_args()
    examples = [
        e
        for e in gold_examples() + gold_examples(GOLD / "seeds") + sentence_examples()
        if options.all or not e.is_test
    ]
    matrix, target = sentence_matrix(examples)
    sentence = train(matrix, target, labels(), STRENGTH)
    actor = train(*actor_matrix(examples), ("actor",), ACTOR_STRENGTH, iterations=120)
    np.savez_compressed(options.out / "model.npz", **packed(sentence, "sentence"), **packed(actor, "actor"))  # type: ignore[arg-type]
    meta = {
        "sentence": {"labels": list(labels())},
        "actor": {"labels": ["actor"]},
        "thresholds": dict.fromkeys(default_codebook().codes, THRESHOLD),
        "calibration": {"slope": 1.0, "intercept": 0.0},
        "sentences": len(examples),
    }
    (options.out / "model.json").write_text(
        json.dumps(meta, ensure_ascii=False, indent=1) + "\n", encoding="utf-8"
    )
    print(
        f"{len(examples)} sentences, {len(sentence.columns)} features; {(options.out / 'model.npz').stat().st_size:,} bytes"
    )


if __name__ == "__main__":
    main()
