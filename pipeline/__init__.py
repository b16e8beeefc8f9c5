"""Chinese official documents (公文) as crawlers leave them → a validated Parquet dataset.

The public verbs: ``extract`` one document, ``build`` a dataset, ``load`` it, ``parse_document_number``.
"""

from __future__ import annotations

import sys
from importlib import import_module
from types import ModuleType
from typing import TYPE_CHECKING, Any

from pipeline.errors import BuildError, ExtractError, QuarantinedError, UsageError
from pipeline.version import SCHEMA_VERSION, __version__

if TYPE_CHECKING:
    from pipeline.dataset import Dataset, load
    from pipeline.engines.build import build
    from pipeline.extract import extract
    from pipeline.segment.numbers import parse_document_number

__all__ = [
    "SCHEMA_VERSION",
    "BuildError",
    "Dataset",
    "ExtractError",
    "QuarantinedError",
    "UsageError",
    "__version__",
    "build",
    "extract",
    "load",
    "parse_document_number",
]

_HOMES = {
    "build": "pipeline.engines.build",
    "Dataset": "pipeline.dataset",
    "load": "pipeline.dataset",
    "extract": "pipeline.extract",
    "parse_document_number": "pipeline.segment.numbers",
}


def __getattr__(name: str) -> Any:
    """Import a verb when it is first used: reading a dataset shall not load the machinery that makes one."""
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOMES[name]), name)


class _Package(ModuleType):
    """This package; its attribute ``extract`` is the verb even after the module of that name was imported."""

    def __setattr__(self, name: str, value: Any) -> None:
        verb = isinstance(value, ModuleType) and value.__name__ == _HOMES.get(name)
        super().__setattr__(name, getattr(value, name) if verb else value)


sys.modules[__name__].__class__ = _Package
