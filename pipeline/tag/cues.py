"""One scan that finds every cue of a codebook in a text.

Titles in 《》 are blanked out first: no code rests on a word inside them. The scan looks up the two characters at
each position in a table of anchors, and tries only the cues that may begin there.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from pipeline.tag.codebook import Codebook
from pipeline.tag.patterns import Cue

_TITLE = re.compile(r"《[^《》\n]{1,120}》|《[^《》\n]{0,60}《[^《》\n]{1,80}》[^《》\n]{0,60}》")
_BLANK = "\ue000"  # private use: stands for a masked character, matches no cue


@dataclass(frozen=True, slots=True)
class CueHit:
    """One cue found at ``start``–``end``, for the code or modality ``label``.

    ``strong`` for a cue, False for a hint; ``cue`` numbers it within its scanner.
    """

    label: str
    start: int
    end: int
    strong: bool
    cue: int


def mask_titles(text: str) -> str:
    """The text with what stands inside 《》 blanked out, same length."""
    return _TITLE.sub(lambda match: "《" + _BLANK * (len(match[0]) - 2) + "》", text)


class Scanner:
    """Finds all cues, hints and contexts of a codebook in one pass over a text."""

    def __init__(self, codebook: Codebook) -> None:
        self._cues: list[tuple[str, str, Cue]] = []
        for entry in codebook.entries:
            for role, cues in (("cue", entry.cues), ("hint", entry.hints), ("unless", entry.unless)):
                self._cues += [(entry.code, role, cue) for cue in cues]
        for modality in codebook.modalities:
            for role, cues in (("cue", modality.cues), ("unless", modality.unless)):
                self._cues += [(modality.modality, role, cue) for cue in cues]
        self._by_anchor: dict[str, list[int]] = defaultdict(list)
        for number, (_, _, cue) in enumerate(self._cues):
            for anchor in cue.anchors:
                self._by_anchor[anchor].append(number)
        self._flags = np.zeros(1 << 16, dtype=bool)
        for anchor in self._by_anchor:
            self._flags[_anchor_keys(anchor)] = True

    def names(self) -> list[tuple[str, str, str]]:
        """Code, role and source of every cue, in the order of their numbers."""
        return [(code, role, cue.source) for code, role, cue in self._cues]

    def scan(self, masked: str) -> list[CueHit]:
        """All hits in a text whose titles are masked, in order of start, without those that a context excludes."""
        found = sorted(self._matches(masked))
        contexts: dict[str, list[tuple[int, int]]] = defaultdict(list)
        for start, end, number in found:
            code, role, _ = self._cues[number]
            if role == "unless":
                contexts[code].append((start, end))
        hits = []
        for start, end, number in found:
            code, role, _ = self._cues[number]
            if role != "unless" and not _overlaps(start, end, contexts.get(code, ())):
                hits.append(CueHit(code, start, end, role == "cue", number))
        return hits

    def _matches(self, masked: str) -> Iterable[tuple[int, int, int]]:
        points = np.frombuffer(masked.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
        keys = np.empty(len(points), dtype=np.uint32)
        keys[:-1] = points[:-1] * 31 + points[1:]
        keys[-1:] = points[-1:] * 31
        single = points * 31 + 7
        flagged = self._flags[keys & 0xFFFF] | self._flags[single & 0xFFFF]
        cues, by_anchor = self._cues, self._by_anchor
        for position in np.flatnonzero(flagged).tolist():
            pair = masked[position : position + 2]
            for anchor in (pair, pair[:1]):
                for number in by_anchor.get(anchor, ()):
                    cue = cues[number][2]
                    if cue.literal is not None:
                        if masked.startswith(cue.literal, position):
                            yield position, position + len(cue.literal), number
                    elif match := cue.regex.match(masked, position):
                        yield position, match.end(), number


@lru_cache(maxsize=8)
def scanner(codebook: Codebook) -> Scanner:
    """The scanner of a codebook, compiled once."""
    return Scanner(codebook)


def _anchor_keys(anchor: str) -> int:
    first = ord(anchor[0])
    return (first * 31 + (ord(anchor[1]) if len(anchor) > 1 else 7)) & 0xFFFF


def _overlaps(start: int, end: int, spans: Iterable[tuple[int, int]]) -> bool:
    return any(left < end and start < right for left, right in spans)
