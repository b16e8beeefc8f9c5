from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest

from pipeline.engines.batch import to_inputs
from pipeline.engines.build import build
from pipeline.engines.dask import run_dask
from pipeline.engines.local import run_local, worker_command
from pipeline.errors import BuildError
from pipeline.read import MAX_BYTES
from pipeline.read.source import Source
from pipeline.write.columns import Tables

distributed = pytest.importorskip("distributed")
pytestmark = pytest.mark.processes


@pytest.fixture
def inputs(seeds: Path) -> list[Source]:
    texts = [file.read_bytes() for file in sorted(seeds.glob("*.txt"))[:2]]
    copies = [Source(f"{n}", text + f"\n第{n}份\n".encode()) for n in range(6) for text in texts]
    return [*copies, Source("empty", b""), Source("binary", bytes(range(256)) * 9)]


def rows(parts: list[Tables]) -> dict[str, list[dict[str, Any]]]:
    tables = {table: pa.concat_tables([pa.table(part[table]) for part in parts]) for table in parts[0]}
    return {table: sorted(whole.to_pylist(), key=repr) for table, whole in tables.items()}


def test_a_killed_worker_loses_nothing_and_the_rows_are_those_of_the_local_engine(
    inputs: list[Source], tmp_path: Path
) -> None:
    batches = [to_inputs(inputs[at : at + 2]) for at in range(0, len(inputs), 2)]
    local = list(run_local(batches, worker_command(None, MAX_BYTES), tmp_path, workers=1, time_limit=60))
    with distributed.LocalCluster(
        n_workers=2, threads_per_worker=1, processes=True, dashboard_address=None
    ) as cluster:
        results = run_dask(
            batches, None, MAX_BYTES, workers=2, time_limit=60, scheduler=cluster.scheduler_address
        )
        parts = [next(results)]
        os.kill(next(iter(cluster.workers.values())).pid, signal.SIGKILL)
        parts += results
    assert rows(parts) == rows(local)


def test_a_build_by_dask_is_byte_identical(seeds: Path, tmp_path: Path) -> None:
    build(seeds, tmp_path / "local")
    build(seeds, tmp_path / "dask", engine="dask")
    names = {file.name for file in (tmp_path / "local").iterdir() if file.is_file()}
    assert names
    for name in names:
        assert (tmp_path / "dask" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()


def test_a_scheduler_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.engines.dask._WAIT", 1)
    with pytest.raises(BuildError, match="no Dask scheduler at"):
        list(run_dask([], None, MAX_BYTES, workers=1, time_limit=5, scheduler="tcp://127.0.0.1:1"))
