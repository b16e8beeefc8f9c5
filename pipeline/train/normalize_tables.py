"""Writes the tables of ``assets/normalize`` that come from other projects: readings and character forms.

    python -m pipeline.train.normalize_tables

``pinyin.tsv`` comes from pypinyin (MIT), which only this script needs; ``script.tsv`` from the dictionaries
of opencc-python-reimplemented (Apache 2.0). ``assets/normalize/LICENSE`` has the credits.
"""

from __future__ import annotations

from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

from pipeline import assets

GB2312_ROWS = range(0xB0, 0xF8)


def main() -> None:
    """Write both tables into the package's assets."""
    folder = assets.path("normalize")
    (folder / "pinyin.tsv").write_text(pinyin_table(), encoding="utf-8")
    (folder / "script.tsv").write_text(script_table(), encoding="utf-8")


def pinyin_table() -> str:
    """One reading a row, with the simplified characters that have it."""
    readings: dict[int, str] = import_module("pypinyin.pinyin_dict").pinyin_dict
    chars: dict[str, list[str]] = {}
    for char in gb2312_characters():
        for reading in readings.get(ord(char), "").split(","):
            if reading:
                chars.setdefault(reading, []).append(char)
    rows = "".join(f"{reading}\t{''.join(chars[reading])}\n" for reading in sorted(chars))
    origin = "# Readings with tone marks, written by pipeline/train/normalize_tables.py"
    return f"{origin}\nreading\tcharacters\n{rows}"


def script_table() -> str:
    """Traditional characters and phrases with their simplified forms, where the two differ or a phrase keeps
    one.
    """
    folder = Path(str(find_spec("opencc").origin)).parent / "dictionary"  # type: ignore[union-attr]
    characters = _entries(folder / "TSCharacters.txt")
    for name in ("TWVariantsRev", "HKVariantsRev"):
        for variant, standard in _entries(folder / f"{name}.txt").items():
            if not _in_gb2312(variant):  # what simplified text writes needs no other form
                characters.setdefault(variant, characters.get(standard, standard))
    rows = [(k, v) for k, v in characters.items() if k != v]
    for phrase, simplified in _entries(folder / "TSPhrases.txt").items():
        by_character = "".join(characters.get(c, c) for c in phrase)
        if by_character != simplified and len(phrase) == len(simplified):
            rows.append((phrase, simplified))
    body = "".join(f"{k}\t{v}\n" for k, v in rows)
    return f"# Written by pipeline/train/normalize_tables.py\ntraditional\tsimplified\n{body}"


def gb2312_characters() -> list[str]:
    """The 6,763 characters of GB 2312, in its order."""
    return [
        bytes((row, cell)).decode("gb2312")
        for row in GB2312_ROWS
        for cell in range(0xA1, 0xFF if row != 0xD7 else 0xFA)
    ]


def _in_gb2312(char: str) -> bool:
    try:
        char.encode("gb2312")
    except UnicodeEncodeError:
        return False
    return True


def _entries(file: Path) -> dict[str, str]:
    """The first of the forms that a dictionary file gives for each entry."""
    lines = (line.split("\t") for line in file.read_text(encoding="utf-8").splitlines() if line)
    return {key: forms.split(" ")[0] for key, forms in lines}


if __name__ == "__main__":
    main()
