"""Text whose bytes were read in the wrong encoding: UTF-8 taken for Latin-1 or GBK, GBK taken for Latin-1."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from functools import cache
from typing import NamedTuple

import ftfy.bad_codecs  # noqa: F401  # registers sloppy-windows-1252, which reads the five bytes that cp1252 has not
import numpy as np
from ftfy.fixes import restore_byte_a0

from pipeline.normalize.alignment import Edit
from pipeline.normalize.charmodel import BOUNDARY, UNKNOWN, DocumentModel, load
from pipeline.normalize.gbk import unpaired

# what Windows-1252 shows for the bytes 80 to 9F, and Latin-1 from A0
LATIN = "\u0080-\u00ff\u0152\u0153\u0160\u0161\u0178\u017d\u017e\u0192\u02c6\u02dc\u2013-\u2026\u2030\u2039\u203a\u20ac\u2122"
FIND_LATIN = re.compile(rf"[{LATIN}](?:[{LATIN} ]*[{LATIN}])?")
# what the commonest bytes of Chinese UTF-8 (，。的和在中国是人 …) look like in GBK
GBK_SIGNS = "锛銆鐨勪鍜屽鍦ㄤ腑鍥浗鏄庢汉姘戞敹搴鍏氬叧浜庡绔嬪伐浣滄満鏋勭嚭閮ㄩ棬琛屾椂闂鎴戜滑锘"
FIND_GBK_SIGNS = re.compile(f"[{GBK_SIGNS}]")
FIND_BYTE_ORDER_MARK = re.compile("\\A(?:锘[?\ufffd]?|ï»¿|\ufeff)")
WIDE = re.compile("[\u2010-\u2027\u2030-\u206f\u2100-\ufefe\uff00-\uffef]")
MIN_LATIN = 3  # letters in a row: one Chinese character is three bytes of UTF-8
MIN_LATIN_GBK = 4  # two characters, since any two bytes make one
MIN_RARE = 0.3  # of a line's Chinese characters are such as the model has never met
BEAM = 4
UNKNOWN_BYTE = "?\ufffd€"
MAX_LOSS = 0.5  # of the Chinese characters of a line may lack a byte
LIKELY_LOST = math.log(2.0)  # 80 is the one byte that begins no pair of GBK at all


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
    lines = text.split("\n")
    misread = [
        _as_utf8(line, MAX_LOSS) if FIND_GBK_SIGNS.search(line) and _is_rare(line) else None for line in lines
    ]
    if any(misread):  # then short lines are, too, which show it less and lose more: every byte before a digit
        misread = [found or _as_utf8(line, 1.0) for found, line in zip(misread, lines, strict=True)]
    if mark and mark[0] != "\ufeff" and misread[0] is None:
        yield Edit(0, mark.end(), "")
    model = _language(lines, misread) if any(misread) else None
    start = 0
    for line, found in zip(lines, misread, strict=True):
        mended = _choose(found.chars, model) if found and model else ""
        if found and _is_chinese(mended):
            yield Edit(start, start + len(line), mended, found.confidence)
        else:
            yield from _in_line(line, start)
        start += len(line) + 1


class _Misread(NamedTuple):
    """A line of UTF-8 that was read as GBK: for each character its candidates."""

    chars: list[str]
    confidence: float


def _in_line(line: str, offset: int) -> Iterator[Edit]:
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
        # valid UTF-8 of three bytes a character is proof enough; any pair of bytes is a character of GBK
        if (encoding == "utf-8" and WIDE.search(anew)) or (len(run) >= MIN_LATIN_GBK and _is_chinese(anew)):
            return anew
    return None


def _is_chinese(text: str) -> bool:
    """Whether most of it is Chinese characters or marks that the model knows."""
    model = load()
    known = sum(c > "\u2000" and model.id_of(c) != UNKNOWN for c in text)
    return known >= 1 and known >= 0.8 * sum(not c.isascii() for c in text)


def _as_utf8(line: str, max_loss: float) -> _Misread | None:
    """The line's bytes in GBK read as UTF-8; None when that is not what happened.

    Three bytes are one and a half characters of GBK. Where the half did not fit, the decoder left a mark in place of
    one byte, or a byte went with it: such a character is chosen by the model among the 64 that the others allow.
    """
    data: list[int | None] = []
    for char in line:
        if char in UNKNOWN_BYTE:
            data.append(None)
        else:
            data += char.encode("gb18030", "replace")
    chars, n_wide, n_lost = _decode_with_gaps(data)
    if not n_wide or n_lost > max_loss * n_wide or len(chars) >= len(line):
        return None
    return _Misread(chars, round(1 - n_lost / n_wide, 3))


def _is_rare(line: str) -> bool:
    model = load()
    wide = [c for c in line if c >= "\u3400" and c != "\ufffd"]
    return sum(model.id_of(c) == UNKNOWN for c in wide) >= MIN_RARE * len(wide)


def _decode_with_gaps(data: list[int | None]) -> tuple[list[str], int, int]:
    """For each character the candidates; how many characters are wide, and how many of those lack a byte."""
    out: list[str] = []
    n_wide = n_lost = k = 0
    while k < len(data):
        byte = data[k]
        if (
            byte is None
            and all(b is not None and 0x80 <= b < 0xC0 for b in data[k + 1 : k + 3])
            and k + 2 < len(data)
        ):
            out.append(_candidates(None, tuple(data[k + 1 : k + 3]), 3))
            k, n_wide, n_lost = k + 3, n_wide + 1, n_lost + 1
            continue
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
        following = None
        if None in rest and k - len(rest) + rest.index(None) + 1 < len(data):
            following = data[k - len(rest) + rest.index(None) + 1]
        out.append(_candidates(byte, tuple(rest), length, following) if missing < 2 and length else "\ufffd")
    return out, n_wide, n_lost


@cache
def _candidates(
    first: int | None, rest: tuple[int | None, ...], length: int, following: int | None = None
) -> str:
    """All characters of UTF-8 bytes of which at most one is unknown, with the unknown one at the end when it is cut off.

    A byte is unknown because it made no character with the byte ``following`` it, which leaves few.
    """
    padded = (first, *rest, *[None] * (length - 1 - len(rest)))
    found = []
    for lost in range(0x80, 0xC0) if first is not None else range(0xE3, 0xEA):
        if following is not None and lost not in unpaired(following):
            continue
        data = bytes(lost if b is None else b for b in padded)
        try:
            found.append(data.decode("utf-8"))
        except UnicodeDecodeError:
            continue
        if None not in padded:
            break
    return "".join(found) or "\ufffd"


def _choose(chars: list[str], model: DocumentModel) -> str:
    """The likeliest text, one of each character's candidates: by the model, and by which byte is lost most often."""
    beam: list[tuple[float, int, int, str]] = [(0.0, BOUNDARY, BOUNDARY, "")]
    for options in chars:
        ids = model.model.ids(options)
        grown = []
        for score, before, previous, out in beam:
            if len(options) == 1:
                chance = model.log_probability(before, previous, int(ids[0]))
                grown.append((score + chance, previous, int(ids[0]), out + options))
                continue
            known = np.unique(ids[ids != UNKNOWN])
            chances = dict(
                zip(known.tolist(), model.log_probabilities(before, previous, known).tolist(), strict=True)
            )
            for k, (char, identifier) in enumerate(zip(options, ids.tolist(), strict=True)):
                if identifier in chances:
                    weight = chances[identifier] + (LIKELY_LOST if k == 0 else 0.0)
                    grown.append((score + weight, previous, identifier, out + char))
        beam = sorted(grown, key=lambda h: -h[0])[:BEAM] or [
            (s, b, UNKNOWN, out + options[0]) for s, _, b, out in beam
        ]
    return beam[0][3]


def _language(lines: list[str], misread: list[_Misread | None]) -> DocumentModel:
    """The model with what is certain of the document: lines that were read well, characters that lost no byte."""
    certain = [
        "".join(c if len(c) == 1 else "\0" for c in found.chars) if found else line
        for line, found in zip(lines, misread, strict=True)
    ]
    return DocumentModel(load(), "\n\n" + "\n".join(certain))
