"""The words that a code of the model rests on: the stretch of a sentence that speaks most for it.

With the hidden units as they are a score is linear in the features. Each n-gram shares what it adds among its characters, and
the stretch of 2 to 14 characters of one clause with the greatest sum is the evidence. Shares are whole numbers, so that
a stretch is the same whatever else is looked at with it.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

from pipeline.tag.classifier import CHUNK, LEAK, Network
from pipeline.tag.features import ORDERS, FloatArray, Keys, columns_of
from pipeline.tag.sheet import MASKED, IntArray, Sheet

_SHORTEST, _LONGEST = 2, 14
_NO_CUE = np.array(sorted(map(ord, f"，。；：！？、《》“”‘’（）\n{MASKED}")), dtype=np.int64)
_UNIT = 2.0**-20  # of a share, as a score
_SHORT = round(0.05 / _UNIT)  # what a character must add to be worth a longer cue
_REACH = max(ORDERS) - 1  # so many characters behind a row its n-grams reach
_NONE = np.iinfo(np.int64).min


def best_stretches(
    network: Network, sheet: Sheet, grams: Sequence[Keys], rows: IntArray, labels: IntArray, sums: FloatArray
) -> npt.NDArray[np.int64]:
    """Start and end on the sheet of what speaks most for a label in a row, for each of ``rows`` with ``labels``.

    ``grams`` are the n-grams of the sheet, ``sums`` what reaches the hidden units from each of its rows. One character where
    no two may stand together, an empty stretch where none may.
    """
    # Each row from the line feed before it to where its n-grams reach, one behind the other.
    first, lengths = sheet.starts[rows] - 1, sheet.ends[rows] - sheet.starts[rows] + 1 + _REACH
    begins = np.cumsum(lengths) - lengths
    which = np.repeat(np.arange(len(rows)), lengths)
    at = np.minimum(first[which] + np.arange(len(which)) - begins[which], len(sheet.points) - 1)
    inside = np.arange(len(which)) - begins[which] < lengths[which] - _REACH
    slopes = np.where(sums[rows] > 0, np.float32(1.0), np.float32(LEAK))
    weights = slopes * network.outputs.T[labels] * network.scales
    shares = _shares(network, grams, np.where(inside, at, -1), which, weights)
    free = inside & ~np.isin(sheet.points[at], _NO_CUE)
    best, length = _best_from(np.where(free, shares - _SHORT, 0), free)
    most = np.maximum.reduceat(best, begins)
    starts = np.flatnonzero(best == most[which])
    starts = starts[np.unique(which[starts], return_index=True)[1]]
    alone = most == _NONE
    for one in np.flatnonzero(alone).tolist():
        part = slice(begins[one], begins[one] + lengths[one])
        starts[one] = begins[one] + int(free[part].argmax())
        length[starts[one]] = int(free[part].any())
    left = at[starts]
    return np.stack([left, left + length[starts]], axis=1)


def _shares(
    network: Network, grams: Sequence[Keys], at: IntArray, which: IntArray, weights: FloatArray
) -> npt.NDArray[np.int64]:
    """What each character adds; an n-gram that begins at ``at`` (-1 for none) shares what it adds among its own."""
    shares = np.zeros(len(at) + _REACH, dtype=np.int64)
    for order, keys in zip(ORDERS, grams, strict=True):
        there = np.flatnonzero((at >= 0) & (at < len(keys)))
        places = network.place.take(columns_of(keys[at[there]]))
        there, places = there[places > 0], places[places > 0]
        for begin in range(0, len(there), CHUNK):
            part, known = there[begin : begin + CHUNK], places[begin : begin + CHUNK]
            gains = (network.embeddings.take(known, axis=0) * weights.take(which[part], axis=0)).sum(axis=1)
            added = np.rint(gains / (order * _UNIT)).astype(np.int64)
            for inner in range(order):
                shares[part + inner] += added
    return shares[: len(at)]


def _best_from(
    values: npt.NDArray[np.int64], free: npt.NDArray[np.bool_]
) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int64]]:
    """For each position the greatest sum of a stretch that begins there, and its length; ``_NONE`` where none may."""
    total = np.concatenate([[0], np.cumsum(values)])
    blocked = np.concatenate([[0], np.cumsum(~free)])
    best, best_length = np.full(len(values), _NONE), np.zeros(len(values), dtype=np.int64)
    for length in range(_SHORTEST, min(_LONGEST, len(values)) + 1):
        whole = blocked[length:] == blocked[:-length]
        sums = np.where(whole, total[length:] - total[:-length], _NONE)
        better = sums > best[: len(sums)]
        best[: len(sums)][better] = sums[better]
        best_length[: len(sums)][better] = length
    return best, best_length
