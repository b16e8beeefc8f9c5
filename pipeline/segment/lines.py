"""The text as lines: the unit in which the elements of an official document stand."""

from __future__ import annotations

import re
from dataclasses import dataclass

_LINE = re.compile(r"[^\n]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line that is not blank; ``start``/``end`` are offsets of ``text``, which has no blank at either end."""

    text: str
    start: int
    end: int


def split_lines(text: str) -> list[Line]:
    """The lines of ``text`` that hold more than blanks, in order."""
    lines = []
    for match in _LINE.finditer(text):
        raw = match.group()
        stripped = raw.strip()
        if stripped:
            start = match.start() + raw.index(stripped[0])
            lines.append(Line(stripped, start, start + len(stripped)))
    return lines
