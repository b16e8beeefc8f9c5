from __future__ import annotations

import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
sys.path.insert(0, str(ROOT / "tests" / "engines"))  # where the stand-in for extraction is


@pytest.fixture(scope="session")
def seeds() -> Path:
    return ROOT / "seeds"


@pytest.fixture(scope="session")
def seeds_dataset(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The dataset of the seeds, built once; a test that changes it works on a copy."""
    from pipeline import build

    out = tmp_path_factory.mktemp("seeds") / "out"
    build(seeds, out)
    return out


def pytest_configure(config: pytest.Config) -> None:
    config.addinivalue_line("markers", "processes: works with worker processes")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--update-golden", action="store_true", help="write the golden files anew, and fail")


@pytest.fixture
def update_golden(request: pytest.FixtureRequest) -> bool:
    return bool(request.config.getoption("--update-golden"))
