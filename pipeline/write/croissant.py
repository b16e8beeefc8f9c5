"""``croissant.json``: the dataset for machines, as Croissant 1.0 JSON-LD of MLCommons.

Specification: https://docs.mlcommons.org/croissant/docs/croissant-spec.html. The recommended ``datePublished`` is
left out: a dataset holds no clock time, whoever publishes one adds it. The ``@context`` is the specification's own,
word for word, for validators compare it.
"""

from __future__ import annotations

import json
from typing import Any

import pyarrow as pa

from pipeline import assets
from pipeline.records import TABLES
from pipeline.write.card import NAME, SUMMARY, TERMS
from pipeline.write.contents import Contents
from pipeline.write.schema import describe, table_schema

_TYPES = {
    pa.string(): "sc:Text",
    pa.int32(): "sc:Integer",
    pa.int64(): "sc:Integer",
    pa.float64(): "sc:Float",
    pa.bool_(): "sc:Boolean",
    pa.date32(): "sc:Date",
}
_KEYS = {"documents": "doc_id", "directives": "directive_id", "measures": "measure_id"}
"""Tables that a column identifies. Columns of that name elsewhere refer to them."""


def croissant(contents: Contents) -> str:
    """One file object with size and SHA-256, and one record set with all its columns, for each table."""
    versions = contents.manifest.versions
    description = {
        "@context": json.loads(assets.path("croissant_context.json").read_text(encoding="utf-8")),
        "@type": "sc:Dataset",
        "name": NAME,
        "description": f"{SUMMARY} Schema {versions.schema_}, codebook {versions.codebook}.",
        "conformsTo": "http://mlcommons.org/croissant/1.0",
        "license": TERMS,
        "version": versions.tool,
        "creator": {"@type": "sc:Organization", "name": "The gongwen authors"},
        "citeAs": f"@misc{{gongwen, title={{{{Chinese official documents (公文)}}}}, note={{gongwen {versions.tool}}}}}",
        "inLanguage": "zh",
        "keywords": ["公文", "gongwen", "policy", "government"],
        "isLiveDataset": False,
        "distribution": [_file(table, contents) for table in TABLES],
        "recordSet": [_record_set(table) for table in TABLES],
    }
    return json.dumps(description, ensure_ascii=False, indent=1) + "\n"


def _file(table: str, contents: Contents) -> dict[str, Any]:
    return {
        "@type": "cr:FileObject",
        "@id": f"{table}.parquet",
        "name": f"{table}.parquet",
        "description": describe(TABLES[table]),
        "contentUrl": f"{table}.parquet",
        "contentSize": f"{contents.sizes[table]} B",
        "encodingFormat": "application/x-parquet",
        "sha256": contents.manifest.tables[table].sha256,
    }


def _record_set(table: str) -> dict[str, Any]:
    record_set: dict[str, Any] = {
        "@type": "cr:RecordSet",
        "@id": table,
        "name": table,
        "description": describe(TABLES[table]),
    }
    if table in _KEYS:
        record_set["key"] = {"@id": f"{table}/{_KEYS[table]}"}
    record_set["field"] = [_field(table, field) for field in table_schema(table)]
    return record_set


def _field(table: str, field: pa.Field) -> dict[str, Any]:
    term, meaning = field.metadata[b"term"].decode(), field.metadata[b"description"].decode()
    repeated = pa.types.is_list(field.type)
    described: dict[str, Any] = {
        "@type": "cr:Field",
        "@id": f"{table}/{field.name}",
        "name": field.name,
        "description": f"{term}: {meaning}",
        "dataType": _TYPES[field.type.value_type if repeated else field.type],
        "source": {"fileObject": {"@id": f"{table}.parquet"}, "extract": {"column": field.name}},
    }
    if repeated:
        described["repeated"] = True
    for other, key in _KEYS.items():
        if field.name == key and other != table:
            described["references"] = {"field": {"@id": f"{other}/{key}"}}
    return described
