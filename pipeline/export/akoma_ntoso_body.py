"""The text of one document in Akoma Ntoso: preface, preamble, directives as nested levels, conclusions."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from xml.etree.ElementTree import Element, SubElement

from pipeline.export.akoma_ntoso_meta import issuer_id, reference_id
from pipeline.export.inline import Mark, inline, paragraphs

Row = dict[str, Any]

_REGIONS = ("preface", "preamble", "mainBody", "conclusions")
_FIRST_REGION = {
    "masthead": 0,
    "doc_number": 0,
    "urgency": 0,
    "secrecy": 0,
    "signer": 0,
    "title": 0,
    "addressee": 1,
    "preamble": 1,
    "directive": 2,
    "closing": 2,
    "attachment_note": 3,
    "signature": 3,
    "attachment": 3,
    "cc": 3,
    "print_info": 3,
    "contact": 3,
}
"""The earliest region for each kind of segment. Kinds that stand anywhere (date, note, …) stay where they are; no
segment goes back, so that the text keeps its order.
"""
_BODY = 2
_INLINE = {"doc_number": "docNumber", "title": "docTitle"}
_HEADING_ENDS = "。：；:;"  # printed after a heading that runs in


def write_body(doc: Element, document: Row, parts: dict[str, list[Row]], uris: Mapping[str, str]) -> None:
    """Add the text to ``doc``; ``uris``: the IRIs of cited documents by ``doc_id``."""
    text: str = document["text"]
    marks = _marks(document, parts, uris)
    has_directives = bool(parts["directives"])
    regions: dict[int, Element] = {}
    levels: dict[str, Element] = {}
    region = 0
    for row in _in_order(parts):
        if not text[row["start"] : row["end"]].strip():
            continue
        kind = "directive" if "path" in row else row["kind"]
        first = _FIRST_REGION.get(kind, region)
        if not has_directives and first == 1 and kind == "preamble":
            first = _BODY  # a text without directives is all preamble
        if region < first:
            region = first
            levels.clear()
        if region not in regions:
            regions[region] = SubElement(doc, _REGIONS[region])
        if "path" in row and region == _BODY:
            _level(levels, regions[region], row, text, marks)
        else:
            levels.clear()  # what stands between two levels closes them
            paragraphs(regions[region], text, row["start"], row["end"], marks, kind)
    _complete(doc, regions)


def _in_order(parts: dict[str, list[Row]]) -> list[Row]:
    """Directives, and what the segments hold besides them, in the order of the text."""
    directives = sorted(parts["directives"], key=lambda row: int(row["start"]))
    rows = list(directives)
    for segment in parts["segments"]:
        at = segment["start"]
        for row in directives:
            if row["start"] < segment["end"] and row["end"] > at:
                rows.append({"kind": segment["kind"], "start": at, "end": max(at, row["start"])})
                at = row["end"]
        rows.append({"kind": segment["kind"], "start": at, "end": max(at, segment["end"])})
    return sorted((row for row in rows if row["start"] < row["end"]), key=lambda row: int(row["start"]))


def _level(levels: dict[str, Element], body: Element, row: Row, text: str, marks: list[Mark]) -> None:
    """Add one directive below its parent, or to the body when that is not open."""
    path: str = row["path"]
    parent = levels.get(path.rpartition(".")[0])
    container = body if parent is None else parent
    if parent is not None:
        _as_intro(parent)
    eid = "__".join(f"level_{number}" for number in path.split("."))
    level = levels[path] = SubElement(container, "level", {"eId": eid})
    at = row["start"]
    for name, words in (("num", row["marker"]), ("heading", row["heading"])):
        found = text.find(words, at, row["end"]) if words else -1
        if found < 0 or text[at:found].strip():  # not printed there: it stays in the text
            break
        end = found + len(words)
        if name == "heading" and text[end : end + 1] in _HEADING_ENDS and end < row["end"]:
            end += 1
        inline(SubElement(level, name), text, found, end, marks)
        at = end
    content = SubElement(level, "content")
    paragraphs(content, text, at, row["end"], marks, "directive")


def _as_intro(level: Element) -> None:
    """What a directive says before its children is an ``intro``, and missing when it says nothing."""
    content = level.find("content")
    if content is None:
        return
    if len(content):
        content.tag = "intro"
    else:
        level.remove(content)


def _complete(doc: Element, regions: dict[int, Element]) -> None:
    """The schema wants a body, and something in every element that may hold blocks."""
    if _BODY not in regions:
        later = regions.get(_BODY + 1)
        body = Element("mainBody")
        doc.insert(len(doc) if later is None else list(doc).index(later), body)
        regions[_BODY] = body
    for element in [*regions.values(), *doc.iter("content")]:
        if not len(element):
            SubElement(element, "p")


def _marks(document: Row, parts: dict[str, list[Row]], uris: Mapping[str, str]) -> list[Mark]:
    """Everything in the text that gets an element of its own; the longer of two goes outside."""
    marks = [
        Mark(row["start"], row["end"], _INLINE[row["kind"]])
        for row in parts["segments"]
        if row["kind"] in _INLINE
    ]
    if document["date_issued"] and document["date_method"] == "signature":
        date = {"date": document["date_issued"].isoformat()}
        marks += [
            Mark(row["start"], row["end"], "docDate", date)
            for row in parts["segments"]
            if row["kind"] == "date"
        ]
    marks += [
        Mark(row["start"], row["end"], "span", {"class": f"measure {row['modality']}"})
        for row in parts["measures"]
    ]
    marks += [
        Mark(row["start"], row["end"], "organization", {"refersTo": f"#{issuer_id(row)}"})
        for row in parts["issuers"]
        if row["start"] is not None
    ]
    for row in parts["references"]:
        href = uris.get(row["target_doc_id"] or "", f"#{reference_id(row)}")
        marks.append(Mark(row["start"], row["end"], "ref", {"href": href}))
    marks += [
        Mark(row["start"], row["end"], "concept", {"refersTo": f"#{row['code']}"}) for row in parts["tags"]
    ]
    return marks
