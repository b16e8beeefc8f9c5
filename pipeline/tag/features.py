"""What the network looks at: hashed features of the rows of a sheet, built in whole arrays.

Character n-grams with titles masked, how many cues speak for each code, which modality's cue stands in which
clause, the headings above, the genre of the document, and what a lead-in asks of its items.
"""

from __future__ import annotations

import zlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
import numpy.typing as npt

from pipeline.tag.codebook import Codebook
from pipeline.tag.cues import Hits, scanner
from pipeline.tag.sheet import MASKED, IntArray, Sheet

BITS = 20
ORDERS = (1, 2, 3)  # lengths of the n-grams
_ODD = np.uint64(0x9E3779B97F4A7C15)  # multiplicative hashing (Knuth, TAOCP 3, 6.4)
_HEADING_SALT = np.uint64(0x5851F42D4C957F2D)
_LEVELS = (1, 2, 4)  # at least so many cues for a label
_MARKS = "，；：。！？\n"
_CONDITIONS = "的时后"  # a clause that ends so says when, not what
_MOST_CLAUSES, _MOST_LENGTHS, _LENGTH = 6, 9, 15
_GENRES = ("通报", "函", "批复", "办法", "方案", "决定", "细则", "规定")

FloatArray = npt.NDArray[np.float32]
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True, slots=True)
class Context:
    """Where the rows of a sheet stand: ``above[i]`` are the rows of the headings over row ``i``.

    ``outside`` are the rows that stand in no directive, ``titles[i]`` is the title of the document of row ``i``.
    """

    above: Sequence[Sequence[int]]
    outside: Sequence[int]
    titles: Sequence[str]


@dataclass(frozen=True, slots=True)
class Block:
    """Sparse features: ``values[i]`` of feature ``columns[i]`` in row ``rows[i]``; rows ascend."""

    rows: IntArray
    columns: IntArray
    values: FloatArray


@dataclass(frozen=True, slots=True)
class Features:
    """The features of ``n`` rows: their own, and what each row takes over from ``headings`` above it.

    ``pairs`` are two arrays: row, and row of a heading above it; ``headings`` holds what such a heading
    gives.
    """

    n: int
    own: tuple[Block, ...]
    headings: tuple[Block, ...]
    pairs: tuple[IntArray, IntArray]


@cache
def feature_id(name: str) -> int:
    """The column of a named feature, one of a fixed few."""
    return (zlib.crc32(name.encode("utf-8")) * 2654435761 >> 7) & ((1 << BITS) - 1) or 1


def extract(
    sheet: Sheet, grams: Sequence[Keys], hits: Hits, context: Context, codebook: Codebook
) -> Features:
    """The features of every row of a sheet; ``grams`` are its n-grams, ``hits`` the cues on it."""
    rows = [row for row, above in enumerate(context.above) for _ in above]
    pairs = (
        np.array(rows, dtype=np.int64),
        np.array([heading for above in context.above for heading in above], dtype=np.int64),
    )
    is_heading = np.zeros(len(sheet), dtype=bool)
    is_heading[pairs[1]] = True
    return Features(
        len(sheet),
        (*(_gram_block(sheet, keys) for keys in grams), _named(sheet, hits, context, codebook)),
        (
            *(_gram_block(sheet, keys, is_heading) for keys in grams[1:]),
            _heading_cues(hits, is_heading, codebook),
        )
        if rows
        else (),
        pairs,
    )


def gram_keys(sheet: Sheet) -> tuple[Keys, ...]:
    """For each order the n-gram that begins at each position, as its code points in one integer; 0 for none.

    A line feed may be the first or the last character, so that n-grams know where a row begins and ends.
    """
    points = sheet.points.astype(np.uint64)
    feed, opaque = points == 10, points == ord(MASKED)
    keys = []
    packed, blocked = points, feed | opaque
    for order in ORDERS:
        if order > 1:
            packed = packed[:-1] << np.uint64(21) | points[order - 1 :]
            blocked = opaque[: len(packed)].copy()
            for inner in range(1, order):
                blocked |= opaque[inner : inner + len(packed)]
                if inner < order - 1:
                    blocked |= feed[inner : inner + len(packed)]
            if order == 2:
                blocked |= feed[:-1] & feed[1:]
        keys.append(np.where(blocked, np.uint64(0), packed))
    return tuple(keys)


def columns_of(keys: Keys) -> IntArray:
    """The column of each key; 0 for none."""
    return (keys * _ODD >> np.uint64(64 - BITS)).astype(np.int64)


def _gram_block(sheet: Sheet, keys: Keys, of: npt.NDArray[np.bool_] | None = None) -> Block:
    """All n-grams of one order, or those of some rows as what their headings say."""
    rows = sheet.owner[: len(keys)]
    if of is None:
        there = np.flatnonzero(keys)
        columns = columns_of(keys[there])
    else:
        there = np.flatnonzero(of[rows] & (keys != 0))
        columns = columns_of(keys[there] ^ _HEADING_SALT)
    return Block(rows[there], columns, np.full(len(there), 1.0 if of is None else 0.5, dtype=np.float32))


@cache
def _cue_columns(codebook: Codebook) -> IntArray:
    """Labels × levels: the column of "at least so many cues for this label"."""
    labels = scanner(codebook).labels
    return np.array([[feature_id(f"cues {label} {n}") for n in _LEVELS] for label in labels], dtype=np.int64)


@cache
def _heading_columns(codebook: Codebook) -> IntArray:
    return np.array([feature_id(f"heading {label}") for label in scanner(codebook).labels], dtype=np.int64)


def _heading_cues(hits: Hits, of: npt.NDArray[np.bool_], codebook: Codebook) -> Block:
    """Which labels the cues of headings speak for."""
    among = of[hits.rows]
    pairs = np.unique(hits.rows[among] << 8 | hits.labels[among])
    columns = _heading_columns(codebook)[pairs & 0xFF]
    return Block(pairs >> 8, columns, np.ones(len(pairs), dtype=np.float32))


def _named(sheet: Sheet, hits: Hits, context: Context, codebook: Codebook) -> Block:
    """All features that have a name, in order of rows."""
    parts = [
        *_cue_features(hits, codebook),
        *_clause_features(sheet, hits, codebook),
        (np.array(context.outside, dtype=np.int64), feature_id("outside"), 1.0),
        *_genre_features(context.titles),
    ]
    rows = np.concatenate([part[0] for part in parts])
    columns = np.concatenate([np.broadcast_to(part[1], part[0].shape) for part in parts])
    values = np.concatenate([np.full(len(part[0]), part[2], dtype=np.float32) for part in parts])
    order = np.argsort(rows, kind="stable")
    return Block(rows[order], columns[order], values[order])


_Part = tuple[IntArray, IntArray | int, float]


def _genre_features(titles: Sequence[str]) -> Iterable[_Part]:
    """Rows of documents whose genre asks in a way of its own."""
    for genre in _GENRES:
        of_genre = {title for title in set(titles) if title.endswith(genre)}
        if of_genre:
            rows = [row for row, title in enumerate(titles) if title in of_genre]
            yield np.array(rows, dtype=np.int64), feature_id(f"genre {genre}"), 1.0


def _cue_features(hits: Hits, codebook: Codebook) -> Iterable[_Part]:
    """How many cues at different places speak for a label."""
    pairs, counts = np.unique(hits.rows << 8 | hits.labels, return_counts=True)
    columns = _cue_columns(codebook)[pairs & 0xFF]
    for level, least in enumerate(_LEVELS):
        enough = counts >= least
        yield pairs[enough] >> 8, columns[enough, level], 2.0


@cache
def _clause_columns(codebook: Codebook) -> dict[str, IntArray]:
    labels = scanner(codebook).labels

    def table(*names: str) -> IntArray:
        return np.array(
            [[feature_id(f"{name} {label}") for name in names] for label in labels], dtype=np.int64
        )

    return {
        "place": table("first", "middle", "last"),
        "main": table("main"),
        "demand": table("demand at 0", "demand at 1", "demand at 2"),
        "any demand": table("demand"),
        "clauses": np.array([feature_id(f"clauses {n}") for n in range(_MOST_CLAUSES + 1)], dtype=np.int64),
        "length": np.array([feature_id(f"length {n}") for n in range(_MOST_LENGTHS + 1)], dtype=np.int64),
    }


def _clause_features(sheet: Sheet, hits: Hits, codebook: Codebook) -> Iterable[_Part]:
    """Which modality's cue stands in which clause, and what the first clause that demands something
    demands.
    """
    columns = _clause_columns(codebook)
    stops = np.flatnonzero(_among(sheet.points, _MARKS))
    first = np.searchsorted(stops, sheet.starts)
    last = np.searchsorted(stops, sheet.ends) - (
        (sheet.ends > 0) & _among(sheet.points[sheet.ends - 1], _MARKS)
    )
    found = hits.where(hits.labels >= len(codebook.codes))
    clause = np.searchsorted(stops, found.starts)
    number = clause - first[found.rows]
    place = np.where(number == 0, 0, np.where(clause == last[found.rows], 2, 1))
    yield found.rows, columns["place"][found.labels, place], 1.0
    main = ~_among(sheet.points[stops[clause] - 1], _CONDITIONS)
    yield found.rows[main], columns["main"][found.labels[main], 0], 1.0
    rows, at = np.unique(found.rows[main], return_index=True)
    labels, numbers = found.labels[main][at], np.minimum(number[main][at], 2)
    yield rows, columns["any demand"][labels, 0], 1.5
    yield rows, columns["demand"][labels, numbers], 1.0
    without = np.ones(len(sheet), dtype=bool)
    without[rows] = False
    yield np.flatnonzero(without), feature_id("demand none"), 1.5
    every = np.arange(len(sheet))
    yield every, columns["clauses"][np.minimum(np.maximum(last - first + 1, 0), _MOST_CLAUSES)], 1.0
    yield every, columns["length"][np.minimum((sheet.ends - sheet.starts) // _LENGTH, _MOST_LENGTHS)], 1.0


def _among(points: IntArray, characters: str) -> npt.NDArray[np.bool_]:
    """Whether each code point is one of a few characters."""
    found: npt.NDArray[np.bool_] = points == ord(characters[0])
    for character in characters[1:]:
        found |= points == ord(character)
    return found


def lead_in_features(modality: str, codes: Iterable[str]) -> tuple[tuple[int, float], ...]:
    """Features that the items of a lead-in (以下工作：) take from it."""
    return (
        (feature_id(f"lead {modality}"), 3.0),
        *((feature_id(f"lead {code}"), 2.0) for code in codes),
    )
