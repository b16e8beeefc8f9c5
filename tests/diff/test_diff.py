from __future__ import annotations

import json
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
import pytest
from typer.testing import CliRunner

from pipeline import UsageError
from pipeline.cli import app
from pipeline.diff import as_json, as_lines, as_markdown, diff
from pipeline.diff.schema import code_changes, schema_changes

Edit = Callable[[pa.Table], pa.Table]
SEED = "9d5d80b1d896b129"


@pytest.fixture
def changed(seeds_dataset: Path, tmp_path: Path) -> Callable[..., Path]:
    """A copy of the dataset of the seeds with some tables edited."""

    def change(**edits: Edit) -> Path:
        shutil.copytree(seeds_dataset, tmp_path / "new")
        for table, edit in edits.items():
            file = tmp_path / "new" / f"{table}.parquet"
            pq.write_table(edit(pq.read_table(file)), file)
        return tmp_path / "new"

    return change


def replaced(column: str, doc_id: str, old: Any, new: Any) -> Edit:
    """Set the first value of a column in one document that is ``old`` (any for Ellipsis)."""

    def edit(table: pa.Table) -> pa.Table:
        values = table.column(column).to_pylist()
        keys = table.column("doc_id").to_pylist()
        place = next(n for n, v in enumerate(values) if keys[n] == doc_id and (old is ... or v == old))
        values[place] = new
        position = table.schema.get_field_index(column)
        field = table.schema.field(position)
        return table.set_column(position, field, pa.array(values, field.type))

    return edit


def first_tag(folder: Path) -> dict[str, Any]:
    tags = pq.read_table(folder / "tags.parquet").to_pylist()
    found: dict[str, Any] = next(row for row in tags if row["doc_id"] == SEED)
    return found


def test_a_dataset_does_not_differ_from_itself(seeds_dataset: Path) -> None:
    found = diff(seeds_dataset, seeds_dataset)
    assert not found
    assert list(as_lines(found)) == ["no difference: 5 documents are the same"]


def test_a_changed_cue_shows_up_by_document(seeds_dataset: Path, changed: Callable[..., Path]) -> None:
    tag = first_tag(seeds_dataset)
    found = diff(seeds_dataset, changed(tags=replaced("cue", SEED, tag["cue"], "另一个词")))
    (document,) = found.changed
    assert document.document["doc_id"] == SEED
    assert (document.fields, list(document.tables)) == ({}, ["tags"])
    (change,) = document.tables["tags"].changed
    assert change.values == {"cue": (tag["cue"], "另一个词")}
    assert change.name["code"] == tag["code"]
    assert found.n_unchanged == 4
    lines = list(as_lines(found))
    assert lines[0].startswith(f"~ {SEED} ")
    assert lines[1].startswith(f"    ~ tag {tag['code']} · ")
    assert lines[1].endswith(f": cue: {tag['cue']} → 另一个词")
    assert lines[2:] == ["documents +0 -0 ~1, tags +0 -0 ~1; 4 documents the same"]


def test_another_codebook_shows_up_though_its_version_is_the_same(
    seeds_dataset: Path, changed: Callable[..., Path]
) -> None:
    new = changed()
    manifest = json.loads((new / "_manifest.json").read_text(encoding="utf-8"))
    manifest["files"]["codebook.json"] = "0" * 64
    (new / "_manifest.json").write_text(json.dumps(manifest), encoding="utf-8")
    found = diff(seeds_dataset, new)
    assert list(found.versions) == ["codebook.json"]
    assert not found.breaking


def test_tags_that_come_and_go_are_named_with_their_words(
    seeds_dataset: Path, changed: Callable[..., Path]
) -> None:
    tag = first_tag(seeds_dataset)
    other = "training" if tag["code"] != "training" else "funding"
    (document,) = diff(seeds_dataset, changed(tags=replaced("code", SEED, tag["code"], other))).changed
    changes = document.tables["tags"]
    assert [row["code"] for row in changes.removed] == [tag["code"]]
    assert [(row["code"], row["cue"]) for row in changes.added] == [(other, tag["cue"])]


def test_a_field_and_a_directive_that_change(seeds_dataset: Path, changed: Callable[..., Path]) -> None:
    new = changed(
        documents=replaced("doc_number", SEED, ..., "闽委发明电〔2020〕2号"),
        directives=replaced("heading", SEED, ..., "另一个小标题"),
    )
    (document,) = diff(seeds_dataset, new).changed
    assert document.fields == {"doc_number": ("闽委发明电〔2020〕1号", "闽委发明电〔2020〕2号")}
    (change,) = document.tables["directives"].changed
    assert set(change.values) == {"heading"}
    assert change.name["path"] == "1"


def test_a_directive_put_in_front_does_not_change_the_others(
    seeds_dataset: Path, changed: Callable[..., Path]
) -> None:
    def without_first(table: pa.Table) -> pa.Table:
        mine = [n for n, key in enumerate(table.column("doc_id").to_pylist()) if key == SEED]
        keep = [n not in mine[:1] for n in range(len(table))]
        paths = [
            str(int(path) - 1) if n in mine[1:] else path
            for n, path in enumerate(table.column("path").to_pylist())
        ]
        position = table.schema.get_field_index("path")
        return table.set_column(position, table.schema.field(position), pa.array(paths)).filter(
            pa.array(keep)
        )

    (document,) = diff(changed(directives=without_first), seeds_dataset).changed
    changes = document.tables["directives"]
    assert [row["path"] for row in changes.added] == ["1"]
    assert changes.removed == []
    assert {tuple(change.values) for change in changes.changed} == {("path",)}


def test_documents_that_come_and_go(seeds_dataset: Path, changed: Callable[..., Path]) -> None:
    drop: Edit = lambda table: table.filter(pc.not_equal(table.column("doc_id"), SEED))  # noqa: E731
    new = changed(documents=drop, tags=drop)
    gone = diff(seeds_dataset, new)
    assert [row["doc_id"] for row in gone.removed] == [SEED]
    assert gone.totals() == {"documents": (0, 1, 0)}
    assert [row["doc_id"] for row in diff(new, seeds_dataset).added] == [SEED]


def test_a_source_that_was_edited_is_the_same_document(
    seeds: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from pipeline import build

    monkeypatch.chdir(tmp_path)
    Path("in").mkdir()
    text = next(seeds.glob("000_*.txt")).read_text("utf-8")
    for out, number in (("a", "1"), ("b", "7")):
        Path("in/notice.txt").write_text(text.replace("〔2020〕1", f"〔2020〕{number}"), "utf-8")
        build("in", out)
    found = diff("a", "b")
    (document,) = found.changed
    assert (found.added, found.removed) == ([], [])
    assert document.fields["doc_number"] == ("闽委发明电〔2020〕1号", "闽委发明电〔2020〕7号")
    assert next(iter(document.fields)) == "doc_id"
    assert document.tables == {}


def fields(**types: pa.DataType) -> dict[str, pa.Schema]:
    return {"t": pa.schema([pa.field(name, kind, nullable=False) for name, kind in types.items()])}


@pytest.mark.parametrize(
    ("old", "new", "breaking", "compatible"),
    [
        (fields(a=pa.string()), fields(a=pa.string()), [], []),
        (fields(a=pa.string()), fields(a=pa.int32()), ["column t.a is int32, was string"], []),
        (fields(a=pa.string(), b=pa.string()), fields(b=pa.string()), ["column t.a is gone"], []),
        (fields(a=pa.string()), fields(b=pa.string(), a=pa.string()), [], ["column t.b is new"]),
        (fields(a=pa.string()), {}, ["table t is gone"], []),
        ({}, fields(a=pa.string()), [], ["table t is new"]),
        (
            fields(a=pa.string()),
            {"t": pa.schema([pa.field("a", pa.string())])},
            ["column t.a may be null, never was before"],
            [],
        ),
    ],
)
def test_what_breaks_a_reader(
    old: dict[str, pa.Schema], new: dict[str, pa.Schema], breaking: list[str], compatible: list[str]
) -> None:
    assert schema_changes(old, new) == (breaking, compatible)


def test_a_retired_code_breaks_and_a_new_one_does_not() -> None:
    assert code_changes(["a", "b"], ["b", "c"]) == (
        ["code a is gone from the codebook"],
        ["code c is new in the codebook"],
    )
    assert code_changes(None, ["a"]) == ([], [])


def test_a_breaking_change_ends_with_1_in_every_format(
    seeds_dataset: Path, changed: Callable[..., Path]
) -> None:
    new = changed(tags=lambda table: table.drop_columns(["score"]))
    for form in ("terminal", "json", "markdown"):
        result = CliRunner().invoke(app, ["diff", str(seeds_dataset), str(new), "--format", form])
        assert result.exit_code == 1
        assert "tags.score is gone" in result.stdout.replace("\\", "")
    result = CliRunner().invoke(app, ["diff", str(new), str(seeds_dataset), "--format", "json"])
    content = json.loads(result.stdout)
    assert (result.exit_code, content["is_breaking"]) == (0, False)
    assert content["compatible"] == ["column tags.score is new"]


def test_json_has_everything_and_markdown_shows_it_without_obeying_it(
    seeds_dataset: Path, changed: Callable[..., Path]
) -> None:
    evil = "<img src=x>|`a`\x1b[31m@all"
    found = diff(seeds_dataset, changed(documents=replaced("signer", SEED, ..., evil)))
    assert json.loads(as_json(found))["changed"][0]["fields"]["signer"] == [None, evil]
    markdown = as_markdown(found)
    assert "| `documents` | 0 | 0 | 1 |" in markdown
    assert all(part not in markdown for part in ("<img", "\x1b", "`a`", "@all"))
    assert not any("\x1b" in line for line in as_lines(found))


def test_a_folder_without_a_dataset_is_an_error(seeds_dataset: Path, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no dataset there"):
        diff(seeds_dataset, tmp_path)
    (tmp_path / "_manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="not a dataset"):
        diff(tmp_path, seeds_dataset)
