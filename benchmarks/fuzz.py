"""Mutated documents and random bytes through ``extract``: a document or a reject each, sound, and in time.

    python benchmarks/fuzz.py [--minutes N] [--limit SECONDS] [--seed N] [--keep FOLDER]

An input that raises anything but ExtractError, breaks an invariant of the contract or takes longer than the limit is cut
down and kept in FOLDER (``tests/cases/fuzz/`` without it), one for each place in the code; a test runs what lies there.
"""

from __future__ import annotations

import argparse
import hashlib
import re
import signal
import time
import traceback
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from random import Random
from types import FrameType

from pipeline import extract
from pipeline.check.families import Family
from pipeline.check.invariants import INVARIANTS
from pipeline.errors import ExtractError
from pipeline.write.columns import to_tables
from pipeline.write.spill import KEYED

ROOT = Path(__file__).parents[1]
KEPT = ROOT / "tests" / "cases" / "fuzz"
LONGEST = 60_000  # bytes of a mutated input; what length alone costs is the business of bench.py
_CUTS, _CUT_SECONDS = 400, 60.0  # what may be spent on making a finding smaller

# What the stages look at: marks, numerals, brackets, the words of head and tail, and what normalisation repairs.
TOKENS = (
    *"。，、；：！？（）()〔〕［］《》<>“”‘’「」·…—－-_*#|&;./\\　 \t\n\r\v\f\0\x1c\x85\u2028\u200b\ufeff\ufffd\ud83d\ue000",
    *"〇零一二三四五六七八九十百千万亿０１２123年月日时号第条章节款项令文件附等",
    *(
        "一、",
        "（一）",
        "1.",
        "（1）",
        "①",
        "一是",
        "第一条",
        "第一章",
        "1.1 ",
        "\n\n",
        "\r\n",
        "\n一、",
        "\n（一）",
    ),
    *(
        "关于",
        "的通知",
        "通知如下：",
        "各市、县（区）：",
        "附件：1. ",
        "附件",
        "抄送：",
        "签发人：",
        "2020年1月29日",
    ),
    *(
        "国发〔2020〕1号",
        "中华人民共和国国务院令",
        "第707号",
        "特急",
        "机密★10年",
        "《关于",
        "》",
        "印发",
        "转发",
    ),
    *(
        "<p>",
        "</p>",
        "<script>",
        "&amp;",
        "&#x4e00;",
        "**",
        "## ",
        "| a |",
        "```",
        "- 3 -",
        "第1页",
        "pīn",
        "yīn",
    ),
    *(
        "錕斤拷",
        "锟斤拷",
        "ï»¿",
        "Ã©",
        "?",
        "??",
        "\u3000\u3000",
        "臺灣",
        "國務院",
        "十二月三十二日",
        "2020年13月45日",
    ),
)
ENCODINGS = ("utf-8", "gb18030", "utf-16", "big5", "utf-8-sig", "latin-1")


class Overrun(Exception):
    """An input took too long. No TimeoutError: that is an OSError, which stages may handle."""


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Mutated documents and random bytes through extract.")
    parser.add_argument("--minutes", type=float, default=1.0)
    parser.add_argument("--limit", type=float, default=5.0, help="processor seconds that one input may take")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, default=KEPT)
    options = parser.parse_args(arguments)

    seeds = documents()
    found: dict[str, Path] = {}
    end = time.monotonic() + 60 * options.minutes
    number, slowest, rejected = 0, 0.0, 0
    while time.monotonic() < end:
        data = mutant(seeds, Random(f"{options.seed} {number}"))
        number += 1
        started = time.process_time()
        complaint, is_reject = verdict(data, options.limit)
        slowest = max(slowest, time.process_time() - started)
        rejected += is_reject
        if complaint and complaint not in found:
            small = cut_down(data, complaint, options.limit)
            found[complaint] = keep(small, complaint, options.keep)
            print(f"input {number}: {complaint}: {found[complaint].name}, {len(small)} bytes", flush=True)
    print(
        f"{number} inputs, {rejected} rejected, {len(found)} findings, slowest {slowest:.2f} s of processor time"
    )


def documents() -> list[bytes]:
    """The seeds, the gold notices of the tests and what pages and converters made of others."""
    gold = ROOT / "tests" / "gold"
    files = [
        file for folder in (ROOT / "seeds", gold, gold / "layouts") for file in sorted(folder.glob("*.txt"))
    ]
    return [file.read_bytes() for file in files]


def mutant(seeds: list[bytes], rng: Random) -> bytes:
    """Bytes of any kind: mostly documents with some damage, sometimes noise."""
    kind = rng.random()
    if kind < 0.03:
        return rng.randbytes(rng.randrange(2000))
    if kind < 0.1:
        return _words(rng, rng.randrange(1, 400)).encode("utf-8", "surrogatepass")[:LONGEST]
    text = rng.choice(seeds).decode("utf-8", "replace")
    for _ in range(rng.choice((1, 2, 4, 8, 30))):
        text = rng.choice(_MUTATIONS)(text, rng, seeds)[:LONGEST]
    encoding = ENCODINGS[0] if rng.random() < 0.7 else rng.choice(ENCODINGS)
    data = text.encode(encoding, "surrogatepass" if encoding.startswith("utf-") else "replace")
    if rng.random() < 0.15:  # lost and changed bytes
        damaged = bytearray(data)
        for _ in range(rng.randrange(1, 20)):
            at = rng.randrange(len(damaged) or 1)
            damaged[at : at + 1] = rng.choice((b"", b"?", b"\0", rng.randbytes(1)))
        data = bytes(damaged)
    return data


def _words(rng: Random, n: int) -> str:
    return "".join(rng.choice(TOKENS) for _ in range(n))


def _insert(text: str, rng: Random, seeds: list[bytes]) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + _words(rng, rng.choice((1, 2, 5))) + text[at:]


def _repeat(text: str, rng: Random, seeds: list[bytes]) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + _words(rng, rng.choice((1, 2, 3))) * rng.choice((2, 20, 500)) + text[at:]


def _delete(text: str, rng: Random, seeds: list[bytes]) -> str:
    at = rng.randrange(len(text) + 1)
    return text[:at] + text[at + rng.choice((1, 3, 30, 300)) :]


def _copy(text: str, rng: Random, seeds: list[bytes]) -> str:
    at, to = rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)
    return text[:to] + text[at : at + rng.choice((5, 50, 1000))] + text[to:]


def _graft(text: str, rng: Random, seeds: list[bytes]) -> str:
    other = rng.choice(seeds).decode("utf-8", "replace")
    at, to = rng.randrange(len(other)), rng.randrange(len(text) + 1)
    return text[:to] + other[at : at + rng.choice((20, 300, 5000))] + text[to:]


def _lines(text: str, rng: Random, seeds: list[bytes]) -> str:
    lines = text.split("\n")
    change = rng.randrange(4)
    if change == 0:
        rng.shuffle(lines)
    elif change == 1:
        lines = lines[::-1]
    elif change == 2:
        at = rng.randrange(len(lines))
        lines = lines[at:] + lines[:at]
    return ("" if change == 3 else "\n").join(lines)


def _replace(text: str, rng: Random, seeds: list[bytes]) -> str:
    old, new = rng.choice(text or " "), rng.choice(TOKENS)
    return text.replace(old, new) if rng.random() < 0.3 else text.replace(old, new, 1)


_MUTATIONS = (_insert, _insert, _repeat, _delete, _copy, _graft, _lines, _replace)


def verdict(data: bytes, limit: float) -> tuple[str, bool]:
    """What is wrong with what ``extract`` makes of an input ('' when nothing is), and whether it is a reject."""
    try:
        with time_limit(limit):
            record = extract(data, name="fuzz")
    except ExtractError:
        return "", True
    except Exception as failure:  # whatever it is, it is a finding
        own = [f for f in traceback.extract_tb(failure.__traceback__) if "/pipeline/" in f.filename]
        place = re.sub(r".*/pipeline/", "", own[-1].filename) if own else "?"
        return f"{type(failure).__name__} in {place} {own[-1].name if own else ''}".strip(), False
    tables = to_tables([record])
    family = Family({table: tables[table].to_pylist() for table in KEYED})
    for invariant in INVARIANTS:
        for table, _, name, _ in invariant(family):
            if name != "order":  # rows are put into their order by the writer
                return f"invariant {name} of {table}", False
    return "", False


@contextmanager
def time_limit(seconds: float) -> Iterator[None]:
    """Raises Overrun in the block once it has taken so many processor seconds; Python's regexes look for signals too."""

    def ring(number: int, frame: FrameType | None) -> None:
        raise Overrun

    before = signal.signal(signal.SIGPROF, ring)
    signal.setitimer(signal.ITIMER_PROF, seconds, 1.0)  # again each second, should something swallow it
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)


def cut_down(data: bytes, complaint: str, limit: float) -> bytes:
    """A smaller input with the same finding: pieces are left out, halves first, as long as it stays."""
    return _without_pieces(data, lambda part: verdict(part, limit)[0] == complaint)


def _without_pieces(data: bytes, still: Callable[[bytes], bool]) -> bytes:
    size, cuts, end = len(data) // 2, 0, time.monotonic() + _CUT_SECONDS
    while size:
        at = 0
        while at < len(data):
            if cuts == _CUTS or time.monotonic() > end:
                return data
            part = data[:at] + data[at + size :]
            cuts += 1
            if still(part):
                data = part
            else:
                at += size
        size //= 2
    return data


def keep(data: bytes, complaint: str, folder: Path) -> Path:
    """Write a finding; its name says where it was found."""
    folder.mkdir(parents=True, exist_ok=True)
    slug = re.sub(r"[^A-Za-z0-9]+", "-", complaint).strip("-").lower()
    file = folder / f"{slug}-{hashlib.sha256(data).hexdigest()[:8]}.bin"
    file.write_bytes(data)
    return file


if __name__ == "__main__":
    main()
