"""Tags: a code rests on words in its measure, outside titles; the codebook and the method decide which."""

import re
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from material import (
    SHIPPED,
    codebook_text,
    gold_structures,
    small_codebook,
    tag_one,
    tag_sentences,
    tag_structure,
)

from pipeline.segment.structure import Passage
from pipeline.tag import Tagged, Untagged, default_codebook, tag
from pipeline.tag.codebook import parse_codebook

BOOK = default_codebook()
METHODS = ("rules", "model", "both")
CLAUSE_MARKS = frozenset("，。；：！？\n")
TITLE = re.compile(r"《(?:[^《》\n]|《[^《》\n]*》)*》")
EXAMPLES = [(entry.code, text) for entry in BOOK.entries for text in entry.examples]
COUNTEREXAMPLES = [(entry.code, text) for entry in BOOK.entries for text in entry.counterexamples]


def codes_of(tagged: Tagged) -> set[str]:
    return {code for measure in tagged.measures for code in measure.codes}


@pytest.mark.parametrize("method", METHODS)
def test_every_tag_rests_on_words_of_its_measure_outside_titles(method):
    tags = 0
    for structure in gold_structures("[a-f]_0[1-3]_*.txt"):
        text = structure.text
        titles = [match.span() for match in TITLE.finditer(text)]
        headings = {item.path: item.heading for item in structure.directives if item.heading}
        tagged = tag_structure(structure, method=method)
        places = [(one, measure.start, measure.end) for measure in tagged.measures for one in measure.tags]
        places += [(one, *headings[path]) for path, found in tagged.heading_tags.items() for one in found]
        for one, start, end in places:
            tags += 1
            assert start <= one.start < one.end <= end
            for left, right in titles:  # a gap may hold a whole title (依照《…》处罚)
                assert one.end <= left or right <= one.start or one.start < left < right < one.end
            assert not CLAUSE_MARKS & set(text[one.start : one.end])
            assert 0 <= one.score <= 1
    assert tags > 200


@pytest.mark.parametrize("method", METHODS)
def test_the_codes_of_a_measure_are_those_of_its_tags_once_each_by_name(method):
    for structure in gold_structures("d_0[1-4]_*.txt"):
        tagged = tag_structure(structure, method=method)
        for measure in tagged.measures:
            assert list(measure.codes) == sorted(set(measure.codes)) == [one.code for one in measure.tags]
        for tags in tagged.heading_tags.values():
            assert [one.code for one in tags] == sorted({one.code for one in tags})


def test_the_method_of_a_tag_is_who_found_its_words():
    for structure in gold_structures("e_0[1-4]_*.txt"):
        tags = {
            method: [
                one for measure in tag_structure(structure, method=method).measures for one in measure.tags
            ]
            for method in METHODS
        }
        assert {one.method for one in tags["rules"]} <= {"rule"}
        assert {one.method for one in tags["model"]} <= {"model"}
        assert {one.code for one in tags["both"] if one.method == "rule"} <= set(BOOK.codes)


@pytest.mark.parametrize("method", METHODS)
@pytest.mark.parametrize("row", ["《严肃问责通知》。", "《问责》、《追责》", "问", "问。"])
def test_a_row_with_hardly_a_word_shows_no_more_than_it_has(row, method):
    heading = "一、严肃追责问责失职渎职"
    text = f"{heading}\n{row}"
    passages = [Passage("directive", "1", len(heading) + 1, len(text))]
    for measure in tag_one(text, passages, {"1": (2, len(heading))}, method=method).measures:
        for one in measure.tags:
            assert text[one.start : one.end] == "问"


def test_rules_and_model_agree_on_words_that_say_it_plainly():
    text = "对失职渎职的，依规依纪严肃问责。"
    for method in METHODS:
        [measure] = tag_sentences(text, method=method).measures
        assert measure.codes == ("accountability",)
        assert measure.tags[0].method == ("model" if method == "model" else "rule")


def test_most_examples_of_the_codebook_get_their_code_and_most_counterexamples_do_not():
    """The model weighs what the cues say, so that no single sentence is sure."""
    right = sum(code in codes_of(tag_sentences(text)) for code, text in EXAMPLES)
    wrong = sum(code in codes_of(tag_sentences(text)) for code, text in COUNTEREXAMPLES)
    assert right >= 0.9 * len(EXAMPLES)
    assert wrong <= 0.2 * len(COUNTEREXAMPLES)


@pytest.mark.parametrize("method", METHODS)
def test_what_stands_inside_titles_changes_no_tag(method):
    for structure in gold_structures("[a-c]_0[5-6]_*.txt"):
        blanked = TITLE.sub(lambda match: f"《{'甲' * (len(match[0]) - 2)}》", structure.text)
        title = TITLE.sub("", structure.title or "")
        headings = {item.path: item.heading for item in structure.directives if item.heading}
        both = [
            tag_one(text, structure.passages, headings, title=title, method=method)
            for text in (structure.text, blanked)
        ]
        assert [measure.tags for measure in both[0].measures] == [
            measure.tags for measure in both[1].measures
        ]
        assert both[0].heading_tags == both[1].heading_tags


@pytest.mark.parametrize(
    "text",
    [
        "认真学习《关于严肃问责失职渎职行为的通知》。",
        "按《信息发布办法》《值班值守制度》《物资储备目录》办理。",
    ],
)
@pytest.mark.parametrize("method", METHODS)
def test_a_title_is_no_reason_for_a_code(text, method):
    bare = re.sub(r"(?<=《)[^《》]*(?=》)", lambda match: "甲" * len(match[0]), text)
    assert codes_of(tag_sentences(text, method=method)) == codes_of(tag_sentences(bare, method=method))
    assert not {"accountability", "information_release", "emergency_duty", "supply_assurance"} & codes_of(
        tag_sentences(text, method=method)
    )


# Another codebook


def test_a_cue_that_is_added_gives_its_code():
    text = "要打板子。"
    assert codes_of(tag_sentences(text, book=small_codebook(["问责"]), method="rules")) == set()
    [measure] = tag_sentences(text, book=small_codebook(["问责", "打板子"]), method="rules").measures
    assert [(one.code, text[one.start : one.end]) for one in measure.tags] == [("accountability", "打板子")]


def test_a_cue_that_is_removed_gives_nothing():
    text = "各县区要严肃问责。"
    assert codes_of(tag_sentences(text, book=small_codebook(["问责"]), method="rules")) == {"accountability"}
    assert codes_of(tag_sentences(text, book=small_codebook(["追责"]), method="rules")) == set()


def test_an_added_cue_is_the_evidence_of_what_the_model_found():
    text = "对失职渎职的，依规依纪严肃问责。"
    book = small_codebook(["依规依纪严肃问责"])
    [measure] = tag_sentences(text, book=book).measures
    assert [(one.code, text[one.start : one.end], one.method) for one in measure.tags] == [
        ("accountability", "依规依纪严肃问责", "rule")
    ]


@pytest.mark.parametrize("method", METHODS)
def test_a_code_that_the_codebook_lacks_is_never_given(method):
    book = small_codebook(["问责"])
    for structure in gold_structures("f_0[1-3]_*.txt"):
        assert codes_of(tag_structure(structure, book=book, method=method)) <= {"accountability"}


def test_a_context_takes_a_code_away():
    text = "要严格执行处分期规定。"
    shipped = SHIPPED.read_text(encoding="utf-8")
    without = shipped.replace("问责泛化|处分期|处分影响期|", "问责泛化|")
    assert without != shipped
    assert "accountability" not in codes_of(tag_sentences(text, method="rules"))
    assert "accountability" in codes_of(
        tag_sentences(text, book=parse_codebook(without, "mine.toml"), method="rules")
    )


def test_the_modality_follows_the_codebook():
    text = "该当立即整改。"
    book = parse_codebook(
        codebook_text(["整改"]).replace('cues = ["要"]', 'cues = ["要", "该当"]'), "small.toml"
    )
    [measure] = tag_sentences(text, book=book, method="rules").measures
    assert measure.modality_cue == (0, 2)


# Structure


def test_headings_carry_codes_of_their_own():
    heading = "一、严肃追责问责"
    text = f"{heading}\n各单位要抓好落实。"
    passages = [Passage("directive", "1", len(heading) + 1, len(text))]
    for method in METHODS:
        tagged = tag_one(text, passages, {"1": (2, len(heading))}, method=method)
        assert [one.code for one in tagged.heading_tags["1"]] == ["accountability"]


def test_a_heading_without_a_demand_is_no_key():
    tagged = tag_one("一、有关背景", [], {"1": (2, 6)})
    assert tagged.heading_tags == {}


def _lead_in(lead: str, items: list[str]) -> tuple[str, list[Passage]]:
    text, passages = lead, [Passage("directive", "1", 0, len(lead))]
    for number, item in enumerate(items, 1):
        passages.append(Passage("directive", f"1.{number}", len(text), len(text) + len(item)))
        text += item
    return text, passages


def test_a_lead_in_is_a_measure_and_its_items_take_its_modality():
    text, passages = _lead_in("严禁下列行为：", ["迟报、漏报疫情信息；", "向群众收取费用。"])
    measures = tag_one(text, passages, {}).measures
    assert [measure.path for measure in measures] == ["1", "1.1", "1.2"]
    assert text[measures[0].start : measures[0].end] == "严禁下列行为："
    assert {measure.modality for measure in measures} == {"prohibition"}


def test_items_without_that_lead_in_bind_otherwise():
    text, passages = _lead_in("做好以下工作：", ["值班值守；", "物资储备。"])
    measures = tag_one(text, passages, {}).measures
    assert {measure.modality for measure in measures} == {"obligation"}
    assert [measure.codes for measure in measures[1:]] == [("emergency_duty",), ("supply_assurance",)]


def test_what_asks_for_nothing_is_a_measure_in_a_directive_only():
    text = "近期多地连续发生火灾事故。"
    for method in METHODS:
        for kind, path, count in (("directive", "1", 1), ("preamble", None, 0), ("closing", None, 0)):
            tagged = tag_one(text, [Passage(kind, path, 0, len(text))], {}, method=method)
            assert len(tagged.measures) == count


# Inputs


@pytest.mark.parametrize("method", METHODS)
def test_nothing_gives_nothing(method):
    assert tag_one("", [], {}, method=method) == Tagged([], {})
    assert tag_one(" \n ", [Passage("directive", "1", 0, 3)], {}, method=method) == Tagged([], {})
    assert tag_one("。！", [Passage("directive", "1", 0, 2)], {}, method=method) == Tagged([], {})
    assert tag_one("甲", [], {"1": (0, 0)}, method=method).measures == []


@pytest.mark.parametrize("method", METHODS)
def test_half_a_surrogate_pair_does_no_harm(method):
    text = "各县区要严肃\ud800问责\udfff，严禁\udc00瞒报。"
    [measure] = tag_sentences(text, method=method).measures
    assert (measure.start, measure.end) == (0, len(text))
    assert "work_style" in measure.codes or method == "model"


@pytest.mark.parametrize(
    "unit", ["各级党委要加强值班值守，", "严禁瞒报", "《通知", "（甲", "一", "自印发之日起三日内"]
)
def test_a_line_of_200_kb_takes_seconds_at_most(unit):
    text = unit * (200_000 // len(unit.encode()))
    started = time.perf_counter()
    tag_sentences(text)
    assert time.perf_counter() - started < 8


messy = st.text("各级党委要应严禁将鼓励问责值班上报《》，。；：、“”（）\n 由请和3日内前底\ud800", max_size=80)


@settings(max_examples=60, deadline=None)
@given(messy, messy, st.sampled_from(METHODS))
def test_any_text_gives_spans_in_their_measures(heading, body, method):
    text = f"{heading}{body}"
    passages = [Passage("directive", "1", len(heading), len(text))]
    tagged = tag_one(text, passages, {"1": (0, len(heading))}, method=method)
    position = len(heading)
    for measure in tagged.measures:
        assert position <= measure.start < measure.end <= len(text)
        position = measure.end
        inside = [(one.start, one.end) for one in measure.tags]
        inside += [*measure.actors, *filter(None, (measure.modality_cue, measure.deadline))]
        assert all(measure.start <= start < end <= measure.end for start, end in inside)
        assert measure.inherited_actors == () or measure.actors == ()
    for tags in tagged.heading_tags.values():
        assert all(0 <= one.start < one.end <= len(heading) for one in tags)


# The same tags always


@pytest.mark.parametrize("method", METHODS)
def test_the_same_document_gets_the_same_tags_in_any_company(method):
    structures = gold_structures("a_0[1-4]_*.txt")
    first = [tag_structure(structure, method=method) for structure in structures]
    second = [tag_structure(structure, method=method) for structure in reversed(structures)]
    assert first == second[::-1]


@pytest.mark.parametrize("text", ["要视疫情如命令，冲锋在前、奉献在先。", "不得以任何理由推迟，这是底线。"])
def test_a_sentence_that_begins_with_an_order_asks(text):
    [measure] = tag_sentences(text).measures
    assert measure.modality != "statement"


def test_a_long_sentence_shows_what_one_of_its_clauses_asks():
    clause = "对工作不力、失职渎职的严肃追责问责"
    long = f"各级党组织要把思想和行动统一到上级部署上来，把群众安危冷暖放在心上，{clause}，切实凝聚起众志成城、共克时艰的强大力量。"
    [measure] = tag_sentences(long).measures
    assert "accountability" in measure.codes


def test_the_first_cue_of_the_codebook_behind_the_order_is_shown():
    [measure] = tag_sentences("对工作不力、落实不力的，要严肃追责问责。").measures
    [cue] = {
        "对工作不力、落实不力的，要严肃追责问责。"[one.start : one.end]
        for one in measure.tags
        if one.code == "accountability"
    }
    assert cue in ("追责", "问责", "追责问责", "严肃追责问责")


@pytest.mark.parametrize("method", METHODS)
def test_documents_tagged_together_get_what_each_gets_alone(method):
    documents = [Untagged.of(structure) for structure in gold_structures("[a-f]_0[1-2]_*.txt")]
    documents.insert(3, Untagged("", [], {}))
    together = tag(documents, method=method)
    assert together == [one for document in documents for one in tag([document], method=method)]
    assert [len(one.measures) > 0 for one in together] == [bool(document.text) for document in documents]
