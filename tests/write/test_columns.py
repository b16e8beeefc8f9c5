from __future__ import annotations

import pytest
from stub_worker import record_of

from pipeline.records import TABLES, Reject
from pipeline.write.columns import to_tables
from pipeline.write.schema import table_schema

OUTER = record_of("a.txt", "通知一\n引号：某发〔2020〕1号\n正文。\n")
INNER = record_of("a.txt", "附件\n正文。\n").model_copy(update={"parent_doc_id": OUTER.doc_id})
RECORDS = [
    OUTER.model_copy(update={"inner": [INNER]}),
    record_of("b.txt", "通知二\n"),
]
REJECTS = [Reject(source="c.txt", source_sha256=None, stage="read", error="empty", detail="no bytes")]


@pytest.mark.parametrize("table", TABLES)
def test_a_table_holds_every_row_as_its_model_says_in_the_order_of_the_documents(table: str) -> None:
    documents = [RECORDS[0], INNER, RECORDS[1]]
    if table == "documents":
        models = [{name: getattr(one, name) for name in TABLES[table].model_fields} for one in documents]
    else:
        found = REJECTS if table == "rejects" else [row for one in documents for row in getattr(one, table)]
        models = [row.model_dump() for row in found]
    rows = to_tables(RECORDS, REJECTS)[table]
    assert rows.to_pylist() == models
    assert rows.schema.equals(table_schema(table), check_metadata=True)
    rows.validate(full=True)


def test_no_documents_give_every_table_without_rows() -> None:
    tables = to_tables([])
    assert list(tables) == list(TABLES)
    assert {table: rows.num_rows for table, rows in tables.items()} == dict.fromkeys(TABLES, 0)
    tables.clear()  # it is the caller's own
    assert list(to_tables([])) == list(TABLES)
