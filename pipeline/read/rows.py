"""Files that hold many documents, one a row: JSON Lines and Parquet."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.read.source import Source, Unreadable

_ROWS_AT_ONCE = 64


def jsonl_rows(path: Path, name: str, text_column: str, max_bytes: int) -> Iterator[Source | Unreadable]:
    """One source a line that is not blank; a line may be six times as long as its text, the most that
    escapes take.
    """
    longest = 6 * max_bytes + 65_536
    with path.open("rb") as file:
        number = 0
        while line := file.readline(longest):
            number += 1
            row = f"{name}#{number}"
            if len(line) == longest and not line.endswith(b"\n"):
                while (rest := file.readline(longest)) and not rest.endswith(b"\n"):
                    pass
                yield Unreadable(row, "too_large", f"a line of more than {longest} bytes")
            elif line.strip(b" \t\r\n\xef\xbb\xbf"):
                yield _json_source(row, line, text_column, max_bytes)


def parquet_rows(path: Path, name: str, text_column: str, max_bytes: int) -> Iterator[Source | Unreadable]:
    """One source a row; a null counts as an empty text."""
    with path.open("rb") as opened:
        try:
            file = pq.ParquetFile(opened)
            if text_column not in file.schema_arrow.names:
                yield Unreadable(name, "no_text_column", _missing(text_column, file.schema_arrow.names))
                return
            number = 0
            for batch in file.iter_batches(batch_size=_ROWS_AT_ONCE, columns=[text_column]):
                for value in batch.column(0):
                    number += 1
                    yield _source(f"{name}#{number}", value.as_py(), text_column, max_bytes)
        except (pa.ArrowException, OSError) as failure:  # what a damaged file raises, of either kind
            yield Unreadable(name, "malformed", f"not a sound Parquet file: {_one_line(failure)}")


def _json_source(row: str, line: bytes, text_column: str, max_bytes: int) -> Source | Unreadable:
    try:
        record = json.loads(line.lstrip(b"\xef\xbb\xbf"))
    except (ValueError, RecursionError) as failure:
        return Unreadable(row, "malformed", f"not a line of JSON: {_one_line(failure)}")
    if not isinstance(record, dict):
        return Unreadable(row, "malformed", "not a JSON object")
    if text_column not in record:
        return Unreadable(row, "no_text_column", _missing(text_column, record))
    return _source(row, record[text_column], text_column, max_bytes)


def _source(row: str, value: object, text_column: str, max_bytes: int) -> Source | Unreadable:
    if value is None:
        return Source(row, b"")
    if not isinstance(value, str):
        return Unreadable(row, "malformed", f"{text_column!r} is not a string")
    # JSON may hold half a surrogate pair, which no UTF-8 can: U+FFFD stands for it
    data = value.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace").encode("utf-8")
    if len(data) > max_bytes:
        return Unreadable(row, "too_large", f"{len(data)} bytes, the limit is {max_bytes}")
    return Source(row, data)


def _missing(text_column: str, names: object) -> str:
    listed = ", ".join(str(name) for name in list(names)[:8])  # type: ignore[call-overload]
    return f"no column {text_column!r}, only {listed}: name the right one with --text-column"


def _one_line(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:200]
