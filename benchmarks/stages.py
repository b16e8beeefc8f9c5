"""The stages of a batch of documents, timed one by one."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import ExitStack
from importlib import import_module
from time import process_time
from typing import Any
from unittest.mock import patch

from pipeline.write.columns import to_tables

STAGES = ("read", "normalize", "segment", "tag", "record", "tables")
_CALLS = {"read": "read", "normalize": "normalize", "segment": "segment", "complete": "segment", "tag": "tag"}
"""The functions that ``extract`` calls, with the stage that each belongs to."""


def stage_seconds(*texts: str, method: str = "both") -> dict[str, float]:
    """Processor seconds of each stage for a batch of texts; ``record`` is validation, ``tables`` Arrow, once for
    the whole batch.
    """
    import_module("pipeline.extract")
    module: Any = sys.modules["pipeline.extract"]  # the package's ``extract`` is the function
    spent = dict.fromkeys(STAGES, 0.0)

    def timed(stage: str, call: Callable[..., Any]) -> Callable[..., Any]:
        def run(*arguments: Any, **options: Any) -> Any:
            started = process_time()
            result = call(*arguments, **options)
            spent[stage] += process_time() - started
            return result

        return run

    with ExitStack() as stack:
        for name, stage in _CALLS.items():
            stack.enter_context(patch.object(module, name, timed(stage, getattr(module, name))))
        data = [text.encode("utf-8", "surrogatepass") for text in texts]
        started = process_time()
        records = [module.extract(one, method=method) for one in data]
        extracted = process_time()
    spent["record"] = extracted - started - sum(spent.values())
    to_tables(records)
    spent["tables"] = process_time() - extracted
    return spent
