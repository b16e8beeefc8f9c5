"""Titles and genres, on printed lines kept as data."""

import tomllib
from pathlib import Path

import pytest

from pipeline.segment import titles
from pipeline.segment.lines import split_lines
from pipeline.segment.organs import looks_like_organ

CASES = tomllib.loads((Path(__file__).parent.parent / "cases" / "titles.toml").read_text(encoding="utf-8"))[
    "case"
]


@pytest.mark.parametrize("case", CASES, ids=[case["title"] for case in CASES])
def test_title_and_genre(case: dict) -> None:
    lines = split_lines("\n".join(case["lines"]))
    organs = frozenset(i for i, line in enumerate(lines) if looks_like_organ(line.text))
    title = titles.join(lines, organs)
    assert title == case["title"]
    assert titles.genre(title) == case.get("doc_type")
    assert titles.ends_title(lines[-1].text)


@pytest.mark.parametrize("line", ["各级党委要认真学习。", "一封信函", "征求意见", "督促检查"])
def test_lines_that_end_no_title_of_a_genre(line: str) -> None:
    assert titles.genre(line) is None
