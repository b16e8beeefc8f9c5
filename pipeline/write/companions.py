"""The files that stand beside the tables and explain them, each written from the records: never by hand."""

from __future__ import annotations

from pipeline.write.dataset import Companion

COMPANIONS: tuple[Companion, ...] = ()
"""Written in this order once the tables are there; the manifest vouches for them as it does for the
tables.
"""
