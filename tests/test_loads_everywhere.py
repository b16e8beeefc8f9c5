"""Every table, in every tool: dates are dates, lists are lists, and every row arrives."""

from __future__ import annotations

import os
import subprocess
import sys
from datetime import date
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.records import TABLES
from pipeline.write.schema import table_schema

KINDS = {
    # Arrow: pandas with Arrow types, polars, DuckDB
    "string": ("string[pyarrow]", pl.String(), "VARCHAR"),
    "int32": ("int32[pyarrow]", pl.Int32(), "INTEGER"),
    "int64": ("int64[pyarrow]", pl.Int64(), "BIGINT"),
    "double": ("double[pyarrow]", pl.Float64(), "DOUBLE"),
    "bool": ("bool[pyarrow]", pl.Boolean(), "BOOLEAN"),
    "date32[day]": ("date32[day][pyarrow]", pl.Date(), "DATE"),
    "list<element: string>": ("list<element: string>[pyarrow]", pl.List(pl.String()), "VARCHAR[]"),
}


def kinds(table: str, tool: int) -> dict[str, Any]:
    return {field.name: KINDS[str(field.type)][tool] for field in table_schema(table)}


@pytest.fixture(params=TABLES)
def table(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


@pytest.fixture
def rows(table: str, seeds_dataset: Path) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(seeds_dataset / f"{table}.parquet").to_pylist()
    return found


def test_pandas(table: str, rows: list[dict[str, Any]], seeds_dataset: Path) -> None:
    frame = pd.read_parquet(seeds_dataset / f"{table}.parquet", dtype_backend="pyarrow")
    assert {name: str(kind) for name, kind in frame.dtypes.items()} == kinds(table, 0)
    assert pa.Table.from_pandas(frame, preserve_index=False).to_pylist() == rows


def test_polars(table: str, rows: list[dict[str, Any]], seeds_dataset: Path) -> None:
    frame = pl.read_parquet(seeds_dataset / f"{table}.parquet")
    assert dict(frame.schema) == kinds(table, 1)
    assert frame.to_dicts() == rows
    assert pl.scan_parquet(seeds_dataset / f"{table}.parquet").select(pl.len()).collect().item() == len(rows)


def test_duckdb(table: str, rows: list[dict[str, Any]], seeds_dataset: Path) -> None:
    relation = duckdb.read_parquet(str(seeds_dataset / f"{table}.parquet"))
    assert dict(zip(relation.columns, map(str, relation.types), strict=True)) == kinds(table, 2)
    assert relation.to_arrow_table().to_pylist() == rows


def test_a_date_compares_as_a_date_everywhere(seeds_dataset: Path) -> None:
    file = str(seeds_dataset / "documents.parquet")
    frame = pd.read_parquet(file, dtype_backend="pyarrow")
    assert (frame["date_issued"] >= date(2020, 1, 29)).sum() == 2
    assert pl.read_parquet(file).filter(pl.col("date_issued") >= date(2020, 1, 29)).height == 2
    assert duckdb.sql(f"select count(*) from '{file}' where date_issued >= '2020-01-29'").fetchall() == [(2,)]


def test_a_list_unnests_everywhere(seeds_dataset: Path) -> None:
    file = str(seeds_dataset / "measures.parquet")
    count = len(pd.read_parquet(file, dtype_backend="pyarrow").explode("codes")["codes"].dropna())
    assert count > 0
    assert pl.read_parquet(file).explode("codes")["codes"].drop_nulls().len() == count
    assert duckdb.sql(f"select count(*) from (select unnest(codes) from '{file}')").fetchall() == [(count,)]


def test_hugging_face_datasets(seeds_dataset: Path, tmp_path: Path) -> None:
    pytest.importorskip("datasets", reason="Hugging Face datasets is not installed")
    script = (
        "import sys; from datasets import get_dataset_config_names, load_dataset\n"
        "for name in get_dataset_config_names(sys.argv[1]):\n"
        "    data = load_dataset(sys.argv[1], name, split='train')\n"
        "    print(name, len(data), *(f'{k}={v.dtype}' for k, v in data.features.items() if 'date_' in k), sep='\\t')\n"
    )
    environment = {**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"}  # both are read at import
    command = [sys.executable, "-c", script, str(seeds_dataset)]
    out = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    found = {line.split("\t")[0]: line.split("\t")[1:] for line in out.splitlines()}
    counts = {name: pq.read_metadata(seeds_dataset / f"{name}.parquet").num_rows for name in TABLES}
    assert {name: int(cells[0]) for name, cells in found.items()} == {n: c for n, c in counts.items() if c}
    assert "date_issued=date32" in found["documents"]
