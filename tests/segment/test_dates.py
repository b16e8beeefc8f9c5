import datetime
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from pipeline.segment.dates import chinese_number, find_dates, parse_date

CASES = tomllib.loads((Path(__file__).parents[1] / "cases" / "dates.toml").read_text(encoding="utf-8"))
DIGITS = "〇一二三四五六七八九"


@pytest.mark.parametrize(("text", "expected"), CASES["parse"].items())
def test_a_whole_text_is_read_as_a_date(text, expected):
    assert parse_date(text) == (datetime.date.fromisoformat(expected) if expected else None)


@pytest.mark.parametrize("case", CASES["find"], ids=lambda case: case["text"])
def test_dates_are_found_in_running_text(case):
    found = [[case["text"][a:b], day.isoformat() if day else ""] for a, b, day in find_dates(case["text"])]
    assert found == case["found"]


def in_chinese(number):
    tens, ones = divmod(number, 10)
    return ("" if tens < 2 else DIGITS[tens]) + ("十" if tens else "") + (DIGITS[ones] if ones else "")


@given(st.dates(datetime.date(1949, 10, 1), datetime.date(2099, 12, 31)))
def test_every_way_of_printing_gives_the_date_back(day):
    year = "".join(DIGITS[int(digit)] for digit in str(day.year))
    chinese = f"{year}年{in_chinese(day.month)}月{in_chinese(day.day)}日"
    printed = [chinese, chinese.replace("〇", "○"), f"{day.year}年{day.month}月{day.day}日", day.isoformat()]
    assert [parse_date(text) for text in printed] == [day] * len(printed)


def test_numerals_that_are_none_have_no_value():
    assert {chinese_number(word) for word in ("百", "十十", "二二十", "年", "")} == {None}
    assert [chinese_number(word) for word in ("七十七", "一百零三", "廿九", "二万三千")] == [
        77,
        103,
        29,
        23000,
    ]
