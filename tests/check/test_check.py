"""Each invariant of the contract: a sound dataset has no findings, a broken one has the one that names its
fault.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.check import check
from pipeline.errors import UsageError
from pipeline.records import TABLES
from pipeline.write.manifest import Input, Manifest, Parameters, TableFile, Versions, write_manifest
from pipeline.write.parquet import write_parquet
from pipeline.write.schema import file_schema

RAW = "某市关于防控工作的通知\n某市委：\n一、加强 领导。要压实责任。"
TEXT = "某市关于防控工作的通知\n某市委：\n一、加强领导。要压实责任。"
SHA = "0123456789abcdef" * 4
DOC = SHA[:16]
Rows = dict[str, list[dict[str, Any]]]


def sound() -> Rows:
    """One document with one row in most tables, and one document printed inside it."""
    nulls = {field.name: None for field in file_schema("documents", "1")}
    document = nulls | {
        "doc_id": DOC,
        "source": "a.txt",
        "source_sha256": SHA,
        "source_bytes": 80,
        "source_encoding": "utf-8",
        "source_script": "hans",
        "is_official_document": True,
        "issuer": "某市",
        "issuer_level": "prefecture",
        "issuer_method": "title",
        "text": TEXT,
        "raw_text": RAW,
        "n_directives": 1,
        "n_measures": 1,
        "n_repairs": 1,
    }
    start = TEXT.index("某市委")
    inner = document | {
        "doc_id": f"{DOC}-{start}",
        "parent_doc_id": DOC,
        "parent_start": start,
        "parent_end": start + 4,
        "text": "某市委：",
        "raw_text": "某市委：",
        "issuer": None,
        "issuer_level": None,
        "issuer_method": None,
        "n_directives": 0,
        "n_measures": 0,
        "n_repairs": 0,
    }
    heading, measure = TEXT.index("一、"), TEXT.index("要压实")
    return {
        "documents": [document, inner],
        "segments": [
            segment(1, "title", 0, 11),
            segment(2, "addressee", start, start + 4),
            segment(3, "directive", heading, len(TEXT)),
            segment(4, "page_furniture", heading + 5, heading + 5),  # removed from within a paragraph
            segment(1, "other", 0, 4) | {"doc_id": f"{DOC}-{start}", "text": "某市委："},
        ],
        "issuers": [
            dict.fromkeys(file_schema("issuers", "1").names)
            | {"doc_id": DOC, "ordinal": 1, "name": "某市", "level": "prefecture", "method": "title"}
            | {"start": 0, "end": 2}
        ],
        "addressees": [
            {"doc_id": DOC, "ordinal": 1, "role": "main", "name": "某市委", "expanded": ["某市委"]}
            | {"level": None, "organ": None, "start": start, "end": start + 3}
        ],
        "directives": [
            {
                "doc_id": DOC,
                "directive_id": f"{DOC}/1",
                "path": "1",
                "parent_id": None,
                "level": 1,
                "ordinal": 1,
            }
            | {
                "marker": "一、",
                "heading": "加强领导",
                "text": TEXT[heading:],
                "start": heading,
                "end": len(TEXT),
            }
            | {"raw_start": heading, "raw_end": len(RAW), "codes": ["leadership_duty"], "n_measures": 1}
        ],
        "measures": [
            {"doc_id": DOC, "measure_id": f"{DOC}#1", "directive_id": f"{DOC}/1", "segment_kind": "directive"}
            | {"ordinal": 1, "text": TEXT[measure:], "start": measure, "end": len(TEXT)}
            | {"raw_start": measure + 1, "raw_end": len(RAW), "modality": "obligation", "modality_cue": "要"}
            | {"codes": ["leadership_duty"], "actors": [], "inherited_actors": []}
            | {"deadline": None, "deadline_date": None}
        ],
        "tags": [
            {"doc_id": DOC, "directive_id": f"{DOC}/1", "measure_id": f"{DOC}#1", "code": "leadership_duty"}
            | {"cue": "压实责任", "start": measure + 1, "end": measure + 5, "method": "rule", "score": 0.9}
        ],
        "references": [
            {"doc_id": DOC, "ordinal": 1, "title": None, "doc_number": None, "issuer": None}
            | {"relation": "mentions", "target_doc_id": None, "text": "通知", "start": 9, "end": 11}
        ],
        "repairs": [
            {"doc_id": DOC, "ordinal": 1, "kind": "space", "before": " ", "after": "", "confidence": 1.0}
            | {
                "raw_start": RAW.index(" "),
                "raw_end": RAW.index(" ") + 1,
                "start": heading + 4,
                "end": heading + 4,
            }
        ],
        "warnings": [
            {"doc_id": DOC, "ordinal": 1, "kind": "marker_skipped", "detail": "", "start": 0, "end": 1}
        ],
        "rejects": [
            {"source": "b.txt", "source_sha256": SHA, "stage": "read", "error": "duplicate", "detail": DOC}
        ],
    }


def segment(ordinal: int, kind: str, start: int, end: int) -> dict[str, Any]:
    span = {"start": start, "end": end, "raw_start": start, "raw_end": end}
    return {"doc_id": DOC, "ordinal": ordinal, "kind": kind, "text": TEXT[start:end], **span}


def write(folder: Path, rows: Rows, inputs: tuple[str, ...] = ("a.txt", "b.txt"), **patch: Any) -> None:
    tables = {}
    for table in TABLES:
        schema = file_schema(table, "1")
        file = pa.Table.from_pylist(rows[table], schema)
        tables[table] = TableFile.of(*write_parquet(folder / f"{table}.parquet", schema, [file]))
    manifest = Manifest(
        versions=Versions(tool="0", schema="1.0.0", codebook="1", segmenter="x"),
        parameters=Parameters(codebook_sha256=None, text_column="text", max_bytes=1, time_limit=1.0),
        inputs=[Input(name, SHA) for name in inputs],
        tables=tables,
        files={},
    )
    write_manifest(manifest.model_copy(update=patch), folder / "_manifest.json")


def test_a_sound_dataset_has_no_findings(tmp_path: Path) -> None:
    write(tmp_path, sound())
    assert check(tmp_path) == []


def change(table: str, row: int = 0, **values: Any) -> Callable[[Rows], None]:
    def apply(rows: Rows) -> None:
        rows[table][row].update(values)

    return apply


def drop(table: str, row: int = 0) -> Callable[[Rows], None]:
    return lambda rows: rows[table].pop(row)


def repeat(table: str, row: int = 0) -> Callable[[Rows], None]:
    return lambda rows: rows[table].append(dict(rows[table][row]))


FAULTS = {
    "quoted words": (change("measures", text="要压实职责。"), "measures", "span"),
    "span beyond the text": (change("warnings", end=999), "warnings", "span"),
    "cue": (change("tags", start=0, end=4), "tags", "span"),
    "half a span": (change("issuers", start=None), "issuers", "span"),
    "name without a span": (change("issuers", start=None, end=None), "issuers", "span"),
    "raw span": (change("directives", raw_end=99), "directives", "raw_span"),
    "lost characters": (drop("segments", 1), "segments", "partition"),
    "lost end": (change("segments", 2, end=20, text=TEXT[17:20]), "documents", "partition"),
    "overlap": (change("segments", 1, start=10, text=TEXT[10:16]), "segments", "partition"),
    "lost repair": (drop("repairs"), "documents", "replay"),
    "repair of other words": (change("repairs", before="x"), "repairs", "replay"),
    "repair at another place": (change("repairs", start=3, end=3), "repairs", "replay"),
    "count": (change("documents", n_measures=2), "documents", "count"),
    "measure in another kind of segment": (change("measures", segment_kind="preamble"), "measures", "place"),
    "measure outside its directive": (change("directives", end=20, text=TEXT[17:20]), "measures", "place"),
    "count of a directive": (change("directives", n_measures=0), "directives", "count"),
    "doc_id": (change("documents", source_sha256="f" * 64), "documents", "doc_id"),
    "inner doc_id": (change("documents", 1, parent_start=1), "documents", "doc_id"),
    "inner text": (change("documents", 1, parent_end=13), "documents", "inner_text"),
    "inner raw text": (change("documents", 1, raw_text="别的"), "documents", "inner_text"),
    "orphan": (change("tags", doc_id="f" * 16), "tags", "foreign_key"),
    "orphan before all": (change("warnings", doc_id="0" * 16), "warnings", "foreign_key"),
    "no such directive": (change("measures", directive_id=f"{DOC}/9"), "measures", "foreign_key"),
    "no such measure": (change("tags", measure_id=f"{DOC}#9"), "tags", "foreign_key"),
    "no such parent": (change("directives", parent_id=f"{DOC}/9"), "directives", "foreign_key"),
    "no such target": (change("references", target_doc_id="f" * 16), "references", "foreign_key"),
    "cites itself": (change("references", target_doc_id=DOC), "references", "foreign_key"),
    "twin of nothing": (change("rejects", detail="f" * 16), "rejects", "foreign_key"),
    "key of a directive": (change("directives", path="2"), "directives", "key"),
    "key of a measure": (change("measures", measure_id=f"{DOC}#2"), "measures", "key"),
    "level": (change("directives", level=2), "directives", "level"),
    "repeated key": (repeat("measures"), "measures", "unique"),
    "ordinals": (change("addressees", ordinal=2), "addressees", "order"),
    "repeated document": (repeat("documents", 1), "documents", "unique"),
    "unsorted documents": (lambda rows: rows["documents"].reverse(), "documents", "order"),
    "unknown code": (change("measures", codes=["no_such_code"]), "measures", "value"),
    "unknown kind": (change("segments", kind="no_such_kind"), "segments", "value"),
    "codes of a measure": (change("measures", codes=[]), "measures", "codes"),
    "codes of a directive": (change("directives", codes=["care"]), "directives", "codes"),
    "issuer": (change("documents", issuer="某县"), "documents", "issuer"),
    "issuer's level": (change("documents", issuer_level="county"), "documents", "issuer"),
    "input without outcome": (drop("rejects"), "", "inputs"),
    "outcome without input": (change("rejects", source="c.txt"), "", "inputs"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_each_fault_is_found_and_named(tmp_path: Path, fault: str) -> None:
    spoil, table, invariant = FAULTS[fault]
    rows = sound()
    spoil(rows)
    write(tmp_path, rows)
    assert (table, invariant) in {(finding.table, finding.invariant) for finding in check(tmp_path)}


def test_files_that_are_not_those_of_the_manifest_are_found(tmp_path: Path) -> None:
    write(tmp_path, sound())
    (tmp_path / "tags.parquet").write_bytes((tmp_path / "tags.parquet").read_bytes() + b"x")
    (tmp_path / "issuers.parquet").unlink()
    found = {(finding.table, finding.detail.split(":")[0]) for finding in check(tmp_path)}
    assert ("tags.parquet", "the file is not the one that was built") in found
    assert ("issuers.parquet", "the file is missing") in found


def test_another_schema_is_found_before_its_rows_are_read(tmp_path: Path) -> None:
    write(tmp_path, sound())
    file = tmp_path / "tags.parquet"
    pq.write_table(pq.read_table(file).drop_columns("score").append_column("extra", pa.array([1])), file)
    details = {finding.detail for finding in check(tmp_path) if finding.invariant == "schema"}
    assert {"column score is missing", "column extra is unknown"} <= details


def test_another_schema_version_is_found(tmp_path: Path) -> None:
    versions = Versions(tool="0", schema="0.1.0", codebook="1", segmenter="x")
    write(tmp_path, sound(), versions=versions)
    assert "manifest" in {finding.invariant for finding in check(tmp_path)}


def test_no_dataset_is_wrong_usage_and_a_broken_manifest_a_finding(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no dataset there"):
        check(tmp_path)
    (tmp_path / "_manifest.json").write_text("{")
    assert [finding.invariant for finding in check(tmp_path)] == ["manifest"]
