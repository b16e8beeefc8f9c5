"""What the reader needs of one document, packed so that the page unpacks it only when it is opened."""

from __future__ import annotations

import base64
import json
import zlib
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from pipeline.report.tables import DatasetTables

Place = tuple[int, int]
"""Where a document's payload is: which chunk, and its position there."""

PAYLOAD_COLUMNS: dict[str, tuple[str, ...]] = {
    "segments": ("kind", "start", "end", "raw_start", "raw_end"),
    "issuers": (
        "name",
        "canonical_name",
        "level",
        "organ",
        "adcode",
        "province",
        "prefecture",
        "county",
        "method",
    ),
    "addressees": ("role", "name", "expanded"),
    "directives": ("path", "level", "marker", "heading", "start", "end", "raw_start", "raw_end", "codes"),
    "measures": (
        "ordinal",
        "directive_id",
        "start",
        "end",
        "modality",
        "modality_cue",
        "codes",
        "actors",
        "inherited_actors",
        "deadline",
        "deadline_date",
    ),
    "tags": ("code", "directive_id", "measure_id", "start", "end", "method", "score"),
    "references": ("title", "doc_number", "issuer", "relation", "target_doc_id", "start", "end"),
    "repairs": ("kind", "raw_start", "raw_end", "start", "end", "confidence"),
    "warnings": ("kind", "detail", "start", "end"),
}
"""The columns that the reader shows; a row travels as a list of their values in this order."""

CHUNK_CHARACTERS = 200_000
"""JSON that goes into one chunk, at most (one larger document has a chunk of its own): enough for the
compression to find what documents have in common, little enough to unpack in a few milliseconds."""

_DEFLATE_RAW = -15
"""zlib's name for deflate without a header, the browser's ``deflate-raw``."""


@dataclass(frozen=True, slots=True)
class Packed:
    """All payloads: each chunk as base64 of deflated JSON (a list of documents), and where each document is."""

    data: list[str]
    places: dict[str, Place]


def chunks(tables: DatasetTables) -> Packed:
    """Pack the payload of every document, in the order of the table."""
    data: list[str] = []
    places: dict[str, Place] = {}
    for group in _groups(tables):
        for position, (doc_id, _) in enumerate(group):
            places[doc_id] = (len(data), position)
        data.append(pack("[" + ",".join(text for _, text in group) + "]"))
    return Packed(data, places)


def document_payload(tables: DatasetTables, document: dict[str, Any]) -> dict[str, Any]:
    """One document as JSON values: its row of ``documents`` and the shown columns of its other rows."""
    doc_id = document["doc_id"]
    fields = {name: value for name, value in document.items() if value is not None}
    rows = {
        name: [list(row) for row in tables.table[name].select(doc_id, columns)]
        for name, columns in PAYLOAD_COLUMNS.items()
    }
    return {"document": fields, **rows}


def pack(text: str) -> str:
    """Deflate and base64: what the page's ``unpack`` reads."""
    press = zlib.compressobj(9, zlib.DEFLATED, _DEFLATE_RAW)
    return base64.b64encode(press.compress(text.encode("utf-8")) + press.flush()).decode("ascii")


def _groups(tables: DatasetTables) -> Iterator[list[tuple[str, str]]]:
    group: list[tuple[str, str]] = []
    size = 0
    for document in tables.documents:
        payload = document_payload(tables, document)
        text = json.dumps(payload, ensure_ascii=False, separators=(",", ":"))
        if group and size + len(text) > CHUNK_CHARACTERS:
            yield group
            group, size = [], 0
        group.append((document["doc_id"], text))
        size += len(text)
    if group:
        yield group
