"""Where an organ belongs: the unit that the place in its name is, or the county of a township or village."""

from __future__ import annotations

import re
from collections.abc import Sequence
from functools import lru_cache

from pipeline.records import Level, Organ
from pipeline.segment import gazetteer
from pipeline.segment.gazetteer import Unit
from pipeline.segment.organ_names import RELATIVE_LEVELS, Name

_CITIES_WITHOUT_COUNTIES = frozenset({"441900", "442000", "460400", "620200"})


def unit_of(parts: Name, year: int | None, within: str | None, context: str) -> Unit | None:
    """The unit that the place in a name is; for 省财政厅 the one of that level that the document comes
    from."""
    if parts.relative:
        level = RELATIVE_LEVELS.get(parts.relative)
        return (
            _ancestor(within, level, year)
            if within and level in ("province", "prefecture", "county")
            else None
        )
    unit = gazetteer.choose(parts.units, year, within, bare=parts.is_bare)
    if unit is None and context and parts.units:
        near = _places_near(context, year, parts.place)
        left = [u for u in parts.units if any(gazetteer.related(u, place.adcode) for place in near)]
        unit = gazetteer.choose(left, year, None)
    return unit


def _ancestor(within: str, level: Level | None, year: int | None) -> Unit | None:
    code = (
        within[:2] + "0000" if level == "province" else within[:4] + "00" if level == "prefecture" else within
    )
    if gazetteer.level_of(code) != level or (
        level != "province" and gazetteer.level_of(within) == "province"
    ):
        return None
    return gazetteer.unit_of(code, year)


@lru_cache(maxsize=256)
def _places_near(context: str, year: int | None, without: str = "") -> tuple[Unit, ...]:
    """The units that a text names beyond doubt, each once."""
    found = {}
    for name, units in gazetteer.places_in(context):
        unit = gazetteer.choose(units, year, None) if name != without else None
        if unit:
            found[unit.adcode] = unit
    return tuple(found.values())


def county_of(parts: Name, unit: Unit | None, within: str | None, context: str) -> str | None:
    """The code of the county of a township or village: of the place in its name, else the only county that
    has such a township and that nothing contradicts."""
    if unit:
        return unit.adcode if unit.level == "county" or unit.adcode in _CITIES_WITHOUT_COUNTIES else None
    if parts.place:
        return None
    near = [u.adcode for u in _places_near(context, None)] if context else []
    if within:
        near.append(within)
    counties = sorted({code for code in near if _is_county(code)})
    if parts.township:
        options = gazetteer.township_counties(parts.township)
        if not options:
            return _only(counties)
        # The nearest place decides; a context that names only other places contradicts.
        fitting = [c for c in options if c in counties]
        fitting = fitting or [c for c in options if not near or any(_lies_in(c, place) for place in near)]
        county = _only(fitting)
        return county if county and _is_county(county) else None
    if not counties:
        counties = [c for name in _TOWNSHIP_NEAR.findall(context) for c in _counties_of_township(name)]
    return _only(counties)


_TOWNSHIP_NEAR = re.compile(r"[一-鿿]{1,12}?(?:镇|乡|街道|苏木)")


def _counties_of_township(words: str) -> Sequence[str]:
    """The counties of the longest name of a township that the words end in."""
    for start in range(len(words) - 1):
        counties = gazetteer.township_counties(words[start:])
        if counties:
            return counties
    return ()


def _is_county(code: str) -> bool:
    return gazetteer.level_of(code) == "county" or code in _CITIES_WITHOUT_COUNTIES


def _lies_in(code: str, region: str) -> bool:
    stem = region[:2] if region.endswith("0000") else region[:4] if region.endswith("00") else region
    return code.startswith(stem)


def _only(codes: Sequence[str]) -> str | None:
    return codes[0] if len(set(codes)) == 1 else None


def branch_place(name: str, parts: Name, organ: Organ | None, year: int | None) -> Unit | None:
    """The place of a company's branch: 中国建设银行股份有限公司四川省分行."""
    if organ != "enterprise" or parts.place or not name.endswith(("分行", "支行", "分公司", "公司")):
        return None
    places = [units for _, units in gazetteer.places_in(name)]
    return gazetteer.choose(places[-1], year, None) if places else None
