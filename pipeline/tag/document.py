"""A document as the rows of one sheet: its sentences, its headings, and the pieces of its long sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from pipeline.segment.structure import Passage, Span
from pipeline.tag.features import Context
from pipeline.tag.sentences import split_long, split_sentences
from pipeline.tag.sheet import Sheet, lay_out, mask_titles


@dataclass(frozen=True, slots=True)
class Document:
    """The rows of a document and where they stand.

    The first rows are the sentences, of ``passages``; behind them come the headings, one for each of ``paths``, and the
    pieces. ``spans`` are the rows' places in the text, ``leads`` the lead-in whose item a row is, ``pieces`` the rows that a
    long sentence is cut into.
    """

    passages: tuple[Passage, ...]
    paths: tuple[str, ...]
    spans: tuple[Span, ...]
    sheet: Sheet
    context: Context
    leads: Mapping[int, int]
    pieces: Mapping[int, Sequence[int]]

    def __len__(self) -> int:
        return len(self.spans)

    @property
    def sentences(self) -> range:
        """The rows that are sentences."""
        return range(len(self.passages))

    @property
    def headings(self) -> range:
        """The rows that are headings, in the order of ``paths``."""
        return range(len(self.passages), len(self.passages) + len(self.paths))

    def in_text(self, row: int, start: int, end: int) -> Span:
        """A span of the sheet as one of the text."""
        shift = self.spans[row][0] - int(self.sheet.starts[row])
        return start + shift, end + shift


def prepare(text: str, passages: Sequence[Passage], headings: Mapping[str, Span], title: str) -> Document:
    """The rows of a document; ``headings`` are the spans of headings by path."""
    of, spans = [], []
    for passage in passages:
        for span in split_sentences(text, passage.start, passage.end):
            of.append(passage)
            spans.append(span)
    heading_row = {path: len(of) + number for number, path in enumerate(headings)}
    headings_of = {path: _above(path, heading_row) for path in {passage.path for passage in of} if path}
    above = [headings_of[passage.path] if passage.path else () for passage in of] + [()] * len(headings)
    outside = [row for row, passage in enumerate(of) if passage.path is None]
    leads = _leads(text, of, spans)
    spans += headings.values()
    pieces: dict[int, range] = {}
    for row in range(len(of)):
        if parts := split_long(text, *spans[row]):
            pieces[row] = range(len(spans), len(spans) + len(parts))
            spans += parts
            above += [above[row]] * len(parts)
            outside += [piece for piece in pieces[row] if of[row].path is None]
            if row in leads:
                leads |= dict.fromkeys(pieces[row], leads[row])
    sheet = lay_out(mask_titles(text), spans)
    context = Context(above, outside, title)
    return Document(tuple(of), tuple(headings), tuple(spans), sheet, context, leads, pieces)


def _leads(text: str, passages: Sequence[Passage], spans: Sequence[Span]) -> dict[int, int]:
    """For each sentence of an item the lead-in (以下工作：) that it stands under."""
    leads: dict[int, int] = {}
    lead_in: dict[str, int] = {}
    for row, (passage, (_, end)) in enumerate(zip(passages, spans, strict=True)):
        if passage.path is None:
            continue
        parent = passage.path.rpartition(".")[0]
        if parent in lead_in:
            leads[row] = lead_in[parent]
        if text[end - 1] in "：:":
            lead_in[passage.path] = row
    return leads


def _above(path: str, heading_row: Mapping[str, int]) -> tuple[int, ...]:
    """The rows of the headings over a directive, its own included."""
    steps = path.split(".")
    paths = (".".join(steps[: depth + 1]) for depth in range(len(steps)))
    return tuple(heading_row[one] for one in paths if one in heading_row)
