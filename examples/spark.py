"""One table of the dataset by Spark: ``spark-submit examples/spark.py INPUTS OUT [TABLE]``.

The same function that every engine runs, Arrow in and Arrow out; the package must be on the executors. Rows come unsorted,
twins are not dropped and citations not resolved: those steps see the whole corpus, and are the build's.
"""

import sys
from collections.abc import Callable, Iterable, Iterator
from functools import cache

import pyarrow as pa

from pipeline.engines.batch import INPUTS, extract_batch
from pipeline.engines.worker import default_extractor
from pipeline.read import MAX_BYTES
from pipeline.write.schema import table_schema

extractor = cache(default_extractor)


def rows_of(table: str) -> Callable[[Iterable[pa.RecordBatch]], Iterator[pa.RecordBatch]]:
    """What ``mapInArrow`` takes: batches of ``name`` and ``data`` in, rows of one table out."""

    def extract(batches: Iterable[pa.RecordBatch]) -> Iterator[pa.RecordBatch]:
        for batch in batches:
            inputs = pa.RecordBatch.from_arrays(
                [batch["name"].cast(pa.string()), batch["data"].cast(pa.binary())], schema=INPUTS
            )
            yield extract_batch(inputs, extractor(None, MAX_BYTES))[table]

    return extract


if __name__ == "__main__":
    from pyspark.sql import SparkSession
    from pyspark.sql.pandas.types import from_arrow_schema

    source, out, table = [*sys.argv[1:], "measures"][:3]
    spark = SparkSession.builder.getOrCreate()
    files = spark.read.format("binaryFile").load(source).selectExpr("path as name", "content as data")
    files.mapInArrow(rows_of(table), from_arrow_schema(table_schema(table))).write.parquet(out)
