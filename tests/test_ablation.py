"""The ablation's own parts: words as keys, other n-grams put into the trainer, figures and intervals."""

from __future__ import annotations

import numpy as np

from benchmarks.ablation import Figures, difference
from benchmarks.coders import examined, word_key, word_keys
from pipeline.tag.sheet import MASKED, lay_out, mask_titles
from pipeline.train import tagger as trainer
from pipeline.train.examples import Example

EXAMPLES = [
    Example(
        "各级党委要认真贯彻《防疫通知》精神。", ("political_alignment",), "obligation", (), "x", ("压实责任",)
    ),
    Example("严禁瞒报。", ("work_style",), "prohibition", (), "x"),
]


def test_words_stand_where_they_begin_and_the_ends_of_a_row_make_pairs() -> None:
    sheet = lay_out(["严禁瞒报。"])
    none, single, double = word_keys(sheet, "char")
    assert not none.any()
    assert np.flatnonzero(single).tolist() == [1, 2, 3, 4, 5]
    assert single[1] == word_key("严")
    assert double[0] == word_key("\n 严")
    assert double[5] == word_key("。 \n")


def test_a_word_of_a_title_has_no_key() -> None:
    text = mask_titles("贯彻《通知》")
    _, single, double = word_keys(lay_out([text]), "char")
    assert word_key(MASKED) == 0
    assert np.flatnonzero(single).tolist() == [1, 2, 3, 6]
    assert not double[4:6].any()


def test_the_shipped_ngrams_put_in_place_of_themselves_change_nothing() -> None:
    own, put = trainer.sentence_matrix(EXAMPLES).matrix, examined(EXAMPLES).matrix
    assert np.array_equal(own.columns, put.columns)
    assert np.array_equal(own.values, put.values)


def test_without_cues_the_ngrams_are_left() -> None:
    every, alone = examined(EXAMPLES).matrix, examined(EXAMPLES, cues=False).matrix
    assert 0 < len(alone.columns) < len(every.columns)
    assert set(alone.columns.tolist()) <= set(every.columns.tolist())


def test_figures_of_tables() -> None:
    wanted = np.array([[True, False], [False, True], [False, False]])
    chosen = np.array([[True, True], [False, False], [False, True]])
    figures = Figures.of_tables(
        chosen, wanted, ["obligation", "obligation", "statement"], ["obligation", "prohibition", "statement"]
    )
    assert figures.micro == 2 / 5
    assert figures.macro == 1 / 2
    assert figures.exact == 0
    assert figures.modality == 2 / 3
    assert figures.coded_statements == 1


def test_the_interval_of_no_difference_is_nought() -> None:
    counts = np.array([[3, 1, 0], [2, 2, 2], [5, 0, 1]])
    assert difference(counts, counts) == "+0.000 (+0.000 to +0.000)"
    assert difference(counts + np.array([1, 0, 0]), counts).startswith("+0.0")
