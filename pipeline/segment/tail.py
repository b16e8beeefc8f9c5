"""The tail of a document: closing elements of 主体 and 版记, from the attachment note to the print information."""

from __future__ import annotations

import datetime
import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.segment import elements
from pipeline.segment.dates import find_dates, parse_date
from pipeline.segment.lines import Line
from pipeline.segment.organs import looks_like_organ
from pipeline.segment.structure import Block, Span

_LONGEST_RECORD = 12  # lines
_PRINTER = re.compile(
    "(?:办公[室厅]|秘书[处科]|办|综合科)$"
)  # the organ above 2020年4月26日印发 that printed, not signed


@dataclass(slots=True)
class Tail:
    """What stands behind the body. ``body_end`` is the index of the first line that is not body; ``rest`` that of
    the first line of what follows the document proper (an inner document or the text of attachments)."""

    body_end: int
    rest: int
    blocks: list[Block] = field(default_factory=list)
    signature: list[Span] = field(default_factory=list)
    date: datetime.date | None = None
    attachments: list[Span] = field(default_factory=list)
    cc: list[Span] = field(default_factory=list)
    printed_by: str | None = None
    printed_on: datetime.date | None = None


def parse_tail(text: str, lines: Sequence[Line], body: int) -> Tail:
    """The tail of the document whose body starts at line ``body``."""
    signature = _find_signature(lines, body)
    if signature is None:
        after = _attachments_from(lines, body, _version_record(lines, body))
        tail = Tail(body_end=after, rest=after)
    else:
        start, after = signature
        tail = Tail(body_end=start, rest=after)
        _take_signature(tail, lines[start:after])
    tail.body_end = _take_notes_before(tail, lines, body, tail.body_end)
    tail.body_end = _attachment_note(tail, lines, body, tail.body_end)
    tail.body_end = _take_notes_before(tail, lines, body, tail.body_end)
    tail.rest = _take_record(tail, lines, after)
    _take_trailing_record(tail, lines)
    tail.blocks.sort(key=lambda block: block.start)
    return tail


def _find_signature(lines: Sequence[Line], body: int) -> Span | None:
    """Line indices of the first signature behind ``body``: organ lines and a date, or at the end organ lines alone."""
    for index in range(body, len(lines)):
        words = lines[index].text
        broken = index + 1 < len(lines) and elements.broken_date(words, lines[index + 1].text) is not None
        if broken or elements.is_date(words):
            start = index
            while start > body and index - start < 8 and _signs(lines[start - 1].text):
                start -= 1
            return (start, index + 1 + broken)
        if len(words) > 60 or not words.endswith("日") or "。" in words:
            continue
        match = elements.DATE_AT_END.search(words)
        if match and looks_like_organ(words[: match.start()].strip()):
            start = index
            while start > body and looks_like_organ(lines[start - 1].text):
                start -= 1
            return (start, index + 1)
    end = _version_record(lines, body)
    start = end
    while start > body and end - start < 8 and _signs(lines[start - 1].text):
        start -= 1
    return (start, end) if start < end and start > body else None


def _attachments_from(lines: Sequence[Line], body: int, end: int) -> int:
    """Where the attachments of a document without signature start, ``end`` where it has none."""
    heads = (i for i in range(body + 1, end) if _heads_attachment(lines[i].text))
    return next(heads, end)


def _heads_attachment(words: str) -> bool:
    """Whether a line stands above the text of an attachment (附件, 附件1：); 附件： may also open the note that lists them."""
    if not elements.ATTACHMENT_HEAD.match(words):
        return False
    return not words.endswith(("：", ":")) or any(char.isdigit() for char in words)


def _signs(words: str) -> bool:
    return len(words) <= 80 and (looks_like_organ(words) or bool(elements.PERSON_SIGNATURE.match(words)))


def _version_record(lines: Sequence[Line], body: int) -> int:
    """The first line of 版记 and notes at the end of a document without a dated signature."""
    end = len(lines)
    while end > body and _record_kind(lines[end - 1].text) is not None:
        end -= 1
    if (
        end < len(lines)
        and end - 1 > body
        and _PRINTER.search(lines[end - 1].text)
        and _record_lines(lines, end - 1)
    ):
        end -= 1
    return end


def _record_kind(words: str) -> str | None:
    if elements.CC.match(words):
        return "cc"
    if elements.PRINT_INFO.match(words):
        return "print_info"
    if elements.CONTACT.match(words):
        return "contact"
    if elements.NOTE.match(words) or elements.REMARK.match(words):
        return "note"
    if elements.METADATA.match(words):
        return "page_furniture"
    return None


def _take_signature(tail: Tail, lines: Sequence[Line]) -> None:
    if len(lines) > 1 and (broken := elements.broken_date(lines[-2].text, lines[-1].text)):
        tail.date = broken
        tail.blocks.append(Block("date", lines[-2].start, lines[-1].end))
        lines = lines[:-2]
    for line in lines:
        if elements.is_date(line.text):
            tail.date = elements.date_of(line.text)
            tail.blocks.append(Block("date", line.start, line.end))
            continue
        match = elements.DATE_AT_END.search(line.text)
        end = line.end
        if match:
            tail.date = parse_date(elements.squeeze(match.group()))
            tail.blocks.append(Block("date", line.start + match.start(), line.end))
            end = line.start + len(line.text[: match.start()].rstrip())
        if end > line.start:
            tail.blocks.append(Block("signature", line.start, end))
            tail.signature.append((line.start, end))


def _take_notes_before(tail: Tail, lines: Sequence[Line], body: int, body_end: int) -> int:
    """Contacts and remarks right above the signature; returns where the body ends before them."""
    while body_end > body + 1 and _record_kind(lines[body_end - 1].text) in ("contact", "note"):
        body_end -= 1
        _take_lines(tail, lines[body_end : body_end + 1])
    return body_end


def _attachment_note(tail: Tail, lines: Sequence[Line], body: int, body_end: int) -> int:
    """The note 附件：1. … that stands between body and signature; returns where the body ends before it."""
    for index in range(max(body, body_end - 40), body_end):
        if elements.ATTACHMENT_NOTE.match(lines[index].text) and all(
            _attachment_item(line.text) for line in lines[index + 1 : body_end]
        ):
            numbered = bool(_ITEM.search(lines[index].text, 2))
            for line in lines[index:body_end]:
                if numbered and line is not lines[index] and not _ITEM.match(line.text):
                    continue  # a wrapped title's end, or a signature in columns
                tail.blocks.append(Block("attachment_note", line.start, line.end))
                tail.attachments.extend(_attachment_titles(line))
            return index
    return body_end


def _attachment_item(words: str) -> bool:
    return len(words) <= 120 and not words.endswith(("。", "：")) and not _HAN_ITEM.match(words)


_HAN_ITEM = re.compile("[一二三四五六七八九十]+、")
_ITEM = re.compile(r"(?:(?<=[：:\s　])|^)(?:\d{1,2}[.．、]|[（(]\d{1,2}[）)])\s*(?!\d)")


def _attachment_titles(line: Line) -> list[Span]:
    """The spans of the titles in one line of the note: 附件：1. 甲 2. 乙 → 甲, 乙."""
    label = elements.ATTACHMENT_LABEL.match(line.text)
    at = label.end() if label else 0
    starts = [(m.start(), m.end()) for m in _ITEM.finditer(line.text, at)] or [(at, at)]
    spans = []
    for number, (_, begin) in enumerate(starts):
        stop = starts[number + 1][0] if number + 1 < len(starts) else len(line.text)
        words = line.text[begin:stop].strip(" 　；;。")
        if words:
            begin += line.text[begin:stop].index(words[0])
            spans.append((line.start + begin, line.start + begin + len(words)))
    return spans


def _take_record(tail: Tail, lines: Sequence[Line], start: int) -> int:
    """Notes, contacts, copies and print information behind the signature; returns the first line of another kind."""
    index = start
    while index < len(lines) and (length := _record_lines(lines, index)):
        _take_lines(tail, lines[index : index + length])
        index += length
    return index


def _record_lines(lines: Sequence[Line], index: int) -> int:
    """How many lines the element of 版记 takes that starts at ``index``; 0 where none does.

    Copies may wrap until their 。, and the printing organ may stand above its date.
    """
    words = lines[index].text
    kind = _record_kind(words)
    following = lines[index + 1].text if index + 1 < len(lines) else ""
    if kind is None:
        printed = elements.PRINT_INFO.match(following)
        return 2 if printed and not printed.group("by") and looks_like_organ(words) else 0
    length = 1
    if kind == "cc" and words.endswith(("，", "、", ",")):
        while index + length < len(lines) and _record_kind(lines[index + length].text) is None:
            length += 1
            if lines[index + length - 1].text.endswith("。"):
                break
    return length


def _take_lines(tail: Tail, lines: Sequence[Line]) -> None:
    """Reads one element of 版记."""
    first, last = lines[0], lines[-1]
    kind = _record_kind(first.text) or "print_info"
    tail.blocks.append(Block(kind, first.start, last.end))  # type: ignore[arg-type]
    if kind == "cc":
        match = elements.CC.match(first.text)
        assert match is not None
        tail.cc.append((first.start + match.start("names"), last.end))
    elif kind == "print_info":
        match = elements.PRINT_INFO.match(last.text)
        assert match is not None
        tail.printed_by = (match.group("by") or (first.text if first is not last else "")).strip(
            " 　"
        ) or None
        dates = find_dates(match.group("on"))
        tail.printed_on = dates[0][2] if dates else None


def _take_trailing_record(tail: Tail, lines: Sequence[Line]) -> None:
    """Copies and print information that stand at the very end, behind attachments."""
    for index in range(max(tail.rest, len(lines) - _LONGEST_RECORD), len(lines)):
        starts = _record_kind(lines[index].text) in ("cc", "print_info") or _record_lines(lines, index) == 2
        if starts and _take_record(Tail(0, 0), lines, index) == len(lines):
            _take_record(tail, lines, index)
            return
