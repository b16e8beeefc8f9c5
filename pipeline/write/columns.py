"""Validated records → Arrow, a table at a time."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cache
from operator import attrgetter
from typing import Any

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
    """All columns of a table in one call: most documents have a handful of rows in most tables, and an array a
    column at a time costs more than its values.
    """
    if not rows:
        return _empty_tables()[table]
    values, kind = _plan(table)
    return pa.RecordBatch.from_struct_array(pa.array(list(map(values, rows)), kind))


@cache
def _plan(table: str) -> tuple[Callable[[BaseModel], tuple[Any, ...]], pa.StructType]:
    """What takes a row's values from its model in the order of the columns, and the columns' types."""
    schema = table_schema(table)
    return attrgetter(*schema.names), pa.struct(list(schema))


@cache
def _empty_tables() -> Mapping[str, pa.RecordBatch]:
    return {table: pa.RecordBatch.from_pylist([], table_schema(table)) for table in TABLES}
