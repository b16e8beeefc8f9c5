"""One document as Akoma Ntoso 3.0 XML (OASIS LegalDocML): ``doc`` with metadata, text, and tags in the text.

===========================================  ===============================================================
of the dataset                               in Akoma Ntoso
===========================================  ===============================================================
masthead, number, title, urgency …           ``preface``: ``p``, with ``docNumber`` and ``docTitle``
addressees and preamble                      ``preamble``: ``p``
directives                                   ``mainBody``: ``level`` in ``level``, each with ``num``,
                                             ``heading``, ``intro`` or ``content``
closing                                      ``mainBody``: ``p``
signature, date, copies, attachments …       ``conclusions``: ``p``, with ``docDate``
measures                                     ``span`` whose class is ``measure`` and the modality
tags                                         ``concept`` that refers to a ``TLCConcept``; ``keyword``
issuers                                      ``TLCOrganization``, ``FRBRauthor``; ``organization`` in the text
references                                   ``ref``: to the cited document when it is in the dataset, else to
                                             a ``TLCReference``
documents printed inside                     ``attachment`` with a ``documentRef``
===========================================  ===============================================================

The class of a ``p`` is the kind of its segment. Every non-blank character of ``documents.text`` is there, in order;
characters that XML forbids become U+FFFD.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from xml.etree.ElementTree import Element, SubElement, tostring

import pyarrow.parquet as pq

from pipeline.dataset import load
from pipeline.errors import UsageError
from pipeline.export.akoma_ntoso_body import write_body
from pipeline.export.akoma_ntoso_meta import document_uri, write_meta
from pipeline.export.inline import legal
from pipeline.write.publish import dataset_file

NAMESPACE = "http://docs.oasis-open.org/legaldocml/ns/akn/3.0"
_PARTS = ("segments", "issuers", "directives", "measures", "tags", "references")
_TEXTUAL = frozenset({"p", "num", "heading"})  # whose whitespace is the document's

Row = dict[str, Any]


def akoma_ntoso(folder: Path, doc_id: str) -> str:
    """The XML of one document of the dataset in ``folder``.

    Raises UsageError when there is no dataset, or no such document in it.
    """
    dataset = load(folder)
    rows = _rows(folder, "documents", [("doc_id", "==", doc_id)])
    if not rows:
        some = ", ".join(dataset.documents.column("doc_id").slice(0, 3).to_pylist())
        raise UsageError(f"--akn: no document {doc_id} in {folder}; there are {some} …")
    document = rows[0]
    parts = {table: _rows(folder, table, [("doc_id", "==", doc_id)]) for table in _PARTS}
    inner = _rows(folder, "documents", [("parent_doc_id", "==", doc_id)])
    cited = [row["target_doc_id"] for row in parts["references"] if row["target_doc_id"]]
    targets = _rows(folder, "documents", [("doc_id", "in", cited)]) if cited else []
    uris = {row["doc_id"]: document_uri(row) for row in targets}

    root = Element("akomaNtoso", {"xmlns": NAMESPACE})
    doc = SubElement(root, "doc", {"name": document["doc_type"] or "document"})
    write_meta(doc, document, parts, _terms(folder))
    write_body(doc, document, parts, uris)
    if inner:
        attachments = SubElement(doc, "attachments")
        for row in sorted(inner, key=lambda row: int(row["parent_start"])):
            shown = legal(row["title"] or row["doc_id"])
            SubElement(
                SubElement(attachments, "attachment"),
                "documentRef",
                {"href": document_uri(row), "showAs": shown},
            )
    _indent(root, 0)
    return '<?xml version="1.0" encoding="UTF-8"?>\n' + tostring(root, encoding="unicode") + "\n"


def _rows(folder: Path, table: str, filters: list[tuple[str, str, object]]) -> list[Row]:
    rows: list[Row] = pq.read_table(dataset_file(folder, f"{table}.parquet"), filters=filters).to_pylist()
    return rows


def _terms(folder: Path) -> dict[str, str]:
    """Code → Chinese term, from the codebook beside the tables."""
    book = json.loads(dataset_file(folder, "codebook.json").read_text(encoding="utf-8"))
    return {entry["code"]: entry["zh"] for entry in book["codes"]}


def _indent(element: Element, depth: int) -> None:
    """Line breaks between elements that hold elements alone; running text is left as it is."""
    if element.tag in _TEXTUAL or not len(element):
        return
    element.text = "\n" + " " * (depth + 1)
    for child in element:
        _indent(child, depth + 1)
        child.tail = element.text
    element[-1].tail = "\n" + " " * depth
