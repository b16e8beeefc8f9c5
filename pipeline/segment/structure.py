"""What segmentation hands on: every element of a document as a span of its normalised text.

All spans are half-open offsets in Unicode code points into ``Structure.text``.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date

from pipeline.records import DateMethod, DocType, IssuerMethod, Level, Organ, Relation, SegmentKind

Span = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Block:
    """One segment: a run of whole lines (or, for an inline element, part of one) of one kind."""

    kind: SegmentKind
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class IssuingOrgan:
    """One issuing organ; ``name`` and its ``span`` are None when it is known from the number or inferred."""

    name: str | None
    canonical_name: str | None
    level: Level | None
    organ: Organ | None
    adcode: str | None
    province: str | None
    prefecture: str | None
    county: str | None
    method: IssuerMethod
    span: Span | None


@dataclass(frozen=True, slots=True)
class Addressee:
    """One item of the addressee line (main) or of the copies (cc)."""

    role: str
    name: str
    expanded: tuple[str, ...]
    level: Level | None
    organ: Organ | None
    span: Span


@dataclass(frozen=True, slots=True)
class Directive:
    """One numbered item. ``start``/``end`` hold marker, heading and own text; ``body`` starts behind the marker."""

    path: str
    level: int
    marker: str
    heading: Span | None
    start: int
    body: int
    end: int


@dataclass(frozen=True, slots=True)
class Passage:
    """A stretch of running text whose sentences may be measures: a directive's own text without marker and heading,
    a preamble, a closing, or a paragraph that follows a directive's children (then ``path`` is the parent's)."""

    kind: SegmentKind
    path: str | None
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Citation:
    """One cited document; ``span`` covers title and number as printed."""

    title: str | None
    doc_number: str | None
    issuer: str | None
    relation: Relation
    span: Span


@dataclass(frozen=True, slots=True)
class Notice:
    """Something odd in the source, kept as it is and reported."""

    kind: str
    detail: str
    span: Span


@dataclass(frozen=True, slots=True)
class Structure:
    """One document taken apart. ``inner`` holds documents printed inside it, with their span in ``text``."""

    text: str
    is_official_document: bool
    blocks: tuple[Block, ...]
    title: str | None = None
    doc_type: DocType | None = None
    number: str | None = None
    number_agency: str | None = None
    number_year: int | None = None
    number_serial: int | None = None
    issuers: tuple[IssuingOrgan, ...] = ()
    date_issued: date | None = None
    date_method: DateMethod | None = None
    urgency: str | None = None
    secrecy: str | None = None
    signer: str | None = None
    printed_by: str | None = None
    printed_on: date | None = None
    addressees: tuple[Addressee, ...] = ()
    directives: tuple[Directive, ...] = ()
    passages: tuple[Passage, ...] = ()
    citations: tuple[Citation, ...] = ()
    notices: tuple[Notice, ...] = ()
    inner: tuple[tuple[Span, Structure], ...] = field(default=())
