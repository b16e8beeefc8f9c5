"""Sentences as measures count them."""

import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.sentences import split_sentences

CASES = tomllib.loads(Path(__file__).with_name("sentences.toml").read_text(encoding="utf-8"))["case"]
messy = st.text("要查。！；，：“”（）《》\n \u3000", max_size=50)


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_sentences(case):
    text = case["text"]
    assert [text[start:end] for start, end in split_sentences(text, 0, len(text))] == case["sentences"]


@given(messy)
def test_no_letter_is_lost_and_no_sentence_overlaps_another(text):
    position = 0
    for start, end in split_sentences(text, 0, len(text)):
        assert not any(char.isalnum() for char in text[position:start])
        assert text[start:end] == text[start:end].strip() != ""
        assert "\n" not in text[start:end]
        position = end
    assert not any(char.isalnum() for char in text[position:])


@given(messy, messy)
def test_a_passage_is_split_by_itself(before, text):
    shift = len(before)
    inside = split_sentences(before + text, shift, shift + len(text))
    assert inside == [(start + shift, end + shift) for start, end in split_sentences(text, 0, len(text))]
