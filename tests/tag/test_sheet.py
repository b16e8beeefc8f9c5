"""The sheet: rows one below the other, with the code points and the row of every position."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.sheet import MASKED, lay_out, mask_titles


@st.composite
def text_and_spans(draw):
    text = draw(st.text(max_size=40))
    cuts = sorted(draw(st.lists(st.integers(0, len(text)), max_size=8)))
    return text, list(zip(cuts[::2], cuts[1::2], strict=False))


@given(text_and_spans())
def test_a_row_is_its_stretch_of_the_text(given_):
    text, spans = given_
    sheet = lay_out(text, spans)
    assert len(sheet) == len(spans)
    for number, (start, end) in enumerate(spans):
        assert sheet.row(number) == "".join(" " if c == "\n" else c for c in text[start:end])
        assert (sheet.owner[sheet.starts[number] : sheet.ends[number]] == number).all()


@given(text_and_spans())
def test_every_row_stands_between_line_feeds(given_):
    sheet = lay_out(*given_)
    assert [chr(point) for point in sheet.points.tolist()] == list(sheet.text)
    for start, end in zip(sheet.starts.tolist(), sheet.ends.tolist(), strict=True):
        assert sheet.text[start - 1] == sheet.text[end] == "\n"
    assert sheet.text.count("\n") == (len(sheet) + 1 if len(sheet) else 0)


def test_half_a_surrogate_pair_keeps_its_place():
    sheet = lay_out("甲\ud800乙", [(0, 3)])
    assert sheet.row(0) == "甲\ufffd乙"


@given(st.text("甲乙《》\n", max_size=60))
def test_masking_keeps_every_character_but_those_in_titles(text):
    masked = mask_titles(text)
    assert len(masked) == len(text)
    assert all(new in (old, MASKED) for old, new in zip(text, masked, strict=True))
    assert mask_titles(masked) == masked


def test_a_title_is_masked_and_its_marks_stay():
    assert mask_titles("按《甲乙》办") == f"按《{MASKED * 2}》办"
    assert mask_titles("按《甲《乙》丙》办") == f"按《{MASKED * 5}》办"
    assert mask_titles("按《甲《乙》和《丙》丁》办") == f"按《{MASKED * 9}》办"
    assert mask_titles("按《甲乙办") == "按《甲乙办"
    assert mask_titles("《甲\n乙》") == "《甲\n乙》"
