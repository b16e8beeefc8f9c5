"""The trained models, in numpy alone: a small network for codes and modalities, a linear score for actors.

``assets/tagger/model.npz`` holds for each block the columns that it knows and their weights as int8 with a scale;
``model.json`` names labels, thresholds and calibration.
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
LEAK = 0.1  # slope of a hidden unit below zero
_SHORTEST, _LONGEST = 2, 14
_NO_CUE = frozenset("，。；：！？、《》\n\ue000")


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer: ``place`` maps a column to its row of ``embeddings``, whose first row is zero."""

    labels: tuple[str, ...]
    place: npt.NDArray[np.int32]
    embeddings: FloatArray
    hidden_bias: FloatArray
    outputs: FloatArray
    bias: FloatArray

    def sums(self, features: FeatureRows) -> FloatArray:
        """What reaches the hidden units, sentences × units."""
        sums = np.tile(self.hidden_bias, (features.n, 1))
        places = self.place[features.columns]
        known = np.flatnonzero(places)
        if not len(known):
            return sums
        rows = features.rows[known]
        order = np.argsort(rows, kind="stable")
        rows, known = rows[order], known[order]
        gathered = self.embeddings[places[known]]
        gathered *= features.values[known][:, None]
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        sums[rows[starts]] += np.add.reduceat(gathered, starts, axis=0)
        return sums

    def embedding(self, column: int, value: float) -> FloatArray:
        """What one more feature adds to the hidden units."""
        added: FloatArray = self.embeddings[self.place[column]] * np.float32(value)
        return added

    def scores(self, sums: FloatArray) -> FloatArray:
        """The score of every label, sentences × labels."""
        scores: FloatArray = np.where(sums > 0, sums, LEAK * sums) @ self.outputs + self.bias
        return scores

    def evidence(
        self, sentence: str, label: str, sums: FloatArray, cues: Iterable[tuple[int, int, int]] = ()
    ) -> Span:
        """The stretch of a sentence that speaks most for a label: 2 to 14 characters of one clause.

        With the hidden units as ``sums`` leave them the score is linear in the features; each n-gram, and each of
        ``cues`` (start, end, column), shares what it adds among its characters, and the stretch with the greatest
        sum is the evidence.
        """
        weights = np.where(sums > 0, 1.0, LEAK) * self.outputs[:, self.labels.index(label)]
        _, offsets, orders, columns = gram_positions([sentence])
        gains = self.embeddings[self.place[columns]] @ weights / orders
        shares = np.zeros(len(sentence) + 2)
        for order in np.unique(orders).tolist():
            of_order = orders == order
            for inner in range(order):
                np.add.at(shares, offsets[of_order] + 1 + inner, gains[of_order])
        for start, end, column in cues:
            shares[start + 1 : end + 1] += float(self.embeddings[self.place[column]] @ weights) / (
                end - start
            )
        return _best_stretch(sentence, shares[1:-1])


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A weight for each known column: ``place`` maps a column to its place in ``weights``, whose first is zero."""

    place: npt.NDArray[np.int32]
    weights: FloatArray
    bias: float


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
    """Everything trained: the network, the actors' weights, the threshold of each code, and the calibration.

    A score z means the probability 1 / (1 + exp(-(slope · z + intercept))).
    """

    sentence: Network
    actor: LinearModel
    thresholds: dict[str, float]
    actor_threshold: float
    slope: float
    intercept: float

    def probabilities(self, scores: FloatArray) -> FloatArray:
        """Calibrated probabilities of scores of the network."""
        calibrated: FloatArray = 1.0 / (1.0 + np.exp(-(self.slope * scores + self.intercept)))
        return calibrated


@cache
def default_model() -> Model:
    """The model that ships with the package, read once."""
    meta = json.loads(assets.path("tagger/model.json").read_text(encoding="utf-8"))
    with np.load(assets.path("tagger/model.npz")) as arrays:
        return Model(
            sentence=Network(
                labels=tuple(meta["labels"]),
                place=_places(arrays["sentence_columns"]),
                embeddings=_unpacked(arrays["sentence_weights"], arrays["sentence_scales"]),
                hidden_bias=arrays["sentence_hidden_bias"],
                outputs=arrays["sentence_outputs"],
                bias=arrays["sentence_bias"],
            ),
            actor=LinearModel(
                place=_places(arrays["actor_columns"]),
                weights=_unpacked(arrays["actor_weights"], arrays["actor_scales"])[:, 0],
                bias=float(arrays["actor_bias"][0]),
            ),
            thresholds=meta["thresholds"],
            actor_threshold=meta["actor_threshold"],
            slope=meta["calibration"]["slope"],
            intercept=meta["calibration"]["intercept"],
        )


def _places(columns: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    place = np.zeros(1 << BITS, dtype=np.int32)
    place[columns] = np.arange(1, len(columns) + 1, dtype=np.int32)
    return place


def _unpacked(weights: npt.NDArray[np.int8], scales: FloatArray) -> FloatArray:
    table = np.zeros((len(weights) + 1, weights.shape[1]), dtype=np.float32)
    table[1:] = weights.astype(np.float32) * scales
    return table
