"""Calendar dates as documents print them: 2020年1月29日, 二〇二〇年一月二十九日, 2020.1.29.

GB/T 9704-2012, 7.3.5.4 has dates in Arabic numerals; before 2012 they stood in Chinese ones, with 〇 typed
as any round sign. Spaces and line breaks may stand between the parts.
"""

from __future__ import annotations

import re
from datetime import date
from functools import lru_cache

_ZEROS = "〇○◯零OoＯｏΟО"
_DIGITS = str.maketrans(
    "０１２３４５６７８９" + _ZEROS + "一二三四五六七八九壹贰叁肆伍陆柒捌玖",
    "0123456789" + "0" * len(_ZEROS) + "123456789" * 2,
)
_GAP = r"[ \t\u3000\xa0]?"
_WRAP = r"\s{0,4}"

_ARABIC = "[0-9０-９]"
_CHINESE = f"[{_ZEROS}0０一二三四五六七八九壹贰叁肆伍陆柒捌玖]"
# The look-behinds keep a longer number from lending its tail: 12020年, 第一二〇二〇号.
_ARABIC_YEAR = rf"(?<![0-9０-９.．])[12１２]{_GAP}[09０９](?:{_GAP}{_ARABIC}){{2}}"
_CHINESE_YEAR = rf"(?<!{_CHINESE})[一二壹贰]{_WRAP}[九玖{_ZEROS}0０](?:{_WRAP}{_CHINESE}){{2}}"
_NUMBER = rf"{_ARABIC}(?:{_GAP}{_ARABIC})?"
_TEN = "[一二三四五六七八九十廿卅]"
_CHINESE_NUMBER = rf"{_TEN}(?:{_WRAP}{_TEN}){{0,2}}"

# A written date is found by its 年, then read to both sides: most characters of a text are never looked at.
_YEAR_BEFORE = re.compile(rf"(?P<year>{_ARABIC_YEAR}|{_CHINESE_YEAR}){_WRAP}$")
_DAY_BEHIND = re.compile(
    rf"年{_WRAP}(?P<month>{_NUMBER}|{_CHINESE_NUMBER}|元){_WRAP}月{_WRAP}(?P<day>{_NUMBER}|{_CHINESE_NUMBER}){_WRAP}[日号]"
)
_LONGEST_YEAR = 20
# Not 2020.1.29.3 or 2020-1-290: a version, an address or a longer code.
_SHORT = re.compile(
    rf"(?P<year>{_ARABIC_YEAR})(?P<sign>{_GAP}[-/.．－／—·]{_GAP})(?P<month>{_ARABIC}{{1,2}})(?P=sign)(?P<day>{_ARABIC}{{1,2}})"
    r"(?![0-9０-９]|[.．][0-9０-９])"
)
_BLANK = re.compile(r"\s+")


def parse_date(text: str) -> date | None:
    """The date that the whole text states, or None when it states none or an impossible one."""
    words = text.strip()
    return next((day for start, end, day in find_dates(words) if (start, end) == (0, len(words))), None)


def find_dates(text: str) -> list[tuple[int, int, date | None]]:
    """Every full date in running text, in order: start, end and the date, None for an impossible one
    (2月30日)."""
    found = [(*match.span(), _value(match, match)) for match in _SHORT.finditer(text)]
    at = text.find("年")
    while at >= 0:
        behind = _DAY_BEHIND.match(text, at)
        before = _YEAR_BEFORE.search(text, max(0, at - _LONGEST_YEAR), at) if behind else None
        if behind and before:
            found.append((before.start(), behind.end(), _value(before, behind)))
        at = text.find("年", at + 1)
    found.sort(key=lambda item: item[:2])
    return [item for at, item in enumerate(found) if at == 0 or item[0] >= found[at - 1][1]]


def _value(year_match: re.Match[str], match: re.Match[str]) -> date | None:
    parts = (year_match.group("year"), match.group("month"), match.group("day"))
    year, month, day = (chinese_number(_BLANK.sub("", part)) for part in parts)
    if year is None or month is None or day is None:
        return None
    try:
        return date(year, month, day)
    except ValueError:
        return None


@lru_cache(maxsize=4096)
def chinese_number(numeral: str) -> int | None:
    """The value of an Arabic or Chinese numeral below a million (二十九, 廿九, 二〇〇四, 一百零三, ２９), or
    None."""
    if numeral == "元":
        return 1
    if not numeral:
        return None
    plain = numeral.translate(_DIGITS)
    if plain.isdecimal():
        return int(plain)
    plain = re.sub("^廿", "2十", plain).replace("卅", "3十")
    total = section = 0
    digit: int | None = None
    for character in plain:
        unit = {"十": 10, "百": 100, "千": 1000, "万": 10000}.get(character)
        if character.isdecimal():
            if digit:
                return None
            digit = int(character)
        elif unit is None:
            return None
        elif unit == 10000:
            total, section, digit = (total + section + (digit or 0)) * unit, 0, None
        else:
            if digit is None and (unit != 10 or section):
                return None
            section += (1 if digit is None else digit) * unit
            digit = None
    return total + section + (digit or 0)
