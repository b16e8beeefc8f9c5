"""Blanks: those that a page's layout put into Chinese text go, those that separate two names stay as one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.normalize.alignment import Edit

_HAN = "一-鿿〇"
_MARKS = "，。、；：？！“”‘’《》（）〔〕【】—…"
_BLANK = "[ \\t\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000]"
_RUN = re.compile(f"{_BLANK}+")
_LINE = re.compile("[^\n]+")
_BESIDE_MARK = re.compile(f"(?<=[{_MARKS}]){_BLANK}+(?=\\S)|(?<=\\S){_BLANK}+(?=[{_MARKS}])")
_BESIDE_NUMBER = re.compile(
    f"(?<=[{_HAN}]){_BLANK}+(?=[0-9])(?![0-9]{{1,2}}[.．、])|(?<=[0-9%℃]){_BLANK}+(?=[{_HAN}])"
)
# in a line without sentences a blank before or behind a number may be what separates two cells
_IN_DATE = re.compile(
    f"(?<=[年月第]){_BLANK}+(?=[0-9])|(?<=[0-9]){_BLANK}+(?=[年月日号时分周岁章条款项页版]|小时|个月)"
)
_BETWEEN_HAN = re.compile(f"(?<=[{_HAN}]){_BLANK}+(?=[{_HAN}])")
_IN_NUMBER = re.compile(
    f"(?<=[〔\\[（(【]){_BLANK}+(?=\\d)|(?<=\\d){_BLANK}+(?=[〕\\]）)】])|(?<=[〕\\]】]){_BLANK}+(?=第?{_BLANK}*\\d)|(?<=\\d){_BLANK}+(?=号)"
)
_LETTERS = re.compile(f"[{_HAN}]{_BLANK}+[{_HAN}](?:{_BLANK}+[{_HAN}])+")
_AFTER_MARKER = re.compile(
    f"^(?:第[{_HAN}\\d]{{1,6}}[编章节条]|\\d{{1,2}}(?:\\.\\d{{1,2}}){{0,3}}|附件\\d*[：:]?\\s*\\d*[.．、]?){_BLANK}+"
)
_SENTENCE = re.compile("[。；，、：]")
SENTENCE = 30  # characters from which a line with 。 is running text and not a heading or a row of names


def close_blanks(text: str) -> Iterator[Edit]:
    """Take out blanks inside Chinese text; where they separate names in a short line, leave one.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("民政部　　财政部", close_blanks), edited("落实 24 小时 值班，", close_blanks)
    ('民政部 财政部', '落实24小时 值班，')
    >>> edited("茶园小学  320", close_blanks), edited("2020 年 1 月 29 日", close_blanks)
    ('茶园小学 320', '2020年1月29日')

    In running text every blank between Chinese characters goes; the one behind 第一条 stays, as do those of Latin text.

    >>> edited("第一条　为了防 治灾害，各级人民政府应当 加强领导，做好预防、监测和救治工作，保障人民生命安全。", close_blanks)
    '第一条 为了防治灾害，各级人民政府应当加强领导，做好预防、监测和救治工作，保障人民生命安全。'
    """
    for line in _LINE.finditer(text):
        if _RUN.search(line.group()):
            yield from _in_line(line.group(), line.start())


def _in_line(line: str, offset: int) -> Iterator[Edit]:
    body = line.strip()
    if _LETTERS.fullmatch(body):  # 关 于 防 火 的 通 知
        yield from (Edit(offset + m.start(), offset + m.end(), "") for m in _RUN.finditer(line))
        return
    sentence = bool(_SENTENCE.search(body))
    running = len(body) >= SENTENCE and "。" in body and bool(_SENTENCE.search(body[:-1]))
    marker = _AFTER_MARKER.match(line.lstrip(" \t\u3000\u00a0"))
    indent = len(line) - len(line.lstrip(" \t\u3000\u00a0"))
    keep = indent + marker.end() if marker else -1
    for match in _RUN.finditer(line):
        start, end = match.span()
        if start == 0 or end == len(line):
            continue  # indents and ends of lines are the paragraphs' matter
        around = line[start - 1 : start] + match.group() + line[end : end + 1]
        closes = (
            _BESIDE_MARK.search(around)
            or _IN_NUMBER.search(line, max(start - 1, 0), end + 2)
            or (_BESIDE_NUMBER if sentence else _IN_DATE).search(line, start - 1, end + 3)
            or (running and _BETWEEN_HAN.search(around))
        )
        replacement = "" if closes and end != keep else " "
        if replacement != match.group():
            yield Edit(offset + start, offset + end, replacement)
