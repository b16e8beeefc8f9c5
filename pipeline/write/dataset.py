"""All rows of a build → the files of a dataset, staged."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa

from pipeline.records import TABLES
from pipeline.write.citations import INDEXED, CitationIndex
from pipeline.write.contents import Companion, Contents
from pipeline.write.manifest import Manifest, TableFile, write_manifest
from pipeline.write.parquet import file_sha256, write_parquet
from pipeline.write.publish import MANIFEST
from pipeline.write.schema import file_schema, table_schema
from pipeline.write.spill import Spill


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of a build: those of documents, and the rejects in the order of their sources."""

    spill: Spill
    rejects: pa.Table


def write_tables(rows: Rows, folder: Path, codebook_version: str, threads: int = 1) -> dict[str, TableFile]:
    """Write every table, some at a time; ``references`` come last, for citations mean any of the documents."""
    seen = [table_schema("documents").empty_table().select(INDEXED)]

    def chunks(table: str) -> Iterator[pa.Table]:
        match table:
            case "documents":
                for chunk in rows.spill.sorted_rows(table):
                    seen.append(chunk.select(INDEXED).combine_chunks())
                    yield chunk
            case "references":
                yield from map(CitationIndex(pa.concat_tables(seen)).resolve, rows.spill.sorted_rows(table))
            case "rejects":
                yield rows.rejects
            case _:
                yield from rows.spill.sorted_rows(table)

    def write(table: str) -> TableFile:
        schema = file_schema(table, codebook_version)
        return TableFile.of(*write_parquet(folder / f"{table}.parquet", schema, chunks(table)))

    rows.spill.flush()
    tables = [table for table in TABLES if table != "references"]
    with ThreadPoolExecutor(threads) as pool:
        written = dict(zip(tables, pool.map(write, tables), strict=True))
    written["references"] = write("references")
    return {table: written[table] for table in TABLES}


def seal(
    manifest: Manifest, folder: Path, companions: Mapping[str, Companion], codebook: Path | None = None
) -> Manifest:
    """Write the files beside the tables, then the manifest that vouches for all of them.

    ``codebook``: the file of the codebook that the tags were made with, None for the shipped one.
    """
    contents = Contents.of(folder, manifest, codebook)
    for name, companion in companions.items():
        (folder / name).write_text(companion(contents), encoding="utf-8", newline="\n")
    files = {
        file.name: file_sha256(file)
        for file in sorted(folder.iterdir())
        if file.name != MANIFEST and file.suffix != ".parquet"
    }
    complete = manifest.model_copy(update={"files": files})
    write_manifest(complete, folder / MANIFEST)
    return complete
