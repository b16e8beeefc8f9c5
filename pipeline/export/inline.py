"""Spans of a text → nested XML elements. Nothing of the text is lost, whatever the spans are."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from xml.etree.ElementTree import Element, SubElement

_ILLEGAL = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REPLACEMENT = "\ufffd"


@dataclass(frozen=True, slots=True)
class Mark:
    """``text[start:end]`` is an element of this name."""

    start: int
    end: int
    name: str
    attributes: Mapping[str, str] = field(default_factory=dict)


def legal(text: str) -> str:
    """The text as XML 1.0 may hold it: characters that it forbids (most controls) become U+FFFD."""
    return _ILLEGAL.sub(_REPLACEMENT, text)


def paragraphs(parent: Element, text: str, start: int, end: int, marks: Iterable[Mark], kind: str) -> None:
    """Add ``text[start:end]`` to ``parent`` as one ``p`` of class ``kind`` a line; blank lines give none."""
    marks = [mark for mark in marks if mark.start < end and mark.end > start]
    for line in re.finditer(r"[^\n]+", text[start:end]):
        if line.group().strip():
            paragraph = SubElement(parent, "p", {"class": kind})
            inline(paragraph, text, start + line.start(), start + line.end(), marks)


def inline(parent: Element, text: str, start: int, end: int, marks: Iterable[Mark]) -> None:
    """Fill ``parent`` with ``text[start:end]`` and with the marks in it, the longer around the shorter.

    A mark that begins or ends outside is cut; one that crosses another is left out, for XML only nests.
    """
    cut = [Mark(max(m.start, start), min(m.end, end), m.name, m.attributes) for m in marks]
    cut = sorted((m for m in cut if m.start < m.end), key=lambda m: (m.start, -m.end))
    open_: list[tuple[Element, int]] = [(parent, end)]
    at = start
    for mark in cut:
        while open_[-1][1] <= mark.start:
            at = _write(open_[-1][0], text, at, open_.pop()[1])
        element, limit = open_[-1]
        if mark.end > limit:
            continue
        at = _write(element, text, at, mark.start)
        open_.append((SubElement(element, mark.name, dict(mark.attributes)), mark.end))
    while open_:
        at = _write(open_[-1][0], text, at, open_.pop()[1])


def _write(element: Element, text: str, start: int, end: int) -> int:
    """Put the characters where they belong: after the last child, or at the element's start. Returns ``end``."""
    words = legal(text[start:end])
    if len(element):
        element[-1].tail = (element[-1].tail or "") + words
    else:
        element.text = (element.text or "") + words
    return end
