"""What the first view needs of every document: its place in each chart, never its text."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pipeline.records import TABLES, Document, Modality
from pipeline.report.codes import INSTRUMENTS, code_list, labels
from pipeline.report.payload import PAYLOAD_COLUMNS, Place
from pipeline.report.tables import DatasetTables, TableRows

COVERED = (
    "title",
    "doc_type",
    "doc_number",
    "issuer",
    "issuer_level",
    "issuer_organ",
    "issuer_adcode",
    "date_issued",
    "urgency",
    "secrecy",
    "signer",
    "printed_by",
    "printed_on",
)
"""The fields of ``documents`` whose coverage is shown, least to most often optional in an official document."""

SHARES = (
    # label, Chinese term, the count that is a part, the count it is a part of
    ("measures with a code", "举措类别", "coded", "measures"),
    ("measures with an actor of their own", "责任主体", "acting", "measures"),
    ("measures with a deadline", "时限", "due", "measures"),
    ("deadlines resolved to a date", "时限日期", "dated", "due"),
    ("directives with a heading", "小标题", "headed", "directives"),
    ("references found in the dataset", "所引文件", "resolved", "references"),
)
"""Coverage below the document: each a share of one of the counts of ``_counts`` in another."""

EXAMPLES_PER_KIND = 3
LONGEST_EXAMPLE = 16
"""Code points shown of either side of an example repair."""

MODALITIES: tuple[str, ...] = Modality.__args__  # type: ignore[attr-defined]


def overview(tables: DatasetTables, places: dict[str, Place]) -> dict[str, Any]:
    """The overview's data as JSON values: vocabularies, totals, and one entry a document.

    ``places``: doc_id → (chunk, position) of the document's payload.
    """
    codes = code_list()
    kinds = _repair_kinds(tables.table["repairs"])
    code_place = {code["id"]: place for place, code in enumerate(codes)}
    kind_place = {kind["id"]: place for place, kind in enumerate(kinds)}
    return {
        "versions": tables.versions,
        "instruments": list(INSTRUMENTS),
        "codes": codes,
        "labels": labels(),
        "modalities": list(MODALITIES),
        "repair_kinds": kinds,
        "fields": [{"id": name, "zh": Document.model_fields[name].title} for name in COVERED],
        "shares": [dict(zip(("label", "zh", "part", "whole"), share, strict=True)) for share in SHARES],
        "terms": {name: info.title for name, info in Document.model_fields.items()},
        "payload_columns": {name: list(columns) for name, columns in PAYLOAD_COLUMNS.items()},
        "rejects": _rejects(tables.table["rejects"]),
        "warnings": _count(tables.table["warnings"], "kind"),
        "documents": [
            _entry(tables, document, places[document["doc_id"]], code_place, kind_place)
            for document in tables.documents
        ],
    }


def _entry(
    tables: DatasetTables,
    document: dict[str, Any],
    place: Place,
    code_place: dict[str, int],
    kind_place: dict[str, int],
) -> dict[str, Any]:
    """One document: what it is listed, filtered, counted and found by."""
    doc_id = document["doc_id"]
    issuers = tables.table["issuers"]
    names = [name for row in issuers.select(doc_id, ("name", "canonical_name")) for name in row if name]
    province = next((row[0] for row in issuers.select(doc_id, ("province",))), None)
    date_issued: str | None = document["date_issued"]
    modality = Counter(row[0] for row in tables.table["measures"].select(doc_id, ("modality",)))
    targets = [row[0] for row in tables.table["references"].select(doc_id, ("target_doc_id",)) if row[0]]
    repairs = Counter(row[0] for row in tables.table["repairs"].select(doc_id, ("kind",)))
    return {
        "id": doc_id,
        "parent": document["parent_doc_id"],
        "parent_start": document["parent_start"],
        "title": document["title"],
        "source": document["source"],
        "issuer": document["issuer"] or (names[0] if names else None),
        "issuers": list(dict.fromkeys(names)),
        "level": document["issuer_level"],
        "province": province,
        "doc_type": document["doc_type"],
        "number": document["doc_number"],
        "date": date_issued,
        "year": int(date_issued[:4]) if date_issued else document["doc_number_year"],
        "official": document["is_official_document"],
        "characters": len(document["text"]),
        "present": [int(document[name] is not None) for name in COVERED],
        "counts": _counts(tables, doc_id),
        "codes": [[code_place[code], n] for code, n in sorted(code_counts(tables, doc_id).items())],
        "modality": [modality[name] for name in MODALITIES],
        "repairs": [[kind_place[kind], n] for kind, n in sorted(repairs.items())],
        "n_repairs": document["n_repairs"],
        "targets": sorted(set(targets)),
        "place": list(place),
    }


def code_counts(tables: DatasetTables, doc_id: str) -> Counter[str]:
    """Code → how many measures and headings of the document carry it."""
    carriers: set[tuple[str, str]] = set()
    for measure_id, codes in tables.table["measures"].select(doc_id, ("measure_id", "codes")):
        carriers.update((code, measure_id) for code in codes)
    for code, measure_id, directive_id in tables.table["tags"].select(
        doc_id, ("code", "measure_id", "directive_id")
    ):
        carriers.add((code, measure_id or f"heading of {directive_id}"))
    return Counter(code for code, _ in carriers)


def _counts(tables: DatasetTables, doc_id: str) -> dict[str, int]:
    measures = list(tables.table["measures"].select(doc_id, ("codes", "actors", "deadline", "deadline_date")))
    headings = [row[0] for row in tables.table["directives"].select(doc_id, ("heading",))]
    targets = [row[0] for row in tables.table["references"].select(doc_id, ("target_doc_id",))]
    return {
        "measures": len(measures),
        "coded": sum(bool(row[0]) for row in measures),
        "acting": sum(bool(row[1]) for row in measures),
        "due": sum(row[2] is not None for row in measures),
        "dated": sum(row[3] is not None for row in measures),
        "directives": len(headings),
        "headed": sum(heading is not None for heading in headings),
        "references": len(targets),
        "resolved": sum(target is not None for target in targets),
        "tags": len(tables.table["tags"].by_document.get(doc_id, ())),
    }


def _repair_kinds(repairs: TableRows) -> list[dict[str, Any]]:
    """Every kind of repair, most frequent first, with its commonest examples."""
    kind, before, after = (repairs.column(name) for name in ("kind", "before", "after"))
    seen: dict[str, Counter[tuple[str, str]]] = {}
    for row in repairs.rows:
        seen.setdefault(row[kind], Counter())[_shown(row[before]), _shown(row[after])] += 1
    kinds = []
    for name, examples in sorted(seen.items(), key=lambda item: (-item[1].total(), item[0])):
        common = sorted(examples.items(), key=lambda item: (-item[1], item[0]))[:EXAMPLES_PER_KIND]
        kinds.append({"id": name, "examples": [[*pair, n] for pair, n in common]})
    return kinds


def _shown(text: str) -> str:
    return text if len(text) <= LONGEST_EXAMPLE else text[: LONGEST_EXAMPLE - 1] + "…"


def _rejects(rejects: TableRows) -> list[dict[str, Any]]:
    names = tuple(TABLES["rejects"].model_fields)
    rows = [dict(zip(names, row, strict=True)) for row in rejects.rows]
    return [{name: row[name] for name in ("source", "stage", "error", "detail")} for row in rows]


def _count(table: TableRows, column: str) -> list[list[Any]]:
    """Value → rows, most frequent first, as pairs."""
    place = table.column(column)
    counts = Counter(row[place] for row in table.rows)
    return [[value, n] for value, n in sorted(counts.items(), key=lambda item: (-item[1], item[0]))]
