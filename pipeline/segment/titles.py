"""Titles (标题): issuer, subject and genre (文种), printed over one line or several (GB/T 9704-2012 §7.3.1)."""

from __future__ import annotations

import re
from typing import get_args

from pipeline.assets import toml
from pipeline.records import DocType
from pipeline.segment.lines import Line

DOC_TYPES: tuple[str, ...] = get_args(DocType)
_WORDS = toml("elements.toml")
_SUFFIX = r"(?:\s*[（(〔][^）)〕]{1,24}[）)〕])*"  # （试行）, （2021—2030年）
_GENRE = re.compile(rf"(?P<genre>{'|'.join(DOC_TYPES)}){_SUFFIX}$")
_ORDER = re.compile(rf"令{_SUFFIX}$")
_OTHER = re.compile(rf"(?:{'|'.join(_WORDS['title_ends'])}){_SUFFIX}$")
_NOT_GENRE: dict[str, list[str]] = _WORDS["not_genre"]
_BLANKS = re.compile(r"[\s　]+")
_FOOTNOTE = re.compile(r"\s*(?:[\[〔]\d{1,2}[\]〕]|[*＊※①-⑩])$")  # the mark behind a title: 统计公报[1]
_LETTERS = re.compile(r"(?<!\S)(?:\S[\s　]+){2,}\S(?!\S)")  # 土 地 使 用 期 限 的 批 复
_LATIN_JOINT = re.compile(r"[A-Za-z0-9]$")


def genre(title: str) -> DocType | None:
    """The genre that a title names, None when it names none of the table's.

    >>> genre("关于加强安全生产工作的紧急通知")
    '通知'
    >>> genre("国务院办公厅关于黄金经济政策有关问题的复函")
    '函'
    >>> genre("恩施市地质灾害群测群防工作办法（试行）")
    '办法'
    """
    match = _GENRE.search(title)
    if match is None:
        return "命令" if _ORDER.search(title) else None
    found = match.group("genre")
    if title[: match.end("genre")].endswith(tuple(_NOT_GENRE.get(found, ()))):
        return None
    return found  # type: ignore[return-value]


def ends_title(line: str) -> bool:
    """Whether a line could be the last of a title: it ends with a genre or a kind of rules and is no sentence."""
    if "。" in line or "；" in line or len(line) > 120:
        return False
    words = _FOOTNOTE.sub("", _BLANKS.sub("", line))
    return (genre(words) is not None or bool(_OTHER.search(words))) and words != "目录"


_SUFFIX_LINE = re.compile(
    r"[（(](?:试行|暂行|草案|修订|修订稿|征求意见稿|送审稿|[^（）()]{0,8}版|\d{4}[^（）()]{0,12}年(?:度)?)[）)]$"
)


def is_suffix(line: str) -> bool:
    """Whether a line below a title completes it: （试行）, （2021—2025年）."""
    return bool(_SUFFIX_LINE.match(line))


def close_letters(words: str) -> str:
    """Letter-spaced words closed, other runs of blanks made one: 关 于 防 火 的 通　知 → 关于防火的通知.

    >>> close_letters("办法》的通　知"), close_letters("民政部　财政部")
    ('办法》的通知', '民政部 财政部')
    """
    closed = _LETTERS.sub(lambda match: _BLANKS.sub("", match.group()), words)
    head, _, last = closed.rpartition(" ") if " " in closed else closed.rpartition("　")
    if len(last) == 1 and head and genre(_BLANKS.sub("", closed)) and not genre(last):
        closed = head.rstrip() + last
    return _BLANKS.sub(" ", closed)


def join(lines: list[Line], organ_lines: frozenset[int] = frozenset()) -> str:
    """The title on one line: wraps closed, letter-spacing closed, one blank between joint issuers, no footnote mark.

    ``organ_lines`` are indices of lines that hold nothing but issuers; between two of them the wrap separates two
    names and becomes a blank only where the first line already separates names so.
    """
    parts: list[str] = []
    for index, line in enumerate(lines):
        words = close_letters(line.text)
        between_organs = index in organ_lines and index - 1 in organ_lines
        if parts and between_organs and (" " in parts[-1] or " " in words):
            words = " " + words
        if parts and _LATIN_JOINT.search(parts[-1]) and re.match(r"[A-Za-z]", words):
            words = " " + words
        parts.append(words)
    title = "".join(parts)
    bare = _FOOTNOTE.sub("", title)
    return bare if ends_title(bare) else title
