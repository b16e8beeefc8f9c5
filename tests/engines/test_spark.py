"""The recipe for Spark: its function everywhere, the whole of it where pyspark and Java are."""

from __future__ import annotations

import importlib.util
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline import build
from pipeline.write.schema import table_schema

RECIPE = Path(__file__).parents[2] / "examples" / "spark.py"


def recipe() -> Any:
    spec = importlib.util.spec_from_file_location("spark_recipe", RECIPE)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_function_gives_rows_of_the_contract_for_batches_as_spark_hands_them_over(seeds: Path) -> None:
    files = sorted(seeds.glob("*.txt"))[:2]
    names = pa.array([file.name for file in files], pa.large_string())
    data = pa.array([file.read_bytes() for file in files], pa.large_binary())
    batch = pa.RecordBatch.from_arrays([names, data], ["name", "data"])
    for table in ("documents", "measures"):
        (rows,) = recipe().rows_of(table)([batch])
        assert rows.schema.equals(table_schema(table))
        assert rows.num_rows


@pytest.mark.processes
@pytest.mark.skipif(
    not shutil.which("java") or not importlib.util.find_spec("pyspark"), reason="needs Java and pyspark"
)
def test_spark_gives_the_rows_of_the_build(seeds: Path, tmp_path: Path) -> None:
    command = [sys.executable, str(RECIPE), str(seeds / "*.txt"), str(tmp_path / "spark"), "directives"]
    subprocess.run(command, check=True, timeout=300)
    build(seeds, tmp_path / "local")
    by_spark = pq.read_table(tmp_path / "spark").column("directive_id").to_pylist()
    local = pq.read_table(tmp_path / "local" / "directives.parquet").column("directive_id").to_pylist()
    assert sorted(by_spark) == sorted(local)
