"""Whole builds over a stand-in for extraction: what comes of each input, and that nothing else decides."""

from __future__ import annotations

import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from stub_build import stub_command
from stub_worker import Stub

import pipeline.engines.build as build_module
from pipeline import BuildError, QuarantinedError, UsageError, load
from pipeline.check import check
from pipeline.engines.batch import extract_batch
from pipeline.engines.build import Progress, build
from pipeline.write.columns import Tables

STUB_BUILD = Path(__file__).parent / "engines" / "stub_build.py"


@pytest.fixture(autouse=True)
def stub(monkeypatch: pytest.MonkeyPatch, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """Extraction by the stand-in: in this process, or in workers for tests that are marked so."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build_module, "worker_command", stub_command)
    if request.node.get_closest_marker("processes") is None:

        def run_here(batches: Iterable[pa.RecordBatch], *_: object, **__: object) -> Iterator[Tables]:
            return (extract_batch(batch, Stub()) for batch in batches)

        monkeypatch.setattr(build_module, "run_local", run_here)
    monkeypatch.setattr(build_module, "BATCH_INPUTS", 5)


def write(folder: Path, count: int = 12) -> Path:
    folder.mkdir(exist_ok=True)
    for number in range(count):
        cited = f"引号：某发〔2020〕{number + 1}号" if number % 2 else f"引题：通知{number - 1}"
        text = f"通知{number}\n文号：某发〔2020〕{number}号\n{cited}\n" + "正文。\n" * number
        (folder / f"{number:02}.txt").write_text(text, encoding="utf-8")
    return folder


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def errors(out: Path) -> dict[str, str]:
    return {row["source"]: row["error"] for row in load(out).rejects.to_pylist()}


@pytest.mark.processes
def test_every_bad_input_is_a_reject_and_every_good_one_a_document() -> None:
    folder = write(Path("in"))
    bad = {
        "empty.txt": b"",
        "blank.txt": " \r\n　".encode(),
        "binary.txt": bytes(range(256)) * 3,
        "image.txt": b"\x89PNG\r\n\x1a\n",
        "latin.txt": bytes(range(0x80, 0xA0)) * 20,
        "huge.txt": b"x" * 1_001,
        "crash.txt": b"CRASH",
        "bug.txt": b"BUG",
        "twin.txt": (folder / "03.txt").read_bytes(),
        "z_empty.txt": b"",
        "old.doc": b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1",
        "rows.jsonl": b'{"text": "\xe9\x80\x9a\xe7\x9f\xa5"}\n{"text": 1}\n',
    }
    for name, data in bad.items():
        (folder / name).write_bytes(data)
    (folder / "dangling.txt").symlink_to("nowhere")
    manifest = build(folder, "out", max_bytes=1_000)
    assert errors(Path("out")) == {
        "in/empty.txt": "empty",
        "in/blank.txt": "empty",
        "in/binary.txt": "binary",
        "in/image.txt": "binary",
        "in/latin.txt": "undecodable",
        "in/huge.txt": "too_large",
        "in/crash.txt": "crash",
        "in/bug.txt": "internal_error",
        "in/twin.txt": "duplicate",
        "in/z_empty.txt": "empty",
        "in/old.doc": "unsupported_format",
        "in/rows.jsonl#2": "malformed",
        "in/dangling.txt": "unreadable",
    }
    assert (manifest.n_documents, manifest.n_rejects, len(manifest.inputs)) == (13, 13, 26)
    assert check("out") == []


def test_a_duplicate_names_the_document_that_stands_for_it() -> None:
    folder = write(Path("in"), 2)
    (folder / "a_twin.txt").write_bytes((folder / "01.txt").read_bytes())
    build(folder, "out")
    dataset = load("out")
    (reject,) = dataset.rejects.to_pylist()
    stands = dict(
        zip(*(dataset.documents.column(name).to_pylist() for name in ("doc_id", "source")), strict=True)
    )
    assert reject["source"] == "in/a_twin.txt"
    assert stands[reject["detail"]] == "in/01.txt"


@pytest.mark.processes
def test_the_bytes_depend_neither_on_workers_nor_on_order_locale_or_hash_seed() -> None:
    folder = write(Path("in"), 40)
    build(folder, "a")
    build([folder / "39.txt", folder, folder / "01.txt"], "b", workers=3)
    environment = {
        **os.environ,
        "LC_ALL": "C",
        "PYTHONHASHSEED": "7",
        "PYTHONUTF8": "0",
        "TZ": "Asia/Shanghai",
    }
    subprocess.run([sys.executable, str(STUB_BUILD), "in", "c", "2"], check=True, env=environment)
    assert files(Path("a")) == files(Path("b")) == files(Path("c"))
    assert check("a") == []


def test_citations_are_resolved_over_the_whole_dataset() -> None:
    build(write(Path("in")), "out")
    dataset = load("out")
    titles = dict(
        zip(*(dataset.documents.column(name).to_pylist() for name in ("doc_id", "title")), strict=True)
    )
    cited = {
        titles[row["doc_id"]]: titles.get(row["target_doc_id"]) for row in dataset.references.to_pylist()
    }
    expected: dict[str, str | None] = {f"通知{n}": f"通知{n + (1 if n % 2 else -1)}" for n in range(12)}
    assert cited == {**expected, "通知0": None, "通知11": None}


class Extracted:
    """Counts what a build had to work on."""

    def __init__(self) -> None:
        self.last: Progress | None = None

    def __call__(self, progress: Progress) -> None:
        self.last = progress

    @property
    def fresh(self) -> int:
        return self.last.n_documents if self.last else 0


def rebuilt(source: str, out: str) -> int:
    """Build again in place; the bytes are those of a build from nothing. How many were worked on."""
    extracted = Extracted()
    build(source, out, progress=extracted)
    build(source, "fresh")
    assert files(Path(out)) == files(Path("fresh"))
    shutil.rmtree("fresh")
    return extracted.fresh


def test_a_second_build_works_on_new_and_changed_inputs_only() -> None:
    folder = write(Path("in"), 20)
    build(folder, "out")
    assert rebuilt("in", "out") == 0
    (folder / "05.txt").write_text("改过的通知", encoding="utf-8")
    (folder / "99.txt").write_text("新通知", encoding="utf-8")
    (folder / "07.txt").unlink()
    assert rebuilt("in", "out") == 2
    (folder / "08.txt").rename(folder / "renamed.txt")
    assert rebuilt("in", "out") == 1
    (folder / "12.txt").write_bytes((folder / "11.txt").read_bytes())  # a duplicate from now on
    assert rebuilt("in", "out") == 0
    assert check("out") == []


@pytest.mark.parametrize("change", ["parameter", "code", "damage", "no note"])
def test_nothing_is_taken_over_when_anything_else_changed(
    change: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(write(Path("in"), 6), "out")
    extracted = Extracted()
    max_bytes = 1_000_000 if change == "parameter" else 20_000_000
    if change == "code":
        monkeypatch.setattr("pipeline.write.reuse.fingerprint", lambda: "other code")
    elif change == "damage":
        with Path("out/tags.parquet").open("ab") as file:
            file.write(b"x")
    elif change == "no note":
        Path("out/.build/reuse.json").unlink()
    build("in", "out", max_bytes=max_bytes, progress=extracted)
    assert extracted.fresh == 6
    assert check("out") == []


def test_inputs_that_fail_are_listed_and_then_reported_under_on_error_fail() -> None:
    folder = write(Path("in"), 3)
    (folder / "twin.txt").write_bytes((folder / "00.txt").read_bytes())
    build(folder, "out", on_error="fail")
    (folder / "empty.txt").write_bytes(b"")
    with pytest.raises(QuarantinedError, match="1 of 5 inputs gave no document"):
        build(folder, "out", on_error="fail")
    assert errors(Path("out")) == {"in/empty.txt": "empty", "in/twin.txt": "duplicate"}


def test_wrong_usage_touches_nothing() -> None:
    write(Path("in"), 1)
    Path("file").write_text("")
    Path("nothing").mkdir()
    for sources, out, options in [
        ("in", "file", {}),
        ("nowhere", "out", {}),
        ("nothing", "out", {}),
        ([], "out", {}),
        ("in", "out", {"workers": 0}),
        ("in", "out", {"codebook": "nowhere.toml"}),
        ("in", "out", {"codebook": "file"}),
    ]:
        with pytest.raises(UsageError):
            build(sources, out, **options)  # type: ignore[arg-type]
    assert not Path("out").exists()


def test_the_manifest_vouches_for_everything_and_knows_no_clock() -> None:
    build(write(Path("in"), 3), "out")
    manifest = json.loads(Path("out/_manifest.json").read_bytes())
    assert set(manifest) == {"versions", "parameters", "inputs", "tables", "files"}
    assert set(manifest["versions"]) == {"tool", "schema", "codebook", "segmenter"}
    assert [entry["source"] for entry in manifest["inputs"]] == ["in/00.txt", "in/01.txt", "in/02.txt"]
    assert {len(entry["sha256"]) for entry in manifest["inputs"]} == {64}
    assert str(time.localtime().tm_year) not in json.dumps(
        {**manifest, "inputs": [], "tables": [], "files": {}}
    )


def test_a_dataset_that_is_open_stays_what_it_was_while_another_is_built() -> None:
    folder = write(Path("in"), 3)
    build(folder, "out")
    before = load("out")
    write(folder, 5)
    build(folder, "out")
    assert before.documents.num_rows == 3
    assert load("out").documents.num_rows == 5


def test_load_says_what_is_missing(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no dataset there"):
        load("nowhere")
    Path("empty").mkdir()
    with pytest.raises(UsageError, match="no dataset there"):
        load("empty")
    build(write(Path("in"), 1), "out")
    Path("out/_manifest.json").write_text("{}")
    with pytest.raises(UsageError, match="not a dataset of this version"):
        load("out")


def test_tables_come_as_arrow_and_as_pandas_with_real_dates() -> None:
    pandas = pytest.importorskip("pandas")
    build(write(Path("in"), 3), "out")
    dataset = load("out")
    frames = dataset.to_pandas()
    assert str(frames["documents"].dtypes["date_issued"]) == "date32[day][pyarrow]"
    assert len(frames["documents"]) == dataset.table("documents").num_rows == 3
    assert frames["documents"].attrs["table"] == "documents"
    assert not [
        name for frame in frames.values() for name, kind in frame.dtypes.items() if str(kind) == "object"
    ]
    assert (
        pandas.read_parquet("out/segments.parquet", dtype_backend="pyarrow").shape[0]
        == dataset.segments.num_rows
    )
    with pytest.raises(KeyError):
        dataset.table("nothing")


@pytest.mark.processes
def test_an_interrupted_build_cleans_up_and_leaves_no_process() -> None:
    folder = write(Path("in"), 3)
    build(folder, "out")
    old = files(Path("out"))
    (folder / "hang.txt").write_text("HANG")
    script = f"import sys; sys.path.insert(0, {str(STUB_BUILD.parent)!r}); import stub_build, pipeline.cli as cli\n"
    script += "import pipeline.engines.build as b; b.worker_command = stub_build.stub_command; cli.main()"
    command = [sys.executable, "-c", script, "build", "in", "--out", "out"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE, text=True)
    while not list(Path("out/.build").glob("spill/worker-*")):
        time.sleep(0.05)
    time.sleep(1)
    process.send_signal(signal.SIGINT)
    _, err = process.communicate(timeout=120)
    assert (process.returncode, err) == (130, "gongwen: interrupted; nothing was changed\n")
    assert files(Path("out")) == old
    assert {path.name for path in Path("out/.build").iterdir()} == {"lock", "reuse.json"}


@pytest.mark.processes
def test_a_build_killed_at_any_moment_leaves_a_whole_dataset_and_the_next_one_is_complete() -> None:
    folder = write(Path("in"), 60)
    build(folder, "out")
    old = files(Path("out"))
    for number in range(60):
        (folder / f"{number:02}.txt").write_text(f"另一批通知{number}", encoding="utf-8")
    build(folder, "scratch")
    new = files(Path("scratch"))
    rng = random.Random(1)
    seen: Counter[str] = Counter()
    for _ in range(4):
        process = subprocess.Popen([sys.executable, str(STUB_BUILD), "in", "out", "2"])
        time.sleep(rng.uniform(0.3, 2.0))
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert check("out") == []
        seen["old" if files(Path("out")) == old else "new"] += 1
        if seen["new"]:
            assert files(Path("out")) == new
    for _ in range(50):  # the workers of the last killed build may hold nothing, least of all the lock
        try:
            build(folder, "out")
            break
        except BuildError:
            time.sleep(0.1)
    assert files(Path("out")) == new
