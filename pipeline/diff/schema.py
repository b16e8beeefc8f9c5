"""What changed in the shape of a dataset, and whether that breaks who reads it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pyarrow as pa


def schema_changes(old: Mapping[str, pa.Schema], new: Mapping[str, pa.Schema]) -> tuple[list[str], list[str]]:
    """Breaking and compatible changes, each a line, in the order of the tables.

    Breaking: a table or column goes, changes its type, or may be null where it never was. Compatible: a table or
    column comes, or is never null any more. The order of columns and their descriptions count for nothing.
    """
    breaking = [f"table {table} is gone" for table in old if table not in new]
    compatible = [f"table {table} is new" for table in new if table not in old]
    for table in old:
        if table in new:
            for breaks, line in _columns(table, old[table], new[table]):
                (breaking if breaks else compatible).append(line)
    return breaking, compatible


def code_changes(old: list[str] | None, new: list[str] | None) -> tuple[list[str], list[str]]:
    """The same for the codes of the codebook: a code that is retired breaks who counts it, a new one does not.

    ``None`` for a dataset without a codebook beside it: nothing is known then.
    """
    if old is None or new is None:
        return [], []
    breaking = [f"code {code} is gone from the codebook" for code in old if code not in new]
    return breaking, [f"code {code} is new in the codebook" for code in new if code not in old]


def _columns(table: str, old: pa.Schema, new: pa.Schema) -> Iterator[tuple[bool, str]]:
    for name in old.names:
        column = f"column {table}.{name}"
        if name not in new.names:
            yield True, f"{column} is gone"
            continue
        before, after = old.field(name), new.field(name)
        if before.type != after.type:
            yield True, f"{column} is {after.type}, was {before.type}"
        elif after.nullable and not before.nullable:
            yield True, f"{column} may be null, never was before"
        elif before.nullable and not after.nullable:
            yield False, f"{column} is never null any more"
    for name in new.names:
        if name not in old.names:
            yield False, f"column {table}.{name} is new"
