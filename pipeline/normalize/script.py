"""Traditional characters to simplified ones, in the mainland standard and only where the text is traditional."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Literal

from pipeline import assets
from pipeline.normalize.alignment import Edit

Script = Literal["hans", "hant", "mixed"]

MIN_SHARE = (
    0.03  # a simplified text quotes a traditional character now and then; a traditional one is full of them
)
MIN_LINE_SHARE = 0.1  # in a text of both scripts, the share that makes a line traditional
MIN_IN_LINE = 2


@dataclass(frozen=True, slots=True)
class Tables:
    """Conversion by character and by phrase, and what tells the two scripts apart."""

    characters: dict[int, str]
    phrases: dict[str, str]
    find_changed: re.Pattern[str]
    find_phrases: re.Pattern[str]
    keeps_zhu: re.Pattern[str]
    traditional: frozenset[str]
    simplified: frozenset[str]
    find_traditional: re.Pattern[str]
    find_simplified: re.Pattern[str]


@cache
def tables() -> Tables:
    """Character and phrase tables, read once."""
    ours = assets.toml("normalize/script.toml")
    characters: dict[str, str] = {}
    phrases: dict[str, str] = {}
    for traditional, simplified in assets.tsv("normalize/script.tsv"):
        (characters if len(traditional) == 1 else phrases)[traditional] = simplified
    simplified_forms = frozenset(c for c in characters.values() if not _in_big5(c))
    traditional_forms = frozenset(characters) - frozenset(ours["ambiguous"]) - frozenset(ours["characters"])
    characters |= {k: v for k, v in ours["characters"].items() if k != v} | ours["quotation_marks"]
    phrases |= ours["phrases"]
    phrases = {k: v for k, v in phrases.items() if len(k) == len(v)}
    changed = {a for phrase, form in phrases.items() for a, b in zip(phrase, form, strict=True) if a != b}
    return Tables(
        characters=str.maketrans(characters),
        phrases=phrases,
        find_changed=re.compile(f"{_class(changed.union(characters, '著'))}+"),
        find_phrases=_alternatives(phrases),
        keeps_zhu=_alternatives(ours["zhu"]["kept"]),
        traditional=traditional_forms,
        simplified=simplified_forms,
        find_traditional=re.compile(_class(traditional_forms)),
        find_simplified=re.compile(_class(simplified_forms)),
    )


def _in_big5(char: str) -> bool:
    try:
        char.encode("big5")
    except UnicodeEncodeError:
        return False
    return True


def _class(chars: Iterable[str]) -> str:
    """A character class; one beyond the basic plane would make ``re`` compare character by character."""
    return f"[{''.join(sorted(re.escape(c) for c in chars if c <= chr(0xFFFF)))}]"


def _alternatives(words: Iterable[str]) -> re.Pattern[str]:
    """Any of the words, longest first; the class of their first characters spares trying each word everywhere."""
    ordered = sorted(words, key=lambda w: (-len(w), w))
    first = "".join(sorted({w[0] for w in ordered}))
    return re.compile(f"(?=[{re.escape(first)}])(?:{'|'.join(map(re.escape, ordered))})")


def to_simplified(text: str) -> str:
    """The text in simplified characters, character for character; it is not asked whether the text is traditional.

    >>> to_simplified("後勤幹部瞭解乾坤，批覆著作，憑藉覆蓋")
    '后勤干部了解乾坤，批复著作，凭借覆盖'
    """
    table = tables()
    out = text.translate(table.characters)
    pieces: list[str] = []
    done = 0
    for match in table.find_phrases.finditer(text):
        pieces += (out[done : match.start()], table.phrases[match[0]])
        done = match.end()
    out = "".join((*pieces, out[done:])) if pieces else out
    return _particles(text, out) if "著" in text and "着" not in text else out


def _particles(text: str, out: str) -> str:
    kept = [m.span() for m in tables().keeps_zhu.finditer(text)]
    chars = list(out)
    for match in re.finditer("著", text):
        if not any(start <= match.start() < end for start, end in kept):
            chars[match.start()] = "着"
    return "".join(chars)


def script_of(text: str) -> Script:
    """Which script the text is in: simplified (hans), traditional (hant) or both (mixed).

    >>> script_of("關於做好防汛抗旱工作的通知"), script_of("关于做好防汛抗旱工作的通知")
    ('hant', 'hans')
    """
    present = set(text)
    if present.isdisjoint(tables().traditional):
        return "hans"
    n_traditional, n_simplified = counts(text)
    n = max(1, len(text))
    if n_traditional < MIN_IN_LINE or n_traditional / n < MIN_SHARE:
        return "mixed" if any(_is_traditional(line) for line in text.split("\n")) else "hans"
    return "hant" if n_simplified < n_traditional / 4 else "mixed"


def counts(text: str) -> tuple[int, int]:
    """How many characters of the text only traditional, and how many only simplified text would have."""
    table = tables()
    return len(table.find_traditional.findall(text)), len(table.find_simplified.findall(text))


def _is_traditional(line: str) -> bool:
    n_traditional, n_simplified = counts(line)
    return (
        n_traditional >= MIN_IN_LINE
        and n_traditional > n_simplified
        and n_traditional >= MIN_LINE_SHARE * len(line)
    )


def _is_simplified(line: str) -> bool:
    n_traditional, n_simplified = counts(line)
    return n_simplified > MIN_IN_LINE and n_simplified > n_traditional


def convert_script(text: str) -> Iterator[Edit]:
    """Write traditional characters, variants and quotation marks as the mainland does; one edit a run of them.

    >>> from pipeline.normalize.alignment import edited
    >>> edited("為貫徹落實「兩個維護」，後勤幹部要", convert_script)
    '为贯彻落实“两个维护”，后勤干部要'

    Leaves alone a simplified text with all its rare characters (朱镕基, 乾隆, 瞭望), and in a text of both scripts the
    lines that are simplified.

    >>> edited("在这个基础覆上一层土，由张乾负责", convert_script)
    '在这个基础覆上一层土，由张乾负责'
    """
    script = script_of(text)
    if script == "hans":
        return
    simplified = to_simplified(text)
    start = 0
    for line in text.split("\n"):
        # in a text of both scripts a line without any simplified character is taken for traditional
        if _is_traditional(line) or (not _is_simplified(line) if script == "hant" else counts(line)[1] == 0):
            yield from _runs(text, simplified, start, start + len(line))
        start += len(line) + 1


def _runs(text: str, simplified: str, start: int, end: int) -> Iterator[Edit]:
    low = high = start
    for match in tables().find_changed.finditer(text, start, end):
        for k in range(match.start(), match.end()):
            if text[k] == simplified[k]:
                continue
            if k != high or low == high:
                if low < high:
                    yield Edit(low, high, simplified[low:high])
                low = k
            high = k + 1
    if low < high:
        yield Edit(low, high, simplified[low:high])
