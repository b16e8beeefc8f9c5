"""Every command and every snippet of the README runs, in its order, on a dataset built from the seeds."""

import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
SNIPPETS = re.findall(r"```python\n(.*?)```", README, re.S)
COMMANDS = [
    line[2:]
    for block in re.findall(r"```console\n(.*?)```", README, re.S)
    for line in block.splitlines()
    if line.startswith("$ ")
]


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder that looks like a clone to a snippet: seeds, and a dataset in data/out."""
    folder = tmp_path_factory.mktemp("readme")
    (folder / "seeds").symlink_to(ROOT / "seeds")
    (folder / "pipeline").symlink_to(ROOT / "pipeline")
    run(["gongwen", "build", "seeds", "--out", "data/out"], folder)
    return folder


def run(command: list[str], folder: Path) -> str:
    environment = os.environ | {
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CI": "true",
    }
    done = subprocess.run(
        command, cwd=folder, env=environment, capture_output=True, text=True, timeout=120, check=False
    )
    assert done.returncode == 0, f"{shlex.join(command)}\n{done.stdout}{done.stderr}"
    return done.stdout


@pytest.mark.parametrize("snippet", SNIPPETS, ids=[f"snippet{n}" for n in range(len(SNIPPETS))])
def test_snippet_runs_and_prints(snippet: str, desk: Path) -> None:
    assert run([sys.executable, "-c", snippet], desk).strip()


def test_commands_run_and_say_something_in_their_order(desk: Path) -> None:
    commands = [command for command in COMMANDS if command.startswith("gongwen ")]
    assert len(commands) > 5
    for command in commands:
        assert run(shlex.split(command.replace("/tmp/", f"{desk}/")), desk).strip(), command


def test_the_two_commands_are_targets_of_the_makefile() -> None:
    made = [c.removeprefix("make ") for c in COMMANDS if c.startswith("make ")]
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    assert made == ["dataset", "test"]
    assert all(re.search(rf"^{target}:", makefile, re.M) for target in made)


def test_the_readme_shows_every_table() -> None:
    from pipeline.records import TABLES

    assert all(f"| `{name}` |" in README for name in TABLES)
