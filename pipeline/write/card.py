"""``README.md``: the dataset's card, with front matter as the Hugging Face hub reads it."""

from __future__ import annotations

import json

from pipeline.records import TABLES
from pipeline.tagging import Method
from pipeline.write.contents import Contents
from pipeline.write.dictionary import cell
from pipeline.write.schema import describe

NAME = "gongwen"
SUMMARY = (
    "Chinese official documents (公文) as validated tables: header fields, directives, measures with types of "
    "action, and the words of the text that carry each value."
)
TERMS = (
    "Tables and annotations: MIT. The texts are the documents' own and stay under the terms of the place they come "
    "from; Article 5 of the Copyright Law of the People's Republic of China excludes documents of state organs of a "
    "legislative, administrative or judicial nature."
)

_TAGGERS: dict[Method, str] = {
    "both": "rules and a small model",
    "rules": "the rules of the codebook",
    "model": "a small model",
}


def card(contents: Contents) -> str:
    """The whole card. One configuration a table, so that ``load_dataset(folder, "tags")`` reads one table; a table
    without rows has none, for that library loads no empty split.
    """
    return _front_matter(contents) + _about(contents) + _tables(contents) + _codes(contents) + _use()


def _front_matter(contents: Contents) -> str:
    """YAML; every scalar that is not a plain word is a JSON string, which YAML reads as it stands."""
    lines = [
        "---",
        f"pretty_name: {_quoted('Chinese official documents (公文)')}",
        "language: [zh]",
        "license: other",
        "license_name: mit-and-source-terms",
        "task_categories: [text-classification, token-classification]",
        "tags: [policy, government, official-documents, chinese, gongwen]",
        f"size_categories: [{_quoted(_size_category(contents.manifest.n_documents))}]",
        "configs:",
    ]
    for table in (table for table in TABLES if contents.manifest.tables[table].rows):
        lines += [
            f"- config_name: {table}",
            *(["  default: true"] if table == "documents" else []),
            f"  data_files: {_quoted(f'{table}.parquet')}",
        ]
    return "\n".join([*lines, "---", ""])


def _about(contents: Contents) -> str:
    manifest = contents.manifest
    versions = manifest.versions
    return f"""
# Chinese official documents (公文)

{SUMMARY}

{manifest.n_documents} documents from {len(manifest.inputs)} inputs; {manifest.n_rejects} inputs gave none (`rejects`).
Made by gongwen {versions.tool}: schema {versions.schema_}, codebook {versions.codebook}, segmenter {versions.segmenter}.

What a document does not state is null; what is inferred says so in its `*_method`. The same inputs give the same bytes.
Tags come from {_TAGGERS[manifest.parameters.method]}, each with the words it rests on; no language model is called.

## Terms

{TERMS}
"""


def _tables(contents: Contents) -> str:
    rows = "".join(
        f"| `{table}` | {contents.manifest.tables[table].rows} | {cell(describe(model))} |\n"
        for table, model in TABLES.items()
    )
    return f"""
## Tables

| table | rows | one row is |
|---|---|---|
{rows}
All join on `doc_id`. Every column is explained in `data_dictionary.md` and in the metadata of the Parquet files;
`croissant.json` describes the same for machines, and `_manifest.json` holds inputs, versions and SHA-256 sums.

Offsets (`start`, `end`) are half-open and count code points of `documents.text`; `raw_start`, `raw_end` count those of
`documents.raw_text`. The rows of `repairs`, replayed on `raw_text`, give `text`.
"""


def _codes(contents: Contents) -> str:
    rows = "".join(
        f"| `{code}` | {cell(str(entry['zh']))} | {contents.codes[code]} | {cell(str(entry['definition']))} |\n"
        for code, entry in contents.codebook.get("code", {}).items()
    )
    return f"""
## Codes

| code | 中文 | tags | it asks for |
|---|---|---|---|
{rows}
Cues, inclusions, exclusions and examples are in `codebook.json`; `crosswalk.json` has each code's counterparts in OxCGRT,
CoronaNet and CCCSL.
"""


def _use() -> str:
    return """
## Load it

```python
from datasets import load_dataset

tags = load_dataset("path/to/this/folder", "tags", split="train")
```

A table without rows has no configuration, because `datasets` loads no empty split; read it with pandas or pyarrow.

```python
import pandas as pd

documents = pd.read_parquet("documents.parquet", dtype_backend="pyarrow")  # dates stay dates
```

```sql
select code, count(*) from 'tags.parquet' group by code order by 2 desc;  -- DuckDB
```
"""


def _size_category(rows: int) -> str:
    """The hub's name for a size in rows."""
    below = (("n<1K", 1_000), ("1K<n<10K", 10_000), ("10K<n<100K", 100_000), ("100K<n<1M", 1_000_000))
    return next((name for name, limit in below if rows < limit), "1M<n<10M")


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)
