"""One document through all stages: bytes or text in, one validated ``DocumentRecord`` out."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from pipeline.assemble import Part, fields
from pipeline.errors import ExtractError
from pipeline.normalize import normalize
from pipeline.read import read
from pipeline.read.source import Decoded, Source
from pipeline.records import DocumentRecord
from pipeline.segment import segment
from pipeline.segment.portal import complete
from pipeline.tag import Codebook, Untagged, tag
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method

DOC_ID_LENGTH = 16  # hex digits of the source's SHA-256

__all__ = ["Draft", "ExtractError", "extract", "finish"]


def extract(
    data: bytes | str,
    *,
    name: str = "<text>",
    codebook: Codebook | None = None,
    method: Method = DEFAULT_METHOD,
    segmenter: str | Path = SHIPPED,
) -> DocumentRecord:
    """Everything of one document as one validated record.

    ``data``: the bytes of one input, or its text (hashed as UTF-8). ``name``: what ``source`` shall say. ``codebook``:
    another codebook than the shipped one. ``method``: whether codes come from the rules, the model or both.
    ``segmenter``: what a whole word is (see ``pipeline.tagging``). Raises ``ExtractError`` with stage and reason for what
    yields no document (empty, binary, undecodable input), ValueError for an unknown segmenter.
    """
    raw = data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data
    draft = Draft(read(Source(name, raw)))
    [record] = finish([draft], codebook=codebook, method=method, segmenter=segmenter)
    return record


class Draft:
    """An input that is decoded, normalised and taken apart, and waits to be tagged.

    Raises ExtractError when nothing is left of its text. Its length is that of the text, in characters.
    """

    def __init__(self, decoded: Decoded) -> None:
        normalized = normalize(decoded.raw_text)
        if not normalized.text.strip():
            raise ExtractError("normalize", "empty", "no text is left once page furniture is removed")
        structure = complete(segment(normalized.text), decoded.hints)
        doc_id = decoded.sha256[:DOC_ID_LENGTH]
        self.whole = Part(decoded, normalized, structure, doc_id, 0, len(normalized.text), None)

    def __len__(self) -> int:
        return len(self.whole.text)


def finish(
    drafts: Iterable[Draft],
    *,
    codebook: Codebook | None = None,
    method: Method = DEFAULT_METHOD,
    segmenter: str | Path = SHIPPED,
) -> list[DocumentRecord]:
    """The records of some inputs, tagged together: one by one they would be the same, but take longer."""
    wholes = [draft.whole for draft in drafts]
    untagged = [Untagged.of(part.structure) for whole in wholes for part in whole.parts()]
    tagged = iter(tag(untagged, codebook=codebook, method=method, segmenter=segmenter))
    return [DocumentRecord.model_validate(fields(whole, tagged)) for whole in wholes]
