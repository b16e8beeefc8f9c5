from __future__ import annotations

import base64
import json
import zlib
from datetime import date
from pathlib import Path
from typing import Any, get_args

import pytest
from synthetic import Draft, Sentence, make_record, write_dataset

from pipeline.errors import UsageError
from pipeline.normalize import STEPS
from pipeline.records import (
    Code,
    DateMethod,
    DocType,
    DocumentRecord,
    IssuerMethod,
    Level,
    Modality,
    Organ,
    Reject,
    Relation,
    Script,
    SegmentKind,
)
from pipeline.report import payload as payloads
from pipeline.report.codes import INSTRUMENTS, code_list, labels
from pipeline.report.overview import COVERED, overview
from pipeline.report.payload import PAYLOAD_COLUMNS, chunks
from pipeline.report.tables import read_tables


def unpack(packed: str) -> list[dict[str, Any]]:
    """What the page does with a chunk."""
    documents: list[dict[str, Any]] = json.loads(zlib.decompress(base64.b64decode(packed), -15))
    return documents


def entries(folder: Path) -> dict[str, dict[str, Any]]:
    tables = read_tables(folder)
    return {entry["id"]: entry for entry in overview(tables, chunks(tables).places)["documents"]}


@pytest.fixture
def record() -> DocumentRecord:
    """One directive with a code on its heading and on both of its measures, another code on one of them."""
    draft = Draft("one.txt")
    draft.segment("title", "甲县人民政府关于防汛的通知")
    mark = draft.mark()
    draft.plain("一、严肃纪律。")
    draft.tags.append(
        {
            "path": "1",
            "measure": None,
            "code": "work_style",
            "cue": "严肃纪律",
            "start": 16,
            "end": 20,
            "method": "rule",
            "score": 1.0,
        }
    )
    draft.sentence(
        Sentence("不得瞒报。", "prohibition", {"work_style": "瞒报"}, "不得"), "1", "directive", False
    )
    deadline = Sentence("各乡镇应于6月1日前报送，不得迟报。", "obligation", {"work_style": "迟报", "upward_reporting": "报送"}, "应", ("各乡镇",), "6月1日前", date(2024, 6, 1))  # fmt: skip
    draft.sentence(deadline, "1", "directive", False)
    draft.segments.append({"kind": "directive", **draft.span(mark)})
    draft.directives.append(
        {"path": "1", "level": 1, "marker": "一、", "heading": "严肃纪律", **draft.span(mark)}
    )
    return draft.record(title="甲县人民政府关于防汛的通知", doc_number_year=2024)


def test_every_payload_says_what_the_record_says(dataset: Path) -> None:
    tables = read_tables(dataset)
    packed = chunks(tables)
    texts = {row["doc_id"]: row for row in tables.documents}
    assert set(packed.places) == set(texts)
    for doc_id, (chunk, position) in packed.places.items():
        document = unpack(packed.data[chunk])[position]
        assert document["document"]["text"] == texts[doc_id]["text"]
        assert document["document"]["raw_text"] == texts[doc_id]["raw_text"]
        assert len(document["measures"]) == texts[doc_id]["n_measures"]
        assert len(document["repairs"]) == texts[doc_id]["n_repairs"]


def test_payload_rows_follow_their_columns(tmp_path: Path, record: DocumentRecord) -> None:
    packed = chunks(read_tables(write_dataset(tmp_path, [record])))
    measures = unpack(packed.data[0])[0]["measures"]
    rows = [dict(zip(PAYLOAD_COLUMNS["measures"], row, strict=True)) for row in measures]
    assert [row["ordinal"] for row in rows] == [1, 2]
    assert rows[1]["deadline_date"] == "2024-06-01"
    assert rows[1]["codes"] == ["upward_reporting", "work_style"]


def test_what_a_document_does_not_state_stays_out_of_its_payload(
    tmp_path: Path, record: DocumentRecord
) -> None:
    document = unpack(chunks(read_tables(write_dataset(tmp_path, [record]))).data[0])[0]["document"]
    assert "signer" not in document
    assert "date_issued" not in document


def test_chunks_stay_small_and_a_large_document_stands_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(payloads, "CHUNK_CHARACTERS", 12_000)
    large = Draft("large.txt")
    large.segment("title", "长" * 30_000)
    packed = chunks(read_tables(write_dataset(tmp_path, [large.record(), *map(make_record, range(8))])))
    sizes = [
        [len(json.dumps(document, ensure_ascii=False)) for document in unpack(data)] for data in packed.data
    ]
    assert [len(sizes_) for sizes_ in sizes if max(sizes_) > 30_000] == [1]
    assert len(sizes) > 3
    assert sorted(packed.places.values()) == [
        (i, j) for i, chunk in enumerate(sizes) for j in range(len(chunk))
    ]


def test_a_code_counts_once_a_measure_and_once_a_heading(tmp_path: Path, record: DocumentRecord) -> None:
    tables = read_tables(write_dataset(tmp_path, [record]))
    data = overview(tables, chunks(tables).places)
    counts = {data["codes"][place]["id"]: n for place, n in data["documents"][0]["codes"]}
    assert counts == {"work_style": 3, "upward_reporting": 1}


def test_counts_of_a_document(tmp_path: Path, record: DocumentRecord) -> None:
    (entry,) = entries(write_dataset(tmp_path, [record])).values()
    assert entry["counts"] == {
        "measures": 2, "coded": 2, "acting": 1, "due": 1, "dated": 1, "directives": 1, "headed": 1, "references": 0, "resolved": 0, "tags": 4,
    }  # fmt: skip
    assert entry["modality"][: len(get_args(Modality))] == [1, 1, 0, 0, 0, 0]
    assert dict(zip(COVERED, entry["present"], strict=True)) == {
        name: int(name == "title") for name in COVERED
    }


def test_year_comes_from_the_date_then_from_the_number(tmp_path: Path) -> None:
    fields: list[dict[str, Any]] = [
        {"date_issued": date(2020, 1, 2), "doc_number_year": 2019},
        {"date_issued": None, "doc_number_year": 2018},
        {"date_issued": None, "doc_number_year": None},
    ]
    records = [make_record(number, **one) for number, one in enumerate(fields)]
    found = entries(write_dataset(tmp_path, records))
    assert [found[record.doc_id]["year"] for record in records] == [2020, 2018, None]


def test_a_document_without_issuer_has_no_region(tmp_path: Path) -> None:
    record = make_record(1, issuers=[], issuer=None)
    (entry,) = entries(write_dataset(tmp_path, [record])).values()
    assert entry["province"] is None
    assert entry["issuer"] is None


def test_resolved_references_lead_to_their_documents(tmp_path: Path) -> None:
    cited = make_record(1)
    citing = make_record(2, cites=cited.title)
    found = entries(write_dataset(tmp_path, [cited, citing]))
    assert found[citing.doc_id]["targets"] == [cited.doc_id]
    assert found[citing.doc_id]["counts"]["resolved"] == 1
    assert found[cited.doc_id]["targets"] == []


def test_kinds_of_repair_stand_by_frequency_with_short_examples(tmp_path: Path) -> None:
    draft = Draft("repairs.txt")
    for _ in range(3):
        draft.repaired("  ", "", "blank")
    draft.repaired("乱" * 50, "", "noise")
    draft.segment("title", "题")
    tables = read_tables(write_dataset(tmp_path, [draft.record()]))
    kinds = overview(tables, chunks(tables).places)["repair_kinds"]
    assert [kind["id"] for kind in kinds] == ["blank", "noise"]
    assert kinds[0]["examples"] == [["  ", "", 3]]
    assert kinds[1]["examples"] == [["乱" * 15 + "…", "", 1]]


def test_rejects_and_warnings_are_listed(tmp_path: Path) -> None:
    draft = Draft("odd.txt")
    draft.segment("title", "题")
    draft.warnings.append({"kind": "marker_skipped", "detail": "三 after 一", "start": 0, "end": 1})
    reject = Reject(source="a.txt", source_sha256=None, stage="read", error="empty", detail="no bytes")
    tables = read_tables(write_dataset(tmp_path, [draft.record()], [reject]))
    data = overview(tables, chunks(tables).places)
    assert data["rejects"] == [{"source": "a.txt", "stage": "read", "error": "empty", "detail": "no bytes"}]
    assert data["warnings"] == [["marker_skipped", 1]]


def test_an_empty_dataset_has_an_empty_overview(tmp_path: Path) -> None:
    tables = read_tables(write_dataset(tmp_path, []))
    assert overview(tables, chunks(tables).places)["documents"] == []
    assert chunks(tables).data == []


def test_the_codes_are_those_of_the_contract_by_instrument() -> None:
    codes = code_list()
    assert {code["id"] for code in codes} == set(get_args(Code))
    ranks = [INSTRUMENTS.index(code["instrument"]) for code in codes]
    assert ranks == sorted(ranks)
    assert all(code["zh"] and code["definition"] for code in codes)


def test_a_code_that_the_codebook_does_not_describe_is_kept_by_its_name(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(
        "pipeline.assets.toml", lambda name: {"code": {"care": {"zh": "关心关爱", "instrument": "treasure"}}}
    )
    codes = code_list()
    assert codes[0] == {"id": "care", "zh": "关心关爱", "instrument": "treasure", "definition": ""}
    assert len(codes) == len(get_args(Code))
    assert codes[-1]["zh"] == ""


@pytest.mark.parametrize(
    ("vocabulary", "values"),
    [
        ("level", Level),
        ("organ", Organ),
        ("kind", SegmentKind),
        ("modality", Modality),
        ("relation", Relation),
        ("doc_type", DocType),
        ("script", Script),
        ("method", IssuerMethod),
        ("method", DateMethod),
    ],
)
def test_every_value_of_a_vocabulary_has_a_name(vocabulary: str, values: Any) -> None:
    assert set(get_args(values)) <= set(labels()[vocabulary])


def test_every_kind_of_repair_has_a_name() -> None:
    assert {step.kind for step in STEPS} <= set(labels()["repair"])


def test_versions_come_from_the_manifest_where_there_is_one(tmp_path: Path) -> None:
    write_dataset(tmp_path, [make_record(1)])
    assert read_tables(tmp_path).versions == {}
    (tmp_path / "_manifest.json").write_text('{"versions": {"tool": "1.2.3"}}')
    assert read_tables(tmp_path).versions == {"tool": "1.2.3"}


def test_no_dataset_is_a_usage_error(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"no documents\.parquet"):
        read_tables(tmp_path)


def test_a_broken_table_is_a_usage_error(tmp_path: Path) -> None:
    write_dataset(tmp_path, [make_record(1)])
    (tmp_path / "tags.parquet").write_bytes(b"not parquet")
    with pytest.raises(UsageError, match=r"tags\.parquet: not a table"):
        read_tables(tmp_path)


def test_a_table_of_another_version_is_a_usage_error(tmp_path: Path) -> None:
    import pyarrow.parquet as pq

    write_dataset(tmp_path, [make_record(1)])
    table = pq.read_table(tmp_path / "measures.parquet")
    pq.write_table(table.drop_columns(["inherited_actors"]), tmp_path / "measures.parquet")
    with pytest.raises(UsageError, match="no column inherited_actors"):
        read_tables(tmp_path)
