"""Inputs → a published dataset: the one place that knows the order of reading, extracting and writing."""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Literal

import pyarrow as pa

from pipeline.engines.batch import to_inputs
from pipeline.engines.local import run_local, worker_command
from pipeline.engines.remote import RemoteFile, find_remote, is_url, landed, local_path
from pipeline.errors import QuarantinedError, UsageError
from pipeline.read import MAX_BYTES, Source, SourceFile, Unreadable, find_files, read_sources
from pipeline.records import Reject
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method, segmenter_name, usable_method, usable_segmenter
from pipeline.write.columns import Tables, to_tables
from pipeline.write.companions import COMPANIONS
from pipeline.write.dataset import Rows, seal, write_tables
from pipeline.write.manifest import Input, Manifest, Parameters, Versions
from pipeline.write.parquet import file_sha256
from pipeline.write.publish import OutputFolder, output_folder
from pipeline.write.reuse import Previous, remember
from pipeline.write.schema import table_schema
from pipeline.write.spill import Spill
from pipeline.write.versions import current_versions

TIME_LIMIT = 60.0
"""Longest time that one document may take, in seconds."""
BATCH_INPUTS, BATCH_BYTES = 32, 500_000
"""What a worker gets at a time, at most (one larger input comes alone)."""
ROWS_PER_BYTE = 6
"""How many bytes of rows a byte of input gives, roughly; decides only how finely rows are sorted on disk."""

OnError = Literal["quarantine", "fail"]
Engine = Literal["local", "dask"]


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a build is: inputs and their bytes that are read, of how many bytes, and what came of them so
    far.
    """

    n_inputs: int
    n_bytes: int
    total_bytes: int
    n_documents: int
    n_rejects: int
    n_reused: int


def build(
    sources: str | Path | Sequence[str | Path],
    out: str | Path,
    *,
    workers: int = 1,
    codebook: str | Path | None = None,
    on_error: OnError = "quarantine",
    text_column: str = "text",
    max_bytes: int = MAX_BYTES,
    time_limit: float = TIME_LIMIT,
    engine: Engine = "local",
    scheduler: str | None = None,
    method: Method = DEFAULT_METHOD,
    segmenter: str | Path = SHIPPED,
    progress: Callable[[Progress], None] = lambda progress: None,
) -> Manifest:
    """Build the dataset of all documents behind ``sources`` (files and folders) in the folder ``out``.

    Sources and ``out`` may be URLs that fsspec knows (see ``pipeline.engines.remote``).

    ``workers``: processes that extract; the result is the same for any number. ``codebook``: another
    codebook's TOML file. ``text_column``: where the text stands in JSON Lines and Parquet inputs.
    ``max_bytes`` and ``time_limit`` (seconds) bound one input. ``engine``: processes of this machine, or the
    workers of a Dask cluster (``scheduler`` is its address; without one it is started here); the result is
    the same. ``method``: whether codes come from the rules, the model or both. ``segmenter``: a name or the
    directory of a pkuseg model (see ``pipeline.tagging``). ``progress`` is called after each batch.
    Inputs that a dataset in ``out`` holds already, made by the same versions and parameters, are taken from
    there.

    Each input is a document or a row of ``rejects``; with ``on_error="fail"`` any reject but a duplicate
    raises QuarantinedError once the dataset is written. Raises UsageError for arguments that cannot be, and
    BuildError when the machine fails (a full disk, another build in ``out``); the dataset in ``out`` is
    then as it was before.
    """
    if workers < 1:
        raise UsageError("--workers: at least 1")
    if scheduler and engine != "dask":
        raise UsageError("--scheduler goes with --engine dask")
    book = Path(codebook) if codebook is not None else None
    method, segmenter = usable_method(method), usable_segmenter(segmenter)
    versions = current_versions(book, segmenter)
    files = deque(_find([sources] if isinstance(sources, str | Path) else sources, out))
    parameters = Parameters(
        codebook_sha256=file_sha256(book) if book else None,
        text_column=text_column,
        max_bytes=max_bytes,
        time_limit=time_limit,
        method=method,
        segmenter=segmenter_name(segmenter),
    )
    with landed(out) as target, output_folder(target) as folder:
        work = Work(book, segmenter, versions, parameters, engine, scheduler, workers)
        manifest, n_failed = _built(files, target, folder, work, progress)
    if on_error == "fail" and n_failed:
        raise QuarantinedError(
            f"{n_failed} of {len(manifest.inputs)} inputs gave no document: see {out}/rejects.parquet"
        )
    return manifest


@dataclass(frozen=True, slots=True)
class Work:
    """How a build is done; see ``build``."""

    codebook: Path | None
    segmenter: str
    versions: Versions
    parameters: Parameters
    engine: Engine
    scheduler: str | None
    workers: int


def _built(
    files: deque[SourceFile | RemoteFile],
    target: Path,
    folder: OutputFolder,
    work: Work,
    progress: Callable[[Progress], None],
) -> tuple[Manifest, int]:
    """Make the dataset and put it in its place; its manifest, and how many inputs failed."""
    versions, parameters = work.versions, work.parameters
    expected_bytes = ROWS_PER_BYTE * sum(file.n_bytes for file in files)
    with (
        closing(Previous.find(target, versions, parameters)) as previous,
        closing(Spill(folder.spill, expected_bytes)) as spill,
    ):
        intake = Intake(files, folder.spill, parameters.text_column, parameters.max_bytes, previous)
        for tables in _extracted(intake.batches(), folder.spill, work):
            spill.add(tables)
            intake.note(tables)
            progress(intake.progress())
        for tables in previous.rows(intake.reused):
            spill.add(tables)
        previous.close()  # some systems replace no file that is open
        rejects = intake.rejects()
        rows = Rows(spill, rejects)
        manifest = Manifest.model_construct(
            versions=versions,
            parameters=parameters,
            inputs=intake.inputs,
            tables=write_tables(rows, folder.staging, versions.codebook, threads=work.workers),
            files={},
        )
    manifest = seal(manifest, folder.staging, COMPANIONS, work.codebook)
    folder.publish()
    remember(target, versions, parameters)
    return manifest, intake.n_failed(rejects)


def _find(sources: Sequence[str | Path], out: str | Path) -> list[SourceFile | RemoteFile]:
    """The files behind all sources, in the order of their names."""
    urls = [source for source in sources if isinstance(source, str) and is_url(source)]
    paths = [local_path(source) for source in sources if not is_url(source)]
    remote_out = out if isinstance(out, str) and is_url(out) else None
    found: list[SourceFile | RemoteFile] = [*find_remote(urls, remote_out)]
    if paths or not urls:
        found += find_files(paths, exclude=None if remote_out else local_path(out))
    return sorted(found, key=lambda file: file.name)


def _extracted(batches: Iterator[pa.RecordBatch], folder: Path, work: Work) -> Iterator[Tables]:
    """The rows of each batch by the engine that was asked for."""
    limits = work.parameters
    if work.engine == "dask":
        from pipeline.engines.dask import run_dask

        return run_dask(
            batches,
            work.codebook,
            limits.max_bytes,
            workers=work.workers,
            time_limit=limits.time_limit,
            scheduler=work.scheduler,
            method=limits.method,
            segmenter=work.segmenter,
        )
    command = worker_command(work.codebook, limits.max_bytes, method=limits.method, segmenter=work.segmenter)
    return run_local(batches, command, folder, workers=work.workers, time_limit=limits.time_limit)


@dataclass(slots=True)
class Intake:
    """Reads the inputs one after the other in the order of their names, and keeps account of each.

    ``files`` are forgotten once they are read: many of them take more memory than what is kept of each.
    ``folder`` is where a remote file lies while it is read.
    """

    files: deque[SourceFile | RemoteFile]
    folder: Path
    text_column: str
    max_bytes: int
    previous: Previous
    inputs: list[Input] = field(default_factory=list)
    reused: set[str] = field(default_factory=set)
    _seen: set[bytes] = field(default_factory=set)
    _duplicates: list[tuple[str, str]] = field(default_factory=list)
    _rejects: list[Reject] = field(default_factory=list)
    _tables: list[pa.RecordBatch] = field(default_factory=list)
    _n_bytes: int = 0
    _total_bytes: int = 0
    _n_documents: int = 0
    _n_failed: int = 0

    def __post_init__(self) -> None:
        self._total_bytes = sum(file.n_bytes for file in self.files)

    def batches(self) -> Iterator[pa.RecordBatch]:
        """The inputs that have to be worked on, in batches (``INPUTS``)."""
        batch: list[Source] = []
        size = 0
        for source in self._fresh():
            if batch and size + len(source.data) > BATCH_BYTES:
                yield to_inputs(batch)
                batch, size = [], 0
            batch.append(source)
            size += len(source.data)
            if len(batch) == BATCH_INPUTS:
                yield to_inputs(batch)
                batch, size = [], 0
        if batch:
            yield to_inputs(batch)

    def _fresh(self) -> Iterator[Source]:
        while self.files:
            for source in self._sources(self.files.popleft()):
                if isinstance(source, Unreadable):
                    self.inputs.append(Input(source.name, None))
                    self._rejects.append(_unreadable(source))
                    continue
                self._n_bytes += len(source.data)
                digest = hashlib.sha256(source.data)
                entry = Input(source.name, digest.hexdigest())
                self.inputs.append(entry)
                if digest.digest() in self._seen:
                    self._duplicates.append((source.name, digest.hexdigest()))
                    continue
                self._seen.add(digest.digest())
                if self.previous.holds(entry):
                    self.reused.add(digest.hexdigest()[:16])
                else:
                    yield source

    def _sources(self, file: SourceFile | RemoteFile) -> Iterator[Source | Unreadable]:
        if isinstance(file, SourceFile):
            yield from read_sources(file, self.text_column, self.max_bytes)
            return
        try:
            fetched = file.fetch(self.folder, self.max_bytes)
        except OSError as failure:
            yield Unreadable(file.name, "unreadable", failure.strerror or str(failure))
            return
        yield from read_sources(fetched, self.text_column, self.max_bytes)
        fetched.path.unlink()

    def note(self, tables: Tables) -> None:
        """Take note of what came of a batch."""
        self._n_documents += tables["documents"].num_rows
        if tables["rejects"].num_rows:
            self._tables.append(tables["rejects"])
            self._n_failed += tables["rejects"].num_rows

    def progress(self) -> Progress:
        """How far the build is."""
        return Progress(
            n_inputs=len(self.inputs),
            n_bytes=self._n_bytes,
            total_bytes=self._total_bytes,
            n_documents=self._n_documents,
            n_rejects=len(self._rejects) + len(self._duplicates) + self._n_failed,
            n_reused=len(self.reused),
        )

    def rejects(self) -> pa.Table:
        """All rejects, sorted by source. What is equal to an input that gave no document gives none for its
        reason.
        """
        failed = pa.Table.from_batches(self._tables, table_schema("rejects"))
        reasons = {row["source_sha256"]: row for row in failed.to_pylist()} if self._duplicates else {}
        for name, sha256 in self._duplicates:
            reason = reasons.get(sha256)
            self._rejects.append(
                Reject(**{**reason, "source": name})
                if reason
                else Reject(
                    source=name, source_sha256=sha256, stage="read", error="duplicate", detail=sha256[:16]
                )
            )
        rows = pa.concat_tables([failed, pa.Table.from_batches([to_tables([], self._rejects)["rejects"]])])
        return rows.sort_by([("source", "ascending"), ("source_sha256", "ascending")])

    @staticmethod
    def n_failed(rejects: pa.Table) -> int:
        """How many inputs gave no document and are not the same as one that did."""
        return sum(error != "duplicate" for error in rejects.column("error").to_pylist())


def _unreadable(source: Unreadable) -> Reject:
    return Reject(
        source=source.name, source_sha256=None, stage="read", error=source.error, detail=source.detail
    )
