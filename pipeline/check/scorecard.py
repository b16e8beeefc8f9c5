"""Scores as tables for the terminal: one run, or two runs by document."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from rich.console import Group, RenderableType
from rich.table import Table

_FIGURES = (
    ("exact_tree", "documents whose directive tree is exact"),
    ("codes_micro_f1", "codes, micro F1"),
    ("codes_macro_f1", "codes, macro F1"),
    ("codes_exact_set", "measures whose set of codes is exact"),
    ("modality_accuracy", "modality, accuracy"),
    ("coded_statements", "statements that carry a code"),
    ("character_error_rate", "character error rate of the clean text"),
    ("invented", "invented values"),
)


def scorecard(total: dict[str, Any]) -> RenderableType:
    """The totals of one evaluation as tables: a row a field, a row a code, and single figures."""
    figures = Table("figure", "value", title=f"{total['documents']} documents")
    for key, label in _FIGURES:
        if total[key] is not None:
            figures.add_row(label, f"{total[key]}")
    return Group(_counts("field", total["fields"]), _counts("code", total["codes"]), figures)


def _counts(name: str, rows: dict[str, dict[str, Any]]) -> Table:
    table = Table(name, "precision", "recall", "F1", "wrong", "missed", "invented")
    for key, row in rows.items():
        ratios = ("–" if row[k] is None else f"{row[k]:.3f}" for k in ("precision", "recall", "f1"))
        table.add_row(key, *ratios, *(str(row[k]) for k in ("wrong", "missed", "invented")))
    return table


def changes(earlier: dict[str, Any], now: dict[str, Any]) -> RenderableType:
    """What one run gained or lost against an earlier one, a row a document and field."""
    table = Table("document", "field", "hits before", "hits now", "errors before", "errors now")
    for name in sorted(earlier["by_document"].keys() | now["by_document"].keys()):
        for row in _differences(earlier["by_document"].get(name, {}), now["by_document"].get(name, {})):
            table.add_row(name, *row)
    return table if table.row_count else "no document scores otherwise than before"


def _differences(before: dict[str, Any], after: dict[str, Any]) -> Iterator[tuple[str, ...]]:
    for group in ("fields", "codes"):
        old, new = before.get(group, {}), after.get(group, {})
        for key in sorted(old.keys() | new.keys()):
            pair = [(_hits(side.get(key)), _errors(side.get(key))) for side in (old, new)]
            if pair[0] != pair[1]:
                yield key, str(pair[0][0]), str(pair[1][0]), str(pair[0][1]), str(pair[1][1])


def _hits(row: dict[str, Any] | None) -> int:
    return row["hit"] if row else 0


def _errors(row: dict[str, Any] | None) -> int:
    return row["wrong"] + row["missed"] + row["invented"] if row else 0
