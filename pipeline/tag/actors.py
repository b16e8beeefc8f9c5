"""Actors: who a measure says must, may or should act, as written.

Candidates are stretches that begin where a subject may begin (at a clause, behind 由, 请, 鼓励, behind a date or an
opening such as 并) and end where a name may end (a suffix such as 部门, 书记) or a predicate begins (要, 应, 把).
A linear model, trained with the tagger, scores them; what it accepts is split into full names.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np

from pipeline import assets
from pipeline.segment.structure import Span
from pipeline.tag.classifier import LinearModel, Model, default_model
from pipeline.tag.features import feature_id

_MAX_NAME = 44
# A clause: brackets and quotations are kept whole, so that 县（市、区）长 and “双报到”党员 stay in one piece.
_CLAUSE = re.compile(
    r"(?:（[^（）\n]{0,60}）|“[^“”\n]{0,60}”|《[^《》\n]{0,120}》|[^，。；：！？\n（“《]|[（“《])+"
)
_TIME = re.compile(
    r"(?:自?(?:即日|今日|今晚|近期|平时|目前|接此通知|接本通知|[0-9一二三四五六七八九十〇]{1,4}年|每年|今年)?"
    r"(?:[0-9一二三四五六七八九十]{1,3}月(?:[0-9一二三四五六七八九十]{1,3}[日号]|底|初|中旬|上旬|下旬)?)?[^，。；：、由请]{0,6}?"
    r"(?:前|以前|之前|起|期间|以后|之后|内|时|后|当天|当晚|当日))"
)


@dataclass(frozen=True, slots=True)
class Candidate:
    """A stretch that may name an actor, with what the model looks at."""

    start: int
    end: int
    features: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class _Lexicon:
    suffix: re.Pattern[str]
    follow: re.Pattern[str]
    follow_class: dict[str, str]
    trigger: re.Pattern[str]
    opening: re.Pattern[str]
    suffixes: frozenset[str]


@cache
def _lexicon() -> _Lexicon:
    table = assets.toml("tagger/actors.toml")

    def either(words: list[str]) -> str:
        return "|".join(re.escape(word) for word in sorted(set(words), key=lambda word: (-len(word), word)))

    return _Lexicon(
        suffix=re.compile(f"(?:{either(table['suffixes'])})(?:（[^（）]{{1,20}}）)?"),
        follow=re.compile(either([word for words in table["follow"].values() for word in words])),
        follow_class={word: name for name, words in table["follow"].items() for word in words},
        trigger=re.compile(either(table["triggers"])),
        opening=re.compile(f"(?:{either(table['openings'])})"),
        suffixes=frozenset(table["suffixes"]),
    )


def find_actors(text: str, start: int, end: int, modality: str, model: Model | None = None) -> list[Span]:
    """Who must act by the sentence ``text[start:end]``, in order, coordinated names split; ``modality`` is evidence."""
    found = list(candidates(text, start, end))
    if not found:
        return []
    model = model or default_model()
    scores = candidate_scores(found, modality, model.actor)
    taken: list[Span] = []
    for score, candidate in sorted(
        zip(scores, found, strict=True), key=lambda pair: (-pair[0], pair[1].start)
    ):
        if score < model.actor_threshold:
            break
        if all(candidate.end <= left or candidate.start >= right for left, right in taken):
            taken.append((candidate.start, candidate.end))
    return [name for left, right in sorted(taken) for name in split_names(text, left, right)]


def candidate_columns(candidate: Candidate, modality: str) -> list[int]:
    """The columns of a candidate's features, with the modality of its sentence."""
    own = [feature_id(f"actor {feature}") for feature in candidate.features]
    return [*own, feature_id(f"actor {modality}"), feature_id(f"actor {modality} {candidate.features[0]}")]


def candidate_scores(found: Sequence[Candidate], modality: str, model: LinearModel) -> list[float]:
    """The probability of each candidate of being an actor."""
    columns = [candidate_columns(candidate, modality) for candidate in found]
    lengths = [len(row) for row in columns]
    places = model.place[np.concatenate([np.array(row, dtype=np.int64) for row in columns])]
    sums = np.add.reduceat(model.weights[places], np.cumsum([0, *lengths[:-1]]))
    scores: list[float] = (1 / (1 + np.exp(-(sums + model.bias)))).tolist()
    return scores


def candidates(text: str, start: int, end: int) -> Iterator[Candidate]:
    """All candidates of the sentence ``text[start:end]``; spans are into ``text``."""
    first = True
    for clause in _CLAUSE.finditer(text, start, end):
        yield from _clause_candidates(text, clause.start(), clause.end(), end, first)
        first = False


def _clause_candidates(
    text: str, start: int, end: int, sentence_end: int, first: bool
) -> Iterator[Candidate]:
    lexicon = _lexicon()
    ends = _ends(text, start, end)
    if not ends:
        return
    clause_kind = "1" if first else "n"
    seen = set()
    for kind, begin in _starts(text, start, end):
        if begin in seen:
            continue
        seen.add(begin)
        possible = [stop for stop in ends if begin < stop <= begin + _MAX_NAME]
        for rank, stop in enumerate(possible):
            if stop - begin > 1 or text[begin:stop] in lexicon.suffixes:
                yield Candidate(
                    begin, stop, _features(text, begin, stop, end, sentence_end, f"{kind}{clause_kind}", rank)
                )


def _starts(text: str, start: int, end: int) -> Iterator[tuple[str, int]]:
    """Where a name may begin in a clause, with how: c clause, o behind an opening, t behind a time, or the trigger."""
    lexicon = _lexicon()
    position = start
    while position < end and text[position] in " 　“”‘’)）、":
        position += 1
    yield "c", position
    if opening := lexicon.opening.match(text, position, end):
        yield "o", opening.end()
    if time := _TIME.match(text, position, end):
        yield "t", time.end()
    for trigger in lexicon.trigger.finditer(text, start, end):
        yield trigger[0], trigger.end()


def _ends(text: str, start: int, end: int) -> list[int]:
    """Where a name may end in a clause, in order."""
    lexicon = _lexicon()
    found = set()
    position = start
    while match := lexicon.suffix.search(text, position, end):
        found.add(match.end())
        if "（" in match[0]:
            found.add(match.start() + match[0].index("（"))
        position = match.start() + 1
    found.update(match.start() for match in _PREDICATE.finditer(text, start + 1, end))
    return sorted(found)


_PREDICATE = re.compile(
    r"[要须可将把每按凭均都不]|应(?!急)|必须|务必|对(?!口)|在(?!线|职|岗|读|编)|从(?!业)|用(?!户|人)|向|于|自(?!治|然|然资|愿|办|行车)|分别|负责|统一|牵头|依法|给予"
)


def _features(
    text: str, begin: int, stop: int, clause_end: int, sentence_end: int, kind: str, rank: int
) -> tuple[str, ...]:
    lexicon = _lexicon()
    name = text[begin:stop]
    after = text[stop : min(stop + 3, clause_end)]
    match = lexicon.follow.match(text, stop, clause_end)
    follow = match[0] if match else "$" if stop == clause_end else "-"
    kind_of_follow = lexicon.follow_class.get(follow, follow)
    next_suffix = lexicon.suffix.match(text, stop, clause_end)
    before = text[begin - 1 : begin]
    length = min(len(name), 12) if len(name) < 12 else 12 + min((len(name) - 12) // 5, 5)
    rest = text[stop:clause_end]
    suffix = _last_suffix(name)
    features = [
        f"k{kind}",
        f"r{min(rank, 4)}",
        f"k{kind}|r{min(rank, 3)}",
        f"l{length}",
        f"z1{name[-1:]}",
        f"z2{name[-2:]}",
        f"z3{name[-3:]}",
        f"s{suffix}",
        f"a1{name[:1]}",
        f"a2{name[:2]}",
        f"n1{after[:1]}",
        f"n2{after[:2]}",
        f"n3{after}",
        f"f{follow}",
        f"F{kind_of_follow}",
        f"F{kind_of_follow}|k{kind}",
        f"F{kind_of_follow}|s{bool(suffix)}",
        f"F{kind_of_follow}|s{suffix}",
        f"F{kind_of_follow}|s{bool(suffix)}|k{kind}",
        f"F{kind_of_follow}|z1{name[-1:]}",
        f"z2{name[-2:]}|n1{after[:1]}",
        f"x{next_suffix[0] if next_suffix else '-'}",
        f"x{bool(next_suffix)}|F{kind_of_follow}",
        f"b{before}",
        f"d{'的' in name}|k{kind}",
        f"d{'的' in name}|F{kind_of_follow}",
        f"c{min(name.count('、'), 3)}",
        f"m{bool(_MODAL.search(rest))}|e{stop == clause_end}|k{kind}",
        f"m{bool(_MODAL.search(rest))}|F{kind_of_follow}",
        f"v{bool(_VERBISH.search(name))}",
        f"v{bool(_VERBISH.search(name))}|l{length // 4}",
        f"q{text[clause_end : clause_end + 1]}|F{kind_of_follow}",
        f"t{text[clause_end - 1 : clause_end]}|F{kind_of_follow}",
    ]
    features += [f"g{name[i : i + 2]}" for i in range(len(name) - 1)]
    return tuple(features)


def _last_suffix(name: str) -> str:
    """The longest suffix of the lexicon that the name ends in, brackets aside; empty when none."""
    bare = re.sub(r"（[^（）]*）\Z", "", name)
    for length in range(min(5, len(bare)), 0, -1):
        if bare[-length:] in _lexicon().suffixes:
            return bare[-length:]
    return ""


_MODAL = re.compile(r"要|应|须|必须|务必|可以|可|不得|不准|不许|将|一律|请")
_VERBISH = re.compile(r"把|对|要|应|须|不得|将|由|请|让|使|向|于|按|给|了|过|着|等到")
_JOIN = re.compile(r"(?<!以)及|以及|、|和(?!平|谐)|与(?!会)|或者|或")
# Heads that the names before them share: 各学院书记、院长; 乡镇人民政府、街道办事处主要负责人; 公安、网信等部门.
_SHARED_FRONT = re.compile(
    r"各(?!地|方|自)|每|任何|所有|其他|[省市县乡州地]级|村级|本级|市（|县（|乡（|沿线|沿河"
)
_QUANTIFIED = re.compile(r"各|每|任何|其他|所有|全|一[个名家]|两[名家个]|本|我|你|贵")


def split_names(text: str, start: int, end: int) -> list[Span]:
    """Split coordinated names at 、 和 或 where each is a full name of its own; one name otherwise.

    公安、文化执法部门 stays whole, because 公安 alone is not the name; 各级党委、政府 stays whole, because
    各级 holds for both; 县委办、县府办 is two.
    """
    parts = _parts(text, start, end)
    if len(parts) == 1:
        return parts
    names: list[Span] = []
    begin = parts[0][0]
    for here, after in zip(parts, [*parts[1:], None], strict=True):
        if after is None or _may_part(
            text[begin : here[1]], text[here[0] : here[1]], text[after[0] : after[1]], text[after[0] : end]
        ):
            names.append((begin, here[1]))
            begin = after[0] if after else end
    return names


def _parts(text: str, start: int, end: int) -> list[Span]:
    """The stretches between joining marks outside brackets and quotation marks."""
    masked = _HIDDEN.sub(lambda match: "\ue000" * len(match[0]), text[start:end])
    parts, begin = [], 0
    for match in _JOIN.finditer(masked):
        if match.start() > begin and match.end() < len(masked):
            parts.append((start + begin, start + match.start()))
            begin = match.end()
    return [*parts, (start + begin, end)]


_HIDDEN = re.compile(r"（[^（）]*）|“[^“”]*”")
# 公安、网信等部门; 财政、税务、国库三方: bare fields under one group word.
_GROUP = re.compile(
    r"(?:(?:等|有关|相关|主管)?(?:部门|单位|系统|机构|组织|方面|管理部门|主管部门)|[两二三四五六七八九几多](?:个)?(?:部门|级|方|家|路人马|局|办)|等[^、]{2,4})\Z"
)
_PERSON = re.compile(
    r"(?:负责人|负责同志|领导|书记|主席|主任|[校园院局处镇县市区州省乡队组所站厂矿店部厅会]长|经理|把手|[队党团职成学委人]员|干部|职工|师生|学生|生|班子|志愿者|[医教法律]师|医生|教师|法官|师傅|家属|人员|人|主|户|者|友|工|兵|警|民|群众|妇女|青年|老人|儿童|大家|骨干|代表|乡贤|司机|保安|同志|店长)\Z"
)
_ORGAN = re.compile(
    r"(?:党委|党组|工委|支部|总支|党组织|纪委|监委|委|政府|部门|单位|机关|机构|组织|系统|办公室|办公厅|指挥部|小组|专班|公司|企业|银行|学校|医院|卫生院|中心|协会|工会|妇联|团[省市县]?委|残联|工商联|[部厅局办处科室院所站队会社台馆园店场校厂]|县委|学院|大学|集团|超市|商超|商场|景区|村|社区|街道|乡镇|市|县|区|省|州|镇|地|学联|财政|媒体|高校|院校|网吧|海关|法院|渔政|市场|工地|站点|店铺|商铺|物业|中介|基地|车间|班组|机场|电台|校报)(?:（[^（）]*）)?\Z"
)
_FIELD = re.compile(
    r"\A(?:.{0,3}公安(?:交管|交警)?|网信|民政|教育|科技|卫生健康|卫健|卫生|应急(?:管理)?|交通(?:运输)?|水利|水务|气象|农业农村|住建|住房城乡建设|城管|城市管理|财政|审计|税务|人社|文旅|文化|文物|旅游|体育|消防|宣传|组织|统战|政法|司法|纪委|纪检|市场监管|生态环境|环保|自然资源|发展改革|商务|工信|粮储|林草|电力|供电|供水|通信|海事|妇联|共青团|残联|团委|红十字会|卫生、|国库|国资|民宗|侨务|信访|数据|编办|广电|能源|煤管|文化执法|交通执法|[省市州县乡镇村区])\Z"
)


_SHARED_TAIL = re.compile(r"(?:党组织|党支部|党总支|党委|党组|党员干部|党员)(?:（[^（）]*）)?\Z")


def _may_part(sofar: str, here: str, after: str, rest: str) -> bool:
    """Whether the name read so far may end before ``after``: both must be able to stand alone."""
    if _FIELD.match(here) and _GROUP.search(rest):
        return False
    if _SHARED_TAIL.search(rest) and not _SHARED_TAIL.search(here):
        return False  # 乡镇（街道）、村（社区）党组织 are the Party organisations of both
    here_person, after_person = bool(_PERSON.search(here)), bool(_PERSON.search(after))
    if not _ORGAN.search(here) and not here_person:
        return False
    if len(here) < 2 and here not in "镇村县市":
        return False
    if _SHARED_FRONT.match(sofar) and not _QUANTIFIED.match(after):
        # 各学院书记、院长 share 各学院; 各乡镇党委、县直单位 do not
        return len(after) > 6 and not after_person
    # 乡镇人民政府、街道办事处主要负责人 share the person; 街道、党工委书记 too
    return not (
        after_person and not here_person and len(here) <= 8 and bool(_ORGAN.search(_PERSON.sub("", after)))
    )
