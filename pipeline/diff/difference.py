"""What a comparison finds, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

Values = dict[str, tuple[Any, Any]]
"""Column → its value before and after."""


@dataclass(frozen=True, slots=True)
class RowChange:
    """A row that is in both datasets and says something else: what names it, and its columns that differ."""

    name: dict[str, Any]
    values: Values


@dataclass(frozen=True, slots=True)
class Changes:
    """The rows of one table and one document that came, went or changed; a row that came or went is shown whole."""

    added: list[dict[str, Any]] = field(default_factory=list)
    removed: list[dict[str, Any]] = field(default_factory=list)
    changed: list[RowChange] = field(default_factory=list)

    def __bool__(self) -> bool:
        return bool(self.added or self.removed or self.changed)


@dataclass(frozen=True, slots=True)
class DocumentChange:
    """One document that is in both datasets: its fields that differ, and the rows of its other tables."""

    document: dict[str, Any]
    fields: Values
    tables: dict[str, Changes]


@dataclass(frozen=True, slots=True)
class Difference:
    """Everything that differs. ``breaking`` is what makes a reader of the old dataset fail or go wrong on the new
    one; ``compatible`` is the rest of what changed in schema and codebook.
    """

    versions: Values
    breaking: list[str]
    compatible: list[str]
    added: list[dict[str, Any]]
    removed: list[dict[str, Any]]
    changed: list[DocumentChange]
    n_unchanged: int

    def __bool__(self) -> bool:
        return bool(
            self.versions or self.breaking or self.compatible or self.added or self.removed or self.changed
        )

    def totals(self) -> dict[str, tuple[int, int, int]]:
        """Rows added, removed and changed by table, documents first; only tables with any."""
        totals = {"documents": (len(self.added), len(self.removed), len(self.changed))}
        for document in self.changed:
            for table, changes in document.tables.items():
                before = totals.get(table, (0, 0, 0))
                now = (len(changes.added), len(changes.removed), len(changes.changed))
                totals[table] = (before[0] + now[0], before[1] + now[1], before[2] + now[2])
        return {table: counts for table, counts in totals.items() if any(counts)}
