"""The codebook: a broken one is refused with file, line and reason; the shipped one gives what its examples say."""

import tomllib
from pathlib import Path
from typing import get_args

import pytest
from material import SHIPPED, codebook_text, find

from pipeline.records import Code, Modality
from pipeline.tag import CodebookError, default_codebook, load_codebook
from pipeline.tag.codebook import Instrument, split_alternatives

CASES = tomllib.loads(Path(__file__).with_name("codebook_errors.toml").read_text(encoding="utf-8"))["case"]
BOOK = default_codebook()
SOUND = codebook_text(["问责|追究<who>责任"], ["处分期"], words={"who": ["领导", "直接"]})
EXAMPLES = [(entry.code, text) for entry in BOOK.entries for text in entry.examples]
COUNTEREXAMPLES = [(entry.code, text) for entry in BOOK.entries for text in entry.counterexamples]


@pytest.fixture
def sound(tmp_path) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(SOUND, encoding="utf-8")
    return file


def test_a_sound_codebook_is_read(sound):
    book = load_codebook(sound)
    assert book.version == "test"
    assert book.codes == ("accountability",)
    assert book["accountability"].zh == "追责"
    with pytest.raises(KeyError, match="care"):
        book["care"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_a_broken_codebook_is_refused_with_file_line_and_reason(tmp_path, case):
    assert case["old"] in SOUND
    broken = SOUND.replace(case["old"], case["new"], 1)
    file = tmp_path / "mine.toml"
    file.write_text(broken, encoding="utf-8")
    with pytest.raises(CodebookError) as refused:
        load_codebook(file)
    message = str(refused.value)
    assert message.startswith("mine.toml")
    assert case["reason"] in message
    if "at" in case:
        lines = [number for number, line in enumerate(broken.splitlines(), 1) if case["at"] in line]
        assert f"line {lines[0]}" in message


def test_a_file_that_is_not_there_is_an_error_of_the_system(tmp_path):
    with pytest.raises(FileNotFoundError):
        load_codebook(tmp_path / "none.toml")


def test_a_cue_is_split_at_its_top_level_only():
    assert split_alternatives("甲|乙(丙|丁)|[戊|己]") == ["甲", "乙(丙|丁)", "[戊|己]"]


def test_the_shipped_codebook_has_every_code_and_modality():
    assert sorted(BOOK.codes) == sorted(get_args(Code))
    assert sorted(entry.modality for entry in BOOK.modalities) == sorted(get_args(Modality))
    assert {entry.instrument for entry in BOOK.entries} == set(get_args(Instrument))


def test_a_copy_of_the_shipped_codebook_is_a_codebook(tmp_path):
    copy = tmp_path / "copy.toml"
    copy.write_bytes(SHIPPED.read_bytes())
    assert load_codebook(copy).codes == BOOK.codes


@pytest.mark.parametrize(("code", "text"), EXAMPLES)
def test_the_cues_give_the_code_of_an_example(code, text):
    assert find(BOOK, text, code) != []


@pytest.mark.parametrize(("code", "text"), COUNTEREXAMPLES)
def test_the_cues_do_not_give_the_code_of_a_counterexample(code, text):
    assert find(BOOK, text, code) == []


def test_no_cue_holds_the_mark_of_a_clause():
    cues = [cue for entry in (*BOOK.entries, *BOOK.modalities) for cue in entry.cues]
    assert [cue.source for cue in cues if any(set("，。；：！？") & set(word) for word in cue.words)] == []


def test_every_code_has_an_example_and_its_opposite():
    assert [
        entry.code for entry in BOOK.entries if len(entry.examples) < 2 or not entry.counterexamples
    ] == []
