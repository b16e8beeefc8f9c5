"""Validated records → Arrow → sorted Parquet files → a published dataset."""
