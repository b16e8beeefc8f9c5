"""Actors: who a measure says must, may or should act, as written.

Candidates are stretches that begin where a subject may begin (at a clause, behind 由, 请, 鼓励, behind a date or
an opening such as 并) and end where a name may end (a suffix such as 部门, 书记) or a predicate begins (要, 应, 把).
A linear model, trained with the tagger, scores all candidates of a sheet at once; what it accepts is split
into full names.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from typing import get_args

import numpy as np
import numpy.typing as npt
from ahocorasick_rs import AhoCorasick

from pipeline import assets
from pipeline.records import Modality
from pipeline.segment.structure import Span
from pipeline.tag.classifier import ACTOR_BITS, Model
from pipeline.tag.cues import occurrences
from pipeline.tag.names import split_names
from pipeline.tag.sheet import IntArray, Sheet

_MAX_NAME = 44
_AT_ONCE = 16_000  # characters
_LONGEST_SUFFIX = 5
# A clause: brackets and quotations are kept whole, so that 县（市、区）长 and “双报到”党员 stay in one piece.
_CLAUSE = re.compile(
    r"(?:[^，。；：！？\n（“《]++|（[^（）\n]{0,60}）|“[^“”\n]{0,60}”|《[^《》\n]{0,120}》|[（“《])++"
)
_LEADING = " 　“”‘’)）、"
_QUOTED = re.compile("“[^“”\n]{1,12}”[一-鿿]")  # “洱海卫士”突击队 is a name as a whole
_TIME = re.compile(
    r"(?:自?(?:即日|今日|今晚|近期|平时|目前|接此通知|接本通知|[0-9一二三四五六七八九十〇]{1,4}年|每年|今年)?"
    r"(?:[0-9一二三四五六七八九十]{1,3}月(?:[0-9一二三四五六七八九十]{1,3}[日号]|底|初|中旬|上旬|下旬)?)?[^，。；：、由请]{0,6}?"
    r"(?:前|以前|之前|起|期间|以后|之后|内|时|后|当天|当晚|当日))"
)
_TIME_ENDS = "前起间后内时天晚日"
_TIME_REACH = 26  # characters: no match of _TIME is longer
_PREDICATE = re.compile(
    r"[要须可将把每按凭均都不]|应(?!急)|必须|务必|对(?!口)|在(?!线|职|岗|读|编)|从(?!业)|用(?!户|人)|向|于"
    r"|自(?!治|然|然资|愿|办|行车)|分别|负责|统一|牵头|依法|给予"
)
_MODAL = re.compile(r"[要应须可将请]|必须|务必|不得|不准|不许|一律")
_VERBISH = re.compile(r"[把对要应须将由请让使向于按给了过着]|不得|等到")
_BRACKETED = re.compile(r"（[^（）\n]{1,20}）")
# How a name may begin; a trigger adds its own number.
_CLAUSE_START, _OPENING, _TIMED, _VERB_START, _TRIGGERED = 1, 2, 3, 4, 5


@dataclass(frozen=True, slots=True)
class Candidates:
    """Stretches of a sheet that may name an actor, in order of row and start, with the columns that the model
    weighs.

    ``columns`` are candidates × features; besides them every pair of characters of a candidate counts, and
    ``pairs[i]`` is the column of the pair that begins at position ``i`` of the sheet.
    """

    rows: IntArray
    starts: IntArray
    ends: IntArray
    columns: IntArray
    pairs: IntArray

    def __len__(self) -> int:
        return len(self.rows)


class _Lexicon:
    """The words of ``actors.toml`` with their numbers, 0 for none."""

    def __init__(self) -> None:
        table = assets.toml("tagger/actors.toml")
        self.suffix = _Words(table["suffixes"])
        self.follow = _Words([word for words in table["follow"].values() for word in words])
        classes = {word: number for number, words in enumerate(table["follow"].values(), 1) for word in words}
        self.follow_class = np.array([0, *(classes[word] for word in self.follow.words)], dtype=np.int64)
        self.trigger = _either(table["triggers"])
        self.triggers = {word: number for number, word in enumerate(table["triggers"])}
        self.opening = _either(table["openings"])
        deeds = [*table["follow"]["verb"], *table["follow"]["adverb"]]
        self.deed = _either([*table["triggers"], *(word for word in deeds if len(word) > 1)])


class _Words:
    """A list of words, found all at once."""

    def __init__(self, words: Sequence[str]) -> None:
        self.words = sorted(set(words))
        self._all = AhoCorasick(self.words)
        self._number = {word: number for number, word in enumerate(self.words, 1)}
        self.single = np.array([0, *(len(word) == 1 for word in self.words)], dtype=bool)

    def find(self, text: str) -> IntArray:
        """Number, start and end of every occurrence, overlapping ones too."""
        found = occurrences(self._all, text)
        found[:, 0] += 1
        return found


def _either(words: Sequence[str]) -> re.Pattern[str]:
    return re.compile("|".join(re.escape(word) for word in sorted(set(words), key=lambda w: (-len(w), w))))


@cache
def _lexicon() -> _Lexicon:
    return _Lexicon()


def find_actors(sheet: Sheet, modalities: Sequence[Modality], model: Model) -> list[list[Span]]:
    """Who must act by each row of a sheet, in order, coordinated names split; spans count from the row's
    start.

    ``modalities`` are those of the rows; a statement has no actor.
    """
    return [
        names
        for rows, part in sheet.parts(_AT_ONCE)
        for names in _find_in_part(part, modalities[rows], model)
    ]


def _find_in_part(sheet: Sheet, modalities: Sequence[Modality], model: Model) -> list[list[Span]]:
    """The same for a part of a sheet: a candidate has some hundred numbers, and a long document many candidates."""
    found: list[list[Span]] = [[] for _ in range(len(sheet))]
    asking = np.array([modality != "statement" for modality in modalities], dtype=bool)
    if not asking.any():
        return found
    among = candidates(sheet, asking)
    if not len(among):
        return found
    scores = candidate_scores(among, modalities, model)
    good = np.flatnonzero(scores >= model.actor_threshold)
    order = good[np.lexsort((among.starts[good], -scores[good], among.rows[good]))]
    taken: dict[int, list[Span]] = {}
    for row, start, end in zip(
        among.rows[order].tolist(), among.starts[order].tolist(), among.ends[order].tolist(), strict=True
    ):
        spans = taken.setdefault(row, [])  # in order, none overlaps another
        place = bisect_left(spans, (start, end))
        is_free_before = place == 0 or spans[place - 1][1] <= start
        if is_free_before and (place == len(spans) or end <= spans[place][0]):
            spans.insert(place, (start, end))
    for row, spans in taken.items():
        base = int(sheet.starts[row])
        found[row] = [
            (left - base, right - base)
            for start, end in spans
            for left, right in split_names(sheet.text, start, end)
        ]
    return found


def candidate_scores(
    among: Candidates, modalities: Sequence[Modality], model: Model
) -> npt.NDArray[np.float32]:
    """The probability of each candidate of being an actor."""
    weights = model.actor.weights
    total = weights.take(among.columns).sum(axis=1) + weights.take(modality_columns(among, modalities)).sum(
        axis=1
    )
    running = np.concatenate([[0.0], np.cumsum(weights.take(among.pairs), dtype=np.float64)])
    total += running[among.ends - 1] - running[among.starts]
    scores: npt.NDArray[np.float32] = 1 / (1 + np.exp(-(total + model.actor.bias)))
    return scores


_MODALITY_NUMBERS = {name: number for number, name in enumerate(get_args(Modality))}


def modality_columns(among: Candidates, modalities: Sequence[Modality]) -> IntArray:
    """The columns of the modality of a candidate's row, alone and with how the candidate begins."""
    numbers = np.array([_MODALITY_NUMBERS[modality] for modality in modalities], dtype=np.int64)[among.rows]
    return np.stack([_column(1, numbers), _column(2, numbers, among.columns[:, 0])], axis=1)


def candidates(sheet: Sheet, asking: npt.NDArray[np.bool_]) -> Candidates:
    """All candidates in the rows that are ``asking``."""
    spans = [match.span() for match in _CLAUSE.finditer(sheet.text)]
    clauses = np.array(spans, dtype=np.int64).reshape(-1, 2)
    clauses = clauses[asking[sheet.owner[clauses[:, 0]]]]
    lexicon = _lexicon()
    suffixes = lexicon.suffix.find(sheet.text)
    begins = _begins(sheet, clauses)
    ends = _ends(sheet, suffixes)
    clause_end = clauses[begins[:, 2], 1]
    low = np.searchsorted(ends, begins[:, 0], side="right")
    high = np.searchsorted(ends, np.minimum(begins[:, 0] + _MAX_NAME, clause_end), side="right")
    counts = np.maximum(high - low, 0)
    which = np.repeat(np.arange(len(begins)), counts)
    rank = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
    start, stop = begins[which, 0], ends[low[which] + rank]
    named = np.zeros(len(sheet.points) + 1, dtype=bool)
    singles = suffixes[lexicon.suffix.single[suffixes[:, 0]]]
    named[singles[:, 1]] = True
    kept = (stop - start > 1) | named[start]
    which, rank, start, stop = which[kept], rank[kept], start[kept], stop[kept]
    clause = begins[which, 2]
    is_first = clauses[clause, 0] == sheet.starts[sheet.owner[clauses[clause, 0]]]
    look = _Look(sheet, suffixes, start, stop, clauses[clause, 1], begins[which, 1] * 2 + is_first, rank)
    return Candidates(sheet.owner[start], start, stop, look.columns(), _column(3, *_pair(sheet.points)))


def _begins(sheet: Sheet, clauses: IntArray) -> IntArray:
    """Where a name may begin, how, and in which clause: in order, each place once."""
    lexicon, text = _lexicon(), sheet.text
    begins: dict[int, tuple[int, int]] = {}
    time_ends = np.flatnonzero(np.isin(sheet.points, [ord(char) for char in _TIME_ENDS]))
    next_time = np.append(time_ends, len(text) + _TIME_REACH)[np.searchsorted(time_ends, clauses[:, 0])]
    timed = next_time < np.minimum(clauses[:, 0] + _TIME_REACH, clauses[:, 1])
    for number, ((start, end), has_time) in enumerate(zip(clauses.tolist(), timed.tolist(), strict=True)):
        while start < end and text[start] in _LEADING and not _QUOTED.match(text, start, end):
            start += 1
        opening = lexicon.opening.match(text, start, end)
        if opening:
            begins.setdefault(opening.end(), (_OPENING, number))
        if not opening or len(opening[0]) == 1:  # 特别是 begins no name, 及 may
            kind = _VERB_START if lexicon.deed.match(text, start, end) else _CLAUSE_START
            begins.setdefault(start, (kind, number))
        if has_time and (time := _TIME.match(text, start, end)):
            begins.setdefault(time.end(), (_TIMED, number))
    spans = [(match.start(), match.end(), match[0]) for match in lexicon.trigger.finditer(text)]
    places = np.searchsorted(clauses[:, 0], [start for start, _, _ in spans], side="right") - 1
    for (start, end, word), number in zip(spans, places.tolist(), strict=True):
        if number >= 0 and start < clauses[number, 1]:
            begins.setdefault(end, (_TRIGGERED + lexicon.triggers[word], number))
    return np.array([(at, *how) for at, how in sorted(begins.items())], dtype=np.int64).reshape(-1, 3)


def _ends(sheet: Sheet, suffixes: IntArray) -> IntArray:
    """Where a name may end, in order: behind the longest suffix at a place, its bracket, or before a
    predicate.
    """
    longest = np.lexsort((-suffixes[:, 2], suffixes[:, 1]))
    starts = suffixes[longest, 1]
    behind = suffixes[longest[np.r_[True, starts[1:] != starts[:-1]][: len(starts)]], 2]
    brackets = dict(match.span() for match in _BRACKETED.finditer(sheet.text))
    closed = [brackets[end] for end in behind.tolist() if end in brackets] if brackets else []
    predicates = [match.start() for match in _PREDICATE.finditer(sheet.text)]
    return np.unique(np.concatenate([behind, np.array(closed + predicates, dtype=np.int64)]))


class _Look:
    """The features of candidates: what they begin and end with, and what stands around them."""

    def __init__(
        self,
        sheet: Sheet,
        suffixes: IntArray,
        start: IntArray,
        stop: IntArray,
        clause_end: IntArray,
        kind: IntArray,
        rank: IntArray,
    ) -> None:
        self.sheet, self.start, self.stop, self.clause_end = sheet, start, stop, clause_end
        self.kind, self.rank = kind, rank
        self.points = np.concatenate([sheet.points, np.zeros(4, dtype=np.int64)])
        self.suffix = self._suffix(suffixes)
        self.next_suffix = self._longest_from(suffixes)[stop]
        found = _lexicon().follow.find(sheet.text)
        follow = self._longest_from(found)[stop]
        self.follow = np.where(stop == clause_end, -1, follow)
        self.follow_class = np.where(stop == clause_end, -1, _lexicon().follow_class[follow])

    def columns(self) -> IntArray:
        """Candidates × features."""
        features = list(self._features())
        kinds = np.array([kind for kind, _ in features])
        values = np.zeros((3, len(features), len(self.start)), dtype=np.int64)
        for number, (_, parts) in enumerate(features):
            for place, part in enumerate(parts):
                values[place, number] = part
        return _column(kinds[:, None], *values).T

    def _features(self) -> Iterator[tuple[int, tuple[IntArray, ...]]]:
        """The number of a feature and up to three values."""
        kind, follow, follows, suffix = self.kind, self.follow, self.follow_class, self.suffix
        length = self.stop - self.start
        has_suffix = (suffix > 0).astype(np.int64)
        last, after, first = self._last(), self._after(), self._first()
        bucket = np.where(length < 12, length, 12 + np.minimum((length - 12) // 5, 5))
        of = (self._count(self.sheet.points == ord("的")) > 0).astype(np.int64)
        modal = self._any(_MODAL, self.stop, self.clause_end)
        verbish = self._any(_VERBISH, self.start, self.stop)
        at_end = (self.stop == self.clause_end).astype(np.int64)
        yield 10, (kind,)
        yield 11, (np.minimum(self.rank, 4),)
        yield 12, (kind, np.minimum(self.rank, 3))
        yield 13, (bucket,)
        yield from ((14 + number, (ending,)) for number, ending in enumerate(last))
        yield 17, (suffix,)
        yield from ((18 + number, (beginning,)) for number, beginning in enumerate(first))
        yield from ((20 + number, (behind,)) for number, behind in enumerate(after))
        yield 23, (follow,)
        yield 24, (follows,)
        yield 25, (follows, kind)
        yield 26, (follows, has_suffix)
        yield 27, (follows, suffix)
        yield 28, (follows, has_suffix, kind)
        yield 29, (follows, last[0])
        yield 30, (last[1], after[0])
        yield 31, (self.next_suffix,)
        yield 32, ((self.next_suffix > 0).astype(np.int64), follows)
        yield 33, (self.points[self.start - 1],)
        yield 34, (of, kind)
        yield 35, (of, follows)
        yield 36, (np.minimum(self._count(self.sheet.points == ord("、")), 3),)
        yield 37, (modal, at_end, kind)
        yield 38, (modal, follows)
        yield 39, (verbish,)
        yield 40, (verbish, bucket // 4)
        yield 41, (self.points[self.clause_end], follows)
        yield 42, (self.points[self.clause_end - 1], follows)

    def _last(self) -> list[IntArray]:
        """The last one, two and three characters of the name, in one integer each."""
        one = self.points[self.stop - 1]
        two = np.where(self.stop - 2 >= self.start, self.points[self.stop - 2], 0)
        three = np.where(self.stop - 3 >= self.start, self.points[self.stop - 3], 0)
        return [one, two << 21 | one, three << 42 | two << 21 | one]

    def _first(self) -> list[IntArray]:
        one = self.points[self.start]
        return [one, one << 21 | np.where(self.start + 1 < self.stop, self.points[self.start + 1], 0)]

    def _after(self) -> list[IntArray]:
        """The one, two and three characters of the clause that follow the name."""
        one, two, three = (
            np.where(self.stop + n < self.clause_end, self.points[self.stop + n], 0) for n in range(3)
        )
        return [one, one << 21 | two, one << 42 | two << 21 | three]

    def _count(self, there: npt.NDArray[np.bool_]) -> IntArray:
        """How many such characters a name has."""
        running: IntArray = np.concatenate([[0], np.cumsum(there)])
        return running[self.stop] - running[self.start]

    def _any(self, pattern: re.Pattern[str], start: IntArray, stop: IntArray) -> IntArray:
        """Whether the pattern occurs between two positions of the sheet."""
        spans = np.array([m.span() for m in pattern.finditer(self.sheet.text)], dtype=np.int64).reshape(-1, 2)
        following = np.searchsorted(spans[:, 0], start)
        ends = np.append(spans[:, 1], len(self.points) + 1)
        return (ends[following] <= stop).astype(np.int64)

    def _longest_from(self, found: IntArray) -> IntArray:
        """For each position the number of the longest word that begins there."""
        longest = np.zeros(len(self.points) + 1, dtype=np.int64)
        order = np.argsort(found[:, 2], kind="stable")
        longest[found[order, 1]] = found[order, 0]
        return longest

    def _suffix(self, found: IntArray) -> IntArray:
        """The longest suffix that each name ends in, brackets aside; 0 for none."""
        bare = self.stop
        is_opening = self.sheet.points == ord("（")
        opening = np.maximum.accumulate(np.where(is_opening, np.arange(len(is_opening)), 0))
        bracketed = (self.points[bare - 1] == ord("）")) & (opening[bare - 1] > self.start)
        bare = np.where(bracketed, opening[bare - 1], bare)
        result = np.zeros(len(bare), dtype=np.int64)
        lengths = found[:, 2] - found[:, 1]
        for length in range(1, _LONGEST_SUFFIX + 1):
            ending = np.zeros(len(self.points) + 1, dtype=np.int64)
            chosen = lengths == length
            ending[found[chosen, 2]] = found[chosen, 0]
            fits = (bare - self.start >= length) & (ending[bare] > 0)
            result = np.where(fits, ending[bare], result)
        return result


def _pair(points: IntArray) -> tuple[IntArray, IntArray]:
    return points, np.append(points[1:], 0)


_ODD = np.uint64(0x9E3779B97F4A7C15)  # multiplicative hashing (Knuth, TAOCP 3, 6.4)


def _column(kind: IntArray | int, *values: IntArray) -> IntArray:
    """The columns of features: of each its kind and its values."""
    key = np.broadcast_to(np.asarray(kind, dtype=np.uint64), values[0].shape)
    for value in values:
        key = (key * _ODD ^ key >> np.uint64(29)) + value.astype(np.uint64)
    return (key * _ODD >> np.uint64(64 - ACTOR_BITS)).astype(np.int64)
