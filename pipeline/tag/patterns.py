"""The cue language of the codebook: phrases that an analyst can write, compiled to bounded regular expressions.

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

There is no unbounded repeat, so no cue can make the scan slow. A cue must begin with fixed characters (its
*anchor*): the scanner looks only where an anchor stands.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

_BREAK = "，。；：！？\n"  # a gap stays inside one clause
_NUMBER = "[0-9０-９〇零一二三四五六七八九十百千万两几]{1,8}"
_NUMBER_STARTS = "0123456789〇零一二三四五六七八九十百千万两几"
_MAX_ANCHORS = 600


class CueError(ValueError):
    """A cue that the language does not allow; the message says why."""


@dataclass(frozen=True, slots=True)
class Cue:
    """One compiled cue: its source, its expression, and the one or two characters that it may begin with.

    ``literal`` is the word itself when the cue is nothing but fixed characters.
    """

    source: str
    regex: re.Pattern[str]
    anchors: frozenset[str]
    literal: str | None


@dataclass(frozen=True, slots=True)
class _Part:
    """A compiled piece: its expression and the prefixes (at most two characters) of what it matches."""

    regex: str
    prefixes: frozenset[str]


_NOTHING = _Part("", frozenset({""}))
_ANY = "\0"  # stands in a prefix for a character that is not fixed


def compile_cue(source: str, words: Mapping[str, Sequence[str]] | None = None) -> Cue:
    """Compile one cue; ``words`` holds the word lists that ``<name>`` refers to.

    Raises CueError when the cue is malformed or does not begin with fixed characters.
    """
    parser = _Parser(source, words or {})
    part = parser.alternatives()
    if parser.position != len(source):
        raise CueError(f"unexpected {source[parser.position]!r} at character {parser.position + 1}")
    anchors = {prefix.split(_ANY)[0] for prefix in part.prefixes}
    if "" in anchors:
        raise CueError("a cue must begin with at least one fixed character")
    if len(anchors) > _MAX_ANCHORS:
        raise CueError(f"a cue may begin in at most {_MAX_ANCHORS} ways, this one in {len(anchors)}")
    literal = source if not re.search(r"[()|?\[\]#<>…^$]", source) else None
    return Cue(source, re.compile(part.regex), frozenset(anchors), literal)


class _Parser:
    """Recursive descent over one cue; every method leaves ``position`` behind what it read."""

    def __init__(self, source: str, words: Mapping[str, Sequence[str]]) -> None:
        self.source = source
        self.words = words
        self.position = 0

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
            return _Part(f"[^{_BREAK}]{{0,{24 if wide else 10}}}?", frozenset({_ANY}))
        if char == "#":
            return _Part(_NUMBER, frozenset(digit + _ANY for digit in _NUMBER_STARTS))
        if char == "^":
            return _Part(f"(?<![^{_BREAK}、　 ])", frozenset({""}))
        if char == "$":
            return _Part(f"(?=[{_BREAK}]|\\Z)", frozenset({_ANY}))
        if char in "?)>]|":
            raise CueError(f"unexpected {char!r} at character {self.position}")
        return _Part(re.escape(char), frozenset({char}))

    def _words(self, name: str) -> _Part:
        if name not in self.words:
            raise CueError(f"no word list named {name!r}")
        words = sorted(set(self.words[name]), key=lambda word: (-len(word), word))
        return _Part(
            "(?:" + "|".join(re.escape(word) for word in words) + ")",
            frozenset(word[:2] for word in words),
        )

    def _class(self, members: str) -> _Part:
        if members.startswith("^"):
            return _Part(f"[^{re.escape(members[1:])}{_BREAK}]", frozenset({_ANY}))
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
    """Prefixes of a concatenation: those of the left, continued by the right where they are short and fixed."""
    joined = set()
    for prefix in left:
        if len(prefix) >= 2 or prefix.endswith(_ANY):
            joined.add(prefix)
        else:
            joined.update((prefix + more)[:2] for more in right)
    return frozenset(joined)
