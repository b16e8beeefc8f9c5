"""Text whose bytes were read in the wrong encoding: UTF-8 taken for Latin-1 or GBK, GBK taken for Latin-1."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache

import ftfy.bad_codecs  # noqa: F401  # registers sloppy-windows-1252, which reads the five bytes that cp1252 has not
from ftfy.fixes import restore_byte_a0

from pipeline.normalize.alignment import Edit
from pipeline.normalize.charmodel import load

# what Windows-1252 shows for the bytes 80 to 9F, and Latin-1 from A0
LATIN = "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122"
FIND_LATIN = re.compile(rf"[{LATIN}](?:[{LATIN} ]*[{LATIN}])?")
# UTF-8 of Chinese text in GBK: the first two of three bytes (E4B8 to E9BE) and the ends of the commonest marks
GBK_SIGNS = "鐨勪簬涓浗鍏充冨姟闄銆鈥锛绋鏀垮簻鍦鏄鍜瀹鍙戝伐浣滀斧鎴戜滑锘"
FIND_GBK_SIGNS = re.compile(f"[{GBK_SIGNS}]")
FIND_BYTE_ORDER_MARK = re.compile("\\A(?:锘[?\ufffd]?|ï»¿|\ufeff)")
MIN_LATIN = 3  # letters in a row: one Chinese character is three bytes of UTF-8
MIN_LATIN_GBK = 4  # two characters, since any two bytes make one
MIN_SHARE = 0.12  # of a line's characters are signs of UTF-8 read as GBK
UNKNOWN_BYTE = "?\ufffd€"
MAX_LOSS = 0.4  # of the Chinese characters of a line may lack a byte


def mend_mojibake(text: str) -> Iterator[Edit]:
    """Read anew what was UTF-8 and read as Latin-1 or GBK, or GBK and read as Latin-1.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("ä¸­å…±ä¸­å¤®2020å¹´", mend_mojibake)
    '中共中央2020年'
    >>> edited("关于做好防汛工作的通知".encode().decode("gbk", "replace"), mend_mojibake)
    '关于做好防汛工作的通知'

    Leaves alone letters with accents that are meant, and lines that no reading makes better.

    >>> edited("關(guān)于café，锛牌化工", mend_mojibake)
    '關(guān)于café，锛牌化工'
    """
    mark = FIND_BYTE_ORDER_MARK.match(text)
    if mark and mark[0] != "\ufeff" and not _read_as_gbk(text.partition("\n")[0]):
        yield Edit(0, mark.end(), "")
    start = 0
    for line in text.split("\n"):
        yield from _in_line(line, start)
        start += len(line) + 1


def _in_line(line: str, offset: int) -> Iterator[Edit]:
    mended = _read_as_gbk(line)
    if mended is not None:
        yield Edit(offset, offset + len(line), *mended)
        return
    for match in FIND_LATIN.finditer(line):
        anew = _read_as_latin(match[0]) if len(match[0]) >= MIN_LATIN else None
        if anew is not None:
            yield Edit(offset + match.start(), offset + match.end(), anew, 0.95)


def _read_as_latin(run: str) -> str | None:
    try:
        data = run.encode("sloppy-windows-1252")
    except UnicodeEncodeError:
        try:
            data = run.encode("latin-1")
        except UnicodeEncodeError:
            return None
    for encoding in ("utf-8", "gb18030"):
        try:
            anew = restore_byte_a0(data).decode(encoding) if encoding == "utf-8" else data.decode(encoding)
        except UnicodeDecodeError:
            continue
        if _is_chinese(anew) and (encoding == "utf-8" or len(run) >= MIN_LATIN_GBK):
            return anew
    return None


def _is_chinese(text: str) -> bool:
    """Whether most of it is Chinese characters or marks that the model knows."""
    model = load()
    known = sum(c > "\u2000" and model.id_of(c) != 0 for c in text)
    return known >= 1 and known >= 0.8 * sum(not c.isascii() for c in text)


def _read_as_gbk(line: str) -> tuple[str, float] | None:
    """The line's bytes in GBK read as UTF-8, and a confidence; None when that is not what happened.

    Three bytes are one and a half characters of GBK. Where the half did not fit, the decoder left a mark in place of
    one byte, or a byte went with it: such a character is chosen by the model among the 64 that the others allow.
    """
    signs = len(FIND_GBK_SIGNS.findall(line))
    if signs < 2 or signs < MIN_SHARE * len(line):
        return None
    data: list[int | None] = []
    for char in line:
        if char in UNKNOWN_BYTE:
            data.append(None)
        else:
            data += char.encode("gb18030", "replace")
    chars, n_wide, n_lost = _decode_with_gaps(data)
    if not n_wide or n_lost > MAX_LOSS * n_wide or len(chars) >= len(line):
        return None
    return _choose(chars), round(1 - n_lost / n_wide, 3)


def _decode_with_gaps(data: list[int | None]) -> tuple[list[str], int, int]:
    """For each character the candidates; how many characters are wide, and how many of those lack a byte."""
    out: list[str] = []
    n_wide = n_lost = k = 0
    while k < len(data):
        byte = data[k]
        if byte is None or byte < 0x80:
            out.append("?" if byte is None else chr(byte))
            k += 1
            continue
        length = 3 if 0xE0 <= byte < 0xF0 else 2 if 0xC0 <= byte < 0xE0 else 0
        rest: list[int | None] = []
        while length and len(rest) < length - 1 and k + 1 + len(rest) < len(data):
            following = data[k + 1 + len(rest)]
            if following is not None and not 0x80 <= following < 0xC0:
                break
            rest.append(following)
        k += 1 + len(rest)
        missing = rest.count(None) + max(0, length - 1 - len(rest))
        n_wide += 1
        n_lost += missing > 0 or not length
        out.append(_candidates(byte, tuple(rest), length) if missing < 2 and length else "\ufffd")
    return out, n_wide, n_lost


@cache
def _candidates(first: int, rest: tuple[int | None, ...], length: int) -> str:
    """All characters of UTF-8 bytes of which at most one is unknown, with the unknown one at the end when it is cut off."""
    padded = (*rest, *[None] * (length - 1 - len(rest)))
    found = []
    for middle in range(0x80, 0xC0):
        data = bytes((first, *(middle if b is None else b for b in padded)))
        try:
            found.append(data.decode("utf-8"))
        except UnicodeDecodeError:
            continue
        if None not in padded:
            break
    return "".join(found) or "\ufffd"


def _choose(chars: list[str]) -> str:
    """Left to right, the candidate that the model expects after the two before it and before the next."""
    model = load()
    out = ""
    for k, options in enumerate(chars):
        if len(options) == 1:
            out += options
            continue
        a, b = model.ids(("\n\n" + out)[-2:]).tolist()
        p = model.chance(a, b)
        following = chars[k + 1] if k + 1 < len(chars) and len(chars[k + 1]) == 1 else ""
        ahead = model.before_one(model.id_of(following)) if following else None
        ids = model.ids(options)
        weights = [p[i] * (1.0 if ahead is None else ahead[i]) * (i != 0) for i in ids.tolist()]
        out += options[max(range(len(options)), key=weights.__getitem__)]
    return out
