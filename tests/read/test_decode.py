from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.errors import ExtractError
from pipeline.read.decode import decode

NOTICE = (
    "关于做好冬春季传染病防控工作的通知\n\n各县（区）人民政府，市直各部门：\n\n"
    "　　为切实做好冬春季传染病防控工作，现就有关事项通知如下：\n\n"
    "　　一、加强组织领导。各级各部门要高度重视，压实责任，确保各项措施落到实处。\n"
    "　　二、做好信息报送。请于2021年12月10日前将工作方案报市卫生健康委。\n"
)
TRADITIONAL = (
    "關於加強疫情防控工作的通知\n\n各縣（區）人民政府，市直各部門：\n\n"
    "　　為切實做好防控工作，現就有關事項通知如下：\n一、加強組織領導。各級各部門要高度重視，壓實責任。\n"
)


@pytest.mark.parametrize(
    ("codec", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("utf-8-sig", "utf-8"),
        ("utf-16", "utf-16-le"),
        ("utf-16-le", "utf-16-le"),
        ("utf-16-be", "utf-16-be"),
        ("utf-32", "utf-32-le"),
        ("gb18030", "gb18030"),
        ("gbk", "gb18030"),
        ("gb2312", "gb18030"),
    ],
)
def test_every_encoding_of_a_mainland_document_is_found(codec: str, encoding: str) -> None:
    text, found, confidence = decode(NOTICE.encode(codec))
    assert (text, found) == (NOTICE, encoding)
    assert confidence > 0.9


@pytest.mark.parametrize("codec", ["big5", "cp950", "big5hkscs"])
def test_big5_is_told_from_gb18030(codec: str) -> None:
    text, encoding, _ = decode(TRADITIONAL.encode(codec))
    assert (text, encoding) == (TRADITIONAL, "big5")


@pytest.mark.parametrize("length", [24, 30, 41, 60, 99, 200])
@pytest.mark.parametrize(("text", "codec"), [(NOTICE, "gb18030"), (TRADITIONAL, "big5")])
def test_a_file_that_ends_within_a_character_is_still_read(text: str, codec: str, length: int) -> None:
    decoded, encoding, _ = decode(text.encode(codec)[:length])
    assert encoding == codec
    assert decoded.rstrip("\ufffd") in text


def test_line_ends_and_odd_blanks_are_left_alone() -> None:
    text = "一、加强领导。\r\n二、落实责任。\r三、督促检查。\x85四、信息报送。\u2028\u00a0\t\x0c"
    assert decode(text.encode())[0] == text


def test_a_few_broken_bytes_become_replacement_characters() -> None:
    data = bytearray((NOTICE * 3).encode())
    data[100] = 0xFF
    text, encoding, confidence = decode(bytes(data))
    assert encoding == "utf-8"
    assert 1 <= text.count("\ufffd") <= 3
    assert 0.98 < confidence < 1


def test_a_few_gbk_characters_among_latin_ones_are_not_taken_for_damaged_utf8() -> None:
    text = "x" * 500 + "关于工作的公告" + "y" * 500
    assert decode(text.encode("gbk"))[:2] == (text, "gb18030")


def test_gb18030_with_a_lost_byte_is_still_read() -> None:
    data = (NOTICE * 5).encode("gb18030")
    text, encoding, _ = decode(data[:301] + data[302:])
    assert encoding == "gb18030"
    assert text.startswith(NOTICE[:60])


def test_the_declared_encoding_counts_where_the_bytes_bear_it_out() -> None:
    page = '<html><head><meta charset="gb2312"></head><body>公告</body></html>'
    assert decode(page.encode("gbk")) == (page, "gb18030", 1.0)
    assert decode(page.encode())[1] == "utf-8"


@pytest.mark.parametrize(
    ("data", "error"),
    [
        (b"", "empty"),
        (b" \r\n\t \xe3\x80\x80", "empty"),
        (b"\xef\xbb\xbf\n", "empty"),
        ("\u200b\ufeff\n".encode(), "empty"),
        (bytes(range(256)) * 20, "binary"),
        (b"\x00\x01\x02\x03" * 100, "binary"),
        (bytes(range(0x80, 0xA0)) * 40, "undecodable"),
        ("Обращение к гражданам".encode("cp1251") * 9, "undecodable"),
    ],
)
def test_what_is_no_text_says_why(data: bytes, error: str) -> None:
    with pytest.raises(ExtractError) as caught:
        decode(data)
    assert (caught.value.stage, caught.value.error) == ("read", error)


@given(st.binary(max_size=400))
def test_any_bytes_are_decoded_or_refused(data: bytes) -> None:
    try:
        text, _, confidence = decode(data)
    except ExtractError as refused:
        assert refused.error in ("empty", "binary", "undecodable")  # noqa: PT017
    else:
        text.encode("utf-8")  # no half surrogate pair gets through
        assert 0 <= confidence <= 1


@given(st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1))
def test_utf8_is_always_read_back_as_it_was(text: str) -> None:
    try:
        decoded, encoding, _ = decode(text.encode())
    except ExtractError as refused:
        assert refused.error == "empty"  # noqa: PT017
    else:
        assert encoding == "utf-8" or text[0] in "\ufeff\ufffe"
        assert decoded == text.removeprefix("\ufeff")
