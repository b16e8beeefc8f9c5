"""Expectations of a dataset as a whole: a number below its minimum fails, one above its maximum warns."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import pyarrow as pa
import pyarrow.compute as pc

from pipeline import assets
from pipeline.dataset import Dataset, load
from pipeline.errors import UsageError
from pipeline.records import TABLES

_KEYS = ("from_documents", "minimum", "maximum")
_OF_EACH: dict[str, Callable[[npt.NDArray[np.float64]], Any]] = {
    "mean": np.mean,
    "least": np.min,
    "most": np.max,
}


@dataclass(frozen=True, slots=True)
class Assertion:
    """One bound: the path of the number, e.g. ``("rows", "documents")``, and where it may not go."""

    path: tuple[str, ...]
    bound: float
    is_minimum: bool


@dataclass(frozen=True, slots=True)
class Unmet:
    """A number that is out of bounds; it fails the check when it is too small, and is a warning otherwise."""

    name: str
    value: float
    bound: float
    fails: bool

    def __str__(self) -> str:
        relation = "below the minimum" if self.fails else "above the maximum"
        return f"{self.name} is {self.value:.4g}, {relation} {self.bound:g}"


def check_assertions(folder: Path, file: Path | None = None) -> list[Unmet]:
    """What the dataset in ``folder`` does not meet of the assertions in ``file`` (None: the shipped ones).

    Raises UsageError for a file that is no TOML, or asserts something unknown.
    """
    path = file or assets.path("assertions.toml")
    assertions, from_documents = _read(path)
    dataset = load(folder)
    few = dataset.manifest.n_documents < from_documents
    unmet = []
    for one in assertions:
        if few and one.path[0] != "rows":
            continue
        try:
            value = _number(dataset, one.path)
        except KeyError:
            raise UsageError(f"{path}: nothing is called {'.'.join(one.path)}") from None
        if value is not None and (value < one.bound if one.is_minimum else value > one.bound):
            unmet.append(Unmet(".".join(one.path), value, one.bound, one.is_minimum))
    return unmet


def _read(path: Path) -> tuple[list[Assertion], int]:
    try:
        content = tomllib.loads(path.read_text(encoding="utf-8"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as failure:
        raise UsageError(f"{path}: {failure}") from None
    if unknown := sorted(content.keys() - set(_KEYS)):
        raise UsageError(f"{path}: unknown key {unknown[0]}; there are {', '.join(_KEYS)}")
    assertions = [
        Assertion(name, bound, kind == "minimum")
        for kind in ("minimum", "maximum")
        for name, bound in _leaves(path, content.get(kind, {}), ())
    ]
    return assertions, int(content.get("from_documents", 0))


def _leaves(
    path: Path, table: dict[str, Any], above: tuple[str, ...]
) -> Iterator[tuple[tuple[str, ...], float]]:
    for key, value in table.items():
        if isinstance(value, dict):
            yield from _leaves(path, value, (*above, key))
        elif isinstance(value, int | float) and not isinstance(value, bool):
            yield (*above, key), float(value)
        else:
            raise UsageError(f"{path}: {'.'.join((*above, key))} is no number")


def _number(dataset: Dataset, path: tuple[str, ...]) -> float | None:
    """The number that a path means, None where there is nothing to count; KeyError for an unknown one."""
    match path:
        case ("rows", table):
            return float(dataset.manifest.tables[table].rows)
        case ("filled" | "null_rate" as kind, table, column):
            rate = _null_rate(dataset, table, column)
            return rate if rate is None or kind == "null_rate" else 1 - rate
        case ("rejected",):
            inputs = len(dataset.manifest.inputs)
            return dataset.manifest.n_rejects / inputs if inputs else None
        case (measure, of) if measure in _PER_DOCUMENT and of in _OF_EACH:
            values = _PER_DOCUMENT[measure](dataset)
            return float(_OF_EACH[of](values)) if len(values) else None
    raise KeyError(path)


def _null_rate(dataset: Dataset, table: str, column: str) -> float | None:
    if column not in TABLES[table].model_fields:
        raise KeyError(column)
    values = dataset.table(table).column(column)
    return values.null_count / len(values) if len(values) else None


def _codes(dataset: Dataset) -> npt.NDArray[np.float64]:
    tags = dataset.tags.group_by("doc_id").aggregate([("code", "count_distinct")])
    found = pc.index_in(_official(dataset).column("doc_id"), value_set=tags.column("doc_id").combine_chunks())
    return _floats(pc.fill_null(tags.column("code_count_distinct").take(found), 0))


def _directives(dataset: Dataset) -> npt.NDArray[np.float64]:
    return _floats(_official(dataset).column("n_directives"))


def _repairs(dataset: Dataset) -> npt.NDArray[np.float64]:
    lengths = _floats(pc.utf8_length(dataset.documents.column("raw_text")))
    return 1_000 * _floats(dataset.documents.column("n_repairs")) / np.maximum(lengths, 1)


_PER_DOCUMENT = {
    "codes_per_document": _codes,
    "directives_per_document": _directives,
    "repairs_per_1000_characters": _repairs,
}


def _official(dataset: Dataset) -> pa.Table:
    return dataset.documents.filter(pc.field("is_official_document"))


def _floats(column: pa.ChunkedArray) -> npt.NDArray[np.float64]:
    values: npt.NDArray[np.float64] = column.to_numpy().astype(np.float64)
    return values
