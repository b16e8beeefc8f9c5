from __future__ import annotations

from xml.etree.ElementTree import Element, fromstring, tostring

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.export.inline import Mark, inline, legal, paragraphs


def xml(text: str, *marks: Mark) -> str:
    root = Element("p")
    inline(root, text, 0, len(text), marks)
    return tostring(root, encoding="unicode")


@pytest.mark.parametrize(
    ("marks", "expected"),
    [
        ([], "<p>甲乙丙丁</p>"),
        ([Mark(1, 3, "a")], "<p>甲<a>乙丙</a>丁</p>"),
        ([Mark(1, 2, "b"), Mark(0, 3, "a")], "<p><a>甲<b>乙</b>丙</a>丁</p>"),
        ([Mark(0, 2, "a"), Mark(2, 4, "b")], "<p><a>甲乙</a><b>丙丁</b></p>"),
        ([Mark(1, 2, "a"), Mark(1, 2, "b")], "<p>甲<a><b>乙</b></a>丙丁</p>"),
        ([Mark(0, 3, "a"), Mark(2, 4, "crosses")], "<p><a>甲乙丙</a>丁</p>"),
        ([Mark(-5, 9, "a"), Mark(2, 2, "empty")], "<p><a>甲乙丙丁</a></p>"),
    ],
)
def test_marks_nest_and_what_crosses_is_left_out(marks: list[Mark], expected: str) -> None:
    assert xml("甲乙丙丁", *marks) == expected


def test_markup_in_a_text_stays_text() -> None:
    assert xml("<b>&\"'</b>]]>") == "<p>&lt;b&gt;&amp;\"'&lt;/b&gt;]]&gt;</p>"


def test_a_mark_over_two_lines_is_one_element_in_each() -> None:
    root = Element("body")
    paragraphs(root, "甲\n \n乙", 0, 5, [Mark(0, 5, "a")], "k")
    assert (
        tostring(root, encoding="unicode")
        == '<body><p class="k"><a>甲</a></p><p class="k"><a>乙</a></p></body>'
    )


spans = st.tuples(st.integers(-2, 30), st.integers(-2, 30)).map(lambda two: Mark(min(two), max(two), "a"))


@given(st.text(max_size=25), st.lists(spans, max_size=12))
def test_no_character_is_lost_whatever_the_marks_are(text: str, marks: list[Mark]) -> None:
    parsed = fromstring(xml(text, *marks))
    assert "".join(parsed.itertext()) == legal(text).replace("\r\n", "\n").replace("\r", "\n")
