"""The local engine: worker processes on this machine, and what happens when one dies or hangs."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import suppress
from pathlib import Path
from typing import IO, cast

import pyarrow as pa

from pipeline.engines.batch import ALL, INPUTS, rejected, stage_of
from pipeline.engines.worker import END, FRAME, POSITION, TABLE_NAMES
from pipeline.errors import BuildError
from pipeline.read.source import Source
from pipeline.records import Reject
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method
from pipeline.write.columns import Tables, to_tables
from pipeline.write.schema import table_schema

WINDOW = 3
"""Batches that are under way for each worker, finished ones included."""
START_LIMIT = 120.0
"""Seconds that a worker may take to start, besides the limit for a document."""
BEFORE = -1
"""Where a worker is that has begun no input of its batch."""
_TICK = 0.2  # seconds between two looks at the clock


def run_local(
    batches: Iterable[pa.RecordBatch],
    command: Sequence[str],
    folder: Path,
    *,
    workers: int,
    time_limit: float,
) -> Iterator[Tables]:
    """The rows of each batch of inputs (``INPUTS``), in any order.

    ``command`` starts a worker (see ``pipeline.engines.worker``; its first argument is added here);
    ``folder`` is for the workers' small files. An input that takes longer than ``time_limit`` seconds, or
    that twice ends its worker, becomes a row of ``rejects`` (``timeout``, ``crash``); the other inputs of
    its batch are done again.
    """
    crew = [Worker(command, folder, number, time_limit) for number in range(workers)]
    idle = list(crew)
    lock = threading.Lock()

    def work(batch: pa.RecordBatch) -> Tables:
        with lock:
            worker = idle.pop()
        try:
            return worker.do(batch)
        finally:
            with lock:
                idle.append(worker)

    pool = ThreadPoolExecutor(workers)
    pending: set[Future[Tables]] = set()
    try:
        for batch in batches:
            pending.add(pool.submit(work, batch))
            if len(pending) >= WINDOW * workers:
                done, pending = wait(pending, return_when=FIRST_COMPLETED)
                yield from (future.result() for future in done)
        for future in pending:
            yield future.result()
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for worker in crew:
            worker.close()
        pool.shutdown()


class _Died(Exception):
    """A worker ended, or was ended, while it was at one input of a batch, or at ``ALL`` of several."""

    def __init__(self, row: int, error: str, stage_lines: list[str]) -> None:
        super().__init__(row, error)
        self.row, self.error, self.stage_lines = row, error, stage_lines


class Worker:
    """One worker process, started when it is first needed and again when it has died.

    ``command`` starts it, ``folder`` holds its small files, ``number`` tells it from others there.
    """

    def __init__(self, command: Sequence[str], folder: Path, number: int, time_limit: float) -> None:
        self._time_limit = time_limit
        self._position_file = folder / f"worker-{number}.position"
        self._errors_file = folder / f"worker-{number}.errors"
        self._position_file.write_bytes(POSITION.pack(BEFORE))
        self._command = [*command, str(self._position_file), str(time_limit)]
        self._process: subprocess.Popen[bytes] | None = None
        self._inputs: pa.ipc.RecordBatchStreamWriter | None = None
        self._closed = False
        self._starting = threading.Lock()

    def do(self, batch: pa.RecordBatch) -> Tables:
        """The rows of a batch; rejects for the inputs that bring the process down."""
        parts: list[Tables] = []
        todo = [batch]
        suspects: set[str] = set()
        while todo:
            part = todo.pop()
            try:
                parts.append(self._once(part))
            except _Died as death:
                if death.row == ALL:  # one of several: which one shows when each is done alone
                    todo += [part.slice(row, 1) for row in reversed(range(part.num_rows))]
                    continue
                name = part.column("name")[death.row].as_py()
                culprit = part.slice(death.row, 1)
                todo += [
                    rest for rest in (part.slice(death.row + 1), part.slice(0, death.row)) if rest.num_rows
                ]
                if death.error == "timeout" or name in suspects:
                    parts.append(to_tables([], [self._blame(culprit, death)]))
                else:  # somebody else may have ended the process: the input gets a second chance, alone
                    suspects.add(name)
                    todo.append(culprit)
        return {table: pa.concat_batches([part[table] for part in parts]) for table in TABLE_NAMES}

    def close(self) -> None:
        """End the process and start no other; whoever waits for it gets an error."""
        with self._starting:
            self._closed = True
        self._stop()

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is not None:
            process.kill()
            process.wait()
            for stream in (process.stdin, process.stdout):
                with suppress(OSError):
                    cast(IO[bytes], stream).close()

    def _blame(self, culprit: pa.RecordBatch, death: _Died) -> Reject:
        source = Source(culprit.column("name")[0].as_py(), culprit.column("data")[0].as_py())
        detail = (
            f"not done within {self._time_limit:g} s"
            if death.error == "timeout"
            else "the process that worked on it ended; the last words: "
            + " ".join(death.stage_lines[:1] or ["none"])
        )
        return rejected(source, stage_of(death.stage_lines), death.error, detail)

    def _once(self, batch: pa.RecordBatch) -> Tables:
        new = self._process is None
        if new:
            self._start()
        process = cast("subprocess.Popen[bytes]", self._process)
        self._reset_position()
        clock = _Clock(process, self._position_file, self._time_limit)
        try:
            cast(pa.ipc.RecordBatchStreamWriter, self._inputs).write_batch(batch)
            cast(IO[bytes], process.stdin).flush()
            return _read_rows(cast(IO[bytes], process.stdout))
        except (OSError, EOFError, pa.ArrowInvalid):
            process.wait()
            row = clock.row()
            if row == BEFORE and new:
                raise BuildError(f"a worker does not start: {self._last_words()}") from None
            words = self._errors_file.read_text("utf-8", "replace").splitlines()
            if row != ALL:
                row = min(max(row, 0), batch.num_rows - 1)
            raise _Died(row, "timeout" if clock.rang else "crash", words) from None
        finally:
            clock.stop()
            if process.poll() is not None:
                self._stop()

    def _start(self) -> None:
        with self._starting, self._errors_file.open("wb") as errors:
            if self._closed:
                raise BuildError("the build is over")
            self._process = subprocess.Popen(
                self._command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=errors,
                env=_environment(),
            )
        self._inputs = pa.ipc.new_stream(cast(IO[bytes], self._process.stdin), INPUTS)

    def _reset_position(self) -> None:
        with self._position_file.open("r+b") as file:  # in place: the worker has it mapped
            file.write(POSITION.pack(BEFORE))

    def _last_words(self) -> str:
        lines = [
            line for line in self._errors_file.read_text("utf-8", "replace").splitlines() if line.strip()
        ]
        return lines[-1] if lines else "it says nothing"


class _Clock:
    """Ends a worker process that stays at one input for longer than the limit; once it did, ``rang`` is
    True.
    """

    def __init__(self, process: subprocess.Popen[bytes], position_file: Path, time_limit: float) -> None:
        self.rang = False
        self._process, self._position_file, self._time_limit = process, position_file, time_limit
        self._over = threading.Event()
        threading.Thread(target=self._watch, daemon=True).start()

    def row(self) -> int:
        """The input that the worker is at, from 0; ``BEFORE`` the first, or ``ALL`` of several."""
        data = self._position_file.read_bytes()
        return cast(int, POSITION.unpack(data)[0]) if len(data) == POSITION.size else BEFORE

    def stop(self) -> None:
        """The batch is over."""
        self._over.set()

    def _watch(self) -> None:
        last, since = self.row(), time.monotonic()
        while not self._over.wait(_TICK):
            row, now = self.row(), time.monotonic()
            if row != last:
                last, since = row, now
            elif now - since > self._time_limit + (START_LIMIT if row == BEFORE else 0):
                self.rang = True
                if hasattr(signal, "SIGUSR1"):
                    with suppress(OSError):
                        self._process.send_signal(signal.SIGUSR1)  # it writes down where it hangs
                    self._over.wait(_TICK)
                self._process.kill()
                return


def _read_rows(stream: IO[bytes]) -> Tables:
    tables = to_tables([])
    while True:
        number, length = FRAME.unpack(_exactly(stream, FRAME.size))
        if number == END:
            return tables
        table = TABLE_NAMES[number]
        data = pa.py_buffer(_exactly(stream, length))
        tables[table] = pa.ipc.read_record_batch(data, table_schema(table))


def _exactly(stream: IO[bytes], length: int) -> bytes:
    data = stream.read(length)
    if len(data) < length:
        raise EOFError
    return data


def _environment() -> dict[str, str]:
    """The workers' environment: this package first whatever the current folder holds, one thread each."""
    root = str(Path(__file__).parents[2])
    paths = [root, *filter(None, [os.environ.get("PYTHONPATH")])]
    return {**os.environ, "PYTHONPATH": os.pathsep.join(paths), "PYTHONUTF8": "1", "OMP_NUM_THREADS": "1"}


def worker_command(
    codebook: Path | None, max_bytes: int, *, method: Method = DEFAULT_METHOD, segmenter: str = SHIPPED
) -> list[str]:
    """What starts a worker of this package."""
    command = [sys.executable, "-P", "-m", "pipeline.engines.worker"]
    command += ["--method", method, "--segmenter", segmenter, "--max-bytes", str(max_bytes)]
    return [*command, "--codebook", str(codebook)] if codebook else command
