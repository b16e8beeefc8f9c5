"""Actors: full names, who is meant when nobody is named, and nobody where nothing is asked."""

import tomllib
from pathlib import Path

import pytest
from material import gold_structures, tag_one, tag_sentences, tag_structure

from pipeline.segment.structure import Passage
from pipeline.tag.names import split_names

NAMES = tomllib.loads(Path(__file__).with_name("names.toml").read_text(encoding="utf-8"))["case"]


@pytest.mark.parametrize("case", NAMES, ids=lambda case: "、".join(case["names"]))
def test_coordinated_names_are_split_where_each_stands_alone(case):
    text = case.get("text", "、".join(case["names"]))
    assert [text[start:end] for start, end in split_names(text, 0, len(text))] == case["names"]


def names(text, spans):
    return [text[start:end] for start, end in spans]


def test_subjects_agents_and_those_encouraged_are_actors():
    for sentence, actors in [
        ("各县区要加强值班值守。", ["各县区"]),
        ("由县公安局牵头办理。", ["县公安局"]),
        ("鼓励企业错峰生产。", ["企业"]),
        ("市教育局、市卫健委要联合检查。", ["市教育局", "市卫健委"]),
    ]:
        [measure] = tag_sentences(sentence).measures
        assert names(sentence, measure.actors) == actors


def test_a_dropped_subject_is_inherited_and_marked_so():
    text = "各县区要加强值班值守。要及时上报险情。要做好群众转移。"
    first, second, third = tag_sentences(text).measures
    assert names(text, first.actors) == ["各县区"]
    assert first.inherited_actors == ()
    for later in (second, third):
        assert later.actors == ()
        assert names(text, later.inherited_actors) == ["各县区"]


def test_a_subject_of_its_own_ends_the_inheritance():
    text = "各县区要加强值班值守。各学校要开展排查。要及时上报。"
    *_, third = tag_sentences(text).measures
    assert names(text, third.inherited_actors) == ["各学校"]


def test_nothing_is_inherited_from_another_directive():
    text = "各县区要加强值班值守。要及时上报险情。"
    passages = [Passage("directive", "1", 0, 11), Passage("directive", "2", 11, len(text))]
    _, second = tag_one(text, passages, {}).measures
    assert second.actors == second.inherited_actors == ()


@pytest.mark.parametrize("method", ["rules", "both"])
def test_a_statement_has_no_actor_and_no_code(method):
    statements = 0
    for structure in gold_structures("[b-d]_0[1-3]_*.txt"):
        for measure in tag_structure(structure, method=method).measures:
            if measure.modality == "statement":
                statements += 1
                assert measure.actors == measure.inherited_actors == ()
                assert measure.codes == measure.tags == ()
                assert measure.deadline is None
    assert statements


def test_actors_stand_in_their_measure_in_order_and_apart():
    for structure in gold_structures("a_0[1-4]_*.txt"):
        for measure in tag_structure(structure).measures:
            position = measure.start
            for start, end in measure.actors:
                assert position <= start < end <= measure.end
                position = end


def test_a_deed_at_the_head_of_a_clause_names_nobody():
    text = "各级党委要坚持防控一盘棋，形成各部门各负其责的格局，发挥党员先锋模范作用，扎实做好本部门工作。"
    [measure] = tag_sentences(text).measures
    assert names(text, measure.actors) == ["各级党委"]
