"""A built dataset, document by document, without ever holding more than one family of documents."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from typing import Any

import pyarrow.parquet as pq

from pipeline.write.spill import KEYED

Row = dict[str, Any]
_ROWS_AT_ONCE = 500


@dataclass(slots=True)
class Family:
    """A document with those printed inside it: their rows by table, in the order of the files.

    ``strays`` are rows whose ``doc_id`` belongs to no document, by table.
    """

    rows: dict[str, list[Row]] = field(default_factory=dict)
    strays: dict[str, list[Row]] = field(default_factory=dict)


def families(files: dict[str, pq.ParquetFile]) -> Iterator[Family]:
    """Every family of the dataset, in the order of the files.

    Relies on every table being sorted by ``doc_id``; rows out of order come out as strays.
    """
    with ExitStack() as stack:
        cursors = {table: _Cursor(stack.enter_context(files[table])) for table in KEYED}
        children = [table for table in KEYED if table != "documents"]
        while cursors["documents"].key is not None:
            key = cursors["documents"].key
            family = Family(rows={"documents": cursors["documents"].take(key)})
            known = {row["doc_id"] for row in family.rows["documents"]}
            for table in children:
                strays = cursors[table].take_before(key)
                rows = cursors[table].take(key)
                family.rows[table] = [row for row in rows if row["doc_id"] in known]
                strays += [row for row in rows if row["doc_id"] not in known]
                if strays:
                    family.strays[table] = strays
            yield family
        rest = {table: list(cursors[table].take_before(None)) for table in children}
        yield Family({table: [] for table in KEYED}, {table: rows for table, rows in rest.items() if rows})


class _Cursor:
    """One table read row by row; ``key`` is the family of the next row, None at the end."""

    def __init__(self, file: pq.ParquetFile) -> None:
        self._rows = (row for batch in file.iter_batches(_ROWS_AT_ONCE) for row in batch.to_pylist())
        self._next: Row | None = next(self._rows, None)

    @property
    def key(self) -> str | None:
        return self._next["doc_id"].partition("-")[0] if self._next else None

    def take(self, key: str) -> list[Row]:
        """The rows of one family."""
        taken = []
        while self._next is not None and self.key == key:
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken

    def take_before(self, key: str | None) -> list[Row]:
        """The rows that sort before a family; all that are left for None."""
        taken = []
        while self._next is not None and (key is None or (self.key or "") < key):
            taken.append(self._next)
            self._next = next(self._rows, None)
        return taken
