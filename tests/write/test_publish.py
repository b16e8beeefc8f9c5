from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from pipeline.errors import BuildError, UsageError
from pipeline.write.publish import MANIFEST, dataset_file, output_folder

NAMES = ("a.parquet", "b.parquet", "card.md", MANIFEST)


def stage(folder: Path, content: str, names: tuple[str, ...] = NAMES) -> None:
    for name in names:
        text = content
        if name == MANIFEST:
            tables = {file.removesuffix(".parquet"): {} for file in names if file.endswith(".parquet")}
            files = [file for file in names if file.endswith(".md")]
            text = json.dumps({"content": content, "tables": tables, "files": files})
        (folder / name).write_text(text)


def publish(out: Path, content: str, names: tuple[str, ...] = NAMES) -> None:
    with output_folder(out) as folder:
        stage(folder.staging, content, names)
        folder.publish()


def content(out: Path) -> set[str]:
    """What a reader of the dataset finds in its files."""
    return {"new" if "new" in dataset_file(out, name).read_text() else "old" for name in NAMES}


def test_files_of_the_last_dataset_go_and_files_of_others_stay(tmp_path: Path) -> None:
    publish(tmp_path, "old", (*NAMES, "gone.parquet"))
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "mine.parquet").write_text("mine")
    publish(tmp_path, "new")
    assert {path.name for path in tmp_path.iterdir()} == {*NAMES, "notes.txt", "mine.parquet", ".build"}
    assert {path.name for path in (tmp_path / ".build").iterdir()} == {"lock"}


class Killed(BaseException):
    """Stands for SIGKILL: no handler of ours may run after it."""


@pytest.mark.parametrize("step", range(12))
def test_a_build_killed_at_any_step_leaves_one_whole_dataset_and_the_next_one_recovers(
    tmp_path: Path, step: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    out, saved = tmp_path / "out", tmp_path / "saved"
    publish(out, "old")
    steps = 0

    def killing(operation: object) -> object:
        def run(*arguments: object, **options: object) -> object:
            nonlocal steps
            steps += 1
            if steps > step:
                if not saved.exists():
                    shutil.copytree(
                        out, saved
                    )  # the disk as it is at this moment; what runs later is not ours
                raise Killed
            return operation(*arguments, **options)  # type: ignore[operator]

        return run

    with monkeypatch.context() as patch:
        for name in ("replace", "unlink", "fsync"):
            patch.setattr(os, name, killing(getattr(os, name)))
        with pytest.raises(Killed):
            publish(out, "new")
    assert len(content(saved)) == 1
    publish(saved, "newer")
    assert {"newer" in (saved / name).read_text() for name in NAMES} == {True}
    assert {path.name for path in (saved / ".build").iterdir()} == {"lock"}


def test_two_builds_exclude_each_other_and_a_killed_one_leaves_no_lock(tmp_path: Path) -> None:
    script = (
        "import sys, time; from pathlib import Path; from pipeline.write.publish import output_folder\n"
        "with output_folder(Path(sys.argv[1])): print('held', flush=True); time.sleep(60)"
    )
    holder = subprocess.Popen(
        [sys.executable, "-c", script, str(tmp_path)], stdout=subprocess.PIPE, text=True
    )
    try:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"
        with pytest.raises(BuildError, match="another build is at work"), output_folder(tmp_path):
            pass
    finally:
        holder.kill()
        holder.wait()
    publish(tmp_path, "new")
    assert content(tmp_path) == {"new"}


def test_a_file_where_the_folder_should_be_is_wrong_usage(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    for out in (tmp_path / "file", tmp_path / "file" / "out"):
        with pytest.raises(UsageError, match="not a folder"), output_folder(out):
            pass


def test_a_full_disk_leaves_the_dataset_as_it_was(tmp_path: Path) -> None:
    publish(tmp_path, "old")

    def fill_the_disk() -> None:
        with output_folder(tmp_path) as folder:
            stage(folder.staging, "new")
            raise OSError(28, "No space left on device")

    with pytest.raises(BuildError, match="No space left"):
        fill_the_disk()
    assert content(tmp_path) == {"old"}
    assert {path.name for path in (tmp_path / ".build").iterdir()} == {"lock"}
