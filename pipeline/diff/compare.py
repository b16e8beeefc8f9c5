"""Two datasets → their difference. Documents that are the same are never unpacked."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Hashable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from pipeline.diff.difference import Changes, Difference, DocumentChange, RowChange, Values
from pipeline.diff.schema import code_changes, schema_changes
from pipeline.errors import UsageError
from pipeline.write.publish import MANIFEST, dataset_file
from pipeline.write.spill import KEYED

Row = dict[str, Any]
Key = Callable[[Row], Hashable]


@dataclass(frozen=True, slots=True)
class Compared:
    """How rows of one table within a document are told apart and compared.

    ``same``: what makes two rows the same one, tried in turn on the rows that are left. ``shown``: the columns that
    name a row. ``values``: the columns that are compared; positions, keys and scores are not among them, for they
    shift with every edit before them.
    """

    same: tuple[tuple[str, ...], ...]
    shown: tuple[str, ...]
    values: tuple[str, ...]


COMPARED = {
    "issuers": Compared(
        same=(("name", "canonical_name"), ("ordinal",)),
        shown=("ordinal", "name"),
        values=("name", "canonical_name", "level", "organ", "adcode", "province", "prefecture", "county", "method"),
    ),
    "addressees": Compared(
        same=(("role", "name"), ("ordinal",)),
        shown=("role", "name"),
        values=("role", "name", "expanded", "level", "organ"),
    ),
    "directives": Compared(
        same=(("path", "text"), ("text",), ("path",)),
        shown=("path", "heading"),
        values=("path", "marker", "heading", "text", "codes"),
    ),
    "measures": Compared(
        same=(("directive", "text"), ("text",), ("directive", "segment_kind")),
        shown=("directive", "text"),
        values=(
            "text", "modality", "modality_cue", "codes", "actors", "inherited_actors", "deadline", "deadline_date",
        ),
    ),
    "tags": Compared(
        same=(("code", "directive", "measure", "cue"), ("code", "directive", "measure"), ("code", "directive")),
        shown=("code", "cue", "directive", "measure"),
        values=("cue", "method"),
    ),
    "references": Compared(
        same=(("text",), ("ordinal",)),
        shown=("text",),
        values=("title", "doc_number", "issuer", "relation", "target_doc_id", "text"),
    ),
    "warnings": Compared(same=(("kind", "detail"),), shown=("kind", "detail"), values=()),
}  # fmt: skip
"""``segments`` and ``repairs`` follow from the texts, which are compared as fields of the document."""
_DOCUMENT_SHOWN = ("doc_id", "source", "title")
_NOT_FIELDS = ("doc_id", "source_sha256", "parent_doc_id")


def diff(old: str | Path, new: str | Path) -> Difference:
    """Compare the datasets in two folders, of the same schema version or not.

    Documents are the same when their ``doc_id`` is, or else their ``source``. Raises UsageError when a folder holds
    no dataset.
    """
    before, after = _Side(Path(old)), _Side(Path(new))
    breaking, compatible = schema_changes(before.schemas(), after.schemas())
    for lines, more in zip((breaking, compatible), code_changes(before.codes(), after.codes()), strict=True):
        lines += more
    pairs, removed, added = _paired(
        before.documents(), after.documents(), [_by("doc_id"), _by("source", "parent_start")]
    )
    columns = [
        c for c in before.columns("documents") if c in set(after.columns("documents")) - {*_NOT_FIELDS}
    ]
    changed = [
        change for one, other in pairs if (change := _document_change(before, after, one, other, columns))
    ]
    return Difference(
        versions=_values(before.versions, after.versions, sorted({*before.versions, *after.versions})),
        breaking=breaking,
        compatible=compatible,
        added=[_shown(row, _DOCUMENT_SHOWN) for row in added],
        removed=[_shown(row, _DOCUMENT_SHOWN) for row in removed],
        changed=changed,
        n_unchanged=len(pairs) - len(changed),
    )


class _Side:
    """One of the two datasets: its tables, and where each document's rows are in them."""

    def __init__(self, folder: Path) -> None:
        try:
            manifest = json.loads(dataset_file(folder, MANIFEST).read_bytes())
            self.versions = {str(name): str(version) for name, version in manifest["versions"].items()}
            if digest := manifest.get("files", {}).get("codebook.json"):
                # a cue may change, or --codebook name another file, without a new version
                self.versions["codebook.json"] = str(digest)[:12]
            self.tables = {
                table: pq.read_table(dataset_file(folder, f"{table}.parquet")).combine_chunks()
                for table in manifest["tables"]
            }
        except (FileNotFoundError, NotADirectoryError):
            raise UsageError(f"{folder}: no dataset there, or not a whole one") from None
        except (ValueError, KeyError, TypeError, AttributeError, pa.ArrowException) as failure:
            reason = " ".join(str(failure).split())[:200]
            raise UsageError(f"{folder}: not a dataset: {reason}") from None
        self.folder = folder
        self._runs = {table: _runs(self.tables[table]) for table in KEYED if table in self.tables}

    def schemas(self) -> dict[str, pa.Schema]:
        return {table: rows.schema for table, rows in self.tables.items()}

    def codes(self) -> list[str] | None:
        """The codes of the codebook beside the tables, None where there is none."""
        file = dataset_file(self.folder, "codebook.json")
        if not file.exists():
            return None
        return [entry["code"] for entry in json.loads(file.read_text(encoding="utf-8"))["codes"]]

    def columns(self, table: str) -> list[str]:
        names: list[str] = self.tables[table].column_names
        return names

    def documents(self) -> list[Row]:
        """The documents without their texts."""
        wanted = [name for name in (*_DOCUMENT_SHOWN, "parent_start") if name in self.columns("documents")]
        rows: list[Row] = self.tables["documents"].select(wanted).to_pylist()
        return rows

    def rows(self, table: str, doc_id: str) -> pa.Table:
        """The rows of one document in one table; an empty table where there are none."""
        if table not in self.tables:
            return pa.table({})
        start, count = self._runs[table].get(doc_id, (0, 0))
        return self.tables[table].slice(start, count)


def _runs(table: pa.Table) -> dict[str, tuple[int, int]]:
    """``doc_id`` → its first row and how many follow; tables are sorted by ``doc_id``."""
    runs: dict[str, tuple[int, int]] = {}
    start = 0
    encoded = pc.run_end_encode(table.column("doc_id").combine_chunks())
    for value, end in zip(encoded.values.to_pylist(), encoded.run_ends.to_pylist(), strict=True):
        runs[value] = (start, end - start)
        start = end
    return runs


def _document_change(
    before: _Side, after: _Side, old: Row, new: Row, columns: Sequence[str]
) -> DocumentChange | None:
    ids = old["doc_id"], new["doc_id"]
    one = before.rows("documents", ids[0]).select(columns)
    other = after.rows("documents", ids[1]).select(columns)
    fields = {} if one.equals(other) else _values(one.to_pylist()[0], other.to_pylist()[0], columns)
    if ids[0] != ids[1]:
        fields = {"doc_id": ids, **fields}
    tables = {table: changes for table, changes in _tables(before, after, ids) if changes}
    if not fields and not tables:
        return None
    return DocumentChange(_shown(new, _DOCUMENT_SHOWN), fields, tables)


def _tables(before: _Side, after: _Side, ids: tuple[str, str]) -> Iterator[tuple[str, Changes]]:
    for table, how in COMPARED.items():
        one, other = before.rows(table, ids[0]), after.rows(table, ids[1])
        if one.equals(other):
            continue
        pairs, removed, added = _paired(
            _placed(before, table, ids[0], one),
            _placed(after, table, ids[1], other),
            [_by(*columns) for columns in how.same],
        )
        yield (
            table,
            Changes(
                added=[_shown(row, (*how.shown, *how.values)) for row in added],
                removed=[_shown(row, (*how.shown, *how.values)) for row in removed],
                changed=[
                    RowChange(_shown(new, [c for c in how.shown if c not in values]), values)
                    for old, new in pairs
                    if (values := _values(old, new, [c for c in how.values if c in old and c in new]))
                ],
            ),
        )


def _placed(side: _Side, table: str, doc_id: str, rows: pa.Table) -> list[Row]:
    """The rows with the names that two datasets share: ``directive`` is the path, ``measure`` the sentence."""
    found: list[Row] = rows.to_pylist()
    if table in ("measures", "tags"):
        sentences: dict[str, str] = {}
        if table == "tags":
            measures = side.rows("measures", doc_id).select(["measure_id", "text"]).to_pylist()
            sentences = {row["measure_id"]: row["text"] for row in measures}
        for row in found:
            row["directive"] = (row["directive_id"] or "").rpartition("/")[2] or None
            if table == "tags":
                row["measure"] = sentences.get(row["measure_id"] or "")
    return found


def _paired(
    old: list[Row], new: list[Row], keys: Sequence[Key]
) -> tuple[list[tuple[Row, Row]], list[Row], list[Row]]:
    """Rows that are the same by the first key that says so, in the order of ``new``; then what is left of each."""
    pairs: dict[int, Row] = {}
    left = list(old)
    for key in keys:
        waiting: dict[Hashable, list[Row]] = defaultdict(list)
        for row in left:
            waiting[key(row)].append(row)
        for place, row in enumerate(new):
            if place not in pairs and (same := waiting.get(key(row))):
                pairs[place] = same.pop(0)
        left = [row for rows in waiting.values() for row in rows]
    found = [(pairs[place], row) for place, row in enumerate(new) if place in pairs]
    return found, left, [row for place, row in enumerate(new) if place not in pairs]


def _by(*columns: str) -> Key:
    return lambda row: tuple(row.get(column) for column in columns)


def _shown(row: Row, columns: Sequence[str]) -> Row:
    return {column: row[column] for column in dict.fromkeys(columns) if column in row}


def _values(old: Row, new: Row, columns: Sequence[str]) -> Values:
    return {name: (old.get(name), new.get(name)) for name in columns if old.get(name) != new.get(name)}
