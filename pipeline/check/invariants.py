"""What holds between the rows of a document: each function yields the ways in which it does not."""

from __future__ import annotations

from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from itertools import pairwise

from pipeline.check.families import Family, Row

Broken = tuple[str, str, str, str]
"""Table, row, invariant, and what is wrong."""

QUOTED = {
    "segments": "text",
    "issuers": "name",
    "addressees": "name",
    "directives": "text",
    "measures": "text",
    "tags": "cue",
    "references": "text",
    "repairs": "after",
    "warnings": None,
}
"""Tables whose rows have a span, and the column that holds the words of the span (none: the span alone)."""
RAW_SPANS = ("segments", "directives", "measures", "repairs")
_KEYS = {"directives": "directive_id", "measures": "measure_id"}


def row_name(row: Row) -> str:
    """How a finding names a row: by its key, or its document and what sets it apart there."""
    for key in ("directive_id", "measure_id"):
        if key in row and "code" not in row and row[key]:
            return str(row[key])
    apart = row.get("ordinal", row.get("start"))
    return str(row["doc_id"]) if apart is None else f"{row['doc_id']} {apart}"


def strays(family: Family) -> Iterator[Broken]:
    """Every row belongs to a document, and every table is sorted by ``doc_id``."""
    for table, rows in family.strays.items():
        for row in rows:
            yield table, row_name(row), "foreign_key", f"no document {row['doc_id']}, or rows out of order"


def identity(family: Family) -> Iterator[Broken]:
    """A ``doc_id`` is the start of its source's SHA-256; an inner document's is its parent's and where it
    starts.
    """
    documents = {row["doc_id"]: row for row in family.rows["documents"]}
    for row in family.rows["documents"]:
        parent_id, start = row["parent_doc_id"], row["parent_start"]
        if parent_id is None:
            expected = row["source_sha256"][:16]
            if (row["parent_start"], row["parent_end"]) != (None, None):
                yield "documents", row["doc_id"], "parent", "parent_start or parent_end without parent_doc_id"
        else:
            expected = f"{parent_id}-{start}"
            if parent_id not in documents:
                yield "documents", row["doc_id"], "foreign_key", f"no document {parent_id}"
            elif row["source_sha256"] != documents[parent_id]["source_sha256"]:
                yield "documents", row["doc_id"], "parent", "another source than its parent's"
        if row["doc_id"] != expected:
            yield "documents", row["doc_id"], "doc_id", f"should be {expected}"


def inner_texts(family: Family) -> Iterator[Broken]:
    """The texts of an inner document are slices of its parent's."""
    documents = {row["doc_id"]: row for row in family.rows["documents"]}
    for row in family.rows["documents"]:
        parent = documents.get(row["parent_doc_id"])
        if parent is None:
            continue
        if parent["text"][row["parent_start"] : row["parent_end"]] != row["text"]:
            yield "documents", row["doc_id"], "inner_text", "not the slice of its parent's text that it says"
        if row["raw_text"] not in parent["raw_text"]:
            yield "documents", row["doc_id"], "inner_text", "raw_text is no slice of its parent's"


def spans(family: Family) -> Iterator[Broken]:
    """``documents.text[start:end]`` is what the row quotes; raw spans lie in ``raw_text``."""
    documents = {row["doc_id"]: row for row in family.rows["documents"]}
    for table, column in QUOTED.items():
        for row in family.rows[table]:
            document, start, end = documents[row["doc_id"]], row["start"], row["end"]
            if start is None or end is None:
                if (start, end) != (None, None) or (column and row[column] is not None):
                    yield table, row_name(row), "span", "half a span, or words without one"
            elif not 0 <= start <= end <= len(document["text"]):
                yield table, row_name(row), "span", f"{start}:{end} is not within the text"
            elif column and document["text"][start:end] != row[column]:
                words = document["text"][start:end]
                yield (
                    table,
                    row_name(row),
                    "span",
                    f"text[{start}:{end}] is {words!r:.60}, not {row[column]!r:.60}",
                )
            if table in RAW_SPANS and not 0 <= row["raw_start"] <= row["raw_end"] <= len(
                document["raw_text"]
            ):
                yield table, row_name(row), "raw_span", "not within the raw text"


def partition(family: Family) -> Iterator[Broken]:
    """Segments follow each other without overlap and hold every character that is not blank."""
    segments = _by_document(family, "segments")
    for document in family.rows["documents"]:
        text, at = document["text"], 0
        for row in segments.get(document["doc_id"], []):
            if row["start"] == row["end"]:  # furniture that was removed, perhaps from within a paragraph
                continue
            if row["start"] < at:
                yield "segments", row_name(row), "partition", "overlaps the segment before"
            elif lost := text[at : row["start"]].strip():
                yield "segments", row_name(row), "partition", f"{lost!r:.60} before it is in no segment"
            at = max(at, row["end"])
        if lost := text[at:].strip():
            yield "documents", document["doc_id"], "partition", f"{lost!r:.60} at the end is in no segment"


def replay(family: Family) -> Iterator[Broken]:
    """The repairs, applied to ``raw_text``, give ``text``."""
    repairs = _by_document(family, "repairs")
    for document in family.rows["documents"]:
        raw, pieces, at, length = document["raw_text"], [], 0, 0
        for row in repairs.get(document["doc_id"], []):
            if row["raw_start"] < at:
                yield "repairs", row_name(row), "replay", "overlaps the repair before"
                break
            if raw[row["raw_start"] : row["raw_end"]] != row["before"]:
                yield "repairs", row_name(row), "replay", "before is not what stands in the raw text"
                break
            unchanged = raw[at : row["raw_start"]]
            length += len(unchanged)
            if length != row["start"]:
                yield "repairs", row_name(row), "replay", f"starts at {row['start']}, replayed at {length}"
                break
            pieces += [unchanged, row["after"]]
            length += len(row["after"])
            at = row["raw_end"]
        else:
            if "".join([*pieces, raw[at:]]) != document["text"]:
                yield "documents", document["doc_id"], "replay", "the repairs do not turn raw_text into text"


def counts(family: Family) -> Iterator[Broken]:
    """The ``n_`` columns say how many rows there are."""
    for table in ("directives", "measures", "repairs"):
        number = Counter(row["doc_id"] for row in family.rows[table])
        for row in family.rows["documents"]:
            if row[f"n_{table}"] != number[row["doc_id"]]:
                detail = f"n_{table} is {row[f'n_{table}']}, there are {number[row['doc_id']]}"
                yield "documents", row["doc_id"], "count", detail
    measures = Counter(row["directive_id"] for row in family.rows["measures"])
    for row in family.rows["directives"]:
        if row["n_measures"] != measures[row["directive_id"]]:
            detail = f"n_measures is {row['n_measures']}, there are {measures[row['directive_id']]}"
            yield "directives", row["directive_id"], "count", detail


def keys(family: Family) -> Iterator[Broken]:
    """Keys are unique and built as the contract says; what refers to a row finds it."""
    for table, key in _KEYS.items():
        for name, count in Counter(row[key] for row in family.rows[table]).items():
            if count > 1:
                yield table, name, "unique", f"{count} rows with this {key}"
    directives = {row["directive_id"]: row for row in family.rows["directives"]}
    measures = {row["measure_id"]: row for row in family.rows["measures"]}
    for row in directives.values():
        parent_path = row["path"].rpartition(".")[0]
        parent_id = f"{row['doc_id']}/{parent_path}" if parent_path else None
        if row["directive_id"] != f"{row['doc_id']}/{row['path']}":
            yield "directives", row["directive_id"], "key", "not doc_id/path"
        if row["parent_id"] != parent_id or (parent_id is not None and parent_id not in directives):
            yield "directives", row["directive_id"], "foreign_key", f"parent_id {row['parent_id']}"
        if row["level"] != row["path"].count(".") + 1:
            yield "directives", row["directive_id"], "level", f"{row['level']} at path {row['path']}"
    for row in measures.values():
        if row["measure_id"] != f"{row['doc_id']}#{row['ordinal']}":
            yield "measures", row["measure_id"], "key", "not doc_id#ordinal"
    for table in ("measures", "tags"):
        for row in family.rows[table]:
            for key, known in (("directive_id", directives), ("measure_id", measures)):
                if row[key] is not None and (
                    row[key] not in known or known[row[key]]["doc_id"] != row["doc_id"]
                ):
                    yield table, row_name(row), "foreign_key", f"no {key} {row[key]} in this document"


def places(family: Family) -> Iterator[Broken]:
    """A measure stands in a segment of its kind, and in its directive's own text or behind the items below it, where a
    paragraph returns to the directive.
    """
    segments, directives = _by_document(family, "segments"), _by_document(family, "directives")
    for doc_id, measures in _by_document(family, "measures").items():
        blocks = [row for row in segments.get(doc_id, []) if row["start"] < row["end"]]
        starts = [row["start"] for row in blocks]
        items = directives.get(doc_id, [])
        item_starts = [row["start"] for row in items]
        for row in measures:
            at = bisect_right(starts, row["start"]) - 1
            if at < 0 or row["end"] > blocks[at]["end"] or blocks[at]["kind"] != row["segment_kind"]:
                yield "measures", row_name(row), "place", f"in no segment of kind {row['segment_kind']}"
            if row["directive_id"] is None:
                continue
            before = items[max(bisect_right(item_starts, row["start"]) - 1, 0)]
            own = before["directive_id"] == row["directive_id"] and row["end"] <= before["end"]
            below = (
                before["directive_id"].startswith(f"{row['directive_id']}.") and row["start"] >= before["end"]
            )
            if not own and not below:
                yield "measures", row_name(row), "place", f"not in {row['directive_id']} nor behind its items"


def order(family: Family) -> Iterator[Broken]:
    """Ordinals count from 1 without a gap, in the order of the file."""
    for table, rows in family.rows.items():
        if not rows or "ordinal" not in rows[0]:
            continue
        for doc_id, of_document in _by_document(family, table).items():
            found = [row["ordinal"] for row in of_document]
            if found != list(range(1, len(found) + 1)):
                yield table, doc_id, "order", f"ordinals are {found!s:.60}"
    for table in ("documents", "tags"):
        for before, after in pairwise(family.rows[table]):
            if (before["doc_id"], before.get("start", 0)) > (after["doc_id"], after.get("start", 0)):
                yield table, row_name(after), "order", "rows are not sorted"


def codes(family: Family) -> Iterator[Broken]:
    """The codes of a measure are those of its tags; a directive's are those of its heading and its
    measures.
    """
    of_measure: dict[str, set[str]] = {}
    of_directive: dict[str, set[str]] = {}
    for row in family.rows["tags"]:
        if row["measure_id"] is not None:
            of_measure.setdefault(row["measure_id"], set()).add(row["code"])
        elif row["directive_id"] is not None:
            of_directive.setdefault(row["directive_id"], set()).add(row["code"])
    for row in family.rows["measures"]:
        expected = of_measure.get(row["measure_id"], set())
        if row["codes"] != sorted(expected):
            yield "measures", row["measure_id"], "codes", f"{row['codes']}, its tags say {sorted(expected)}"
        if row["directive_id"] is not None:
            of_directive.setdefault(row["directive_id"], set()).update(row["codes"])
    for row in family.rows["directives"]:
        expected = of_directive.get(row["directive_id"], set())
        if row["codes"] != sorted(expected):
            detail = f"{row['codes']}, heading and measures say {sorted(expected)}"
            yield "directives", row["directive_id"], "codes", detail


def first_issuer(family: Family) -> Iterator[Broken]:
    """What ``documents`` says about the issuer is what ``issuers`` says."""
    issuers = _by_document(family, "issuers")
    for row in family.rows["documents"]:
        organs = issuers.get(row["doc_id"], [])
        names = "、".join("".join(organ["name"].split()) for organ in organs if organ["name"]) or None
        if row["issuer"] != names:
            yield "documents", row["doc_id"], "issuer", f"{row['issuer']!r}, issuers say {names!r}"
        for column in ("level", "organ", "adcode", "method"):
            value = organs[0][column] if organs else None
            if row[f"issuer_{column}"] != value:
                detail = f"issuer_{column} is {row[f'issuer_{column}']!r}, the first issuer's is {value!r}"
                yield "documents", row["doc_id"], "issuer", detail


INVARIANTS = (
    strays,
    identity,
    inner_texts,
    spans,
    partition,
    replay,
    counts,
    keys,
    places,
    order,
    codes,
    first_issuer,
)
"""All of them, each a function of one family."""


def _by_document(family: Family, table: str) -> dict[str, list[Row]]:
    rows: dict[str, list[Row]] = {}
    for row in family.rows[table]:
        rows.setdefault(row["doc_id"], []).append(row)
    return rows
