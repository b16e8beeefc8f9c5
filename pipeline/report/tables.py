"""The Parquet tables of one dataset, as rows by document."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.errors import UsageError
from pipeline.records import TABLES
from pipeline.write.publish import MANIFEST, dataset_file

Row = tuple[Any, ...]
"""The values of one row in the order of its table's ``columns``; dates are ISO strings."""


@dataclass(frozen=True, slots=True)
class TableRows:
    """The rows of one table. ``by_document`` keeps their order within a document; rejects have no document."""

    columns: tuple[str, ...]
    rows: list[Row]
    by_document: dict[str, list[Row]]

    def column(self, name: str) -> int:
        """Where a column stands in a row."""
        return self.columns.index(name)

    def select(self, doc_id: str, names: Sequence[str]) -> Iterator[Row]:
        """The named columns of one document's rows, always as tuples."""
        places = [self.column(name) for name in names]
        for row in self.by_document.get(doc_id, ()):
            yield tuple(row[place] for place in places)


@dataclass(frozen=True, slots=True)
class DatasetTables:
    """One dataset: ``table[name]`` for every table of the contract, and the versions it was made with.

    Only ``documents`` has its ``text``; that of other tables is a slice of it.
    """

    table: dict[str, TableRows]
    versions: dict[str, str]

    @property
    def documents(self) -> list[dict[str, Any]]:
        """The rows of ``documents`` by column name, in the order of the file."""
        documents = self.table["documents"]
        return [dict(zip(documents.columns, row, strict=True)) for row in documents.rows]


def read_tables(directory: Path) -> DatasetTables:
    """Read every table of the dataset in ``directory``.

    Raises UsageError when a table is missing, is not Parquet, or lacks a column of the contract.
    """
    table = {name: _read(directory, name) for name in TABLES}
    return DatasetTables(table, _versions(directory))


def _read(directory: Path, name: str) -> TableRows:
    file = dataset_file(directory, f"{name}.parquet")
    columns = _columns(name)
    try:
        arrow = pq.ParquetFile(file).read(columns=list(columns))
    except FileNotFoundError:
        raise UsageError(
            f"{directory}: no {name}.parquet there: run gongwen build SOURCES --out {directory}"
        ) from None
    except pa.ArrowException as failure:
        reason = " ".join(str(failure).split())[:200]
        raise UsageError(f"{file}: not a table of this version: {reason}; build it again") from None
    missing = sorted(set(columns) - set(arrow.column_names))
    if missing:
        raise UsageError(f"{file}: no column {missing[0]}: the dataset is of another version; build it again")
    rows = list(zip(*(_values(arrow.column(column)) for column in columns), strict=True))
    by_document: dict[str, list[Row]] = {}
    if "doc_id" in columns:
        key = columns.index("doc_id")
        for row in rows:
            by_document.setdefault(row[key], []).append(row)
    return TableRows(columns, rows, by_document)


def _columns(name: str) -> tuple[str, ...]:
    """The columns to read: all but the copies of words that stand in ``documents.text`` at ``start:end``."""
    copies = () if name == "documents" else ("text",)
    return tuple(column for column in TABLES[name].model_fields if column not in copies)


def _values(column: pa.ChunkedArray) -> list[Any]:
    values: list[Any] = (
        pc.cast(column, pa.string()) if pa.types.is_date(column.type) else column
    ).to_pylist()
    return values


def _versions(directory: Path) -> dict[str, str]:
    """The versions in the manifest; none where it is not written yet (the report may be made before it)."""
    try:
        versions = json.loads(dataset_file(directory, MANIFEST).read_bytes())["versions"]
    except (FileNotFoundError, ValueError, KeyError, TypeError):
        return {}
    return {str(name): str(version) for name, version in versions.items()}
