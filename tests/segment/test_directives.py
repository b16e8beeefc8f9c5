"""The directive tree, on bodies kept as data."""

import itertools
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.directives import parse_body
from pipeline.segment.lines import split_lines

CASES = tomllib.loads(
    (Path(__file__).parent.parent / "cases" / "directives.toml").read_text(encoding="utf-8")
)["case"]


def squeezed(text: str) -> str:
    return "".join(text.split())


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_tree(case: dict) -> None:
    text = case["text"]
    body = parse_body(text, split_lines(text))
    assert [item.path for item in body.directives] == [path for path, *_ in case["items"]]
    for item, (_, marker, heading, last_words) in zip(body.directives, case["items"], strict=True):
        assert item.marker == marker
        assert (text[slice(*item.heading)] if item.heading else "") == heading
        assert squeezed(text[item.start : item.end]).endswith(last_words)
    closing = "".join(text[p.start : p.end] for p in body.passages if p.kind == "closing")
    assert closing == case.get("closing", "")
    assert [notice.kind for notice in body.notices] == case.get("notices", [])


def test_passages_leave_out_marker_and_heading() -> None:
    text = "一、压实责任。各级党委要担负起责任。\n二、严格督查。督查室每月通报一次。"
    body = parse_body(text, split_lines(text))
    assert [text[p.start : p.end] for p in body.passages] == [
        "各级党委要担负起责任。",
        "督查室每月通报一次。",
    ]


LINES = st.lists(
    st.sampled_from(
        [
            "一、总则",
            "二、要求。各地要落实。",
            "（一）范围。",
            "1.登记。",
            "第一条 制定本办法。",
            "各地要落实。",
            "一是快；二是准。",
            "①查；②改。",
            "“一、甲",
            "二、乙”",
        ]
    ),
    max_size=14,
)


@given(LINES)
def test_own_texts_are_disjoint_and_paths_are_unique(lines: list[str]) -> None:
    text = "\n".join(lines)
    directives = parse_body(text, split_lines(text)).directives
    assert len({item.path for item in directives}) == len(directives)
    for before, after in itertools.pairwise(directives):
        assert before.start <= before.body <= before.end <= after.start
        assert text[after.start :].startswith(after.marker)
    for item in directives:
        parent = item.path.rpartition(".")[0]
        assert not parent or any(
            other.path == parent and other.level == item.level - 1 for other in directives
        )
