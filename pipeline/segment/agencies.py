"""Agency codes (机关代字): what region and organ a code stands for, and where a code begins in running
text."""

from __future__ import annotations

import re
from collections.abc import Container
from functools import cache, lru_cache
from typing import NamedTuple

from pipeline import assets
from pipeline.records import Organ
from pipeline.segment import gazetteer
from pipeline.segment.organ_names import organ_named
from pipeline.segment.organs import resolve

_BLANK = re.compile(r"\s+")


class _Row(NamedTuple):
    adcode: str | None  # None: a central organ, or a code that several regions use
    organ: Organ | None
    since: int
    shared: bool


@cache
def _tables() -> tuple[dict[str, _Row], dict[str, _Row]]:
    """Rows of ``agency_codes.tsv`` that hold for the whole code, and for its beginning."""
    exact: dict[str, _Row] = {}
    prefix: dict[str, _Row] = {}
    for code, match, adcode, organ, since in assets.tsv("agency_codes.tsv"):
        region = adcode if adcode.isdecimal() else None
        table = {"exact": exact, "prefix": prefix}[match]
        if code in table:
            raise ValueError(f"agency_codes.tsv lists {code} twice")
        table[code] = _Row(region, organ_named(organ or "none"), int(since or 0), adcode == "?")
    return exact, prefix


@cache
def _words() -> dict[str, Organ | None]:
    """Words that follow the place in a code, and the organ they show."""
    tails = assets.toml("agency_codes.toml")["tails"]
    return {word: organ_named(organ) for organ, words in tails.items() for word in words}


@cache
def _alternatives(section: str, key: str) -> tuple[str, ...]:
    return tuple(assets.toml("agency_codes.toml")[section][key])


def _longest_prefix(words: str, known: Container[str], limit: int = 8) -> str | None:
    return next((words[:n] for n in range(min(limit, len(words)), 0, -1) if words[:n] in known), None)


@lru_cache(maxsize=8192)
def agency_meaning(agency: str, year: int | None = None) -> tuple[str | None, Organ | None]:
    """The region's adcode and the kind of organ that a code stands for as of a year; None for what it does
    not say."""
    code = _BLANK.sub("", agency)
    exact, prefix = _tables()
    if code in exact:
        return _valid(exact[code], year)
    head = _longest_prefix(code, prefix)
    if head is None or len(head) == 1:
        named = _by_name(code, year)
        if named is not None:
            return named
    if head is None:
        return None, _by_ending(code)
    row, rest = prefix[head], code[len(head) :]
    if row.organ:
        # A department's character before 政, 委 or 党 is a county's: 建政发 is 建宁 or 建水.
        if row.shared and len(head) == 1 and rest[:1] in tuple("政府委党纪"):
            return None, _by_ending(code)
        return _valid(row, year)
    if head[-1] in "政府委" and len(head) > 1:  # 内府办 is 内 and 府办
        rest = head[-1] + rest
    word = _longest_prefix(rest, _words())
    if word is None or (not _is_province(row) and not rest.startswith(_alternatives("city", "tails"))):
        return None, _by_ending(code)
    adcode, _ = _valid(row, year)
    return adcode, _words()[word]


def canonical_agency(code: str) -> str:
    """The code under which a number is listed: 国令 for 国务院令; any other code as it is."""
    return assets.toml("agency_codes.toml")["canonical"].get(code, code)  # type: ignore[no-any-return]


def _is_province(row: _Row) -> bool:
    return row.adcode is None or row.adcode.endswith("0000")


def _valid(row: _Row, year: int | None) -> tuple[str | None, Organ | None]:
    return (row.adcode if year is None or year >= row.since else None), row.organ


def _by_name(code: str, year: int | None) -> tuple[str | None, Organ | None] | None:
    """For a code that spells its organ or place out: 福建省人民政府令, 恩施市政规, 黄冈政发; None for any
    other."""
    orders = _alternatives("prose", "orders")
    if code.endswith(orders):
        name = next(code.removesuffix(order) for order in orders if code.endswith(order))
        organ = resolve(name.removeprefix("中华人民共和国"))
        return (organ.adcode, organ.organ) if organ.organ else None
    place = gazetteer.longest_at(code, bare=True)
    if place is None or code[len(place[0]) :][:1] not in tuple("政府党委"):
        return None
    word = _longest_prefix(code[len(place[0]) :], _words())
    unit = gazetteer.choose(place[1], year, None, bare=True)
    if word is None:
        return None
    return (unit.adcode if unit else None), _words()[word]


def _by_ending(code: str) -> Organ | None:
    """The organ that the last words of a code show where the place is not known: 芮纪发."""
    table = assets.toml("agency_codes.toml")
    for organ, endings in table["endings"].items():
        if code.endswith(tuple(endings)):
            return organ  # type: ignore[no-any-return]
    ending = next((word for word in table["plain_government"]["endings"] if code.endswith(word)), None)
    if (
        ending
        and len(code) - len(ending) in (1, 2)
        and code[-len(ending) - 1] not in table["plain_government"]["not_after"]
    ):
        return "government"
    return None


def is_known_agency(code: str) -> bool:
    """Whether a code is in the table, whole or by its beginning and a known word."""
    code = _BLANK.sub("", code)
    exact, prefix = _tables()
    if code in exact:
        return True
    head = _longest_prefix(code, prefix)
    if head is None:
        return False
    rest = code[len(head) :]
    return prefix[head].organ is not None or _longest_prefix(rest, _words()) is not None


def order_words() -> tuple[str, ...]:
    """Words that an organ's full name takes before 第X号: 国务院令, 财政部公告."""
    return _alternatives("prose", "orders")


@cache
def _prose() -> tuple[re.Pattern[str], re.Pattern[str]]:
    """What ends prose inside a run of characters, and what may begin it. 年月日号 do so behind a digit only:
    日政发 is a code."""
    prose = assets.toml("agency_codes.toml")["prose"]
    inside = "|".join(sorted(map(re.escape, prose["inside"]), key=len, reverse=True))
    numeral = "0-9０-９一二三四五六七八九十"
    ends = rf"(?:{inside}|[{prose['never']}]|(?<=[{numeral}])[年月日号])(?=.*[一-鿿])"
    return re.compile(ends), re.compile(f"[{prose['first']}]")


def has_prose(words: str) -> bool:
    """Whether the words are more than an agency code or an organ's name: 根据国发."""
    ending = next((order for order in order_words() if words.endswith(order)), "")
    return _prose()[0].search(words.removesuffix(ending)) is not None


# 财政部财税, 省政府粤府, 吕梁市人民政府办公室吕政办发: the organ's name before its code.
_NAMED = re.compile(
    r"(?:[一-鿿]{2,16}(?:政府|办公[厅室]|委员会)|[省市县区州](?:委|政府)|国务院|[一-鿿]{2,8}[部局厅署院])(?=[一-鿿]{2})"
)
# A code does not begin so: 和政发 is a county's, not 和 and 政发.
_HEADLESS = tuple("政府委党办发函令字纪组")


@lru_cache(maxsize=8192)
def trim_prose(words: str, *, in_full: bool = False) -> str:
    """The words without the prose before the agency code: 根据国发 is 国发.

    ``in_full``: the words name an organ, not its code (根据财政部公告 is 财政部公告).
    """
    ends, first = _prose()
    ending = next((order for order in order_words() if words.endswith(order)), "") if in_full else ""
    end = max((match.end() for match in ends.finditer(words.removesuffix(ending))), default=0)
    words = words[end:].lstrip(" \t\u3000\xa0\n·•、-0123456789０１２３４５６７８９")
    while (
        len(words) > 2
        and first.match(words)
        and not words[1:].startswith(_HEADLESS)
        and not is_known_agency(words)
    ):
        words = words[1:].lstrip()
    if in_full:
        return words
    named = _NAMED.match(words)
    if named and (is_known_agency(words[named.end() :]) or words[named.end()] in named.group()):
        own_head = _longest_prefix(words, _tables()[1])
        if own_head is None or len(own_head) < 3:
            return words[named.end() :]
    return words
