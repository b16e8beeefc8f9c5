"""How a measure binds: the order of clauses and cues (rules), or the trained model's choice."""

from __future__ import annotations

from collections.abc import Sequence
from typing import get_args

from pipeline.records import Modality
from pipeline.segment.structure import Span
from pipeline.tag.classifier import FloatArray, Model
from pipeline.tag.cues import CueHit

MODALITIES: tuple[Modality, ...] = get_args(Modality)
# Of the cues in one clause the earlier in this order decides: 严禁 beats 要, 可以 in a clause with 应 does not.
_RANK: tuple[Modality, ...] = ("commitment", "prohibition", "encouragement", "obligation", "permission")


def decide(
    hits: Sequence[Sequence[CueHit]],
    masked: str,
    spans: Sequence[Span],
    scores: FloatArray,
    model: Model,
    method: str,
) -> list[tuple[Modality, Span | None]]:
    """The modality of every sentence and the word that shows it (None for a bare imperative or a bare statement)."""
    decided = []
    for number, (found, span) in enumerate(zip(hits, spans, strict=True)):
        modality = by_rules(found, masked, span) if method == "rules" else best(scores[number], model)
        decided.append((modality, cue_of(modality, found)))
    return decided


def best(scores: FloatArray, model: Model) -> Modality:
    """The modality with the highest score of one sentence."""
    labels = model.sentence.labels
    return max(MODALITIES, key=lambda modality: float(scores[labels.index(modality)]))


def cue_of(modality: Modality, found: Sequence[CueHit]) -> Span | None:
    """The first cue of a modality in a sentence."""
    for hit in found:
        if hit.label == modality:
            return hit.start, hit.end
    return None


def by_rules(found: Sequence[CueHit], masked: str, span: Span) -> Modality:
    """The modality that the cues alone give.

    The first clause that demands something decides (the main demand comes first); conditions (…的，) do not demand.
    Without any demand a sentence with a statement's cue is a statement, any other a bare imperative.
    """
    clause: list[str] = []
    narrated = False
    clause_end = span[0]
    for hit in found:
        if hit.label not in MODALITIES:
            continue
        if hit.label == "statement":
            narrated = True
            continue
        end = _clause_end(masked, hit.start, span[1])
        if masked[end - 1 : end] == "的":
            continue
        if clause and end != clause_end:
            break
        clause_end = end
        clause.append(hit.label)
    for modality in _RANK:
        if modality in clause:
            return modality
    return "statement" if narrated else "obligation"


def _clause_end(masked: str, start: int, end: int) -> int:
    stops = [stop for mark in "，；：。！？" if (stop := masked.find(mark, start, end)) >= 0]
    return min(stops, default=end)
