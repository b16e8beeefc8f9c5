"""What the report says of codes and of other closed vocabularies: Chinese names, groups, definitions."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path
from typing import Any, get_args

from pipeline import assets
from pipeline.records import Code

INSTRUMENTS = ("nodality", "authority", "treasure", "organisation")
"""Hood's four instruments of government, in the order of the columns of the heat map."""


def code_list() -> list[dict[str, str]]:
    """The codes by instrument, each with ``id``, ``zh``, ``instrument``, ``definition``.

    Within an instrument they stand as in the codebook. A code that the codebook does not describe keeps its
    identifier for a name and comes last.
    """
    described: dict[str, dict[str, Any]] = assets.toml("codebook.toml").get("code", {})
    known: tuple[str, ...] = get_args(Code)
    order = [*described, *(code for code in known if code not in described)]
    codes = [
        {
            "id": code,
            "zh": str(described.get(code, {}).get("zh", "")),
            "instrument": str(described.get(code, {}).get("instrument", "")),
            "definition": str(described.get(code, {}).get("definition", "")),
        }
        for code in order
        if code in known
    ]
    rank = {name: place for place, name in enumerate(INSTRUMENTS)}
    return sorted(codes, key=lambda code: rank.get(code["instrument"], len(rank)))


@cache
def labels() -> dict[str, dict[str, str]]:
    """Vocabulary → value → its name in the other language (see ``labels.toml``)."""
    return tomllib.loads(Path(__file__).with_name("labels.toml").read_text(encoding="utf-8"))
