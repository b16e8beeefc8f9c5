"""A worker whose extraction is a stand-in: fast, and with documents that crash, hang, dawdle or fail on demand."""

from __future__ import annotations

import argparse
import hashlib
import os
import time
from collections.abc import Sequence
from typing import Any, get_args

from pipeline.engines.worker import run
from pipeline.errors import ExtractError
from pipeline.read import read
from pipeline.read.source import Source
from pipeline.records import TABLES, Document, DocumentRecord


def stub_record(source: Source, max_bytes: int = 1_000_000) -> DocumentRecord:
    decoded = read(source, max_bytes=max_bytes)
    text = decoded.raw_text
    if "CRASH" in text:
        os._exit(3)
    if "HANG" in text:
        time.sleep(600)
    if "SLOW" in text:
        time.sleep(0.2)
    if "BUG" in text:
        raise KeyError("a mistake of ours")
    if "REFUSE" in text:
        raise ExtractError("segment", "refused", "on demand")
    return record_of(decoded.name, text, decoded.sha256, decoded.n_bytes)


class Stub:
    """The stand-in in two steps; all that can go wrong does in the second, where several are done together."""

    def __init__(self, max_bytes: int = 1_000_000) -> None:
        self.max_bytes = max_bytes

    def draft(self, source: Source) -> list[Source]:
        return [source]

    def finish(self, drafts: Sequence[list[Source]]) -> list[DocumentRecord]:
        return [stub_record(source, self.max_bytes) for [source] in drafts]


def record_of(name: str, text: str, sha256: str | None = None, n_bytes: int | None = None) -> DocumentRecord:
    """A document whose every line is one segment, with a repair that changed nothing."""
    data = text.encode()
    sha256 = sha256 or hashlib.sha256(data).hexdigest()
    doc_id = sha256[:16]
    segments: list[dict[str, Any]] = []
    start = 0
    for line in text.splitlines(keepends=True):
        end = start + len(line)
        span = {"start": start, "end": end, "raw_start": start, "raw_end": end}
        if line.strip():
            ordinal = len(segments) + 1
            segments.append(
                {"doc_id": doc_id, "ordinal": ordinal, "kind": "other", "text": text[start:end], **span}
            )
        start = end
    lines = text.split("\n")
    return DocumentRecord.model_validate(
        {
            **dict.fromkeys(
                name
                for name, field in Document.model_fields.items()
                if type(None) in get_args(field.annotation)
            ),
            **{key: [] for key in [*TABLES, "inner"] if key not in ("documents", "rejects")},
            "doc_id": doc_id,
            "source": name,
            "source_sha256": sha256,
            "source_bytes": n_bytes if n_bytes is not None else len(data),
            "source_encoding": "utf-8",
            "source_script": "hans",
            "is_official_document": True,
            "title": lines[0],
            "doc_number": next((line[3:] for line in lines if line.startswith("文号：")), None),
            "text": text,
            "raw_text": text,
            "n_directives": 0,
            "n_measures": 0,
            "n_repairs": 0,
            "segments": segments,
            "references": [
                {
                    "doc_id": doc_id,
                    "ordinal": ordinal,
                    "title": line[3:] if line.startswith("引题：") else None,
                    "doc_number": line[3:] if line.startswith("引号：") else None,
                    "issuer": None,
                    "relation": "mentions",
                    "target_doc_id": None,
                    "text": line,
                    "start": text.index(line),
                    "end": text.index(line) + len(line),
                }
                for ordinal, line in enumerate((x for x in lines if x.startswith("引")), start=1)
            ],
        }
    )


if __name__ == "__main__":
    parser = argparse.ArgumentParser()
    parser.add_argument("--max-bytes", type=int, default=1_000_000)
    parser.add_argument("--codebook")
    parser.add_argument("position_file")
    parser.add_argument("time_limit", type=float)
    arguments = parser.parse_args()
    run(Stub(arguments.max_bytes), arguments.position_file, arguments.time_limit)
