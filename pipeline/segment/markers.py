"""Numbering of official documents: 一、（一）1.（1）① of GB/T 9704-2012 §7.3.3, 第一条 of regulations, 一是 in running text.

A marker has a *class*; classes have the customary order of nesting, but a document's own nesting decides
(see ``directives``).
"""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

CLASSES = (
    "part",  # 第一编
    "chapter",  # 第一章
    "section",  # 第一节
    "article",  # 第一条
    "han",  # 一、
    "ordinal",  # 第一，
    "han_paren",  # （一）
    "arabic",  # 1.
    "arabic_paren",  # （1）
    "half_paren",  # 1）
    "circled",  # ①
    "shi",  # 一是
)
# 1, 1.1, 2.2.1 of contingency plans: the class is the number of components
DECIMALS = ("decimal1", "decimal2", "decimal3", "decimal4")
RANK = {name: rank for rank, name in enumerate((*DECIMALS, *CLASSES))}

_HAN = "[零〇一二三四五六七八九十百壹贰叁肆伍陆柒捌玖拾]{1,6}"
_UNIT = {"编": "part", "章": "chapter", "节": "section", "条": "article"}
_STOPPED = "⒈⒉⒊⒋⒌⒍⒎⒏⒐⒑⒒⒓⒔⒕⒖⒗⒘⒙⒚⒛"  # a digit with its full stop as one character
_CIRCLED = "①②③④⑤⑥⑦⑧⑨⑩⑪⑫⑬⑭⑮⑯⑰⑱⑲⑳"

_PATTERNS = {
    "unit": rf"第\s*(?P<unit_value>{_HAN}|\d{{1,3}})\s*(?P<unit>[编章节条])(?:之[一二三四五六七八九十])?"
    # 第三条规定的…, 第五条和第六条…, 第一章至第三章 cite an article and start none
    r"(?:[\s　]+|(?=\S)(?!第|规定|所|和|及|或|、|，|。|的|至|到|中|关于)|$)",
    # 一、二、三号寨门 counts things and starts no list
    "han": rf"(?P<han>{_HAN})(?:、(?!{_HAN}[、号级期次项条款类步])|[.．](?!\d)|，(?=[一-鿿]{{2,20}}$))[\s　]*",
    "ordinal": rf"第(?P<ordinal>{_HAN})[，、,][\s　]*",
    "han_paren": rf"[（(](?P<han_paren>{_HAN})[）)](?:[、.．](?!\d))?[\s　]*",
    # a digit behind the point is a decimal (1.5万元), 年月日 behind it a date (2020.1.29)
    "arabic": r"(?P<arabic>\d{1,3})(?:、|[.．](?!\d))[\s　]*",
    "arabic_paren": r"[（(](?P<arabic_paren>\d{1,2})[）)](?:[、.．](?!\d))?[\s　]*",
    "half_paren": r"(?P<half_paren>\d{1,2})[）)][\s　]*",
    "circled": rf"(?P<circled>[{_CIRCLED}])[\s　]*",
    "stopped": rf"(?P<stopped>[{_STOPPED}])[\s　]*",
    # 一要…二要… in a line of its own is seldom a list; 一是 is
    "shi": r"(?P<shi>[一二三四五六七八九十]{1,3})是(?!否|不是)",
}
_AT_LINE = re.compile("|".join(f"(?:{pattern})" for pattern in _PATTERNS.values()))

_DIGITS = {char: value for value, char in enumerate("零一二三四五六七八九")} | {"〇": 0}
_FORMAL = str.maketrans("壹贰叁肆伍陆柒捌玖拾", "一二三四五六七八九十")


@dataclass(frozen=True, slots=True)
class Marker:
    """A list marker: its class, its value (1 for 一) and its span, blanks behind it left out of ``text``."""

    cls: str
    value: int
    text: str
    start: int
    end: int


@lru_cache(maxsize=1024)
def han_value(numeral: str) -> int:
    """The value of a Chinese numeral below 1,000 (二十三 is 23, 一百零五 is 105, 叁 is 3)."""
    numeral = numeral.translate(_FORMAL)
    if not any(char in numeral for char in "十百"):
        return int("".join(str(_DIGITS[char]) for char in numeral))
    total, digit = 0, 0
    for char in numeral:
        if char in _DIGITS:
            digit = _DIGITS[char]
        else:
            total += (digit or 1) * (10 if char == "十" else 100)
            digit = 0
    return total + digit


def _marker(match: re.Match[str], offset: int) -> Marker:
    cls = cast(str, match.lastgroup)  # each pattern has one group, or two of which the unit comes last
    if cls == "unit":
        cls, numeral = _UNIT[match["unit"]], match["unit_value"]
    else:
        numeral = match[cls]
    if cls in ("circled", "stopped"):
        value = (_CIRCLED if cls == "circled" else _STOPPED).index(numeral) + 1
        cls = "circled" if cls == "circled" else "arabic"
    else:
        value = int(numeral) if numeral.isdecimal() else han_value(numeral)
    text = match.group().rstrip()
    return Marker(cls, value, text, offset + match.start(), offset + match.end())


# 1.8月底前…, 2.12个社区…: a number right behind the marker, not the decimals of an amount (1.5万元, 2.6%)
_BEFORE_DIGIT = re.compile(
    r"(?P<arabic>\d{1,2})[.．](?=\d)(?!\d+(?:\.\d+)*\s*(?:[万亿%％‰倍米吨元度亩℃千公厘平立]|个百分|$))"
)


def marker_before_digit(line: str, value: int, offset: int = 0) -> Marker | None:
    """The marker ``value`` that stands right before a digit (2.12个社区…), for a list that has reached that number."""
    match = _BEFORE_DIGIT.match(line)
    return _marker(match, offset) if match and int(match.group("arabic")) == value else None


_DECIMAL = re.compile(r"(?P<number>\d{1,2}(?:\.\d{1,2}){0,3})(?:[\s　]+|(?=[一-鿿]))(?=[一-鿿（(“《])")
_DECIMAL_PLAN = re.compile(r"^1\.1(?:[\s　]+|(?=[一-鿿]))[一-鿿（“《]", re.M)


def has_decimals(text: str) -> bool:
    """Whether a body is numbered 1, 1.1, 1.1.1: some line begins with 1.1 and words that are no unit of measure."""
    match = _DECIMAL_PLAN.search(text)
    return bool(match) and not _AMOUNT.match(text, match.end() - 1 if match else 0)


_AMOUNT = re.compile(r"[万亿倍米吨元度亩千公厘平立个]")


def decimal_at(line: str, open_numbers: tuple[int, ...], offset: int = 0) -> Marker | None:
    """The decimal marker of a line, when it continues the numbers that are open: behind 2.2.1 only 2.2.1.1, 2.2.2,
    2.3 and 3 do, so that 1.5公里 is none."""
    match = _DECIMAL.match(line)
    if match is None:
        return None
    number = tuple(int(part) for part in match.group("number").split("."))
    depth = len(number)
    expected = (
        *open_numbers[: depth - 1],
        (open_numbers[depth - 1] if depth <= len(open_numbers) else 0) + 1,
    )
    if number != expected or (depth == 1 and not re.match(r"\d+[\s　]", line)):
        return None
    return Marker(DECIMALS[depth - 1], number[-1], match.group("number"), offset, offset + match.end())


def marker_at(line: str, offset: int = 0) -> Marker | None:
    """The marker that ``line`` begins with, or None; ``offset`` is where the line starts in the text.

    >>> marker_at("（一）摸清底数").value
    1
    >>> marker_at("1.5万元以下的") is None
    True
    >>> marker_at("2020年以来") is None
    True
    """
    match = _AT_LINE.match(line)
    return _marker(match, offset) if match else None


_LIST_AT_LINE = re.compile(f"[一二三四五六七八九十]{{1,3}}是|第{_HAN}[，、,]|[{_CIRCLED}]")


def may_begin_list(line: str) -> bool:
    """Whether a line may begin with an item of a list in running text (一是, 第一，, ①); False is certain."""
    return _LIST_AT_LINE.match(line) is not None


# In running text: 一是…；二是…  第一，…第二，…  ①…②…  （1）…；（2）…  首先，…其次，…
_BEFORE = r"(?:(?<=[：；。，、！？:;,\s])|^)"
_INLINE = {
    "shi": re.compile(rf"{_BEFORE}(?P<shi>[一二三四五六七八九十]{{1,2}})(?:是|要)(?!否|不是)[，,]?"),
    "ordinal": re.compile(rf"{_BEFORE}第(?P<ordinal>[一二三四五六七八九十]{{1,2}})[，、,]"),
    "circled": re.compile(rf"(?P<circled>[{_CIRCLED}])"),
    "arabic": re.compile(r"(?<=[：；:;])(?P<arabic>\d{1,2})[.．、](?!\d)"),
    "arabic_paren": re.compile(r"(?<=[：；。:;])[（(](?P<arabic_paren>\d{1,2})[）)]"),
    "han_paren": re.compile(r"(?<=[：；。:;])[（(](?P<han_paren>[一二三四五六七八九十]{1,2})[）)]"),
}


# The first item of any such list: most paragraphs hold none and are done here.
_LIST_BEGINS = re.compile(r"一是|一要|第一[，、,]|①|[（(][1一][）)]|[：；:;]1[.．、]|首先[，,]")
_TURNS = ("首先", "其次", "再次", "最后")


def _turns(text: str, start: int, end: int) -> list[Marker]:
    """The list 首先，…其次，…最后，… in ``text[start:end]``."""
    found: list[Marker] = []
    for match in _outside(text, start, end, _FIRST_NEXT):
        turn = _TURNS.index(match.group("turn"))
        fits = turn == 0 if not found else turn > _TURNS.index(found[-1].text[:2]) or turn == 1
        if fits:
            found.append(Marker("shi", len(found) + 1, match.group(), match.start(), match.end()))
    return found if len(found) > 1 else []


_FIRST_NEXT = re.compile(rf"{_BEFORE}(?P<turn>{'|'.join(_TURNS)})[，,]")


def inline_markers(text: str, start: int, end: int) -> list[Marker]:
    """The markers of one list inside ``text[start:end]`` (offsets into ``text``): numbered 1, 2, … without a gap,
    at least two of them, outside quotes, brackets and 《》; [] where there is none.
    """
    if not _LIST_BEGINS.search(text, start, end):
        return []
    for cls, pattern in _INLINE.items():
        found: list[Marker] = []
        for match in _outside(text, start, end, pattern):
            marker = _marker(match, 0)
            if marker.value == len(found) + 1:
                found.append(
                    Marker(
                        cls,
                        marker.value,
                        marker.text.rstrip("，,") if cls == "shi" else marker.text,
                        marker.start,
                        marker.end,
                    )
                )
        if len(found) > 1:
            return found
    return _turns(text, start, end)


_RUN_ON = {
    cls: re.compile(f"(?:(?<=[。；;！])|(?<=[。；;！] )){_PATTERNS[cls]}")
    for cls in ("han", "han_paren", "arabic", "arabic_paren")
}
_MAY_RUN_ON = re.compile(
    r"[。；;！] ?(?:[二三四五六七八九十]{1,3}、|[（(][2-9二三四五六七八九十]|[2-9][.．、])"
)


def may_run_on(text: str, start: int, end: int) -> bool:
    """Whether items may follow each other in one line of ``text[start:end]``; False is certain."""
    return _MAY_RUN_ON.search(text, start, end) is not None


def run_on_markers(text: str, start: int, end: int) -> list[Marker]:
    """The markers of a line that has lost its breaks (1.出动宣传车。2.张贴标语。), which begins with the first of them;
    [] for a line of one item."""
    first = marker_at(text[start:end], start)
    pattern = _RUN_ON.get(first.cls) if first else None
    if first is None or pattern is None:
        return []
    found = [first]
    for match in _outside(text, first.end, end, pattern):
        marker = _marker(match, 0)
        if marker.value == found[-1].value + 1:
            found.append(marker)
    return found if len(found) > 1 else []


_FIRST_ITEMS = {
    **dict.fromkeys("（(", ("（一）", "（1）", "(一)", "(1)")),
    **dict.fromkeys("23456789", tuple(f"{sign}1{dot}" for sign in "：；:;" for dot in ".．、")),
    **dict.fromkeys("二三四五六七八九", ("一是",)),
    **dict.fromkeys(_CIRCLED[1:], ("①",)),
    "第": ("第一",),
}


def may_continue_list(before: str, line: str) -> bool:
    """Whether a line may go on with a list that begins inside the line before it; False is certain."""
    return any(before.find(words, 1) > 0 for words in _FIRST_ITEMS.get(line[0], ()))


def markers_up_to(text: str, start: int, end: int, following: Marker) -> list[Marker]:
    """The first items of a list inside ``text[start:end]`` that the next line's marker ``following`` continues:
    （1）…；（2）… before a line （3）…; [] where they are not there, each once and in order.
    """
    pattern = _INLINE.get(following.cls)
    if pattern is None or not 1 < following.value < 10:
        return []
    matches = itertools.islice(_outside(text, start, end, pattern), following.value)
    found = [_marker(match, 0) for match in matches]
    return found if [marker.value for marker in found] == list(range(1, following.value)) else []


_OPEN, _CLOSE = "“‘《〈（(「『【", "”’》〉）)」』】"
_BRACKET = re.compile(f"[{re.escape(_OPEN + _CLOSE)}]")


def _outside(text: str, start: int, end: int, pattern: re.Pattern[str]) -> Iterator[re.Match[str]]:
    """The matches of a pattern in ``text[start:end]`` that stand outside quotes and brackets, each bracket read once."""
    depth, at = 0, start
    for match in pattern.finditer(text, start, end):
        for sign in _BRACKET.finditer(text, at, match.start()):
            depth = depth + 1 if sign.group() in _OPEN else max(depth - 1, 0)
        at = match.end()
        if depth == 0:
            yield match
