"""The head of a document (版头 and the start of 主体): from the masthead to the addressee line."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from pipeline.segment import elements, titles
from pipeline.segment.agencies import order_words
from pipeline.segment.gazetteer import longest_at
from pipeline.segment.lines import Line
from pipeline.segment.markers import marker_at
from pipeline.segment.numbers import DocumentNumber, find_document_numbers, parse_document_number
from pipeline.segment.organs import looks_like_organ
from pipeline.segment.structure import Block, Span

_DECIMAL_START = re.compile(r"1(?:\.1)?[\s　]+[一-鿿]")  # 1 总则
_HAN = re.compile("[一-鿿]")
# in no line of a title, but in those that a page prints above it
_NO_TITLE = re.compile(r"[：【】|｜>＞→！？]|^\d+$")
_PROSE = re.compile("[！？，。→]")
_STATE = "中华人民共和国"
_SUBJECT = ("关于", "转发", "印发", "批转", "发布", "公布", "对")
_LEAD_IN = re.compile(
    r"如下|事项|通知|决定|意见|要求|现就|现将|根据|为了|为[^，]{2,20}，|以下|下列|目标|任务|原则|措施"
)
_ADDRESSEE_WORDS = re.compile(
    r"各|全体|[省市县区州盟旗镇乡村部委厅局办院所队站会社团校处室行司]$|政府|党委|党组|单位|公司|代表|委员|同志|部门|支部|企业|学院|大学|中心|[村居市农牧渔]民|群众|党员|干部|职工|[师学考]生|家长|业主|游客|商户|经营者|朋友"
)
_ORDERS = re.compile(r"(?P<organ>[一-鿿 　]{2,40}[院部委会署局府行厅])(?:令|公告|通告)(?=[\d〔（第])")
_LONGEST_HEAD = 40  # lines; a head is at most a dozen, portals put theirs above


@dataclass(slots=True)
class Head:
    """What the head states. ``body`` is the index of the first line behind it."""

    body: int
    blocks: list[Block] = field(default_factory=list)
    title: str | None = None
    title_span: Span | None = None
    number: DocumentNumber | None = None
    number_span: Span | None = None
    sender: Span | None = None  # the organ beside the date in the head of minutes
    masthead: list[Span] = field(default_factory=list)
    urgency: str | None = None
    secrecy: str | None = None
    signer: str | None = None
    order_span: Span | None = None
    addressee: Span | None = None
    adoption: Span | None = None


def parse_head(text: str, lines: Sequence[Line]) -> Head:
    """The head of a document, from its lines; where no title is found ``title`` is None and ``body`` 0."""
    return _head(text, lines) or _later_head(text, lines) or Head(body=0)


def _head(text: str, lines: Sequence[Line]) -> Head | None:
    """The head that begins with the first of some lines, None where it would have no title."""
    limit = _first_body_line(lines)
    kinds = [_kind(lines[i].text, i, lines) for i in range(limit)]
    first, last = _title_lines(lines, kinds)
    if last < 0 and any(_numbers_order(kind, line.text) for kind, line in zip(kinds, lines, strict=False)):
        return _order_head(text, lines, kinds, limit)
    if last < 0:
        return None
    head = Head(body=limit)
    for index in range(limit):
        if first <= index <= last and kinds[index] != "doc_number":
            continue
        _take(head, text, lines[index], kinds[index], before_title=index < first)
    title_lines = list(lines[first : last + 1])
    head.blocks.append(Block("title", title_lines[0].start, title_lines[-1].end))
    organs = frozenset(i for i, line in enumerate(title_lines) if looks_like_organ(line.text))
    head.title = titles.join(title_lines, organs)
    head.title_span = (title_lines[0].start, title_lines[-1].end)
    _order_number(head, lines, limit)
    if limit < len(lines) and is_addressee(lines[limit].text):
        line = lines[limit]
        head.addressee = (line.start, line.end - 1)
        head.blocks.append(Block("addressee", line.start, line.end))
        head.body = limit + 1
    head.blocks.sort(key=lambda block: block.start)
    return head


def _later_head(text: str, lines: Sequence[Line]) -> Head | None:
    """The head of a document that a page begins with words of its own, a summary or what an editor says of it; None where
    no title that names its issuer is followed by a number or an addressee.
    """
    for index in range(1, min(len(lines), _LONGEST_HEAD) - 1):
        words, below = lines[index].text, lines[index + 1].text
        one_line = names_issuer(words) and titles.ends_title(words)
        two_lines = looks_like_organ(words) and below.startswith(_SUBJECT) and titles.ends_title(below)
        if one_line or two_lines:
            rest = lines[index:]
            head = _head(text, rest)
            if head is None or head.title_span is None or head.title_span[0] != rest[0].start:
                continue
            head.body += index
            return head if head.number or head.addressee else None
    return None


def _order_head(text: str, lines: Sequence[Line], kinds: Sequence[str], limit: int) -> Head:
    """The head of an order (令): the masthead names it, its number stands below, a title it has none of its own."""
    head = Head(body=limit)
    for index in range(limit):
        _take(head, text, lines[index], kinds[index], before_title=True)
        if _is_order(lines[index].text):
            head.order_span = (lines[index].start, lines[index].end)
    _order_number(head, lines, limit)
    return head


def _numbers_order(kind: str, words: str) -> bool:
    """Whether a line gives the number of an order: 第707号 below 国务院令, or 交通运输部令2021年第5号 whole."""
    return kind == "order_number" or (
        kind == "doc_number" and bool(re.search("令(?:[\\d〔（第]|$)", elements.squeeze(words)))
    )


def is_addressee(line: str) -> bool:
    """Whether a line names addressees: it ends in ：, holds no sentence, and each item is an organ or a group.

    >>> is_addressee("各市、县（区）党委，省直各委、办、厅、局：")
    True
    >>> is_addressee("现将有关事项通知如下：")
    False
    """
    if not line.endswith(("：", ":")) or len(line) > 800 or "。" in line or "；" in line:
        return False
    words = line[:-1]
    if marker_at(line) or elements.ATTACHMENT_NOTE.match(line) or elements.ATTACHMENT_HEAD.match(line):
        return False
    items = [item for item in re.split(r"[，,]", words) if item]
    if not items or any(len(item) > 120 for item in items):
        return False
    named = sum(bool(_ADDRESSEE_WORDS.search(re.sub(r"[（(][^）)]*[）)]", "", item))) for item in items)
    lead = bool(_LEAD_IN.search(re.sub(r"[（(][^）)]*[）)]", "", words)))
    return (
        named * 2 >= len(items)
        and not (lead and named < len(items))
        and not re.search(r"如下|现就|现将", words)
    )


def _first_body_line(lines: Sequence[Line]) -> int:
    """The first line that the head cannot hold: addressee, numbered item, sentence or lead-in."""
    seen_title = False
    for index, line in enumerate(lines[:_LONGEST_HEAD]):
        words = line.text
        if titles.ends_title(words):
            seen_title = True
            continue
        if is_addressee(words) and index:
            return index
        if (
            words.endswith(("。", "；", "：", "？", "！"))
            and not elements.TELEGRAM.match(words)
            and not elements.METADATA.match(words)
        ):
            return index
        if seen_title and (marker_at(words) or _DECIMAL_START.match(words)) and not _is_number_line(words):
            return index
        if (
            len(words) > 100
            and not titles.ends_title(words)
            and "，" in words
            and not elements.METADATA.match(words)
        ):
            return index
    return min(len(lines), _LONGEST_HEAD)


def _is_number_line(words: str) -> bool:
    """(81)国发字37号 and （第3号） begin like a list item and are none."""
    return elements.order_number(words) or elements.number_span(words) is not None


def _kind(words: str, index: int, lines: Sequence[Line]) -> str:
    """What one line of the head is, ``text`` where its form alone does not say (title and organ lines)."""
    if elements.METADATA.match(words) or elements.METADATA_LABEL.match(words):
        return "page_furniture"
    if not _HAN.search(words):
        return "other"
    if elements.number_span(words):
        return "doc_number"
    if elements.order_number(words):
        return "order_number"
    if elements.COPY_NUMBER.match(words):
        return "copy_number"
    if elements.SECRECY.match(words) and len(elements.squeeze(words)) <= 14:
        return "secrecy"
    if elements.urgency_in(words):
        return "urgency"
    if elements.SIGNER.match(words):
        return "signer"
    if elements.ADOPTION.match(words):
        return "adoption"
    if elements.NOTE.match(words):
        return "note"
    if elements.is_date(words):
        return "date"
    if _organ_and_date(words):
        return "organ_date"
    if elements.TELEGRAM.match(words):
        return "masthead"
    if _is_order(words):
        return "masthead"
    if index and elements.METADATA_LABEL.match(lines[index - 1].text) and not titles.ends_title(words):
        return "page_furniture"  # the value below its label
    match = elements.MASTHEAD.match(words)
    if match and not (
        words.endswith(("公告", "通告", "公报", "纪要", "令")) and _only_title(words, index, lines)
    ):
        return "masthead"
    return "text"


def _is_order(words: str) -> bool:
    """Whether a line is the masthead of an order: an organ's name and 令."""
    name = elements.squeeze(words).removesuffix("令")
    return name != elements.squeeze(words) and (
        looks_like_organ(name) or looks_like_organ(name.removeprefix(_STATE))
    )


def _organ_and_date(words: str) -> int:
    """Where the date starts in a line of an organ and a date (head of minutes), 0 in any other line."""
    match = elements.DATE_AT_END.search(words) if words.endswith("日") else None
    return (
        match.start() if match and match.start() and looks_like_organ(words[: match.start()].strip()) else 0
    )


def _only_title(words: str, index: int, lines: Sequence[Line]) -> bool:
    """Whether 某某公告 is the title itself: no other line of the head ends one."""
    later = lines[index + 1 : index + 12]
    for line in later:
        if line.text.endswith(("。", "：")):
            break
        if titles.ends_title(line.text):
            return False
    return True


def _title_lines(lines: Sequence[Line], kinds: Sequence[str]) -> tuple[int, int]:
    """First and last line of the title, (0, -1) when there is none."""
    ends = [i for i, kind in enumerate(kinds) if kind == "text" and titles.ends_title(lines[i].text)]
    if not ends:
        return (0, -1)
    last = ends[-1]
    first = last
    while first and _continues(lines, kinds, first):
        first -= 1
    if last + 1 < len(kinds) and titles.is_suffix(lines[last + 1].text):
        last += 1
    return first, last


def _continues(lines: Sequence[Line], kinds: Sequence[str], first: int) -> bool:
    """Whether the line above ``first`` belongs to the same title."""
    above, words = lines[first - 1].text, lines[first].text
    if kinds[first - 1] != "text" or _NO_TITLE.search(above) or above.endswith(("。", "；")):
        return False
    organ_above = looks_like_organ(above)
    starts_subject = words.startswith(_SUBJECT)
    if organ_above:
        # below the number the masthead is over, so that the organ is the title's
        below_number = "doc_number" in kinds[: first - 1]
        return starts_subject or looks_like_organ(words) or below_number or not names_issuer(words)
    if looks_like_organ(words) and longest_at(words) and not longest_at(above):
        return False  # a name that begins with its place begins here
    if starts_subject and not above.endswith(("、", "，")) and titles.ends_title(above):
        return False
    return not (names_issuer(words) and titles.ends_title(above))


def names_issuer(words: str) -> bool:
    """Whether a title line already begins with its issuer: 福建省人民政府关于…"""
    at = min((words.find(word) for word in ("关于", "转发", "印发", "批转") if word in words), default=-1)
    return at > 0 and looks_like_organ(words[:at])


def _take(head: Head, text: str, line: Line, kind: str, *, before_title: bool) -> None:
    """Reads one line of the head into ``head``."""
    words = line.text
    urgency, secrecy, signer = (
        elements.urgency_in(words),
        elements.SECRECY.match(words),
        elements.SIGNER.search(words),
    )
    if urgency and kind in ("urgency", "doc_number", "masthead"):
        head.urgency = head.urgency or urgency.group("urgency")
    if secrecy and kind in ("secrecy", "doc_number"):
        head.secrecy = head.secrecy or elements.squeeze(secrecy.group("secrecy"))
    if signer:
        head.signer = head.signer or re.sub(r"[\s　]", "", signer.group("signer"))
    if kind == "doc_number" or (kind in ("masthead", "urgency", "signer") and head.number is None):
        found = find_document_numbers(words)
        if found and head.number is None:
            start, end, head.number = found[0]
            head.number_span = (line.start + start, line.start + end)
            kind = "doc_number"
            if named := _ORDERS.match(words):  # 交通运输部令2021年第5号 names its issuer
                head.masthead.append((line.start, line.start + named.end("organ")))
    if kind == "masthead" or (kind == "text" and looks_like_organ(words)):
        head.masthead.append((line.start, line.end))
    if kind == "adoption":
        head.adoption = (line.start, line.end)
    if kind == "organ_date":
        split = _organ_and_date(words)
        head.blocks.append(Block("date", line.start + split, line.end))
        line = Line(words[:split].rstrip(), line.start, line.start + len(words[:split].rstrip()))
        head.sender = (line.start, line.end)
    block = {
        "text": _kind_of_words(words, before_title=before_title),
        "organ_date": "masthead",
        "order_number": "doc_number",
        "copy_number": "masthead",
        "adoption": "note",
    }.get(kind, kind)
    head.blocks.append(Block(block, line.start, line.end))  # type: ignore[arg-type]


def _kind_of_words(words: str, *, before_title: bool) -> str:
    """What a line is that its form does not tell: above the title the masthead, unless it is a sentence of the page."""
    if before_title and not _PROSE.search(words):
        return "masthead"
    return "signature" if looks_like_organ(words) and not before_title else "other"


def _order_number(head: Head, lines: Sequence[Line], limit: int) -> None:
    """The number of an order or announcement, which is the masthead's name and 第…号 (国务院令 第707号)."""
    if head.number is not None:
        return
    for index in range(limit):
        if not elements.order_number(lines[index].text):
            continue
        serial = elements.squeeze(lines[index].text)
        above = elements.squeeze(lines[index - 1].text) if index else ""
        if above in order_words():  # below the organ's name, as in a masthead of two lines
            organ = lines[index - 2].text if index > 1 else ""
            above = elements.squeeze(organ) + above if looks_like_organ(organ) else ""
        above = above.removeprefix(_STATE)
        # Ministries number their announcements within the year: 财政部公告 2019年第39号.
        numbered = above.endswith("令") or (above.endswith(("公告", "通告")) and "年" in serial)
        joined = parse_document_number(above + serial) if numbered else None
        head.number = joined or parse_document_number(serial)
        head.number_span = (lines[index].start, lines[index].end)
        return
