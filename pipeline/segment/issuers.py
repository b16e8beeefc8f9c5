"""Who issued a document: read from masthead, title, signature or number, in that order; inferred only from what the
document says of itself (我县, 报告县委组织部)."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from pipeline.records import IssuerMethod, Level, Organ
from pipeline.segment.head import Head
from pipeline.segment.numbers import DocumentNumber
from pipeline.segment.organs import ResolvedOrgan, resolve, split_organs
from pipeline.segment.structure import IssuingOrgan, Span
from pipeline.segment.titles import close_letters

_SUBJECT = re.compile(r"关于|转发|印发|批转|公布|发布|对(?=[^，。]{2,60}的(?:答复|批复|复函))")
_MASTHEAD_END = re.compile(r"[\s　]*(?:文件|（[^）]{1,8}）)$|^(?:中华人民共和国)(?=国务院)")
_SENDER = re.compile(r"发电单位[：:\s　]+([^\s　]+)")
_LEVEL_WORDS: dict[str, Level] = {
    "省": "province",
    "自治区": "province",
    "州": "prefecture",
    "市": "prefecture",
    "县": "county",
    "旗": "county",
}
_OWN_PLACE = re.compile(r"[我全](省|自治区|州|市|县|旗)(?!委)")
_REPORTS_TO = re.compile(
    r"(?:报告|报送|报|推荐)(?:至|给|到)?((?:省|市|州|县|区|旗)委(?:组织部|宣传部|办公室|办公厅|办)?)(?=[。，；]|$)"
)
_SUPERIOR = re.compile(r"(中共[一-鿿]{2,8}[市州盟省区]委(?:组织部|宣传部|办公室|办公厅)?)(?=[《关印转])")


def find_issuers(
    text: str,
    head: Head,
    signature: Sequence[Span],
    number: DocumentNumber | None,
    issued: date | None,
    body: Span,
) -> tuple[IssuingOrgan, ...]:
    """The issuing organs in order of print; () when the document does not state or clearly show them."""
    context = text[: body[0]] + text[body[1] :]
    within = number.adcode if number else None
    sources: list[tuple[IssuerMethod, list[Span]]] = [
        (
            "masthead",
            _in_masthead(text, head.masthead) or _in_lines(text, [head.sender] if head.sender else []),
        ),
        ("title", _in_title(text, head.title_span) or _in_adoption(text, head.adoption)),
        ("signature", _in_lines(text, signature)),
    ]
    read: list[tuple[IssuerMethod, list[IssuingOrgan]]] = [
        (method, [_resolved(text, span, method, issued, within, context) for span in _distinct(spans, text)])
        for method, spans in sources
    ]
    best = _choose([organs for _, organs in read])
    if best:
        return tuple(_first_read(organ, read) for organ in best)
    if number and number.organ:
        return (_of_number(number),)
    inferred = _infer(text, body)
    return (inferred,) if inferred else ()


def _resolved(
    text: str, span: Span, method: IssuerMethod, issued: date | None, within: str | None, context: str
) -> IssuingOrgan:
    printed = text[slice(*span)]
    name = re.sub(r"[\s　]+", "", printed)
    known = resolve(name, date=issued, within=within, context=context)
    if known.adcode is None and known.level in ("township", "village"):  # the body may name the county
        known = resolve(name, date=issued, within=within, context=text)
    return issuing_organ(known, printed, method, span)


def issuing_organ(
    known: ResolvedOrgan, printed: str | None, method: IssuerMethod, span: Span | None
) -> IssuingOrgan:
    """An organ that is known, as the issuer that a text prints at ``span`` (None: it prints none)."""
    return IssuingOrgan(
        printed,
        known.canonical_name,
        known.level,
        known.organ,
        known.adcode,
        known.province,
        known.prefecture,
        known.county,
        method,
        span,
    )


def _distinct(spans: list[Span], text: str) -> list[Span]:
    """The spans without those whose words stand there already."""
    return list({text[slice(*span)]: span for span in reversed(spans)}.values())[::-1]


def _choose(lists: Sequence[list[IssuingOrgan]]) -> list[IssuingOrgan]:
    """The first list that is not empty, or a later one that names the same organs and more (joint documents carry
    only the host's name in the masthead)."""
    best: list[IssuingOrgan] = []
    for organs in lists:
        if not best or (len(organs) > len(best) and all(any(_same(a, b) for b in organs) for a in best)):
            best = organs
    return best


def _same(one: IssuingOrgan, other: IssuingOrgan) -> bool:
    if one.canonical_name and other.canonical_name and one.canonical_name == other.canonical_name:
        return True
    name, other_name = _squeezed(one), _squeezed(other)
    return name.endswith(other_name) or other_name.endswith(name)


def _squeezed(organ: IssuingOrgan) -> str:
    return re.sub(r"\s+", "", organ.name or "")


def _first_read(organ: IssuingOrgan, read: Sequence[tuple[IssuerMethod, list[IssuingOrgan]]]) -> IssuingOrgan:
    """The organ as its first source prints it, or a later one that prints the same name in full or settles its place."""
    best: IssuingOrgan | None = None
    for _, organs in read:
        for candidate in organs:
            if not _same(candidate, organ):
                continue
            assert candidate.name
            if best is None or _fuller(candidate, best):
                best = candidate
    return best or organ


def _fuller(one: IssuingOrgan, other: IssuingOrgan) -> bool:
    """Whether a name adds words before the other one (思口镇清溪村村民委员会, 清溪村村民委员会) or a place."""
    name, other_name = _squeezed(one), _squeezed(other)
    longer = len(name) > len(other_name) and name.endswith(other_name)
    return longer or (one.adcode is not None and other.adcode is None)


def _in_masthead(text: str, lines: Sequence[Span]) -> list[Span]:
    spans: list[Span] = []
    for start, end in lines:
        words = text[start:end]
        sender = _SENDER.search(words)
        if sender:
            spans.append((start + sender.start(1), start + sender.end(1)))
            continue
        if words.startswith("中华人民共和国国务院"):
            start += len("中华人民共和国")
        trimmed = re.sub(
            r"[\s　]*(?:文件|令|公告|通告|公报|(?:常务|党组|办公|专题|工作|全体)*(?:会议)?纪要)$",
            "",
            text[start:end],
        )
        spans.extend(_split(trimmed, start))
    return spans


def _in_lines(text: str, lines: Sequence[Span]) -> list[Span]:
    return [span for start, end in lines for span in _split(text[start:end], start)]


def _in_title(text: str, title: Span | None) -> list[Span]:
    if title is None:
        return []
    match = _SUBJECT.search(text, *title)
    if match is None or match.start() == title[0]:
        return []
    return _in_lines(text, list(_line_spans(text, title[0], match.start())))


_ADOPTED_BY = re.compile(
    r"[（(](?:\d{4}年\d{1,2}月\d{1,2}日)?(?P<organ>[^\d（）()]{4,30}?)(?:\d{4}年\d{1,2}月\d{1,2}日)?(?:第[^（）()]{0,20}会议)?(?:发布|公布|制定)[）)]$"
)


def _in_adoption(text: str, adoption: Span | None) -> list[Span]:
    """The organ of the note below a title: （福贡县人民政府2022年3月9日公布）."""
    match = _ADOPTED_BY.match(text[slice(*adoption)]) if adoption else None
    return _split(match.group("organ"), adoption[0] + match.start("organ")) if match and adoption else []


def _line_spans(text: str, start: int, end: int) -> list[Span]:
    return [(m.start(), m.end()) for m in re.compile(r"\S[^\n]*\S").finditer(text, start, end)]


def _split(words: str, offset: int) -> list[Span]:
    closed = close_letters(words)
    if " " not in closed and closed != words:  # a letter-spaced name: 民　政　部　办　公　厅
        return [(offset, offset + len(words))] if len(split_organs(closed)) == 1 else []
    return [(offset + start, offset + end) for start, end in split_organs(words)]


def _of_number(number: DocumentNumber) -> IssuingOrgan:
    level: Level | None = None
    if number.adcode:
        level = (
            "province"
            if number.adcode.endswith("0000")
            else "prefecture"
            if number.adcode.endswith("00")
            else "county"
        )
    return IssuingOrgan(None, None, level, number.organ, number.adcode, None, None, None, "doc_number", None)


def _infer(text: str, body: Span) -> IssuingOrgan | None:
    """An issuer that is not printed, from the place that the text calls its own and the organ it wants reports sent to.

    Both must be said, and only one of each; the prefecture comes from the superior whose document is carried out.
    """
    own = set(_OWN_PLACE.findall(text, body[0], body[1]))
    targets = set(_REPORTS_TO.findall(text, body[0], body[1]))
    if len(own) != 1 or len(targets) != 1:
        return None
    place, target = own.pop(), targets.pop()
    level = _LEVEL_WORDS[place]
    if target[0] != place[0] and not (place == "自治区" and target.startswith("区")):
        return None
    organ: Organ = "party_committee"
    if target.endswith(("组织部", "宣传部")):
        organ = "party_department"
    elif target.endswith(("办公室", "办公厅", "办")):
        organ = "party_office"
    province = prefecture = None
    superior = _SUPERIOR.search(text, *body)
    if superior and level == "county":
        known = resolve(superior.group(1))
        if known.level == "prefecture":
            province, prefecture = known.province, known.prefecture
    return IssuingOrgan(None, None, level, organ, None, province, prefecture, None, "inferred", None)
