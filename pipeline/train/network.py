"""A small neural network over sparse rows, trained in numpy alone.

One hidden layer of leaky rectifiers and one logistic output a label. Dropout on features and hidden units
keeps it from leaning on single words; Adam (Kingma and Ba, 2015) with updates only for the features of each
batch.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from pipeline.tag.classifier import LEAK
from pipeline.train.logistic import SparseRows

Float = npt.NDArray[np.float32]
Int = npt.NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Settings:
    """How to train; ``seed`` fixes the result."""

    hidden: int = 72
    epochs: int = 14
    averaged: int = 6  # the result is the mean of the weights after so many last epochs
    batch: int = 64
    rate: float = 0.002
    feature_dropout: float = 0.5
    hidden_dropout: float = 0.5
    spread: float = 0.02  # of the initial embeddings
    seed: int = 0


@dataclass(frozen=True, slots=True)
class Network:
    """Embeddings (columns × hidden), hidden biases, output weights (hidden × labels) and output biases."""

    embeddings: Float
    hidden_bias: Float
    outputs: Float
    bias: Float

    def scores(self, matrix: SparseRows) -> Float:
        """The score of every label for every row."""
        order = np.argsort(matrix.rows, kind="stable")
        sums = np.zeros((matrix.shape[0], self.embeddings.shape[1]), dtype=np.float32)
        for begin in range(0, len(order), 200_000):
            part = order[begin : begin + 200_000]
            rows = matrix.rows[part]
            starts = np.flatnonzero(np.r_[True, rows[1:] != rows[:-1]])
            gathered = self.embeddings[matrix.columns[part]] * matrix.values[part][:, None]
            sums[rows[starts]] += np.add.reduceat(gathered, starts, axis=0)
        hidden = sums + self.hidden_bias
        result: Float = np.where(hidden > 0, hidden, LEAK * hidden) @ self.outputs + self.bias
        return result


def fit(matrix: SparseRows, labels: Float, weights: Float, settings: Settings) -> Network:
    """Train on rows × labels of 0 and 1; ``weights`` say what each counts, 0 where a row's label is not known and
    teaches nothing.
    """
    random = np.random.default_rng(settings.seed)
    state = _Adam(settings.rate)
    hidden = settings.hidden
    embeddings = (random.standard_normal((matrix.shape[1], hidden)) * settings.spread).astype(np.float32)
    outputs = (random.standard_normal((hidden, labels.shape[1])) / np.sqrt(hidden)).astype(np.float32)
    hidden_bias = np.zeros(hidden, dtype=np.float32)
    bias = np.full(labels.shape[1], -2.0, dtype=np.float32)
    parameters = [embeddings, hidden_bias, outputs, bias]
    state.start(parameters)
    indexed = _by_row(matrix)
    each = -(-matrix.shape[0] // settings.batch)
    steps = settings.epochs * each
    means = [np.zeros_like(parameter) for parameter in parameters]
    for step, rows in enumerate(_batches(matrix.shape[0], settings, random), start=1):
        state.step(settings.rate * max(1 - step / steps, settings.averaged / settings.epochs / 2))
        owner, columns, values = _gather(indexed, rows)
        kept = random.random(len(columns)) > settings.feature_dropout
        owner, columns = owner[kept], columns[kept]
        values = values[kept] / np.float32(1 - settings.feature_dropout)
        sums = _grouped(embeddings[columns] * values[:, None], owner, len(rows)) + hidden_bias
        mask = (random.random(sums.shape) > settings.hidden_dropout) / (1 - settings.hidden_dropout)
        active = np.where(sums > 0, sums, LEAK * sums) * mask
        active = active.astype(np.float32)
        guessed = 1 / (1 + np.exp(-np.clip(active @ outputs + bias, -60, 60)))
        pull = (guessed - labels[rows]) * weights[rows] / len(rows)
        back = ((pull @ outputs.T) * mask * np.where(sums > 0, 1.0, LEAK)).astype(np.float32)
        order = np.argsort(columns, kind="stable")
        starts = np.flatnonzero(np.r_[True, columns[order][1:] != columns[order][:-1]])
        slope = np.add.reduceat(back[owner[order]] * values[order][:, None], starts, axis=0)
        touched = columns[order][starts]
        state.update_rows(0, slope + 1e-5 * embeddings[touched], touched)
        state.update(1, back.sum(axis=0))
        state.update(2, active.T @ pull + 1e-4 * outputs)
        state.update(3, pull.sum(axis=0))
        if step % each == 0 and step > steps - settings.averaged * each:
            for mean, parameter in zip(means, parameters, strict=True):
                mean += parameter / settings.averaged
    return Network(*means)


class _Adam:
    """Adam over a list of parameters that are changed in place."""

    def __init__(self, rate: float) -> None:
        self.rate = rate
        self.count = 0
        self.parameters: list[Float] = []
        self.first: list[Float] = []
        self.second: list[Float] = []

    def start(self, parameters: list[Float]) -> None:
        self.parameters = parameters
        self.first = [np.zeros_like(parameter) for parameter in parameters]
        self.second = [np.zeros_like(parameter) for parameter in parameters]

    def step(self, rate: float) -> None:
        self.rate = rate
        self.count += 1

    def update(self, number: int, slope: Float) -> None:
        self._update(number, slope, np.s_[...])

    def update_rows(self, number: int, slope: Float, rows: Int) -> None:
        self._update(number, slope, rows)

    def _update(self, number: int, slope: Float, where: object) -> None:
        first, second, parameter = self.first[number], self.second[number], self.parameters[number]
        index: tuple[object, ...] = (where,)
        first[index] = 0.9 * first[index] + 0.1 * slope  # type: ignore[index]
        second[index] = 0.999 * second[index] + 0.001 * slope * slope  # type: ignore[index]
        size = first[index] / (1 - 0.9**self.count)  # type: ignore[index]
        scale = np.sqrt(second[index] / (1 - 0.999**self.count)) + 1e-8  # type: ignore[index]
        parameter[index] -= np.float32(self.rate) * size / scale  # type: ignore[index]


def _batches(count: int, settings: Settings, random: np.random.Generator) -> Iterator[Int]:
    for _ in range(settings.epochs):
        order = random.permutation(count)
        for begin in range(0, count, settings.batch):
            yield order[begin : begin + settings.batch]


def _by_row(matrix: SparseRows) -> tuple[Int, Int, Float]:
    """Row starts, columns and values in order of rows."""
    order = np.argsort(matrix.rows, kind="stable")
    starts = np.searchsorted(matrix.rows[order], np.arange(matrix.shape[0] + 1))
    return starts, matrix.columns[order], matrix.values[order]


def _gather(indexed: tuple[Int, Int, Float], rows: Int) -> tuple[Int, Int, Float]:
    """The stored values of some rows: number of the row in the batch, column and value."""
    starts, columns, values = indexed
    places = np.concatenate([np.arange(starts[row], starts[row + 1]) for row in rows])
    owner = np.repeat(np.arange(len(rows)), starts[rows + 1] - starts[rows])
    return owner, columns[places], values[places]


def _grouped(gathered: Float, owner: Int, size: int) -> Float:
    result = np.zeros((size, gathered.shape[1]), dtype=np.float32)
    if len(owner):
        starts = np.flatnonzero(np.r_[True, owner[1:] != owner[:-1]])
        result[owner[starts]] = np.add.reduceat(gathered, starts, axis=0)
    return result
