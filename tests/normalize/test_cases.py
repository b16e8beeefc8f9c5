from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any

import pytest

from pipeline.normalize import normalize

CASES: dict[str, list[dict[str, Any]]] = tomllib.loads(
    (Path(__file__).parents[1] / "cases" / "normalize.toml").read_text(encoding="utf-8")
)


@pytest.mark.parametrize("case", CASES["changed"], ids=lambda c: c["label"])
def test_changed(case: dict[str, Any]) -> None:
    assert normalize(case["original"]).text == case["expected"]


@pytest.mark.parametrize("case", CASES["changed"], ids=lambda c: c["label"])
def test_expected_text_is_left_alone(case: dict[str, Any]) -> None:
    assert normalize(case["expected"]).text == case["expected"]


@pytest.mark.parametrize("case", CASES["kept"], ids=lambda c: c["label"])
def test_kept(case: dict[str, Any]) -> None:
    assert normalize(case["text"]).text == case["text"]


@pytest.mark.xfail(strict=True)
@pytest.mark.parametrize("case", CASES["known_failures"], ids=lambda c: c["label"])
def test_known_failures(case: dict[str, Any]) -> None:
    assert normalize(case["original"]).text == case["expected"]
