"""Inputs and datasets behind URLs, with fsspec's file system in memory."""

from __future__ import annotations

import io
import sys
import zipfile
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa
import pytest
from stub_worker import Stub

import pipeline.engines.build as build_module
from pipeline import BuildError, UsageError, load
from pipeline.engines.batch import extract_batch
from pipeline.engines.build import Progress, build
from pipeline.engines.remote import is_url
from pipeline.write.columns import Tables

fsspec = pytest.importorskip("fsspec")


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Extraction by the stand-in, in this process."""

    def run_here(batches: Iterable[pa.RecordBatch], *_: object, **__: object) -> Iterator[Tables]:
        return (extract_batch(batch, Stub()) for batch in batches)

    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build_module, "run_local", run_here)


@pytest.fixture
def store() -> Iterator[Any]:
    files = fsspec.filesystem("memory")
    for number in range(5):
        files.pipe_file(f"/in/deep/{number}.txt", f"通知{number}".encode())
    files.pipe_file("/in/rows.jsonl", '{"text": "通知甲"}\n{"text": "通知乙"}\n'.encode())
    files.pipe_file("/in/empty.txt", b"")
    files.pipe_file("/in/.hidden/x.txt", "不读".encode())
    files.pipe_file("/in/picture.png", b"\x89PNG")
    yield files
    files.rm("/", recursive=True)


def stored(files: Any, folder: str) -> dict[str, bytes]:
    """The dataset's files at a URL, without the note on what made it."""
    return {path.rpartition("/")[2]: files.cat_file(path) for path in files.ls(folder, detail=False)}


def test_inputs_behind_a_url_are_read_and_named_by_it(store: Any) -> None:
    manifest = build("memory://in", "out")
    names = [f"memory://in/deep/{number}.txt" for number in range(5)]
    assert [row.source for row in manifest.inputs] == [
        *names,
        "memory://in/empty.txt",
        "memory://in/rows.jsonl#1",
        "memory://in/rows.jsonl#2",
    ]
    assert load("out").rejects.column("source").to_pylist() == ["memory://in/empty.txt"]
    assert list(Path("out/.build").glob("spill/*")) == []


def test_urls_and_paths_go_together_in_the_order_of_their_names(store: Any) -> None:
    Path("local.txt").write_text("通知丙", "utf-8")
    manifest = build(["memory://in/deep/3.txt", "local.txt", "memory://in/deep/3.txt"], "out")
    assert [row.source for row in manifest.inputs] == ["local.txt", "memory://in/deep/3.txt"]


def test_what_a_store_withholds_and_what_is_too_long_are_rejects(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    store.pipe_file("/in/long.txt", b"x" * 5_000)
    opened = type(store).open

    def withheld(files: Any, path: str, *arguments: Any, **options: Any) -> Any:
        if path.endswith("2.txt"):
            raise PermissionError(13, "Permission denied")
        assert not path.endswith("long.txt"), "its size is known: it need not be fetched"
        return opened(files, path, *arguments, **options)

    monkeypatch.setattr(type(store), "open", withheld)
    build("memory://in", "out", max_bytes=1_000)
    rejects = load("out").rejects.to_pylist()
    assert {row["source"]: row["error"] for row in rejects} == {
        "memory://in/deep/2.txt": "unreadable",
        "memory://in/empty.txt": "empty",
        "memory://in/long.txt": "too_large",
    }


def test_a_dataset_at_a_url_is_the_one_that_a_folder_would_hold(store: Any) -> None:
    build("memory://in", "out")
    build("memory://in", "memory://out/data")
    expected = {path.name: path.read_bytes() for path in Path("out").iterdir() if path.is_file()}
    assert {name: data for name, data in stored(store, "/out/data").items() if name in expected} == expected
    assert load("memory://out/data").documents.equals(load("out").documents)


def test_a_dataset_at_a_url_is_brought_up_to_date(store: Any) -> None:
    done: list[Progress] = []
    build("memory://in", "memory://in/out")
    store.pipe_file("/in/deep/1.txt", "另一份通知".encode())
    store.rm_file("/in/deep/4.txt")
    build("memory://in", "memory://in/out", progress=done.append)  # its own output is not read
    assert (done[-1].n_reused, done[-1].n_documents) == (5, 1)
    again = stored(store, "/in/out")
    store.rm("/in/out", recursive=True)
    build("memory://in", "scratch")
    for path in Path("scratch").iterdir():
        if path.is_file():
            assert again[path.name] == path.read_bytes(), path.name


def test_a_damaged_dataset_at_a_url_is_done_again(store: Any) -> None:
    done: list[Progress] = []
    build("memory://in", "memory://out")
    store.pipe_file("/out/tags.parquet", b"damaged")
    build("memory://in", "memory://out", progress=done.append)
    assert (done[-1].n_reused, done[-1].n_documents) == (0, 7)
    assert load("memory://out").tags.num_rows == 0


def test_the_manifest_comes_last_and_a_store_that_refuses_is_one_line(
    store: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    build("memory://in", "memory://out")
    before = store.cat_file("/out/_manifest.json")
    store.pipe_file("/in/new.txt", "新通知".encode())
    put = type(store).put_file
    sent: list[str] = []

    def refused(files: Any, source: str, target: str, **options: Any) -> None:
        sent.append(target.rpartition("/")[2])
        if sent[-1] == "tags.parquet":
            raise OSError("quota exceeded")
        put(files, source, target, **options)

    with monkeypatch.context() as patch:
        patch.setattr(type(store), "put_file", refused)
        with pytest.raises(BuildError, match="memory://out: quota exceeded"):
            build("memory://in", "memory://out")
    assert store.cat_file("/out/_manifest.json") == before
    build("memory://in", "memory://out")
    assert load("memory://out").documents.num_rows == 8


def test_an_archive_is_a_folder_like_any_other(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("a/1.txt", "通知一")
        archive.writestr("b/2.txt", "通知二")
        archive.writestr("../../escaped.txt", "通知三")
    (tmp_path / "pack.zip").write_bytes(packed.getvalue())
    url = f"zip://::{tmp_path / 'pack.zip'}"
    manifest = build(url, "out")
    assert manifest.n_documents == 2
    assert f"zip://a/1.txt::{tmp_path / 'pack.zip'}" in [row.source for row in manifest.inputs]
    assert {path.name for path in tmp_path.parent.glob("**/escaped.txt")} == set()


def test_a_damaged_member_of_an_archive_costs_itself(tmp_path: Path) -> None:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("1.txt", "通知一" * 999)
        archive.writestr("2.txt", "通知二" * 999)
    data = bytearray(packed.getvalue())
    data[40:50] = b"\xff" * 10  # within the first member
    (tmp_path / "pack.zip").write_bytes(data)
    manifest = build(f"zip://::{tmp_path / 'pack.zip'}", "out")
    assert (manifest.n_documents, manifest.n_rejects) == (1, 1)
    assert load("out").rejects.column("error").to_pylist() == ["unreadable"]
    (tmp_path / "pack.zip").write_bytes(data[:90])
    with pytest.raises(UsageError, match="zip"):
        build(f"zip://::{tmp_path / 'pack.zip'}", "out")


def test_a_file_url_is_the_path_that_it_names(store: Any, tmp_path: Path) -> None:
    folder = tmp_path / "in"
    folder.mkdir()
    (folder / "a.txt").write_text("通知一", "utf-8")
    manifest = build(f"file://{folder}", f"file://{tmp_path}/out")
    assert [row.source for row in manifest.inputs] == [str(folder / "a.txt")]
    assert load(f"file://{tmp_path}/out").documents.equals(load(tmp_path / "out").documents)


@pytest.mark.parametrize(
    ("place", "expected"),
    [
        ("s3://b/k", True),
        ("zip://a::x.zip", True),
        ("in/a.txt", False),
        ("C:/a", False),
        ("file:///a", False),
    ],
)
def test_what_is_a_url(place: str, expected: bool) -> None:
    assert is_url(place) is expected
    assert not is_url(Path(place))


def test_wrong_urls_are_one_line(store: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    store.pipe_file("/pictures/a.png", b"\x89PNG")
    for url, complaint in [
        ("memory://nowhere", "memory://nowhere: "),
        ("memory://pictures", "no documents there"),
        ("nonsense://a", "nonsense"),
    ]:
        with pytest.raises(UsageError, match=complaint):
            build(url, "out")
    with pytest.raises(UsageError, match="no dataset there"):
        load("memory://nowhere")
    monkeypatch.setitem(sys.modules, "fsspec", None)
    with pytest.raises(UsageError, match=r"pip install 'gongwen\[dask\]'"):
        build("memory://in", "out")
