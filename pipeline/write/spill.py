"""Sorting more rows than memory holds: rows arrive in any order and come back sorted by ``doc_id``.

A ``doc_id`` starts with the digits of a hash, so its first digits spread documents evenly over buckets.
Rows are kept in memory up to a limit, then appended to one file a table, bucket by bucket; reading back
takes one bucket at a time and sorts it. Memory is bounded by the limit and by the size of a bucket,
whatever the corpus.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline.records import TABLES
from pipeline.write.columns import Tables
from pipeline.write.schema import table_schema

SPILL_BYTES = 8_000_000
"""How many bytes of rows are kept in memory before they go to disk; sorting them takes three times as much."""
MAX_BUCKETS = 256
KEYED = tuple(table for table in TABLES if table != "rejects")
"""The tables whose rows belong to a document."""

_DIGITS = 4  # hex digits of the doc_id that a bucket is chosen by
_WEIGHTS = 16 ** np.arange(_DIGITS - 1, -1, -1)


class Spill:
    """The rows of all tables but ``rejects``, on their way to sorted files."""

    def __init__(self, folder: Path, expected_bytes: int, spill_bytes: int = SPILL_BYTES) -> None:
        """``folder``: an empty one for the spilled rows. ``expected_bytes``: a guess at the size of all
        rows.
        """
        self._n_buckets = min(
            MAX_BUCKETS, 1 + expected_bytes // (2 * spill_bytes)
        )  # a bucket is read back alone
        self._spill_bytes = spill_bytes
        self._pending: dict[str, list[pa.RecordBatch]] = {table: [] for table in KEYED}
        self._pending_bytes = 0
        self._files: dict[str, BinaryIO] = {table: (folder / f"{table}.spill").open("wb") for table in KEYED}
        # by table and bucket: where its pieces start in the file and how long they are, in turns
        self._pieces = {table: [array("Q") for _ in range(self._n_buckets)] for table in KEYED}

    def add(self, tables: Tables) -> None:
        """Take some documents' rows; all rows of a document come at once."""
        for table in KEYED:
            batch = tables[table]
            if batch.num_rows:
                self._pending[table].append(batch)
                self._pending_bytes += batch.nbytes
        if self._pending_bytes > self._spill_bytes:
            self.flush()

    def sorted_rows(self, table: str) -> Iterator[pa.Table]:
        """The rows of one table, a bucket at a time, sorted by ``doc_id``; a document's rows keep their
        order.
        """
        schema = table_schema(table)
        with pa.OSFile(self._files[table].name) as file:
            for pieces in self._pieces[table]:
                batches = []
                for start, length in zip(pieces[::2], pieces[1::2], strict=True):
                    file.seek(start)
                    batches.append(pa.ipc.read_record_batch(file.read_buffer(length), schema))
                if batches:
                    rows = pa.Table.from_batches(batches, schema)
                    yield rows.take(pc.sort_indices(rows.column("doc_id")))  # a stable sort

    def close(self) -> None:
        """Give the files back; their folder is the caller's to remove."""
        for file in self._files.values():
            file.close()

    def flush(self) -> None:
        """Write down what is still in memory; once this is done, tables may be read back by several threads."""
        for table, batches in self._pending.items():
            if batches:
                rows = pa.concat_batches(batches)
                batches.clear()
                self._write(table, rows)
            self._files[table].flush()
        self._pending_bytes = 0
        pa.default_memory_pool().release_unused()  # or the most that was ever needed would stay taken

    def _write(self, table: str, rows: pa.RecordBatch) -> None:
        buckets = self._bucket_of(rows.column("doc_id"))
        order = np.argsort(buckets, kind="stable")
        bounds = np.searchsorted(buckets[order], np.arange(self._n_buckets + 1))
        file = self._files[table]
        file.seek(0, 2)
        for bucket in np.flatnonzero(np.diff(bounds)):
            piece = rows.take(pa.array(order[bounds[bucket] : bounds[bucket + 1]])).serialize()
            self._pieces[table][bucket].extend((file.tell(), len(piece)))
            file.write(piece)

    def _bucket_of(self, doc_ids: pa.StringArray) -> npt.NDArray[np.int64]:
        """The bucket of each row, from the first digits of its ``doc_id``."""
        prefix = pc.binary_slice(doc_ids.cast(pa.binary()), 0, _DIGITS)
        digits = np.frombuffer(b"".join(prefix.to_pylist()), np.uint8)
        values = np.where(digits >= ord("a"), digits - (ord("a") - 10), digits - ord("0"))
        number = values.reshape(-1, _DIGITS).astype(np.int64) @ _WEIGHTS
        return np.asarray(number * self._n_buckets // 16**_DIGITS, np.int64)
