"""The wheel holds everything that the package needs, and runs where nothing else of the project is."""

from __future__ import annotations

import os
import subprocess
import sys
import sysconfig
import zipfile
from pathlib import Path

import pytest

from pipeline.version import __version__

ROOT = Path(__file__).parents[1]
TRAINING_DATA = ROOT / "pipeline" / "train" / "data"  # stays in the checkout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Built from the sources by the build backend itself: no index is asked, no tool is fetched."""
    pytest.importorskip("hatchling")
    folder = tmp_path_factory.mktemp("wheel")
    command = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(folder)]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)
    (file,) = folder.glob("*.whl")
    return file


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The ``python`` of an environment with the wheel, and the dependencies of this one but not its ``gongwen``."""
    home = tmp_path_factory.mktemp("environment")
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", str(home)], check=True)
    packages = Path(
        sysconfig.get_path(
            "purelib", "venv" if os.name != "nt" else "nt", {"base": str(home), "platbase": str(home)}
        )
    )
    dependencies = home / "dependencies"
    dependencies.mkdir()
    for entry in Path(sysconfig.get_path("purelib")).iterdir():
        if "gongwen" not in entry.name and entry.suffix != ".pth":
            (dependencies / entry.name).symlink_to(entry)
    (packages / "dependencies.pth").write_text(f"{dependencies}\n", "utf-8")
    python = home / ("Scripts" if os.name == "nt" else "bin") / "python"
    install = [
        sys.executable,
        "-m",
        "pip",
        "--python",
        str(python),
        "install",
        "--no-deps",
        "--no-index",
        str(wheel),
    ]
    subprocess.run(install, check=True, capture_output=True)
    return python


def run(python: Path, *command: str, cwd: Path) -> str:
    environment = {"PATH": str(python.parent), "PYTHONUTF8": "1", "http_proxy": "http://0.0.0.0:9"}
    done = subprocess.run(command, cwd=cwd, env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


def test_every_file_of_the_package_is_in_the_wheel_and_nothing_else(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        packed = {
            name for name in archive.namelist() if not name.startswith(f"gongwen-{__version__}.dist-info/")
        }
        info = set(archive.namelist()) - packed
    here = {
        file.relative_to(ROOT).as_posix()
        for file in (ROOT / "pipeline").rglob("*")
        if file.is_file() and "__pycache__" not in file.parts and TRAINING_DATA not in file.parents
    }
    assert packed == here
    kinds = {Path(name).suffix for name in packed}
    assert {
        ".toml",
        ".tsv",
        ".gz",
        ".xz",
        ".npz",
        ".json",
        ".msgpack",
        ".txt",
        ".html",
        ".css",
        ".js",
    } <= kinds
    assert any(name.endswith("licenses/LICENSE") for name in info)


def test_a_dataset_is_built_from_the_wheel_alone_and_its_bytes_are_those_that_the_sources_give(
    installed: Path, seeds: Path, seeds_dataset: Path, tmp_path: Path
) -> None:
    gongwen = str(installed.parent / "gongwen")
    where = run(installed, str(installed), "-c", "import pipeline; print(pipeline.__file__)", cwd=tmp_path)
    assert str(installed.parents[1]) in where
    assert run(installed, gongwen, "--version", cwd=tmp_path).startswith(f"gongwen {__version__}, ")
    out = run(installed, gongwen, "build", str(seeds), "--out", "out", cwd=tmp_path)
    assert out == "out: 5 documents of 5 inputs, 0 rejected\n"
    names = {file.name for file in seeds_dataset.iterdir() if file.is_file()}
    assert names == {file.name for file in (tmp_path / "out").iterdir() if file.is_file()}
    for name in names:
        assert (tmp_path / "out" / name).read_bytes() == (seeds_dataset / name).read_bytes(), name
    assert "sound" in run(installed, gongwen, "check", "out", cwd=tmp_path)
    assert "written" in run(installed, gongwen, "report", "out", cwd=tmp_path)


def test_the_changelog_has_an_entry_for_this_version() -> None:
    assert f"## {__version__}" in (ROOT / "CHANGELOG.md").read_text("utf-8")
