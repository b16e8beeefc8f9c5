"""The tagger in spaCy: any pipeline for Chinese, results on spans and extensions, everything kept when saved."""

import itertools
import json
import pickle
import subprocess
import sys
from importlib.metadata import entry_points
from pathlib import Path

import pytest
import spacy
from hypothesis import given, settings
from hypothesis import strategies as st
from material import GOLD, codebook_text, tag_structure
from spacy import displacy
from spacy.matcher import Matcher
from spacy.tokens import Doc, DocBin, Span
from spacy.vocab import Vocab

from pipeline.segment import segment
from pipeline.tag import CodebookError
from pipeline.tag.components import GongwenTagger
from pipeline.tag.extensions import GROUPS, register_extensions
from pipeline.tag.nlp import load_nlp

TEXT = "市教育局、市卫健委要在9月15日前排查校舍隐患。要及时上报。严禁瞒报、漏报。"
NOTICE = (GOLD / "b_01_hunan_flood.txt").read_text(encoding="utf-8")
FORWARDING = """临江市人民政府办公室关于转发市应急局防汛工作方案的通知
临政办发〔2024〕12号
各县区人民政府，市直各部门：
市应急局《防汛工作方案》已经市政府同意，现转发给你们，请认真组织实施。
临江市人民政府办公室
2024年5月10日
防汛工作方案
一、加强值守
各县区要严格落实24小时值班制度，严禁脱岗。
二、严肃追责
对失职渎职的，依规依纪严肃问责。
临江市应急管理局
2024年5月8日
"""


def blank(**config) -> spacy.Language:
    nlp = spacy.blank("zh")
    nlp.add_pipe("gongwen_tagger", config=config)
    return nlp


@pytest.fixture(scope="module")
def nlp():
    pipeline = load_nlp()
    pipeline.add_pipe("gongwen_tagger")
    return pipeline


@pytest.fixture(scope="module")
def doc(nlp) -> Doc:
    return nlp(NOTICE)


@pytest.fixture
def codebook(tmp_path) -> Path:
    file = tmp_path / "mine.toml"
    file.write_text(codebook_text(["打板子"]), encoding="utf-8")
    return file


def everything(doc: Doc):
    """All results as plain values."""
    groups = {
        name: [
            (span.start, span.end, span.label_, span.kb_id_, span.id_, span._.exact)
            for span in doc.spans[name]
        ]
        for name in GROUPS
    }
    found = json.dumps(doc._.gongwen)  # which way of saving makes tuples of lists does not matter
    return groups, found, [list(token._.codes) for token in doc]


def test_the_factory_is_an_entry_point_of_the_package():
    [entry] = entry_points(group="spacy_factories", name="gongwen_tagger")
    assert entry.value == "pipeline.tag.components:create_tagger"


def test_a_user_needs_no_import_of_the_package(tmp_path):
    script = "import spacy; nlp = spacy.blank('zh'); nlp.add_pipe('gongwen_tagger'); print(len(nlp('要问责。').spans['codes']))"
    run = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )
    assert run.stdout.strip() == "1"


def test_the_groups_of_a_running_text():
    doc = blank()(TEXT)
    assert [(span._.exact, span.label_) for span in doc.spans["measures"]] == [
        ("市教育局、市卫健委要在9月15日前排查校舍隐患。", "obligation"),
        ("要及时上报。", "obligation"),
        ("严禁瞒报、漏报。", "prohibition"),
    ]
    assert [span._.exact for span in doc.spans["actors"]] == ["市教育局", "市卫健委"]
    assert [(span._.exact, span.kb_id_) for span in doc.spans["deadlines"]] == [("9月15日前", "")]
    assert [span._.exact for span in doc.spans["modality"]] == ["要", "要", "严禁"]
    codes = {span.label_ for span in doc.spans["codes"]}
    assert {"screening_control", "upward_reporting", "work_style"} <= codes


def test_what_a_measure_says_is_read_from_its_span():
    doc = blank()(TEXT)
    first, second, _ = doc.spans["measures"]
    assert first._.actors == ["市教育局", "市卫健委"]
    assert first._.deadline == "9月15日前"
    assert "screening_control" in first._.codes
    assert second._.actors == []
    assert second._.inherited_actors == ["市教育局", "市卫健委"]
    assert second._.deadline is None
    assert second._.modality == "obligation"


def test_what_carries_a_code_is_read_from_its_span():
    doc = blank()(TEXT)
    for span in doc.spans["codes"]:
        assert span._.codes == [span.label_]
        assert span._.method == span.kb_id_
        assert 0 < span._.score <= 1
        assert span._.exact in span._.measure._.exact
        assert span._.modality == span._.measure.label_


def test_a_whole_document_is_tagged_by_its_structure(doc):
    tagged = tag_structure(segment(NOTICE))
    spans = doc.spans["measures"]
    assert [span._.chars for span in spans] == [(measure.start, measure.end) for measure in tagged.measures]
    assert [span._.path for span in spans] == [measure.path for measure in tagged.measures]
    assert [span._.codes for span in spans] == [list(measure.codes) for measure in tagged.measures]
    assert {heading["path"] for heading in doc._.gongwen["headings"]} == set(tagged.heading_tags)
    cues = {one.start for measure in tagged.measures for one in measure.tags}
    cues |= {one.start for tags in tagged.heading_tags.values() for one in tags}
    assert {span._.chars[0] for span in doc.spans["codes"]} == cues


@pytest.mark.parametrize("segmenter", ["gongwen", "char"])
def test_spans_cover_the_characters_whatever_the_tokens(segmenter):
    nlp = load_nlp(segmenter)
    nlp.add_pipe("gongwen_tagger")
    doc = nlp(NOTICE)
    exact = [[span._.exact for span in doc.spans[name]] for name in GROUPS]
    for name in GROUPS:
        assert len(doc.spans[name]) > 0
        for span in doc.spans[name]:
            start, end = span._.chars
            assert span.start_char <= start < end <= span.end_char
            assert span._.exact == NOTICE[start:end]
            assert segmenter != "char" or span.text == span._.exact or " " in span._.exact
    other = spacy.blank("zh")
    other.add_pipe("gongwen_tagger")
    again = other(NOTICE)
    assert [[span._.exact for span in again.spans[name]] for name in GROUPS] == exact


@settings(max_examples=30, deadline=None)
@given(st.lists(st.integers(1, len(TEXT) - 1), max_size=20))
def test_tokens_may_be_cut_anywhere(nlp, cuts):
    bounds = [0, *sorted(set(cuts)), len(TEXT)]
    words = [TEXT[start:end] for start, end in itertools.pairwise(bounds)]
    doc = Doc(nlp.vocab, words=words, spaces=[False] * len(words))
    nlp.get_pipe("gongwen_tagger")(doc)
    assert [span._.exact for span in doc.spans["actors"]] == ["市教育局", "市卫健委"]
    assert [span._.exact for span in doc.spans["modality"]] == ["要", "要", "严禁"]
    for span in (span for name in GROUPS for span in doc.spans[name]):
        assert span._.exact in span.text
        assert span._.measure._.exact == doc.spans["measures"][int(span.id_[1])]._.exact


def test_documents_inside_a_document_are_tagged_where_they_stand(nlp):
    structure = segment(FORWARDING)
    [((start, _), inner)] = structure.inner
    doc = nlp(FORWARDING)
    expected = [(start + one.start, start + one.end) for one in tag_structure(inner).measures]
    assert len(expected) == 2
    spans = [span for span in doc.spans["measures"] if span._.chars[0] >= start]
    assert [span._.chars for span in spans] == expected
    assert [span._.exact for span in spans] == [FORWARDING[slice(*chars)] for chars in expected]
    assert [span._.path for span in spans] == ["1", "2"]
    assert {one["document"] for one in doc._.gongwen["measures"] if one["start"] >= start} == {start}


def test_displacy_renders_the_groups(doc):
    for name in GROUPS:
        html = displacy.render(doc, style="span", options={"spans_key": name}, jupyter=False)
        assert doc.spans[name][0].label_ in html


def test_matcher_works_on_measures_and_on_codes_of_tokens(nlp):
    doc = nlp("各单位要严肃问责。近日天气晴好。要加强值班。")
    matcher = Matcher(nlp.vocab)
    matcher.add(
        "ACCOUNTABLE", [[{"_": {"codes": {"INTERSECTS": ["accountability"]}}, "OP": "+"}]], greedy="LONGEST"
    )
    [(_, start, end)] = matcher(doc)
    match = doc[start:end]
    assert "问责" in match.text
    assert match._.measure.text == "各单位要严肃问责。"
    assert match._.codes == ["accountability"]
    assert match._.actors == ["各单位"]
    words = Matcher(nlp.vocab)
    words.add("DUTY", [[{"ORTH": "要"}]])
    assert [len(words(span)) for span in doc.spans["measures"]] == [1, 1]


def test_a_span_outside_every_measure_has_nothing():
    doc = blank()("近日天气晴好。要问责。")
    span = doc[0:2]
    assert span._.measure is None
    assert (span._.codes, span._.actors, span._.inherited_actors) == ([], [], [])
    assert (span._.modality, span._.deadline, span._.deadline_date, span._.path) == (None,) * 4
    assert (span._.score, span._.method) == (None, None)
    assert (span._.exact, span._.chars) == ("近日", (0, 2))


def test_a_doc_that_was_not_tagged_has_nothing():
    register_extensions()
    doc = spacy.blank("zh")("要问责。")
    assert doc._.gongwen is None
    assert doc[0:1]._.measure is None
    assert list(doc[0]._.codes) == []


@pytest.mark.parametrize("text", ["", " ", "\n\n", "。", "今天天气很好。", "Hello, world.", "要" * 500])
def test_any_text_passes(nlp, text):
    doc = nlp(text)
    assert doc.text == text
    assert set(doc.spans) == set(GROUPS)
    assert set(doc._.gongwen) == {"measures", "headings"}


def test_a_second_time_changes_nothing(nlp):
    doc = nlp(TEXT)
    before = everything(doc)
    nlp.get_pipe("gongwen_tagger")(doc)
    assert everything(doc) == before


def test_a_second_time_with_another_codebook_replaces_the_first(codebook):
    doc = blank()("要问责。要打板子。")
    assert [token.text for token in doc if token._.codes] == ["问", "责"]
    GongwenTagger(codebook, "rules")(doc)
    assert [span._.exact for span in doc.spans["codes"]] == ["打板子"]
    assert [token.text for token in doc if token._.codes] == ["打", "板", "子"]


# Settings


def test_the_method_and_the_codebook_are_settings(codebook):
    text = "要打板子。"
    doc = blank(codebook=str(codebook), method="rules")(text)
    assert [(span.label_, span._.exact, span._.method) for span in doc.spans["codes"]] == [
        ("accountability", "打板子", "rule")
    ]
    assert doc.spans["codes"].attrs == {"codebook": "test", "method": "rules"}
    doc = blank(method="model")(TEXT)
    assert {span.kb_id_ for span in doc.spans["codes"]} == {"model"}


def test_an_unknown_method_is_refused():
    with pytest.raises(ValueError, match="unknown method 'guess': one of both, rules, model"):
        blank(method="guess")


def test_a_broken_codebook_is_refused_when_the_component_is_added(codebook):
    codebook.write_text(codebook_text(["(打板子"]), encoding="utf-8")
    with pytest.raises(CodebookError, match=r"mine\.toml, line \d+: bad cues '\(打板子'"):
        blank(codebook=str(codebook))


def test_a_codebook_that_is_not_there_is_refused_before_the_first_text(tmp_path):
    nlp = blank(codebook=str(tmp_path / "none.toml"))
    with pytest.raises(CodebookError, match=r"none\.toml: no such file"):
        nlp("要问责。")


# Saving


def test_a_saved_pipeline_tags_the_same(tmp_path, nlp):
    nlp.to_disk(tmp_path / "saved")
    assert everything(spacy.load(tmp_path / "saved")(NOTICE)) == everything(nlp(NOTICE))


def test_a_saved_pipeline_takes_its_codebook_along(tmp_path, codebook):
    nlp = blank(codebook=str(codebook), method="rules")
    before = everything(nlp("要打板子。"))
    nlp.to_disk(tmp_path / "saved")
    codebook.unlink()
    loaded = spacy.load(tmp_path / "saved")
    assert everything(loaded("要打板子。")) == before
    loaded.to_disk(tmp_path / "again")
    assert everything(spacy.load(tmp_path / "again")("要打板子。")) == before


def test_a_pipeline_as_bytes_takes_its_codebook_along(tmp_path, codebook):
    nlp = blank(codebook=str(codebook), method="rules")
    data = nlp.to_bytes()
    codebook.unlink()
    other = blank(codebook=str(codebook), method="rules").from_bytes(data)
    assert everything(other("要打板子。")) == everything(nlp("要打板子。"))


def test_the_shipped_codebook_is_not_saved(tmp_path):
    blank().to_disk(tmp_path / "saved")
    assert list((tmp_path / "saved" / "gongwen_tagger").iterdir()) == []


def test_a_doc_as_bytes_keeps_the_results(doc):
    assert everything(Doc(Vocab()).from_bytes(doc.to_bytes())) == everything(doc)


def test_docs_in_a_docbin_or_pickled_keep_the_results(nlp, doc):
    data = DocBin(store_user_data=True, docs=[doc]).to_bytes()
    [restored] = DocBin().from_bytes(data).get_docs(nlp.vocab)
    assert everything(restored) == everything(doc)
    assert everything(pickle.loads(pickle.dumps(doc))) == everything(doc)


def test_pipe_gives_what_a_call_gives(nlp):
    texts = [TEXT, "", NOTICE, "要问责。"]
    docs = list(nlp.pipe(texts, n_process=1))
    assert [everything(doc) for doc in docs] == [everything(nlp(text)) for text in texts]


def test_extensions_may_be_registered_again():
    register_extensions()
    register_extensions()
    assert Span.has_extension("measure")


def test_spacy_finds_no_problem_in_the_pipeline(nlp):
    analysis = nlp.analyze_pipes()
    assert analysis["problems"]["gongwen_tagger"] == []
    assert "doc._.gongwen" in analysis["summary"]["gongwen_tagger"]["assigns"]
