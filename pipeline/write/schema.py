"""The pydantic models as Arrow schemas and JSON Schemas: one source for both."""

from __future__ import annotations

import json
import types
from collections.abc import Mapping
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any, Literal, Union, get_args, get_origin

import pyarrow as pa
from pydantic import BaseModel
from pydantic.json_schema import GenerateJsonSchema

from pipeline.errors import UsageError
from pipeline.records import TABLES, DocumentRecord
from pipeline.version import SCHEMA_VERSION

_SCALARS: dict[type, pa.DataType] = {
    str: pa.string(),
    int: pa.int32(),
    float: pa.float64(),
    bool: pa.bool_(),
    date: pa.date32(),
}


@cache
def table_schema(table: str) -> pa.Schema:
    """The Arrow schema of one table; each field's metadata holds its English ``description`` and Chinese
    ``term``.
    """
    return pa.schema([_field(name, info) for name, info in TABLES[table].model_fields.items()])


def file_schema(table: str, codebook_version: str) -> pa.Schema:
    """The schema as it stands in the file: with what the table is, and the versions it was made with.

    ``PANDAS_ATTRS`` is the key that pandas shows as ``DataFrame.attrs``.
    """
    about = {
        "table": table,
        "description": describe(TABLES[table]),
        "schema_version": SCHEMA_VERSION,
        "codebook_version": codebook_version,
    }
    attrs = {**about, "columns": {f.name: f.metadata[b"description"].decode() for f in table_schema(table)}}
    metadata = {f"gongwen.{key}": value for key, value in about.items()}
    metadata["PANDAS_ATTRS"] = json.dumps(attrs, ensure_ascii=False, sort_keys=True)
    return table_schema(table).with_metadata(metadata)


def describe(model: type[BaseModel]) -> str:
    """What one row of a table is, in one sentence."""
    return " ".join((model.__doc__ or "").split())


def json_schemas() -> dict[str, str]:
    """File name → JSON Schema (as text) of each table's row and of the whole record of a document."""
    models: dict[str, type[BaseModel]] = {**TABLES, "document_record": DocumentRecord}
    schemas = {}
    for name, model in models.items():
        schema = {"$schema": GenerateJsonSchema.schema_dialect, **model.model_json_schema()}
        schemas[f"{name}.json"] = json.dumps(schema, ensure_ascii=False, indent=2, sort_keys=True) + "\n"
    return schemas


def outdated_schemas(schemas: Mapping[str, str], folder: Path) -> list[str]:
    """The names of the files in ``folder`` that are not as ``schemas`` says, or are there for nothing, sorted."""
    there = {file.name: file.read_text(encoding="utf-8") for file in folder.glob("*.json")}
    return sorted(name for name in there.keys() | schemas.keys() if there.get(name) != schemas.get(name))


def write_schemas(schemas: Mapping[str, str], folder: Path) -> None:
    """Write each file into ``folder``. Raises UsageError when that is a file."""
    if folder.exists() and not folder.is_dir():
        raise UsageError(f"{folder}: not a folder: give --out a folder's path")
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in schemas.items():
        (folder / name).write_text(text, encoding="utf-8", newline="\n")


def _field(name: str, info: Any) -> pa.Field:
    annotation, nullable = _without_none(info.annotation)
    metadata = {"description": info.description or "", "term": info.title or ""}
    return pa.field(name, _arrow_type(name, annotation), nullable=nullable, metadata=metadata)


def _without_none(annotation: Any) -> tuple[Any, bool]:
    if get_origin(annotation) in (Union, types.UnionType):
        rest = [one for one in get_args(annotation) if one is not type(None)]
        if len(rest) != 1:
            raise TypeError(f"a column has one type, not {annotation}")
        return rest[0], True
    return annotation, False


def _arrow_type(name: str, annotation: Any) -> pa.DataType:
    if get_origin(annotation) is Literal:
        return pa.string()
    if get_origin(annotation) is list:
        return pa.list_(pa.field("element", _arrow_type(name, get_args(annotation)[0])))
    if name.endswith("_bytes"):  # a size may pass 2 GB, a position in a text never does
        return pa.int64()
    return _SCALARS[annotation]
