"""A built dataset, opened for reading."""

from __future__ import annotations

import json
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

import pyarrow as pa
import pyarrow.parquet as pq

from pipeline.errors import UsageError
from pipeline.records import TABLES
from pipeline.write.manifest import Manifest
from pipeline.write.publish import MANIFEST, dataset_file

if TYPE_CHECKING:
    import pandas as pd  # type: ignore[import-untyped]


class Dataset:
    """The tables of one dataset as Arrow tables, each read when it is first asked for.

    The files are opened at once: a build that replaces them later does not change what this object reads.
    """

    def __init__(self, folder: Path | str, manifest: Manifest, files: dict[str, pq.ParquetFile]) -> None:
        self.folder = folder
        self.manifest = manifest
        self._files = files

    def table(self, name: str) -> pa.Table:
        """One table by name; KeyError for a name that the contract does not know."""
        if name not in TABLES:
            raise KeyError(name)
        table: pa.Table = getattr(self, name)
        return table

    @cached_property
    def documents(self) -> pa.Table:
        """One row a document."""
        return self._files["documents"].read()

    @cached_property
    def segments(self) -> pa.Table:
        """One row a structural block."""
        return self._files["segments"].read()

    @cached_property
    def issuers(self) -> pa.Table:
        """One row an issuing organ."""
        return self._files["issuers"].read()

    @cached_property
    def addressees(self) -> pa.Table:
        """One row an addressee."""
        return self._files["addressees"].read()

    @cached_property
    def directives(self) -> pa.Table:
        """One row a numbered directive."""
        return self._files["directives"].read()

    @cached_property
    def measures(self) -> pa.Table:
        """One row a sentence that asks for something."""
        return self._files["measures"].read()

    @cached_property
    def tags(self) -> pa.Table:
        """One row a code on a measure or heading."""
        return self._files["tags"].read()

    @cached_property
    def references(self) -> pa.Table:
        """One row a cited document."""
        return self._files["references"].read()

    @cached_property
    def repairs(self) -> pa.Table:
        """One row a change that normalisation made."""
        return self._files["repairs"].read()

    @cached_property
    def warnings(self) -> pa.Table:
        """One row an oddity of a source."""
        return self._files["warnings"].read()

    @cached_property
    def rejects(self) -> pa.Table:
        """One row an input that gave no document."""
        return self._files["rejects"].read()

    def to_pandas(self) -> dict[str, pd.DataFrame]:
        """All tables as data frames with Arrow types, so that dates are dates and integers stay integers.

        Raises UsageError when pandas is not installed.
        """
        try:
            import pandas as pd
        except ImportError:
            raise UsageError("to_pandas() needs pandas: pip install pandas") from None
        frames = {}
        for name in TABLES:
            table = self.table(name)
            frames[name] = table.to_pandas(types_mapper=pd.ArrowDtype)
            frames[name].attrs = json.loads((table.schema.metadata or {}).get(b"PANDAS_ATTRS", b"{}"))
        return frames

    def __repr__(self) -> str:
        return f"Dataset({str(self.folder)!r}, {self.manifest.n_documents} documents)"


def load(folder: str | Path) -> Dataset:
    """Open the dataset in ``folder`` (or at a URL that fsspec knows); nothing of its tables is read yet.

    Raises UsageError when there is no dataset, or one of another schema version.
    """
    if isinstance(folder, str) and "://" in folder:
        from pipeline.engines.remote import is_url, local_path

        if is_url(folder):
            return _load_remote(folder)
        folder = local_path(folder)
    path = Path(folder)
    for _ in range(3):  # a build may put another dataset in place between two of our looks
        try:
            found = dataset_file(path, MANIFEST).read_bytes()
            manifest = Manifest.model_validate_json(found)
            files = {name: pq.ParquetFile(dataset_file(path, f"{name}.parquet")) for name in TABLES}
            if dataset_file(path, MANIFEST).read_bytes() == found:
                return Dataset(path, manifest, files)
        except FileNotFoundError as failure:
            missing = failure
        except (ValueError, NotADirectoryError, pa.ArrowException) as failure:
            raise _unusable(path, failure) from None
        else:
            continue
        if not path.exists() or missing.filename == str(path / "_manifest.json"):
            break
    raise UsageError(f"{path}: no dataset there: run gongwen build SOURCES --out {path}")


def _load_remote(url: str) -> Dataset:
    from pipeline.engines.remote import RemoteDataset

    remote = RemoteDataset(url)
    try:
        with remote.open(MANIFEST) as file:
            manifest = Manifest.model_validate_json(file.read())
        files = {name: pq.ParquetFile(remote.open(f"{name}.parquet")) for name in TABLES}
    except FileNotFoundError:
        raise UsageError(f"{url}: no dataset there: run gongwen build SOURCES --out {url}") from None
    except (ValueError, pa.ArrowException) as failure:
        raise _unusable(url, failure) from None
    return Dataset(url, manifest, files)


def _unusable(place: str | Path, failure: Exception) -> UsageError:
    reason = " ".join(str(failure).split())[:200]
    return UsageError(f"{place}: not a dataset of this version: {reason}; build it again")
