"""The notebook runs in a clean kernel and answers its five questions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

NOTEBOOK = Path(__file__).parents[1] / "examples" / "tour.ipynb"


def test_it_is_stored_without_outputs() -> None:
    cells = json.loads(NOTEBOOK.read_text("utf-8"))["cells"]
    assert [cell for cell in cells if cell.get("outputs") or cell.get("execution_count")] == []


@pytest.fixture(scope="module")
def outputs(seeds_dataset: Path) -> list[Any]:
    nbclient = pytest.importorskip("nbclient")
    nbformat = pytest.importorskip("nbformat")
    pytest.importorskip("ipykernel")
    notebook = nbformat.read(NOTEBOOK, as_version=4)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("GONGWEN_DATASET", str(seeds_dataset))
        nbclient.NotebookClient(notebook, timeout=120, kernel_name="python3").execute()
    return [output for cell in notebook.cells for output in cell.get("outputs", [])]


def test_it_runs_without_a_warning(outputs: list[Any]) -> None:
    assert [output for output in outputs if output.get("name") == "stderr"] == []


def test_four_questions_have_a_chart_with_chinese_in_its_data(outputs: list[Any]) -> None:
    charts = [
        data
        for output in outputs
        for kind, data in output.get("data", {}).items()
        if kind == "application/vnd.vegalite.v5+json"
    ]
    assert len(charts) == 4
    for chart in charts:
        (rows,) = chart["datasets"].values()
        assert any("\u4e00" <= character <= "\u9fff" for character in json.dumps(rows, ensure_ascii=False))


def test_the_tables_name_places_and_the_missing_codes(outputs: list[Any]) -> None:
    tables = "".join(output["data"].get("text/html", "") for output in outputs if "data" in output)
    assert all(name in tables for name in ("福建省", "四川省", "中共中央"))
    assert "Measures without a deadline" in "".join(output.get("text", "") for output in outputs)
