from __future__ import annotations

import pytest
from made_docx import docx, level, paragraph

from pipeline.errors import ExtractError
from pipeline.read import Source, read
from pipeline.read.docx import MAX_PART_BYTES, docx_text
from pipeline.read.numbering import chinese_counting, written_number

LISTS = (
    '<w:abstractNum w:abstractNumId="7">'
    + level(0, "chineseCounting", "%1、")
    + level(1, "chineseCounting", "（%2）")
    + level(2, "decimal", "%3.")
    + "</w:abstractNum>"
    '<w:num w:numId="1"><w:abstractNumId w:val="7"/></w:num>'
    '<w:num w:numId="2"><w:abstractNumId w:val="7"/>'
    '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="5"/></w:lvlOverride></w:num>'
)


def test_automatic_numbers_are_written_out_as_the_page_shows_them() -> None:
    body = (
        paragraph("关于做好工作的通知")
        + paragraph("加强领导。", number=("1", 0))
        + paragraph("压实责任。", number=("1", 1))
        + paragraph("督促检查。", number=("1", 1))
        + paragraph("每周检查。", number=("1", 2))
        + paragraph("落实措施。", number=("1", 0))
        + paragraph("从头开始。", number=("1", 1))
        + paragraph("接着五。", number=("2", 0))
    )
    assert docx_text(docx(body, numbering=LISTS)).split("\n") == [
        "关于做好工作的通知",
        "一、加强领导。",
        "（一）压实责任。",
        "（二）督促检查。",
        "1.每周检查。",
        "二、落实措施。",
        "（一）从头开始。",
        "五、接着五。",
    ]


def test_a_numbered_style_numbers_its_paragraphs_and_numid_zero_takes_it_away() -> None:
    styles = (
        '<w:style w:styleId="Base"><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style>'
        '<w:style w:styleId="Item"><w:basedOn w:val="Base"/></w:style>'
        '<w:style w:styleId="A"><w:basedOn w:val="B"/></w:style>'
        '<w:style w:styleId="B"><w:basedOn w:val="A"/></w:style>'
    )
    body = (
        paragraph("甲", style="Item")
        + paragraph("不编号", style="Item", number=("0", 0))
        + paragraph("乙", style="Base")
        + paragraph("环", style="A")
    )
    assert docx_text(docx(body, numbering=LISTS, styles=styles)).split("\n") == [
        "一、甲",
        "不编号",
        "二、乙",
        "环",
    ]


def test_deleted_text_and_field_codes_are_left_out_and_a_text_box_is_read_once() -> None:
    box = (
        "<mc:AlternateContent><mc:Choice><w:txbxContent>" + paragraph("特急") + "</w:txbxContent></mc:Choice>"
        "<mc:Fallback><w:txbxContent>"
        + paragraph("特急")
        + "</w:txbxContent></mc:Fallback></mc:AlternateContent>"
    )
    deleted = "<w:del><w:r><w:delText>改善</w:delText></w:r></w:del>"
    body = (
        paragraph(
            "加强",
            xml=deleted + "<w:ins><w:r><w:t>领导</w:t></w:r></w:ins>",
        )
        + paragraph(xml="<w:r><w:instrText>PAGE</w:instrText></w:r>")
        + paragraph("正文", xml=f"<w:r>{box}</w:r>")
        + paragraph("甲", xml="<w:r><w:tab/><w:t>乙</w:t><w:br/><w:t>丙</w:t></w:r>")
    )
    assert docx_text(docx(body)).split("\n") == ["加强领导", "", "特急", "正文", "甲\t乙", "丙"]


def test_a_row_of_a_table_is_one_line() -> None:
    row = "<w:tr><w:tc>{}</w:tc><w:tc>{}</w:tc></w:tr>"
    body = f"<w:tbl>{row.format(paragraph('单位'), paragraph('职责'))}" + (
        row.format(paragraph("市委办"), paragraph("牵头") + paragraph("抓总")) + "</w:tbl>"
    )
    assert docx_text(docx(body)).split("\n") == ["单位\t职责", "市委办\t牵头 抓总"]


def test_a_word_file_is_known_by_its_content_and_its_bytes_are_hashed() -> None:
    data = docx(paragraph("关于工作的通知"))
    decoded = read(Source("通知.txt", data))
    assert (decoded.encoding, decoded.raw_text, decoded.n_bytes) == ("docx", "关于工作的通知", len(data))


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (docx(paragraph("通知"))[:-40], "malformed"),
        (docx("<w:p><w:r>"), "malformed"),
        (docx("", extra={"word/document.xml": b'<!DOCTYPE a [<!ENTITY b "c">]><a>&b;</a>'}), "malformed"),
        (docx("<w:p>" * 600 + "</w:p>" * 600), "too_deep"),
        (docx(paragraph(" ")), "no_text"),
    ],
)
@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_broken_word_file_says_why(data: bytes, error: str) -> None:
    with pytest.raises(ExtractError) as caught:
        read(Source("a.docx", data))
    assert (caught.value.stage, caught.value.error) == ("read", error)


def test_a_zip_bomb_is_stopped_before_it_is_unpacked(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.read.docx.MAX_PART_BYTES", 1_000_000)
    data = docx("<w:p/>" * 1_000_000)
    assert len(data) < MAX_PART_BYTES / 1000
    with pytest.raises(ExtractError, match="too_large"):
        docx_text(data)


@pytest.mark.parametrize(
    ("number", "written"),
    [
        (1, "一"),
        (10, "十"),
        (11, "十一"),
        (20, "二十"),
        (101, "一百零一"),
        (110, "一百一十"),
        (1003, "一千零三"),
    ],
)
def test_numbers_are_written_as_chinese_counts(number: int, written: str) -> None:
    assert chinese_counting(number) == written


@pytest.mark.parametrize(
    ("number_format", "written"),
    [
        ("decimal", "12"),
        ("decimalFullWidth", "１２"),
        ("decimalEnclosedCircle", "⑫"),
        ("ideographDigital", "一二"),
        ("upperRoman", "XII"),
        ("lowerLetter", "l"),
        ("ordinalText", "12"),
    ],
)
def test_number_formats(number_format: str, written: str) -> None:
    assert written_number(12, number_format) == written
