"""The trained model: one linear score for each code and modality over hashed features, in numpy alone.

``assets/tagger/model.npz`` holds for each block (sentence, actor) the columns that the model knows, their weights as
int8 with one scale for each label, and the biases; ``model.json`` names labels, thresholds and calibration.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline import assets
from pipeline.segment.structure import Span
from pipeline.tag.features import BITS, FeatureRows, gram_positions

FloatArray = npt.NDArray[np.float32]
_SHORTEST, _LONGEST = 2, 14
_NO_CUE = frozenset("，。；：！？、《》\n\ue000")


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Weights of one block: ``place`` maps a column to its row of ``weights``, whose first row is zero."""

    labels: tuple[str, ...]
    place: npt.NDArray[np.int32]
    weights: FloatArray
    bias: FloatArray

    def scores(self, features: FeatureRows) -> FloatArray:
        """The score of every label (columns) for every sentence (rows)."""
        scores = np.tile(self.bias, (features.n, 1))
        places = self.place[features.columns]
        known = np.flatnonzero(places)
        if not len(known):
            return scores
        rows = features.rows[known]
        order = np.argsort(rows, kind="stable")
        rows, known = rows[order], known[order]
        weighted = self.weights[places[known]] * features.values[known][:, None]
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        scores[rows[starts]] += np.add.reduceat(weighted, starts, axis=0)
        return scores

    def weight_of(self, column: int, value: float) -> FloatArray:
        """What one feature adds to every label."""
        weighted: FloatArray = self.weights[self.place[column]] * np.float32(value)
        return weighted

    def evidence(self, sentence: str, label: str, cues: Iterable[tuple[int, int, int]] = ()) -> Span:
        """The stretch of a sentence that speaks most for a label: 2 to 14 characters of one clause.

        Each n-gram, and each of ``cues`` (start, end, column), shares its weight among its characters; the stretch
        is the one with the greatest sum.
        """
        index = self.labels.index(label)
        _, offsets, orders, columns = gram_positions([sentence])
        weights = self.weights[self.place[columns], index] / orders
        shares = np.zeros(len(sentence) + 2)
        for order in np.unique(orders).tolist():
            of_order = orders == order
            for inner in range(order):
                np.add.at(shares, offsets[of_order] + 1 + inner, weights[of_order])
        for start, end, column in cues:
            shares[start + 1 : end + 1] += self.weights[self.place[column], index] / (end - start)
        return _best_stretch(sentence, shares[1:-1])


def _best_stretch(sentence: str, shares: npt.NDArray[np.float64]) -> Span:
    blocked = np.array([char in _NO_CUE for char in sentence])
    total = np.concatenate([[0.0], np.cumsum(np.where(blocked, -1e6, shares - 0.03))])
    best, span = -np.inf, (0, len(sentence))
    for length in range(_SHORTEST, min(_LONGEST, len(sentence)) + 1):
        sums = total[length:] - total[:-length]
        start = int(sums.argmax())
        if sums[start] > best:
            best, span = float(sums[start]), (start, start + length)
    return span


@dataclass(frozen=True, slots=True)
class Model:
    """Everything trained: the two blocks, the threshold of each label, and the calibration of their scores.

    A score z means the probability 1 / (1 + exp(-(slope · z + intercept))).
    """

    sentence: LinearModel
    actor: LinearModel
    thresholds: dict[str, float]
    slope: float
    intercept: float

    def probabilities(self, scores: FloatArray) -> FloatArray:
        """Calibrated probabilities of scores of the sentence block."""
        calibrated: FloatArray = 1.0 / (1.0 + np.exp(-(self.slope * scores + self.intercept)))
        return calibrated


@cache
def default_model() -> Model:
    """The model that ships with the package, read once."""
    meta = json.loads(assets.path("tagger/model.json").read_text(encoding="utf-8"))
    with np.load(assets.path("tagger/model.npz")) as arrays:
        blocks = {
            name: _linear(
                tuple(meta[name]["labels"]),
                arrays[f"{name}_columns"],
                arrays[f"{name}_weights"],
                arrays[f"{name}_scales"],
                arrays[f"{name}_bias"],
            )
            for name in ("sentence", "actor")
        }
    return Model(
        sentence=blocks["sentence"],
        actor=blocks["actor"],
        thresholds=meta["thresholds"],
        slope=meta["calibration"]["slope"],
        intercept=meta["calibration"]["intercept"],
    )


def _linear(
    labels: tuple[str, ...],
    columns: npt.NDArray[np.uint32],
    weights: npt.NDArray[np.int8],
    scales: FloatArray,
    bias: FloatArray,
) -> LinearModel:
    place = np.zeros(1 << BITS, dtype=np.int32)
    place[columns] = np.arange(1, len(columns) + 1, dtype=np.int32)
    table = np.zeros((len(columns) + 1, len(labels)), dtype=np.float32)
    table[1:] = weights.astype(np.float32) * scales
    return LinearModel(labels, place, table, bias.astype(np.float32))
