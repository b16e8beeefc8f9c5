"""Inputs and datasets behind a URL: whatever file system fsspec knows (s3, gs, hdfs, sftp, zip, memory ...).

An input is fetched when its turn comes, one file at a time, and read like a local one. A dataset is built in a temporary
folder here and then sent, the manifest last. Such a store renames no folder and has no lock: while files are being
sent, those of the old and the new dataset stand side by side, and two builds must not write to one URL at a time. A
``file://`` URL is the path that it names, and has neither limit.
"""

from __future__ import annotations

import json
import posixpath
import re
import tempfile
import zipfile
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path
from typing import Any

from pipeline.errors import BuildError, UsageError
from pipeline.read import SourceFile
from pipeline.read.kinds import DOCUMENT_SUFFIXES, TABLE_SUFFIXES
from pipeline.write.publish import MANIFEST
from pipeline.write.reuse import NOTE, note_file

_URL = re.compile(r"[A-Za-z][A-Za-z0-9+.\-]+://")  # two letters at least: a drive has one
_PIECE = 1 << 20  # bytes that are copied at a time


def is_url(place: str | Path) -> bool:
    """Whether a source or an output is a URL and no path; a ``file://`` URL counts as the path."""
    return isinstance(place, str) and _URL.match(place) is not None and not place.startswith("file://")


def local_path(place: str | Path) -> Path:
    """The path of what is none of a URL's concern."""
    return Path(place.removeprefix("file://") if isinstance(place, str) else place)


@dataclass(frozen=True, slots=True)
class RemoteFile:
    """One file behind a URL: its public name, its size in bytes (0 where the store does not say), where it is."""

    name: str
    n_bytes: int
    _files: Any
    _path: str

    def fetch(self, folder: Path, max_bytes: int) -> SourceFile:
        """A copy in ``folder`` under the same suffix. Of a document that is too long only so much comes as shows it.

        Raises OSError when the store does not give it.
        """
        copy = folder / f"fetched{_suffix(self.name)}"
        is_table = _suffix(self.name) in TABLE_SUFFIXES
        if self.n_bytes > max_bytes and not is_table:
            copy.touch()
            return SourceFile(self.name, copy, self.n_bytes)
        left = None if is_table else max_bytes + 1
        try:
            with self._files.open(self._path, "rb") as source, copy.open("wb") as target:
                while piece := source.read(_PIECE if left is None else min(left, _PIECE)):
                    target.write(piece)
                    left = None if left is None else left - len(piece)
        except (zipfile.BadZipFile, zlib.error, EOFError) as failure:  # of an archive
            raise OSError(_one_line(failure)) from None
        return SourceFile(self.name, copy, copy.stat().st_size)


def find_remote(urls: Iterable[str], exclude: str | None = None) -> list[RemoteFile]:
    """The files behind some URLs; what is taken and what is passed over is as with ``find_files``.

    Raises UsageError for a URL that no installed file system knows, that is not there, or that holds no documents.
    """
    found: dict[str, RemoteFile] = {}
    for url in urls:
        files, root = _file_system(url)
        output = _file_system(exclude)[1] if exclude and _scheme(exclude) == _scheme(url) else None
        try:
            listed = {root: files.info(root)} if files.isfile(root) else files.find(root, detail=True)
        except (OSError, ValueError) as failure:
            raise UsageError(f"{url}: {_one_line(failure)}") from None
        if not listed:
            raise UsageError(f"{url}: nothing there")
        taken = [path for path in listed if path == root or _is_wanted(path, root, output)]
        if not taken:
            suffixes = " ".join(sorted(DOCUMENT_SUFFIXES | TABLE_SUFFIXES))
            raise UsageError(f"{url}: no documents there (looked for {suffixes})")
        for path in taken:
            name = _public_name(url, _below(path, root))
            found.setdefault(name, RemoteFile(name, listed[path].get("size") or 0, files, path))
    return list(found.values())


@contextmanager
def landed(out: str | Path) -> Iterator[Path]:
    """The folder to build in: ``out`` itself when it is a path, else a temporary one that starts with what a build has
    to know of the dataset at the URL and is sent there at the end.

    Raises BuildError when the store refuses a file.
    """
    if not isinstance(out, str) or not is_url(out):
        yield local_path(out)
        return
    files, root = _file_system(out)
    with tempfile.TemporaryDirectory(prefix="gongwen-") as temporary:
        target = Path(temporary) / "out"
        old = _bring(files, root, target)
        yield target
        try:
            _send(files, root, target, old)
        except OSError as failure:
            raise BuildError(f"{out}: {_one_line(failure)}") from None


class RemoteDataset:
    """The files of a dataset at a URL, to read from."""

    def __init__(self, url: str) -> None:
        """Raises UsageError as ``find_remote`` does."""
        self._files, self._root = _file_system(url)

    def open(self, name: str) -> Any:
        """One of its files as a seekable stream of bytes; FileNotFoundError when it is not there."""
        return self._files.open(posixpath.join(self._root, name), "rb")


def _bring(files: Any, root: str, target: Path) -> set[str]:
    """Fetch the dataset before, if there is one; the names of its files."""
    try:
        manifest = json.loads(files.cat_file(posixpath.join(root, MANIFEST)))
        names = {f"{table}.parquet" for table in manifest["tables"]} | set(manifest["files"]) | {MANIFEST}
        names = {name for name in names if name == posixpath.basename(name)}
        target.mkdir()
        for name in names:
            files.get_file(posixpath.join(root, name), str(target / name))
        note_file(target).parent.mkdir()
        files.get_file(posixpath.join(root, NOTE), str(note_file(target)))
    except (OSError, ValueError, KeyError, TypeError):  # none, or not whole: the build does everything again
        return set()
    return names


def _send(files: Any, root: str, target: Path, old: set[str]) -> None:
    new = {file.name for file in target.iterdir() if file.is_file()}
    files.makedirs(root, exist_ok=True)
    for name in [*sorted(new - {MANIFEST}), MANIFEST]:
        files.put_file(str(target / name), posixpath.join(root, name))
    for name in sorted(old - new):
        files.rm_file(posixpath.join(root, name))
    files.put_file(str(note_file(target)), posixpath.join(root, NOTE))


def _file_system(url: str) -> tuple[Any, str]:
    """What fsspec has for a URL: the file system and the path in it."""
    try:
        fsspec = import_module("fsspec")
    except ImportError:
        raise UsageError(f"{url}: a URL needs an extra: pip install 'gongwen[dask]'") from None
    try:
        files, root = fsspec.core.url_to_fs(url)
    except (
        ImportError,
        ValueError,
        OSError,
        zipfile.BadZipFile,
    ) as failure:  # also: its package is not installed
        raise UsageError(f"{url}: {_one_line(failure)}") from None
    return files, root.rstrip("/")


def _is_wanted(path: str, root: str, output: str | None) -> bool:
    below = _below(path, root)
    hidden = any(part.startswith(".") for part in below.split("/"))
    in_output = output is not None and path.startswith(output + "/")
    return not hidden and not in_output and _suffix(below) in DOCUMENT_SUFFIXES | TABLE_SUFFIXES


def _below(path: str, root: str) -> str:
    return path[len(root) :].lstrip("/") if path.startswith(root) else path


def _public_name(url: str, below: str) -> str:
    """The URL as it was given and what lies below it; in ``zip://a::s3://b`` the archive's side comes first."""
    inner, colons, outer = url.partition("::")
    between = "/" if below and not inner.endswith("/") else ""
    return f"{inner}{between}{below}{colons}{outer}"


def _suffix(name: str) -> str:
    return posixpath.splitext(name.partition("::")[0])[1].lower()


def _scheme(url: str) -> str:
    return url.partition("://")[0]


def _one_line(failure: BaseException) -> str:
    return " ".join(str(failure).split())[:200] or type(failure).__name__
