"""The cue language of the codebook: phrases that an analyst can write, compiled to bounded regular
expressions.

==========  =======================================================================================
``问责``     the words themselves
``(甲|乙)``  one of several; ``|`` may also stand at the top level
``甲?``      the character, group or set before may be missing
``[甲乙]``   one of these characters; ``[^甲乙]`` any other character
``#``        a number, in digits or Chinese numerals
``<name>``   any word of the codebook's word list ``name``
``…``        up to 10 characters of the same clause; ``……`` up to 24
``^  $``     start or end of a clause
==========  =======================================================================================

There is no unbounded repeat, so no cue can make the scan slow. A cue must begin with fixed characters: where
it holds neither gap nor number, all that it matches is known beforehand (its *words*); otherwise the scanner
tries it where one of its *anchors*, the fixed characters that it may begin with, stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_BREAK = "，。；：！？\n"  # a gap stays inside one clause
_DIGITS = "0123456789０１２３４５６７８９〇零一二三四五六七八九十百千万两几"
_MAX_DIGITS = 8
_NUMBER = f"[{_DIGITS}]{{1,{_MAX_DIGITS}}}"
_MAX_WORDS = 600  # what one cue may stand for, before its ends are left to the expression


class CueError(ValueError):
    """A cue that the language does not allow; the message says why."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One compiled cue: its source, its expression, all it can match when that is finite, else its
    beginnings.

    ``rank`` is its place among the cues of its code: the first show it best. One that begins with a number is
    ``numbered``: its words and anchors are what follows the number.
    """

    source: str
    regex: re.Pattern[str]
    words: frozenset[str]
    anchors: frozenset[str]
    rank: int = 0
    numbered: bool = False

    def match(self, text: str, position: int) -> tuple[int, int] | None:
        """Start and end of the cue whose anchor stands at a position."""
        if self.numbered:
            end = position
            while position > 0 and end - position < _MAX_DIGITS and text[position - 1] in _DIGITS:
                position -= 1
        match = self.regex.match(text, position)
        return match.span() if match else None


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled piece: its expression, and what it matches; a prefix that ends in _OPEN goes on in unknown
    ways.
    """

    regex: str
    prefixes: frozenset[str]


_NOTHING = _Part("", frozenset({""}))
_OPEN = "\0"


def compile_cue(source: str, words: Mapping[str, Sequence[str]] | None = None, rank: int = 0) -> Cue:
    """Compile one cue; ``words`` holds the word lists that ``<name>`` refers to.

    Raises CueError when the cue is malformed or does not begin with fixed characters.
    """
    numbered = source.startswith("#") and len(source) > 1
    parser = _Parser(source, words or {}, position=int(numbered))
    part = parser.alternatives()
    if parser.position != len(source):
        raise CueError(f"unexpected {source[parser.position]!r} at character {parser.position + 1}")
    anchors = frozenset(prefix.rstrip(_OPEN) for prefix in part.prefixes)
    if "" in anchors:
        raise CueError("a cue must begin with at least one fixed character")
    if len(anchors) > _MAX_WORDS:
        raise CueError(f"a cue may begin in at most {_MAX_WORDS} ways, this one in {len(anchors)}")
    if numbered:
        return Cue(source, re.compile(_NUMBER + part.regex), frozenset(), anchors, rank, numbered)
    finite = not parser.asserts and not any(prefix.endswith(_OPEN) for prefix in part.prefixes)
    return Cue(source, re.compile(part.regex), anchors if finite else frozenset(), anchors, rank)


class _Parser:
    """Recursive descent over one cue; every method leaves ``position`` behind what it read."""

    def __init__(self, source: str, words: Mapping[str, Sequence[str]], position: int = 0) -> None:
        self.source = source
        self.words = words
        self.position = position
        self.asserts = False  # whether it asks where a clause begins, which its words cannot tell

    def alternatives(self) -> _Part:
        parts = [self.sequence()]
        while self._peek() == "|":
            self.position += 1
            parts.append(self.sequence())
        if len(parts) == 1:
            return parts[0]
        return _Part(
            "(?:" + "|".join(part.regex for part in parts) + ")",
            frozenset().union(*(part.prefixes for part in parts)),
        )

    def sequence(self) -> _Part:
        whole = _NOTHING
        while self._peek() not in ("", "|", ")"):
            part = self._atom()
            if self._peek() == "?":
                self.position += 1
                part = _Part(f"(?:{part.regex})?", part.prefixes | {""})
            whole = _Part(whole.regex + part.regex, _join(whole.prefixes, part.prefixes))
        if not whole.regex:
            raise CueError("an empty alternative")
        return whole

    def _atom(self) -> _Part:
        char = self.source[self.position]
        self.position += 1
        if char == "(":
            part = self.alternatives()
            self._expect(")")
            return _Part(f"(?:{part.regex})", part.prefixes)
        if char == "<":
            return self._words(self._until(">"))
        if char == "[":
            return self._class(self._until("]"))
        if char == "…":
            wide = self._peek() == "…"
            self.position += wide
            return _Part(f"[^{_BREAK}]{{0,{24 if wide else 10}}}?", frozenset({_OPEN}))
        if char == "#":
            return _Part(_NUMBER, frozenset(digit + _OPEN for digit in _DIGITS))
        if char == "^":
            self.asserts = True
            return _Part(f"(?<![^{_BREAK}、　 ])", frozenset({""}))
        if char == "$":
            return _Part(f"(?=[{_BREAK}]|\\Z)", frozenset({_OPEN}))
        if char in "?)>]|":
            raise CueError(f"unexpected {char!r} at character {self.position}")
        return _Part(re.escape(char), frozenset({char}))

    def _words(self, name: str) -> _Part:
        if name not in self.words:
            raise CueError(f"no word list named {name!r}")
        words = sorted(set(self.words[name]), key=lambda word: (-len(word), word))
        return _Part(
            "(?:" + "|".join(re.escape(word) for word in words) + ")",
            frozenset(words),
        )

    def _class(self, members: str) -> _Part:
        if members.startswith("^"):
            return _Part(f"[^{re.escape(members[1:])}{_BREAK}]", frozenset({_OPEN}))
        if not members:
            raise CueError("an empty [ ]")
        return _Part(f"[{re.escape(members)}]", frozenset(members))

    def _peek(self) -> str:
        return self.source[self.position : self.position + 1]

    def _until(self, closing: str) -> str:
        end = self.source.find(closing, self.position)
        if end < 0:
            raise CueError(f"{closing!r} is missing")
        inside = self.source[self.position : end]
        self.position = end + 1
        return inside

    def _expect(self, char: str) -> None:
        if self._peek() != char:
            raise CueError(f"{char!r} is missing")
        self.position += 1


def _join(left: frozenset[str], right: frozenset[str]) -> frozenset[str]:
    """What a concatenation may match: the left's words continued by the right's, as far as they are not too
    many.
    """
    going_on = [word for word in left if not word.endswith(_OPEN)]
    if going_on != [""] and len(going_on) * len(right) > _MAX_WORDS:
        return frozenset(word.rstrip(_OPEN) + _OPEN for word in left)
    return frozenset(
        [word + more for word in going_on for more in right] + [word for word in left if word.endswith(_OPEN)]
    )
