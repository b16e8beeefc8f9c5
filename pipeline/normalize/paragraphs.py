"""Lines: a paragraph that a page wraps or breaks becomes one line again, every element of the document keeps its own."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pipeline.normalize.alignment import Edit

_LINE = re.compile(r"[^\n]+")
_INDENT = re.compile("[ \t\u00a0\u3000]*")
_ENDS = ("。", "！", "？", "；", "：", "”", "）", "》", "…", ".", "!", "?", ";", ":", ")", "】")
_MARKER = re.compile(
    r"(?:[一二三四五六七八九十百]{1,4}[、.．](?![一二三四五六七八九十][^、.．是要])|第[一二三四五六七八九十百零〇\d]{1,5}[编章节条]|第[一二三四五六七八九十]{1,2}[，、]"
    r"|[（(][一二三四五六七八九十\d]{1,3}[）)]|\d{1,2}(?:\.\d{1,2})*(?:[、．]|[.](?!\d)|[\s　])|[①-⑳⒈-⒛]|[一二三四五六七八九十]{1,2}是"
    r"|附\s*件|抄送|抄报|主送|分送|联系人|（联系人|[（(]此件|主题词|（本文)"
)
_DATE = re.compile(
    r"[\d〇○零一二三四五六七八九十]{2,4}\s*年\s*[\d一二三四五六七八九十]{1,3}\s*月(?:\s*[\d一二三四五六七八九十]{1,3}\s*日)?"
)
_SENTENCE = re.compile("[，。；,;]")
_CLOSING = "，。、；：！？）》”’…"  # marks that no line begins with
_RUNNING = re.compile("[，。；、,;]")
_CONTINUES = re.compile("[一-鿿〇，、。；：）》”A-Za-z0-9％%]")
# a number or a date in two: 〔202 / 3〕45号, 2023年2月2 / 4日
_CUT_BEHIND = re.compile(r"[〔\[【]\d{0,4}$|\d年\d{0,2}$|\d月\d?$")
_CUT_BEFORE = re.compile(r"\d{0,4}[〕\]】]\d|\d{0,2}月\d|\d{1,2}日$")
# a number that a program put on a line of its own
_ONLY_MARKER = re.compile(
    r"[一二三四五六七八九十]{1,3}、|[（(](?:[一二三四五六七八九十]{1,3}|\d{1,2})[）)]|\d{1,2}[.．、]|第[一二三四五六七八九十百]{1,4}条"
)
MIN_WRAPPED = 4  # full lines from which a page is taken for hard-wrapped
MIN_SHARE = 0.3  # of the lines
NARROWEST, WIDEST = 15, 60  # characters of a hard-wrapped line
OUTLIERS = 0.1  # of the lines may be wider than the page wraps
SLACK = 2.5  # characters by which a full line may fall short: a mark may not start a line, a word is not cut
MAX_SHORT = (
    12  # by which it may fall short when only paragraphs are indented: half-width figures, a long word
)
LONG = 24  # characters from which a line that breaks off is running text


@dataclass(frozen=True, slots=True)
class _Row:
    start: int
    end: int
    indent: int
    words: str
    width: float  # in Chinese characters, as printed
    length: float  # in characters, as cut by a program


def join_lines(text: str) -> Iterator[Edit]:
    """Make a paragraph one line: close hard wraps and page breaks in mid-sentence, drop indents and blank lines.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("　　为认真贯彻落实上级的要求，切实做好当前的各项工作，要进一步加强领导\\n\\n干部的责任。\\n　　一、总体要求", join_lines)
    '为认真贯彻落实上级的要求，切实做好当前的各项工作，要进一步加强领导干部的责任。\\n一、总体要求'

    Leaves apart titles, headings, addressees, list items, signatures and dates.

    >>> edited("甲县人民政府\\n关于防汛的通知\\n各乡镇：\\n一、值班\\n甲县人民政府\\n2020年1月2日", join_lines)
    '甲县人民政府\\n关于防汛的通知\\n各乡镇：\\n一、值班\\n甲县人民政府\\n2020年1月2日'
    """
    rows = [_row(match) for match in _LINE.finditer(text) if not match.group().isspace()]
    if not rows:
        if text:
            yield Edit(0, len(text), "")
        return
    if rows[0].start:
        yield Edit(0, rows[0].start, "")
    wrapped = _wrapped_at(rows)
    indented = sum(row.indent >= 2 for row in rows) >= 3
    for k, (above, below) in enumerate(pairwise(rows)):
        blank = text.count("\n", above.end, below.start) > 1
        joins = (
            below.words[0] in _CLOSING
            or bool(_CUT_BEFORE.match(below.words) and _CUT_BEHIND.search(above.words))
            or bool(_ONLY_MARKER.fullmatch(above.words) and not _starts_element(below.words))
            or _breaks_off(above, below)
            or (indented and not blank and _goes_on(above, below))
        )
        if wrapped and not joins:
            joins = _is_wrapped(above, below, wrapped[1] - wrapped[0][k], indented, blank)
        replacement = "" if joins else "\n"
        if joins and above.words[-1].isascii() and below.words[0].isascii() and above.words[-1].isalpha():
            replacement = " "
        if text[above.end : below.start] != replacement:
            yield Edit(above.end, below.start, replacement)
    if rows[-1].end < len(text):
        yield Edit(rows[-1].end, len(text), "")


def _row(match: re.Match[str]) -> _Row:
    line = match.group()
    indent = _INDENT.match(line)
    assert indent is not None
    words = line.strip()
    start = match.start() + line.index(words[0])
    n_indent = len(indent.group()) + indent.group().count("\u3000")
    length = len(indent.group()) + len(words)
    return _Row(start, start + len(words), n_indent, words, n_indent / 2 + _width(words), length)


def _width(words: str) -> float:
    """Width in Chinese characters; an ASCII character is half as wide."""
    return len(words) - len(words.encode("ascii", "ignore")) / 2


def _wrapped_at(rows: list[_Row]) -> tuple[list[float], float] | None:
    """How long each line is and where the page wraps its lines: by width as printed or by number of characters,
    whichever fills more lines; None for a page that does not wrap."""
    found = []
    for lengths in ([row.width for row in rows], [row.length for row in rows]):
        limit = _limit(lengths, rows)
        if limit:
            found.append((sum(limit - SLACK <= n <= limit for n in lengths), lengths, limit))
    return max(found, key=lambda f: f[0])[1:] if found else None


def _limit(lengths: list[float], rows: list[_Row]) -> float | None:
    """The greatest length that many lines reach, most of them in mid-sentence; a signature that is set far right may
    reach beyond."""
    least = max(MIN_WRAPPED, MIN_SHARE * len(rows))
    ascending = sorted(lengths)
    for rank, longest in enumerate(reversed(ascending)):
        if rank > OUTLIERS * len(rows) + 1 or longest < NARROWEST:
            return None
        n_full = bisect_right(ascending, longest) - bisect_left(ascending, longest - SLACK)
        if longest <= WIDEST and n_full >= least:
            full = [row for row, n in zip(rows, lengths, strict=True) if longest - SLACK <= n <= longest]
            in_sentence = sum(not row.words.endswith(_ENDS) for row in full)
            return longest if in_sentence * 2 > len(full) else None
    return None


def _is_wrapped(above: _Row, below: _Row, fill: float, indented: bool, blank: bool) -> bool:
    """Whether a page that wraps its lines broke this paragraph here; ``fill`` is how far short the line above falls."""
    if below.indent > 4 or (indented and below.indent >= 2):
        return False
    in_sentence = not above.words.endswith(_ENDS)
    if indented and in_sentence and not blank and fill < MAX_SHORT and _SENTENCE.search(above.words):
        return True  # only a new paragraph is indented, so this is none, whatever it begins with
    if fill > SLACK or _starts_element(below.words):
        return False
    if above.words.endswith(("。", "！", "？", "：", "；")):
        is_running = below.words[0] in "（(" or bool(_RUNNING.search(below.words))
        return indented and not blank and above.words[-1] != "：" and is_running
    return not (blank and below.width < above.width / 2 and not _SENTENCE.search(below.words))


def _goes_on(above: _Row, below: _Row) -> bool:
    """Whether, on a page that indents its paragraphs, a line is the rest of a sentence."""
    return (
        above.length >= LONG
        and below.indent < 2
        and not above.words.endswith(_ENDS)
        and bool(_SENTENCE.search(above.words))
        and below.words[-1] in "。；："
        and not _starts_element(below.words)
    )


def _breaks_off(above: _Row, below: _Row) -> bool:
    """Whether a page break cut a sentence: running text without an end, and words that go on."""
    return (
        above.width >= LONG
        and not above.words.endswith(_ENDS)
        and bool(_SENTENCE.search(above.words[:-1]))
        and ("。" in above.words or len(re.findall("[，,]", above.words)) > 1)
        and bool(_SENTENCE.search(below.words))
        and bool(_CONTINUES.match(below.words))
        and not _starts_element(below.words)
        and below.indent < 2
    )


def _starts_element(words: str) -> bool:
    return bool(_MARKER.match(words) or _DATE.fullmatch(words))
