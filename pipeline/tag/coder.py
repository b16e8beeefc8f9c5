"""Modality and codes of every row of some documents, each code with the words that carry it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import numpy as np

from pipeline.segment.structure import Span
from pipeline.tag import modality as binding
from pipeline.tag.classifier import Model, Scores
from pipeline.tag.codebook import Codebook
from pipeline.tag.cues import Hits, scanner
from pipeline.tag.evidence import best_stretches
from pipeline.tag.features import FloatArray, Keys, extract, gram_keys, lead_in_features
from pipeline.tag.nlp import segment_words
from pipeline.tag.rows import Rows
from pipeline.tag.sheet import IntArray, Sheet, lay_out
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
    """Reads all rows once; then ``modalities`` holds the modality of each, and `tags` gives the codes.

    ``segmenter`` says what a whole word is where the model must show its evidence.
    """

    def __init__(
        self,
        rows: Rows,
        book: Codebook,
        model: Model,
        method: Method = DEFAULT_METHOD,
        segmenter: str | Path = SHIPPED,
    ) -> None:
        self.rows, self.book, self.model, self.method = rows, book, model, method
        codes = frozenset(book.codes)
        hits = scanner(book).scan(rows.sheet)
        self.cues = _by_row(hits, scanner(book).labels, len(rows))
        self.accepted: list[dict[str, float]] = [{} for _ in range(rows.headings.stop)]
        self.evidence: dict[tuple[int, str], Span] = {}
        if method == "rules":
            self.cues_decide = codes
            self.modalities = [
                binding.by_rules(rows.sheet, row, [cue for cue in cues if cue[0] in binding.MODALITIES])
                for row, cues in enumerate(self.cues)
            ]
            return
        self.cues_decide = codes - model.thresholds.keys() if method == "both" else frozenset()
        grams = gram_keys(rows.sheet)
        self.least = self._least(codes)
        self.sums = self._sums(grams, hits)
        self.scores = model.sentence.scores(self.sums)
        if method == "both":
            self._heed_orders()
        self.modalities = binding.by_model(self.scores, model.sentence)
        self._accept(model.probabilities(self._pooled()))
        self._find_evidence(grams, segmenter)

    def tags(self, row: int, order: Span | None = None) -> list[CodeTag]:
        """The codes of one row with their evidence, by name; ``order`` is the word that shows its modality."""
        scored = self.accepted[row]
        if self.cues_decide:
            by_cues = {cue[0]: RULE_SCORE for cue in self.cues[row] if cue[0] in self.cues_decide}
            scored = scored | by_cues
        found = []
        for code in sorted(scored):
            method: Literal["rule", "model"] = "model"
            start, end = self.evidence.get((row, code), (0, 0))
            cues = [cue for cue in self.cues[row] if cue[0] == code] if self.method != "model" else []
            if cues:
                method = "rule"
                start, end = self._cue(row, cues, order)
            if start < end:  # a row that is nothing but a title shows no code
                found.append(CodeTag(code, start, end, method, scored[code]))
        return found

    def _sums(self, grams: Sequence[Keys], hits: Hits) -> FloatArray:
        """What reaches the network's hidden units from every row; items take what their lead-in asks."""
        rows, network = self.rows, self.model.sentence
        sums = network.sums(extract(rows.sheet, grams, hits, rows.context, self.book))
        for row, lead in rows.leads.items():
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
            if binding.opens_with_order(self.rows.sheet, row, cues):
                self.scores[row, statement] = -np.inf

    def _pooled(self) -> Scores:
        """The scores, where those of long sentences heed their pieces: one of many clauses may carry a code."""
        pooled = self.scores.copy()
        for row, pieces in self.rows.pieces.items():
            best = self.scores[pieces[0] : pieces[-1] + 1].max(axis=0)
            pooled[row] = (1 - PIECE_SHARE) * self.scores[row] + PIECE_SHARE * best
        return pooled

    def _least(self, codes: frozenset[str]) -> FloatArray:
        """The probability from which on a row has a code of the codebook, rows × labels."""
        never = 2.0  # of what is no code
        thresholds = [
            self.model.thresholds.get(label, never) if label in codes else never
            for label in self.model.sentence.labels
        ]
        least = np.tile(np.array(thresholds, dtype=np.float32), (len(self.rows), 1))
        least[self.rows.headings] += HEADING_MARGIN
        return least

    def _accept(self, probabilities: Scores) -> None:
        """Keep the codes of sentences and headings whose probability is high enough, with it."""
        n, labels = len(self.accepted), self.model.sentence.labels
        rows, columns = np.nonzero(probabilities[:n] >= self.least[:n])
        scores = probabilities[rows, columns].round(3)
        for row, column, score in zip(rows.tolist(), columns.tolist(), scores.tolist(), strict=True):
            self.accepted[row][labels[column]] = score

    def _find_evidence(self, grams: Sequence[Keys], segmenter: str | Path) -> None:
        """Find the stretches that the model leans on where no cue shows a code, in whole words."""
        sheet, network = self.rows.sheet, self.model.sentence
        wanted = [
            (row, code)
            for row, codes in enumerate(self.accepted)
            if codes and self.modalities[row] != "statement"
            for code in codes
            if self.method == "model" or all(cue[0] != code for cue in self.cues[row])
        ]
        if not wanted:
            return
        columns = [network.labels.index(code) for _, code in wanted]
        sources = [self._source(row, column) for (row, _), column in zip(wanted, columns, strict=True)]
        rows = np.array(sources, dtype=np.int64)
        spans = best_stretches(network, sheet, grams, rows, np.array(columns), self.sums)
        spans = _in_whole_words(sheet, np.unique(rows), spans, segmenter)
        for one, source, (start, end) in zip(wanted, sources, spans.tolist(), strict=True):
            self.evidence[one] = self.rows.in_text(source, start, end)

    def _source(self, row: int, column: int) -> int:
        """The row that speaks for a code: the sentence itself, or the best piece of a long one."""
        pieces = self.rows.pieces.get(row, (row,))
        return max(pieces, key=lambda piece: float(self.scores[piece, column]))

    def _cue(self, row: int, cues: Sequence[binding.Cue], order: Span | None) -> Span:
        """The cue that shows a code best.

        Behind 要 stands what is asked, before it the case (落实不力的，要严肃问责); then the codebook's order
        decides, then length.
        """
        asked = order[0] if order else 0
        _, start, end, _ = max(cues, key=lambda cue: (cue[1] >= asked, -cue[3], cue[2] - cue[1], -cue[1]))
        return self.rows.in_text(row, start, end)


def _in_whole_words(sheet: Sheet, rows: IntArray, spans: IntArray, segmenter: str | Path) -> IntArray:
    """Spans inside some rows of a sheet, widened to the words that they cut."""
    part = lay_out(sheet.row(row) for row in rows.tolist())
    words = np.array(segment_words(part.text, segmenter), dtype=np.int64).reshape(-1, 2)
    if not len(words):
        return spans
    number = np.searchsorted(sheet.starts[rows], spans[:, 0], side="right") - 1
    shift = (sheet.starts[rows] - part.starts)[number]
    begins, ends = words.T
    left, right = spans.T - shift
    cut = np.maximum(np.searchsorted(begins, left, side="right") - 1, 0)
    left = np.where((begins[cut] < left) & (left < ends[cut]), begins[cut], left)
    cut = np.maximum(np.searchsorted(begins, right, side="right") - 1, 0)
    right = np.where((begins[cut] < right) & (right < ends[cut]), ends[cut], right)
    return np.stack([left + shift, right + shift], axis=1)


def _by_row(hits: Hits, labels: Sequence[str], n: int) -> list[list[binding.Cue]]:
    """Label, start, end and rank of the cues in each row."""
    rows: list[list[binding.Cue]] = [[] for _ in range(n)]
    found = (hits.rows, hits.labels, hits.starts, hits.ends, hits.ranks)
    for row, label, start, end, rank in zip(*(part.tolist() for part in found), strict=True):
        rows[row].append((labels[label], start, end, rank))
    return rows
