"""Which characters of the raw text became which characters of the clean text, over any number of steps."""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Callable, Iterable, Sequence
from typing import NamedTuple


class Edit(NamedTuple):
    """What one step wants: ``text[start:end]`` becomes ``replacement``, with a confidence from 0 to 1.

    A replacement equal to what stands there says that damage was seen and left alone.
    """

    start: int
    end: int
    replacement: str
    confidence: float = 1.0


class Change(NamedTuple):
    """``raw[raw_start:raw_end]`` became ``text[start:end]``; what lies between two changes is the same in both."""

    kind: str
    raw_start: int
    raw_end: int
    start: int
    end: int
    confidence: float


class Alignment:
    """Offsets of the clean text in the raw text and back; total and monotonic.

    Offsets outside any change map exactly. A span that cuts into a change takes in all of the change. A change
    with an empty side is taken in only when the span reaches over it, or is empty and stands on it.
    """

    __slots__ = ("_ends", "_n_raw", "_n_text", "_raw_ends", "_raw_starts", "_starts")

    def __init__(self, changes: Sequence[Change], n_raw: int, n_text: int) -> None:
        self._raw_starts = [c.raw_start for c in changes]
        self._raw_ends = [c.raw_end for c in changes]
        self._starts = [c.start for c in changes]
        self._ends = [c.end for c in changes]
        self._n_raw = n_raw
        self._n_text = n_text

    def to_raw(self, start: int, end: int) -> tuple[int, int]:
        """Half-open code point offsets of the clean text to those of the raw text; ValueError outside the text."""
        return _map(start, end, self._n_text, self._starts, self._ends, self._raw_starts, self._raw_ends)

    def to_text(self, raw_start: int, raw_end: int) -> tuple[int, int]:
        """Half-open code point offsets of the raw text to those of the clean text; ValueError outside the text."""
        return _map(
            raw_start, raw_end, self._n_raw, self._raw_starts, self._raw_ends, self._starts, self._ends
        )


def _map(
    start: int,
    end: int,
    length: int,
    from_starts: list[int],
    from_ends: list[int],
    to_starts: list[int],
    to_ends: list[int],
) -> tuple[int, int]:
    if not 0 <= start <= end <= length:
        raise ValueError(f"span {start}:{end} is not within 0:{length}")
    if start == end:
        first = bisect_left(from_ends, start)
        last = bisect_right(from_starts, start) - 1
        inside = [
            k
            for k in range(first, last + 1)
            if from_starts[k] == from_ends[k] or from_starts[k] < start < from_ends[k]
        ]
        if inside:
            return to_starts[inside[0]], to_ends[inside[-1]]
    before = bisect_right(from_ends, start) - 1
    k = before + 1
    if k < len(from_starts) and from_starts[k] < start:
        mapped_start = to_starts[k]
    else:
        mapped_start = start + (to_ends[before] - from_ends[before] if before >= 0 else 0)
    after = bisect_left(from_starts, end)
    k = after - 1
    if k >= 0 and from_ends[k] > end:
        mapped_end = to_ends[k]
    elif after < len(from_starts):
        mapped_end = end + (to_starts[after] - from_starts[after])
    else:
        mapped_end = end + (to_ends[-1] - from_ends[-1] if to_ends else 0)
    return mapped_start, max(mapped_start, mapped_end)


def apply_edits(
    text: str, changes: Sequence[Change], edits: Iterable[Edit], kind: str
) -> tuple[str, list[Change]]:
    """Make one step's edits and fold them into the changes that the earlier steps made.

    ``edits`` are offsets into ``text``, ordered and disjoint. Returns the new text and the changes from the raw
    text to it. Changes that overlap are merged, and then carry both kinds joined by ``+`` and the smaller confidence.
    """
    pending = [e for e in edits if e.start < e.end or e.replacement]
    if not pending:
        return text, list(changes)
    pieces: list[str] = []
    done = 0
    for edit in pending:
        if edit.start < done:
            raise ValueError(f"{kind}: edits overlap or are out of order at {edit.start}")
        pieces += (text[done : edit.start], edit.replacement)
        done = edit.end
    pieces.append(text[done:])
    return "".join(pieces), _merge(changes, pending, kind)


def edited(text: str, step: Callable[[str], Iterable[Edit]]) -> str:
    """The text after one step, for examples: ``step`` yields edits of the text it is given."""
    return apply_edits(text, (), step(text), "")[0]


def _merge(changes: Sequence[Change], edits: Sequence[Edit], kind: str) -> list[Change]:
    """Sweep over both lists in the coordinates of the text between them."""
    merged: list[Change] = []
    i = j = 0
    raw_shift = new_shift = 0  # raw offset minus middle offset, new offset minus middle offset
    while i < len(changes) or j < len(edits):
        from_change = j == len(edits) or (
            i < len(changes) and (changes[i].start, changes[i].end) <= (edits[j].start, edits[j].end)
        )
        if from_change:
            _, raw_low, raw_high, low, high, confidence = alone = changes[i]
            if _stands_alone(low, high, changes, i + 1, edits, j):  # nearly all do
                merged.append(
                    Change(alone[0], raw_low, raw_high, low + new_shift, high + new_shift, confidence)
                )
                raw_shift = raw_high - high
                i += 1
                continue
        else:
            low, high, replacement, confidence = edits[j]
            if _stands_alone(low, high, changes, i, edits, j + 1):
                new_low = low + new_shift
                new_high = new_low + len(replacement)
                merged.append(Change(kind, low + raw_shift, high + raw_shift, new_low, new_high, confidence))
                new_shift = new_high - high
                j += 1
                continue
        raw_low, new_low = low + raw_shift, low + new_shift
        first_change, first_edit = i, j
        i, j, high, kinds = _touching(changes, i, edits, j, from_change, kind)
        if i > first_change:
            raw_shift = changes[i - 1].raw_end - changes[i - 1].end
        new_shift += sum(len(e.replacement) - (e.end - e.start) for e in edits[first_edit:j])
        confidence = min(
            *(change.confidence for change in changes[first_change:i]),
            *(edit.confidence for edit in edits[first_edit:j]),
            1.0,
        )
        merged.append(Change(kinds, raw_low, high + raw_shift, new_low, high + new_shift, confidence))
    return merged


def _touching(
    changes: Sequence[Change], i: int, edits: Sequence[Edit], j: int, from_change: bool, kind: str
) -> tuple[int, int, int, str]:
    """One past the last change and edit of a group that overlaps from its first one on, its end, and its kinds."""
    one: Change | Edit = changes[i] if from_change else edits[j]
    low, high = one.start, one.end
    kinds: dict[str, None] = {}
    first = True
    while True:
        if i < len(changes) and (
            (first and from_change) or _overlaps(low, high, changes[i].start, changes[i].end)
        ):
            high = max(high, changes[i].end)
            kinds.update(dict.fromkeys(changes[i].kind.split("+")))
            i += 1
        elif j < len(edits) and (
            (first and not from_change) or _overlaps(low, high, edits[j].start, edits[j].end)
        ):
            high = max(high, edits[j].end)
            kinds[kind] = None
            j += 1
        else:
            return i, j, high, "+".join(kinds)
        first = False


def _stands_alone(
    low: int, high: int, changes: Sequence[Change], i: int, edits: Sequence[Edit], j: int
) -> bool:
    """Whether neither the next change nor the next edit touches a span that begins before both."""
    if i < len(changes):
        start = changes[i].start
        if start < high or start == low:
            return False
    if j < len(edits):
        start = edits[j].start
        if start < high or start == low:
            return False
    return True


def _overlaps(low: int, high: int, start: int, end: int) -> bool:
    """Whether two half-open spans share a character, or one is empty and lies inside the other or upon it."""
    if low == high and start == end:
        return low == start
    return start < high and low < end


def exact(raw_text: str, text: str, changes: Sequence[Change]) -> tuple[Change, ...]:
    """The changes without the equal characters at the ends of merged ones, and without what two steps made and unmade.

    A single step's change that changes nothing stays: it says that damage was seen.
    """
    final = []
    for change in changes:
        if "+" not in change.kind:
            final.append(change)
            continue
        before, after = raw_text[change.raw_start : change.raw_end], text[change.start : change.end]
        if before == after:
            continue
        head = _n_shared(before, after)
        tail = _n_shared(before[head:][::-1], after[head:][::-1])
        final.append(
            change._replace(
                raw_start=change.raw_start + head,
                raw_end=change.raw_end - tail,
                start=change.start + head,
                end=change.end - tail,
            )
        )
    return tuple(final)


def _n_shared(a: str, b: str) -> int:
    """How many characters two texts share at their beginning."""
    return next((k for k, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
