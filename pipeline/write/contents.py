"""What the files beside the tables are written from, gathered once."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

from pipeline import assets
from pipeline.write.manifest import Manifest


@dataclass(frozen=True, slots=True)
class Contents:
    """A dataset whose tables are written.

    ``sizes``: bytes of each table's file. ``nulls``: for each table, how many rows lack a value in each column
    that may be null. ``codes``: how many tags each code has. ``codebook``: the codebook's TOML as it was read.
    """

    manifest: Manifest
    sizes: dict[str, int]
    nulls: dict[str, dict[str, int]]
    codes: Counter[str]
    codebook: dict[str, Any]

    @classmethod
    def of(cls, folder: Path, manifest: Manifest, codebook: Path | None = None) -> Contents:
        """Gather them from the tables in ``folder``; ``codebook``: its file, None for the shipped one."""
        files = {table: folder / f"{table}.parquet" for table in manifest.tables}
        book = codebook or assets.path("codebook.toml")
        return cls(
            manifest=manifest,
            sizes={table: file.stat().st_size for table, file in files.items()},
            nulls={table: _nulls(file) for table, file in files.items()},
            codes=_codes(files["tags"]),
            codebook=tomllib.loads(book.read_text(encoding="utf-8")),
        )


Companion = Callable[[Contents], str]
"""The text of one more file beside the tables: a card, a dictionary."""


def _nulls(file: Path) -> dict[str, int]:
    """Nulls by column, from the statistics of the file; columns that hold lists never are null."""
    metadata = pq.read_metadata(file)
    schema = metadata.schema.to_arrow_schema()
    counts = dict.fromkeys((field.name for field in schema if field.nullable), 0)
    for group in map(metadata.row_group, range(metadata.num_row_groups)):
        for column in map(group.column, range(metadata.num_columns)):
            if column.path_in_schema in counts:
                counts[column.path_in_schema] += column.statistics.null_count
    return counts


def _codes(file: Path) -> Counter[str]:
    counts: Counter[str] = Counter()
    with pq.ParquetFile(file) as tags:
        for batch in tags.iter_batches(columns=["code"]):
            counts.update(batch.column("code").to_pylist())
    return counts
