import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.addressees import parse_addressees

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "addressees.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["line"], ids=lambda case: case["text"])
def test_a_line_is_split_and_its_lists_written_out(case):
    found = parse_addressees(case["text"], role=case.get("role", "main"))
    expected = [(i["name"], tuple(i["expanded"]), i.get("level"), i.get("organ")) for i in case["items"]]
    assert [(a.name, a.expanded, a.level, a.organ) for a in found] == expected
    assert {a.role for a in found} == {case.get("role", "main")}


def test_spans_count_from_the_offset():
    text = "各乡镇党委，\n县直各单位："
    found = parse_addressees(text, 100)
    assert [text[a.span[0] - 100 : a.span[1] - 100] for a in found] == ["各乡镇党委", "县直各单位"]


@given(st.text(alphabet="各市县（区）省委、，；部办直及和党人民政府局自治区直辖村 。", max_size=50))
def test_every_name_is_what_its_span_covers(text):
    end = 0
    for item in parse_addressees(text):
        start, stop = item.span
        assert end <= start < stop
        assert text[start:stop] == item.name
        assert item.expanded
        end = stop
