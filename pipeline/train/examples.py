"""What the tagger learns from: coded sentences of gold notices, of further notices, and short clauses.

``tests/gold`` holds notices with complete gold; ``pipeline/train/data`` what was written for training: sentences, whole
``notices`` and short clauses (``fragments``).
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random
from typing import Any

from pipeline.records import Modality

GOLD = Path(__file__).resolve().parents[2] / "tests" / "gold"
SEEDS = GOLD / "seeds"
SENTENCES = Path(__file__).parent / "data"
NOTICES, FRAGMENTS = SENTENCES / "notices", SENTENCES / "fragments"
TEST_NUMBERS = frozenset(("05", "11"))
JOINED, _LONGEST_JOINED = 1500, 160  # long sentences made of short ones, and their most characters


@dataclass(frozen=True, slots=True)
class Example:
    """One coded sentence of a document; ``headings`` stand above it, ``lead`` is the lead-in whose item it
    is.
    """

    text: str
    codes: tuple[str, ...]
    modality: Modality | None
    actors: tuple[str, ...]
    document: str
    headings: tuple[str, ...] = ()
    inside: bool = True  # in a directive
    title: str = ""
    lead: Example | None = None

    @property
    def part(self) -> str:
        """The field of a gold notice (its first letter; 0 for the seeds), or the name of the file of sentences."""
        return self.document[0] if self.is_gold else self.document

    @property
    def is_gold(self) -> bool:
        """Whether it belongs to a document with complete gold: a_01_…, 000_… (the seeds)."""
        return "_" in self.document[:4]

    @property
    def is_fragment(self) -> bool:
        """Whether it is a short clause, written for its words."""
        return self.document == FRAGMENTS.name

    @property
    def has_actors(self) -> bool:
        """Whether its actors are known."""
        return self.modality is not None

    @property
    def is_test(self) -> bool:
        """Whether it belongs to the test part of the gold."""
        return self.is_gold and self.document.split("_")[1] in TEST_NUMBERS


def gold_examples(folder: Path = GOLD) -> list[Example]:
    """The measures of every gold document in order."""
    examples = []
    for file in sorted(folder.glob("*.json")):
        gold = json.loads(file.read_text(encoding="utf-8"))
        headings = {item["path"]: item["heading"] or "" for item in gold.get("directives", [])}
        leads: dict[str | None, Example] = {}
        for measure in gold.get("measures", []):
            example = _gold_example(measure, headings, gold.get("title") or "", file.stem, leads)
            examples.append(example)
            if measure["text"].endswith("："):
                leads[measure["path"]] = example
    return examples


def _gold_example(
    measure: dict[str, Any],
    headings: dict[str, str],
    title: str,
    document: str,
    leads: dict[str | None, Example],
) -> Example:
    path = measure["path"]
    steps = path.split(".") if path else []
    above = [headings.get(".".join(steps[: depth + 1]), "") for depth in range(len(steps))]
    lead = leads.get(path.rpartition(".")[0]) if path and "." in path else None
    return Example(
        measure["text"],
        tuple(measure["codes"]),
        measure["modality"],
        tuple(measure["actors"]),
        document,
        tuple(heading for heading in above if heading),
        path is not None,
        title,
        lead,
    )


def sentence_examples(folder: Path = SENTENCES) -> list[Example]:
    """The coded sentences of every ``*.jsonl`` in the folder, with title, heading and lead-in where they have
    them.
    """
    examples = []
    for file in sorted(folder.glob("*.jsonl")):
        leads: dict[tuple[str, str], Example] = {}
        for line in file.read_text(encoding="utf-8").splitlines():
            item = json.loads(line)
            heading, document = item.get("heading"), item.get("doc") or ""
            example = Example(
                item["text"],
                tuple(item["codes"]),
                item["modality"],
                tuple(item.get("actors") or ()),
                file.stem,
                (heading,) if heading else (),
                True,
                item.get("title") or "",
                leads.get((document, item.get("lead_in") or "")),
            )
            leads[document, example.text] = example
            examples.append(example)
    return examples


def fragment_examples(folder: Path = FRAGMENTS) -> list[Example]:
    """Short clauses by code: ``# code,code`` begins a list whose items end in ； or at the line's end.

    They teach codes alone: neither modality nor actors.
    """
    examples = []
    for file in sorted(folder.glob("*.txt")):
        codes: tuple[str, ...] = ()
        for line in file.read_text(encoding="utf-8").splitlines():
            if line.startswith("# "):
                codes = () if line == "# none" else tuple(line[2:].split(","))
            elif line.strip() and not line.startswith("//"):
                examples += [
                    Example(f"{item.strip()}。", codes, None, (), folder.name)
                    for item in line.split("；")
                    if item.strip()
                ]
    return examples


def all_examples() -> list[Example]:
    """Everything there is to learn from."""
    return (
        gold_examples()
        + gold_examples(SEEDS)
        + sentence_examples()
        + sentence_examples(NOTICES)
        + fragment_examples()
    )


def joined_examples(examples: Sequence[Example], count: int = JOINED) -> list[Example]:
    """Long sentences made of two or three neighbours of one document, with the codes of all and the modality of the first."""
    random = Random(0)
    documents: dict[tuple[str, str], list[Example]] = {}
    for example in examples:
        if example.modality not in (None, "statement") and not example.text.endswith("："):
            documents.setdefault((example.document, example.title), []).append(example)
    long_enough = [part for part in documents.values() if len(part) > 3]
    joined: list[Example] = []
    while len(joined) < count:
        part = random.choice(long_enough)
        start, size = random.randrange(len(part) - 2), random.choice((2, 2, 3))
        together = part[start : start + size]
        text = "，".join(example.text.rstrip("。；！？") for example in together) + "。"
        if len(text) <= _LONGEST_JOINED:
            codes = tuple(dict.fromkeys(code for example in together for code in example.codes))
            joined.append(replace(together[0], text=text, codes=codes, actors=()))
    return joined
