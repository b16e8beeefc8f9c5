from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.normalize.alignment import Alignment, Change, Edit, apply_edits, exact


@st.composite
def edits(draw: st.DrawFn, text: str) -> list[Edit]:
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    found = []
    for start, end in zip(cuts[::2], cuts[1::2], strict=False):
        replacement = draw(st.text("甲乙丙", max_size=3))
        if start < end or replacement:
            found.append(Edit(start, end, replacement, draw(st.floats(0, 1))))
    distinct = [
        e
        for k, e in enumerate(found)
        if k == 0 or (found[k - 1].end, found[k - 1].start) < (e.start + 1, e.end)
    ]
    return [e for k, e in enumerate(distinct) if k == 0 or distinct[k - 1].end <= e.start]


@st.composite
def rewritten(draw: st.DrawFn) -> tuple[str, str, tuple[Change, ...]]:
    raw = draw(st.text("一二三四五六", max_size=30))
    text, changes = raw, list[Change]()
    for kind in "abcd"[: draw(st.integers(0, 4))]:
        text, changes = apply_edits(text, changes, draw(edits(text)), kind)
    return raw, text, exact(raw, text, changes)


def replay(raw: str, text: str, changes: tuple[Change, ...]) -> str:
    pieces, done = [], 0
    for change in changes:
        pieces += (raw[done : change.raw_start], text[change.start : change.end])
        done = change.raw_end
    return "".join((*pieces, raw[done:]))


@given(rewritten())
def test_replaying_the_changes_gives_the_text(case: tuple[str, str, tuple[Change, ...]]) -> None:
    raw, text, changes = case
    assert replay(raw, text, changes) == text
    for before, after in pairwise(changes):
        assert before.raw_end <= after.raw_start
        assert before.end <= after.start
        assert after.raw_start - before.raw_end == after.start - before.end


@given(rewritten(), st.data())
def test_the_map_is_total_and_monotonic(
    case: tuple[str, str, tuple[Change, ...]], data: st.DataObject
) -> None:
    raw, text, changes = case
    alignment = Alignment(changes, len(raw), len(text))
    for to, n_from, n_to in (
        (alignment.to_raw, len(text), len(raw)),
        (alignment.to_text, len(raw), len(text)),
    ):
        spans = [
            tuple(sorted(data.draw(st.tuples(st.integers(0, n_from), st.integers(0, n_from)))))
            for _ in range(2)
        ]
        (s1, e1), (s2, e2) = sorted(spans)
        (a1, b1), (a2, b2) = to(s1, e1), to(s2, e2)
        assert 0 <= a1 <= b1 <= n_to
        if s1 < e1 and s2 < e2:
            assert a1 <= a2
        if s1 < e1 <= s2 < e2:
            assert b1 <= b2


@given(rewritten())
def test_what_no_change_touches_maps_exactly(case: tuple[str, str, tuple[Change, ...]]) -> None:
    raw, text, changes = case
    alignment = Alignment(changes, len(raw), len(text))
    touched = {k for c in changes for k in range(c.start, c.end)}
    for k in set(range(len(text))) - touched:
        start, end = alignment.to_raw(k, k + 1)
        assert raw[start:end] == text[k]
        assert alignment.to_text(start, end) == (k, k + 1)


def test_a_change_covers_itself() -> None:
    changes = (Change("a", 2, 5, 2, 3, 1.0), Change("b", 7, 9, 5, 5, 1.0))
    alignment = Alignment(changes, 10, 6)
    assert alignment.to_raw(2, 3) == (2, 5)
    assert alignment.to_text(3, 4) == (2, 3)
    assert alignment.to_raw(5, 5) == (7, 9)  # where something was taken out, an empty span finds it
    assert alignment.to_raw(4, 5) == (6, 7)
    assert alignment.to_raw(4, 6) == (6, 10)


def test_a_span_outside_the_text_is_an_error() -> None:
    with pytest.raises(ValueError, match="not within"):
        Alignment((), 3, 3).to_raw(2, 4)


def test_edits_out_of_order_are_an_error() -> None:
    with pytest.raises(ValueError, match="out of order"):
        apply_edits("一二三", (), [Edit(1, 2, ""), Edit(0, 1, "")], "a")


def test_overlapping_changes_carry_both_kinds() -> None:
    text, changes = apply_edits("一二三四", (), [Edit(1, 3, "丙", 0.9)], "a")
    text, changes = apply_edits(text, changes, [Edit(0, 2, "丁", 0.5)], "b")
    assert text == "丁四"
    assert changes == [Change("a+b", 0, 3, 0, 1, 0.5)]


def test_what_two_steps_make_and_unmake_is_no_change() -> None:
    text, changes = apply_edits("一二", (), [Edit(0, 1, "丙")], "a")
    text, changes = apply_edits(text, changes, [Edit(0, 1, "一")], "b")
    assert exact("一二", text, changes) == ()
