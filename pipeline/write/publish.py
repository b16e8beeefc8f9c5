"""The output folder: one build at a time, and readers that see a whole dataset at any moment.

A build works in ``OUT/.build/staging``. When every file there is complete and on disk, one rename to
``OUT/.build/ready`` makes it the dataset; its files are then moved to ``OUT`` one by one, each in one step,
the manifest last. A build that is killed before the rename leaves the old dataset as it was; one that is
killed after it leaves a whole new dataset, partly in ``ready``: ``dataset_file`` looks there first, and the
next build finishes the moves. Nothing but renames within one folder is needed, so this holds on any file
system.
"""

from __future__ import annotations

import errno
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from pipeline.errors import BuildError, UsageError

MANIFEST = "_manifest.json"
_WORK, _LOCK, _STAGING, _READY, _SPILL = ".build", "lock", "staging", "ready", "spill"


class OutputFolder:
    """A dataset's folder while a build holds it."""

    def __init__(self, out: Path) -> None:
        self.out = out
        self.work = out / _WORK
        self.staging = self.work / _STAGING
        self.spill = self.work / _SPILL

    def publish(self) -> None:
        """Make the staged files the dataset. Files of the dataset before that are not among the new ones
        go.
        """
        stale = _dataset_files(self.out) - {file.name for file in self.staging.iterdir()}
        (self.staging / "stale").write_text("".join(f"{name}\n" for name in sorted(stale)), encoding="utf-8")
        for file in self.staging.iterdir():
            _flush_to_disk(file)
        _flush_to_disk(self.staging)
        os.replace(self.staging, self.work / _READY)
        _flush_to_disk(self.work)
        self._install()

    def _install(self) -> None:
        """Move what is ready into place; doing it again after an interruption ends the same."""
        ready = self.work / _READY
        if not ready.is_dir():
            return
        listed = ready / "stale"
        stale = listed.read_text(encoding="utf-8").splitlines() if listed.exists() else []
        for file in sorted(ready.iterdir(), key=lambda file: (file.name == MANIFEST, file.name)):
            if file.name != listed.name:
                os.replace(file, self.out / file.name)
        for name in stale:
            (self.out / name).unlink(missing_ok=True)
        _flush_to_disk(self.out)
        shutil.rmtree(ready)

    def _recover(self) -> None:
        self._install()
        for leftover in (self.staging, self.spill):
            shutil.rmtree(leftover, ignore_errors=True)


@contextmanager
def output_folder(out: Path) -> Iterator[OutputFolder]:
    """Hold the folder for one build: create it, lock out other builds, finish or clear away what a killed
    one left.

    Raises UsageError when there cannot be a folder at ``out``, BuildError when another build holds it or
    the disk fails.
    """
    folder = OutputFolder(out)
    try:
        folder.work.mkdir(parents=True, exist_ok=True)
        lock = (folder.work / _LOCK).open("ab")
    except (FileExistsError, NotADirectoryError):
        raise UsageError(f"{out}: not a folder: give --out a folder's path") from None
    except OSError as failure:
        raise UsageError(f"{out}: cannot be written to: {failure.strerror}") from None
    with lock:
        if not _locked(lock):
            raise BuildError(f"{out}: another build is at work there: wait for it or choose another --out")
        try:
            folder._recover()
            folder.staging.mkdir()
            folder.spill.mkdir()
            yield folder
        except OSError as failure:
            if failure.errno in (errno.ENOSPC, errno.EDQUOT, errno.EIO, errno.EROFS, errno.EFBIG):
                raise BuildError(f"{out}: {failure.strerror}; the dataset there is as it was") from None
            raise
        finally:
            for leftover in (folder.staging, folder.spill):
                shutil.rmtree(leftover, ignore_errors=True)


def dataset_file(out: Path, name: str) -> Path:
    """Where a file of the dataset stands at this moment (see above); it need not exist."""
    ready = out / _WORK / _READY / name
    return ready if ready.exists() else out / name


def _dataset_files(out: Path) -> set[str]:
    """The files that the manifest in ``out`` names, itself included: the only ones that a build may
    remove.
    """
    import json

    try:
        manifest = json.loads((out / MANIFEST).read_bytes())
        names = {f"{table}.parquet" for table in manifest["tables"]} | set(manifest["files"]) | {MANIFEST}
    except (OSError, ValueError, KeyError, TypeError):
        return set()
    return {name for name in names if name == os.path.basename(name)}


def _locked(file: IO[bytes]) -> bool:
    """Take the lock without waiting; the system gives it back when the process ends, however it ends."""
    try:
        import fcntl
    except ImportError:  # Windows
        import msvcrt

        try:
            msvcrt.locking(file.fileno(), msvcrt.LK_NBLCK, 1)  # type: ignore[attr-defined]
        except OSError:
            return False
        return True
    try:
        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def _flush_to_disk(path: Path) -> None:
    """fsync a file or, where the system allows it, a folder."""
    try:
        handle = os.open(path, os.O_RDONLY)
    except OSError:  # Windows opens no folders
        return
    try:
        os.fsync(handle)
    except OSError as failure:
        if failure.errno not in (errno.EINVAL, errno.EBADF, errno.EACCES):
            raise
    finally:
        os.close(handle)
