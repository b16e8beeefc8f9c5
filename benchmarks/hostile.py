"""Thousands of hostile inputs as one build: each is a document or a reject, none is lost, none is over its time.

    python benchmarks/hostile.py [--inputs N] [--limit SECONDS] [--workers N] [--seed N] [--keep FOLDER]

Random bytes, damaged documents, texts cut in the middle of a character, Word files that unpack to a gigabyte, deep HTML,
100 kB of one mark, NUL bytes, lines without end, nothing at all. Exit code 1 when an input is lost or counted twice, when
one ran out of time or brought its worker down, or when the dataset is not sound; the culprits are copied to FOLDER.
"""

from __future__ import annotations

import argparse
import io
import json
import shutil
import sys
import tempfile
import time
import zipfile
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from random import Random

from benchmarks.corpus import HOSTILE
from benchmarks.corpus import hostile as repeated
from benchmarks.fuzz import documents, mutant
from pipeline import build, load
from pipeline.check import check
from pipeline.write.manifest import Manifest

BLAMED = ("timeout", "crash", "internal_error")
"""Errors of ``rejects`` that no input may cause."""
_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_LONG = 100_000  # characters of a text that repeats one mark
_HUGE = (
    60_000_000  # bytes that a small archive unpacks to: within the limit of a part, beyond that of an input
)


def main(arguments: list[str] | None = None) -> None:
    parser = argparse.ArgumentParser(description="Hostile inputs as one build.")
    parser.add_argument("--inputs", type=int, default=10_000)
    parser.add_argument("--limit", type=float, default=60.0, help="seconds that one input may take")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path)
    options = parser.parse_args(arguments)
    with tempfile.TemporaryDirectory() as temporary:
        source, out = Path(temporary, "in"), Path(temporary, "out")
        kinds = write(source, options.inputs, options.seed)
        n_bytes = sum(file.stat().st_size for file in source.iterdir())
        print(f"{options.inputs:,} inputs, {n_bytes / 1e6:,.0f} MB", flush=True)
        started = time.monotonic()
        manifest = build(source, out, workers=options.workers, time_limit=options.limit)
        seconds = time.monotonic() - started
        rejects = load(out).rejects.to_pylist()
        documents_ = load(out).documents.select(["source", "parent_doc_id"]).to_pylist()
        made = Counter(row["source"] for row in documents_ if row["parent_doc_id"] is None)
        made.update(row["source"] for row in rejects)
        print(f"{seconds:.0f} s, {1000 * seconds / options.inputs:.1f} ms an input")
        for (error, stage), count in sorted(Counter((r["error"], r["stage"]) for r in rejects).items()):
            print(f"  {error} ({stage}): {count:,}")
        print(f"  documents: {sum(made.values()) - len(rejects):,}")
        blamed = [row for row in rejects if row["error"] in BLAMED]
        for row in blamed:
            name = Path(row["source"].partition("#")[0])
            print(f"BLAMED: {kinds.get(name.name)}: {row['error']} in {row['stage']}: {row['detail']}")
            if options.keep:
                keep((row["source_sha256"] or "")[:16], manifest, options.keep)
        inputs = Counter(entry.source for entry in manifest.inputs)
        astray = (inputs - made) + (made - inputs)
        lost = options.inputs - sum(made.values())
        findings = check(out)
        for one in findings[:10]:
            print(f"BROKEN: {one.table} {one.row}: {one.invariant}: {one.detail}")
            if options.keep:
                keep(one.row[:16], manifest, options.keep)
        print(f"{lost} lost, {sum(astray.values())} astray, {len(findings)} findings of check")
        sys.exit(1 if blamed or lost or astray or findings else 0)


def keep(doc_id: str, manifest: Manifest, folder: Path) -> None:
    """Copy the file of one input (for a row of JSON Lines: the file that holds it)."""
    folder.mkdir(parents=True, exist_ok=True)
    for entry in manifest.inputs:
        if doc_id and (entry.sha256 or "").startswith(doc_id):
            shutil.copy(entry.source.partition("#")[0], folder)


def write(folder: Path, n: int, seed: int) -> dict[str, str]:
    """``n`` hostile inputs in a folder; the name of each file → its kind."""
    folder.mkdir()
    rng, seeds = Random(seed), documents()
    special = [(kind, make) for kind, makes in SPECIAL.items() for make in makes]
    rows = [json_row(Random(f"{seed} row {number}"), seeds) for number in range(n // 20)]
    (folder / "rows.jsonl").write_bytes(b"\n".join(rows) + b"\n")
    kinds = {"rows.jsonl": "a row of JSON Lines"}
    for number in range(n - len(rows)):
        if number < len(special):
            kind, make = special[number]
        else:
            kind = rng.choices(list(COMMON), [weight for weight, _ in COMMON.values()])[0]
            make = COMMON[kind][1]
        name = f"{number:06}{kind.partition(' ')[2] or '.txt'}"
        data = make(Random(f"{seed} {number}"), seeds)
        (folder / name).write_bytes(data)
        kinds[name] = kind
    return kinds


Maker = Callable[[Random, list[bytes]], bytes]


def noise(rng: Random, seeds: list[bytes]) -> bytes:
    """Random bytes, sometimes behind the first bytes of a format."""
    start = rng.choice((b"", b"", b"PK\x03\x04", b"%PDF-1.4\n", b"\xef\xbb\xbf", b"\xff\xfe", b"<html>"))
    return start + rng.randbytes(rng.randrange(3_000))


def damaged(rng: Random, seeds: list[bytes]) -> bytes:
    """A mutant of the fuzzer."""
    return mutant(seeds, rng)


def cut(rng: Random, seeds: list[bytes]) -> bytes:
    """A document in some encoding that ends, or begins, in the middle of a character."""
    text = rng.choice(seeds).decode("utf-8", "replace")
    data = text.encode(rng.choice(("utf-8", "gb18030", "utf-16", "big5", "utf-32")), "replace")
    at = rng.randrange(1, len(data))
    return data[:at] if rng.random() < 0.7 else data[at:]


def nul(rng: Random, seeds: list[bytes]) -> bytes:
    """A document with NUL bytes between its own."""
    data = bytearray(rng.choice(seeds))
    for _ in range(rng.choice((1, 30, 3_000))):
        at = rng.randrange(len(data))
        data[at:at] = b"\0" * rng.choice((1, 7))
    return bytes(data)


def one_line(rng: Random, seeds: list[bytes]) -> bytes:
    """A document without line ends, many times over."""
    text = rng.choice(seeds).decode("utf-8", "replace").replace("\n", "")
    return (text * rng.choice((1, 5, 50))).encode()


def page(rng: Random, seeds: list[bytes]) -> bytes:
    """Elements in one another, closed or not, around a document."""
    depth, tag = (
        rng.choice((10, 1_000, 30_000)),
        rng.choice(("div", "table><tr><td", "b", "p", "svg", "ul><li")),
    )
    text = rng.choice(seeds)[: rng.randrange(1, 5_000)]
    close = "".join(f"</{part}>" for part in reversed(tag.replace(">", "").split("<"))) * depth
    return (
        f"<html><body>{f'<{tag}>' * depth}".encode() + text + (close.encode() if rng.random() < 0.5 else b"")
    )


def empty(rng: Random, seeds: list[bytes]) -> bytes:
    """Nothing, or blanks alone."""
    return rng.choice((b"", b"", b"\n" * rng.randrange(50), "　 \r\n".encode() * rng.randrange(500)))


def broken_word(rng: Random, seeds: list[bytes]) -> bytes:
    """A Word file with bytes changed or its end missing."""
    text = rng.choice(seeds).decode("utf-8", "replace")[:2_000].replace("<", "").replace("&", "")
    data = bytearray(word(f"<w:p><w:r><w:t>{text}</w:t></w:r></w:p>"))
    for _ in range(rng.randrange(4)):
        data[rng.randrange(len(data))] = rng.randrange(256)
    return bytes(data[: rng.randrange(len(data))] if rng.random() < 0.5 else data)


def json_row(rng: Random, seeds: list[bytes]) -> bytes:
    """One line of JSON Lines, sound or not."""
    text = mutant(seeds, rng).decode("utf-8", "replace")
    sound = json.dumps({"text": text}).encode()
    wrong = (
        b"[" * 50_000,
        b'{"text": "\\ud800"}',
        b'{"text": 1}',
        b"null",
        sound[: len(sound) // 2],
        b'{"x": ""}',
    )
    return sound if rng.random() < 0.8 else rng.choice(wrong)


def word(body: str, **parts: bytes) -> bytes:
    """A Word file of one body, with other parts besides."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        put(package, "[Content_Types].xml", "<Types/>")
        put(package, "word/document.xml", f"<w:document {_W}><w:body>{body}</w:body></w:document>")
        for name, content in parts.items():
            put(package, f"word/{name}.xml", content)
    return data.getvalue()


def put(package: zipfile.ZipFile, name: str, content: str | bytes) -> None:
    """Add a part that holds no clock time, so that a seed gives the same bytes each time."""
    package.writestr(zipfile.ZipInfo(name), content, zipfile.ZIP_DEFLATED)


def bomb(n_bytes: int, name: str = "document") -> bytes:
    """A Word file with a part that unpacks to so many bytes of one text."""
    data = io.BytesIO()
    head, tail = f"<w:document {_W}><w:body><w:p><w:r><w:t>", "</w:t></w:r></w:p></w:body></w:document>"
    with zipfile.ZipFile(data, "w", zipfile.ZIP_DEFLATED) as package:
        if name != "document":
            put(package, "word/document.xml", head + "通知" + tail)
        info = zipfile.ZipInfo(f"word/{name}.xml")
        info.compress_type = zipfile.ZIP_DEFLATED
        with package.open(info, "w", force_zip64=True) as part:
            part.write(head.encode())
            for _ in range(n_bytes // 3_000_000 + 1):
                part.write("一、加强领导。".encode() * 142_858)
            part.write(tail.encode())
    return data.getvalue()


def many_parts() -> bytes:
    """A Word file with a hundred thousand parts."""
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as package:
        for number in range(100_000):
            put(package, f"word/{number}.xml", b"")
    return data.getvalue()


_ENTITIES = b'<!DOCTYPE a [<!ENTITY a "aaaaaaaaaa">' + b"".join(
    f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">'.encode() for n in range(12)
)


def _constant(data: bytes) -> Maker:
    return lambda rng, seeds: data


SPECIAL: dict[str, list[Maker]] = {
    "bomb .docx": [
        lambda rng, seeds: bomb(1_000_000_000),
        lambda rng, seeds: bomb(1_000_000_000, "numbering"),
        lambda rng, seeds: bomb(_HUGE),
        lambda rng, seeds: bomb(_HUGE, "styles"),
        lambda rng, seeds: many_parts(),
        lambda rng, seeds: word("<w:p>" * 400_000),
        lambda rng, seeds: word("<w:p/>" * 2_000_000),
        lambda rng, seeds: word("", numbering=_ENTITIES + b"]><a>&m;</a>"),
    ],
    "entities .html": [_constant(_ENTITIES + b"]><html><body>&m;</body></html>")],
    "marks .txt": [
        _constant(repeated(name, length).encode("utf-8", "replace"))
        for name in HOSTILE
        for length in (_LONG // 4, _LONG)
    ],
    "huge .txt": [
        _constant(b"a" * 20_000_001),
        _constant("甲".encode() * 1_000_000),
        _constant(b"\n" * 5_000_000),
        _constant(b"\0" * 5_000_000),
        _constant(b"\x80" * 5_000_000),
        _constant(b"<" * 2_000_000),
        _constant(b"{" * 2_000_000),
    ],
    "deep .html": [
        _constant(f"<{tag}>".encode() * 300_000) for tag in ("div", "table", "b", "a", "font", "ul", "p", "x")
    ],
}
"""Kind and suffix → what makes one input each."""
COMMON: dict[str, tuple[float, Maker]] = {
    "noise .txt": (20, noise),
    "damaged .txt": (40, damaged),
    "cut .txt": (10, cut),
    "nul .txt": (4, nul),
    "line .md": (4, one_line),
    "page .html": (8, page),
    "empty .txt": (3, empty),
    "broken .docx": (8, broken_word),
    "noise .pdf": (3, noise),
}
"""Kind and suffix → how often, and what makes one."""


if __name__ == "__main__":
    main()
