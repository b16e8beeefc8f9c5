"""One scan that finds every cue of a codebook in a document.

All words that cues stand for are one automaton (Aho and Corasick, 1975). A cue with a gap or a number in it
is no list of words: the automaton finds where it may begin, and its expression is tried there.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from functools import lru_cache
from itertools import chain

import numpy as np
from ahocorasick_rs import AhoCorasick

from pipeline.tag.codebook import Codebook, CodeEntry, ModalityEntry
from pipeline.tag.patterns import Cue
from pipeline.tag.sheet import IntArray, Sheet


@dataclass(frozen=True, slots=True)
class Hits:
    """The cues found on a sheet, in order of start.

    ``labels`` number the scanner's labels and ``rows`` the sheet's rows; ``ranks`` are the places of the cues
    among those of their label.
    """

    starts: IntArray
    ends: IntArray
    labels: IntArray
    ranks: IntArray
    rows: IntArray

    def __len__(self) -> int:
        return len(self.starts)

    def where(self, chosen: np.typing.NDArray[np.bool_]) -> Hits:
        """Some of the hits."""
        return Hits(
            self.starts[chosen], self.ends[chosen], self.labels[chosen], self.ranks[chosen], self.rows[chosen]
        )


def occurrences(automaton: AhoCorasick, text: str) -> IntArray:
    """Every occurrence of an automaton's patterns, overlapping ones too: number of the pattern, start and end."""
    matches = automaton.find_matches_as_indexes(text, overlapping=True)
    numbers = np.fromiter(chain.from_iterable(matches), dtype=np.int64, count=3 * len(matches))
    return numbers.reshape(-1, 3)


class Scanner:
    """Finds all cues and contexts of a codebook in one pass over a sheet.

    ``labels`` are the codes, then the modalities, in the order of the codebook.
    """

    def __init__(self, codebook: Codebook) -> None:
        self.labels = (*codebook.codes, *(entry.modality for entry in codebook.modalities))
        self._contexts_from = len(self.labels)  # a context of label n is found as label n + this
        words: dict[str, dict[int, int]] = defaultdict(dict)
        self._gapped: dict[str, list[tuple[int, Cue]]] = defaultdict(list)
        entries: tuple[CodeEntry | ModalityEntry, ...] = (*codebook.entries, *codebook.modalities)
        for number, entry in enumerate(entries):
            for label, cues in ((number, entry.cues), (number + self._contexts_from, entry.unless)):
                for cue in cues:
                    for word in cue.words:
                        words[word].setdefault(label, cue.rank)
                    for anchor in cue.anchors if not cue.words else ():
                        self._gapped[anchor].append((label, cue))
        patterns = sorted(words.keys() | self._gapped.keys())
        self._automaton = AhoCorasick(patterns) if patterns else None
        self._begins = [self._gapped.get(pattern, []) for pattern in patterns]
        self._has_gapped = np.array([bool(begins) for begins in self._begins], dtype=bool)
        counts = np.array([len(words.get(pattern, ())) for pattern in patterns], dtype=np.int64)
        self._count, self._first = counts, np.cumsum(counts) - counts
        self._labels_and_ranks = np.array(
            [pair for pattern in patterns for pair in sorted(words.get(pattern, {}).items())], dtype=np.int64
        ).reshape(-1, 2)

    def scan(self, sheet: Sheet) -> Hits:
        """All hits on a sheet, without those that overlap a context; of one label at one place the
        longest.
        """
        if not sheet.text or self._automaton is None:
            none = np.zeros(0, dtype=np.int64)
            return Hits(none, none, none, none, none)
        found = occurrences(self._automaton, sheet.text)
        phrases = np.array(self._phrases(sheet.text, found), dtype=np.int64).reshape(-1, 4)
        starts, ends, labels, ranks = np.concatenate([self._words(found), phrases]).T
        order = np.lexsort((-ends, labels, starts))
        starts, ends, labels, ranks = starts[order], ends[order], labels[order], ranks[order]
        longest = np.r_[True, (starts[1:] != starts[:-1]) | (labels[1:] != labels[:-1])][: len(starts)]
        every = Hits(starts, ends, labels, ranks, sheet.owner[starts]).where(longest)
        return self._outside_contexts(every)

    def _words(self, found: IntArray) -> IntArray:
        """Start, end, label and rank of every word found, once for each label that it speaks for."""
        patterns = found[:, 0]
        counts = self._count[patterns]
        which = np.repeat(np.arange(len(found)), counts)
        place = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        spoken_for = self._labels_and_ranks[self._first[patterns[which]] + place]
        return np.concatenate([found[which, 1:], spoken_for], axis=1)

    def _phrases(self, text: str, found: IntArray) -> list[tuple[int, int, int, int]]:
        """Start, end, label and rank of every cue with a gap."""
        return [
            (*span, label, cue.rank)
            for pattern, start, _ in found[self._has_gapped[found[:, 0]]].tolist()
            for label, cue in self._begins[pattern]
            if (span := cue.match(text, start))
        ]

    def _outside_contexts(self, every: Hits) -> Hits:
        """The hits that no context of their label overlaps."""
        is_context = every.labels >= self._contexts_from
        hits, contexts = every.where(~is_context), every.where(is_context)
        if not len(contexts):
            return hits
        # One line for all labels: each has a stretch of its own, as long as the sheet.
        width = int(every.ends.max()) + 1
        order = np.argsort(contexts.labels, kind="stable")
        shift = (contexts.labels[order] - self._contexts_from) * width
        starts, ends = contexts.starts[order] + shift, contexts.ends[order] + shift
        own = hits.labels * width
        before = np.searchsorted(starts, hits.ends + own)
        furthest = np.concatenate([[-1], np.maximum.accumulate(ends)])[before]
        return hits.where(furthest <= hits.starts + own)


@lru_cache(maxsize=8)
def scanner(codebook: Codebook) -> Scanner:
    """The scanner of a codebook, compiled once."""
    return Scanner(codebook)
