"""How far a build is, shown on standard error."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console

from pipeline.engines.build import Progress

_LINE_EVERY = 10.0  # seconds between two lines of progress where there is no terminal


@contextmanager
def shown_progress() -> Iterator[Callable[[Progress], None]]:
    """A bar on a terminal, a line every few seconds elsewhere; both with rate and time left."""
    console = Console(stderr=True)
    if console.is_terminal:
        with _bar(console) as report:
            yield report
    else:
        yield _lines()


def _lines() -> Callable[[Progress], None]:
    started = last = time.monotonic()

    def report(now: Progress) -> None:
        nonlocal last
        if time.monotonic() - last >= _LINE_EVERY:
            last = time.monotonic()
            rate = now.n_documents / (last - started)
            left = max(0.0, (last - started) * (now.total_bytes / max(now.n_bytes, 1) - 1))
            print(f"{_done(now)}, {rate:.0f} documents/s, {left:.0f} s left", file=sys.stderr)

    return report


@contextmanager
def _bar(console: Console) -> Iterator[Callable[[Progress], None]]:
    from rich import progress as rich_progress

    started = time.monotonic()
    columns = (
        rich_progress.BarColumn(),
        rich_progress.TaskProgressColumn(),
        rich_progress.TextColumn("{task.description}"),
        rich_progress.TimeRemainingColumn(),
    )
    with rich_progress.Progress(*columns, console=console, transient=True) as shown:
        task = shown.add_task("reading", total=None)

        def report(now: Progress) -> None:
            rate = now.n_documents / max(time.monotonic() - started, 1e-9)
            text = f"{_done(now)}, {rate:.0f} documents/s"
            shown.update(task, total=now.total_bytes or None, completed=now.n_bytes, description=text)

        yield report


def _done(now: Progress) -> str:
    reused = f", {now.n_reused} unchanged" if now.n_reused else ""
    return f"{now.n_documents} documents, {now.n_rejects} rejected{reused}"
