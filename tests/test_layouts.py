"""Documents written to break the reading of layouts: what was once read stays read, and nothing is invented."""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline.check.evaluate import evaluate

LAYOUTS = Path(__file__).parent / "gold" / "layouts"
# Hits of 61 documents. A rule that reads one more may raise them, none may lower them.
LEAST = {
    "is_official_document": 52,
    "title": 39,
    "doc_type": 46,
    "doc_number": 36,
    "date_issued": 43,
    "issuers": 58,
    "addressees": 75,
    "directives": 129,
    "headings": 89,
}


def test_layouts_are_read_as_well_as_they_were_and_no_head_is_invented() -> None:
    pytest.importorskip("resiliparse")
    fields = evaluate(LAYOUTS).as_dict()["total"]["fields"]
    assert {name: fields[name]["hit"] >= least for name, least in LEAST.items()} == dict.fromkeys(LEAST, True)
    assert {name: fields[name]["invented"] for name in LEAST if name not in ("directives", "headings")} == (
        dict.fromkeys((name for name in LEAST if name not in ("directives", "headings")), 0)
    )
