"""What kind of file an input is: by its content where that tells, else by its suffix."""

from __future__ import annotations

import re
from typing import Literal

from pipeline.errors import ExtractError

Kind = Literal["text", "html", "docx", "pdf"]

DOCUMENT_SUFFIXES = frozenset(
    (
        ".txt",
        ".text",
        ".md",
        ".markdown",
        ".html",
        ".htm",
        ".shtml",
        ".xhtml",
        ".docx",
        ".pdf",
        ".doc",
        ".wps",
        ".rtf",
    )
)
"""What counts as a document in a folder. Old Word files are among them so that they are reported, not
passed over.
"""
TABLE_SUFFIXES = frozenset((".jsonl", ".ndjson", ".parquet"))
"""Files that hold many documents, one a row."""

_HTML_SUFFIXES = (".html", ".htm", ".shtml", ".xhtml")
_OLD_WORD = "save it as .docx or .txt"
_UNSUPPORTED = (
    (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "an old Office file (.doc, .wps): " + _OLD_WORD),
    (b"{\\rtf", "a rich text file: " + _OLD_WORD),
    (b"%!PS", "a PostScript file: convert it to text"),
)
_BINARY = (
    b"\x89PNG\r\n",
    b"\xff\xd8\xff",
    b"GIF87a",
    b"GIF89a",
    b"\x1f\x8b\x08",
    b"Rar!\x1a",
    b"7z\xbc\xaf'\x1c",
    b"\x7fELF",
    b"PAR1",
    b"BZh9",
    b"\xfd7zXZ\x00",
    b"SQLite format 3\x00",
    b"II*\x00",
    b"MM\x00*",
)
_ZIP = b"PK\x03\x04"
_HTML_START = re.compile(
    r"\ufeff?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*){0,3}<(?:!doctype\s+html|html|head|body)\b",
    re.I | re.S,
)
_HTML_TAG = re.compile(r"<(?:p|div|br|table|span|body|td)\b", re.I)


def container_kind(data: bytes) -> Kind | None:
    """``docx`` or ``pdf`` when the bytes start like one, None for what may be text.

    Raises ExtractError ``unsupported_format`` or ``binary`` (stage ``read``) for formats that hold no text
    to read.
    """
    if data.startswith(_ZIP):
        if b"word/" in data:
            return "docx"
        raise ExtractError("read", "unsupported_format", "a ZIP archive that is no .docx: unpack it first")
    if b"%PDF-" in data[:1024]:
        return "pdf"
    for start, advice in _UNSUPPORTED:
        if data.startswith(start):
            raise ExtractError("read", "unsupported_format", advice)
    if data.startswith(_BINARY):
        raise ExtractError("read", "binary", "the input is an image, an archive or a program, not a document")
    return None


def text_kind(text: str, name: str) -> Kind:
    """``html`` for a page, ``text`` for everything else (markdown included)."""
    if _HTML_START.match(text):
        return "html"
    return "html" if name.lower().endswith(_HTML_SUFFIXES) and _HTML_TAG.search(text) else "text"
