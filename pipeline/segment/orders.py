"""Orders (令): an order and the one text that it promulgates are one document.

The State Council's portal and the gazettes list 国令第707号 under the title of the regulation: number, issuer and date
come from the order, title and articles from the regulation.
"""

from __future__ import annotations

from dataclasses import replace

from pipeline.segment.structure import Block, Citation, Span, Structure


def absorb(order: Structure, span: Span, regulation: Structure) -> Structure:
    """The order with the regulation printed at ``span`` as its own title and directives."""
    at = span[0]
    blocks = [block for block in order.blocks if not (span[0] <= block.start and block.end <= span[1])]
    blocks += [Block(block.kind, block.start + at, block.end + at) for block in regulation.blocks]
    return replace(
        order,
        blocks=tuple(sorted(blocks, key=lambda block: block.start)),
        title=regulation.title,
        doc_type=regulation.doc_type,
        directives=tuple(
            replace(d, heading=_move(d.heading, at), start=d.start + at, body=d.body + at, end=d.end + at)
            for d in regulation.directives
        ),
        passages=(
            *order.passages,
            *(replace(p, start=p.start + at, end=p.end + at) for p in regulation.passages),
        ),
        citations=_cited(order, regulation, at),
        notices=(
            *order.notices,
            *(replace(n, span=(n.span[0] + at, n.span[1] + at)) for n in regulation.notices),
        ),
        inner=tuple(((start + at, end + at), document) for (start, end), document in regulation.inner),
    )


def _cited(order: Structure, regulation: Structure, at: int) -> tuple[Citation, ...]:
    """Citations of both, without the order's mention of what it promulgates."""
    own = tuple(c for c in order.citations if c.title != regulation.title)
    return (*own, *(replace(c, span=(c.span[0] + at, c.span[1] + at)) for c in regulation.citations))


def _move(span: Span | None, at: int) -> Span | None:
    return (span[0] + at, span[1] + at) if span else None
