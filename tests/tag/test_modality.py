"""How a sentence binds, by the cues and the order of clauses alone."""

import tomllib
from pathlib import Path

import pytest
from material import gold_structures, tag_sentences, tag_structure

from pipeline.tag.modality import MODALITIES

CASES = tomllib.loads(Path(__file__).with_name("modality.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.get("label", case["text"]))
def test_modality_by_rules(case):
    text = case["text"]
    [measure] = tag_sentences(text, method="rules").measures
    assert measure.modality == case["modality"]
    if "cue" in case:
        assert measure.modality_cue is not None
        assert text[slice(*measure.modality_cue)] == case["cue"]


@pytest.mark.parametrize("method", ["rules", "model", "both"])
def test_a_modality_is_one_of_the_contract_and_its_cue_in_the_sentence(method):
    for structure in gold_structures("c_0[1-3]_*.txt"):
        for measure in tag_structure(structure, method=method).measures:
            assert measure.modality in MODALITIES
            if measure.modality_cue:
                start, end = measure.modality_cue
                assert measure.start <= start < end <= measure.end
