"""Validated records → Arrow, column by column."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from operator import attrgetter

import pyarrow as pa
from pydantic import BaseModel

from pipeline.records import TABLES, DocumentRecord, Reject
from pipeline.write.schema import table_schema

Tables = dict[str, pa.RecordBatch]
"""Rows by table name; every table of the contract is there, empty or not."""


def to_tables(records: Iterable[DocumentRecord], rejects: Sequence[Reject] = ()) -> Tables:
    """The rows of some documents, in the documents' order and within one in the order of the record.

    A document printed inside another follows it with rows of its own.
    """
    documents = [document for record in records for document in _with_inner(record)]
    rows: dict[str, Sequence[BaseModel]] = {"documents": documents, "rejects": rejects}
    for table in TABLES:
        if table not in rows:
            rows[table] = [row for document in documents for row in getattr(document, table)]
    return {table: _batch(table, rows[table]) for table in TABLES}


def _with_inner(record: DocumentRecord) -> Iterator[DocumentRecord]:
    yield record
    for inner in record.inner:
        yield from _with_inner(inner)


def _batch(table: str, rows: Sequence[BaseModel]) -> pa.RecordBatch:
    schema = table_schema(table)
    columns = [pa.array(list(map(attrgetter(field.name), rows)), field.type) for field in schema]
    return pa.RecordBatch.from_arrays(columns, schema=schema)
