"""Document numbers (发文字号): agency code, year and serial, on their own or in running text.

GB/T 9704-2012, 7.2.5: 机关代字、年份、发文顺序号; the year in full between 〔〕, the serial without 第 and
leading zeros and with 号. Documents before 2012, orders and crawled text keep to this loosely, so brackets
of any kind, none (国发2019年4号), two-digit years, spaces and 第 are read too; the canonical text mends
brackets, digits and years, and keeps 第, leading zeros and parts (402-1号, 12号之一) as printed. Two numbers in
one (财税〔2018〕54、55号) are two, and so not one; one without 号 may have lost digits too, and is none.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from functools import lru_cache

from pipeline.records import Organ
from pipeline.segment.agencies import (
    agency_meaning,
    canonical_agency,
    has_prose,
    is_known_agency,
    order_words,
    trim_prose,
)
from pipeline.segment.dates import chinese_number

_OPEN = r"[〔﹝\[［【(（﹙{｛﹛〈<＜《「『〖〘“]"
_CLOSE = r"[〕﹞\]］】)）﹚}｝﹜〉>＞》」』〗〙”]"
_GAP = r"[ \t\u3000\xa0\n]{0,3}"
_DIGIT = "[0-9０-９]"
_CHINESE_DIGIT = "[〇○零一二三四五六七八九]"
# Four digits, two (〔98〕), or four Chinese ones; some print 〔2018年〕.
_YEAR = rf"(?P<year>[12１２](?:[ ]?{_DIGIT}){{3}}|{_DIGIT}{{2}}|[一二]{_CHINESE_DIGIT}{{3}}){_GAP}年?"
# Some bureaus print a part behind a dash (402-1号), a letter (12A号), or a dash before the serial
# (浙土字A〔2018〕-0012号). One bracket may stand for two numbers in running text: 财税〔2018〕54、55号.
_SERIAL = (
    rf"(?P<dash>[-－—A-Z])?(?P<serial>{_DIGIT}(?:[ ]?{_DIGIT}){{0,5}}|[〇○零一二三四五六七八九十百]{{1,7}})"
    rf"(?P<part>[-－—–]{_DIGIT}{{1,3}}|[A-Z甲乙丙]|之[一二三四五六七八九十])?(?P<more>(?:、{_DIGIT}{{1,5}}){{1,6}})?"
)
_NAME = r"[一-鿿㐀-䶿〇A-Za-zＡ-Ｚａ-ｚ]"

# 国发〔2019〕4号, 农明字〔2021〕第34号; the agency code stands before. In 〔1996〕武司字第82号 it stands
# behind the year, and ends in one of a few words: that keeps （2018）年…第3号 and case numbers
# (（2020）京01民初123号) out. Fujian printed part of the code before and part behind: 闽政〔1999〕文18号.
_BRACKETED = (
    rf"{_OPEN}{_GAP}{_YEAR}{_GAP}{_CLOSE}{_GAP}(?:(?P<behind>{_NAME}{{0,12}}?[字函发文办令电综传通明]){_GAP})?"
    rf"(?P<di>第{_GAP})?{_SERIAL}{_GAP}号"
)
# 国令第707号, 财政部公告2019年第39号, 财政部公告（2019年第39号）, 国务院第588号令, 沪府令28号, 国发2019年4号;
# 北京市人民代表大会常务委员会公告〔十五届〕第37号 counts by terms, not by years.
_PLAIN = (
    rf"(?P<wrapped>[(（〔\[［]{_GAP})?(?P<term>〔[一二三四五六七八九十]{{1,3}}届〕)?"
    rf"(?:(?P<plain_year>[12１２]{_DIGIT}{{3}}){_GAP}年{_GAP})?(?:(?P<plain_di>第){_GAP}|(?<=[令年]))"
    rf"(?P<plain_serial>{_DIGIT}{{1,6}}|[〇○零一二三四五六七八九十百]{{1,7}}){_GAP}号"
)
# Matched up to a 号 that is found first: few characters of a text are, so little of it is scanned.
_NUMBER = re.compile(f"(?:{_BRACKETED}|{_PLAIN})$")
_LONGEST = 48
_ORDER_BEHIND = re.compile("令|公告|通告")
_PART_BEHIND = re.compile(rf"之[一二三四五六七八九十]|[-－—–]{_DIGIT}{{1,3}}")
_WRAP_END = re.compile(r"[\s　]*[)）〕\]］]")
_BLANK = re.compile(r"\s+")
# A code: words, and （京）, ·、 or digits inside; looked for to the left of the year.
_CODE = rf"(?:{_NAME}|{_DIGIT}|[·•]|[(（](?:{_NAME}|{_DIGIT}){{1,6}}[)）])"
# Written with blanks only when letter-spaced: 国 办 发 〔2018〕3号, not 国务院文件 国发〔2018〕3号.
_CODE_BEFORE = re.compile(rf"(?:(?<!{_NAME})(?:[一-鿿][ \u3000]){{1,9}}[一-鿿]|(?:{_CODE}){{1,30}}){_GAP}$")
_WHOLE_CODE = re.compile(rf"(?:{_NAME}|[(（]{_NAME})(?:{_CODE}|[、\-—/ \t\u3000\xa0]){{0,40}}")
_ENCLOSED = re.compile(rf"{_OPEN}([^〔﹝\[［【(（]{{1,12}}){_CLOSE}")
_ENCLOSED_WHOLE = re.compile(rf"{_OPEN}(.{{4,60}}号){_CLOSE}")
_STOP_BEHIND = "。．.，,；;、 \t\u3000\xa0"
# How a code ends where no bracket shows that a year follows: 国发2019年4号, not 农业部2020年5号.
_CODE_END = tuple("发函字规文电令政府办秘通")
_LONGEST_BARE_CODE = 8
_LEFT = 48
_INVISIBLE = dict.fromkeys(map(ord, "\u200b\u200c\u200d\u2060\ufeff\u00ad"))
_FULL_WIDTH = str.maketrans("０１２３４５６７８９()－—–", "0123456789（）---")


@dataclass(frozen=True, slots=True)
class DocumentNumber:
    """One document number. ``text`` is canonical (闽委发明电〔2020〕1号, 国令第707号); ``agency`` its code
    without year.

    ``adcode`` is the GB/T 2260 code of the region and ``organ`` the kind of organ that the code stands for;
    each is None when the code does not say, or when several regions use it.
    """

    text: str
    agency: str | None
    year: int | None
    serial: int
    adcode: str | None
    organ: Organ | None


def parse_document_number(text: str, date: date | None = None) -> DocumentNumber | None:
    """The number that the whole text is, or None for anything else, also for a number with words around it.

    ``date`` is the date of issue: it settles the century of a two-digit year, and what a code meant at the
    time (渝 before 1997). Brackets around the whole number are ignored.
    """
    words = text.translate(_INVISIBLE).strip().rstrip(_STOP_BEHIND)
    enclosed = _ENCLOSED.fullmatch(words) or _ENCLOSED_WHOLE.fullmatch(words)
    return _parse(enclosed.group(1).strip() if enclosed else words, date)


@lru_cache(maxsize=8192)
def _parse(words: str, issued: date | None) -> DocumentNumber | None:
    sign = words.rfind("号")
    match = _number_up_to(words, 0, sign)
    if match is None or match.group("more"):
        return None
    end = _behind_wrap(words, match, sign)
    behind = words[end:]
    part = behind if match.group("year") and _PART_BEHIND.fullmatch(behind) else ""
    order = behind if _ORDER_BEHIND.fullmatch(behind) else ""
    before = words[: match.start()].strip()
    if behind and not part and not order:
        return None
    if not _shows_agency(before, match, order):
        return None
    if before and (not _WHOLE_CODE.fullmatch(before) or has_prose(before)):
        return None
    return _number(before, match, order, issued, part)


def _shows_agency(before: str, match: re.Match[str], order: str) -> bool:
    """Whether the words before year and serial, and an order word behind them, make them the number of a document."""
    if not before:
        # 〔1996〕武司字第82号, 第3号 and 第3号令 stand alone, 〔2019〕4号 does not.
        return _names_agency(match) or (match.group("year") is None and bool(match.group("plain_di")))
    if match.group("year"):
        return not _names_agency(match) and not order
    if _is_bare(match) and not order:
        return _may_stand_bare(before) or _issues_orders(before, order)
    # 公告2020年第5号, 令第707号: the order word alone; what issued it stands elsewhere.
    return _issues_orders(before, order) or (not order and before in order_words())


def _is_bare(match: re.Match[str]) -> bool:
    """Whether a year stands without bracket and without 第: 国发2019年4号."""
    return bool(match.group("plain_year")) and not match.group("plain_di")


def _may_stand_bare(code: str) -> bool:
    words = _BLANK.sub("", code)
    return 1 < len(words) <= _LONGEST_BARE_CODE and words.endswith(_CODE_END) and is_known_agency(words)


def _behind_wrap(text: str, match: re.Match[str], sign: int) -> int:
    """The offset behind 号 and the bracket that closes 财政部公告（2019年第39号）."""
    closed = _WRAP_END.match(text, sign + 1) if match.group("wrapped") else None
    return closed.end() if closed else sign + 1


def find_document_numbers(text: str) -> list[tuple[int, int, DocumentNumber]]:
    """Every number in running text, in order and without overlap: start, end, number.

    A serial without an agency code (第3号, 〔2019〕4号) is no number here: nothing shows that it is one.
    """
    found: list[tuple[int, int, DocumentNumber]] = []
    floor, sign = 0, text.find("号")
    while sign >= 0:
        match = _number_up_to(text, floor, sign)
        if match:
            end = _behind_wrap(text, match, sign)
            behind = _ORDER_BEHIND.match(text, end) if match.group("year") is None else None
            order = behind.group() if behind else ""
            agency = "" if _names_agency(match) else _agency_before(text, floor, match, order)
            if agency or _names_agency(match):
                order = order if _takes_order(agency, order) else ""
                number = _number(agency, match, order, None)
                if number:
                    floor = end + len(order)
                    found.extend(_each(number, match, match.start() - len(agency), floor))
        sign = text.find("号", sign + 1)
    return found


def _each(
    number: DocumentNumber, match: re.Match[str], start: int, end: int
) -> list[tuple[int, int, DocumentNumber]]:
    """The number, or the several of 财税〔2018〕54、55号: 财税〔2018〕54 stands for the first, 55号 for the second."""
    if not match.group("more"):
        return [(start, end, number)]
    at = match.start("more")
    found = [(start, at, number)]
    serials = match.group("more").split("、")[1:]
    head = number.text[: number.text.rindex("〕") + 1]
    for index, words in enumerate(serials):
        at += 1
        stop = end if index == len(serials) - 1 else at + len(words)
        printed = words.translate(_FULL_WIDTH)
        found.append((at, stop, replace(number, text=f"{head}{printed}号", serial=int(printed))))
        at += len(words)
    return found


def _number_up_to(text: str, floor: int, sign: int) -> re.Match[str] | None:
    """Year and serial that end in the 号 at ``sign``, looked for from ``floor`` on."""
    return _NUMBER.search(text, max(floor, sign - _LONGEST), sign + 1) if sign >= 0 else None


def _names_agency(match: re.Match[str]) -> bool:
    """Whether the code stands behind the year, whole: 〔1996〕武司字第82号, （81）国发107号."""
    code = match.group("behind") or ""
    return len(code) > 2 or (len(code) == 2 and is_known_agency(code))


def _agency_before(text: str, floor: int, match: re.Match[str], order: str) -> str:
    """The agency code that ends where a match begins, with the blanks behind it; "" when there is none."""
    left = max(floor, match.start() - _LEFT)
    run = _CODE_BEFORE.search(text[left : match.start()])
    if run is None:
        return ""
    plain = match.group("year") is None
    kept = trim_prose(run.group(), in_full=plain)
    if plain:
        may_be_code = _is_bare(match) and not order and _may_stand_bare(kept)
        return kept if may_be_code or _issues_orders(kept, order) else ""
    return (
        kept if len(kept.strip()) > 1 or is_known_agency(kept) else ""
    )  # 法〔2019〕254号, not 见〔2019〕4号


def _issues_orders(agency: str, order: str) -> bool:
    """Whether 第X号 behind these words is a number: 国务院令第707号, 国务院第588号令; not 台风第11号."""
    name = agency.strip()
    named = any(name.endswith(word) and len(name) > len(word) for word in order_words())
    return named or _takes_order(agency, order)


def _takes_order(agency: str, order: str) -> bool:
    """Whether the 令 behind a number belongs to it: 国务院第588号令."""
    name = agency.strip()
    return bool(order) and len(name) >= 2 and name[-1] in "院部委署局会府行厅"


def _number(
    before: str, match: re.Match[str], order: str, issued: date | None, behind: str = ""
) -> DocumentNumber | None:
    code = _BLANK.sub("", before).translate(_FULL_WIDTH)
    agency = f"{code}{match.group('behind') or ''}" or None
    year_words = match.group("year") or match.group("plain_year")
    year = _full_year(year_words, issued) if year_words else None
    serial_words = _BLANK.sub("", match.group("serial") or match.group("plain_serial")).translate(_FULL_WIDTH)
    serial = chinese_number(serial_words)
    if serial is None or (year_words and year is None):
        return None
    if not serial_words.isdecimal():
        serial_words = str(serial)
    if match.group("year"):
        dash, part = match.group("dash") or "", match.group("part") or ""
        ordinal = "第" if match.group("di") else ""
        printed = f"{ordinal}{dash}{serial_words}{part}号{behind}".translate(_FULL_WIDTH)
        text = f"{code}〔{year}〕{match.group('behind') or ''}{printed}"
    elif _is_bare(match) and not order and not _issues_orders(code, ""):
        text = f"{code}〔{year}〕{serial_words}号"
    else:
        ordered = f"{agency or ''}{order}" or None
        agency = canonical_agency(ordered) if ordered else None
        ordinal = "第" if match.group("plain_di") or agency != ordered else ""
        term = match.group("term") or ""
        text = f"{agency or ''}{term}{f'{year}年' if year else ''}{ordinal}{serial_words}号"
    adcode, organ = agency_meaning(agency, issued.year if issued else year) if agency else (None, None)
    return DocumentNumber(text, agency, year, serial, adcode, organ)


def _full_year(words: str, issued: date | None) -> int | None:
    """A year of four digits; None outside 1949 to 2099."""
    year = chinese_number(_BLANK.sub("", words))
    if year is None:
        return None
    if year < 100:
        # Two digits were printed from the fifties until 2012, when the standard asked for four.
        if issued:
            year = min((year + century for century in (1900, 2000)), key=lambda y: abs(y - issued.year))
        else:
            year += 1900 if year >= 49 else 2000
    return year if 1949 <= year <= 2099 else None
