"""What a build can take over from the dataset that is in its folder already."""

from __future__ import annotations

import json
from collections.abc import Collection, Iterator
from contextlib import ExitStack
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.write.columns import Tables, to_tables
from pipeline.write.manifest import Input, Parameters, Versions, read_manifest
from pipeline.write.parquet import file_sha256
from pipeline.write.publish import MANIFEST, OutputFolder
from pipeline.write.schema import table_schema
from pipeline.write.spill import KEYED
from pipeline.write.versions import fingerprint

NOTE = "reuse.json"
"""Beside the dataset: what made it."""
_ROWS_AT_ONCE = 1_000


class Previous:
    """The documents of an earlier dataset whose rows hold for this build too; there may be none."""

    def __init__(self, folder: Path | None = None) -> None:
        self._open = ExitStack()
        self._tables: dict[str, pq.ParquetFile] = {}
        self._held: set[Input] = set()
        if folder is not None:
            for table in KEYED:
                file = pq.ParquetFile(folder / f"{table}.parquet")
                self._tables[table] = self._open.enter_context(file)
            found = self._tables["documents"].read(["source", "source_sha256", "parent_doc_id"])
            found = found.filter(pc.is_null(found.column("parent_doc_id")))
            names, hashes = found.column("source").to_pylist(), found.column("source_sha256").to_pylist()
            self._held = set(map(Input, names, hashes))

    @classmethod
    def find(cls, out: Path, versions: Versions, parameters: Parameters) -> Previous:
        """The dataset in ``out`` when the same code, versions and parameters made it and its files are
        sound.
        """
        try:
            note = json.loads(note_file(out).read_bytes())
            if note != _note(out, versions, parameters):
                return cls()
            manifest = read_manifest(out)
            for table, file in manifest.tables.items():
                if file_sha256(out / f"{table}.parquet") != file.sha256:
                    return cls()
            return cls(out)
        except (OSError, ValueError):  # none there, or damaged: everything is done again
            return cls()

    def holds(self, entry: Input) -> bool:
        """Whether the document of this very input, name and bytes, is there."""
        return entry in self._held

    def rows(self, doc_ids: Collection[str]) -> Iterator[Tables]:
        """The rows of some documents, those printed inside them included."""
        if not doc_ids:
            return
        wanted = pa.array(sorted(doc_ids), pa.string())
        nothing = to_tables([])
        for table in KEYED:
            schema = table_schema(table)
            for batch in self._tables[table].iter_batches(_ROWS_AT_ONCE):
                source_id = pc.utf8_slice_codeunits(batch.column("doc_id"), 0, len(wanted[0].as_py()))
                rows = batch.filter(pc.is_in(source_id, value_set=wanted))
                if rows.num_rows:
                    yield {**nothing, table: pa.RecordBatch.from_arrays(rows.columns, schema=schema)}

    def close(self) -> None:
        """Let go of the files."""
        self._open.close()


def remember(out: Path, versions: Versions, parameters: Parameters) -> None:
    """Note beside the dataset what made it; a note that does not fit the manifest counts for nothing."""
    note_file(out).write_text(json.dumps(_note(out, versions, parameters)), encoding="utf-8")


def note_file(out: Path) -> Path:
    """Where that note of the dataset in ``out`` stands."""
    return OutputFolder(out).work / NOTE


def _note(out: Path, versions: Versions, parameters: Parameters) -> dict[str, object]:
    return {
        "fingerprint": fingerprint(),
        "versions": versions.model_dump(mode="json"),
        "parameters": parameters.model_dump(mode="json"),
        "manifest": file_sha256(out / MANIFEST),
    }
