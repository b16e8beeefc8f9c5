"""Segmentation: normalised text → the elements of an official document (GB/T 9704-2012) as spans.

``segment`` is the stage's one verb. The way of a text: lines → head → tail → body (directives) → references → inner
documents; every non-blank character ends in exactly one block.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date

from pipeline.records import DateMethod
from pipeline.segment.addressees import parse_addressees
from pipeline.segment.dates import find_dates
from pipeline.segment.directives import parse_body
from pipeline.segment.head import Head, parse_head
from pipeline.segment.inner import find_inner
from pipeline.segment.issuers import find_issuers
from pipeline.segment.lines import Line, split_lines
from pipeline.segment.numbers import parse_document_number
from pipeline.segment.official import is_official
from pipeline.segment.orders import absorb
from pipeline.segment.references import find_references
from pipeline.segment.structure import Addressee, Block, Citation, Structure
from pipeline.segment.tail import Tail, parse_tail
from pipeline.segment.titles import genre

__all__ = ["Structure", "segment"]

# An order carries regulations, a forwarded notice what it issues; each level repeats the text below it, so that a
# text which nests without end would grow with the square of its length.
_DEEPEST = 4


def segment(text: str) -> Structure:
    """Takes one normalised text apart.

    ``text``: lines separated by newlines, a paragraph or a short element each. Returns a ``Structure`` whose spans are
    offsets into ``text``; a text that is no official document has ``is_official_document`` False and no field.
    """
    return _segment(text, depth=0)


def _segment(text: str, *, depth: int) -> Structure:
    """One document, ``depth`` levels inside the text; what is printed inside the deepest stays an attachment."""
    lines = split_lines(text)
    head = parse_head(text, lines)
    tail = parse_tail(text, lines, head.body)
    if not is_official(text, lines, head, tail, inner=depth > 0):
        return Structure(text, False, _whole(lines))
    body_lines = lines[head.body : tail.body_end]
    body = parse_body(text, body_lines)
    end = _rest_end(lines, tail)
    limit = lines[tail.rest - 1].end if tail.rest else 0
    inner_spans, attached = find_inner(
        lines, tail.rest, end, head.title, "\n".join(line.text for line in body_lines)
    )
    inner_documents = tuple(
        (span, _segment(text[slice(*span)], depth=depth + 1)) for span in inner_spans if depth < _DEEPEST
    )
    body_span = (body_lines[0].start, body_lines[-1].end) if body_lines else (limit, limit)
    issued, method = _date(text, head, tail)
    number = parse_document_number(head.number.text, issued) if head.number else None
    number = number or head.number
    own = Structure(
        text,
        True,
        _partition(text, [*head.blocks, *body.blocks, *tail.blocks, *attached]),
        title=head.title or (text[slice(*head.order_span)] if head.order_span else None),
        number=number.text if number else None,
        number_agency=number.agency if number else None,
        number_year=number.year if number else None,
        number_serial=number.serial if number else None,
        issuers=find_issuers(text[:limit], head, tail.signature, number, issued, body_span),
        date_issued=issued,
        date_method=method,
        urgency=head.urgency,
        secrecy=head.secrecy,
        signer=head.signer,
        printed_by=tail.printed_by,
        printed_on=tail.printed_on,
        addressees=_addressees(text, head, tail),
        directives=body.directives,
        passages=body.passages,
        citations=_citations(text, head, tail, limit),
        notices=body.notices,
        inner=inner_documents,
    )
    if head.title is None and len(inner_documents) == 1 and not own.directives:
        return absorb(own, *inner_documents[0])
    return replace(own, doc_type=genre(own.title) if own.title else None)


def _whole(lines: list[Line]) -> tuple[Block, ...]:
    return (Block("other", lines[0].start, lines[-1].end),) if lines else ()


def _rest_end(lines: list[Line], tail: Tail) -> int:
    """The first line of the copies and print information that close the page, behind attachments."""
    starts = [block.start for block in tail.blocks if block.kind in ("cc", "print_info")]
    behind = [s for s in starts if tail.rest < len(lines) and s >= lines[tail.rest].start]
    return next(i for i, line in enumerate(lines) if line.start == min(behind)) if behind else len(lines)


def _date(text: str, head: Head, tail: Tail) -> tuple[date | None, DateMethod | None]:
    if tail.date:
        return tail.date, "signature"
    for block in head.blocks:
        if block.kind == "date":
            found = find_dates(text[block.start : block.end])
            if found and found[0][2]:
                return found[0][2], "masthead"
    if head.adoption:
        dates = {d for _, _, d in find_dates(text[slice(*head.adoption)]) if d}
        if len(dates) == 1:  # of several, adopted and revised, none is the date of issue for certain
            return dates.pop(), "adoption"
    return None, None


def _citations(text: str, head: Head, tail: Tail, limit: int) -> tuple[Citation, ...]:
    """What the text cites and, as ``attachment``, what its attachment note lists, in order."""
    cited = find_references(text, head.title_span, head.number_span, tail.attachments, limit)
    listed = [
        Citation(text[start:end].strip("《》"), None, None, "attachment", (start, end))
        for start, end in tail.attachments
    ]
    return tuple(sorted([*cited, *listed], key=lambda citation: citation.span))


def _addressees(text: str, head: Head, tail: Tail) -> tuple[Addressee, ...]:
    items: list[Addressee] = []
    if head.addressee:
        items.extend(parse_addressees(text[slice(*head.addressee)], head.addressee[0], "main"))
    for start, end in tail.cc:
        words = text[start:end].rstrip("。．. ")
        items.extend(parse_addressees(words, start, "cc"))
    return tuple(items)


def _partition(text: str, blocks: list[Block]) -> tuple[Block, ...]:
    """The blocks in order, with what no element claimed as ``other``; no two overlap."""
    ordered: list[Block] = []
    for block in sorted(blocks, key=lambda b: (b.start, -b.end)):
        if ordered and block.start < ordered[-1].end:
            if block.end <= ordered[-1].end:
                continue
            block = replace(block, start=ordered[-1].end)
        if block.start < block.end:
            ordered.append(block)
    filled: list[Block] = []
    position = 0
    for block in ordered:
        filled += [*_other(text, position, block.start), block]
        position = block.end
    return (*filled, *_other(text, position, len(text)))


def _other(text: str, start: int, end: int) -> list[Block]:
    """What no element claimed between two blocks, as one block without blanks at its ends; [] where that is nothing."""
    words = text[start:end]
    stripped = words.strip()
    if not stripped:
        return []
    start += words.index(stripped[0])
    return [Block("other", start, start + len(stripped))]
