"""The sheet: rows one below the other, with the code points and the row of every position."""

from hypothesis import given
from hypothesis import strategies as st

from pipeline.tag.sheet import MASKED, lay_out, mask_titles

some_rows = st.lists(st.text(max_size=12), max_size=5)


@given(some_rows)
def test_a_row_is_what_was_laid_out_on_one_line(rows):
    sheet = lay_out(rows)
    assert len(sheet) == len(rows)
    for number, row in enumerate(rows):
        assert sheet.row(number) == "".join(" " if c == "\n" else c for c in row)
        assert (sheet.owner[sheet.starts[number] : sheet.ends[number]] == number).all()


@given(some_rows)
def test_every_row_stands_between_line_feeds(rows):
    sheet = lay_out(rows)
    assert [chr(point) for point in sheet.points.tolist()] == list(sheet.text)
    for start, end in zip(sheet.starts.tolist(), sheet.ends.tolist(), strict=True):
        assert sheet.text[start - 1] == sheet.text[end] == "\n"
    assert sheet.text.count("\n") == (len(sheet) + 1 if len(sheet) else 0)


@given(some_rows, st.integers(1, 20))
def test_a_part_is_the_sheet_of_its_rows(rows, length):
    parts = list(lay_out(rows).parts(length))
    assert [row for number, _ in parts for row in rows[number]] == rows
    for number, part in parts:
        alone = lay_out(rows[number])
        assert part.text == alone.text
        assert len(part.text) <= max(length, 1) + 1 or len(part) == 1
        for field in ("points", "starts", "ends", "owner"):
            assert getattr(part, field).tolist() == getattr(alone, field).tolist()


def test_half_a_surrogate_pair_keeps_its_place():
    sheet = lay_out(["甲\ud800乙"])
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
