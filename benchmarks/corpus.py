"""Documents to measure with: perturbed copies that no cache has seen, long ones, and hostile ones."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from random import Random

ROOT = Path(__file__).parents[1]
HAN = re.compile("[一-鿿]")
_LONG = 60  # characters; a line of more is running text
_CHANGED = 100  # one character in so many is replaced by another of the same document

HOSTILE = {
    "一、": "一、",
    "（一）": "（一）",
    "lines of （一）": "（一）加强领导。\n",
    "nested markers": "一、甲\n（一）乙\n1.丙\n（1）丁\n①戊\n",
    "brackets": "（",
    "closed brackets": "（）",
    "digits": "1",
    "numerals": "二",
    "《": "《",
    "《》": "《关于工作的通知》",
    "《》 and number": "《关于{}工作的通知》（国发〔2020〕{}号）",
    "“": "“",
    "lines of “": "“甲\n",
    "|": "|",
    "table": "| 甲 | 乙 |\n",
    "。": "。",
    "，": "，",
    "号": "号",
    "年月日": "2020年1月1日",
    "lines of dates": "2020年1月1日\n",
    "organs": "某县人民政府",
    "lines of organs": "某县人民政府办公室\n",
    "attachments": "附件：1. 甲\n",
    "copies": "抄送：甲局，乙局，\n",
    "titles": "关于做好工作的通知\n",
    "documents": "关于印发工作方案的通知\n\n各乡镇：\n现印发给你们。\n\n某县人民政府\n2020年1月1日\n",
    "nested documents": "某县人民政府关于印发《第{}号方案》的通知\n各乡镇：\n现将《第{}号方案》印发给你们。\n某县人民政府\n2020年1月1日\n",
    "blanks": "　",
    "lines of one character": "甲\n",
    "question marks": "?",
    "letters": "a",
    "pinyin": "pīn ",
    "markup": "<p>",
    "entities": "&amp;",
    "markdown": "**",
    "running text": "各级各部门要加强领导，落实责任，确保完成。",
}
"""What is repeated up to a length; ``{}`` becomes a number that counts up."""


def clean_documents() -> list[str]:
    """The seeds and the gold notices of the tests, as printed."""
    files = [*sorted((ROOT / "seeds").glob("*.txt")), *sorted((ROOT / "tests" / "gold").glob("*.txt"))]
    return [file.read_text(encoding="utf-8", errors="replace") for file in files]


def perturbed(text: str, seed: str) -> str:
    """A copy with other numbers, clauses in another order and one character in a hundred replaced by one of its own."""
    rng = Random(seed)
    text = re.sub(r"(?<=\d)\d(?=[^年月日\d])", lambda match: str(rng.randrange(1, 9)), text)
    lines = text.split("\n")
    for number, line in enumerate(lines):
        clauses = line.split("，")
        if len(line) > _LONG and len(clauses) > 3:
            at = rng.randrange(1, len(clauses) - 2)
            clauses[at], clauses[at + 1] = clauses[at + 1], clauses[at]
            lines[number] = "，".join(clauses)
    characters = list("\n".join(lines))
    places = [at for at, character in enumerate(characters) if HAN.match(character)]
    for _ in range(len(places) // _CHANGED):
        characters[rng.choice(places)] = characters[rng.choice(places)]
    return "".join(characters)


def copies(n: int, seed: str) -> Iterator[str]:
    """``n`` perturbed copies of the clean documents, in turns."""
    documents = clean_documents()
    for number in range(n):
        yield perturbed(documents[number % len(documents)], f"{seed} {number}")


def long_document(n_bytes: int, seed: str) -> str:
    """One notice of about ``n_bytes`` bytes of UTF-8, its items made of the running text of other documents."""
    rng = Random(seed)
    paragraphs = [line for text in clean_documents() for line in text.split("\n") if len(line) > _LONG]
    parts = ["某县人民政府关于做好安全生产工作的通知\n某政发〔2020〕1号\n各乡镇人民政府，县直各单位：\n"]
    end = "\n某县人民政府\n2020年1月29日\n"
    size = len((parts[0] + end).encode())
    while size < n_bytes:
        paragraph = perturbed(rng.choice(paragraphs), f"{seed} {len(parts)}") + "\n"
        parts.append(paragraph.encode()[: n_bytes - size].decode("utf-8", "ignore"))
        size += len(paragraph.encode())
    return "".join(parts) + end


def hostile(name: str, length: int) -> str:
    """One of ``HOSTILE`` repeated to ``length`` characters, behind a head that makes it an official document."""
    unit = HOSTILE[name]
    n = length // len(unit) + 1
    body = "".join(unit.replace("{}", str(number)) for number in range(n)) if "{}" in unit else unit * n
    return f"某县人民政府关于做好工作的通知\n各乡镇：\n{body[:length]}\n某县人民政府\n2020年1月29日\n"
