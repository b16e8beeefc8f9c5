"""Measures quality on the gold and writes the figures into the README: ``make evaluate``."""

import re
import sys
from pathlib import Path

from pipeline.check.evaluate import evaluate

ROOT = Path(__file__).resolve().parents[1]
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
    ("exact_tree", "documents whose whole directive tree is exact"),
    ("codes_micro_f1", "codes, micro F1"),
    ("codes_macro_f1", "codes, macro F1"),
    ("modality_accuracy", "modality, accuracy"),
    ("character_error_rate", "character error rate of the clean text"),
)


def figures() -> str:
    """The table for the README, from the shipped code, model and gold."""
    held_out = evaluate(ROOT / "tests" / "gold" / "held_out").as_dict()["total"]
    lines = [
        f"Measured on {held_out['documents']} documents of other authors than the training data's (`tests/gold/held_out`). Rules of",
        "structure were corrected on some of them, so take those figures as upper bounds; the tagger's model never saw them.",
        "`make evaluate` measures anew.",
        "",
        "| field | precision | recall | F1 |",
        "|---|---|---|---|",
    ]
    for key, label in FIELDS:
        row = held_out["fields"][key]
        lines.append(f"| {label} | {row['precision']:.3f} | {row['recall']:.3f} | {row['f1']:.3f} |")
    lines += ["", "| figure | value |", "|---|---|"]
    lines += [f"| {label} | {held_out[key]:.3f} |" for key, label in FIGURES]
    return "\n".join(lines)


def replaced(readme: str, block: str) -> str:
    """The README with the block between its markers."""
    return re.sub(f"{BEGIN}.*?{END}", lambda _: f"{BEGIN}\n{block}\n{END}", readme, flags=re.S)


def main() -> None:
    file = ROOT / "README.md"
    file.write_text(replaced(file.read_text(encoding="utf-8"), figures()), encoding="utf-8")
    sys.stdout.write(figures() + "\n")


if __name__ == "__main__":
    main()
