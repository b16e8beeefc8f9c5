"""What the stages found in a document, as the fields of its record."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from pipeline.normalize import Normalized
from pipeline.normalize.alignment import Change
from pipeline.read.source import Decoded
from pipeline.segment import Structure
from pipeline.segment.structure import Notice, Span
from pipeline.tag import CodeTag, Tagged

SURE_ENCODING = 0.9  # a lower confidence of the decoder is worth a warning


class Part:
    """One document of a source: the whole text, or an inner document's slice of it.

    ``offset``/``end`` are where its text stands in the whole normalised text; ``parent`` is the part around it, ``inner``
    are those inside it.
    """

    def __init__(
        self,
        decoded: Decoded,
        normalized: Normalized,
        structure: Structure,
        doc_id: str,
        offset: int,
        end: int,
        parent: Part | None,
    ) -> None:
        self.decoded, self.normalized, self.structure = decoded, normalized, structure
        self.doc_id, self.offset, self.end, self.parent = doc_id, offset, end, parent
        self.raw_offset, self.raw_end = 0, len(normalized.raw_text)
        if parent is not None:
            self.raw_offset, self.raw_end = normalized.alignment.to_raw(offset, end)
        self.text = normalized.text[offset:end]
        self.raw_text = normalized.raw_text[self.raw_offset : self.raw_end]
        self.changes = normalized.changes if parent is None else self._own_changes()
        self.inner = [
            Part(decoded, normalized, inner, f"{doc_id}-{start}", offset + start, offset + stop, self)
            for (start, stop), inner in structure.inner
        ]

    def parts(self) -> Iterator[Part]:
        """This part and those inside it, each before its own inner ones."""
        yield self
        for inner in self.inner:
            yield from inner.parts()

    def raw(self, start: int, end: int) -> Span:
        """The raw span of a span of this part's text."""
        raw_start, raw_end = self.normalized.alignment.to_raw(self.offset + start, self.offset + end)
        return (
            max(raw_start, self.raw_offset) - self.raw_offset,
            min(raw_end, self.raw_end) - self.raw_offset,
        )

    def _own_changes(self) -> tuple[Change, ...]:
        """The changes inside this part, offsets counted from its start."""
        return tuple(
            Change(
                c.kind,
                c.raw_start - self.raw_offset,
                c.raw_end - self.raw_offset,
                c.start - self.offset,
                c.end - self.offset,
                c.confidence,
            )
            for c in self.normalized.changes
            if self.offset <= c.start
            and c.end <= self.end
            and self.raw_offset <= c.raw_start
            and c.raw_end <= self.raw_end
        )


def fields(part: Part, tagged: Iterator[Tagged]) -> dict[str, Any]:
    """The fields of the record of a part; ``tagged`` yields its tags, then those of the parts inside it."""
    own = next(tagged)
    repairs, measures = _repairs(part), _measures(part, own)
    return {
        **_document(part),
        "n_directives": len(part.structure.directives),
        "n_measures": len(measures),
        "n_repairs": len(repairs),
        "segments": _segments(part),
        "issuers": _issuers(part),
        "addressees": _addressees(part),
        "directives": _directives(part, own),
        "measures": measures,
        "tags": _tags(part, own),
        "references": _references(part),
        "repairs": repairs,
        "warnings": _warnings(part),
        "inner": [fields(inner, tagged) for inner in part.inner],
    }


def _document(part: Part) -> dict[str, Any]:
    decoded, structure = part.decoded, part.structure
    first = structure.issuers[0] if structure.issuers else None
    names = ["".join(organ.name.split()) for organ in structure.issuers if organ.name]
    parent = part.parent
    return {
        "doc_id": part.doc_id,
        "parent_doc_id": parent.doc_id if parent else None,
        "parent_start": part.offset - parent.offset if parent else None,
        "parent_end": part.end - parent.offset if parent else None,
        "source": decoded.name,
        "source_sha256": decoded.sha256,
        "source_bytes": decoded.n_bytes,
        "source_encoding": decoded.encoding,
        "source_script": part.normalized.script,
        "is_official_document": structure.is_official_document,
        "title": structure.title,
        "doc_type": structure.doc_type,
        "doc_number": structure.number,
        "doc_number_agency": structure.number_agency,
        "doc_number_year": structure.number_year,
        "doc_number_serial": structure.number_serial,
        "issuer": "、".join(names) or None,
        "issuer_level": first.level if first else None,
        "issuer_organ": first.organ if first else None,
        "issuer_adcode": first.adcode if first else None,
        "issuer_method": first.method if first else None,
        "date_issued": structure.date_issued,
        "date_method": structure.date_method,
        "urgency": structure.urgency,
        "secrecy": structure.secrecy,
        "signer": structure.signer,
        "printed_by": structure.printed_by,
        "printed_on": structure.printed_on,
        "text": part.text,
        "raw_text": part.raw_text,
    }


def _spanned(part: Part, start: int, end: int, **more: Any) -> dict[str, Any]:
    return {"doc_id": part.doc_id, "text": part.text[start:end], "start": start, "end": end, **more}


def _raw(part: Part, start: int, end: int) -> dict[str, int]:
    raw_start, raw_end = part.raw(start, end)
    return {"raw_start": raw_start, "raw_end": raw_end}


def _segments(part: Part) -> list[dict[str, Any]]:
    """The blocks of the text, and the furniture that normalisation removed from between them, in raw order."""
    rows = [
        _spanned(part, b.start, b.end, kind=b.kind, **_raw(part, b.start, b.end))
        for b in part.structure.blocks
    ]
    rows += [
        _spanned(part, c.start, c.end, kind="page_furniture", raw_start=c.raw_start, raw_end=c.raw_end)
        for c in part.changes
        if c.start == c.end and "page_furniture" in c.kind
    ]
    rows.sort(key=lambda row: (row["start"], row["end"], row["raw_start"]))
    for ordinal, row in enumerate(rows, start=1):
        row["ordinal"] = ordinal
    return rows


def _issuers(part: Part) -> list[dict[str, Any]]:
    return [
        {
            "doc_id": part.doc_id,
            "ordinal": ordinal,
            "name": organ.name,
            "canonical_name": organ.canonical_name,
            "level": organ.level,
            "organ": organ.organ,
            "adcode": organ.adcode,
            "province": organ.province,
            "prefecture": organ.prefecture,
            "county": organ.county,
            "method": organ.method,
            "start": organ.span[0] if organ.span else None,
            "end": organ.span[1] if organ.span else None,
        }
        for ordinal, organ in enumerate(part.structure.issuers, start=1)
    ]


def _addressees(part: Part) -> list[dict[str, Any]]:
    return [
        {
            "doc_id": part.doc_id,
            "ordinal": ordinal,
            "role": item.role,
            "name": item.name,
            "expanded": list(item.expanded),
            "level": item.level,
            "organ": item.organ,
            "start": item.span[0],
            "end": item.span[1],
        }
        for ordinal, item in enumerate(part.structure.addressees, start=1)
    ]


def _directives(part: Part, tagged: Tagged) -> list[dict[str, Any]]:
    codes: dict[str, set[str]] = {
        path: {one.code for one in tags} for path, tags in tagged.heading_tags.items()
    }
    count: dict[str, int] = {}
    for measure in tagged.measures:
        if measure.path is not None:
            codes.setdefault(measure.path, set()).update(measure.codes)
            count[measure.path] = count.get(measure.path, 0) + 1
    return [
        _spanned(
            part,
            item.start,
            item.end,
            directive_id=f"{part.doc_id}/{item.path}",
            path=item.path,
            parent_id=f"{part.doc_id}/{item.path.rpartition('.')[0]}" if "." in item.path else None,
            level=item.level,
            ordinal=ordinal,
            marker=item.marker,
            heading=part.text[slice(*item.heading)] if item.heading else None,
            codes=sorted(codes.get(item.path, ())),
            n_measures=count.get(item.path, 0),
            **_raw(part, item.start, item.end),
        )
        for ordinal, item in enumerate(part.structure.directives, start=1)
    ]


def _measures(part: Part, tagged: Tagged) -> list[dict[str, Any]]:
    return [
        _spanned(
            part,
            item.start,
            item.end,
            measure_id=_measure_id(part, ordinal),
            directive_id=_directive_id(part, item.path),
            segment_kind=item.kind,
            ordinal=ordinal,
            modality=item.modality,
            modality_cue=_words(part, item.modality_cue),
            codes=list(item.codes),
            actors=[part.text[slice(*span)] for span in item.actors],
            inherited_actors=[part.text[slice(*span)] for span in item.inherited_actors],
            deadline=_words(part, item.deadline),
            deadline_date=item.deadline_date,
            **_raw(part, item.start, item.end),
        )
        for ordinal, item in enumerate(tagged.measures, start=1)
    ]


def _words(part: Part, span: Span | None) -> str | None:
    return part.text[slice(*span)] if span else None


def _measure_id(part: Part, ordinal: int) -> str:
    return f"{part.doc_id}#{ordinal}"


def _directive_id(part: Part, path: str | None) -> str | None:
    return f"{part.doc_id}/{path}" if path is not None else None


def _tags(part: Part, tagged: Tagged) -> list[dict[str, Any]]:
    rows: list[tuple[CodeTag, str | None, str | None]] = []
    for path, tags in tagged.heading_tags.items():
        rows += [(one, _directive_id(part, path), None) for one in tags]
    for ordinal, measure in enumerate(tagged.measures, start=1):
        rows += [(one, _directive_id(part, measure.path), _measure_id(part, ordinal)) for one in measure.tags]
    rows.sort(key=lambda row: (row[0].start, row[0].end, row[0].code, row[2] or ""))
    return [
        {
            "doc_id": part.doc_id,
            "directive_id": directive_id,
            "measure_id": measure_id,
            "code": one.code,
            "cue": part.text[one.start : one.end],
            "start": one.start,
            "end": one.end,
            "method": one.method,
            "score": one.score,
        }
        for one, directive_id, measure_id in rows
    ]


def _references(part: Part) -> list[dict[str, Any]]:
    return [
        _spanned(
            part,
            *item.span,
            ordinal=ordinal,
            title=item.title,
            doc_number=item.doc_number,
            issuer=item.issuer,
            relation=item.relation,
            target_doc_id=None,
        )
        for ordinal, item in enumerate(part.structure.citations, start=1)
    ]


def _repairs(part: Part) -> list[dict[str, Any]]:
    return [
        {
            "doc_id": part.doc_id,
            "ordinal": ordinal,
            "kind": change.kind,
            "before": part.raw_text[change.raw_start : change.raw_end],
            "after": part.text[change.start : change.end],
            "raw_start": change.raw_start,
            "raw_end": change.raw_end,
            "start": change.start,
            "end": change.end,
            "confidence": change.confidence,
        }
        for ordinal, change in enumerate(part.changes, start=1)
    ]


def _warnings(part: Part) -> list[dict[str, Any]]:
    """What segmentation noticed, and before it, for the whole input, an encoding that is no more than a guess."""
    decoded, notices = part.decoded, part.structure.notices
    if part.parent is None and decoded.confidence < SURE_ENCODING:
        detail = f"decoded as {decoded.encoding} with confidence {decoded.confidence:.2f}"
        notices = (Notice("encoding_uncertain", detail, (0, 0)), *notices)
    return [
        {
            "doc_id": part.doc_id,
            "ordinal": ordinal,
            "kind": notice.kind,
            "detail": notice.detail,
            "start": notice.span[0],
            "end": notice.span[1],
        }
        for ordinal, notice in enumerate(notices, start=1)
    ]
