"""Whole documents of many genres, from the bytes of the source to the structure."""

import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

from pipeline.normalize import normalize
from pipeline.read import Source, read
from pipeline.segment import Structure, segment

CASES = tomllib.loads(
    (Path(__file__).parent.parent / "cases" / "documents.toml").read_text(encoding="utf-8")
)["document"]
FIELDS = ("title", "doc_type", "number", "urgency", "printed_by")


def structure_of(case: dict) -> Structure:
    source = Source(case["name"], case["text"].encode())
    return segment(normalize(read(source).raw_text).text)


def pairs(structure: Structure, case: dict) -> Iterator[tuple[Structure, dict]]:
    yield structure, case
    inner = case.get("inner", [])
    assert len(structure.inner) == len(inner)
    for (_, document), expected in zip(structure.inner, inner, strict=True):
        yield from pairs(document, expected)


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_structure(case: dict) -> None:
    for found, expected in pairs(structure_of(case), case):
        text = found.text
        assert found.is_official_document is expected["official"]
        assert {name: getattr(found, name) for name in FIELDS} == {
            name: expected.get(name) for name in FIELDS
        }
        assert found.date_issued == expected.get("date")
        assert [organ.name or organ.canonical_name for organ in found.issuers] == expected.get("issuers", [])
        assert [item.name for item in found.addressees] == expected.get("addressees", [])
        items = [
            [
                item.path,
                item.marker,
                text[slice(*item.heading)] if item.heading else "",
                "".join(text[item.start : item.end].split())[-8:],
            ]
            for item in found.directives
        ]
        assert items == expected.get("items", [])
        ends = {item.path: item.end for item in found.directives}
        returns = [
            [p.path, text[p.start : p.end]] for p in found.passages if p.path and p.start >= ends[p.path]
        ]
        assert returns == expected.get("returns", [])
        references = [
            f"{one.relation}: {one.title or ''}{'|' + one.doc_number if one.doc_number else ''}"
            for one in found.citations
        ]
        assert references == expected.get("references", [])
        assert [notice.kind for notice in found.notices] == expected.get("notices", [])


@pytest.mark.parametrize("case", CASES, ids=[case["label"] for case in CASES])
def test_every_character_stands_in_one_segment(case: dict) -> None:
    for found, expected in pairs(structure_of(case), case):
        assert " ".join(block.kind for block in found.blocks) == expected["kinds"]
        at = 0
        for block in found.blocks:
            assert block.start >= at
            assert not found.text[at : block.start].strip()
            at = block.end
        assert not found.text[at:].strip()
