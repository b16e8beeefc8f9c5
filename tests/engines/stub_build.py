"""A whole build with the stand-in for extraction: ``python stub_build.py SOURCES OUT [WORKERS]``."""

from __future__ import annotations

import sys
from pathlib import Path

import pipeline.engines.build as build_module
from pipeline.write.manifest import Manifest


def stub_command(codebook: Path | None, max_bytes: int, **_: str) -> list[str]:
    script = Path(__file__).parent / "stub_worker.py"
    return [sys.executable, "-P", str(script), "--max-bytes", str(max_bytes)]


def stub_build(sources: Path, out: Path, workers: int = 1) -> Manifest:
    build_module.worker_command = stub_command
    return build_module.build(sources, out, workers=workers)


if __name__ == "__main__":
    stub_build(Path(sys.argv[1]), Path(sys.argv[2]), int(sys.argv[3]) if len(sys.argv) > 3 else 1)
