"""The cue language: what a cue finds, what it does not, and why a malformed one is refused."""

import tomllib
from pathlib import Path

import pytest
from material import find, small_codebook

from pipeline.tag.patterns import CueError, compile_cue

CASES = tomllib.loads(Path(__file__).with_name("cue_language.toml").read_text(encoding="utf-8"))
WORDS = {"goods": ["口罩", "帐篷"]}


@pytest.mark.parametrize("case", CASES["match"], ids=lambda case: case["label"])
def test_a_cue_finds(case):
    book = small_codebook([case["cue"]], words=WORDS)
    assert [case["text"][start:end] for start, end in find(book, case["text"])] == case["finds"]


@pytest.mark.parametrize("case", CASES["error"], ids=lambda case: case["cue"] or "nothing")
def test_a_malformed_cue_is_refused_with_the_reason(case):
    with pytest.raises(CueError) as refused:
        compile_cue(case["cue"], WORDS)
    assert case["reason"] in str(refused.value)


def test_a_cue_that_may_begin_in_too_many_ways_is_refused():
    words = {"many": [f"甲{number}" for number in range(700)]}
    with pytest.raises(CueError, match="at most 600 ways"):
        compile_cue("<many>乙", words)


def test_a_cue_that_stands_for_very_many_words_still_finds_them():
    many = {"a": [f"甲{n}" for n in range(40)], "b": [f"乙{n}" for n in range(40)]}
    book = small_codebook(["<a><b>丙"], words=many)
    assert find(book, "甲39乙38丙，甲40乙38丙") == [(0, 7)]


def test_a_cue_without_gap_or_number_lists_its_words():
    assert compile_cue("追究(领导|直接)?责任").words == {"追究责任", "追究领导责任", "追究直接责任"}
    assert not compile_cue("追究…责任").words
    assert compile_cue("追究…责任").anchors == {"追究"}
