"""Word's automatic numbering: the digits that a paragraph shows and that stand nowhere in its text.

Source: ECMA-376 part 1, 17.9 (numbering) and 17.18.59 (ST_NumberFormat).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

_DIGITS = "〇一二三四五六七八九"
_PLACEHOLDER = re.compile(r"%([1-9])")
_MAX_LEVELS = 9  # the format knows no more


@dataclass(slots=True)
class Level:
    """One level of a list: ``format`` and ``text`` as Word names them, e.g. ``chineseCounting`` and
    ``（%2）``.
    """

    format: str = "decimal"
    text: str = ""
    start: int = 1


@dataclass(slots=True)
class Numbering:
    """The lists of a file: levels by list, list by numbering instance, and the instance's own starts."""

    levels: dict[str, dict[int, Level]] = field(default_factory=dict)
    lists: dict[str, str] = field(default_factory=dict)
    starts: dict[tuple[str, int], int] = field(default_factory=dict)


class Counter:
    """Counts the paragraphs of each list as Word does and gives the marker each one shows."""

    def __init__(self, numbering: Numbering) -> None:
        self._numbering = numbering
        self._counts: dict[str, dict[int, int]] = {}
        self._seen: set[tuple[str, int]] = set()

    def marker(self, instance: str, depth: int) -> str:
        """The marker of the next paragraph at ``depth`` (from 0) of a numbering instance; '' for bullets
        and no list.
        """
        key = self._numbering.lists.get(instance)
        levels = self._numbering.levels.get(key or "", {})
        level = levels.get(depth)
        if key is None or level is None or not 0 <= depth < _MAX_LEVELS:
            return ""
        counts = self._counts.setdefault(key, {})
        restart = self._numbering.starts.get((instance, depth))
        if restart is not None and (instance, depth) not in self._seen:
            counts[depth] = restart
        else:
            counts[depth] = counts.get(depth, level.start - 1) + 1
        self._seen.add((instance, depth))
        for deeper in [known for known in counts if known > depth]:
            del counts[deeper]
        return self._written(levels, counts, level)

    def _written(self, levels: Mapping[int, Level], counts: Mapping[int, int], level: Level) -> str:
        if level.format in ("bullet", "none"):
            return ""

        def number(match: re.Match[str]) -> str:
            depth = int(match[1]) - 1
            other = levels.get(depth, level)
            return written_number(counts.get(depth, other.start), other.format)

        return _PLACEHOLDER.sub(number, level.text)


def written_number(number: int, number_format: str) -> str:
    """A number in one of Word's formats; those that no Chinese document uses come out as digits."""
    return _FORMATS.get(number_format, str)(number)


def chinese_counting(number: int) -> str:
    """1 to 9999 as Chinese counts: 一, 十, 十一, 二十, 一百零三; digits beyond."""
    if not 0 < number < 10_000:
        return _DIGITS[0] if number == 0 else str(number)
    written, gap = "", False
    for unit, name in ((1000, "千"), (100, "百"), (10, "十"), (1, "")):
        digit, number = divmod(number, unit)
        if digit:
            written += ("零" if gap else "") + _DIGITS[digit] + name
            gap = False
        else:
            gap = bool(written)
    return written[1:] if written.startswith("一十") else written


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if 1 <= number <= 20 else str(number)


def _full_width(number: int) -> str:
    return str(number).translate({ord("0") + digit: 0xFF10 + digit for digit in range(10)})


def _letters(number: int) -> str:
    """a … z, aa, bb … as Word repeats them."""
    return chr(ord("a") + (number - 1) % 26) * ((number - 1) // 26 + 1) if 0 < number <= 780 else str(number)


def _roman(number: int) -> str:
    if not 0 < number < 4000:
        return str(number)
    written = ""
    pairs = zip(
        (1000, 900, 500, 400, 100, 90, 50, 40, 10, 9, 5, 4, 1),
        ("M", "CM", "D", "CD", "C", "XC", "L", "XL", "X", "IX", "V", "IV", "I"),
        strict=True,
    )
    for value, letters in pairs:
        count, number = divmod(number, value)
        written += letters * count
    return written


_FORMATS: dict[str, Callable[[int], str]] = {
    "chineseCounting": chinese_counting,
    "chineseCountingThousand": chinese_counting,
    "taiwaneseCounting": chinese_counting,
    "taiwaneseCountingThousand": chinese_counting,
    "japaneseCounting": chinese_counting,  # what Word writes for 一、二、三 in many templates
    "ideographDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "taiwaneseDigital": lambda number: "".join(_DIGITS[int(digit)] for digit in str(number)),
    "decimalEnclosedCircle": _circled,
    "decimalEnclosedCircleChinese": _circled,
    "decimalFullWidth": _full_width,
    "decimalZero": lambda number: f"{number:02d}",
    "upperLetter": lambda number: _letters(number).upper(),
    "lowerLetter": _letters,
    "upperRoman": _roman,
    "lowerRoman": lambda number: _roman(number).lower(),
}
