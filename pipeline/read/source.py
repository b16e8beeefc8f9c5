"""What reading hands on: the decoded input and what is known of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Source:
    """One input as found: its name ('/' between folders) and its bytes."""

    name: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Unreadable:
    """One input that was found and whose bytes could not be had: ``error`` and ``detail`` are those of
    ``rejects``.
    """

    name: str
    error: str
    detail: str


@dataclass(frozen=True, slots=True)
class Decoded:
    """One input as text. ``hints`` holds what a portal's metadata table says, by field name of
    ``documents``.
    """

    name: str
    sha256: str
    n_bytes: int
    encoding: str
    confidence: float
    raw_text: str
    hints: Mapping[str, str] = field(default_factory=dict)
