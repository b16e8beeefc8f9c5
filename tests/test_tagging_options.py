"""The method of tagging and the segmenter, as a caller chooses them: what they change, and that nothing stale stays."""

from __future__ import annotations

import json
import shutil
import sys
from pathlib import Path
from typing import Any

import pytest
from typer.testing import CliRunner

from pipeline import UsageError, assets, build, extract, load
from pipeline.check import check
from pipeline.cli import app
from pipeline.engines.build import Progress
from pipeline.tag.nlp import segment_words, word_finder
from pipeline.tagging import segmenter_name, segmenter_version, usable_segmenter

RUNNER = CliRunner()
MODEL = assets.path("segmenter")


@pytest.fixture(scope="module")
def by_rules(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(seeds, tmp_path_factory.mktemp("rules") / "out", method="rules")


@pytest.fixture(scope="module")
def by_characters(seeds: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return built(seeds, tmp_path_factory.mktemp("char") / "out", segmenter="char")


def built(seeds: Path, out: Path, **options: Any) -> Path:
    build(seeds, out, **options)
    return out


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in out.iterdir() if path.is_file()}


def manifest(out: Path) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((out / "_manifest.json").read_bytes())
    return found


def tags(out: Path) -> list[dict[str, Any]]:
    return load(out).tags.to_pylist()


@pytest.mark.processes
def test_rules_alone_give_tags_of_rules_alone_and_the_manifest_and_the_card_say_so(by_rules: Path) -> None:
    assert {row["method"] for row in tags(by_rules)} == {"rule"}
    assert manifest(by_rules)["parameters"]["method"] == "rules"
    assert "Tags come from the rules of the codebook," in (by_rules / "README.md").read_text(encoding="utf-8")
    assert check(by_rules) == []


@pytest.mark.processes
def test_by_default_tags_come_from_both_and_the_manifest_says_so(seeds_dataset: Path) -> None:
    assert {row["method"] for row in tags(seeds_dataset)} == {"rule", "model"}
    parameters, versions = (manifest(seeds_dataset)[part] for part in ("parameters", "versions"))
    assert (parameters["method"], parameters["segmenter"]) == ("both", "gongwen")
    assert versions["segmenter"] == segmenter_version()


def test_the_model_alone_gives_tags_of_the_model_alone(seeds: Path) -> None:
    found = {
        tag.method for file in seeds.glob("*.txt") for tag in extract(file.read_bytes(), method="model").tags
    }
    assert found == {"model"}


@pytest.mark.processes
def test_another_segmenter_moves_the_evidence_of_the_model_and_nothing_else(
    seeds_dataset: Path, by_characters: Path
) -> None:
    ours, theirs = tags(seeds_dataset), tags(by_characters)
    assert sorted(map(what, ours)) == sorted(map(what, theirs))
    assert evidence(ours, "rule") == evidence(theirs, "rule")
    assert evidence(ours, "model") != evidence(theirs, "model")
    assert manifest(by_characters)["versions"]["segmenter"] == "char"
    assert manifest(by_characters)["parameters"]["segmenter"] == "char"
    assert check(by_characters) == []


def what(row: dict[str, Any]) -> tuple[str, ...]:
    return tuple(
        str(row[name]) for name in ("doc_id", "directive_id", "measure_id", "code", "method", "score")
    )


def evidence(rows: list[dict[str, Any]], method: str) -> set[tuple[str, int, int]]:
    return {(row["doc_id"], row["start"], row["end"]) for row in rows if row["method"] == method}


@pytest.mark.processes
def test_a_build_with_other_options_takes_over_no_row_of_the_former(
    seeds: Path, tmp_path: Path, seeds_dataset: Path, by_rules: Path, by_characters: Path
) -> None:
    out = tmp_path / "out"
    shutil.copytree(seeds_dataset, out)
    reused: list[int] = []

    def note(now: Progress) -> None:
        reused.append(now.n_reused)

    build(seeds, out, method="rules", progress=note)
    assert files(out) == files(by_rules)
    build(seeds, out, segmenter="char", progress=note)
    assert files(out) == files(by_characters)
    build(seeds, out, segmenter="gongwen", method="both", progress=note)
    assert files(out) == files(seeds_dataset)
    assert reused == [0, 0, 0]  # a batch each
    build(seeds, out, progress=note)  # the same again: there is no batch to work on
    assert len(reused) == 3
    assert files(out) == files(seeds_dataset)


@pytest.mark.processes
def test_a_model_is_named_by_its_folder_wherever_that_is(
    seeds: Path, tmp_path: Path, seeds_dataset: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(MODEL, tmp_path / "mine")
    monkeypatch.chdir(tmp_path)
    built(seeds, Path("out"), segmenter="mine")
    assert manifest(Path("out"))["parameters"]["segmenter"] == "mine"
    assert manifest(Path("out"))["versions"]["segmenter"] == segmenter_version().replace("gongwen", "mine")
    assert str(tmp_path) not in json.dumps(manifest(Path("out")))
    assert tags(Path("out")) == tags(seeds_dataset)


def test_a_folder_with_the_name_of_a_segmenter_stays_a_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(MODEL, tmp_path / "char")
    monkeypatch.chdir(tmp_path)
    assert usable_segmenter("char") == "char"
    assert usable_segmenter(Path("char")) == usable_segmenter("./char") == str((tmp_path / "char").resolve())
    assert segmenter_name(usable_segmenter("./char")) == "char"
    assert segment_words("疫情防控", usable_segmenter("./char")) == [(0, 4)]


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (
            ["--segmenter", "news"],
            "--segmenter: unknown segmenter 'news': gongwen, char, jieba, or the directory",
        ),
        (["--segmenter", "empty"], "--segmenter: no pkuseg model in empty: features.msgpack and weights.npz"),
        (["--segmenter", "damaged"], "--segmenter: "),
        (
            ["--segmenter", "jieba"],
            "--segmenter: segmenter 'jieba' needs the package jieba: pip install jieba",
        ),
        (["--method", "guess"], "Invalid value for '--method'"),
    ],
)
@pytest.mark.parametrize("command", ["build", "show"])
def test_what_cannot_be_chosen_ends_with_2_and_one_line_before_anything_is_built(
    command: str,
    options: list[str],
    message: str,
    seeds: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setitem(sys.modules, "jieba", None)
    word_finder.cache_clear()  # another test may have had jieba
    Path("empty").mkdir()
    Path("damaged").mkdir()
    for name in ("features.msgpack", "weights.npz"):
        (Path("damaged") / name).write_bytes(b"damaged")
    file = next(seeds.glob("000_*.txt"))
    where = ["--out", "out"] if command == "build" else []
    result = RUNNER.invoke(app, [command, str(file), *where, *options])
    assert (result.exit_code, result.stdout) == (2, "")
    if options[0] == "--segmenter":  # what the parser refuses becomes a line in main
        assert result.stderr.startswith(f"gongwen: {message}")
        assert result.stderr.count("\n") == 1
    else:
        assert message in result.stderr
    assert not Path("out").exists()


def test_the_python_interface_refuses_what_it_does_not_know(seeds: Path, tmp_path: Path) -> None:
    wrong: list[dict[str, Any]] = [{"method": "guess"}, {"segmenter": "news"}, {"segmenter": tmp_path}]
    for options in wrong:
        with pytest.raises(UsageError, match=f"--{next(iter(options))}: "):
            build(seeds, tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()
    with pytest.raises(ValueError, match="unknown segmenter 'news'"):
        extract(next(seeds.glob("000_*.txt")).read_bytes(), segmenter="news")


def test_a_document_is_shown_with_the_tags_of_rules_alone(seeds: Path) -> None:
    file = next(seeds.glob("000_*.txt"))
    options = ["--format", "json", "--method", "rules", "--segmenter", "char"]
    result = RUNNER.invoke(app, ["show", str(file), *options])
    assert result.exit_code == 0
    assert {tag["method"] for tag in json.loads(result.stdout)["tags"]} == {"rule"}
