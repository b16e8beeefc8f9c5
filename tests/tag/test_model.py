"""The model that ships: its size, its labels, its numbers."""

import json
from typing import get_args

import numpy as np
import pytest
from material import gold_structures, tag_structure

from pipeline import assets
from pipeline.records import Code, Modality
from pipeline.tag.classifier import default_model

FILES = ("model.npz", "model.json", "actors.toml")


@pytest.fixture(scope="module")
def model():
    return default_model()


def test_it_is_smaller_than_5_mb():
    assert sum(assets.path(f"tagger/{name}").stat().st_size for name in FILES) < 5_000_000


def test_it_loads_without_pickle():
    with np.load(assets.path("tagger/model.npz"), allow_pickle=False) as arrays:
        assert all(np.isfinite(arrays[name]).all() for name in arrays.files)


def test_its_labels_are_the_codes_and_the_modalities(model):
    assert sorted(model.sentence.labels) == sorted((*get_args(Code), *get_args(Modality)))


def test_every_code_has_a_threshold_that_is_a_probability(model):
    assert sorted(model.thresholds) == sorted(get_args(Code))
    assert all(0 < least < 1 for least in model.thresholds.values())
    assert 0 < model.actor_threshold < 1


def test_a_higher_score_is_more_probable(model):
    scores = np.linspace(-200, 200, 401, dtype=np.float32)[:, None]
    with np.errstate(all="raise"):
        probabilities = model.probabilities(scores)[:, 0]
    assert (np.diff(probabilities) >= 0).all()
    assert 0 <= probabilities[0] < 0.01
    assert 0.99 < probabilities[-1] <= 1


def test_a_column_that_no_training_saw_adds_nothing(model):
    network = model.sentence
    assert not network.embeddings[0].any()
    assert network.place.max() == len(network.embeddings) - 1


def test_a_tag_is_as_probable_as_its_code_demands(model):
    for structure in gold_structures("b_0[1-3]_*.txt"):
        for measure in tag_structure(structure).measures:
            for one in measure.tags:
                assert one.score >= model.thresholds[one.code] - 0.0005  # scores are rounded


def test_the_file_says_what_it_was_trained_on():
    meta = json.loads(assets.path("tagger/model.json").read_text(encoding="utf-8"))
    assert meta["sentences"] > 1000
