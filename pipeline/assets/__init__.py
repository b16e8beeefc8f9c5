"""The data that ships with the package: word lists, tables and models, read once and kept."""

from __future__ import annotations

import gzip
import tomllib
from functools import cache
from pathlib import Path
from typing import Any

_HERE = Path(__file__).parent


def path(name: str) -> Path:
    """The file of one asset, e.g. ``path("agency_codes.tsv")``; FileNotFoundError when it does not ship."""
    file = _HERE / name
    if not file.exists():
        raise FileNotFoundError(f"no asset named {name!r} in {_HERE}")
    return file


@cache
def toml(name: str) -> dict[str, Any]:
    """One TOML asset, read once; callers do not change it."""
    return tomllib.loads(path(name).read_text(encoding="utf-8"))


@cache
def tsv(name: str) -> tuple[tuple[str, ...], ...]:
    """The rows of one TSV asset (``.gz`` allowed) below its header; blank lines and lines after '#' are
    comments.

    Every row has as many cells as the header; ValueError names the first line that does not.
    """
    data = path(name).read_bytes()
    text = (gzip.decompress(data) if name.endswith(".gz") else data).decode("utf-8")
    rows: list[tuple[str, ...]] = []
    for number, line in enumerate(text.splitlines(), 1):
        if line and not line.startswith("#"):
            row = tuple(line.split("\t"))
            if rows and len(row) != len(rows[0]):
                raise ValueError(f"{name}, line {number}: {len(row)} cells, the header has {len(rows[0])}")
            rows.append(row)
    return tuple(rows[1:])
