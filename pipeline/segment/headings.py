"""Which opening of a numbered item is its heading.

GB/T 9704-2012 sets headings on a line of their own or run in before the first 。; it is the siblings together that
show whether a list has headings (一、压实责任。…) or consists of sentences (一、每日7时至22时，禁止…。).
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from pipeline.assets import toml
from pipeline.segment.structure import Span

LONGEST = 60  # characters; the longest heading of the seeds has 49
_SHORT, _MIDDLE = (
    10,
    20,
)  # up to _SHORT words are a heading whatever they say, up to _MIDDLE unless they order
_SURE = 14  # up to here a run-in opening is a heading where its siblings have headings
_LONGEST_COLON = 16  # 指导思想：…, 基本原则：…
_WORDS = toml("headings.toml")
_FIRST_STOP = re.compile(r"[。；！？]|：(?!\d)")
_HARMLESS = re.compile("|".join(_WORDS["harmless"]))
_BRACKETED = re.compile("（[^（）]+）")
_QUOTED = re.compile(r"“[^”]*”|（[^）]*）|《[^》]*》(?!$)")
_SIGNS = re.compile("|".join(_WORDS["sentence_signs"]))
_OPENERS = re.compile("|".join(_WORDS["openers"]))
_NOUN_ENDS = re.compile(f"(?:{'|'.join(_WORDS['noun_ends'])})$")


@dataclass(frozen=True, slots=True)
class Opening:
    """The first paragraph of an item behind its marker: ``span`` of its candidate heading; ``own_line`` when nothing
    follows it in its line; ``likely`` when its words read as a heading."""

    span: Span | None
    own_line: bool
    likely: bool


def is_likely(words: str) -> bool:
    """Whether words read as a heading rather than as a sentence that orders something.

    >>> is_likely("提升基层组织力，切实发挥基层党组织战斗堡垒作用和共产党员先锋模范作用")
    True
    >>> is_likely("外出实习的学生不得在雪天拼车、包车返校")
    False
    """
    plain = _HARMLESS.sub("", _QUOTED.sub("", words))
    if len(plain) <= _SHORT:
        return True
    if _SIGNS.search(plain):
        return False
    return len(plain) <= _MIDDLE or bool(_OPENERS.match(words) or _NOUN_ENDS.search(words))


def opening(
    text: str, start: int, line_end: int, *, has_more_lines: bool, inline_list: int | None
) -> Opening:
    """The candidate heading of the item whose words start at ``start`` in the line that ends at ``line_end``;
    ``inline_list`` is where a list inside the line starts."""
    limit = line_end if inline_list is None else inline_list
    stop = _FIRST_STOP.search(text, start, limit)
    if stop is None:
        own = has_more_lines and inline_list is None and 0 < limit - start <= LONGEST
        bare = int(bool(_BRACKETED.fullmatch(text, start, limit)))  # 第一条（目的和依据）
        return Opening((start + bare, limit - bare) if own else None, True, own)
    words = text[start : stop.start()]
    if not 0 < len(words) <= LONGEST:
        return Opening(None, False, False)
    own_line = stop.end() >= limit
    if stop.group() == "。":
        if own_line and inline_list is not None:  # 管线迁改。（一）…；（二）…: run in before a list
            return Opening((start, stop.start()), False, is_likely(words))
        follows = not own_line or has_more_lines
        return Opening((start, stop.start()) if follows else None, own_line, follows and is_likely(words))
    if stop.group() == "：" and not own_line and inline_list is None and len(words) <= _LONGEST_COLON:
        return Opening((start, stop.start()), False, is_likely(words) and not _FIRST_STOP.search(words))
    return Opening(None, False, False)


def choose(siblings: Sequence[Opening]) -> list[Span | None]:
    """The headings of one list: a likely one on its own line always, a run-in one where at least half of the list's
    run-in openings are likely."""
    run_in = [item for item in siblings if not item.own_line]
    has_run_in = sum(item.likely for item in run_in) * 2 >= len(run_in)
    chosen = []
    for item in siblings:
        if item.own_line:
            chosen.append(item.span if item.likely else None)
        else:
            short = item.span is not None and item.span[1] - item.span[0] <= _SURE
            chosen.append(item.span if has_run_in and (item.likely or short) else None)
    return chosen
