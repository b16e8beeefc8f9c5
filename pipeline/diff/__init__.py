"""Two datasets → what changed between them: schema, documents, fields, directives, tags."""

from pipeline.diff.compare import diff
from pipeline.diff.difference import Changes, Difference, DocumentChange, RowChange
from pipeline.diff.show import as_json, as_lines, as_markdown

__all__ = [
    "Changes",
    "Difference",
    "DocumentChange",
    "RowChange",
    "as_json",
    "as_lines",
    "as_markdown",
    "diff",
]
