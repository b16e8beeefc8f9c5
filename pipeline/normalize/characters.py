"""Single characters that a crawl changes: invisible ones, compatibility forms, bytes read in the wrong encoding."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from pipeline.normalize.alignment import Edit

_BREAK = re.compile("\r\n|[\r\v\f\x1c-\x1e\x85\u2028\u2029]")
# Zero-width and bidirectional marks, BOM, soft hyphen, C0 controls but tab and newline, private use, variation selectors
_INVISIBLE = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\u2066-\u206f\ufeff\u00ad\u180e\ufe00-\ufe0f"
    "\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f]+"
)
_PRIVATE = re.compile("[\ue000-\uf8ff\U000f0000-\U0010fffd]+")
# Kangxi radicals and compatibility ideographs stand for ordinary characters; full-width digits and Latin for ASCII.
_COMPATIBLE = re.compile("[⺀-⿕豈-﫿０-９Ａ-Ｚａ-ｚ％]+")
_RADICALS = {
    "⻋": "车",
    "⻓": "长",
    "⻔": "门",
    "⻛": "风",
    "⻜": "飞",
    "⻢": "马",
    "⻥": "鱼",
    "⻦": "鸟",
    "⻩": "黄",
    "⻘": "青",
    "⻬": "齐",
    "⻣": "骨",
    "⺠": "民",
    "⻅": "见",
    "⻉": "贝",
    "⻚": "页",
    "⻝": "食",
}


def unify_line_ends(text: str) -> Iterator[Edit]:
    """One kind of line break, ``\\n``, for CRLF, CR, NEL, form feed and the Unicode separators.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("通知\\r\\n各县\\x85", unify_line_ends)
    '通知\\n各县\\n'

    Leaves alone ``\\n``.
    """
    for match in _BREAK.finditer(text):
        yield Edit(match.start(), match.end(), "\n")


def remove_invisible(text: str) -> Iterator[Edit]:
    """Take out characters that no reader sees: zero-width marks, BOM, soft hyphens, controls.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("\\ufeff关于\\u200b防汛\\xad", remove_invisible)
    '关于防汛'

    Leaves alone blanks of every width, tabs and newlines.
    """
    for match in _INVISIBLE.finditer(text):
        yield Edit(match.start(), match.end(), "")


def replace_private_use(text: str) -> Iterator[Edit]:
    """Take out characters of the private use area, which show nothing without the page's own font.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("\\ue123防汛", replace_private_use)
    '防汛'

    Leaves alone every assigned character.
    """
    for match in _PRIVATE.finditer(text):
        yield Edit(match.start(), match.end(), "")


def unify_forms(text: str) -> Iterator[Edit]:
    """Radicals and compatibility ideographs as ordinary characters, full-width digits and Latin letters as ASCII.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("⾏政⻓官２０２０年ＧＢ", unify_forms)
    '行政长官2020年GB'

    Leaves alone full-width punctuation, 〇, 一 and the numbers ⑴ ① ㈠ ⒈.

    >>> edited("二〇二〇年，①（一）—", unify_forms)
    '二〇二〇年，①（一）—'
    """
    for match in _COMPATIBLE.finditer(text):
        plain = "".join(_RADICALS.get(char) or unicodedata.normalize("NFKC", char) for char in match.group())
        if plain != match.group() and len(plain) == len(match.group()):
            yield Edit(match.start(), match.end(), plain)
