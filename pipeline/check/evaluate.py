"""Scores extraction against gold: fields, sets, directive trees, measures and their codes.

A gold file is one JSON a document in the format of the contract, beside the text that its ``source`` names. A key
that is missing is not scored; a null says that the document states no such thing, and a value there is *invented*.
All texts are compared without blanks.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from pipeline.extract import ExtractError, extract
from pipeline.records import Directive, DocumentRecord, Modality
from pipeline.tag import Codebook

SCALARS = (
    "title",
    "doc_type",
    "doc_number",
    "date_issued",
    "urgency",
    "secrecy",
    "signer",
    "printed_by",
    "printed_on",
)
SETS = ("issuers", "addressees", "cc", "attachments", "references")
ISSUER_FIELDS = ("level", "organ", "adcode")
ENDS = 15  # characters of a directive's text that gold gives at either end
_BLANK = re.compile(r"\s+")


def squeeze(value: object) -> str:
    """A value as text without blanks."""
    return _BLANK.sub("", str(value))


@dataclass
class Counts:
    """Hits, false positives, misses and invented values of one field."""

    hit: int = 0
    wrong: int = 0
    missed: int = 0
    invented: int = 0

    def add(self, other: Counts) -> None:
        """Adds another document's counts."""
        self.hit += other.hit
        self.wrong += other.wrong
        self.missed += other.missed
        self.invented += other.invented

    @property
    def precision(self) -> float | None:
        """Share of the values given that are right."""
        given = self.hit + self.wrong + self.invented
        return self.hit / given if given else None

    @property
    def recall(self) -> float | None:
        """Share of gold's values that were found."""
        gold = self.hit + self.missed
        return self.hit / gold if gold else None

    @property
    def f1(self) -> float | None:
        """Harmonic mean of precision and recall; None where neither side has a value."""
        total = 2 * self.hit + self.wrong + self.missed + self.invented
        return 2 * self.hit / total if total else None

    def as_dict(self) -> dict[str, float | int | None]:
        """The counts and their ratios."""
        return {
            "hit": self.hit,
            "wrong": self.wrong,
            "missed": self.missed,
            "invented": self.invented,
            "precision": _round(self.precision),
            "recall": _round(self.recall),
            "f1": _round(self.f1),
        }


def _round(value: float | None) -> float | None:
    return None if value is None else round(value, 4)


@dataclass
class Scores:
    """Scores of one document or of many."""

    fields: dict[str, Counts] = field(default_factory=dict)
    codes: dict[str, Counts] = field(default_factory=dict)
    documents: int = 0
    exact_trees: int = 0
    trees: int = 0
    measures: int = 0
    exact_codes: int = 0
    modality_right: int = 0
    coded_statements: int = 0
    statements: int = 0
    edits: int = 0
    characters: int = 0
    confusions: list[dict[str, Any]] = field(default_factory=list)

    def count(self, name: str) -> Counts:
        """The counts of one field."""
        return self.fields.setdefault(name, Counts())

    def add(self, other: Scores) -> None:
        """Adds another document's scores."""
        for name, counts in other.fields.items():
            self.count(name).add(counts)
        for code, counts in other.codes.items():
            self.codes.setdefault(code, Counts()).add(counts)
        for name in (
            "documents",
            "exact_trees",
            "trees",
            "measures",
            "exact_codes",
            "modality_right",
            "coded_statements",
            "statements",
            "edits",
            "characters",
        ):
            setattr(self, name, getattr(self, name) + getattr(other, name))
        self.confusions.extend(other.confusions)

    def as_dict(self) -> dict[str, Any]:
        """Everything as JSON-ready values."""
        micro = Counts()
        for counts in self.codes.values():
            micro.add(counts)
        present = [c.f1 or 0.0 for c in self.codes.values() if c.hit + c.missed]
        return {
            "documents": self.documents,
            "fields": {name: counts.as_dict() for name, counts in sorted(self.fields.items())},
            "exact_tree": _share(self.exact_trees, self.trees),
            "codes": {code: counts.as_dict() for code, counts in sorted(self.codes.items())},
            "codes_micro_f1": _round(micro.f1),
            "codes_macro_f1": _round(sum(present) / len(present)) if present else None,
            "codes_exact_set": _share(self.exact_codes, self.measures),
            "modality_accuracy": _share(self.modality_right, self.measures),
            "coded_statements": _share(self.coded_statements, self.statements),
            "character_error_rate": _share(self.edits, self.characters),
            "invented": sum(c.invented for c in self.fields.values()),
        }


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


@dataclass
class Evaluation:
    """The scores of a folder: in all and by document."""

    total: Scores
    by_document: dict[str, Scores]

    def as_dict(self) -> dict[str, Any]:
        """JSON-ready: totals, each document, and the sentences coded otherwise than gold."""
        return {
            "total": self.total.as_dict(),
            "by_document": {name: scores.as_dict() for name, scores in sorted(self.by_document.items())},
            "confusions": self.total.confusions,
        }


def gold_files(folder: Path) -> Iterator[tuple[Path, dict[str, Any]]]:
    """The gold files of a folder with their content, in order of name; ValueError for one that is no gold file."""
    for path in sorted(folder.rglob("*.json")):
        gold = json.loads(path.read_text(encoding="utf-8"))
        if not isinstance(gold, dict) or "source" not in gold:
            raise ValueError(f"{path}: not a gold file, it names no source")
        yield path, gold


def evaluate(folder: Path, *, codebook: Codebook | None = None) -> Evaluation:
    """Extracts every document of a gold folder and scores it; ValueError when the folder holds no gold file."""
    total, by_document = Scores(), {}
    for path, gold in gold_files(folder):
        source = path.parent / gold["source"]
        try:
            record = extract(source.read_bytes(), name=gold["source"], codebook=codebook)
        except ExtractError as error:
            raise ValueError(f"{source}: {error}") from error
        scores = score(record, gold)
        by_document[path.relative_to(folder).with_suffix("").as_posix()] = scores
        total.add(scores)
    if not by_document:
        raise ValueError(f"{folder} holds no gold file (JSON beside its text)")
    return Evaluation(total, by_document)


def score(record: DocumentRecord, gold: dict[str, Any]) -> Scores:
    """The scores of one record against its gold."""
    scores = Scores(documents=1)
    if "is_official_document" in gold:
        right = record.is_official_document == gold["is_official_document"]
        scores.count("is_official_document").add(Counts(hit=1) if right else Counts(wrong=1, missed=1))
    for name in SCALARS:
        if name in gold:
            scores.count(name).add(_scalar(getattr(record, name), gold[name]))
    for name in SETS:
        if name in gold:
            given, wanted = _given(record, name), _wanted(gold[name], name)
            scores.count(name).add(_multiset(given, wanted))
    if gold.get("issuers"):
        _score_issuers(scores, record, gold["issuers"])
    if "directives" in gold:
        _score_tree(scores, record, gold["directives"])
    if "measures" in gold:
        _score_measures(scores, record, gold["measures"])
    if gold.get("clean_text"):
        wanted_text, given_text = squeeze(gold["clean_text"]), squeeze(record.text)
        scores.edits, scores.characters = edit_distance(given_text, wanted_text), len(wanted_text)
    inner = gold.get("inner")
    if inner is not None:
        wanted_inner = inner if isinstance(inner, list) else [inner]
        scores.count("inner").add(
            _multiset([str(i) for i in range(len(record.inner))], [str(i) for i in range(len(wanted_inner))])
        )
        for one, wanted_one in zip(record.inner, wanted_inner, strict=False):
            nested = score(one, wanted_one)
            nested.documents = 0
            scores.add(nested)
    return scores


def _scalar(given: object, wanted: object) -> Counts:
    if wanted is None:
        return Counts(invented=1) if given is not None else Counts()
    if given is None:
        return Counts(missed=1)
    return Counts(hit=1) if squeeze(given) == squeeze(wanted) else Counts(wrong=1, missed=1)


def _given(record: DocumentRecord, name: str) -> list[str]:
    if name == "issuers":
        return [squeeze(i.name) for i in record.issuers if i.name]
    if name in ("addressees", "cc"):
        role = "main" if name == "addressees" else "cc"
        return [squeeze(a.name) for a in record.addressees if a.role == role]
    attached = name == "attachments"
    return [
        squeeze(r.title) for r in record.references if r.title and (r.relation == "attachment") == attached
    ]


def _wanted(gold: Iterable[Any] | None, name: str) -> list[str]:
    return [squeeze(item["name"] if name == "issuers" else item) for item in gold or ()]


def _multiset(given: list[str], wanted: list[str]) -> Counts:
    have, want = Counter(given), Counter(wanted)
    hit = (have & want).total()
    extra = len(given) - hit
    return Counts(hit, 0 if not wanted else extra, len(wanted) - hit, extra if not wanted else 0)


def _score_issuers(scores: Scores, record: DocumentRecord, gold: list[dict[str, Any]]) -> None:
    given = {squeeze(i.name): i for i in record.issuers if i.name}
    for item in gold:
        organ = given.get(squeeze(item["name"]))
        for name in ISSUER_FIELDS:
            if name in item and organ is not None:
                scores.count(f"issuer_{name}").add(_scalar(getattr(organ, name), item[name]))


def _score_tree(scores: Scores, record: DocumentRecord, gold: list[dict[str, Any]]) -> None:
    def ends(text: str) -> tuple[str, str]:
        return text[:ENDS], text[-ENDS:]

    given = [(d.path, squeeze(d.marker), *ends(_own_text(record, d))) for d in record.directives]
    wanted = [(d["path"], squeeze(d["marker"]), *ends_of(d)) for d in gold]
    scores.count("directives").add(_multiset([str(node) for node in given], [str(node) for node in wanted]))
    scores.trees, scores.exact_trees = 1, int(Counter(given) == Counter(wanted))
    headings = [f"{d.path} {squeeze(d.heading)}" for d in record.directives if d.heading]
    wanted_headings = [f"{d['path']} {squeeze(d['heading'])}" for d in gold if d.get("heading")]
    scores.count("headings").add(_multiset(headings, wanted_headings))


def _own_text(record: DocumentRecord, directive: Directive) -> str:
    """A directive's own words behind its marker, with its sentences that stand behind its children."""
    behind = [
        m.text
        for m in record.measures
        if m.directive_id == directive.directive_id and m.start >= directive.end
    ]
    return squeeze(directive.text + "".join(behind))[len(squeeze(directive.marker)) :]


def ends_of(directive: dict[str, Any]) -> tuple[str, str]:
    """First and last characters of a gold directive's own text, without blanks."""
    return squeeze(directive["starts_with"])[:ENDS], squeeze(directive["ends_with"])[-ENDS:]


def _score_measures(scores: Scores, record: DocumentRecord, gold: list[dict[str, Any]]) -> None:
    paths = {d.directive_id: d.path for d in record.directives}
    given = {(paths.get(m.directive_id or ""), squeeze(m.text)): m for m in record.measures}
    keys = [(item.get("path"), squeeze(item["text"])) for item in gold]
    wanted_keys = set(keys)
    asked = [k for k, m in given.items() if m.modality != "statement" or k in wanted_keys]
    scores.count("measures").add(_multiset([str(k) for k in asked], [str(k) for k in keys]))
    for key, item in zip(keys, gold, strict=True):
        measure = given.get(key)
        codes: set[str] = set(measure.codes) if measure else set()
        wanted = set(item["codes"])
        for code in codes | wanted:
            scores.codes.setdefault(code, Counts()).add(
                Counts(int(code in codes and code in wanted), int(code not in wanted), int(code not in codes))
            )
        scores.measures += 1
        scores.exact_codes += codes == wanted
        modality: Modality | None = measure.modality if measure else None
        scores.modality_right += modality == item.get("modality")
        if item.get("modality") == "statement":
            scores.statements += 1
            scores.coded_statements += bool(codes)
        if "actors" in item:
            actors = [squeeze(a) for a in measure.actors] if measure else []
            scores.count("actors").add(_multiset(actors, [squeeze(a) for a in item["actors"]]))
        if "deadline" in item:
            scores.count("deadline").add(_scalar(measure.deadline if measure else None, item["deadline"]))
        if codes != wanted:
            scores.confusions.append(
                {
                    "source": record.source,
                    "path": key[0],
                    "text": item["text"],
                    "missed": sorted(wanted - codes),
                    "extra": sorted(codes - wanted),
                }
            )


def edit_distance(given: str, wanted: str) -> int:
    """Edits (characters put in, left out or changed) that turn one text into the other.

    Equal stretches are found first (difflib), so that only what differs is compared character by character.
    """
    matcher = SequenceMatcher(None, given, wanted, autojunk=False)
    return sum(
        _levenshtein(given[a:b], wanted[c:d]) for tag, a, b, c, d in matcher.get_opcodes() if tag != "equal"
    )


def _levenshtein(given: str, wanted: str) -> int:
    row = list(range(len(wanted) + 1))
    for i, one in enumerate(given, start=1):
        previous, row[0] = row[0], i
        for j, other in enumerate(wanted, start=1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (one != other))
    return row[-1]
