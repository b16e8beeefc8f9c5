"""The five seeds, whole: one JSON a document, read by a person before it was committed.

``pytest --update-golden`` (``make golden``) writes them anew; while that flag is on, these tests fail.
"""

import json
from pathlib import Path

import pytest

from pipeline import extract

ROOT = Path(__file__).parent.parent
SEEDS = sorted((ROOT / "seeds").glob("*.txt"))
GOLDEN = Path(__file__).parent / "golden"


def rendered(path: Path) -> str:
    record = extract(path.read_bytes(), name=path.name)
    content = record.model_dump(mode="json", exclude={"raw_text"})
    return json.dumps(content, ensure_ascii=False, indent=1, sort_keys=True) + "\n"


@pytest.mark.parametrize("path", SEEDS, ids=[path.stem for path in SEEDS])
def test_seed_equals_its_golden_file(path: Path, update_golden: bool) -> None:
    golden = GOLDEN / f"{path.stem}.json"
    if update_golden:
        GOLDEN.mkdir(exist_ok=True)
        golden.write_text(rendered(path), encoding="utf-8")
        pytest.fail(f"wrote {golden.name}; read the difference, then run again without --update-golden")
    assert rendered(path) == golden.read_text(encoding="utf-8")


def test_every_seed_has_a_golden_file_and_no_other_is_left() -> None:
    assert {path.stem for path in SEEDS} == {path.stem for path in GOLDEN.glob("*.json")}
