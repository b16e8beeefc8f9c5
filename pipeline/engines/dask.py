"""The Dask engine: the same batches and the same rows, on the workers of a Dask cluster.

A Dask worker keeps one worker process of the local engine and hands it the batches, so that an input that hangs or
crashes costs itself here as there, and what Dask itself carries is plain bytes of Arrow. A Dask worker that dies loses
nothing: the scheduler gives its batches to another, those too whose rows lay finished in its memory; and a batch that the
scheduler gives up is handed in again, for it stays here until its rows are.
"""

from __future__ import annotations

import atexit
import shutil
import tempfile
import threading
from collections.abc import Iterable, Iterator
from concurrent.futures import CancelledError
from contextlib import ExitStack, contextmanager
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Any, cast

import pyarrow as pa

from pipeline.engines.batch import INPUTS
from pipeline.engines.local import WINDOW, Worker, worker_command
from pipeline.errors import BuildError, UsageError
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method
from pipeline.write.columns import Tables, to_tables
from pipeline.write.schema import table_schema

ATTEMPTS = 5
"""How many workers may die with a batch before the build gives up; an input cannot be the cause (see the module)."""
_WAIT = 60  # seconds for a scheduler to answer, and for a worker to come
_PATIENCE = "distributed.deploy.lost-worker-timeout"  # after it a cluster of this machine gives a worker up

_at_work = threading.Lock()


def run_dask(
    batches: Iterable[pa.RecordBatch],
    codebook: Path | None,
    max_bytes: int,
    *,
    workers: int,
    time_limit: float,
    scheduler: str | None = None,
    method: Method = DEFAULT_METHOD,
    segmenter: str = SHIPPED,
) -> Iterator[Tables]:
    """The rows of each batch of inputs (``INPUTS``), in any order.

    ``scheduler`` is the address of a running scheduler whose workers have this package; without one a cluster of
    ``workers`` processes is started on this machine and ended behind the last batch. ``segmenter``: a name or a
    directory, which the workers must find under the same path. Raises UsageError when the extra is not installed,
    BuildError when the cluster cannot be reached or loses a batch ``ATTEMPTS`` times.
    """
    book = codebook.read_bytes() if codebook else None
    with _client(scheduler, workers) as client:
        distributed = _distributed()
        lost = (distributed.KilledWorker, CancelledError)
        source = (batch.serialize().to_pybytes() for batch in batches)
        under_way: dict[Any, tuple[bytes, int]] = {}  # task → its batch, and which attempt it is

        def submit(data: bytes, attempt: int) -> None:
            task = client.submit(
                extract_shard,
                data,
                book,
                max_bytes,
                time_limit,
                method,
                segmenter,
                pure=False,
                retries=ATTEMPTS,
            )
            under_way[task] = data, attempt

        window = WINDOW * max(1, len(client.nthreads()))
        try:
            while True:
                while len(under_way) < window and (data := next(source, None)) is not None:
                    submit(data, 1)
                if not under_way:
                    return
                for task in _finished(client, under_way):
                    data, attempt = under_way.pop(task)
                    try:
                        rows = task.result()
                    except lost as failure:  # with its workers, which the scheduler cannot always make good
                        if attempt == ATTEMPTS:
                            raise BuildError(f"the cluster's workers die: {failure}") from None
                        submit(data, attempt + 1)
                    else:
                        yield _tables(rows)
                    task.release()
        except OSError as failure:
            raise BuildError(f"the cluster is lost: {failure}") from None


def _finished(client: Any, tasks: Iterable[Any]) -> Iterable[Any]:
    """Those of some tasks that are over or were cancelled. Raises BuildError when no worker is left, and none comes."""
    while True:
        try:
            over, _ = _distributed().wait(list(tasks), timeout=_WAIT, return_when="FIRST_COMPLETED")
        except TimeoutError:
            if not client.nthreads():
                raise BuildError("the cluster has no workers left") from None
        except CancelledError:
            return [task for task in tasks if task.cancelled()]
        else:
            return cast(Iterable[Any], over)


def extract_shard(
    data: bytes,
    codebook: bytes | None,
    max_bytes: int,
    time_limit: float,
    method: Method = DEFAULT_METHOD,
    segmenter: str = SHIPPED,
) -> dict[str, bytes]:
    """What a Dask worker does: one serialized batch of inputs in, one serialized batch of rows for each table out."""
    worker = _worker(codebook, max_bytes, time_limit, method, segmenter)
    with _at_work:  # one batch at a time, whatever the number of threads that Dask gives a worker
        tables = worker.do(pa.ipc.read_record_batch(pa.py_buffer(data), INPUTS))
    return {table: rows.serialize().to_pybytes() for table, rows in tables.items() if rows.num_rows}


@cache
def _worker(
    codebook: bytes | None, max_bytes: int, time_limit: float, method: Method, segmenter: str
) -> Worker:
    """The worker process of this Dask worker; it ends when its standard input does."""
    folder = Path(tempfile.mkdtemp(prefix="gongwen-"))
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    book = None
    if codebook is not None:
        book = folder / "codebook.toml"
        book.write_bytes(codebook)
    return Worker(worker_command(book, max_bytes, method=method, segmenter=segmenter), folder, 0, time_limit)


def _tables(rows: dict[str, bytes]) -> Tables:
    tables = to_tables([])
    for table, data in rows.items():
        tables[table] = pa.ipc.read_record_batch(pa.py_buffer(data), table_schema(table))
    return tables


def _distributed() -> Any:
    """The package, without its types: it has few."""
    try:
        return import_module("distributed")
    except ImportError:
        raise UsageError("--engine dask needs an extra: pip install 'gongwen[dask]'") from None


@contextmanager
def _client(scheduler: str | None, workers: int) -> Iterator[Any]:
    distributed = _distributed()
    with ExitStack() as stack:
        if scheduler is None:
            # on a busy machine the one that takes a dead worker's place may be long in coming
            stack.enter_context(import_module("dask").config.set({_PATIENCE: "1 hour"}))
            cluster = distributed.LocalCluster(
                n_workers=workers, threads_per_worker=1, processes=True, dashboard_address="127.0.0.1:0"
            )
            scheduler = stack.enter_context(cluster).scheduler_address
        try:
            client = distributed.Client(scheduler, timeout=_WAIT)
        except (OSError, ValueError) as failure:
            raise BuildError(f"no Dask scheduler at {scheduler}: {failure}") from None
        yield stack.enter_context(client)
