from __future__ import annotations

import subprocess
import sys

import pytest

import pipeline


def run(script: str) -> str:
    return subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    ).stdout.strip()


@pytest.mark.parametrize(
    "first", ["import pipeline.extract", "import pipeline.engines.build", "import pipeline.cli"]
)
def test_the_public_verbs_are_functions_whatever_was_imported_before(first: str) -> None:
    script = (
        f"{first}\nfrom pipeline import build, extract, load, parse_document_number\nprint(extract.__name__)"
    )
    assert (
        run(f"{script}\nassert all(map(callable, (build, extract, load, parse_document_number)))")
        == "extract"
    )


def test_importing_the_package_loads_none_of_the_machinery() -> None:
    heavy = ("spacy", "pyarrow", "numpy", "pydantic", "charset_normalizer")
    assert run(f"import pipeline.cli, sys; print([name for name in {heavy} if name in sys.modules])") == "[]"


def test_no_name_is_public_that_is_not_there() -> None:
    with pytest.raises(AttributeError, match="no attribute 'nothing'"):
        _ = pipeline.nothing
