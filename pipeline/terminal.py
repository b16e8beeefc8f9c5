"""What the command prints: results on standard output, everything else as lines on standard error."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import typer
from rich.console import Console

if TYPE_CHECKING:
    from pipeline.check import Finding
    from pipeline.records import DocumentRecord

_SHOWN_FINDINGS = 200
_SHOWN_REJECTS = 10
_COMPARED = 160  # columns of texts side by side where there is no terminal
_SCORED = 120  # columns of scores there


def complain(line: str) -> None:
    """One line on standard error."""
    typer.echo(f"gongwen: {line}", err=True)


def print_summary(out: str) -> None:
    """How many documents a build gave, and the first inputs that gave none."""
    from pipeline.dataset import load

    dataset = load(out)
    manifest = dataset.manifest
    rejects = dataset.rejects
    for row in rejects.slice(0, _SHOWN_REJECTS).to_pylist():
        complain(f"rejected {row['source']}: {row['error']}: {row['detail']}")
    if rejects.num_rows > _SHOWN_REJECTS:
        complain(f"... and {rejects.num_rows - _SHOWN_REJECTS} more: see {out}/rejects.parquet")
    typer.echo(
        f"{out}: {manifest.n_documents} documents of {len(manifest.inputs)} inputs, {manifest.n_rejects} rejected"
    )


def print_document(record: DocumentRecord, *, raw: bool) -> None:
    """A document as a tree, or its raw and clean text side by side."""
    if raw:
        from pipeline.report.side_by_side import side_by_side

        console = _console(_COMPARED)
        console.print(side_by_side(record, plain=not console.is_terminal or console.no_color))
    else:
        from pipeline.report.tree import document_tree

        _console().print(document_tree(record))


def print_findings(folder: Path, findings: Sequence[Finding]) -> None:
    """What is wrong with a dataset, as a table, and how much it is."""
    from rich.markup import escape
    from rich.table import Table

    table = Table("table", "row", "invariant", "what is wrong")
    for finding in findings[:_SHOWN_FINDINGS]:
        table.add_row(*map(escape, (finding.table, finding.row, finding.invariant, finding.detail)))
    _console().print(table)
    more = f", {_SHOWN_FINDINGS} shown" if len(findings) > _SHOWN_FINDINGS else ""
    complain(f"{folder}: {len(findings)} findings{more}")


def print_soundness(folder: Path) -> None:
    """That a dataset is sound, and what it holds."""
    from pipeline.write.manifest import read_manifest

    manifest = read_manifest(folder)
    rows = sum(table.rows for table in manifest.tables.values())
    typer.echo(
        f"{folder}: sound: {manifest.n_documents} documents, {rows} rows in {len(manifest.tables)} tables"
    )


def print_scores(result: dict[str, Any], earlier: dict[str, Any] | None) -> None:
    """The scores of an evaluation, and gains and losses since an earlier one."""
    from pipeline.check.scorecard import changes, scorecard

    console = _console(_SCORED)
    console.print(scorecard(result["total"]))
    if earlier:
        console.print(changes(earlier, result))


def _console(width: int = 1_000_000) -> Console:
    """The terminal as wide as it is; where there is none, ``width`` columns: by default, lines end where they end."""
    return Console(width=None if sys.stdout.isatty() else width)
