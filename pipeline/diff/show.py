"""A difference as JSON, as Markdown for a pull request, and as lines for a terminal."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict
from datetime import date
from typing import Any

from pipeline.diff.difference import Changes, Difference, DocumentChange, Values

_LONGEST = 60  # characters of a value that are shown
_DOCUMENTS_SHOWN = 50  # in Markdown; a comment on a pull request has a limit


def as_json(difference: Difference) -> str:
    """Everything, with ``totals`` by table (added, removed, changed); texts are whole."""
    content = {"is_breaking": bool(difference.breaking), "totals": difference.totals(), **asdict(difference)}
    return json.dumps(content, ensure_ascii=False, indent=1, default=date.isoformat) + "\n"


def as_lines(difference: Difference) -> Iterator[str]:
    """One line a change, those of a document indented below it; ``+`` came, ``-`` went, ``~`` changed."""
    yield from (f"! {line} (breaking)" for line in difference.breaking)
    yield from (f"~ {line}" for line in difference.compatible)
    yield from (f"~ version of {line}" for line in _changes(difference.versions))
    yield from (f"- {_document(row)}" for row in difference.removed)
    yield from (f"+ {_document(row)}" for row in difference.added)
    for document in difference.changed:
        yield f"~ {_document(document.document)}"
        yield from (f"    {line}" for line in _document_lines(document))
    yield summary(difference)


def as_markdown(difference: Difference) -> str:
    """A summary, a table of totals, and the documents; more of them than fit are counted."""
    parts = [f"**{_escaped(summary(difference))}**\n"]
    if difference.breaking:
        parts.append("\n### Breaking\n\n" + "".join(f"- {_escaped(line)}\n" for line in difference.breaking))
    other = [*difference.compatible, *(f"version of {line}" for line in _changes(difference.versions))]
    if other:
        parts.append("\n### Schema and versions\n\n" + "".join(f"- {_escaped(line)}\n" for line in other))
    if totals := difference.totals():
        parts.append("\n| table | added | removed | changed |\n|---|---:|---:|---:|\n")
        parts += [
            f"| `{table}` | {counts[0]} | {counts[1]} | {counts[2]} |\n" for table, counts in totals.items()
        ]
    blocks = [f"- {sign} {_escaped(_document(row))}\n" for sign, rows in (("removed", difference.removed), ("added", difference.added)) for row in rows]  # fmt: skip
    for document in difference.changed:
        lines = "".join(f"    - {_escaped(line)}\n" for line in _document_lines(document))
        blocks.append(f"- changed {_escaped(_document(document.document))}\n{lines}")
    if blocks:
        parts += ["\n### Documents\n\n", *blocks[:_DOCUMENTS_SHOWN]]
    if len(blocks) > _DOCUMENTS_SHOWN:
        parts.append(f"- … and {len(blocks) - _DOCUMENTS_SHOWN} more\n")
    return "".join(parts)


def summary(difference: Difference) -> str:
    """What changed, in one line."""
    if not difference:
        return f"no difference: {difference.n_unchanged} documents are the same"
    counts = [
        f"{table} +{added} -{removed} ~{changed}"
        for table, (added, removed, changed) in difference.totals().items()
    ]
    breaking = f"{len(difference.breaking)} breaking changes of the schema; " if difference.breaking else ""
    return (
        f"{breaking}{', '.join(counts) or 'no document differs'}; {difference.n_unchanged} documents the same"
    )


def _document(row: dict[str, Any]) -> str:
    return f"{row['doc_id']} {_short(row.get('source'))}: {_short(row.get('title'))}"


def _document_lines(document: DocumentChange) -> Iterator[str]:
    yield from (f"~ {line}" for line in _changes(document.fields))
    for table, changes in document.tables.items():
        yield from _table_lines(table.removesuffix("s"), changes)


def _table_lines(row_name: str, changes: Changes) -> Iterator[str]:
    for row in changes.removed:
        yield f"- {row_name} {_row(row)}"
    for row in changes.added:
        yield f"+ {row_name} {_row(row)}"
    for change in changes.changed:
        yield f"~ {row_name} {_row(change.name)}: {'; '.join(_changes(change.values))}"


def _row(row: dict[str, Any]) -> str:
    stated = [_short(value) for value in row.values() if value not in (None, [], "")]
    return " · ".join(dict.fromkeys(stated[:4]))


def _changes(values: Values) -> Iterator[str]:
    for name, (old, new) in values.items():
        if isinstance(old, list) and isinstance(new, list) and sorted(old) != sorted(new):
            gone = [f"-{item}" for item in old if item not in new]
            yield f"{name}: {_short([*gone, *(f'+{item}' for item in new if item not in old)])}"
        else:
            before, after = _around(old, new) if isinstance(old, str) and isinstance(new, str) else (old, new)
            yield f"{name}: {_short(before)} → {_short(after)}"


def _around(old: str, new: str) -> tuple[str, str]:
    """Where two long texts begin to differ, with a little of what stands before."""
    if max(len(old), len(new)) <= _LONGEST:
        return old, new
    at = next((n for n, (a, b) in enumerate(zip(old, new, strict=False)) if a != b), min(len(old), len(new)))
    start = max(0, at - 10)
    return ("…" if start else "") + old[start:], ("…" if start else "") + new[start:]


def _short(value: Any) -> str:
    """One line without control characters: they are a document's, not ours, and a terminal obeys them."""
    if value is None:
        return "null"
    text = ", ".join(map(str, value)) if isinstance(value, list) else str(value)
    text = "".join(c if c.isprintable() else "\ufffd" for c in " ".join(text.split()))
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _escaped(text: str) -> str:
    """Words of a document as they are, whatever Markdown would make of them."""
    for character in "\\`*_[]<>|#~@":
        text = text.replace(character, f"\\{character}" if character not in "<>@" else f"&#{ord(character)};")
    return text
