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
    "\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f\ue000-\uf8ff]+"
)
# Kangxi radicals and compatibility ideographs stand for ordinary characters; full-width digits and Latin for ASCII.
_COMPATIBLE = re.compile("[⺀-⿕豈-﫿０-９Ａ-Ｚａ-ｚ％]+")
_RADICALS = {"⻋": "车", "⻓": "长", "⻔": "门", "⻛": "风", "⻜": "飞", "⻢": "马", "⻥": "鱼", "⻦": "鸟", "⻩": "黄", "⻘": "青", "⻬": "齐", "⻣": "骨", "⺠": "民", "⻅": "见", "⻉": "贝", "⻚": "页", "⻝": "食"}
_LATIN_1 = re.compile("[\u00c2-\u00f4][\u0080-\u00bf\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u203a\u20ac\u2122]")
_GBK_SIGNS = re.compile("[锘鐨勪簬涓浗鍏充冨姟闄銆鈥锛绋鏀垮簻]")
_HAN = re.compile("[一-鿿]")
MOJIBAKE_SHARE = 0.05  # of the characters of a line that only wrong decoding produces


def unify_line_breaks(text: str) -> Iterator[Edit]:
    """One kind of line break, ``\\n``, for CRLF, CR, NEL, form feed and the Unicode separators.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("通知\\r\\n各县\\x85", unify_line_breaks)
    '通知\\n各县\\n'

    Leaves alone ``\\n``.
    """
    for match in _BREAK.finditer(text):
        yield Edit(match.start(), match.end(), "\n")


def remove_invisible(text: str) -> Iterator[Edit]:
    """Take out characters that no reader sees: zero-width marks, BOM, soft hyphens, controls, private use.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("\\ufeff关于\\u200b防汛\\xad", remove_invisible)
    '关于防汛'

    Leaves alone blanks of every width, tabs and newlines.
    """
    for match in _INVISIBLE.finditer(text):
        yield Edit(match.start(), match.end(), "")


def replace_compatibility_forms(text: str) -> Iterator[Edit]:
    """Radicals and compatibility ideographs as ordinary characters, full-width digits and Latin letters as ASCII.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("⾏政⻓官２０２０年ＧＢ", replace_compatibility_forms)
    '行政长官2020年GB'

    Leaves alone full-width punctuation, 〇, 一 and the numbers ⑴ ① ㈠ ⒈.

    >>> edited("二〇二〇年，①（一）—", replace_compatibility_forms)
    '二〇二〇年，①（一）—'
    """
    for match in _COMPATIBLE.finditer(text):
        plain = "".join(_RADICALS.get(char) or unicodedata.normalize("NFKC", char) for char in match.group())
        if plain != match.group() and len(plain) == len(match.group()):
            yield Edit(match.start(), match.end(), plain)


def mend_mojibake(text: str) -> Iterator[Edit]:
    """Lines of UTF-8 that were read as Latin-1 or as GBK, read anew; a line that does not decode whole is left.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("关于".encode().decode("cp1252"), mend_mojibake)
    '关于'

    Leaves alone letters with accents that are meant (pīnyīn, café).
    """
    for match in re.compile("[^\n]+").finditer(text):
        line = match.group()
        mended = _read_anew(line)
        if mended is not None:
            yield Edit(match.start(), match.end(), mended, 0.95)


def _read_anew(line: str) -> str | None:
    if len(_LATIN_1.findall(line)) > MOJIBAKE_SHARE * len(line):
        for codec in ("cp1252", "latin-1"):
            mended = _decoded(line, codec)
            if mended is not None and _HAN.search(mended):
                return mended
    if len(_GBK_SIGNS.findall(line)) > MOJIBAKE_SHARE * len(line):
        mended = _decoded(line, "gb18030")
        if mended is not None and len(mended) < len(line) and _HAN.search(mended):
            return mended
    return None


def _decoded(line: str, codec: str) -> str | None:
    try:
        return line.encode(codec).decode("utf-8").lstrip("\ufeff")
    except (UnicodeEncodeError, UnicodeDecodeError):
        return None
