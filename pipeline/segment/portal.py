"""What a portal's page says beside a document, where the document itself is silent.

A portal prints a table of metadata (索引号, 发文机关, 成文日期, 标题, 发文字号) that an editor typed in. It is weaker evidence
than the document, so it fills only what the text states nowhere, only when it reads as what it claims to be, and only
when it agrees with what the text does state; each field so filled is reported as a notice.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace
from datetime import date

from pipeline.segment.dates import parse_date
from pipeline.segment.issuers import issuing_organ
from pipeline.segment.numbers import DocumentNumber, parse_document_number
from pipeline.segment.organs import resolve, split_organs
from pipeline.segment.structure import IssuingOrgan, Notice, Structure
from pipeline.segment.titles import genre

KIND = "stated_by_page"
"""The kind of the notices: the field and what the page says of it."""

_NO_WORD = re.compile(r"[\W_]+")
_CUT_OFF = re.compile(r"(?:…|\.{2,})$")
_LONGEST_DELAY = (
    1  # years from that of a number to that of the date of issue: numbers are given late in a year
)


def complete(structure: Structure, hints: Mapping[str, str]) -> Structure:
    """``structure`` with null fields of the head filled from ``hints`` (values as printed, by field of ``documents``).

    Fills ``title`` (with the genre it names), ``doc_number``, ``issuers`` and ``date_issued``; the latter two say
    ``inferred``. A text that is no official document gets nothing, nor does one whose title is another than the page's.

    >>> from pipeline.segment import segment
    >>> page = {"date_issued": "2020-01-29", "doc_number": "国办发〔2020〕3号"}
    >>> text = "国务院办公厅关于做好防汛工作的通知\\n各省、自治区、直辖市人民政府：\\n要做好防汛工作。"
    >>> found = complete(segment(text), page)
    >>> found.number, found.date_issued, found.date_method
    ('国办发〔2020〕3号', datetime.date(2020, 1, 29), 'inferred')
    """
    if not hints or not structure.is_official_document or not _is_about(structure.title, hints.get("title")):
        return structure
    notices: list[Notice] = []
    made = structure
    issued = structure.date_issued or parse_date(hints.get("date_issued", ""))
    number = _number(structure, hints.get("doc_number", ""), issued)
    if structure.number is None and number:
        made = replace(
            made,
            number=number.text,
            number_agency=number.agency,
            number_year=number.year,
            number_serial=number.serial,
        )
        notices.append(_notice("doc_number", number.text))
    if structure.date_issued is None and issued and _follows(issued, made.number_year):
        made = replace(made, date_issued=issued, date_method="inferred")
        notices.append(_notice("date_issued", issued.isoformat()))
    if not structure.issuers:
        organs = _issuers(hints.get("issuer", ""), made.date_issued, number)
        if organs:
            made = replace(made, issuers=organs)
            notices.append(_notice("issuer", "、".join(o.canonical_name or "" for o in organs)))
    title = hints.get("title", "")
    if structure.title is None and genre(title) and not _CUT_OFF.search(title):
        made = replace(made, title=title, doc_type=genre(title))
        notices.append(_notice("title", title))
    return replace(made, notices=(*structure.notices, *notices)) if notices else structure


def _notice(field: str, value: str) -> Notice:
    return Notice(KIND, f"{field} {value}: the text states none", (0, 0))


def _is_about(title: str | None, page_title: str | None) -> bool:
    """Whether the page's statements can be about the document: the titles agree as far as both are there."""
    if not title or not page_title:
        return True
    one, other = _NO_WORD.sub("", title), _NO_WORD.sub("", _CUT_OFF.sub("", page_title))
    return one in other or other in one


def _number(structure: Structure, words: str, issued: date | None) -> DocumentNumber | None:
    """The number, when the whole cell is one with agency and year, and neither date nor issuer contradicts it."""
    number = parse_document_number(words, issued)
    if number is None or number.agency is None or (issued and not _follows(issued, number.year)):
        return None
    places = {organ.adcode for organ in structure.issuers if organ.adcode}
    if number.adcode and places and not any(place[:2] == number.adcode[:2] for place in places):
        return None
    return number


def _follows(issued: date, year: int | None) -> bool:
    """Whether a date of issue can belong to a number of a year."""
    return year is None or 0 <= issued.year - year <= _LONGEST_DELAY


def _issuers(words: str, issued: date | None, number: DocumentNumber | None) -> tuple[IssuingOrgan, ...]:
    """The organs of the cell, when it holds nothing else and each has a full name and a level."""
    spans = split_organs(words)
    if _NO_WORD.sub("", words) != "".join(_NO_WORD.sub("", words[start:end]) for start, end in spans):
        return ()
    organs = []
    for start, end in spans:
        known = resolve(words[start:end], date=issued, within=number.adcode if number else None)
        if known.canonical_name is None or known.level is None or known.organ is None:
            return ()
        organs.append(issuing_organ(known, None, "inferred", None))
    if number and number.adcode and organs and organs[0].adcode not in (None, number.adcode):
        return ()
    return tuple(organs)
