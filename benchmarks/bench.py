"""Speed, memory and growth of the build beside the tools one would compare it with.

    python benchmarks/bench.py [SECTION ...] [--documents N] [--rounds N] [--sizes N ...] [--out FILE]

Sections: speed workers memory length stages growth; all without one. Every round uses copies that no cache has seen, and
takes the contenders in an order of its own; ratios are of the same round. Results replace their sections of
``benchmarks/RESULTS.md``.
"""

from __future__ import annotations

import argparse
import gc
import os
import platform
import re
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from random import Random

from benchmarks import growth
from benchmarks.contenders import BATCH, contenders
from benchmarks.corpus import HOSTILE, copies, long_document
from benchmarks.stages import STAGES, stage_seconds
from pipeline.engines.build import BATCH_BYTES
from pipeline.engines.worker import spare_collector

RESULTS = Path(__file__).parent / "RESULTS.md"
LENGTHS = (1_000, 10_000, 100_000, 1_000_000, 5_000_000)
_SAME_LENGTH = 2_000_000  # bytes of the documents of one length together
_CLOCK = time.process_time
_TICK = 0.05  # seconds between two looks at the memory of a build


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Measure speed, memory and growth.")
    parser.add_argument("sections", nargs="*", choices=[[], *SECTIONS], help=" ".join(SECTIONS))
    parser.add_argument("--documents", type=int, default=154, help="documents in a round")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--sizes", nargs="*", type=int, default=[1_000, 10_000], help="corpora for memory")
    parser.add_argument("--longest", type=int, default=LENGTHS[-1], help="bytes of the longest document")
    parser.add_argument("--out", type=Path, default=RESULTS)
    options = parser.parse_args(arguments)
    for name in options.sections or SECTIONS:
        lines = [*SECTIONS[name](options), "", f"Measured on {machine()}."]
        print("\n".join(lines), flush=True)
        _write(options.out, name, lines)


def machine() -> str:
    """Processor, cores, memory, load, system and Python."""
    facts = Path("/proc/cpuinfo").read_text() if Path("/proc/cpuinfo").exists() else ""
    model = re.search(r"model name\s*:\s*(.+)", facts)
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") / 2**30
    return (
        f"{model[1] if model else platform.processor()}, {os.cpu_count()} cores, {memory:.0f} GiB, "
        f"{platform.system()}, Python {platform.python_version()}, load {os.getloadavg()[0]:.1f}"
    )


def speed(options: argparse.Namespace) -> Iterator[str]:
    """The build against tokenizers and against the limit: processor seconds, one process, interleaved."""
    runs, skipped = contenders()
    seconds: dict[str, list[float]] = {name: [] for name in runs}
    n_characters = 0
    for number in range(options.rounds + 1):
        texts = list(copies(options.documents, f"speed {number}"))
        order = list(runs)
        Random(number).shuffle(order)
        for name in order:
            spare_collector()
            started = _CLOCK()
            runs[name](texts)
            if number:  # the first round loads and warms
                seconds[name].append(_CLOCK() - started)
        n_characters += sum(map(len, texts)) if number else 0
    yield f"{options.rounds} rounds of {options.documents} documents, {n_characters / options.rounds:,.0f} characters each."
    yield ""
    yield "| | ms a document | characters a second | default build is … times as fast | rules alone |"
    yield "|---|---|---|---|---|"
    for name, spent in seconds.items():
        each = 1000 * statistics.median(spent) / options.documents
        rate = n_characters / sum(spent)
        pairs = [_ratio(spent, seconds[build]) for build in ("default build", "rules alone")]
        yield f"| {name} | {each:.2f} | {rate:,.0f} | {pairs[0]} | {pairs[1]} |"
    yield ""
    yield from skipped


def _ratio(theirs: Sequence[float], ours: Sequence[float]) -> str:
    """Median of the rounds' ratios, with the least and the greatest."""
    ratios = [a / b for a, b in zip(theirs, ours, strict=True)]
    return f"{statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f})"


def workers(options: argparse.Namespace) -> Iterator[str]:
    """Whole builds by the command with one and two workers, in turns, wall clock."""
    seconds: dict[int, list[float]] = {1: [], 2: []}
    for number in range(min(options.rounds, 3)):
        with tempfile.TemporaryDirectory() as folder:
            source = _corpus(Path(folder), 2 * options.documents, f"workers {number}")
            for n in (1, 2) if number % 2 else (2, 1):
                wall, _ = _build(source, Path(folder) / f"out{n}", n)
                seconds[n].append(wall)
    ratios = [one / two for one, two in zip(seconds[1], seconds[2], strict=True)]
    yield f"{2 * options.documents} documents, start of the processes included."
    yield ""
    yield "| workers | s, median |"
    yield "|---|---|"
    for n, spent in seconds.items():
        yield f"| {n} | {statistics.median(spent):.1f} |"
    yield ""
    yield f"Two workers are {statistics.median(ratios):.2f} ({min(ratios):.2f}–{max(ratios):.2f}) times as fast as one."


def memory(options: argparse.Namespace) -> Iterator[str]:
    """Peak resident memory of a build and its workers by the size of the corpus."""
    yield "| documents | peak MiB, two workers and parent | of the smallest |"
    yield "|---|---|---|"
    first = 0.0
    for n in options.sizes:
        with tempfile.TemporaryDirectory() as folder:
            _, peak = _build(_corpus(Path(folder), n, "memory"), Path(folder) / "out", 2)
        first = first or peak
        yield f"| {n:,} | {peak:,.0f} | {peak / first:.2f} |"


def _corpus(folder: Path, n: int, seed: str) -> Path:
    source = folder / "in"
    source.mkdir()
    for number, text in enumerate(copies(n, seed)):
        (source / f"{number:06}.txt").write_text(text, encoding="utf-8", errors="replace")
    return source


def _build(source: Path, out: Path, n_workers: int) -> tuple[float, float]:
    """Seconds of one build, and the peak of its processes' resident memory together in MiB."""
    run = "from pipeline.cli import main; main()"
    command = [sys.executable, "-P", "-c", run, "build", str(source), "--out", str(out)]
    started = time.monotonic()
    process = subprocess.Popen(
        [*command, "--workers", str(n_workers)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    peak = 0
    while process.poll() is None:
        peak = max(peak, sum(map(_resident, _family(process.pid))))
        time.sleep(_TICK)
    if process.returncode:
        raise SystemExit(f"the build ended with {process.returncode}")
    return time.monotonic() - started, peak / 1024


def _family(pid: int) -> list[int]:
    try:
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        threads = [p for p in Path(f"/proc/{pid}/task").iterdir() if p.name != str(pid)]
        for thread in threads:
            children += (thread / "children").read_text().split()
    except OSError:
        return [pid]
    return [pid, *(one for child in children for one in _family(int(child)))]


def _resident(pid: int) -> int:
    """KiB of memory that a process holds, 0 for one that has ended."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return 0
    found = re.search(r"VmRSS:\s+(\d+)", status)
    return int(found[1]) if found else 0


def length(options: argparse.Namespace) -> Iterator[str]:
    """Cost of a character by the length of its document; in batches, as in a build."""
    for batch in _batches(options.documents, "length warm"):
        stage_seconds(*batch)
    spare_collector()
    yield "| bytes | characters | µs a character | " + " | ".join(STAGES) + " |"
    yield "|---|---|---" + "|---" * len(STAGES) + "|"
    for n_bytes in (n for n in LENGTHS if n <= options.longest):
        n = max(1, _SAME_LENGTH // n_bytes)
        texts = [long_document(n_bytes, f"length {number}") for number in range(n)]
        together = max(1, min(BATCH, BATCH_BYTES // n_bytes))
        spent = dict.fromkeys(STAGES, 0.0)
        for at in range(0, n, together):
            for stage, seconds in stage_seconds(*texts[at : at + together]).items():
                spent[stage] += seconds
        n_characters = sum(map(len, texts))
        each = {stage: 1e6 * seconds / n_characters for stage, seconds in spent.items()}
        cells = " | ".join(f"{each[stage]:.2f}" for stage in STAGES)
        yield f"| {n_bytes:,} | {n_characters // n:,} | {sum(each.values()):.2f} | {cells} |"


def stages(options: argparse.Namespace) -> Iterator[str]:
    """What share of the time a stage takes; in batches, as in a build."""
    for batch in _batches(options.documents, "stages warm"):
        stage_seconds(*batch)
    spare_collector()
    yield "| stage | ms a document | share | ms with rules alone | share |"
    yield "|---|---|---|---|---|"
    sums = {method: dict.fromkeys(STAGES, 0.0) for method in ("both", "rules")}
    for batch in _batches(options.documents, "stages"):
        for method, total in sums.items():
            for stage, seconds in stage_seconds(*batch, method=method).items():
                total[stage] += seconds
    for stage in STAGES:
        cells = [
            f"{1000 * total[stage] / options.documents:.2f} | {total[stage] / sum(total.values()):.0%}"
            for total in sums.values()
        ]
        yield f"| {stage} | {' | '.join(cells)} |"


def _batches(n: int, seed: str) -> Iterator[list[str]]:
    """Documents as many at a time as a build gives a worker."""
    texts = list(copies(n, seed))
    return (texts[at : at + BATCH] for at in range(0, n, BATCH))


def hostile(options: argparse.Namespace) -> Iterator[str]:
    """Seconds for 100,000 characters of each hostile input; ^ marks growth that is steeper than linear."""
    stage_seconds(long_document(1_000, "growth warm"))
    gc.collect()
    gc.disable()
    yield "```text"
    for name in HOSTILE:
        yield growth.measure(name, 100_000, 30.0)[0].rstrip()
    yield "```"
    gc.enable()


SECTIONS: dict[str, Callable[[argparse.Namespace], Iterator[str]]] = {
    "speed": speed,
    "workers": workers,
    "memory": memory,
    "length": length,
    "stages": stages,
    "growth": hostile,
}


def _write(file: Path, name: str, lines: Sequence[str]) -> None:
    """Put a section in place of the one of that name; others stay."""
    text = (
        file.read_text(encoding="utf-8") if file.exists() else "# Benchmarks\n\n`make bench` writes this.\n"
    )
    parts = dict(re.findall(r"^## (\w+)\n(.*?)(?=^## |\Z)", text, re.M | re.S))
    parts[name] = "\n" + "\n".join([(SECTIONS[name].__doc__ or "").strip(), "", *lines]) + "\n\n"
    body = "".join(f"## {section}\n{parts[section]}" for section in SECTIONS if section in parts)
    file.write_text(text.partition("## ")[0] + body.rstrip() + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
