"""Measures quality on the gold and writes the figures into the README: ``make evaluate``."""

import re
import sys
from pathlib import Path
from typing import Any

from pipeline.check.evaluate import evaluate

ROOT = Path(__file__).resolve().parents[1]
GOLD = ROOT / "tests" / "gold"
BEGIN, END = "<!-- evaluation:begin -->", "<!-- evaluation:end -->"
FIELDS = (
    ("title", "title"),
    ("doc_type", "genre (文种)"),
    ("doc_number", "document number"),
    ("issuers", "issuers"),
    ("issuer_adcode", "GB/T 2260 code of the issuer"),
    ("date_issued", "date of issue"),
    ("addressees", "addressees"),
    ("references", "cited documents"),
    ("directives", "directives (marker, path, first and last words)"),
    ("headings", "headings"),
    ("measures", "measures (sentences)"),
    ("actors", "actors"),
    ("deadline", "deadlines"),
)
FIGURES = (
    ("exact_tree", "share of documents whose whole directive tree is exact"),
    ("codes_micro_f1", "codes, micro F1"),
    ("codes_macro_f1", "codes, macro F1"),
    ("modality_accuracy", "modality, accuracy"),
    ("character_error_rate", "character error rate of the clean text"),
)


def figures() -> str:
    """The table for the README, from the shipped code, model and gold."""
    sets = {name: evaluate(GOLD / name).as_dict()["total"] for name in ("blind3", "blind", "blind2", "hard")}
    test, first, second, hard = (total["documents"] for total in sets.values())
    lines = [
        f"F1 on sets that the tagger's model never saw. *Test*: {test} documents of an author who knew nothing of the rules; nothing was",
        f"chosen by it. *Validation*: {first} and {second} documents that models were compared on and the threshold suits. *Hard*: {hard} documents",
        "written to break things; rules of structure were corrected on them, and the threshold suits them too.",
        "`make evaluate` measures anew; `tests/gold/README.md` says who wrote what.",
        "",
        "| field | test | validation | validation 2 | hard |",
        "|---|---|---|---|---|",
    ]
    lines += [
        f"| {label} | {' | '.join(_f1(total, key) for total in sets.values())} |" for key, label in FIELDS
    ]
    lines += [
        f"| {label} | {' | '.join(f'{total[key]:.3f}' for total in sets.values())} |"
        for key, label in FIGURES
    ]
    return "\n".join(lines)


def _f1(total: dict[str, Any], field: str) -> str:
    value = total["fields"][field]["f1"]
    return "–" if value is None else f"{value:.3f}"


def replaced(readme: str, block: str) -> str:
    """The README with the block between its markers."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{block}\n{END}", readme, flags=re.S)


def main() -> None:
    file = ROOT / "README.md"
    file.write_text(replaced(file.read_text(encoding="utf-8"), figures()), encoding="utf-8")
    sys.stdout.write(figures() + "\n")


if __name__ == "__main__":
    main()
