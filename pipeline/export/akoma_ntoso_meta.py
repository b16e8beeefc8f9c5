"""The metadata of one document in Akoma Ntoso: identification, keywords, and what the text refers to."""

from __future__ import annotations

from typing import Any
from xml.etree.ElementTree import Element, SubElement

from pipeline.export.inline import legal

UNKNOWN_DATE = "0001-01-01"
"""The schema asks for a date where the document states none; its name then is ``unknown``."""
_SOURCE = "#gongwen"

Row = dict[str, Any]

NO_ISSUER: Row = {"ordinal": 0, "name": None, "canonical_name": None, "adcode": None}
"""Stands for the issuer of a document that names none; the schema asks for an author."""


def document_uri(document: Row) -> str:
    """The work's IRI by the Akoma Ntoso naming convention: country, kind, date where there is one, ``doc_id``."""
    date = f"{document['date_issued'].isoformat()}/" if document["date_issued"] else ""
    return f"/akn/cn/doc/{date}{document['doc_id']}"


def issuer_id(issuer: Row) -> str:
    """The ``eId`` of one issuer."""
    return f"issuer_{issuer['ordinal']}"


def reference_id(reference: Row) -> str:
    """The ``eId`` of one citation."""
    return f"reference_{reference['ordinal']}"


def write_meta(doc: Element, document: Row, parts: dict[str, list[Row]], terms: dict[str, str]) -> None:
    """Add ``meta`` to ``doc``; ``terms`` gives the Chinese term of each code."""
    meta = SubElement(doc, "meta")
    _identification(meta, document, parts["issuers"])
    codes = sorted({row["code"] for row in parts["tags"]})
    if codes:
        classification = SubElement(meta, "classification", {"source": _SOURCE})
        for code in codes:
            keyword = {"value": code, "showAs": terms.get(code, code), "refersTo": f"#{code}"}
            SubElement(classification, "keyword", {**keyword, "dictionary": "codebook.json"})
    references = SubElement(meta, "references", {"source": _SOURCE})
    _entry(references, "TLCOrganization", "gongwen", "/ontology/organization/gongwen", "gongwen")
    for issuer in parts["issuers"] or [NO_ISSUER]:
        name = issuer["canonical_name"] or issuer["name"] or "not stated"
        where = f"/ontology/organization/cn/{issuer['adcode'] or 'unknown'}"
        _entry(references, "TLCOrganization", issuer_id(issuer), where, name)
    for code in codes:
        _entry(references, "TLCConcept", code, f"/ontology/concept/gongwen/{code}", terms.get(code, code))
    for row in parts["references"]:
        cited = " ".join(filter(None, (row["title"], row["doc_number"]))) or row["text"]
        where = f"/ontology/reference/gongwen/{row['relation']}"
        _entry(references, "TLCReference", reference_id(row), where, cited).set("name", row["relation"])


def _identification(meta: Element, document: Row, issuers: list[Row]) -> None:
    identification = SubElement(meta, "identification", {"source": _SOURCE})
    uri = document_uri(document)

    def level(name: str, this: str, uri: str) -> Element:
        """One of the three levels of FRBR, with what all of them share."""
        element = SubElement(identification, name)
        SubElement(element, "FRBRthis", {"value": this})
        SubElement(element, "FRBRuri", {"value": uri})
        SubElement(element, "FRBRdate", _date(document))
        for author in map(issuer_id, issuers or [NO_ISSUER]):
            SubElement(element, "FRBRauthor", {"href": f"#{author}"})
        return element

    work = level("FRBRWork", f"{uri}/!main", uri)
    SubElement(work, "FRBRcountry", {"value": "cn"})
    for name, column in (("FRBRnumber", "doc_number"), ("FRBRname", "title")):
        if document[column]:
            SubElement(work, name, {"value": legal(document[column])})
    expression = level("FRBRExpression", f"{uri}/zho@/!main", f"{uri}/zho@")
    SubElement(expression, "FRBRlanguage", {"language": "zho"})
    manifestation = level("FRBRManifestation", f"{uri}/zho@/!main.xml", f"{uri}/zho@.xml")
    SubElement(manifestation, "FRBRformat", {"value": "application/akn+xml"})


def _date(document: Row) -> dict[str, str]:
    issued = document["date_issued"]
    return (
        {"date": issued.isoformat(), "name": "issued"}
        if issued
        else {"date": UNKNOWN_DATE, "name": "unknown"}
    )


def _entry(references: Element, name: str, entry_id: str, href: str, shown: str) -> Element:
    return SubElement(references, name, {"eId": entry_id, "href": href, "showAs": legal(shown)})
