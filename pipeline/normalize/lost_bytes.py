"""Mends GBK text that lost bytes: ``确?！翱v向到底`` was ``确保“纵向到底``."""

from __future__ import annotations

import math
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from functools import cache

from pipeline.normalize.alignment import Edit
from pipeline.normalize.byte_search import Emission, Reading, Search, Unit
from pipeline.normalize.charmodel import DocumentModel, load
from pipeline.normalize.gbk import PAIRS, Alphabet
from pipeline.normalize.pinyin import FEW, HAN, LETTER, SYLLABLE, TONED
from pipeline.normalize.script import Script, script_of, tables

# what no Chinese text has, and bytes out of step have: kana, Greek, Cyrillic, boxes, private use
FIND_ODD = re.compile(
    "[\u00fc\u01ce-\u01dc\u0370-\u04ff\u2474-\u249b\u2500-\u25ff\u3040-\u30ff\u3105-\u312f\ue000-\uf8ff]"
)
MARKS = "?\ufffd"
MAX_REACH = 150  # characters before a mark that are weighed at most
SANE, KEPT = 14, 8  # so many common characters in a row were read in step; the last of them may not have been
REACH, AHEAD = 30, 2  # characters after a mark, where what follows may be out of step and where it is not
COMMON = 1e-4  # the share of a character in texts from which it is common
MIN_CONFIDENCE = 0.15
SURE_OF_A_NUMBER = 0.6  # which number stood there the words around it seldom tell
_NUMERAL = re.compile("[〇零一二三四五六七八九十百千]")
_NUMBER = re.compile(
    "[第（(][〇零一二三四五六七八九十百千]|[〇零一二三四五六七八九十百千][、）)月日年号號条條款章节節届屆次名个個位户戶人元时時分天周]"
)
MIN_QUALITY = -7.5  # log units a character that the mended text and the two characters behind it must reach
MIN_GAIN = 2.5  # log units by which a mend must beat the text as it stands
MIN_GAIN_PLAIN = 7.0  # in a simplified text where nothing but a question mark shows damage
MIN_GAIN_UNMARKED = 9.0

MOSTLY = 0.9
MANY, MAX_SHARE = 10, 0.01  # marks in a text that lost a byte now and then

WIDE = r"[^\x00-\x7f]"
READING = rf"[(（]?{SYLLABLE}[)）]|[(（]{SYLLABLE}(?![{LETTER}])"
# no letter or sign of ASCII that is the second byte of a character: [ and ] around a blank or a number of a form
LONE_LETTER = rf"(?<![A-Za-z0-9{TONED}])(?!\[.{{0,8}}\])(?<!\[.)(?<!\[..)[@-~](?=[^\x00-\x7f{TONED}]|[{MARKS}(),;:!\s]|$)"
FIND_UNITS = re.compile(
    rf"(?P<reading>{READING})|(?P<mark>[{MARKS}])|(?P<letter>{LONE_LETTER})|(?P<char>{WIDE}|!)|(?P<other>[\x00-\x7f]+?)"
)
FIND_MARKS = re.compile(rf"[{MARKS}]|{LONE_LETTER}")
FIND_LETTERS = re.compile(LONE_LETTER)
FIND_CUT = re.compile(rf"[{MARKS}]{SYLLABLE}[)）]")
FIND_MARKS_SIMPLIFIED = re.compile(rf"\ufffd|(?<={WIDE})\?|\?(?=[{HAN}])")
FIND_ASCII_RUN = re.compile(r"[0-9]+(?:\.[0-9]+)?|[A-Za-z]+|[,，]+[、。；：;:.]?|[ \u3000\t]+|[():;!]")
PARTNERS = str.maketrans("“”《》（）〔〕", "”“》《）（〕〔")
ASCII_MARKS = str.maketrans("(),:;!", "（），：；！")


def mend_lost_bytes(text: str) -> Iterator[Edit]:
    """Restore characters of which a byte was lost, and those that were read out of step after it.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("對轄區內人員進行地毯式、全覆蓋排查,,確?!翱v向到底、橫向到邊,、不留死角”", mend_lost_bytes)
    '對轄區內人員進行地毯式、全覆蓋排查,,確保“纵向到底、橫向到邊,、不留死角”'

    Leaves alone question marks that ask, letters that are letters, and whatever no likely text explains; such damage
    is logged as a change that changes nothing.

    >>> edited("怎么办？A级景区的K线图?", mend_lost_bytes)
    '怎么办？A级景区的K线图?'
    """
    edits = sorted(_mends(text))
    yield from edits if "\ufffd" not in text else _with_undecoded(text, edits)


def _with_undecoded(text: str, edits: Sequence[Edit]) -> list[Edit]:
    """The edits, and for each replacement character that none of them covers one that changes nothing."""
    covered = {k for edit in edits for k in range(edit.start, edit.end)}
    left = (m.start() for m in re.finditer("\ufffd", text) if m.start() not in covered)
    return sorted([*edits, *(Edit(k, k + 1, "\ufffd", 0.0) for k in left)])


def _mends(text: str) -> Iterator[Edit]:
    script = script_of(text)
    if script == "hans" and "\ufffd" not in text and "?" not in text:
        return
    find = FIND_MARKS if script != "hans" else FIND_MARKS_SIMPLIFIED
    if len(find.findall(text)) > MAX_SHARE * len(text) + MANY:
        return  # bytes lost by the hundred are another kind of damage
    is_cut = bool(FIND_CUT.search(text))
    damaged = list(_stretches(text, script, is_cut))
    if not damaged:
        return
    readable = _undamaged(text, damaged)
    model = DocumentModel(load(), _plain(readable))
    alphabet = Alphabet(script, _present(readable + "".join(set(PAIRS).intersection(text))))
    odd = _odd_letters(text, script)
    for units, low, high, is_marked in damaged:
        context = _context(units[:low])
        following = _context(units[high:], after=True)
        search = Search(model, alphabet, units[low:high], is_cut=is_cut, odd=odd, wanted=_partners(units))
        readings = search.run(context, following)
        yield from _decide(text, units[low:high], readings, script, is_marked)


Stretch = tuple[list[Unit], int, int, bool]


def _stretches(text: str, script: Script, is_cut: bool) -> Iterator[Stretch]:
    """Lines as units, with the parts of them that may be damaged and whether a mark shows it."""
    start = 0
    is_scraped = _is_scraped(text, script)
    for line in text.split("\n"):
        find = FIND_MARKS if script != "hans" else FIND_MARKS_SIMPLIFIED
        marked = [m.start() for m in find.finditer(line)]
        unmarked = [m.start() for m in _rare_characters().finditer(line)] if is_scraped and not marked else []
        if marked or unmarked:
            units = list(_units(line, start))
            for low, high in _reaches(units, {start + k for k in marked or unmarked}, is_cut):
                yield units, low, high, bool(marked)
        start += len(line) + 1


def _is_scraped(text: str, script: Script) -> bool:
    """Whether a traditional text is full of readings, as pages are whose scripts lose bytes too."""
    return script != "hans" and len(re.findall(READING, text)) > FEW


def _odd_letters(text: str, script: Script) -> frozenset[str]:
    """The letters that stand alone in a scraped text, and that only once: more likely the second bytes of characters."""
    if not _is_scraped(text, script):
        return frozenset()
    return frozenset(letter for letter, n in Counter(FIND_LETTERS.findall(text)).items() if n == 1)


@cache
def _rare_characters() -> re.Pattern[str]:
    """Characters of GBK whose simplified form the model has never met: what reading out of step brings up."""
    model, forms = load(), tables().characters
    rare = [chr(k) for k in range(0x4E00, 0x9FA6) if not model.id_of(chr(k).translate(forms))]
    return re.compile(f"[{''.join(rare)}]")


def _units(line: str, start: int) -> Iterator[Unit]:
    for match in FIND_UNITS.finditer(line):
        kind = match.lastgroup or "other"
        char = "！" if match[0] == "!" else match[0]
        reading = re.sub(r"[()（）]", "", char) if kind == "reading" else ""
        yield Unit(kind, start + match.start(), start + match.end(), char, reading)


def _reaches(units: Sequence[Unit], marks: set[int], is_cut: bool) -> list[tuple[int, int]]:
    """For each marked unit the run of units around it that one lost byte may have touched; overlaps merged."""
    spans: list[tuple[int, int]] = []
    for k, unit in enumerate(units):
        if unit.start not in marks:
            continue
        low, high = _leftwards(units, k), _rightwards(units, k, REACH if is_cut else AHEAD)
        if spans and low <= spans[-1][1]:
            spans[-1] = spans[-1][0], max(high, spans[-1][1])
        else:
            spans.append((low, high))
    return spans


def _leftwards(units: Sequence[Unit], k: int) -> int:
    """How far back from a mark a byte may have been lost: over two-byte characters, as long as they look odd."""
    low, n_common, common = k, 0, _common_characters()
    while low > 0 and k - low < MAX_REACH and units[low - 1].kind == "char":
        low -= 1
        n_common = n_common + 1 if units[low].char in common else 0
        if n_common == SANE:
            return low + SANE - KEPT
    return low


def _rightwards(units: Sequence[Unit], k: int, reach: int) -> int:
    """To where behind a mark text may still be out of step; only readings put into a character leave it so."""
    high = k + 1
    if high < len(units) and units[high].kind == "reading":
        high += 1
    stop = min(len(units), high + reach)
    while high < stop and units[high].kind == "char":
        high += 1
    if high < len(units) and (
        units[high].kind in ("letter", "mark")
        or (units[high].kind == "reading" and units[high - 1].kind == "char")
    ):
        high += 1
    return high


@cache
def _common_characters() -> frozenset[str]:
    """Characters that make up nearly all of any text, in both scripts, with the usual marks."""
    model, forms = load(), tables().characters
    p = model.shares
    han = (chr(k) for k in range(0x4E00, 0x9FA6))
    return frozenset(c for c in han if p[model.id_of(c.translate(forms))] > COMMON) | frozenset(
        "，。、；：（）“”《》！"
    )


def _context(units: Sequence[Unit], *, after: bool = False) -> str:
    """The two characters before a stretch, or after it, as the model knows them."""
    near = units[:12] if after else units[-12:]
    text = _plain("".join(u.char for u in near if u.kind != "reading"))
    return (text + "\n\n")[:2] if after else ("\n\n" + text)[-2:]


def _plain(text: str) -> str:
    """Text as the model was trained on: one sign for a number, a word or doubled marks, simplified characters."""
    return FIND_ASCII_RUN.sub(_folded, text).translate(tables().characters)


def _folded(run: re.Match[str]) -> str:
    first = run[0][0]
    if first.isalnum():
        return "0" if first.isdigit() else "A"
    return "" if first in " \u3000\t" else run[0][-1].translate(ASCII_MARKS)


def _partners(units: Sequence[Unit]) -> str:
    """The marks that a line has opened and not closed, or closed and not opened."""
    count = Counter(unit.char.translate(ASCII_MARKS) for unit in units)
    return "".join(
        right if count[left] > count[right] else left
        for left, right in zip(PAIRS[::2], PAIRS[1::2], strict=True)
        if count[left] != count[right]
    )


def _undamaged(text: str, damaged: Sequence[Stretch]) -> str:
    """The document without readings and without its damaged parts, for the model to learn from."""
    pieces: list[str] = []
    done = 0
    for units, low, high, _ in damaged:
        pieces += (text[done : units[low].start], "\0")
        done = max(done, units[high - 1].end)
    pieces.append(text[done:])
    return re.sub(READING, "", "".join(pieces))


def _present(readable: str) -> frozenset[str]:
    """The characters that a text writes, pairs of marks whole; no mark that it always writes behind a comma (``,。``),
    since that comma would still be there."""
    present = set(readable + readable.translate(PARTNERS) + "。")
    behind_comma = Counter(re.findall("(?<=,)[、。；：！？]", readable))
    counts = Counter(readable)
    return frozenset(c for c in present if behind_comma[c] < MOSTLY * max(1, counts[c]))


def _decide(
    text: str,
    units: Sequence[Unit],
    readings: list[Reading],
    script: Script,
    is_marked: bool,
) -> Iterator[Edit]:
    """The best reading as edits, when it is likely enough; otherwise the marks as edits that change nothing."""
    if not readings:
        return
    best = readings[0]
    confidence = 1.0 / sum(math.exp(r.mass - best.score) for r in readings)
    n_kept = sum(u.kind != "reading" for u in units)
    as_is = max((r.score for r in readings if sum(e.kept for e in r.emitted) == n_kept), default=-math.inf)
    needed = _needed(units, script) if is_marked else MIN_GAIN_UNMARKED
    if as_is == best.score:
        return
    is_text = best.score >= MIN_QUALITY * (len(best.emitted) + 2)
    if confidence >= MIN_CONFIDENCE and best.score - as_is >= needed and is_text:
        yield from _edits(text, units, best.emitted, confidence)
    elif is_marked:
        for unit in units:
            if unit.kind == "mark":
                yield Edit(unit.start, unit.end, unit.char, round(confidence, 3))


def _needed(units: Sequence[Unit], script: Script) -> float:
    """How much better a mend must be where only a question mark may be no more than that."""
    run = "".join(u.char for u in units)
    shows = script != "hans" or "\ufffd" in run or _rare_characters().search(run) or FIND_ODD.search(run)
    return MIN_GAIN if shows else MIN_GAIN_PLAIN


def _edits(
    text: str, units: Sequence[Unit], emitted: Sequence[Emission], confidence: float
) -> Iterator[Edit]:
    """One edit for each run of characters that were not kept; a reading cut in two goes with the run before it."""
    low = 0
    kept = [e.first for e in emitted if e.kept]
    for k in [*kept, len(units)]:
        yield from _edit(text, units[low:k], low, emitted, confidence)
        low = k + 1


def _edit(
    text: str, units: Sequence[Unit], offset: int, emitted: Sequence[Emission], confidence: float
) -> Iterator[Edit]:
    end = len(units)
    while end and units[end - 1].kind == "reading" and units[end - 1].char[0] in "(（":
        end -= 1  # a whole reading is left to the next step
    begin = 0
    while begin < end and units[begin].kind == "reading":
        begin += 1  # it belongs to the kept character before it
    if begin == end:
        return
    chars = "".join(e.char for e in emitted if not e.kept and offset <= e.first < offset + len(units))
    start, stop = units[begin].start, units[end - 1].end
    around = text[max(0, start - 1) : start] + chars + text[stop : stop + 1]
    if confidence < SURE_OF_A_NUMBER and _NUMERAL.search(chars) and _NUMBER.search(around):
        yield from (Edit(u.start, u.end, u.char, round(confidence, 3)) for u in units if u.kind == "mark")
        return
    yield Edit(start, stop, chars, round(confidence, 3))
