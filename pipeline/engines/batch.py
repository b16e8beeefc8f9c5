"""The one function that every engine runs: a batch of inputs in, a batch of rows for each table out."""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Callable, Iterable, Iterator, Sequence, Sized
from contextlib import contextmanager
from typing import Any, Protocol

import pyarrow as pa
from pydantic import ValidationError

from pipeline.errors import ExtractError, Stage
from pipeline.read.source import Source
from pipeline.records import DocumentRecord, Reject
from pipeline.write.columns import Tables, to_tables

INPUTS = pa.schema(
    [pa.field("name", pa.string(), nullable=False), pa.field("data", pa.binary(), nullable=False)]
)
"""A batch of inputs: names and bytes."""

TOGETHER = 32_000
"""So many characters of drafts are finished together at most, but for a draft that is longer by itself."""
ALL = -2
"""What ``at_start`` is told when several inputs are worked on at once."""


class Extractor(Protocol):
    """What turns inputs into records, in two steps, so that the second can be done for many at once."""

    def draft(self, source: Source) -> Sized:
        """An input that awaits the second step, with its length; raises ExtractError when it gives no document."""

    def finish(self, drafts: Sequence[Any]) -> list[DocumentRecord]:
        """The record of each draft."""


_STAGE_OF_FILE = re.compile(r"pipeline[/\\](read|normalize|segment|tag)[/\\]")
_MAX_DETAIL = 300


def to_inputs(sources: Iterable[Source]) -> pa.RecordBatch:
    """Sources as one Arrow batch."""
    rows = list(sources)
    names = pa.array([row.name for row in rows], pa.string())
    data = pa.array([row.data for row in rows], pa.binary())
    return pa.RecordBatch.from_arrays([names, data], schema=INPUTS)


def extract_batch(
    inputs: pa.RecordBatch, extractor: Extractor, at_start: Callable[[int], None] = lambda row: None
) -> Tables:
    """The rows of every table that a batch of inputs (``INPUTS``) gives; each input is a document or a
    reject.

    ``at_start`` is told the number of an input before it is worked on alone, ``ALL`` before several are.
    """
    batch = _Batch(extractor, at_start)
    for row, (name, data) in enumerate(zip(inputs.column("name"), inputs.column("data"), strict=True)):
        batch.add(row, Source(name.as_py(), data.as_py()))
    batch.finish()
    return to_tables(batch.records, batch.rejects)


class _Batch:
    """The inputs of a batch on their way, and what came of those that are done, in their order."""

    def __init__(self, extractor: Extractor, at_start: Callable[[int], None]) -> None:
        self.records: list[DocumentRecord] = []
        self.rejects: list[Reject] = []
        self._extractor, self._at_start = extractor, at_start
        self._waiting: list[tuple[int, Source, Sized]] = []

    def add(self, row: int, source: Source) -> None:
        """Make the draft of an input; finish those that wait when they get too long together."""
        self._at_start(row)
        with self._barrier(source):
            draft = self._extractor.draft(source)
            if sum(len(other) for _, _, other in self._waiting) + len(draft) > TOGETHER:
                self.finish()
            self._waiting.append((row, source, draft))

    def finish(self) -> None:
        """Finish what waits: together, or one by one when that fails."""
        waiting, self._waiting = self._waiting, []
        if len(waiting) > 1:
            self._at_start(ALL)
            try:
                self.records += self._extractor.finish([draft for _, _, draft in waiting])
            except Exception:  # nobody knows whose fault it is
                pass
            else:
                return
        for row, source, draft in waiting:
            self._at_start(row)
            with self._barrier(source):
                self.records += self._extractor.finish([draft])

    @contextmanager
    def _barrier(self, source: Source) -> Iterator[None]:
        """Whatever goes wrong with an input costs that input, never the build."""
        try:
            yield
        except ExtractError as failure:
            self.rejects.append(rejected(source, failure.stage, failure.error, failure.detail))
        except Exception as failure:  # a mistake of ours
            self.rejects.append(_unforeseen(source, failure))


def rejected(source: Source, stage: Stage, error: str, detail: str) -> Reject:
    """The row of an input that gave no document."""
    return Reject(
        source=source.name,
        source_sha256=hashlib.sha256(source.data).hexdigest(),
        stage=stage,
        error=error,
        detail=" ".join(detail.split())[:_MAX_DETAIL],
    )


def stage_of(stack: Iterable[str]) -> Stage:
    """The stage that a stack was in, from the names of its files, innermost first."""
    for line in stack:
        if match := _STAGE_OF_FILE.search(line):
            return match[1]  # type: ignore[return-value]
    return "validate"


def _unforeseen(source: Source, failure: Exception) -> Reject:
    frames = [frame.filename for frame in reversed(traceback.extract_tb(failure.__traceback__))]
    stage: Stage = "validate" if isinstance(failure, ValidationError) else stage_of(frames)
    return rejected(source, stage, "internal_error", f"{type(failure).__name__}: {failure}")
