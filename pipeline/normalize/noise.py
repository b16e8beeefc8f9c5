"""Spoils clean text in the ways crawls do, by seed and at three strengths, and keeps the truth.

Each corruptor takes clean simplified text, a strength from 0 (mild) to 2 (strong) and a random generator, and returns
the spoiled text with the spans of the clean text that lost bytes touched. ``KINDS`` lists them.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from random import Random
from typing import Any

from opencc import OpenCC

from pipeline.normalize.pinyin import readings, without_tone

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Noisy:
    """Spoiled text; ``lost`` are half-open spans of the clean text whose bytes were lost or read out of step."""

    text: str
    lost: tuple[Span, ...] = ()


Corruptor = Callable[[str, int, Random], Noisy]


@dataclass(frozen=True, slots=True)
class _Traced:
    """A text and, for each of its characters, the offset of the clean character that it came from."""

    text: str
    origins: Sequence[int]


def traditional(text: str, strength: int, rng: Random) -> Noisy:
    """All paragraphs, in the traditional characters of OpenCC's own standard, of Hong Kong or of Taiwan."""
    return Noisy(_converted(text, ("s2t", "s2hk", "s2tw")[strength]))


def mixed_scripts(text: str, strength: int, rng: Random) -> Noisy:
    """A share of the paragraphs in traditional characters."""
    share = (0.2, 0.5, 0.8)[strength]
    lines = text.split("\n")
    return Noisy("\n".join(_converted(line, "s2t") if rng.random() < share else line for line in lines))


def pinyin(text: str, strength: int, rng: Random) -> Noisy:
    """Traditional characters, some followed by their reading in parentheses, with tone marks or digits."""
    return Noisy(_with_readings(text, (0.1, 0.25, 0.6)[strength], rng, numbered=strength == 2).text)


def doubled_marks(text: str, strength: int, rng: Random) -> Noisy:
    """A comma before marks, as in ``,,`` and ``,。``."""
    traced = _Traced(text, range(len(text)))
    return Noisy(_with_commas(traced, (0.3, 0.6, 1.0)[strength], rng).text)


def half_width_marks(text: str, strength: int, rng: Random) -> Noisy:
    """ASCII for full-width punctuation."""
    share = (0.3, 0.6, 1.0)[strength]
    table = dict(zip("，；：？！（）", ",;:?!()", strict=True))
    return Noisy("".join(table[c] if c in table and rng.random() < share else c for c in text))


def blanks(text: str, strength: int, rng: Random) -> Noisy:
    """Blanks inside Chinese words of running text, and around numbers."""
    share = (0.003, 0.01, 0.03)[strength]
    out = []
    for line in text.split("\n"):
        running = len(line) > 60 and "。" in line
        out.append(
            "".join(
                c + (" " if running and _is_han(c) and rng.random() < share else "") for c in line
            ).rstrip()
        )
    return Noisy("\n".join(out))


def hard_wraps(text: str, strength: int, rng: Random) -> Noisy:
    """Lines cut at the width of a page, as printed or by number of characters; paragraphs are indented."""
    width = (44, 36, 28)[strength]
    cost = 1 if rng.random() < 0.5 else 2  # what a digit takes of a line's width, in halves
    out = []
    for line in text.split("\n"):
        if len(line) > width or line.endswith("。"):
            line = "　　" + line
        used, start = 0, 0
        for k, char in enumerate(line):
            used += cost if char.isascii() else 2
            if used > 2 * width:
                out.append(line[start:k])
                used, start = cost if char.isascii() else 2, k
        out.append(line[start:])
    return Noisy("\n".join(out))


def page_breaks(text: str, strength: int, rng: Random) -> Noisy:
    """A page number between blank lines every so many characters, in mid-sentence."""
    every = (1200, 700, 400)[strength]
    form = rng.choice(("— {} —", "-{}-", "- {} -", "第{}页", "－ {} －"))
    out, since, page = [], 0, 1
    for line in text.split("\n"):
        cut = every - since
        # pages break anywhere, but a cut next to a mark or in a heading says nothing about the sentence
        if len(line) > 80 and "。" in line and 40 < cut < len(line) - 20:
            while cut < len(line) - 20 and not (_is_han(line[cut - 1]) and _is_han(line[cut])):
                cut += 1
            line = f"{line[:cut]}\n\n{form.format(page)}\n\n{line[cut:]}"
            since, page = len(line) - cut, page + 1
        else:
            since += len(line)
        out.append(line)
    return Noisy("\n".join(out))


def markdown(text: str, strength: int, rng: Random) -> Noisy:
    """Bold headings, heading signs, blank lines and, at the strongest, quotes and links."""
    out = []
    for k, line in enumerate(text.split("\n")):
        if re.match("[一二三四五六七八九十]+、", line):
            head, stop, rest = line.partition("。")
            line = f"**{head}{stop}**{rest}" if strength else f"## {line}"
        elif k < 3 and len(line) < 40:
            line = f"# {line}" if strength < 2 else f"**{line}**  "
        elif strength == 2 and rng.random() < 0.1:
            line = f"> {line}"
        out.append(line)
    return Noisy("\n\n".join(out) if strength else "\n".join(out))


def html(text: str, strength: int, rng: Random) -> Noisy:
    """Paragraph tags, references and inline tags."""
    out = []
    for line in text.split("\n"):
        if strength == 2:
            line = f'<span style="font-size: 16pt">{line}</span>'
        out.append(f"<p>&nbsp;&nbsp;{line}</p>" if strength else f"{line}<br/>")
    joined = "\n".join(out)
    return Noisy(joined.replace("“", "&ldquo;").replace("”", "&rdquo;") if strength else joined)


def furniture(text: str, strength: int, rng: Random) -> Noisy:
    """Crumbs, lines of publication and links around the text."""
    above = [
        "首页 > 政务公开 > 政策文件",
        "发布时间：2022-09-26 10:12　　来源：办公室　　字体：大 中 小",
        "【字体：大 中 小】　打印",
    ]
    below = [
        "【打印本页】　【关闭窗口】",
        "上一篇：没有了　下一篇：关于放假的通知",
        "扫一扫在手机打开当前页",
        "分享到：微信 微博",
    ]
    n = strength + 1
    return Noisy("\n".join([*rng.sample(above, n), text, *rng.sample(below, n + 1)]))


def repeated(text: str, strength: int, rng: Random) -> Noisy:
    """Lines whose every character is printed twice, as a bold face is read, and characters three times in a row."""
    share = (0.02, 0.05, 0.1)[strength]
    out = []
    for line in text.split("\n"):
        if 4 < len(line) < 40 and rng.random() < share * 4:
            line = "".join(c * 2 for c in line)
        else:
            line = "".join(c * 3 if _is_han(c) and rng.random() < share / 20 else c for c in line)
        out.append(line)
    return Noisy("\n".join(out))


def invisible(text: str, strength: int, rng: Random) -> Noisy:
    """Zero-width characters, soft hyphens, byte order marks and private-use characters anywhere."""
    share = (0.003, 0.01, 0.05)[strength]
    signs = "\u200b\u200c\ufeff\u00ad\u2060\u200e\ue0b7\uf06c"
    return Noisy("".join(c + (rng.choice(signs) if rng.random() < share else "") for c in text))


def compatibility(text: str, strength: int, rng: Random) -> Noisy:
    """Radicals for characters of the same look, full-width digits and letters."""
    share = (0.1, 0.5, 1.0)[strength]
    table = _compatible()
    return Noisy("".join(table[c] if c in table and rng.random() < share else c for c in text))


def utf8_as_latin(text: str, strength: int, rng: Random) -> Noisy:
    """A share of the lines in UTF-8 that was read as Windows-1252."""
    return _misread(text, (0.1, 0.5, 1.0)[strength], rng, lambda b: b.decode("sloppy-windows-1252"))


def utf8_as_gbk(text: str, strength: int, rng: Random) -> Noisy:
    """A share of the lines in UTF-8 that was read as GBK, which loses bytes."""
    return _misread(text, (0.1, 0.5, 1.0)[strength], rng, lambda b: b.decode("gbk", "replace"))


def lost_bytes(text: str, strength: int, rng: Random) -> Noisy:
    """Simplified GBK text that lost the lead byte of a character now and then."""
    return _lose(_Traced(text, range(len(text))), (2400, 1200, 600)[strength], rng)


def lost_bytes_traditional(text: str, strength: int, rng: Random) -> Noisy:
    """Traditional GBK text that lost a byte, lead or trail, now and then."""
    traced = _Traced(_converted(text, "s2t"), range(len(text)))
    return _lose(traced, (1200, 600, 300)[strength], rng, leads_only=False)


def scrape(text: str, strength: int, rng: Random) -> Noisy:
    """The whole of it: traditional characters, readings, doubled commas, and one lead byte in so many characters."""
    traced = _with_commas(_with_readings(text, 0.25, rng), 1.0, rng)
    return _lose(traced, (1200, 600, 300)[strength], rng)


KINDS: dict[str, Corruptor] = {
    corruptor.__name__: corruptor
    for corruptor in (
        traditional, mixed_scripts, pinyin, doubled_marks, half_width_marks, blanks, hard_wraps, page_breaks, markdown,
        html, furniture, repeated, invisible, compatibility, utf8_as_latin, utf8_as_gbk, lost_bytes,
        lost_bytes_traditional, scrape,
    )
}  # fmt: skip


def _is_han(char: str) -> bool:
    return "\u4e00" <= char <= "\u9fff"


@cache
def _converter(name: str) -> Any:
    return OpenCC(name)


@cache
def _converted(text: str, name: str) -> str:
    converted: str = _converter(name).convert(text)
    if len(converted) != len(text):
        raise ValueError(f"{name} changed the length of the text")
    return converted


def _with_readings(text: str, share: float, rng: Random, *, numbered: bool = False) -> _Traced:
    """Traditional text, a share of the converted characters followed by a reading."""
    known, tones = readings(), "āēīōūǖáéíóúǘǎěǐǒǔǚàèìòùǜ"
    pieces, origins = [], []
    for k, (char, form) in enumerate(zip(text, _converted(text, "s2t"), strict=True)):
        piece = form
        if char != form and char in known and rng.random() < share:
            reading = min(known[char])
            if numbered and rng.random() < 0.5:
                tone = next((tones.index(c) // 6 + 1 for c in reading if c in tones), 5)
                reading = f"{without_tone(reading)}{tone}"
            piece = f"{form}({reading})"
        pieces.append(piece)
        origins += [k] * len(piece)
    return _Traced("".join(pieces), origins)


def _with_commas(traced: _Traced, share: float, rng: Random) -> _Traced:
    pieces, origins = [], []
    for char, origin in zip(traced.text, traced.origins, strict=True):
        piece = char
        if char in "，、。；：" and rng.random() < share:
            piece = ",," if char == "，" else f",{char}"
        pieces.append(piece)
        origins += [origin] * len(piece)
    return _Traced("".join(pieces), origins)


def _lose(traced: _Traced, every: int, rng: Random, *, leads_only: bool = True) -> Noisy:
    """One byte out of every so many characters of the clean text is lost; ``?`` stands for what cannot be read."""
    text = traced.text
    wide = [k for k, char in enumerate(text) if _is_han(char)]
    n_clean = traced.origins[-1] + 1 if text else 0
    chosen: list[int] = []
    for start in range(0, n_clean, every):
        near = [k for k in wide if start <= traced.origins[k] < start + every]
        if near:
            chosen.append(rng.choice(near))
    data = bytearray()
    for k, char in enumerate(text):
        piece = char.encode("gb18030")
        if k in set(chosen[-3:]) or k in chosen:
            drop = 0 if leads_only or rng.random() < 0.5 else len(piece) - 1
            piece = piece[:drop] + piece[drop + 1 :]
        data += piece
    return Noisy(
        data.decode("gbk", "replace").replace("\ufffd", "?"), tuple(_touched(traced, k) for k in chosen)
    )


def _touched(traced: _Traced, k: int) -> Span:
    """From the character that lost a byte to the end of the run of two-byte characters."""
    end = k + 1
    while end < len(traced.text) and not traced.text[end].isascii():
        end += 1
    return traced.origins[k], traced.origins[end - 1] + 1


def _misread(text: str, share: float, rng: Random, read: Callable[[bytes], str]) -> Noisy:
    lines = text.split("\n")
    return Noisy("\n".join(read(line.encode()) if rng.random() < share else line for line in lines))


@cache
def _compatible() -> dict[str, str]:
    import unicodedata

    radicals = [chr(k) for k in range(0x2F00, 0x2FD6)]
    table = {unicodedata.normalize("NFKC", c): c for c in radicals} | {
        "车": "⻋",
        "长": "⻓",
        "门": "⻔",
        "见": "⻅",
        "页": "⻚",
    }
    ascii_signs = [chr(k) for k in (*range(0x30, 0x3A), *range(0x41, 0x5B), *range(0x61, 0x7B))]
    return table | {c: chr(ord(c) + 0xFEE0) for c in ascii_signs}
