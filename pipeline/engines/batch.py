"""The one function that every engine runs: a batch of inputs in, a batch of rows for each table out."""

from __future__ import annotations

import hashlib
import re
import traceback
from collections.abc import Callable, Iterable

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

Extractor = Callable[[Source], DocumentRecord]
"""One input → its record; raises ExtractError for one that gives no document."""

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

    ``at_start`` is told the number of each input before it is worked on.
    """
    records: list[DocumentRecord] = []
    rejects: list[Reject] = []
    for row, (name, data) in enumerate(zip(inputs.column("name"), inputs.column("data"), strict=True)):
        at_start(row)
        source = Source(name.as_py(), data.as_py())
        try:
            records.append(extractor(source))
        except ExtractError as failure:
            rejects.append(rejected(source, failure.stage, failure.error, failure.detail))
        except Exception as failure:  # the one barrier: a mistake of ours costs one input, never the build
            rejects.append(_unforeseen(source, failure))
    return to_tables(records, rejects)


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
