"""Names of organs taken apart: prefix, place, township, village, and the words that show the kind of
organ."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any, get_args

from pipeline import assets
from pipeline.records import Level, Organ
from pipeline.segment import gazetteer
from pipeline.segment.gazetteer import Unit


@dataclass(frozen=True, slots=True)
class Central:
    """A central organ that a name begins with, and what follows it in the name."""

    canonical: str
    organ: Organ | None
    rest: str


@dataclass(frozen=True, slots=True)
class Name:
    """One organ's name in parts; ``units`` are what the place in it may be, narrowed by the places before
    it."""

    prefix: str
    place: str
    units: tuple[Unit, ...]  # () for a place that the gazetteer does not know
    is_bare: bool  # 福州 for 福州市
    relative: str  # 省 in 省财政厅: the place is the reader's
    zone: str
    township: str
    village: str
    rest: str


def _table(key: str) -> Any:
    return assets.toml("organs.toml")[key]


def organ_named(key: str) -> Organ | None:
    """The organ that a key of an asset stands for; "none" is one that the contract has no word for."""
    if key == "none":
        return None
    if key not in get_args(Organ):
        raise ValueError(f"unknown organ {key!r} in an asset")
    return key  # type: ignore[return-value]


@cache
def _central_names() -> dict[str, tuple[str, Organ | None]]:
    names: dict[str, tuple[str, Organ | None]] = {}
    for key, organs in _table("central").items():
        for canonical, others in organs.items():
            for name in (canonical, *others):
                names[name] = (canonical, organ_named(key))
    return names


@cache
def _suffixes() -> dict[str, Organ | None]:
    return {word: organ_named(key) for key, words in _table("suffixes").items() for word in words}


@cache
def _words(key: str) -> tuple[str, ...]:
    return tuple(sorted(_table(key)["names"], key=len, reverse=True))


@cache
def _prefixes() -> dict[str, Organ | None]:
    return {word: organ_named(key) for key, words in _table("prefixes").items() for word in words}


def _alternation(words: tuple[str, ...]) -> str:
    return "|".join(map(re.escape, words))


@lru_cache(maxsize=8192)
def central(name: str) -> Central | None:
    """The central organ at the beginning of a name, longest first; None for a local name and for 民政部门."""
    names = _central_names()
    for length in range(min(len(name), 24), 1, -1):
        known = names.get(name[:length])
        if known:
            rest = name[length:]
            return None if rest.startswith("门") else Central(*known, rest)
    return None


# 省财政厅, 县委: the place is the reader's. Not 市场监管局, 市政管理局, 区域合作办, 乡村振兴局.
_RELATIVE = re.compile(
    r"(自治区|自治州|自治县|省(?![际道])|市(?![场容民辖区直县]|政(?![府协法]))|州(?!际)|盟(?!员)|县(?![域直级])|区(?![域划块直级])|旗(?![舰直])"
    r"|镇(?!压)|乡(?![村镇土])|街道|村(?![镇庄民])|社区|[省市县区州](?:直|级))(?=.)"
)
RELATIVE_LEVELS: dict[str, Level] = {
    "省": "province",
    "自治区": "province",
    "州": "prefecture",
    "盟": "prefecture",
    "自治州": "prefecture",
    "县": "county",
    "区": "county",
    "旗": "county",
    "自治县": "county",
    "镇": "township",
    "乡": "township",
    "街道": "township",
    "村": "village",
    "社区": "village",
}
# 茶园街道, 广海镇, 江岸苏木; the government or committee of the district may stand before it. Not 城乡,
# 乡镇, 乡村, 下乡.
_TOWNSHIP = re.compile(
    r"(?:人民政府|委(?!员会))?([一-鿿]{1,10}?(?:街道|(?<![城乡])镇(?![江海])|(?<![城下老])乡(?![村镇土道])|苏木))(?=[一-鿿])"
)
# 西湾村, 巴音嘎查, and what only a village has after its name. Not 农村, 乡村.
_VILLAGE = re.compile(
    r"([一-鿿]{1,12}?(?<![农乡])(?:村|社区|嘎查))"
    r"(?=党|支部|总支|委员会|村民|居民|村委|居委|经济合|股份经济|村务|妇|团支|团总支|民兵|两委|联合党|“)"
    r"|([一-鿿]{1,10}?)(?=村民委员会|居民委员会|村委会|居委会)"
)


# 江滨市, 河东县: the form of a place that the gazetteer does not know.
_PLACE_LIKE = re.compile(
    r"(?!中国|国家|全国|中央|中华)[一-鿿]{2,6}?"
    r"(?:(?:省|市|县|(?<![城地社园发新小校厂库辖])区)(?![域级直属])(?=.)|[州盟旗](?=委|人民政府|人民代表大会|人大|政府|行署))"
)


@cache
def _zone() -> re.Pattern[str]:
    return re.compile(rf"[一-鿿（）]{{0,14}}?(?:{_alternation(_words('zones'))})(?=.)")


_NO_UNITS: tuple[Unit, ...] = ()


@lru_cache(maxsize=8192)
def take_apart(name: str, year: int | None = None) -> Name:
    """The parts of a local organ's name, as of a year."""
    prefix = next((p for p in _prefixes() if name.startswith(p)), "")
    rest = name[len(prefix) :]
    place, units, bare = "", _NO_UNITS, False
    if not rest.startswith(_words("apart")):
        place, units, bare = _chain(rest, year)
    rest = rest[len(place) :]
    relative = zone = township = village = ""
    if not place and (match := _RELATIVE.match(rest)):
        relative = match.group(1)
        rest = rest[match.end() :]
    elif not place and (match := _PLACE_LIKE.match(rest)) and _opens_a_name(rest) and not _zone().match(rest):
        place = match.group()
        rest = rest[match.end() :]
    if match := _zone().match(rest):
        zone = match.group()
        rest = rest[match.end() :]
    if not zone and (match := _TOWNSHIP.match(rest)):
        township = match.group(1)
        rest = rest[match.end() :]
    if match := _VILLAGE.match(rest):
        village = match.group(1) or match.group(2) or ""
        rest = rest[match.end() :]
    return Name(prefix, place, units, bare, relative, zone, township, village, rest)


def _opens_a_name(words: str) -> bool:
    sentence = _table("sentence")
    return not words.startswith((*sentence["first"], *sentence["verbs"]))


_KIND_WORDS = ("省", "市", "县", "区", "州", "盟", "旗", "镇", "乡", "街道", "村", "社区", "苏木", "嘎查")


def _chain(words: str, year: int | None) -> tuple[str, tuple[Unit, ...], bool]:
    """The places that the words begin with, from the largest down: 福州市晋安区; the candidates for the last
    of them."""
    found = gazetteer.longest_at(words)
    bare = False
    if found is None:
        found = gazetteer.longest_at(words, bare=True)
        behind = words[len(found[0]) :] if found else ""
        if behind.startswith(_KIND_WORDS):
            found = None  # 河东县, 永安镇: another place than 河东区, 永安市
        elif behind[1:].startswith(_KIND_WORDS) and not gazetteer.longest_at(behind):
            found = None  # 清水江县: another place than 清水县; 福州茂县 would be two
        bare = found is not None
    if found is None:
        return "", (), False
    place, units = found[0], tuple(gazetteer.as_of(found[1], year)) if len(found[1]) > 1 else found[1]
    while inner := gazetteer.longest_at(words, len(place)):
        below = tuple(u for u in inner[1] if any(_is_below(u, above) for above in found[1]))
        if not below:
            break
        place, found, bare = place + inner[0], (inner[0], below), False
        units = tuple(gazetteer.as_of(below, year))
    return place, units, bare


def _is_below(unit: Unit, above: Unit) -> bool:
    return (
        unit.adcode != above.adcode
        and len(unit.stem) > len(above.stem)
        and unit.adcode.startswith(above.stem)
    )


@lru_cache(maxsize=8192)
def kind(name: Name) -> tuple[bool, Organ | None]:
    """Whether the words behind the place show an organ, and its kind (None where the contract has no word
    for it)."""
    rest = name.rest
    prefixed = _prefixes().get(name.prefix) if name.prefix else None
    if name.prefix and prefixed != "party_committee":
        return bool(rest), prefixed
    is_party = prefixed == "party_committee"
    after = _after_committee(rest, is_party, bool(name.place or name.relative or name.township))
    if after is not None:
        return _of_committee(after)
    if rest == "委员会":  # 巴音嘎查委员会 is the villagers', 赛岐镇委员会 the Party's
        return bool(name.village or name.township), "mass_organization" if name.village else "party_committee"
    if name.township and rest == "办事处":
        return True, "government"
    if name.zone and rest == "管理委员会":
        return True, "government"
    if is_party and rest.endswith(("委员会办公室", "委员会办公厅")):
        return True, "party_office"
    known, organ = by_ending(rest)
    if (
        is_party
        and organ in ("government_department", "headquarters", "mass_organization", "institution", None)
        and (rest.endswith(("委员会", "工作委员会")))
    ):
        return True, "party_committee"
    return known, organ


def _after_committee(rest: str, is_party: bool, has_place: bool) -> str | None:
    """What follows the Party committee in 委组织部 or 委员会办公室; None when the words do not begin with
    it."""
    if is_party and rest.startswith("委员会"):
        return rest[3:]
    if has_place and rest.startswith("委") and not rest.startswith("委员会"):
        return rest[1:]
    return None


def _of_committee(after: str) -> tuple[bool, Organ | None]:
    if not after:
        return True, "party_committee"
    if after.endswith("常委"):  # persons
        return False, None
    if after.startswith(("办公厅", "办公室")) or after in _table("offices")["names"]:
        return True, "party_office"
    known, organ = by_ending(after)
    if organ in ("headquarters", "discipline", "institution", "mass_organization", "military"):
        return True, organ
    if after.endswith(("办公室", "办公厅")) and by_ending(after[:-3])[0] is False and len(after) <= 5:
        return True, "party_office"  # 委机要办公室
    return known or after.endswith(("部", "室", "组")), "party_department"


@lru_cache(maxsize=8192)
def by_ending(words: str) -> tuple[bool, Organ | None]:
    """Whether the words end as an organ's name does, and its kind; the longest ending of the asset wins."""
    suffixes = _suffixes()
    ending = next((words[-n:] for n in range(min(len(words), 18), 0, -1) if words[-n:] in suffixes), None)
    offices = _table("offices")
    if ending is None or ending in offices["names"]:
        office = next((o for o in offices["names"] if words.endswith(o) and len(words) > len(o)), None)
        if office:
            known, organ = by_ending(words[: -len(office)])
            if known:
                return True, organ_named(offices["kinds"].get(organ, organ or "none"))
    organ = suffixes[ending] if ending else None
    if ending is None or organ in ("government_department", "institution", None):
        for key, inner in _table("inside").items():
            at = max(words.rfind(word, 0, -1) for word in inner)
            if at >= 0 and (ending is not None or words.endswith(("部", "处", "系", "科", "组"))):
                return True, organ_named(key)
    return ending is not None, organ


@cache
def _expansion() -> re.Pattern[str]:
    shorts = sorted(_table("expansions"), key=len, reverse=True)
    return re.compile(rf"({_alternation(tuple(shorts))})(?=$|办公[室厅]$|机关$)")


def in_full(words: str) -> str:
    """The words with the short form at their end written out: 卫健委 is 卫生健康委员会."""
    expansions = _table("expansions")
    words = re.sub(r"(?<!人民)政府(?=$|办公[室厅]$|办$)", "人民政府", words)
    return _expansion().sub(lambda m: expansions[m.group(1)], words)


@cache
def last_characters() -> frozenset[str]:
    """The characters that the name of an organ, or a stamp behind it, can end in."""
    endings = (
        *_suffixes(),
        *_central_names(),
        *_table("offices")["names"],
        "兵团",
        "司",
        "部",
        "处",
        "科",
        "组",
        "室",
        "系",
    )
    return frozenset(word[-1] for word in endings) | frozenset("）)")


# What a line of names may hold besides Chinese characters: brackets, quotes, digits of schools and divisions.
_NAME_FORM = re.compile(r"[一-鿿㐀-䶿〇0-9０-９A-Za-z（）()“”\"·—\-、]{2,40}")
_STAMP = re.compile(r"[（(](?:代章|印章?|盖章|公章|章)[)）]$")


@cache
def _never_in_names() -> re.Pattern[str]:
    return re.compile("|".join(_table("sentence")["inside"]))


@lru_cache(maxsize=8192)
def is_name(words: str, *, strict: bool = True) -> bool:
    """Whether the words are one organ's name and nothing else.

    Strictly, a place, a prefix or a central organ must open the name, or the name be a school's, a company's
    or an association's in full. Otherwise the ending of an organ is enough.
    """
    words = _STAMP.sub("", words)
    sentence = _table("sentence")
    if not _NAME_FORM.fullmatch(words) or _never_in_names().search(words):
        return False
    known = central(words)
    if known:
        if not known.rest or known.rest[0] in "对于在向给将把为由与和及":
            return not known.rest
        return len(known.rest) <= 16 and (by_ending(known.rest)[0] or known.rest.endswith(("司", "部", "处")))
    parts = take_apart(words)
    known_kind, organ = kind(parts)
    if not known_kind or "各" in parts.rest or parts.rest.startswith(tuple(sentence["verbs"])):
        return False
    if (parts.place and not parts.is_bare) or parts.township or parts.village or parts.prefix:
        return True
    if parts.relative:
        return len(parts.relative) < 3 or parts.relative.startswith(("自治", "街", "社"))
    if words.startswith(_words("apart")):
        return True
    if not strict:
        return len(words) >= 3 and _opens_a_name(words)
    if len(words) < (4 if words.endswith(("大学", "军区")) else 5) or not _opens_a_name(words):
        return False
    bodies = [word for inner in _table("inside").values() for word in inner]
    return (
        organ in ("institution", "enterprise", "mass_organization", "military")
        or bool(parts.zone)
        or words.startswith(_words("central_heads"))
        or any(body in words for body in bodies)
    )
