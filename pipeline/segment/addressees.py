"""Addressees (主送机关) and copies (抄送机关): the items of their line, and what the lists inside an item
stand for."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import cache, lru_cache

from pipeline import assets
from pipeline.records import Level, Organ
from pipeline.segment import gazetteer
from pipeline.segment.organ_names import RELATIVE_LEVELS, by_ending, central, kind, take_apart
from pipeline.segment.organs import resolve
from pipeline.segment.structure import Addressee

_LABEL = re.compile(r"\s*(?:主\s*送|抄\s*送|抄\s*报|抄\s*发|分\s*送|发\s*送|送)(?:机关|单位)?\s*[:：]\s*")
_BLANK = re.compile(r"\s+")
_BRACKETED = re.compile(r"[（(][^（）()]*[)）]")
_BRACKET_OR = re.compile(r"[（(《“]|[)）》”]|[，；,;]|、")


def parse_addressees(text: str, offset: int = 0, role: str = "main") -> tuple[Addressee, ...]:
    """The addressees of a line without its closing ：, or of 抄送：…。, with spans that count from
    ``offset``.

    Items are split at ， or ； outside brackets; 、 stays inside an item, where ``expanded`` writes its list
    out. Level and organ are those that all of the item's members share, None where the words do not say them.
    """
    label = _LABEL.match(text)
    start = label.end() if label else 0
    items = []
    for begin, end in _pieces(text, start, "，；,;"):
        while begin < end and text[begin].isspace():
            begin += 1
        while begin < end and (text[end - 1].isspace() or text[end - 1] in "。．.：:"):
            end -= 1
        if begin < end:
            name = text[begin:end]
            expanded, level, organ = _read(_BLANK.sub("", name))
            items.append(Addressee(role, name, expanded, level, organ, (offset + begin, offset + end)))
    return tuple(items)


def _pieces(text: str, start: int, marks: str) -> Iterator[tuple[int, int]]:
    """The stretches between the given marks outside brackets and quotes."""
    depth = 0
    for match in _BRACKET_OR.finditer(text, start):
        sign = match.group()
        if sign in "（(《“":
            depth += 1
        elif sign in ")）》”":
            depth = max(0, depth - 1)
        elif depth == 0 and sign in marks:
            yield start, match.start()
            start = match.end()
    yield start, len(text)


@lru_cache(maxsize=4096)
def _read(item: str) -> tuple[tuple[str, ...], Level | None, Organ | None]:
    expanded = expand(item)
    read = [_classify(member) for member in expanded]
    levels, organs = {level for level, _ in read}, {organ for _, organ in read}
    return (
        expanded,
        (levels.pop() if len(levels) == 1 else None),
        (organs.pop() if len(organs) == 1 else None),
    )


@dataclass(slots=True)
class _Group:
    """Places that share organs (各省、自治区 with 人民政府), or parts that stand alone."""

    places: list[str] = field(default_factory=list)
    tails: list[str] = field(default_factory=list)

    def members(self) -> list[str]:
        tails = _with_shared_ending(self.tails) or [""]
        return [place + tail for place in self.places for tail in tails]


@dataclass(frozen=True, slots=True)
class _Part:
    """One part between two 、: its head (各), the class of places or the place, and what follows."""

    head: str
    place: str
    tail: str
    stands_alone: bool  # takes no head from the parts before


def expand(item: str) -> tuple[str, ...]:
    """What an item with a list stands for: 各市、县（区）党委 is 各市党委 and 各县（区）党委; others are
    themselves."""
    words = [item[start:end] for start, end in _pieces(item, 0, "、")]
    words = [part for word in words for part in _split_places(word)]
    if len(words) < 2 or not all(words):
        return (item,)
    head = _head(words[0])
    groups: list[_Group] = []
    last = ""
    unfinished = False
    for at, word in enumerate(words):
        part = (
            _part(word, head, unfinished=unfinished)
            if at
            else _divided(head, word.removeprefix(head), stands_alone=True)
        )
        group = groups[-1] if groups else None
        unfinished = bool(part.place) and not part.tail
        if part.place:
            if group is None or not group.places or group.tails or not last:
                group = _Group()
                groups.append(group)
            group.places.append(part.head + part.place)
            if part.tail:
                group.tails.append(part.tail)
            last = part.place
        elif group and last and not part.stands_alone and _is_organ(part.tail):
            group.tails.append(part.tail)
        else:
            groups.append(_Group([part.head + part.tail]))
            last = ""
    return tuple(_with_shared_body([member for group in groups for member in group.members()]))


@cache
def _places() -> dict[str, Level | None]:
    table = assets.toml("addressees.toml")["places"]
    levels: dict[str, Level | None] = {}
    for level, names in table.items():
        for name in names:
            levels.setdefault(name, None if level == "open" else level)
    return levels


# 省会, 市直, 村民, 区域: the character is part of another word; 市民政局 is not 市民.
_OTHER_WORD = re.compile(r"[会直级际属域城场容庄村]|民(?![政族宗防航间])")
_ORGAN_OF_ITS_OWN = re.compile(r"委|政府|人大|政协")


def _place_class(words: str, *, after_each: bool) -> str:
    """The class of places that the words begin with (县（区）); "" for none. 市委 is one organ unless 各
    stands before."""
    for length in range(min(14, len(words)), 0, -1):
        if words[:length] in _places():
            rest = words[length:]
            if _OTHER_WORD.match(rest) or (not after_each and _ORGAN_OF_ITS_OWN.match(rest)):
                return ""
            return words[:length]
    return ""


_PLACES_JOINED = re.compile(r"(?:以及|及|和|与)")


def _split_places(word: str) -> list[str]:
    """直辖市及新疆生产建设兵团卫生健康委 as two parts; words joined in any other way stay together."""
    for match in _PLACES_JOINED.finditer(word):
        left, right = word[: match.start()], word[match.end() :]
        named = left.rpartition("各")[2]
        if named in _places() and (
            _place_class(right, after_each=True) or _named_place(right) or right.startswith(_apart())
        ):
            return [left, right]
    return [word]


def _apart() -> tuple[str, ...]:
    return tuple(assets.toml("organs.toml")["apart"]["names"])


def _named_place(words: str) -> str:
    """The place with a name of its own that the words begin with: 新疆生产建设兵团, 广州市."""
    for name in _apart():
        if words.startswith(name):
            return name
    found = gazetteer.longest_at(words)
    if not found:
        return ""
    place = found[0]
    while inner := gazetteer.longest_at(words, len(place)):
        place += inner[0]
    return place


def _head(first: str) -> str:
    """What the first part lends to those after it: 省委各, 全体, 省属, 中国人民银行; "" for none."""
    table = assets.toml("addressees.toml")["heads"]
    if "各" in first:
        return first[: first.index("各") + 1]
    for word in sorted(table["words"], key=len, reverse=True):
        if first.startswith(word):
            return word  # type: ignore[no-any-return]
    known = central(first)
    return first[: -len(known.rest)] if known and known.rest and not _is_organ(known.rest) else ""


def _part(word: str, head: str, *, unfinished: bool) -> _Part:
    """A part behind the first; ``unfinished``: the part before is a class of places that still lacks its
    organ."""
    if "各" in word:
        before = word[: word.index("各")]
        each = (before or head.removesuffix("各")) + "各"
        return _divided(each, word[word.index("各") + 1 :], stands_alone=True)
    if head.endswith("各"):
        place = _place_class(word, after_each=True)
        if place and (unfinished or len(place) > 1):
            return _divided(head, word, stands_alone=True)
        if word.startswith(tuple(p for p in _places() if len(p) > 1)):  # 村（居）民委员会
            return _Part(head, "", word, True)
    if head.endswith(("全体", "各位")):
        return _Part(head, "", word, False)
    named = _named_place(word)
    if named:
        return _Part("", named, word[len(named) :], True)
    if _is_complete(word):
        return _Part("", "", word, True)
    return _Part(head, "", word, False)


def _divided(head: str, body: str, *, stands_alone: bool) -> _Part:
    place = (_named_place(body) if not head else "") or _place_class(body, after_each=head.endswith("各"))
    return _Part(head, place, body[len(place) :], stands_alone)


def _is_complete(word: str) -> bool:
    """Whether a part needs nothing from the parts before it: 市政府办公室, 财政部, 驻镇各单位."""
    if word.startswith(tuple(assets.toml("addressees.toml")["heads"]["own"])):
        return True
    return (central(word) is not None and word.endswith(("部", "总局", "总署", "银行"))) or bool(
        take_apart(word).relative
    )


def _is_organ(words: str) -> bool:
    plain = _BRACKETED.sub("", words)
    return bool(plain) and (
        by_ending(plain)[0]
        or plain in ("委", "党委", "政府", "主管部门", "会")
        or plain.endswith(("委", "厅", "局"))
    )


_SHARED_ENDING = re.compile(r"[一-鿿](?:厅|局|委员会|委|部门|部|办)(?:[（(][^（）()]*[)）])?$")


def _with_shared_ending(tails: Sequence[str]) -> list[str]:
    """农业农村（农牧） before 畜牧兽医厅（局、委） takes its 厅（局、委）."""
    ending = _SHARED_ENDING.search(tails[-1]) if len(tails) > 1 else None
    if ending is None:
        return list(tails)
    shared = ending.group()[1:]
    return [tail if _is_organ(tail) else tail + shared for tail in tails]


def _with_shared_body(members: Sequence[str]) -> list[str]:
    """市直各单位 before 中省直各企业党委（党组） takes its 党委（党组）; 各高等学校团委 lends its schools to
    学生会."""
    table = assets.toml("addressees.toml")["bodies"]
    nouns = tuple(table["nouns"])
    shared = next((s for s in sorted(table["shared"], key=len, reverse=True) if members[-1].endswith(s)), "")
    if shared and members[-1].removesuffix(shared).endswith(nouns):
        return [m + shared if m.endswith(nouns) else m for m in members]
    body = next((n for n in nouns if f"{n}" in members[0] and not members[0].endswith(n)), "")
    if body and len(members) > 1:
        before = members[0][: members[0].index(body) + len(body)]
        head = members[0][: members[0].index("各") + 1] if "各" in members[0] else ""
        if head and _is_organ(members[0][len(before) :]):
            return [
                before + m.removeprefix(head)
                if m.startswith(head) and _is_organ(m.removeprefix(head)) and at
                else m
                for at, m in enumerate(members)
            ]
    return list(members)


def _classify(member: str) -> tuple[Level | None, Organ | None]:
    """Level and kind of one expanded addressee, as far as its words say them."""
    before, each, body = member.rpartition("各")
    if each:
        place = _place_class(body, after_each=True)
        tail = _BRACKETED.sub("", body[len(place) :])
        if place:
            return _places()[place], (kind(take_apart("县" + tail))[1] if tail else None)
        ending = next((s for s in ("党组", "党委", "纪委") if tail.endswith(s)), "")
        organ: Organ | None = "discipline" if ending == "纪委" else "party_committee" if ending else None
        return RELATIVE_LEVELS.get(before) or (resolve(before).level if before else None), organ
    known = resolve(_BRACKETED.sub("", member))
    return known.level, known.organ
