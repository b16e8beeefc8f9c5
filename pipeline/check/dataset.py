"""Whether a built dataset is what the contract says: its files, its schema, its rows and what holds between
them.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from pydantic import ValidationError

from pipeline.check.families import families
from pipeline.check.invariants import INVARIANTS, Broken, row_name
from pipeline.errors import UsageError
from pipeline.records import TABLES
from pipeline.version import SCHEMA_VERSION
from pipeline.write.manifest import Manifest, read_manifest
from pipeline.write.parquet import file_sha256
from pipeline.write.publish import dataset_file
from pipeline.write.schema import file_schema
from pipeline.write.spill import KEYED


@dataclass(frozen=True, slots=True)
class Finding:
    """One way in which a dataset falls short: where (``row`` is '' for a whole file), what should hold,
    what does not.
    """

    table: str
    row: str
    invariant: str
    detail: str


def check(folder: str | Path) -> list[Finding]:
    """Everything that is wrong with the dataset in ``folder``; an empty list when nothing is.

    Files that are missing or of another schema are reported first, and alone: their rows cannot be judged.
    Memory is bounded by the largest document, not by the dataset. Raises UsageError when there is no
    dataset.
    """
    path = Path(folder)
    try:
        manifest = read_manifest(path)
    except (FileNotFoundError, NotADirectoryError):
        raise UsageError(f"{path}: no dataset there: run gongwen build SOURCES --out {path}") from None
    except ValueError as failure:
        return [Finding("", "", "manifest", " ".join(str(failure).split())[:200])]
    found = [Finding(*broken) for broken in _files(path, manifest)]
    if not found:
        found = [Finding(*broken) for broken in _rows(path, manifest)]
    return found


def _files(folder: Path, manifest: Manifest) -> Iterator[Broken]:
    if manifest.versions.schema_ != SCHEMA_VERSION:
        yield "", "", "manifest", f"schema {manifest.versions.schema_}, this version reads {SCHEMA_VERSION}"
    if list(manifest.tables) != list(TABLES):
        yield "", "", "manifest", f"its tables are {', '.join(manifest.tables)}"
    for name, sha256 in [
        *((f"{table}.parquet", file.sha256) for table, file in manifest.tables.items()),
        *manifest.files.items(),
    ]:
        file = dataset_file(folder, name)
        if not file.is_file():
            yield name, "", "manifest", "the file is missing"
        elif file_sha256(file) != sha256:
            yield name, "", "manifest", "the file is not the one that was built: its SHA-256 differs"
    for table in TABLES:
        file = dataset_file(folder, f"{table}.parquet")
        if file.is_file():
            yield from _schema(file, table, manifest)


def _schema(file: Path, table: str, manifest: Manifest) -> Iterator[Broken]:
    try:
        metadata = pq.read_metadata(file)
    except pa.ArrowException as failure:
        yield table, "", "schema", f"not a Parquet file: {failure}"
        return
    schema, expected = metadata.schema.to_arrow_schema(), file_schema(table, manifest.versions.codebook)
    for name in sorted(set(schema.names) ^ set(expected.names)):
        yield table, "", "schema", f"column {name} is {'missing' if name in expected.names else 'unknown'}"
    for field in expected:
        if field.name in schema.names and not schema.field(field.name).equals(field, check_metadata=True):
            yield table, "", "schema", f"column {field.name} is not {field.type} as described in the records"
    if schema.names != expected.names and set(schema.names) == set(expected.names):
        yield table, "", "schema", "the columns are in another order"
    if schema.metadata != expected.metadata:
        yield table, "", "schema", "the metadata of the file are not those of its versions"
    if table in manifest.tables and metadata.num_rows != manifest.tables[table].rows:
        yield (
            table,
            "",
            "manifest",
            f"{metadata.num_rows} rows, the manifest says {manifest.tables[table].rows}",
        )


def _rows(folder: Path, manifest: Manifest) -> Iterator[Broken]:
    with ExitStack() as stack:
        files = {
            table: stack.enter_context(pq.ParquetFile(dataset_file(folder, f"{table}.parquet")))
            for table in TABLES
        }
        doc_ids = files["documents"].read(["doc_id"]).column("doc_id")
        rejects = files["rejects"].read()
        yield from _across(doc_ids, files, rejects, manifest)
        for family in families({table: files[table] for table in KEYED}):
            for table, rows in family.rows.items():
                for row in rows:
                    yield from _values(table, row_name(row), row)
            for invariant in INVARIANTS:
                yield from invariant(family)


def _values(table: str, name: str, row: dict[str, object]) -> Iterator[Broken]:
    """Every value is one that the record allows: types, nulls, enumerations."""
    try:
        TABLES[table].model_validate(row)
    except ValidationError as failure:
        for error in failure.errors(include_url=False, include_context=False):
            yield table, name, "value", f"{'.'.join(map(str, error['loc']))}: {error['msg']}"


def _across(
    doc_ids: pa.ChunkedArray, files: dict[str, pq.ParquetFile], rejects: pa.Table, manifest: Manifest
) -> Iterator[Broken]:
    """What holds across documents: unique ids, targets that exist, every input accounted for."""
    known = set(doc_ids.to_pylist())
    if len(known) != len(doc_ids):
        yield "documents", "", "unique", f"{len(doc_ids) - len(known)} doc_ids occur more than once"
    if not doc_ids.equals(doc_ids.take(pc.sort_indices(doc_ids))):
        yield "documents", "", "order", "not sorted by doc_id"
    targets = files["references"].read(["doc_id", "target_doc_id"]).to_pylist()
    for row in targets:
        if row["target_doc_id"] is not None and row["target_doc_id"] not in known:
            yield "references", row["doc_id"], "foreign_key", f"no document {row['target_doc_id']}"
        if row["target_doc_id"] == row["doc_id"]:
            yield "references", row["doc_id"], "foreign_key", "cites itself"
    sources = []
    for row in rejects.to_pylist():
        sources.append(row["source"])
        yield from _values("rejects", row["source"], row)
        if row["error"] == "duplicate" and row["detail"] not in known:
            yield "rejects", row["source"], "foreign_key", f"no document {row['detail']}"
    if sources != sorted(sources):
        yield "rejects", "", "order", "not sorted by source"
    top = files["documents"].read(["source", "parent_doc_id"])
    sources += top.filter(pc.is_null(top.column("parent_doc_id"))).column("source").to_pylist()
    expected = Counter(entry.source for entry in manifest.inputs)
    for source, count in sorted((Counter(sources) - expected).items()):
        yield "", source, "inputs", f"{count} documents or rejects too many for the inputs of the manifest"
    for source in sorted(expected - Counter(sources)):
        yield "", source, "inputs", "neither a document nor a reject"
