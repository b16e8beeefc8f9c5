"""From passages to measures: sentences, modality, codes with their evidence, actors and deadlines."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from pipeline.records import Modality, SegmentKind
from pipeline.segment.structure import Passage, Span
from pipeline.tag import modality as binding
from pipeline.tag.actors import find_actors
from pipeline.tag.classifier import default_model
from pipeline.tag.codebook import Codebook, default_codebook
from pipeline.tag.coder import Coder, CodeTag
from pipeline.tag.deadlines import Deadline, find_deadline
from pipeline.tag.document import Document, prepare
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

    measures: tuple[TaggedMeasure, ...]
    heading_tags: Mapping[str, tuple[CodeTag, ...]]


def tag(
    text: str,
    passages: Sequence[Passage],
    headings: Mapping[str, Span],
    *,
    title: str = "",
    date_issued: date | None = None,
    codebook: Codebook | None = None,
    method: Method = DEFAULT_METHOD,
    segmenter: str | Path = SHIPPED,
) -> Tagged:
    """The measures of a document and the codes of its headings.

    ``passages`` are its stretches of running text in order, ``headings`` the span of each directive's heading
    by path; all spans count into ``text``. Every sentence of a directive is a measure; one of a preamble or
    closing only when it asks for something. ``method`` chooses the rules of the codebook, the trained model,
    or both; ``segmenter`` (see ``pipeline.tagging``) the words that its evidence is rounded to. Raises ValueError for an
    unknown segmenter.
    """
    document = prepare(text, passages, headings, title)
    if not len(document):
        return Tagged((), {})
    coder = Coder(document, codebook or default_codebook(), default_model(), method, segmenter)
    others: list[Modality] = ["statement"] * (len(document) - len(document.passages))  # they name no actors
    actors = find_actors(document.sheet, [*coder.modalities[: len(document.passages)], *others], coder.model)
    measures: list[TaggedMeasure] = []
    for row in document.sentences:
        kind = coder.modalities[row]
        if kind == "statement" and document.passages[row].kind != "directive":
            continue
        start, end = document.spans[row]
        deadline = find_deadline(text, start, end, date_issued) if kind != "statement" else None
        named = tuple((start + left, start + right) for left, right in actors[row])
        previous = measures[-1] if measures else None
        measures.append(_measure(document, row, coder, named, deadline, previous))
    return Tagged(tuple(measures), _heading_tags(document, coder))


def _measure(
    document: Document,
    row: int,
    coder: Coder,
    actors: tuple[Span, ...],
    deadline: Deadline | None,
    previous: TaggedMeasure | None,
) -> TaggedMeasure:
    modality, passage = coder.modalities[row], document.passages[row]
    asks = modality != "statement"
    order = binding.cue_of(modality, coder.cues[row])
    tags = tuple(coder.tags(row, order)) if asks else ()
    inherited: tuple[Span, ...] = ()
    if asks and not actors and previous is not None and previous.path == passage.path:
        inherited = previous.actors or previous.inherited_actors
    return TaggedMeasure(
        path=passage.path,
        kind=passage.kind,
        start=document.spans[row][0],
        end=document.spans[row][1],
        modality=modality,
        modality_cue=document.in_text(row, *order) if order else None,
        codes=tuple(tag.code for tag in tags),
        actors=actors,
        inherited_actors=inherited,
        deadline=deadline.span if deadline else None,
        deadline_date=deadline.day if deadline else None,
        tags=tags,
    )


def _heading_tags(document: Document, coder: Coder) -> dict[str, tuple[CodeTag, ...]]:
    """The codes that headings ask for, read as sentences of their own."""
    tagged = {}
    for row, path in zip(document.headings, document.paths, strict=True):
        if coder.method != "rules" and coder.modalities[row] == "statement":
            continue
        if tags := tuple(coder.tags(row)):
            tagged[path] = tags
    return tagged
