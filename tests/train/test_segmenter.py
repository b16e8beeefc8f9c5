"""Training, pruning and scoring of word segmenters, on sentences made up for the purpose."""

import numpy as np
import pytest
import spacy_pkuseg
from spacy_pkuseg.config import config as pkuseg_config

from pipeline.tag.nlp import segment_words
from pipeline.tag.word_segmenter import WordSegmenter
from pipeline.train import segmenter

SENTENCES = [
    sentence.split()
    for sentence in (
        "各 村 要 做好 检查",
        "各 镇 要 做好 登记",
        "检查 工作 由 各 村 负责",
        "登记 工作 由 各 镇 负责",
        "请 各 村 及时 报告",
        "请 各 镇 及时 登记",
        "县里 将 检查 各 镇 工作",
        "县里 将 报告 检查 工作",
        "不得 迟报 登记 工作",
        "不得 影响 各 村 工作",
        "各 村 负责 报告 ， 各 镇 负责 检查",
        "做好 报告 工作 ， 及时 检查",
    )
]
TEXT = "各村要及时报告检查工作，各镇不得影响登记"


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    folder = tmp_path_factory.mktemp("model")
    segmenter.train(SENTENCES, SENTENCES, folder, epochs=3)
    return folder


def test_training_is_reproducible(trained, tmp_path):
    segmenter.train(SENTENCES, SENTENCES, tmp_path, epochs=3)
    for folder in (trained, tmp_path):
        segmenter.prune(folder, folder / "small")
    for name in ("features.msgpack", "weights.npz"):
        assert (trained / "small" / name).read_bytes() == (tmp_path / "small" / name).read_bytes()


def test_training_leaves_the_settings_of_pkuseg_alone(tmp_path):
    before = {name: getattr(pkuseg_config, name) for name in segmenter.SETTINGS}
    segmenter.train(SENTENCES, SENTENCES, tmp_path, epochs=1)
    assert {name: getattr(pkuseg_config, name) for name in segmenter.SETTINGS} == before


def test_pruned_model_keeps_the_bias_first_and_weights_on_the_grid(trained, tmp_path):
    segmenter.prune(trained, tmp_path, n_features=20)
    small = WordSegmenter(tmp_path)
    assert small.n_feature == 20
    assert small.feature_extractor.feature_to_idx["$$"] == 0
    steps = small.model.w / segmenter.WEIGHT_STEP
    assert np.array_equal(steps, np.round(steps))
    assert small.cut(TEXT) == spacy_pkuseg.pkuseg.cut(small, TEXT)


def test_pruning_nothing_changes_no_word(trained, tmp_path):
    segmenter.prune(trained, tmp_path)
    assert WordSegmenter(tmp_path).cut(TEXT) == WordSegmenter(trained).cut(TEXT)


def test_model_with_word_features_keeps_them(tmp_path, monkeypatch):
    monkeypatch.setitem(segmenter.SETTINGS, "wordFeature", True)
    segmenter.train(SENTENCES, SENTENCES, tmp_path, epochs=3)
    monkeypatch.setattr(pkuseg_config, "wordFeature", True)
    expected = spacy_pkuseg.pkuseg(str(tmp_path), user_dict=None).cut(TEXT)
    monkeypatch.setattr(pkuseg_config, "wordFeature", False)
    assert WordSegmenter(tmp_path).cut(TEXT) == expected
    assert pkuseg_config.wordFeature
    assert [TEXT[start:end] for start, end in segment_words(TEXT, tmp_path)] == expected


def test_scores_count_whole_words():
    scores = segmenter.word_scores(lambda text: [(0, 2), (2, 3), (3, 4)], [["登记", "工作"]], known={"登记"})
    assert scores == {"precision": 33.33, "recall": 50.0, "f1": 40.0, "recall_of_new_words": 0.0}


def test_empty_treebank_is_refused(tmp_path):
    file = tmp_path / "train.txt"
    file.write_text("\n \n", encoding="utf-8")
    with pytest.raises(ValueError, match="holds no sentences"):
        segmenter.read_sentences(file)
