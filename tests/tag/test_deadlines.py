"""Deadlines: as written, resolved, and look-alikes that are none."""

import tomllib
from datetime import date
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.deadlines import find_deadline, number

CASES = tomllib.loads(Path(__file__).with_name("deadlines.toml").read_text(encoding="utf-8"))["case"]
ISSUED = date(2026, 3, 10)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.get("label", case["text"]))
def test_deadline(case):
    text = case["text"]
    found = find_deadline(text, 0, len(text), case.get("issued", ISSUED))
    assert (text[slice(*found.span)] if found else None) == case.get("deadline")
    assert (found.day if found else None) == case.get("day")


@pytest.mark.parametrize("case", [c for c in CASES if "deadline" in c], ids=lambda c: c["deadline"])
def test_a_deadline_is_as_long_without_the_date_of_issue(case):
    text = case["text"]
    found = find_deadline(text, 0, len(text))
    assert found is not None
    assert text[slice(*found.span)] == case["deadline"]
    assert found.day is None or str(found.day.year) in case["deadline"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.get("label", case["text"]))
def test_what_stands_around_a_sentence_does_not_matter(case):
    text = f"9月1日前报。{case['text']}"
    found = find_deadline(text, 7, len(text), case.get("issued", ISSUED))
    assert (text[slice(*found.span)] if found else None) == case.get("deadline")


@given(
    st.text("一二三十0129月日前内每年底周起自发布后小时当今明，。", max_size=30),
    st.dates(date(2020, 1, 1), date(2030, 12, 31)),
)
def test_any_text_gives_a_span_in_it_or_none(text, issued):
    found = find_deadline(text, 0, len(text), issued)
    if found:
        assert 0 <= found.span[0] < found.span[1] <= len(text)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("10", 10),
        ("十", 10),
        ("二十一", 21),
        ("廿三", 23),
        ("初五", 5),
        ("两", 2),
        ("甲", None),
        ("", None),
        ("二三", None),
    ],
)
def test_numbers(text, value):
    assert number(text) == value
