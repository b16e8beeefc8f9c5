"""A built dataset → one HTML file to look at it with: an overview, and a reader for each document.

How it is laid out: ``tables`` reads the Parquet files, ``overview`` and ``payload`` prepare what the page needs at
once and what it unpacks later, ``page`` puts template, ``style/``, ``script/`` and data together.
"""

from __future__ import annotations

import os
from pathlib import Path

from pipeline.errors import UsageError

REPORT = "report.html"

__all__ = ["REPORT", "write_report"]


def write_report(directory: Path, out: Path | None = None) -> Path:
    """Write the report of the dataset in ``directory`` to ``out`` (default: ``report.html`` beside the tables).

    The file needs nothing else: it opens from disk, asks no network, and runs only its own script. The same
    tables give the same bytes. Returns the path written. Raises UsageError when ``directory`` holds no dataset
    or ``out`` cannot be written.
    """
    from pipeline.report.overview import overview  # here, for the tree of one document needs none of it
    from pipeline.report.page import page_html
    from pipeline.report.payload import chunks
    from pipeline.report.tables import read_tables

    tables = read_tables(directory)
    packed = chunks(tables)
    html = page_html(overview(tables, packed.places), packed.data)
    target = out if out is not None else directory / REPORT
    unfinished = target.with_name(f".{target.name}.part")
    try:
        unfinished.write_text(html, encoding="utf-8", newline="\n")
        os.replace(unfinished, target)
    except OSError as failure:
        raise UsageError(f"{target}: cannot be written: {failure.strerror}") from None
    finally:
        unfinished.unlink(missing_ok=True)
    return target
