"""Which characters call for which step: one look at the characters of a text tells which steps have nothing to do."""

from __future__ import annotations

from functools import cache

from pipeline import assets
from pipeline.normalize.script import tables

Chars = set[str]

BLANKS = frozenset("\t \u00a0\u1680\u202f\u205f\u3000") | {chr(k) for k in range(0x2000, 0x200B)}
LINE_ENDS = frozenset("\r\x0b\x0c\x1c\x1d\x1e\x85\u2028\u2029")
INVISIBLE = frozenset(
    chr(k)
    for first, last in (
        (0x00, 0x08), (0x0E, 0x1B), (0x1F, 0x1F), (0x7F, 0x84), (0x86, 0x9F), (0xAD, 0xAD), (0x34F, 0x34F), (0x61C, 0x61C),
        (0x115F, 0x1160), (0x17B4, 0x17B5), (0x180B, 0x180E), (0x200B, 0x200F), (0x202A, 0x202E), (0x2060, 0x206F),
        (0x3164, 0x3164), (0xFE00, 0xFE0F), (0xFEFF, 0xFEFF), (0xFFA0, 0xFFA0), (0xFFF9, 0xFFFB), (0xE0001, 0xE007F),
        (0xE0100, 0xE01EF),
    )
    for k in range(first, last + 1)
)  # fmt: skip
PRIVATE = frozenset(map(chr, range(0xE000, 0xF900)))
LAST_ASSIGNED_PLANE = chr(0xEFFFF)
ACCENTED = frozenset(map(chr, range(0xC0, 0x100))) - {"×", "÷"}
GBK_SIGNS = frozenset("锛銆鐨鍜鍦涓浗鏄鎵鍏氬叧浜绔嬪伐浣滄満鏋閮琛屾椂闂鎴戜锘")
PARENTHESES = frozenset("(（")
LOWER = frozenset("abcdefghijklmnopqrstuvwxyzāáǎàēéěèīíǐìōóǒòūúǔùǖǘǚǜńňǹḿɡɑ")
MARKDOWN = frozenset("*#>|_\\[=+-•`★")
HALF_WIDTH = frozenset(",;:?!.()")
FULL_WIDTH = frozenset("０１２３４５６７８９") | {
    chr(k) for k in (*range(0xFF21, 0xFF3B), *range(0xFF41, 0xFF5B))
}
COMPATIBLE = frozenset(
    map(
        chr,
        (*range(0x2E80, 0x2FD6), *range(0xF900, 0xFADA), *range(0xFB00, 0xFB07), *range(0x2F800, 0x2FA1E)),
    )
)


@cache
def _all() -> frozenset[str]:
    single = frozenset('?\ufffd&<"')
    return single.union(
        BLANKS, LINE_ENDS, INVISIBLE, PRIVATE, ACCENTED, GBK_SIGNS, PARENTHESES, LOWER, MARKDOWN, HALF_WIDTH, _forms(),
        tables().traditional,
    )  # fmt: skip


def among(text: str) -> Chars:
    """The characters of a text that call for any step; the other functions take them."""
    present = set(text)
    found = present & _all()
    if present and max(present) > LAST_ASSIGNED_PLANE:
        found.add(max(present))
    return found


def always(present: Chars) -> bool:
    """Any text has lines, and marks that may be doubled."""
    return True


def line_ends(present: Chars) -> bool:
    """Line ends other than a newline."""
    return not LINE_ENDS.isdisjoint(present)


def mojibake(present: Chars) -> bool:
    """Letters that UTF-8 read as Latin-1 is made of, or characters that hardly anything else than misreading makes."""
    return not ACCENTED.isdisjoint(present) or not GBK_SIGNS.isdisjoint(present)


def invisible(present: Chars) -> bool:
    """Zero-width characters and controls."""
    return not INVISIBLE.isdisjoint(present)


def lost_bytes(present: Chars) -> bool:
    """Marks for what could not be decoded, or traditional characters, among which letters may be trail bytes."""
    return "?" in present or "\ufffd" in present or traditional(present)


def pinyin(present: Chars) -> bool:
    """Parentheses and letters."""
    return not PARENTHESES.isdisjoint(present) and not LOWER.isdisjoint(present)


def private_use(present: Chars) -> bool:
    """Characters without a meaning of their own."""
    return not PRIVATE.isdisjoint(present) or max(present, default="") > LAST_ASSIGNED_PLANE


def escapes(present: Chars) -> bool:
    """A backslash."""
    return "\\" in present


def entities(present: Chars) -> bool:
    """An ampersand."""
    return "&" in present


def tags(present: Chars) -> bool:
    """An angle bracket."""
    return "<" in present


def markdown(present: Chars) -> bool:
    """Any of the signs of Markdown."""
    return not MARKDOWN.isdisjoint(present)


def traditional(present: Chars) -> bool:
    """Characters that only traditional text has."""
    return not tables().traditional.isdisjoint(present)


def compatibility_forms(present: Chars) -> bool:
    """Full-width digits and letters, radicals, small and vertical forms."""
    return not _forms().isdisjoint(present)


@cache
def _forms() -> frozenset[str]:
    return FULL_WIDTH | COMPATIBLE | frozenset(assets.toml("normalize/characters.toml")["forms"])


def half_width_marks(present: Chars) -> bool:
    """Punctuation of ASCII."""
    return not HALF_WIDTH.isdisjoint(present)


def straight_quotes(present: Chars) -> bool:
    """The quotation mark of ASCII."""
    return '"' in present


def blanks(present: Chars) -> bool:
    """Blanks of any width."""
    return not BLANKS.isdisjoint(present)
