from __future__ import annotations

import os
import signal
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
import stub_dask

from pipeline.engines.batch import to_inputs
from pipeline.engines.build import build
from pipeline.engines.dask import run_dask
from pipeline.engines.local import run_local
from pipeline.errors import BuildError
from pipeline.read import MAX_BYTES
from pipeline.read.source import Source
from pipeline.write.columns import Tables

distributed = pytest.importorskip("distributed")
dask = pytest.importorskip("dask")
pytestmark = pytest.mark.processes


BATCHES = [*([f"{n}-0", f"{n} SLOW", f"{n}-2"] for n in range(8)), ["CRASH", "REFUSE"]]


@pytest.fixture(scope="module")
def cluster() -> Iterator[Any]:
    """Two worker processes with the stand-in for extraction, those that take a dead one's place too."""
    patience = {"distributed.deploy.lost-worker-timeout": "1 hour"}
    with (
        dask.config.set(patience),
        distributed.LocalCluster(
            n_workers=2,
            threads_per_worker=1,
            processes=True,
            dashboard_address="127.0.0.1:0",
            preload="stub_dask",
        ) as cluster,
    ):
        yield cluster


def by_dask(cluster: Any, batches: Iterable[list[str]]) -> Iterator[Tables]:
    wait_until(lambda: len(cluster.scheduler.workers) == 2)
    inputs = (to_inputs(Source(text, text.encode()) for text in batch) for batch in batches)
    return run_dask(inputs, None, MAX_BYTES, workers=2, time_limit=60, scheduler=cluster.scheduler_address)


def rows(parts: Iterable[Tables]) -> dict[str, list[dict[str, Any]]]:
    by_table: dict[str, list[dict[str, Any]]] = {}
    for part in parts:
        for table, found in part.items():
            by_table.setdefault(table, []).extend(found.to_pylist())
    return {table: sorted(found, key=repr) for table, found in by_table.items()}


@pytest.fixture(scope="module")
def expected(tmp_path_factory: pytest.TempPathFactory) -> dict[str, list[dict[str, Any]]]:
    """The rows of the local engine."""
    inputs = (to_inputs(Source(text, text.encode()) for text in batch) for batch in BATCHES)
    command, folder = stub_dask.command(None, MAX_BYTES), tmp_path_factory.mktemp("local")
    return rows(run_local(inputs, command, folder, workers=1, time_limit=60))


def wait_until(fact: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 60
    while not fact():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def kill(cluster: Any, worker: Any) -> None:
    """SIGKILL for the process of a worker, given as the scheduler knows it; waits until the scheduler has noticed."""
    (nanny,) = (one for one in cluster.workers.values() if one.worker_address == worker.address)
    os.kill(nanny.pid, signal.SIGKILL)
    wait_until(lambda: worker.address not in cluster.scheduler.workers)


def test_a_worker_killed_at_work_loses_nothing(cluster: Any, expected: Any) -> None:
    results = by_dask(cluster, BATCHES)
    parts = [next(results)]
    at_work = next(worker for worker in cluster.scheduler.workers.values() if worker.processing)
    kill(cluster, at_work)
    parts += results
    assert rows(parts) == expected


def test_rows_that_lay_in_the_memory_of_a_killed_worker_are_made_again(cluster: Any, expected: Any) -> None:
    results = by_dask(cluster, BATCHES)
    parts = [next(results)]
    tasks, workers = cluster.scheduler.tasks, cluster.scheduler.workers
    wait_until(lambda: all(task.state == "memory" for task in list(tasks.values())))
    fullest = max(workers.values(), key=lambda worker: len(worker.has_what))
    assert fullest.has_what
    kill(cluster, fullest)
    parts += results
    assert rows(parts) == expected


@pytest.mark.parametrize("failure", ["KilledWorker", "CancelledError"])
def test_a_batch_that_the_scheduler_gives_up_is_handed_in_again(
    cluster: Any, expected: Any, failure: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    error = getattr(distributed, failure)(
        *("task", cluster.scheduler, 3)[: 3 if failure == "KilledWorker" else 1]
    )
    gather, given_up = distributed.Future.result, []

    def result(task: Any) -> Any:
        if len(given_up) < 3:
            given_up.append(task.key)
            raise error
        return gather(task)

    monkeypatch.setattr(distributed.Future, "result", result)
    parts = list(by_dask(cluster, BATCHES))
    assert len(given_up) == 3
    assert rows(parts) == expected


def test_tasks_that_somebody_cancels_are_handed_in_again(cluster: Any, expected: Any) -> None:
    results = by_dask(cluster, BATCHES)
    parts = [next(results)]
    client = distributed.default_client()
    client.cancel([distributed.Future(key, client) for key in list(client.futures)[:2]])
    parts += results
    assert rows(parts) == expected


def test_a_cluster_without_workers_ends_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.engines.dask._WAIT", 5)
    with (
        distributed.LocalCluster(n_workers=0, processes=False, dashboard_address="127.0.0.1:0") as cluster,
        pytest.raises(BuildError, match="no workers left"),
    ):
        list(
            run_dask(
                [to_inputs([])], None, MAX_BYTES, workers=1, time_limit=5, scheduler=cluster.scheduler_address
            )
        )


def test_workers_that_always_die_end_the_build(cluster: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    def result(task: Any) -> Any:
        raise distributed.KilledWorker("task", cluster.scheduler, 3)

    monkeypatch.setattr(distributed.Future, "result", result)
    with pytest.raises(BuildError, match="the cluster's workers die"):
        list(by_dask(cluster, BATCHES[:1]))


def test_a_build_by_dask_is_byte_identical(seeds: Path, tmp_path: Path) -> None:
    build(seeds, tmp_path / "local", method="model", segmenter="char")
    build(seeds, tmp_path / "dask", engine="dask", method="model", segmenter="char")
    names = {file.name for file in (tmp_path / "local").iterdir() if file.is_file()}
    assert names
    for name in names:
        assert (tmp_path / "dask" / name).read_bytes() == (tmp_path / "local" / name).read_bytes()


def test_a_scheduler_that_is_not_there_is_one_line(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pipeline.engines.dask._WAIT", 1)
    with pytest.raises(BuildError, match="no Dask scheduler at"):
        list(run_dask([], None, MAX_BYTES, workers=1, time_limit=5, scheduler="tcp://127.0.0.1:1"))
