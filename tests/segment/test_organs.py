import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.organs import looks_like_organ, resolve, split_organs

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "organs.toml").read_text(encoding="utf-8"))


@pytest.mark.parametrize("case", CASES["resolve"], ids=lambda case: f"{case['name']}-{len(case)}")
def test_a_name_says_level_kind_and_place(case):
    known = resolve(
        case["name"], date=case.get("date"), within=case.get("within"), context=case.get("context", "")
    )
    assert (known.level, known.organ, known.adcode) == (
        case.get("level"),
        case.get("organ"),
        case.get("adcode"),
    )
    if "canonical" in case:
        assert known.canonical_name == case["canonical"]


def test_a_code_comes_with_the_names_of_its_places():
    known = resolve("中共漾濞彝族自治县委组织部")
    assert (known.province, known.prefecture, known.county) == ("云南省", "大理白族自治州", "漾濞彝族自治县")
    district = resolve("重庆市长寿区人民政府")
    assert (district.province, district.prefecture, district.county) == ("重庆市", None, "长寿区")


@pytest.mark.parametrize("case", CASES["split"], ids=lambda case: case["text"])
def test_a_joint_line_splits_into_its_names(case):
    spans = split_organs(case["text"])
    assert [case["text"][start:end] for start, end in spans] == case["names"]
    assert looks_like_organ(case["text"]) == bool(case["names"])


@pytest.mark.parametrize("line", CASES["refused"]["lines"])
def test_other_lines_are_no_organs(line):
    assert not looks_like_organ(line)


@given(st.text(alphabet="福建省州市县委人民政府办公室、 　中共国务院各的组织部12（）镇村", max_size=40))
def test_spans_are_ordered_and_lie_in_the_text(text):
    end = 0
    for start, stop in split_organs(text):
        assert end <= start < stop <= len(text)
        end = stop
    resolve(text)


@pytest.mark.xfail(strict=True, reason="known failure")
@pytest.mark.parametrize("case", CASES["unresolved"], ids=lambda case: case["comment"])
def test_places_that_a_reader_would_know(case):
    assert resolve(case["name"], context=case.get("context", "")).adcode == case["adcode"]
