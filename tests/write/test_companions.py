"""The files beside the tables: what they say is what the tables and the records say."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

from pipeline import assets
from pipeline.records import TABLES
from pipeline.write.companions import COMPANIONS
from pipeline.write.contents import Contents
from pipeline.write.dictionary import allowed_values, cell
from pipeline.write.manifest import read_manifest


@pytest.fixture(scope="module")
def croissant(seeds_dataset: Path) -> dict[str, Any]:
    described: dict[str, Any] = json.loads((seeds_dataset / "croissant.json").read_text("utf-8"))
    return described


def test_the_manifest_vouches_for_every_companion(seeds_dataset: Path) -> None:
    assert set(read_manifest(seeds_dataset).files) == set(COMPANIONS)


def test_they_are_the_same_bytes_whenever_they_are_written(seeds_dataset: Path) -> None:
    contents = Contents.of(seeds_dataset, read_manifest(seeds_dataset))
    for name, companion in COMPANIONS.items():
        assert companion(contents) == (seeds_dataset / name).read_text("utf-8"), name


def test_the_card_has_a_configuration_for_each_table_with_rows(seeds_dataset: Path) -> None:
    yaml = pytest.importorskip("yaml")
    _, front, body = (seeds_dataset / "README.md").read_text("utf-8").split("---\n", 2)
    matter = yaml.safe_load(front)
    filled = [name for name, table in read_manifest(seeds_dataset).tables.items() if table.rows]
    assert [one["config_name"] for one in matter["configs"]] == filled
    assert all(one["data_files"] == f"{one['config_name']}.parquet" for one in matter["configs"])
    assert [one["config_name"] for one in matter["configs"] if one.get("default")] == ["documents"]
    assert (matter["language"], matter["size_categories"]) == (["zh"], ["n<1K"])
    assert all(f"| `{table}` |" in body for table in TABLES)


def test_the_card_counts_the_tags_of_each_code(seeds_dataset: Path) -> None:
    body = (seeds_dataset / "README.md").read_text("utf-8")
    codes = pq.read_table(seeds_dataset / "tags.parquet", columns=["code"]).column("code").to_pylist()
    rows = re.findall(r"^\| `(\w+)` \| [^|]+ \| (\d+) \|", body.partition("## Codes")[2], re.M)
    assert {code: int(count) for code, count in rows if int(count)} == {c: codes.count(c) for c in codes}
    assert len(rows) == len(assets.toml("codebook.toml")["code"])


def test_the_dictionary_has_a_line_for_each_column_and_counts_what_is_stated(seeds_dataset: Path) -> None:
    text = (seeds_dataset / "data_dictionary.md").read_text("utf-8")
    for table, section in zip(TABLES, text.split("\n## ")[1:], strict=True):
        lines = re.findall(r"^\| `(\w+)` \| ([^|]+) \| ([^|]+) \| ([^|]*) \|", section, re.M)
        data = pq.read_table(seeds_dataset / f"{table}.parquet")
        assert [name for name, *_ in lines] == data.column_names
        for name, _, _, stated in lines:
            if stated:
                column = data.column(name)
                assert stated == f"{len(column) - column.null_count} of {len(column)}"
            else:
                assert not data.schema.field(name).nullable


def test_closed_vocabularies_are_listed() -> None:
    assert allowed_values("documents", "source_script") == ("hans", "hant", "mixed")
    assert "accountability" in allowed_values("measures", "codes")
    assert allowed_values("documents", "title") == ()


def test_nothing_breaks_a_table_of_markdown() -> None:
    assert cell("a|b\n<c> \\") == "a\\|b &lt;c> \\\\"


def test_the_codebook_is_the_one_that_the_tags_were_made_with(seeds: Path, tmp_path: Path) -> None:
    from pipeline import build

    text = assets.path("codebook.toml").read_text("utf-8")
    (tmp_path / "book.toml").write_text(text.replace('version = "', 'version = "other ', 1), "utf-8")
    build(next(seeds.glob("003_*.txt")), tmp_path / "out", codebook=tmp_path / "book.toml")
    book = json.loads((tmp_path / "out" / "codebook.json").read_text("utf-8"))
    shipped = tomllib.loads(text)
    assert book["version"] == "other " + shipped["version"]
    assert {one.pop("code"): one for one in book["codes"]} == shipped["code"]
    assert [one["modality"] for one in book["modalities"]] == list(shipped["modality"])


def test_croissant_names_every_file_with_its_size_and_hash(
    croissant: dict[str, Any], seeds_dataset: Path
) -> None:
    tables = read_manifest(seeds_dataset).tables
    assert [file["@id"] for file in croissant["distribution"]] == [f"{table}.parquet" for table in TABLES]
    for file in croissant["distribution"]:
        assert file["encodingFormat"] == "application/x-parquet"
        assert file["contentSize"] == f"{(seeds_dataset / file['contentUrl']).stat().st_size} B"
        assert file["sha256"] == tables[file["@id"].removesuffix(".parquet")].sha256


def test_croissant_describes_every_column_and_refers_only_to_what_is_there(croissant: dict[str, Any]) -> None:
    fields = {field["@id"]: field for records in croissant["recordSet"] for field in records["field"]}
    assert set(fields) == {
        f"{table}/{name}" for table, model in TABLES.items() for name in model.model_fields
    }
    assert {fields["documents/date_issued"]["dataType"], fields["tags/score"]["dataType"]} == {
        "sc:Date",
        "sc:Float",
    }
    assert [name for name, field in fields.items() if field.get("repeated")] == [
        "addressees/expanded",
        "directives/codes",
        "measures/codes",
        "measures/actors",
        "measures/inherited_actors",
    ]
    targets = {field["references"]["field"]["@id"] for field in fields.values() if "references" in field}
    assert targets == {"documents/doc_id", "directives/directive_id", "measures/measure_id"}


def test_mlcroissant_finds_no_error_and_reads_every_row(seeds_dataset: Path) -> None:
    mlcroissant = pytest.importorskip("mlcroissant", reason="mlcroissant is not installed")
    dataset = mlcroissant.Dataset(jsonld=str(seeds_dataset / "croissant.json"))
    assert dataset.metadata.ctx.issues.errors == set()
    for table, file in read_manifest(seeds_dataset).tables.items():
        assert sum(1 for _ in dataset.records(table)) == file.rows
