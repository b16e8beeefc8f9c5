"""The scanner: exact hits, contexts that exclude, the longest of a label at a place, each row by itself."""

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from material import find, gold_structures, hits, small_codebook

from pipeline.tag import default_codebook
from pipeline.tag.cues import scanner
from pipeline.tag.sheet import lay_out, mask_titles

BOOK = default_codebook()
CLAUSE_MARKS = "，。；：！？\n"


def test_a_context_excludes_the_cue_that_it_overlaps():
    book = small_codebook(["处分"], ["处分期|行政处分"])
    text = "处分，处分期内，行政处分，处分"
    assert find(book, text) == [(0, 2), (13, 15)]


def test_a_context_that_only_touches_a_cue_excludes_nothing():
    book = small_codebook(["问责"], ["严肃"])
    assert find(book, "严肃问责严肃") == [(2, 4)]


def test_a_context_that_begins_long_before_excludes():
    book = small_codebook(["问责"], ["不得……代替"])
    assert find(book, "不得以问责二字来代替整改，要问责") == [(14, 16)]


def test_a_context_excludes_its_own_label_only():
    book = small_codebook(["要问责"], ["要问责"])
    assert find(book, "要问责") == []
    assert find(book, "要问责", "obligation") == [(0, 1)]


def test_of_one_label_at_one_place_the_longest_is_found_once():
    book = small_codebook(["问责", "问责机制", "问…制", "问责"])
    assert find(book, "问责机制") == [(0, 4)]


def test_no_cue_reaches_into_another_row():
    book = small_codebook(["问责", "问……责", "^责", "问$"])
    text = "严肃问责任"
    assert hits(book, text, [(0, 3), (3, 5)]) == [("accountability", 2, 3), ("accountability", 3, 4)]


def test_a_line_feed_inside_a_row_is_a_blank():
    book = small_codebook(["问 责"])
    assert find(book, "问\n责") == [(0, 3)]


@pytest.mark.parametrize(
    "text",
    [
        "学习《关于严肃问责的通知》。",
        "学习《关于印发〈问责办法〉的通知》。",
        "学习《关于印发《问责办法》的通知》。",
        "学《问责》和《严肃问责》。",
        "学习《关于严肃问责《甲》和《乙》的问责通知》。",
    ],
)
def test_no_cue_lies_inside_a_title(text):
    assert find(small_codebook(["问责", "学……责"]), text) == []


def test_a_cue_beside_a_title_is_found():
    assert find(small_codebook(["问责", "按…办"]), "按《甲》办，问责《乙》问责") == [(0, 5), (6, 8), (11, 13)]


def test_a_codebook_of_contexts_and_a_text_without_hits_give_nothing():
    assert find(small_codebook([]), "问责") == []
    assert find(small_codebook(["问责"]), "") == []
    assert hits(small_codebook(["问责"]), "问责", []) == []


def test_hits_of_documents_are_what_their_cues_may_be():
    """Every hit holds no clause mark, and is the same when its row stands alone."""
    one = scanner(BOOK)
    for structure in gold_structures("b_0[1-4]_*.txt"):
        spans = [(passage.start, passage.end) for passage in structure.passages]
        spans = [span for span in spans if "\n" not in structure.text[slice(*span)]]
        together = hits(BOOK, structure.text, spans)
        assert together == [hit for span in spans for hit in hits(BOOK, structure.text, [span])]
        for label, start, end in together:
            assert start < end
            assert label in one.labels
        assert len(together) == len({(label, start) for label, start, _ in together})


# Cues as (source, regular expression of the test's own): an independent reading of the table in `pipeline.tag.patterns`.

_gap = st.sampled_from([("…", f"[^{CLAUSE_MARKS}]{{0,10}}?"), ("……", f"[^{CLAUSE_MARKS}]{{0,24}}?")])


@st.composite
def fixed_cues(draw):
    """A cue that stands for a list of words, and the words."""
    source, words = "", [""]
    for number in range(draw(st.integers(1, 3))):
        kind = draw(st.sampled_from(["word", "either", "set"] + ["maybe"] * (number > 0)))
        if kind == "word":
            part = draw(st.text("甲乙丙丁", min_size=1, max_size=2))
            choices = [part]
        elif kind == "maybe":
            part = draw(st.sampled_from("甲乙丙丁"))
            choices = ["", part]
            part += "?"
        elif kind == "set":
            choices = list(draw(st.sets(st.sampled_from("甲乙丙丁"), min_size=1)))
            part = f"[{''.join(choices)}]"
        else:
            choices = draw(st.lists(st.text("甲乙丙丁", min_size=1, max_size=2), min_size=2, max_size=3))
            part = f"({'|'.join(choices)})"
        source += part
        words = [word + choice for word in words for choice in choices]
    return source, words


@st.composite
def gapped_cues(draw):
    """A cue with a gap between two words, and its expression."""
    left, right = (draw(st.text("甲乙丙丁", min_size=1, max_size=2)) for _ in range(2))
    source, gap = draw(_gap)
    return left + source + right, re.compile(left + gap + right)


texts = st.text("甲乙丙丁戊，。《》\n", max_size=60)


def reference(text, fixed, gapped):
    """Start and end of the longest find of one label at every place."""
    found = {}
    for start in range(len(text)):
        ends = [start + len(word) for _, words in fixed for word in words if text.startswith(word, start)]
        ends += [match.end() for _, regex in gapped if (match := regex.match(text, start))]
        if ends:
            found[start] = max(ends)
    return found


@settings(max_examples=120, deadline=None)
@given(
    texts,
    st.lists(fixed_cues(), min_size=1, max_size=4),
    st.lists(gapped_cues(), max_size=3),
    st.lists(fixed_cues(), max_size=2),
    st.lists(gapped_cues(), max_size=1),
)
def test_the_scan_finds_what_a_naive_search_finds(text, fixed, gapped, fixed_contexts, gapped_contexts):
    book = small_codebook(
        [source for source, _ in [*fixed, *gapped]],
        [source for source, _ in [*fixed_contexts, *gapped_contexts]],
    )
    lines = [match.span() for match in re.finditer(r"[^\n]+", text)]
    expected = []
    for start, end in lines:
        row = mask_titles(text)[start:end]
        contexts = reference(row, fixed_contexts, gapped_contexts).items()
        expected += [
            ("accountability", start + left, start + right)
            for left, right in reference(row, fixed, gapped).items()
            if all(right <= begin or stop <= left for begin, stop in contexts)
        ]
    assert hits(book, text, lines) == expected


@settings(max_examples=60, deadline=None)
@given(st.lists(texts, max_size=5))
def test_rows_do_not_disturb_one_another(rows):
    text = "".join(rows)
    ends = [sum(map(len, rows[: number + 1])) for number in range(len(rows))]
    spans = [(end - len(row), end) for row, end in zip(rows, ends, strict=True)]
    book = small_codebook(["甲", "乙……丙", "^丁", "戊$"])
    masked = [mask_titles(text)[slice(*span)] for span in spans]
    sheet = lay_out(masked)
    assert [sheet.row(number) for number in range(len(sheet))] == [row.replace("\n", " ") for row in masked]
    together = hits(book, text, spans)
    assert together == [hit for span in spans for hit in hits(book, text, [span])]
