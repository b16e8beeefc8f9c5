"""Every table of a dataset as CSV, as JSON Lines, or in one DuckDB file. Rows are streamed."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.csv
import pyarrow.parquet as pq

from pipeline.dataset import load
from pipeline.errors import UsageError
from pipeline.records import TABLES
from pipeline.write.publish import dataset_file
from pipeline.write.schema import describe, table_schema

if TYPE_CHECKING:
    import duckdb

_ROWS_AT_ONCE = 10_000
_EVIDENCE = """
create view evidence as
select d.title, d.issuer, d.issuer_level, d.date_issued, t.code, t.cue, t.method, t.score, m.modality,
       m.text as measure, t.doc_id, t.directive_id, t.measure_id
from tags as t join documents as d using (doc_id) left join measures as m using (measure_id)
"""


def write_csv(folder: Path, out: Path) -> list[Path]:
    """Write each table as ``out/<table>.csv``; the files written.

    UTF-8 with a byte order mark, so that spreadsheets read Chinese. Texts are quoted, a null is nothing at all and
    an empty text ``""``; dates are ISO; a list is a JSON array. Cells hold the very text of the documents: one that
    starts with ``=`` is a formula to a spreadsheet unless the column is imported as text.
    """
    files = []
    for table, parquet in _tables(folder):
        with _replacing(_folder(out) / f"{table}.csv") as unfinished, unfinished.open("wb") as file:
            file.write("\ufeff".encode())
            schema = pa.schema([pa.field(f.name, _flat(f.type)) for f in table_schema(table)])
            with pyarrow.csv.CSVWriter(file, schema) as writer:
                for batch in parquet.iter_batches(_ROWS_AT_ONCE):
                    columns = [_flattened(column) for column in batch.columns]
                    writer.write_batch(pa.RecordBatch.from_arrays(columns, schema=schema))
        files.append(out / f"{table}.csv")
    return files


def write_jsonl(folder: Path, out: Path) -> list[Path]:
    """Write each table as ``out/<table>.jsonl``, one object a row, dates as ISO text; the files written."""
    files = []
    for table, parquet in _tables(folder):
        with (
            _replacing(_folder(out) / f"{table}.jsonl") as unfinished,
            unfinished.open("w", encoding="utf-8", newline="\n") as file,
        ):
            for batch in parquet.iter_batches(_ROWS_AT_ONCE):
                file.writelines(
                    json.dumps(row, ensure_ascii=False, default=date.isoformat) + "\n"
                    for row in batch.to_pylist()
                )
        files.append(out / f"{table}.jsonl")
    return files


def write_duckdb(folder: Path, out: Path) -> Path:
    """Write one DuckDB file with all tables, their columns explained by comments, and the view ``evidence``
    (each tag with its document and its measure).

    Raises UsageError when DuckDB is not installed.
    """
    try:
        import duckdb
    except ImportError:
        raise UsageError("--duckdb needs DuckDB: pip install duckdb") from None
    with _replacing(out) as unfinished, duckdb.connect(str(unfinished)) as connection:
        for table, parquet in _tables(folder):
            _create(connection, table, parquet)
        connection.execute(_EVIDENCE)
        connection.execute("comment on view evidence is 'Each tag with its document and its measure'")
    return out


def _create(connection: duckdb.DuckDBPyConnection, table: str, parquet: pq.ParquetFile) -> None:
    schema = parquet.schema_arrow
    rows = pa.RecordBatchReader.from_batches(schema, parquet.iter_batches(_ROWS_AT_ONCE))
    connection.register("rows_of_table", rows)
    connection.execute(f'create table "{table}" as select * from rows_of_table')
    connection.unregister("rows_of_table")
    connection.execute(f'comment on table "{table}" is {_literal(describe(TABLES[table]))}')
    for field in schema:
        words = f"{field.metadata[b'term'].decode()}: {field.metadata[b'description'].decode()}"
        connection.execute(f'comment on column "{table}"."{field.name}" is {_literal(words)}')


def _literal(text: str) -> str:
    """A text as SQL writes it; statements on comments take no parameters."""
    return "'" + text.replace("'", "''") + "'"


def _tables(folder: Path) -> Iterator[tuple[str, pq.ParquetFile]]:
    load(folder)  # says what is missing
    for table in TABLES:
        with pq.ParquetFile(dataset_file(folder, f"{table}.parquet")) as file:
            yield table, file


def _flat(kind: pa.DataType) -> pa.DataType:
    return pa.string() if pa.types.is_list(kind) else kind


def _flattened(column: pa.Array) -> pa.Array:
    if not pa.types.is_list(column.type):
        return column
    return pa.array([json.dumps(cell, ensure_ascii=False) for cell in column.to_pylist()], pa.string())


def _folder(path: Path) -> Path:
    if path.exists() and not path.is_dir():
        raise UsageError(f"{path}: not a folder: give a folder's path")
    path.mkdir(parents=True, exist_ok=True)
    return path


@contextmanager
def _replacing(target: Path) -> Iterator[Path]:
    """A path to write to that becomes ``target`` in one step when all went well."""
    if target.is_dir():
        raise UsageError(f"{target}: is a folder: give a file's path")
    unfinished = target.with_name(f".{target.name}.part")
    unfinished.unlink(missing_ok=True)
    try:
        yield unfinished
        os.replace(unfinished, target)
    finally:
        unfinished.unlink(missing_ok=True)
