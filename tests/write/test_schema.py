from __future__ import annotations

import json

import pyarrow as pa
import pytest

from pipeline.records import TABLES
from pipeline.version import SCHEMA_VERSION
from pipeline.write.schema import file_schema, json_schemas, table_schema


@pytest.mark.parametrize("table", TABLES)
def test_every_column_is_plain_and_says_what_it_is(table: str) -> None:
    for field in table_schema(table):
        assert field.metadata[b"description"], field.name
        assert field.metadata[b"term"], field.name
        assert field.type in (
            pa.string(),
            pa.int32(),
            pa.int64(),
            pa.bool_(),
            pa.date32(),
            pa.float64(),
            pa.list_(pa.string()),
        )


def test_dates_sizes_lists_and_nulls_come_from_the_records() -> None:
    documents, measures = table_schema("documents"), table_schema("measures")
    assert documents.field("date_issued").type == pa.date32()
    assert documents.field("source_bytes").type == pa.int64()
    assert documents.field("title").nullable
    assert not documents.field("text").nullable
    assert measures.field("codes").type == pa.list_(pa.string())
    assert table_schema("tags").field("score").type == pa.float64()


def test_the_file_says_its_versions_and_what_pandas_shows() -> None:
    metadata = file_schema("tags", "9.9").metadata
    attrs = json.loads(metadata[b"PANDAS_ATTRS"])
    assert metadata[b"gongwen.schema_version"].decode() == SCHEMA_VERSION
    assert metadata[b"gongwen.codebook_version"] == b"9.9"
    assert attrs["columns"]["cue"] == table_schema("tags").field("cue").metadata[b"description"].decode()


def test_there_is_a_json_schema_for_each_table_and_for_the_whole_record() -> None:
    schemas = json_schemas()
    assert set(schemas) == {f"{name}.json" for name in [*TABLES, "document_record"]}
    assert set(json.loads(schemas["tags.json"])["required"]) == set(table_schema("tags").names)
