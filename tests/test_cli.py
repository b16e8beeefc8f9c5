from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from stub_build import stub_command
from typer.testing import CliRunner

import pipeline.engines.build as build_module
from pipeline.cli import app

RUNNER = CliRunner()
NOTICE = "关于做好防控工作的通知\n各县（区）人民政府：\n一、加强领导。各级政府要落实责任。\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(build_module, "worker_command", stub_command)
    (tmp_path / "in").mkdir()
    (tmp_path / "in" / "a.txt").write_text(NOTICE, encoding="utf-8")
    return tmp_path


def run(*arguments: str) -> tuple[int, str, str]:
    result = RUNNER.invoke(app, list(arguments))
    assert "Traceback" not in result.output
    assert result.exception is None or isinstance(result.exception, SystemExit)
    return result.exit_code, result.stdout, result.stderr


def test_build_writes_a_dataset_that_check_finds_sound(folder: Path) -> None:
    (folder / "in" / "b.txt").write_bytes(b"")
    code, out, err = run("build", "in", "--out", "out", "--workers", "2")
    assert (code, out) == (0, "out: 1 documents of 2 inputs, 1 rejected\n")
    assert err == "gongwen: rejected in/b.txt: empty: the input has no bytes\n"
    code, out, _ = run("check", "out")
    assert code == 0
    assert out.startswith("out: sound: 1 documents,")


def test_quarantined_inputs_end_with_1_when_asked_and_the_dataset_is_there(folder: Path) -> None:
    (folder / "in" / "b.txt").write_bytes(b"")
    code, _, err = run("build", "in", "--out", "out", "--on-error", "fail")
    assert code == 1
    assert err.splitlines()[-1] == "gongwen: 1 of 2 inputs gave no document: see out/rejects.parquet"
    assert run("check", "out")[0] == 0


def test_the_text_column_of_json_lines_can_be_named(folder: Path) -> None:
    (folder / "a.jsonl").write_text(json.dumps({"body": NOTICE}) + "\n")
    assert run("build", "a.jsonl", "--out", "out", "--text-column", "body")[:2] == (
        0,
        "out: 1 documents of 1 inputs, 0 rejected\n",
    )


def test_a_damaged_dataset_ends_with_1_and_a_table_of_findings(folder: Path) -> None:
    run("build", "in", "--out", "out")
    shutil.copy("out/tags.parquet", "out/issuers.parquet")
    code, out, err = run("check", "out")
    assert code == 1
    assert "issuers.parquet" in out
    assert "SHA-256 differs" in out
    assert "findings" in err


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["build", "nowhere", "--out", "out"], "nowhere: no such file or folder"),
        (["build", "empty", "--out", "out"], "empty: no documents in this folder"),
        (["build", "in", "--out", "in/a.txt"], "in/a.txt: not a folder: give --out a folder's path"),
        (["build", "in", "--out", "in/a.txt/x"], "in/a.txt/x: not a folder: give --out a folder's path"),
        (["build", "in", "--out", "out", "--codebook", "in/a.txt"], "--codebook: "),
        (["check", "nowhere"], "nowhere: no dataset there: run gongwen build SOURCES --out nowhere"),
        (["check", "empty"], "empty: no dataset there"),
        (["show", "nowhere"], "nowhere: no such file"),
        (["schema", "--out", "in/a.txt"], "in/a.txt: not a folder"),
    ],
)
def test_wrong_usage_ends_with_2_and_one_line(folder: Path, arguments: list[str], message: str) -> None:
    (folder / "empty").mkdir()
    code, out, err = run(*arguments)
    assert (code, out) == (2, "")
    assert err.startswith(f"gongwen: {message}")
    assert err.count("\n") == 1
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    "arguments",
    [
        ["build", "in"],
        ["build", "--out", "out"],
        ["build", "in", "--out", "out", "--on-error", "ignore"],
        ["build", "in", "--out", "out", "--workers", "0"],
        ["build", "in", "--out", "out", "--workers", "many"],
        ["show", "in/a.txt", "--format", "xml"],
        ["frobnicate"],
    ],
)
def test_arguments_that_cannot_be_end_with_2_and_one_line(arguments: list[str]) -> None:
    assert run(*arguments)[0] == 2
    result = gongwen(*arguments)
    assert (result.returncode, result.stdout) == (2, "")
    assert result.stderr.startswith("gongwen: ")
    assert result.stderr.count("\n") == 1


def gongwen(*arguments: str) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-c", "from pipeline.cli import main; main()", *arguments]
    environment = {**os.environ, "PYTHONUTF8": "1"}
    return subprocess.run(
        command, capture_output=True, text=True, encoding="utf-8", env=environment, check=False
    )


def test_schemas_are_written_and_drift_is_found() -> None:
    assert run("schema", "--out", "schemas") == (0, "schemas: 12 schemas written\n", "")
    assert run("schema", "--check", "--out", "schemas") == (0, "schemas: 12 schemas are up to date\n", "")
    Path("schemas/tags.json").write_text("{}")
    Path("schemas/gone.json").write_text("{}")
    code, _, err = run("schema", "--check", "--out", "schemas")
    assert code == 1
    assert "gone.json, tags.json" in err


def test_one_document_is_shown_as_a_tree_and_as_json(seeds: Path) -> None:
    (seed,) = seeds.glob("000_*.txt")
    code, out, _ = run("show", str(seed))
    assert code == 0
    assert "闽委发明电〔2020〕1号" in out
    assert "upward_reporting" in out
    code, out, _ = run("show", str(seed), "--format", "json")
    record = json.loads(out)
    assert (code, record["issuer_adcode"], len(record["directives"])) == (0, "350000", 4)


def test_raw_and_clean_text_stand_side_by_side_when_asked(seeds: Path) -> None:
    (seed,) = seeds.glob("001_*.txt")
    code, out, _ = run("show", str(seed), "--raw")
    assert code == 0
    assert "中共四川省委[-關-][-(guān)-]于" in out
    assert "中共四川省委{+关+}于" in out
    assert "lost_byte 0." in out
    assert "情发生" in run("show", str(seed))[1]


def test_a_file_that_is_no_document_ends_with_1_and_says_why(folder: Path) -> None:
    (folder / "empty.txt").write_bytes(b"")
    assert run("show", "empty.txt") == (1, "", "gongwen: empty: the input has no bytes\n")


def test_every_option_has_help() -> None:
    for command in ("build", "show", "check", "schema"):
        code, out, _ = run(command, "--help")
        assert code == 0
        options = out.partition("Options:")[2].strip().splitlines()
        assert all(line.startswith("     ") or len(line.split("  ")) > 1 for line in options)


def test_the_version_is_told() -> None:
    code, out, _ = run("--version")
    assert code == 0
    assert out.startswith("gongwen ")


def test_a_mistake_of_ours_is_one_line_too() -> None:
    script = (
        "import pipeline.cli as c, pipeline.write.schema as s\n"
        "def broken(): raise KeyError('x')\n"
        "s.json_schemas = broken; c.main()"
    )
    result = subprocess.run(
        [sys.executable, "-c", script, "schema"], capture_output=True, text=True, check=False
    )
    assert result.returncode == 1
    assert result.stderr == "gongwen: internal error: KeyError: 'x'\n"
