"""Documents as the rows of one sheet: their sentences, their headings, and the pieces of their long sentences."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from pipeline.segment.structure import Passage, Span, Structure
from pipeline.tag.features import Context
from pipeline.tag.sentences import split_long, split_sentences
from pipeline.tag.sheet import Sheet, lay_out, mask_titles


@dataclass(frozen=True, slots=True)
class Untagged:
    """What the tagger needs of a document; all spans count into ``text``.

    ``passages`` are its stretches of running text in order, ``headings`` the span of each directive's heading by path.
    """

    text: str
    passages: Sequence[Passage]
    headings: Mapping[str, Span]
    title: str = ""
    date_issued: date | None = None

    @classmethod
    def of(cls, structure: Structure) -> Untagged:
        """A document as segmentation hands it on."""
        headings = {item.path: item.heading for item in structure.directives if item.heading}
        return cls(structure.text, structure.passages, headings, structure.title or "", structure.date_issued)


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of some documents and where they stand.

    The first rows are the sentences, of ``passages``; behind them come the headings, one for each of ``paths``, and the
    pieces. ``documents`` holds the number of each row's document, ``spans`` its place in that document's text, ``leads`` the
    lead-in whose item a row is, ``pieces`` the rows that a long sentence is cut into.
    """

    passages: tuple[Passage, ...]
    paths: tuple[str, ...]
    documents: tuple[int, ...]
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
        """A span of the sheet as one of the row's document."""
        shift = self.spans[row][0] - int(self.sheet.starts[row])
        return start + shift, end + shift


_Place = tuple[int, str | None]  # a path in one of the documents


def prepare(untagged: Sequence[Untagged]) -> Rows:
    """The rows of some documents."""
    passages: list[Passage] = []
    documents: list[int] = []
    spans: list[Span] = []
    for number, document in enumerate(untagged):
        for passage in document.passages:
            for span in split_sentences(document.text, passage.start, passage.end):
                passages.append(passage)
                documents.append(number)
                spans.append(span)
    n = len(passages)
    texts = [untagged[number].text for number in documents]
    places: list[_Place] = [(number, passages[row].path) for row, number in enumerate(documents)]
    headings = [(number, path) for number, document in enumerate(untagged) for path in document.headings]
    heading_row: dict[_Place, int] = {place: n + k for k, place in enumerate(headings)}
    above_place = {place: _above(*place, heading_row) for place in set(places)}
    above = [above_place[place] for place in places] + [()] * len(headings)
    leads = _leads(texts, places, spans)
    documents += [number for number, _ in headings]
    spans += [untagged[number].headings[path] for number, path in headings]
    outside = [row for row, (_, path) in enumerate(places) if path is None]
    pieces: dict[int, range] = {}
    for row in range(n):
        if parts := split_long(texts[row], *spans[row]):
            pieces[row] = range(len(spans), len(spans) + len(parts))
            spans += parts
            documents += [documents[row]] * len(parts)
            above += [above[row]] * len(parts)
            if passages[row].path is None:
                outside += pieces[row]
            if row in leads:
                leads |= dict.fromkeys(pieces[row], leads[row])
    masked = [mask_titles(document.text) for document in untagged]
    sheet = lay_out(masked[number][start:end] for number, (start, end) in zip(documents, spans, strict=True))
    context = Context(above, outside, [untagged[number].title for number in documents])
    paths = tuple(path for _, path in headings)
    return Rows(tuple(passages), paths, tuple(documents), tuple(spans), sheet, context, leads, pieces)


def _leads(texts: Sequence[str], places: Sequence[_Place], spans: Sequence[Span]) -> dict[int, int]:
    """For each sentence of an item the lead-in (以下工作：) that it stands under."""
    leads: dict[int, int] = {}
    lead_in: dict[_Place, int] = {}
    for row, ((number, path), (_, end)) in enumerate(zip(places, spans, strict=False)):
        if path is None:
            continue
        parent = number, path.rpartition(".")[0]
        if parent in lead_in:
            leads[row] = lead_in[parent]
        if texts[row][end - 1] in "：:":
            lead_in[number, path] = row
    return leads


def _above(number: int, path: str | None, heading_row: Mapping[_Place, int]) -> tuple[int, ...]:
    """The rows of the headings over a directive, its own included."""
    if path is None:
        return ()
    steps = path.split(".")
    places = ((number, ".".join(steps[: depth + 1])) for depth in range(len(steps)))
    return tuple(heading_row[place] for place in places if place in heading_row)
