"""The tree of numbered directives, built from the lines of a document's body.

The nesting is the document's own: a class of marker that is open closes what stands below it and continues its list;
one that is not open starts a list below the item before it. Numbers skipped or repeated are kept and reported.
"""

from __future__ import annotations

import itertools
import re
from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace

from pipeline.segment import headings
from pipeline.segment.closing import is_closing
from pipeline.segment.items import SENTENCE_ENDS, Item, take_tails, walk
from pipeline.segment.lines import Line
from pipeline.segment.markers import (
    RANK,
    Marker,
    decimal_at,
    has_decimals,
    inline_markers,
    marker_at,
    marker_before_digit,
    markers_up_to,
    may_begin_list,
    may_continue_list,
    may_run_on,
    run_on_markers,
)
from pipeline.segment.structure import Block, Directive, Notice, Passage, Span

_BLANKS = re.compile(r"[\s　]+")
_PAGE_NUMBER = re.compile(r"(?:[.．…·—-]+|(?<=[一-鿿]))[（(]?\d{1,3}[）)]?$")
_SENTENCE = re.compile(r"[^。！\n]+[。！]?")
_DEMAND = re.compile(
    r"(?:^|[，：])(?:现?请|望)(?!示)(?:各|你|贵|结合|认真|抓紧|遵照|严格|[^，。]{1,8}(?:单位|部门|地区))|务必"
)
_LEAD_IN = re.compile(r"(?:如下|以下|下列)[^。：]{0,12}[：。]$")


@dataclass(frozen=True, slots=True)
class Body:
    """The body of a document: what stands before, in and behind its numbered items."""

    blocks: tuple[Block, ...]
    directives: tuple[Directive, ...]
    passages: tuple[Passage, ...]
    notices: tuple[Notice, ...]


def parse_body(text: str, lines: Sequence[Line]) -> Body:
    """The body of a document, from its lines between addressee and signature."""
    lines = [part for line in _behind_contents(lines) for part in _split_list_line(text, line)]
    lines = _split_continued(text, lines)
    if lines and may_run_on(text, lines[0].start, lines[-1].end):
        lines = [
            part for line in lines for part in _cut(text, line, run_on_markers(text, line.start, line.end))
        ]
    marked = _marked_lines(text, lines)
    first = next((i for i, marker in enumerate(marked) if marker), None)
    if first is None:
        return _unnumbered(text, lines)
    last = _last_own_line(lines, marked)
    notices: list[Notice] = []
    roots = _grow(lines[first:last], marked[first:last], notices)
    items = list(walk(roots))
    tails = take_tails(roots)
    _add_headings(text, roots)
    for item in items:
        tails.extend(_split_inline(text, item))
    items = list(walk(roots))
    directives = tuple(_directive(item) for item in items)
    preamble = [_passage("preamble", line) for line in lines[:first]]
    closing = [_passage("closing", line) for line in lines[last:]]
    own = [p for item in items for p in _own_passages(text, item)]
    own += [Passage("directive", parent.path, *span) for parent, span in tails]
    passages = tuple(sorted([*preamble, *own, *closing], key=lambda p: p.start))
    blocks = _blocks(directives, passages)
    asking = [part for p in passages for part in (_demands(text, p) if p.kind == "preamble" else [p])]
    return Body(blocks, directives, tuple(asking), tuple(notices))


def _behind_contents(lines: Sequence[Line]) -> Sequence[Line]:
    """The lines behind a table of contents (目录), which gives the headings once before the body does: short lines from
    a numbered one up to where the same line stands again."""
    if not lines or marker_at(lines[0].text) is None:
        return lines
    first = _PAGE_NUMBER.sub("", _BLANKS.sub("", lines[0].text))
    for index, line in enumerate(lines):
        if len(line.text) > headings.LONGEST or line.text.endswith(SENTENCE_ENDS):
            return lines
        if index > 1 and _BLANKS.sub("", line.text) == first:
            return lines[index:]
    return lines


def _split_list_line(text: str, line: Line) -> list[Line]:
    """A line that begins with an item of a list in running text (一是…；二是…), an item a line."""
    marker = marker_at(line.text, line.start) if may_begin_list(line.text) else None
    if marker is None or marker.cls not in ("shi", "ordinal", "circled"):
        return [line]
    found = inline_markers(text, line.start, line.end)
    if not found or found[0].start != line.start:
        return [line]
    return _cut(text, line, found)


def _cut(text: str, line: Line, markers: Sequence[Marker]) -> list[Line]:
    """The line cut before each marker but one that it begins with; whole where there is none."""
    bounds = [line.start, *(m.start for m in markers if m.start > line.start), line.end]
    return [
        Line(text[a:b].rstrip(), a, _trim_end(text, a, b)) for a, b in itertools.pairwise(bounds) if text[a:b]
    ]


def _split_continued(text: str, lines: Sequence[Line]) -> list[Line]:
    """The lines, where a list begins inside one and goes on in the next, in either form: 二、突出重点。（1）…；（2）… before
    （3）… is cut before each item, …：一是…；二是… before 三是… is one line with it."""
    parts: list[Line] = []
    for line in lines:
        goes_on = bool(parts) and may_continue_list(parts[-1].text, line.text)
        marker = marker_at(line.text, line.start) if goes_on else None
        before = parts[-1] if marker and marker.value > 1 else None
        own = marker_at(before.text, before.start) if before else None
        inside = (
            markers_up_to(text, own.end if own else before.start, before.end, marker)
            if before and marker
            else []
        )
        if not inside or before is None or marker is None:
            parts.append(line)
        elif marker.cls in ("shi", "ordinal", "circled"):
            parts[-1] = Line(text[before.start : line.end], before.start, line.end)
        elif own and RANK[own.cls] < RANK[marker.cls]:
            parts.pop()
            parts.extend(_cut(text, before, inside))
            parts.append(line)
        else:
            parts.append(line)
    return parts


def _passage(kind: str, line: Line) -> Passage:
    return Passage("closing" if kind == "closing" else "preamble", None, line.start, line.end)


def _unnumbered(text: str, lines: Sequence[Line]) -> Body:
    """A body without numbered lines; a list inside a paragraph (一是…二是…) still makes items."""
    passages: list[Passage] = []
    directives: list[Directive] = []
    closing_from = next((i for i in range(len(lines) - 1, 0, -1) if not is_closing(lines[i].text)), -1) + 1
    for index, line in enumerate(lines):
        kind = "closing" if closing_from and index >= closing_from else "preamble"
        markers = inline_markers(text, line.start, line.end) if not directives else []
        if not markers:
            passages.append(_passage(kind, line))
            continue
        passages.append(Passage("preamble", None, line.start, markers[0].start))
        spans, tail = _inline_spans(text, markers, line.end)
        for ordinal, (marker, end) in enumerate(zip(markers, spans, strict=True), start=1):
            directives.append(Directive(str(ordinal), 1, marker.text, None, marker.start, marker.end, end))
            passages.append(Passage("directive", str(ordinal), marker.end, end))
        if tail:
            passages.append(Passage("preamble", None, *tail))
    kept = tuple(p for p in passages if text[p.start : p.end].strip())
    asking = tuple(p for p in kept if not _leads_in(text[p.start : p.end]))
    return Body(_blocks(directives, kept), tuple(directives), asking, ())


def _demands(text: str, passage: Passage) -> list[Passage]:
    """The sentences of a preamble that ask the addressees for something; beside numbered items all else in it gives
    reasons, grounds and circumstances."""
    return [
        Passage(passage.kind, passage.path, match.start(), match.end())
        for match in _SENTENCE.finditer(text, passage.start, passage.end)
        if _DEMAND.search(match.group())
    ]


def _leads_in(words: str) -> bool:
    """Whether a paragraph of an unnumbered body only says that something follows (…收悉。现批复如下：)."""
    return bool(_LEAD_IN.search(words))


def _marked_lines(text: str, lines: Sequence[Line]) -> list[Marker | None]:
    """The marker of each line; none for a line that stands inside quotes opened on a line before."""
    marked: list[Marker | None] = []
    quoted_until = -1
    arabic = 0
    decimals: tuple[int, ...] | None = (
        () if lines and has_decimals(text[lines[0].start : lines[-1].end]) else None
    )
    for line in lines:
        marker = None
        if line.start > quoted_until and decimals is not None:
            marker = decimal_at(line.text, decimals, line.start)
            if marker:
                decimals = tuple(int(part) for part in marker.text.split("."))
        if line.start > quoted_until and not marker:
            marker = marker_at(line.text, line.start) or marker_before_digit(
                line.text, arabic + 1, line.start
            )
        if marker:
            arabic = (
                marker.value if marker.cls == "arabic" else 0 if RANK[marker.cls] < RANK["arabic"] else arabic
            )
        marked.append(marker)
        opened = line.text.rfind("“")
        if opened > line.text.rfind("”"):
            again = text.find("“", line.end)
            close = text.find("”", line.end, again if again != -1 else len(text))
            if close != -1:
                quoted_until = close
    return marked


def _last_own_line(lines: Sequence[Line], marked: Sequence[Marker | None]) -> int:
    """Where the closing starts: behind the last item and as many paragraphs as items of its list have at the most.

    A heading on its own line needs a paragraph; a closing formula ends the item whatever its siblings have.
    """
    last = max(i for i, marker in enumerate(marked) if marker)
    marker = marked[last]
    assert marker is not None
    needed = 0 if lines[last].text.endswith(SENTENCE_ENDS) else 1
    before = _paragraphs(marked[:last], marker.cls)
    sole = not before and len(lines[last].text) <= headings.LONGEST
    allowed = max([*before, needed, len(lines) if sole and needed else 0])
    formula = next((i for i in range(last + 1 + needed, len(lines)) if is_closing(lines[i].text)), None)
    if needed and formula is not None:
        return formula
    return min(last + 1 + allowed, len(lines) if formula is None else formula)


def _paragraphs(marked: Sequence[Marker | None], cls: str) -> list[int]:
    """How many unnumbered paragraphs follow each item of one class."""
    counts: list[int] = []
    inside = False
    for marker in marked:
        if marker is None:
            if inside:
                counts[-1] += 1
        else:
            inside = marker.cls == cls
            if inside:
                counts.append(0)
    return counts


def _grow(lines: Sequence[Line], marked: Sequence[Marker | None], notices: list[Notice]) -> list[Item]:
    """The items of the lines as a forest."""
    roots: list[Item] = []
    stack: list[Item] = []
    latest: list[dict[str, Marker]] = [{}]  # by class, in the list of the roots and that below each open item
    for line, marker in zip(lines, marked, strict=True):
        if marker is None:
            stack[-1].lines.append(line)
            stack[-1].end = line.end
            continue
        parent = _find_parent(stack, marker)
        siblings = parent.children if parent else roots
        depth = parent.level if parent else 0
        del stack[depth:], latest[depth + 1 :]
        _report(latest[depth].get(marker.cls), marker, notices)
        latest[depth][marker.cls] = marker
        item = Item(marker, parent, len(siblings) + 1, line.end, [line])
        siblings.append(item)
        stack.append(item)
        latest.append({})
    return roots


def _find_parent(stack: Sequence[Item], marker: Marker) -> Item | None:
    """Under which open item the marker starts or continues a list."""
    for item in reversed(stack):
        if item.marker.cls == marker.cls:
            return item.parent
    if marker.value == 1 and not (stack and marker.cls in ("part", "chapter", "section")):
        return stack[-1] if stack else None
    return next((item for item in reversed(stack) if RANK[item.marker.cls] < RANK[marker.cls]), None)


def _report(before: Marker | None, marker: Marker, notices: list[Notice]) -> None:
    """Numbers that do not follow the one before; a list that starts above 1 may continue another and is no news."""
    if before is None or marker.value == before.value + 1:
        return
    kind = (
        "marker_repeated"
        if marker.value == before.value
        else "marker_restarted"
        if marker.value == 1
        else "marker_skipped"
    )
    notices.append(Notice(kind, f"{marker.text} follows {before.text}", (marker.start, marker.end)))


def _add_headings(text: str, siblings: Sequence[Item]) -> None:
    openings = []
    for item in siblings:
        line = item.lines[0]
        inline = inline_markers(text, item.marker.end, line.end)
        more = len(item.lines) > 1 or bool(item.children)
        at = inline[0].start if inline else None
        openings.append(
            headings.opening(text, item.marker.end, line.end, has_more_lines=more, inline_list=at)
        )
    for item, heading in zip(siblings, headings.choose(openings), strict=True):
        item.heading = heading
        _add_headings(text, item.children)


def _split_inline(text: str, item: Item) -> list[tuple[Item, Span]]:
    """Makes the list inside an item's last own paragraph its children; returns what follows the list."""
    if item.children:
        return []
    for line in item.lines:
        start = max(line.start, item.heading[1] if item.heading else item.marker.end)
        markers = inline_markers(text, start, line.end)
        if not markers:
            continue
        ends, tail = _inline_spans(text, markers, item.end)
        for ordinal, (marker, end) in enumerate(zip(markers, ends, strict=True), start=1):
            child = Item(
                marker,
                item,
                ordinal,
                end,
                [replace(line, text=text[marker.start : end], start=marker.start, end=end)],
            )
            item.children.append(child)
        item.lines = [one for one in item.lines if one.start <= line.start]
        item.end = _trim_end(text, item.marker.start, markers[0].start)
        return [(item, tail)] if tail else []
    return []


def _inline_spans(text: str, markers: Sequence[Marker], end: int) -> tuple[list[int], Span | None]:
    """Where each item of a list inside a paragraph ends, and the span behind the list.

    The last item takes as many sentences as the longest of the others, at least one.
    """
    ends = [_trim_end(text, m.start, following.start) for m, following in itertools.pairwise(markers)]
    sentences = max(text.count("。", m.end, stop) for m, stop in zip(markers, ends, strict=False)) or 1
    stop = markers[-1].end
    for _ in range(sentences):
        found = text.find("。", stop, end)
        if found == -1:
            stop = end
            break
        stop = found + 1
        if stop < end and text[stop] in "”’）":
            stop += 1
    tail = (stop, end) if text[stop:end].strip() else None
    return [*ends, stop if tail else end], tail


def _trim_end(text: str, start: int, end: int) -> int:
    return start + len(text[start:end].rstrip())


def _directive(item: Item) -> Directive:
    marker = item.marker
    body = min(
        marker.end, item.end
    )  # the blank behind 第一条 belongs to no own text where 一是… follows at once
    return Directive(item.path, item.level, marker.text, item.heading, marker.start, body, item.end)


def _own_passages(text: str, item: Item) -> list[Passage]:
    """The running text of an item: its own words without marker and heading, a passage a paragraph."""
    passages = []
    for line in item.lines:
        start, end = max(line.start, item.marker.end), min(line.end, item.end)
        if item.heading and start <= item.heading[0] < end:
            start = item.heading[1]
            while start < end and text[start] in "。：；　 ":
                start += 1
        if text[start:end].strip():
            passages.append(Passage("directive", item.path, start, end))
    return passages


def _blocks(directives: Sequence[Directive], passages: Sequence[Passage]) -> tuple[Block, ...]:
    """The segments of the body: a directive's own text is one, a stretch of other paragraphs of one kind another."""
    blocks = [Block("directive", d.start, d.end) for d in directives]
    starts = [d.start for d in directives]
    reach = list(itertools.accumulate((d.end for d in directives), max))
    for passage in passages:
        before = bisect_right(starts, passage.start)
        if before and passage.start < reach[before - 1]:
            continue
        blocks.append(Block(passage.kind, passage.start, passage.end))
    blocks.sort(key=lambda b: b.start)
    merged: list[Block] = []
    for block in blocks:
        if merged and block.kind == merged[-1].kind != "directive":
            merged[-1] = replace(merged[-1], end=block.end)
        else:
            merged.append(block)
    return tuple(merged)
