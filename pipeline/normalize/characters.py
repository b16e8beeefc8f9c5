"""Line ends, invisible characters, private-use characters and compatibility forms."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pipeline import assets
from pipeline.normalize.alignment import Edit

# zero-width, direction and joining marks, soft hyphen, byte order mark, variation selectors, controls but tab and newline
INVISIBLE = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200f\u202a-\u202e\u2060-\u206f\u3164\ufe00-\ufe0f"
    "\ufeff\uffa0\ufff9-\ufffb\U000e0001-\U000e007f\U000e0100-\U000e01ef\x00-\x08\x0e-\x1b\x1f\x7f\x80-\x84\x86-\x9f"
)
PRIVATE = "\ue000-\uf8ff\U000f0000-\U000ffffd\U00100000-\U0010fffd"
RADICALS = "\u2e80-\u2ef3\u2f00-\u2fd5\uf900-\ufad9\U0002f800-\U0002fa1d"
LIGATURES = "\ufb00-\ufb06"
FULL_WIDTH = "０-９Ａ-Ｚａ-ｚ"
# full-width signs between full-width digits or letters: ５．５, ０７９３－７２９, ５％, Ａ／Ｂ
BETWEEN = "．％－／＋＆＠＿＝＃"
ASCII_SHIFT = 0xFEE0

FIND_LINE_ENDS = re.compile("\r\n|[\r\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
FIND_INVISIBLE = re.compile(f"[{INVISIBLE}]+")
FIND_PRIVATE = re.compile(f"[{PRIVATE}]")
FIND_FORMS = re.compile(f"[{RADICALS}{LIGATURES}]+")
FIND_FULL_WIDTH = re.compile(f"[{FULL_WIDTH}]+(?:[{BETWEEN}]+(?=[{FULL_WIDTH}])[{FULL_WIDTH}]+)*[％．]?")


def unify_line_ends(text: str) -> Iterator[Edit]:
    r"""Write every line end and page feed as one newline.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("通知\r\n各县：\x85一、", unify_line_ends)
    '通知\n各县：\n一、'

    Leaves newlines and tabs alone.
    """
    for match in FIND_LINE_ENDS.finditer(text):
        yield Edit(*match.span(), "\n")


def remove_invisible(text: str) -> Iterator[Edit]:
    r"""Take out characters that show nothing: zero-width ones, direction marks, soft hyphens, controls.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("\ufeff关于\u200b做好\u00ad工作", remove_invisible)
    '关于做好工作'

    Leaves blanks of any width alone: the spacing of names and organs is told by them.
    """
    for match in FIND_INVISIBLE.finditer(text):
        yield Edit(*match.span(), "")


def replace_private_use(text: str) -> Iterator[Edit]:
    r"""Replace private-use characters that have a known meaning and take out bullets and unknown ones.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("\uf06c加强领导\ue5e5", replace_private_use)
    '加强领导　'

    Leaves alone rare characters that have a code of their own (䶮, 𬭊).
    """
    known = assets.toml("normalize/characters.toml")["private"]
    for match in FIND_PRIVATE.finditer(text):
        yield Edit(*match.span(), known.get(match[0], ""), 1.0 if match[0] in known else 0.6)


def unify_forms(text: str) -> Iterator[Edit]:
    """Write radicals and other compatibility forms as the characters they look like, full-width digits and letters as ASCII.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("⾏政⻔户，２０２２年３月，５．５％，ＰＭ２．５", unify_forms)
    '行政门户，2022年3月，5.5%，PM2.5'

    Leaves alone 一 and 〇, ① and ℃ and ㎡, Ⅳ, full-width punctuation, ％ behind half-width digits, and 〔〕.

    >>> edited("二〇二二年一月，①约5％（10㎡）〔2022〕Ⅳ级", unify_forms)
    '二〇二二年一月，①约5％（10㎡）〔2022〕Ⅳ级'
    """
    edits = [Edit(*m.span(), _form(m[0])) for m in _find_forms().finditer(text)]
    edits += [Edit(*m.span(), _half_width(m[0])) for m in FIND_FULL_WIDTH.finditer(text)]
    yield from sorted(e for e in edits if text[e.start : e.end] != e.replacement)


@cache
def _forms() -> dict[str, str]:
    tables = assets.toml("normalize/characters.toml")
    return {**tables["radicals"], **tables["forms"]}


@cache
def _find_forms() -> re.Pattern[str]:
    return re.compile(f"[{RADICALS}{LIGATURES}{''.join(map(re.escape, _forms()))}]+")


def _form(run: str) -> str:
    return "".join(_forms().get(c) or unicodedata.normalize("NFKC", c) for c in run)


def _half_width(run: str) -> str:
    return "".join(chr(ord(c) - ASCII_SHIFT) if "！" <= c <= "～" else c for c in run)
