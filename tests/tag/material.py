"""Small codebooks and documents for the tests of the tagger."""

import json
from collections.abc import Mapping, Sequence
from pathlib import Path

from pipeline.segment import segment
from pipeline.segment.structure import Passage, Structure
from pipeline.tag import Codebook, Method, Tagged, Untagged, tag
from pipeline.tag.codebook import parse_codebook
from pipeline.tag.cues import scanner
from pipeline.tag.sheet import lay_out, mask_titles

ROOT = Path(__file__).parents[2]
SHIPPED = ROOT / "pipeline" / "assets" / "codebook.toml"
GOLD = ROOT / "tests" / "gold"


def codebook_text(
    cues: Sequence[str], unless: Sequence[str] = (), *, words: Mapping[str, Sequence[str]] | None = None
) -> str:
    """A codebook of one code, accountability, and one modality, obligation (要)."""
    lists = [f"{name} = {_listed(items)}" for name, items in (words or {}).items()]
    return "\n".join(
        [
            'version = "test"',
            "[words]",
            *lists,
            "[modality.obligation]",
            'zh = "义务"',
            'definition = "Somebody must act."',
            'cues = ["要"]',
            "[code.accountability]",
            'zh = "追责"',
            'instrument = "authority"',
            'definition = "Holding people to account."',
            'exclude = "没有后果的责任"',
            f"cues = {_listed(cues)}",
            f"unless = {_listed(unless)}",
            'examples = ["要问责。"]',
        ]
    )


def _listed(items: Sequence[str]) -> str:
    return json.dumps(list(items), ensure_ascii=False)


def small_codebook(
    cues: Sequence[str], unless: Sequence[str] = (), *, words: Mapping[str, Sequence[str]] | None = None
) -> Codebook:
    return parse_codebook(codebook_text(cues, unless, words=words), "small.toml")


def find(book: Codebook, text: str, label: str = "accountability") -> list[tuple[int, int]]:
    """Where the cues of a label stand in one row."""
    return [(start, end) for name, start, end in hits(book, text, [(0, len(text))]) if name == label]


def hits(book: Codebook, text: str, spans: Sequence[tuple[int, int]]) -> list[tuple[str, int, int]]:
    """Label, start and end of the hits in the rows ``spans``, as offsets of ``text``."""
    masked = mask_titles(text)
    sheet = lay_out(masked[start:end] for start, end in spans)
    found = scanner(book).scan(sheet)
    shifts = [span[0] - int(start) for span, start in zip(spans, sheet.starts, strict=True)]
    return [
        (scanner(book).labels[label], int(start) + shifts[row], int(end) + shifts[row])
        for label, start, end, row in zip(
            found.labels.tolist(),
            found.starts.tolist(),
            found.ends.tolist(),
            found.rows.tolist(),
            strict=True,
        )
    ]


def tag_one(
    text: str,
    passages: Sequence[Passage],
    headings: Mapping[str, tuple[int, int]],
    *,
    title: str = "",
    codebook: Codebook | None = None,
    method: Method = "both",
) -> Tagged:
    """The tags of one document."""
    [tagged] = tag([Untagged(text, passages, headings, title)], codebook=codebook, method=method)
    return tagged


def tag_sentences(
    text: str, *, path: str | None = "1", book: Codebook | None = None, method: Method = "both"
) -> Tagged:
    """The measures of a text that is one directive."""
    return tag_one(text, [Passage("directive", path, 0, len(text))], {}, codebook=book, method=method)


def tag_structure(structure: Structure, *, book: Codebook | None = None, method: Method = "both") -> Tagged:
    [tagged] = tag([Untagged.of(structure)], codebook=book, method=method)
    return tagged


def gold_structures(pattern: str = "[a-f]_0[1-6]_*.txt") -> list[Structure]:
    """Notices of the gold, taken apart."""
    files = sorted(GOLD.glob(pattern))
    return [segment(file.read_text(encoding="utf-8")) for file in files]
