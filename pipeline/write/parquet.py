"""Sorted rows → one Parquet file, the same bytes however the rows arrived."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

GROUP_ROWS = 100_000
GROUP_BYTES = 8_000_000
"""A row group ends before it would pass either; the cut depends on the rows alone, never on how they were
chunked.
"""


def write_parquet(path: Path, schema: pa.Schema, chunks: Iterable[pa.Table]) -> tuple[int, str]:
    """Write the rows of ``chunks`` in their order; the number of rows and the file's SHA-256 (hex)."""
    n_rows = 0
    with pq.ParquetWriter(path, schema, compression="zstd") as writer:
        for group in _row_groups(chunks):
            n_rows += group.num_rows
            writer.write_table(group.replace_schema_metadata(schema.metadata), row_group_size=GROUP_ROWS)
    return n_rows, file_sha256(path)


def file_sha256(path: Path) -> str:
    """SHA-256 of a file, hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _row_groups(chunks: Iterable[pa.Table]) -> Iterator[pa.Table]:
    rest: pa.Table | None = None
    for chunk in chunks:
        rows = chunk if rest is None else pa.concat_tables([rest, chunk])
        start = 0
        for end in _cuts(rows):
            yield rows.slice(start, end - start)
            start = end
        rest = rows.slice(start).combine_chunks()  # a copy, or the slice would keep all of it in memory
    if rest is not None and rest.num_rows:
        yield rest


def _cuts(rows: pa.Table) -> Iterator[int]:
    """Where the full row groups of these rows end; what follows the last cut waits for more rows."""
    ends = np.cumsum(_row_bytes(rows))
    start = 0
    while start < len(ends):
        before = int(ends[start - 1]) if start else 0
        fitting = int(np.searchsorted(ends, before + GROUP_BYTES, side="right"))
        end = max(start + 1, min(fitting, start + GROUP_ROWS))
        if end >= len(ends):
            return
        yield end
        start = end


def _row_bytes(rows: pa.Table) -> npt.NDArray[np.int64]:
    """The size of each row in bytes, as its strings make it; numbers count eight."""
    sizes = np.full(rows.num_rows, 8 * rows.num_columns, np.int64)
    for column in rows.columns:
        if pa.types.is_string(column.type):
            sizes += pc.fill_null(pc.binary_length(column), 0).to_numpy()
    return sizes
