import datetime
import tomllib
from dataclasses import asdict
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.agencies import agency_meaning
from pipeline.segment.numbers import find_document_numbers, parse_document_number

DATA = Path(__file__).parents[1] / "cases"
CASES = tomllib.loads((DATA / "numbers.toml").read_text(encoding="utf-8"))
LISTED = [
    line.split("\t")
    for line in (DATA / "agency_codes.tsv").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
]


@pytest.mark.parametrize("case", CASES["parse"], ids=lambda case: case["printed"])
def test_a_number_is_read_whole(case):
    number = parse_document_number(case["printed"], case.get("date"))
    assert number is not None
    expected = {key: case.get(key) for key in ("text", "agency", "year", "serial", "adcode", "organ")}
    assert asdict(number) == expected
    again = parse_document_number(number.text, case.get("date"))
    assert again is not None
    assert again.text == number.text


def test_numbers_as_portals_list_them_are_read_with_region_and_organ():
    wrong = []
    for printed, agency, adcode, organ in LISTED:
        number = parse_document_number(printed)
        found = number and [number.agency, number.adcode or "", number.organ or ""]
        if found != [agency, adcode, organ]:
            wrong.append((printed, found))
    assert len(LISTED) > 800
    assert not wrong


@pytest.mark.parametrize(("code", "meaning"), CASES["codes"].items())
def test_a_code_stands_for_its_region_and_organ(code, meaning):
    assert agency_meaning(code, 2020) == (meaning[0] or None, meaning[1] or None)


def test_a_code_holds_from_its_year_on():
    assert agency_meaning("渝府发", 1990)[0] is None
    assert agency_meaning("渝府发", 1997)[0] == "500000"
    number = parse_document_number("渝府发〔1998〕3号", datetime.date(1996, 1, 1))
    assert number is not None
    assert number.adcode is None


def test_characters_that_nobody_sees_are_ignored():
    number = parse_document_number("\ufeff国发\u200b〔2019〕4号\u200b")
    assert number is not None
    assert number.text == "国发〔2019〕4号"


@pytest.mark.parametrize("text", CASES["refused"]["texts"])
def test_anything_else_is_no_number(text):
    assert parse_document_number(text) is None


@pytest.mark.parametrize("case", CASES["find"], ids=lambda case: case["text"])
def test_numbers_are_found_in_running_text(case):
    found = find_document_numbers(case["text"])
    assert [case["text"][start:end] for start, end, _ in found] == case["found"]
    if "numbers" in case:
        assert [number.text for *_, number in found] == case["numbers"]


OPENINGS = st.sampled_from(
    [
        "〔{}〕",
        "[{}]",
        "【{}】",
        "({})",
        "（{}）",
        "﹝{}﹞",
        "［{}］",
        "[{}〕",
        "＜{}＞",
        "〔{}年〕",
        "〔 {} 〕",
    ]
)
FULL_WIDTH = str.maketrans("0123456789", "０１２３４５６７８９")


@given(
    agency=st.sampled_from(
        ["国发", "国办发明电", "粤府函", "沪发改价管", "渝府办发", "闽委发", "财税", "教基", "青政"]
    ),
    year=st.integers(1950, 2049),
    serial=st.integers(1, 9999),
    brackets=OPENINGS,
    blanks=st.tuples(*[st.sampled_from(["", " ", "　"])] * 3),
    full_width=st.booleans(),
)
def test_brackets_blanks_and_digits_do_not_matter(agency, year, serial, brackets, blanks, full_width):
    digits = f"{serial}".translate(FULL_WIDTH) if full_width else f"{serial}"
    printed = f"{agency}{blanks[0]}{brackets.format(year)}{blanks[1]}{digits}{blanks[2]}号"
    number = parse_document_number(printed)
    assert number is not None
    assert number.text == f"{agency}〔{year}〕{serial}号"
    assert [n.text for *_, n in find_document_numbers(f"，按照{printed}执行")] == [number.text]


@given(st.text(alphabet="国发办粤府函令第号〔〕[]（）0123456789 年公告，的一二", max_size=40))
def test_any_text_gives_ordered_spans(text):
    end = 0
    for start, stop, number in find_document_numbers(text):
        assert end <= start < stop <= len(text)
        assert number.serial >= 0
        end = stop
    parse_document_number(text)
