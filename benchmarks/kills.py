"""Builds that are killed at random moments or run out of disk: the old dataset stays, the next build is complete.

    python benchmarks/kills.py [--documents N] [--kills N] [--seed N] [--small-disk FOLDER]

A dataset of one corpus stands in the output; a build of another corpus into it is killed (SIGKILL) at a random moment,
every second time with its workers; every third kill falls into its last phase, when files are written and change places.
Then the output must be sound and hold the old dataset or the new one, byte for byte
and nothing between; and the next build must end with the bytes of a build from scratch. Last, the same with files that
may not grow beyond a share of what they need, and, with --small-disk, in a folder on a file system with less room than
the build takes (``mount -t tmpfs -o size=3m tmpfs FOLDER``). Exit code 1 when anything else is seen.
"""

from __future__ import annotations

import argparse
import os
import re
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from pathlib import Path
from random import Random

from benchmarks.corpus import copies
from pipeline.check import check
from pipeline.write.publish import dataset_file
from pipeline.write.reuse import note_file

COMMAND = [sys.executable, "-P", "-c", "from pipeline.cli import main; main()", "build"]
SHARES = (0.02, 0.3, 0.6, 0.95)  # of the largest file of the dataset
_WORKERS = 2


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Builds killed at random moments, and builds without room.")
    parser.add_argument("--documents", type=int, default=300)
    parser.add_argument("--kills", type=int, default=20)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--small-disk", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as folder:
        trial = Trial(Path(folder), options.documents)
        rng = Random(options.seed)
        print(
            f"{options.documents} documents, a build takes {trial.seconds:.1f} s, its last phase {trial.last_phase:.1f} s",
            flush=True,
        )
        kills = 0
        while kills < options.kills:  # a build that ended before its moment does not count
            kills += trial.kill(rng.random(), late=kills % 3 == 2, with_workers=kills % 2 == 1)
        for share in SHARES:
            trial.limit_files(share)
        if options.small_disk:
            trial.small_disk(options.small_disk)
    print(", ".join(f"{count} {what}" for what, count in sorted(trial.seen.items())))
    print(f"{len(trial.broken)} broken promises")
    sys.exit(1 if trial.broken else 0)


class Trial:
    """Two corpora with the dataset that each gives, and an output to build in again and again."""

    def __init__(self, folder: Path, n_documents: int) -> None:
        self.folder, self.out = folder, folder / "out"
        self.seen: Counter[str] = Counter()
        self.broken: list[str] = []
        for name in ("old", "new"):
            (folder / name).mkdir()
            for number, text in enumerate(copies(n_documents, f"kills {name}")):
                (folder / name / f"{number:05}.txt").write_text(text, encoding="utf-8", errors="replace")
        self._finish("old", folder / "of-old")
        started = time.monotonic()
        build = self._start("new", folder / "of-new")
        self._wait_for_last_phase(build, folder / "of-new")
        last_phase = time.monotonic()
        build.communicate()
        self.seconds, self.last_phase = (time.monotonic() - since for since in (started, last_phase))
        self.datasets = {name: _dataset(folder / f"of-{name}") for name in ("old", "new")}

    def kill(self, share: float, *, late: bool, with_workers: bool) -> bool:
        """One build killed after a share of the time that it, or with ``late`` its last phase, takes; and the next one.

        False when it ended before.
        """
        self._restore(self.out)
        build = self._start("new", self.out)
        if late:
            self._wait_for_last_phase(build, self.out)
        time.sleep(share * (self.last_phase if late else self.seconds))
        if build.poll() is not None:
            return False
        if with_workers:
            os.killpg(build.pid, signal.SIGKILL)
        else:
            build.kill()
        build.communicate()
        when = f"killed {'with its workers ' if with_workers else ''}at {share:.2f}{' of the last phase' if late else ''}"
        state = self._look(self.out, ("old", "new"), when)
        self._again(self.out, when)
        print(f"{when}: {state}", flush=True)
        return True

    def _wait_for_last_phase(self, build: subprocess.Popen[str], out: Path) -> None:
        while build.poll() is None and not list((out / ".build" / "staging").glob("*")):
            time.sleep(0.002)

    def limit_files(self, share: float) -> None:
        """One build whose files may grow to a share of the dataset's largest file, and the next one."""
        self._restore(self.out)
        most = int(share * max(map(len, self.datasets["new"].values())))
        build = self._start("new", self.out, most)
        self._refused(build, self.out, f"files of at most {most:,} bytes")

    def small_disk(self, folder: Path) -> None:
        """One build where there is less room than it takes; there is no next one."""
        self._restore(folder / "out")
        free = shutil.disk_usage(folder).free
        self._refused(self._start("new", folder / "out"), folder / "out", f"{free:,} bytes free", again=False)

    def _refused(self, build: subprocess.Popen[str], out: Path, what: str, again: bool = True) -> None:
        _, said = build.communicate()
        lines = [line for line in said.splitlines() if not re.search("documents/s|^gongwen: rejected", line)]
        if build.returncode != 1 or len(lines) != 1 or "is as it was" not in lines[0]:
            self._complain(f"{what}: exit code {build.returncode}, {lines}")
        state = self._look(out, ("old",), what)
        if again:
            self._again(out, what)
        print(f"{what}: {' '.join(lines)}: {state}", flush=True)

    def _look(self, out: Path, allowed: tuple[str, ...], when: str) -> str:
        """Which dataset is there, byte for byte."""
        if findings := check(out):
            self._complain(f"{when}: {len(findings)} findings, the first: {findings[0]}")
        found = _dataset(out)
        state = next((name for name in allowed if found == self.datasets[name]), "neither dataset")
        if state not in allowed:
            self._complain(f"{when}: {state}")
        moving = (out / ".build" / "ready").exists()
        self.seen[f"{state}{', in the middle of the exchange' if moving else ''}"] += 1
        return state

    def _again(self, out: Path, when: str) -> None:
        self._finish("new", out)
        if _dataset(out) != self.datasets["new"]:
            self._complain(f"{when}: the next build gave other bytes than one from scratch")
        left = {path.name for path in (out / ".build").iterdir()} - {"lock", note_file(out).name}
        if left:
            self._complain(f"{when}: left over: {sorted(left)}")

    def _finish(self, source: str, out: Path) -> None:
        """A build that is let be. Workers of a killed build may live for moments; they hold nothing."""
        build = self._start(source, out)
        _, said = build.communicate()
        if build.returncode:
            raise SystemExit(f"the build of {source} ended with {build.returncode}: {said}")

    def _start(self, source: str, out: Path, most: int | None = None) -> subprocess.Popen[str]:
        def limited() -> None:
            if most is not None:
                resource.setrlimit(resource.RLIMIT_FSIZE, (most, most))

        return subprocess.Popen(
            [*COMMAND, source, "--out", str(out), "--workers", str(_WORKERS)],
            cwd=self.folder,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.PIPE,
            text=True,
            start_new_session=True,
            preexec_fn=limited,
        )

    def _restore(self, out: Path) -> None:
        shutil.rmtree(out, ignore_errors=True)
        shutil.copytree(self.folder / "of-old", out)

    def _complain(self, what: str) -> None:
        self.broken.append(what)
        print(f"BROKEN: {what}", flush=True)


def _dataset(out: Path) -> dict[str, bytes]:
    """The files of the dataset as a reader finds them."""
    names = {path.name for folder in (out, out / ".build" / "ready") for path in folder.glob("*")}
    names -= {".build", "stale"}
    return {name: dataset_file(out, name).read_bytes() for name in sorted(names)}


if __name__ == "__main__":
    main()
