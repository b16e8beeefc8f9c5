"""A worker process: reads batches of inputs on its standard input, writes their rows on its standard output.

Inputs come as one Arrow stream. Rows go out in frames: a byte that says which table, the length, and an
Arrow record batch without schema; ``END`` closes a batch. Which input is at work stands in a small shared
file, so that the parent knows whom to blame when the process dies or hangs. Nothing is pickled.
"""

from __future__ import annotations

import argparse
import faulthandler
import gc
import mmap
import os
import signal
import struct
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import BinaryIO, get_args

import pyarrow as pa

from pipeline.engines.batch import Extractor, extract_batch
from pipeline.read.source import Source
from pipeline.records import TABLES, DocumentRecord
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, Method

FRAME = struct.Struct("<BQ")
POSITION = struct.Struct("<q")
END = 255
_COLLECT_AFTER = (50_000, 20, 20)  # objects, then rounds; a record is a few hundred objects and no cycles
_GRACE = 60.0  # seconds to load what the stages need
TABLE_NAMES = tuple(TABLES)


def serve(
    extractor: Extractor, inputs: BinaryIO, rows: BinaryIO, position: mmap.mmap, time_limit: float
) -> None:
    """Work on batches until the stream of inputs ends."""

    def at_start(row: int) -> None:
        POSITION.pack_into(position, 0, row)

    with pa.ipc.open_stream(inputs) as stream:
        for number_of_batch, batch in enumerate(stream):
            # the parent keeps the time; this is for the case that it was killed and nobody does
            faulthandler.dump_traceback_later(_GRACE + time_limit * batch.num_rows, exit=True)
            tables = extract_batch(batch, extractor, at_start)
            for number, table in enumerate(TABLE_NAMES):
                if tables[table].num_rows:
                    data = tables[table].serialize()
                    rows.write(FRAME.pack(number, len(data)))
                    rows.write(data)
            rows.write(FRAME.pack(END, 0))
            rows.flush()
            faulthandler.cancel_dump_traceback_later()
            if number_of_batch == 0:
                spare_collector()


def spare_collector() -> None:
    """Keep the garbage collector off what was loaded once: it would walk tables and models again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(*_COLLECT_AFTER)


def run(extractor: Extractor, position_file: str, time_limit: float) -> None:
    """Serve on this process's standard streams; what anything prints goes to standard error instead."""
    faulthandler.enable()
    if hasattr(faulthandler, "register"):
        faulthandler.register(signal.SIGUSR1, all_threads=False)  # the parent asks where a hanging input is
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the parent's to handle
    rows = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    with open(position_file, "r+b") as file, mmap.mmap(file.fileno(), POSITION.size) as position:
        serve(extractor, sys.stdin.buffer, rows, position, time_limit)


def default_extractor(
    codebook: Path | None,
    max_bytes: int,
    *,
    method: Method = DEFAULT_METHOD,
    segmenter: str | Path = SHIPPED,
) -> Extractor:
    """``extract`` with a codebook, a size limit, a method of tagging and a segmenter, everything loaded once.

    Raises ValueError for an unknown segmenter.
    """
    from pipeline.extract import Draft, finish
    from pipeline.read import read
    from pipeline.tag import load_codebook
    from pipeline.tag.nlp import word_finder

    if method != "rules":
        word_finder(segmenter)
    book = load_codebook(codebook) if codebook else None

    class Default:
        def draft(self, source: Source) -> Draft:
            return Draft(read(source, max_bytes=max_bytes))

        def finish(self, drafts: Sequence[Draft]) -> list[DocumentRecord]:
            return finish(drafts, codebook=book, method=method, segmenter=segmenter)

    return Default()


def main() -> None:
    """Entry point of the process."""
    parser = argparse.ArgumentParser()
    parser.add_argument("position_file")
    parser.add_argument("time_limit", type=float)
    parser.add_argument("--codebook", type=Path)
    parser.add_argument("--max-bytes", type=int, required=True)
    parser.add_argument("--method", choices=get_args(Method), default=DEFAULT_METHOD)
    parser.add_argument("--segmenter", default=SHIPPED)
    arguments = parser.parse_args()
    extractor = default_extractor(
        arguments.codebook, arguments.max_bytes, method=arguments.method, segmenter=arguments.segmenter
    )
    run(extractor, arguments.position_file, arguments.time_limit)


if __name__ == "__main__":
    main()
