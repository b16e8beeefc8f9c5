"""What fuzzing found (``benchmarks/fuzz.py``), each input as small as it could be made.

A file whose name begins with ``open-`` still fails; once it does not, it must be renamed.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from pipeline import extract
from pipeline.check.families import Family
from pipeline.check.invariants import INVARIANTS
from pipeline.errors import ExtractError
from pipeline.write.columns import to_tables
from pipeline.write.spill import KEYED

FOUND = sorted((Path(__file__).parents[1] / "cases" / "fuzz").glob("*.bin"))


def case(file: Path) -> object:
    marks = [pytest.mark.xfail(strict=True)] if file.name.startswith("open-") else []
    return pytest.param(file, id=file.stem, marks=marks)


@pytest.mark.parametrize("file", [case(file) for file in FOUND])
def test_a_finding_is_a_sound_document_or_a_reject(file: Path) -> None:
    try:
        record = extract(file.read_bytes(), name=file.name)
    except ExtractError:
        return
    tables = to_tables([record])
    family = Family({table: tables[table].to_pylist() for table in KEYED})
    broken = [one for invariant in INVARIANTS for one in invariant(family) if one[2] != "order"]
    assert broken == []
