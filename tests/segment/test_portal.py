"""What a portal says beside a document fills only what the document leaves open, and never against it."""

from __future__ import annotations

from datetime import date

import pytest

from pipeline.segment import Structure, segment
from pipeline.segment.portal import KIND, complete

BARE = "关于做好防汛工作的通知\n各乡镇人民政府：\n要做好防汛工作。"
NAMED = f"国务院办公厅{BARE}"
FULL = f"{NAMED}\n国务院办公厅\n2020年1月29日"
PAGE = {
    "title": "国务院办公厅关于做好防汛工作的通知",
    "doc_number": "国办发〔2020〕3号",
    "issuer": "国务院办公厅",
    "date_issued": "2020年01月29日",
}


def completed(text: str, **page: str) -> Structure:
    return complete(segment(text), page)


def test_open_fields_are_filled_and_say_so() -> None:
    found = completed(BARE, **PAGE)
    assert (found.number, found.number_agency, found.number_year, found.number_serial) == (
        "国办发〔2020〕3号",
        "国办发",
        2020,
        3,
    )
    assert (found.date_issued, found.date_method) == (date(2020, 1, 29), "inferred")
    (organ,) = found.issuers
    assert (organ.canonical_name, organ.level, organ.method) == ("国务院办公厅", "central", "inferred")
    assert (organ.name, organ.span) == (None, None)
    assert [n.detail.split()[0] for n in found.notices if n.kind == KIND] == [
        "doc_number",
        "date_issued",
        "issuer",
    ]


def test_what_the_text_states_stands() -> None:
    page = {**PAGE, "date_issued": "2020-02-03", "issuer": "水利部"}
    found = completed(FULL, **page)
    assert (found.date_issued, found.date_method) == (date(2020, 1, 29), "signature")
    assert [organ.name for organ in found.issuers] == ["国务院办公厅"]
    assert found.title == NAMED.split("\n")[0]
    assert [n.detail.split()[0] for n in found.notices if n.kind == KIND] == ["doc_number"]


def test_a_page_about_another_document_says_nothing() -> None:
    assert completed(BARE, **{**PAGE, "title": "水利部关于印发管理办法的通知"}) == segment(BARE)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("doc_number", "无"),
        ("doc_number", "3号"),
        ("doc_number", "见国办发〔2020〕3号文"),
        ("date_issued", "2020年1月"),
        ("date_issued", "2020年2月30日"),
        ("date_issued", "2020-01-29 来源：办公室"),
        ("issuer", "办公室"),
        ("issuer", "某科"),
        ("issuer", "国务院办公厅（信息公开）"),
    ],
)
def test_a_value_that_is_not_whole_or_not_known_is_left_out(field: str, value: str) -> None:
    assert completed(BARE, **{field: value}) == segment(BARE)


def test_a_number_of_another_year_or_place_is_left_out() -> None:
    assert completed(FULL, doc_number="国办发〔2016〕3号").number is None
    province = "福建省人民政府办公厅关于做好防汛工作的通知\n各市：\n要做好防汛工作。\n福建省人民政府办公厅\n2020年1月29日"
    assert completed(province, doc_number="闽政办〔2020〕3号").number == "闽政办〔2020〕3号"
    assert completed(province, doc_number="川办发〔2020〕3号").number is None


def test_what_is_no_official_document_gets_no_field() -> None:
    assert completed("今日天气晴。", **PAGE) == segment("今日天气晴。")
