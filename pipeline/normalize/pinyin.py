"""Readings of characters, and readings that a page's anti-copying script left behind its characters."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator
from functools import cache

from pipeline import assets
from pipeline.normalize.alignment import Edit
from pipeline.normalize.script import script_of, tables

TONED = "āáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿ"
LETTER = f"a-züêɑɡ{TONED}"
SYLLABLE = rf"[{LETTER}]{{0,4}}[{TONED}][{LETTER}]{{0,4}}"
HAN = "\u3400-\u9fff〇"
FEW = 2  # so many readings in a simplified text may be there for its readers: 亳（bó）州

FIND_ANY = re.compile(rf"[(（]\s?[{LETTER}]|[{TONED}]")
FIND_READING = re.compile(rf"[(（]\s?({SYLLABLE}(?:[\s']?{SYLLABLE}){{0,5}})\s?[)）]")
FIND_NUMBERED = re.compile(r"(?<=[\u3400-\u9fff])[(（]([a-zü:]{1,6}[1-5])[)）]")
FIND_PLAIN = re.compile(r"(?<=[\u3400-\u9fff])[(（]([a-zü]{1,6})[)）]")
# one parenthesis lost, or letters of the reading: 擔dān) 擔(dān當 擔(d?n)
FIND_BROKEN = re.compile(
    rf"(?<=[{HAN}])(?:[(（]?({SYLLABLE})[)）]|[(（]({SYLLABLE})(?![{LETTER}])"
    rf"|[(（]((?=[^)）]{{0,6}}[a-z])[{LETTER}?\ufffd]{{0,4}}[^\s{LETTER}()（）]{{0,2}}[{LETTER}?\ufffd]{{0,4}})[)）])"
)


@cache
def readings() -> dict[str, frozenset[str]]:
    """The readings of each simplified character, with tone marks."""
    table: dict[str, set[str]] = {}
    for reading, characters in assets.tsv("normalize/pinyin.tsv"):
        for char in characters:
            table.setdefault(char, set()).add(reading)
    return {char: frozenset(found) for char, found in table.items()}


@cache
def characters_of(reading: str) -> frozenset[str]:
    """The simplified characters that are read so, e.g. all of 扬阳杨… for ``yáng``."""
    wanted = plain_letters(reading)
    for row, characters in assets.tsv("normalize/pinyin.tsv"):
        if row == wanted:
            return frozenset(characters)
    return frozenset()


def plain_letters(reading: str) -> str:
    """A reading with its tone marks on the letters of the table (``ɡ`` and ``ɑ`` are look-alikes)."""
    return unicodedata.normalize("NFC", reading).replace("ɡ", "g").replace("ɑ", "a")


def without_tone(reading: str) -> str:
    """A reading's letters alone.

    >>> without_tone("lǜ"), without_tone("guān")
    ('lü', 'guan')
    """
    marks = {"\u0300", "\u0301", "\u0304", "\u030c"}
    letters = unicodedata.normalize("NFD", plain_letters(reading))
    return unicodedata.normalize("NFC", "".join(c for c in letters if c not in marks))


def remove_pinyin(text: str) -> Iterator[Edit]:
    """Take out readings in parentheses behind the characters that they are the readings of.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("關(guān)于做好疫情防控的決定", remove_pinyin)
    '關于做好疫情防控的決定'
    >>> edited("关(guan1)于加强(qiang2)领(ling3)导", remove_pinyin)
    '关于加强领导'

    Leaves alone every other parenthesis, and in a simplified text one or two readings that are there for readers.

    >>> edited("各级党委(党组)、乡镇(街道)，（GB 50180）和亳(bó)州", remove_pinyin)
    '各级党委(党组)、乡镇(街道)，（GB 50180）和亳(bó)州'
    """
    if not FIND_ANY.search(text):
        return
    toned = list(FIND_READING.finditer(text))
    numbered = [m for m in FIND_NUMBERED.finditer(text) if _is_read(text[m.start() - 1], m[1])]
    plain = [m for m in FIND_PLAIN.finditer(text) if _is_read(text[m.start() - 1], m[1])]
    if len(toned) + len(numbered) + len(plain) <= FEW and script_of(text) == "hans":
        return
    spans = (
        {m.span(): 1.0 for m in toned} | {m.span(): 1.0 for m in numbered} | {m.span(): 0.9 for m in plain}
    )
    for match in FIND_BROKEN.finditer(text):
        letters = match[1] or match[2]
        if match.span() not in spans and (_is_read(text[match.start() - 1], letters) if letters else True):
            spans[match.span()] = 0.8
    end = 0
    for start, stop in sorted(spans):
        if start >= end:
            yield Edit(start, stop, "", spans[start, stop])
            end = stop


def _is_read(char: str, reading: str) -> bool:
    """Whether the character can be read so; the tone may be a mark, a digit or missing."""
    known = readings().get(char.translate(tables().characters), frozenset())
    if reading[-1].isdigit():
        reading = reading[:-1]
    reading = plain_letters(reading).replace("u:", "ü")
    return reading in known or reading in {without_tone(r) for r in known}
