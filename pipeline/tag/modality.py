"""How a measure binds: the order of clauses and cues (rules), or the trained model's choice."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import get_args

import numpy as np

from pipeline.records import Modality
from pipeline.segment.structure import Span
from pipeline.tag.classifier import Network, Scores
from pipeline.tag.sheet import Sheet

MODALITIES: tuple[Modality, ...] = get_args(Modality)
# Of the cues in one clause the earlier in this order decides: 严禁 beats 要, 可以 in a clause with 应 does not.
_RANK: tuple[Modality, ...] = ("commitment", "prohibition", "encouragement", "obligation", "permission")

Cue = tuple[str, int, int, int]
"""Label, start, end and rank of a cue in one row; offsets count into the sheet."""


def by_model(scores: Scores, network: Network) -> list[Modality]:
    """The modality with the highest score of each row."""
    columns = [network.labels.index(modality) for modality in MODALITIES]
    return [MODALITIES[best] for best in np.argmax(scores[:, columns], axis=1).tolist()]


def opens_with_order(sheet: Sheet, row: int, cues: Iterable[Cue]) -> bool:
    """Whether a row begins with the word of an order (要, 不得, 鼓励): it asks then, whatever else it tells."""
    start = int(sheet.starts[row])
    return any(cue[1] == start and cue[0] in _RANK for cue in cues)


def by_rules(sheet: Sheet, row: int, cues: Sequence[Cue]) -> Modality:
    """The modality that the cues of a row alone give.

    The first clause that demands something decides (the main demand comes first); conditions (…的，) do not
    demand. Without any demand a row with a statement's cue is a statement, any other a bare imperative.
    """
    clause: set[str] = set()
    narrated = False
    clause_end = int(sheet.starts[row])
    for label, start, _, _ in cues:
        if label == "statement":
            narrated = True
            continue
        end = _clause_end(sheet.text, start, int(sheet.ends[row]))
        if sheet.text[end - 1] == "的":
            continue
        if clause and end != clause_end:
            break
        clause_end = end
        clause.add(label)
    for modality in _RANK:
        if modality in clause:
            return modality
    return "statement" if narrated else "obligation"


def cue_of(modality: Modality, cues: Iterable[Cue]) -> Span | None:
    """The first cue of a modality in a row."""
    return next(((start, end) for label, start, end, _ in cues if label == modality), None)


def _clause_end(text: str, start: int, end: int) -> int:
    stops = [stop for mark in "，；：。！？" if (stop := text.find(mark, start, end)) >= 0]
    return min(stops, default=end)
