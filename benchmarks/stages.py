"""The stages of a batch of documents, timed one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from time import process_time
from typing import Any, cast
from unittest.mock import patch

from pipeline.engines.batch import extract_batch, to_inputs
from pipeline.engines.worker import default_extractor
from pipeline.read import MAX_BYTES
from pipeline.read.source import Source
from pipeline.tagging import Method

STAGES = ("read", "normalize", "segment", "tag", "record", "tables")
_CALLS = (
    ("pipeline.read", "read", "read"),
    ("pipeline.extract", "normalize", "normalize"),
    ("pipeline.extract", "segment", "segment"),
    ("pipeline.extract", "complete", "segment"),
    ("pipeline.extract", "tag", "tag"),
    ("pipeline.engines.batch", "to_tables", "tables"),
)
"""The functions that make up a batch, by module, with the stage that each belongs to."""


def stage_seconds(*texts: str, method: str = "both") -> dict[str, float]:
    """Processor seconds of each stage for a batch of texts, done as a worker does it; ``record`` is validation and what
    is in no other stage.
    """
    spent = dict.fromkeys(STAGES, 0.0)

    def timed(stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            started = process_time()
            result = call(*arguments, **options)
            spent[stage] += process_time() - started
            return result

        return run

    inputs = to_inputs(Source("", text.encode("utf-8", "surrogatepass")) for text in texts)
    with ExitStack() as stack:
        for name, call, stage in _CALLS:
            import_module(name)
            module = sys.modules[name]  # ``pipeline.extract`` is a function of the package too
            stack.enter_context(patch.object(module, call, timed(stage, getattr(module, call))))
        extractor = default_extractor(None, MAX_BYTES, method=cast(Method, method))
        started = process_time()
        extract_batch(inputs, extractor)
        spent["record"] = process_time() - started - sum(spent.values())
    return spent
