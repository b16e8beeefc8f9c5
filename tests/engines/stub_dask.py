"""What a Dask worker of the tests loads when it starts: the stand-in for extraction."""

from __future__ import annotations

import sys
from pathlib import Path

import pipeline.engines.dask

WORKER = Path(__file__).parent / "stub_worker.py"


def command(codebook: Path | None, max_bytes: int, **_: str) -> list[str]:
    return [sys.executable, "-P", str(WORKER), "--max-bytes", str(max_bytes)]


pipeline.engines.dask.worker_command = command
