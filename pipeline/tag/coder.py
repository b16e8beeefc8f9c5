"""Modality and codes of every row of a document, each code with the words that carry it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from pipeline.segment.structure import Span
from pipeline.tag import modality as binding
from pipeline.tag.classifier import Model
from pipeline.tag.codebook import Codebook
from pipeline.tag.cues import Hits, scanner
from pipeline.tag.document import Document
from pipeline.tag.features import FloatArray, extract, gram_keys, lead_in_features
from pipeline.tag.nlp import segment_words
from pipeline.tag.sheet import lay_out
from pipeline.tag.word_segmenter import Spans
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method

RULE_SCORE = 0.8  # of a rule's tag where no model is asked: the precision of the cues on held-out notices
HEADING_MARGIN = 0.15  # a heading is short and names a topic: the model must be surer than of a sentence
PIECE_SHARE = 0.7  # of a long sentence's score what its best piece says; the rest is the whole sentence's


@dataclass(frozen=True, slots=True)
class CodeTag:
    """One code with its evidence: ``start``–``end`` are the words that carry it."""

    code: str
    start: int
    end: int
    method: Literal["rule", "model"]
    score: float


class Coder:
    """Reads a document once; then ``modalities`` holds the modality of each row, and `tags` gives the codes.

    ``segmenter`` says what a whole word is where the model must show its evidence.
    """

    def __init__(
        self,
        document: Document,
        book: Codebook,
        model: Model,
        method: Method = DEFAULT_METHOD,
        segmenter: str | Path = SHIPPED,
    ) -> None:
        self.document, self.book, self.model, self.method = document, book, model, method
        self.segmenter = segmenter
        self.codes = frozenset(book.codes)
        self.words: dict[int, Spans] = {}
        hits = scanner(book).scan(document.sheet)
        self.cues = _by_row(hits, scanner(book).labels, len(document))
        if method == "rules":
            self.modalities = [
                binding.by_rules(document.sheet, row, [cue for cue in cues if cue[0] in binding.MODALITIES])
                for row, cues in enumerate(self.cues)
            ]
            return
        self.least = self._least()
        self.grams = gram_keys(document.sheet)
        self.sums = self._sums(hits)
        self.scores = model.sentence.scores(self.sums)
        if method == "both":
            self._heed_orders()
        self.modalities = binding.by_model(self.scores, model.sentence)
        self.probabilities = model.probabilities(self._pooled())
        self.accepted = self._accepted()
        self.words = self._words()

    def tags(self, row: int, order: Span | None = None) -> Iterator[CodeTag]:
        """The codes of one row with their evidence, by name; ``order`` is the word that shows its modality."""
        scored: dict[str, float] = {}
        if self.method != "rules":
            labels = self.model.sentence.labels
            scored = {labels[n]: float(self.probabilities[row, n]) for n in self.accepted[row]}
        cues: dict[str, list[binding.Cue]] = {}
        for cue in self.cues[row]:
            label = cue[0]
            cues.setdefault(label, []).append(cue)
            unknown = label not in self.model.thresholds and self.method == "both"
            if label in self.codes and (self.method == "rules" or unknown):
                scored[label] = RULE_SCORE
        for code in sorted(scored.keys() & self.codes):
            by_rule = code in cues and self.method != "model"
            start, end = self._cue(row, cues[code], order) if by_rule else self._evidence(row, code)
            if start < end:  # a row that is nothing but a title shows no code
                yield CodeTag(code, start, end, "rule" if by_rule else "model", round(scored[code], 3))

    def _sums(self, hits: Hits) -> FloatArray:
        """What reaches the network's hidden units from every row; items take what their lead-in asks."""
        document, network = self.document, self.model.sentence
        sums = network.sums(extract(document.sheet, self.grams, hits, document.context, self.book))
        for row, lead in document.leads.items():
            scores = network.scores(sums[lead : lead + 1])
            [modality] = binding.by_model(scores, network)
            p = self.model.probabilities(scores)[0]
            codes = [network.labels[column] for column in np.flatnonzero(p >= self.least[lead]).tolist()]
            for column, value in lead_in_features(modality, [] if modality == "statement" else codes):
                sums[row] += network.embedding(column, value)
        return sums

    def _heed_orders(self) -> None:
        """Rule out that a row which begins with an order is a statement."""
        statement = self.model.sentence.labels.index("statement")
        for row, cues in enumerate(self.cues):
            if binding.opens_with_order(self.document.sheet, row, cues):
                self.scores[row, statement] = -np.inf

    def _pooled(self) -> FloatArray:
        """The scores, where those of long sentences heed their pieces: one of many clauses may carry a code."""
        pooled = self.scores.copy()
        for row, pieces in self.document.pieces.items():
            best = self.scores[pieces[0] : pieces[-1] + 1].max(axis=0)
            pooled[row] = (1 - PIECE_SHARE) * self.scores[row] + PIECE_SHARE * best
        return pooled

    def _least(self) -> FloatArray:
        """The probability from which on a row has a code, rows × labels."""
        never = 2.0  # of what is no code of the model
        thresholds = [self.model.thresholds.get(label, never) for label in self.model.sentence.labels]
        least = np.tile(np.array(thresholds, dtype=np.float32), (len(self.document), 1))
        least[self.document.headings] += HEADING_MARGIN
        return least

    def _accepted(self) -> list[list[int]]:
        """The columns of the codes whose probability is high enough, by row; none for pieces."""
        n = self.document.headings.stop
        rows: list[list[int]] = [[] for _ in range(n)]
        for row, column in zip(*np.nonzero(self.probabilities[:n] >= self.least[:n]), strict=True):
            rows[row].append(int(column))
        return rows

    def _words(self) -> dict[int, Spans]:
        """The words of the rows in which the model must show its evidence; spans count into the sheet."""
        sheet, labels = self.document.sheet, self.model.sentence.labels
        rows: dict[int, None] = {}
        for row, columns in enumerate(self.accepted):
            cued = {cue[0] for cue in self.cues[row]} if self.method == "both" else set()
            rows |= dict.fromkeys(
                self._source(row, column) for column in columns if labels[column] not in cued
            )
        numbers = list(rows)
        part = lay_out(sheet.text, [(int(sheet.starts[row]), int(sheet.ends[row])) for row in numbers])
        words: dict[int, Spans] = {row: [] for row in numbers}
        for start, end in segment_words(part.text, self.segmenter):
            number = int(part.owner[start])
            shift = int(sheet.starts[numbers[number]] - part.starts[number])
            words[numbers[number]].append((start + shift, end + shift))
        return words

    def _source(self, row: int, column: int) -> int:
        """The row that speaks for a code: the sentence itself, or the best piece of a long one."""
        pieces = self.document.pieces.get(row, (row,))
        return max(pieces, key=lambda piece: float(self.scores[piece, column]))

    def _cue(self, row: int, cues: Sequence[binding.Cue], order: Span | None) -> Span:
        """The cue that shows a code best.

        Behind 要 stands what is asked, before it the case (落实不力的，要严肃问责); then the codebook's order
        decides, then length.
        """
        asked = order[0] if order else 0
        _, start, end, _ = max(cues, key=lambda cue: (cue[1] >= asked, -cue[3], cue[2] - cue[1], -cue[1]))
        return self.document.in_text(row, start, end)

    def _evidence(self, row: int, code: str) -> Span:
        """The stretch that the model leans on, in whole words."""
        sheet, network = self.document.sheet, self.model.sentence
        source = self._source(row, network.labels.index(code))
        left, right = network.evidence(sheet, self.grams, source, code, self.sums[source])
        left, right = left + int(sheet.starts[source]), right + int(sheet.starts[source])
        for begin, end in self.words[source]:
            left = begin if begin < left < end else left
            right = end if begin < right < end else right
        return self.document.in_text(source, left, right)


def _by_row(hits: Hits, labels: Sequence[str], n: int) -> list[list[binding.Cue]]:
    """Label, start, end and rank of the cues in each row."""
    rows: list[list[binding.Cue]] = [[] for _ in range(n)]
    found = (hits.rows, hits.labels, hits.starts, hits.ends, hits.ranks)
    for row, label, start, end, rank in zip(*(part.tolist() for part in found), strict=True):
        rows[row].append((labels[label], start, end, rank))
    return rows
