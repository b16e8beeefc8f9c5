"""What the model looks at: hashed features of sentences, built in one pass over a document.

Character n-grams of the text with titles masked, the cues of the codebook (each, and counted by code), the order of
modality cues over the clauses, the cues of the headings above, and what a lead-in asks of its items.
"""

from __future__ import annotations

import re
import zlib
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.segment.structure import Span
from pipeline.tag.codebook import Codebook
from pipeline.tag.cues import CueHit, scanner

BITS = 20
_MASK = (1 << BITS) - 1
_OPEN, _CLOSE = "\x02", "\x03"  # stand before and behind each sentence, so that n-grams know its ends
_MASKED = 0xE000
_ORDERS = (1, 2, 3, 4)
_CLAUSE_END = re.compile(r"[，；：。！？]")
_NARRATED = re.compile(r"问题|教训|事件|经过|情况|形势|目标|剖析|原因|根源|总体")
_GENRES = ("通报", "函", "批复", "办法", "方案", "决定", "细则", "规定")

IntArray = npt.NDArray[np.int64]
FloatArray = npt.NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Context:
    """Where a sentence stands: in a directive or outside, under which headings, in what kind of document."""

    inside: bool
    headings: tuple[str, ...] = ()
    title: str = ""


@dataclass(frozen=True, slots=True)
class FeatureRows:
    """Sparse features of ``n`` sentences: ``values[i]`` of feature ``columns[i]`` in sentence ``rows[i]``."""

    n: int
    rows: IntArray
    columns: IntArray
    values: FloatArray


@cache
def feature_id(name: str) -> int:
    """The column of a named feature."""
    return (zlib.crc32(name.encode("utf-8")) * 2654435761 >> 7) & _MASK


def extract(
    masked: str,
    spans: Sequence[Span],
    hits: Sequence[Sequence[CueHit]],
    contexts: Sequence[Context],
    codebook: Codebook,
) -> FeatureRows:
    """Features of the sentences ``spans`` of a text whose titles are masked; ``hits`` are the cues of each."""
    gram_rows, gram_columns = _grams([masked[start:end] for start, end in spans])
    rows: list[int] = []
    columns: list[int] = []
    values: list[float] = []
    for row, ((start, end), found, context) in enumerate(zip(spans, hits, contexts, strict=True)):
        named: dict[int, float] = {}
        _cue_features(found, codebook, named)
        _modality_features(masked, start, end, found, named)
        _context_features(masked[start:end], context, codebook, named)
        rows += [row] * len(named)
        columns += named.keys()
        values += named.values()
    return FeatureRows(
        len(spans),
        np.concatenate([gram_rows, np.array(rows, dtype=np.int64)]),
        np.concatenate([gram_columns, np.array(columns, dtype=np.int64)]),
        np.concatenate([np.ones(len(gram_rows), dtype=np.float32), np.array(values, dtype=np.float32)]),
    )


def _grams(sentences: Sequence[str]) -> tuple[IntArray, IntArray]:
    """Row and column of every distinct character n-gram of every sentence."""
    rows, _, _, columns = gram_positions(sentences)
    keys = np.unique(rows << BITS | columns)
    return keys >> BITS, keys & _MASK


def gram_positions(sentences: Sequence[str]) -> tuple[IntArray, IntArray, IntArray, IntArray]:
    """Sentence, offset in it, length and column of every character n-gram; one that begins at _OPEN has offset -1."""
    joined = "".join(f"{_OPEN}{sentence}{_CLOSE}" for sentence in sentences)
    points = np.frombuffer(joined.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.int64)
    lengths = np.array([len(sentence) + 2 for sentence in sentences], dtype=np.int64)
    owner = np.repeat(np.arange(len(sentences), dtype=np.int64), lengths)
    offset = np.arange(len(points), dtype=np.int64) - np.repeat(np.cumsum(lengths) - lengths, lengths) - 1
    opaque = points == _MASKED
    closing = points == ord(_CLOSE)
    rows, offsets, orders, columns = [], [], [], []
    hashed = points.copy()
    blocked = opaque.copy()
    for order in _ORDERS:
        if order > 1:
            hashed = (hashed[:-1] * 1000003 + points[order - 1 :]) & 0xFFFFFFFFFFFF
            # an n-gram may end at a sentence's end, but not run over it
            blocked = blocked[:-1] | opaque[order - 1 :] | closing[: len(hashed)]
            for inner in range(1, order - 1):
                blocked |= closing[inner : inner + len(hashed)]
        valid = ~blocked
        if order == 1:
            valid &= points > 3
        mixed = hashed[valid] + order * 0x9E3779B1
        mixed = (mixed ^ (mixed >> 17)) * 0x2545F491 & 0xFFFFFFFFFFFF
        rows.append(owner[: len(hashed)][valid])
        offsets.append(offset[: len(hashed)][valid])
        orders.append(np.full(len(rows[-1]), order, dtype=np.int64))
        columns.append((mixed ^ (mixed >> 21)) & _MASK)
    return np.concatenate(rows), np.concatenate(offsets), np.concatenate(orders), np.concatenate(columns)


@cache
def _cue_columns(codebook: Codebook) -> list[int]:
    """The column of each cue of the codebook, by its number; a cue keeps it when others are edited."""
    return [feature_id(f"cue {label} {source}") for label, _, source in scanner(codebook).names()]


def cue_column(codebook: Codebook, cue: int) -> int:
    """The column of one cue of a codebook, by its number."""
    return _cue_columns(codebook)[cue]


def _cue_features(found: Iterable[CueHit], codebook: Codebook, named: dict[int, float]) -> None:
    """Each cue by itself, and how many different ones speak for a code."""
    columns = _cue_columns(codebook)
    strong: dict[str, set[int]] = {}
    weak: dict[str, set[int]] = {}
    for hit in found:
        named[columns[hit.cue]] = 1.0
        (strong if hit.strong else weak).setdefault(hit.label, set()).add(hit.start)
    for kind, counted, weight in (("strong", strong, 2.0), ("weak", weak, 1.0)):
        for label, starts in counted.items():
            for least in (1, 2, 4):
                if len(starts) >= least:
                    named[feature_id(f"{kind} {label} {least}")] = weight


_MODALITIES = frozenset(
    ("obligation", "prohibition", "permission", "encouragement", "commitment", "statement")
)
_SHORT = {
    "obligation": "O",
    "prohibition": "P",
    "permission": "M",
    "encouragement": "E",
    "commitment": "C",
    "statement": "S",
}


def _modality_features(
    masked: str, start: int, end: int, found: Iterable[CueHit], named: dict[int, float]
) -> None:
    """Which modality cues stand in which clause, and in what order; 的，-clauses are conditions."""
    ends = [match.end() for match in _CLAUSE_END.finditer(masked, start, end)]
    if not ends or ends[-1] < end:
        ends.append(end)
    kinds: list[list[str]] = [[] for _ in ends]
    for hit in found:
        if hit.label in _MODALITIES:
            kinds[bisect_right(ends, hit.start)].append(_SHORT[hit.label])
    demands: list[tuple[int, list[str]]] = []
    bare = 0
    for number, (kind, clause_end) in enumerate(zip(kinds, ends, strict=True)):
        condition = masked[clause_end - 2 : clause_end - 1] in "的时后"
        place = "first" if number == 0 else "last" if number == len(ends) - 1 else "mid"
        for short in kind:
            named[feature_id(f"any {short}")] = 1.0
            named[feature_id(f"{place} {short}")] = 1.0
            if not condition:
                named[feature_id(f"main {short}")] = 1.0
        if kind and not condition:
            demands.append((number, kind))
        elif not kind and not condition:
            bare += 1
            if number == 0:
                named[feature_id("first bare")] = 1.0
    _demand_features(demands, named)
    named[feature_id(f"bare {min(bare, 3)}")] = 1.0
    named[feature_id(f"clauses {min(len(ends), 6)}")] = 1.0
    named[feature_id(f"length {min((end - start) // 15, 9)}")] = 1.0


def _demand_features(demands: list[tuple[int, list[str]]], named: dict[int, float]) -> None:
    if not demands:
        named[feature_id("demand none")] = 1.5
        return
    number, first = demands[0]
    named[feature_id(f"demand {first[0]}")] = 1.5
    named[feature_id(f"demand all {'>'.join(first[:4])}")] = 1.0
    named[feature_id(f"demand {first[0]} at {min(number, 2)}")] = 1.0
    named[feature_id(f"demands {''.join(kind[0] for _, kind in demands[:4])}")] = 1.0
    named[feature_id(f"set {''.join(sorted({short for _, kind in demands for short in kind}))}")] = 1.0


def _context_features(sentence: str, context: Context, codebook: Codebook, named: dict[int, float]) -> None:
    for size in (1, 2, 3):
        named[feature_id(f"start {sentence[:size]}")] = 0.75
    named[feature_id(f"end {sentence[-1:]}")] = 1.0
    if not context.inside:
        named[feature_id("outside")] = 1.0
    for genre in _GENRES:
        if context.title.endswith(genre):
            named[feature_id(f"genre {genre}")] = 1.0
    for heading in context.headings:
        for column, value in _heading_features(heading, codebook):
            named[column] = value


@cache
def _heading_features(heading: str, codebook: Codebook) -> tuple[tuple[int, float], ...]:
    named = {feature_id(f"heading {hit.label}"): 1.0 for hit in scanner(codebook).scan(heading) if hit.strong}
    if _NARRATED.search(heading):
        named[feature_id("heading narrated")] = 1.0
    for size in (2, 3):
        for position in range(len(heading) - size + 1):
            named[feature_id(f"heading {heading[position : position + size]}")] = 0.5
    return tuple(named.items())


def lead_in_features(modality: str, codes: Iterable[str]) -> tuple[tuple[int, float], ...]:
    """Features that the items of a lead-in (以下工作：) take from it."""
    return (
        (feature_id(f"lead {modality}"), 3.0),
        *((feature_id(f"lead {code}"), 2.0) for code in codes),
    )
