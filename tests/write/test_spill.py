from __future__ import annotations

import random
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from stub_worker import record_of

from pipeline.write import parquet
from pipeline.write.columns import to_tables
from pipeline.write.parquet import write_parquet
from pipeline.write.schema import file_schema
from pipeline.write.spill import KEYED, Spill

RECORDS = [record_of(f"{number}.txt", f"标题{number}\n" + "正文。\n" * (number % 7)) for number in range(120)]


def written(
    folder: Path, *, order: list[int], batch: int, expected: int, spill_bytes: int
) -> dict[str, bytes]:
    folder.mkdir()
    spill = Spill(folder, expected, spill_bytes)
    for start in range(0, len(order), batch):
        spill.add(to_tables([RECORDS[number] for number in order[start : start + batch]]))
    spill.flush()
    for table in KEYED:
        write_parquet(folder / table, file_schema(table, "1"), spill.sorted_rows(table))
    spill.close()
    return {table: (folder / table).read_bytes() for table in KEYED}


def test_the_bytes_are_the_same_whatever_the_order_the_batches_and_the_memory(tmp_path: Path) -> None:
    order = list(range(len(RECORDS)))
    expected = written(tmp_path / "0", order=order, batch=120, expected=0, spill_bytes=10**9)
    for number, (batch, size, spill_bytes) in enumerate(
        [(1, 10**9, 5_000), (7, 10**6, 20_000), (50, 0, 1)], start=1
    ):
        random.Random(number).shuffle(order)
        found = written(
            tmp_path / str(number), order=order, batch=batch, expected=size, spill_bytes=spill_bytes
        )
        assert found == expected


def test_rows_come_back_sorted_and_complete(tmp_path: Path) -> None:
    written(tmp_path / "a", order=list(range(120)), batch=9, expected=10**6, spill_bytes=9_000)
    documents = pq.read_table(tmp_path / "a" / "documents")
    segments = pq.read_table(tmp_path / "a" / "segments")
    assert documents.column("doc_id").to_pylist() == sorted(record.doc_id for record in RECORDS)
    keys = list(
        zip(segments.column("doc_id").to_pylist(), segments.column("ordinal").to_pylist(), strict=True)
    )
    assert keys == sorted((row.doc_id, row.ordinal) for record in RECORDS for row in record.segments)


def test_row_groups_are_cut_by_the_rows_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parquet, "GROUP_BYTES", 1_000)
    monkeypatch.setattr(parquet, "GROUP_ROWS", 7)
    schema = pa.schema([pa.field("a", pa.string())])
    rows = pa.table({"a": ["x" * (number * 37 % 400) for number in range(200)]}, schema)
    hashes = set()
    for size in (1, 3, 200):
        chunks = (rows.slice(start, size) for start in range(0, 200, size))
        n_rows, sha256 = write_parquet(tmp_path / "a.parquet", schema, chunks)
        hashes.add(sha256)
        assert n_rows == 200
    assert len(hashes) == 1
    sizes = pq.read_metadata(tmp_path / "a.parquet")
    assert max(sizes.row_group(group).num_rows for group in range(sizes.num_row_groups)) == 7
    assert pq.read_table(tmp_path / "a.parquet").equals(rows)


def test_no_rows_give_a_file_with_the_schema(tmp_path: Path) -> None:
    n_rows, _ = write_parquet(tmp_path / "a.parquet", file_schema("tags", "1"), iter(()))
    assert n_rows == 0
    assert pq.read_schema(tmp_path / "a.parquet").equals(file_schema("tags", "1"), check_metadata=True)
