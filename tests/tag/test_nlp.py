"""The segmenter that ships: its tokens, their offsets, its independence of network and global switches."""

import json
import re
import socket
import sys
import tomllib
from pathlib import Path

import pytest
import spacy
import spacy_pkuseg
from hypothesis import given
from hypothesis import strategies as st
from spacy.util import get_words_and_spaces
from spacy_pkuseg.config import config as pkuseg_config

from pipeline import assets
from pipeline.tag.nlp import load_nlp, segment_words, segmenter_version, user_words
from pipeline.tag.word_segmenter import MODEL_FILES, WordSegmenter

MODEL = assets.path("segmenter")
SEED_FOLDER = Path(__file__).parents[2] / "seeds"
SEEDS = [path.read_text(encoding="utf-8") for path in sorted(SEED_FOLDER.glob("*.txt"))]
CASES = tomllib.loads(Path(__file__).with_name("words.toml").read_text(encoding="utf-8"))["case"]

# Text of the kind that is met, with all that could move an offset: white space, digits, marks that pkuseg
# renames, characters outside the model and outside the basic plane, and words of the user dictionary.
messy_text = st.lists(
    st.one_of(
        st.sampled_from(sorted(user_words())),
        st.text(
            st.sampled_from(
                "各级党委要做好疫情防控工作，在2020年1.5％ABＡ（一）、-/*:&|_\n\t \u3000\xa0\u2028龘𠮷é"
            ),
            max_size=8,
        ),
        st.text(max_size=4),
    ),
    max_size=12,
).map("".join)


@pytest.fixture(scope="module")
def bare() -> WordSegmenter:
    return WordSegmenter(MODEL)


@pytest.fixture(scope="module")
def nlp() -> spacy.Language:
    return load_nlp()


def words_of(text: str, segmenter: str = "gongwen") -> list[str]:
    return [text[start:end] for start, end in segment_words(text, segmenter)]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["label"])
def test_words(case):
    words = words_of(case["text"])
    assert [word for word in case.get("whole", ()) if word not in words] == []
    assert [word for word in case.get("never", ()) if word in words] == []


@pytest.mark.parametrize("segmenter", ["gongwen", "char"])
@given(text=messy_text)
def test_words_and_the_white_space_between_them_tile_the_text(segmenter, text):
    position = 0
    for start, end in segment_words(text, segmenter):
        assert start < end
        assert text[position:start].strip() == ""
        assert not re.search(r"\s", text[start:end])
        position = end
    assert text[position:].strip() == ""


@given(text=messy_text)
def test_arrays_give_the_words_of_pkuseg(bare, text):
    reference = spacy_pkuseg.pkuseg.cut(bare, text)  # pkuseg's own features, trie and search
    assert bare.cut(text) == reference


@pytest.mark.parametrize("text", SEEDS, ids=range(len(SEEDS)))
def test_arrays_give_the_words_of_pkuseg_on_documents(bare, text):
    assert bare.cut(text) == spacy_pkuseg.pkuseg(str(MODEL), user_dict=None).cut(text)


@pytest.mark.parametrize("word_feature", [True, False])
def test_the_process_wide_switch_of_pkuseg_does_not_matter(monkeypatch, word_feature):
    expected = words_of(SEEDS[0])
    monkeypatch.setattr(pkuseg_config, "wordFeature", word_feature)
    assert WordSegmenter(MODEL, user_words()).cut(SEEDS[0]) == expected


@given(text=messy_text)
def test_spacy_has_the_same_tokens_and_gives_the_text_back(nlp, text):
    doc = nlp(text)
    assert doc.text == text
    words, spaces = get_words_and_spaces(words_of(text), text)
    assert [token.text for token in doc] == words
    assert [bool(token.whitespace_) for token in doc] == spaces


@given(text=messy_text)
def test_user_words_are_never_split(text):
    words = user_words()
    bounds = {bound for span in segment_words(text) for bound in span}
    longest_first = sorted(words, key=len, reverse=True)
    for match in re.finditer("|".join(map(re.escape, longest_first)), text):
        assert bounds.isdisjoint(range(match.start() + 1, match.end()))
        assert {match.start(), match.end()} <= bounds


def test_user_dictionary_leaves_out_words_that_cut_into_others():
    for word in ("公安", "会同", "处分", "教育部", "通知", "大数据", "市长", "区政府"):
        assert word not in user_words()


@pytest.mark.parametrize("line", ["委", "党 委", "疫情\n疫情"])
def test_faulty_user_dictionary_is_refused_with_the_line(monkeypatch, tmp_path, line):
    file = tmp_path / "user_dictionary.txt"
    file.write_text(f"# comment\n\n{line}\n", encoding="utf-8")
    monkeypatch.setattr(assets, "path", lambda name: file)
    user_words.cache_clear()
    with pytest.raises(ValueError, match=r"line [34]"):
        user_words()
    user_words.cache_clear()


def test_no_network_is_needed(monkeypatch):
    def refuse(*args, **kwargs):
        raise OSError("no network in this test")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    pipeline = load_nlp()
    pipeline.initialize()
    assert [token.text for token in pipeline("疫情防控")] == ["疫情防控"]


def test_saved_pipeline_loads_with_spacy_alone(nlp, tmp_path):
    nlp.to_disk(tmp_path)
    loaded = spacy.load(tmp_path)
    text = SEEDS[0]
    assert [token.text for token in loaded(text)] == [token.text for token in nlp(text)]
    assert nlp.from_bytes(nlp.to_bytes())(text).text == text


def test_spacy_can_add_user_words():
    pipeline = load_nlp()
    assert "清零攻坚" not in [token.text for token in pipeline("开展清零攻坚行动")]
    pipeline.tokenizer.pkuseg_update_user_dict(["清零攻坚"])
    assert "清零攻坚" in [token.text for token in pipeline("开展清零攻坚行动")]
    assert "清零攻坚" not in words_of("开展清零攻坚行动")
    pipeline.tokenizer.pkuseg_update_user_dict([], reset=True)
    assert "疫情防控" not in [token.text for token in pipeline("做好疫情防控")]


def test_char_makes_every_character_a_token():
    assert words_of("党委 好", "char") == ["党", "委", "好"]
    assert [token.text for token in load_nlp("char")("党委 好")] == ["党", "委", "好"]


def test_path_of_a_model_is_a_segmenter():
    assert words_of(SEEDS[0], MODEL) == words_of(SEEDS[0])
    assert [token.text for token in load_nlp(str(MODEL))("疫情防控")] == ["疫情防控"]


@pytest.mark.parametrize("use", [load_nlp, lambda name: segment_words("文", name), segmenter_version])
def test_unknown_segmenter_is_refused(use, tmp_path):
    with pytest.raises(ValueError, match=r"unknown segmenter 'news'.*gongwen, char, jieba"):
        use("news")


@pytest.mark.parametrize("use", [load_nlp, lambda name: segment_words("文", name)])
def test_directory_without_a_model_is_refused(use, tmp_path):
    with pytest.raises(ValueError, match=r"no pkuseg model in .*features.msgpack and weights.npz not found"):
        use(tmp_path)


@pytest.mark.parametrize("use", [load_nlp, lambda name: segment_words("文", name)])
def test_jieba_that_is_not_installed_is_refused(use, monkeypatch):
    monkeypatch.setitem(sys.modules, "jieba", None)
    with pytest.raises(ValueError, match="pip install jieba"):
        use("jieba")


def test_jieba_gives_offsets():
    jieba = pytest.importorskip("jieba")
    words = [word for word in jieba.cut(SEEDS[0]) if not word.isspace()]
    assert words_of(SEEDS[0], "jieba") == words
    assert [token.text for token in load_nlp("jieba")("党委 要")] == ["党委", "要"]


def test_version_tells_segmenters_apart():
    assert segmenter_version("char") == "char"
    assert re.fullmatch(r"gongwen-[0-9a-f]{12}", segmenter_version())
    assert segmenter_version(MODEL).removeprefix("segmenter") == segmenter_version().removeprefix("gongwen")


def test_shipped_model_is_small_licensed_and_as_good_as_it_says():
    meta = json.loads((MODEL / "meta.json").read_text(encoding="utf-8"))
    size = sum((MODEL / name).stat().st_size for name in MODEL_FILES)
    assert size == meta["bytes"] < 1_500_000
    assert meta["measured_on"] == "test"
    assert "test" not in meta["trained_on"]
    assert meta["words"]["f1"] >= 92.5
    assert min(meta["characters_per_second"].values()) >= 200_000
    assert meta["license"] == "CC-BY-SA-4.0"
    assert "CC BY-SA 4.0" in (MODEL / "LICENSE").read_text(encoding="utf-8")


@pytest.mark.parametrize("length", [0, 1, 2, 3])
def test_shortest_texts(length):
    assert "".join(words_of("疫情好"[:length])) == "疫情好"[:length]


def test_long_text():
    text = SEEDS[0] * 40
    assert load_nlp()(text).text == text
