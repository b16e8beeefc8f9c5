"""From passages to measures: sentences, modality, codes with their evidence, actors and deadlines."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.records import Modality, SegmentKind
from pipeline.segment.structure import Span
from pipeline.tag import modality as binding
from pipeline.tag.actors import find_actors
from pipeline.tag.classifier import default_model
from pipeline.tag.codebook import Codebook, default_codebook
from pipeline.tag.coder import Coder, CodeTag
from pipeline.tag.deadlines import find_deadline
from pipeline.tag.rows import Rows, Untagged, prepare
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method


@dataclass(frozen=True, slots=True)
class TaggedMeasure:
    """One sentence that is a measure. All spans are into the document's text."""

    path: str | None
    kind: SegmentKind
    start: int
    end: int
    modality: Modality
    modality_cue: Span | None
    codes: tuple[str, ...]
    actors: tuple[Span, ...]
    inherited_actors: tuple[Span, ...]
    deadline: Span | None
    deadline_date: date | None
    tags: tuple[CodeTag, ...]


@dataclass(frozen=True, slots=True)
class Tagged:
    """All measures of a document in order, and the codes of its headings by directive path."""

    measures: list[TaggedMeasure]
    heading_tags: dict[str, tuple[CodeTag, ...]]


def tag(
    documents: Sequence[Untagged],
    *,
    codebook: Codebook | None = None,
    method: Method = DEFAULT_METHOD,
    segmenter: str | Path = SHIPPED,
) -> list[Tagged]:
    """The measures of each document and the codes of its headings: one by one or together, the same.

    Together short documents take a third of the time. Every sentence of a directive is a measure; one of a preamble or
    closing only when it asks for something. ``method`` chooses the rules of the codebook, the trained model,
    or both; ``segmenter`` (see ``pipeline.tagging``) the words that its evidence is rounded to. Raises ValueError for an
    unknown segmenter.
    """
    rows = prepare(documents)
    tagged = [Tagged([], {}) for _ in documents]
    if not len(rows):
        return tagged
    coder = Coder(rows, codebook or default_codebook(), default_model(), method, segmenter)
    others: list[Modality] = ["statement"] * (len(rows) - len(rows.passages))  # they name no actors
    actors = find_actors(rows.sheet, [*coder.modalities[: len(rows.passages)], *others], coder.model)
    for row in rows.sentences:
        modality, passage = coder.modalities[row], rows.passages[row]
        if modality == "statement" and passage.kind != "directive":
            continue
        number = rows.documents[row]
        measures = tagged[number].measures
        previous = measures[-1] if measures and measures[-1].path == passage.path else None
        measures.append(_measure(documents[number], rows, row, coder, actors[row], previous))
    for row, path in zip(rows.headings, rows.paths, strict=True):
        if coder.modalities[row] == "statement" and method != "rules":
            continue
        if tags := tuple(coder.tags(row)):
            tagged[rows.documents[row]].heading_tags[path] = tags
    return tagged


def _measure(
    document: Untagged,
    rows: Rows,
    row: int,
    coder: Coder,
    actors: Sequence[Span],
    previous: TaggedMeasure | None,
) -> TaggedMeasure:
    """The measure of a row; ``actors`` count from its start, ``previous`` is the measure before it in its directive."""
    modality, passage, (start, end) = coder.modalities[row], rows.passages[row], rows.spans[row]
    asks = modality != "statement"
    order = binding.cue_of(modality, coder.cues[row])
    tags = tuple(coder.tags(row, order)) if asks else ()
    deadline = find_deadline(document.text, start, end, document.date_issued) if asks else None
    named = tuple((start + left, start + right) for left, right in actors)
    inherited: tuple[Span, ...] = ()
    if asks and not named and previous is not None:
        inherited = previous.actors or previous.inherited_actors
    return TaggedMeasure(
        path=passage.path,
        kind=passage.kind,
        start=start,
        end=end,
        modality=modality,
        modality_cue=rows.in_text(row, *order) if order else None,
        codes=tuple(tag.code for tag in tags),
        actors=named,
        inherited_actors=inherited,
        deadline=deadline.span if deadline else None,
        deadline_date=deadline.day if deadline else None,
        tags=tags,
    )
