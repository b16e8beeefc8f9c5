"""The characters of GBK by their two bytes."""

from __future__ import annotations

from collections.abc import Iterator
from functools import cache

import numpy as np

from pipeline.normalize.charmodel import UNKNOWN, Ids, load
from pipeline.normalize.script import Script, tables

ANY = -1
"""A byte that is known to be there and not which."""


class Alphabet:
    """The characters that a text may hold, by lead and by trail byte, as ids of the model.

    Of characters that only the other script has there are none, and of punctuation only what the text has: one that
    writes ``,`` for ``，`` lost no byte of a full-width comma.
    """

    def __init__(self, script: Script, present: frozenset[str]) -> None:
        self.of_pair = {
            pair: k
            for pair, (char, k) in _alphabet(script).items()
            if char in present or "\u4e00" <= char <= "\u9fff"
        }
        by_lead: dict[int, set[int]] = {}
        by_trail: dict[int, set[int]] = {}
        for (lead, trail), identifier in self.of_pair.items():
            by_lead.setdefault(lead, set()).add(identifier)
            by_trail.setdefault(trail, set()).add(identifier)
        self.by_lead = {b: np.array(sorted(ids)) for b, ids in by_lead.items()}
        self.by_trail = {b: np.array(sorted(ids)) for b, ids in by_trail.items()}
        self.all = np.array(sorted(set(self.of_pair.values())))
        self._limited: dict[tuple[int, frozenset[int]], Ids] = {}

    def ids(self, lead: int, trail: int, trails: frozenset[int] | None = None) -> Ids:
        """The characters of two bytes, either of which may be ANY; ``trails`` limits what an unknown trail byte may be."""
        if trail == ANY and trails is not None:
            return self._with_trails(lead, trails)
        if trail == ANY:
            return self.all if lead == ANY else self.by_lead.get(lead, _NONE)
        if lead == ANY:
            return self.by_trail.get(trail, _NONE)
        identifier = self.of_pair.get((lead, trail))
        return _NONE if identifier is None else np.array([identifier])

    def _with_trails(self, lead: int, trails: frozenset[int]) -> Ids:
        found = self._limited.get((lead, trails))
        if found is None:
            leads = range(0x81, 0xFF) if lead == ANY else (lead,)
            ids = {self.of_pair.get((b, t)) for b in leads for t in trails} - {None}
            found = self._limited[lead, trails] = np.array(
                sorted(k for k in ids if k is not None), dtype=np.int64
            )
        return found


_NONE: Ids = np.zeros(0, dtype=np.int64)


def _gbk_characters() -> Iterator[tuple[tuple[int, int], str]]:
    """Chinese characters and punctuation of GBK with their two bytes."""
    for lead in range(0x81, 0xFF):
        for trail in (*range(0x40, 0x7F), *range(0x80, 0xFF)):
            try:
                char = bytes((lead, trail)).decode("gbk")
            except UnicodeDecodeError:
                continue
            if "\u4e00" <= char <= "\u9fff" or not char.isalnum():
                yield (lead, trail), char


@cache
def _alphabet(script: Script) -> dict[tuple[int, int], tuple[str, int]]:
    model, table = load(), tables()
    other = {"hant": table.simplified, "hans": table.traditional, "mixed": frozenset[str]()}[script]
    ids = {pair: (char, model.id_of(char.translate(table.characters))) for pair, char in _gbk_characters()}
    return {pair: (char, k) for pair, (char, k) in ids.items() if k != UNKNOWN and char not in other}


def bytes_of(char: str) -> tuple[int, int]:
    """The two bytes of a character; (0, 0), which match nothing, when GBK gives it none or one."""
    try:
        data = char.encode("gb18030")
    except UnicodeEncodeError:
        return 0, 0
    return (data[0], data[1]) if len(data) == 2 else (0, 0)


HIGH = frozenset(range(0x80, 0xFF))


@cache
def unpaired(following: int) -> frozenset[int]:
    """The bytes that make no character of GBK with the byte that follows."""
    return frozenset(b for b in HIGH if not _is_character(b, following))


def _is_character(lead: int, trail: int) -> bool:
    try:
        bytes((lead, trail)).decode("gbk")
    except UnicodeDecodeError:
        return False
    return True
