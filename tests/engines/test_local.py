from __future__ import annotations

import os
import signal
import sys
import threading
import time
from collections.abc import Iterator, Sequence
from pathlib import Path

import pytest
from stub_worker import Stub

from pipeline.engines.batch import ALL, TOGETHER, extract_batch, stage_of, to_inputs
from pipeline.engines.local import run_local, worker_command
from pipeline.errors import BuildError, ExtractError
from pipeline.read.kinds import text_kind
from pipeline.read.source import Source
from pipeline.records import DocumentRecord

STUB = [sys.executable, "-P", str(Path(__file__).parent / "stub_worker.py")]


def run(
    tmp_path: Path, *batches: list[str], workers: int = 1, time_limit: float = 30.0
) -> dict[str, list[str]]:
    """Source → what came of it, over batches of texts; the source's name is its text."""
    found: dict[str, list[str]] = {}
    inputs = (to_inputs(Source(text, text.encode()) for text in batch) for batch in batches)
    for tables in run_local(inputs, STUB, tmp_path, workers=workers, time_limit=time_limit):
        for row in tables["documents"].to_pylist():
            found.setdefault(row["source"], []).append("document")
        for row in tables["rejects"].to_pylist():
            found.setdefault(row["source"], []).append(row["error"])
    return found


def test_every_input_is_a_document_or_a_reject_even_when_workers_die(tmp_path: Path) -> None:
    batches = [[f"{batch}-{row}" for row in range(5)] for batch in range(6)]
    batches[1][2], batches[3][0], batches[4][1] = "CRASH", "BUG", "REFUSE"
    found = run(tmp_path, *batches, workers=2)
    assert found == {
        text: [{"C": "crash", "B": "internal_error", "R": "refused"}.get(text[0], "document")]
        for batch in batches
        for text in batch
    }


def test_an_input_that_hangs_costs_its_time_limit_and_itself(tmp_path: Path) -> None:
    started = time.monotonic()
    found = run(tmp_path, ["a", "HANG", "b"], time_limit=2.0)
    assert found == {"a": ["document"], "HANG": ["timeout"], "b": ["document"]}
    assert time.monotonic() - started < 15


def test_a_worker_that_somebody_else_kills_loses_nothing(tmp_path: Path) -> None:
    batches = [[f"{batch}-{row}" for row in range(20)] for batch in range(40)]
    inputs = (to_inputs(Source(text, text.encode()) for text in batch) for batch in batches)
    killed = False
    names = []
    for tables in run_local(inputs, STUB, tmp_path, workers=2, time_limit=30):
        names += tables["documents"].column("source").to_pylist()
        assert tables["rejects"].num_rows == 0
        if not killed:
            killed = True
            os.kill(next(_children()), signal.SIGKILL)
    assert sorted(names) == sorted(text for batch in batches for text in batch)


def _children() -> Iterator[int]:
    for folder in Path("/proc").glob("[0-9]*"):
        try:
            parent = int((folder / "stat").read_text().rpartition(")")[2].split()[1])
            command = (folder / "cmdline").read_text()
        except (OSError, ValueError):
            continue
        if parent == os.getpid() and "stub_worker" in command:
            yield int(folder.name)


def test_a_worker_that_does_not_start_is_an_error_of_the_machine(tmp_path: Path) -> None:
    command = [sys.executable, "-c", "raise SystemExit('no such model')"]
    with pytest.raises(BuildError, match="a worker does not start: no such model"):
        list(run_local([to_inputs([Source("a", b"a")])], command, tmp_path, workers=1, time_limit=5))


def test_no_process_and_no_thread_is_left_when_the_reader_stops_early(tmp_path: Path) -> None:
    inputs = (to_inputs([Source(f"{number}", b"text")]) for number in range(1000))
    results = run_local(inputs, STUB, tmp_path, workers=2, time_limit=5)
    next(results)
    results.close()  # type: ignore[attr-defined]
    assert list(_children()) == []
    deadline = time.monotonic() + 5
    while threading.active_count() > 1 and time.monotonic() < deadline:
        time.sleep(0.05)
    assert {thread.name for thread in threading.enumerate() if "ThreadPool" in thread.name} == set()


def test_what_a_stage_did_not_foresee_names_the_stage_and_the_reason() -> None:
    class Broken(Stub):
        def draft(self, source: Source) -> list[Source]:
            if source.name == "refused":
                raise ExtractError("tag", "refused", "two\nlines")
            text_kind(None, source.name)  # type: ignore[arg-type]
            return [source]

    tables = extract_batch(to_inputs([Source("refused", b""), Source("broken", b"")]), Broken())
    refused, unforeseen = tables["rejects"].to_pylist()
    assert (refused["stage"], refused["error"], refused["detail"]) == ("tag", "refused", "two lines")
    assert (unforeseen["stage"], unforeseen["error"]) == ("read", "internal_error")
    assert "Error" in unforeseen["detail"]


def test_what_fails_together_is_done_one_by_one_and_what_is_told_at_the_start_says_so() -> None:
    told: list[int] = []
    sources = [Source(text, text.encode()) for text in ("a", "BUG", "b", "REFUSE", "c")]
    tables = extract_batch(to_inputs(sources), Stub(), told.append)
    assert tables["documents"].column("source").to_pylist() == ["a", "b", "c"]
    assert [row["error"] for row in tables["rejects"].to_pylist()] == ["internal_error", "refused"]
    assert told == [0, 1, 2, 3, 4, ALL, 0, 1, 2, 3, 4]


def test_so_many_are_finished_together_as_are_not_too_long() -> None:
    groups: list[int] = []

    class Long(Stub):
        def draft(self, source: Source) -> list[Source]:
            return [source] * len(source.data)

        def finish(self, drafts: Sequence[list[Source]]) -> list[DocumentRecord]:
            groups.append(len(drafts))
            return super().finish([draft[:1] for draft in drafts])

    lengths = [TOGETHER // 2, TOGETHER // 2, 1, 2 * TOGETHER, 1, 1]
    sources = [Source(str(number), b"a" * length) for number, length in enumerate(lengths)]
    tables = extract_batch(to_inputs(sources), Long())
    assert groups == [2, 1, 1, 2]
    assert tables["documents"].column("source").to_pylist() == ["0", "1", "2", "3", "4", "5"]


def test_a_stack_tells_the_stage() -> None:
    stack = [
        '  File "/lib/re.py", line 1',
        '  File "/x/pipeline/segment/dates.py", line 3',
        "pipeline/tag/a.py",
    ]
    assert stage_of(stack) == "segment"
    assert stage_of(["nothing of ours"]) == "validate"


def test_the_workers_command_names_codebook_limit_method_and_segmenter(tmp_path: Path) -> None:
    command = worker_command(tmp_path / "book.toml", 123, method="rules", segmenter="char")
    assert " ".join(command[-8:-4]) == "--method rules --segmenter char"
    assert command[-4:] == ["--max-bytes", "123", "--codebook", str(tmp_path / "book.toml")]
