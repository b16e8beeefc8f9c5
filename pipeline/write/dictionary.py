"""``data_dictionary.md``: every column of every table, from the records."""

from __future__ import annotations

from typing import Any, Literal, get_args, get_origin

import pyarrow as pa

from pipeline.records import TABLES
from pipeline.write.contents import Contents
from pipeline.write.schema import describe, table_schema

_TYPES = {
    pa.string(): "string",
    pa.int32(): "int32",
    pa.int64(): "int64",
    pa.float64(): "float64",
    pa.bool_(): "bool",
    pa.date32(): "date",
}


def data_dictionary(contents: Contents) -> str:
    """One section a table: column, Chinese term, type, how many rows state a value, meaning, allowed values.

    A column without a share is never null.
    """
    versions = contents.manifest.versions
    parts = [
        "# Data dictionary\n\n"
        f"Schema {versions.schema_}, codebook {versions.codebook}. Generated from the records.\n\n"
        "`start`/`end` are half-open offsets in code points into `documents.text`, `raw_start`/`raw_end` into "
        "`documents.raw_text`. *stated* says in how many rows a column that may be null has a value.\n"
    ]
    for table, model in TABLES.items():
        rows = contents.manifest.tables[table].rows
        parts.append(
            f"\n## {table}\n\n{describe(model)} {rows} rows.\n\n"
            "| column | 中文 | type | stated | meaning |\n|---|---|---|---|---|\n"
        )
        parts += [_line(table, field, rows, contents.nulls[table]) for field in table_schema(table)]
    return "".join(parts)


def allowed_values(table: str, column: str) -> tuple[str, ...]:
    """The values of a column with a closed vocabulary, in the order of the records; empty for any other."""
    return _literals(TABLES[table].model_fields[column].annotation)


def column_type(field: pa.Field) -> str:
    """The type of a column, for people."""
    if pa.types.is_list(field.type):
        return f"list of {_TYPES[field.type.value_type]}"
    return _TYPES[field.type]


def cell(text: str) -> str:
    """A text as one cell of a Markdown table."""
    return " ".join(text.split()).replace("\\", "\\\\").replace("|", "\\|").replace("<", "&lt;")


def _line(table: str, field: pa.Field, rows: int, nulls: dict[str, int]) -> str:
    stated = f"{rows - nulls[field.name]} of {rows}" if field.name in nulls else ""
    meaning = cell(field.metadata[b"description"].decode())
    values = allowed_values(table, field.name)
    if values:
        meaning += ": " + ", ".join(f"`{value}`" for value in values)
    term = cell(field.metadata[b"term"].decode())
    return f"| `{field.name}` | {term} | {column_type(field)} | {stated} | {meaning} |\n"


def _literals(annotation: Any) -> tuple[str, ...]:
    if get_origin(annotation) is Literal:
        return get_args(annotation)
    return tuple(value for part in get_args(annotation) for value in _literals(part))
