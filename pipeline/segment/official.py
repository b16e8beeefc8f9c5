"""Whether a text is an official document at all: news, explainers, web pages and tables are not."""

from __future__ import annotations

import re
from collections.abc import Sequence

from pipeline.assets import toml
from pipeline.segment.head import Head, names_issuer
from pipeline.segment.lines import Line
from pipeline.segment.tail import Tail
from pipeline.segment.titles import genre

_WORDS = toml("official.toml")
_NEWS_TITLE = re.compile("|".join(_WORDS["news_titles"]))
_NEWS_TEXT = re.compile("|".join(_WORDS["news_texts"]))
_FORMULA = re.compile(
    r"制定本|特此(?:通知|通告|公告|批复|函)|现将?.{0,20}(?:通知|通告|公告|通报|批复|函复|答复)如下|纪要如下"
)
_RULES = re.compile(
    r"^第[一二三四五六七八九十百]+[章条]|^1(?:[.．、]|[\s　]+)?总\s*则$"
)  # and the first of a plan


def is_official(text: str, lines: Sequence[Line], head: Head, tail: Tail, *, inner: bool = False) -> bool:
    """A title with a genre (or an order's number), and one more element that only official documents carry.

    Inside another document the title is enough, as what is issued or forwarded bears neither number nor signature.
    """
    if head.title is None:
        dated_order = head.order_span is not None and tail.date is not None
        return head.number is not None and bool(tail.signature or head.addressee or dated_order)
    if inner:
        return True
    start = text[:600] if len(text) > 600 else text
    if _NEWS_TITLE.search(head.title) or _NEWS_TEXT.search(start):
        return head.number_span is not None and bool(tail.signature) and not _NEWS_TITLE.search(head.title)
    marks = (
        head.number is not None,
        head.addressee is not None,
        bool(tail.signature) and tail.date is not None,
        bool(tail.printed_by),
        head.adoption is not None,
        bool(head.masthead) or head.sender is not None,
        any(_RULES.match(line.text) for line in lines[head.body : head.body + 3]),
        bool(tail.signature) and genre(head.title) is not None,
        # a decision with its date below the title: 中共某县委关于…的决定（2021年2月25日）
        names_issuer(head.title) and any(block.kind == "date" for block in head.blocks),
    )
    # the formulas are looked for last: they may stand anywhere in the text
    if genre(head.title) is not None:
        return any(marks) or bool(_FORMULA.search(text))
    return sum(marks) > 1 or (any(marks) and bool(_FORMULA.search(text)))
