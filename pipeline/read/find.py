"""Paths → inputs, in one order whatever the file system's."""

from __future__ import annotations

import os
import posixpath
import stat
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path

from pipeline.errors import UsageError
from pipeline.read.kinds import DOCUMENT_SUFFIXES, TABLE_SUFFIXES
from pipeline.read.rows import jsonl_rows, parquet_rows
from pipeline.read.source import Source, Unreadable

MAX_BYTES = 20_000_000
"""Largest input that is read, in bytes."""


@dataclass(frozen=True, slots=True, order=True)
class SourceFile:
    """One file that was found: its public name, where it is, and its size in bytes."""

    name: str
    path: Path
    n_bytes: int


def find_files(paths: Iterable[str | Path], exclude: Path | None = None) -> list[SourceFile]:
    """The files behind ``paths``, by name, each once.

    A folder is walked for documents and tables (``DOCUMENT_SUFFIXES``, ``TABLE_SUFFIXES``); hidden files
    and folders, links to folders and ``exclude`` (the output of the build) are passed over. A file given by
    name is always taken.

    Raises UsageError for a path that does not exist, a folder without documents, or no path at all.
    """
    skipped = exclude.resolve() if exclude is not None else None
    found: dict[str, SourceFile] = {}
    given = [Path(path) for path in paths]
    if not given:
        raise UsageError("nothing to read: name at least one file or folder")
    for path in given:
        if path.is_dir():
            files = list(_walk(path, skipped))
            if not files:
                suffixes = " ".join(sorted(DOCUMENT_SUFFIXES | TABLE_SUFFIXES))
                raise UsageError(f"{path}: no documents in this folder (looked for {suffixes})")
        elif path.exists():
            files = [path]
        else:
            raise UsageError(f"{path}: no such file or folder")
        for file in files:
            name = public_name(file)
            found.setdefault(name, SourceFile(name, file, _size(file)))
    return sorted(found.values())


def find_sources(
    paths: Iterable[str | Path],
    text_column: str = "text",
    *,
    max_bytes: int = MAX_BYTES,
    exclude: Path | None = None,
) -> Iterator[Source | Unreadable]:
    """Every input behind ``paths``, one at a time, sorted by file name; see ``find_files``.

    A ``.jsonl`` or ``.parquet`` file gives one source a row, named ``file.jsonl#12`` (lines and rows count
    from 1), whose bytes are the UTF-8 of the row's ``text_column``.
    """
    for file in find_files(paths, exclude):
        yield from read_sources(file, text_column, max_bytes)


def read_sources(
    file: SourceFile, text_column: str, max_bytes: int = MAX_BYTES
) -> Iterator[Source | Unreadable]:
    """The sources of one file: itself, or its rows. What cannot be read comes as ``Unreadable``, never as
    an error.
    """
    suffix = file.path.suffix.lower()
    try:
        if not stat.S_ISREG(file.path.stat().st_mode):  # a pipe or a device may never end
            yield Unreadable(file.name, "unreadable", "not a regular file")
        elif suffix == ".parquet":
            yield from parquet_rows(file.path, file.name, text_column, max_bytes)
        elif suffix in TABLE_SUFFIXES:
            yield from jsonl_rows(file.path, file.name, text_column, max_bytes)
        elif file.n_bytes > max_bytes:
            yield Unreadable(file.name, "too_large", f"{file.n_bytes} bytes, the limit is {max_bytes}")
        else:
            yield Source(file.name, file.path.read_bytes())
    except OSError as failure:
        yield Unreadable(file.name, "unreadable", failure.strerror or type(failure).__name__)


def public_name(path: Path) -> str:
    """The path as it was given, tidied, with '/' between folders and always valid Unicode."""
    name = posixpath.normpath(path.as_posix())
    return name.encode("utf-8", "surrogateescape").decode("utf-8", "replace")


def _walk(folder: Path, skipped: Path | None) -> Iterator[Path]:
    for root, folders, names in os.walk(folder):
        folders[:] = [
            name
            for name in folders
            if not name.startswith(".") and (skipped is None or Path(root, name).resolve() != skipped)
        ]
        if skipped is not None and Path(root).resolve() == skipped:
            folders.clear()
            continue
        for name in names:
            suffix = os.path.splitext(name)[1].lower()
            if not name.startswith(".") and (suffix in DOCUMENT_SUFFIXES or suffix in TABLE_SUFFIXES):
                yield Path(root, name)


def _size(file: Path) -> int:
    try:
        return file.stat().st_size
    except OSError:
        return 0
