"""What the last paragraphs of a document say: the formulas of a closing."""

from __future__ import annotations

import re

from pipeline.assets import toml

_WORDS = toml("closing.toml")
_CLOSING = re.compile(f"(?:{'|'.join(_WORDS['starts'])})")
_SUMS_UP = re.compile(_WORDS["sums_up"])
_REPORT = re.compile(_WORDS["reports"])
_REPORT_STARTS = tuple(_WORDS["report_starts"])
_VALUES = "一二三四五六七八九十"
_NUMERAL = re.compile(f"[{_VALUES}]|两")
_LONGEST_REPORT = 120  # characters; longer paragraphs that end in a report are directives


def is_closing(line: str) -> bool:
    """Whether a paragraph behind the last item reads as the document's closing.

    >>> is_closing("特此通知。")
    True
    >>> is_closing("各级党委要坚持底线思维，强化组织领导。")
    False
    """
    if _CLOSING.match(line):
        return True
    return len(line) < _LONGEST_REPORT and line.startswith(_REPORT_STARTS) and bool(_REPORT.search(line))


def summed_up(line: str) -> int | None:
    """How many items a paragraph says that it sums up (以上四个方面…), None where it gives no number."""
    match = _SUMS_UP.match(line)
    numeral = _NUMERAL.search(match.group()) if match else None
    return _VALUES.index(numeral.group().replace("两", "二")) + 1 if numeral else None


def sums_up(line: str) -> bool:
    """Whether a paragraph behind a list speaks of all its items (以上三项制度的执行情况…)."""
    return bool(_SUMS_UP.match(line))
