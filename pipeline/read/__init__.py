"""Bytes of any kind → a decoded source."""

from __future__ import annotations

import hashlib

from pipeline.errors import ExtractError
from pipeline.read.decode import decode
from pipeline.read.find import MAX_BYTES, SourceFile, find_files, find_sources, read_sources
from pipeline.read.kinds import container_kind, text_kind
from pipeline.read.source import Decoded, Source, Unreadable

__all__ = [
    "MAX_BYTES",
    "Decoded",
    "Source",
    "SourceFile",
    "Unreadable",
    "find_files",
    "find_sources",
    "read",
    "read_sources",
]


def read(source: Source, *, max_bytes: int = MAX_BYTES) -> Decoded:
    """The text of one input, with the encoding it was decoded from and what its page says about it.

    Plain text and markdown: ``raw_text`` is the decoded input, line ends and all. A page, a Word file or a
    PDF: ``raw_text`` is the text that it shows, and ``encoding`` says ``html/gb18030``, ``docx`` or
    ``pdf``.

    Raises ExtractError (stage ``read``): ``empty``, ``binary``, ``undecodable``, ``too_large``,
    ``unsupported_format``, ``missing_extra`` (an optional package is not installed), ``malformed``,
    ``too_deep``, ``no_text``, ``encrypted``.
    """
    data = source.data
    if len(data) > max_bytes:
        raise ExtractError("read", "too_large", f"{len(data)} bytes, the limit is {max_bytes}")
    hints: dict[str, str] = {}
    kind = container_kind(data)
    if kind == "docx":
        from pipeline.read.docx import docx_text

        text, encoding, confidence = docx_text(data), "docx", 1.0
    elif kind == "pdf":
        from pipeline.read.pdf import pdf_text

        text, encoding, confidence = pdf_text(data), "pdf", 1.0
    else:
        text, encoding, confidence = decode(data)
        if text_kind(text, source.name) == "html":
            from pipeline.read.html import html_text

            text, hints = html_text(text)
            encoding = f"html/{encoding}"
    if not text.strip():
        raise ExtractError("read", "no_text", f"no text to read in this {encoding} file")
    return Decoded(
        name=source.name,
        sha256=hashlib.sha256(data).hexdigest(),
        n_bytes=len(data),
        encoding=encoding,
        confidence=confidence,
        raw_text=text,
        hints=hints,
    )
