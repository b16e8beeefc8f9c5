"""Administrative units of GB/T 2260 by name, as of a date: the unit, or None where the name does not settle
it.

A unit's years are the year-ends at which the Ministry of Civil Affairs lists its name under its code. A
document may name a unit shortly before the table does, or after it was renamed, so the listing nearest in
time stands in.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from functools import cache, lru_cache

from pipeline import assets
from pipeline.records import Level

_KINDS = "特别行政区|自治区|自治州|自治县|自治旗|地区|林区|特区|新区|矿区|省|市|州|盟|县|旗|区"
_KIND = re.compile(rf"(?:{_KINDS})$")
_MUNICIPALITIES = ("11", "12", "31", "50")
_FARTHEST = 5  # years; a document of 2020 does not mean the 松江县 that ended in 1998


@dataclass(frozen=True, slots=True)
class Unit:
    """One administrative unit under one code; ``first``/``last`` are year-ends, None where the table is
    open."""

    adcode: str
    name: str
    level: Level
    first: int | None
    last: int | None

    def years_from(self, year: int) -> int:
        """How far a year-end is from those that list it: 0 when it is one of them."""
        return max(0, (self.first or 0) - year, year - (self.last or 9999))

    @property
    def stem(self) -> str:
        """The digits that every code below it begins with."""
        code = self.adcode
        return code[:2] if self.level == "province" else code[:4] if self.level == "prefecture" else code


@dataclass(frozen=True, slots=True)
class Lineage:
    """The names of the units that a code lies in, None where there is none."""

    province: str | None
    prefecture: str | None
    county: str | None


def level_of(adcode: str) -> Level:
    """The level that a six-digit code shows."""
    return "province" if adcode.endswith("0000") else "prefecture" if adcode.endswith("00") else "county"


@cache
def _units() -> tuple[Unit, ...]:
    rows = assets.tsv("gazetteer/units.tsv")
    return tuple(
        Unit(code, name, level_of(code), int(first) if first else None, int(last) if last else None)
        for code, name, first, last in rows
    )


@cache
def _peoples() -> re.Pattern[str]:
    names = sorted(assets.toml("gazetteer/names.toml")["peoples"], key=len, reverse=True)
    return re.compile(f"(?:{'|'.join(names)})+$")


def short_names(name: str) -> tuple[tuple[str, ...], str | None]:
    """The short names of a unit that keep its kind (黔西南州), and the bare one (黔西南) where two
    characters remain."""
    kind = _KIND.search(name)
    if kind is None:
        return (), None
    own = name[: kind.start()]
    stem = _peoples().sub("", own)
    if len(stem) < 2:  # 内蒙古自治区, 东乡族自治县: the people is the name
        stem = own.removesuffix("族")
    if len(stem) < 2 or stem.startswith("市"):  # 市中区: 市中级人民法院 is no place's
        return (), None
    if not kind.group().startswith("自治"):
        return (), None if kind.group().endswith(("新区", "矿区")) else stem
    if kind.group() == "自治区":
        return (), stem
    return tuple(n for n in (f"{stem}{kind.group()}", f"{stem}{kind.group()[2:]}") if n != name), stem


@cache
def _index() -> tuple[dict[str, tuple[Unit, ...]], dict[str, tuple[Unit, ...]]]:
    """Units by name or short name with its kind, and by bare name."""
    table = assets.toml("gazetteer/names.toml")
    full_of = {full: short for short, full in table["short"].items()}
    named: dict[str, list[Unit]] = defaultdict(list)
    bare: dict[str, list[Unit]] = defaultdict(list)
    for unit in _units():
        named[unit.name].append(unit)
        with_kind, without = short_names(unit.name)
        for short in {*with_kind, full_of.get(unit.name)} - {None}:
            named[str(short)].append(unit)
        if without:
            bare[without].append(unit)
    return {k: tuple(v) for k, v in named.items()}, {k: tuple(v) for k, v in bare.items()}


@cache
def _longest() -> int:
    return max(map(len, _index()[0]))


def find(name: str, date: date | None = None, within: str | None = None) -> Unit | None:
    """The unit of that name as of the date (without one: the newest), or None.

    ``within`` is the code of a unit that the context speaks of, above or below; it settles names that
    several units share. None also when nothing of that name is known, and for 县, 市辖区 and the like.
    """
    return _find(name, date.year if date else None, within)


@lru_cache(maxsize=4096)
def _find(name: str, year: int | None, within: str | None) -> Unit | None:
    if name in assets.toml("gazetteer/names.toml")["generic"]["names"] and within is None:
        return None
    named, bare = _index()
    found = choose(named.get(name, ()), year, within)
    return found if found or name in named else choose(bare.get(name, ()), year, within, bare=True)


def choose(units: Sequence[Unit], year: int | None, within: str | None, *, bare: bool = False) -> Unit | None:
    """The one unit that year and context leave, or None; of a city and a county that share a bare name, the
    city."""
    if within:
        units = [u for u in units if related(u, within)] or units
    left = [u for u in as_of(units, year) if year is None or u.years_from(year) <= _FARTHEST]
    codes = {u.adcode for u in left}
    if len(codes) == 1:
        return left[0]
    if bare and left:
        top = min(left, key=lambda u: len(u.stem))
        if top.level == "province":
            # 河南 is the province although a county and a prefecture elsewhere share the name; 吉林 may be
            # the city.
            return None if any(u.level == "prefecture" and u.name.endswith("市") for u in left) else top
        if all(u.adcode.startswith(top.stem) for u in left):
            return top
    return None


def as_of(units: Sequence[Unit], year: int | None) -> Sequence[Unit]:
    """Those listed at the end of the year, else those nearest to it in time; without a year, the newest."""
    if len(units) < 2:
        return units
    gaps = [u.years_from(9999 if year is None else year) for u in units]
    return [u for u, gap in zip(units, gaps, strict=True) if gap == min(gaps)]


def related(unit: Unit, within: str) -> bool:
    """Whether the unit lies in the other, or the other in it."""
    stem = within.rstrip("0") if within.endswith("00") else within
    stem = stem if len(stem) % 2 == 0 else stem + "0"
    return unit.adcode.startswith(stem) or within.startswith(unit.stem)


@lru_cache(maxsize=4096)
def lineage(adcode: str, year: int | None = None) -> Lineage:
    """The names of province, prefecture and county of a code as of a year; all None for an unknown code."""

    def name(code: str) -> str | None:
        unit = unit_of(code, year)
        return unit.name if unit else None

    level = level_of(adcode)
    prefecture = None
    # 460001 was 通什市 when Hainan had no prefectures: 460000 is the province.
    if level != "province" and not adcode.startswith(_MUNICIPALITIES) and adcode[2:4] != "00":
        prefecture = name(adcode[:4] + "00")
    return Lineage(name(adcode[:2] + "0000"), prefecture, name(adcode) if level == "county" else None)


def unit_of(adcode: str, year: int | None = None) -> Unit | None:
    """The unit that a code stood for as of a year; None for an unknown code."""
    units = as_of(_by_code().get(adcode, ()), year)
    return units[-1] if units else None


@cache
def _by_code() -> dict[str, tuple[Unit, ...]]:
    by_code: dict[str, list[Unit]] = defaultdict(list)
    for unit in _units():
        by_code[unit.adcode].append(unit)
    return {code: tuple(units) for code, units in by_code.items()}


def longest_at(text: str, start: int = 0, *, bare: bool = False) -> tuple[str, tuple[Unit, ...]] | None:
    """The longest name of a unit at that place of a text (with ``bare``, also 福州 for 福州市), with its
    units."""
    names = _index()
    for length in range(min(_longest(), len(text) - start), 1, -1):
        piece = text[start : start + length]
        units = names[0].get(piece) or (names[1].get(piece) if bare else None)
        if units:
            return piece, units
    return None


_PLACE_START = re.compile(r"[一-鿿]{2,15}?(?:省|自治区|市|地区|州|盟|县|旗|区)")


def places_in(text: str) -> Iterator[tuple[str, tuple[Unit, ...]]]:
    """The names of units with their kind (太康县, 婺源县, 河南省) that a running text mentions, with
    repeats."""
    named, at = _index()[0], 0
    while match := _PLACE_START.search(text, at):
        at = match.end()
        for start in range(match.start(), match.end() - 1):
            if text[start : match.end()] in named:
                # 巴州 ends earlier than 巴州区: the longest name from here on counts.
                found = longest_at(text, start)
                if found:
                    at = start + len(found[0])
                    yield found
                break


@cache
def _townships() -> dict[str, tuple[str, ...]]:
    counties: dict[str, list[str]] = defaultdict(list)
    for code, names in assets.tsv("gazetteer/townships.tsv.gz"):
        for name in names.split(" "):
            counties[name].append(code)
    return {name: tuple(codes) for name, codes in counties.items()}


def township_counties(name: str) -> tuple[str, ...]:
    """The codes of the counties that have a township (镇, 乡, 街道, 苏木) of that name, as of 2023; () for
    none.

    A street is found with or without its 街道 or 街道办事处. A code that ends in 00 stands for a development
    zone whose county the source does not state, or for a city without counties.
    """
    table = _townships()
    if name.endswith("街道"):
        return table.get(name, ()) + table.get(name + "办事处", ())
    return table.get(name, ())
