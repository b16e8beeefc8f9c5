"""The stages of one document, timed one by one."""

from __future__ import annotations

import sys
from importlib import import_module
from time import process_time
from typing import Any

from pipeline.normalize import normalize
from pipeline.read import read
from pipeline.read.source import Source
from pipeline.segment import segment
from pipeline.write.columns import to_tables

STAGES = ("read", "normalize", "segment", "tag", "record", "tables")


def stage_seconds(text: str, method: str = "both") -> dict[str, float]:
    """Processor seconds of each stage for one text; ``record`` is validation, ``tables`` Arrow."""
    import_module("pipeline.extract")
    module: Any = sys.modules["pipeline.extract"]  # the package's ``extract`` is the function
    tag, spent = module.tag, 0.0

    def timed(*arguments: Any, **options: Any) -> Any:
        nonlocal spent
        started = process_time()
        tagged = tag(*arguments, **options)
        spent += process_time() - started
        return tagged

    t0 = process_time()
    decoded = read(Source("bench", text.encode("utf-8", "surrogatepass")))
    t1 = process_time()
    normalized = normalize(decoded.raw_text)
    t2 = process_time()
    structure = segment(normalized.text)
    t3 = process_time()
    module.tag = timed
    try:
        part = module._Part(decoded, normalized, structure, "0" * 16, 0, len(normalized.text), None)
        record = module._record(part, None, method)
    finally:
        module.tag = tag
    t4 = process_time()
    to_tables([record])
    t5 = process_time()
    return {
        "read": t1 - t0,
        "normalize": t2 - t1,
        "segment": t3 - t2,
        "tag": spent,
        "record": t4 - t3 - spent,
        "tables": t5 - t4,
    }
