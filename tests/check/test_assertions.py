from __future__ import annotations

from pathlib import Path

import pyarrow.compute as pc
import pytest
from typer.testing import CliRunner

from pipeline import UsageError, load
from pipeline.check.assertions import check_assertions
from pipeline.cli import app


def unmet(dataset: Path, tmp_path: Path, text: str) -> list[str]:
    file = tmp_path / "assertions.toml"
    file.write_text(text, "utf-8")
    return [str(one) for one in check_assertions(dataset, file)]


def test_the_seeds_meet_the_shipped_assertions(seeds_dataset: Path) -> None:
    assert check_assertions(seeds_dataset) == []


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("[minimum.rows]\ndocuments = 5", []),
        ("[minimum.rows]\ndocuments = 6", ["rows.documents is 5, below the minimum 6"]),
        ("[maximum.rows]\ndocuments = 4", ["rows.documents is 5, above the maximum 4"]),
        ("[maximum.null_rate.documents]\ndoc_number = 0.5", ["null_rate.documents.doc_number is 0.8, above the maximum 0.5"]),
        ("[minimum.filled.documents]\ndoc_number = 0.5", ["filled.documents.doc_number is 0.2, below the minimum 0.5"]),
        ("[maximum.null_rate.warnings]\ndetail = 0.0", []),
        ("[maximum]\nrejected = 0.0", []),
        ("from_documents = 6\n[minimum.filled.documents]\ndoc_number = 1.0", []),
        ("from_documents = 6\n[minimum.rows]\ndocuments = 6", ["rows.documents is 5, below the minimum 6"]),
    ],
)  # fmt: skip
def test_below_a_minimum_and_above_a_maximum(
    text: str, expected: list[str], seeds_dataset: Path, tmp_path: Path
) -> None:
    assert unmet(seeds_dataset, tmp_path, text) == expected


def test_numbers_by_document_are_what_the_tables_say(seeds_dataset: Path, tmp_path: Path) -> None:
    dataset = load(seeds_dataset)
    codes: dict[str, set[str]] = {}
    for row in dataset.tags.to_pylist():
        codes.setdefault(row["doc_id"], set()).add(row["code"])
    repairs = [1_000 * row["n_repairs"] / len(row["raw_text"]) for row in dataset.documents.to_pylist()]
    expected = {
        "codes_per_document.mean": sum(map(len, codes.values())) / 5,
        "codes_per_document.least": min(map(len, codes.values())),
        "directives_per_document.most": pc.max(dataset.documents.column("n_directives")).as_py(),
        "repairs_per_1000_characters.mean": sum(repairs) / 5,
        "repairs_per_1000_characters.most": max(repairs),
    }
    for name, value in expected.items():
        assert unmet(seeds_dataset, tmp_path, f"[maximum]\n{name} = {value + 1e-9}") == []
        assert len(unmet(seeds_dataset, tmp_path, f"[maximum]\n{name} = {value - 1e-6}")) == 1


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[minimum.rows]\nnothing = 1", "nothing is called rows.nothing"),
        ("[minimum.filled.documents]\nnothing = 1", "nothing is called filled.documents.nothing"),
        ("[minimum]\ncodes_per_document.median = 1", "nothing is called codes_per_document.median"),
        ("[least.rows]\ndocuments = 1", "unknown key least"),
        ("[minimum.rows]\ndocuments = 'many'", "rows.documents is no number"),
        ("[minimum", "assertions.toml: "),
    ],
)
def test_an_assertion_that_cannot_be_is_an_error(
    text: str, message: str, seeds_dataset: Path, tmp_path: Path
) -> None:
    with pytest.raises(UsageError, match=message):
        unmet(seeds_dataset, tmp_path, text)


def test_the_command_fails_below_a_minimum_and_warns_above_a_maximum(
    seeds_dataset: Path, tmp_path: Path
) -> None:
    run = CliRunner().invoke
    file = tmp_path / "assertions.toml"
    file.write_text("[maximum.rows]\ndocuments = 1", "utf-8")
    result = run(app, ["check", str(seeds_dataset), "--assertions", str(file)])
    assert result.exit_code == 0
    assert "warning: rows.documents is 5, above the maximum 1" in result.stderr
    assert "sound: 5 documents" in result.stdout
    file.write_text("[minimum.rows]\ndocuments = 9", "utf-8")
    result = run(app, ["check", str(seeds_dataset), "--assertions", str(file)])
    assert (result.exit_code, result.stdout) == (1, "")
    assert "rows.documents is 5, below the minimum 9" in result.stderr
