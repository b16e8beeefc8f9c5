"""What a dataset was made of and with: ``_manifest.json``. It holds no clock time and no machine."""

from __future__ import annotations

import json
from pathlib import Path
from typing import NamedTuple

from pydantic import BaseModel, ConfigDict, Field

from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method
from pipeline.write.publish import MANIFEST, dataset_file


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Versions(_Part):
    """The versions that decide what comes out."""

    tool: str
    schema_: str = Field(alias="schema")
    codebook: str
    segmenter: str


class Parameters(_Part):
    """What the caller chose; the number of workers is not among it, since it changes nothing."""

    codebook_sha256: str | None = Field(
        description="SHA-256 of the codebook's file; null for the shipped one"
    )
    text_column: str
    max_bytes: int = Field(description="Largest input, in bytes")
    time_limit: float = Field(description="Longest time for one document, in seconds")
    method: Method = DEFAULT_METHOD
    segmenter: str = Field(SHIPPED, description="Name of the segmenter, or of the directory of its model")


class Input(NamedTuple):
    """One input: its name and the SHA-256 of its bytes, null when they could not be read."""

    source: str
    sha256: str | None


class TableFile(_Part):
    """One table's file."""

    rows: int
    sha256: str

    @classmethod
    def of(cls, rows: int, sha256: str) -> TableFile:
        """A file that was just written."""
        return cls(rows=rows, sha256=sha256)


class Manifest(_Part):
    """One dataset: versions, parameters, inputs in the order of their names, tables and other files."""

    versions: Versions
    parameters: Parameters
    inputs: list[Input]
    tables: dict[str, TableFile]
    files: dict[str, str] = Field(description="SHA-256 of each file that is no table")

    @property
    def n_documents(self) -> int:
        """Documents, those printed inside others included."""
        return self.tables["documents"].rows

    @property
    def n_rejects(self) -> int:
        """Inputs that gave no document, duplicates included."""
        return self.tables["rejects"].rows


def write_manifest(manifest: Manifest, path: Path) -> None:
    """Write the manifest as JSON, one part a line and one input a line, so that two of them compare well."""
    parts = manifest.model_dump(mode="json", by_alias=True, exclude={"inputs"})
    lines = [
        f" {json.dumps(name)}: {json.dumps(part, ensure_ascii=False)},\n" for name, part in parts.items()
    ]
    with path.open("w", encoding="utf-8", newline="\n") as file:
        file.writelines(["{\n", *lines, ' "inputs": ['])
        for number, row in enumerate(manifest.inputs):
            file.write((",\n" if number else "\n") + f"  {json.dumps(row._asdict(), ensure_ascii=False)}")
        file.write("\n ]\n}\n")


def read_manifest(folder: Path) -> Manifest:
    """The manifest of the dataset in ``folder``.

    Raises FileNotFoundError when there is none, ValueError when it is not one of this version's.
    """
    return Manifest.model_validate_json(dataset_file(folder, MANIFEST).read_bytes())
