"""Raw and clean text side by side: what the table shows of each change."""

from __future__ import annotations

import io
import re
from functools import cache
from pathlib import Path

from rich.console import Console

from pipeline.extract import extract
from pipeline.records import DocumentRecord
from pipeline.report.side_by_side import side_by_side

SEEDS = Path(__file__).parents[2] / "seeds"
SCRAPED = "001_dd21d68b260d8d60.txt"
MARKS = re.compile(r"\[-.*?-\]|\{\+.*?\+\}|\[\?.*?\?\]")
CLEAN = "关于做好值班工作的通知\n各乡镇人民政府：\n要做好值班工作。\n甲县人民政府办公室\n2020年1月2日"


@cache
def seed(name: str) -> DocumentRecord:
    return extract((SEEDS / name).read_bytes(), name=name)


def rows(record: DocumentRecord) -> list[tuple[str, str, str]]:
    """The table's rows as plain text; wide enough for a paragraph to be one line."""
    page = io.StringIO()
    Console(file=page, width=40_000, color_system=None).print(side_by_side(record, plain=True))
    merged: list[tuple[str, str, str]] = []
    for line in page.getvalue().splitlines():
        cells = tuple(cell.strip() for cell in line.split("│")[1:-1])
        if len(cells) != 3:
            continue
        raw, clean, kinds = cells
        if raw or clean or not merged:
            merged.append((raw, clean, kinds))
        else:  # a row's further kinds
            merged[-1] = (merged[-1][0], merged[-1][1], f"{merged[-1][2]}\n{kinds}")
    return merged


def restored(cell: str, *, side: str) -> str:
    """A cell without its marks."""
    opening, closing = {"raw": ("[-", "-]"), "clean": ("{+", "+}")}[side]
    return cell.replace(opening, "").replace(closing, "")


def test_a_lost_byte_of_the_scraped_seed_is_marked_and_named_with_its_confidence() -> None:
    row = next(r for r in rows(seed(SCRAPED)) if "試金石" in r[0] or "试金石" in r[1])
    assert "[-?shù)脑嚱鹗湍サ妒?-]" in row[0]
    assert "{+的试金石和磨刀石+}" in row[1]
    assert re.search(r"^lost_byte 0\.\d\d$", row[2], re.M)
    assert re.search(r"^pinyin ×\d+$", row[2], re.M)


def test_rows_hold_both_texts_whole_and_in_step() -> None:
    record = seed(SCRAPED)
    shown = rows(record)
    dense = [re.sub(r"[\s↵␣]", "", "".join(r[k] for r in shown)) for k in (0, 1)]
    assert restored(dense[0], side="raw") == re.sub(r"\s", "", record.raw_text)
    assert restored(dense[1], side="clean") == re.sub(r"\s", "", record.text)
    assert [restored(r[1], side="clean") for r in shown] == record.text.split("\n")


def test_every_kind_of_repair_is_counted_below() -> None:
    record = seed(SCRAPED)
    page = io.StringIO()
    Console(file=page, width=160, color_system=None).print(side_by_side(record, plain=True))
    last = page.getvalue().splitlines()[-1]
    assert last.startswith(f"{record.n_repairs} repairs: ")
    counts = dict(item.rsplit(" ", 1) for item in last.partition(": ")[2].split("; "))
    assert sum(map(int, counts.values())) == record.n_repairs
    assert counts.keys() == {r.kind for r in record.repairs}


def test_a_clean_text_has_no_marks() -> None:
    shown = rows(extract(CLEAN))
    assert [(line, line, "") for line in CLEAN.split("\n")] == shown


def test_furniture_has_rows_of_its_own() -> None:
    shown = rows(extract(f"首页 > 政务公开\n{CLEAN}\n— 3 —"))
    assert shown[0] == ("[-首页␣>␣政务公开-]", "", "page_furniture")
    assert shown[1][1] == "关于做好值班工作的通知"
    assert not any(MARKS.search(clean) for _, clean, _ in shown)


def test_damage_that_was_left_alone_is_marked_on_both_sides() -> None:
    record = extract("關於做好防汛工作的通知,,各鄉鎮要在?日前報縣政府\n\u200b負責人")
    left = [r for r in record.repairs if r.before == r.after]
    shown = rows(record)
    assert left
    for side in (0, 1):
        assert sum(r[side].count("[?") for r in shown) == len(left)
    assert any("lost_byte left alone" in kinds for _, _, kinds in shown)
    assert any("[-<200B>-]" in raw for raw, _, _ in shown)


def test_a_terminal_gets_colours_and_no_marks() -> None:
    page = io.StringIO()
    console = Console(file=page, width=160, force_terminal=True, color_system="standard")
    console.print(side_by_side(seed(SCRAPED), plain=False))
    assert "\x1b[9;31m" in page.getvalue()  # struck out, red
    assert "\x1b[32m" in page.getvalue()  # green
    assert not MARKS.search(re.sub(r"\x1b\[[\d;]*m", "", page.getvalue()))
