"""The command ``gongwen``: parse arguments, call a verb, choose the exit code.

Exit codes: 0 done, 1 a check fell short or inputs were quarantined under ``--on-error fail``, 2 wrong usage.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from pipeline.errors import BuildError, ExtractError, QuarantinedError, UsageError
from pipeline.tagging import DEFAULT_METHOD, SHIPPED, usable_segmenter
from pipeline.terminal import (
    complain,
    print_document,
    print_findings,
    print_scores,
    print_soundness,
    print_summary,
)
from pipeline.version import SCHEMA_VERSION, __version__

app = typer.Typer(
    name="gongwen",
    help="Chinese official documents (公文), as crawlers leave them, into a validated Parquet dataset.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


class OnError(StrEnum):
    """What to do about inputs that give no document."""

    quarantine = "quarantine"
    fail = "fail"


class DiffFormat(StrEnum):
    """How to show a difference."""

    terminal = "terminal"
    json = "json"
    markdown = "markdown"


class Engine(StrEnum):
    """Where the work is done; the result is the same."""

    local = "local"
    dask = "dask"


class Method(StrEnum):
    """Where codes come from."""

    both = "both"
    rules = "rules"
    model = "model"


_DEFAULT_METHOD = Method(DEFAULT_METHOD)
_MethodOption = Annotated[
    Method, typer.Option(help="Codes from the rules of the codebook, the trained model, or both.")
]
_SegmenterOption = Annotated[
    str,
    typer.Option(
        metavar="NAME|PATH",
        help="What a whole word is: gongwen, char, jieba, or the folder of a pkuseg model.",
    ),
]


class Format(StrEnum):
    """How to show a document."""

    tree = "tree"
    json = "json"


def main() -> None:
    """Run the command; every error is one line on standard error, never a traceback (GONGWEN_DEBUG=1 shows
    it).
    """
    from typer.main import get_command

    command = get_command(app)
    try:
        sys.exit(command.main(prog_name="gongwen", standalone_mode=False) or 0)
    except Exception as failure:
        if os.environ.get("GONGWEN_DEBUG"):
            raise
        usage = getattr(failure, "format_message", None)  # click's errors about arguments
        if usage is not None:
            complain(f"{usage()} (gongwen --help says what there is)")
            sys.exit(2)
        complain(f"internal error: {type(failure).__name__}: {' '.join(str(failure).split())[:300]}")
        sys.exit(1)


@contextmanager
def _one_line_errors() -> Iterator[None]:
    """Errors that somebody can act on, as one line and an exit code."""
    try:
        yield
    except UsageError as failure:
        complain(str(failure))
        raise typer.Exit(2) from None
    except (BuildError, QuarantinedError, ExtractError) as failure:
        complain(str(failure))
        raise typer.Exit(1) from None
    except BrokenPipeError:  # whoever read our output has seen enough
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        raise typer.Exit(0) from None
    except OSError as failure:
        complain(f"{failure.filename or ''}: {failure.strerror or failure}".lstrip(": "))
        raise typer.Exit(1) from None
    except KeyboardInterrupt:
        complain("interrupted; nothing was changed")
        raise typer.Exit(130) from None


@app.callback(invoke_without_command=True)
def _options(
    version: Annotated[bool, typer.Option("--version", help="Show the versions of tool and schema.")] = False,
) -> None:
    if version:
        typer.echo(f"gongwen {__version__}, schema {SCHEMA_VERSION}")
        raise typer.Exit


@app.command()
def build(
    sources: Annotated[
        list[str],
        typer.Argument(
            help="Files, folders and URLs: text, HTML, DOCX, PDF; JSON Lines or Parquet with a text column."
        ),
    ],
    out: Annotated[
        str,
        typer.Option(help="Folder or URL of the dataset; an earlier one there is brought up to date."),
    ],
    workers: Annotated[
        int, typer.Option(min=1, help="Processes that work; the result is the same for any number.")
    ] = 1,
    codebook: Annotated[
        Path | None,
        typer.Option(help="Another codebook than the shipped one (TOML).", exists=True, dir_okay=False),
    ] = None,
    on_error: Annotated[
        OnError,
        typer.Option(
            help="Inputs that give no document: list them in rejects, or also end with exit code 1."
        ),
    ] = OnError.quarantine,
    text_column: Annotated[
        str, typer.Option(help="Column of the text in JSON Lines and Parquet inputs.")
    ] = "text",
    engine: Annotated[
        Engine, typer.Option(help="Processes of this machine, or a Dask cluster (needs gongwen[dask]).")
    ] = Engine.local,
    scheduler: Annotated[
        str | None,
        typer.Option(metavar="ADDRESS", help="With --engine dask: a running scheduler; else one is started."),
    ] = None,
    method: _MethodOption = _DEFAULT_METHOD,
    segmenter: _SegmenterOption = SHIPPED,
) -> None:
    """Build a dataset from documents."""
    from pipeline.engines.build import build as run
    from pipeline.progress import shown_progress

    with _one_line_errors():
        failed: QuarantinedError | None = None
        with shown_progress() as report:
            try:
                run(
                    sources,
                    out,
                    workers=workers,
                    codebook=codebook,
                    on_error=on_error.value,
                    text_column=text_column,
                    engine=engine.value,
                    scheduler=scheduler,
                    method=method.value,
                    segmenter=segmenter,
                    progress=report,
                )
            except QuarantinedError as failure:
                failed = failure
        print_summary(out)
        if failed:
            raise failed


@app.command()
def show(
    file: Annotated[Path, typer.Argument(help="One document.")],
    format: Annotated[
        Format, typer.Option(help="A tree for people or the whole record as JSON.")
    ] = Format.tree,
    raw: Annotated[
        bool, typer.Option("--raw", help="Raw and clean text side by side, with every change marked.")
    ] = False,
    method: _MethodOption = _DEFAULT_METHOD,
    segmenter: _SegmenterOption = SHIPPED,
) -> None:
    """Show one document's structure."""
    from pipeline.read.find import MAX_BYTES, public_name

    with _one_line_errors():
        if not file.is_file():
            raise UsageError(f"{file}: no such file")
        from pipeline.extract import extract

        if file.stat().st_size > MAX_BYTES:
            raise ExtractError("read", "too_large", f"{file.stat().st_size} bytes, the limit is {MAX_BYTES}")
        record = extract(
            file.read_bytes(),
            name=public_name(file),
            method=method.value,
            segmenter=usable_segmenter(segmenter),
        )
        if format is Format.json:
            typer.echo(record.model_dump_json(indent=2))
        else:
            print_document(record, raw=raw)


@app.command()
def check(
    folder: Annotated[Path, typer.Argument(help="Folder of a dataset.")],
    assertions: Annotated[
        Path | None,
        typer.Option(
            help="Other minimums and maximums of the dataset than the shipped ones (TOML).",
            exists=True,
            dir_okay=False,
        ),
    ] = None,
) -> None:
    """Verify a dataset: its schema, every invariant of the contract, and minimums and maximums of the whole."""
    from pipeline.check import check as run
    from pipeline.check.assertions import check_assertions

    with _one_line_errors():
        if findings := run(folder):
            print_findings(folder, findings)
            raise typer.Exit(1)
        unmet = check_assertions(folder, assertions)
        for one in unmet:
            complain(f"{folder}: {'' if one.fails else 'warning: '}{one}")
        if any(one.fails for one in unmet):
            raise typer.Exit(1)
        print_soundness(folder)


@app.command()
def evaluate(
    gold: Annotated[Path, typer.Argument(help="Folder of gold files: JSON beside the texts that they name.")],
    codebook: Annotated[
        Path | None,
        typer.Option(help="Another codebook than the shipped one (TOML).", exists=True, dir_okay=False),
    ] = None,
    out: Annotated[Path | None, typer.Option(help="File for all scores as JSON.", dir_okay=False)] = None,
    against: Annotated[
        Path | None,
        typer.Option(
            help="Scores of an earlier run (JSON), to show gains and losses by document.", exists=True
        ),
    ] = None,
) -> None:
    """Score extraction against gold: fields, directive trees, measures and codes."""
    import json

    from pipeline.check.evaluate import evaluate as run
    from pipeline.tag import CodebookError, load_codebook

    with _one_line_errors():
        try:
            result = run(gold, codebook=load_codebook(codebook) if codebook else None).as_dict()
            earlier = json.loads(against.read_text(encoding="utf-8")) if against else None
        except (CodebookError, ValueError) as failure:
            raise UsageError(str(failure)) from None
        print_scores(result, earlier)
        if out:
            out.write_text(
                json.dumps(result, ensure_ascii=False, indent=1, sort_keys=True) + "\n", encoding="utf-8"
            )


@app.command()
def report(
    folder: Annotated[Path, typer.Argument(help="Folder of a dataset.")],
    out: Annotated[
        Path | None, typer.Option(help="The page to write; FOLDER/report.html without it.")
    ] = None,
) -> None:
    """Write the dataset as one page that opens offline in a browser."""
    from pipeline.report import write_report

    with _one_line_errors():
        typer.echo(f"{write_report(folder, out)}: written")


@app.command()
def diff(
    old: Annotated[Path, typer.Argument(help="Folder of the earlier dataset.")],
    new: Annotated[Path, typer.Argument(help="Folder of the later dataset.")],
    format: Annotated[
        DiffFormat, typer.Option(help="Lines for people, JSON for programs, Markdown for a pull request.")
    ] = DiffFormat.terminal,
) -> None:
    """Compare two datasets, document by document; exit 1 on a breaking change of the schema."""
    from pipeline.diff import as_json, as_lines, as_markdown
    from pipeline.diff import diff as run

    with _one_line_errors():
        found = run(old, new)
        if format is DiffFormat.json:
            typer.echo(as_json(found), nl=False)
        elif format is DiffFormat.markdown:
            typer.echo(as_markdown(found), nl=False)
        else:
            for line in as_lines(found):
                typer.echo(line)
        if found.breaking:
            raise typer.Exit(1)


@app.command()
def export(
    folder: Annotated[Path, typer.Argument(help="Folder of a dataset.")],
    duckdb: Annotated[Path | None, typer.Option(help="Write all tables to this DuckDB file.")] = None,
    csv: Annotated[Path | None, typer.Option(help="Write each table as CSV into this folder.")] = None,
    jsonl: Annotated[
        Path | None, typer.Option(help="Write each table as JSON Lines into this folder.")
    ] = None,
    akn: Annotated[
        str | None, typer.Option(metavar="DOC_ID", help="Write one document as Akoma Ntoso 3.0 XML.")
    ] = None,
    out: Annotated[
        Path | None, typer.Option(help="With --akn: the file to write; standard output without it.")
    ] = None,
) -> None:
    """Write a dataset for other tools; exactly one of --duckdb, --csv, --jsonl, --akn."""
    with _one_line_errors():
        if sum(chosen is not None for chosen in (duckdb, csv, jsonl, akn)) != 1:
            raise UsageError("give exactly one of --duckdb FILE, --csv DIR, --jsonl DIR, --akn DOC_ID")
        if out is not None and akn is None:
            raise UsageError("--out goes with --akn; the other forms name their own target")
        from pipeline.export import akoma_ntoso, write_csv, write_duckdb, write_jsonl

        if akn is not None:
            xml = akoma_ntoso(folder, akn)
            if out is None:
                sys.stdout.buffer.write(xml.encode())
            else:
                out.write_text(xml, encoding="utf-8", newline="\n")
                typer.echo(f"{out}: written")
        elif duckdb is not None:
            typer.echo(f"{write_duckdb(folder, duckdb)}: written")
        elif csv is not None:
            typer.echo(f"{csv}: {len(write_csv(folder, csv))} files written")
        elif jsonl is not None:
            typer.echo(f"{jsonl}: {len(write_jsonl(folder, jsonl))} files written")


@app.command()
def schema(
    check: Annotated[
        bool, typer.Option("--check", help="Write nothing; exit 1 when files are out of date.")
    ] = False,
    out: Annotated[Path, typer.Option(help="Folder of the schemas.")] = Path("schemas"),
) -> None:
    """Write the JSON Schema of every table and of the whole record."""
    from pipeline.write.schema import json_schemas, outdated_schemas, write_schemas

    with _one_line_errors():
        schemas = json_schemas()
        if not check:
            write_schemas(schemas, out)
            typer.echo(f"{out}: {len(schemas)} schemas written")
        elif drifted := outdated_schemas(schemas, out):
            complain(f"{out}: out of date: {', '.join(drifted)}: run gongwen schema")
            raise typer.Exit(1)
        else:
            typer.echo(f"{out}: {len(schemas)} schemas are up to date")
