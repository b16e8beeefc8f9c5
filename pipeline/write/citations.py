"""Which document of the dataset a citation means."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

INDEXED = ("doc_id", "doc_number", "title")
"""The columns of ``documents`` that citations are matched against."""


class CitationIndex:
    """The documents by number and by title, each only where it names one document alone."""

    def __init__(self, documents: pa.Table) -> None:
        """``documents``: the columns ``INDEXED`` of all documents."""
        self._numbers = _unique(documents, "doc_number")
        self._titles = _unique(documents, "title")

    def resolve(self, references: pa.Table) -> pa.Table:
        """The same rows with ``target_doc_id`` set where the citation means one document of the dataset,
        not its own.

        The number decides where one is cited; the title does where none is, or where the document of that
        title has lost its number. Two documents of one number or title leave the citation unresolved.
        """
        by_number, _ = self._find(self._numbers, references.column("doc_number"))
        by_title, number_of_title = self._find(self._titles, references.column("title"))
        no_conflict = pc.or_(pc.is_null(references.column("doc_number")), pc.is_null(number_of_title))
        by_title = pc.if_else(no_conflict, by_title, None)
        target = pc.coalesce(by_number, by_title)
        itself = pc.fill_null(pc.equal(target, references.column("doc_id")), False)
        target = pc.if_else(itself, pa.scalar(None, pa.string()), target)
        position = references.schema.get_field_index("target_doc_id")
        return references.set_column(position, references.schema.field(position), target)

    @staticmethod
    def _find(index: pa.Table, keys: pa.ChunkedArray) -> tuple[pa.ChunkedArray, pa.ChunkedArray]:
        """The ``doc_id`` and ``doc_number`` of the document that each key names, null where none does."""
        rows = pc.index_in(keys, value_set=index.column("key"), skip_nulls=True)
        return index.column("doc_id").take(rows), index.column("doc_number").take(rows)


def _unique(documents: pa.Table, column: str) -> pa.Table:
    keyed = pa.table(
        {
            "key": documents.column(column),
            "doc_id": documents.column("doc_id"),
            "doc_number": documents.column("doc_number"),
        }
    )
    keyed = keyed.filter(pc.is_valid(keyed.column("key")))
    counts = pc.value_counts(keyed.column("key"))
    once = counts.field("values").filter(pc.equal(counts.field("counts"), 1))
    return keyed.filter(pc.is_in(keyed.column("key"), value_set=once)).combine_chunks()
