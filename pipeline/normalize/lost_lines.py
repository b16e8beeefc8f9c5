"""Line breaks that a crawler made blanks: a whole document in a line or two, its paragraphs parted by blanks."""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator

from pipeline.normalize.alignment import Edit

_LINE = re.compile(r"[^\n]+")
_BLANKS = re.compile("[ \t\u00a0\u3000]+")
_ITEM = re.compile(
    "[。；：！？”）][ \t\u00a0\u3000]+(?:[一二三四五六七八九十]{1,3}、|[（(][一二三四五六七八九十]{1,3}[）)])"
)
# what a blank stands in without parting lines: brackets, dates and numbers, foreign words
_WHOLE = re.compile(
    r"（[^（）\n]{0,200}）|\([^()\n]{0,200}\)|“[^“”\n]{0,200}”|《[^《》\n]{0,120}》|[\d年月][ \t\u00a0\u3000]+[\d年月日号时]"
    r"|第[ \t\u00a0\u3000]+\d|[!-~][ \t]+(?=[!-~])"
)
_MARKER_ENDS = "、.．"
LONG = 250  # characters of a line that may hold a document
ITEMS = 2  # at least so many numbered items follow a blank in it
FEW = 8  # lines that such a text may have


def part_lines(text: str) -> Iterator[Edit]:
    """Break the lines of a text whose line breaks have become blanks.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("某县民政局 关于做好复核的通知 各乡镇： 现通知如下： " + "说明。" * 80 + " 一、核查。 二、要求。", part_lines)[:31]
    '某县民政局\\n关于做好复核的通知\\n各乡镇：\\n现通知如下：\\n说明。'

    Leaves alone a text of several lines, and one without numbered items.

    >>> edited("甲 乙：" + "说明。" * 100, part_lines)[:5]
    '甲 乙：说'
    """
    lines = list(_LINE.finditer(text))
    if len(lines) > FEW or not any(
        len(line.group()) > LONG and len(_ITEM.findall(line.group())) >= ITEMS for line in lines
    ):
        return
    whole = deque(match.span() for match in _WHOLE.finditer(text))
    for match in _BLANKS.finditer(text):
        start, end = match.span()
        while whole and whole[0][1] <= start:
            whole.popleft()
        inside = bool(whole) and whole[0][0] < start and end <= whole[0][1]
        if start > 0 and end < len(text) and not inside and text[start - 1] not in _MARKER_ENDS + "\n":
            yield Edit(start, end, "\n")
