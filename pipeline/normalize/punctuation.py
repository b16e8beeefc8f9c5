"""Punctuation as the mainland prints it (GB/T 15834-2011): full-width between Chinese words, and each mark once."""

from __future__ import annotations

import re
from collections.abc import Iterator

from pipeline.normalize.alignment import Edit

_HAN = "一-鿿〇"
_LEFT = f"[{_HAN}”’》〉）)〕】]"  # what stands before a mark in Chinese text
_FULL = {",": "，", ";": "；", ":": "：", "?": "？", "!": "！", ".": "。", "(": "（", ")": "）"}
# Doubled by scrapers: ,, ,、 ,。 and the like. The mark that belongs is the last one that is no ASCII comma.
_DOUBLED = re.compile(r"[,，、。；;：:]\s?(?:[,，、。；;：:]\s?)*[,，、。；;：:]")
# Each begins with the mark and then looks back: marks of ASCII are few, Chinese characters many.
_SINGLE = re.compile(
    rf"[,;:?!](?<={_LEFT}.)(?![0-9A-Za-z/]|[,;:?!])[ ]?|[ ][,;:?!](?<={_LEFT} .)(?![0-9A-Za-z/]|[,;:?!])[ ]?|[,;](?<=[0-9A-Za-z%℃].)(?=[ ]?[{_HAN}“《（])"
)
_COLON_BEFORE = re.compile(rf":(?<=[{_HAN}].)(?=[0-9A-Za-z])")
_COMMA_BEFORE = re.compile(rf"[,;](?<={_LEFT}.)(?=[0-9A-Za-z])")
_STOP = re.compile(rf"\.(?<=[{_HAN}”）》].)(?=\n|$|[{_HAN}])")
_BRACKETS = re.compile(r"[(（]([^()（）\n]{0,400})[)）]")
_LIST_NUMBER = re.compile(rf"^[(]([{_HAN}]{{1,3}}|\d{{1,2}})[)](?=[{_HAN}“《])", re.M)
_IN_BRACKETS = re.compile(f"[{_HAN}〔“《]")
_QUOTES = re.compile('"([^"\n“”]{1,200})"')
FEW = 2  # half-width marks from which a text is taken to have lost its full-width ones


def join_doubled_marks(text: str) -> Iterator[Edit]:
    """Doubled or contradictory marks as the one that belongs there.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("精神,,充分发挥,、协调,。工作。。", join_doubled_marks)
    '精神，充分发挥、协调。工作。'

    Leaves alone —— and ……, marks beside quotes and brackets, and times (8:30).

    >>> edited("强调：“要——”，8:30", join_doubled_marks)
    '强调：“要——”，8:30'
    """
    for match in _DOUBLED.finditer(text):
        marks = [char for char in match.group() if not char.isspace()]
        belonging = next((mark for mark in reversed(marks) if mark not in ",，"), "，")
        tail = match.group()[len(match.group().rstrip()) :]
        yield Edit(match.start(), match.end() - len(tail), _FULL.get(belonging, belonging))


def widen_marks(text: str) -> Iterator[Edit]:
    """Half-width marks and brackets between Chinese words as full-width ones.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("各市(州)党委:要加强,认真落实;做好.", widen_marks)
    '各市（州）党委：要加强，认真落实；做好。'

    Leaves alone marks in numbers, times, addresses and Latin text, brackets that hold no Chinese, and the only
    half-width mark of a text, which is how it was printed.

    >>> edited("上午8:30，1,000元，(GB 50180)，www.gov.cn", widen_marks)
    '上午8:30，1,000元，(GB 50180)，www.gov.cn'
    """
    edits = []
    for pattern in (_SINGLE, _COLON_BEFORE, _COMMA_BEFORE, _STOP):
        edits += [Edit(m.start(), m.end(), _FULL[m.group().strip()]) for m in pattern.finditer(text)]
    if len(edits) < FEW:
        edits = []
    for match in _BRACKETS.finditer(text) if "(" in text or ")" in text else ():
        if _IN_BRACKETS.search(match.group(1)):
            ends = ((match.start(), "（"), (match.end() - 1, "）"))
            edits += [Edit(at, at + 1, mark) for at, mark in ends if text[at] != mark]
    for match in _LIST_NUMBER.finditer(text) if "(" in text else ():
        edits += [Edit(match.start(), match.start() + 1, "（"), Edit(match.end() - 1, match.end(), "）")]
    done = 0
    for edit in sorted(set(edits)):
        if edit.start >= done and text[edit.start : edit.end] != edit.replacement:
            yield edit
            done = edit.end


def curl_quotes(text: str) -> Iterator[Edit]:
    """Straight quotation marks around Chinese words as “ ” where a line pairs them.

    >>> from pipeline.normalize.alignment import edited
    >>> edited('增强"四个意识"', curl_quotes)
    '增强“四个意识”'

    Leaves alone quotes around Latin text and a mark without its pair.
    """
    for match in _QUOTES.finditer(text):
        if _IN_BRACKETS.search(match.group(1)):
            yield Edit(match.start(), match.start() + 1, "“")
            yield Edit(match.end() - 1, match.end(), "”")
