"""Issuing organs by name: full name, level, kind and place, or None for what the name and its context do not
say."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from functools import lru_cache

from pipeline import assets
from pipeline.records import Level, Organ
from pipeline.segment import gazetteer
from pipeline.segment.gazetteer import Unit
from pipeline.segment.organ_names import (
    RELATIVE_LEVELS,
    Central,
    Name,
    by_ending,
    central,
    in_full,
    is_name,
    kind,
    last_characters,
    take_apart,
)
from pipeline.segment.organ_places import branch_place, county_of, unit_of

_BLANK = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class ResolvedOrgan:
    """What an organ's name says. ``adcode`` is the GB/T 2260 code of its place; a township or village takes
    its county's. ``province``, ``prefecture`` and ``county`` are the names of the places that the code lies
    in."""

    canonical_name: str | None
    level: Level | None
    organ: Organ | None
    adcode: str | None
    province: str | None
    prefecture: str | None
    county: str | None


def resolve(
    name: str, *, date: date | None = None, within: str | None = None, context: str = ""
) -> ResolvedOrgan:
    """What the name of one organ says, as of a date.

    ``within`` is the code of a place that the document is known to come from; ``context`` is text of the
    document that names places (head, signature, copies). Both only decide between units that share a name,
    and place the bare names of townships and villages; where they do not decide, the adcode is None.
    """
    year = date.year if date else None
    name = _BLANK.sub("", name)
    found = _resolve(name, year, within, "")
    if found.adcode is None and context and found.level not in (None, "central"):
        return _resolve(name, year, within, context)
    return found


@lru_cache(maxsize=4096)
def _resolve(name: str, year: int | None, within: str | None, context: str) -> ResolvedOrgan:
    known = central(name)
    if known:
        return _of_central(known, year)
    parts = take_apart(_TAIL_BRACKET.sub("", name), year)
    _, organ = kind(parts)
    if parts.is_bare and not _takes_bare_place(name.removeprefix(parts.prefix), parts, organ, year):
        return _placed(in_full(name), _unplaced_level(name, parts), organ, None, year)
    if parts.zone:
        return _placed(None if parts.relative else in_full(name), None, organ, None, year)
    unit = unit_of(parts, year, within, context) or branch_place(name, parts, organ, year)
    level = _level(parts, unit)
    adcode = unit.adcode if unit else None
    if parts.township or parts.village or parts.relative in ("镇", "乡", "街道", "村", "社区"):
        adcode = county_of(parts, unit, within, context)
    if level is None:
        level = _unplaced_level(name, parts)
    return _placed(_canonical(parts, unit, organ), level, organ, adcode, year)


def _placed(
    canonical: str | None, level: Level | None, organ: Organ | None, adcode: str | None, year: int | None
) -> ResolvedOrgan:
    if adcode is None:
        return ResolvedOrgan(canonical, level, organ, None, None, None, None)
    lineage = gazetteer.lineage(adcode, year)
    return ResolvedOrgan(
        canonical, level, organ, adcode, lineage.province, lineage.prefecture, lineage.county
    )


def _of_central(known: Central, year: int | None) -> ResolvedOrgan:
    """A central organ, or its office in a place: 国家税务总局福建省税务局 is of the province's level."""
    if known.rest and known.canonical in assets.toml("organs.toml")["vertical"]["names"]:
        parts = take_apart(known.rest, year)
        unit = gazetteer.choose(parts.units, year, None, bare=parts.is_bare)
        # 自然资源部东海局 is not of 东海县: a county counts only with its kind.
        if unit and not (parts.is_bare and unit.level == "county"):
            return _placed(known.canonical + known.rest, unit.level, known.organ, unit.adcode, year)
    if known.rest.endswith(_BRANCH_ENDINGS):  # 国家能源局南方监管局: of no level that the words say
        return _placed(known.canonical + known.rest, None, known.organ, None, year)
    organ = known.organ
    if known.canonical == "国务院" and known.rest:
        ended = by_ending(known.rest)[1]
        organ = ended if ended in ("headquarters", "institution") else "government_department"
    return ResolvedOrgan(known.canonical + known.rest, "central", organ, None, None, None, None)


_BRANCH_ENDINGS = ("监管局", "分局", "分行", "支行", "分公司", "专员办", "专员办事处", "特派员办事处", "总部")
_TAIL_BRACKET = re.compile(r"(?<=.)[（(][一-鿿]{1,6}[)）]$")  # 中国地质大学（武汉）
# Bodies whose name says where they belong by a bare place: 甘肃农业大学, 湛江军分区; not 福州海关.
_TAKE_BARE_PLACES = frozenset(
    {"enterprise", "institution", "mass_organization", "party_committee", "discipline", "military"}
)


def _takes_bare_place(name: str, parts: Name, organ: Organ | None, year: int | None) -> bool:
    """Whether the place without its kind that a name begins with is the organ's; never a county's."""
    if organ not in _TAKE_BARE_PLACES or parts.zone:
        return False
    if name.startswith(tuple(assets.toml("organs.toml")["ministerial"]["names"])):
        return False
    unit = gazetteer.choose(parts.units, year, None, bare=True)
    return unit is not None and unit.level != "county"


def _level(parts: Name, unit: Unit | None) -> Level | None:
    if parts.village or parts.rest.startswith(("村民委员会", "居民委员会", "村委会", "居委会")):
        return "village"
    if parts.township:
        return "township"
    if parts.relative:
        return RELATIVE_LEVELS.get(parts.relative) or (unit.level if unit else None)
    if unit:
        return unit.level
    levels = {u.level for u in parts.units}
    if not levels and parts.place[-1:] != "市":
        return RELATIVE_LEVELS.get(parts.place[-1:])
    return levels.pop() if len(levels) == 1 else None


def _unplaced_level(name: str, parts: Name) -> Level | None:
    """The level that a name shows by its words alone."""
    if name.startswith(tuple(assets.toml("organs.toml")["apart"]["names"])):
        return None if re.search("第[一二三四五六七八九十]+师", name) else "province"
    heads = assets.toml("organs.toml")["central_heads"]["names"]
    if (
        not parts.place
        and not parts.prefix
        and name.startswith(tuple(heads))
        and not parts.rest.endswith("大学")
    ):
        return "central"
    return None


def _canonical(parts: Name, unit: Unit | None, organ: Organ | None) -> str | None:
    """The name in full, as far as it is printed; None for one that leaves its place out and is not placed."""
    if parts.relative and (unit is None or unit.level == "county"):
        return None
    place = parts.place
    if unit and parts.relative:
        place = unit.name
    elif unit and not parts.is_bare and place and not place.endswith(unit.name):
        place = _with_full_name(place, unit)
    rest = in_full(parts.rest)
    party = organ in ("party_committee", "party_office", "party_department", "discipline")
    prefix = parts.prefix
    if parts.rest.startswith("委") and not parts.rest.startswith("委员会") and party:
        rest = "委员会" + rest[1:]
        prefix = prefix or "中共"
    elif organ == "discipline" and rest.startswith("纪律检查委员会"):
        prefix = prefix or "中共"
    elif (
        organ == "mass_organization"
        and parts.prefix
        and rest.startswith("委")
        and not rest.startswith("委员会")
    ):
        rest = "委员会" + rest[1:]
    prefix = {"中共": "中国共产党", "共青团": "中国共产主义青年团", "政协": "中国人民政治协商会议"}.get(
        prefix, prefix
    )
    return f"{prefix}{place}{parts.township}{parts.village}{rest}" or None


def _with_full_name(place: str, unit: Unit) -> str:
    """威宁自治县 as 威宁彝族回族苗族自治县; places before it stay as printed."""
    for start in range(len(place)):
        found = gazetteer.longest_at(place, start)
        if found and start + len(found[0]) == len(place) and unit in found[1]:
            return place[:start] + unit.name
    return place


def split_organs(text: str) -> list[tuple[int, int]]:
    """The spans of the organs that a joint line names: 国务院、中央军委, 财政部 税务总局, also with nothing
    between them.

    A blank or 、 inside a name does not split it; a name whose place is left out (林业局 after 福建省财政厅)
    counts behind another. [] when the text holds no organ's name.
    """
    return list(_split(text))


@lru_cache(maxsize=4096)
def _split(text: str) -> tuple[tuple[int, int], ...]:
    atoms = _atoms(text)
    spans: list[tuple[int, int]] = []
    at = 0
    while at < len(atoms):
        start = atoms[at][0]
        # The shortest run of pieces that makes a name; a name broken by a blank or 、 takes several.
        for upto in range(at, min(at + 4, len(atoms))):
            end = atoms[upto][1]
            ends = _unglued(text[start:end]) if upto == at else ()
            if ends:
                spans.extend((start + a, start + b) for a, b in zip((0, *ends), ends, strict=False))
                break
            if upto > at and is_name(_BLANK.sub("", text[start:end]), strict=False):
                spans.append((start, end))
                break
        else:
            return tuple(spans) if spans and at else ()
        at = upto + 1
    return tuple(spans)


def _atoms(text: str) -> list[tuple[int, int]]:
    """The pieces between blanks and 、 outside brackets."""
    atoms, start, depth = [], 0, 0
    for match in re.finditer(r"[（(]|[)）]|[\s、]+", text):
        sign = match.group()
        if sign in "（(":
            depth += 1
        elif sign in ")）":
            depth = max(0, depth - 1)
        elif depth == 0:
            if match.start() > start:
                atoms.append((start, match.start()))
            start = match.end()
    if start < len(text):
        atoms.append((start, len(text)))
    return atoms


_PARTY_OR_GOVERNMENT = (
    "party_committee",
    "party_office",
    "party_department",
    "government",
    "government_office",
    "military",
)


@lru_cache(maxsize=4096)
def _unglued(words: str) -> tuple[int, ...]:
    """Where the names end in a stretch without separators (中共湖南省委办公厅湖南省人民政府办公厅 is two);
    () for no names."""
    for at in range(3, len(words) - 2):
        left, right = words[:at], words[at:]
        if _opens_an_organ(left, right) and is_name(left) and _stand_apart(left, right):
            rest = _unglued(right)
            if rest:
                return (at, *(at + end for end in rest))
    return (len(words),) if is_name(words, strict=False) else ()


def _opens_an_organ(left: str, right: str) -> bool:
    """Whether another organ's name may begin here: with a prefix, a central organ, a place, or the words of
    the first."""
    return bool(
        right.startswith(("中共", "中国共产党", "共青团", *assets.toml("organs.toml")["apart"]["names"]))
        or central(right)
        or gazetteer.longest_at(right)
        or right[:3] in left
    )


def _stand_apart(left: str, right: str) -> bool:
    """Whether two names that touch are two organs: not 国家税务总局 and 福建省税务局, 中国农业银行 and
    福建省分行."""
    if left.endswith("国务院"):  # 国务院国资委, 国务院扶贫办 are one; 国务院中央军委 are two
        return right.startswith(("中央", "中共", "全国"))
    if central(right) or right.startswith("中"):
        return True
    before, after = resolve(left), resolve(right)
    if before.level == "central" or before.organ in ("enterprise", "cppcc"):
        return after.organ in _PARTY_OR_GOVERNMENT and not right.endswith("委员会")
    return True


# Punctuation that no line of names holds, and words that make it a sentence: most lines are refused by these.
_NO_NAMES = re.compile(r"[，。；：！？《》…,;:!?|#*]|(?<!感染)的|关于")


def looks_like_organ(text: str) -> bool:
    """Whether a line consists of nothing but names of organs; False for sentences, headings and
    各县人民政府."""
    words = text.strip()
    if not 2 <= len(words) <= 120 or words[-1] not in last_characters() or _NO_NAMES.search(words):
        return False
    return _looks_like_organ(words)


@lru_cache(maxsize=4096)
def _looks_like_organ(words: str) -> bool:
    atoms = _atoms(words)
    spans = _split(words)
    if not spans or spans[-1][1] != atoms[-1][1] or spans[0][0] != atoms[0][0]:
        return False
    first, *others = (_BLANK.sub("", words[start:end]) for start, end in spans)
    # Behind a full name one without its place counts: 福建省财政厅、林业局.
    return is_name(first) and all(is_name(n) or (len(n) <= 12 and is_name(n, strict=False)) for n in others)
