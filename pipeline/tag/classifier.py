"""The trained models, in numpy alone: a small network for codes and modalities, a linear score for actors.

``assets/tagger/model.npz`` holds for each block the columns that it knows and their weights as int8 with a
scale; ``model.json`` names labels, thresholds and calibration.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt

from pipeline import assets
from pipeline.tag.features import BITS, Block, Features, FloatArray

ACTOR_BITS = 18  # actors have so many bits of columns
CHUNK = 1 << 14  # features taken at a time, which bounds the memory of a long document
_FEW = 64  # rows that are multiplied at a time: for more OpenBLAS wakes threads that cost more than they save
LEAK = 0.1  # slope of a hidden unit below zero
_STEEPEST = 80.0  # no logit is greater: exp of more says nothing new


Scores = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Network:
    """One hidden layer: ``place`` maps a column to its row of ``embeddings``, whose first row is zero.

    The embeddings are whole numbers, in units of ``scales`` (one for each hidden unit), and so are their sums: what a row
    adds up to does not depend on the order.
    """

    labels: tuple[str, ...]
    place: npt.NDArray[np.int32]
    embeddings: npt.NDArray[np.int8]
    scales: FloatArray
    hidden_bias: FloatArray
    outputs: FloatArray
    bias: FloatArray

    def sums(self, features: Features) -> FloatArray:
        """What reaches the hidden units, rows × units; values of features are multiples of a half."""
        halves = np.zeros((features.n, len(self.scales)), dtype=np.int32)
        for block in features.own:
            self._add(halves, block)
        rows, headings = features.pairs
        if len(rows):
            given = np.zeros_like(halves)
            for block in features.headings:
                self._add(given, block)
            _add_groups(halves, rows, given[headings])
        sums: FloatArray = (self.hidden_bias + halves * (self.scales / 2)).astype(np.float32)
        return sums

    def _add(self, halves: npt.NDArray[np.int32], block: Block) -> None:
        places = self.place.take(block.columns)
        known = np.flatnonzero(places)
        places, rows, values = places[known], block.rows[known], block.values[known]
        equal = len(values) and (values == values[0]).all()
        for begin in range(0, len(known), CHUNK):
            part = slice(begin, begin + CHUNK)
            gathered = self.embeddings.take(places[part], axis=0)
            if equal:
                _add_groups(halves, rows[part], gathered, int(2 * values[0]))
            else:
                times = (2 * values[part]).astype(np.int32)
                _add_groups(halves, rows[part], gathered * times[:, None])

    def embedding(self, column: int, value: float) -> FloatArray:
        """What one more feature adds to the hidden units."""
        added: FloatArray = self.embeddings[self.place[column]] * (self.scales * np.float32(value))
        return added

    def scores(self, sums: FloatArray) -> Scores:
        """The score of every label, rows × labels; so exact that it does not show how many rows there are."""
        activated = np.where(sums > 0, sums, LEAK * sums).astype(np.float64)
        scores: Scores = np.empty((len(sums), len(self.labels)))
        for begin in range(0, len(sums), _FEW):
            scores[begin : begin + _FEW] = activated[begin : begin + _FEW] @ self.outputs + self.bias
        return scores


def _add_groups(
    sums: npt.NDArray[np.int32], rows: npt.NDArray[np.int64], added: npt.NDArray[np.integer], times: int = 1
) -> None:
    """Add to each row of ``sums`` its group of ``added``, so many times; ``rows`` ascends."""
    if len(rows):
        starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
        sums[rows[starts]] += times * np.add.reduceat(added, starts, axis=0, dtype=np.int32)


@dataclass(frozen=True, slots=True)
class LinearModel:
    """A weight for every column of `pipeline.tag.actors`."""

    weights: FloatArray
    bias: float


@dataclass(frozen=True, slots=True)
class Model:
    """Everything trained: the network, the actors' weights, the threshold of each code and the calibration.

    A score z means the probability 1 / (1 + exp(-(slope · z + intercept))).
    """

    sentence: Network
    actor: LinearModel
    thresholds: dict[str, float]
    actor_threshold: float
    slope: float
    intercept: float

    def probabilities(self, scores: Scores) -> Scores:
        """Calibrated probabilities of scores of the network."""
        logits = np.clip(self.slope * scores + self.intercept, -_STEEPEST, _STEEPEST)
        calibrated: Scores = 1.0 / (1.0 + np.exp(-logits))
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
                embeddings=np.pad(arrays["sentence_weights"], ((1, 0), (0, 0))),
                scales=arrays["sentence_scales"],
                hidden_bias=arrays["sentence_hidden_bias"],
                outputs=arrays["sentence_outputs"],
                bias=arrays["sentence_bias"],
            ),
            actor=LinearModel(_dense(arrays), float(arrays["actor_bias"][0])),
            thresholds=meta["thresholds"],
            actor_threshold=meta["actor_threshold"],
            slope=meta["calibration"]["slope"],
            intercept=meta["calibration"]["intercept"],
        )


def _places(columns: npt.NDArray[np.uint32]) -> npt.NDArray[np.int32]:
    place = np.zeros(1 << BITS, dtype=np.int32)
    place[columns] = np.arange(1, len(columns) + 1, dtype=np.int32)
    return place


def _dense(arrays: Mapping[str, npt.NDArray[Any]]) -> FloatArray:
    """The actors' weights by column."""
    weights = np.zeros(1 << ACTOR_BITS, dtype=np.float32)
    weights[arrays["actor_columns"]] = arrays["actor_weights"][:, 0] * arrays["actor_scales"][0]
    return weights
