"""Coordinated names: where 、 和 或 part full names (县委办、县府办), and where they do not (公安、文化执法部门)."""

from __future__ import annotations

import re

from pipeline.segment.structure import Span

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
    r"(?:负责人|负责同志|领导|书记|主席|主任|[校园院局处镇县市区州省乡队组所站厂矿店部厅会]长|经理|把手|[队党团职成学委人]员|干部|职工|师生|学生|生|班子|志愿者|[医教法律]师|医生|教师"
    r"|法官|师傅|家属|人员|人|主|户|者|友|工|兵|警|民|群众|妇女|青年|老人|儿童|大家|骨干|代表|乡贤|司机|保安|同志|店长)\Z"
)
_ORGAN = re.compile(
    r"(?:党委|党组|工委|支部|总支|党组织|纪委|监委|委|政府|部门|单位|机关|机构|组织|系统|办公室|办公厅|指挥部|小组|专班|公司|企业|银行|学校|医院|卫生院|中心|协会|工会|妇联"
    r"|团[省市县]?委|残联|工商联|[部厅局办处科室院所站队会社台馆园店场校厂]|县委|学院|大学|集团|超市|商超|商场|景区|村|社区|街道|乡镇|市|县|区|省|州|镇|地|学联|财政|媒体|高校"
    r"|院校|网吧|海关|法院|渔政|市场|工地|站点|店铺|商铺|物业|中介|基地|车间|班组|机场|电台|校报)(?:（[^（）]*）)?\Z"
)
_FIELD = re.compile(
    r"\A(?:.{0,3}公安(?:交管|交警)?|网信|民政|教育|科技|卫生健康|卫健|卫生|应急(?:管理)?|交通(?:运输)?|水利|水务|气象|农业农村|住建|住房城乡建设|城管|城市管理|财政"
    r"|审计|税务|人社|文旅|文化|文物|旅游|体育|消防|宣传|组织|统战|政法|司法|纪委|纪检|市场监管|生态环境|环保|自然资源|发展改革|商务|工信|粮储|林草|电力|供电|供水|通信|海事|妇联"
    r"|共青团|残联|团委|红十字会|卫生、|国库|国资|民宗|侨务|信访|数据|编办|广电|能源|煤管|文化执法|交通执法|[省市州县乡镇村区])\Z"
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
