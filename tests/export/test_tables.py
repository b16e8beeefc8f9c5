from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import duckdb
import pandas as pd
import polars as pl
import pyarrow.csv
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipeline.cli import app
from pipeline.export import write_csv, write_duckdb, write_jsonl
from pipeline.records import TABLES


def rows(folder: Path, table: str) -> list[dict[str, Any]]:
    found: list[dict[str, Any]] = pq.read_table(folder / f"{table}.parquet").to_pylist()
    return found


@pytest.fixture(scope="module")
def awkward(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A dataset whose texts hold what breaks careless writers, in a folder whose name does too."""
    from pipeline import build

    folder = tmp_path_factory.mktemp("it's [a] *folder*")
    text = "甲县人民政府关于\"防汛\"，'工作'的通知\n各乡镇：\n一、加强值守。=cmd|' /C calc'!A0，值班\\n\"；\n"
    (folder / "in.txt").write_text(text, encoding="utf-8")
    build(folder / "in.txt", folder / "out")
    return folder / "out"


@pytest.fixture(scope="module", params=["seeds", "awkward"])
def folder(request: pytest.FixtureRequest, seeds_dataset: Path, awkward: Path) -> Path:
    return seeds_dataset if request.param == "seeds" else awkward


def test_json_lines_hold_every_row(folder: Path, tmp_path: Path) -> None:
    files = write_jsonl(folder, tmp_path / "new" / "folder")
    assert [file.stem for file in files] == list(TABLES)
    for file in files:
        read = [json.loads(line) for line in file.read_text("utf-8").split("\n")[:-1]]
        assert read == [json.loads(json.dumps(row, default=str)) for row in rows(folder, file.stem)]


def test_csv_holds_every_row_for_pandas_polars_and_duckdb(folder: Path, tmp_path: Path) -> None:
    for file in write_csv(folder, tmp_path):
        expected = rows(folder, file.stem)
        texts = [name for name, field in TABLES[file.stem].model_fields.items() if field.annotation is str]
        frame = pd.read_csv(file, dtype=str, keep_default_na=False, na_values=[])
        assert list(frame.columns) == list(TABLES[file.stem].model_fields)
        assert len(frame) == len(pl.read_csv(file, infer_schema=False)) == len(expected)
        with duckdb.connect() as connection:  # the shared one would stay busy with what is not fetched
            found = connection.execute("select count(*) from read_csv(?, all_varchar=true)", [str(file)])
            assert found.fetchall() == [(len(expected),)]
        for name in texts:
            assert frame[name].tolist() == [row[name] for row in expected]


def test_csv_tells_null_from_empty_and_writes_lists_as_json(seeds_dataset: Path, tmp_path: Path) -> None:
    write_csv(seeds_dataset, tmp_path)
    assert (tmp_path / "repairs.csv").read_bytes().startswith(b'\xef\xbb\xbf"doc_id"')
    strict = pyarrow.csv.ConvertOptions(strings_can_be_null=True, quoted_strings_can_be_null=False)
    for table in ("documents", "repairs"):
        read = pyarrow.csv.read_csv(
            tmp_path / f"{table}.csv",
            parse_options=pyarrow.csv.ParseOptions(newlines_in_values=True),
            convert_options=strict,
        )
        for name in ("doc_number", "after"):
            if name in read.column_names:
                assert read.column(name).to_pylist() == [row[name] for row in rows(seeds_dataset, table)]
    documents = pl.read_csv(tmp_path / "documents.csv", try_parse_dates=True)
    assert documents["date_issued"].dtype == pl.Date
    assert documents["doc_number"].null_count() == 4
    measures = pd.read_csv(tmp_path / "measures.csv")
    assert [json.loads(cell) for cell in measures["codes"]] == [
        r["codes"] for r in rows(seeds_dataset, "measures")
    ]


def test_duckdb_holds_every_row_with_types_and_comments(folder: Path, tmp_path: Path) -> None:
    target = write_duckdb(folder, tmp_path / "it's.duckdb")
    assert write_duckdb(folder, target) == target  # replaces its own earlier file
    with duckdb.connect(str(target), read_only=True) as connection:
        for table in TABLES:
            assert connection.table(f'"{table}"').to_arrow_table().to_pylist() == rows(folder, table)
        types = dict(
            connection.execute(
                "select table_name || '.' || column_name, data_type from duckdb_columns() where not internal"
            ).fetchall()
        )
        assert types["documents.date_issued"] == "DATE"
        assert types["measures.codes"] == "VARCHAR[]"
        comments = connection.execute(
            "select count(*) from duckdb_columns() where comment is null and not internal "
            "and table_name <> 'evidence'"
        ).fetchone()
        assert comments == (0,)
        evidence = connection.execute("select count(*), count(title) from evidence").fetchone()
        assert evidence is not None
        assert evidence[0] == len(rows(folder, "tags"))
    assert [file.name for file in tmp_path.iterdir()] == ["it's.duckdb"]


def test_the_command_writes_each_form_and_says_so(seeds_dataset: Path, tmp_path: Path) -> None:
    run = CliRunner().invoke
    for option, name in (("--csv", "c"), ("--jsonl", "j"), ("--duckdb", "d.duckdb")):
        result = run(app, ["export", str(seeds_dataset), option, str(tmp_path / name)])
        assert (result.exit_code, result.stderr) == (0, "")
        assert str(tmp_path / name) in result.stdout
    result = run(app, ["export", str(seeds_dataset), "--akn", "9d5d80b1d896b129"])
    assert result.stdout.startswith('<?xml version="1.0" encoding="UTF-8"?>\n<akomaNtoso ')
    run(app, ["export", str(seeds_dataset), "--akn", "9d5d80b1d896b129", "--out", str(tmp_path / "a.xml")])
    assert (tmp_path / "a.xml").read_text("utf-8") == result.stdout


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ([], "give exactly one of"),
        (["--csv", "a", "--jsonl", "b"], "give exactly one of"),
        (["--csv", "a", "--out", "b"], "--out goes with --akn"),
        (["--akn", "nothing"], "--akn: no document nothing"),
        (["--csv", "file"], "file: not a folder"),
        (["--duckdb", "folder"], "folder: is a folder"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(
    arguments: list[str], message: str, seeds_dataset: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("file").write_text("")
    Path("folder").mkdir()
    result = CliRunner().invoke(app, ["export", str(seeds_dataset), *arguments])
    assert (result.exit_code, result.stdout) == (2, "")
    assert result.stderr.startswith(f"gongwen: {message}")
    assert result.stderr.count("\n") == 1
