from __future__ import annotations

import os
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from pipeline.errors import UsageError
from pipeline.read import Source, Unreadable, find_sources


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def write(path: Path, content: str | bytes = "通知") -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content.encode() if isinstance(content, str) else content)


def names(*paths: str, **options: object) -> list[str]:
    return [source.name for source in find_sources(paths, **options)]  # type: ignore[arg-type]


def test_a_folder_is_walked_in_the_order_of_names_and_only_documents_are_taken(folder: Path) -> None:
    for name in (
        "in/b.txt",
        "in/a/z.md",
        "in/a.TXT",
        "in/.hidden.txt",
        "in/.git/x.txt",
        "in/p.png",
        "in/README",
    ):
        write(folder / name)
    assert names("in") == ["in/a.TXT", "in/a/z.md", "in/b.txt"]
    assert names("./in/", "in/b.txt", "in//a") == names("in")


def test_a_file_given_by_name_is_taken_whatever_its_suffix(folder: Path) -> None:
    write(folder / "notice.dat")
    assert names("notice.dat") == ["notice.dat"]


def test_the_output_folder_is_not_read_as_input(folder: Path) -> None:
    write(folder / "a.txt")
    write(folder / "out" / "b.txt")
    assert names(".", exclude=folder / "out") == ["a.txt"]


@pytest.mark.parametrize(
    ("path", "message"), [("nowhere", "no such file or folder"), ("in", "no documents in this folder")]
)
def test_what_cannot_be_read_at_all_is_wrong_usage(folder: Path, path: str, message: str) -> None:
    write(folder / "in" / "picture.png")
    with pytest.raises(UsageError, match=message):
        names(path)


def test_each_line_of_json_is_a_source_and_bad_lines_say_why(folder: Path) -> None:
    lines = ['{"text": "通知一"}', "", "not json", '{"body": "通知"}', '{"text": null}', '{"text": 3}', "[1]"]
    write(folder / "a.jsonl", "\n".join([*lines, '{"text": "\\ud83d 半个"}']))
    found = list(find_sources(["a.jsonl"]))
    assert [source.name for source in found] == [f"a.jsonl#{line}" for line in (1, 3, 4, 5, 6, 7, 8)]
    assert found[0] == Source("a.jsonl#1", "通知一".encode())
    assert [source.error for source in found if isinstance(source, Unreadable)] == [
        "malformed",
        "no_text_column",
        "malformed",
        "malformed",
    ]
    assert found[3] == Source("a.jsonl#5", b"")
    assert found[6] == Source("a.jsonl#8", "\ufffd 半个".encode())


def test_each_row_of_parquet_is_a_source(folder: Path) -> None:
    pq.write_table(pa.table({"content": ["甲", None, "乙"], "n": [1, 2, 3]}), "a.parquet")
    found = list(find_sources(["a.parquet"], "content"))
    assert found == [
        Source("a.parquet#1", "甲".encode()),
        Source("a.parquet#2", b""),
        Source("a.parquet#3", "乙".encode()),
    ]
    (missing,) = find_sources(["a.parquet"])
    assert isinstance(missing, Unreadable)
    assert "--text-column" in missing.detail
    write(folder / "b.parquet", b"no parquet")
    (broken,) = find_sources(["b.parquet"])
    assert isinstance(broken, Unreadable)
    assert broken.error == "malformed"


def test_a_pipe_is_not_waited_for(folder: Path) -> None:
    os.mkfifo(folder / "a.txt")
    assert list(find_sources(["."])) == [Unreadable("a.txt", "unreadable", "not a regular file")]


def test_a_parquet_file_that_is_damaged_inside_is_reported(folder: Path) -> None:
    pq.write_table(
        pa.table({"text": ["通知" * 100] * 50}), "a.parquet", compression="none", use_dictionary=False
    )
    data = bytearray((folder / "a.parquet").read_bytes())
    data[4:60] = b"\xff" * 56
    (folder / "a.parquet").write_bytes(data)
    (broken,) = find_sources(["a.parquet"])
    assert isinstance(broken, Unreadable)
    assert broken.error == "malformed"


def test_inputs_above_the_limit_are_never_loaded(folder: Path) -> None:
    write(folder / "a.txt", "x" * 101)
    write(folder / "b.jsonl", '{"text": "%s"}\n{"text": "ok"}\n' % ("x" * 70_000))
    large, line, fine = find_sources(["a.txt", "b.jsonl"], max_bytes=100)
    assert isinstance(large, Unreadable)
    assert isinstance(line, Unreadable)
    assert (large.error, line.error, fine.name) == ("too_large", "too_large", "b.jsonl#2")
