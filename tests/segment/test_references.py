"""Cited documents, on sentences kept as data."""

import tomllib
from pathlib import Path

import pytest

from pipeline.segment.references import find_references, is_document_title

CASES = tomllib.loads(
    (Path(__file__).parent.parent / "cases" / "references.toml").read_text(encoding="utf-8")
)["case"]


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_citations(case: dict) -> None:
    text = case["text"]
    found = find_references(text, None, None, (), len(text))
    assert [[c.title or "", c.doc_number or "", c.relation] for c in found] == case["cited"]


def test_the_spans_hold_title_and_number() -> None:
    text = "根据《安全生产法》（国令第1号）办理"
    (citation,) = find_references(text, None, None, (), len(text))
    assert text[slice(*citation.span)].startswith("《安全生产法》")


def test_the_documents_own_number_and_attachments_are_no_citations() -> None:
    text = "甲政发〔2020〕1号\n附件：《登记办法》"
    assert find_references(text, None, (0, 11), [(15, 21)], len(text)) == ()


@pytest.mark.parametrize(
    "title", ["关于推进工作的意见", "安全生产法", "十四五规划（2021—2025年）", "会议纪要"]
)
def test_titles_of_documents(title: str) -> None:
    assert is_document_title(title)
