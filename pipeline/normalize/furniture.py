"""Page furniture: what the page, not the document, says. It leaves the text but keeps its place in the raw text."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

from pipeline import assets
from pipeline.normalize.alignment import Edit

_WORDS = assets.toml("normalize/furniture.toml")
_PAGE_NUMBER = re.compile("|".join(_WORDS["page_numbers"]))
_FURNITURE = re.compile("|".join([*_WORDS["page_numbers"], *_WORDS["crumbs"], *_WORDS["links"]]))
_LABEL = re.compile(rf"(?:^|[\s　|｜【\[（(])(?:{_WORDS['publication']})\s*[：:]")
_WITH_VALUE = re.compile(
    r"^(?:发布时间|发布日期|更新时间|发稿时间|浏览次数|浏览量|访问量|阅读次数|点击数|点击率)\s*[：:]\s*[\d年月日\-/.:：\s次]*$"
)
_METADATA = re.compile(rf"(?:{'|'.join(_WORDS['metadata'])})[\s　]*(?:[：:]|[\s　])")
_BUTTON = rf"[【\[（(]\s*(?:{_WORDS['buttons']})[】\]）)]"
_ITEM = rf"(?:(?:{_WORDS['publication']})\s*[：:]\s*[^\s　【\[|｜]{{0,40}}|{_BUTTON})"
_ITEMS = re.compile(rf"{_ITEM}(?:[\s　|｜]*{_ITEM}){{1,8}}")
_LINE = re.compile(r"[^\n]+")
REPEATS = 3  # a line that stands so often next to page numbers is a running header


def remove_furniture(text: str) -> Iterator[Edit]:
    """Take out page numbers, crumbs, buttons, lines of publication and running headers.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("首页 > 政务公开\\n关于防火的通知\\n发布时间：2020-01-02 来源：办公室 字体：大 中 小\\n— 3 —", remove_furniture)
    '\\n关于防火的通知\\n\\n'

    Leaves alone amounts, dates and list numbers that stand alone, and words of the document that only begin so.

    >>> edited("3\\n2020年1月29日\\n来源可查、去向可追。\\n打印材料由办公室负责。", remove_furniture)
    '3\\n2020年1月29日\\n来源可查、去向可追。\\n打印材料由办公室负责。'
    """
    lines = [
        (m.start() + len(m.group()) - len(m.group().lstrip()), m.group().strip())
        for m in _LINE.finditer(text)
        if not m.group().isspace()
    ]
    furniture = [bool(_is_furniture(words)) for _, words in lines]
    headers = _running_headers(lines, furniture)
    for (start, words), found in zip(lines, furniture, strict=True):
        if found or words in headers:
            yield Edit(start, start + len(words), "")


def _is_furniture(words: str) -> bool:
    if len(words) > 160 or words[-1] in "。；":
        return False
    if _FURNITURE.fullmatch(words) or _WITH_VALUE.match(words):
        return True
    if _METADATA.match(words) or _ITEMS.fullmatch(words):
        return True
    return "。" not in words and len(_LABEL.findall(words)) > 1


def _running_headers(lines: list[tuple[int, str]], furniture: list[bool]) -> frozenset[str]:
    """Short lines that stand again and again beside a page number."""
    beside = Counter(
        words
        for k, (_, words) in enumerate(lines)
        if len(words) <= 40
        and not furniture[k]
        and any(
            0 <= j < len(lines) and furniture[j] and _PAGE_NUMBER.fullmatch(lines[j][1])
            for j in (k - 1, k + 1)
        )
    )
    return frozenset(words for words, count in beside.items() if count >= REPEATS)
