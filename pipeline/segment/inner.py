"""Documents inside a document: what is issued, forwarded or promulgated with it and printed behind its signature."""

from __future__ import annotations

import itertools
import re
from collections.abc import Sequence

from pipeline.segment import elements, titles
from pipeline.segment.lines import Line
from pipeline.segment.markers import marker_at
from pipeline.segment.structure import Block, Span

_CARRIES = re.compile(r"印发|转发|批转|发布|公布|颁布|下发|制发|令$|关于[^，。]{0,30}的请示$")
_QUOTED = re.compile(r"《((?:[^《》]|《[^《》]*》)+)》")
_PLAIN = re.compile(r"(?:印发|转发|批转|发布|公布)(?P<title>[^《》]{4,80}?)的(?:通知|公告|通告|决定)$")


def find_inner(
    lines: Sequence[Line], start: int, end: int, outer: str | None, outer_text: str
) -> tuple[list[Span], list[Block]]:
    """Spans of the inner documents in ``lines[start:end]`` and the blocks of what else stands there (attachments).

    ``outer`` is the outer title, ``outer_text`` its body. A title that the outer document cites starts an inner
    document, and where it says that it issues or forwards, the first title line does.
    """
    if start >= end:
        return [], []
    cited = _cited(outer, outer_text)
    carries = outer is None or bool(_CARRIES.search(outer))
    starts: list[int] = []
    index = start
    while index < end:
        length = _title_at(lines, index, end)
        title = titles.join(list(lines[index : index + length])) if length else ""
        if length and (_squeeze(title) in cited or (carries and not starts and titles.genre(title))):
            starts.append(index)
            index += length
        else:
            index += 1
    if not carries and not starts:
        return [], [Block("attachment", lines[start].start, lines[end - 1].end)]
    bounds = [*starts, end]
    blocks = []
    if not starts or starts[0] > start:
        stop = starts[0] if starts else end
        blocks.append(Block("attachment", lines[start].start, lines[stop - 1].end))
    spans: list[Span] = []
    for first, following in itertools.pairwise(bounds):
        last = following
        while last - 1 > first and elements.ATTACHMENT_HEAD.match(lines[last - 1].text):
            last -= 1
        spans.append((lines[first].start, lines[last - 1].end))
        blocks.append(Block("attachment", lines[first].start, lines[last - 1].end))
        if last < following:
            blocks.append(Block("attachment", lines[last].start, lines[following - 1].end))
    return spans, blocks


def _cited(outer: str | None, outer_text: str) -> set[str]:
    """Titles that the outer document names, without blanks, with and without their issuer."""
    names = [m.group(1) for m in _QUOTED.finditer((outer or "") + "\n" + outer_text)]
    plain = _PLAIN.search(outer or "")
    if plain:
        names.append(plain.group("title"))
    squeezed = {_squeeze(name) for name in names}
    return squeezed | {name[name.index("关于") :] for name in squeezed if "关于" in name}


def _squeeze(title: str) -> str:
    return re.sub(r"[\s　]+", "", title)


def _title_at(lines: Sequence[Line], index: int, end: int) -> int:
    """How many lines from ``index`` on form a title, 0 for none; a title is followed by something to head."""
    for length in range(1, 6):
        last = index + length - 1
        if last + 1 >= end:
            return 0
        words = lines[last].text
        if (
            len(words) > 80
            or words.endswith(("。", "：", "；"))
            or marker_at(words)
            or elements.is_date(words)
        ):
            return 0
        if titles.ends_title(words):
            return length
    return 0
