"""Numbered items while the tree of a body grows, and which paragraphs behind the last of a list are its parent's."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.segment import headings
from pipeline.segment.closing import summed_up, sums_up
from pipeline.segment.lines import Line
from pipeline.segment.markers import RANK, Marker
from pipeline.segment.structure import Span

SENTENCE_ENDS = ("。", "；", "！")


@dataclass(slots=True)
class Item:
    """One item while the tree grows."""

    marker: Marker
    parent: Item | None
    ordinal: int
    end: int
    lines: list[Line]
    inline_at: int | None = None
    heading: Span | None = None
    children: list[Item] = field(default_factory=list)
    path: str = field(init=False)
    level: int = field(init=False)

    def __post_init__(self) -> None:
        self.path = f"{self.parent.path}.{self.ordinal}" if self.parent else str(self.ordinal)
        self.level = self.parent.level + 1 if self.parent else 1


def walk(items: Sequence[Item]) -> list[Item]:
    """The items and all below them, in the order of the text."""
    return [node for item in items for node in (item, *walk(item.children))]


def take_tails(siblings: Sequence[Item]) -> list[tuple[Item, Span]]:
    """Takes from the last of several items the paragraphs that belong to their parent: those beyond what each of the
    other items has (第六条 …：（一）…；（二）…。 and a further paragraph of 第六条). An article (条) keeps its paragraphs, as
    chapters have none, and takes those behind the items of its items."""
    tails: list[tuple[Item, Span]] = []
    for item in siblings:
        tails.extend(take_tails(item.children))
    last = siblings[-1] if len(siblings) > 1 else None
    if last is None or last.parent is None or last.children or RANK[last.marker.cls] <= RANK["article"]:
        return tails
    paragraphs = _usual_paragraphs(siblings)
    tails.extend((_owner(last, line), (line.start, line.end)) for line in last.lines[paragraphs:])
    del last.lines[paragraphs:]
    last.end = last.lines[-1].end
    return tails


def _owner(item: Item, line: Line) -> Item:
    """To which item above a paragraph behind the last item of a list returns: the article (条) that it stands in, the
    one with as many items as the paragraph sums up (以上四个方面…), else the list's own parent."""
    parent = item.parent
    assert parent is not None
    number = summed_up(line.text)
    above: Item | None = parent
    while above:
        if above.marker.cls == "article" or len(above.children) == number:
            return above
        above = above.parent
    return parent


def _usual_paragraphs(siblings: Sequence[Item]) -> int:
    """How many lines the last of several items has of its own: as many as each of the others where they agree, at
    most up to a paragraph that sums the items up."""
    last = siblings[-1]
    summing = next((i for i, line in enumerate(last.lines) if i and sums_up(line.text)), len(last.lines))
    usual = {len(item.lines) for item in siblings[:-1]}
    if len(usual) > 1:
        return summing
    paragraphs = usual.pop()
    sentences = all(item.lines[0].text.endswith(SENTENCE_ENDS) for item in siblings) and not _heads(siblings)
    agreed = sentences if paragraphs == 1 else len(siblings) > 2
    return min(summing, paragraphs) if agreed else summing


def _heads(siblings: Sequence[Item]) -> bool:
    """Whether the last item's first line is a heading that its paragraphs follow: a lone short sentence where the
    others have heading and text in one line (1. 建立台账。使用单位… / 2. 分级处置。)."""
    *others, last = [item.lines[0].text for item in siblings]
    return len(last) <= headings.LONGEST and "。" not in last[:-1] and all("。" in one[:-1] for one in others)
