"""Bytes → text: which encoding a crawler's file is in, and how sure that is.

The order is that of decreasing certainty: a byte order mark, strict UTF-8, UTF-16 without a mark, UTF-8
with a little damage, the encoding a page declares, and at last the legacy encodings of the mainland
(GB18030, which holds GBK and GB2312) and of Taiwan and Hong Kong (Big5), told apart by charset-normalizer.
"""

from __future__ import annotations

import re

from charset_normalizer import from_bytes

from pipeline.errors import ExtractError

MAX_DAMAGE = 0.04
"""Largest share of U+FFFD among the characters beyond ASCII of a text that counts as a damaged one of its
encoding.
"""
MIN_PLAUSIBLE = 0.85
"""Smallest share of characters that Chinese official documents use, for a decoding that is only a guess."""
MIN_DAILY = 0.5
"""Smallest share of characters of daily use among all but ASCII, for damaged text."""
MAX_CONTROLS = 0.02
"""Largest share of control characters in a text; bytes at random have a tenth."""

Text = tuple[str, str, float]
"""The decoded text, the codec's Python name, and the confidence (0 to 1) that it is the right one."""

_BOMS = (  # the four-byte marks first: that of UTF-32-LE starts like that of UTF-16-LE
    (b"\xff\xfe\x00\x00", "utf-32-le"),
    (b"\x00\x00\xfe\xff", "utf-32-be"),
    (b"\xef\xbb\xbf", "utf-8"),
    (b"\xff\xfe", "utf-16-le"),
    (b"\xfe\xff", "utf-16-be"),
)
_CONTROL = re.compile(r"[\x00-\x08\x0e-\x19\x1b-\x1f\x7f]")  # \x1a: old DOS editors end a file with it
_CONTROL_BYTE = re.compile(rb"[\x00-\x08\x0e-\x19\x1c-\x1f\x7f]")
_BLANK_OR_INVISIBLE = r"\s\x00\x1a\u200b-\u200f\u2060\ufeff"
_VISIBLE = re.compile(rf"[^{_BLANK_OR_INVISIBLE}]")
_IMPLAUSIBLE = re.compile(
    r"[^"
    r"\s\x20-\x7e"  # ASCII
    r"\u4e00-\u9fff"  # the common block of Chinese characters
    r"\u3000-\u303f\uff00-\uffef\ufe30-\ufe4f"  # Chinese punctuation, full-width forms
    r"\u2010-\u2027\u2030-\u203b·×÷°±§"  # dashes, quotes, ellipsis, ‰, ※
    r"\u2150-\u217f\u2460-\u249b\u3220-\u3243\u25a0-\u25ff\u2500-\u257f★☆"  # numerals, list marks, lines
    r"]"
)
_SURROGATE = re.compile(r"[\ud800-\udfff]")
_LEGACY = ["utf_8", "gb18030", "big5", "utf_16"]
_DECLARED = re.compile(rb"""(?:charset|encoding)\s*=\s*["']?\s*([A-Za-z0-9_-]{2,20})""", re.I)
_DECLARED_CODECS = {
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "gb18030": "gb18030",
    "gb_2312-80": "gb18030",
    "big5": "big5hkscs",
    "big5-hkscs": "big5hkscs",
}
# The zone of the characters in daily use: GB 2312 level 1 and Big5 level 1, by lead byte.
_DAILY_ZONE = {"gb18030": ("gb2312", 0xB0, 0xD7), "big5hkscs": ("big5", 0xA4, 0xC6)}


def decode(data: bytes) -> Text:
    """The text of ``data`` (without its byte order mark), the codec's name and a confidence.

    A text that holds a few broken bytes (at most 4 % of its characters) is decoded with U+FFFD in their
    place, which normalisation reports as damage. Line ends and everything else stay as they are.

    Raises ExtractError ``empty``, ``binary`` or ``undecodable`` (stage ``read``).
    """
    text, encoding, confidence = _decode(data)
    if not _VISIBLE.search(text):
        raise ExtractError("read", "empty", "the input holds no visible character")
    if len(_CONTROL.findall(text)) > MAX_CONTROLS * len(text):
        raise ExtractError("read", "binary", "the input is not text: it is full of control characters")
    return text, encoding, confidence


def _decode(data: bytes) -> Text:
    if not data:
        raise ExtractError("read", "empty", "the input has no bytes")
    found = _by_mark(data) or _utf8(data) or _utf16_without_mark(data)
    if found is None and data.count(0) > MAX_CONTROLS * len(data):
        raise ExtractError("read", "binary", "the input is not text: it holds NUL bytes")
    found = found or _damaged_utf8(data) or _declared(data) or _legacy(data) or _damaged_legacy(data)
    if found is None:
        if len(_CONTROL_BYTE.findall(data)) > MAX_CONTROLS * len(data):
            raise ExtractError("read", "binary", "the input is not text: it is full of control characters")
        raise ExtractError(
            "read", "undecodable", "neither UTF-8, UTF-16, GB18030 nor Big5: convert it to UTF-8"
        )
    return found


def _by_mark(data: bytes) -> Text | None:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            text = data[len(mark) :].decode(encoding, "replace")
            damage = text.count("\ufffd")
            if _little(damage - 1, text):
                return text, encoding, 1.0 - damage / max(len(text), 1)
    return None


def _utf8(data: bytes) -> Text | None:
    try:
        return data.decode("utf-8"), "utf-8", 1.0
    except UnicodeDecodeError:
        return None


def _utf16_without_mark(data: bytes) -> Text | None:
    """UTF-16 whose mark was lost: line ends and digits have NULs, and only one byte order gives Chinese.

    GB18030 read as UTF-16 lands among Hangul, surrogates and private use, far from Chinese characters.
    """
    if len(data) % 2 or b"\x00" not in data:
        return None
    for encoding in ("utf-16-le", "utf-16-be"):
        try:
            text = data.decode(encoding)
        except UnicodeDecodeError:
            continue
        plausible = _plausible(text)
        if plausible >= MIN_PLAUSIBLE:
            return text, encoding, plausible
    return None


def _damaged_utf8(data: bytes) -> Text | None:
    """UTF-8 with bytes lost or cut off at the end. Legacy text is never nearly UTF-8, so this comes before
    it.
    """
    text = data.decode("utf-8", "replace")
    damage = text.count("\ufffd")
    return (text, "utf-8", 1.0 - damage / len(text)) if _little(damage, text) else None


def _declared(data: bytes) -> Text | None:
    """The legacy encoding that a page or an XML prologue declares, when the bytes bear it out."""
    match = _DECLARED.search(data, 0, 2048)
    encoding = match and _DECLARED_CODECS.get(match[1].decode("ascii").lower())
    if not encoding:
        return None
    try:
        text = data.decode(encoding)
    except UnicodeDecodeError:
        return None
    plausible = _plausible(text)
    return (text, _public_name(encoding), plausible) if plausible >= MIN_PLAUSIBLE else None


def _legacy(data: bytes) -> Text | None:
    best = from_bytes(data, cp_isolation=_LEGACY).best()
    if best is None:
        return None
    text = str(best)
    if _SURROGATE.search(text) or _plausible(text) < MIN_PLAUSIBLE:
        return None
    return text, best.encoding.replace("_", "-"), round(1.0 - best.chaos, 4)


def _damaged_legacy(data: bytes) -> Text | None:
    """GB18030 or Big5 with bytes lost: the one whose characters are in daily use, if nearly all of it
    decodes.
    """
    candidates: list[tuple[float, str, str]] = []
    for encoding in _DAILY_ZONE:
        text = data.decode(encoding, "replace")
        damage = text.count("\ufffd")
        share = _daily_share(text, encoding)
        if (
            damage <= MAX_DAMAGE * len(text) + 1
            and min(share / MIN_DAILY, _plausible(text) / MIN_PLAUSIBLE) >= 1
        ):
            candidates.append((share, encoding, text))
    if not candidates:
        return None
    share, encoding, text = max(candidates)
    return text, _public_name(encoding), round(share * (1.0 - text.count("\ufffd") / len(text)), 4)


def _public_name(encoding: str) -> str:
    return "big5" if encoding == "big5hkscs" else encoding


def _little(damage: int, text: str) -> bool:
    """Whether so many broken characters are few among those that an encoding can break."""
    return damage <= MAX_DAMAGE * (len(text) - len(text.encode("ascii", "ignore")))


def _plausible(text: str) -> float:
    """Share of characters that an official document may hold, among all."""
    return 1.0 - len(_IMPLAUSIBLE.findall(text)) / len(text) if text else 0.0


def _daily_share(text: str, encoding: str) -> float:
    """Share of the characters of daily use among those that are not ASCII."""
    wide = re.sub(r"[\x00-\x7f]+", "", text)
    codec, first, last = _DAILY_ZONE[encoding]
    leads = wide.encode(codec, "ignore")[::2]
    return sum(first <= lead <= last for lead in leads) / len(wide) if wide else 0.0
