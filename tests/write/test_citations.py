from __future__ import annotations

import pyarrow as pa
import pytest

from pipeline.write.citations import CitationIndex
from pipeline.write.schema import table_schema

DOCUMENTS = pa.table(
    {
        "doc_id": ["a", "b", "c", "d", "e"],
        "doc_number": ["某发〔2020〕1号", None, "某发〔2020〕3号", "某发〔2020〕3号", "某发〔2020〕5号"],
        "title": ["甲通知", "乙通知", "丙通知", "丙通知", None],
    }
)


def resolved(citing: str, number: str | None, title: str | None) -> str | None:
    row = dict.fromkeys(table_schema("references").names)
    row |= {"doc_id": citing, "ordinal": 1, "doc_number": number, "title": title}
    row |= {"relation": "mentions", "text": "", "start": 0, "end": 0}
    references = pa.Table.from_pylist([row], table_schema("references"))
    answer = CitationIndex(DOCUMENTS).resolve(references)
    assert answer.schema.equals(references.schema, check_metadata=True)
    target: str | None = answer.column("target_doc_id")[0].as_py()
    return target


@pytest.mark.parametrize(
    ("citing", "number", "title", "target", "why"),
    [
        ("b", "某发〔2020〕1号", None, "a", "by number"),
        ("b", "某发〔2020〕1号", "另一通知", "a", "the number decides"),
        ("a", None, "乙通知", "b", "by title"),
        ("a", "某发〔2019〕9号", "乙通知", "b", "the document of that title has lost its number"),
        ("b", "某发〔2019〕9号", "甲通知", None, "the same title, another number"),
        ("a", None, "丙通知", None, "two documents of that title"),
        ("a", "某发〔2020〕3号", None, None, "two documents of that number"),
        ("a", "某发〔2020〕1号", None, None, "itself"),
        ("a", None, "丁通知", None, "not in the dataset"),
        ("a", None, None, None, "nothing to go by"),
    ],
)
def test_a_citation_is_resolved_only_when_it_means_one_other_document(
    citing: str, number: str | None, title: str | None, target: str | None, why: str
) -> None:
    assert resolved(citing, number, title) == target, why
