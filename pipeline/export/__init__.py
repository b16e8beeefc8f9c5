"""A built dataset → the same content for other tools: DuckDB, CSV, JSON Lines, Akoma Ntoso XML."""

from pipeline.export.akoma_ntoso import akoma_ntoso
from pipeline.export.tables import write_csv, write_duckdb, write_jsonl

__all__ = ["akoma_ntoso", "write_csv", "write_duckdb", "write_jsonl"]
