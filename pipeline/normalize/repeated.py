"""Characters and lines that a scan or an export printed more than once."""

from __future__ import annotations

import re
from collections.abc import Iterator

import numpy as np

from pipeline.normalize.alignment import Edit

NUMERALS = "一二三四五六七八九十百千万零〇"
SOUNDS = "哈呵嘿啊哎咚"
MIN_PAIRS = 5  # doubled characters in a row: 清清楚楚明明白白 has four
MIN_LINE = (
    20  # characters of a line that is printed twice in a row; shorter ones are names of joint signatories
)

FIND_TRIPLE = re.compile(rf"(?![{NUMERALS}{SOUNDS}])([\u4e00-\u9fff])\1{{2,}}")
FIND_DOUBLED = re.compile(rf"(?:([^\s\x00-\x7f-])\1|([0-9A-Za-z])\2){{{MIN_PAIRS},}}")


def remove_repeats(text: str) -> Iterator[Edit]:
    """Print once what stands twice, character by character, what stands three times in a row, and a line's repetition.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("关关于于防防汛汛的的通通知知\\n切实做好好好工作", remove_repeats)
    '关于防汛的通知\\n切实做好工作'

    Leaves alone pairs, which are words (人人、目的的、工作作风、清清楚楚), numerals, Latin letters and blanks.

    >>> edited("人人明明白白、清清楚楚，三三三制，XXX元，工作作风", remove_repeats)
    '人人明明白白、清清楚楚，三三三制，XXX元，工作作风'
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype="<u4")
    same = codes[1:] == codes[:-1]
    edits = []
    if int(same.sum()) >= MIN_PAIRS:
        edits += [Edit(*m.span(), m[0][::2], 0.95) for m in FIND_DOUBLED.finditer(text)]
    if bool((same[1:] & same[:-1]).any()):
        edits += [Edit(*m.span(), m[1], 0.8) for m in FIND_TRIPLE.finditer(text)]
    edits += _repeated_lines(text)
    done = 0
    for edit in sorted(edits):
        if edit.start >= done:
            yield edit
            done = edit.end


def _repeated_lines(text: str) -> Iterator[Edit]:
    lines = text.split("\n")
    if len(set(lines)) == len(lines):
        return
    start, above = 0, ""
    for line in lines:
        if line == above and len(line) >= MIN_LINE and "。" in line:
            yield Edit(start - 1, start + len(line), "", 0.9)
        above = line or above
        start += len(line) + 1
