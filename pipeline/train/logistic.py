"""Logistic regression with many labels over sparse rows, in numpy alone (L-BFGS, backtracking search)."""

from __future__ import annotations

from collections import deque
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

Float = npt.NDArray[np.float32]
Int = npt.NDArray[np.int64]
_CHUNK = 400_000  # stored values handled at a time, which bounds the memory of a product


@dataclass(frozen=True, slots=True)
class SparseRows:
    """A sparse matrix of ``shape``: value ``values[i]`` at ``rows[i]``, ``columns[i]``."""

    shape: tuple[int, int]
    rows: Int
    columns: Int
    values: Float


class _Product:
    """One direction of multiplication: sums of gathered rows, grouped by the sorted target index."""

    def __init__(self, target: Int, source: Int, values: Float, size: int) -> None:
        order = np.argsort(target, kind="stable")
        self.target, self.source, self.values = target[order], source[order], values[order]
        self.size = size

    def __call__(self, dense: Float) -> Float:
        result = np.zeros((self.size, dense.shape[1]), dtype=np.float32)
        for begin in range(0, len(self.target), _CHUNK):
            part = slice(begin, begin + _CHUNK)
            target = self.target[part]
            starts = np.flatnonzero(np.r_[True, target[1:] != target[:-1]])
            gathered = dense[self.source[part]] * self.values[part][:, None]
            result[target[starts]] += np.add.reduceat(gathered, starts, axis=0)
        return result


def fit(
    matrix: SparseRows, labels: Float, strength: float = 1.0, iterations: int = 60, memory: int = 8
) -> tuple[Float, Float]:
    """Weights (columns × labels) and biases that minimise the log loss plus |weights|² / (2 · strength).

    ``labels`` is rows × labels of 0 and 1. The result depends on nothing but the arguments.
    """
    forward = _Product(matrix.rows, matrix.columns, matrix.values, matrix.shape[0])
    backward = _Product(matrix.columns, matrix.rows, matrix.values, matrix.shape[1])
    signs = (2 * labels - 1).astype(np.float32)

    def loss_and_gradient(point: Float) -> tuple[float, Float]:
        weights, bias = point[:-1], point[-1]
        margins = (forward(weights) + bias) * signs
        loss = np.logaddexp(0, -margins).sum(dtype=np.float64)
        pull = -signs / (1 + np.exp(np.clip(margins, -60, 60)))
        gradient = np.empty_like(point)
        gradient[:-1] = backward(pull) + weights / strength
        gradient[-1] = pull.sum(axis=0)
        return float(loss + 0.5 * (weights.astype(np.float64) ** 2).sum() / strength), gradient

    point = np.zeros((matrix.shape[1] + 1, labels.shape[1]), dtype=np.float32)
    steps: deque[tuple[Float, Float, float]] = deque(maxlen=memory)
    loss, gradient = loss_and_gradient(point)
    for iteration in range(iterations):
        direction = _two_loop(gradient, steps)
        size = 1.0 if iteration else 1.0 / max(1.0, float(np.abs(gradient).sum()) ** 0.5)
        slope = _dot(gradient, direction)
        while True:
            moved = point + np.float32(size) * direction
            new_loss, new_gradient = loss_and_gradient(moved)
            if new_loss <= loss + 1e-4 * size * slope or size < 1e-6:
                break
            size *= 0.5
        step, change = moved - point, new_gradient - gradient
        curvature = _dot(step, change)
        if curvature > 1e-10:
            steps.append((step, change, 1.0 / curvature))
        converged = abs(loss - new_loss) < 1e-6 * max(abs(loss), 1.0)
        point, loss, gradient = moved, new_loss, new_gradient
        if converged:
            break
    return point[:-1], point[-1]


def _two_loop(gradient: Float, steps: deque[tuple[Float, Float, float]]) -> Float:
    """The L-BFGS direction (Nocedal and Wright, algorithm 7.4)."""
    direction = -gradient
    if not steps:
        return direction
    shares = []
    for step, change, inverse in reversed(steps):
        share = inverse * _dot(step, direction)
        shares.append(share)
        direction = direction - np.float32(share) * change
    step, change, _ = steps[-1]
    direction = direction * np.float32(_dot(step, change) / _dot(change, change))
    for (step, change, inverse), share in zip(steps, reversed(shares), strict=True):
        direction = direction + np.float32(share - inverse * _dot(change, direction)) * step
    return direction


def _dot(left: Float, right: Float) -> float:
    return float(np.einsum("ij,ij->", left, right, dtype=np.float64, optimize=False))
